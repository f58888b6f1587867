package httpapi

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics are the server's own, under the names that Prometheus dashboards use.
type metrics struct {
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
	size     *prometheus.HistogramVec
	ready    prometheus.Gauge
	panics   prometheus.Counter
}

func newMetrics(reg prometheus.Registerer) *metrics {
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "prometheus_http_requests_total",
			Help: "Counter of HTTP requests.",
		}, []string{"handler", "code"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:                            "prometheus_http_request_duration_seconds",
			Help:                            "Histogram of latencies for HTTP requests.",
			Buckets:                         []float64{.1, .2, .4, 1, 3, 8, 20, 60, 120},
			NativeHistogramBucketFactor:     1.1,
			NativeHistogramMaxBucketNumber:  100,
			NativeHistogramMinResetDuration: time.Hour,
		}, []string{"handler"}),
		size: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "prometheus_http_response_size_bytes",
			Help:    "Histogram of response size for HTTP requests.",
			Buckets: prometheus.ExponentialBuckets(100, 10, 8),
		}, []string{"handler"}),
		ready: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "prometheus_ready",
			Help: "Whether Prometheus startup was fully completed and the server is ready for normal operation.",
		}),
		panics: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "monopod_http_panics_total",
			Help: "Requests whose handler panicked and were answered 500.",
		}),
	}
	if reg != nil {
		reg.MustRegister(m.requests, m.duration, m.size, m.ready, m.panics)
	}
	return m
}

// instrument counts the requests of one route. Its answer passes through the
// recorder that the server put there. Its counter is there from the start, so that
// the first request is an increase; its histograms come with the first request,
// which most routes of most servers never have.
func (m *metrics) instrument(route string, next http.Handler) http.Handler {
	m.requests.WithLabelValues(route, "200")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start, returned := time.Now(), false
		defer func() {
			rec, ok := w.(*recorder)
			if !ok {
				return
			}
			m.duration.WithLabelValues(route).Observe(time.Since(start).Seconds())
			m.size.WithLabelValues(route).Observe(float64(rec.bytes))
			code := rec.statusCode()
			if !returned && rec.code == 0 {
				code = http.StatusInternalServerError // what a panic is answered with
			}
			m.requests.WithLabelValues(route, strconv.Itoa(code)).Inc()
		}()
		next.ServeHTTP(w, r)
		returned = true
	})
}

// recorder remembers what was answered, and gives each write its time: a client
// that does not read loses its connection instead of holding what the answer
// was made from.
type recorder struct {
	http.ResponseWriter
	control *http.ResponseController
	timeout time.Duration
	code    int
	bytes   int64
}

func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *recorder) statusCode() int {
	if w.code == 0 {
		return http.StatusOK
	}
	return w.code
}

func (w *recorder) WriteHeader(code int) {
	if w.code == 0 && code >= http.StatusOK {
		w.code = code
	}
	w.ResponseWriter.WriteHeader(code)
}

func (w *recorder) Write(b []byte) (int, error) {
	if w.code == 0 {
		w.code = http.StatusOK
	}
	w.deadline(w.timeout)
	n, err := w.ResponseWriter.Write(b)
	w.deadline(0)
	w.bytes += int64(n)
	return n, err
}

func (w *recorder) Flush() {
	if w.code == 0 {
		w.code = http.StatusOK
	}
	w.deadline(w.timeout)
	_ = w.control.Flush() // a connection that is gone shows at the next write
	w.deadline(0)
}

// deadline gives the next write its time; 0 takes it away. HTTP/2 ends a stream
// whose deadline passes even when nothing is written, so it never stands while
// a handler computes.
func (w *recorder) deadline(d time.Duration) {
	var t time.Time
	if d > 0 {
		t = time.Now().Add(d)
	}
	_ = w.control.SetWriteDeadline(t) // unsupported by test recorders alone
}
