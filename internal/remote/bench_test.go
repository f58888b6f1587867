package remote

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/klauspost/compress/snappy"
	"github.com/prometheus/prometheus/prompb"

	"monopod/internal/tsdb"
	"monopod/internal/vfs"
)

// BenchmarkReceive takes whole requests into a store on disk: 20,000 series, in
// requests of 2,000 samples with one of each series, and of 10,000 with twenty.
func BenchmarkReceive(b *testing.B) {
	for _, shape := range []struct {
		name                  string
		perSeries, perRequest int
	}{{"live", 1, 2000}, {"backlog", 20, 10_000}} {
		b.Run(shape.name, func(b *testing.B) {
			const series = 20_000
			db, err := tsdb.Open(tsdb.Options{FS: vfs.OS(), Dir: b.TempDir(), Now: clock})
			if err != nil {
				b.Fatal(err)
			}
			defer db.Close()
			h, err := NewWriteHandler(WriteOptions{Writer: db, Now: clock})
			if err != nil {
				b.Fatal(err)
			}
			sent, spent := 0, time.Duration(0)
			for round := 0; b.Loop(); round++ {
				b.StopTimer()
				var bodies [][]byte
				batch := shape.perRequest / shape.perSeries
				for from := 0; from < series; from += batch {
					m := v1()
					for i := from; i < from+batch; i++ {
						s := prompb.TimeSeries{Labels: benchLabels(i)}
						for k := range shape.perSeries {
							s.Samples = append(s.Samples, at(int64(round*shape.perSeries+k-3600)*1000, float64(round*(i%3)*i)))
						}
						m.Timeseries = append(m.Timeseries, s)
					}
					bodies = append(bodies, snappy.Encode(nil, marshal(b, m)))
				}
				b.StartTimer()
				began := time.Now()
				for _, body := range bodies {
					if w := post(h, body); w.Code != http.StatusNoContent {
						b.Fatal(w.Code, w.Body)
					}
				}
				spent += time.Since(began)
				sent += series * shape.perSeries
			}
			b.ReportMetric(float64(spent.Nanoseconds())/float64(sent), "ns/sample")
		})
	}
}

func benchLabels(i int) []prompb.Label {
	return pairs("__name__", fmt.Sprintf("bench_metric_%d_total", i%100), "cluster", "production", "container", fmt.Sprintf("app-%d", i/100%10),
		"instance", fmt.Sprintf("10.0.%d.%d:9090", i/25600, i/100%256), "job", "kubernetes-pods", "namespace", fmt.Sprintf("team-%d", i/1000%20),
		"pod", fmt.Sprintf("app-%d-5d8f7c9b6f-%05d", i/100%10, i/100))
}
