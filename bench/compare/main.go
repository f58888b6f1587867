// Command compare lets Prometheus, VictoriaMetrics and Monopod scrape the same
// fleet, one after the other, and writes one table of what each needed: CPU per
// sample, memory per series, bytes written per sample.
package main

import (
	"context"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"monopod/bench/fleet"
	"monopod/test/process"
)

// contender is a program that is measured.
type contender struct {
	name, program string
	ready         string
	args          func(config, address, data string) []string
}

func prometheusArgs(config, address, data string) []string {
	return []string{"--config.file=" + config, "--web.listen-address=" + address, "--storage.tsdb.path=" + data}
}

func victoriaArgs(config, address, data string) []string {
	return []string{"-promscrape.config=" + config, "-httpListenAddr=" + address, "-storageDataPath=" + data, "-promscrape.maxScrapeSize=256MB"}
}

// cost is what a contender needed while it was measured.
type cost struct {
	name              string
	series            int
	samples           float64 // that the targets gave
	cpu               time.Duration
	rss, peak         int64 // bytes
	written           int64 // bytes to disk
	atRest            int64 // bytes of the data directory
	cpuPerSampleMicro float64
	rssPerSeries      float64
	writtenPerSample  float64
}

func main() {
	monopod := flag.String("monopod", "bin/monopod", "Monopod; empty: leave it out")
	prometheus := flag.String("prometheus", "", "Prometheus; empty: leave it out")
	victoria := flag.String("victoriametrics", "", "VictoriaMetrics, the single-node program; empty: leave it out")
	payloads := flag.String("payloads", "bench/payloads", "recorded payloads")
	interval := flag.Duration("interval", 5*time.Second, "scrape interval")
	warm := flag.Duration("warm", 30*time.Second, "how long each scrapes before it is measured")
	measure := flag.Duration("measure", 90*time.Second, "how long each is measured")
	scale := flag.Float64("scale", 1, "size of the fleet; 1 has 325 targets and 355,000 series")
	compression := flag.Bool("gzip", false, "let the targets compress")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	contenders := []contender{
		{"Prometheus", *prometheus, "/-/ready", prometheusArgs},
		{"VictoriaMetrics", *victoria, "/health", victoriaArgs},
		{"Monopod", *monopod, "/-/ready", prometheusArgs},
	}
	if err := run(ctx, contenders, *payloads, *scale, *interval, *warm, *measure, *compression); err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, contenders []contender, payloads string, scale float64, interval, warm, measure time.Duration, compression bool) error {
	mix := fleet.Mix{}
	for kind, n := range fleet.Default {
		mix[kind] = max(1, int(float64(n)*scale+0.5))
	}
	var costs []cost
	for _, c := range contenders {
		if c.program == "" {
			continue
		}
		fmt.Fprintf(os.Stderr, "%s …\n", c.name)
		one, err := measureOne(ctx, c, payloads, mix, interval, warm, measure, compression)
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		costs = append(costs, one)
	}
	table(costs, interval)
	return nil
}

func measureOne(ctx context.Context, c contender, payloads string, mix fleet.Mix, interval, warm, measure time.Duration, compression bool) (cost, error) {
	f, err := fleet.Start(payloads, mix, 1)
	if err != nil {
		return cost{}, err
	}
	defer f.Close()
	dir, err := os.MkdirTemp("", "monopod-bench-")
	if err != nil {
		return cost{}, err
	}
	defer os.RemoveAll(dir)
	config, data := filepath.Join(dir, "prometheus.yml"), filepath.Join(dir, "data")
	if err := os.WriteFile(config, f.Config(interval, compression), 0o644); err != nil {
		return cost{}, err
	}
	address, err := process.FreeAddress()
	if err != nil {
		return cost{}, err
	}
	p, err := process.Start(dir, "contender", address, c.program, c.args(config, address, data)...)
	if err != nil {
		return cost{}, err
	}
	defer p.Kill()
	ready, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := p.WaitReady(ready, c.ready); err != nil {
		return cost{}, err
	}
	if err := sleep(ctx, p, warm); err != nil {
		return cost{}, err
	}
	begin, err := read(p.PID())
	if err != nil {
		return cost{}, err
	}
	began := time.Now()
	if err := sleep(ctx, p, measure); err != nil {
		return cost{}, err
	}
	end, err := read(p.PID())
	if err != nil {
		return cost{}, err
	}
	took := time.Since(began)
	out := cost{name: c.name, series: f.Series(), cpu: end.cpu - begin.cpu, rss: end.rss, peak: end.peak, written: end.written - begin.written}
	out.samples = float64(f.Series()) * took.Seconds() / interval.Seconds()
	out.atRest = size(data)
	out.cpuPerSampleMicro = float64(out.cpu.Microseconds()) / out.samples
	out.rssPerSeries = float64(out.rss) / float64(out.series)
	out.writtenPerSample = float64(out.written) / out.samples
	return out, nil
}

func sleep(ctx context.Context, p *process.Process, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-p.Exited():
		return fmt.Errorf("it ended:\n%s", p.Tail(20))
	case <-time.After(d):
		return nil
	}
}

// usage is what the kernel says of a process.
type usage struct {
	cpu       time.Duration
	rss, peak int64
	written   int64
}

func read(pid int) (usage, error) {
	var u usage
	proc := fmt.Sprintf("/proc/%d/", pid)
	stat, err := os.ReadFile(proc + "stat")
	if err != nil {
		return u, err
	}
	// Fields 14 and 15, counted behind the program's name, are clock ticks of 10 ms.
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	for _, f := range fields[11:13] {
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			return u, err
		}
		u.cpu += time.Duration(n) * 10 * time.Millisecond
	}
	if u.rss, err = field(proc+"status", "VmRSS:"); err != nil {
		return u, err
	}
	if u.peak, err = field(proc+"status", "VmHWM:"); err != nil {
		return u, err
	}
	u.rss, u.peak = u.rss<<10, u.peak<<10
	u.written, err = field(proc+"io", "write_bytes:")
	return u, err
}

func field(path, name string) (int64, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	for l := range strings.Lines(string(text)) {
		if f := strings.Fields(l); len(f) > 1 && f[0] == name {
			return strconv.ParseInt(f[1], 10, 64)
		}
	}
	return 0, fmt.Errorf("%s has no %s", path, name)
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

func table(costs []cost, interval time.Duration) {
	fmt.Printf("%s, %d CPUs, %s, interval %v\n\n", runtime.GOARCH, runtime.NumCPU(), time.Now().Format(time.DateOnly), interval)
	fmt.Println("| | series | CPU µs/sample | RSS B/series | RSS MiB (peak) | written B/sample | data MiB |")
	fmt.Println("|---|---|---|---|---|---|---|")
	for _, c := range costs {
		fmt.Printf("| %s | %d | %.2f | %.0f | %d (%d) | %.2f | %d |\n", c.name, c.series, c.cpuPerSampleMicro, c.rssPerSeries, c.rss>>20, c.peak>>20, c.writtenPerSample, c.atRest>>20)
	}
	if n := len(costs); n > 1 {
		last := costs[n-1]
		for _, c := range costs[:n-1] {
			fmt.Printf("\n%s needs %.1f times the CPU and %.1f times the memory of %s.\n", c.name, c.cpuPerSampleMicro/last.cpuPerSampleMicro, c.rssPerSeries/last.rssPerSeries, last.name)
		}
	}
}
