package tsdb

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/tsdb/tsdbutil"

	"monopod/internal/storage"
	"monopod/internal/vfs"
)

func shrinkOptions(fsys vfs.FS) Options {
	o := testOptions(fsys)
	o.BlockDuration, o.SealRows, o.Retention = 10*time.Minute, 4, 30*time.Minute
	return o
}

// churn writes the generations [from,to) of a target: each has 8 rows and 100
// metrics of its own. It shrinks the group where that is asked for.
func churn(t *testing.T, db *DB, w *writer, from, to int, shrink bool) (shrunk int) {
	t.Helper()
	for gen := from; gen < to; gen++ {
		rng := rand.New(rand.NewPCG(uint64(gen), 1))
		for i := range 8 {
			values := map[string]float64{"up": 1}
			for m := range 100 {
				if rng.IntN(50) > 0 {
					values[fmt.Sprintf("gen%d_%d", gen, m)] = float64(rng.IntN(5))
				}
			}
			r := w.row(values)
			if gen%3 == 0 {
				c, err := w.g.Column(parse(t, fmt.Sprintf(`{__name__="hist%d"}`, gen)))
				must(t, err)
				h := storage.HistogramValue{Column: c, Int: tsdbutil.GenerateTestHistogram(int64(i))}
				if i%2 == 1 {
					h = storage.HistogramValue{Column: c, Float: &histogram.FloatHistogram{Count: 1, ZeroCount: 1}}
				}
				r.Histograms = []storage.HistogramValue{h}
			}
			must(t, db.Write(context.Background(), &storage.Batch{Timestamp: testTime + int64(gen*8+i)*15_000, Rows: []storage.Row{r}}))
			if !shrink {
				continue
			}
			before := w.g.Columns()
			if moved := w.g.Shrink(); moved != nil {
				shrunk++
				kept := slices.DeleteFunc(slices.Clone(moved), func(c int32) bool { return c < 0 })
				if len(moved) != before || len(kept) != w.g.Columns() || !slices.IsSorted(kept) {
					t.Fatalf("generation %d: %d columns became %v; the group has %d", gen, before, moved, w.g.Columns())
				}
			}
		}
		must(t, db.upkeep(context.Background()))
	}
	return shrunk
}

// TestShrinkBoundsChurn writes 200 generations of metrics: what the head keeps of
// them is bounded by its window.
func TestShrinkBoundsChurn(t *testing.T) {
	db := openTest(t, shrinkOptions(vfs.Mem()))
	w := openWriter(t, db, "job", "x")
	objects := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapObjects
	}
	shrunk := churn(t, db, w, 0, 100, true)
	half := objects()
	shrunk += churn(t, db, w, 100, 200, true)
	if shrunk < 50 {
		t.Errorf("the group shrank %d times", shrunk)
	}
	if n := w.g.Columns(); n > 500 {
		t.Errorf("the group has %d columns", n)
	}
	// The window, the one before it, and a half: 13 generations, those that shrank
	// with what they took along.
	if s := db.index.Sizes(); s.Metrics > 3000 || s.Series > 6000 || s.Groups > 30 {
		t.Errorf("the index has %+v", s)
	}
	if n := len(db.head.all()); n > 30 {
		t.Errorf("the head has %d groups", n)
	}
	if n := objects(); n > half+half/4 {
		t.Errorf("%d objects on the heap, %d after half of it", n, half)
	}
}

// TestShrinkLosesNothing holds a store whose group shrinks to one whose group
// does not, over restarts, orderly ones and others, and the end of the target.
func TestShrinkLosesNothing(t *testing.T) {
	model := openTest(t, shrinkOptions(vfs.Mem()))
	theirs := openWriter(t, model, "job", "x")
	mem := vfs.Mem()
	db := openTest(t, shrinkOptions(mem))
	mine := openWriter(t, db, "job", "x")
	check := func(when string) {
		t.Helper()
		got, want := dump(t, db, math.MinInt64, math.MaxInt64), dump(t, model, math.MinInt64, math.MaxInt64)
		if !slices.Equal(got, want) {
			t.Fatalf("%s:\n%s", when, difference(got, want))
		}
	}
	for i := range 6 {
		if churn(t, db, mine, i*7, i*7+7, true) == 0 {
			t.Error("the group does not shrink")
		}
		churn(t, model, theirs, i*7, i*7+7, false)
		check(fmt.Sprintf("after %d generations", i*7+7))
		if i%2 == 0 {
			die(db)
			mem = mem.Kill()
		} else {
			must(t, db.Close())
		}
		db = openTest(t, shrinkOptions(mem))
		check("after a restart")
		mine = openWriter(t, db, "job", "x")
	}
	for _, w := range []*writer{mine, theirs} {
		w.g.Release()
		must(t, w.g.End(context.Background(), testTime+42*8*15_000))
	}
	check("after the end")
}
