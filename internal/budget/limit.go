package budget

import (
	"bufio"
	"fmt"
	"io"
	"io/fs"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"
)

// Source says where a limit comes from.
type Source string

// The sources of a limit.
const (
	SourceFlag        Source = "flag"
	SourceEnvironment Source = "GOMEMLIMIT"
	SourceGroup       Source = "cgroup"
	SourceMachine     Source = "machine"
)

// Limit is how many bytes the process may use.
type Limit struct {
	Bytes  int64
	Source Source
}

// ReadLimit is the lowest limit of the process's control groups, else the memory
// of the machine. root is the root of the file system.
func ReadLimit(root fs.FS) (Limit, error) {
	machine, err := machineMemory(root)
	if err != nil {
		return Limit{}, err
	}
	group, err := groupLimit(root)
	if err == nil && group < machine {
		return Limit{int64(group), SourceGroup}, nil
	}
	return Limit{int64(machine), SourceMachine}, nil
}

func machineMemory(root fs.FS) (uint64, error) {
	file, err := root.Open("proc/meminfo")
	if err != nil {
		return 0, fmt.Errorf("read the machine's memory: %w", err)
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var kib uint64
		if n, _ := fmt.Sscanf(lines.Text(), "MemTotal: %d kB", &kib); n == 1 {
			return kib << 10, nil
		}
	}
	return 0, fmt.Errorf("read the machine's memory: /proc/meminfo has no MemTotal")
}

// groupLimit follows /proc/self/cgroup, whose lines are ID:CONTROLLERS:PATH;
// the line of version 2 has no controllers. A limit of a parent counts too. Above
// memory.high the kernel slows a process down until it stands still, so that it is
// a limit like memory.max.
func groupLimit(root fs.FS) (uint64, error) {
	text, err := fs.ReadFile(root, "proc/self/cgroup")
	if err != nil {
		return 0, fmt.Errorf("read the process's control groups: %w", err)
	}
	lowest := uint64(math.MaxUint64)
	for line := range strings.Lines(string(text)) {
		part := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(part) != 3 {
			continue
		}
		mount, names := "sys/fs/cgroup", []string{"memory.max", "memory.high"}
		if slices.Contains(strings.Split(part[1], ","), "memory") {
			mount, names = "sys/fs/cgroup/memory", []string{"memory.limit_in_bytes"}
		} else if part[1] != "" {
			continue
		}
		for dir := path.Clean("/" + part[2]); ; dir = path.Dir(dir) {
			for _, name := range names {
				if limit, ok := readLimit(root, path.Join(mount, dir, name)); ok {
					lowest = min(lowest, limit)
				}
			}
			if dir == "/" {
				break
			}
		}
	}
	return lowest, nil
}

// readLimit knows no limit where the file is absent or says "max".
func readLimit(root fs.FS, name string) (uint64, bool) {
	file, err := root.Open(name)
	if err != nil {
		return 0, false
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, 64))
	if err != nil {
		return 0, false
	}
	limit, err := strconv.ParseUint(strings.TrimSpace(string(text)), 10, 64)
	return limit, err == nil && limit > 0
}
