package node

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// source is what node_exporter calls a collector. Update cannot be cancelled.
type source interface {
	Update(chan<- prometheus.Metric) error
}

var (
	errHanging = errors.New("still hanging since an earlier scrape")
	errNoData  = errors.New("this machine has no data for it")
)

var (
	durationDesc = prometheus.NewDesc("node_scrape_collector_duration_seconds",
		"node_exporter: Duration of a collector scrape.", []string{"collector"}, nil)
	successDesc = prometheus.NewDesc("node_scrape_collector_success",
		"node_exporter: Whether a collector succeeded.", []string{"collector"}, nil)
)

// collection is one scrape's run over the collectors.
type collection struct {
	ctx        context.Context
	collectors []*collector
}

func (c *collection) Describe(ch chan<- *prometheus.Desc) {
	ch <- durationDesc
	ch <- successDesc
}

// Collect runs all collectors side by side and returns when each has ended or
// the time is up.
func (c *collection) Collect(out chan<- prometheus.Metric) {
	var wg sync.WaitGroup
	for _, one := range c.collectors {
		wg.Go(func() { one.report(c.ctx, out) })
	}
	wg.Wait()
}

// collector runs one source, one run at a time.
//
// Invariant: a run that outlives its deadline keeps the turn until its Update
// returns, so that a dead NFS mount costs one goroutine, not one per scrape.
type collector struct {
	name   string
	source source
	logger *slog.Logger
	turn   chan struct{} // holds one token

	mu struct {
		sync.Mutex
		hanging bool
		worked  bool   // it gave data at least once
		lastErr string // what was logged last, empty after a success
	}
}

func newCollector(name string, s source, logger *slog.Logger) *collector {
	c := &collector{name: name, source: s, logger: logger.With("collector", name), turn: make(chan struct{}, 1)}
	c.turn <- struct{}{}
	return c
}

// report sends the metrics of one run, and how it went.
func (c *collector) report(ctx context.Context, out chan<- prometheus.Metric) {
	start := time.Now()
	metrics, err := c.run(ctx)
	for _, m := range metrics {
		out <- m
	}
	c.log(err)

	success := 0.0
	if err == nil {
		success = 1
	}
	out <- prometheus.MustNewConstMetric(durationDesc, prometheus.GaugeValue, time.Since(start).Seconds(), c.name)
	out <- prometheus.MustNewConstMetric(successDesc, prometheus.GaugeValue, success, c.name)
}

// run returns what the source gave. Of a source that failed midway the metrics
// before the failure count, as in node_exporter; of one that ran out of time,
// none: nobody could tell which are missing.
func (c *collector) run(ctx context.Context) ([]prometheus.Metric, error) {
	c.mu.Lock()
	hanging := c.mu.hanging
	c.mu.Unlock()
	if hanging {
		return nil, errHanging
	}
	select {
	case <-c.turn:
	case <-ctx.Done():
		return nil, fmt.Errorf("waiting for another scrape: %w", ctx.Err())
	}

	type result struct {
		metrics []prometheus.Metric
		err     error
	}
	done := make(chan result, 1)
	go func() {
		metrics, err := gather(c.source)
		c.giveBack()
		done <- result{metrics, err}
	}()
	select {
	case r := <-done:
		return r.metrics, r.err
	case <-ctx.Done():
		c.markHanging()
		return nil, fmt.Errorf("not done in time: %w", ctx.Err())
	}
}

// gather drains one Update into a slice.
func gather(s source) (metrics []prometheus.Metric, err error) {
	ch := make(chan prometheus.Metric, 64)
	go func() {
		defer close(ch)
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("panicked: %v", p)
			}
		}()
		err = s.Update(ch)
	}()
	for m := range ch {
		metrics = append(metrics, m)
	}
	if isNoData(err) {
		err = errNoData
	}
	return metrics, err
}

func (c *collector) giveBack() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.mu.hanging = false
	c.turn <- struct{}{} // has room: this run took the only token
}

// markHanging marks the collector unless its run gave the turn back meanwhile.
func (c *collector) markHanging() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.mu.hanging = len(c.turn) == 0
}

// log says once what is wrong: a source that never worked is a thing that this
// machine does not have, and only one that worked and stopped is news.
func (c *collector) log(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err == nil {
		if c.mu.lastErr != "" {
			c.logger.Info("Machine metrics are back")
		}
		c.mu.worked, c.mu.lastErr = true, ""
		return
	}
	if c.mu.lastErr == err.Error() || errors.Is(err, errHanging) {
		return
	}
	c.mu.lastErr = err.Error()
	level := slog.LevelDebug
	if c.mu.worked || errors.Is(err, context.DeadlineExceeded) {
		level = slog.LevelWarn
	}
	c.logger.Log(context.Background(), level, "Machine metrics cannot be read", "err", err)
}
