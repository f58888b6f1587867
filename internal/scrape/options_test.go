package scrape

import (
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/discovery/targetgroup"
	"github.com/prometheus/prometheus/model/labels"
)

// TestRequest holds what a target is asked against the configuration.
func TestRequest(t *testing.T) {
	dir := t.TempDir()
	secret := filepath.Join(dir, "secret")
	if err := os.WriteFile(secret, []byte("from-file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	header := func(name, want string) func(*http.Request) string {
		return func(r *http.Request) string {
			if got := r.Header.Get(name); got != want {
				return fmt.Sprintf("%s is %q, want %q", name, got, want)
			}
			return ""
		}
	}
	uri := func(want string) func(*http.Request) string {
		return func(r *http.Request) string {
			if r.URL.RequestURI() != want {
				return fmt.Sprintf("URI is %s, want %s", r.URL.RequestURI(), want)
			}
			return ""
		}
	}
	for name, c := range map[string]struct {
		job   string
		check func(*http.Request) string
	}{
		"user agent":              {"", header("User-Agent", "Monopod")},
		"timeout":                 {"scrape_interval: 20s\nscrape_timeout: 2500ms\n", header("X-Prometheus-Scrape-Timeout-Seconds", "2.5")},
		"path":                    {"metrics_path: /m\n", uri("/m")},
		"path by relabelling":     {"relabel_configs:\n- target_label: __metrics_path__\n  replacement: /r\n", uri("/r")},
		"params":                  {"params:\n  a: [x, y]\n  b: ['1']\n", uri("/metrics?a=x&a=y&b=1")},
		"params by relabelling":   {"params:\n  a: [x, y]\nrelabel_configs:\n- target_label: __param_a\n  replacement: z\n- target_label: __param_c\n  replacement: q\n", uri("/metrics?a=z&a=y&c=q")},
		"timeout by relabelling":  {"relabel_configs:\n- target_label: __scrape_timeout__\n  replacement: 3s\n", header("X-Prometheus-Scrape-Timeout-Seconds", "3")},
		"basic_auth":              {"basic_auth:\n  username: u\n  password: p\n", header("Authorization", "Basic dTpw")},
		"basic_auth from file":    {"basic_auth:\n  username: u\n  password_file: " + secret + "\n", header("Authorization", "Basic dTpmcm9tLWZpbGU=")},
		"authorization":           {"authorization:\n  credentials: c\n", header("Authorization", "Bearer c")},
		"authorization with type": {"authorization:\n  type: Token\n  credentials_file: " + secret + "\n", header("Authorization", "Token from-file")},
		"http_headers":            {"http_headers:\n  X-Extra:\n    values: [v]\n", header("X-Extra", "v")},
		"compression":             {"", header("Accept-Encoding", "identity")}, // the link is fast
		"no compression":          {"enable_compression: false\n", header("Accept-Encoding", "identity")},
		"protocols": {"", header("Accept", "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,"+
			"text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2")},
		"one protocol": {"scrape_protocols: [PrometheusText0.0.4]\n", header("Accept", "text/plain;version=0.0.4;q=0.6,*/*;q=0.5")},
		"escaping":     {"scrape_protocols: [PrometheusText1.0.0]\nmetric_name_escaping_scheme: dots\n", header("Accept", "text/plain;version=1.0.0;escaping=dots;q=0.6,*/*;q=0.5")},
		"legacy names": {"scrape_protocols: [OpenMetricsText1.0.0]\nmetric_name_validation_scheme: legacy\n", header("Accept", "application/openmetrics-text;version=1.0.0;escaping=underscores;q=0.6,*/*;q=0.5")},
		"native histograms want protobuf": {"scrape_native_histograms: true\n", func(r *http.Request) string {
			if a := r.Header.Get("Accept"); !strings.HasPrefix(a, "application/vnd.google.protobuf;") {
				return "Accept is " + a
			}
			return ""
		}},
	} {
		t.Run(name, func(t *testing.T) {
			r, e := serve(t, "a 1\n", c.job)
			if err := r.scrape().LastError(); err != nil {
				t.Fatal(err)
			}
			if bad := c.check(e.last()); bad != "" {
				t.Error(bad)
			}
		})
	}
}

func TestOAuth2(t *testing.T) {
	tokens := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"access_token":"tok","token_type":"Bearer","expires_in":3600}`)
	}))
	defer tokens.Close()
	r, e := serve(t, "a 1\n", "oauth2:\n  client_id: c\n  client_secret: s\n  token_url: "+tokens.URL+"\n")
	if err := r.scrape().LastError(); err != nil {
		t.Fatal(err)
	}
	if got := e.last().Header.Get("Authorization"); got != "Bearer tok" {
		t.Error(got)
	}
}

func TestTLS(t *testing.T) {
	srv := httptest.NewTLSServer(&exposition{body: "a 1\n", contentType: textFormat})
	defer srv.Close()
	address := srv.Listener.Addr().String()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: srv.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	r := newRig(t, Options{}, oneJob(address, "scheme: https\ntls_config:\n  ca_file: "+ca+"\n  server_name: example.com\n"))
	if err := r.scrape().LastError(); err != nil {
		t.Error(err)
	}
	r = newRig(t, Options{}, oneJob(address, "scheme: https\ntls_config:\n  insecure_skip_verify: true\n"))
	if err := r.scrape().LastError(); err != nil {
		t.Error(err)
	}
	r = newRig(t, Options{}, oneJob(address, "scheme: https\n"))
	wantError(t, r.scrape().LastError(), KindTLS, "certificate", "tls_config.ca_file")
	r = newRig(t, Options{}, oneJob(address, "scheme: https\nenable_http2: false\ntls_config:\n  ca_file: "+ca+"\n  server_name: other.name\n"))
	wantError(t, r.scrape().LastError(), KindTLS, "other.name", "server_name")
	r = newRig(t, Options{}, oneJob(address, ""))
	wantError(t, r.scrape().LastError(), KindStatus, "400 Bad Request")
}

// TestHTTP2 sees which protocol a TLS target is asked by.
func TestHTTP2(t *testing.T) {
	for more, want := range map[string]int{"": 2, "enable_http2: false\n": 1} {
		e := &exposition{body: "a 1\n", contentType: textFormat}
		srv := httptest.NewUnstartedServer(e)
		srv.EnableHTTP2 = true
		srv.StartTLS()
		r := newRig(t, Options{}, oneJob(srv.Listener.Addr().String(), "scheme: https\ntls_config:\n  insecure_skip_verify: true\n"+more))
		if err := r.scrape().LastError(); err != nil {
			t.Error(err)
		}
		if got := e.last().ProtoMajor; got != want {
			t.Errorf("%q: HTTP/%d, want HTTP/%d", more, got, want)
		}
		srv.Close()
	}
}

func TestProxy(t *testing.T) {
	var connects []http.Header
	proxied := &exposition{body: "a 1\n", contentType: textFormat}
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodConnect {
			connects = append(connects, r.Header)
			http.Error(w, "no", http.StatusForbidden)
			return
		}
		proxied.ServeHTTP(w, r)
	}))
	defer proxy.Close()

	r := newRig(t, Options{}, oneJob("target.example:80", "proxy_url: "+proxy.URL+"\n"))
	if err := r.scrape().LastError(); err != nil {
		t.Fatal(err)
	}
	if got := proxied.last().URL.Host; got != "target.example:80" {
		t.Errorf("the proxy was asked for %s", got)
	}
	r, _ = serve(t, "b 1\n", "proxy_url: "+proxy.URL+"\nno_proxy: 127.0.0.1\n")
	if r.scrape(); r.last(r.series("b")) != "1" {
		t.Error("no_proxy was not followed")
	}
	r = newRig(t, Options{}, oneJob("target.example:443", "scheme: https\nproxy_url: "+proxy.URL+"\nproxy_connect_header:\n  X-Connect: [yes]\n"))
	if err := r.scrape().LastError(); err == nil || len(connects) != 1 || connects[0].Get("X-Connect") != "yes" {
		t.Errorf("error %v, headers %v", err, connects)
	}
}

func TestProxyFromEnvironment(t *testing.T) {
	proxied := &exposition{body: "a 1\n", contentType: textFormat}
	proxy := httptest.NewServer(proxied)
	defer proxy.Close()
	t.Setenv("HTTP_PROXY", proxy.URL)
	t.Setenv("NO_PROXY", "")
	r := newRig(t, Options{}, oneJob("target.example:80", "proxy_from_environment: true\n"))
	if err := r.scrape().LastError(); err != nil {
		t.Fatal(err)
	}
	if got := proxied.last().URL.Host; got != "target.example:80" {
		t.Errorf("the proxy was asked for %s", got)
	}
}

func TestRedirects(t *testing.T) {
	to := ""
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/real":
			w.Header().Set("Content-Type", textFormat)
			_, _ = io.WriteString(w, "a 1\n")
		default:
			http.Redirect(w, r, to, http.StatusFound)
		}
	}))
	defer srv.Close()
	address := srv.Listener.Addr().String()
	to = "/real"
	if err := newRig(t, Options{}, oneJob(address, "")).scrape().LastError(); err != nil {
		t.Error(err)
	}
	wantError(t, newRig(t, Options{}, oneJob(address, "follow_redirects: false\n")).scrape().LastError(), KindRedirect, "302 Found", "follow_redirects: true")
	to = "/circle"
	wantError(t, newRig(t, Options{}, oneJob(address, "")).scrape().LastError(), KindRedirect, "stopped after 10 redirects", "metrics_path")
	// A target cannot send the scrape to what is inside this process.
	to = "http://inside.example/metrics"
	r := newRig(t, Options{Local: map[string]http.Handler{"inside.example": &exposition{body: "secret 1\n", contentType: textFormat}}}, oneJob(address, "scrape_timeout: 2s\n"))
	if r.scrape(); r.last(r.series("secret")) != "" {
		t.Error("a redirect reached a handler of this process")
	}
}

func TestCompression(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", textFormat)
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		_, _ = io.WriteString(z, "a 1\nb 2\n")
		_ = z.Close()
	}))
	defer srv.Close()
	r := newRig(t, Options{}, oneJob(srv.Listener.Addr().String(), "extra_scrape_metrics: true\n"))
	for range 2 {
		target := r.scrape()
		if err := target.LastError(); err != nil {
			t.Fatal(err)
		}
		if last := target.Last(); !last.Compressed || last.BodyBytes != 8 || last.Samples != 2 {
			t.Errorf("%+v", last)
		}
		r.want(r.series("b"), "2")
		r.want(r.series("scrape_body_size_bytes"), "8")
	}
}

func TestBodySizeLimit(t *testing.T) {
	r, e := serve(t, "a 1\n", "body_size_limit: 16B\nextra_scrape_metrics: true\n")
	if err := r.scrape().LastError(); err != nil {
		t.Fatal(err)
	}
	e.set("a_name_that_is_long 1\n")
	target := r.scrape()
	wantError(t, target.LastError(), KindBodySize, "body size limit exceeded", "16 bytes", "raise body_size_limit")
	if !errors.Is(target.LastError(), ErrBodySize) {
		t.Error("not ErrBodySize")
	}
	r.want(r.series("scrape_body_size_bytes"), "-1")
	r.want(r.series("up"), "0")
	r.want(r.series("a"), "stale")
	r.wantMetric("prometheus_target_scrapes_exceeded_body_size_limit_total", 1)
}

func TestSampleLimit(t *testing.T) {
	r, e := serve(t, "a 1\nb 2\n", "sample_limit: 2\nextra_scrape_metrics: true\n")
	if err := r.scrape().LastError(); err != nil {
		t.Fatal(err)
	}
	r.want(r.series("scrape_sample_limit"), "2")
	columns := r.mem.Columns()
	e.set("a 1\nb 2\nc 3\nd 4\n")
	target := r.scrape()
	wantError(t, target.LastError(), KindSampleLimit, "sample limit exceeded", "raise sample_limit")
	r.want(r.series("a"), "stale")
	r.want(r.series("c"), "")
	r.want(r.series("scrape_samples_scraped"), "4")
	r.want(r.series("scrape_samples_post_metric_relabeling"), "4")
	if r.mem.Columns() != columns {
		t.Error("series of a refused body were created")
	}
	r.wantMetric("prometheus_target_scrapes_exceeded_sample_limit_total", 1)
	e.set("a 1\nb 3\n")
	r.scrape()
	r.want(r.series("b"), "3")
	r.want(r.series("scrape_series_added"), "0")
}

func TestLabelLimits(t *testing.T) {
	for _, c := range []struct{ limit, line, want string }{
		{"label_limit: 3", "a{x=\"1\"} 1\n", "label_limit exceeded (metric: a, number of labels: 4, limit: 3)"},
		{"label_name_length_limit: 8", "a{long_label=\"1\"} 1\n", "label_name_length_limit exceeded (metric: a, label name: long_label, length: 10, limit: 8)"},
		{"label_value_length_limit: 20", "a{x=\"" + strings.Repeat("v", 30) + "\"} 1\n", "length: 30, limit: 20)"},
	} {
		r, e := serve(t, "a 1\n", c.limit+"\n")
		if err := r.scrape().LastError(); err != nil {
			t.Fatal(err)
		}
		e.set("a 1\n" + c.line)
		err := r.scrape().LastError()
		wantError(t, err, KindLabelLimit, c.want)
		if !errors.Is(err, ErrLabelLimit) {
			t.Error("not ErrLabelLimit")
		}
		r.want(r.series("up"), "0")
		r.want(r.series("a"), "stale")
		r.wantMetric("prometheus_target_scrape_pool_exceeded_label_limits_total", 1)
	}
}

func TestReportYieldsToTheTarget(t *testing.T) {
	r, _ := serve(t, "up 7\nscrape_samples_scraped 9\n", "")
	r.scrape()
	r.want(r.series("up"), "7")
	r.want(r.series("scrape_samples_scraped"), "9")
	r.want(r.series("scrape_series_added"), "2")
}

func TestDuplicatesAndCollisions(t *testing.T) {
	r, _ := serve(t, "a 1\na 2\nb{x=\"1\"} 3\nb{x=\"2\"} 4\n", "metric_relabel_configs:\n- regex: x\n  action: labeldrop\n")
	for range 2 {
		if err := r.scrape().LastError(); err != nil {
			t.Fatal(err)
		}
		r.want(r.series("a"), "1")
		r.want(r.series("b"), "3")
		r.want(r.series("scrape_samples_post_metric_relabeling"), "4")
	}
	r.wantMetric("prometheus_target_scrapes_sample_duplicate_timestamp_total", 2)
	r.wantMetric("monopod_scrape_series_collisions_total", 2)
}

func TestOutOfBoundsAndOutOfOrder(t *testing.T) {
	future := time.Now().Add(time.Hour).UnixMilli()
	past := time.Now().Add(-time.Hour).UnixMilli()
	r, e := serve(t, fmt.Sprintf("a 1 %d\nb 2\n", future), "")
	r.scrape()
	r.want(r.series("b"), "2")
	if points := r.mem.Points()[r.series("a")]; points != nil {
		t.Errorf("a sample an hour ahead was stored: %v", points)
	}
	r.wantMetric("prometheus_target_scrapes_sample_out_of_bounds_total", 1)
	e.set(fmt.Sprintf("a 1 %d\nb 3 %d\n", past, past))
	r.scrape()
	r.wantMetric("prometheus_target_scrapes_sample_out_of_order_total", 1)
	r.want(r.series("b"), "stale")

	// A clock that goes back: the row is refused and counted, and scraping goes on.
	r.now -= 30_000
	if err := r.scrape().LastError(); err != nil {
		t.Error(err)
	}
	r.now += 60_000
	e.set("b 4\n")
	r.scrape()
	r.want(r.series("b"), "4")
}

func TestContentTypes(t *testing.T) {
	for _, c := range []struct{ contentType, job, want string }{
		{"", "", "blank Content-Type"},
		{"text/html; charset=utf-8", "", "set metrics_path"},
		{"application/json", "", "fallback_scrape_protocol: PrometheusText0.0.4"},
		{"", "fallback_scrape_protocol: PrometheusText0.0.4\n", ""},
		{"application/json", "fallback_scrape_protocol: PrometheusText0.0.4\n", ""},
		{"text/plain", "", ""},
		{"text/plain;;;", "", "cannot parse Content-Type"},
	} {
		r, e := serve(t, "a 1\n", c.job)
		e.contentType = c.contentType
		if c.contentType == "" {
			// An empty value keeps net/http from guessing one.
			e.contentType = " "
		}
		for range 2 {
			err := r.scrape().LastError()
			if c.want == "" {
				if err != nil {
					t.Errorf("%q %q: %v", c.contentType, c.job, err)
				}
				r.want(r.series("a"), "1")
				continue
			}
			wantError(t, err, KindContentType, c.want)
		}
	}
}

func TestNames(t *testing.T) {
	r, _ := serve(t, "{\"a.b\"} 1\n", "metric_name_validation_scheme: legacy\n")
	wantError(t, r.scrape().LastError(), KindParse, "invalid metric name", "metric_name_validation_scheme: utf8")
	r, _ = serve(t, "{\"a.b\"} 1\n", "")
	r.scrape()
	r.want(r.series("a.b"), "1")
	r, _ = serve(t, "a 1\n", "metric_relabel_configs:\n- regex: __name__\n  action: labeldrop\n")
	wantError(t, r.scrape().LastError(), KindParse, "missing metric name")
}

func TestFailureLog(t *testing.T) {
	path := filepath.Join(t.TempDir(), "failures.json")
	r, e := serve(t, "a 1\n", "scrape_failure_log_file: "+path+"\n")
	r.scrape()
	e.status = 503
	r.scrape()
	r.scrape()
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(got), "\n"); n != 2 || !strings.Contains(string(got), "503 Service Unavailable") ||
		!strings.Contains(string(got), `"job_name":"j"`) || !strings.Contains(string(got), r.l.target.String()) {
		t.Errorf("%s", got)
	}
}

func TestExplicitTimestampsAndStaleness(t *testing.T) {
	at := time.Now().Add(-time.Minute).UnixMilli()
	body := fmt.Sprintf("a{x=\"1\"} 1 %d\nb 2\n", at)
	for more, want := range map[string]string{"": "", "track_timestamps_staleness: true\n": "stale", "honor_timestamps: false\n": "stale"} {
		r, e := serve(t, body, more)
		r.scrape()
		if more != "honor_timestamps: false\n" {
			if p := r.mem.Points()[r.series("a", "x", "1")]; len(p) != 1 || p[0].T != at || p[0].V != 1 {
				t.Errorf("%q: %v", more, p)
			}
		}
		e.set("b 2\n")
		r.scrape()
		r.want(r.series("a", "x", "1"), want)
		e.set("b 3\n")
		r.scrape()
		r.want(r.series("a", "x", "1"), "")
	}
}

func TestStampedSeriesWhoseSampleWasRefusedGetsNoMarker(t *testing.T) {
	at := time.Now().Add(-time.Minute).UnixMilli()
	r, e := serve(t, fmt.Sprintf("b 1 %d\n", at), "track_timestamps_staleness: true\n")
	r.scrape()
	e.set("c 1\n")
	r.scrape()
	r.want(r.series("b"), "stale")
	e.set(fmt.Sprintf("b 2 %d\n", at+1000))
	r.scrape()
	e.set("c 1\n")
	r.scrape()
	r.want(r.series("b"), "")
}

func TestStartTimestamps(t *testing.T) {
	e := &exposition{contentType: openMetrics}
	srv := httptest.NewServer(e)
	defer srv.Close()
	r := newRig(t, Options{StartTimestamps: true}, oneJob(srv.Listener.Addr().String(), ""))
	start := r.now/1000 - 60
	e.set(fmt.Sprintf("# TYPE a counter\na_total 5\na_created %d\n# EOF\n", start))
	r.scrape()
	r.scrape()
	points := r.mem.Points()[r.series("a_total")]
	if len(points) != 3 || points[0].T != start*1000 || points[0].V != 0 || points[2].V != 5 {
		t.Errorf("%v", points)
	}
	if p := r.mem.Points()[r.series("a_created")]; p != nil {
		t.Errorf("a_created is a series: %v", p)
	}
}

func TestTypeAndUnitLabels(t *testing.T) {
	e := &exposition{contentType: openMetrics, body: "# TYPE a_seconds counter\n# UNIT a_seconds seconds\na_seconds_total 5\n# EOF\n"}
	srv := httptest.NewServer(e)
	defer srv.Close()
	r := newRig(t, Options{TypeAndUnitLabels: true}, oneJob(srv.Listener.Addr().String(), ""))
	r.scrape()
	r.want(r.series("a_seconds_total", "__type__", "counter", "__unit__", "seconds"), "5")
}

func TestTargetLabels(t *testing.T) {
	for _, c := range []struct{ name, job, address, want, drop string }{
		{"instance is the address", "", "h:1", `{instance="h:1", job="j"}`, ""},
		{"instance is kept", "relabel_configs:\n- target_label: instance\n  replacement: i\n", "h:1", `{instance="i", job="j"}`, ""},
		{"address is relabelled", "relabel_configs:\n- target_label: __address__\n  replacement: k:2\n", "h:1", `{instance="k:2", job="j"}`, ""},
		{"address is empty", "relabel_configs:\n- target_label: __address__\n  replacement: ''\n", "h:1", "", "no address"},
		{"address is a URL", "relabel_configs:\n- target_label: __address__\n  replacement: 'http://x/y'\n", "h:1", "", "is not a valid hostname"},
		{"dropped", "relabel_configs:\n- target_label: a\n  replacement: b\n- action: drop\n  source_labels: [a]\n  regex: b\n", "h:1", "", "rule 1"},
		{"interval is no duration", "relabel_configs:\n- target_label: __scrape_interval__\n  replacement: soon\n", "h:1", "", "error parsing scrape interval"},
		{"interval is zero", "relabel_configs:\n- target_label: __scrape_interval__\n  replacement: 0s\n", "h:1", "", "scrape interval cannot be 0"},
		{"timeout is longer", "relabel_configs:\n- target_label: __scrape_timeout__\n  replacement: 2h\n", "h:1", "", "scrape timeout cannot be greater than scrape interval"},
		{"timeout is zero", "relabel_configs:\n- target_label: __scrape_timeout__\n  replacement: 0s\n", "h:1", "", "scrape timeout cannot be 0"},
		{"flag is no boolean", "relabel_configs:\n- target_label: __scrape_native_histograms__\n  replacement: maybe\n", "h:1", "", "must be true or false"},
		{"labels of the group", "", "h:1", `{instance="h:1", job="j"}`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := loadConfig(t, oneJob(c.address, c.job)).ScrapeConfigs[0]
			all, drop := targetLabels(labels.NewBuilder(labels.EmptyLabels()), source{cfg: cfg, target: model.LabelSet{"__address__": model.LabelValue(c.address), "__meta_x": "m"}})
			got := ""
			if !all.IsEmpty() {
				target := newTarget(all, source{cfg: cfg})
				got = target.Labels().String()
				if target.Value("__meta_x") != "" {
					t.Error("meta labels outlive relabelling")
				}
			}
			why := ""
			if drop.Err != nil {
				why = drop.Err.Error()
			} else if drop.Rule >= 0 {
				why = fmt.Sprint("rule ", drop.Rule)
			}
			if got != c.want || !strings.Contains(why, c.drop) || c.drop == "" && why != "" {
				t.Errorf("labels %s, drop %q", got, why)
			}
		})
	}
}

func TestDiscoveredLabels(t *testing.T) {
	cfg := loadConfig(t, oneJob("x:1", "params:\n  p: [v]\n")).ScrapeConfigs[0]
	active, _, _ := targetsOf(cfg, &targetgroup.Group{
		Targets: []model.LabelSet{{"__address__": "h:1", "a": "target"}}, Labels: model.LabelSet{"a": "group", "b": "group"}, Source: "s",
	}, labels.NewBuilder(labels.EmptyLabels()))
	got := active[0].DiscoveredLabels()
	for name, want := range map[string]string{
		"a": "target", "b": "group", "job": "j", "__address__": "h:1", "__scheme__": "http", "__metrics_path__": "/metrics",
		"__scrape_interval__": "1m", "__scrape_timeout__": "10s", "__param_p": "v", "__scrape_native_histograms__": "false",
	} {
		if got.Get(name) != want {
			t.Errorf("%s is %q, want %q", name, got.Get(name), want)
		}
	}
	if u := active[0].URL(); u.String() != "http://h:1/metrics?p=v" {
		t.Error(u)
	}
	if active[0].Interval() != time.Minute || active[0].Timeout() != 10*time.Second {
		t.Error(active[0].Interval(), active[0].Timeout())
	}
}

func TestSchemaOf(t *testing.T) {
	for factor, want := range map[float64]int32{0: 8, 1: 8, 1.002: 8, 1.1: 2, 2: 0, 3: -1, 65536: -4, 1e10: -4} {
		if got := schemaOf(factor); got != want {
			t.Errorf("%v: schema %d, want %d", factor, got, want)
		}
	}
}

func TestMetadata(t *testing.T) {
	r, e := serve(t, "# HELP a Help \\\\ me.\n# TYPE a counter\na 1\n# TYPE b gauge\nb 1\n", "")
	target := r.scrape()
	if m, ok := target.MetadataOf("a"); !ok || m.Type != model.MetricTypeCounter || m.Help != `Help \ me.` {
		t.Error(m, ok)
	}
	e.set("# HELP a Help \\\\ me.\n# TYPE a counter\na 1\n")
	for range metadataScrapes {
		r.scrape()
	}
	if len(target.Metadata()) != 2 {
		t.Error("metadata is gone too early")
	}
	r.scrape()
	r.scrape()
	if len(target.Metadata()) != 1 {
		t.Error("metadata stays for ever")
	}
}

func wantError(t *testing.T, err error, kind Kind, parts ...string) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Errorf("error is %v, want one of kind %s", err, kind)
		return
	}
	if e.Kind != kind {
		t.Errorf("kind is %s, want %s: %v", e.Kind, kind, err)
	}
	for _, p := range parts {
		if !strings.Contains(err.Error(), p) {
			t.Errorf("error %q does not say %q", err, p)
		}
	}
	if len(err.Error()) > 2*maxReason {
		t.Errorf("error has %d bytes", len(err.Error()))
	}
}
