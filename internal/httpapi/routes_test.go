package httpapi

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/prometheus/util/notifications"
)

type testNotifications struct{ list []notifications.Notification }

func (n testNotifications) Get() []notifications.Notification { return n.list }
func (n testNotifications) Sub() (<-chan notifications.Notification, func(), bool) {
	return nil, func() {}, false
}

// The reference names every route with its methods.
func TestReferenceNamesEveryRoute(t *testing.T) {
	f := newFixture(t, func(o *Options) {
		o.Notifications = testNotifications{}
		o.Node = http.NotFoundHandler()
		o.RemoteRead = http.NotFoundHandler()
	})
	content, err := os.ReadFile("../../docs/reference/http-api.md")
	if err != nil {
		t.Fatal(err)
	}
	documented := map[string]string{} // methods by path
	for line := range strings.Lines(string(content)) {
		if cells := strings.Split(line, "|"); len(cells) > 3 && strings.HasPrefix(cells[1], " `/") {
			documented[strings.Trim(cells[1], " `")] = cells[2]
		}
	}
	seen := map[string]bool{}
	pages := string(content[strings.Index(string(content), "## Pages"):])
	for _, r := range f.ours.Routes() {
		seen[r.Path] = true
		methods, ok := documented[r.Path]
		if !ok {
			if !strings.Contains(pages, "`"+r.Path+"`") {
				t.Errorf("%v %s is not in docs/reference/http-api.md", r.Methods, r.Path)
			}
			continue
		}
		for _, m := range r.Methods {
			if !strings.Contains(methods, m) {
				t.Errorf("%s %s: the reference has only%s", m, r.Path, methods)
			}
		}
	}
	for path := range documented {
		if !seen[path] {
			t.Errorf("docs/reference/http-api.md has %s, which no route answers", path)
		}
	}
}

func TestMetricsNameRoutesAsPrometheusDoes(t *testing.T) {
	for path, want := range map[string]string{
		"/api/v1/label/{name}/values": "/api/v1/label/:name/values", "/assets/{file...}": "/assets/*file", "/{$}": "/", "/-/ready": "/-/ready",
	} {
		if got := metricName(path); got != want {
			t.Errorf("%s: %s", path, got)
		}
	}
	reg := prometheus.NewRegistry()
	f := newFixture(t, func(o *Options) { o.Registerer, o.Gatherer = reg, reg })
	serve(f.ours.Handler(), http.MethodGet, "/api/v1/label/job/values", nil)
	serve(f.ours.Handler(), http.MethodGet, "/api/v1/query?query=(", nil)
	serve(f.ours.Handler(), http.MethodGet, "/no/such/route", nil)
	body := serve(f.ours.Handler(), http.MethodGet, "/metrics", nil).Body.String()
	for _, want := range []string{
		`prometheus_http_requests_total{code="200",handler="/api/v1/label/:name/values"} 1`,
		`prometheus_http_requests_total{code="400",handler="/api/v1/query"} 1`,
		`prometheus_http_requests_total{code="200",handler="/-/ready"} 0`,
		`prometheus_http_request_duration_seconds_count{handler="/api/v1/query"} 1`,
		`prometheus_http_response_size_bytes_count{handler="/api/v1/query"} 1`,
		`prometheus_ready 1`, `promhttp_metric_handler_requests_total`, `prometheus_web_federation_errors_total 0`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("/metrics lacks %s", want)
		}
	}
	if strings.Contains(body, "/no/such/route") {
		t.Error("a path that no route has got a series")
	}
}

func TestNotifications(t *testing.T) {
	f := newFixture(t, func(o *Options) {
		o.Notifications = testNotifications{[]notifications.Notification{{Text: notifications.StartingUp, Active: true}}}
	})
	want := `{"status":"success","data":[{"text":"Prometheus is starting and replaying the write-ahead log (WAL).","date":"0001-01-01T00:00:00Z","active":true}]}`
	if got := serve(f.ours.Handler(), http.MethodGet, "/api/v1/notifications", nil).Body.String(); got != want {
		t.Errorf("%s", got)
	}
	if w := serve(f.ours.Handler(), http.MethodGet, "/api/v1/notifications/live", nil); w.Code != http.StatusNoContent {
		t.Errorf("with too many listeners: %d", w.Code)
	}
}

// What the program does not have is absent, not faked.
func TestAbsentPartsHaveNoRoutes(t *testing.T) {
	s := newServer(t, Options{})
	s.SetReady(Ready)
	for _, path := range []string{
		"/api/v1/query", "/api/v1/labels", "/federate", "/api/v1/targets", "/api/v1/rules", "/api/v1/alerts", "/api/v1/alertmanagers", "/api/v1/status/tsdb",
		"/api/v1/status/config", "/api/v1/notifications", "/metrics", "/metrics/node", "/api/monopod/v1/discovery",
	} {
		if w := serve(s.Handler(), http.MethodGet, path, nil); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	if w := serve(s.Handler(), http.MethodGet, "/api/monopod/v1/status", nil); w.Code != http.StatusOK {
		t.Errorf("status: %d", w.Code)
	}
}
