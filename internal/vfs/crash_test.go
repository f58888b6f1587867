package vfs

import (
	"bytes"
	"errors"
	"io/fs"
	"math/rand/v2"
	"strings"
	"syscall"
	"testing"
)

func exists(fsys FS, name string) bool {
	_, err := fsys.Stat(name)
	return err == nil
}

func TestKillKeepsWhatWasWritten(t *testing.T) {
	m := Mem()
	must(t, m.MkdirAll("d"))
	f, err := m.Create("d/f")
	must(t, err)
	_, err = f.Write([]byte("written"))
	must(t, err)
	l, err := m.Lock("d/lock")
	must(t, err)
	defer l.Close()

	k := m.Kill()
	_, err = f.Write([]byte(" by the dead"))
	must(t, err)
	if got := content(t, k, "d/f"); got != "written" {
		t.Fatalf("after a kill %q", got)
	}
	kl, err := k.Lock("d/lock")
	must(t, err)
	must(t, kl.Close())
	if c := k.Crash(rand.New(rand.NewPCG(1, 1)), 0); exists(c, "d") {
		t.Fatal("a kill made entries durable")
	}
}

func TestCrashWithoutUnsynced(t *testing.T) {
	m := Mem()
	rng := rand.New(rand.NewPCG(1, 2))
	must(t, m.MkdirAll("d"))
	write(t, m, "d/f", "synced")
	if exists(m.Crash(rng, 0), "d") {
		t.Fatal("an entry that was not synced survived")
	}
	must(t, m.SyncDir("."))
	if c := m.Crash(rng, 0); !exists(c, "d") || exists(c, "d/f") {
		t.Fatal("want the directory without its file")
	}
	must(t, m.SyncDir("d"))

	f, err := m.Append("d/f")
	must(t, err)
	_, err = f.Write([]byte(" and not"))
	must(t, err)
	if got := content(t, m.Crash(rng, 0), "d/f"); got != "synced" {
		t.Fatalf("content %q", got)
	}
	if got := content(t, m.Crash(rng, 1), "d/f"); got != "synced and not" {
		t.Fatalf("content %q", got)
	}
	must(t, f.Truncate(3))
	if got := content(t, m.Crash(rng, 0), "d/f"); got != "synced" {
		t.Fatalf("content %q", got)
	}
	must(t, f.Sync())
	if got := content(t, m.Crash(rng, 0), "d/f"); got != "syn" {
		t.Fatalf("content %q", got)
	}

	write(t, m, "d/g.tmp", "new")
	must(t, m.Rename("d/g.tmp", "d/f"))
	if got := content(t, m.Crash(rng, 0), "d/f"); got != "syn" {
		t.Fatalf("a rename that was not synced: %q", got)
	}
	must(t, m.SyncDir("d"))
	if got := content(t, m.Crash(rng, 0), "d/f"); got != "new" {
		t.Fatalf("a synced rename: %q", got)
	}
	must(t, m.Remove("d/f"))
	if !exists(m.Crash(rng, 0), "d/f") {
		t.Fatal("a removal that was not synced came true")
	}
	must(t, m.SyncDir("d"))
	if exists(m.Crash(rng, 0), "d/f") {
		t.Fatal("a synced removal was undone")
	}
}

// Every outcome of a crash must be the synced part and, behind it, bytes that are
// either what was written there or zero; all kinds of outcome must come up.
func TestCrashTearsAnywhere(t *testing.T) {
	m := Mem()
	f, err := m.Create("f")
	must(t, err)
	must(t, m.SyncDir("."))
	whole := "0123456789abcdefghijklmnopqrstuvwxyz"
	for i := 0; i < len(whole); i += 6 {
		_, err := f.Write([]byte(whole[i : i+6]))
		must(t, err)
		if i == 6 {
			must(t, f.Sync())
		}
	}
	rng := rand.New(rand.NewPCG(3, 4))
	lengths, holes := map[int]bool{}, 0
	for range 5000 {
		got := content(t, m.Crash(rng, 0.5), "f")
		lengths[len(got)] = true
		if !strings.HasPrefix(got, whole[:12]) {
			t.Fatalf("synced part damaged: %q", got)
		}
		for i := range got {
			if got[i] != whole[i] && got[i] != 0 {
				t.Fatalf("byte %d of %q was never written", i, got)
			}
		}
		if bytes.IndexByte([]byte(got), 0) >= 0 {
			holes++
		}
	}
	for n := 12; n <= len(whole); n++ {
		if !lengths[n] {
			t.Errorf("no crash left %d bytes", n)
		}
	}
	if holes == 0 {
		t.Error("no crash left a hole")
	}
}

func TestWriteFileSurvivesCrashWholeOrOld(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	ops := 0
	for stop := 0; ; stop++ {
		m := Mem()
		must(t, WriteFile(m, "f", []byte("old")))
		ops = 0
		dead := errors.New("power is gone")
		err := WriteFile(Faulty(m, func(op Op) error {
			if ops == stop {
				return dead
			}
			ops++
			return nil
		}), "f", []byte("newer"))
		for _, keep := range []float64{0, 0.5, 1} {
			got := content(t, m.Crash(rng, keep), "f")
			if got != "newer" && (got != "old" || err == nil) {
				t.Fatalf("stopped at operation %d (%v): found %q", stop, err, got)
			}
		}
		if err == nil {
			break
		}
		wantIs(t, err, dead)
	}
	if ops < 5 {
		t.Fatalf("only %d operations were stopped", ops)
	}
}

func TestMemFullAndReadOnly(t *testing.T) {
	m := Mem()
	write(t, m, "f", "0123456789")
	m.SetFree(4)
	f, err := m.Append("f")
	must(t, err)
	n, err := f.Write([]byte("abcdef"))
	wantIs(t, err, syscall.ENOSPC)
	if n != 4 || content(t, m, "f") != "0123456789abcd" {
		t.Fatalf("%d bytes written, content %q", n, content(t, m, "f"))
	}
	must(t, f.Truncate(10))
	if free, _ := m.Free("."); free != 4 {
		t.Fatalf("%d bytes free after the cut", free)
	}
	must(t, m.Link("f", "g"))
	must(t, m.Remove("f"))
	if free, _ := m.Free("."); free != 4 {
		t.Fatalf("%d bytes free while a name is left", free)
	}
	must(t, m.Remove("g"))
	if free, _ := m.Free("."); free != 14 {
		t.Fatalf("%d bytes free after the removal", free)
	}

	write(t, m, "h", "x")
	m.SetReadOnly(true)
	_, err = m.Create("i")
	wantIs(t, err, syscall.EROFS)
	wantIs(t, m.Remove("h"), syscall.EROFS)
	wantIs(t, m.RemoveAll("h"), syscall.EROFS)
	wantIs(t, m.Rename("h", "i"), syscall.EROFS)
	wantIs(t, m.Link("h", "i"), syscall.EROFS)
	wantIs(t, m.MkdirAll("d"), syscall.EROFS)
	_, err = f.Write([]byte("x"))
	wantIs(t, err, syscall.EROFS)
	if got := content(t, m, "h"); got != "x" {
		t.Fatalf("content %q", got)
	}
}

func TestFaultySeesEveryOperation(t *testing.T) {
	m := Mem()
	var seen []string
	var fail Kind
	eio := syscall.EIO
	fsys := Faulty(m, func(op Op) error {
		seen = append(seen, string(op.Kind))
		if op.Kind == fail {
			return eio
		}
		return nil
	})
	run := func() (errs []error) {
		try := func(err error) { errs = append(errs, err) }
		f, err := fsys.Create("f")
		try(err)
		if f != nil {
			_, err = f.Write([]byte("x"))
			try(err)
			try(f.Sync())
			try(f.Truncate(0))
			_, err = f.Size()
			try(err)
			try(f.Close())
		}
		r, err := fsys.Open("f")
		try(err)
		if r != nil {
			_, err = r.ReadAt(nil, 0)
			try(err)
			try(r.Close())
		}
		a, err := fsys.Append("f")
		try(err)
		if a != nil {
			try(a.Close())
		}
		try(fsys.Link("f", "g"))
		try(fsys.Rename("f", "h"))
		try(fsys.Remove("h"))
		try(fsys.MkdirAll("d"))
		_, err = fsys.List(".")
		try(err)
		_, err = fsys.Stat(".")
		try(err)
		try(fsys.SyncDir("."))
		_, err = fsys.Free(".")
		try(err)
		l, err := fsys.Lock("l")
		try(err)
		if l != nil {
			l.Close()
		}
		try(fsys.RemoveAll("g"))
		return errs
	}
	if err := errors.Join(run()...); err != nil {
		t.Fatal(err)
	}
	kinds := map[string]bool{}
	for _, k := range seen {
		kinds[k] = true
	}
	if len(kinds) != 19 {
		t.Fatalf("%d kinds of operation were seen: %v", len(kinds), kinds)
	}
	for k := range kinds {
		fail = Kind(k)
		err := errors.Join(run()...)
		wantIs(t, err, eio)
		var pe *fs.PathError
		if !errors.As(err, &pe) || pe.Op == "" {
			t.Fatalf("%s: error %v names no operation", k, err)
		}
	}
}

func TestShortWrite(t *testing.T) {
	m := Mem()
	fsys := Faulty(m, func(op Op) error {
		if op.Kind == OpWrite {
			return &ShortWrite{Bytes: 3, Err: syscall.ENOSPC}
		}
		return nil
	})
	f, err := fsys.Create("f")
	must(t, err)
	n, err := f.Write([]byte("abcdef"))
	wantIs(t, err, syscall.ENOSPC)
	if n != 3 || content(t, m, "f") != "abc" {
		t.Fatalf("%d bytes written, content %q", n, content(t, m, "f"))
	}
}
