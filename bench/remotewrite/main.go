// Command remotewrite sends the same remote write to Prometheus, VictoriaMetrics
// and Monopod, one after the other, as fast as each takes it, and writes one
// table: samples per second, CPU per sample, memory, bytes at rest. What was
// stored is counted afterwards.
package main

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	"monopod/bench/contender"
	"monopod/bench/measure"
)

// result is what a contender did with a load.
type result struct {
	name    string
	shape   string
	rate    float64       // samples per second
	cpu     time.Duration // per million samples
	peak    int64         // bytes of memory
	atRest  float64       // bytes per sample
	missing int           // samples that were sent and cannot be read
}

func main() {
	var programs contender.Programs
	flag.StringVar(&programs.Monopod, "monopod", "bin/monopod", "Monopod; empty: leave it out")
	flag.StringVar(&programs.Prometheus, "prometheus", "", "Prometheus; empty: leave it out")
	flag.StringVar(&programs.VictoriaMetrics, "victoriametrics", "", "VictoriaMetrics, the single-node program; empty: leave it out")
	series := flag.Int("series", 20_000, "series")
	samples := flag.Int("samples", 8_000_000, "samples of each load")
	connections := flag.Int("connections", 4, "connections")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	shapes := []shape{
		{name: "live", series: *series, perSeries: 1, perRequest: 2000, connections: *connections},
		{name: "backlog", series: *series, perSeries: 20, perRequest: 10_000, connections: *connections},
	}
	if err := run(ctx, contender.List(programs), shapes, *samples); err != nil {
		fmt.Fprintln(os.Stderr, "remotewrite:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, contenders []contender.Contender, shapes []shape, samples int) error {
	var results []result
	for _, s := range shapes {
		s.rounds = max(1, samples/(s.series*s.perSeries))
		for _, c := range contenders {
			fmt.Fprintf(os.Stderr, "%s, %s …\n", c.Name, s.name)
			r, err := measureOne(ctx, c, s)
			if err != nil {
				return fmt.Errorf("%s, %s: %w", c.Name, s.name, err)
			}
			results = append(results, r)
		}
	}
	table(results, shapes)
	return nil
}

func measureOne(ctx context.Context, c contender.Contender, s shape) (result, error) {
	l, err := makeLoad(s)
	if err != nil {
		return result{}, err
	}
	dir, err := os.MkdirTemp("", "monopod-remotewrite-")
	if err != nil {
		return result{}, err
	}
	defer os.RemoveAll(dir)
	config, data := filepath.Join(dir, "prometheus.yml"), filepath.Join(dir, "data")
	if err := os.WriteFile(config, []byte("global: {scrape_interval: 1m}\n"), 0o644); err != nil {
		return result{}, err
	}
	p, err := c.Start(dir, config, data)
	if err != nil {
		return result{}, err
	}
	defer p.Kill()
	ready, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := p.WaitReady(ready, c.Ready); err != nil {
		return result{}, err
	}
	before, err := measure.Process(p.PID())
	if err != nil {
		return result{}, err
	}
	began := time.Now()
	if err := l.send(ctx, p.URL()+"/api/v1/write"); err != nil {
		return result{}, fmt.Errorf("%w; its last lines:\n%s", err, p.Tail(10))
	}
	took := time.Since(began)
	after, err := measure.Process(p.PID())
	if err != nil {
		return result{}, err
	}
	r := result{name: c.Name, shape: s.name, rate: float64(l.samples) / took.Seconds()}
	r.cpu = time.Duration(float64(after.CPU-before.CPU) / float64(l.samples) * 1e6)
	r.peak = after.PeakRSS
	if c.Flush != "" {
		if _, err := measure.Fetch(ctx, http.MethodGet, p.URL()+c.Flush); err != nil {
			return r, err
		}
	}
	stored, err := count(ctx, p.URL(), l)
	if err != nil {
		return r, err
	}
	r.missing = l.samples - stored
	if err := p.Stop(time.Minute); err != nil && c.Flush == "" {
		return r, err
	}
	r.atRest = float64(measure.Size(data)) / float64(l.samples)
	return r, nil
}

// count asks how many samples can be read.
func count(ctx context.Context, root string, l *load) (int, error) {
	const expr = `sum(count_over_time(bench_metric_3_total[1h]))`
	a, err := measure.Instant(ctx, root, expr, l.last.UnixMilli())
	return int(a.Sum) * 100, err // one metric of a hundred
}

func table(results []result, shapes []shape) {
	fmt.Printf("%s, %s\n", measure.Machine(), time.Now().Format(time.DateOnly))
	for _, s := range shapes {
		fmt.Printf("%s: %d series, %d connections, requests of %d samples, %d of each series\n", s.name, s.series, s.connections, s.perRequest, s.perSeries)
	}
	fmt.Println("\n| | | samples/s | CPU µs/sample | RSS peak MiB | at rest B/sample | missing |")
	fmt.Println("|---|---|---|---|---|---|---|")
	for _, r := range results {
		fmt.Printf("| %s | %s | %.0f k | %.2f | %d | %.2f | %d |\n", r.name, r.shape, r.rate/1000, r.cpu.Seconds(), r.peak>>20, r.atRest, r.missing)
	}
}
