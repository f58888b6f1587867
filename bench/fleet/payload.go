package fleet

import (
	"compress/gzip"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Payload is a recorded exposition, shared by all targets that play it.
type Payload struct {
	Kind   string
	lines  []line
	series int
}

// line is one line of a payload. A comment has no value.
type line struct {
	series  string // up to and with the blank before the value; a comment whole
	value   float64
	comment bool
	counter bool
	// decimals is how many digits of a value stand behind the point, in whatever
	// notation it has; unit is what a whole value is a multiple of. What moves keeps
	// both: bytes of memory come in pages, durations in nanoseconds.
	decimals int
	unit     float64
	// plain values are written without an exponent.
	plain   bool
	stamped bool // a timestamp follows the value
}

// Read reads the payload of a kind, the file KIND.txt.gz in dir.
func Read(dir, kind string) (*Payload, error) {
	path := filepath.Join(dir, kind+".txt.gz")
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	z, err := gzip.NewReader(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	p := &Payload{Kind: kind}
	kinds := map[string]string{}
	for l := range strings.Lines(string(text)) {
		l = strings.TrimRight(l, "\n")
		if l == "" || l[0] == '#' {
			if f := strings.Fields(l); len(f) == 4 && f[1] == "TYPE" {
				kinds[f[2]] = f[3]
			}
			p.lines = append(p.lines, line{series: l, comment: true})
			continue
		}
		end := strings.LastIndexByte(l, '}') + 1
		if end == 0 {
			end = strings.IndexByte(l, ' ')
		}
		fields := strings.Fields(l[end:])
		v, err := strconv.ParseFloat(fields[0], 64)
		if err != nil {
			return nil, fmt.Errorf("%s: %q: %w", path, l, err)
		}
		name, _, _ := strings.Cut(l[:end], "{")
		p.series++
		one := line{series: l[:end] + " ", value: v, stamped: len(fields) > 1, plain: !strings.ContainsAny(fields[0], ".eIN")}
		one.counter = kinds[name] == "counter" || strings.HasSuffix(name, "_total") || strings.HasSuffix(name, "_count") || strings.HasSuffix(name, "_bucket") || strings.HasSuffix(name, "_sum")
		one.decimals, one.unit = resolution(v)
		p.lines = append(p.lines, one)
	}
	return p, nil
}

// resolution is the digits behind the point of a value, and what a whole one is
// a multiple of.
func resolution(v float64) (decimals int, unit float64) {
	_, fraction, _ := strings.Cut(strconv.FormatFloat(v, 'f', -1, 64), ".")
	for _, unit := range []float64{4096, 1024} {
		if fraction == "" && math.Abs(v) >= 16*unit && math.Mod(v, unit) == 0 {
			return 0, unit
		}
	}
	return len(fraction), 1
}

// Series is what stands on the lines before the values, in the payload's order.
func (p *Payload) Series() []string {
	out := make([]string, 0, p.series)
	for i := range p.lines {
		if l := &p.lines[i]; !l.comment {
			out = append(out, strings.TrimSuffix(l.series, " "))
		}
	}
	return out
}
