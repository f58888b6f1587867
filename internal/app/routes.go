package app

import (
	"context"

	"monopod/internal/auth"
)

// routes gathers what the parts of the program answer beside Prometheus's API.
// It is called once, after the state was opened.
func (p *program) routes(ctx context.Context) ([]auth.Route, error) {
	var all []auth.Route
	for _, part := range []func(context.Context) ([]auth.Route, error){
		p.peopleRoutes,
		p.dashboardRoutes,
		p.dataSourceRoutes,
		p.provisioningRoutes, // after the two that it fills
	} {
		routes, err := part(ctx)
		if err != nil {
			return nil, err
		}
		all = append(all, routes...)
	}
	return all, nil
}
