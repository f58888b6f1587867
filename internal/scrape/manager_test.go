package scrape

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/discovery/targetgroup"

	"monopod/internal/storage"
	"monopod/internal/storage/storagetest"
)

// house is a manager under a fake clock, with targets in the same process.
type house struct {
	t       *testing.T
	m       *Manager
	mem     *storagetest.Memory
	updates chan map[string][]*targetgroup.Group
	start   time.Time
}

// inHouse runs a test under a fake clock. Every goroutine must end with it.
func inHouse(t *testing.T, local map[string]http.Handler, test func(*house)) {
	synctest.Test(t, func(t *testing.T) {
		h := &house{t: t, mem: storagetest.NewMemory(), updates: make(chan map[string][]*targetgroup.Group), start: time.Now()}
		var err error
		h.m, err = New(Options{Writer: h.mem, Local: local, Hostname: "test", Registerer: prometheus.NewRegistry()})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		ran := make(chan struct{})
		go func() {
			if err := h.m.Run(ctx, h.updates); err != nil {
				t.Error(err)
			}
			close(ran)
		}()
		defer func() {
			cancel()
			<-ran
			h.m.Stop()
			if n := h.mem.Held(); n != 0 {
				t.Errorf("%d groups are held after the end", n)
			}
		}()
		test(h)
	})
}

func (h *house) apply(yaml string) {
	h.t.Helper()
	cfg := loadConfig(h.t, yaml)
	if err := h.m.ApplyConfig(cfg); err != nil {
		h.t.Fatal(err)
	}
	h.updates <- staticGroups(cfg)
}

// until lets the clock run until d after the start.
func (h *house) until(d time.Duration) {
	time.Sleep(time.Until(h.start.Add(d)))
	synctest.Wait()
}

// history is the points of a series, with seconds since the start.
func (h *house) history(series string) string {
	var out []string
	for _, p := range h.mem.Points()[series] {
		v := fmt.Sprint(p.V)
		if p.Stale() {
			v = "stale"
		}
		out = append(out, fmt.Sprintf("%s@%v", v, float64(p.T-h.start.UnixMilli())/1000))
	}
	return strings.Join(out, " ")
}

func (h *house) want(series, history string) {
	h.t.Helper()
	if got := h.history(series); got != history {
		h.t.Errorf("%s: got %s, want %s", series, got, history)
	}
}

func (h *house) target(job string) *Target {
	h.t.Helper()
	all := h.m.ActiveTargets()[job]
	if len(all) != 1 {
		h.t.Fatalf("job %s has %d targets", job, len(all))
	}
	return all[0]
}

func jobs(parts ...string) string {
	return "global:\n  scrape_interval: 10s\n  scrape_timeout: 10s\nscrape_configs:\n" + strings.Join(parts, "")
}

func job(name, address, more string) string {
	return strings.Replace(strings.TrimPrefix(oneJob(address, more), "scrape_configs:\n"), "job_name: j", "job_name: "+name, 1)
}

func metricsOf(body string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", textFormat)
		_, _ = w.Write([]byte(body))
	})
}

// counting answers how often it was asked.
func counting() http.Handler {
	var n atomic.Int64
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", textFormat)
		fmt.Fprintf(w, "n %d\n", n.Add(1))
	})
}

// hanging never answers.
func hanging(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

const (
	nOfA  = `{__name__="n", instance="a", job="a"}`
	upOfA = `{__name__="up", instance="a", job="a"}`
)

func TestLoopKeepsTime(t *testing.T) {
	inHouse(t, map[string]http.Handler{"a": counting()}, func(h *house) {
		h.apply(jobs(job("a", "a", "")))
		h.until(35 * time.Second)
		h.want(nOfA, "1@0 2@10 3@20 4@30")
		h.want(upOfA, "1@0 1@10 1@20 1@30")
		target := h.target("a")
		if target.Health() != HealthGood || !target.LastScrape().Equal(h.start.Add(30*time.Second)) || target.Last().Samples != 1 {
			t.Errorf("%s %+v", target.Health(), target.Last())
		}
	})
}

func TestHangingTargetDelaysNoOther(t *testing.T) {
	inHouse(t, map[string]http.Handler{"a": counting(), "b": http.HandlerFunc(hanging)}, func(h *house) {
		h.apply(jobs(job("a", "a", ""), job("b", "b", "scrape_timeout: 4s\n")))
		h.until(25 * time.Second)
		h.want(nOfA, "1@0 2@10 3@20")
		h.want(`{__name__="up", instance="b", job="b"}`, "0@0 0@10 0@20")
		h.want(`{__name__="scrape_duration_seconds", instance="b", job="b"}`, "4@0 4@10 4@20")
		wantError(t, h.target("b").LastError(), KindTimeout, "context deadline exceeded", "scrape_timeout (4s)")
	})
}

func TestTargetGone(t *testing.T) {
	inHouse(t, map[string]http.Handler{"a": counting()}, func(h *house) {
		h.apply(jobs(job("a", "a", "")))
		h.until(13 * time.Second)
		h.updates <- map[string][]*targetgroup.Group{"a": nil}
		h.until(30 * time.Second)
		h.want(nOfA, "1@0 2@10")
		h.until(32 * time.Second)
		h.want(nOfA, "1@0 2@10 stale@20")
		h.want(upOfA, "1@0 1@10 stale@20")
		if len(h.m.ActiveTargets()["a"]) != 0 {
			t.Error("the target is still active")
		}
	})
}

func TestTargetComesBack(t *testing.T) {
	inHouse(t, map[string]http.Handler{"a": counting()}, func(h *house) {
		cfg := jobs(job("a", "a", ""))
		h.apply(cfg)
		h.until(13 * time.Second)
		h.updates <- map[string][]*targetgroup.Group{"a": nil}
		h.until(19 * time.Second)
		h.updates <- staticGroups(loadConfig(t, cfg))
		h.until(60 * time.Second)
		h.want(nOfA, "1@0 2@10 3@19 4@29 5@39 6@49 7@59")
	})
}

func TestTargetMovesUnderTheSameLabels(t *testing.T) {
	slow := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(5 * time.Second)
		metricsOf("n 100\n").ServeHTTP(w, r)
	})
	inHouse(t, map[string]http.Handler{"a": slow, "b": counting()}, func(h *house) {
		same := "relabel_configs:\n- target_label: instance\n  replacement: a\n"
		h.apply(jobs(job("a", "a", same)))
		h.until(12 * time.Second)
		// The scrape of the old address is under way: the new one waits for it.
		h.updates <- map[string][]*targetgroup.Group{"a": {{Targets: []model.LabelSet{{"__address__": "b"}}}}}
		h.until(70 * time.Second)
		h.want(nOfA, "100@0 100@10 1@15 2@25 3@35 4@45 5@55 6@65")
	})
}

func TestReload(t *testing.T) {
	inHouse(t, map[string]http.Handler{"a": counting(), "b": metricsOf("x{l=\"1\"} 1\nx{l=\"2\"} 2\n"), "c": counting()}, func(h *house) {
		h.apply(jobs(job("a", "a", ""), job("b", "b", ""), job("c", "c", "")))
		h.until(15 * time.Second)
		unchanged := h.m.mu.pools["a"].mu.loops
		before := slices.Collect(maps.Values(unchanged))
		// a stays, b loses a series, c goes.
		h.apply(jobs(job("a", "a", ""), job("b", "b", "metric_relabel_configs:\n- source_labels: [l]\n  regex: '2'\n  action: drop\n")))
		if after := slices.Collect(maps.Values(h.m.mu.pools["a"].mu.loops)); len(after) != 1 || after[0] != before[0] {
			t.Error("a job that did not change was restarted")
		}
		h.until(65 * time.Second)
		h.want(nOfA, "1@0 2@10 3@20 4@30 5@40 6@50 7@60")
		one := h.history(`{__name__="x", instance="b", job="b", l="1"}`)
		if strings.Contains(one, "stale") || strings.Count(one, "1@") != 7 {
			t.Errorf("x{l=1}: %s", one)
		}
		two := h.history(`{__name__="x", instance="b", job="b", l="2"}`)
		if !strings.HasPrefix(two, "2@0 2@10 stale@") || strings.Count(two, "@") != 3 {
			t.Errorf("x{l=2}: %s", two)
		}
		h.want(`{__name__="n", instance="c", job="c"}`, "1@0 2@10 stale@20")
		if got := h.m.ScrapePools(); !slices.Equal(got, []string{"a", "b"}) {
			t.Error(got)
		}
	})
}

func TestReloadDuringScrape(t *testing.T) {
	var n atomic.Int64
	slow := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(3 * time.Second)
		metricsOf(fmt.Sprintf("n %d\n", n.Add(1))).ServeHTTP(w, r)
	})
	inHouse(t, map[string]http.Handler{"a": slow}, func(h *house) {
		h.apply(jobs(job("a", "a", "")))
		for i := range 5 {
			h.until(time.Duration(10*i+1) * time.Second)
			h.apply(jobs(job("a", "a", fmt.Sprintf("sample_limit: %d\n", 100+i))))
		}
		h.until(90 * time.Second)
		got := h.history(nOfA)
		if strings.Contains(got, "stale") || !strings.HasPrefix(got, "1@0 ") {
			t.Errorf("%s", got)
		}
		// No scrape is lost, and none is stored twice.
		if points := h.mem.Points()[nOfA]; int64(len(points)) != n.Load() {
			t.Errorf("%d scrapes, %d points", n.Load(), len(points))
		}
		for i, p := range h.mem.Points()[`{__name__="scrape_series_added", instance="a", job="a"}`] {
			if (p.V == 1) != (i == 0) {
				t.Errorf("scrape %d added %v series", i, p.V)
			}
		}
	})
}

func TestReloadThatFailsChangesNothing(t *testing.T) {
	inHouse(t, map[string]http.Handler{"a": counting(), "b": counting()}, func(h *house) {
		h.apply(jobs(job("a", "a", "")))
		h.until(5 * time.Second)
		for _, bad := range []string{
			job("b", "b", "tls_config:\n  ca_file: /nonexistent/ca.pem\n"),
			job("b", "b", "scrape_failure_log_file: /nonexistent/dir/log\n"),
		} {
			cfg := loadConfig(t, jobs(job("a", "a", "honor_labels: true\n"), bad))
			if err := h.m.ApplyConfig(cfg); err == nil || !strings.Contains(err.Error(), `scrape job "b"`) || !strings.Contains(err.Error(), "/nonexistent/") {
				t.Errorf("error is %v", err)
			}
		}
		if cfg, err := h.m.ScrapeConfig("a"); err != nil || cfg.HonorLabels {
			t.Error("half of the configuration came into force", err)
		}
		if _, err := h.m.ScrapeConfig("b"); err == nil {
			t.Error("job b is there")
		}
		h.until(25 * time.Second)
		h.want(nOfA, "1@0 2@10 3@20")
	})
}

func TestTargetLimit(t *testing.T) {
	inHouse(t, map[string]http.Handler{"a": counting(), "b": counting()}, func(h *house) {
		two := strings.Replace(job("a", "a", "target_limit: 1\n"), "['a']", "['a', 'b']", 1)
		h.apply(jobs(two))
		h.until(5 * time.Second)
		for _, target := range h.m.ActiveTargets()["a"] {
			wantError(t, target.LastError(), KindTargetLimit, "target_limit exceeded (number of targets: 2, limit: 1)", "raise target_limit")
		}
		h.updates <- map[string][]*targetgroup.Group{"a": {{Targets: []model.LabelSet{{"__address__": "a"}}}}}
		h.until(15 * time.Second)
		h.want(upOfA, "0@0 1@10")
		h.want(nOfA, "1@10")
	})
}

func TestDroppedTargets(t *testing.T) {
	inHouse(t, map[string]http.Handler{"a": counting()}, func(h *house) {
		y := strings.Replace(job("a", "a", "keep_dropped_targets: 2\nrelabel_configs:\n- source_labels: [__address__]\n  regex: a|bad\n  action: keep\n- source_labels: [__address__]\n  regex: bad\n  target_label: __scrape_interval__\n  replacement: never\n"),
			"['a']", "['a', 'b', 'c', 'd', 'bad']", 1)
		h.apply(jobs(y))
		h.until(time.Second)
		dropped := h.m.DroppedTargets()["a"]
		if len(dropped) != 2 || h.m.DroppedCounts()["a"] != 3 {
			t.Fatalf("%d kept of %d dropped", len(dropped), h.m.DroppedCounts()["a"])
		}
		if d := dropped[0]; d.Drop().Rule != 0 || d.DiscoveredLabels().Get("__address__") != "b" {
			t.Errorf("%+v %s", d.Drop(), d.DiscoveredLabels())
		}
		invalid := h.m.InvalidTargets()["a"]
		if len(invalid) != 1 || !strings.Contains(invalid[0].Drop().Err.Error(), "error parsing scrape interval") {
			t.Errorf("%d invalid", len(invalid))
		}
	})
}

func TestSiblingGroups(t *testing.T) {
	answers := []string{"x{instance=\"o\"} 1\ny 2\n", "y 3\n", "y 4\n", "x{instance=\"o\"} 5\n"}
	var i atomic.Int64
	inHouse(t, map[string]http.Handler{"a": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		metricsOf(answers[min(int(i.Add(1)), len(answers))-1]).ServeHTTP(w, r)
	})}, func(h *house) {
		h.apply(jobs(job("a", "a", "honor_labels: true\n")))
		h.until(35 * time.Second)
		h.want(`{__name__="x", instance="o", job="a"}`, "1@0 stale@10 5@30")
		h.want(`{__name__="y", instance="a", job="a"}`, "2@0 3@10 4@20 stale@30")
		h.updates <- map[string][]*targetgroup.Group{"a": nil}
		h.until(90 * time.Second)
		h.want(`{__name__="x", instance="o", job="a"}`, "1@0 stale@10 5@30 stale@40")
	})
}

func TestStoreRefuses(t *testing.T) {
	inHouse(t, map[string]http.Handler{"a": counting()}, func(h *house) {
		h.apply(jobs(job("a", "a", "")))
		h.until(5 * time.Second)
		h.mem.Refuse(storage.ErrNoSpace)
		h.until(25 * time.Second)
		target := h.target("a")
		if err := target.WriteError(); !errors.Is(err, storage.ErrNoSpace) || !strings.Contains(err.Error(), "make room") {
			t.Error(err)
		}
		if target.Health() != HealthGood {
			t.Error("the target is not to blame")
		}
		h.mem.Refuse(nil)
		h.until(35 * time.Second)
		h.want(nOfA, "1@0 4@30")
		if err := target.WriteError(); err != nil {
			t.Error(err)
		}
	})
}

func TestStopWritesNoMarkers(t *testing.T) {
	inHouse(t, map[string]http.Handler{"a": counting(), "b": http.HandlerFunc(hanging)}, func(h *house) {
		h.apply(jobs(job("a", "a", ""), job("b", "b", "")))
		h.until(15 * time.Second)
		h.m.Stop()
		if h.start.Add(15 * time.Second).Before(time.Now()) {
			t.Error("stopping waited for a scrape")
		}
		time.Sleep(time.Minute)
		h.want(nOfA, "1@0 2@10")
		h.want(`{__name__="up", instance="b", job="b"}`, "0@0")
		if err := h.m.ApplyConfig(loadConfig(t, jobs(job("c", "a", "")))); err != nil {
			t.Error(err)
		}
	})
}

func TestUpdatesAreGathered(t *testing.T) {
	inHouse(t, map[string]http.Handler{"a": counting(), "b": counting(), "c": counting()}, func(h *house) {
		y := jobs(job("a", "a", ""))
		h.apply(y)
		h.until(time.Second)
		for _, address := range []string{"b", "c"} {
			h.updates <- map[string][]*targetgroup.Group{"a": {{Targets: []model.LabelSet{{"__address__": model.LabelValue(address)}}}}}
		}
		h.until(4 * time.Second)
		if got := h.target("a").Value("__address__"); got != "a" {
			t.Error(got)
		}
		h.until(6 * time.Second)
		if got := h.target("a").Value("__address__"); got != "c" {
			t.Error(got)
		}
		h.want(`{__name__="up", instance="b", job="a"}`, "")
	})
}

func TestLocalHandlerThatFails(t *testing.T) {
	inHouse(t, map[string]http.Handler{
		"a": http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("oh") }),
		"b": http.NotFoundHandler(),
	}, func(h *house) {
		h.apply(jobs(job("a", "a", ""), job("b", "b", "")))
		h.until(time.Second)
		wantError(t, h.target("a").LastError(), KindOther, "panicked: oh")
		wantError(t, h.target("b").LastError(), KindStatus, "404 Not Found", "metrics_path")
	})
}

// TestFleet has many targets that come and go: all are scraped on time, and
// nothing is left behind.
func TestFleet(t *testing.T) {
	const n = 500
	local := map[string]http.Handler{}
	var all []model.LabelSet
	for i := range n {
		address := fmt.Sprintf("t%d", i)
		local[address] = metricsOf("x 1\n")
		all = append(all, model.LabelSet{"__address__": model.LabelValue(address)})
	}
	inHouse(t, local, func(h *house) {
		if err := h.m.ApplyConfig(loadConfig(t, jobs(job("a", "unused", "")))); err != nil {
			t.Fatal(err)
		}
		for i := range 6 {
			half := all[:n/2]
			if i%2 == 0 {
				half = all
			}
			h.updates <- map[string][]*targetgroup.Group{"a": {{Targets: half}}}
			h.until(time.Duration(i+1)*time.Minute - time.Second)
			if got := len(h.m.ActiveTargets()["a"]); got != len(half) {
				t.Fatalf("%d targets, want %d", got, len(half))
			}
		}
		points := h.mem.Points()
		for i := range n / 2 {
			name := fmt.Sprintf(`{__name__="up", instance="t%d", job="a"}`, i)
			if len(points[name]) != 36 {
				t.Fatalf("%s was scraped %d times in 6 minutes", name, len(points[name]))
			}
		}
	})
}

func TestOffsets(t *testing.T) {
	cfg := loadConfig(t, oneJob("h:1", "")).ScrapeConfigs[0]
	const n, interval = 1000, 10 * time.Second
	buckets := make([]int, 10)
	now := time.Now()
	for i := range n {
		target := newTarget(loadTarget(t, fmt.Sprintf("h%d:1", i)), source{cfg: cfg})
		d := target.offset(now, interval, 42)
		if d < 0 || d > interval {
			t.Fatal(d)
		}
		buckets[int(now.Add(d).UnixNano()%int64(interval)*10/int64(interval))]++
		// The rhythm does not depend on when it is asked for.
		later := now.Add(3 * time.Second)
		if a, b := now.Add(d).UnixNano()%int64(interval), later.Add(target.offset(later, interval, 42)).UnixNano()%int64(interval); a != b {
			t.Fatal("the offset moves with the time")
		}
		if target.offset(now, interval, 43) == d && target.offset(now, interval, 44) == d {
			t.Fatal("the seed does not matter")
		}
	}
	for i, got := range buckets {
		if got < n/20 || got > n/5 {
			t.Errorf("%d of %d targets are in tenth %d of the interval", got, n, i)
		}
	}
}
