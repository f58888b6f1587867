package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/klauspost/compress/snappy"
	"github.com/prometheus/prometheus/prompb"
	writev2 "github.com/prometheus/prometheus/prompb/io/prometheus/write/v2"
)

// interval is how often a target is scraped.
const interval = 50 * time.Millisecond

// fleet is the targets and senders of one run, with their ledgers.
type fleet struct {
	listener net.Listener
	server   *http.Server
	targets  []*stream // the last one stamps its samples
	senders  []*stream // by remote write: 1.0, then 2.0
	posts    http.Client
}

// newFleet serves the targets on a loopback address.
func newFleet() (*fleet, error) {
	f := &fleet{}
	var err error
	if f.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	for i, job := range []string{"first", "second", "stamped"} {
		s := &stream{job: job, series: 4 + 6*(i%2)}
		f.targets = append(f.targets, s)
		mux.HandleFunc("/"+job, s.serve)
	}
	for _, job := range []string{"write1", "write2"} {
		f.senders = append(f.senders, &stream{job: job, series: 4})
	}
	f.posts.Timeout = 30 * time.Second
	f.server = &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = f.server.Serve(f.listener) }()
	return f, nil
}

func (f *fleet) close() { _ = f.server.Close() }

// all are the streams.
func (f *fleet) all() []*stream { return append(append([]*stream(nil), f.targets...), f.senders...) }

// born begins the next life.
func (f *fleet) born() {
	for _, s := range f.all() {
		s.born()
	}
}

// config scrapes the targets.
func (f *fleet) config() []byte {
	b := fmt.Appendf(nil, "global: {scrape_interval: %v, scrape_timeout: %v}\nscrape_configs:\n", interval, interval)
	for _, s := range f.targets {
		b = fmt.Appendf(b, "- {job_name: %s, metrics_path: /%[1]s, static_configs: [{targets: [%q]}]}\n", s.job, f.listener.Addr())
	}
	return b
}

// serve answers a scrape with the next step.
func (s *stream) serve(w http.ResponseWriter, _ *http.Request) {
	at, suffix := int64(0), ""
	if s.job == "stamped" {
		at = time.Now().UnixMilli()
	}
	n, at := s.send(at, true)
	if at != 0 {
		suffix = fmt.Sprintf(" %d", at)
	}
	var b bytes.Buffer
	for i := range s.series {
		fmt.Fprintf(&b, "crash_total{i=\"%d\"} %v%s\n", i, value(n, i), suffix)
	}
	fmt.Fprintf(&b, "crash_generation{i=\"%d\"} %v%s\n", n/generations, value(n, s.series), suffix)
	w.Header().Set("Content-Type", "text/plain; version=0.0.4")
	_, _ = w.Write(b.Bytes())
}

// write posts steps of a sender until the context ends. What it is told in answer
// is noted in the ledger.
func (f *fleet) write(ctx context.Context, s *stream, server string) error {
	for ctx.Err() == nil {
		n, at := s.send(time.Now().UnixMilli(), false)
		message, header := s.message(n, at)
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, server+"/api/v1/write", bytes.NewReader(snappy.Encode(nil, message)))
		if err != nil {
			return err
		}
		req.Header = header
		res, err := f.posts.Do(req)
		if err == nil {
			var text []byte
			text, err = io.ReadAll(io.LimitReader(res.Body, 1<<10))
			res.Body.Close()
			switch {
			case res.StatusCode == http.StatusNoContent: // said before the body ended
				s.settle(n, acknowledged)
			case err != nil:
			case res.StatusCode == http.StatusServiceUnavailable:
				s.settle(n, refused)
			default:
				return fmt.Errorf("step %d of %s: status %s: %s", n, s.job, res.Status, text)
			}
		}
		select {
		case <-ctx.Done():
		case <-time.After(8 * time.Millisecond):
		}
	}
	return nil
}

// message is step n as a message of remote write.
func (s *stream) message(n int, at int64) ([]byte, http.Header) {
	h := http.Header{"Content-Encoding": {"snappy"}, "Content-Type": {"application/x-protobuf"}, "X-Prometheus-Remote-Write-Version": {"0.1.0"}}
	names := make([]seriesName, 0, s.series+1)
	for i := range s.series {
		names = append(names, seriesName{"crash_total", i})
	}
	names = append(names, seriesName{"crash_generation", n / generations})
	if s.job == "write2" {
		h.Set("Content-Type", "application/x-protobuf;proto=io.prometheus.write.v2.Request")
		h.Set("X-Prometheus-Remote-Write-Version", "2.0.0")
		return s.messageV2(names, n, at), h
	}
	m := &prompb.WriteRequest{}
	for k, name := range names {
		m.Timeseries = append(m.Timeseries, prompb.TimeSeries{
			Labels:  []prompb.Label{{Name: "__name__", Value: name.name}, {Name: "i", Value: fmt.Sprint(name.i)}, {Name: "job", Value: s.job}},
			Samples: []prompb.Sample{{Timestamp: at, Value: value(n, k)}},
		})
	}
	b, err := m.Marshal()
	if err != nil {
		panic(err) // of a message made here
	}
	return b, h
}

func (s *stream) messageV2(names []seriesName, n int, at int64) []byte {
	symbols := writev2.NewSymbolTable()
	m := &writev2.Request{}
	for k, name := range names {
		var refs []uint32
		for _, text := range []string{"__name__", name.name, "i", fmt.Sprint(name.i), "job", s.job} {
			refs = append(refs, symbols.Symbolize(text))
		}
		m.Timeseries = append(m.Timeseries, writev2.TimeSeries{LabelsRefs: refs, Samples: []writev2.Sample{{Timestamp: at, Value: value(n, k)}}})
	}
	m.Symbols = symbols.Symbols()
	b, err := m.Marshal()
	if err != nil {
		panic(err) // of a message made here
	}
	return b
}
