// Command remotewrite sends the same remote write to Prometheus, VictoriaMetrics
// and Monopod, one after the other, as fast as each takes it, and writes one
// table: samples per second, CPU per sample, memory, bytes at rest. What was
// stored is counted afterwards.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"monopod/test/process"
)

// contender is a program that is measured.
type contender struct {
	name, program, ready string
	flush                string // path that makes what was written visible
	args                 func(address, dir string) []string
}

func prometheusArgs(address, dir string) []string {
	return []string{"--config.file=" + filepath.Join(dir, "prometheus.yml"), "--web.listen-address=" + address,
		"--storage.tsdb.path=" + filepath.Join(dir, "data"), "--web.enable-remote-write-receiver"}
}

func victoriaArgs(address, dir string) []string {
	return []string{"-httpListenAddr=" + address, "-storageDataPath=" + filepath.Join(dir, "data"), "-search.maxUniqueTimeseries=10000000"}
}

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
	monopod := flag.String("monopod", "bin/monopod", "Monopod; empty: leave it out")
	prometheus := flag.String("prometheus", "", "Prometheus; empty: leave it out")
	victoria := flag.String("victoriametrics", "", "VictoriaMetrics, the single-node program; empty: leave it out")
	series := flag.Int("series", 20_000, "series")
	samples := flag.Int("samples", 8_000_000, "samples of each load")
	connections := flag.Int("connections", 4, "connections")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	contenders := []contender{
		{"Prometheus", *prometheus, "/-/ready", "", prometheusArgs},
		{"VictoriaMetrics", *victoria, "/health", "/internal/force_flush", victoriaArgs},
		{"Monopod", *monopod, "/-/ready", "", prometheusArgs},
	}
	shapes := []shape{
		{name: "live", series: *series, perSeries: 1, perRequest: 2000, connections: *connections},
		{name: "backlog", series: *series, perSeries: 20, perRequest: 10_000, connections: *connections},
	}
	if err := run(ctx, contenders, shapes, *samples); err != nil {
		fmt.Fprintln(os.Stderr, "remotewrite:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, contenders []contender, shapes []shape, samples int) error {
	var results []result
	for _, s := range shapes {
		s.rounds = max(1, samples/(s.series*s.perSeries))
		for _, c := range contenders {
			if c.program == "" {
				continue
			}
			fmt.Fprintf(os.Stderr, "%s, %s …\n", c.name, s.name)
			r, err := measure(ctx, c, s)
			if err != nil {
				return fmt.Errorf("%s, %s: %w", c.name, s.name, err)
			}
			results = append(results, r)
		}
	}
	table(results, shapes)
	return nil
}

func measure(ctx context.Context, c contender, s shape) (result, error) {
	l, err := makeLoad(s)
	if err != nil {
		return result{}, err
	}
	dir, err := os.MkdirTemp("", "monopod-remotewrite-")
	if err != nil {
		return result{}, err
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, "prometheus.yml"), []byte("global: {scrape_interval: 1m}\n"), 0o644); err != nil {
		return result{}, err
	}
	address, err := process.FreeAddress()
	if err != nil {
		return result{}, err
	}
	p, err := process.Start(dir, "contender", address, c.program, c.args(address, dir)...)
	if err != nil {
		return result{}, err
	}
	defer p.Kill()
	ready, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := p.WaitReady(ready, c.ready); err != nil {
		return result{}, err
	}
	before, err := cpu(p.PID())
	if err != nil {
		return result{}, err
	}
	began := time.Now()
	if err := l.send(ctx, p.URL()+"/api/v1/write"); err != nil {
		return result{}, fmt.Errorf("%w; its last lines:\n%s", err, p.Tail(10))
	}
	took := time.Since(began)
	after, err := cpu(p.PID())
	if err != nil {
		return result{}, err
	}
	r := result{name: c.name, shape: s.name, rate: float64(l.samples) / took.Seconds()}
	r.cpu = time.Duration(float64(after-before) / float64(l.samples) * 1e6)
	if r.peak, err = peak(p.PID()); err != nil {
		return r, err
	}
	if c.flush != "" {
		if _, err := get(ctx, p.URL()+c.flush); err != nil {
			return r, err
		}
	}
	stored, err := count(ctx, p.URL(), l)
	if err != nil {
		return r, err
	}
	r.missing = l.samples - stored
	if err := p.Stop(time.Minute); err != nil && c.flush == "" {
		return r, err
	}
	r.atRest = float64(size(filepath.Join(dir, "data"))) / float64(l.samples)
	return r, nil
}

// count asks how many samples can be read.
func count(ctx context.Context, root string, l *load) (int, error) {
	const expr = `sum(count_over_time(bench_metric_3_total[1h]))`
	body, err := get(ctx, root+"/api/v1/query?query="+url.QueryEscape(expr)+"&time="+strconv.FormatInt(l.last.Unix(), 10))
	if err != nil {
		return 0, err
	}
	var answer struct {
		Data struct{ Result []struct{ Value [2]any } }
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return 0, fmt.Errorf("%w: %s", err, body)
	}
	if len(answer.Data.Result) == 0 {
		return 0, nil
	}
	n, err := strconv.ParseFloat(fmt.Sprint(answer.Data.Result[0].Value[1]), 64)
	return int(n) * 100, err // one metric of a hundred
}

func get(ctx context.Context, url string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode/100 != 2 {
		err = fmt.Errorf("%s: %s", res.Status, body)
	}
	return body, err
}

// cpu is the time that a process has used.
func cpu(pid int) (time.Duration, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	// Fields 14 and 15, counted behind the program's name, are clock ticks of 10 ms.
	var ticks int64
	for _, f := range strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))[11:13] {
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			return 0, err
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond, nil
}

// peak is the most memory that a process has had.
func peak(pid int) (int64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for l := range strings.Lines(string(text)) {
		if f := strings.Fields(l); len(f) > 1 && f[0] == "VmHWM:" {
			n, err := strconv.ParseInt(f[1], 10, 64)
			return n << 10, err
		}
	}
	return 0, fmt.Errorf("process %d has no VmHWM", pid)
}

func size(dir string) int64 {
	var n int64
	_ = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			if info, err := d.Info(); err == nil {
				n += info.Size()
			}
		}
		return nil
	})
	return n
}

func table(results []result, shapes []shape) {
	fmt.Printf("%s, %d CPUs, %s\n", runtime.GOARCH, runtime.NumCPU(), time.Now().Format(time.DateOnly))
	for _, s := range shapes {
		fmt.Printf("%s: %d series, %d connections, requests of %d samples, %d of each series\n", s.name, s.series, s.connections, s.perRequest, s.perSeries)
	}
	fmt.Println("\n| | | samples/s | CPU µs/sample | RSS peak MiB | at rest B/sample | missing |")
	fmt.Println("|---|---|---|---|---|---|---|")
	for _, r := range results {
		fmt.Printf("| %s | %s | %.0f k | %.2f | %d | %.2f | %d |\n", r.name, r.shape, r.rate/1000, r.cpu.Seconds(), r.peak>>20, r.atRest, r.missing)
	}
}
