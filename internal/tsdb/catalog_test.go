package tsdb

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"testing"

	"monopod/internal/vfs"
)

// TestHalfRemovedCatalog: a crash ends the removal of the segments that a
// rewritten catalog stands for. What builds on the removed ones is not missed.
func TestHalfRemovedCatalog(t *testing.T) {
	mem := vfs.Mem()
	o := testOptions(mem)
	for life := range 4 { // each start begins a segment
		db := openTest(t, o)
		w := openWriter(t, db, "job", "stays")
		must(t, w.write(db, testTime+int64(life)*1000, map[string]float64{"always": 1, fmt.Sprintf("m%d", life): 1}))
		w.g.Release()
		must(t, db.catalog.sync())
		must(t, db.Close())
	}
	dir := filepath.Join(o.Dir, "catalog")
	old, err := mem.List(dir)
	must(t, err)
	for removed := 1; removed < len(old); removed++ {
		for _, s := range old {
			if err := mem.Link(filepath.Join(dir, s.Name), filepath.Join(o.Dir, s.Name)); removed == 1 {
				must(t, err)
			}
		}
		db := openTest(t, o)
		want := dump(t, db, math.MinInt64, math.MaxInt64)
		must(t, db.catalog.compactNow(db.index, db.definedGroups))
		must(t, db.Close())
		for _, s := range old[removed:] {
			must(t, mem.Link(filepath.Join(o.Dir, s.Name), filepath.Join(dir, s.Name)))
		}
		db = openTest(t, o)
		if got := dump(t, db, math.MinInt64, math.MaxInt64); !slices.Equal(got, want) {
			t.Errorf("%d segments removed: got\n%s\nwant\n%s", removed, lines(got), lines(want))
		}
		if n := db.Corruptions(); n > 0 {
			t.Errorf("%d segments removed: %d pieces count as damaged", removed, n)
		}
		must(t, db.Close())
	}
}
