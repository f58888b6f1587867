package tsdb

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/prometheus/prometheus/model/labels"
	promtsdb "github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/tsdb/tsdbutil"

	"monopod/internal/storage"
	"monopod/internal/tsdb/cells"
	"monopod/internal/vfs"
)

// disorder writes the same samples, in any order, to the store and to
// Prometheus's with the same window.
type disorder struct {
	t      *testing.T
	rng    *rand.Rand
	mem    *vfs.MemFS
	o      Options
	db     *DB
	oracle *promtsdb.DB
	now    int64
	newest map[int]int64 // of each series
}

const disorderWindow = 40 * time.Minute

func newDisorder(t *testing.T, seed uint64) *disorder {
	w := &disorder{t: t, rng: rand.New(rand.NewPCG(seed, 2)), mem: vfs.Mem(), now: testTime, newest: map[int]int64{}}
	w.o = testOptions(w.mem)
	w.o.BlockDuration = 10 * time.Minute
	w.o.SealRows = 1 + w.rng.IntN(6)
	w.o.OutOfOrderWindow = disorderWindow
	w.open()
	oo := promtsdb.DefaultOptions()
	oo.RetentionDuration = 0
	oo.MinBlockDuration = w.o.BlockDuration.Milliseconds()
	oo.MaxBlockDuration = oo.MinBlockDuration
	oo.OutOfOrderTimeWindow = disorderWindow.Milliseconds()
	var err error
	w.oracle, err = promtsdb.Open(t.TempDir(), nil, nil, oo, nil)
	must(t, err)
	w.oracle.DisableCompactions()
	t.Cleanup(func() {
		must(t, w.oracle.Close())
		must(t, w.db.Close())
	})
	// The first sample of all decides on the window of its batch in Prometheus.
	first := labels.FromStrings("__name__", "first")
	must(t, w.db.Write(context.Background(), &storage.Batch{Samples: []storage.Sample{{Labels: first, T: w.now, V: 1}}}))
	app := w.oracle.Appender(context.Background())
	_, err = app.Append(0, first, w.now, 1)
	must(t, err)
	must(t, app.Commit())
	return w
}

func (w *disorder) open() {
	db, err := Open(w.o)
	must(w.t, err)
	w.db = db
}

// value is that of a series at a time: what comes twice is the same.
func (w *disorder) value(series int, t int64) (float64, cells.Hist) {
	x := rand.New(rand.NewPCG(uint64(series), uint64(t)))
	n := (t-testTime)/1000 + 10_000
	switch series % 6 {
	case 3:
		return 0, cells.Hist{Int: tsdbutil.GenerateTestHistogram(n)}
	case 4:
		return 0, cells.Hist{Float: tsdbutil.GenerateTestFloatHistogram(n)}
	case 5:
		if x.IntN(3) == 0 {
			return 0, cells.Hist{Int: tsdbutil.GenerateTestCustomBucketsHistogram(n)}
		}
	case 2:
		return math.Float64frombits(x.Uint64() | 1), cells.Hist{}
	}
	return float64(x.IntN(1000)), cells.Hist{}
}

// append adds a few samples to both, and expects the same errors.
func (w *disorder) append() {
	ours, theirs := w.db.Appender(context.Background()), w.oracle.Appender(context.Background())
	for range 1 + w.rng.IntN(12) {
		series := w.rng.IntN(12)
		ls := labels.FromStrings("__name__", fmt.Sprintf("m%d", series), "job", strconv.Itoa(series%4))
		t := w.now
		switch w.rng.IntN(8) {
		case 0, 1:
			t -= w.rng.Int64N(disorderWindow.Milliseconds()) / 1000 * 1000
		case 2:
			t -= w.rng.Int64N(2*disorderWindow.Milliseconds()) / 1000 * 1000
		case 3:
			t -= w.rng.Int64N(120) * 1000
		}
		v, h := w.value(series, t)
		if newest, ok := w.newest[series]; ok && t == newest && t > w.now-60_000 && w.rng.IntN(3) == 0 && kindOf(h) == kindFloat && series%6 < 2 {
			v++
		}
		var err, want error
		if kindOf(h) != kindFloat {
			a, b := copyHist(h), copyHist(h)
			_, err = ours.AppendHistogram(0, ls, t, a.Int, a.Float)
			_, want = theirs.AppendHistogram(0, ls, t, b.Int, b.Float)
		} else {
			_, err = ours.Append(0, ls, t, v)
			_, want = theirs.Append(0, ls, t, v)
		}
		if reason(err) != reason(want) {
			w.t.Fatalf("append %s at %d (%d behind): %v, Prometheus says %v", ls, t-testTime, w.now-t, err, want)
		}
		if err == nil {
			w.newest[series] = max(w.newest[series], t)
		}
	}
	must(w.t, ours.Commit())
	must(w.t, theirs.Commit())
}

func (w *disorder) check(what string) {
	w.t.Helper()
	mint, maxt := int64(math.MinInt64), int64(math.MaxInt64)
	if w.rng.IntN(2) == 0 {
		mint = w.now - w.rng.Int64N(2*disorderWindow.Milliseconds())
		maxt = mint + w.rng.Int64N(w.now-mint+1)
	}
	got, want := dump(w.t, w.db, mint, maxt), dump(w.t, w.oracle, mint, maxt)
	if !slices.Equal(got, want) {
		w.t.Fatalf("%s: [%d,%d] differ\n%s", what, mint-testTime, maxt-testTime, difference(got, want))
	}
}

func (w *disorder) step() {
	w.now += 1000 * (1 + w.rng.Int64N(30))
	w.append()
	switch w.rng.IntN(30) {
	case 0, 1:
		must(w.t, w.db.upkeep(context.Background()))
	case 2:
		must(w.t, w.db.checkpoint())
	case 3:
		w.restart()
	case 4, 5:
		w.check("on the way")
	}
}

func (w *disorder) restart() {
	if w.rng.IntN(2) == 0 {
		must(w.t, w.db.Close())
	} else {
		die(w.db)
		w.mem = w.mem.Kill()
		w.o.FS = w.mem
	}
	w.open()
}

func TestOutOfOrderSameAsPrometheus(t *testing.T) {
	seeds := []uint64{1, 2, 3, uint64(time.Now().UnixNano())}
	if s := os.Getenv("MONOPOD_SEED"); s != "" {
		seed, err := strconv.ParseUint(s, 10, 64)
		must(t, err)
		seeds = []uint64{seed}
	}
	for _, seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			w := newDisorder(t, seed)
			for range 400 {
				w.step()
			}
			w.check("at the end")
			// Prometheus makes its blocks of samples out of order, too.
			must(t, w.oracle.CompactOOOHead(context.Background()))
			for range 3 {
				must(t, w.db.upkeep(context.Background()))
				w.check("after upkeep")
			}
			w.restart()
			for range 4 {
				w.check("after restart")
			}
			overlaps := 0
			blocks := w.db.Blocks()
			for i := range blocks[1:] {
				if blocks[i+1].MinTime <= blocks[i].MaxTime {
					overlaps++
				}
			}
			if len(blocks) == 0 {
				t.Error("no blocks were made")
			}
			t.Logf("%d blocks, %d overlap", len(blocks), overlaps)
		})
	}
}

// What is refused, by Prometheus's rules and in their order.
func TestOutOfOrderErrors(t *testing.T) {
	minute := int64(60_000)
	for _, c := range []struct {
		name   string
		window time.Duration
		t      int64 // from the newest, which is of the same series
		v      float64
		want   error
	}{
		{"same again", 0, 0, 1, nil},
		{"another value at the same time", 0, 0, 2, storage.ErrDuplicateTimestamp},
		{"another value at the same time, with a window", time.Hour, 0, 2, storage.ErrDuplicateTimestamp},
		{"behind, no window", 0, -minute, 1, storage.ErrOutOfOrder},
		{"far behind, no window", 0, -200 * minute, 1, storage.ErrOutOfBounds},
		{"behind, within the window", 30 * time.Minute, -29 * minute, 1, nil},
		{"on the edge of the window", 30 * time.Minute, -30 * minute, 1, nil},
		{"beyond the window", 30 * time.Minute, -30*minute - 1, 1, storage.ErrTooOld},
		{"beyond the window and the block", 30 * time.Minute, -200 * minute, 1, storage.ErrTooOld},
		{"a window longer than a block", 24 * time.Hour, -20 * 60 * minute, 1, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := testOptions(vfs.Mem())
			o.OutOfOrderWindow = c.window
			reg := prometheus.NewRegistry()
			o.Registerer = reg
			db, err := Open(o)
			must(t, err)
			defer db.Close()
			ls := labels.FromStrings("__name__", "m")
			b := storage.Batch{Samples: []storage.Sample{{Labels: ls, T: testTime, V: 1}, {Labels: ls, T: testTime + c.t, V: c.v}}}
			must(t, db.Write(context.Background(), &storage.Batch{Samples: b.Samples[:1]}))
			must(t, db.Write(context.Background(), &storage.Batch{Samples: b.Samples[1:]}))
			if !errors.Is(b.Samples[1].Err, c.want) {
				t.Errorf("err = %v, want %v", b.Samples[1].Err, c.want)
			}
			want := map[string]int{}
			switch {
			case c.want == storage.ErrTooOld:
				want["prometheus_tsdb_too_old_samples_total"] = 1
			case c.want == storage.ErrOutOfOrder:
				want["prometheus_tsdb_out_of_order_samples_total"] = 1
			case c.want == nil && c.t < 0:
				want["prometheus_tsdb_head_out_of_order_samples_appended_total"] = 1
			}
			families, err := reg.Gather()
			must(t, err)
			for _, f := range families {
				switch name := f.GetName(); name {
				case "prometheus_tsdb_too_old_samples_total", "prometheus_tsdb_out_of_order_samples_total", "prometheus_tsdb_head_out_of_order_samples_appended_total":
					if got := f.GetMetric()[0].GetCounter().GetValue(); int(got) != want[name] {
						t.Errorf("%s = %g, want %d", name, got, want[name])
					}
				}
			}
			if n := testutil.CollectAndCount(db.metrics.delay); n != 1 {
				t.Errorf("%d histograms of the delay", n)
			}
		})
	}
}

// A clock that went back: the row is taken as samples where they may be out of
// order, and refused where not.
func TestOldRow(t *testing.T) {
	for _, window := range []time.Duration{0, time.Hour} {
		mem := vfs.Mem()
		o := testOptions(mem)
		o.OutOfOrderWindow = window
		db, err := Open(o)
		must(t, err)
		g, err := db.OpenGroup(labels.FromStrings("job", "x"))
		must(t, err)
		a, err := g.Column(labels.FromStrings("__name__", "a"))
		must(t, err)
		h, err := g.Column(labels.FromStrings("__name__", "h"))
		must(t, err)
		row := func(at int64, v float64) error {
			present := storage.Bitmap(nil).Grow(2)
			present.Set(a)
			return db.Write(context.Background(), &storage.Batch{Timestamp: testTime + at, Rows: []storage.Row{{
				Group: g, Values: []float64{v, 0}, Present: present,
				Histograms: []storage.HistogramValue{{Column: h, Int: tsdbutil.GenerateTestHistogram(int64(v))}},
			}}})
		}
		must(t, row(60_000, 1))
		err = row(30_000, 2)
		must(t, row(90_000, 3))
		want := 2
		if window == 0 {
			if !errors.Is(err, storage.ErrOutOfOrder) {
				t.Errorf("without a window: %v", err)
			}
		} else {
			must(t, err)
			want = 3
		}
		for _, when := range []string{"at once", "after a kill", "after a close"} {
			if when == "after a kill" {
				die(db)
				mem = mem.Kill()
				o.FS = mem
			} else if when == "after a close" {
				must(t, db.Close())
			}
			if when != "at once" {
				db, err = Open(o)
				must(t, err)
			}
			q, err := db.Querier(math.MinInt64, math.MaxInt64)
			must(t, err)
			set := q.Select(context.Background(), true, nil, labels.MustNewMatcher(labels.MatchEqual, "job", "x"))
			series := 0
			for set.Next() {
				series++
				n, last := 0, int64(math.MinInt64)
				it := set.At().Iterator(nil)
				for it.Next() != 0 {
					if it.AtT() <= last {
						t.Errorf("%s: %d behind %d", when, it.AtT(), last)
					}
					n, last = n+1, it.AtT()
				}
				if n != want {
					t.Errorf("%s, window %s: %s has %d samples, want %d", when, window, set.At().Labels(), n, want)
				}
			}
			if series != 2 {
				t.Errorf("%s: %d series", when, series)
			}
			must(t, set.Err())
			must(t, q.Close())
		}
		must(t, db.Close())
	}
}
