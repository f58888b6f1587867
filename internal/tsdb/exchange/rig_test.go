package exchange

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/exemplar"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	promstorage "github.com/prometheus/prometheus/storage"
	promtsdb "github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/tsdb/tsdbutil"

	"monopod/internal/tsdb"
	"monopod/internal/vfs"
)

// begin is when the tests' samples begin: a multiple of two hours.
const begin = 1_699_999_200_000 / 7_200_000 * 7_200_000

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// selectAll matches every series.
func selectAll() *labels.Matcher { return labels.MustNewMatcher(labels.MatchRegexp, "__name__", ".*") }

// prometheusOptions are those of a store that takes everything there is.
func prometheusOptions() *promtsdb.Options {
	o := promtsdb.DefaultOptions()
	o.RetentionDuration = 0
	o.OutOfOrderTimeWindow = 24 * time.Hour.Milliseconds()
	o.EnableExemplarStorage, o.MaxExemplars = true, 100_000
	o.EnableOverlappingCompaction = false
	return o
}

// prometheusDir makes a Prometheus data directory with hours of samples of every
// kind, and leaves it as a Prometheus that was ended would.
func prometheusDir(t *testing.T, r *rand.Rand, hours int) string {
	t.Helper()
	dir := t.TempDir()
	db, err := promtsdb.Open(dir, slog.New(slog.DiscardHandler), nil, prometheusOptions(), nil)
	must(t, err)
	db.DisableCompactions()
	w := prometheusWriter{t: t, db: db, r: r}
	for at := int64(begin); at < begin+int64(hours)*3_600_000; at += 15_000 {
		w.scrapes(at)
		if at%7_200_000 == 3_600_000 {
			must(t, db.Compact(t.Context()))
		}
	}
	must(t, db.Delete(t.Context(), begin, begin+1_800_000, labels.MustNewMatcher(labels.MatchEqual, "__name__", "float_2")))
	must(t, db.Close())
	return dir
}

type prometheusWriter struct {
	t  *testing.T
	db *promtsdb.DB
	r  *rand.Rand
}

// scrapes appends what four targets and a rule give, late samples among them.
func (w *prometheusWriter) scrapes(at int64) {
	app := w.db.Appender(context.Background())
	float := func(t int64, v float64, ls ...string) {
		ref, err := app.Append(0, labels.FromStrings(ls...), t, v)
		must(w.t, err)
		if at%600_000 == 0 {
			_, err = app.AppendExemplar(ref, labels.FromStrings(ls...), exemplar.Exemplar{Labels: labels.FromStrings("trace", fmt.Sprint(at)), Value: v, Ts: t, HasTs: true})
			must(w.t, err)
		}
	}
	n := (at - begin) / 15_000
	for i := range 4 {
		if i == 3 && n/100%2 == 1 {
			continue // a target that comes and goes
		}
		t := at + int64(i)*1237
		base := []string{"job", "node", "instance", fmt.Sprintf("host-%d:9100", i), "zone", fmt.Sprint(i % 2)}
		float(t, 1, append(base, "__name__", "up")...)
		for m := range 6 {
			float(t, w.value(m, n), append(base, "__name__", fmt.Sprintf("float_%d", m), "mode", fmt.Sprint(m))...)
		}
		if n/50%3 != int64(i%3) {
			float(t, float64(n), append(base, "__name__", "sometimes")...)
		} else if n%50 == 0 {
			float(t, math.Float64frombits(value.StaleNaN), append(base, "__name__", "sometimes")...)
		}
		w.histograms(app, t, n, base)
	}
	float(at+77, float64(n), "__name__", "job:rule:sum")
	if n%3 == 0 {
		float(at+int64(w.r.IntN(14_000)), 1, "__name__", "pushed", "job", "push", "instance", "x", "n", fmt.Sprint(n%9))
	}
	if n > 0 && n%7 == 0 {
		float(at-int64(1+w.r.IntN(200_000))*15, float64(n), "__name__", "late", "job", "node", "instance", "host-0:9100")
	}
	must(w.t, app.Commit())
}

func (w *prometheusWriter) value(m int, n int64) float64 {
	switch m {
	case 0:
		return 1
	case 1:
		return float64(n * 100)
	case 2:
		return math.Sqrt(float64(n))
	case 3:
		return []float64{math.Inf(1), math.Inf(-1), math.Copysign(0, -1), math.NaN(), math.Float64frombits(0x7ff8000000000123), math.MaxFloat64, math.SmallestNonzeroFloat64}[n%7]
	case 4:
		return math.Float64frombits(w.r.Uint64())
	}
	return float64(n) / 10
}

func (w *prometheusWriter) histograms(app promstorage.Appender, t, n int64, base []string) {
	add := func(name string, h *histogram.Histogram, fh *histogram.FloatHistogram) {
		_, err := app.AppendHistogram(0, labels.FromStrings(append(base, "__name__", name)...), t, h, fh)
		must(w.t, err)
	}
	count := n % 97 // with resets
	add("histogram", tsdbutil.GenerateTestHistogram(count), nil)
	add("float_histogram", nil, tsdbutil.GenerateTestFloatHistogram(count))
	add("gauge_histogram", tsdbutil.GenerateTestGaugeHistogram(n*31%17), nil)
	add("custom_histogram", tsdbutil.GenerateTestCustomBucketsHistogram(count), nil)
	switch n % 40 { // a series that changes its kind
	case 0:
		add("mixed", &histogram.Histogram{Sum: math.Float64frombits(value.StaleNaN)}, nil)
	case 1, 2, 3:
		_, err := app.Append(0, labels.FromStrings(append(base, "__name__", "mixed")...), t, float64(n))
		must(w.t, err)
	default:
		add("mixed", tsdbutil.GenerateTestHistogram(n), nil)
	}
}

// sample is a sample, for comparison: floats by their bits.
type sample struct {
	t     int64
	bits  uint64
	int   *histogram.Histogram
	float *histogram.FloatHistogram
}

func (s sample) equal(o sample) bool {
	switch {
	case s.t != o.t || (s.int == nil) != (o.int == nil) || (s.float == nil) != (o.float == nil):
		return false
	case s.int != nil:
		return s.int.Equals(o.int) && math.Float64bits(s.int.Sum) == math.Float64bits(o.int.Sum) &&
			(s.int.CounterResetHint == histogram.GaugeType) == (o.int.CounterResetHint == histogram.GaugeType)
	case s.float != nil:
		return s.float.Equals(o.float) && math.Float64bits(s.float.Sum) == math.Float64bits(o.float.Sum) &&
			(s.float.CounterResetHint == histogram.GaugeType) == (o.float.CounterResetHint == histogram.GaugeType)
	}
	return s.bits == o.bits
}

// read returns all samples, by series.
func read(t *testing.T, q promstorage.Queryable) map[string][]sample {
	t.Helper()
	querier, err := q.Querier(math.MinInt64, math.MaxInt64)
	must(t, err)
	defer querier.Close()
	out := map[string][]sample{}
	set := querier.Select(context.Background(), true, nil, selectAll())
	for set.Next() {
		var list []sample
		it := set.At().Iterator(nil)
		for kind := it.Next(); kind != chunkenc.ValNone; kind = it.Next() {
			s := sample{t: it.AtT()}
			switch kind {
			case chunkenc.ValFloat:
				_, v := it.At()
				s.bits = math.Float64bits(v)
			case chunkenc.ValHistogram:
				_, s.int = it.AtHistogram(nil)
			case chunkenc.ValFloatHistogram:
				_, s.float = it.AtFloatHistogram(nil)
			}
			list = append(list, s)
		}
		must(t, it.Err())
		if len(list) > 0 {
			out[set.At().Labels().String()] = list
		}
	}
	must(t, set.Err())
	if w := set.Warnings(); len(w) > 0 {
		t.Errorf("warnings: %v", w)
	}
	return out
}

// readExemplars returns all exemplars, as lines.
func readExemplars(t *testing.T, q promstorage.ExemplarQueryable) []string {
	t.Helper()
	querier, err := q.ExemplarQuerier(context.Background())
	must(t, err)
	results, err := querier.Select(math.MinInt64, math.MaxInt64, []*labels.Matcher{selectAll()})
	must(t, err)
	var out []string
	for _, r := range results {
		for _, e := range r.Exemplars {
			out = append(out, fmt.Sprintf("%s %s %d %x", r.SeriesLabels, e.Labels, e.Ts, math.Float64bits(e.Value)))
		}
	}
	slices.Sort(out)
	return out
}

// copyPrometheus opens a copy of a Prometheus data directory.
func copyPrometheus(t *testing.T, dir string) *promtsdb.DB {
	t.Helper()
	copied := t.TempDir()
	must(t, linkTree(dir, copied))
	db, err := promtsdb.Open(copied, slog.New(slog.DiscardHandler), nil, prometheusOptions(), nil)
	must(t, err)
	db.DisableCompactions()
	return db
}

// readPrometheus returns what a Prometheus data directory holds.
func readPrometheus(t *testing.T, dir string) map[string][]sample {
	t.Helper()
	db := copyPrometheus(t, dir)
	defer func() { must(t, db.Close()) }()
	return read(t, db)
}

// openStore opens what was imported, for reading.
func openStore(t *testing.T, fsys vfs.FS, dir string) *tsdb.DB {
	t.Helper()
	db, err := tsdb.Open(tsdb.Options{FS: fsys, Dir: dir, Limits: tsdb.Limits{MaxExemplars: 100_000}})
	must(t, err)
	return db
}

func compare(t *testing.T, got, want map[string][]sample) {
	t.Helper()
	for name, w := range want {
		g := got[name]
		for i := range max(len(g), len(w)) {
			if i >= len(g) || i >= len(w) || !g[i].equal(w[i]) {
				t.Errorf("%s: %d samples, want %d; the first difference is number %d: %+v, want %+v", name, len(g), len(w), i, at(g, i), at(w, i))
				break
			}
		}
	}
	for name := range got {
		if want[name] == nil {
			t.Errorf("%s is too much", name)
		}
	}
}

func at(list []sample, i int) any {
	if i >= len(list) {
		return "none"
	}
	return list[i]
}

func seeded(t *testing.T) *rand.Rand {
	t.Helper()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}

// scratch is a directory for the copies of Prometheus's head.
func scratch(t *testing.T) string { return filepath.Join(t.TempDir(), "scratch") }
