package system

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"monopod/test/process"
)

// counting is a target whose counter grows with every scrape.
func counting(t *testing.T) (config string) {
	var n atomic.Int64
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, "# TYPE scrapes_total counter\nscrapes_total %d\n", n.Add(1))
	}))
	t.Cleanup(target.Close)
	return fmt.Sprintf("global: {scrape_interval: 100ms, scrape_timeout: 100ms}\nscrape_configs:\n- job_name: counting\n  static_configs: [{targets: [%q]}]\n", target.Listener.Addr())
}

func TestEndsInOrderAndContinues(t *testing.T) {
	in := start(t, counting(t))
	for range 3 {
		begin, _ := strconv.Atoi(in.value("count_over_time(scrapes_total[1h])"))
		eventually(t, func() string {
			if n, _ := strconv.Atoi(in.value("count_over_time(scrapes_total[1h])")); n < begin+3 {
				return fmt.Sprintf("%d samples", n)
			}
			return ""
		})
		before, _ := strconv.Atoi(in.value("count_over_time(scrapes_total[1h])"))
		if err := in.Stop(patience); err != nil {
			t.Fatalf("after SIGTERM: %v\n%s", err, in.Tail(10))
		}
		in.again()
		if after, _ := strconv.Atoi(in.value("count_over_time(scrapes_total[1h])")); after < before {
			t.Fatalf("%d samples after the restart, %d before", after, before)
		}
	}
}

func TestKilledAgainAndAgain(t *testing.T) {
	in := start(t, counting(t))
	last := 0
	for round := range 8 {
		var n int
		eventually(t, func() string {
			if n, _ = strconv.Atoi(in.value("count_over_time(scrapes_total[1h])")); n <= last+2 {
				return fmt.Sprintf("round %d: %d samples, %d before", round, n, last)
			}
			return ""
		})
		in.Kill()
		in.again()
		after, _ := strconv.Atoi(in.value("count_over_time(scrapes_total[1h])"))
		if after < n {
			t.Fatalf("round %d: %d samples after the kill, %d were answered before", round, after, n)
		}
		last = after
	}
}

func TestSignalReloads(t *testing.T) {
	in := start(t, counting(t))
	config, err := os.ReadFile(in.config)
	if err != nil {
		t.Fatal(err)
	}
	in.write(strings.ReplaceAll(string(config), "counting", "renamed"))
	p, err := os.FindProcess(in.PID())
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() string {
		if v := in.value(`up{job="renamed"}`); v != "1" {
			return "the renamed job is not scraped"
		}
		return ""
	})
}

func TestQuitOverHTTP(t *testing.T) {
	in := start(t, "")
	if code, body := in.call(http.MethodPost, "/-/quit"); code != http.StatusOK {
		t.Fatalf("status %d: %s", code, body)
	}
	select {
	case <-in.Exited():
	case <-time.After(patience):
		t.Fatal("it did not end")
	}
}

// TestDefaults starts the program as the tutorial of a new user does: with
// nothing. This machine's metrics must be there, and its own.
func TestDefaults(t *testing.T) {
	dir := t.TempDir()
	addr, err := process.FreeAddress()
	if err != nil {
		t.Fatal(err)
	}
	p, err := process.Start(dir, "monopod", addr, program, "--web.listen-address="+addr, "--storage.tsdb.path="+filepath.Join(dir, "data"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Kill)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := p.WaitReady(ctx, "/-/ready"); err != nil {
		t.Fatal(err)
	}
	in := &instance{Process: p, t: t, dir: dir}
	eventually(t, func() string {
		for _, expr := range []string{"node_memory_MemTotal_bytes", "count(node_cpu_seconds_total)", "node_load1", "count(node_filesystem_size_bytes)", "prometheus_build_info", "process_resident_memory_bytes", "rate(node_cpu_seconds_total{mode=\"idle\",cpu=\"0\"}[1m])"} {
			if in.value(expr) == "" {
				return expr + " has no value"
			}
		}
		return ""
	})
	if v := in.value("count(up == 1)"); v != "2" {
		t.Errorf("%s targets are up, want this machine and the program: %v", v, in.targets())
	}
}
