package cli

import (
	"testing"
	"testing/fstest"
)

func TestMemoryLimit(t *testing.T) {
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	meminfo := file("MemFree:  100 kB\nMemTotal:       4194304 kB\n") // 4 GiB
	for name, c := range map[string]struct {
		root   fstest.MapFS
		bytes  uint64
		source string
	}{
		"no groups": {fstest.MapFS{"proc/meminfo": meminfo}, 4 << 30, "machine"},
		"version 2": {fstest.MapFS{
			"proc/meminfo": meminfo, "proc/self/cgroup": file("0::/pod/app\n"),
			"sys/fs/cgroup/pod/app/memory.max": file("536870912\n"),
		}, 512 << 20, "cgroup"},
		"version 2, the parent's limit is lower": {fstest.MapFS{
			"proc/meminfo": meminfo, "proc/self/cgroup": file("0::/pod/app\n"),
			"sys/fs/cgroup/pod/app/memory.max": file("536870912\n"), "sys/fs/cgroup/pod/memory.max": file("268435456\n"),
		}, 256 << 20, "cgroup"},
		"version 2 in a namespace": {fstest.MapFS{
			"proc/meminfo": meminfo, "proc/self/cgroup": file("0::/\n"), "sys/fs/cgroup/memory.max": file("536870912\n"),
		}, 512 << 20, "cgroup"},
		"version 2 without a limit": {fstest.MapFS{
			"proc/meminfo": meminfo, "proc/self/cgroup": file("0::/\n"), "sys/fs/cgroup/memory.max": file("max\n"),
		}, 4 << 30, "machine"},
		"version 1": {fstest.MapFS{
			"proc/meminfo": meminfo, "proc/self/cgroup": file("3:cpu,cpuacct:/x\n2:hugetlb,memory:/docker/abc\n"),
			"sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes": file("1073741824\n"),
		}, 1 << 30, "cgroup"},
		"version 1, mounted at the container's root": {fstest.MapFS{
			"proc/meminfo": meminfo, "proc/self/cgroup": file("2:memory:/docker/abc\n"),
			"sys/fs/cgroup/memory/memory.limit_in_bytes": file("1073741824\n"),
		}, 1 << 30, "cgroup"},
		"version 1 without a limit": {fstest.MapFS{
			"proc/meminfo": meminfo, "proc/self/cgroup": file("2:memory:/\n"),
			"sys/fs/cgroup/memory/memory.limit_in_bytes": file("9223372036854771712\n"),
		}, 4 << 30, "machine"},
	} {
		bytes, source, err := memoryLimit(c.root)
		if err != nil || bytes != c.bytes || source != c.source {
			t.Errorf("%s: %d from %s, %v; want %d from %s", name, bytes, source, err, c.bytes, c.source)
		}
	}
	if _, _, err := memoryLimit(fstest.MapFS{}); err == nil {
		t.Error("no error where nothing can be read")
	}
}
