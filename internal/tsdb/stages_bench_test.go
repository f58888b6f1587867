package tsdb

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/prometheus/prometheus/model/labels"

	"monopod/internal/storage"
	"monopod/internal/vfs"
)

// What a write does is measured stage by stage: BenchmarkWrite has all of it.

// manyRows keeps groups from being sealed.
const manyRows = 1 << 20

// openUnsealed opens a store that seals nothing by itself.
func openUnsealed(b *testing.B) *DB {
	o := testOptions(vfs.OS())
	o.Dir, o.SealRows, o.WALBytes = b.TempDir(), manyRows, 1<<40
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

// BenchmarkLogRow writes rows into the log and the open part, and seals nothing.
func BenchmarkLogRow(b *testing.B) {
	db := openUnsealed(b)
	t := newBenchTarget(b, db, 0)
	t.write(b, db, testTime) // defines its columns
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		if n%64 == 0 {
			b.StopTimer()
			sealAll(b, db)
			b.StartTimer()
		}
		n++
		t.write(b, db, testTime+int64(n)*15_000)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n)/benchColumns, "ns/sample")
}

func sealAll(b *testing.B, db *DB) {
	for _, g := range db.head.all() {
		g.writer.Lock()
		err := db.sealLocked(g)
		g.writer.Unlock()
		if err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSeal turns 32 rows of a thousand columns into a chunk.
func BenchmarkSeal(b *testing.B) {
	db := openUnsealed(b)
	t := newBenchTarget(b, db, 0)
	t.write(b, db, testTime)
	sealAll(b, db)
	const rows = 32
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		b.StopTimer()
		for range rows {
			n++
			t.write(b, db, testTime+int64(n)*15_000)
		}
		b.StartTimer()
		sealAll(b, db)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n)/benchColumns, "ns/sample")
}

// BenchmarkOpen starts on what a crash left: 16 rows of twenty targets in the log.
func BenchmarkOpen(b *testing.B) {
	db := openUnsealed(b)
	const targets, rows = 20, 16
	for i := range targets {
		t := newBenchTarget(b, db, i)
		for r := range rows {
			t.write(b, db, testTime+int64(r)*15_000)
		}
	}
	root := b.TempDir()
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		b.StopTimer()
		o := testOptions(vfs.OS())
		o.Dir = filepath.Join(root, strconv.Itoa(n))
		if err := os.CopyFS(o.Dir, os.DirFS(db.o.Dir)); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		again, err := Open(o)
		b.StopTimer()
		if err != nil {
			b.Fatal(err)
		}
		if u := again.Usage(); u.OpenRows != targets*rows {
			b.Fatalf("%d rows came back, want %d", u.OpenRows, targets*rows)
		}
		if err := again.Close(); err != nil {
			b.Fatal(err)
		}
		if err := os.RemoveAll(o.Dir); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/(targets*rows*benchColumns), "ns/sample")
}

// BenchmarkMakeBlock makes the block of a window: 480 rows of four targets, from
// their chunks.
func BenchmarkMakeBlock(b *testing.B) {
	db := openBench(b)
	const targets, rows = 4, 480
	for i := range targets {
		t := newBenchTarget(b, db, i)
		for r := range rows {
			t.write(b, db, testTime+int64(r)*15_000)
		}
	}
	root := b.TempDir()
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		if err := db.Snapshot(filepath.Join(root, strconv.Itoa(n)), true); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/(targets*rows*benchColumns), "ns/sample")
}

// BenchmarkNewTarget takes a target that nobody saw before, whose metrics others
// have: what a new pod of a known Deployment costs.
func BenchmarkNewTarget(b *testing.B) {
	db := openBench(b)
	newBenchTarget(b, db, 0).write(b, db, testTime)
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		n++
		newBenchTarget(b, db, n).write(b, db, testTime)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n)/benchColumns, "ns/series")
}

// BenchmarkSamples writes samples that bring timestamps of their own.
func BenchmarkSamples(b *testing.B) {
	db := openBench(b)
	const series = 1000
	var batch storage.Batch
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		b.StopTimer()
		batch.Reset()
		n++
		for i := range series {
			batch.Samples = append(batch.Samples, storage.Sample{
				Labels: labels.FromStrings("__name__", "metric", "instance", "a", "job", "bench", "n", strconv.Itoa(i)),
				T:      testTime + int64(n)*15_000 + int64(i%7), V: math.Floor(float64(n*i) / 3),
			})
		}
		b.StartTimer()
		if err := db.Write(context.Background(), &batch); err != nil {
			b.Fatal(err)
		}
	}
	for i := range batch.Samples {
		if err := batch.Samples[i].Err; err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n)/series, "ns/sample")
}
