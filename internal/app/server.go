package app

import (
	"context"
	"fmt"
	"io/fs"
	"net/http"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"monopod/internal/httpapi"
	"monopod/internal/probe/node"
	"monopod/internal/scrape"
	"monopod/ui"
)

func (p *program) newServer(ctx context.Context, quit func()) (*httpapi.Server, error) {
	dist, err := fs.Sub(ui.Dist, "dist")
	if err != nil {
		return nil, fmt.Errorf("read the UI: %w", err)
	}
	p.engine = p.newEngine()
	o := httpapi.Options{
		Logger:     p.component("web"),
		Registerer: p.registry,
		Gatherer:   p.registry,

		ListenAddresses: p.Web.ListenAddresses,
		WebConfigFile:   p.Web.ConfigFile,
		ReadTimeout:     p.Web.ReadTimeout,
		MaxConnections:  p.Web.MaxConnections,
		ExternalURL:     p.Web.ExternalURL,
		RoutePrefix:     p.Web.RoutePrefix,
		CORSOrigin:      p.Web.CORSOrigin,
		PageTitle:       p.Web.PageTitle,
		UI:              dist,

		EnableLifecycle: p.Web.EnableLifecycle,
		EnableAdminAPI:  p.Web.EnableAdminAPI,
		Reload:          p.reloadOverHTTP,
		Quit:            quit,

		Engine:        p.engine,
		Queryable:     p.storage,
		Parser:        p.parser(),
		LookbackDelta: p.Query.LookbackDelta,

		Config: configSource{p.reloader},
		Flags:  p.Flags,
		Build: httpapi.Build{
			Version: p.build.Prometheus, Revision: p.build.Revision, Branch: p.build.Branch, User: p.build.User,
			Date: p.build.Date, GoVersion: p.build.GoVersion, Monopod: p.build.Version,
		},
		Storage:  p.storage,
		Admin:    p.storage,
		DataDir:  p.Storage.Path,
		Targets:  targetSource{p.scrape},
		Memory:   p.memory,
		Features: p.features,
		Hub:      p.hub,
	}
	if p.Storage.MaxExemplars > 0 {
		o.Exemplars = p.storage
	}
	if p.node != nil {
		o.Node = p.node
	}
	if err := p.addRemote(&o); err != nil {
		return nil, err
	}
	o.Guard = p.guard
	if o.Routes, err = p.routes(ctx); err != nil {
		return nil, err
	}
	server, err := httpapi.New(o)
	if err == nil {
		p.ownHandler.set(server.Handler())
	}
	return server, err
}

// features is what /api/v1/features answers beside the server's own.
func (p *program) features() map[string]map[string]bool {
	return map[string]map[string]bool{
		"promql":  {"experimental_functions": p.Features["promql-experimental-functions"]},
		"storage": {"exemplars": p.Storage.MaxExemplars > 0},
	}
}

func (p *program) newScrape() (*scrape.Manager, error) {
	o := scrape.Options{
		Logger:             p.component("scrape"),
		Registerer:         p.registry,
		Writer:             p.storage,
		UserAgent:          p.build.UserAgent(),
		Exemplars:          p.Storage.MaxExemplars > 0,
		TypeAndUnitLabels:  p.Features["type-and-unit-labels"],
		StartTimestamps:    p.Features["created-timestamp-zero-ingestion"],
		DiscoveryInterval:  p.Scrape.DiscoveryReloadInterval,
		TimestampTolerance: p.Scrape.TimestampTolerance,
		Compression:        scrape.Compression(p.Scrape.Compression),
		LargestBody:        p.memory.state.Load().Bodies,
		Admit:              p.memory.admit,
		Stretch:            p.memory.stretch,
	}
	if !p.Scrape.AdjustTimestamps {
		o.TimestampTolerance = -1
	}
	if p.ConfigFile == "" {
		// The default jobs name this server; they are answered without a socket, so
		// that TLS and passwords of the web config need no second copy.
		o.Local = map[string]http.Handler{localAddress(p.Web.ListenAddresses[0]): p.local()}
	}
	m, err := scrape.New(o)
	if err == nil {
		p.memory.each = m.Each
	}
	return m, err
}

// newNode opens the collectors of this machine where the default jobs need them.
func (p *program) newNode() error {
	if p.ConfigFile != "" {
		return nil
	}
	n, err := node.New(node.Options{
		Logger: p.component("node"), Version: p.build.NodeExporter,
		ProcPath: p.Scrape.Node.ProcPath, SysPath: p.Scrape.Node.SysPath, RootfsPath: p.Scrape.Node.RootfsPath,
	})
	if err != nil {
		return fmt.Errorf("monitor this machine: %w", err)
	}
	p.node = n
	return nil
}

// local answers the default jobs.
func (p *program) local() http.Handler {
	mux := http.NewServeMux()
	mux.Handle(p.routePrefix()+"/metrics", promhttp.HandlerFor(p.registry, promhttp.HandlerOpts{}))
	mux.Handle(p.routePrefix()+nodePath, p.node)
	return mux
}
