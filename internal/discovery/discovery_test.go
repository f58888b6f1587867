package discovery

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	promconfig "github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery/targetgroup"
)

func TestKinds(t *testing.T) {
	want := []string{
		"aws", "consul", "dns", "docker", "dockerswarm", "ec2", "ecs", "elasticache", "file", "http", "kubernetes",
		"lightsail", "msk", "rds", "static",
	}
	if got := Kinds(); !slices.Equal(got, want) {
		t.Errorf("kinds = %q\nwant %q", got, want)
	}
}

// running is a manager that runs until the test ends.
type running struct {
	*Manager
	registry *prometheus.Registry
	stop     context.CancelFunc
	ended    chan error
}

func run(t *testing.T) *running {
	t.Helper()
	r := &running{registry: prometheus.NewRegistry(), ended: make(chan error, 1)}
	var err error
	r.Manager, err = New(Options{Logger: slog.New(slog.DiscardHandler), Registerer: r.registry, MaxDelay: 20 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	r.stop = cancel
	go func() { r.ended <- r.Run(ctx) }()
	t.Cleanup(cancel)
	return r
}

func jobs(t *testing.T, text string) []*promconfig.ScrapeConfig {
	t.Helper()
	cfg, err := promconfig.Load(text, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return cfg.ScrapeConfigs
}

// flat is the sets as text: "job: address address; job:".
func flat(sets map[string][]*targetgroup.Group) string {
	var parts []string
	for _, job := range slices.Sorted(maps.Keys(sets)) {
		var addresses []string
		for _, g := range sets[job] {
			for _, target := range g.Targets {
				addresses = append(addresses, string(target["__address__"]))
			}
		}
		slices.Sort(addresses)
		parts = append(parts, strings.TrimSpace(job+": "+strings.Join(addresses, " ")))
	}
	return strings.Join(parts, "; ")
}

func (r *running) want(t *testing.T, want string) {
	t.Helper()
	deadline := time.After(20 * time.Second)
	var last string
	for {
		select {
		case sets, ok := <-r.SyncCh():
			if !ok {
				t.Fatal("the channel was closed")
			}
			if last = flat(sets); last == want {
				return
			}
		case <-deadline:
			t.Fatalf("the last sets are %q, want %q", last, want)
		}
	}
}

func TestSetsFollowConfigAndFiles(t *testing.T) {
	file := filepath.Join(t.TempDir(), "targets.json")
	write := func(targets string) {
		t.Helper()
		if err := os.WriteFile(file+".new", []byte(targets), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(file+".new", file); err != nil {
			t.Fatal(err)
		}
	}
	write(`[{"targets": ["c:3"]}]`)
	both := fmt.Sprintf(`
scrape_configs:
  - job_name: static
    static_configs: [{targets: ["a:1", "b:2"]}]
  - job_name: file
    file_sd_configs: [{files: [%q]}]
  - job_name: none
`, file)
	r := run(t)
	if err := r.ApplyConfig(jobs(t, both)); err != nil {
		t.Fatal(err)
	}
	r.want(t, "file: c:3; none:; static: a:1 b:2")
	write(`[{"targets": ["c:3", "d:4"]}]`)
	r.want(t, "file: c:3 d:4; none:; static: a:1 b:2")
	if err := r.ApplyConfig(jobs(t, "scrape_configs:\n  - job_name: static\n    static_configs: [{targets: [e:5]}]\n")); err != nil {
		t.Fatal(err)
	}
	r.want(t, "static: e:5")
}

func TestUnchangedProvidersGoOn(t *testing.T) {
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `[{"targets": ["a:1"]}]`)
	}))
	defer server.Close()
	job := "  - job_name: %s\n    http_sd_configs: [{url: %q, refresh_interval: 1h}]\n"
	one := fmt.Sprintf("scrape_configs:\n"+job, "one", server.URL)
	r := run(t)
	if err := r.ApplyConfig(jobs(t, one)); err != nil {
		t.Fatal(err)
	}
	r.want(t, "one: a:1")
	// A second job with the same settings shares the provider, and has its targets
	// without another request.
	if err := r.ApplyConfig(jobs(t, one+fmt.Sprintf(job, "two", server.URL))); err != nil {
		t.Fatal(err)
	}
	r.want(t, "one: a:1; two: a:1")
	if n := asked.Load(); n != 1 {
		t.Errorf("the server was asked %d times, want once", n)
	}
}

func TestStop(t *testing.T) {
	r := run(t)
	text := "scrape_configs:\n  - job_name: a\n    static_configs: [{targets: [a:1]}]\n"
	if err := r.ApplyConfig(jobs(t, text)); err != nil {
		t.Fatal(err)
	}
	r.want(t, "a: a:1")
	r.stop()
	select {
	case err := <-r.ended:
		if err != nil {
			t.Errorf("Run returned %v after its context ended, want nil", err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("Run goes on after its context ended")
	}
	deadline := time.After(20 * time.Second)
	for open := true; open; {
		select {
		case _, open = <-r.SyncCh():
		case <-deadline:
			t.Fatal("the channel stays open")
		}
	}
	if err := r.ApplyConfig(jobs(t, text)); !errors.Is(err, ErrStopped) {
		t.Errorf("ApplyConfig after the end returned %v, want ErrStopped", err)
	}
}

func TestMetricsAreThoseOfPrometheus(t *testing.T) {
	r := run(t)
	if err := r.ApplyConfig(jobs(t, "scrape_configs:\n  - job_name: a\n    static_configs: [{targets: [a:1, b:2]}]\n")); err != nil {
		t.Fatal(err)
	}
	r.want(t, "a: a:1 b:2")
	families, err := r.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[string]string)
	for _, f := range families {
		got[f.GetName()] = f.String()
	}
	if s := got["prometheus_sd_discovered_targets"]; !strings.Contains(s, `value:"scrape"`) || !strings.Contains(s, "gauge:{value:2}") {
		t.Errorf("prometheus_sd_discovered_targets = %s, want 2 of the manager scrape", s)
	}
	for _, name := range []string{"prometheus_sd_failed_configs", "prometheus_sd_updates_total", "prometheus_sd_received_updates_total"} {
		if got[name] == "" {
			t.Errorf("there is no metric %s", name)
		}
	}
}

func TestTwoManagersNeedTwoRegisterers(t *testing.T) {
	registry := prometheus.NewRegistry()
	o := Options{Logger: slog.New(slog.DiscardHandler), Registerer: registry}
	first, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	defer first.Run(ended)
	if _, err := New(o); err == nil {
		t.Error("a second manager was made with the registerer of the first")
	}
}
