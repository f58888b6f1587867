package app

import (
	"context"
	"time"

	"monopod/internal/auth"
	"monopod/internal/filewatch"
	"monopod/internal/provision"
)

// provisioningSettle is how long a changed file must stay the same. A file that is
// gone must for ten times as long: with it, a change is there within a second.
const provisioningSettle = 60 * time.Millisecond

// provisioningRoutes makes data sources and dashboards what files say. What cannot
// be taken is said, and keeps nothing else from starting.
func (p *program) provisioningRoutes(ctx context.Context) ([]auth.Route, error) {
	logger := p.component("provisioning")
	o := provision.Options{
		Root: p.Provisioning.Path, Home: p.Provisioning.HomeDashboard, Env: p.Provisioning.Env,
		Dashboards: p.dashboards.Store, DataSources: p.sources, Logger: logger,
		Watcher: filewatch.New(filewatch.Options{Logger: p.component("filewatch"), Settle: provisioningSettle, Poll: p.WatchInterval}),
	}
	var err error
	if o.Root != "" {
		if o.ConfigMaps, err = provision.InCluster(); err != nil {
			logger.Warn("Dashboards are not written back to their ConfigMaps", "err", err)
		}
	}
	p.provisioning = provision.New(o)
	p.provisioning.ReloadAndTell(ctx)
	p.dashboards.Provisioner = p.provisioning
	if uid := p.provisioning.HomeUID(); uid != "" {
		p.dashboards.DefaultHome = uid
	}
	return p.provisioning.Routes(), nil
}
