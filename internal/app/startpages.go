package app

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// The start runs through a great deal of code that is never run again: hundreds
// of packages set themselves up, those of discoveries that nobody uses among them.
// Their pages of the program file would count as memory of the process for as long
// as the kernel does not need them elsewhere: 50 MiB, of which 20 are in use.

// startSettles is how long after the start its pages are let go.
const startSettles = 30 * time.Second

// releaseStart lets go of the pages that only the start needed.
func (p *program) releaseStart(ctx context.Context) {
	select {
	case <-ctx.Done():
		return
	case <-time.After(startSettles):
	}
	n, err := releaseProgram()
	if err != nil {
		p.component("memory").Debug("The program's pages of the start stay in memory", "err", err)
		return
	}
	p.component("memory").Debug("The program's pages of the start were let go", "bytes", n)
}

// mapping is a part of the address space that shows a file.
type mapping struct {
	from, to uintptr
	resident int64 // bytes
}

// programMappings returns the parts that show the program's file and nothing but
// it: what cannot be written, and was not before it was made so.
func programMappings(smaps io.Reader, program string) ([]mapping, error) {
	var (
		out     []mapping
		m       mapping
		matches bool
	)
	end := func() {
		if matches {
			out = append(out, m)
		}
		matches = false
	}
	lines := bufio.NewScanner(smaps)
	for lines.Scan() {
		line := lines.Text()
		if name, value, ok := strings.Cut(line, ":"); ok && !strings.Contains(name, " ") {
			if !matches {
				continue
			}
			switch name {
			case "Rss", "Anonymous", "Swap":
			default:
				continue
			}
			n, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
			if err != nil {
				return nil, fmt.Errorf("%q of a mapping: %w", line, err)
			}
			if name == "Rss" {
				m.resident = n << 10
			} else if n != 0 {
				matches = false
			}
			continue
		}
		end()
		var perms, offset, device, inode string
		m = mapping{}
		n, err := fmt.Sscanf(line, "%x-%x %s %s %s %s", &m.from, &m.to, &perms, &offset, &device, &inode)
		if err != nil || n < 6 {
			return nil, fmt.Errorf("mapping %q is not understood", line)
		}
		_, path, _ := strings.Cut(line, " "+inode+" ")
		matches = strings.TrimLeft(path, " ") == program && (perms == "r-xp" || perms == "r--p")
	}
	end()
	return out, lines.Err()
}
