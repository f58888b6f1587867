package httpapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/grafana/regexp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/model"
	"github.com/prometheus/common/route"
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/model/exemplar"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/relabel"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/promql/promqltest"
	promrules "github.com/prometheus/prometheus/rules"
	"github.com/prometheus/prometheus/scrape"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb"
	tsdbindex "github.com/prometheus/prometheus/tsdb/index"
	"github.com/prometheus/prometheus/util/features"
	"github.com/prometheus/prometheus/util/teststorage"
	v1 "github.com/prometheus/prometheus/web/api/v1"
)

// The oracle is Prometheus's own API handler, over the same storage, engine and
// sources as ours. A request is given to both, and the answers are compared.

const testData = `
load 1m
	requests_total{job="api",instance="a:80",code="200"} 0+10x60
	requests_total{job="api",instance="b:80",code="200"} 0+3x60
	requests_total{job="api",instance="b:80",code="500"} 0+1x30 _x20 40+1x9
	temperature{room="hall"} -3 1e-7 1e21 -1e300 0.1 NaN Inf -Inf 123456.789 0 4x50
	temperature{room="<b>&\"quoted\"\\ \u2028 é"} 1x60
	small{a="x"} 0.000001 0.0000009999 5e-324x58
	{"utf8.name","utf8.label"="välue"} 7x60
	histo{kind="native"} {{schema:1 sum:12.5 count:9 z_bucket:2 z_bucket_w:0.001 buckets:[1 2 0 1] n_buckets:[2 1]}}x60
	histo{kind="gauge"} {{schema:0 sum:-4 count:4 buckets:[1 2 1] counter_reset_hint:gauge}}x60
	histo{kind="custom"} {{schema:-53 sum:5 count:7 custom_values:[1 2.5 10] buckets:[1 2 3 1]}}x60
	histo{kind="empty"} {{}}x60
	mixed 1 2 3 {{schema:0 sum:5 count:4 buckets:[1 2 1]}} {{schema:0 sum:5 count:4 buckets:[1 2 1]}} 4x55
	ends_early 1 2 3 stale
	bucketed_bucket{le="1"} 1+1x60
	bucketed_bucket{le="+Inf"} 2+2x60
`

type fixture struct {
	t       testing.TB
	storage *teststorage.TestStorage
	ours    *Server
	theirs  http.Handler
	now     time.Time
	options Options
}

type fixtureOption func(*Options)

func newFixture(t testing.TB, with ...fixtureOption) *fixture {
	t.Helper()
	f := &fixture{t: t, now: time.Unix(3600, 0).UTC()}
	f.storage = promqltest.LoadedStorage(t, testData)
	t.Cleanup(func() { _ = f.storage.Close() })
	f.addExemplars()

	p := parser.NewParser(promqltest.TestParserOpts)
	engine := promql.NewEngine(promql.EngineOpts{
		MaxSamples: 20000, Timeout: time.Minute, EnableAtModifier: true, EnableNegativeOffset: true,
		EnablePerStepStats: true, LookbackDelta: 5 * time.Minute, Parser: p,
		NoStepSubqueryIntervalFn: func(int64) int64 { return 60_000 },
	})
	t.Cleanup(func() { _ = engine.Close() })
	tg := newTestTargets()
	rl := newTestRules(t, engine, f.storage)
	st := testStatus{}
	external := &url.URL{Scheme: "https", Host: "mon.example.com:8443"}
	registry := prometheus.NewRegistry()
	gauge := prometheus.NewGauge(prometheus.GaugeOpts{Name: "prometheus_tsdb_head_chunks", Help: "h"})
	gauge.Set(42)
	registry.MustRegister(gauge)
	f.options = Options{
		Registerer: nil, Gatherer: registry, ListenAddresses: []string{"0.0.0.0:9090"}, ExternalURL: external,
		Engine: engine, Queryable: f.storage, Exemplars: f.storage, Parser: p,
		Config: testConfig{}, Flags: map[string]string{"web.listen-address": "0.0.0.0:9090", "a<b": "c&d"},
		Build:   Build{Version: "3.14.0", Revision: "abc", Branch: "HEAD", User: "me@host", Date: "20260101", GoVersion: "go1.26"},
		Storage: st, Admin: st, DataDir: t.TempDir(), Targets: tg, Rules: rl, Alertmanagers: testAlertmanagers{},
		Features: func() map[string]map[string]bool {
			return map[string]map[string]bool{"promql_operators": {">=": true, "<": false}, "api": {"x": true}}
		},
		Now: func() time.Time { return f.now },
	}
	for _, w := range with {
		w(&f.options)
	}
	var err error
	if f.ours, err = New(f.options); err != nil {
		t.Fatal(err)
	}
	f.ours.SetReady(Ready)
	f.theirs = f.newOracle(engine, tg, rl, st, p, registry)
	return f
}

func (f *fixture) newOracle(engine *promql.Engine, tg testTargets, rl testRules, st testStatus, p parser.Parser, reg *prometheus.Registry) http.Handler {
	o := &f.options
	registry := features.NewRegistry()
	for category, list := range o.Features() {
		for name, on := range list {
			registry.Set(category, name, on)
		}
	}
	for name, on := range ownFeatures(o) {
		registry.Set(features.API, name, on)
	}
	b := o.Build
	origin := regexp.MustCompile("^(?:.*)$")
	if o.CORSOrigin != nil {
		origin = regexp.MustCompile(o.CORSOrigin.String())
	}
	api := v1.NewAPI(
		engine, f.storage, nil, nil, f.storage,
		func(context.Context) v1.ScrapePoolsRetriever { return tg },
		func(context.Context) v1.TargetRetriever { return tg },
		func(context.Context) v1.AlertmanagerRetriever { return testAlertmanagers{} },
		func() config.Config { return config.DefaultConfig },
		o.Flags,
		v1.GlobalURLOptions{ListenAddress: o.ListenAddresses[0], Host: o.ExternalURL.Host, Scheme: o.ExternalURL.Scheme},
		func(h http.HandlerFunc) http.HandlerFunc { return h },
		oracleStats{st}, o.DataDir, o.EnableAdminAPI, false, 0, slog.New(slog.DiscardHandler),
		func(context.Context) v1.RulesRetriever { return rl },
		0, 0, 0, false, origin,
		func() (v1.RuntimeInfo, error) { return v1.RuntimeInfo{}, nil },
		&v1.PrometheusVersion{Version: b.Version, Revision: b.Revision, Branch: b.Branch, BuildUser: b.User, BuildDate: b.Date, GoVersion: b.GoVersion},
		nil, nil, reg, nil, nil, false, nil, false, false, false, false, 5*time.Minute, false, false, nil,
		registry, v1.OpenAPIOptions{}, p,
	)
	r := route.New()
	api.Register(r)
	mux := http.NewServeMux()
	mux.Handle("/api/v1/", http.StripPrefix("/api/v1", r))
	return mux
}

func (f *fixture) addExemplars() {
	app := f.storage.Appender(context.Background())
	ls := labels.FromStrings("__name__", "requests_total", "job", "api", "instance", "a:80", "code", "200")
	for i, v := range []float64{0.5, 1e-9, 12} {
		e := exemplar.Exemplar{Labels: labels.FromStrings("trace_id", fmt.Sprintf("t<%d>", i)), Value: v, Ts: int64(60_000*i + 5), HasTs: true}
		if _, err := app.AppendExemplar(0, ls, e); err != nil {
			f.t.Fatal(err)
		}
	}
	if err := app.Commit(); err != nil {
		f.t.Fatal(err)
	}
}

// call is a request to both. A form makes it a POST.
type call struct {
	method string // default GET, or POST with a form
	path   string // with its query, below /api/v1
	form   url.Values
	header http.Header
}

func (c call) String() string {
	return fmt.Sprintf("%s %s %s", c.method, c.path, c.form.Encode())
}

func (c call) request() *http.Request {
	method, body := c.method, io.Reader(nil)
	if c.form != nil {
		if method == "" {
			method = http.MethodPost
		}
		body = strings.NewReader(c.form.Encode())
	}
	if method == "" {
		method = http.MethodGet
	}
	r := httptest.NewRequest(method, "/api/v1"+c.path, body)
	if c.form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for k, v := range c.header {
		r.Header[k] = v
	}
	return r
}

func answer(h http.Handler, c call) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, c.request())
	return w
}

// same fails unless both give the same status, type and body.
func (f *fixture) same(t *testing.T, c call) string {
	t.Helper()
	ours, theirs := answer(f.ours.Handler(), c), answer(f.theirs, f.atNow(c))
	if ours.Code != theirs.Code {
		t.Errorf("%s: status %d, Prometheus says %d\nours:   %s\ntheirs: %s", c, ours.Code, theirs.Code, ours.Body, theirs.Body)
	}
	if a, b := ours.Header().Get("Content-Type"), theirs.Header().Get("Content-Type"); a != b {
		t.Errorf("%s: content type %q, Prometheus says %q", c, a, b)
	}
	if a, b := ours.Body.String(), theirs.Body.String(); a != b {
		t.Errorf("%s:\nours:   %s\ntheirs: %s", c, a, b)
	}
	return ours.Body.String()
}

// atNow tells upstream, whose clock cannot be set, what time it is.
func (f *fixture) atNow(c call) call {
	r := c.request()
	if strings.TrimSuffix(r.URL.Path, "/") == "/api/v1/query" && r.FormValue("time") == "" {
		joint := "&"
		if !strings.Contains(c.path, "?") {
			joint = "?"
		}
		c.path += joint + "time=" + fmt.Sprint(f.now.Unix())
	}
	return c
}

func query(path string, pairs ...string) call {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return call{path: path + "?" + v.Encode()}
}

func post(path string, pairs ...string) call {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return call{path: path, form: v}
}

// testTargets holds upstream's targets, and shows them as ours.
type testTargets struct {
	active, dropped map[string][]*scrape.Target
	config          *config.ScrapeConfig
}

type testMetadata []scrape.MetricMetadata

func (m testMetadata) ListMetadata() []scrape.MetricMetadata { return m }
func (m testMetadata) SizeMetadata() int                     { return 0 }
func (m testMetadata) LengthMetadata() int                   { return len(m) }
func (m testMetadata) GetMetadata(name string) (scrape.MetricMetadata, bool) {
	for _, x := range m {
		if x.MetricFamily == name {
			return x, true
		}
	}
	return scrape.MetricMetadata{}, false
}

func newTestTargets() testTargets {
	cfg := &config.ScrapeConfig{
		JobName: "blackbox", ScrapeInterval: model.Duration(15 * time.Second), ScrapeTimeout: model.Duration(10 * time.Second),
		MetricsPath: "/probe", Scheme: "http", Params: url.Values{"module": {"http_2xx"}},
		RelabelConfigs: []*relabel.Config{
			{SourceLabels: model.LabelNames{"__address__"}, Separator: ";", Regex: relabel.MustNewRegexp("(.*):(\\d+)<"), TargetLabel: "host", Replacement: "$1&", Action: relabel.Replace, NameValidationScheme: model.UTF8Validation},
			{SourceLabels: model.LabelNames{"job", "x"}, Separator: "|", Regex: relabel.MustNewRegexp("a|.*"), Modulus: 8, TargetLabel: "shard", Action: relabel.HashMod, NameValidationScheme: model.UTF8Validation},
			{SourceLabels: model.LabelNames{"job"}, Separator: ";", Regex: relabel.MustNewRegexp("drop.*"), Action: relabel.Drop, NameValidationScheme: model.UTF8Validation},
			{Separator: ";", Regex: relabel.DefaultRelabelConfig.Regex, TargetLabel: "last", Replacement: "1", Action: relabel.Replace, NameValidationScheme: model.UTF8Validation},
		},
	}
	make1 := func(address, scheme, job string) *scrape.Target {
		return scrape.NewTarget(labels.FromStrings(
			model.AddressLabel, address, model.SchemeLabel, scheme, model.MetricsPathLabel, "/metrics", model.JobLabel, job,
			model.InstanceLabel, address, model.ScrapeIntervalLabel, "15s", model.ScrapeTimeoutLabel, "10s", "html", "<&>",
		), cfg, model.LabelSet{model.AddressLabel: model.LabelValue(address), "__meta_x": "y"}, model.LabelSet{"env": "prod"})
	}
	up, down, local, odd := make1("example.com:8080", "http", "api"), make1("localhost:9091", "https", "api"), make1("127.0.0.1:9090", "http", "self"), make1("[::1]", "http", "blackbox")
	up.Report(time.Unix(3000, 123456789).UTC(), 70*time.Millisecond, nil)
	up.SetMetadataStore(testMetadata{
		{MetricFamily: "go_threads", Type: model.MetricTypeGauge, Help: "Number of OS \"threads\" <created>."},
		{MetricFamily: "requests", Type: model.MetricTypeCounter, Help: "Requests", Unit: "seconds"},
	})
	down.Report(time.Unix(3001, 0).UTC(), 300*time.Nanosecond, errors.New("Get \"https://x\": context deadline exceeded <bad>"))
	down.SetMetadataStore(testMetadata{{MetricFamily: "requests", Type: model.MetricTypeGauge, Help: "Others"}})
	return testTargets{
		active: map[string][]*scrape.Target{"api": {up, down}, "self": {local}, "blackbox": {odd}},
		dropped: map[string][]*scrape.Target{"blackbox": {scrape.NewTarget(labels.EmptyLabels(), cfg,
			model.LabelSet{model.AddressLabel: "gone:80", model.JobLabel: "blackbox"}, nil)}},
		config: cfg,
	}
}

func (t testTargets) ScrapePools() []string                       { return []string{"self", "api", "blackbox"} }
func (t testTargets) TargetsActive() map[string][]*scrape.Target  { return t.active }
func (t testTargets) TargetsDropped() map[string][]*scrape.Target { return t.dropped }
func (t testTargets) TargetsDroppedCounts() map[string]int {
	return map[string]int{"blackbox": 3, "api": 0}
}
func (t testTargets) DroppedCounts() map[string]int { return t.TargetsDroppedCounts() }
func (t testTargets) ScrapePoolConfig(pool string) (*config.ScrapeConfig, error) {
	if pool != "blackbox" {
		return nil, fmt.Errorf("scrape pool %q not found", pool)
	}
	return t.config, nil
}

func (t testTargets) RelabelConfigs(pool string) ([]*relabel.Config, error) {
	c, err := t.ScrapePoolConfig(pool)
	if err != nil {
		return nil, err
	}
	return c.RelabelConfigs, nil
}

type targetView struct{ *scrape.Target }

func (v targetView) ListMetadata() []Metadata {
	var out []Metadata
	for _, m := range v.Target.ListMetadata() {
		out = append(out, Metadata(m))
	}
	return out
}

func (v targetView) GetMetadata(name string) (Metadata, bool) {
	m, ok := v.Target.GetMetadata(name)
	return Metadata(m), ok
}

func (t testTargets) ActiveTargets() map[string][]Target {
	out := map[string][]Target{}
	b := labels.NewBuilder(labels.EmptyLabels())
	for pool, list := range t.active {
		for _, x := range list {
			out[pool] = append(out[pool], Target{
				DiscoveredLabels: x.DiscoveredLabels(b), Labels: x.Labels(b), URL: x.URL(), LastError: x.LastError(),
				LastScrape: x.LastScrape(), LastDuration: x.LastScrapeDuration(), Health: string(x.Health()),
				Interval: x.GetValue(model.ScrapeIntervalLabel), Timeout: x.GetValue(model.ScrapeTimeoutLabel),
				Metadata: targetView{x}, Samples: 10, Kept: 9, SeriesAdded: 2, BodyBytes: 1234,
			})
		}
	}
	return out
}

func (t testTargets) DroppedTargets() map[string][]DroppedTarget {
	out := map[string][]DroppedTarget{}
	b := labels.NewBuilder(labels.EmptyLabels())
	for pool, list := range t.dropped {
		for _, x := range list {
			out[pool] = append(out[pool], DroppedTarget{DiscoveredLabels: x.DiscoveredLabels(b), Reason: "rule 3: drop"})
		}
	}
	return out
}

// testRules are two evaluated groups.
type testRules struct{ groups []*promrules.Group }

func newTestRules(t testing.TB, engine *promql.Engine, q storage.Queryable) testRules {
	t.Helper()
	p := parser.NewParser(parser.Options{})
	parse := func(s string) parser.Expr {
		e, err := p.ParseExpr(s)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	opts := &promrules.ManagerOptions{
		QueryFunc: promrules.EngineQueryFunc(engine, q), Appendable: discard{}, Queryable: q, Context: context.Background(),
		Logger: slog.New(slog.DiscardHandler), ExternalURL: &url.URL{}, NotifyFunc: func(context.Context, string, ...*promrules.Alert) {},
	}
	log := slog.New(slog.DiscardHandler)
	alert := func(name, expr string, hold time.Duration) *promrules.AlertingRule {
		return promrules.NewAlertingRule(name, parse(expr), hold, 2*hold, labels.FromStrings("severity", "page<1>"),
			labels.FromStrings("summary", "{{ $labels.instance }} & {{ $value }}"), labels.EmptyLabels(), "", true, log)
	}
	list := []*promrules.Group{
		promrules.NewGroup(promrules.GroupOptions{Name: "one", File: "a.yml", Interval: time.Minute, Limit: 0, Opts: opts, Rules: []promrules.Rule{
			alert("Firing", `requests_total > 200`, 0), alert("Waiting", `temperature{room="hall"} > 1`, time.Hour), alert("Quiet", `vector(1) < 0`, 0),
			promrules.NewRecordingRule("job:requests:sum", parse(`sum by (job) (requests_total)`), labels.FromStrings("x", "y")),
		}}),
		promrules.NewGroup(promrules.GroupOptions{Name: "two", File: "b.yml", Interval: 1500 * time.Millisecond, Limit: 7, Opts: opts, Rules: []promrules.Rule{
			promrules.NewRecordingRule("broken", parse(`requests_total * on (job) requests_total`), labels.EmptyLabels()),
		}}),
		promrules.NewGroup(promrules.GroupOptions{Name: "three", File: "b.yml", Interval: time.Minute, Opts: opts, Rules: []promrules.Rule{
			alert("Other", `vector(2) > 0`, 0),
		}}),
	}
	for _, g := range list {
		g.Eval(context.Background(), time.Unix(3000, 0))
	}
	return testRules{list}
}

func (r testRules) RuleGroups() []*promrules.Group { return r.groups }
func (r testRules) AlertingRules() []*promrules.AlertingRule {
	var out []*promrules.AlertingRule
	for _, g := range r.groups {
		out = append(out, g.AlertingRules()...)
	}
	return out
}

// discard takes what rules record.
type discard struct{}

func (discard) Appender(context.Context) storage.Appender {
	return teststorage.NewAppendable().Appender(context.Background())
}

type testAlertmanagers struct{}

func (testAlertmanagers) Alertmanagers() []*url.URL {
	return []*url.URL{{Scheme: "http", Host: "am:9093", Path: "/api/v2/alerts"}}
}
func (testAlertmanagers) DroppedAlertmanagers() []*url.URL { return nil }

type testConfig struct{}

func (testConfig) YAML() string { return config.DefaultConfig.String() }
func (testConfig) ExternalLabels() labels.Labels {
	return labels.FromStrings("zone", "ie", "instance", "federated")
}
func (testConfig) LastReload() Reload {
	return Reload{Successful: false, Error: "line 3: <bad>", Cause: "http", Attempt: time.Unix(3500, 0), Success: time.Unix(3400, 5e8)}
}

// testStatus is a storage that answers always the same.
type testStatus struct{}

var errDelete = errors.New("disk <gone>")

func (testStatus) Stats(_ string, limit int) (StorageStats, error) {
	return StorageStats{
		Series: 508, LabelPairs: 937, Chunks: 42, MinTime: 1591516800000, MaxTime: 1598896800143,
		SeriesByMetric: []Count{{"net_conntrack<>", 20}, {"prometheus_http", 20}}[:min(limit, 2)],
		ValuesByLabel:  []Count{{"__name__", 211}}, BytesByLabel: []Count{{"__name__", 8266}},
		SeriesByLabelPair: []Count{{"job=prometheus", 425}},
	}, nil
}
func (testStatus) Replay() (Replay, error) { return Replay{Min: 1, Max: 9, Current: 4}, nil }
func (testStatus) Blocks() ([]Block, error) {
	return []Block{{
		ULID: "01BX5ZZKBKACTAV9WEVGEMMVRZ", MinTime: 1, MaxTime: 7200000, Level: 2, Version: 1, SizeBytes: 99,
		Sources: []string{"01BX5ZZKBKACTAV9WEVGEMMVRZ"}, Stats: BlockStats{Samples: 5, FloatSamples: 5, Series: 2, Chunks: 2},
	}}, nil
}
func (testStatus) Retention() string  { return "15d" }
func (testStatus) Corruptions() int64 { return 2 }
func (testStatus) Usage() (StorageUsage, error) {
	return StorageUsage{LogBytes: 1, BlockBytes: 99}, nil
}
func (testStatus) CleanTombstones() error      { return nil }
func (testStatus) Snapshot(string, bool) error { return nil }
func (testStatus) Delete(_ context.Context, _, _ int64, ms ...*labels.Matcher) error {
	if ms[0].Value == "fails" {
		return errDelete
	}
	return nil
}

// oracleStats shows a testStatus the way upstream asks for it.
type oracleStats struct{ testStatus }

func (s oracleStats) Stats(name string, limit int) (*tsdb.Stats, error) {
	st, _ := s.testStatus.Stats(name, limit)
	convert := func(in []Count) (out []tsdbindex.Stat) {
		for _, c := range in {
			out = append(out, tsdbindex.Stat{Name: c.Name, Count: c.Value})
		}
		return out
	}
	return &tsdb.Stats{NumSeries: st.Series, MinTime: st.MinTime, MaxTime: st.MaxTime, IndexPostingStats: &tsdbindex.PostingsStats{
		CardinalityMetricsStats: convert(st.SeriesByMetric), CardinalityLabelStats: convert(st.ValuesByLabel),
		LabelValueStats: convert(st.BytesByLabel), LabelValuePairsStats: convert(st.SeriesByLabelPair), NumLabelPairs: st.LabelPairs,
	}}, nil
}

func (s oracleStats) WALReplayStatus() (tsdb.WALReplayStatus, error) {
	return tsdb.WALReplayStatus{Min: 1, Max: 9, Current: 4}, nil
}

func (s oracleStats) BlockMetas() ([]tsdb.BlockMeta, error) {
	blocks, _ := s.Blocks()
	var out []tsdb.BlockMeta
	for _, b := range blocks {
		m := tsdb.BlockMeta{MinTime: b.MinTime, MaxTime: b.MaxTime, Version: b.Version, Stats: tsdb.BlockStats{
			NumSamples: b.Stats.Samples, NumFloatSamples: b.Stats.FloatSamples, NumSeries: b.Stats.Series, NumChunks: b.Stats.Chunks,
		}}
		_ = m.ULID.UnmarshalText([]byte(b.ULID))
		m.Compaction.Level = b.Level
		m.Compaction.Sources = append(m.Compaction.Sources, m.ULID)
		out = append(out, m)
	}
	return out, nil
}
