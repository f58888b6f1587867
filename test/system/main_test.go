// Package system tests the built program from outside: its start, its end, and
// what it makes of bad input. Nothing here knows how it works inside.
package system

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"monopod/test/process"
)

var program string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "monopod-system-")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(dir)
		program = filepath.Join(dir, "monopod")
		out, err := exec.Command("go", "build", "-o", program, "monopod/cmd/monopod").CombinedOutput()
		if err != nil {
			fmt.Fprintf(os.Stderr, "build the program: %v\n%s", err, out)
			return 1
		}
		return m.Run()
	}())
}

// patience bounds every wait for something that must happen.
const patience = 30 * time.Second

// instance is one running program with its files.
type instance struct {
	*process.Process
	t      *testing.T
	dir    string
	config string // path of the configuration
}

// start runs the program with a configuration, and waits until it is ready.
func start(t *testing.T, config string, flags ...string) *instance {
	t.Helper()
	dir := t.TempDir()
	in := &instance{t: t, dir: dir, config: filepath.Join(dir, "prometheus.yml")}
	in.write(config)
	in.again(flags...)
	return in
}

// again starts the program on the files of an instance that has ended.
func (in *instance) again(flags ...string) {
	in.t.Helper()
	addr, err := process.FreeAddress()
	if err != nil {
		in.t.Fatal(err)
	}
	args := append([]string{"--config.file=" + in.config, "--web.listen-address=" + addr, "--storage.tsdb.path=" + in.data(), "--web.enable-lifecycle"}, flags...)
	p, err := process.Start(in.dir, "monopod", addr, program, args...)
	if err != nil {
		in.t.Fatal(err)
	}
	in.Process = p
	in.t.Cleanup(p.Kill)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := p.WaitReady(ctx, "/-/ready"); err != nil {
		in.t.Fatal(err)
	}
}

func (in *instance) data() string { return filepath.Join(in.dir, "data") }

// write replaces the configuration, in one step as editors do.
func (in *instance) write(config string) {
	in.t.Helper()
	if err := os.WriteFile(in.config+".new", []byte(config), 0o644); err != nil {
		in.t.Fatal(err)
	}
	if err := os.Rename(in.config+".new", in.config); err != nil {
		in.t.Fatal(err)
	}
}

// call sends a request and returns code and body.
func (in *instance) call(method, path string) (int, string) {
	in.t.Helper()
	req, err := http.NewRequest(method, in.URL()+path, nil)
	if err != nil {
		in.t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		in.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		in.t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

// api reads an answer of the Prometheus API into data.
func (in *instance) api(path string, data any) {
	in.t.Helper()
	code, body := in.call(http.MethodGet, "/api/v1/"+path)
	if code != http.StatusOK {
		in.t.Fatalf("%s: status %d: %s", path, code, body)
	}
	if err := json.Unmarshal([]byte(body), &struct{ Data any }{data}); err != nil {
		in.t.Fatalf("%s: %v: %s", path, err, body)
	}
}

// value is the value of an instant query with one result, "" where it has none.
func (in *instance) value(expr string) string {
	in.t.Helper()
	var data struct {
		Result []struct{ Value [2]any }
	}
	in.api("query?query="+url.QueryEscape(expr), &data)
	if len(data.Result) == 0 {
		return ""
	}
	return data.Result[0].Value[1].(string)
}

// targets returns health and last error by scrape pool.
func (in *instance) targets() map[string][2]string {
	in.t.Helper()
	var data struct {
		ActiveTargets []struct{ ScrapePool, Health, LastError string }
	}
	in.api("targets", &data)
	out := make(map[string][2]string)
	for _, t := range data.ActiveTargets {
		out[t.ScrapePool] = [2]string{t.Health, t.LastError}
	}
	return out
}

// eventually waits until a condition holds; it returns "" then, and otherwise what is wrong.
func eventually(t *testing.T, holds func() string) {
	t.Helper()
	within(t, patience, holds)
}

// within is eventually with another bound.
func within(t *testing.T, patience time.Duration, holds func() string) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for {
		wrong := holds()
		if wrong == "" {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("after %v: %s", patience, wrong)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// fails runs the program to its end and returns exit code and output.
func fails(t *testing.T, args ...string) (int, string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = t.TempDir()
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		t.Fatalf("it did not end:\n%s", out)
	}
	if err == nil {
		return 0, string(out)
	}
	return cmd.ProcessState.ExitCode(), string(out)
}

func contains(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			t.Errorf("missing %q in:\n%s", p, text)
		}
	}
}
