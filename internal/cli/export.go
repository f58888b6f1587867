package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/alecthomas/kingpin/v2"
	"github.com/prometheus/prometheus/model/labels"

	"monopod/internal/tsdb"
	"monopod/internal/tsdb/exchange"
)

func (p *program) addExport() {
	c := p.app.Command("export", "Take data out.")
	p.addExportPrometheus(c)
}

func (p *program) addExportPrometheus(parent *kingpin.CmdClause) {
	c := parent.Command("prometheus", "Make blocks of Prometheus of a data directory, without loss: for Prometheus, promtool, Thanos. The server may run on it. What was ended goes on when it is started again.")
	c.HelpLong(`  monopod export prometheus data/ --to=/prometheus
  monopod export prometheus data/ --to=blocks/ --match='{job="node"}' --min-time=2026-01-01T00:00:00Z`)
	dir := dataDir(c)
	to := c.Flag("to", "Directory for the blocks, made where it does not exist: a data directory of Prometheus.").Required().PlaceHolder("DIR").String()
	match := c.Flag("match", "Series selector. Default: all series.").PlaceHolder("SELECTOR").String()
	from := c.Flag("min-time", "First time (RFC 3339, or seconds or milliseconds since 1970).").PlaceHolder("TIME").String()
	until := c.Flag("max-time", "Last time.").PlaceHolder("TIME").String()
	length := new(duration)
	c.Flag("block-duration", "Time range of a block. Prometheus makes longer ones of them by itself.").Default("2h").SetValue(length)
	p.on(c, func(ctx context.Context) error {
		mint, maxt, err := timeRange(*from, *until)
		if err != nil {
			return err
		}
		if time.Duration(*length) < time.Minute {
			return usagef("--block-duration: at least 1m")
		}
		var matchers []*labels.Matcher
		if *match != "" {
			selectors, err := parseSelectors([]string{*match})
			if err != nil {
				return err
			}
			matchers = selectors[0]
		}
		return p.interruptible(ctx, func(ctx context.Context) error {
			return p.store(*dir, func(db *tsdb.DB) error {
				line := p.newProgressLine()
				done, err := exchange.Export(ctx, exchange.ExportOptions{
					DB: db, To: *to, BlockDuration: time.Duration(*length), MinTime: mint, MaxTime: maxt, Matchers: matchers, Progress: line.show,
				})
				line.end()
				if err != nil {
					return err
				}
				return p.printExported(done, *to)
			})
		})
	})
}

func (p *program) printExported(d exchange.Exported, to string) error {
	if d.Blocks == 0 && d.Skipped == 0 {
		fmt.Fprintln(p.Out, "There are no samples to export.")
		return nil
	}
	fmt.Fprintf(p.Out, "Exported %d samples as %d blocks of %s to %s.\n", d.Samples, d.Blocks, bytesOf(d.Bytes), to)
	if d.Skipped > 0 {
		fmt.Fprintf(p.Out, "%d blocks were exported before.\n", d.Skipped)
	}
	if len(d.Damage) > 0 {
		return fmt.Errorf("what is damaged is left out: %w", errors.Join(d.Damage...))
	}
	return nil
}
