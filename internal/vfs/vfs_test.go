package vfs

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// each runs a test on every implementation; dir is an empty directory of it.
func each(t *testing.T, test func(t *testing.T, fsys FS, dir string)) {
	t.Run("os", func(t *testing.T) { test(t, OS(), t.TempDir()) })
	t.Run("mem", func(t *testing.T) {
		m := Mem()
		must(t, m.MkdirAll("/data"))
		test(t, m, "/data")
	})
	t.Run("faulty", func(t *testing.T) {
		m := Mem()
		must(t, m.MkdirAll("/data"))
		test(t, Faulty(m, func(Op) error { return nil }), "/data")
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, fsys FS, name, content string) {
	t.Helper()
	f, err := fsys.Create(name)
	must(t, err)
	_, err = f.Write([]byte(content))
	must(t, err)
	must(t, f.Sync())
	must(t, f.Close())
}

func content(t *testing.T, fsys FS, name string) string {
	t.Helper()
	b, err := ReadFile(fsys, name)
	must(t, err)
	return string(b)
}

func wantIs(t *testing.T, err, target error) {
	t.Helper()
	if !errors.Is(err, target) {
		t.Fatalf("got error %v, want %v", err, target)
	}
}

func TestFileWriteReadTruncate(t *testing.T) {
	each(t, func(t *testing.T, fsys FS, dir string) {
		name := filepath.Join(dir, "f")
		f, err := fsys.Create(name)
		must(t, err)
		for _, s := range []string{"hello ", "wide ", "world"} {
			_, err := f.Write([]byte(s))
			must(t, err)
		}
		must(t, f.Truncate(6))
		_, err = f.Write([]byte("there"))
		must(t, err)
		size, err := f.Size()
		must(t, err)
		if size != 11 {
			t.Fatalf("size %d, want 11", size)
		}
		if f.Name() != name {
			t.Fatalf("name %q", f.Name())
		}
		must(t, f.Sync())
		must(t, f.Close())
		if got := content(t, fsys, name); got != "hello there" {
			t.Fatalf("content %q", got)
		}

		f, err = fsys.Append(name)
		must(t, err)
		_, err = f.Write([]byte("!"))
		must(t, err)
		must(t, f.Close())
		if got := content(t, fsys, name); got != "hello there!" {
			t.Fatalf("after append %q", got)
		}

		r, err := fsys.Open(name)
		must(t, err)
		all, err := io.ReadAll(r)
		must(t, err)
		if string(all) != "hello there!" {
			t.Fatalf("read %q", all)
		}
		b := make([]byte, 5)
		n, err := r.ReadAt(b, 6)
		must(t, err)
		if string(b[:n]) != "there" {
			t.Fatalf("read at %q", b[:n])
		}
		n, err = r.ReadAt(b, 10)
		if err != io.EOF || string(b[:n]) != "e!" {
			t.Fatalf("read over the end: %q, %v", b[:n], err)
		}
		if _, err := r.ReadAt(b, 12); err != io.EOF {
			t.Fatalf("read behind the end: %v", err)
		}
		if _, err := r.Write([]byte("x")); err == nil {
			t.Fatal("a file opened for reading took a write")
		}
		must(t, r.Close())
		if _, err := r.ReadAt(b, 0); err == nil {
			t.Fatal("a closed file was read")
		}

		write(t, fsys, name, "new")
		if got := content(t, fsys, name); got != "new" {
			t.Fatalf("created again: %q", got)
		}
	})
}

func TestNamesAndErrors(t *testing.T) {
	each(t, func(t *testing.T, fsys FS, dir string) {
		at := func(name string) string { return filepath.Join(dir, name) }
		_, err := fsys.Open(at("none"))
		wantIs(t, err, fs.ErrNotExist)
		_, err = fsys.Create(at("none/f"))
		wantIs(t, err, fs.ErrNotExist)
		_, err = fsys.Stat(at("none"))
		wantIs(t, err, fs.ErrNotExist)
		_, err = fsys.List(at("none"))
		wantIs(t, err, fs.ErrNotExist)
		wantIs(t, fsys.Remove(at("none")), fs.ErrNotExist)
		wantIs(t, fsys.Rename(at("none"), at("x")), fs.ErrNotExist)
		wantIs(t, fsys.Link(at("none"), at("x")), fs.ErrNotExist)
		must(t, fsys.RemoveAll(at("none")))
		must(t, fsys.RemoveAll(at("none/deeper")))

		must(t, fsys.MkdirAll(at("a/b")))
		must(t, fsys.MkdirAll(at("a/b")))
		write(t, fsys, at("a/b/2"), "two")
		write(t, fsys, at("a/b/1"), "one")
		must(t, fsys.MkdirAll(at("a/b/3")))
		infos, err := fsys.List(at("a/b"))
		must(t, err)
		var got []string
		for _, i := range infos {
			if i.Modified.IsZero() {
				t.Errorf("%s has no time", i.Name)
			}
			got = append(got, i.Name+":"+strconv.FormatBool(i.Dir))
		}
		if s := strings.Join(got, " "); s != "1:false 2:false 3:true" {
			t.Fatalf("list: %s", s)
		}
		info, err := fsys.Stat(at("a/b/1"))
		must(t, err)
		if info.Name != "1" || info.SizeBytes != 3 || info.Dir {
			t.Fatalf("stat: %+v", info)
		}
		if err := fsys.Remove(at("a/b")); err == nil {
			t.Fatal("a directory that is not empty was removed")
		}
		if err := fsys.MkdirAll(at("a/b/1/x")); err == nil {
			t.Fatal("a directory was made below a file")
		}

		must(t, fsys.Link(at("a/b/1"), at("one")))
		wantIs(t, fsys.Link(at("a/b/1"), at("one")), fs.ErrExist)
		must(t, fsys.Remove(at("a/b/1")))
		if got := content(t, fsys, at("one")); got != "one" {
			t.Fatalf("linked: %q", got)
		}
		must(t, fsys.Rename(at("a/b/2"), at("one")))
		if got := content(t, fsys, at("one")); got != "two" {
			t.Fatalf("renamed over: %q", got)
		}
		must(t, fsys.Rename(at("a"), at("c")))
		_, err = fsys.Stat(at("c/b/3"))
		must(t, err)
		must(t, fsys.SyncDir(at("c/b")))
		wantIs(t, fsys.SyncDir(at("a")), fs.ErrNotExist)
		must(t, fsys.RemoveAll(at("c")))
		infos, err = fsys.List(dir)
		must(t, err)
		if len(infos) != 1 || infos[0].Name != "one" {
			t.Fatalf("left: %+v", infos)
		}
		free, err := fsys.Free(dir)
		must(t, err)
		if free == 0 {
			t.Fatal("no space is free")
		}
		_, err = fsys.Free(at("none"))
		wantIs(t, err, fs.ErrNotExist)
	})
}

func TestOpenHandleOutlivesItsName(t *testing.T) {
	each(t, func(t *testing.T, fsys FS, dir string) {
		name := filepath.Join(dir, "f")
		write(t, fsys, name, "still here")
		f, err := fsys.Open(name)
		must(t, err)
		defer f.Close()
		must(t, fsys.Remove(name))
		b := make([]byte, 10)
		_, err = f.ReadAt(b, 0)
		must(t, err)
		if string(b) != "still here" {
			t.Fatalf("read %q", b)
		}
	})
}

func TestLock(t *testing.T) {
	each(t, func(t *testing.T, fsys FS, dir string) {
		name := filepath.Join(dir, "lock")
		l, err := fsys.Lock(name)
		must(t, err)
		_, err = fsys.Lock(name)
		wantIs(t, err, ErrLocked)
		if pid := strconv.Itoa(os.Getpid()); !strings.Contains(err.Error(), pid) || !strings.Contains(err.Error(), name) {
			t.Fatalf("error %q names not both the process %s and the file", err, pid)
		}
		must(t, l.Close())
		l, err = fsys.Lock(name)
		must(t, err)
		must(t, l.Close())
	})
}

func TestWriteFile(t *testing.T) {
	each(t, func(t *testing.T, fsys FS, dir string) {
		name := filepath.Join(dir, "f")
		must(t, WriteFile(fsys, name, []byte("old")))
		must(t, WriteFile(fsys, name, []byte("newer")))
		if got := content(t, fsys, name); got != "newer" {
			t.Fatalf("content %q", got)
		}
		infos, err := fsys.List(dir)
		must(t, err)
		if len(infos) != 1 {
			t.Fatalf("left behind: %+v", infos)
		}
		err = WriteFile(fsys, filepath.Join(dir, "none/f"), nil)
		wantIs(t, err, fs.ErrNotExist)
	})
}

func TestReadFileLarge(t *testing.T) {
	each(t, func(t *testing.T, fsys FS, dir string) {
		want := bytes.Repeat([]byte("0123456789"), 50_000)
		name := filepath.Join(dir, "f")
		write(t, fsys, name, string(want))
		if got := content(t, fsys, name); got != string(want) {
			t.Fatal("a large file reads differently")
		}
	})
}
