//go:build !race

package tsdb

import (
	"context"
	"testing"

	"github.com/prometheus/prometheus/model/labels"

	"monopod/internal/storage"
	"monopod/internal/vfs"
)

// TestWriteAllocates holds the steady state of writing rows to less than an
// allocation in two rows, sealing included: slabs, and the directory of chunks. The
// race detector makes pools forget.
func TestWriteAllocates(t *testing.T) {
	o := testOptions(vfs.OS())
	o.Dir = t.TempDir()
	db := openTest(t, o)
	g, err := db.OpenGroup(labels.FromStrings("job", "x"))
	must(t, err)
	const columns = 500
	values := make([]float64, columns)
	present := storage.Bitmap(nil).Grow(columns)
	for c := range columns {
		_, err := g.Column(labels.FromStrings("__name__", "m", "c", string(rune('a'+c%26))+string(rune('a'+c/26))))
		must(t, err)
		present.Set(c)
	}
	b := storage.Batch{Timestamp: testTime, Rows: []storage.Row{{Group: g, Values: values, Present: present}}}
	ctx := context.Background()
	write := func() {
		b.Timestamp += 15_000
		for c := 0; c < columns; c += 3 {
			values[c] += float64(c)
		}
		if err := db.Write(ctx, &b); err != nil {
			t.Fatal(err)
		}
	}
	for range 100 {
		write()
	}
	const rows = 320
	if n := testing.AllocsPerRun(10, func() {
		for range rows {
			write()
		}
	}); n > rows/2 {
		t.Errorf("%v allocations for %d rows", n, rows)
	} else {
		t.Logf("%v allocations for %d rows", n, rows)
	}
	// Between seals, when nothing else goes on in the process.
	least := float64(rows)
	for range 40 {
		least = min(least, testing.AllocsPerRun(3, write))
	}
	if least > 0 {
		t.Errorf("%v allocations for a row", least)
	}
}
