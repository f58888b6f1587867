package system

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"monopod/test/process"
)

// memoryStatus is what /api/monopod/v1/status tells of memory.
type memoryStatus struct {
	Memory struct {
		LimitBytes        int64
		Source, Level     string
		Pressure          float64
		Degraded          bool
		Series            int
		EverythingRefused bool
		Refused           []struct{ ScrapePool, ScrapeURL, Cause string }
		Stretched         []struct{ ScrapePool string }
	}
	HeldBack struct {
		Count   int
		Targets []struct {
			ScrapePool, ScrapeURL, RefusedReason string
			SeriesRefused                        int
		}
	}
}

func (in *instance) memory() (s memoryStatus) {
	in.t.Helper()
	code, body := in.call(http.MethodGet, "/api/monopod/v1/status")
	if code != http.StatusOK {
		in.t.Fatalf("status %d: %s", code, body)
	}
	if err := json.Unmarshal([]byte(body), &struct{ Data any }{&s}); err != nil {
		in.t.Fatalf("%v: %s", err, body)
	}
	return s
}

// number is the value of an instant query.
func (in *instance) number(expr string) float64 {
	in.t.Helper()
	v := in.value(expr)
	if v == "" {
		return 0
	}
	n, err := strconv.ParseFloat(v, 64)
	if err != nil {
		in.t.Fatal(err)
	}
	return n
}

// TestSeriesExplosion has one target begin a million series, a hundred thousand
// new ones with each scrape. It is held back and named, and the others are scraped
// on time and whole.
func TestSeriesExplosion(t *testing.T) {
	const (
		explosive = 100_000 // series of a scrape
		others    = 8
		steady    = 200 // series of each of the others
		perTarget = 20_000
	)
	var began atomic.Int64
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/explosive" {
			for i := range steady {
				fmt.Fprintf(w, "steady{i=\"%d\"} 1\n", i)
			}
			return
		}
		first := began.Add(explosive) - explosive
		line := make([]byte, 0, 64)
		for i := range int64(explosive) {
			line = append(line[:0], `request_duration{session="`...)
			line = strconv.AppendInt(line, first+i, 10)
			line = append(line, "\"} 1\n"...)
			if _, err := w.Write(line); err != nil {
				return
			}
		}
	}))
	defer srv.Close()
	config := "global: {scrape_interval: 1s, scrape_timeout: 1s}\nscrape_configs:\n" +
		fmt.Sprintf("- {job_name: explosive, metrics_path: /explosive, static_configs: [{targets: [%q]}]}\n", srv.Listener.Addr())
	for i := range others {
		config += fmt.Sprintf("- {job_name: steady%d, metrics_path: /steady%d, static_configs: [{targets: [%q]}]}\n", i, i, srv.Listener.Addr())
	}
	in := start(t, config, "--memory.limit=160MB", fmt.Sprintf("--scrape.max-series-per-target=%d", perTarget))
	eventually(t, func() string {
		if n := began.Load(); n < 1_000_000 {
			return fmt.Sprintf("the target began %d series, want a million", n)
		}
		return ""
	})

	for i := range others {
		job := fmt.Sprintf("steady%d", i)
		expr := fmt.Sprintf(`min(count_over_time(steady{job=%q}[8s]))`, job)
		if n := in.number(expr); n < 7 {
			t.Errorf("%s has %v samples within 8 seconds in a series, want one each second", job, n)
		}
		if n := in.number(fmt.Sprintf(`count(steady{job=%q})`, job)); n != steady {
			t.Errorf("%s has %v series, want %d", job, n, steady)
		}
	}
	if n := in.number(`up{job="explosive"}`); n != 1 {
		t.Errorf("the target is down: %v", in.targets()["explosive"])
	}
	s := in.memory()
	if s.HeldBack.Count != 1 || len(s.HeldBack.Targets) != 1 {
		t.Fatalf("held back are %+v, want the one target", s.HeldBack)
	}
	culprit := s.HeldBack.Targets[0]
	if culprit.ScrapePool != "explosive" || culprit.SeriesRefused < explosive/2 {
		t.Errorf("the culprit is %+v", culprit)
	}
	contains(t, culprit.RefusedReason, "20000 series", "--scrape.max-series-per-target")
	if s.Memory.Series > perTarget+others*(steady+10)+100 {
		t.Errorf("the head has %d series", s.Memory.Series)
	}
	_, metrics := in.call(http.MethodGet, "/metrics")
	contains(t, metrics, `monopod_scrape_series_refused_total{scrape_job="explosive"}`)
	_, discovery := in.call(http.MethodGet, "/api/monopod/v1/discovery?scrapePool=explosive")
	contains(t, discovery, `"refusedReason":"one target may have at most 20000 series`)
}

// confinement holds a program within a limit of memory: by a control group where
// the test may make one, otherwise by the flag.
type confinement struct {
	t    *testing.T
	dir  string // of the control group
	file string // with its limit
}

func confine(t *testing.T, bytes int64) *confinement {
	t.Helper()
	c := &confinement{t: t}
	own, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return c
	}
	for line := range strings.Lines(string(own)) {
		part := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(part) != 3 {
			continue
		}
		mount, file := "/sys/fs/cgroup", "memory.max"
		if part[1] == "memory" {
			mount, file = "/sys/fs/cgroup/memory", "memory.limit_in_bytes"
		} else if part[1] != "" {
			continue
		}
		dir := filepath.Join(mount, part[2], fmt.Sprintf("monopod-test-%d", os.Getpid()))
		if os.Mkdir(dir, 0o755) != nil {
			continue
		}
		t.Cleanup(func() {
			// It is busy until the kernel has forgotten the processes that were in it.
			for range 100 {
				if os.Remove(dir) == nil {
					return
				}
				time.Sleep(20 * time.Millisecond)
			}
			t.Errorf("the control group %s could not be removed", dir)
		})
		c.dir, c.file = dir, filepath.Join(dir, file)
		if c.set(bytes) == nil {
			return c
		}
		c.dir, c.file = "", ""
	}
	t.Log("no control group can be made here: the limit is given by flag")
	return c
}

func (c *confinement) set(bytes int64) error {
	return os.WriteFile(c.file, []byte(strconv.FormatInt(bytes, 10)), 0o644)
}

// start runs the program within the limit.
func (c *confinement) start(in *instance, bytes int64, flags ...string) {
	c.t.Helper()
	addr, err := process.FreeAddress()
	if err != nil {
		c.t.Fatal(err)
	}
	args := append([]string{"--config.file=" + in.config, "--web.listen-address=" + addr, "--storage.tsdb.path=" + in.data()}, flags...)
	command := program
	if c.file == "" {
		args = append(args, fmt.Sprintf("--memory.limit=%dB", bytes))
	} else {
		args = append([]string{"-c", `echo $$ > "$0/cgroup.procs" && exec "$@"`, c.dir, program}, args...)
		command = "/bin/sh"
	}
	p, err := process.Start(in.dir, "monopod", addr, command, args...)
	if err != nil {
		c.t.Fatal(err)
	}
	in.Process = p
	c.t.Cleanup(p.Kill)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := p.WaitReady(ctx, "/-/ready"); err != nil {
		c.t.Fatal(err)
	}
}

// TestLessMemoryThanTheTargetsNeed scrapes more than there is memory for. The
// program sheds, says so and lives; killed, it starts again within the same limit;
// and when the limit is raised it takes everything by itself.
func TestLessMemoryThanTheTargetsNeed(t *testing.T) {
	const (
		targets = 40
		series  = 5000 // of each
		tight   = 80 << 20
		ample   = 1 << 30
	)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		line := make([]byte, 0, 128)
		for i := range int64(series) {
			line = append(append(line[:0], `requests_total{path="/api/v1/things/`...), r.URL.Path[1:]...)
			line = append(strconv.AppendInt(append(line, '/'), i, 10), `",code="200"} `...)
			line = append(strconv.AppendInt(line, time.Now().UnixMilli()+i, 10), '\n')
			if _, err := w.Write(line); err != nil {
				return
			}
		}
	}))
	defer srv.Close()
	config := "global: {scrape_interval: 4s, scrape_timeout: 4s}\nscrape_configs:\n"
	for i := range targets {
		config += fmt.Sprintf("- {job_name: job%d, metrics_path: /%d, static_configs: [{targets: [%q]}]}\n", i, i, srv.Listener.Addr())
	}
	dir := t.TempDir()
	in := &instance{t: t, dir: dir, config: filepath.Join(dir, "prometheus.yml")}
	in.write(config)
	c := confine(t, tight)
	// The counts alone would hold it: here it is the pressure that must.
	counts := []string{"--storage.tsdb.max-series=10000000", "--scrape.max-series-per-target=1000000"}
	c.start(in, tight, counts...)

	sheds := func() string {
		select {
		case <-in.Exited():
			t.Fatalf("it ended:\n%s", in.Tail(30))
		default:
		}
		s := in.memory()
		if s.Memory.Level != "series" && s.Memory.Level != "sampling" {
			return fmt.Sprintf("it sheds nothing: %+v", s.Memory)
		}
		if s.HeldBack.Count == 0 {
			return "no target is held back"
		}
		contains(t, s.HeldBack.Targets[0].RefusedReason, "memory")
		return ""
	}
	lives := func(seconds int) {
		t.Helper()
		for range seconds {
			select {
			case <-in.Exited():
				t.Fatalf("it ended:\n%s", in.Tail(30))
			case <-time.After(time.Second):
			}
			if n := in.number(`count(up == 1)`); n == 0 {
				t.Fatal("no target is up")
			}
		}
	}
	eventually(t, sheds)
	lives(6)
	s := in.memory()
	t.Logf("within %d MiB: %+v", tight>>20, s.Memory)
	if n := s.Memory.Series; n < 20_000 || n >= targets*series {
		t.Errorf("the head has %d series", n)
	}

	in.Kill()
	c.start(in, tight, counts...)
	t.Logf("started again: %+v", in.memory().Memory)
	eventually(t, sheds)
	lives(6)

	if c.file == "" {
		in.Kill()
		c.start(in, ample, counts...)
	} else if err := c.set(ample); err != nil {
		t.Fatal(err)
	}
	within(t, 2*patience, func() string {
		s := in.memory()
		if s.Memory.Level == "series" || s.Memory.Level == "sampling" || s.HeldBack.Count > 0 {
			return fmt.Sprintf("with room it still sheds: %+v", s)
		}
		if n := in.number(`count(requests_total)`); n != targets*series {
			return fmt.Sprintf("there are %v series of %d", n, targets*series)
		}
		return ""
	})
}
