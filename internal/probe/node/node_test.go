//go:build linux

package node

import (
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/textparse"
)

func silent() *slog.Logger { return slog.New(slog.DiscardHandler) }

// scrape asks the handler as a scraper would and parses the answer with
// Prometheus's own parser: series to value.
func scrape(t *testing.T, h http.Handler, target string) map[string]float64 {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, target, nil))
	if w.Code != http.StatusOK {
		t.Fatalf("GET %s: %d %s", target, w.Code, w.Body)
	}
	p, err := textparse.New(w.Body.Bytes(), w.Header().Get("Content-Type"), labels.NewSymbolTable(), textparse.ParserOptions{})
	if err != nil {
		t.Fatal(err)
	}
	series := map[string]float64{}
	for {
		entry, err := p.Next()
		if errors.Is(err, io.EOF) {
			return series
		}
		if err != nil {
			t.Fatalf("exposition does not parse: %v", err)
		}
		if entry != textparse.EntrySeries {
			continue
		}
		name, _, v := p.Series()
		if _, twice := series[string(name)]; twice {
			t.Errorf("%s stands twice in the exposition", name)
		}
		series[string(name)] = v
	}
}

func has(series map[string]float64, name string) bool {
	for s := range series {
		if s == name || strings.HasPrefix(s, name+"{") {
			return true
		}
	}
	return false
}

func TestThisMachine(t *testing.T) {
	n, err := New(Options{Logger: silent(), Version: "1.12.1"})
	if err != nil {
		t.Fatal(err)
	}
	series := scrape(t, n, "/metrics")
	for _, name := range []string{
		"node_cpu_seconds_total", "node_memory_MemTotal_bytes", "node_filesystem_size_bytes",
		"node_network_receive_bytes_total", "node_load1", "node_uname_info", "node_boot_time_seconds",
		"node_scrape_collector_duration_seconds", "node_exporter_build_info",
	} {
		if !has(series, name) {
			t.Errorf("no %s", name)
		}
	}
	for _, name := range []string{"cpu", "meminfo", "filesystem", "netdev", "loadavg"} {
		if v := series[`node_scrape_collector_success{collector="`+name+`"}`]; v != 1 {
			t.Errorf("collector %s: success %v", name, v)
		}
	}
	if v := series["node_memory_MemTotal_bytes"]; v < 1<<20 {
		t.Errorf("node_memory_MemTotal_bytes = %v", v)
	}
}

func TestChosenCollectors(t *testing.T) {
	n, err := New(Options{Logger: silent()})
	if err != nil {
		t.Fatal(err)
	}
	only := scrape(t, n, "/metrics?collect[]=loadavg")
	if !has(only, "node_load1") || has(only, "node_cpu_seconds_total") {
		t.Errorf("collect[]=loadavg gave %v", only)
	}
	without := scrape(t, n, "/metrics?exclude[]=loadavg")
	if has(without, "node_load1") || !has(without, "node_cpu_seconds_total") {
		t.Error("exclude[]=loadavg did not leave out loadavg alone")
	}
	for _, query := range []string{"collect[]=nonsense", "collect[]=cpu&exclude[]=loadavg"} {
		w := httptest.NewRecorder()
		n.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics?"+query, nil))
		if w.Code != http.StatusBadRequest {
			t.Errorf("%s: %d", query, w.Code)
		}
	}
}

// The collectors' paths belong to the process, so a host mounted elsewhere is
// tested in a process of its own: this test runs itself again.
func TestHostPaths(t *testing.T) {
	if root := os.Getenv("NODE_TEST_HOST"); root != "" {
		o := Options{Logger: silent(), ProcPath: root + "/proc", SysPath: root + "/sys", RootfsPath: root}
		n, err := New(o)
		if err != nil {
			t.Fatal(err)
		}
		series := scrape(t, n, "/metrics?collect[]=loadavg")
		if series["node_load1"] != 41.5 || series["node_load15"] != 43.5 {
			t.Errorf("load was not read from the mounted host: %v", series)
		}
		if _, err := New(o); err != nil {
			t.Errorf("a second Node with equal paths: %v", err)
		}
		if _, err := New(Options{Logger: silent()}); !errors.Is(err, ErrPathsDiffer) {
			t.Errorf("a second Node with other paths: %v", err)
		}
		return
	}
	root := t.TempDir()
	for name, text := range map[string]string{
		"proc/loadavg": "41.50 42.50 43.50 1/100 4242\n",
		"proc/stat":    "cpu  1 2 3 4 5 6 7 8 9 10\ncpu0 1 2 3 4 5 6 7 8 9 10\nbtime 1\n",
		"sys/.keep":    "",
	} {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestHostPaths$")
	cmd.Env = append(os.Environ(), "NODE_TEST_HOST="+root)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
