package cli

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"monopod/internal/app"
	"monopod/internal/auth"
	"monopod/internal/remote"
)

// serveOptions parses arguments of serve as far as the app would see them.
func serveOptions(t *testing.T, args ...string) (app.Options, *serveFlags, error) {
	t.Helper()
	p := newProgram(Streams{Out: &bytes.Buffer{}, Err: &bytes.Buffer{}})
	p.app.Terminate(func(code int) { t.Fatalf("%q ended the program with code %d", args, code) })
	f := p.serveFlags
	if _, err := p.app.Parse(args); err != nil {
		return app.Options{}, f, p.explain(args, err)
	}
	o, err := f.options(p)
	return o, f, err
}

func TestDefaults(t *testing.T) {
	t.Setenv("GOMEMLIMIT", "")
	got, _, err := serveOptions(t)
	if err != nil {
		t.Fatal(err)
	}
	if got.Logger == nil || got.Flags["query.timeout"] != "2m" || got.Flags["web.console.templates"] != "consoles" {
		t.Errorf("logger %v, flags %v", got.Logger, got.Flags)
	}
	got.Logger, got.Flags, got.Provisioning = nil, nil, app.ProvisioningOptions{} // TestGrafanaEnvironment has the last
	want := app.Options{
		WatchConfig: true, WatchInterval: 30 * time.Second,
		Web: app.WebOptions{
			ListenAddresses: []string{"0.0.0.0:9090"}, ReadTimeout: 5 * time.Minute, MaxConnections: 512, PageTitle: "Monopod",
		},
		Storage: app.StorageOptions{Path: "data/", Retention: 15 * 24 * time.Hour, BlockDuration: 2 * time.Hour},
		Query: app.QueryOptions{
			LookbackDelta: 5 * time.Minute, Timeout: 2 * time.Minute, MaxConcurrency: 20, MaxSamples: 50_000_000,
		},
		Scrape: app.ScrapeOptions{
			DiscoveryReloadInterval: 5 * time.Second, AdjustTimestamps: true, TimestampTolerance: 2 * time.Millisecond, Compression: "auto",
		},
		Remote: app.RemoteOptions{
			WriteMessages: remote.Messages(), ReadSampleLimit: 50_000_000, ReadConcurrency: 10, ReadFrameBytes: 1 << 20,
		},
		Memory:   app.MemoryOptions{Ratio: 0.9, Root: os.DirFS("/")},
		People:   app.PeopleOptions{Anonymous: auth.Viewer},
		Features: map[string]bool{},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("options\n%+v\nwant\n%+v", got, want)
	}
}

func TestFlagsTakeEffect(t *testing.T) {
	config := filepath.Join(t.TempDir(), "prometheus.yml")
	if err := os.WriteFile(config, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args string
		got  func(app.Options) any
		want any
	}{
		{"--config.file=" + config, func(o app.Options) any { return o.ConfigFile }, config},
		{"--no-config.auto-reload", func(o app.Options) any { return o.WatchConfig }, false},
		{"--config.auto-reload-interval=1ms", func(o app.Options) any { return o.WatchInterval }, time.Second},
		{"--web.listen-address=:1 --web.listen-address=[::1]:2", func(o app.Options) any { return o.Web.ListenAddresses }, []string{":1", "[::1]:2"}},
		{"--web.config.file=w.yml", func(o app.Options) any { return o.Web.ConfigFile }, "w.yml"},
		{"--web.read-timeout=30s", func(o app.Options) any { return o.Web.ReadTimeout }, 30 * time.Second},
		{"--web.max-connections=7", func(o app.Options) any { return o.Web.MaxConnections }, 7},
		{"--web.external-url=https://example.com/mon/", func(o app.Options) any { return o.Web.ExternalURL.String() }, "https://example.com/mon"},
		{"--web.external-url=/mon", func(o app.Options) any { return o.Web.ExternalURL.Path }, "/mon"},
		{"--web.route-prefix=mon/", func(o app.Options) any { return o.Web.RoutePrefix }, "/mon"},
		{"--web.route-prefix=/", func(o app.Options) any { return o.Web.RoutePrefix }, "/"},
		{"--web.enable-lifecycle", func(o app.Options) any { return o.Web.EnableLifecycle }, true},
		{"--web.enable-admin-api", func(o app.Options) any { return o.Web.EnableAdminAPI }, true},
		{"--web.cors.origin=https?://a|https?://b", func(o app.Options) any { return o.Web.CORSOrigin.MatchString("https://ab") }, false},
		{"--web.cors.origin=https?://a|https?://b", func(o app.Options) any { return o.Web.CORSOrigin.MatchString("http://b") }, true},
		{"--web.page-title=x", func(o app.Options) any { return o.Web.PageTitle }, "x"},
		{"--storage.tsdb.path=/p", func(o app.Options) any { return o.Storage.Path }, "/p"},
		{"--storage.tsdb.retention.time=1y", func(o app.Options) any { return o.Storage.Retention }, 365 * 24 * time.Hour},
		{"--storage.tsdb.retention.size=512MB", func(o app.Options) any { return o.Storage.RetentionBytes }, int64(512 << 20)},
		{"--storage.tsdb.retention.size=512MB", func(o app.Options) any { return o.Storage.Retention }, time.Duration(0)},
		{"--storage.tsdb.retention.5m=180d", func(o app.Options) any { return o.Storage.Retention5m }, 180 * 24 * time.Hour},
		{"--storage.tsdb.retention.1h=2y", func(o app.Options) any { return o.Storage.Retention1h }, 2 * 365 * 24 * time.Hour},
		{"--storage.tsdb.min-block-duration=1h", func(o app.Options) any { return o.Storage.BlockDuration }, time.Hour},
		{"--query.lookback-delta=1m", func(o app.Options) any { return o.Query.LookbackDelta }, time.Minute},
		{"--query.timeout=1m", func(o app.Options) any { return o.Query.Timeout }, time.Minute},
		{"--query.max-concurrency=3", func(o app.Options) any { return o.Query.MaxConcurrency }, 3},
		{"--query.max-samples=5e3", func(o app.Options) any { return o.Query.MaxSamples }, 5000},
		{"--no-scrape.adjust-timestamps", func(o app.Options) any { return o.Scrape.AdjustTimestamps }, false},
		{"--scrape.compression=never", func(o app.Options) any { return o.Scrape.Compression }, "never"},
		{"--scrape.timestamp-tolerance=5ms", func(o app.Options) any { return o.Scrape.TimestampTolerance }, 5 * time.Millisecond},
		{"--scrape.discovery-reload-interval=1s", func(o app.Options) any { return o.Scrape.DiscoveryReloadInterval }, time.Second},
		{"--path.procfs=/host/proc --path.sysfs=/host/sys --path.rootfs=/host", func(o app.Options) any { return o.Scrape.Node }, app.NodeOptions{ProcPath: "/host/proc", SysPath: "/host/sys", RootfsPath: "/host"}},
		{"--memory.limit=64MB", func(o app.Options) any { return o.Memory.LimitBytes }, int64(64 << 20)},
		{"--no-auto-gomemlimit", func(o app.Options) any { return o.Memory.KeepGoal }, true},
		{"--auto-gomemlimit.ratio=0.5", func(o app.Options) any { return o.Memory.Ratio }, 0.5},
		{"--storage.tsdb.max-series=7", func(o app.Options) any { return o.Storage.MaxSeries }, 7},
		{"--scrape.max-series-per-target=5", func(o app.Options) any { return o.Scrape.MaxSeriesPerTarget }, 5},
		{"--enable-feature=exemplar-storage", func(o app.Options) any { return o.Storage.MaxExemplars }, int64(100_000)},
		{"--log.level=warn", func(o app.Options) any { return o.Logger.Enabled(t.Context(), 0) }, false},
		{"serve --web.page-title x", func(o app.Options) any { return o.Flags["web.page-title"] }, "x"},
	} {
		o, _, err := serveOptions(t, strings.Fields(c.args)...)
		if err != nil {
			t.Errorf("%s: %v", c.args, err)
			continue
		}
		if got := c.got(o); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %v, want %v", c.args, got, c.want)
		}
	}
}

func TestAcceptedWithoutEffect(t *testing.T) {
	o, f, err := serveOptions(t, "--web.console.libraries=/usr/share/prometheus", "--storage.tsdb.no-lockfile",
		"--enable-feature=old-ui,promql-per-step-stats", "--enable-feature=native-histograms,nonsense", "--no-storage.tsdb.wal-compression")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"--web.console.libraries", "--storage.tsdb.no-lockfile", "--storage.tsdb.wal-compression", "--enable-feature=old-ui"}
	if !slices.Equal(o.WithoutEffect, want) {
		t.Errorf("without effect: %q, want %q", o.WithoutEffect, want)
	}
	if !reflect.DeepEqual(o.Features, map[string]bool{"promql-per-step-stats": true, "native-histograms": true}) {
		t.Errorf("features: %v", o.Features)
	}
	if !slices.Equal(f.unknownFeatures, []string{"nonsense"}) {
		t.Errorf("unknown features: %q", f.unknownFeatures)
	}
}

func TestFeatureHint(t *testing.T) {
	f := &serveFlags{}
	for name, want := range map[string]string{
		"examplar-storage":   "did you mean exemplar-storage?",
		"promql-at-modifier": "it is always on",
		"zzz":                "monopod help serve lists the features",
	} {
		if got := f.featureHint(name); got != want {
			t.Errorf("hint for %s: %q, want %q", name, got, want)
		}
	}
}

func TestRefusedOptions(t *testing.T) {
	for args, want := range map[string]string{
		"--agent":                                     "agent mode is not available",
		"--storage.agent.path=x":                      "--storage.agent.path: only for agent mode",
		"--auto-gomemlimit.ratio=0":                   "must be greater than 0 and at most 1",
		"--memory.limit=1MB":                          "must be at least 32MiB",
		"--storage.tsdb.max-series=-1":                "must not be negative",
		"--scrape.max-series-per-target=-1":           "must not be negative",
		"--auto-gomemlimit.ratio=1.5":                 "must be greater than 0 and at most 1",
		"--query.max-concurrency=0":                   "--query.max-concurrency=0: must be at least 1",
		"--web.max-connections=-1":                    "--web.max-connections=-1: must be at least 1",
		"--web.external-url='http://a'":               "must not begin or end with quotes",
		"--web.external-url=http:///a":                "has no host",
		"--web.external-url=:a":                       "missing protocol scheme",
		"--web.cors.origin=(":                         "missing closing )",
		"--config.file=/no/such.yml":                  "--config.file=/no/such.yml: no such file or directory",
		"--query.timeout=soon":                        `flag --query.timeout=soon: not a valid duration string: "soon"`,
		"--storage.tsdb.retention.size=1XB":           "flag --storage.tsdb.retention.size=1XB: ",
		"--web.console.template=x":                    "did you mean --web.console.templates?",
		"--storage.tsdb.retention=15d":                "it is called --storage.tsdb.retention.time now",
		"--alertmanager.timeout=10s":                  "it moved to the config file",
		"--rules.max-concurrent-evals=many":           "flag --rules.max-concurrent-evals=many: ",
		"--web.listen-address":                        "expected argument for flag '--web.listen-address'",
		"--storage.tsdb.path=a --storage.tsdb.path=b": "flag 'storage.tsdb.path' cannot be repeated",
	} {
		_, _, err := serveOptions(t, strings.Fields(args)...)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one with %q", args, err, want)
		}
	}
}

// Prometheus's own source is the list of flags and features to take.
func TestTakesPrometheusFlags(t *testing.T) {
	dir, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "github.com/prometheus/prometheus").Output()
	if err != nil {
		t.Fatalf("finding Prometheus's source: %v", err)
	}
	source, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), "cmd/prometheus/main.go"))
	if err != nil {
		t.Fatal(err)
	}
	_, f, err := serveOptions(t)
	if err != nil {
		t.Fatal(err)
	}
	names := regexp.MustCompile(`(?:a\.Flag\(|OnlyFlag\(a, )\s*"([a-z.0-9-]+)"`).FindAllStringSubmatch(string(source), -1)
	if len(names) < 60 {
		t.Fatalf("found only %d flags in Prometheus's source", len(names))
	}
	for _, n := range names {
		// The one that prints Prometheus's own documentation and ends.
		if n[1] != "write-documentation" && f.command.GetFlag(n[1]) == nil {
			t.Errorf("flag --%s of Prometheus is not taken", n[1])
		}
	}
	_, list, _ := strings.Cut(string(source), "setFeatureListOptions(")
	list, _, _ = strings.Cut(list, "default:")
	features := regexp.MustCompile(`case "([a-z0-9-]+)":`).FindAllStringSubmatch(list, -1)
	if len(features) < 20 {
		t.Fatalf("found only %d features in Prometheus's source", len(features))
	}
	for _, n := range features {
		if !slices.ContainsFunc(knownFeatures, func(k feature) bool { return k.name == n[1] }) {
			t.Errorf("feature %s of Prometheus is not known", n[1])
		}
	}
}
