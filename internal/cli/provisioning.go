package cli

import (
	"cmp"
	"os"
	"strings"

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
	c.Flag("datasources.allow-link-local", "Let data sources be at link-local and metadata addresses, where clouds hand out credentials to whoever asks.").
		BoolVar(&f.allowLinkLocal)
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

// takeRootURL uses what the environment says of Grafana's address where no flag
// does. Its proxy takes the path away, unless the environment says otherwise.
func (f *serveFlags) takeRootURL() {
	root := os.Getenv("GF_SERVER_ROOT_URL")
	if f.externalURL != "" || root == "" {
		return
	}
	f.externalURL = strings.NewReplacer(
		"%(protocol)s", cmp.Or(os.Getenv("GF_SERVER_PROTOCOL"), "http"), "%(domain)s", cmp.Or(os.Getenv("GF_SERVER_DOMAIN"), "localhost"),
		"%(http_port)s", cmp.Or(os.Getenv("GF_SERVER_HTTP_PORT"), "3000"),
	).Replace(root)
	if f.routePrefix == "" && os.Getenv("GF_SERVER_SERVE_FROM_SUB_PATH") != "true" {
		f.routePrefix = "/"
	}
}
