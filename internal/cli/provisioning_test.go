package cli

import (
	"os"
	"path/filepath"
	"testing"
)

func TestGrafanaEnvironment(t *testing.T) {
	root := t.TempDir()
	t.Setenv("GF_PATHS_PROVISIONING", root)
	t.Setenv("GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH", filepath.Join(root, "home.json"))
	t.Setenv("GF_SERVER_ROOT_URL", "https://%(domain)s/grafana/")
	t.Setenv("GF_SERVER_DOMAIN", "example.org")
	o, _, err := serveOptions(t)
	if err != nil {
		t.Fatal(err)
	}
	if o.Provisioning.Path != root || o.Provisioning.HomeDashboard != filepath.Join(root, "home.json") {
		t.Errorf("%+v", o.Provisioning)
	}
	if v, ok := o.Provisioning.Env("GF_SERVER_DOMAIN"); !ok || v != "example.org" {
		t.Errorf("files do not see the environment: %q", v)
	}
	if u := o.Web.ExternalURL; u == nil || u.String() != "https://example.org/grafana" || o.Web.RoutePrefix != "/" {
		t.Errorf("%v, prefix %q", u, o.Web.RoutePrefix)
	}
	t.Setenv("GF_SERVER_SERVE_FROM_SUB_PATH", "true")
	if o, _, err := serveOptions(t); err != nil || o.Web.RoutePrefix != "" {
		t.Errorf("prefix %q, %v", o.Web.RoutePrefix, err)
	}
	// Flags go first.
	o, _, err = serveOptions(t, "--web.external-url=http://other/x", "--grafana.provisioning="+os.TempDir())
	if err != nil || o.Web.ExternalURL.String() != "http://other/x" || o.Provisioning.Path != os.TempDir() || o.Web.RoutePrefix != "" {
		t.Errorf("%v %+v %v", o.Web.ExternalURL, o.Provisioning, err)
	}
}
