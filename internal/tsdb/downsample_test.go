package tsdb

import (
	"context"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"

	"monopod/internal/tsdb/block"
	"monopod/internal/tsdb/cells"
	"monopod/internal/tsdb/index"
	"monopod/internal/vfs"
)

// hour0 is the begin of an hour, and of a block of two, before testTime.
var hour0 = windowOf(testTime, 2*time.Hour.Milliseconds())

const hourMillis = 3600 * 1000

func downsampleOptions(fsys vfs.FS) Options {
	o := testOptions(fsys)
	o.Retention = 8 * time.Hour
	o.Retention5m, o.Retention1h = 1000*time.Hour, 2000*time.Hour
	return o
}

// rawOptions is the same without retention and aggregates.
func rawOptions() Options { return testOptions(vfs.Mem()) }

// history writes hours of random series each half minute: a gauge, a counter that
// starts anew now and then, and one with gaps.
func history(t *testing.T, hours int, dbs ...*DB) {
	t.Helper()
	var writers []*writer
	for _, db := range dbs {
		writers = append(writers, openWriter(t, db, "job", "x"))
	}
	rng := rand.New(rand.NewPCG(1, 2))
	counter, gap := 0.0, false
	for at := hour0; at <= hour0+int64(hours)*hourMillis; at += 30_000 {
		if rng.IntN(100) == 0 {
			counter = float64(rng.IntN(3))
		}
		counter += float64(rng.IntN(10))
		values := map[string]float64{"g": float64(rng.IntN(1000) - 500), "c": counter}
		if rng.IntN(40) == 0 {
			gap = !gap
		}
		if !gap {
			values["gap"] = float64(rng.IntN(50))
		}
		for i, db := range dbs {
			must(t, writers[i].write(db, at, values))
			if (at-hour0)%hourMillis == 0 {
				must(t, db.upkeep(context.Background()))
			}
		}
	}
	for _, db := range dbs {
		for range 20 {
			must(t, db.upkeep(context.Background()))
		}
	}
}

func queryEngine() *promql.Engine {
	return promql.NewEngine(promql.EngineOpts{MaxSamples: 10_000_000, Timeout: time.Minute, EnableAtModifier: true, Parser: parser.NewParser(parser.Options{})})
}

// instant evaluates a query and returns its samples and infos.
func instant(t *testing.T, db *DB, query string, at int64) (map[string]float64, []string) {
	t.Helper()
	q, err := queryEngine().NewInstantQuery(context.Background(), db, nil, query, time.UnixMilli(at))
	must(t, err)
	defer q.Close()
	r := q.Exec(context.Background())
	must(t, r.Err)
	v, err := r.Vector()
	must(t, err)
	out := map[string]float64{}
	for _, s := range v {
		out[s.Metric.String()] = s.F
	}
	_, infos := r.Warnings.AsStrings(query, 0, 0)
	return out, slices.DeleteFunc(infos, func(s string) bool { return !strings.Contains(s, "aggregates") })
}

func sameResult(t *testing.T, what string, got, want map[string]float64) {
	t.Helper()
	if !maps.EqualFunc(got, want, func(a, b float64) bool { return math.Abs(a-b) <= 1e-9*max(1, math.Abs(b)) }) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// TestAggregatesAnswer: where samples are gone, queries over aligned windows have
// the answers that samples give, and say where they are from.
func TestAggregatesAnswer(t *testing.T) {
	for _, finest := range []string{"5m", "1h"} {
		t.Run(finest, func(t *testing.T) {
			o := downsampleOptions(vfs.Mem())
			if finest == "1h" {
				o.Retention5m = 0
			}
			db, raw := openTest(t, o), openTest(t, rawOptions())
			history(t, 40, db, raw)
			if start, _ := db.StartTime(); start <= hour0+20*hourMillis {
				t.Fatalf("samples from %d h on are there", (start-hour0)/hourMillis)
			}
			for h := int64(6); h <= 38; h++ {
				at := hour0 + h*hourMillis
				for i, f := range []string{"min", "max", "sum", "avg", "count", "last", "present"} {
					query := f + "_over_time(" + []string{"g", "c", "gap"}[(i+int(h))%3] + "[4h])"
					got, infos := instant(t, db, query, at)
					want, _ := instant(t, raw, query, at)
					sameResult(t, fmt.Sprintf("%s at %d h", query, h), got, want)
					if told := len(infos) > 0; told != (h < 35) && h != 35 && h != 36 {
						t.Errorf("%s at %d h tells %q", query, h, infos)
					}
				}
				for _, query := range []string{"increase(c[4h])", "rate(c[2h])", "delta(g[3h])", "c", "g", "sum(g + c)"} {
					got, _ := instant(t, db, query, at)
					want, _ := instant(t, raw, query, at)
					sameResult(t, fmt.Sprintf("%s at %d h", query, h), got, want)
				}
			}
			// Between ends of windows, a value is as old as a window at most.
			if got, _ := instant(t, db, "c", hour0+6*hourMillis+17*60_000); len(got) != 1 {
				t.Errorf("within a window: %v", got)
			}
			for _, query := range []string{`stddev_over_time(g[4h])`, `rate(c[8m])`} {
				got, infos := instant(t, db, query, hour0+6*hourMillis)
				if len(got) > 0 || len(infos) == 0 || !strings.Contains(infos[0], "left out") {
					t.Errorf("%s: %v, %q", query, got, infos)
				}
			}
			if got, infos := instant(t, db, "c", hour0+39*hourMillis); len(got) != 1 || len(infos) > 0 {
				t.Errorf("what samples answer: %v, %q", got, infos)
			}
			for _, line := range dump(t, db, 0, math.MaxInt64) {
				if strings.Contains(line, "aggregate") {
					t.Errorf("a series of aggregates is shown: %q", line)
				}
			}
		})
	}
}

// TestAggregatesEqualModel: what is stored is what a plain loop makes of the
// samples.
func TestAggregatesEqualModel(t *testing.T) {
	o := downsampleOptions(vfs.Mem())
	o.Retention = 0
	db := openTest(t, o)
	history(t, 60, db)
	for _, r := range resolutions {
		checked := 0
		for _, b := range spans(db.aggregates.all(), r.length) {
			m := b.Meta().Origin
			if m.From%hourMillis != 0 || m.To%hourMillis != 0 || len(m.Blocks) == 0 {
				t.Fatalf("origin %+v", m)
			}
			for end := m.From + r.length; end <= m.To; end += r.length {
				for _, name := range []string{"g", "c", "gap"} {
					want := modelWindow(t, db, name, end-r.length+1, end)
					if got := storedWindow(t, b, name, end); got != want {
						t.Fatalf("%s of %s up to %d: %s, want %s", r.name, name, end, got, want)
					}
					checked++
				}
			}
		}
		if checked == 0 {
			t.Errorf("no %s aggregates were made", r.name)
		}
	}
}

func modelWindow(t *testing.T, db *DB, name string, mint, maxt int64) string {
	t.Helper()
	q, err := db.Querier(mint, maxt)
	must(t, err)
	defer q.Close()
	set := q.Select(context.Background(), false, nil, labels.MustNewMatcher(labels.MatchEqual, "__name__", name))
	var v []float64
	var at []int64
	stale := 0
	for set.Next() {
		it := set.At().Iterator(nil)
		for it.Next() != 0 {
			ts, f := it.At()
			if stale = 0; isStale(f) {
				stale = 1
				continue
			}
			v, at = append(v, f), append(at, ts)
		}
	}
	if len(v) == 0 {
		return ""
	}
	sum, resets := 0.0, 0.0
	for i, f := range v {
		sum += f
		if i > 0 && f < v[i-1] {
			resets += v[i-1]
		}
	}
	n := len(v) - 1
	return fmt.Sprint([]float64{float64(len(v)), v[0], float64(at[0]), v[n], float64(at[n]), slices.Max(v), slices.Min(v), resets, float64(stale), sum})
}

func storedWindow(t *testing.T, b *block.Reader, name string, end int64) string {
	t.Helper()
	var out []float64
	for _, agg := range aggregateNames {
		hits, err := index.Select(b, []*labels.Matcher{
			labels.MustNewMatcher(labels.MatchEqual, "__name__", name), {Type: labels.MatchEqual, Name: aggregateLabel, Value: agg},
		})
		must(t, err)
		for _, hit := range hits {
			for s := range 2 {
				var values cells.Samples
				if g, _ := b.Group(hit.Group); s < len(g.Segments) {
					must(t, b.Samples(&values, hit.Columns[0].Metric, hit.Group, s))
				}
				for i, ts := range values.T {
					if ts == end {
						out = append(out, values.V[i])
					}
				}
			}
		}
	}
	if out == nil {
		return ""
	}
	return fmt.Sprint(out)
}

// TestAggregatesAndStaleMarkers: a series that ended is not selected, and what it had
// is there over ranges; one that comes back in the same window has not ended.
func TestAggregatesAndStaleMarkers(t *testing.T) {
	for _, c := range []struct {
		name   string
		values []float64 // one a minute
		ended  bool
	}{
		{"goes on", []float64{1, 2, 3}, false},
		{"ends", []float64{1, 2, staleNaN}, true},
		{"comes back", []float64{1, staleNaN, 3}, false},
	} {
		var s cells.Samples
		for i, v := range c.values {
			s.AppendFloat(int64(i+1)*60_000, v)
		}
		s.AppendFloat(6*60_000, staleNaN) // alone in its window
		windows, err := aggregate(nil, &iterator{q: &query{}, buf: s, i: -1}, 300_000)
		must(t, err)
		if len(windows) != 1 {
			t.Fatalf("%s: %d windows", c.name, len(windows))
		}
		got := windows[0].values
		if ended := got[aggStale] == 1; ended != c.ended {
			t.Errorf("%s: ended %v", c.name, ended)
		}
		var shown cells.Samples
		v := aggregateView{resolution: resolutions[0], answer: heldLast}
		v.show(&shown, &windows[0], math.MaxInt64)
		if shown.Len() != 1 || shown.T[0] != 300_000 || isStale(shown.V[0]) != c.ended {
			t.Errorf("%s: shown as %v %v", c.name, shown.T, shown.V)
		}
	}
}

// TestNoAggregates: nobody has them who did not ask.
func TestNoAggregates(t *testing.T) {
	mem := vfs.Mem()
	o := testOptions(mem)
	o.Retention = 8 * time.Hour
	db := openTest(t, o)
	history(t, 20, db)
	for _, path := range files(t, mem, "/data") {
		if strings.Contains(path, "downsampled") {
			t.Errorf("%s was made", path)
		}
	}
}

// TestAggregatesStay: they are there after a restart, are merged, deleted after their
// own time, counted, and go into snapshots.
func TestAggregatesStay(t *testing.T) {
	mem := vfs.Mem()
	o := downsampleOptions(mem)
	db, err := Open(o)
	must(t, err)
	history(t, 100, db)
	query, at := "sum_over_time(g[6h])", hour0+10*hourMillis
	want, _ := instant(t, db, query, at)
	if len(want) != 1 {
		t.Fatal("nothing is answered")
	}
	if !slices.ContainsFunc(db.aggregates.all(), func(b *block.Reader) bool { return b.Meta().Origin.By == "merge" }) {
		t.Error("no aggregates were merged")
	}
	must(t, db.Snapshot("/copy", true))
	must(t, db.Close())
	for _, dir := range []string{"/data", "/copy"} {
		o.Dir = dir
		again := openTest(t, o)
		got, infos := instant(t, again, query, at)
		sameResult(t, dir, got, want)
		if len(infos) == 0 {
			t.Error("not told")
		}
		must(t, again.upkeep(context.Background()))
		if dir == "/copy" {
			l := o.Limits
			l.Retention5m, l.Retention1h = 10*time.Hour, 20*time.Hour
			again.SetLimits(l)
			must(t, again.upkeep(context.Background()))
			must(t, again.upkeep(context.Background()))
			for _, b := range again.aggregates.all() {
				if b.Meta().Origin.To < again.newest()-20*hourMillis {
					t.Errorf("aggregates up to %d h are there", (b.Meta().Origin.To-hour0)/hourMillis)
				}
			}
			before := len(again.allBlocks())
			l.RetentionBytes = 1
			again.SetLimits(l)
			must(t, again.upkeep(context.Background()))
			if after := len(again.aggregates.all()); before == 0 || after > 0 {
				t.Errorf("%d blocks of aggregates are left beyond the size", after)
			}
		}
	}
}

// TestDeletedAggregates: what is deleted is not answered, before and after it is
// cleaned away.
func TestDeletedAggregates(t *testing.T) {
	db := openTest(t, downsampleOptions(vfs.Mem()))
	history(t, 30, db)
	at := hour0 + 8*hourMillis
	count := func() (n float64) {
		got, _ := instant(t, db, "count_over_time(g[4h])", at)
		for _, v := range got {
			n = v
		}
		return n
	}
	if n := count(); n != 480 {
		t.Fatalf("%v samples are counted", n)
	}
	must(t, db.Delete(context.Background(), at-2*hourMillis+1, at-hourMillis, labels.MustNewMatcher(labels.MatchEqual, "__name__", "g")))
	if n := count(); n != 360 {
		t.Errorf("%v samples are counted after a deletion", n)
	}
	must(t, db.CleanTombstones())
	must(t, db.pruneTombstones())
	if n := count(); n != 360 || slices.ContainsFunc(db.deletions.all(), func(x *tombstone) bool { return len(x.blocks) > 0 }) {
		t.Errorf("%v samples are counted after the cleaning", n)
	}
	if got, _ := instant(t, db, "count_over_time(c[4h])", at); len(got) != 1 {
		t.Errorf("the other series: %v", got)
	}
}

// TestDeathWhileDownsampling: each operation on the disk is the last one in its
// turn; samples or their aggregates are there afterwards.
func TestDeathWhileDownsampling(t *testing.T) {
	mem := vfs.Mem()
	o := downsampleOptions(mem)
	o.Retention, o.Retention5m, o.Retention1h = 0, 0, 0
	db, err := Open(o)
	must(t, err)
	history(t, 20, db)
	query, at := "sum_over_time(g[2h])", hour0+2*hourMillis
	want, _ := instant(t, db, query, at)
	must(t, db.Close())
	limits := o.Limits
	limits.Retention, limits.Retention5m = 11*time.Hour, 1000*time.Hour
	rng := rand.New(rand.NewPCG(3, 4))
	for nth := int64(1); ; nth++ {
		left := mem.Kill()
		var armed, dead atomic.Bool
		var ops atomic.Int64
		o.FS, o.Limits = vfs.Faulty(left, func(op vfs.Op) error {
			if op.Kind != vfs.OpRead && armed.Load() && ops.Add(1) >= nth {
				dead.Store(true)
				return errDead
			}
			return nil
		}), Limits{}
		db, err := Open(o)
		must(t, err)
		die(db)
		db.SetLimits(limits)
		armed.Store(true)
		for range 7 {
			err := db.upkeep(context.Background())
			if err != nil && !dead.Load() {
				t.Fatal(err)
			}
		}
		if o.FS, o.Limits = left.Kill(), limits; nth%2 == 0 {
			o.FS = left.Crash(rng, 0)
		}
		again, err := Open(o)
		must(t, err)
		for range 7 {
			must(t, again.upkeep(context.Background()))
		}
		got, infos := instant(t, again, query, at)
		sameResult(t, fmt.Sprintf("after death at operation %d", nth), got, want)
		if start, _ := again.StartTime(); start < hour0+2*hourMillis || len(infos) == 0 {
			t.Fatalf("death at operation %d: samples from %d h on are there, %q", nth, (start-hour0)/hourMillis, infos)
		}
		for _, path := range files(t, o.FS, "/data") {
			if strings.Contains(path, tmpSuffix) || strings.Contains(path, deletedSuffix) || strings.Contains(path, badSuffix) {
				t.Fatalf("death at operation %d left %s", nth, filepath.Base(path))
			}
		}
		must(t, again.Close())
		if !dead.Load() {
			return
		}
	}
}
