package node

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

type update func(chan<- prometheus.Metric) error

func (u update) Update(ch chan<- prometheus.Metric) error { return u(ch) }

func gives(name string) update {
	desc := prometheus.NewDesc(name, name, nil, nil)
	return func(ch chan<- prometheus.Metric) error {
		ch <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, 1)
		return nil
	}
}

func nodeOf(logger *slog.Logger, sources map[string]source) *Node {
	n := &Node{logger: logger, timeout: 10 * time.Second, buildInfo: buildInfo("test")}
	for name, s := range sources {
		n.collectors = append(n.collectors, newCollector(name, s, logger))
	}
	return n
}

func body(n *Node, timeoutSeconds string) string {
	r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
	if timeoutSeconds != "" {
		r.Header.Set("X-Prometheus-Scrape-Timeout-Seconds", timeoutSeconds)
	}
	w := httptest.NewRecorder()
	n.ServeHTTP(w, r)
	return w.Body.String()
}

func TestFailuresHideNobody(t *testing.T) {
	failing := update(func(ch chan<- prometheus.Metric) error {
		if err := gives("before_failure")(ch); err != nil {
			return err
		}
		return errors.New("disk on fire")
	})
	got := body(nodeOf(slog.New(slog.DiscardHandler), map[string]source{
		"good":     gives("good_metric"),
		"failing":  failing,
		"panicked": update(func(chan<- prometheus.Metric) error { panic("boom") }),
	}), "")
	for _, want := range []string{
		"good_metric 1\n", "before_failure 1\n",
		`node_scrape_collector_success{collector="good"} 1`,
		`node_scrape_collector_success{collector="failing"} 0`,
		`node_scrape_collector_success{collector="panicked"} 0`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

func TestHangingCollector(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		var calls atomic.Int32
		n := nodeOf(slog.New(slog.DiscardHandler), map[string]source{
			"good": gives("good_metric"),
			"nfs": update(func(ch chan<- prometheus.Metric) error {
				if calls.Add(1) == 1 {
					<-release
				}
				return gives("nfs_metric")(ch)
			}),
		})

		start := time.Now()
		got := body(n, "5")
		if took := time.Since(start); took != 4500*time.Millisecond {
			t.Errorf("a scrape of 5 s gave up after %v", took)
		}
		if !strings.Contains(got, "good_metric 1") || strings.Contains(got, "nfs_metric") ||
			!strings.Contains(got, `success{collector="nfs"} 0`) {
			t.Errorf("with a hanging collector:\n%s", got)
		}

		start = time.Now()
		got = body(n, "5")
		if took := time.Since(start); took != 0 || !strings.Contains(got, "good_metric 1") {
			t.Errorf("the next scrape waited %v for the collector that still hangs:\n%s", took, got)
		}
		if n := calls.Load(); n != 1 {
			t.Errorf("a hanging collector was started %d times", n)
		}

		close(release)
		synctest.Wait()
		if got = body(n, "5"); !strings.Contains(got, "nfs_metric 1") || !strings.Contains(got, `success{collector="nfs"} 1`) {
			t.Errorf("after it returned:\n%s", got)
		}
	})
}

func TestScrapesAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		running := 0
		n := nodeOf(slog.New(slog.DiscardHandler), map[string]source{
			"slow": update(func(ch chan<- prometheus.Metric) error {
				running++
				defer func() { running-- }()
				if running > 1 {
					return errors.New("two runs of one collector at once")
				}
				time.Sleep(time.Second)
				return gives("slow_metric")(ch)
			}),
		})
		answers := make(chan string)
		for range 3 {
			go func() { answers <- body(n, "") }()
		}
		for range 3 {
			if got := <-answers; !strings.Contains(got, "slow_metric 1") {
				t.Errorf("one of three scrapes at once:\n%s", got)
			}
		}
	})
}

func TestBudget(t *testing.T) {
	n := &Node{timeout: 10 * time.Second}
	for header, want := range map[string]time.Duration{
		"": 10 * time.Second, "abc": 10 * time.Second, "0": 10 * time.Second, "-1": 10 * time.Second,
		"NaN": 10 * time.Second, "60": 10 * time.Second, "5": 4500 * time.Millisecond, "1": 800 * time.Millisecond,
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("X-Prometheus-Scrape-Timeout-Seconds", header)
		if got := n.budget(r); got != want {
			t.Errorf("budget with timeout %q = %v, want %v", header, got, want)
		}
	}
}

func TestLogsOnce(t *testing.T) {
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelInfo}))
	var err error
	c := newCollector("disk", update(func(chan<- prometheus.Metric) error { return err }), logger)
	run := func(e error) string {
		log.Reset()
		err = e
		out := make(chan prometheus.Metric, 8)
		c.report(context.Background(), out)
		return log.String()
	}
	if got := run(errors.New("no such device")); got != "" {
		t.Errorf("a collector that never worked is news: %s", got)
	}
	run(nil)
	if got := run(errors.New("gone")); !strings.Contains(got, "level=WARN") || !strings.Contains(got, "err=gone") {
		t.Errorf("a collector that stopped working: %q", got)
	}
	if got := run(errors.New("gone")); got != "" {
		t.Errorf("said twice: %s", got)
	}
	if got := run(nil); !strings.Contains(got, "back") {
		t.Errorf("a collector that works again: %q", got)
	}
}
