package tsdb

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/tsdb/chunkenc"

	"monopod/internal/storage"
	"monopod/internal/vfs"
)

// TestReadersSeeAllWhileBlocksAreMade reads without pause while rows are sealed,
// become blocks and are merged: what was written is always there, once, in order.
func TestReadersSeeAllWhileBlocksAreMade(t *testing.T) {
	before := runtime.NumGoroutine()
	o := testOptions(vfs.Mem())
	o.BlockDuration = time.Minute
	o.SealRows = 5
	o.WALBytes = 4 << 10
	o.CacheBytes = 64 << 10
	db, err := Open(o)
	must(t, err)
	const writers, rows = 3, 400
	var written [writers]atomic.Int64
	var running atomic.Int32
	var wg sync.WaitGroup
	for k := range writers {
		running.Add(1)
		wg.Go(func() {
			defer running.Add(-1)
			w := openWriter(t, db, "instance", fmt.Sprint(k))
			for i := range int64(rows) {
				if err := w.write(db, testTime+i*5000, map[string]float64{"n": float64(i), fmt.Sprintf("m%d", i%7): 1}); err != nil {
					t.Error(err)
					return
				}
				written[k].Store(i + 1)
				if i%50 == 49 {
					w.g.Release()
					w = openWriter(t, db, "instance", fmt.Sprint(k))
				}
			}
		})
	}
	wg.Go(func() {
		for running.Load() > 0 {
			if err := db.upkeep(context.Background()); err != nil {
				t.Error(err)
			}
		}
	})
	wg.Go(func() {
		app := int64(0)
		for running.Load() > 0 {
			app++
			b := storage.Batch{Samples: []storage.Sample{{Labels: labels.FromStrings("__name__", "late"), T: testTime + app, V: 1}}}
			if err := db.Write(context.Background(), &b); err != nil {
				t.Error(err)
			}
		}
	})
	for range 2 {
		wg.Go(func() {
			for running.Load() > 0 {
				for k := range writers {
					readAll(t, db, k, &written[k])
				}
				_ = db.Stats("__name__", 5)
			}
		})
	}
	wg.Wait()
	must(t, db.upkeep(context.Background()))
	for k := range writers {
		readAll(t, db, k, &written[k])
	}
	if len(db.Blocks()) == 0 {
		t.Error("no blocks were made")
	}
	must(t, db.Close())
	for i := 0; runtime.NumGoroutine() > before; i++ {
		if i == 1000 {
			t.Fatalf("%d goroutines, %d before", runtime.NumGoroutine(), before)
		}
		time.Sleep(time.Millisecond)
	}
}

// readAll reads the series that counts the rows of a writer.
func readAll(t *testing.T, db *DB, k int, written *atomic.Int64) {
	least := written.Load()
	q, err := db.Querier(0, math.MaxInt64)
	if err != nil {
		t.Error(err)
		return
	}
	defer q.Close()
	set := q.Select(context.Background(), false, nil,
		labels.MustNewMatcher(labels.MatchEqual, "__name__", "n"), labels.MustNewMatcher(labels.MatchEqual, "instance", fmt.Sprint(k)))
	n := int64(0)
	for set.Next() {
		it := set.At().Iterator(nil)
		for it.Next() != chunkenc.ValNone {
			if at, v := it.At(); v != float64(n) || at != testTime+n*5000 {
				t.Errorf("writer %d: sample %d is %g at %d", k, n, v, at-testTime)
				return
			}
			n++
		}
		if err := it.Err(); err != nil {
			t.Error(err)
		}
	}
	if err := set.Err(); err != nil {
		t.Error(err)
	}
	if n < least {
		t.Errorf("writer %d: %d samples are read, %d were written", k, n, least)
	}
}
