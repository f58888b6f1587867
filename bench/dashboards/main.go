// Command dashboards measures the pages in Chromium on a day of history that
// bench/history has loaded: the bytes of the first load, how long 40 panels of 20
// series and 720 points take to be painted after their data has arrived, when a
// dashboard of 125 panels can be used, and how smoothly 100 panels scroll.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"time"

	"monopod/bench/contender"
	"monopod/bench/measure"
	"monopod/test/process"
)

const password = "measured-on-loopback"

type options struct {
	monopod, history, full, node, out, shots string
	runs                                     int
}

func main() {
	var o options
	flag.StringVar(&o.monopod, "monopod", "bin/monopod", "Monopod")
	flag.StringVar(&o.history, "history", "history-data", "what bench/history -load made")
	flag.StringVar(&o.full, "full", "", "JSON of Node Exporter Full (grafana.com 1860); default: a dashboard of 125 panels made here")
	flag.StringVar(&o.node, "node", "node", "Node.js")
	flag.IntVar(&o.runs, "runs", 5, "times that each is measured; the median counts")
	flag.StringVar(&o.shots, "shots", "", "directory that gets a picture of each page")
	flag.StringVar(&o.out, "out", "", "write the table into this file; default: standard output")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "dashboards:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	from, to, err := window(o.history)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "monopod-dashboards-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	data := filepath.Join(dir, "data")
	if err := os.CopyFS(data, os.DirFS(filepath.Join(o.history, "rows", "data"))); err != nil {
		return fmt.Errorf("copy the history (make bench-history writes it): %w", err)
	}
	config := filepath.Join(dir, "prometheus.yml")
	if err := os.WriteFile(config, []byte("scrape_configs: []\n"), 0o666); err != nil {
		return err
	}
	if err := os.Setenv("MONOPOD_ADMIN_PASSWORD", password); err != nil {
		return err
	}
	c := contender.List(contender.Programs{Monopod: o.monopod})[0]
	p, err := c.Start(dir, config, data)
	if err != nil {
		return err
	}
	defer p.Stop(30 * time.Second) //nolint:errcheck // its directory goes anyway
	if err := p.WaitReady(ctx, c.Ready); err != nil {
		return err
	}
	pages, err := save(ctx, p, o)
	if err != nil {
		return err
	}
	for i := range pages {
		pages[i].URL = fmt.Sprintf("%s?from=%d&to=%d%s", pages[i].URL, from, to, pages[i].more)
	}
	figures, err := chromium(ctx, o, p.URL(), pages)
	if err != nil {
		return err
	}
	return report(o, figures)
}

// window is the last six hours of the history, in milliseconds.
func window(history string) (from, to int64, err error) {
	b, err := os.ReadFile(filepath.Join(history, "history.json"))
	if err != nil {
		return 0, 0, fmt.Errorf("read the history (make bench-history writes it): %w", err)
	}
	var h struct{ EndMillis int64 }
	if err := json.Unmarshal(b, &h); err != nil {
		return 0, 0, err
	}
	to = h.EndMillis / 60_000 * 60_000
	return to - 6*3600_000, to, nil
}

// page is one dashboard to measure.
type page struct {
	Name   string `json:"name"`
	URL    string `json:"url"`
	Panels int    `json:"panels"`
	more   string
}

func save(ctx context.Context, p *process.Process, o options) ([]page, error) {
	full := any(manyPanels())
	if o.full != "" {
		b, err := os.ReadFile(o.full)
		if err != nil {
			return nil, err
		}
		full = json.RawMessage(b)
	}
	pages := []page{{Name: "grid", Panels: 40}, {Name: "full"}, {Name: "repeat", Panels: 100}}
	for i, dashboard := range []any{grid(), full, repeated()} {
		url, err := post(ctx, p.URL(), dashboard)
		if err != nil {
			return nil, fmt.Errorf("save the dashboard %s: %w", pages[i].Name, err)
		}
		pages[i].URL = p.URL() + url
	}
	return pages, nil
}

// figures are what the script in Chromium has measured, by name, in its units.
type figures map[string][]float64

func chromium(ctx context.Context, o options, root string, pages []page) (figures, error) {
	input, err := json.Marshal(map[string]any{"root": root, "pages": pages, "runs": o.runs, "shots": o.shots})
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, o.node, "bench/dashboards/measure.mjs")
	cmd.Stdin, cmd.Stderr = strings.NewReader(string(input)), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("measure in Chromium: %w", err)
	}
	f := figures{}
	if err := json.Unmarshal(out, &f); err != nil {
		return nil, errors.Join(err, fmt.Errorf("measure in Chromium: it printed %.200q", out))
	}
	return f, nil
}

func report(o options, f figures) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# Dashboards, %s\n\n`%s`\n\n%s\n\nChromium without a GPU; medians of %d.\n\n", time.Now().Format("2006-01-02"), measure.Command("bench/dashboards"), measure.Machine(), o.runs)
	b.WriteString("| | measured | limit |\n|---|---|---|\n")
	for _, row := range []struct{ key, name, limit string }{
		{"firstLoadKB", "first load of the home page: bodies of document, scripts and styles as sent, KB", "130"},
		{"gridPaintMilliseconds", "40 panels × 20 series × 720 points: from the last byte to the last stroke, ms", "300"},
		{"gridTotalMilliseconds", "the same, from navigation on, ms", ""},
		{"fullInteractiveMilliseconds", "125 panels: from navigation until what is in sight is painted and input is answered, ms", "1000"},
		{"fullPanels", "panels of it that were drawn in sight", ""},
		{"repeatFramesPerSecond", "100 repeated panels: frames per second while scrolling", "30 or more"},
		{"repeatWorstMilliseconds", "the longest frame of it, ms", ""},
		{"heapMB", "JavaScript heap after all, MB", ""},
	} {
		if len(f[row.key]) == 0 {
			return fmt.Errorf("measure in Chromium: no figure for %s", row.key)
		}
		fmt.Fprintf(&b, "| %s | %.5g | %s |\n", row.name, measure.Median(f[row.key]), row.limit)
	}
	fmt.Fprintf(&b, "\nLoad of the machine: %s\n", measure.Load())
	if o.out == "" {
		fmt.Print(b.String())
		return nil
	}
	return os.WriteFile(o.out, []byte(b.String()), 0o666)
}
