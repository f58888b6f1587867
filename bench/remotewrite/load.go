package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/klauspost/compress/snappy"
	"github.com/prometheus/prometheus/prompb"
)

// load is requests of remote write 1.0, made before they are sent: what is
// measured is the receiver. Each connection has series of its own, whose samples
// come in order.
type load struct {
	requests [][][]byte // by connection
	series   int
	samples  int
	last     time.Time // of the newest sample
}

// shape is what a load is like.
type shape struct {
	name        string
	series      int // of all connections
	perSeries   int // samples of a series in a request
	perRequest  int // samples of a request
	rounds      int // requests that a series is part of
	connections int
}

// step is the time between two samples of a series. Small, because receivers
// refuse what is an hour behind the newest.
const step = time.Second

// makeLoad makes requests whose newest samples are a minute old.
func makeLoad(s shape) (*load, error) {
	l := &load{requests: make([][][]byte, s.connections), last: time.Now().Add(-time.Minute).Truncate(time.Second)}
	first := l.last.Add(-step * time.Duration(s.rounds*s.perSeries-1)).UnixMilli()
	perConnection := s.series / s.connections
	batch := max(1, s.perRequest/s.perSeries)
	var failed error
	var wg sync.WaitGroup
	for c := range s.connections {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(uint64(c), 1))
			values := make([]float64, perConnection)
			for round := range s.rounds {
				for from := 0; from < perConnection; from += batch {
					m := &prompb.WriteRequest{}
					for i := from; i < min(from+batch, perConnection); i++ {
						one := prompb.TimeSeries{Labels: seriesLabels(c*perConnection + i)}
						for k := range s.perSeries {
							values[i] = advance(r, i, values[i])
							t := first + int64(round*s.perSeries+k)*step.Milliseconds()
							one.Samples = append(one.Samples, prompb.Sample{Timestamp: t, Value: values[i]})
						}
						m.Timeseries = append(m.Timeseries, one)
					}
					body, err := m.Marshal()
					if err != nil {
						failed = err
						return
					}
					l.requests[c] = append(l.requests[c], snappy.Encode(nil, body))
				}
			}
		})
	}
	wg.Wait()
	l.series = perConnection * s.connections
	l.samples = l.series * s.rounds * s.perSeries
	return l, failed
}

// seriesLabels are like those of a container in a cluster.
func seriesLabels(i int) []prompb.Label {
	return []prompb.Label{
		{Name: "__name__", Value: fmt.Sprintf("bench_metric_%d_total", i%100)},
		{Name: "cluster", Value: "production"},
		{Name: "container", Value: fmt.Sprintf("app-%d", i/100%10)},
		{Name: "instance", Value: fmt.Sprintf("10.0.%d.%d:9090", i/25600, i/100%256)},
		{Name: "job", Value: "kubernetes-pods"},
		{Name: "namespace", Value: fmt.Sprintf("team-%d", i/1000%20)},
		{Name: "pod", Value: fmt.Sprintf("app-%d-5d8f7c9b6f-%05d", i/100%10, i/100)},
	}
}

// advance gives a third each of constants, counters and gauges.
func advance(r *rand.Rand, i int, v float64) float64 {
	switch i % 3 {
	case 0:
		return float64(i)
	case 1:
		return v + float64(r.IntN(100))
	}
	return float64(int(v*100)+r.IntN(201)-100) / 100
}

// send sends all requests, a connection each, and waits for the answers.
func (l *load) send(ctx context.Context, url string) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: len(l.requests)}}
	defer client.CloseIdleConnections()
	var wg sync.WaitGroup
	for _, requests := range l.requests {
		wg.Go(func() {
			for _, body := range requests {
				if err := sendOne(ctx, client, url, body); err != nil {
					cancel(err)
					return
				}
			}
		})
	}
	wg.Wait()
	return context.Cause(ctx)
}

func sendOne(ctx context.Context, client *http.Client, url string, body []byte) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-protobuf")
	req.Header.Set("Content-Encoding", "snappy")
	req.Header.Set("X-Prometheus-Remote-Write-Version", "0.1.0")
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode/100 != 2 {
		return fmt.Errorf("%s: %s", res.Status, text)
	}
	return nil
}
