package inspect_test

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"monopod/internal/tsdb"
	"monopod/internal/tsdb/block"
	"monopod/internal/tsdb/inspect"
	"monopod/internal/tsdb/wal"
	"monopod/internal/vfs"
)

// A golden directory is a small data directory as a version of the program left
// it when it was killed, in testdata/golden under the name of its formats. What it
// answers stands beside it, in NAME.answers.
const goldenDir = "testdata/golden"

// TestFormatsHaveAGoldenDirectory: what is written today is kept for the versions
// to come. With MONOPOD_UPDATE set it writes the directory of today's formats;
// one that is there stays as it is, since it is what was written then.
func TestFormatsHaveAGoldenDirectory(t *testing.T) {
	mem := vfs.Mem()
	var want []string
	synctest.Test(t, func(t *testing.T) { want = goldenFill(t, mem) })
	name := formatsOf(t, mem)
	to := filepath.Join(goldenDir, name)
	if _, err := os.Stat(to); err == nil {
		return
	}
	if os.Getenv("MONOPOD_UPDATE") == "" {
		t.Fatalf("formats %s are written, and there is no golden directory of them. Run MONOPOD_UPDATE=1 go test -run %s ./internal/tsdb/inspect, and commit it", name, t.Name())
	}
	for _, file := range files(t, mem, dir) {
		b, err := vfs.ReadFile(mem, file)
		must(t, err)
		path := filepath.Join(to, strings.TrimPrefix(file, dir))
		must(t, os.MkdirAll(filepath.Dir(path), 0o755))
		must(t, os.WriteFile(path, b, 0o644))
	}
	must(t, os.WriteFile(to+".answers", []byte(strings.Join(want, "\n")+"\n"), 0o644))
}

// golden is the names of the golden directories.
func golden(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir(goldenDir)
	must(t, err)
	var out []string
	for _, e := range entries {
		if e.IsDir() {
			out = append(out, e.Name())
		}
	}
	if len(out) == 0 {
		t.Fatal("there is none")
	}
	return out
}

// loadGolden is a golden directory in memory, and what it answers.
func loadGolden(t *testing.T, name string) (*vfs.MemFS, []string) {
	t.Helper()
	mem, from := vfs.Mem(), filepath.Join(goldenDir, name)
	must(t, mem.MkdirAll(dir))
	for _, file := range files(t, vfs.OS(), from) {
		b, err := os.ReadFile(file)
		must(t, err)
		path := filepath.Join(dir, strings.TrimPrefix(file, from))
		must(t, mem.MkdirAll(filepath.Dir(path)))
		replace(t, mem, path, b)
	}
	b, err := os.ReadFile(from + ".answers")
	must(t, err)
	return mem, strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
}

// What earlier versions wrote is read, checked, and written on to.
func TestGoldenDirectories(t *testing.T) {
	for _, name := range golden(t) {
		t.Run(name, func(t *testing.T) {
			mem, want := loadGolden(t, name)
			if got := formatsOf(t, mem); got != name {
				t.Errorf("it is of formats %s", got)
			}
			synctest.Test(t, func(t *testing.T) {
				v, err := inspect.OpenView(mem, dir)
				must(t, err)
				damage, _, err := inspect.Check(t.Context(), v)
				must(t, err)
				if len(damage) > 0 {
					t.Errorf("damage: %v", damage)
				}
				seen, err := v.Store(slog.New(slog.DiscardHandler))
				must(t, err)
				same(t, "in a view", answers(t, seen), want)
				must(t, seen.Close())
				must(t, v.Close())

				time.Sleep(time.Hour) // past what is stored
				db := start(t, mem)
				same(t, "opened", answers(t, db), want)
				fill(t, db, 200)
				same(t, "written on to", answers(t, db), want)
				if n := db.Corruptions(); n > 0 {
					t.Errorf("%d pieces count as damaged", n)
				}
				must(t, db.Close())
				db = start(t, mem)
				same(t, "opened again", answers(t, db), want)
				must(t, db.Close())
			})
		})
	}
}

func same(t *testing.T, when string, got, want []string) {
	t.Helper()
	for i := range max(len(got), len(want)) {
		switch {
		case i >= len(got):
			t.Fatalf("%s: %s is missing", when, want[i])
		case i >= len(want):
			t.Fatalf("%s: %s is too much", when, got[i])
		case got[i] != want[i]:
			t.Errorf("%s:\n%.110s, want\n%.110s", when, got[i], want[i])
		}
	}
}

// later makes a file one of a later version of its format, as far as the
// versions to come keep the place of the number; ok is false where it has none.
func later(name string, b []byte) (out []byte, ok bool) {
	castagnoli := crc32.MakeTable(crc32.Castagnoli)
	b = slices.Clone(b)
	switch {
	case strings.HasSuffix(name, ".wal"):
		b[8]++
		binary.LittleEndian.PutUint32(b[28:], crc32.Checksum(b[:28], castagnoli))
	case strings.HasSuffix(name, ".chunks"):
		b[3] = '~'
		head := 16 + int(binary.LittleEndian.Uint32(b[4:]))
		binary.LittleEndian.PutUint32(b[12:], crc32.Update(crc32.Checksum(b[:12], castagnoli), castagnoli, b[16:head]))
	case filepath.Base(name) == "index":
		b[len(b)-5] = '~'
		binary.LittleEndian.PutUint32(b[len(b)-4:], crc32.Checksum(b[len(b)-28:len(b)-4], castagnoli))
	case filepath.Base(name) == "meta.json":
		return laterMeta(b), true
	case filepath.Base(name) == "tombstones":
		return laterTombstones(b), true
	default:
		return nil, false
	}
	return b, true
}

// What a later version wrote is refused by name, and stays as it is.
func TestLaterFormatsAreRefused(t *testing.T) {
	for _, name := range golden(t) {
		mem, want := loadGolden(t, name)
		for _, file := range files(t, mem, dir) {
			good, err := vfs.ReadFile(mem, file)
			must(t, err)
			changed, ok := later(file, good)
			if !ok {
				continue
			}
			replace(t, mem, file, changed)
			_, err = tsdb.Open(tsdb.Options{FS: mem, Dir: dir, BlockDuration: time.Minute})
			if !laterVersion(err) || !strings.Contains(err.Error(), "version") {
				t.Errorf("%s: %s of a later version is opened: %v", name, file, err)
			}
			v, err := inspect.OpenView(mem, dir)
			must(t, err)
			if _, _, err := inspect.Check(t.Context(), v); !laterVersion(err) {
				t.Errorf("%s: %s of a later version is checked: %v", name, file, err)
			}
			must(t, v.Close())
			if b, err := vfs.ReadFile(mem, file); err != nil || !slices.Equal(b, changed) {
				t.Errorf("%s: %s of a later version was changed (%v)", name, file, err)
			}
			replace(t, mem, file, good)
		}
		synctest.Test(t, func(t *testing.T) {
			db := start(t, mem)
			same(t, "after all refusals", answers(t, db), want)
			must(t, db.Close())
		})
	}
}

// A record of a type that this version does not know is no damage: its checksum
// is good.
func TestLaterRecordsAreRefused(t *testing.T) {
	for _, log := range []string{"wal", "catalog"} {
		mem, _ := loadGolden(t, golden(t)[0])
		l, err := wal.Open(mem, filepath.Join(dir, log), wal.Options{})
		must(t, err)
		must(t, l.Append([]byte{200, 1, 2, 3}))
		must(t, l.Close())
		before := len(files(t, mem, dir))
		if _, err := tsdb.Open(tsdb.Options{FS: mem, Dir: dir}); !errors.Is(err, tsdb.ErrVersion) {
			t.Errorf("%s has an unknown record, and Open says %v", log, err)
		}
		v, err := inspect.OpenView(mem, dir)
		must(t, err)
		if _, _, err := inspect.Check(t.Context(), v); !errors.Is(err, tsdb.ErrVersion) {
			t.Errorf("%s has an unknown record, and Check says %v", log, err)
		}
		must(t, v.Close())
		if after := len(files(t, mem, dir)); after != before {
			t.Errorf("%d files, and %d before", after, before)
		}
	}
}

func laterVersion(err error) bool {
	return errors.Is(err, tsdb.ErrVersion) || errors.Is(err, wal.ErrVersion) || errors.Is(err, block.ErrVersion)
}
