package scrape

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery"
	"github.com/prometheus/prometheus/discovery/targetgroup"
	"github.com/prometheus/prometheus/model/labels"

	"monopod/internal/storage/storagetest"
)

const textFormat = "text/plain; version=0.0.4; charset=utf-8"

func loadConfig(t testing.TB, yaml string) *config.Config {
	t.Helper()
	cfg, err := config.Load(yaml, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatalf("%v in\n%s", err, yaml)
	}
	return cfg
}

// oneJob is a configuration with one job; more is YAML at the job's level.
func oneJob(address, more string) string {
	y := "scrape_configs:\n- job_name: j\n  static_configs:\n  - targets: ['" + address + "']\n"
	for line := range strings.Lines(more) {
		y += "  " + line
	}
	return y + "\n"
}

// staticGroups are the groups that discovery would send.
func staticGroups(cfg *config.Config) map[string][]*targetgroup.Group {
	out := map[string][]*targetgroup.Group{}
	for _, job := range cfg.ScrapeConfigs {
		out[job.JobName] = nil
		for _, sd := range job.ServiceDiscoveryConfigs {
			if static, ok := sd.(discovery.StaticConfig); ok {
				out[job.JobName] = append(out[job.JobName], static...)
			}
		}
	}
	return out
}

// rig scrapes one target when it is told to.
type rig struct {
	t   testing.TB
	mem *storagetest.Memory
	m   *Manager
	l   *loop
	reg *prometheus.Registry
	now int64 // of the next scrape, in ms
}

func newRig(t testing.TB, opts Options, yaml string) *rig {
	t.Helper()
	r := &rig{t: t, mem: storagetest.NewMemory(), reg: prometheus.NewRegistry(), now: time.Now().UnixMilli()}
	opts.Hostname, opts.Registerer = "test", r.reg
	if opts.Writer == nil {
		opts.Writer = r.mem
	}
	m, err := New(opts)
	if err != nil {
		t.Fatal(err)
	}
	r.m = m
	t.Cleanup(m.Stop)
	cfg := loadConfig(t, yaml)
	if err := m.ApplyConfig(cfg); err != nil {
		t.Fatal(err)
	}
	job := cfg.ScrapeConfigs[0].JobName
	p := m.mu.pools[job]
	p.mu.Lock()
	defer p.mu.Unlock()
	lb := labels.NewBuilder(labels.EmptyLabels())
	for _, tg := range staticGroups(cfg)[job] {
		active, _, invalid := targetsOf(p.mu.settings.cfg, tg, lb)
		for _, bad := range invalid {
			t.Fatal(bad.Drop().Err)
		}
		for _, target := range active {
			r.l = p.newLoop(target, p.mu.settings)
		}
	}
	if r.l == nil {
		t.Fatal("no target")
	}
	return r
}

// scrape scrapes once, ten seconds after the scrape before.
func (r *rig) scrape() *Target {
	r.t.Helper()
	r.now += 10_000
	r.l.scrape(time.UnixMilli(r.now))
	return r.l.target
}

// last returns what the series whose labels are written has at the last scrape:
// a value, "stale", or "" for nothing.
func (r *rig) last(series string) string {
	points := r.mem.Points()[series]
	if len(points) == 0 || points[len(points)-1].T != r.now {
		return ""
	}
	p := points[len(points)-1]
	switch {
	case p.Stale():
		return "stale"
	case p.Int != nil:
		return p.Int.String()
	case p.Float != nil:
		return p.Float.String()
	}
	return fmt.Sprint(p.V)
}

func (r *rig) want(series, value string) {
	r.t.Helper()
	if got := r.last(series); got != value {
		r.t.Errorf("%s is %q, want %q; there are\n%s", series, got, value, r.dump())
	}
}

func (r *rig) dump() string {
	var b strings.Builder
	for name, points := range r.mem.Points() {
		fmt.Fprintln(&b, " ", name, points)
	}
	return b.String()
}

func (r *rig) wantMetric(name string, value float64) {
	r.t.Helper()
	families, err := r.reg.Gather()
	if err != nil {
		r.t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == name {
			sum := 0.0
			for _, m := range f.Metric {
				sum += m.GetCounter().GetValue() + m.GetGauge().GetValue()
			}
			if sum != value {
				r.t.Errorf("%s is %v, want %v", name, sum, value)
			}
			return
		}
	}
	r.t.Errorf("there is no metric %s", name)
}

// exposition is a target that answers what it is told.
type exposition struct {
	mu          sync.Mutex
	body        string
	contentType string
	status      int
	requests    []*http.Request
}

func (e *exposition) set(body string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.body = body
}

func (e *exposition) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.requests = append(e.requests, r)
	if e.contentType != "" {
		w.Header().Set("Content-Type", e.contentType)
	}
	if e.status != 0 {
		w.WriteHeader(e.status)
	}
	_, _ = w.Write([]byte(e.body))
}

func (e *exposition) last() *http.Request {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.requests[len(e.requests)-1]
}

// serve is a rig with an HTTP target that exposes body.
func serve(t testing.TB, body, more string) (*rig, *exposition) {
	t.Helper()
	e := &exposition{body: body, contentType: textFormat}
	srv := httptest.NewServer(e)
	t.Cleanup(srv.Close)
	return newRig(t, Options{Exemplars: true}, oneJob(srv.Listener.Addr().String(), more)), e
}

// series writes the labels of a series of a rig's target.
func (r *rig) series(name string, more ...string) string {
	b := labels.NewBuilder(r.l.target.Labels())
	b.Set("__name__", name)
	for i := 0; i < len(more); i += 2 {
		b.Set(more[i], more[i+1])
	}
	return b.Labels().String()
}

// loadTarget is the labels of a target at an address.
func loadTarget(t testing.TB, address string) labels.Labels {
	t.Helper()
	cfg := loadConfig(t, oneJob(address, "")).ScrapeConfigs[0]
	all, drop := targetLabels(labels.NewBuilder(labels.EmptyLabels()), source{cfg: cfg, target: model.LabelSet{"__address__": model.LabelValue(address)}})
	if drop.Err != nil {
		t.Fatal(drop.Err)
	}
	return all
}
