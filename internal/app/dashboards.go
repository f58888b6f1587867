package app

import (
	"context"

	"monopod/internal/auth"
	"monopod/internal/dashboard"
	"monopod/internal/dashboard/shipped"
	"monopod/internal/dashboard/store"
	"monopod/internal/grafanaapi"
)

// grafanaVersion is the one whose HTTP API is answered.
const grafanaVersion = "12.2.0"

// dashboardRoutes makes the store of dashboards and what answers about it.
func (p *program) dashboardRoutes(ctx context.Context) ([]auth.Route, error) {
	s, err := store.New(ctx, store.Options{DB: p.state.db, Hub: p.hub})
	if err != nil {
		return nil, err
	}
	if err := shipped.Provision(ctx, s); err != nil {
		p.component("dashboards").Error("The dashboards of the program are not as they should be", "err", err)
	}
	p.dashboards = grafanaapi.NewDashboards(grafanaapi.DashboardsOptions{
		Store: s, Home: p.homeDashboard, DefaultHome: shipped.Home, DataSource: p.dataSourceByName,
	})
	server := grafanaapi.NewServer(grafanaapi.ServerOptions{
		Version: grafanaVersion, Monopod: p.build.Version, Revision: p.build.Revision, BasePath: p.Web.RoutePrefix, Anonymous: p.People.Anonymous > auth.None,
		Check: func(ctx context.Context) error { return p.state.db.Read().PingContext(ctx) },
	})
	return append(p.dashboards.Routes(), server.Routes()...), nil
}

// homeDashboard is what whoever asks has chosen; empty: nothing.
func (p *program) homeDashboard(ctx context.Context) string {
	chosen, err := p.auth.EffectivePreferences(ctx, auth.FromContext(ctx))
	if err != nil {
		p.component("dashboards").Error("The choice of a home dashboard cannot be read; the usual one is shown", "err", err)
	}
	return chosen.HomeDashboardUID
}

// dataSourceByName finds a data source for the dashboards that name one.
func (p *program) dataSourceByName(name string) (dashboard.DataSourceRef, bool) {
	s, err := p.sources.ByName(context.Background(), name)
	if err != nil {
		return dashboard.DataSourceRef{}, false
	}
	return dashboard.DataSourceRef{Type: s.Type, UID: s.UID}, true
}
