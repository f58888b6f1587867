package httpapi

import (
	"fmt"
	"io"
	"net/http"
	"testing"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	v1 "github.com/prometheus/prometheus/web/api/v1"
)

func benchMatrix() promql.Matrix {
	m := make(promql.Matrix, 100)
	for i := range m {
		m[i].Metric = labels.FromStrings("__name__", "node_cpu_seconds_total", "cpu", fmt.Sprint(i), "instance", "host.example.com:9100", "mode", "idle")
		for t := range 720 {
			m[i].Floats = append(m[i].Floats, promql.FPoint{T: 1_700_000_000_000 + int64(t)*15_000, F: float64(t*i) / float64(1+6*(i%2))})
		}
	}
	return m
}

type nowhere struct{ header http.Header }

func (w nowhere) Header() http.Header         { return w.header }
func (w nowhere) Write(b []byte) (int, error) { return io.Discard.Write(b) }
func (w nowhere) WriteHeader(int)             {}

// A point's cost, and that the answer's size costs no memory.
func BenchmarkRangeAnswer(b *testing.B) {
	m, p := benchMatrix(), &responder{}
	r, _ := http.NewRequest(http.MethodGet, "/", nil)
	b.Run("monopod", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			p.succeed(nowhere{http.Header{}}, r, ok(func(j *jsonWriter) { writeQueryResult(j, m, nil) }))
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(m)*720), "ns/point")
	})
	b.Run("prometheus", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			out, err := v1.JSONCodec{}.Encode(&v1.Response{Status: "success", Data: &v1.QueryData{ResultType: "matrix", Result: m}})
			if err != nil {
				b.Fatal(err)
			}
			_, _ = io.Discard.Write(out)
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(m)*720), "ns/point")
	})
}
