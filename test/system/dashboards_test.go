package system

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/promql/parser"

	"monopod/test/process"
)

const adminPassword = "the-password-of-this-test"

// startBare runs the program without any configuration, as on a first run.
func startBare(t *testing.T, dir string) *instance {
	t.Helper()
	t.Setenv("MONOPOD_ADMIN_PASSWORD", adminPassword)
	addr, err := process.FreeAddress()
	if err != nil {
		t.Fatal(err)
	}
	p, err := process.Start(dir, "monopod", addr, program, "--web.listen-address="+addr, "--storage.tsdb.path="+dir+"/data")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Kill)
	in := &instance{Process: p, t: t, dir: dir}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := p.WaitReady(ctx, "/-/ready"); err != nil {
		t.Fatal(err)
	}
	return in
}

// grafana calls Grafana's API as the admin, and returns the code and the body.
func (in *instance) grafana(method, path, body string) (int, string) {
	in.t.Helper()
	req, err := http.NewRequest(method, in.URL()+path, strings.NewReader(body))
	if err != nil {
		in.t.Fatal(err)
	}
	req.SetBasicAuth("admin", adminPassword)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		in.t.Fatal(err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		in.t.Fatal(err)
	}
	return res.StatusCode, string(answer)
}

// mayBeAbsent are metrics that a kernel, or a container, may not have.
func mayBeAbsent(name string) bool {
	return strings.HasPrefix(name, "node_pressure_") || strings.HasPrefix(name, "node_disk_") || strings.HasPrefix(name, "node_filesystem_") || strings.HasPrefix(name, "node_intr_")
}

// The dashboards that come with the program ask for nothing that is not there after
// its first scrapes.
func TestShippedDashboardsHaveData(t *testing.T) {
	in := startBare(t, t.TempDir())
	code, body := in.call(http.MethodGet, "/api/search?tag=monopod")
	var hits []struct{ UID string }
	if err := json.Unmarshal([]byte(body), &hits); code != http.StatusOK || err != nil || len(hits) != 3 {
		t.Fatalf("search: %d %s", code, body)
	}
	if _, home := in.call(http.MethodGet, "/api/dashboards/home"); !strings.HasPrefix(home, `{"uid":"monopod-machine",`) {
		t.Fatalf("home: %.200s", home)
	}
	replace := strings.NewReplacer("$instance", ".*", "$__rate_interval", "1m", "$__range", "5m", "$__interval", "5s")
	parse := parser.NewParser(parser.Options{})
	var wanted []string
	for _, h := range hits {
		_, body := in.call(http.MethodGet, "/api/dashboards/uid/"+h.UID)
		var d struct {
			Dashboard struct {
				Panels []struct{ Targets []struct{ Expr string } }
			}
		}
		if err := json.Unmarshal([]byte(body), &d); err != nil {
			t.Fatal(err)
		}
		for _, p := range d.Dashboard.Panels {
			for _, q := range p.Targets {
				expr, err := parse.ParseExpr(replace.Replace(q.Expr))
				if err != nil {
					t.Fatalf("%s: %v", q.Expr, err)
				}
				parser.Inspect(expr, func(n parser.Node, _ []parser.Node) error {
					if s, ok := n.(*parser.VectorSelector); ok && !mayBeAbsent(s.Name) {
						wanted = append(wanted, s.Name)
					}
					return nil
				})
			}
		}
	}
	if len(wanted) < 100 {
		t.Fatalf("only %d selectors in the dashboards", len(wanted))
	}
	eventually(t, func() string {
		var names []string
		in.api("label/__name__/values", &names)
		for _, w := range wanted {
			if !slices.Contains(names, w) {
				return w + " is not there"
			}
		}
		return ""
	})
}

// What Grafana's API said was stored is there after the worst end.
func TestDashboardsSurviveKill(t *testing.T) {
	dir := t.TempDir()
	for round := range 4 {
		in := startBare(t, dir)
		for n := range round {
			if code, body := in.grafana(http.MethodGet, fmt.Sprintf("/api/dashboards/uid/round-%d", n), ""); code != http.StatusOK || !strings.Contains(body, `"version":2`) {
				t.Fatalf("round %d: dashboard %d: %d %s", round, n, code, body)
			}
		}
		for version := range 2 {
			save := fmt.Sprintf(`{"dashboard":{"uid":"round-%d","title":"Round %d","version":%d}}`, round, round, version)
			if code, body := in.grafana(http.MethodPost, "/api/dashboards/db", save); code != http.StatusOK {
				t.Fatalf("round %d: save: %d %s", round, code, body)
			}
		}
		in.Kill()
		<-in.Exited()
	}
}
