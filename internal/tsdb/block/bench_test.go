package block

import (
	"context"
	"crypto/rand"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/oklog/ulid/v2"

	"monopod/internal/tsdb/cache"
	"monopod/internal/tsdb/cells"
	"monopod/internal/tsdb/index"
	"monopod/internal/vfs"
)

func benchShared(b *testing.B, cacheBytes int64) *Shared {
	var ids atomic.Uint64
	s, err := NewShared(vfs.OS(), cache.New(cacheBytes), func() uint64 { return ids.Add(1) })
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := s.Close(); err != nil {
			b.Error(err)
		}
	})
	return s
}

func benchWrite(b *testing.B, s *Shared, dir string, in Input) Meta {
	id, err := ulid.New(1, rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	m, err := s.Write(context.Background(), dir, Meta{ULID: id, Origin: Origin{By: "head", Level: 1}}, in)
	if err != nil {
		b.Fatal(err)
	}
	return m
}

// BenchmarkWrite writes a block of samples that are there.
func BenchmarkWrite(b *testing.B) {
	s := benchShared(b, 1<<20)
	root, in := b.TempDir(), testInput()
	var m Meta
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		m = benchWrite(b, s, filepath.Join(root, fmt.Sprint(n)), in)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(m.Stats.Samples), "ns/sample")
	b.ReportMetric(float64(m.Stats.Bytes)/float64(m.Stats.Samples), "B/sample")
}

// BenchmarkRead reads all samples of a block, with pages from the cache, and
// from the file of a block that was just opened.
func BenchmarkRead(b *testing.B) {
	for _, name := range []string{"cached", "opened"} {
		b.Run(name, func(b *testing.B) {
			s := benchShared(b, 64<<20)
			dir, in := filepath.Join(b.TempDir(), "b"), testInput()
			m := benchWrite(b, s, dir, in)
			r, err := s.Open(dir)
			if err != nil {
				b.Fatal(err)
			}
			defer func() { _ = r.Close() }()
			b.ReportAllocs()
			for b.Loop() {
				if name == "opened" {
					if err := r.Close(); err != nil {
						b.Fatal(err)
					}
					if r, err = s.Open(dir); err != nil {
						b.Fatal(err)
					}
				}
				read := uint64(0)
				var samples cells.Samples
				for metric := range index.MetricID(testMetrics) {
					for g := range index.GroupID(testGroups) {
						if !has(metric, g) {
							continue
						}
						for segment := range in.Groups[g].Segments {
							samples.Reset()
							if err := r.Samples(&samples, metric, g, segment); err != nil {
								b.Fatal(err)
							}
							read += uint64(samples.Len())
						}
					}
				}
				if read != m.Stats.Samples {
					b.Fatalf("read %d samples of %d", read, m.Stats.Samples)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(m.Stats.Samples), "ns/sample")
		})
	}
}

// BenchmarkOpen opens a block, which reads its index's table of contents.
func BenchmarkOpen(b *testing.B) {
	s := benchShared(b, 1<<20)
	dir := filepath.Join(b.TempDir(), "b")
	benchWrite(b, s, dir, testInput())
	b.ReportAllocs()
	for b.Loop() {
		r, err := s.Open(dir)
		if err != nil {
			b.Fatal(err)
		}
		if err := r.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
