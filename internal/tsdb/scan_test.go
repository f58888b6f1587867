package tsdb

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/tsdb/tsdbutil"

	"monopod/internal/storage"
	"monopod/internal/tsdb/block"
	"monopod/internal/vfs"
)

// scanned is what is found of a series.
type scanned struct {
	floats map[int64]uint64 // bits
	hists  map[int64]bool
}

func viaAdapter(t *testing.T, db *DB, r storage.ScanRequest) map[string]scanned {
	t.Helper()
	q, err := db.Querier(r.MinTime, r.MaxTime)
	must(t, err)
	defer func() { must(t, q.Close()) }()
	out := map[string]scanned{}
	set := q.Select(context.Background(), false, nil, r.Matchers...)
	for set.Next() {
		s := scanned{map[int64]uint64{}, map[int64]bool{}}
		it := set.At().Iterator(nil)
		for k := it.Next(); k != chunkenc.ValNone; k = it.Next() {
			if k == chunkenc.ValFloat {
				at, v := it.At()
				s.floats[at] = math.Float64bits(v)
			} else {
				s.hists[it.AtT()] = true
			}
		}
		must(t, it.Err())
		if len(s.floats)+len(s.hists) > 0 {
			out[set.At().Labels().String()] = s
		}
	}
	must(t, set.Err())
	return out
}

// checkScan holds a scan equal to the adapter.
func checkScan(t *testing.T, db *DB, r storage.ScanRequest) {
	t.Helper()
	want := viaAdapter(t, db, r)
	s, err := db.Scan(context.Background(), r)
	must(t, err)
	defer func() { must(t, s.Close()) }()
	got := map[string]map[int64]uint64{}
	units := map[string]int{}
	histograms := map[string]bool{}
	unit, last := -1, int64(0)
	for s.Next() {
		x := s.Section()
		if len(x.Times) > max(cmp.Or(r.MaxRows, scanRows), fewestRows) || r.MaxColumns > 0 && len(x.Columns) > r.MaxColumns || len(x.Times) == 0 {
			t.Fatalf("section of %d rows and %d columns", len(x.Times), len(x.Columns))
		}
		if x.Unit < unit || x.Unit == unit && x.Times[0] <= last {
			t.Fatalf("unit %d from %d behind unit %d to %d", x.Unit, x.Times[0], unit, last)
		}
		unit, last = x.Unit, x.Times[len(x.Times)-1]
		for i := 1; i < len(x.Times); i++ {
			if x.Times[i] <= x.Times[i-1] {
				t.Fatal("times are out of order")
			}
		}
		for i := range x.Columns {
			c := &x.Columns[i]
			name := x.Series[i].Labels().String()
			if u, ok := units[name]; ok && u != x.Unit {
				t.Fatalf("%s is in units %d and %d", name, u, x.Unit)
			}
			units[name] = x.Unit
			b := labels.NewBuilder(x.Base)
			x.Metrics[i].Range(func(l labels.Label) { b.Set(l.Name, l.Value) })
			if b.Labels().String() != name {
				t.Fatalf("base %s and metric %s of %s", x.Base, x.Metrics[i], name)
			}
			if len(c.Values) != len(x.Times) {
				t.Fatalf("%s: %d values in %d rows", name, len(c.Values), len(x.Times))
			}
			if got[name] == nil {
				got[name] = map[int64]uint64{}
			}
			stale := false
			for row, at := range x.Times {
				if c.Has(row) {
					got[name][at] = math.Float64bits(c.Values[row])
					stale = stale || isStale(c.Values[row])
				} else if want[name].hists[at] && !c.Histograms {
					t.Fatalf("%s: a histogram at %d is not told", name, at)
				}
			}
			if stale != c.Stale || c.Plain() && len(c.Valid) > 0 {
				t.Fatalf("%s: stale %v, plain %v", name, c.Stale, c.Plain())
			}
			histograms[name] = histograms[name] || c.Histograms
		}
	}
	must(t, s.Err())
	for name, w := range want {
		if len(w.floats) != len(got[name]) {
			t.Fatalf("%s: %d floats, want %d", name, len(got[name]), len(w.floats))
		}
		for at, v := range w.floats {
			if g, ok := got[name][at]; !ok || g != v {
				t.Fatalf("%s at %d: %x, %v; want %x", name, at, g, ok, v)
			}
		}
		if len(w.hists) > 0 != histograms[name] {
			t.Fatalf("%s: histograms told: %v, has %d", name, histograms[name], len(w.hists))
		}
	}
	for name, g := range got {
		if _, ok := want[name]; !ok && len(g) > 0 {
			t.Fatalf("%s is in no selection", name)
		}
	}
}

// TestScanEqualsAdapter writes random rows and samples, and compares after seals,
// blocks, merges and deletions.
func TestScanEqualsAdapter(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	o := testOptions(vfs.Mem())
	o.BlockDuration = 10 * time.Minute
	o.Retention = 20 * time.Hour
	db := openTest(t, o)
	var writers []*writer
	for i := range 6 {
		// Two pairs have equal bases, and overlap.
		writers = append(writers, openWriter(t, db, "job", "x", "instance", fmt.Sprint(min(i, 3))))
	}
	live := map[string]bool{}
	at := int64(testTime)
	for round := range 400 {
		at += 15_000
		for i, w := range writers {
			values := map[string]float64{}
			for m := range 12 {
				name := fmt.Sprintf("m%d", m)
				key := fmt.Sprint(i, name)
				if rng.IntN(60) == 0 {
					live[key] = !live[key]
				}
				if !live[key] {
					values[name] = float64(round * m)
				}
			}
			row := w.row(values)
			if i%2 == 0 && rng.IntN(3) == 0 {
				c, err := w.g.Column(labels.FromStrings("__name__", "h"))
				must(t, err)
				row.Histograms = append(row.Histograms, storage.HistogramValue{Column: c, Int: tsdbutil.GenerateTestHistogram(int64(round))})
			}
			must(t, db.Write(context.Background(), &storage.Batch{Timestamp: at + int64(i/4), Rows: []storage.Row{row}}))
		}
		app := db.Appender(context.Background())
		for i := range 4 {
			if rng.IntN(5) > 0 {
				_, err := app.Append(0, labels.FromStrings("__name__", "m1", "job", "x", "instance", fmt.Sprint(i)), at+int64(rng.IntN(3)*7), float64(round))
				if err != nil && !errors.Is(err, storage.ErrDuplicateTimestamp) && !errors.Is(err, storage.ErrOutOfOrder) {
					t.Fatal(err)
				}
			}
			_, err := app.Append(0, labels.FromStrings("__name__", "s", "le", fmt.Sprint(i), "job", "y"), at, float64(round*i))
			must(t, err)
		}
		must(t, app.Commit())
		switch rng.IntN(60) {
		case 0, 1:
			must(t, db.upkeep(context.Background()))
		case 2:
			from := testTime + rng.Int64N(at-testTime+1)
			must(t, db.Delete(context.Background(), from, from+rng.Int64N(600_000), labels.MustNewMatcher(labels.MatchRegexp, "__name__", fmt.Sprintf("m[%d-%d]", rng.IntN(5), 5+rng.IntN(5)))))
		}
		if rng.IntN(12) == 0 {
			r := storage.ScanRequest{MinTime: 0, MaxTime: math.MaxInt64, MaxRows: []int{0, 1, 50, 200}[rng.IntN(4)], MaxColumns: []int{0, 1, 5}[rng.IntN(3)]}
			if rng.IntN(2) == 0 {
				r.MinTime = testTime + rng.Int64N(at-testTime+1)
				r.MaxTime = r.MinTime + rng.Int64N(at-r.MinTime+1)
			}
			if rng.IntN(2) == 0 {
				r.Matchers = []*labels.Matcher{labels.MustNewMatcher(labels.MatchRegexp, "__name__", "m1.*|h|s")}
			}
			checkScan(t, db, r)
		}
	}
	must(t, db.CleanTombstones())
	for range 2 {
		must(t, db.upkeep(context.Background()))
	}
	if !slices.ContainsFunc(db.Blocks(), func(m block.Meta) bool { return m.Origin.Level > 1 }) {
		t.Error("no blocks were merged")
	}
	checkScan(t, db, storage.ScanRequest{MinTime: 0, MaxTime: math.MaxInt64})
}

func TestScanEnds(t *testing.T) {
	db := openTest(t, testOptions(vfs.Mem()))
	w := openWriter(t, db, "job", "x")
	for i := range 100 {
		must(t, w.write(db, testTime+int64(i)*15_000, map[string]float64{"a": 1, "b": 2}))
	}
	ctx, cancel := context.WithCancel(context.Background())
	s, err := db.Scan(ctx, storage.ScanRequest{MaxTime: math.MaxInt64, MaxRows: 32})
	must(t, err)
	if !s.Next() {
		t.Fatal("no section")
	}
	cancel()
	if s.Next() || !errors.Is(s.Err(), context.Canceled) {
		t.Errorf("after the end of the context: %v", s.Err())
	}
	must(t, s.Close())
	s, err = db.Scan(context.Background(), storage.ScanRequest{MaxTime: 1})
	must(t, err)
	if s.Next() || s.Err() != nil {
		t.Errorf("an empty scan: %v", s.Err())
	}
	must(t, s.Close())
}

// BenchmarkScan reads one metric over all targets, and all metrics of one target,
// by column and through iterators.
func BenchmarkScan(b *testing.B) {
	o := testOptions(vfs.OS())
	o.Dir = b.TempDir()
	db, err := Open(o)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	const rows = 1440
	for i := range 20 {
		t := newBenchTarget(b, db, i)
		for r := range rows {
			t.write(b, db, testTime/7200_000*7200_000+int64(r)*15_000)
		}
	}
	if err := db.upkeep(context.Background()); err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct {
		name    string
		matcher *labels.Matcher
	}{
		{"metric", labels.MustNewMatcher(labels.MatchEqual, "__name__", "metric_7")},
		{"target", labels.MustNewMatcher(labels.MatchEqual, "instance", "7")},
	} {
		b.Run(c.name+"/columns", func(b *testing.B) {
			b.ReportAllocs()
			n, sum := 0, 0.0
			for b.Loop() {
				s, err := db.Scan(context.Background(), storage.ScanRequest{MaxTime: math.MaxInt64, Matchers: []*labels.Matcher{c.matcher}})
				if err != nil {
					b.Fatal(err)
				}
				for s.Next() {
					x := s.Section()
					for i := range x.Columns {
						for _, v := range x.Columns[i].Values {
							sum += v
						}
						n += len(x.Times)
					}
				}
				if err := errors.Join(s.Err(), s.Close()); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/sample")
		})
		b.Run(c.name+"/iterators", func(b *testing.B) {
			b.ReportAllocs()
			n, sum := 0, 0.0
			for b.Loop() {
				q, err := db.Querier(0, math.MaxInt64)
				if err != nil {
					b.Fatal(err)
				}
				set := q.Select(context.Background(), false, nil, c.matcher)
				var it chunkenc.Iterator
				for set.Next() {
					it = set.At().Iterator(it)
					for it.Next() != chunkenc.ValNone {
						_, v := it.At()
						sum += v
						n++
					}
				}
				if err := q.Close(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/sample")
		})
	}
}
