package tsdb

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/prometheus/prometheus/model/labels"
	promstorage "github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"

	"monopod/internal/storage"
	"monopod/internal/vfs"
)

// benchColumns is the columns of a target; a third of them change.
const benchColumns = 1000

type benchTarget struct {
	batch  storage.Batch
	values []float64
	rng    *rand.Rand
}

func newBenchTarget(b *testing.B, db *DB, i int) *benchTarget {
	g, err := db.OpenGroup(labels.FromStrings("instance", fmt.Sprint(i), "job", "bench"))
	if err != nil {
		b.Fatal(err)
	}
	t := &benchTarget{values: make([]float64, benchColumns), rng: rand.New(rand.NewPCG(uint64(i), 1))}
	present := storage.Bitmap(nil).Grow(benchColumns)
	for c := range benchColumns {
		if _, err := g.Column(labels.FromStrings("__name__", fmt.Sprintf("metric_%d", c/10), "le", fmt.Sprint(c%10))); err != nil {
			b.Fatal(err)
		}
		present.Set(c)
		t.values[c] = float64(c)
	}
	t.batch.Rows = []storage.Row{{Group: g, Values: t.values, Present: present}}
	return t
}

func (t *benchTarget) write(b *testing.B, db *DB, at int64) {
	for c := 0; c < benchColumns; c += 3 {
		t.values[c] += float64(t.rng.IntN(50))
	}
	t.batch.Timestamp = at
	if err := db.Write(context.Background(), &t.batch); err != nil {
		b.Fatal(err)
	}
}

func openBench(b *testing.B) *DB {
	o := testOptions(vfs.OS())
	o.Dir = b.TempDir()
	db, err := Open(o)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := db.Close(); err != nil {
			b.Error(err)
		}
	})
	return db
}

// BenchmarkWrite writes rows of a thousand columns, with log, sealing and files.
func BenchmarkWrite(b *testing.B) {
	db := openBench(b)
	targets := make([]*benchTarget, 20)
	for i := range targets {
		targets[i] = newBenchTarget(b, db, i)
	}
	b.ReportAllocs()
	at := int64(testTime)
	n := 0
	for b.Loop() {
		if n%len(targets) == 0 {
			at += 15_000
		}
		targets[n%len(targets)].write(b, db, at)
		n++
	}
	samples := float64(n) * benchColumns
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/samples, "ns/sample")
	u := db.Usage()
	b.ReportMetric(float64(u.Head)/samples, "sealedB/sample")
	b.ReportMetric(float64(u.WAL)/samples, "walB/sample")
}

// BenchmarkRead reads one metric over all targets, and all of its samples.
func BenchmarkRead(b *testing.B) {
	db := openBench(b)
	const rows = 400
	for i := range 20 {
		t := newBenchTarget(b, db, i)
		for r := range rows {
			t.write(b, db, testTime+int64(r)*15_000)
		}
	}
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		q, err := db.Querier(0, math.MaxInt64)
		if err != nil {
			b.Fatal(err)
		}
		set := q.Select(context.Background(), false, nil, labels.MustNewMatcher(labels.MatchEqual, "__name__", "metric_7"))
		n += drain(b, set)
		if err := q.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/sample")
}

func drain(b *testing.B, set promstorage.SeriesSet) (n int) {
	var it chunkenc.Iterator
	for set.Next() {
		it = set.At().Iterator(it)
		for it.Next() != chunkenc.ValNone {
			n++
		}
		if err := it.Err(); err != nil {
			b.Fatal(err)
		}
	}
	return n
}

// BenchmarkSelect finds all series of 20 targets and reads the last five minutes.
func BenchmarkSelect(b *testing.B) {
	db := openBench(b)
	const rows = 240
	for i := range 20 {
		t := newBenchTarget(b, db, i)
		for r := range rows {
			t.write(b, db, testTime+int64(r)*15_000)
		}
	}
	end := int64(testTime + rows*15_000)
	for _, c := range []struct {
		name    string
		matcher *labels.Matcher
	}{
		{"all", labels.MustNewMatcher(labels.MatchRegexp, "job", ".+")},
		{"one", labels.MustNewMatcher(labels.MatchEqual, "__name__", "metric_7")},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				q, err := db.Querier(end-300_000, end)
				if err != nil {
					b.Fatal(err)
				}
				n = drain(b, q.Select(context.Background(), false, nil, c.matcher))
				if err := q.Close(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(n), "samples")
		})
	}
}
