package app

import (
	"reflect"
	"runtime"
	"strings"
	"testing"
)

func TestProgramMappings(t *testing.T) {
	const smaps = `00400000-02487000 r-xp 00000000 fe:00 10715978                           /opt/my programs/monopod
Size:              33308 kB
Rss:               21788 kB
Anonymous:             0 kB
Swap:                  0 kB
THPeligible:           0
VmFlags: rd ex mr mw me sd
02487000-046b7000 r--p 02087000 fe:00 10715978                           /opt/my programs/monopod
Rss:                 100 kB
Anonymous:             0 kB
046b7000-0478d000 rw-p 042b7000 fe:00 10715978                           /opt/my programs/monopod
Rss:                 728 kB
Anonymous:             0 kB
04800000-04900000 r--p 04400000 fe:00 10715978                           /opt/my programs/monopod
Rss:                 300 kB
Anonymous:             4 kB
04900000-04a00000 r--p 04400000 fe:00 10715978                           /opt/my programs/monopod
Rss:                 300 kB
Anonymous:             0 kB
Swap:                  8 kB
295db4c00000-295dbec00000 rw-p 00000000 00:00 0 
Rss:              154620 kB
7fbfc30a4000-7fbfc31fa000 r-xp 00026000 fe:00 326269                     /usr/lib/libc.so.6
Rss:                1112 kB
Anonymous:             0 kB
`
	got, err := programMappings(strings.NewReader(smaps), "/opt/my programs/monopod")
	if err != nil {
		t.Fatal(err)
	}
	want := []mapping{{0x400000, 0x2487000, 21788 << 10}, {0x2487000, 0x46b7000, 100 << 10}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	for _, bad := range []string{"nonsense\n", "00400000-02487000 r-xp 00000000 fe:00 7   /x\nRss:   many kB\n"} {
		if _, err := programMappings(strings.NewReader(bad), "/x"); err == nil {
			t.Errorf("%q is understood", bad)
		}
	}
}

// TestReleaseProgram lets go of the code that runs it.
func TestReleaseProgram(t *testing.T) {
	n, err := releaseProgram()
	if runtime.GOOS != "linux" {
		if err == nil {
			t.Error("no error where it is not supported")
		}
		return
	}
	if err != nil || n == 0 {
		t.Fatalf("released %d bytes, error %v", n, err)
	}
	runtime.GC()
	if _, err := releaseProgram(); err != nil {
		t.Fatal(err)
	}
}
