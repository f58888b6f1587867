package tsdb

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/tsdb/tsdbutil"

	"monopod/internal/storage"
	"monopod/internal/vfs"
)

func TestFullDisk(t *testing.T) {
	mem := vfs.Mem()
	db := openTest(t, crashOptions(mem))
	w := openWriter(t, db, "instance", "0")
	now, stored := int64(testTime), 0
	put := func() error {
		now += 5000
		return w.write(db, now, map[string]float64{"up": 1, "m": float64(now % 997)})
	}
	for range 5 {
		must(t, put())
		stored++
	}
	before := dump(t, db, 0, math.MaxInt64)
	mem.SetFree(0)
	for range 20 {
		if err := put(); !errors.Is(err, storage.ErrNoSpace) {
			t.Fatalf("write to a full disk: %v", err)
		}
		_ = db.upkeep(context.Background())
		_ = db.syncLog()
	}
	if db.Health() == nil {
		t.Error("the store says that it is well")
	}
	expect(t, dump(t, db, 0, math.MaxInt64), before...)
	mem.SetFree(-1)
	for range 40 {
		must(t, put())
		stored++
	}
	must(t, db.upkeep(context.Background()))
	must(t, db.syncLog())
	db.health.report(&db.health.upkeep, nil)
	if err := db.Health(); err != nil {
		t.Errorf("the disk has room again: %v", err)
	}
	after := dump(t, db, 0, math.MaxInt64)
	if n := len(strings.Fields(after[0][strings.Index(after[0], "}"):])) - 1; n != stored {
		t.Errorf("%d samples, stored %d", n, stored)
	}
	for i := range before {
		if !strings.HasPrefix(after[i], before[i]) {
			t.Errorf("%s does not begin with %s", after[i], before[i])
		}
	}
}

// TestDiskFillsWhileSealing fills the disk at every size in turn.
func TestDiskFillsWhileSealing(t *testing.T) {
	for free := int64(200); free < 12_000; free += 331 {
		mem := vfs.Mem()
		o := crashOptions(mem)
		db, err := Open(o)
		must(t, err)
		w := openWriter(t, db, "instance", "0")
		var taken []int64
		mem.SetFree(free)
		now := int64(testTime)
		for i := range 60 {
			if i == 45 {
				mem.SetFree(-1)
			}
			now += 5000
			switch err := w.write(db, now, map[string]float64{"up": 1}); {
			case err == nil:
				taken = append(taken, now)
			case !errors.Is(err, storage.ErrNoSpace):
				t.Fatalf("%d bytes free: %v", free, err)
			}
			if i%5 == 4 {
				_ = db.upkeep(context.Background())
				_ = db.syncLog()
			}
		}
		check := func(db *DB) {
			t.Helper()
			want := `{__name__="up", instance="0"}`
			for _, at := range taken {
				want += fmt.Sprintf(" %d:1", at-testTime)
			}
			expect(t, dump(t, db, 0, math.MaxInt64), want)
		}
		check(db)
		die(db)
		o.FS = mem.Kill()
		db, err = Open(o)
		must(t, err)
		check(db)
		must(t, db.Close())
	}
}

func TestReadOnlyDirectory(t *testing.T) {
	mem := vfs.Mem()
	db := openTest(t, testOptions(mem))
	w := openWriter(t, db, "instance", "0")
	must(t, w.write(db, testTime, map[string]float64{"up": 1}))
	must(t, db.Close())

	mem.SetReadOnly(true)
	db = openTest(t, testOptions(mem))
	want := `{__name__="up", instance="0"} 0:1`
	expect(t, dump(t, db, 0, math.MaxInt64), want)
	w = openWriter(t, db, "instance", "0")
	if err := w.write(db, testTime+1, map[string]float64{"up": 1}); !errors.Is(err, storage.ErrReadOnly) {
		t.Fatalf("write: %v", err)
	}
	if err := db.Delete(context.Background(), 0, math.MaxInt64, labels.MustNewMatcher(labels.MatchEqual, "instance", "0")); !errors.Is(err, storage.ErrReadOnly) {
		t.Fatalf("delete: %v", err)
	}
	expect(t, dump(t, db, 0, math.MaxInt64), want)
	mem.SetReadOnly(false)
	must(t, w.write(db, testTime+2, map[string]float64{"up": 1}))
	expect(t, dump(t, db, 0, math.MaxInt64), want+" 2:1")
}

func TestSecondProcessIsRefused(t *testing.T) {
	o := testOptions(vfs.OS())
	o.Dir = filepath.Join(t.TempDir(), "data")
	openTest(t, o)
	if _, err := Open(o); !errors.Is(err, vfs.ErrLocked) {
		t.Fatalf("second open: %v", err)
	}
}

func TestFailedSync(t *testing.T) {
	mem := vfs.Mem()
	var failing atomic.Bool
	fsys := vfs.Faulty(mem, func(op vfs.Op) error {
		if failing.Load() && op.Kind == vfs.OpSync {
			return syscall.EIO
		}
		return nil
	})
	db := openTest(t, testOptions(fsys))
	w := openWriter(t, db, "instance", "0")
	must(t, w.write(db, testTime, map[string]float64{"up": 1}))
	failing.Store(true)
	if err := db.syncLog(); err == nil {
		t.Fatal("a failed sync is not told")
	}
	if err := w.write(db, testTime+1, map[string]float64{"up": 1}); err == nil {
		// The log began anew, and may take rows before it could be synced.
		if err := db.syncLog(); err == nil {
			t.Fatal("a failed sync is not told")
		}
	}
	failing.Store(false)
	for range 3 {
		_ = db.syncLog()
	}
	must(t, db.syncLog())
	must(t, w.write(db, testTime+2, map[string]float64{"up": 1}))
	must(t, db.syncLog())
	// All of it is durable now, also what the failed sync was for.
	want := dump(t, db, 0, math.MaxInt64)
	after := openTest(t, testOptions(mem.Crash(rand.New(rand.NewPCG(1, 1)), 0)))
	expect(t, dump(t, after, 0, math.MaxInt64), want...)
}

// damaged makes a store that has something of everything.
func damaged(t *testing.T) (*vfs.MemFS, []string, []string) {
	mem := vfs.Mem()
	o := crashOptions(mem)
	o.WALBytes = 1 << 20
	db, err := Open(o)
	must(t, err)
	w := openWriter(t, db, "instance", "0", "job", "j")
	hist := labels.FromStrings("__name__", "h")
	rng := rand.New(rand.NewPCG(3, 3))
	for i := range 33 {
		row := w.row(map[string]float64{"up": 1, "m1": float64(i), "m2": rng.Float64(), "m3": float64(rng.IntN(1000))})
		c, err := w.g.Column(hist)
		must(t, err)
		row.Histograms = []storage.HistogramValue{{Column: c, Int: tsdbutil.GenerateTestHistogram(int64(i))}}
		must(t, db.Write(context.Background(), &storage.Batch{Timestamp: testTime + int64(i)*5000, Rows: []storage.Row{row}, Samples: []storage.Sample{{Labels: labels.FromStrings("__name__", "late"), T: testTime + int64(i)*5000, V: float64(i)}}}))
		if i == 25 {
			must(t, db.upkeep(context.Background()))
		}
	}
	whole := dump(t, db, 0, math.MaxInt64)
	must(t, db.Delete(context.Background(), 0, testTime+10_000, labels.MustNewMatcher(labels.MatchEqual, "__name__", "m1")))
	visible := dump(t, db, 0, math.MaxInt64)
	die(db)
	return mem.Kill(), whole, visible
}

// files lists all files below a directory.
func files(t *testing.T, fsys vfs.FS, dir string) []string {
	entries, err := fsys.List(dir)
	must(t, err)
	var out []string
	for _, e := range entries {
		if path := filepath.Join(dir, e.Name); e.Dir {
			out = append(out, files(t, fsys, path)...)
		} else {
			out = append(out, path)
		}
	}
	return out
}

func TestBitFlips(t *testing.T) {
	mem, whole, visible := damaged(t)
	flips, harmless := 0, 0
	for _, path := range files(t, mem, "/data") {
		if filepath.Base(path) == "lock" {
			continue
		}
		content, err := vfs.ReadFile(mem, path)
		must(t, err)
		// Every byte in its turn, over some runs.
		step := 7
		if testing.Short() {
			step = 40
		}
		for at := rand.IntN(step); at < len(content); at += step {
			bad := append([]byte(nil), content...)
			bad[at] ^= 1 << (at % 8)
			got := reopen(t, mem, path, bad)
			allowed := visible
			if filepath.Base(path) == "tombstones" {
				allowed = whole
			}
			if odd := missing(allowed, got); odd != "" {
				t.Fatalf("bit %d of byte %d of %s flipped: wrong value %s", at%8, at, path, odd)
			}
			flips++
			if missing(got, visible) == "" {
				harmless++
			}
		}
	}
	t.Logf("%d flips, %d of them cost nothing", flips, harmless)
}

func TestCutFiles(t *testing.T) {
	mem, whole, visible := damaged(t)
	for _, path := range files(t, mem, "/data") {
		content, err := vfs.ReadFile(mem, path)
		must(t, err)
		for _, n := range []int{0, 1, 7, len(content) / 3, len(content) / 2, len(content) - 5, len(content) - 1} {
			if n < 0 || n >= len(content) || filepath.Base(path) == "lock" {
				continue
			}
			got := reopen(t, mem, path, content[:n])
			allowed := visible
			if filepath.Base(path) == "tombstones" {
				allowed = whole
			}
			if odd := missing(allowed, got); odd != "" {
				t.Fatalf("%s cut to %d bytes: wrong value %s", path, n, odd)
			}
		}
		removed := mem.Kill()
		must(t, removed.Remove(path))
		if got := openDamaged(t, removed, path); filepath.Base(path) != "tombstones" && missing(visible, got) != "" {
			t.Fatalf("%s removed: wrong value %s", path, missing(visible, got))
		}
	}
}

// reopen opens the store with a file changed.
func reopen(t *testing.T, mem *vfs.MemFS, path string, content []byte) []string {
	t.Helper()
	fsys := mem.Kill()
	f, err := fsys.Create(path)
	must(t, err)
	_, err = f.Write(content)
	must(t, err)
	must(t, f.Close())
	return openDamaged(t, fsys, path)
}

func openDamaged(t *testing.T, fsys vfs.FS, path string) []string {
	t.Helper()
	o := crashOptions(fsys)
	o.Now = func() time.Time { return time.UnixMilli(testTime).Add(time.Hour) }
	db, err := Open(o)
	if err != nil {
		t.Fatalf("open with damage in %s: %v", path, err)
	}
	got := dump(t, db, 0, math.MaxInt64)
	if err := db.upkeep(context.Background()); err != nil {
		// A second time is without what the first one put aside.
		_ = db.upkeep(context.Background())
	}
	if odd := missing(got, dump(t, db, 0, math.MaxInt64)); odd != "" {
		t.Fatalf("damage in %s: after upkeep there is %s", path, odd)
	}
	must(t, db.Close())
	return got
}
