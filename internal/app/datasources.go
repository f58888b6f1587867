package app

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"

	"monopod/internal/auth"
	"monopod/internal/datasource"
	"monopod/internal/datasource/all"
	"monopod/internal/datasource/prometheus"
	"monopod/internal/grafanaapi"
)

// defaultScrapeInterval is that of a configuration that says nothing.
const defaultScrapeInterval = time.Minute

// dataSourceRoutes opens the data sources, and answers about them.
func (p *program) dataSourceRoutes(ctx context.Context) ([]auth.Route, error) {
	store, err := datasource.NewStore(ctx, datasource.StoreOptions{DB: p.state.db, Box: p.state.box})
	if err != nil {
		return nil, err
	}
	local := prometheus.Local{
		Engine: p.engine, Queryable: p.storage, Parser: p.parser(),
		Ready:    func() bool { return p.storage.db.Load() != nil },
		Interval: p.scrapeInterval,
	}
	if p.Storage.MaxExemplars > 0 {
		local.Exemplars = p.storage
	}
	p.sources = datasource.New(datasource.Options{
		Store: store, Kinds: all.Kinds(), Logger: p.component("datasources"), Events: p.hub,
		Local: prometheus.OpenLocal(local), Grafana: all.Grafana(),
		LocalInterval: func() string { return p.scrapeInterval().String() },
		Environment:   datasource.Environment{Guard: &datasource.Guard{AllowMetadata: p.DataSources.AllowLinkLocal}, Limits: datasource.DefaultLimits(), UserAgent: p.build.UserAgent()},
	})
	return grafanaapi.NewDataSources(grafanaapi.DataSourcesOptions{
		Logger: p.component("datasources"), Sources: p.sources, Local: &p.ownHandler, Prefix: p.routePrefix(),
	}).Routes(), nil
}

// laterHandler is a handler that is there before the one that it stands for.
type laterHandler struct{ handler atomic.Pointer[http.Handler] }

func (l *laterHandler) set(h http.Handler) { l.handler.Store(&h) }

func (l *laterHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h := l.handler.Load(); h != nil {
		(*h).ServeHTTP(w, r)
		return
	}
	http.Error(w, "Monopod is starting", http.StatusServiceUnavailable)
}

// scrapeInterval is the global one: steps of Monopod's own data do not go below.
func (p *program) scrapeInterval() time.Duration {
	if l := p.reloader.Current(); l != nil {
		return time.Duration(l.Config.GlobalConfig.ScrapeInterval)
	}
	return defaultScrapeInterval
}

// closeDataSources closes the connections to other sources.
func (p *program) closeDataSources() error {
	if p.sources == nil {
		return nil
	}
	return p.sources.Close()
}
