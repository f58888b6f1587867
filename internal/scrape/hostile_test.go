package scrape

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
)

// bomb is a gzip stream of size zero bytes.
func bomb(t testing.TB, size int) []byte {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	chunk := bytes.Repeat([]byte("a 1\n"), 1<<16)
	for n := 0; n < size; n += len(chunk) {
		_, _ = z.Write(chunk)
	}
	_ = z.Close()
	return b.Bytes()
}

// TestHostileTargets: whatever a target does, the scrape ends in time, says what
// is wrong, and leaves the next one free.
func TestHostileTargets(t *testing.T) {
	zeros := bomb(t, 64<<20)
	if len(zeros) > 64<<10 {
		t.Fatalf("the bomb has %d bytes", len(zeros))
	}
	text := func(body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", textFormat)
			_, _ = io.WriteString(w, body)
		}
	}
	const short = "scrape_timeout: 300ms\n"
	for _, c := range []struct {
		name, job string
		answer    http.HandlerFunc
		kind      Kind
		says      []string
	}{
		{"hangs", short, hanging, KindTimeout, []string{"nothing came within scrape_timeout (300ms)", "firewall"}},
		{"trickles", short, func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				_, _ = io.WriteString(w, "a 1\n")
				_ = http.NewResponseController(w).Flush()
				time.Sleep(10 * time.Millisecond)
			}
		}, KindTimeout, []string{"still sending after", "raise scrape_timeout"}},
		{"never ends", "body_size_limit: 1MB\n", func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				if _, err := w.Write(bytes.Repeat([]byte("a 1\n"), 1024)); err != nil {
					return
				}
			}
		}, KindBodySize, []string{"body size limit exceeded (limit: 1048576 bytes"}},
		{"gzip bomb", "body_size_limit: 4MB\n", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(zeros)
		}, KindBodySize, []string{"limit: 4194304 bytes, uncompressed"}},
		{"gzip bomb without a limit", "", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(zeros)
		}, KindBodySize, []string{"limit: 16777216 bytes, uncompressed", "without a body_size_limit: set one"}},
		{"announces too much", "body_size_limit: 1MB\n", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1099511627776")
			_, _ = io.WriteString(w, "a 1\n")
		}, KindBodySize, nil},
		{"a body of 1 GB", "", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", fmt.Sprint(1<<30))
			for line := bytes.Repeat([]byte("a 1\n"), 1024); r.Context().Err() == nil; {
				if _, err := w.Write(line); err != nil {
					return
				}
			}
		}, KindBodySize, []string{"limit: 16777216 bytes", "without a body_size_limit: set one"}},
		{"a body of 1 GB in chunks", "", func(w http.ResponseWriter, r *http.Request) {
			for line := bytes.Repeat([]byte("a 1\n"), 1024); r.Context().Err() == nil; {
				if _, err := w.Write(line); err != nil {
					return
				}
			}
		}, KindBodySize, []string{"limit: 16777216 bytes", "without a body_size_limit: set one"}},
		{"announces more than it sends", "", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", textFormat)
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, "a 1\n")
		}, KindBody, []string{"before its answer was complete"}},
		{"is no gzip", "", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = io.WriteString(w, "a 1\nand more of it\n")
		}, KindBody, []string{"gzip", "enable_compression: false"}},
		{"cuts its gzip", "", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(zeros[:1000])
		}, KindBody, []string{"gzip"}},
		{"invalid UTF-8", "", text("a{x=\"\xff\"} 1\n"), KindParse, []string{"line 1:", "invalid UTF-8 label value"}},
		{"NUL in a name", "", text("a 1\nb\x00c 2\n"), KindParse, []string{"line 2:"}},
		{"malformed", "", text("# HELP a A.\na 1\n\na{b=} 1\n"), KindParse, []string{"line 4:", "monopod check metrics"}},
		{"malformed value", "", text("a 1\nb one\n"), KindParse, []string{"line 2:", "one"}},
		{"binary", "", text(strings.Repeat("\x01\x02\xfe", 100_000)), KindParse, []string{"line 1:"}},
		{"giant label", "", text("a{x=\"" + strings.Repeat("y", 5<<20) + "\"} 1"), "", nil},
		{"giant label that is not closed", "", text("a{x=\"" + strings.Repeat("y", 5<<20) + "\n"), KindParse, nil},
		{"giant name", "label_value_length_limit: 100\n", text(strings.Repeat("n", 5<<20) + " 1\n"), KindLabelLimit, []string{"label_value_length_limit"}},
		{"many labels", "label_limit: 10\n", text("a{" + manyLabels(100_000) + "} 1\n"), KindLabelLimit, []string{"number of labels: 10000"}},
		{"many series", "sample_limit: 100\n", text(strings.Repeat("a{x=\"1\"} 1\nb 2\n", 1) + manySeries(20_000)), KindSampleLimit, []string{"sample limit exceeded (limit: 100)"}},
		{"web page", "", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			_, _ = io.WriteString(w, "<html>")
		}, KindContentType, []string{"text/html", "metrics_path"}},
		{"long content type", "", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/"+strings.Repeat("x", 100_000))
			_, _ = io.WriteString(w, "a 1\n")
		}, KindContentType, nil},
		{"OpenMetrics without its end", "", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", openMetrics)
			_, _ = io.WriteString(w, "a 1\n")
		}, KindParse, []string{"data does not end with # EOF"}},
		{"protobuf that is none", "", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", protobuf)
			_, _ = io.WriteString(w, "\xff\xff\xff\xff\x0fa 1\n")
		}, KindParse, nil},
		{"500", "", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, KindStatus, []string{"server returned HTTP status 500 Internal Server Error", "look into its log"}},
		{"401", "", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(401) }, KindStatus, []string{"401 Unauthorized", "basic_auth"}},
		{"404", "", http.NotFound, KindStatus, []string{"404 Not Found", "metrics_path"}},
		{"dies", "", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, KindBody, []string{"EOF", "closed the connection"}},
		{"redirects in circles", "", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/", http.StatusFound) }, KindRedirect, []string{"stopped after 10 redirects"}},
		{"https where http is", "scheme: https\n", text("a 1\n"), KindTLS, []string{"scheme: http"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var good atomic.Bool
			good.Store(true)
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if good.Load() {
					text("good 1\n")(w, r)
				} else {
					c.answer(w, r)
				}
			}))
			defer srv.Close()
			r := newRig(t, Options{LargestBody: 16 << 20}, oneJob(srv.Listener.Addr().String(), c.job))
			if c.kind != KindTLS {
				if err := r.scrape().LastError(); err != nil {
					t.Fatal(err)
				}
			}
			good.Store(false)
			err := r.scrape().LastError()
			if c.kind == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			wantError(t, err, c.kind, c.says...)
			r.want(r.series("up"), "0")
			if c.kind == KindTLS {
				return
			}
			r.want(r.series("good"), "stale")
			good.Store(true)
			if err := r.scrape().LastError(); err != nil {
				t.Error(err)
			}
			r.want(r.series("good"), "1")
		})
	}
}

func manyLabels(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "l%d=\"v\",", i)
	}
	return b.String()
}

func manySeries(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "many{x=\"%d\"} 1\n", i)
	}
	return b.String()
}

// TestNoHTTP: what listens is no HTTP server, or nothing does.
func TestNoHTTP(t *testing.T) {
	listen := func(serve func(net.Conn)) string {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close() })
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				serve(c)
				c.Close()
			}
		}()
		return l.Addr().String()
	}
	silent := listen(func(c net.Conn) { _, _ = io.Copy(io.Discard, c) })
	shell := listen(func(c net.Conn) {
		_, _ = bufio.NewReader(c).ReadString('\n')
		_, _ = io.WriteString(c, "SSH-2.0-OpenSSH\r\n")
	})
	closed := func() string {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		return l.Addr().String()
	}()
	for _, c := range []struct {
		address, job string
		kind         Kind
		says         []string
	}{
		{silent, "scrape_timeout: 200ms\n", KindTimeout, []string{"scrape_timeout (200ms)"}},
		{silent, "scheme: https\nscrape_timeout: 200ms\n", KindTimeout, nil},
		{shell, "", KindConnect, []string{"does not speak HTTP"}},
		{closed, "", KindConnect, []string{"connection refused", "nothing listens there"}},
		{"no-such-host.invalid:80", "", KindDNS, []string{"does not resolve"}},
		{"[::1", "", KindOther, []string{"__address__"}},
	} {
		r := newRig(t, Options{}, oneJob(c.address, c.job))
		wantError(t, r.scrape().LastError(), c.kind, c.says...)
		r.want(r.series("up"), "0")
	}
}

func FuzzFormats(f *testing.F) {
	f.Add("a 1\n", textFormat)
	f.Add("# TYPE a counter\na_total 1 # {x=\"y\"} 2\n# EOF\n", openMetrics)
	f.Add("\x0a\x0a\x01a\x18\x01\"\x0b\x12\x09\x09\x00\x00\x00\x00\x00\x00\xf0?", protobuf)
	f.Fuzz(func(t *testing.T, body, contentType string) {
		feeder := newFeeder(t, "fallback_scrape_protocol: OpenMetricsText1.0.0\nscrape_native_histograms: true\nsample_limit: 50\n")
		for range 2 {
			// No panic reaches us, and what fails leaves nothing but the report.
			if r := feeder.feed(t, body, contentType); r.err != nil {
				for name, points := range feeder.mem.Points() {
					if p := points[len(points)-1]; p.T == feeder.t && !p.Stale() && !strings.Contains(name, "scrape_") && !strings.Contains(name, `"up"`) {
						t.Errorf("%s has %v of a body that failed: %v", name, p, r.err)
					}
				}
			}
		}
	})
}
