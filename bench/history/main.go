// Command history loads the same history into Prometheus, VictoriaMetrics and
// Monopod, and measures three things: taking it by remote write, keeping it, and
// answering queries over it. Into Monopod it comes a second time as rows, the
// way that scrapes take.
//
// Loading and querying are phases of their own, and the directories stay: sizes
// do not depend on what else the machine does, times do.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"time"

	"monopod/bench/contender"
)

// rowsName is the contender that is Monopod with a history written as rows.
const rowsName = "Monopod, rows"

// options are what the phases share.
type options struct {
	dir, payloads string
	connections   int
	perSeries     int
	settle        time.Duration
	runs          int
}

// history is what was loaded, kept beside the data: the next load makes the same.
type history struct {
	End      int64 `json:"endMillis"`
	Steps    int   `json:"steps"`
	Interval int64 `json:"intervalMillis"`
	Nodes    int   `json:"nodes"`
	Kubelets int   `json:"kubelets"`
	Seed     int   `json:"seed"`
}

// time is the timestamp of a step in milliseconds.
func (h history) time(step int) int64 { return h.End - int64(h.Steps-1-step)*h.Interval }

func main() {
	var programs contender.Programs
	flag.StringVar(&programs.Monopod, "monopod", "bin/monopod", "Monopod; empty: leave it out")
	flag.StringVar(&programs.Prometheus, "prometheus", "bin/tools/prometheus", "Prometheus; empty: leave it out")
	flag.StringVar(&programs.VictoriaMetrics, "victoriametrics", "bin/tools/victoria-metrics", "VictoriaMetrics, the single-node program; empty: leave it out")
	var o options
	flag.StringVar(&o.dir, "dir", "history-data", "where the data and the figures are kept")
	flag.StringVar(&o.payloads, "payloads", "bench/payloads", "recorded payloads")
	flag.IntVar(&o.connections, "connections", 4, "connections that write")
	flag.IntVar(&o.perSeries, "per-series", 1, "samples of a series in a request")
	flag.DurationVar(&o.settle, "settle", time.Minute, "how long nothing on disk may change before it is measured")
	flag.IntVar(&o.runs, "runs", 5, "times that each query runs; the median counts")
	load := flag.Bool("load", false, "load, and measure sizes")
	query := flag.Bool("query", false, "run the queries on what was loaded")
	report := flag.Bool("report", false, "only write the tables of what was measured")
	only := flag.String("only", "", "contenders, by name, separated by commas: prometheus, victoriametrics, monopod, rows")
	hours := flag.Float64("hours", 24, "length of the history")
	out := flag.String("out", "", "write the tables into this file; default: standard output")
	flag.Parse()
	if !*load && !*query && !*report {
		*load, *query = true, true
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, o, programs, *only, *hours, *load, *query, *out); err != nil {
		fmt.Fprintln(os.Stderr, "history:", err)
		os.Exit(1)
	}
}

// selected is the contenders, each with its directory's name.
func selected(p contender.Programs, only string) map[string]contender.Contender {
	out := map[string]contender.Contender{}
	for _, c := range contender.List(p) {
		out[strings.ToLower(c.Name)] = c
		if c.Name == "Monopod" {
			c.Name = rowsName
			out["rows"] = c
		}
	}
	if only != "" {
		for name := range out {
			if !strings.Contains(","+only+",", ","+name+",") {
				delete(out, name)
			}
		}
	}
	return out
}

// order is how contenders are run and shown.
var order = []string{"prometheus", "victoriametrics", "monopod", "rows"}

func run(ctx context.Context, o options, programs contender.Programs, only string, hours float64, load, query bool, out string) error {
	h, err := openHistory(o.dir, hours)
	if err != nil {
		return err
	}
	chosen := selected(programs, only)
	for _, phase := range []struct {
		on bool
		do func(context.Context, options, history, contender.Contender, string) error
	}{{load, loadOne}, {query, queryOne}} {
		for _, name := range order {
			c, ok := chosen[name]
			if !phase.on || !ok {
				continue
			}
			if err := phase.do(ctx, o, h, c, filepath.Join(o.dir, name)); err != nil {
				return fmt.Errorf("%s: %w", c.Name, err)
			}
		}
	}
	return writeReport(o, h, out)
}

// openHistory returns the history of a directory. A new one ends now.
func openHistory(dir string, hours float64) (history, error) {
	h := history{Interval: 15_000, Nodes: 20, Kubelets: 5, Seed: 1}
	h.Steps = int(hours * 3600 * 1000 / float64(h.Interval))
	h.End = time.Now().UnixMilli() / h.Interval * h.Interval
	err := readJSON(filepath.Join(dir, "history.json"), &h)
	if !errors.Is(err, fs.ErrNotExist) {
		return h, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return h, err
	}
	return h, writeJSON(filepath.Join(dir, "history.json"), h)
}

func readJSON(path string, to any) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, to); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

func writeJSON(path string, v any) error {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o644)
}
