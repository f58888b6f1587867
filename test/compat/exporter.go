package main

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// ticker counts the steps that an exporter has made. Both programs scrape at
// the same phase, a few milliseconds apart; a step lasts from the first request
// to half an interval later, so that both see the same one.
type ticker struct {
	interval time.Duration
	now      func() time.Time

	mu struct {
		sync.Mutex
		step  int
		since time.Time
	}
}

// at returns the step and the time at which it began.
func (t *ticker) at() (int, time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if now := t.now(); now.Sub(t.mu.since) > t.interval/2 {
		t.mu.step++
		t.mu.since = now
	}
	return t.mu.step, t.mu.since
}

// exposition is what the self-made exporter says at a step, in the text format:
// counters that restart, gauges with every odd value, series that come and go,
// a classic histogram, a summary. stamp is appended to each sample.
func exposition(step int, stamp string) []byte {
	var b bytes.Buffer
	line := func(series string, v float64) { fmt.Fprintf(&b, "%s %v%s\n", series, v, stamp) }
	alive := float64(step % 25) // the exporter restarts every 25 steps

	b.WriteString("# HELP demo_requests_total Requests served, by path and code.\n# TYPE demo_requests_total counter\n")
	for i, path := range []string{"/", "/login", "/api"} {
		line(fmt.Sprintf(`demo_requests_total{path=%q,code="200"}`, path), alive*float64(3+i))
		if step%7 > 1 {
			line(fmt.Sprintf(`demo_requests_total{path=%q,code="500"}`, path), math.Floor(alive/4))
		}
	}
	b.WriteString("# HELP demo_temperature_celsius A gauge that wanders.\n# TYPE demo_temperature_celsius gauge\n")
	for _, room := range []string{"attic", "cellar", `kit"chen\`} {
		line(fmt.Sprintf(`demo_temperature_celsius{room=%q}`, room), 20+5*math.Sin(float64(step+len(room))/5))
	}
	b.WriteString("# TYPE demo_odd gauge\n")
	odd := []string{"NaN", "+Inf", "-Inf", "-0", "1e-320", "9007199254740993", "0.1"}
	fmt.Fprintf(&b, "demo_odd{kind=\"turns\"} %s%s\n", odd[step%len(odd)], stamp)
	fmt.Fprintf(&b, "demo_odd{kind=\"nan\"} NaN%s\n", stamp)
	b.WriteString("# TYPE demo_pod_info gauge\n")
	line(fmt.Sprintf(`demo_pod_info{pod="pod-%d"}`, step/10), 1) // replaced every ten steps
	if step%12 >= 4 {
		line(`demo_pod_info{pod="flapping"}`, 1)
	}
	b.WriteString("# HELP demo_duration_seconds A classic histogram.\n# TYPE demo_duration_seconds histogram\n")
	count := 0.0
	for i, le := range []string{"0.1", "0.5", "1", "5", "+Inf"} {
		count += math.Floor(alive * float64(5-i))
		line(fmt.Sprintf(`demo_duration_seconds_bucket{le=%q}`, le), count)
	}
	line("demo_duration_seconds_sum", alive*1.7)
	line("demo_duration_seconds_count", count)
	b.WriteString("# TYPE demo_size_bytes summary\n")
	for _, q := range []string{"0.5", "0.9", "0.99"} {
		line(fmt.Sprintf(`demo_size_bytes{quantile=%q}`, q), alive*10+float64(len(q)))
	}
	line("demo_size_bytes_sum", alive*110)
	line("demo_size_bytes_count", alive)
	fmt.Fprintf(&b, "# TYPE demo_untyped_thing untyped\ndemo_untyped_thing %d%s\n", step, stamp)
	return b.Bytes()
}

// handler serves the self-made exporter: /metrics as it is, with gaps in which
// it fails; /stamped with explicit timestamps; /native with native histograms,
// in protobuf to those that ask for it.
func handler(interval time.Duration) http.Handler {
	mux := http.NewServeMux()
	const text = "text/plain; version=0.0.4; charset=utf-8"

	plain := &ticker{interval: interval, now: time.Now}
	mux.HandleFunc("/metrics", func(w http.ResponseWriter, _ *http.Request) {
		step, _ := plain.at()
		if step%18 == 16 || step%18 == 17 { // a gap of two scrapes
			http.Error(w, "restarting", http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("Content-Type", text)
		_, _ = w.Write(exposition(step, ""))
	})

	stamped := &ticker{interval: interval, now: time.Now}
	mux.HandleFunc("/stamped", func(w http.ResponseWriter, _ *http.Request) {
		step, since := stamped.at()
		w.Header().Set("Content-Type", text)
		_, _ = w.Write(exposition(step, fmt.Sprintf(" %d", since.Truncate(100*time.Millisecond).UnixMilli())))
	})

	native := &ticker{interval: interval, now: time.Now}
	var mu sync.Mutex
	seen := 0
	reg, hist := newNative()
	mux.HandleFunc("/native", func(w http.ResponseWriter, r *http.Request) {
		step, _ := native.at()
		mu.Lock()
		defer mu.Unlock()
		for ; seen < step; seen++ {
			if seen%25 == 24 { // the exporter restarts
				reg, hist = newNative()
			}
			for i := range 20 {
				hist.WithLabelValues("read").Observe(math.Exp(float64((seen*7+i*3)%40)/8 - 3))
				hist.WithLabelValues("write").Observe(float64((seen+i)%9) - 4)
			}
		}
		promhttp.HandlerFor(reg, promhttp.HandlerOpts{}).ServeHTTP(w, r)
	})
	return mux
}

func newNative() (*prometheus.Registry, *prometheus.HistogramVec) {
	reg := prometheus.NewRegistry()
	hist := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "demo_native_seconds", Help: "A native histogram.",
		NativeHistogramBucketFactor: 1.1, NativeHistogramMaxBucketNumber: 50,
	}, []string{"op"})
	reg.MustRegister(hist)
	return reg, hist
}

// same fetches a real exporter once a step and gives both programs that body.
func same(url string, interval time.Duration) http.Handler {
	t := &ticker{interval: interval, now: time.Now}
	var mu sync.Mutex
	var body []byte
	var header http.Header
	seen := 0
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		step, _ := t.at()
		mu.Lock()
		defer mu.Unlock()
		if step != seen {
			res, err := http.Get(url)
			if err != nil {
				http.Error(w, err.Error(), http.StatusBadGateway)
				return
			}
			defer res.Body.Close()
			if body, err = io.ReadAll(res.Body); err != nil {
				http.Error(w, err.Error(), http.StatusBadGateway)
				return
			}
			header, seen = res.Header, step
		}
		w.Header().Set("Content-Type", header.Get("Content-Type"))
		_, _ = w.Write(body)
	})
}
