package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"monopod/bench/contender"
	"monopod/bench/measure"
)

// query is one of the table: a range of length back from the end, or an instant.
type query struct {
	label, expr string
	length      time.Duration // 0: instant
	step        time.Duration
}

var queries = []query{
	{"one series, 24 h", `node_load1{instance="10.0.100.1:9100"}`, 24 * time.Hour, time.Minute},
	{"20 series, 6 h at 15 s", `node_load1`, 6 * time.Hour, 15 * time.Second},
	{"", `sum by (instance) (rate(node_cpu_seconds_total{mode!="idle"}[5m]))`, 6 * time.Hour, time.Minute},
	{"", `sum by (job) (rate(rest_client_requests_total[5m]))`, 6 * time.Hour, time.Minute},
	{"", `histogram_quantile(0.99, sum by (le) (rate(kubelet_runtime_operations_duration_seconds_bucket[5m])))`, 6 * time.Hour, time.Minute},
	{"", `sum by (instance) (rate(node_cpu_seconds_total[1h]))`, 24 * time.Hour, time.Minute},
	{"", `max by (job) (max_over_time(node_memory_MemAvailable_bytes[30m]))`, 24 * time.Hour, time.Minute},
	{"", `1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes`, 24 * time.Hour, time.Minute},
	{"", `count by (__name__) ({__name__=~"node_.*"})`, time.Hour, time.Minute},
	{"", `max_over_time(sum by (instance) (rate(node_network_receive_bytes_total[5m]))[30m:1m])`, 6 * time.Hour, time.Minute},
	{"", `count({job=~".+"})`, 15 * time.Minute, time.Minute},
	{"", `count by (job) ({job=~".+"})`, 0, 0},
}

// queried is how the queries went, kept in query.json.
type queried struct {
	Name    string        `json:"name"`
	Version string        `json:"version"`
	Restart time.Duration `json:"restartNanoseconds"` // until a query was answered
	PeakRSS int64         `json:"peakRSSBytes"`
	Answers []answered    `json:"answers"`
	Load    string        `json:"load"`
}

type answered struct {
	Expr   string  `json:"expr"`
	Millis float64 `json:"millis"` // median
	Series int     `json:"series"`
	Points int     `json:"points"`
	Sum    float64 `json:"sum"` // of all values
}

func queryOne(ctx context.Context, o options, h history, c contender.Contender, dir string) error {
	fmt.Fprintf(os.Stderr, "%s answers …\n", c.Name)
	began := time.Now()
	p, err := start(ctx, c, dir)
	if err != nil {
		return err
	}
	defer p.Kill()
	if _, err := measure.Instant(ctx, p.URL(), "count(node_load1)", h.End); err != nil {
		return err
	}
	q := queried{Name: c.Name, Version: measure.Version(c.Program), Restart: time.Since(began)}
	for _, one := range queries {
		var took []float64
		var a measure.Answer
		for i := range o.runs + 1 {
			began := time.Now()
			if a, err = one.ask(ctx, p.URL(), h.End); err != nil {
				return err
			}
			if i > 0 { // the first reads what no file cache has
				took = append(took, a.Received.Sub(began).Seconds()*1000)
			}
		}
		q.Answers = append(q.Answers, answered{one.expr, measure.Median(took), a.Series, a.Points, a.Sum})
	}
	u, err := measure.Process(p.PID())
	if err != nil {
		return err
	}
	q.PeakRSS, q.Load = u.PeakRSS, measure.Load()
	_ = p.Stop(2 * time.Minute)
	return writeJSON(filepath.Join(dir, "query.json"), q)
}

func (q query) ask(ctx context.Context, root string, end int64) (measure.Answer, error) {
	if q.length == 0 {
		return measure.Instant(ctx, root, q.expr, end)
	}
	return measure.Range(ctx, root, q.expr, end-q.length.Milliseconds(), end, q.step)
}
