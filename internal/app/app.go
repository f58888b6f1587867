// Package app puts the program together: it builds the components in order,
// runs them, swaps their configuration, and ends them in the reverse order.
//
// A component is one part with a life of its own; each has a function here that
// makes it. A source is the view that the HTTP server has of a component.
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/prometheus/promql"
	"golang.org/x/sync/errgroup"

	"monopod/internal/auth"
	"monopod/internal/buildinfo"
	"monopod/internal/config"
	"monopod/internal/datasource"
	"monopod/internal/discovery"
	"monopod/internal/events"
	"monopod/internal/filewatch"
	"monopod/internal/grafanaapi"
	"monopod/internal/httpapi"
	"monopod/internal/probe/node"
	"monopod/internal/probe/self"
	"monopod/internal/provision"
	"monopod/internal/remote"
	"monopod/internal/scrape"
	"monopod/internal/tsdb"
)

// program is what the components share.
type program struct {
	Options
	build    buildinfo.Info
	registry *prometheus.Registry

	storage      *storageSource
	memory       *memory
	node         *node.Node // nil where a configuration is given
	reloader     *config.Reloader
	scrape       *scrape.Manager
	discovery    *discovery.Manager
	otlp         *remote.OTLPHandler // nil where OTLP is not received
	state        *openedState
	hub          *events.Hub
	dashboards   *grafanaapi.Dashboards
	engine       *promql.Engine
	sources      *datasource.Sources
	provisioning *provision.Service
	auth         *auth.Service
	guard        auth.Guard // of all routes
	// ownHandler answers what data sources forward to Monopod itself.
	ownHandler laterHandler
}

// Run runs the program until the context ends or a component fails, and returns
// when everything has ended in order.
func Run(ctx context.Context, o Options) error {
	ctx, quit := context.WithCancel(ctx)
	defer quit()
	p := &program{Options: o, build: buildinfo.Read(), registry: prometheus.NewRegistry(), hub: &events.Hub{}}
	if err := p.prepare(ctx); err != nil {
		return err
	}
	err := p.serve(ctx, quit)
	if err = errors.Join(err, p.closeDataSources(), p.closeState()); err != nil {
		return err
	}
	p.Logger.Info("Ended in order")
	return nil
}

// prepare makes the components and opens the state.
func (p *program) prepare(ctx context.Context) error {
	p.storage = p.newStorage()
	p.Logger.Info("Starting Monopod", "version", p.build.Version, "revision", p.build.Revision, "go", p.build.GoVersion)
	if len(p.WithoutEffect) > 0 {
		p.Logger.Warn("Flags that are accepted and have no effect", "flags", strings.Join(p.WithoutEffect, " "))
	}
	if err := self.Register(p.registry, p.build); err != nil {
		return err
	}
	p.newMemory()
	if err := p.newNode(); err != nil {
		return err
	}

	// A configuration that cannot be used is said before the data directory is
	// touched, and a port that is taken before the samples are. The reloader reads the configuration again when
	// all are there to follow it.
	p.setDefaults()
	if _, err := p.load(); err != nil {
		return fmt.Errorf("load the configuration: %w", err)
	}
	if err := p.newComponents(); err != nil {
		return err
	}
	return p.openState(ctx)
}

// serve answers, and runs everything else, on a state that is open.
func (p *program) serve(ctx context.Context, quit func()) error {
	var err error
	if p.auth, err = p.newAuth(ctx); err != nil {
		return err
	}
	p.guard = p.auth
	server, err := p.newServer(ctx, quit)
	if err != nil {
		return err
	}
	if err := server.Listen(); err != nil {
		return err
	}

	// The server answers from here on, so that a long replay can be watched; it
	// outlives all else but storage, so that the last requests are answered.
	serving, stopServing := context.WithCancel(context.WithoutCancel(ctx))
	defer stopServing()
	served := make(chan error, 1)
	go func() {
		served <- server.Serve(serving)
		quit()
	}()
	return p.runWithStorage(ctx, server, func() error {
		stopServing()
		return <-served
	})
}

// newComponents makes what follows the configuration. None of it does anything
// before run.
func (p *program) newComponents() error {
	var err error
	if p.discovery, err = discovery.New(discovery.Options{
		Logger: p.component("discovery"), Registerer: p.registry, MaxDelay: p.Scrape.DiscoveryReloadInterval,
	}); err != nil {
		return err
	}
	if p.scrape, err = p.newScrape(); err != nil {
		return err
	}
	o := config.ReloaderOptions{
		Load: p.load,
		Apply: []config.Applier{
			{Name: "scraping", Apply: func(l *config.Loaded) error { return p.scrape.ApplyConfig(l.Config) }},
			{Name: "limits", Apply: p.applyLimits},
			{Name: "discovery", Apply: func(l *config.Loaded) error { return p.discovery.ApplyConfig(l.Jobs) }},
		},
		Logger: p.component("config"), Registerer: p.registry,
	}
	if p.WatchConfig && p.ConfigFile != "" {
		o.Path = p.ConfigFile
		o.Watcher = filewatch.New(filewatch.Options{Logger: p.component("filewatch"), Poll: p.WatchInterval})
	}
	p.reloader, err = config.NewReloader(o)
	return err
}

// runWithStorage opens the data directory, runs everything that needs it, and
// closes it last. The server is stopped in between.
func (p *program) runWithStorage(ctx context.Context, server *httpapi.Server, stopServer func() error) error {
	db, err := p.openStorage(ctx)
	if err != nil {
		return errors.Join(err, stopServer())
	}
	p.storage.open(db)
	p.memory.settle()
	err = p.run(ctx, server)
	server.SetReady(httpapi.Stopping)
	return errors.Join(err, stopServer(), p.closeRemote(), db.Close())
}

// run scrapes until the context ends.
func (p *program) run(ctx context.Context, server *httpapi.Server) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { p.memory.run(ctx); return nil })
	group.Go(func() error { p.dashboards.Follow(ctx, p.hub); return nil })
	group.Go(func() error { p.provisioning.Run(ctx); return nil })
	group.Go(func() error { return p.discovery.Run(ctx) })
	group.Go(func() error { return p.scrape.Run(ctx, p.discovery.SyncCh()) })
	group.Go(func() error {
		if err := p.reloader.Reload(ctx, config.TriggerStart); err != nil {
			return fmt.Errorf("apply the configuration: %w", err)
		}
		server.SetReady(httpapi.Ready)
		p.Logger.Info("Ready", "url", p.address(server))
		group.Go(func() error { p.releaseStart(ctx); return nil })
		group.Go(func() error { p.reloader.Run(ctx); return nil })
		p.followSignals(ctx)
		return nil
	})
	err := group.Wait()
	p.scrape.Stop()
	return err
}

// followSignals reloads when a signal asks for it.
func (p *program) followSignals(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-p.Reload:
		}
		if err := p.reloader.Reload(ctx, config.TriggerSignal); err != nil && ctx.Err() == nil {
			p.component("config").Error("The configuration was not taken, the last good one stays in force", "err", err)
		}
	}
}

func (p *program) component(name string) *slog.Logger { return p.Logger.With("component", name) }

// address is where a person on this machine can reach the server.
func (p *program) address(server *httpapi.Server) string {
	return "http://" + localAddress(server.Addresses()[0].String()) + p.Web.RoutePrefix
}

func (p *program) openStorage(ctx context.Context) (*tsdb.DB, error) {
	began := time.Now()
	db, err := tsdb.Open(p.storage.options)
	if err != nil {
		return nil, fmt.Errorf("open the data directory: %w", err)
	}
	if ctx.Err() != nil {
		return nil, errors.Join(ctx.Err(), db.Close())
	}
	p.component("tsdb").Info("Storage is open", "path", p.Storage.Path, "duration", time.Since(began).Round(time.Millisecond))
	return db, nil
}
