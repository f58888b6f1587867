package inspect_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"monopod/internal/tsdb/inspect"
	"monopod/internal/vfs"
)

// copyFS is a copy of the data directory.
func copyFS(t *testing.T, from vfs.FS) *vfs.MemFS {
	t.Helper()
	to := vfs.Mem()
	must(t, to.MkdirAll(dir))
	for _, name := range files(t, from, dir) {
		b, err := vfs.ReadFile(from, name)
		must(t, err)
		must(t, to.MkdirAll(filepath.Dir(name)))
		replace(t, to, name, b)
	}
	return to
}

// all is what is in the files, the ones that were put aside too.
func contents(t *testing.T, fsys vfs.FS) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, name := range files(t, fsys, dir) {
		b, err := vfs.ReadFile(fsys, name)
		must(t, err)
		out[name] = string(b)
	}
	return out
}

// samplesOf is what a store holds, as lines.
func samplesOf(t *testing.T, name string, fsys vfs.FS) []string {
	t.Helper()
	var out []string
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Hour)
		db := start(t, fsys)
		out = read(t, db)
		if n := db.Corruptions(); n > 0 {
			t.Errorf("%s: after the repair, the start found %d pieces damaged", name, n)
		}
		must(t, db.Close())
	})
	return out
}

// checkRepair repairs a damaged directory, and holds what is left to what was
// there: nothing is invented, nothing deleted, and what is missing is told.
func checkRepair(t *testing.T, name string, mem *vfs.MemFS, want []string, mayAdd bool) *inspect.Repaired {
	t.Helper()
	before := contents(t, mem)
	planned, err := inspect.Repair(t.Context(), inspect.RepairOptions{FS: mem, Dir: dir, BlockDuration: time.Minute, DryRun: true})
	if laterVersionOrNone(err) {
		return nil
	}
	if err != nil {
		t.Fatalf("%s: dry run: %v", name, err)
	}
	for file, b := range contents(t, mem) {
		if before[file] != b && filepath.Base(file) != "lock" {
			t.Fatalf("%s: the dry run changed %s", name, file)
		}
	}
	done, err := inspect.Repair(t.Context(), inspect.RepairOptions{FS: mem, Dir: dir, BlockDuration: time.Minute})
	if err != nil {
		t.Fatalf("%s: %v\nfound: %v", name, err, planned.Damage)
	}
	if len(planned.Steps) != len(done.Steps) || len(planned.Losses) != len(done.Losses) {
		t.Errorf("%s: planned %v %v\ndone %v %v", name, planned.Steps, planned.Losses, done.Steps, done.Losses)
	}
	after := map[string]bool{}
	for _, b := range contents(t, mem) {
		after[b] = true
	}
	for file, b := range before {
		touched := slices.ContainsFunc(done.Damage, func(d inspect.Damage) bool { return strings.HasPrefix(file, filepath.Join(dir, d.Path)) })
		if touched && !after[b] {
			t.Errorf("%s: %s is nowhere any more", name, file)
		}
	}
	got := samplesOf(t, name, mem)
	have := map[string]bool{}
	for _, line := range want {
		have[line] = true
	}
	for _, line := range got {
		if !have[line] && !mayAdd {
			t.Fatalf("%s: %q was invented", name, line)
		}
		delete(have, line)
	}
	if len(have) > 0 && len(done.Losses) == 0 {
		t.Errorf("%s: %d samples are lost, and nobody told; found %v", name, len(have), done.Damage)
	}
	again, err := inspect.Repair(t.Context(), inspect.RepairOptions{FS: mem, Dir: dir, BlockDuration: time.Minute})
	if err != nil || len(again.Damage) > 0 {
		t.Errorf("%s: repaired again: %v %v", name, again.Damage, err)
	}
	return done
}

func laterVersionOrNone(err error) bool {
	return laterVersion(err) || errors.Is(err, inspect.ErrNoStore)
}

// goldenStore is a directory with a little of everything, and its samples.
func goldenStore(t *testing.T) (*vfs.MemFS, []string) {
	t.Helper()
	mem := vfs.Mem()
	synctest.Test(t, func(t *testing.T) { goldenFill(t, mem) })
	return mem, samplesOf(t, "as it was", copyFS(t, mem))
}

// A bit is flipped in each kind of file.
func TestRepairOfFlippedBits(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	good, want := goldenStore(t)
	for _, file := range files(t, good, dir) {
		for range 8 {
			mem := copyFS(t, good)
			b, err := vfs.ReadFile(mem, file)
			must(t, err)
			at, bit := r.IntN(len(b)), r.IntN(8)
			b[at] ^= 1 << bit
			replace(t, mem, file, b)
			checkRepair(t, fmt.Sprintf("%s: bit %d of byte %d of %d", file, bit, at, len(b)), mem, want, filepath.Base(file) == "tombstones")
		}
	}
}

// A file is cut, emptied, or gone.
func TestRepairOfCutFiles(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	good, want := goldenStore(t)
	for _, file := range files(t, good, dir) {
		b, err := vfs.ReadFile(good, file)
		must(t, err)
		for i := range 3 {
			n := r.IntN(len(b))
			if i == 0 {
				n = 0
			}
			mem := copyFS(t, good)
			replace(t, mem, file, b[:n])
			cutTellsNothing := strings.HasSuffix(file, ".wal") || strings.HasSuffix(file, ".chunks")
			if cutTellsNothing {
				repairOnly(t, fmt.Sprintf("%s cut to %d of %d", file, n, len(b)), mem, want)
				continue
			}
			checkRepair(t, fmt.Sprintf("%s cut to %d of %d", file, n, len(b)), mem, want, filepath.Base(file) == "tombstones")
		}
		mem := copyFS(t, good)
		must(t, mem.Remove(file))
		repairOnly(t, file+" gone", mem, nil)
	}
}

// repairOnly repairs what looks like a write that a crash cut: it opens, and
// invents nothing.
func repairOnly(t *testing.T, name string, mem *vfs.MemFS, want []string) {
	t.Helper()
	if _, err := inspect.Repair(t.Context(), inspect.RepairOptions{FS: mem, Dir: dir, BlockDuration: time.Minute}); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	got := samplesOf(t, name, mem)
	for _, line := range got {
		if want != nil && !slices.Contains(want, line) {
			t.Fatalf("%s: %q was invented", name, line)
		}
	}
}

// What the server has put aside is read by a repair.
func TestRepairOfABlockThatWasPutAside(t *testing.T) {
	mem, want := goldenStore(t)
	var meta string
	for _, file := range files(t, mem, dir) {
		if filepath.Base(file) == "meta.json" {
			meta = file
			break
		}
	}
	b, err := vfs.ReadFile(mem, meta)
	must(t, err)
	replace(t, mem, meta, b[:len(b)/2])
	synctest.Test(t, func(t *testing.T) {
		db := start(t, mem) // puts it aside
		must(t, db.Close())
	})
	if _, err := mem.Stat(filepath.Dir(meta) + ".bad"); err != nil {
		t.Fatal(err)
	}
	done, err := inspect.Repair(t.Context(), inspect.RepairOptions{FS: mem, Dir: dir, BlockDuration: time.Minute})
	must(t, err)
	if len(done.Losses) > 0 || len(done.Steps) != 1 || done.Steps[0].Aside != "" {
		t.Errorf("steps %v, losses %v", done.Steps, done.Losses)
	}
	if got := samplesOf(t, "put aside", mem); !slices.Equal(got, want) {
		t.Errorf("%d samples, want %d", len(got), len(want))
	}
}

// A repair is killed before each operation that changes something, and done again.
func TestRepairIsKilled(t *testing.T) {
	good, want := goldenStore(t)
	for _, file := range files(t, good, dir) {
		b, err := vfs.ReadFile(good, file)
		must(t, err)
		b[len(b)/2] ^= 4
		replace(t, good, file, b)
	}
	whole := copyFS(t, good)
	_, err := inspect.Repair(t.Context(), inspect.RepairOptions{FS: whole, Dir: dir, BlockDuration: time.Minute})
	must(t, err)
	left := samplesOf(t, "repaired", whole)
	if len(left) == 0 || len(left) >= len(want)+200 {
		t.Fatalf("%d samples of %d are left", len(left), len(want))
	}
	killed := errors.New("killed")
	for n := 0; ; n++ {
		mem := copyFS(t, good)
		ops := 0
		faulty := vfs.Faulty(mem, func(op vfs.Op) error {
			if ops++; ops > n {
				return killed
			}
			return nil
		})
		_, err := inspect.Repair(t.Context(), inspect.RepairOptions{FS: faulty, Dir: dir, BlockDuration: time.Minute})
		if err == nil {
			break
		}
		if n%7 != 0 {
			continue
		}
		if _, err := inspect.Repair(t.Context(), inspect.RepairOptions{FS: mem, Dir: dir, BlockDuration: time.Minute}); err != nil {
			t.Fatalf("killed at operation %d: %v", n, err)
		}
		if got := samplesOf(t, "killed", mem); !slices.Equal(got, left) {
			t.Fatalf("killed at operation %d: %d samples, want %d", n, len(got), len(left))
		}
	}
}

// A directory that a process has open is refused.
func TestRepairOfAnOpenStore(t *testing.T) {
	mem, _ := goldenStore(t)
	lock, err := mem.Lock(filepath.Join(dir, "lock"))
	must(t, err)
	defer lock.Close()
	for _, dry := range []bool{true, false} {
		if _, err := inspect.Repair(t.Context(), inspect.RepairOptions{FS: mem, Dir: dir, BlockDuration: time.Minute, DryRun: dry}); !errors.Is(err, vfs.ErrLocked) {
			t.Errorf("dry run %t: %v", dry, err)
		}
	}
}
