package httpapi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/storage"
)

// raw makes a request whose path is sent as it stands.
func raw(method, target string) *http.Request {
	r := httptest.NewRequest(method, "/", nil)
	u, err := url.ParseRequestURI(target)
	if err != nil {
		return nil
	}
	r.URL, r.RequestURI = u, target
	return r
}

// No way to write a path leads off the site, out of the UI's files, or around a
// route.
func TestOddPathsAre404(t *testing.T) {
	pieces := []string{
		"..", "%2e%2e", "%2e.", "..%2f", "..%252f", "%252e%252e%252f", "%5c", "\\", "//host", "/%2f/host", "%2f%2fhost", "%00", "%0d%0aX:%20y", "./", ".", "%2e",
		"..;/", "%c0%ae%c0%ae", "%ff", "http://evil.example/", "@evil.example", "?", "%3f", "%23",
	}
	bases := []string{"/", "/assets/", "/d/", "/status/", "/api/v1/", "/api/v1/label/", "/debug/pprof/", "/graph/", "/-/", "/metrics/", "/mon/"}
	ui := fstest.MapFS{"index.html": {Data: []byte("<head></head>")}, "assets/a.js": {Data: []byte("x")}, "secret.txt": {Data: []byte("s")}, ".hidden": {Data: []byte("h")}}
	for _, prefix := range []string{"", "/mon"} {
		f := newFixture(t, func(o *Options) { o.UI, o.RoutePrefix = ui, prefix })
		for _, base := range bases {
			for _, a := range pieces {
				for _, b := range append(pieces, "etc/passwd", "assets/a.js", ".hidden", "values") {
					target := prefix + base + a + b
					r := raw(http.MethodGet, target)
					if r == nil {
						continue // net/http refuses it
					}
					r.Header.Set("Accept", browserAccept) // the most that any client gets
					w := httptest.NewRecorder()
					f.ours.Handler().ServeHTTP(w, r)
					if location := w.Header().Get("Location"); location != "" && (strings.HasPrefix(location, "//") || strings.Contains(location, "host") || strings.Contains(location, "evil") || strings.Contains(location, "\\")) {
						t.Errorf("%s redirects to %s", target, location)
					}
					if !cleanPath(r.URL) && w.Code != http.StatusNotFound {
						t.Errorf("%s: %d %q", target, w.Code, w.Body)
					}
					if strings.Contains(r.URL.EscapedPath(), "%25") && w.Code == http.StatusOK && !strings.Contains(base, "label") {
						t.Errorf("%s, encoded twice: %d %q", target, w.Code, w.Body)
					}
					if strings.Contains(w.Body.String(), "hidden") {
						t.Errorf("%s shows a hidden file", target)
					}
				}
			}
		}
	}
}

func TestCleanPath(t *testing.T) {
	for path, want := range map[string]bool{
		"/": true, "/a/b..c/...": true, "/a%20b": true, "*": true, "/a/../b": false, "/..": false, "/.": false, "/a/%2e%2e": false, "//a": false,
		"/a//b": false, "/a%5cb": false, "/%00": false, "/a%0d%0ab": false, "/a%2fb": true,
	} {
		if r := raw(http.MethodGet, path); r == nil || cleanPath(r.URL) != want {
			t.Errorf("%s: want %v", path, want)
		}
	}
}

func FuzzPathsNeverRedirectOffSite(f *testing.F) {
	for _, s := range []string{"/", "//host/..", "/\\host", "/%2f%2fhost", "/mon//evil", "/debug/pprof", "/%09/evil", "/mon/../..//evil"} {
		f.Add(s)
	}
	s, err := New(Options{RoutePrefix: "/mon"})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, target string) {
		r := raw(http.MethodGet, target)
		if r == nil || r.URL.IsAbs() || !strings.HasPrefix(target, "/") {
			t.Skip()
		}
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, r)
		location := w.Header().Get("Location")
		if location == "" {
			return
		}
		if !strings.HasPrefix(location, "/mon/") || strings.Contains(location, "\\") || strings.HasPrefix(location, "//") {
			t.Errorf("%q redirects to %q", target, location)
		}
	})
}

func TestCORSEqualsPrometheus(t *testing.T) {
	for name, pattern := range map[string]*regexp.Regexp{"any": nil, "one": regexp.MustCompile(`^(?s:https?://(grafana|other)\.example)$`)} {
		f := newFixture(t, func(o *Options) { o.CORSOrigin = pattern })
		for _, origin := range []string{"", "https://grafana.example", "https://evil.example", "null"} {
			for _, method := range []string{http.MethodGet, http.MethodOptions} {
				c := call{method: method, path: "/query?query=1&time=1", header: http.Header{}}
				if origin != "" {
					c.header.Set("Origin", origin)
				}
				ours, theirs := answer(f.ours.Handler(), c).Header(), answer(f.theirs, c).Header()
				for _, h := range []string{"Access-Control-Allow-Origin", "Access-Control-Allow-Headers", "Access-Control-Allow-Methods", "Access-Control-Expose-Headers"} {
					if ours.Get(h) != theirs.Get(h) {
						t.Errorf("%s, %s from %q: %s is %q, Prometheus says %q", name, method, origin, h, ours.Get(h), theirs.Get(h))
					}
				}
			}
		}
	}
}

// panicking is an engine with a fault.
type panicking struct{ promql.QueryEngine }

func (panicking) NewInstantQuery(context.Context, storage.Queryable, promql.QueryOpts, string, time.Time) (promql.Query, error) {
	panic("index out of range")
}

func TestPanicIsAnswered(t *testing.T) {
	var log bytes.Buffer
	reg := prometheus.NewRegistry()
	s := newServer(t, Options{
		Engine: panicking{}, Queryable: failingQueryable{errors.New("x")}, Registerer: reg,
		Logger: slog.New(slog.NewTextHandler(&log, nil)),
	})
	s.SetReady(Ready)
	w := serve(s.Handler(), http.MethodGet, "/api/v1/query?query=secret", nil, "Accept-Encoding", "gzip")
	if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "range") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if !strings.Contains(log.String(), "index out of range") || !strings.Contains(log.String(), "security_test.go") {
		t.Errorf("log: %s", log.String())
	}
	if w := serve(s.Handler(), http.MethodGet, "/-/healthy", nil); w.Code != http.StatusOK {
		t.Errorf("afterwards: %d", w.Code)
	}
	if n := testutil.ToFloat64(s.metrics.requests.WithLabelValues("/api/v1/query", "500")); n != 1 {
		t.Errorf("%v requests counted as 500", n)
	}
	if n := testutil.ToFloat64(s.metrics.panics); n != 1 {
		t.Errorf("%v panics counted", n)
	}
}

// An answer that has begun is cut: its client must not take it for whole.
func TestPanicInTheMiddleCutsTheAnswer(t *testing.T) {
	s := newServer(t, Options{})
	srv := httptest.NewServer(s.secure(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(make([]byte, 100_000))
		panic("late")
	})))
	defer srv.Close()
	resp, err := http.Get(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var body bytes.Buffer
	if _, err := body.ReadFrom(resp.Body); err == nil {
		t.Errorf("a whole answer of %d bytes", body.Len())
	}
}

func TestBodyIsBounded(t *testing.T) {
	f := newFixture(t)
	big := "query=1&x=" + strings.Repeat("y", maxBodyBytes)
	w := serve(f.ours.Handler(), http.MethodPost, "/api/v1/series", strings.NewReader(big), "Content-Type", "application/x-www-form-urlencoded")
	if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "error parsing form values: http: request body too large") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	multipart := fmt.Sprintf("--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f\"\r\n\r\n%s\r\n--b--\r\n", big)
	w = serve(f.ours.Handler(), http.MethodPost, "/api/v1/query", strings.NewReader(multipart), "Content-Type", "multipart/form-data; boundary=b")
	if w.Code != http.StatusBadRequest {
		t.Errorf("multipart: %d %s", w.Code, w.Body)
	}
}

func TestEveryAnswerForbidsSniffing(t *testing.T) {
	f := newFixture(t)
	for _, path := range []string{"/", "/api/v1/query?query=1", "/none", "/metrics", "/-/healthy", "/%2e%2e/"} {
		w := httptest.NewRecorder()
		f.ours.Handler().ServeHTTP(w, raw(http.MethodGet, path))
		if w.Header().Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %v", path, w.Header())
		}
	}
}
