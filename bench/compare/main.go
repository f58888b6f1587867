// Command compare lets Prometheus, VictoriaMetrics and Monopod scrape the same
// fleet, one after the other, and writes one table of what each needed: CPU per
// sample, memory per series, bytes written per sample, what was missed, and how
// long a restart takes. It does so several times; medians count.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"time"

	"monopod/bench/contender"
	"monopod/bench/fleet"
	"monopod/bench/measure"
)

// options are the same for all trials.
type options struct {
	fleet         fleet.Options
	warm, measure time.Duration
	runs          int
	profiles      string // directory; empty: none are taken
	out           string
}

// trial is a contender on a fleet.
type trial struct {
	contender contender.Contender
	label     string
	churn     float64
	args      []string
	results   []result
}

func main() {
	var programs contender.Programs
	flag.StringVar(&programs.Monopod, "monopod", "bin/monopod", "Monopod; empty: leave it out")
	flag.StringVar(&programs.Prometheus, "prometheus", "", "Prometheus; empty: leave it out")
	flag.StringVar(&programs.VictoriaMetrics, "victoriametrics", "", "VictoriaMetrics, the single-node program; empty: leave it out")
	var o options
	flag.StringVar(&o.fleet.Payloads, "payloads", "bench/payloads", "recorded payloads")
	flag.DurationVar(&o.fleet.Interval, "interval", 5*time.Second, "scrape interval")
	flag.BoolVar(&o.fleet.Gzip, "gzip", false, "let the targets compress")
	flag.Float64Var(&o.fleet.Reorder, "reorder", 0, "share of scrapes that find the lines in another order")
	flag.Float64Var(&o.fleet.Native, "native", 0, "share of targets with native histograms, over protobuf")
	scale := flag.Float64("scale", 1, "size of the fleet; 1 has 325 targets and 356,000 series")
	churn := flag.Float64("churn", 0.01, "share of targets that are replaced each minute, in a trial of its own; 0: no such trial")
	churnAll := flag.Bool("churn-all", false, "the trial with churn for all contenders, not only for Monopod")
	// Monopod seals a group every 32 rows: less would leave that out.
	flag.DurationVar(&o.warm, "warm", 40*time.Second, "how long each scrapes before it is measured")
	flag.DurationVar(&o.measure, "measure", 160*time.Second, "how long each is measured")
	flag.IntVar(&o.runs, "runs", 3, "runs, of which the medians count")
	args := flag.String("args", "", "more arguments for Monopod, separated by blanks")
	flag.StringVar(&o.profiles, "profiles", "", "keep profiles of CPU and memory in this directory, taken after the measurement")
	flag.StringVar(&o.out, "out", "", "write the table into this file, too")
	flag.Parse()
	o.fleet.Mix, o.fleet.Seed = fleet.Scaled(*scale), 1
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var trials []*trial
	var churning []*trial
	for _, c := range contender.List(programs) {
		t := &trial{contender: c, label: c.Name}
		if c.Name == "Monopod" {
			t.args = strings.Fields(*args)
		}
		trials = append(trials, t)
		if *churn > 0 && (*churnAll || c.Name == "Monopod") {
			churning = append(churning, &trial{contender: c, label: fmt.Sprintf("%s, %g%% churn/min", c.Name, 100**churn), churn: *churn, args: t.args})
		}
	}
	if err := run(ctx, o, append(trials, churning...)); err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options, trials []*trial) error {
	for n := range o.runs {
		for _, t := range trials {
			fmt.Fprintf(os.Stderr, "run %d of %d, %s … ", n+1, o.runs, t.label)
			r, err := measureOne(ctx, o, t)
			if err != nil {
				return fmt.Errorf("%s: %w", t.label, err)
			}
			fmt.Fprintf(os.Stderr, "%.2f µs/sample, %.0f B/series\n", r[cpuPerSample], r[rssPerSeries])
			t.results = append(t.results, r)
		}
	}
	text := table(o, trials, measure.Command("bench/compare"))
	if o.out != "" {
		if err := os.WriteFile(o.out, []byte(text), 0o644); err != nil {
			return err
		}
	}
	_, err := os.Stdout.WriteString(text)
	return err
}
