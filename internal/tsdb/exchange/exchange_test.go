package exchange

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/common/promslog"
	"github.com/prometheus/prometheus/tsdb/wlog"
	"github.com/prometheus/prometheus/util/compression"

	"monopod/internal/vfs"
)

const data = "/data"

// tree is the files of a directory, by name, with their contents.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	must(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		out[path] = string(b)
		return err
	}))
	return out
}

// What Prometheus has comes back as it was: from it into a store, and from there
// into blocks of Prometheus, which Prometheus reads.
func TestRoundTrip(t *testing.T) {
	dir := prometheusDir(t, seeded(t), 9)
	want, before := readPrometheus(t, dir), tree(t, dir)
	blocks, err := filepath.Glob(filepath.Join(dir, "*", "meta.json"))
	must(t, err)
	if len(blocks) < 3 {
		t.Fatalf("Prometheus has %d blocks", len(blocks))
	}

	mem := vfs.Mem()
	o := ImportOptions{Source: dir, FS: mem, Dir: data, Scratch: scratch(t)}
	done, err := Import(t.Context(), o)
	must(t, err)
	if done.Blocks != len(blocks) || done.Slices <= done.Blocks || done.Exemplars == 0 || done.StartTimes != 0 || done.LogDamaged {
		t.Errorf("%d blocks: %+v", len(blocks), done)
	}
	if after := tree(t, dir); !equalTrees(before, after) {
		t.Error("the import changed Prometheus's directory")
	}
	db := openStore(t, mem, data)
	compare(t, read(t, db), want)
	source := copyPrometheus(t, dir)
	exemplars, got := readExemplars(t, source), readExemplars(t, db)
	must(t, source.Close())
	if len(got) != done.Exemplars {
		t.Errorf("%d exemplars, %d were imported", len(got), done.Exemplars)
	}
	// At its start, Prometheus itself leaves out those of the time of blocks.
	for _, e := range exemplars {
		if _, ok := slices.BinarySearch(got, e); !ok {
			t.Errorf("exemplar %s is missing", e)
		}
	}

	to := t.TempDir()
	export := ExportOptions{DB: db, To: to, MinTime: math.MinInt64, MaxTime: math.MaxInt64}
	exported, err := Export(t.Context(), export)
	must(t, err)
	if exported.Blocks < 5 || len(exported.Damage) > 0 {
		t.Errorf("exported: %+v", exported)
	}
	compare(t, readPrometheus(t, to), want)

	// Again: there is nothing to do.
	again, err := Export(t.Context(), export)
	must(t, err)
	if again.Blocks != 0 || again.Skipped != exported.Blocks {
		t.Errorf("exported again: %+v", again)
	}
	must(t, db.Close())
	redone, err := Import(t.Context(), o)
	must(t, err)
	if redone.Slices != 0 || redone.Skipped != len(blocks) || redone.Exemplars != 0 {
		t.Errorf("imported again: %+v", redone)
	}
}

func equalTrees(a, b map[string]string) bool {
	if len(a) != len(b) {
		return false
	}
	for name := range a {
		if a[name] != b[name] {
			return false
		}
	}
	return true
}

// A Prometheus that went on is imported again: the blocks that became of its
// head take the place of the head.
func TestImportAgainAfterPrometheusWentOn(t *testing.T) {
	first := prometheusDir(t, rand.New(rand.NewPCG(1, 1)), 3)
	second := prometheusDir(t, rand.New(rand.NewPCG(1, 1)), 7)
	mem := vfs.Mem()
	for _, dir := range []string{first, second} {
		_, err := Import(t.Context(), ImportOptions{Source: dir, FS: mem, Dir: data, Scratch: scratch(t)})
		must(t, err)
		db := openStore(t, mem, data)
		compare(t, read(t, db), readPrometheus(t, dir))
		must(t, db.Close())
	}
	infos, err := mem.List(data + "/blocks")
	must(t, err)
	l, err := readLedger(mem, data)
	must(t, err)
	if want := len(l.Head); len(infos) < want+2 {
		t.Errorf("%d blocks, %d of the head", len(infos), want)
	}
	for _, i := range infos {
		if strings.Contains(i.Name, ".") {
			t.Errorf("%s is left", i.Name)
		}
	}
}

// An import that is killed, or whose power goes, at any moment, goes on where it
// was when it is started again.
func TestImportIsKilled(t *testing.T) {
	r := seeded(t)
	dir := prometheusDir(t, r, 5)
	want := readPrometheus(t, dir)
	sandbox := scratch(t)
	mem := vfs.Mem()
	died := errors.New("died")
	deaths := 0
	for allowed := 1; ; allowed += 1 + r.IntN(40) {
		left := allowed
		fsys := vfs.Faulty(mem, func(op vfs.Op) error {
			if op.Kind.Changes() {
				if left--; left < 0 {
					return died
				}
			}
			return nil
		})
		_, err := Import(t.Context(), ImportOptions{Source: dir, FS: fsys, Dir: data, Scratch: sandbox})
		if err == nil {
			break
		}
		if !errors.Is(err, died) {
			t.Fatal(err)
		}
		deaths++
		if r.IntN(2) == 0 {
			mem = mem.Kill()
		} else {
			mem = mem.Crash(r, r.Float64())
		}
	}
	if deaths < 3 {
		t.Errorf("it died %d times", deaths)
	}
	db := openStore(t, mem, data)
	defer func() { must(t, db.Close()) }()
	compare(t, read(t, db), want)
	if l := db.Blocks(); len(l) > 20 {
		t.Errorf("%d blocks", len(l))
	}
}

// Ctrl-C leaves nothing behind but what is done.
func TestImportIsInterrupted(t *testing.T) {
	dir := prometheusDir(t, seeded(t), 5)
	mem := vfs.Mem()
	ctx, cancel := context.WithCancel(t.Context())
	steps := 0
	o := ImportOptions{Source: dir, FS: mem, Dir: data, Scratch: scratch(t), Progress: func(p Progress) {
		if p.Samples > 0 {
			if steps++; steps == 1 {
				cancel()
			}
		}
	}}
	done, err := Import(ctx, o)
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	o.Progress = nil
	rest, err := Import(t.Context(), o)
	must(t, err)
	if rest.Skipped != done.Blocks {
		t.Errorf("%d blocks were done, %d skipped", done.Blocks, rest.Skipped)
	}
	infos, err := mem.List(data + "/blocks")
	must(t, err)
	if len(infos) != done.Slices+rest.Slices {
		t.Errorf("%d blocks, of %d and %d", len(infos), done.Slices, rest.Slices)
	}
	db := openStore(t, mem, data)
	defer func() { must(t, db.Close()) }()
	compare(t, read(t, db), readPrometheus(t, dir))
}

// What a later version of Prometheus wrote is refused before anything is changed.
func TestImportRefusesWhatIsNewer(t *testing.T) {
	block := func(t *testing.T, dir string) string {
		metas, err := filepath.Glob(filepath.Join(dir, "*", "meta.json"))
		must(t, err)
		return filepath.Dir(metas[0])
	}
	patch := func(t *testing.T, name string, at int, b byte) {
		content, err := os.ReadFile(name)
		must(t, err)
		content[at] = b
		must(t, os.WriteFile(name, content, 0o644))
	}
	good := prometheusDir(t, seeded(t), 4)
	for name, change := range map[string]func(*testing.T, string){
		"meta": func(t *testing.T, dir string) {
			file := filepath.Join(block(t, dir), "meta.json")
			b, err := os.ReadFile(file)
			must(t, err)
			var m map[string]any
			must(t, json.Unmarshal(b, &m))
			m["version"] = 2
			b, err = json.Marshal(m)
			must(t, err)
			must(t, os.WriteFile(file, b, 0o644))
		},
		"index":  func(t *testing.T, dir string) { patch(t, filepath.Join(block(t, dir), "index"), 4, 9) },
		"chunks": func(t *testing.T, dir string) { patch(t, filepath.Join(block(t, dir), "chunks", "000001"), 4, 2) },
		"log": func(t *testing.T, dir string) {
			w, err := wlog.New(promslog.NewNopLogger(), nil, filepath.Join(dir, "wal"), compression.None)
			must(t, err)
			must(t, w.Log([]byte{200, 1, 2, 3}))
			must(t, w.Close())
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			must(t, os.CopyFS(dir, os.DirFS(good)))
			change(t, dir)
			mem := vfs.Mem()
			_, err := Import(t.Context(), ImportOptions{Source: dir, FS: mem, Dir: data, Scratch: scratch(t)})
			if !errors.Is(err, ErrNewer) {
				t.Errorf("error %v", err)
			}
			infos, err := mem.List(data + "/blocks")
			if err == nil && len(infos) > 0 {
				t.Errorf("%d blocks were made", len(infos))
			}
		})
	}
}

// A log that ends in the middle of a record is that of a Prometheus that was
// killed.
func TestImportOfATornLog(t *testing.T) {
	dir := prometheusDir(t, seeded(t), 1)
	segments, err := filepath.Glob(filepath.Join(dir, "wal", "0*"))
	must(t, err)
	last := segments[len(segments)-1]
	i, err := os.Stat(last)
	must(t, err)
	must(t, os.Truncate(last, i.Size()-i.Size()/3-7))
	before := tree(t, dir)
	mem := vfs.Mem()
	done, err := Import(t.Context(), ImportOptions{Source: dir, FS: mem, Dir: data, Scratch: scratch(t)})
	must(t, err)
	if !done.LogDamaged || done.Samples == 0 {
		t.Errorf("%+v", done)
	}
	if !equalTrees(before, tree(t, dir)) {
		t.Error("the import changed Prometheus's directory")
	}
	db := openStore(t, mem, data)
	defer func() { must(t, db.Close()) }()
	compare(t, read(t, db), readPrometheus(t, dir))
}

func TestImportErrors(t *testing.T) {
	mem := vfs.Mem()
	empty := t.TempDir()
	for source, want := range map[string]string{
		"/no/such/directory": "no such file",
		empty:                "neither blocks nor a write-ahead log",
	} {
		if _, err := Import(t.Context(), ImportOptions{Source: source, FS: mem, Dir: data}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", source, err, want)
		}
	}
	dir := prometheusDir(t, seeded(t), 1)
	if _, err := Import(t.Context(), ImportOptions{Source: dir, FS: vfs.OS(), Dir: dir}); err == nil || !strings.Contains(err.Error(), "same directory") {
		t.Errorf("into itself: %v", err)
	}
	lock, err := mem.Lock(data + "/lock")
	if errors.Is(err, fs.ErrNotExist) {
		must(t, mem.MkdirAll(data))
		lock, err = mem.Lock(data + "/lock")
	}
	must(t, err)
	if _, err := Import(t.Context(), ImportOptions{Source: dir, FS: mem, Dir: data, Scratch: scratch(t)}); !errors.Is(err, vfs.ErrLocked) {
		t.Errorf("into a store that is open: %v", err)
	}
	must(t, lock.Close())
}

// A slice whose timestamps are too many is divided, and the parts are the whole.
func TestLargeSliceIsDivided(t *testing.T) {
	dir := prometheusDir(t, seeded(t), 3)
	mem := vfs.Mem()
	done, err := Import(t.Context(), ImportOptions{Source: dir, FS: mem, Dir: data, Scratch: scratch(t), MaxTimestamps: 1000})
	must(t, err)
	if done.Slices < 5 {
		t.Errorf("%d slices", done.Slices)
	}
	db := openStore(t, mem, data)
	defer func() { must(t, db.Close()) }()
	compare(t, read(t, db), readPrometheus(t, dir))
}

func TestUnite(t *testing.T) {
	in := []int64{0, 1, 2, 3, 4, 5}
	for _, c := range []struct {
		x, y, want []int64
		ok         bool
	}{
		{in, in, in, true},
		{in[:3], in[3:], in, true},
		{in[1:4], in, in, true},
		{in, nil, in, true},
		{[]int64{0, 2, 4, 6}, []int64{1, 3, 5, 7}, nil, false},
	} {
		got, ok := unite(nil, c.x, c.y)
		if ok != c.ok || ok && !slices.Equal(got, c.want) {
			t.Errorf("unite %v and %v: %v %v", c.x, c.y, got, ok)
		}
	}
}

func TestWindows(t *testing.T) {
	for _, c := range [][3]int64{{0, 99, 100}, {0, 100, 100}, {-150, 150, 100}, {7, 1000, 100}, {-100, -1, 100}} {
		next := c[0]
		for _, w := range windows(c[0], c[1], c[2]) {
			if w[0] != next || w[1] < w[0] || w[1]-w[0] >= c[2] {
				t.Errorf("windows of %v: %v", c, windows(c[0], c[1], c[2]))
			}
			next = w[1] + 1
		}
		if next != c[1]+1 {
			t.Errorf("windows of %v end at %d", c, next-1)
		}
	}
}
