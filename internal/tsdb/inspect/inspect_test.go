package inspect_test

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/tsdb/tsdbutil"

	"monopod/internal/storage"
	"monopod/internal/tsdb"
	"monopod/internal/tsdb/inspect"
	"monopod/internal/vfs"
)

const dir = "/data"

// all is the matcher that selects everything.
func all() *labels.Matcher { return labels.MustNewMatcher(labels.MatchRegexp, "__name__", ".*") }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// start opens a store with small parts, in a bubble of synctest.
func start(t *testing.T, fsys vfs.FS) *tsdb.DB {
	t.Helper()
	db, err := tsdb.Open(tsdb.Options{FS: fsys, Dir: dir, BlockDuration: time.Minute, SealRows: 8})
	must(t, err)
	return db
}

// fill scrapes three targets for some seconds, as time goes by. Half of the time
// one of them has a histogram more.
func fill(t *testing.T, db *tsdb.DB, seconds int) {
	t.Helper()
	var groups []storage.Group
	for i := range 3 {
		g, err := db.OpenGroup(labels.FromStrings("job", "a", "instance", fmt.Sprint(i)))
		must(t, err)
		groups = append(groups, g)
	}
	for s := range seconds {
		time.Sleep(time.Second)
		b := storage.Batch{Timestamp: time.Now().UnixMilli()}
		for i, g := range groups {
			row := storage.Row{Group: g}
			for m := range 5 {
				c, err := g.Column(labels.FromStrings("__name__", fmt.Sprintf("metric_%d", m)))
				must(t, err)
				row.Present = row.Present.Grow(c + 1)
				row.Present.Set(c)
				row.Values = append(row.Values, make([]float64, max(0, c+1-len(row.Values)))...)
				row.Values[c] = [...]float64{1, float64(s * 100), float64(s) / 10, math.Sqrt(float64(s + i)), float64(s * i)}[m]
			}
			if i == 0 && s%100 < 50 {
				c, err := g.Column(labels.FromStrings("__name__", "histogram"))
				must(t, err)
				row.Histograms = append(row.Histograms, storage.HistogramValue{Column: c, Int: tsdbutil.GenerateTestHistogram(int64(s))})
			}
			b.Rows = append(b.Rows, row)
		}
		must(t, db.Write(context.Background(), &b))
	}
	for _, g := range groups {
		g.Release()
	}
}

func openView(t *testing.T, fsys vfs.FS) *inspect.View {
	t.Helper()
	v, err := inspect.OpenView(fsys, dir)
	must(t, err)
	t.Cleanup(func() { must(t, v.Close()) })
	return v
}

// read returns the samples of a store as lines.
func read(t *testing.T, db *tsdb.DB) []string {
	t.Helper()
	q, err := db.Querier(math.MinInt64, math.MaxInt64)
	must(t, err)
	defer q.Close()
	set := q.Select(t.Context(), true, nil, all())
	var out []string
	var it chunkenc.Iterator
	for set.Next() {
		it = set.At().Iterator(it)
		for kind := it.Next(); kind != chunkenc.ValNone; kind = it.Next() {
			if kind == chunkenc.ValFloat {
				at, v := it.At()
				out = append(out, fmt.Sprintf("%s %d %x", set.At().Labels(), at, math.Float64bits(v)))
			} else {
				at, h := it.AtFloatHistogram(nil)
				out = append(out, fmt.Sprintf("%s %d %s", set.At().Labels(), at, h))
			}
		}
		must(t, it.Err())
	}
	must(t, set.Err())
	return out
}

// A store that runs is looked at, and what is seen is what it has.
func TestViewOfARunningStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mem := vfs.Mem()
		db := start(t, mem)
		fill(t, db, 400)
		must(t, db.Delete(t.Context(), math.MinInt64, math.MaxInt64, labels.MustNewMatcher(labels.MatchEqual, "__name__", "metric_2")))
		want, blocks := read(t, db), len(db.Blocks())

		v := openView(t, mem)
		seen, err := v.Store(slog.New(slog.DiscardHandler))
		must(t, err)
		time.Sleep(time.Minute) // the engine looks after a view, too, and may not change it
		if got := read(t, seen); !slices.Equal(got, want) {
			t.Errorf("%d samples in the view, %d in the store", len(got), len(want))
		}
		must(t, seen.Close())

		damage, done, err := inspect.Check(t.Context(), v)
		must(t, err)
		if len(damage) > 0 {
			t.Errorf("a good store: %v", damage)
		}
		if done.Chunks == 0 || done.Columns == 0 || done.Samples == 0 {
			t.Errorf("not all was checked: %+v", done)
		}
		checkReport(t, v, blocks)
		must(t, db.Close())
	})
}

func checkReport(t *testing.T, v *inspect.View, blocks int) {
	t.Helper()
	r, err := inspect.Inspect(t.Context(), v, 3)
	must(t, err)
	if r.Series != 16 || r.Groups != 3 || r.Metrics != 6 {
		t.Errorf("%d series, %d groups, %d metrics", r.Series, r.Groups, r.Metrics)
	}
	if len(r.Blocks) != blocks || len(r.Blocks) == 0 || len(r.Head) == 0 || r.Log.Rows == 0 {
		t.Errorf("%d blocks, %d head files, %d rows in the log", len(r.Blocks), len(r.Head), r.Log.Rows)
	}
	samples, bytes := int64(0), int64(0)
	for _, e := range r.Encodings {
		samples += e.Samples
		bytes += e.Bytes
		if e.Name == "unknown" || e.Name == "empty" {
			t.Errorf("encoding %q", e.Name)
		}
	}
	if samples != r.Samples {
		t.Errorf("%d samples by encoding, %d in all", samples, r.Samples)
	}
	if len(r.Top) != 3 || r.Top[0].Bytes < r.Top[1].Bytes || r.Top[0].Bytes > bytes {
		t.Errorf("largest metrics: %+v", r.Top)
	}
	if !slices.ContainsFunc(r.Encodings, func(e inspect.Encoding) bool { return e.Name == "histograms" }) {
		t.Error("no histograms among the encodings")
	}
}

// files returns the files of the data directory that hold data.
func files(t *testing.T, fsys vfs.FS, in string) []string {
	t.Helper()
	infos, err := fsys.List(in)
	must(t, err)
	var out []string
	for _, i := range infos {
		path := filepath.Join(in, i.Name)
		switch {
		case i.Dir:
			out = append(out, files(t, fsys, path)...)
		case i.Name != "lock" && i.SizeBytes > 0:
			out = append(out, path)
		}
	}
	return out
}

func replace(t *testing.T, fsys vfs.FS, name string, content []byte) {
	t.Helper()
	f, err := fsys.Create(name)
	must(t, err)
	_, err = f.Write(content)
	must(t, err)
	must(t, f.Close())
}

// One bit that is not what was written is found, in every file.
func TestCheckFindsEveryFlippedBit(t *testing.T) {
	mem := vfs.Mem()
	synctest.Test(t, func(t *testing.T) {
		db := start(t, mem)
		fill(t, db, 300)
		must(t, db.Delete(t.Context(), math.MinInt64, math.MaxInt64, labels.MustNewMatcher(labels.MatchEqual, "__name__", "metric_2")))
		v := openView(t, mem) // of before the end, which empties the log
		copied := map[string][]byte{}
		for _, name := range files(t, mem, dir) {
			b, err := vfs.ReadFile(v, name)
			must(t, err)
			copied[name] = b
		}
		must(t, db.Close())
		must(t, mem.RemoveAll(dir))
		for name, b := range copied {
			must(t, mem.MkdirAll(filepath.Dir(name)))
			replace(t, mem, name, b)
		}
	})
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	for _, name := range files(t, mem, dir) {
		good, err := vfs.ReadFile(mem, name)
		must(t, err)
		for range 40 {
			bad := slices.Clone(good)
			at, bit := r.IntN(len(bad)), r.IntN(8)
			if filepath.Base(name) == "meta.json" && bit == 5 || filepath.Base(name) == "tombstones" && bit == 5 {
				continue // keys and hexadecimals mean the same in capitals
			}
			bad[at] ^= 1 << bit
			replace(t, mem, name, bad)
			v, err := inspect.OpenView(mem, dir)
			must(t, err)
			damage, _, err := inspect.Check(t.Context(), v)
			must(t, v.Close())
			// A later version of the format is an error of its own.
			if err == nil && len(damage) == 0 && !isSizeOfLastChunk(name, good, at) {
				t.Errorf("%s: bit %d of byte %d of %d is flipped, and nothing is found", name, bit, at, len(good))
			}
			for _, d := range damage {
				if !strings.HasPrefix(filepath.Join(dir, d.Path), filepath.Dir(name)) && d.Part != "head" && d.Part != "log" {
					t.Errorf("%s is damaged, and %s is named", name, d)
				}
			}
		}
		replace(t, mem, name, good)
	}
}

// isSizeOfLastChunk tells whether a byte says how long the last chunk of a head
// file is: a chunk that is longer than the file is a write that a crash cut.
func isSizeOfLastChunk(name string, b []byte, at int) bool {
	last := strings.LastIndex(string(b), "MPc")
	return strings.HasSuffix(name, ".chunks") && at >= last && at < last+12
}

func TestOtherDirectories(t *testing.T) {
	mem := vfs.Mem()
	must(t, mem.MkdirAll("/empty"))
	must(t, mem.MkdirAll("/prometheus/01BX5ZZKBKACTAV9WEVGEMMVRZ"))
	for name, want := range map[string]string{"/empty": "not a data directory", "/prometheus": "monopod import prometheus", "/absent": "no such file"} {
		if _, err := inspect.OpenView(mem, name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
	}
}
