package app

import (
	"context"
	"fmt"
	"net"
	"os"

	promconfig "github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/model/labels"

	"monopod/internal/config"
	"monopod/internal/httpapi"
)

// The jobs of a program that was given no configuration.
const (
	jobNode = "node"
	jobSelf = "monopod"
)

// nodePath is where this machine's metrics are served, beside our own.
const nodePath = "/metrics/node"

// supported are the sections of a configuration that this version acts on.
var supported = []string{
	"runtime",
	"global.scrape_failure_log_file",
	"scrape_configs[].scrape_failure_log_file",
	"storage.tsdb.retention",
	"storage.tsdb.out_of_order_time_window",
	"storage.exemplars",
	"otlp",
}

// setDefaults changes what a configuration means that does not say. The defaults
// are variables of Prometheus's package, and this is where it is meant to be done.
func (p *program) setDefaults() {
	d := &promconfig.DefaultGlobalConfig
	if p.Features["extra-scrape-metrics"] {
		on := true
		d.ExtraScrapeMetrics = &on
	}
	if p.Features["created-timestamp-zero-ingestion"] {
		d.ScrapeProtocols = promconfig.DefaultProtoFirstScrapeProtocols
	}
	promconfig.DefaultConfig.GlobalConfig = *d
}

// load reads the configuration anew.
func (p *program) load() (*config.Loaded, error) {
	o := config.Options{Logger: p.component("config"), Supports: supported, Parser: p.parser()}
	if p.ConfigFile != "" {
		return config.Load(p.ConfigFile, o)
	}
	host, err := os.Hostname()
	if err != nil {
		return nil, fmt.Errorf("name this machine: %w", err)
	}
	address := localAddress(p.Web.ListenAddresses[0])
	return config.Default(o,
		config.DefaultJob{Name: jobNode, Address: address, MetricsPath: p.routePrefix() + nodePath, Labels: map[string]string{"instance": host}},
		config.DefaultJob{Name: jobSelf, Address: address, MetricsPath: p.routePrefix() + "/metrics", Labels: map[string]string{"instance": host}},
	)
}

// localAddress is where a listener can be reached from this machine.
func localAddress(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return listen
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return net.JoinHostPort(host, port)
}

func (p *program) routePrefix() string {
	switch {
	case p.Web.RoutePrefix == "/":
		return ""
	case p.Web.RoutePrefix == "" && p.Web.ExternalURL != nil:
		return p.Web.ExternalURL.Path
	}
	return p.Web.RoutePrefix
}

// configSource shows the configuration to the HTTP server.
type configSource struct{ reloader *config.Reloader }

func (c configSource) YAML() string {
	if l := c.reloader.Current(); l != nil {
		return l.Redacted()
	}
	return ""
}

func (c configSource) ExternalLabels() labels.Labels {
	if l := c.reloader.Current(); l != nil {
		return l.Config.GlobalConfig.ExternalLabels
	}
	return labels.EmptyLabels()
}

func (c configSource) LastReload() httpapi.Reload {
	s := c.reloader.Status()
	return httpapi.Reload{
		Successful: s.Successful, Error: s.Error, Cause: string(s.Trigger),
		Attempt: s.LastAttempt, Success: s.LastSuccess,
	}
}

func (p *program) reloadOverHTTP(ctx context.Context) error {
	return p.reloader.Reload(ctx, config.TriggerHTTP)
}
