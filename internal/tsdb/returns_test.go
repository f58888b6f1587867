package tsdb

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"

	"monopod/internal/storage"
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

// TestHandleOfCollectedSeries: a handle whose series was collected finds the new
// one, and the batch says so.
func TestHandleOfCollectedSeries(t *testing.T) {
	o := testOptions(vfs.Mem())
	o.BlockDuration = 10 * time.Minute
	db := openTest(t, o)
	write := func(s storage.Sample) storage.Batch {
		t.Helper()
		b := storage.Batch{Samples: []storage.Sample{s}}
		must(t, db.Write(context.Background(), &b))
		must(t, b.Samples[0].Err)
		return b
	}
	ls := labels.FromStrings("__name__", "comes_and_goes", "job", "a")
	b := write(storage.Sample{Labels: ls, T: testTime, V: 1})
	handle := b.Samples[0].Series
	if handle == nil || !labels.Equal(handle.SeriesLabels(), ls) || b.Moved {
		t.Fatalf("the sample got the handle %v, moved is %v", handle, b.Moved)
	}
	stays := openWriter(t, db, "job", "stays")
	fill(t, db, stays, 1, 200)
	for range 3 {
		must(t, db.upkeep(context.Background()))
	}
	end := testTime + int64(200*15_000)
	b = write(storage.Sample{Series: handle, T: end, V: 2})
	anew := b.Samples[0].Series
	if !b.Moved || anew == handle || !labels.Equal(anew.SeriesLabels(), ls) {
		t.Fatalf("moved is %v; the new handle is the old one: %v", b.Moved, anew == handle)
	}
	if b = write(storage.Sample{Series: anew, T: end + 1, V: 3}); b.Moved || b.Samples[0].Series != anew {
		t.Error("the new handle moved again")
	}
	if b = write(storage.Sample{Series: handle, T: end + 2, V: 4}); !b.Moved || b.Samples[0].Series != anew {
		t.Error("the old handle does not find the new series")
	}
	got := dump(t, db, 0, math.MaxInt64, labels.MustNewMatcher(labels.MatchEqual, "__name__", "comes_and_goes"))
	want := fmt.Sprintf("%s 0:1 %d:2 %d:3 %d:4", ls, end-testTime, end+1-testTime, end+2-testTime)
	if len(got) != 1 || got[0] != want {
		t.Errorf("stored is %q\nwant %q", got, want)
	}
}
