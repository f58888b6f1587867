package measure

import (
	"debug/buildinfo"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"slices"
	"strings"
)

// Machine describes this one in a line: processor, memory, kernel.
func Machine() string {
	model := "unknown processor"
	if text, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for l := range strings.Lines(string(text)) {
			if name, value, ok := strings.Cut(l, ":"); ok && strings.TrimSpace(name) == "model name" {
				model = strings.TrimSpace(value)
				break
			}
		}
	}
	memory, _ := field("/proc/meminfo", "MemTotal:")
	kernel, _ := os.ReadFile("/proc/sys/kernel/osrelease")
	return fmt.Sprintf("%s, %d CPUs, %.0f GiB, Linux %s, %s", model, runtime.NumCPU(), float64(memory)/(1<<20), strings.TrimSpace(string(kernel)), runtime.GOARCH)
}

var revision = regexp.MustCompile(`revision: ([0-9a-f]{7,12})`)

// Version is the version of the module that a Go program was built from; of one
// that was built in its own tree, the revision.
func Version(program string) string {
	info, err := buildinfo.ReadFile(program)
	if err != nil {
		return "unknown"
	}
	for _, m := range append(info.Deps, &info.Main) {
		if strings.HasPrefix(info.Path, m.Path+"/") && m.Version != "" && m.Version != "(devel)" {
			return m.Version
		}
	}
	out, err := exec.Command(program, "--version").CombinedOutput()
	if r := revision.FindSubmatch(out); err == nil && r != nil {
		return string(r[1])
	}
	return "built from its tree"
}

// Load is how many processes wanted to run in the last minute, as the kernel
// counts: a table that was taken beside other work says so.
func Load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	load, _, _ := strings.Cut(string(text), " ")
	return load
}

// Command is the command line of this process, as one would type it.
func Command(pkg string) string {
	return strings.TrimSpace("go run ./" + pkg + " " + strings.Join(os.Args[1:], " "))
}

// Median is the middle of the values; of an even number, the mean of the two.
func Median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	v := slices.Sorted(slices.Values(values))
	if n := len(v); n%2 == 0 {
		return (v[n/2-1] + v[n/2]) / 2
	}
	return v[len(v)/2]
}
