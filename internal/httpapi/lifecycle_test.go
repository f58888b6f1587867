package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

func newServer(t *testing.T, o Options) *Server {
	t.Helper()
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestLifecycleDisabled(t *testing.T) {
	s := newServer(t, Options{})
	for _, path := range []string{"/-/reload", "/-/quit"} {
		for method, want := range map[string]string{
			http.MethodPost: "403 Lifecycle API is not enabled.", http.MethodPut: "403 Lifecycle API is not enabled.",
			http.MethodGet: "405 Only POST or PUT requests allowed",
		} {
			if w := serve(s.Handler(), method, path, nil); statusAndBody(w.Code, w.Body.String()) != want {
				t.Errorf("%s %s: %d %s", method, path, w.Code, w.Body)
			}
		}
	}
}

func statusAndBody(code int, body string) string {
	return strings.TrimSpace(fmt.Sprint(code, " ", body))
}

func TestLifecycleEnabled(t *testing.T) {
	var failure error
	reloads, quits := 0, 0
	s := newServer(t, Options{
		EnableLifecycle: true,
		Reload: func(ctx context.Context) error {
			reloads++
			return errors.Join(failure, ctx.Err())
		},
		Quit: func() { quits++ },
	})
	if w := serve(s.Handler(), http.MethodPost, "/-/reload", nil); w.Code != 200 || w.Body.String() != "" {
		t.Errorf("reload: %d %s", w.Code, w.Body)
	}
	failure = errors.New("prometheus.yml line 3: bad")
	if w := serve(s.Handler(), http.MethodPut, "/-/reload", nil); statusAndBody(w.Code, w.Body.String()) != "500 failed to reload config: prometheus.yml line 3: bad" {
		t.Errorf("failing reload: %d %s", w.Code, w.Body)
	}
	if w := serve(s.Handler(), http.MethodPost, "/-/quit", nil); w.Body.String() != "Requesting termination... Goodbye!" {
		t.Errorf("quit: %s", w.Body)
	}
	if w := serve(s.Handler(), http.MethodPost, "/-/quit", nil); w.Body.String() != "Termination already in progress." {
		t.Errorf("second quit: %s", w.Body)
	}
	if w := serve(s.Handler(), http.MethodGet, "/-/quit", nil); w.Code != http.StatusMethodNotAllowed {
		t.Errorf("GET quit: %d", w.Code)
	}
	if reloads != 2 || quits != 1 {
		t.Errorf("%d reloads, %d quits", reloads, quits)
	}
}

// A page of another site must not change anything in a user's name.
func TestCrossOriginChangesAreRefused(t *testing.T) {
	changed := false
	f := newFixture(t, func(o *Options) {
		o.EnableAdminAPI, o.EnableLifecycle = true, true
		o.Reload = func(context.Context) error { changed = true; return nil }
		o.Quit = func() { changed = true }
	})
	routes := []string{"/-/reload", "/-/quit", "/api/v1/admin/tsdb/delete_series?match[]=up", "/api/v1/admin/tsdb/clean_tombstones", "/api/v1/admin/tsdb/snapshot"}
	for _, path := range routes {
		for _, headers := range [][]string{
			{"Origin", "https://evil.example"}, {"Sec-Fetch-Site", "cross-site"}, {"Origin", "null"}, {"Sec-Fetch-Site", "same-site", "Origin", "https://other.example.com"},
		} {
			if w := serve(f.ours.Handler(), http.MethodPost, path, nil, headers...); w.Code != http.StatusForbidden {
				t.Errorf("%s with %q: %d %s", path, headers, w.Code, w.Body)
			}
		}
	}
	if changed {
		t.Error("a refused request took effect")
	}
	for _, headers := range [][]string{
		{}, {"Origin", "http://example.com"}, {"Sec-Fetch-Site", "same-origin"}, {"Origin", "https://mon.example.com:8443", "Sec-Fetch-Site", "same-site"},
	} {
		if w := serve(f.ours.Handler(), http.MethodPost, "/-/reload", nil, headers...); w.Code != http.StatusOK {
			t.Errorf("own page with %q: %d %s", headers, w.Code, w.Body)
		}
	}
	// Reading by POST is no change.
	if w := serve(f.ours.Handler(), http.MethodPost, "/api/v1/query?query=1", nil, "Origin", "https://evil.example"); w.Code != http.StatusOK {
		t.Errorf("query: %d", w.Code)
	}
}

func TestStates(t *testing.T) {
	reg := prometheus.NewRegistry()
	f := newFixture(t, func(o *Options) { o.Registerer = reg })
	gauge := func() float64 { return testutil.ToFloat64(f.ours.metrics.ready) }
	for _, c := range []struct {
		state    State
		stopping string
		ready    float64
	}{{Starting, "false", 0}, {Ready, "", 1}, {Stopping, "true", 0}} {
		f.ours.SetReady(c.state)
		if gauge() != c.ready {
			t.Errorf("%s: prometheus_ready %v", c.state, gauge())
		}
		for _, path := range []string{"/-/ready", "/api/v1/query?query=1", "/api/v1/status/config", "/federate", "/api/v1/labels", "/api/monopod/v1/discovery"} {
			w := serve(f.ours.Handler(), http.MethodGet, path, nil)
			if c.state == Ready {
				if w.Code != http.StatusOK {
					t.Errorf("%s %s: %d", c.state, path, w.Code)
				}
				continue
			}
			if w.Code != http.StatusServiceUnavailable || w.Body.String() != "Service Unavailable" || w.Header().Get("X-Prometheus-Stopping") != c.stopping {
				t.Errorf("%s %s: %d %s %v", c.state, path, w.Code, w.Body, w.Header())
			}
		}
		for _, path := range []string{"/-/healthy", "/api/v1/status/walreplay", "/api/monopod/v1/status", "/metrics", "/version"} {
			if w := serve(f.ours.Handler(), http.MethodGet, path, nil); w.Code != http.StatusOK {
				t.Errorf("%s %s: %d", c.state, path, w.Code)
			}
		}
	}
	f.ours.SetReady(Ready)
	for path, want := range map[string]string{
		"/-/healthy": "Prometheus Server is Healthy.\n", "/-/ready": "Prometheus Server is Ready.\n",
		"/version": `{"version":"3.14.0","revision":"abc","branch":"HEAD","buildUser":"me@host","buildDate":"20260101","goVersion":"go1.26"}` + "\n",
	} {
		if w := serve(f.ours.Handler(), http.MethodGet, path, nil); w.Body.String() != want {
			t.Errorf("%s: %q", path, w.Body)
		}
	}
	if w := serve(f.ours.Handler(), http.MethodHead, "/-/healthy", nil); w.Code != http.StatusOK {
		t.Errorf("HEAD healthy: %d", w.Code)
	}
}

func TestProfiles(t *testing.T) {
	s := newServer(t, Options{RoutePrefix: "/mon"})
	for path, want := range map[string]int{
		"/mon/debug/pprof/": 200, "/mon/debug/pprof/goroutine?debug=1": 200, "/mon/debug/pprof/cmdline": 200, "/mon/debug/pprof/none": 404,
		"/mon/debug/pprof/a/b": 404, "/debug/pprof/": 404,
	} {
		if w := serve(s.Handler(), http.MethodGet, path, nil); w.Code != want {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}
