package tsdb

import (
	"context"
	"math"
	"slices"
	"testing"
	"time"

	"monopod/internal/vfs"
)

// TestMetricsComeBack: a target goes, the head forgets it and its metrics, and it
// comes back: its metrics have other numbers then, and the catalog has both.
func TestMetricsComeBack(t *testing.T) {
	for _, ended := range []bool{true, false} {
		mem := vfs.Mem()
		o := testOptions(mem)
		o.BlockDuration = 10 * time.Minute
		db := openTest(t, o)
		stays := openWriter(t, db, "job", "stays")
		for life := range 4 {
			w := openWriter(t, db, "job", "returns")
			at := testTime + int64(life)*4_000_000
			for i := range 100 {
				must(t, w.write(db, at+int64(i)*1000, map[string]float64{"a": float64(i), "b": float64(life), "up": 1}))
			}
			w.g.Release()
			must(t, stays.write(db, at+3_000_000, map[string]float64{"other": 1}))
			if life == 3 {
				break
			}
			for range 3 {
				must(t, db.upkeep(context.Background()))
			}
			if n := db.index.Sizes(); n.Metrics != 1 {
				t.Fatalf("the head has %+v", n)
			}
		}
		want := dump(t, db, math.MinInt64, math.MaxInt64)
		if ended {
			must(t, db.Close())
		} else {
			die(db)
			must(t, db.release())
		}
		for range 2 { // what the first start wrote, too
			db = openTest(t, o)
			if got := dump(t, db, math.MinInt64, math.MaxInt64); !slices.Equal(got, want) {
				t.Fatalf("ended in order: %t; got\n%.300s\nwant\n%.300s", ended, lines(got), lines(want))
			}
			if n := db.Corruptions(); n > 0 {
				t.Errorf("%d pieces count as damaged", n)
			}
			must(t, db.Close())
		}
	}
}
