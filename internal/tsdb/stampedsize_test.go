package tsdb

import (
	"context"
	"fmt"
	"runtime"
	"testing"

	"github.com/prometheus/prometheus/model/labels"

	"monopod/internal/storage"
	"monopod/internal/vfs"
)

// BenchmarkStampedSeries tells the heap that a stamped series of a container
// takes, of which 50 have 40 samples at the same timestamps, and what a sample
// written by handle costs.
func BenchmarkStampedSeries(b *testing.B) {
	const things, each = 300, 50
	before := heap()
	o := testOptions(vfs.OS())
	o.Dir = b.TempDir()
	db, err := Open(o)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	var batch storage.Batch
	for i := range things {
		for k := range each {
			s, err := db.OpenSeries(labels.FromStrings("__name__", fmt.Sprintf("container_metric_%d", k), "container", fmt.Sprintf("app-%d", i%9),
				"id", fmt.Sprintf("/kubepods/burstable/pod0c1f7ac4-cd7f-4d5e-9f22-%012d/%064d", i, i), "image", "registry.example/team/app:v1.2.3",
				"instance", "10.0.0.1:10250", "job", "cadvisor", "name", fmt.Sprintf("%064d", i), "namespace", "team", "pod", fmt.Sprintf("app-5d8f7c9b6f-%05d", i)))
			if err != nil {
				b.Fatal(err)
			}
			batch.Samples = append(batch.Samples, storage.Sample{Series: s})
		}
	}
	at := int64(testTime)
	write := func() {
		at += 15_000
		for i := range batch.Samples {
			batch.Samples[i].T, batch.Samples[i].V = at, float64(at/1000+int64(i))
		}
		if err := db.Write(context.Background(), &batch); err != nil {
			b.Fatal(err)
		}
	}
	for range 40 {
		write()
	}
	size := float64(heap()-before) / (things * each)
	b.ReportAllocs()
	for b.Loop() {
		write()
	}
	b.ReportMetric(size, "heapB/series")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/(things*each), "ns/sample")
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
