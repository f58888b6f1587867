package budget

import (
	"testing"
	"testing/fstest"
)

func TestReadLimit(t *testing.T) {
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	meminfo := file("MemFree:  100 kB\nMemTotal:       4194304 kB\n") // 4 GiB
	for name, c := range map[string]struct {
		root   fstest.MapFS
		bytes  int64
		source Source
	}{
		"no groups": {fstest.MapFS{"proc/meminfo": meminfo}, 4 << 30, SourceMachine},
		"version 2": {fstest.MapFS{
			"proc/meminfo": meminfo, "proc/self/cgroup": file("0::/pod/app\n"),
			"sys/fs/cgroup/pod/app/memory.max": file("536870912\n"),
		}, 512 << 20, SourceGroup},
		"version 2, the parent's limit is lower": {fstest.MapFS{
			"proc/meminfo": meminfo, "proc/self/cgroup": file("0::/pod/app\n"),
			"sys/fs/cgroup/pod/app/memory.max": file("536870912\n"), "sys/fs/cgroup/pod/memory.max": file("268435456\n"),
		}, 256 << 20, SourceGroup},
		"version 2, slowed down before the limit": {fstest.MapFS{
			"proc/meminfo": meminfo, "proc/self/cgroup": file("0::/pod\n"),
			"sys/fs/cgroup/pod/memory.max": file("536870912\n"), "sys/fs/cgroup/pod/memory.high": file("268435456\n"),
		}, 256 << 20, SourceGroup},
		"version 2 in a namespace": {fstest.MapFS{
			"proc/meminfo": meminfo, "proc/self/cgroup": file("0::/\n"), "sys/fs/cgroup/memory.max": file("536870912\n"),
		}, 512 << 20, SourceGroup},
		"version 2 without a limit": {fstest.MapFS{
			"proc/meminfo": meminfo, "proc/self/cgroup": file("0::/\n"), "sys/fs/cgroup/memory.max": file("max\n"), "sys/fs/cgroup/memory.high": file("max\n"),
		}, 4 << 30, SourceMachine},
		"version 1": {fstest.MapFS{
			"proc/meminfo": meminfo, "proc/self/cgroup": file("3:cpu,cpuacct:/x\n2:hugetlb,memory:/docker/abc\n"),
			"sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes": file("1073741824\n"),
		}, 1 << 30, SourceGroup},
		"version 1, mounted at the container's root": {fstest.MapFS{
			"proc/meminfo": meminfo, "proc/self/cgroup": file("2:memory:/docker/abc\n"),
			"sys/fs/cgroup/memory/memory.limit_in_bytes": file("1073741824\n"),
		}, 1 << 30, SourceGroup},
		"version 1 without a limit": {fstest.MapFS{
			"proc/meminfo": meminfo, "proc/self/cgroup": file("2:memory:/\n"),
			"sys/fs/cgroup/memory/memory.limit_in_bytes": file("9223372036854771712\n"),
		}, 4 << 30, SourceMachine},
	} {
		got, err := ReadLimit(c.root)
		if want := (Limit{c.bytes, c.source}); err != nil || got != want {
			t.Errorf("%s: %+v, %v; want %+v", name, got, err, want)
		}
	}
	if _, err := ReadLimit(fstest.MapFS{}); err == nil {
		t.Error("no error where nothing can be read")
	}
}
