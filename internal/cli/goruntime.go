package cli

import (
	"bufio"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"math"
	"os"
	"path"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
)

// limitRuntime keeps the Go runtime within the container. What the environment
// sets goes first, as in every Go program.
func (f *serveFlags) limitRuntime(logger *slog.Logger) {
	// The Go runtime follows the CPU limit by itself: only the contrary is left
	// to do.
	if !f.maxprocs && os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(runtime.NumCPU())
	}
	if !f.memlimit || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	limit, source, err := memoryLimit(os.DirFS("/"))
	if err != nil {
		logger.Debug("GOMEMLIMIT is not set: the memory of this machine is not known", "err", err)
		return
	}
	budget := int64(float64(limit) * f.memlimitRatio)
	debug.SetMemoryLimit(budget)
	logger.Info("GOMEMLIMIT is set", "bytes", budget, "from", source)
}

// memoryLimit is how many bytes this process may use: the lowest limit of its
// control groups, else the machine's memory.
func memoryLimit(root fs.FS) (bytes uint64, source string, err error) {
	machine, err := machineMemory(root)
	if err != nil {
		return 0, "", err
	}
	group, err := groupLimit(root)
	if err == nil && group < machine {
		return group, "cgroup", nil
	}
	return machine, "machine", nil
}

func machineMemory(root fs.FS) (uint64, error) {
	file, err := root.Open("proc/meminfo")
	if err != nil {
		return 0, fmt.Errorf("reading the machine's memory: %w", err)
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var kib uint64
		if n, _ := fmt.Sscanf(lines.Text(), "MemTotal: %d kB", &kib); n == 1 {
			return kib << 10, nil
		}
	}
	return 0, fmt.Errorf("reading the machine's memory: /proc/meminfo has no MemTotal")
}

// groupLimit follows /proc/self/cgroup, whose lines are ID:CONTROLLERS:PATH;
// the line of version 2 has no controllers. A limit of a parent counts too.
func groupLimit(root fs.FS) (uint64, error) {
	text, err := fs.ReadFile(root, "proc/self/cgroup")
	if err != nil {
		return 0, fmt.Errorf("reading the process's control groups: %w", err)
	}
	lowest := uint64(math.MaxUint64)
	for line := range strings.Lines(string(text)) {
		part := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(part) != 3 {
			continue
		}
		mount, name := "sys/fs/cgroup", "memory.max"
		if slices.Contains(strings.Split(part[1], ","), "memory") {
			mount, name = "sys/fs/cgroup/memory", "memory.limit_in_bytes"
		} else if part[1] != "" {
			continue
		}
		for dir := path.Clean("/" + part[2]); ; dir = path.Dir(dir) {
			if limit, ok := readLimit(root, path.Join(mount, dir, name)); ok {
				lowest = min(lowest, limit)
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
