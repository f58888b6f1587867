package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/alecthomas/units"
	"github.com/prometheus/common/model"
	"github.com/prometheus/common/promslog"

	"monopod/internal/app"
	"monopod/internal/remote"
)

// leastMemory is the least that --memory.limit takes: the program itself needs it.
const leastMemory = 32 << 20

const defaultRetention = 15 * 24 * time.Hour

func (p *program) addServe() {
	c := p.app.Command("serve", "Run the server: scrape, store, answer queries, show the UI. This is what happens without a command.").Default()
	c.HelpLong(`  monopod serve
  monopod serve --config.file=/etc/prometheus/prometheus.yml --storage.tsdb.path=/prometheus
  monopod serve --web.listen-address=127.0.0.1:9090 --storage.tsdb.retention.time=90d
  kill -HUP $(pidof monopod)    # read the config file again`)
	f := declareServeFlags(c)
	p.serveFlags = f
	p.on(c, func(ctx context.Context) error {
		o, err := f.options(p)
		if err != nil {
			return err
		}
		return p.serve(ctx, f, o)
	})
}

// serve runs the server until it is told to end.
func (p *program) serve(ctx context.Context, f *serveFlags, o app.Options) error {
	f.limitThreads()
	for _, name := range f.unknownFeatures {
		o.Logger.Warn("Unknown option for --enable-feature", "option", name, "hint", f.featureHint(name))
	}
	ctx, reload, stop := signals(ctx, o.Logger, os.Exit)
	defer stop()
	o.Reload = reload
	return app.Run(ctx, o)
}

// options checks what no single flag could, and translates.
func (f *serveFlags) options(p *program) (app.Options, error) {
	if f.agent {
		return app.Options{}, usagef("--agent: agent mode is not available: leave the flag out, and Monopod scrapes and stores here")
	}
	if len(f.agentOnly) > 0 {
		return app.Options{}, usagef("%s: only for agent mode, which is not available: leave it out", strings.Join(f.agentOnly, ", "))
	}
	if f.memlimitRatio <= 0 || f.memlimitRatio > 1 {
		return app.Options{}, usagef("--auto-gomemlimit.ratio=%v: must be greater than 0 and at most 1", f.memlimitRatio)
	}
	for name, n := range map[string]int{
		"web.max-connections": f.maxConnections, "query.max-concurrency": f.queryConcurrency, "query.max-samples": f.queryMaxSamples,
		"storage.remote.read-concurrent-limit": f.remoteReadConcurrency, "storage.remote.read-max-bytes-in-frame": f.remoteReadFrame,
	} {
		if n < 1 {
			return app.Options{}, usagef("--%s=%d: must be at least 1", name, n)
		}
	}
	for name, n := range map[string]int{"storage.tsdb.max-series": f.maxSeries, "scrape.max-series-per-target": f.maxSeriesPerTarget} {
		if n < 0 {
			return app.Options{}, usagef("--%s=%d: must not be negative", name, n)
		}
	}
	if f.memoryLimit < 0 || f.memoryLimit > 0 && f.memoryLimit < leastMemory {
		return app.Options{}, usagef("--memory.limit=%s: must be at least %s", f.memoryLimit, units.Base2Bytes(leastMemory))
	}
	f.takeRootURL()
	external, err := externalURL(f.externalURL)
	if err != nil {
		return app.Options{}, usagef("--web.external-url=%s: %w", f.externalURL, err)
	}
	origin, err := corsOrigin(f.corsOrigin)
	if err != nil {
		return app.Options{}, usagef("--web.cors.origin=%s: %w", f.corsOrigin, err)
	}
	if f.configFile != "" {
		if err := readable(f.configFile); err != nil {
			return app.Options{}, fmt.Errorf("--config.file=%s: %w: give the path of a prometheus.yml, or leave the flag out to monitor this machine", f.configFile, err)
		}
	}
	features := f.parseFeatures()
	if features["otlp-deltatocumulative"] && features["otlp-native-delta-ingestion"] {
		return app.Options{}, usagef("--enable-feature: otlp-deltatocumulative and otlp-native-delta-ingestion exclude each other: deltas are either added up or stored as they are")
	}
	people, err := f.people()
	if err != nil {
		return app.Options{}, err
	}
	secret, err := secretKey()
	if err != nil {
		return app.Options{}, err
	}

	o := app.Options{
		People:        people,
		SecretKey:     secret,
		Provisioning:  f.provisioningOptions(),
		DataSources:   app.DataSourceOptions{AllowLinkLocal: f.allowLinkLocal},
		Logger:        f.logger(p),
		ConfigFile:    f.configFile,
		WatchConfig:   f.autoReload,
		WatchInterval: max(time.Duration(f.autoReloadInterval), time.Second),
		Web: app.WebOptions{
			ListenAddresses: f.listenAddresses,
			ConfigFile:      f.webConfigFile,
			ReadTimeout:     time.Duration(f.readTimeout),
			MaxConnections:  f.maxConnections,
			ExternalURL:     external,
			RoutePrefix:     routePrefix(f.routePrefix),
			EnableLifecycle: f.enableLifecycle,
			EnableAdminAPI:  f.enableAdminAPI,
			CORSOrigin:      origin,
			PageTitle:       f.pageTitle,
		},
		Storage: app.StorageOptions{
			Path:           f.storagePath,
			Retention:      time.Duration(f.retentionTime),
			RetentionBytes: int64(f.retentionSize),
			Retention5m:    time.Duration(f.retention5m),
			Retention1h:    time.Duration(f.retention1h),
			BlockDuration:  time.Duration(f.minBlockDuration),
			MaxSeries:      f.maxSeries,
		},
		Memory: app.MemoryOptions{
			LimitBytes: int64(f.memoryLimit),
			// What the environment sets goes first, as in every Go program.
			KeepGoal: !f.memlimit || os.Getenv("GOMEMLIMIT") != "",
			Ratio:    f.memlimitRatio,
			Root:     os.DirFS("/"),
		},
		Query: app.QueryOptions{
			LookbackDelta:  time.Duration(f.lookbackDelta),
			Timeout:        time.Duration(f.queryTimeout),
			MaxConcurrency: f.queryConcurrency,
			MaxSamples:     f.queryMaxSamples,
		},
		Scrape: app.ScrapeOptions{
			DiscoveryReloadInterval: time.Duration(f.discoveryReloadInterval),
			AdjustTimestamps:        f.adjustTimestamps,
			TimestampTolerance:      f.timestampTolerance,
			Compression:             f.scrapeCompression,
			MaxSeriesPerTarget:      f.maxSeriesPerTarget,
			Node:                    app.NodeOptions{ProcPath: f.procPath, SysPath: f.sysPath, RootfsPath: f.rootfsPath},
		},
		Remote: app.RemoteOptions{
			Write:           f.remoteWrite,
			OTLP:            f.otlp,
			ReadSampleLimit: f.remoteReadSamples,
			ReadConcurrency: f.remoteReadConcurrency,
			ReadFrameBytes:  f.remoteReadFrame,
		},
		Features:      features,
		Flags:         f.values(),
		WithoutEffect: f.withoutEffect,
	}
	for _, m := range f.remoteWriteMessages {
		o.Remote.WriteMessages = append(o.Remote.WriteMessages, remote.Message(m))
	}
	if f.retentionTime == 0 && f.retentionSize == 0 {
		o.Storage.Retention = defaultRetention
	}
	if features["exemplar-storage"] {
		o.Storage.MaxExemplars = 100_000 // Prometheus's default of storage.exemplars.max_exemplars
	}
	return o, nil
}

func (f *serveFlags) logger(p *program) *slog.Logger {
	return promslog.New(&promslog.Config{Level: f.logLevel, Format: f.logFormat, Writer: p.Err})
}

// values is every flag of the server and its value, as /flags shows them.
func (f *serveFlags) values() map[string]string {
	values := map[string]string{}
	for _, flag := range f.command.Model().Flags {
		values[flag.Name] = flag.Value.String()
	}
	return values
}

// externalURL returns nil where none is given: host and port are not known
// before the server listens.
func externalURL(s string) (*url.URL, error) {
	if s == "" {
		return nil, nil
	}
	if strings.ContainsAny(s[:1]+s[len(s)-1:], `"'`) {
		return nil, errors.New("must not begin or end with quotes")
	}
	u, err := url.Parse(s)
	if err != nil {
		return nil, err
	}
	if u.Scheme != "" && u.Host == "" {
		return nil, errors.New("has no host: write http://HOST:PORT/PATH")
	}
	u.Path = routePrefix(u.Path)
	return u, nil
}

// routePrefix begins with a slash and does not end in one, or is empty.
func routePrefix(s string) string {
	if s == "/" {
		return s
	}
	if s = strings.Trim(s, "/"); s == "" {
		return ""
	}
	return "/" + s
}

// corsOrigin returns nil for any origin.
func corsOrigin(s string) (*regexp.Regexp, error) {
	if s == ".*" {
		return nil, nil
	}
	return regexp.Compile("^(?s:" + s + ")$")
}

func readable(path string) error {
	file, err := os.Open(path)
	if err == nil {
		return file.Close()
	}
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// duration is a flag in Prometheus's notation: 15d, 1h30m.
type duration = model.Duration
