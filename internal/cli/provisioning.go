package cli

import (
	"cmp"
	"os"

	"github.com/alecthomas/kingpin/v2"

	"monopod/internal/app"
)

// defaultProvisioning is where Grafana's packages and images have it.
const defaultProvisioning = "/etc/grafana/provisioning"

func (f *serveFlags) declareProvisioning(c *kingpin.CmdClause) {
	c.Flag("grafana.provisioning", "Grafana's provisioning directory: datasources/*.yaml and dashboards/*.yaml. A changed file is applied within a second. Default: $GF_PATHS_PROVISIONING, else "+defaultProvisioning+" where it exists.").
		PlaceHolder("DIR").StringVar(&f.provisioning)
	c.Flag("grafana.home-dashboard", "File with the dashboard that is shown first. Default: $GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH.").
		PlaceHolder("FILE").StringVar(&f.homeDashboard)
}

// provisioningOptions finds the directory, and lends files the environment.
func (f *serveFlags) provisioningOptions() app.ProvisioningOptions {
	o := app.ProvisioningOptions{
		Path:          cmp.Or(f.provisioning, os.Getenv("GF_PATHS_PROVISIONING")),
		HomeDashboard: cmp.Or(f.homeDashboard, os.Getenv("GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH")),
		Env:           os.LookupEnv,
	}
	if o.Path == "" {
		if info, err := os.Stat(defaultProvisioning); err == nil && info.IsDir() {
			o.Path = defaultProvisioning
		}
	}
	return o
}
