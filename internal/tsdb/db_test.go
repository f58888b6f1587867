package tsdb

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/exemplar"
	"github.com/prometheus/prometheus/model/labels"
	promstorage "github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"

	"monopod/internal/storage"
	"monopod/internal/vfs"
)

// testTime is when tests take place, in milliseconds.
const testTime = 1_700_000_000_000

func testOptions(fsys vfs.FS) Options {
	return Options{FS: fsys, Dir: "/data", Now: func() time.Time { return time.UnixMilli(testTime).Add(365 * 24 * time.Hour) }, Limits: Limits{MaxExemplars: 100}}
}

func openTest(t *testing.T, o Options) *DB {
	t.Helper()
	db, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// die ends the goroutines of a store as the death of the process would: nothing
// is written.
func die(db *DB) {
	db.stop()
	db.done.Wait()
	db.closed.Store(true)
}

// writer writes rows by metric.
type writer struct {
	t *testing.T
	g storage.Group
	b storage.Batch
}

func openWriter(t *testing.T, db *DB, base ...string) *writer {
	t.Helper()
	g, err := db.OpenGroup(labels.FromStrings(base...))
	if err != nil {
		t.Fatal(err)
	}
	return &writer{t: t, g: g}
}

// row makes a row of metric names and values.
func (w *writer) row(values map[string]float64) storage.Row {
	w.t.Helper()
	r := storage.Row{Group: w.g}
	names := make([]string, 0, len(values))
	for n := range values {
		names = append(names, n)
	}
	slices.Sort(names)
	for _, name := range names {
		c, err := w.g.Column(labels.FromStrings("__name__", name))
		if err != nil {
			w.t.Fatal(err)
		}
		for len(r.Values) <= c {
			r.Values = append(r.Values, math.Pi)
		}
		r.Present = r.Present.Grow(c + 1)
		r.Present.Set(c)
		r.Values[c] = values[name]
	}
	return r
}

func (w *writer) write(db *DB, at int64, values map[string]float64) error {
	w.t.Helper()
	return db.Write(context.Background(), &storage.Batch{Timestamp: at, Rows: []storage.Row{w.row(values)}})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// dump returns all series as text, a line each.
func dump(t *testing.T, q promstorage.Queryable, mint, maxt int64, matchers ...*labels.Matcher) []string {
	t.Helper()
	querier, err := q.Querier(mint, maxt)
	must(t, err)
	defer querier.Close()
	return dumpWithin(t, querier, mint, maxt, matchers...)
}

// dumpWithin returns what a querier has within a range.
func dumpWithin(t *testing.T, querier promstorage.Querier, mint, maxt int64, matchers ...*labels.Matcher) []string {
	t.Helper()
	if len(matchers) == 0 {
		matchers = []*labels.Matcher{labels.MustNewMatcher(labels.MatchRegexp, "__name__", ".*")}
	}
	set := querier.Select(context.Background(), true, nil, matchers...)
	var out []string
	var it chunkenc.Iterator
	for set.Next() {
		it = set.At().Iterator(it)
		line := set.At().Labels().String()
		n := 0
		for kind := it.Next(); kind != chunkenc.ValNone; kind = it.Next() {
			if it.AtT() < mint || it.AtT() > maxt {
				continue
			}
			n++
			line += " " + sampleText(it, kind)
		}
		must(t, it.Err())
		if n > 0 {
			out = append(out, line)
		}
	}
	must(t, set.Err())
	return out
}

func sampleText(it chunkenc.Iterator, kind chunkenc.ValueType) string {
	switch kind {
	case chunkenc.ValHistogram:
		ts, h := it.AtHistogram(nil)
		return fmt.Sprintf("%d:%s/%d/%x", ts-testTime, noSpace(h.Compact(0).String()), h.Schema, math.Float64bits(h.Sum))
	case chunkenc.ValFloatHistogram:
		ts, h := it.AtFloatHistogram(nil)
		return fmt.Sprintf("%d:f%s/%d/%x", ts-testTime, noSpace(h.Compact(0).String()), h.Schema, math.Float64bits(h.Sum))
	}
	ts, v := it.At()
	if isStale(v) {
		return fmt.Sprintf("%d:stale", ts-testTime)
	}
	if v == math.Trunc(v) && math.Abs(v) < 1e9 && math.Float64bits(v) != 1<<63 {
		return fmt.Sprintf("%d:%g", ts-testTime, v)
	}
	return fmt.Sprintf("%d:%x", ts-testTime, math.Float64bits(v))
}

func noSpace(s string) string { return strings.ReplaceAll(s, " ", "") }

func expect(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Fatalf("got\n%s\nwant\n%s", lines(got), lines(want))
	}
}

func lines(ss []string) string {
	out := ""
	for _, s := range ss {
		if len(s) > 2000 {
			s = s[:2000] + "…"
		}
		out += "  " + s + "\n"
	}
	return out
}

func TestRowsSurviveRestart(t *testing.T) {
	fsys := vfs.Mem()
	db := openTest(t, testOptions(fsys))
	w := openWriter(t, db, "job", "a", "instance", "x")
	must(t, w.write(db, testTime, map[string]float64{"up": 1, "m": 2}))
	must(t, w.write(db, testTime+1000, map[string]float64{"up": 1, "m": 3, "n": 0.5}))
	must(t, w.write(db, testTime+2000, map[string]float64{"up": 0}))
	must(t, w.write(db, testTime+3000, map[string]float64{"up": 1, "m": math.Inf(1)}))
	want := []string{
		`{__name__="m", instance="x", job="a"} 0:2 1000:3 2000:stale 3000:7ff0000000000000`,
		`{__name__="n", instance="x", job="a"} 1000:3fe0000000000000 2000:stale`,
		`{__name__="up", instance="x", job="a"} 0:1 1000:1 2000:0 3000:1`,
	}
	expect(t, dump(t, db, 0, math.MaxInt64), want...)

	die(db)
	killed := openTest(t, testOptions(fsys.Kill()))
	expect(t, dump(t, killed, 0, math.MaxInt64), want...)
	// The group is continued: what it had and does not have now ends.
	w = openWriter(t, killed, "job", "a", "instance", "x")
	if last, ok := w.g.Last(); !ok || last != testTime+3000 {
		t.Fatalf("last row at %d, %v", last, ok)
	}
	must(t, w.write(killed, testTime+4000, map[string]float64{"up": 1}))
	want[0] += " 4000:stale"
	want[2] += " 4000:1"
	expect(t, dump(t, killed, 0, math.MaxInt64), want...)
	must(t, killed.Close())
	again := openTest(t, testOptions(killed.fsys))
	expect(t, dump(t, again, 0, math.MaxInt64), want...)
}

func TestSamplesWithTimestamps(t *testing.T) {
	fsys := vfs.Mem()
	db := openTest(t, testOptions(fsys))
	ls := labels.FromStrings("__name__", "late", "job", "r")
	b := storage.Batch{Samples: []storage.Sample{
		{Labels: ls, T: testTime, V: 1},
		{Labels: ls, T: testTime + 5, V: 2},
		{Labels: ls, T: testTime + 5, V: 2},
		{Labels: ls, T: testTime + 5, V: 3},
		{Labels: ls, T: testTime + 4, V: 3},
	}}
	must(t, db.Write(context.Background(), &b))
	for i, want := range []error{nil, nil, nil, storage.ErrDuplicateTimestamp, storage.ErrOutOfOrder} {
		if b.Samples[i].Err != want {
			t.Errorf("sample %d: %v, want %v", i, b.Samples[i].Err, want)
		}
	}
	b = storage.Batch{Samples: []storage.Sample{{Labels: labels.FromStrings("__name__", "old"), T: testTime - 2*3600_000, V: 1}}}
	must(t, db.Write(context.Background(), &b))
	if b.Samples[0].Err != storage.ErrOutOfBounds {
		t.Errorf("old sample: %v", b.Samples[0].Err)
	}
	want := `{__name__="late", job="r"} 0:1 5:2`
	expect(t, dump(t, db, 0, math.MaxInt64), want)
	die(db)
	killed := openTest(t, testOptions(fsys.Kill()))
	b = storage.Batch{Samples: []storage.Sample{{Labels: ls, T: testTime + 5, V: 3}, {Labels: ls, T: testTime + 6, V: 3}}}
	must(t, killed.Write(context.Background(), &b))
	if b.Samples[0].Err != storage.ErrDuplicateTimestamp || b.Samples[1].Err != nil {
		t.Errorf("after restart: %v, %v", b.Samples[0].Err, b.Samples[1].Err)
	}
	expect(t, dump(t, killed, 0, math.MaxInt64), want+" 6:3")
}

func TestSetLimits(t *testing.T) {
	o := testOptions(vfs.Mem())
	o.Limits = Limits{Retention: time.Hour}
	db := openTest(t, o)
	series := labels.FromStrings("__name__", "a")
	write := func(ts int64) error {
		b := storage.Batch{
			Samples:   []storage.Sample{{Labels: series, T: ts, V: 1}},
			Exemplars: []storage.Exemplar{{Labels: series, Exemplar: exemplar.Exemplar{Value: 1, Ts: ts, HasTs: true}}},
		}
		if err := db.Write(t.Context(), &b); err != nil {
			t.Fatal(err)
		}
		return b.Exemplars[0].Err
	}
	if err := write(testTime); !errors.Is(err, promstorage.ErrExemplarsDisabled) {
		t.Errorf("without room for exemplars: %v", err)
	}
	db.SetLimits(Limits{Retention: 2 * time.Hour, MaxExemplars: 10})
	if err := write(testTime + 1); err != nil {
		t.Errorf("with room for exemplars: %v", err)
	}
	if got := db.limits.Load().Retention; got != 2*time.Hour {
		t.Errorf("retention %v", got)
	}
}
