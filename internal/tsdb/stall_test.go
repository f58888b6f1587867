package tsdb

import (
	"fmt"
	"math"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"

	"monopod/internal/vfs"
)

// The disk stalls, in its writes or its syncs, for as long as the test likes:
// queries answer, a target waits with one row and no more, and when the disk is
// there again all goes on and nothing that was acknowledged is missing.
func TestStalledDisk(t *testing.T) {
	for _, kind := range []vfs.Kind{vfs.OpWrite, vfs.OpSync} {
		t.Run(string(kind), func(t *testing.T) {
			var stalled atomic.Bool
			reached := make(chan struct{}, 1)
			goOn := make(chan struct{})
			mem := vfs.Mem()
			o := testOptions(vfs.Faulty(mem, func(op vfs.Op) error {
				if op.Kind == kind && strings.Contains(op.Name, "/wal/") && stalled.Load() {
					select {
					case reached <- struct{}{}:
					default:
					}
					<-goOn
				}
				return nil
			}))
			db, err := Open(o)
			must(t, err)
			const targets = 4
			var asked, acknowledged [targets]atomic.Int64
			errs := make(chan error, targets+1)
			enough := make(chan struct{})
			for i := range targets {
				w := openWriter(t, db, "instance", fmt.Sprint(i))
				go func() {
					for n := int64(1); ; n++ {
						select {
						case <-enough:
							errs <- nil
							return
						default:
						}
						asked[i].Store(n)
						if err := w.write(db, testTime+n*1000, map[string]float64{"up": float64(n)}); err != nil {
							errs <- err
							return
						}
						acknowledged[i].Store(n)
						time.Sleep(time.Millisecond)
					}
				}()
			}
			until := func(what string, done func() bool) {
				t.Helper()
				for deadline := time.Now().Add(time.Minute); !done(); time.Sleep(time.Millisecond) {
					if time.Now().After(deadline) {
						t.Fatal(what)
					}
				}
			}
			more := func(by int64) func() bool {
				var from [targets]int64
				for i := range from {
					from[i] = acknowledged[i].Load()
				}
				return func() bool {
					for i := range from {
						if acknowledged[i].Load() < from[i]+by {
							return false
						}
					}
					return true
				}
			}
			until("nothing was stored before the stall", more(5))
			stalled.Store(true)
			synced := make(chan error, 1)
			go func() { synced <- db.syncLog() }()
			<-reached
			if kind == vfs.OpSync {
				until("rows wait for a sync", more(20))
			}
			var had [targets]int64
			for i := range had {
				had[i] = acknowledged[i].Load()
			}
			for range 5 {
				answered := make(chan []string, 1)
				go func() {
					answered <- dump(t, db, math.MinInt64, math.MaxInt64, labels.MustNewMatcher(labels.MatchEqual, "__name__", "up"))
				}()
				select {
				case lines := <-answered:
					if len(lines) != targets {
						t.Fatalf("%d series beside a stalled disk", len(lines))
					}
					for i, line := range lines {
						if n := len(strings.Fields(line[strings.Index(line, "}")+1:])); int64(n) < had[i] {
							t.Errorf("%d samples of target %d, %d are acknowledged", n, i, had[i])
						}
					}
				case <-time.After(time.Minute):
					t.Fatal("a query waits for a stalled disk")
				}
			}
			for i := range targets {
				if waiting := asked[i].Load() - acknowledged[i].Load(); waiting > 1 {
					t.Errorf("target %d waits with %d rows", i, waiting)
				}
			}
			stalled.Store(false)
			close(goOn)
			must(t, <-synced)
			until("the store does not go on after the stall", more(20))
			close(enough)
			for range targets {
				must(t, <-errs)
			}
			must(t, db.syncLog())
			die(db)
			o.FS = mem.Kill()
			db, err = Open(o)
			must(t, err)
			for i, line := range dump(t, db, math.MinInt64, math.MaxInt64) {
				if n := len(strings.Fields(line[strings.Index(line, "}")+1:])); int64(n) != acknowledged[i].Load() {
					t.Errorf("%d samples of target %d after a kill, %d are acknowledged", n, i, acknowledged[i].Load())
				}
			}
			must(t, db.Close())
		})
	}
}
