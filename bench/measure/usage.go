// Package measure reads what a process used from /proc, what a directory takes,
// and what machine this is.
package measure

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Usage is what the kernel says of a process, since it was started.
type Usage struct {
	CPU           time.Duration
	RSS, PeakRSS  int64 // bytes
	Written, Read int64 // bytes that went to and came from the disk
}

// Process reads the usage of a process.
func Process(pid int) (Usage, error) {
	var u Usage
	proc := fmt.Sprintf("/proc/%d/", pid)
	stat, err := os.ReadFile(proc + "stat")
	if err != nil {
		return u, err
	}
	// Fields 14 and 15, counted behind the program's name, are clock ticks of 10 ms.
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	for _, f := range fields[11:13] {
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			return u, err
		}
		u.CPU += time.Duration(n) * 10 * time.Millisecond
	}
	for _, f := range []struct {
		file, name string
		unit       int64
		to         *int64
	}{
		{"status", "VmRSS:", 1 << 10, &u.RSS}, {"status", "VmHWM:", 1 << 10, &u.PeakRSS},
		{"io", "write_bytes:", 1, &u.Written}, {"io", "read_bytes:", 1, &u.Read},
	} {
		n, err := field(proc+f.file, f.name)
		if err != nil {
			return u, err
		}
		*f.to = n * f.unit
	}
	return u, nil
}

func field(path, name string) (int64, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	for l := range strings.Lines(string(text)) {
		if f := strings.Fields(l); len(f) > 1 && f[0] == name {
			return strconv.ParseInt(f[1], 10, 64)
		}
	}
	return 0, fmt.Errorf("%s has no %s", path, name)
}

// Size is the bytes of all files in a directory, without those below the
// directories that are left out by name.
func Size(dir string, without ...string) int64 {
	var n int64
	_ = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil // gone since it was listed: a program is at work there
		}
		if d.IsDir() {
			for _, w := range without {
				if d.Name() == w {
					return fs.SkipDir
				}
			}
			return nil
		}
		if info, err := d.Info(); err == nil && d.Type().IsRegular() {
			n += info.Size()
		}
		return nil
	})
	return n
}
