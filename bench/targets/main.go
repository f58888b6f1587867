// Command targets plays the fleet by itself, for whoever wants to scrape it by
// hand or with a profiler: it writes a prometheus.yml for it and says each
// interval how it is scraped.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"monopod/bench/fleet"
)

func main() {
	o := fleet.Options{Seed: 1}
	flag.StringVar(&o.Payloads, "payloads", "bench/payloads", "recorded payloads")
	flag.DurationVar(&o.Interval, "interval", 5*time.Second, "scrape interval")
	flag.BoolVar(&o.Gzip, "gzip", false, "let the targets compress")
	flag.Float64Var(&o.Reorder, "reorder", 0, "share of scrapes that find the lines in another order")
	flag.Float64Var(&o.Native, "native", 0, "share of targets with native histograms, over protobuf")
	flag.Float64Var(&o.Churn, "churn", 0, "share of targets that are replaced each minute")
	flag.StringVar(&o.Dir, "dir", ".", "where prometheus.yml and lists of targets are written")
	scale := flag.Float64("scale", 1, "size of the fleet; 1 has 325 targets and 356,000 series")
	flag.Parse()
	o.Mix = fleet.Scaled(*scale)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "targets:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o fleet.Options) (err error) {
	if o.Dir, err = filepath.Abs(o.Dir); err != nil {
		return err
	}
	f, err := fleet.Start(o)
	if err != nil {
		return err
	}
	defer f.Close()
	config := filepath.Join(o.Dir, "prometheus.yml")
	if err := os.WriteFile(config, f.Config(), 0o644); err != nil {
		return err
	}
	fmt.Printf("%d targets, %d series; %s\n", f.Size(), f.Series(), config)
	tick := time.NewTicker(o.Interval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if err := f.Err(); err != nil {
			return err
		}
		p, replaced := f.Punctuality()
		fmt.Printf("%d scrapes, %d samples, %d missed, %d late, worst %v, %d targets replaced\n", p.Scrapes, p.Samples, p.Missed, p.Late, p.Worst.Round(time.Millisecond), replaced)
		f.Begin()
	}
}
