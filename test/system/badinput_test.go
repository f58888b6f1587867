package system

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestBadConfigAtStart(t *testing.T) {
	for _, c := range []struct {
		name, config string
		want         []string
	}{
		{"broken YAML", "global:\n  scrape_interval: 5s\n scrape_configs: [\n", []string{"prometheus.yml:3"}},
		{"unknown key", "global:\n  scrape_intervall: 5s\n", []string{"prometheus.yml:2", "scrape_intervall", "did you mean", "scrape_interval"}},
		{"relabel regex", "scrape_configs:\n- job_name: a\n  relabel_configs:\n  - source_labels: [x]\n    regex: '('\n", []string{"prometheus.yml:5", "missing closing )"}},
		{"duplicate job", "scrape_configs:\n- job_name: a\n- job_name: a\n", []string{"prometheus.yml:3", "a"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "prometheus.yml")
			if err := os.WriteFile(file, []byte(c.config), 0o644); err != nil {
				t.Fatal(err)
			}
			code, out := fails(t, "--config.file="+file, "--web.listen-address=127.0.0.1:0")
			if code != 1 {
				t.Errorf("exit code %d, want 1", code)
			}
			contains(t, out, c.want...)
		})
	}
	code, out := fails(t, "--config.file=/no/such/file.yml")
	if code != 1 {
		t.Errorf("exit code %d, want 1", code)
	}
	contains(t, out, "/no/such/file.yml")
}

func TestUnknownFlag(t *testing.T) {
	code, out := fails(t, "--storage.tsdb.retention.tme=1d")
	if code != 2 {
		t.Errorf("exit code %d, want 2", code)
	}
	contains(t, out, "--storage.tsdb.retention.tme", "--storage.tsdb.retention.time")
}

func good(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "good 1") }

func TestBadReloadKeepsTheLastGoodConfig(t *testing.T) {
	target := httptest.NewServer(http.HandlerFunc(good))
	defer target.Close()
	config := func(job string) string {
		return fmt.Sprintf("global: {scrape_interval: 200ms, scrape_timeout: 200ms}\nscrape_configs:\n- job_name: %s\n  static_configs: [{targets: [%q]}]\n", job, target.Listener.Addr())
	}
	in := start(t, config("first"), "--config.auto-reload-interval=1h")
	scraped := func(job string) func() string {
		return func() string {
			if v := in.value(fmt.Sprintf("up{job=%q}", job)); v != "1" {
				return fmt.Sprintf("up{job=%q} is %q", job, v)
			}
			return ""
		}
	}
	eventually(t, scraped("first"))

	in.write("scrape_configs:\n- job_name: second\n  scrape_interval: soon\n")
	code, body := in.call(http.MethodPost, "/-/reload")
	if code != http.StatusInternalServerError {
		t.Errorf("status %d, want 500", code)
	}
	contains(t, body, "prometheus.yml:3", "soon")
	var info struct{ ReloadConfigSuccess bool }
	in.api("status/runtimeinfo", &info)
	if info.ReloadConfigSuccess {
		t.Error("runtimeinfo says that the reload succeeded")
	}
	_, metrics := in.call(http.MethodGet, "/metrics")
	contains(t, metrics, "prometheus_config_last_reload_successful 0")
	before := in.value(`count_over_time(up{job="first"}[1h])`)
	eventually(t, func() string {
		if v := in.value(`count_over_time(up{job="first"}[1h])`); v == before {
			return "the first job is scraped no more: still " + v + " samples"
		}
		return ""
	})

	// It heals by itself when the file does: no signal, no request.
	in.write(config("second"))
	eventually(t, scraped("second"))
	_, metrics = in.call(http.MethodGet, "/metrics")
	contains(t, metrics, "prometheus_config_last_reload_successful 1")
}

func TestConfigMapSwap(t *testing.T) {
	target := httptest.NewServer(http.HandlerFunc(good))
	defer target.Close()
	dir := t.TempDir()
	publish := func(version, job string) {
		t.Helper()
		config := fmt.Sprintf("global: {scrape_interval: 200ms, scrape_timeout: 200ms}\nscrape_configs:\n- job_name: %s\n  static_configs: [{targets: [%q]}]\n", job, target.Listener.Addr())
		if err := os.Mkdir(filepath.Join(dir, version), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, version, "prometheus.yml"), []byte(config), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(version, filepath.Join(dir, "..data_tmp")); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(filepath.Join(dir, "..data_tmp"), filepath.Join(dir, "..data")); err != nil {
			t.Fatal(err)
		}
	}
	publish("..v1", "first")
	if err := os.Symlink("..data/prometheus.yml", filepath.Join(dir, "prometheus.yml")); err != nil {
		t.Fatal(err)
	}
	in := &instance{t: t, dir: t.TempDir(), config: filepath.Join(dir, "prometheus.yml")}
	in.again()
	up := func(job string) func() string {
		return func() string {
			if in.value(fmt.Sprintf("up{job=%q}", job)) != "1" {
				return job + " is not scraped"
			}
			return ""
		}
	}
	eventually(t, up("first"))
	publish("..v2", "second")
	eventually(t, up("second"))
}

func TestHostileTargets(t *testing.T) {
	const text = "text/plain; version=0.0.4"
	mux := http.NewServeMux()
	mux.HandleFunc("/good", good)
	mux.HandleFunc("/big", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", text)
		line := []byte(strings.Repeat("#", 1<<20-1) + "\n")
		for range 100 {
			if _, err := w.Write(line); err != nil {
				return
			}
		}
	})
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	for range 64 {
		_, _ = z.Write(bytes.Repeat([]byte("# \n"), 1<<20/3))
	}
	_ = z.Close()
	mux.HandleFunc("/bomb", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", text)
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(bomb.Bytes())
	})
	mux.HandleFunc("/malformed", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", text)
		fmt.Fprint(w, "fine 1\nbroken{a=\"b\" 2\n")
	})
	mux.HandleFunc("/twice", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", text)
		fmt.Fprint(w, "twice 1\ntwice 2\nonce 3\n")
	})
	mux.HandleFunc("/hangs", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	mux.HandleFunc("/html", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<html>no metrics here</html>")
	})
	srv := httptest.NewServer(mux)
	defer srv.Close()

	var config strings.Builder
	config.WriteString("global: {scrape_interval: 500ms, scrape_timeout: 400ms, body_size_limit: 10MB}\nscrape_configs:\n")
	for _, name := range []string{"good", "big", "bomb", "malformed", "twice", "hangs", "html", "missing"} {
		fmt.Fprintf(&config, "- {job_name: %s, metrics_path: /%s, static_configs: [{targets: [%q]}]}\n", name, name, srv.Listener.Addr())
	}
	config.WriteString("- {job_name: unreachable, static_configs: [{targets: ['127.0.0.1:1']}]}\n")
	config.WriteString("- {job_name: nohost, static_configs: [{targets: ['no-such-host.invalid:80']}]}\n")
	in := start(t, config.String())
	want := map[string]string{
		"big":         "body",
		"bomb":        "body",
		"malformed":   "expected",
		"hangs":       "context deadline exceeded",
		"html":        "Content-Type",
		"missing":     "404",
		"unreachable": "connection refused",
		"nohost":      "no-such-host.invalid",
	}
	eventually(t, func() string {
		got := in.targets()
		for pool, part := range want {
			if got[pool][0] != "down" || !strings.Contains(got[pool][1], part) {
				return fmt.Sprintf("target %s is %q, last error %q, want %q in it", pool, got[pool][0], got[pool][1], part)
			}
		}
		for _, pool := range []string{"good", "twice"} {
			if got[pool][0] != "up" {
				return fmt.Sprintf("target %s is %v", pool, got[pool])
			}
		}
		return ""
	})
	for expr, want := range map[string]string{"twice": "1", "once": "3", "fine": "", `up{job="good"}`: "1", `up{job="bomb"}`: "0"} {
		if v := in.value(expr); v != want {
			t.Errorf("%s is %q, want %q", expr, v, want)
		}
	}
}

func TestDirectoryInUse(t *testing.T) {
	in := start(t, "")
	code, out := fails(t, "--config.file="+in.config, "--web.listen-address=127.0.0.1:0", "--storage.tsdb.path="+in.data())
	if code != 1 {
		t.Errorf("exit code %d, want 1", code)
	}
	contains(t, out, in.data(), fmt.Sprint(in.PID()))
	if code, _ := in.call(http.MethodGet, "/-/ready"); code != http.StatusOK {
		t.Errorf("the first one answers %d", code)
	}
}

func TestPortInUse(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	code, out := fails(t, "--web.listen-address="+l.Addr().String())
	if code != 1 {
		t.Errorf("exit code %d, want 1", code)
	}
	contains(t, out, l.Addr().String(), "in use", "--web.listen-address")
}

func TestBadQueries(t *testing.T) {
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for i := range 200 {
			fmt.Fprintf(w, "many{i=\"%d\"} 1\n", i)
		}
	}))
	defer target.Close()
	in := start(t, fmt.Sprintf("global: {scrape_interval: 200ms, scrape_timeout: 200ms}\nscrape_configs:\n- job_name: many\n  static_configs: [{targets: [%q]}]\n", target.Listener.Addr()),
		"--query.max-samples=100")
	eventually(t, func() string {
		if v := in.value(`scrape_samples_scraped`); v != "200" {
			return "scraped " + v
		}
		return ""
	})
	for _, c := range []struct {
		query string
		code  int
		want  []string
	}{
		{"sum(", 400, []string{`"errorType":"bad_data"`, "parse error", "1:5"}},
		{"many", 422, []string{`"errorType":"execution"`, "too many samples"}},
		{"rate(up)", 400, []string{`"errorType":"bad_data"`, "range vector"}},
	} {
		code, body := in.call(http.MethodGet, "/api/v1/query?query="+url.QueryEscape(c.query))
		if code != c.code {
			t.Errorf("%s: status %d, want %d", c.query, code, c.code)
		}
		contains(t, body, c.want...)
	}
	if v := in.value("up"); v != "1" {
		t.Errorf("up is %q after bad queries", v)
	}
}
