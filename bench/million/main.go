// Command million lets Monopod scrape a million active series every ten seconds,
// says each minute how it does, and fails where it is not inside its memory, a
// scrape is missed or late, or a sample is not stored.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"time"

	"monopod/bench/contender"
	"monopod/bench/fleet"
	"monopod/bench/measure"
	"monopod/test/process"
)

type options struct {
	fleet    fleet.Options
	duration time.Duration
	limit    int64 // bytes of memory
	more     []string
	out      string
	profiles string
}

func main() {
	var o options
	monopod := flag.String("monopod", "bin/monopod", "Monopod")
	flag.StringVar(&o.fleet.Payloads, "payloads", "bench/payloads", "recorded payloads")
	flag.DurationVar(&o.fleet.Interval, "interval", 10*time.Second, "scrape interval")
	flag.DurationVar(&o.duration, "duration", 30*time.Minute, "how long it is watched, after all targets were scraped once")
	scale := flag.Float64("scale", 2.84, "size of the fleet; 2.84 has a million series")
	limit := flag.Int64("limit", 600, "the most memory that Monopod may have, in MB (10^6 bytes)")
	more := flag.String("args", "", "more arguments for Monopod, separated by blanks")
	flag.StringVar(&o.profiles, "profiles", "", "keep profiles of CPU and memory in this directory, taken at the end")
	flag.StringVar(&o.out, "out", "", "write the result into this file, too")
	flag.Parse()
	o.fleet.Mix, o.fleet.Seed = fleet.Scaled(*scale), 1
	o.limit, o.more = *limit*1e6, strings.Fields(*more)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, o, contender.List(contender.Programs{Monopod: *monopod})); err != nil {
		fmt.Fprintln(os.Stderr, "million:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options, list []contender.Contender) (err error) {
	if len(list) == 0 {
		return errors.New("no Monopod to measure; give one with -monopod")
	}
	out := io.Writer(os.Stdout)
	if o.out != "" {
		f, err := os.Create(o.out)
		if err != nil {
			return err
		}
		defer f.Close()
		out = io.MultiWriter(os.Stdout, f)
	}
	f, err := fleet.Start(o.fleet)
	if err != nil {
		return err
	}
	defer f.Close()
	dir, err := os.MkdirTemp("", "monopod-million-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	config := filepath.Join(dir, "prometheus.yml")
	if err := os.WriteFile(config, f.Config(), 0o644); err != nil {
		return err
	}
	p, err := list[0].Start(dir, config, filepath.Join(dir, "data"), o.more...)
	if err != nil {
		return err
	}
	defer p.Kill()
	ready, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := p.WaitReady(ready, list[0].Ready); err != nil {
		return err
	}
	w := &watcher{o: o, fleet: f, process: p, data: filepath.Join(dir, "data"), out: out}
	fmt.Fprintf(out, "# A million series, %s\n\n`%s`\n\n%s; Monopod %s\n\n%d targets, %d series, every %v for %v\n\n", time.Now().Format(time.DateOnly),
		measure.Command("bench/million"), measure.Machine(), measure.Version(list[0].Program), f.Size(), f.Series(), o.fleet.Interval, o.duration)
	if err := w.watch(ctx); err != nil {
		return err
	}
	if o.profiles != "" {
		if err := measure.Profiles(ctx, p.URL(), o.profiles, "million"); err != nil {
			return err
		}
	}
	if err := p.Stop(time.Minute); err != nil {
		return err
	}
	if len(w.failed) > 0 {
		return errors.New(strings.Join(w.failed, "; "))
	}
	return nil
}

// watcher says how Monopod does, and judges it.
type watcher struct {
	o       options
	fleet   *fleet.Fleet
	process *process.Process
	data    string
	out     io.Writer
	failed  []string
}

func (w *watcher) sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-w.process.Exited():
		return fmt.Errorf("the program ended; its last lines:\n%s", w.process.Tail(20))
	case <-time.After(d):
		return nil
	}
}

func (w *watcher) watch(ctx context.Context) error {
	for began := time.Now(); w.fleet.Unscraped() > 0; {
		if time.Since(began) > time.Minute {
			return fmt.Errorf("%d targets were not scraped within a minute", w.fleet.Unscraped())
		}
		if err := w.sleep(ctx, time.Second); err != nil {
			return err
		}
	}
	first, err := measure.Process(w.process.PID())
	if err != nil {
		return err
	}
	before, err := measure.Metrics(ctx, w.process.URL())
	if err != nil {
		return err
	}
	w.fleet.Begin()
	began := time.Now()
	fmt.Fprintln(w.out, "| minute | RSS MB | peak MB | CPU µs/sample | data B/sample | scrapes | missed | late | worst ms | load |\n|---|---|---|---|---|---|---|---|---|---|")
	last := first
	lastSamples := int64(0)
	for left := w.o.duration; left > 0; left = w.o.duration - time.Since(began) {
		if err := w.sleep(ctx, min(left, time.Minute)); err != nil {
			return err
		}
		u, err := measure.Process(w.process.PID())
		if err != nil {
			return err
		}
		p, _ := w.fleet.Punctuality()
		fmt.Fprintf(w.out, "| %.1f | %d | %d | %.2f | %.2f | %d | %d | %d | %d | %s |\n", time.Since(began).Minutes(), u.RSS/1e6, u.PeakRSS/1e6,
			float64((u.CPU-last.CPU).Microseconds())/float64(max(1, p.Samples-lastSamples)), float64(measure.Size(w.data))/float64(max(1, p.Samples)),
			p.Scrapes, p.Missed, p.Late, p.Worst.Milliseconds(), measure.Load())
		last, lastSamples = u, p.Samples
	}
	return w.judge(ctx, before, began)
}

// judge holds what was seen against what is promised.
func (w *watcher) judge(ctx context.Context, before map[string]float64, began time.Time) error {
	punctual, _ := w.fleet.Punctuality()
	after, err := measure.Metrics(ctx, w.process.URL())
	if err != nil {
		return err
	}
	u, err := measure.Process(w.process.PID())
	if err != nil {
		return err
	}
	fmt.Fprintln(w.out)
	interval := w.o.fleet.Interval.Seconds()
	w.want("memory", u.PeakRSS <= w.o.limit, "peak %d MB of %d MB, %.0f bytes per series", u.PeakRSS/1e6, w.o.limit/1e6, float64(u.PeakRSS)/float64(w.fleet.Series()))
	w.want("on time", punctual.Missed == 0 && punctual.Late == 0, "%d scrapes, %d missed, %d late, worst %v off schedule", punctual.Scrapes, punctual.Missed, punctual.Late, punctual.Worst.Round(time.Millisecond))
	for _, quantile := range []string{"0.01", "0.99"} {
		name := fmt.Sprintf(`prometheus_target_interval_length_seconds{interval="%s",quantile="%s"}`, w.o.fleet.Interval, quantile)
		v, ok := after[name]
		w.want("interval", ok && math.Abs(v-interval) <= interval/10, "quantile %s of the time between scrapes is %.3f s", quantile, v)
	}
	// A second's worth of samples is on its way between the two counts.
	stored := after[samplesAppended] - before[samplesAppended]
	expected := float64(punctual.Samples + reportSamples*punctual.Scrapes)
	w.want("samples", math.Abs(stored-expected) <= float64(w.fleet.Series())/interval, "%.0f stored, %.0f given", stored, expected)

	now := time.Now().UnixMilli()
	up, err := measure.Instant(ctx, w.process.URL(), "count(up == 1)", now)
	if err != nil {
		return err
	}
	w.want("up", int(up.Sum) == w.fleet.Size(), "%.0f of %d targets", up.Sum, w.fleet.Size())
	if err := w.tellDown(ctx); err != nil {
		return err
	}
	window := min(time.Since(began), 20*time.Minute).Truncate(w.o.fleet.Interval)
	per := window.Seconds() / interval
	for _, fold := range []string{"min", "max"} {
		a, err := measure.Instant(ctx, w.process.URL(), fmt.Sprintf("%s(count_over_time(go_goroutines[%ds]))", fold, int(window.Seconds())), now)
		if err != nil {
			return err
		}
		w.want("samples of a series", math.Abs(a.Sum-per) <= 1, "%s %.0f in %v, %.0f expected", fold, a.Sum, window, per)
	}
	return nil
}

// tellDown says why targets are not up.
func (w *watcher) tellDown(ctx context.Context) error {
	body, err := measure.Fetch(ctx, http.MethodGet, w.process.URL()+"/api/v1/targets?state=active")
	if err != nil {
		return err
	}
	var targets struct {
		Data struct {
			ActiveTargets []struct{ ScrapeURL, Health, LastError string }
		}
	}
	if err := json.Unmarshal(body, &targets); err != nil {
		return fmt.Errorf("read the targets: %w", err)
	}
	for _, t := range targets.Data.ActiveTargets {
		if t.Health != "up" {
			fmt.Fprintf(w.out, "  - %s is %s: %s\n", t.ScrapeURL, t.Health, t.LastError)
		}
	}
	return nil
}

const (
	samplesAppended = `prometheus_tsdb_head_samples_appended_total{type="float"}`
	// reportSamples are up and what else a scrape says of itself.
	reportSamples = 5
)

func (w *watcher) want(what string, ok bool, format string, args ...any) {
	text := what + ": " + fmt.Sprintf(format, args...)
	if ok {
		fmt.Fprintln(w.out, "- ok,", text)
		return
	}
	fmt.Fprintln(w.out, "- **missed**,", text)
	w.failed = append(w.failed, text)
}
