package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/klauspost/compress/snappy"
)

// perRequest is the most samples of a request, as Prometheus sends them.
const perRequest = 2000

// together is how far connections may be apart, in steps: receivers refuse what
// is too far behind the newest.
const together = 40

// connection writes the samples of its targets, in the order of time.
type connection struct {
	targets []*target
	url     string
	client  *http.Client

	values       [][][]float64 // by target and step
	message, zip []byte
	series       int // in message
	samples      int64
}

// writeAll sends the history over some connections. Each has targets of its own.
func writeAll(ctx context.Context, h history, list []*target, url string, connections, perSeries int) (int64, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections}}
	defer client.CloseIdleConnections()
	all := make([]*connection, connections)
	for i := range all {
		all[i] = &connection{url: url, client: client}
	}
	for _, t := range list { // largest first, each to who has least
		least := all[0]
		for _, c := range all {
			if series(c.targets) < series(least.targets) {
				least = c
			}
		}
		least.targets = append(least.targets, t)
	}
	began := time.Now()
	samples := int64(0)
	for from := 0; from < h.Steps; from += together {
		var wg sync.WaitGroup
		for _, c := range all {
			wg.Go(func() {
				for s := from; s < min(from+together, h.Steps); s += perSeries {
					if err := c.write(ctx, h, s, min(perSeries, from+together-s, h.Steps-s)); err != nil {
						cancel(err)
						return
					}
				}
			})
		}
		wg.Wait()
		if err := context.Cause(ctx); err != nil {
			return 0, err
		}
		samples = 0
		for _, c := range all {
			samples += c.samples
		}
		if (from/together)%24 == 0 {
			fmt.Fprintf(os.Stderr, "  %3d%%  %d M samples  %.0f k/s\n", 100*from/h.Steps, samples/1e6, float64(samples)/time.Since(began).Seconds()/1000)
		}
	}
	return samples, nil
}

// write sends some steps of all of the connection's targets.
func (c *connection) write(ctx context.Context, h history, first, steps int) error {
	for len(c.values) < len(c.targets) {
		c.values = append(c.values, nil)
	}
	for i, t := range c.targets {
		for len(c.values[i]) < steps {
			c.values[i] = append(c.values[i], make([]float64, len(t.metrics)))
		}
		for s := range steps {
			copy(c.values[i][s], t.step())
		}
	}
	for i, t := range c.targets {
		for m := range t.metrics {
			c.add(t.encoded[m], c.values[i], m, h, first, steps)
			if c.series*steps >= perRequest {
				if err := c.send(ctx); err != nil {
					return err
				}
			}
		}
	}
	return c.send(ctx)
}

// sampleBytes is a Sample in a TimeSeries: value as a double, and a timestamp
// of 41 bits.
const sampleBytes = 2 + 9 + 7

func (c *connection) add(encoded []byte, values [][]float64, metric int, h history, first, steps int) {
	b := append(c.message, 1<<3|2)
	b = binary.AppendUvarint(b, uint64(len(encoded)+steps*sampleBytes))
	b = append(b, encoded...)
	for s := range steps {
		b = append(b, 2<<3|2, sampleBytes-2, 1<<3|1)
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(values[s][metric]))
		b = append(b, 2<<3)
		b = binary.AppendUvarint(b, uint64(h.time(first+s)))
	}
	c.message = b
	c.series++
	c.samples += int64(steps)
}

func (c *connection) send(ctx context.Context) error {
	if c.series == 0 {
		return nil
	}
	c.zip = snappy.Encode(c.zip[:cap(c.zip)], c.message)
	c.message, c.series = c.message[:0], 0
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(c.zip))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-protobuf")
	req.Header.Set("Content-Encoding", "snappy")
	req.Header.Set("X-Prometheus-Remote-Write-Version", "0.1.0")
	res, err := c.client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode/100 != 2 {
		err = fmt.Errorf("remote write: %s: %s", res.Status, text)
	}
	return err
}
