package tsdb

import (
	"context"
	"errors"
	"math"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/prometheus/model/labels"

	"monopod/internal/storage"
	"monopod/internal/vfs"
)

// wall is a clock that can be set, beside the one that only goes forward.
type wall struct{ off atomic.Int64 }

func (w *wall) now() time.Time { return time.Now().Round(0).Add(time.Duration(w.off.Load())) }

// rowsOf is how many rows a series has.
func rowsOf(t *testing.T, db *DB, name string) int {
	t.Helper()
	lines := dump(t, db, math.MinInt64, math.MaxInt64, labels.MustNewMatcher(labels.MatchEqual, "__name__", name))
	if len(lines) == 0 {
		return 0
	}
	return len(strings.Fields(lines[0][strings.Index(lines[0], "}")+1:]))
}

// The clock goes back by an hour, and forward by a year for a while: nothing hangs,
// what was stored stays, the far future is refused, and all goes on by itself.
func TestClockJumps(t *testing.T) {
	for _, window := range []time.Duration{0, 2 * time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			w := &wall{}
			o := Options{FS: vfs.Mem(), Dir: "/data", Now: w.now, BlockDuration: 20 * time.Minute}
			o.Retention, o.OutOfOrderWindow = 24*time.Hour, window
			db, err := Open(o)
			must(t, err)
			g := openWriter(t, db, "job", "x")
			stored, refused := 0, 0
			// scrapes stores a row every 15 s, as long as the clock runs.
			scrapes := func(d time.Duration) {
				t.Helper()
				stored, refused = 0, 0
				for range d / (15 * time.Second) {
					time.Sleep(15 * time.Second)
					at := w.now().UnixMilli()
					row := g.write(db, at, map[string]float64{"up": 1})
					late := db.Write(context.Background(), &storage.Batch{Samples: []storage.Sample{{Labels: labels.FromStrings("__name__", "s"), T: at, V: 1}}})
					must(t, late)
					if row == nil {
						stored++
					} else if refused++; !errors.Is(row, storage.ErrOutOfOrder) && !errors.Is(row, storage.ErrOutOfBounds) && !errors.Is(row, storage.ErrTooOld) {
						t.Fatal(row)
					}
				}
			}
			scrapes(2 * time.Hour)
			if refused > 0 {
				t.Fatalf("%d rows are refused by a right clock", refused)
			}
			before := rowsOf(t, db, "up")

			w.off.Store(int64(-time.Hour))
			scrapes(59 * time.Minute)
			if window == 0 && stored > 0 || window > 0 && refused > 0 {
				t.Errorf("an hour back, window %s: %d rows stored, %d refused", window, stored, refused)
			}
			must(t, db.upkeep(context.Background()))
			scrapes(31 * time.Minute) // the clock passes where it was
			if stored < 30*4-8 {
				t.Errorf("%d rows stored after the clock was where it had been", stored)
			}
			w.off.Store(0)
			scrapes(30 * time.Minute)
			if refused > 0 {
				t.Errorf("%d rows refused after the clock was right again", refused)
			}

			all := rowsOf(t, db, "up")
			w.off.Store(int64(365 * 24 * time.Hour))
			scrapes(9 * time.Minute)
			if stored > 0 {
				t.Errorf("%d rows of the far future are stored", stored)
			}
			must(t, db.upkeep(context.Background()))
			w.off.Store(0)
			scrapes(10 * time.Minute)
			if refused > 0 {
				t.Errorf("%d rows refused after the clock came back from the future", refused)
			}
			must(t, db.upkeep(context.Background()))
			if n := rowsOf(t, db, "up"); n != all+stored || all < before {
				t.Errorf("%d rows, want the %d of before and %d since", n, all, stored)
			}

			// A clock that stays there was right to go.
			w.off.Store(int64(365 * 24 * time.Hour))
			scrapes(15 * time.Minute)
			if stored < 4*4 {
				t.Errorf("%d rows stored of a clock that stays ahead", stored)
			}
			must(t, db.Close())
		})
	}
}
