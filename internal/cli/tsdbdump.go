package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"strconv"
	"time"

	"github.com/alecthomas/kingpin/v2"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"monopod/internal/tsdb"
	"monopod/internal/tsdb/exchange"
	"monopod/internal/tsdb/inspect"
)

func (p *program) addTSDBDump(parent *kingpin.CmdClause) {
	c := parent.Command("dump", "Print the samples of a data directory. The server may run on it.")
	c.HelpLong(`  monopod tsdb dump data/ --match='node_load1'
  monopod tsdb dump data/ --match='up{job="node"}' --min-time=2026-01-01T00:00:00Z
  monopod tsdb dump data/ --format=openmetrics > samples.txt`)
	dir := dataDir(c)
	match := c.Flag("match", "Series selector. Can be repeated. Default: all series.").PlaceHolder("SELECTOR").Strings()
	from := c.Flag("min-time", "First time (RFC 3339, or seconds or milliseconds since 1970).").PlaceHolder("TIME").String()
	to := c.Flag("max-time", "Last time.").PlaceHolder("TIME").String()
	format := c.Flag("format", "promtool: what promtool tsdb dump prints; openmetrics: for promtool tsdb create-blocks-from, without native histograms and stale markers.").
		Default("promtool").Enum("promtool", "openmetrics")
	p.on(c, func(ctx context.Context) error {
		mint, maxt, err := timeRange(*from, *to)
		if err != nil {
			return err
		}
		selectors, err := parseSelectors(*match)
		if err != nil {
			return err
		}
		f := exchange.FormatPromtool
		if *format == "openmetrics" {
			f = exchange.FormatOpenMetrics
		}
		return p.store(*dir, func(db *tsdb.DB) error {
			q, err := db.Querier(mint, maxt)
			if err != nil {
				return err
			}
			done, err := exchange.Dump(ctx, p.Out, q, f, selectors)
			if err = errors.Join(err, q.Close()); err != nil {
				return err
			}
			if done.LeftOut > 0 {
				fmt.Fprintf(p.Err, "%d native histograms and stale markers are left out: --format=promtool has them\n", done.LeftOut)
			}
			if len(done.Damage) > 0 {
				return fmt.Errorf("what is damaged is left out: %w", errors.Join(done.Damage...))
			}
			return nil
		})
	})
}

// store opens the store in a view of a data directory, for as long as use runs.
// Damage that it meets goes to standard error.
func (p *program) store(dir string, use func(*tsdb.DB) error) error {
	return view(dir, func(v *inspect.View) error {
		db, err := v.Store(slog.New(slog.NewTextHandler(p.Err, &slog.HandlerOptions{Level: slog.LevelError})))
		if err != nil {
			return err
		}
		return errors.Join(use(db), db.Close())
	})
}

func parseSelectors(match []string) ([][]*labels.Matcher, error) {
	if len(match) == 0 {
		return nil, nil
	}
	selectors, err := parser.NewParser(parser.Options{}).ParseMetricSelectors(match)
	if err != nil {
		return nil, usagef("--match: %w", err)
	}
	return selectors, nil
}

// timeRange is a range of milliseconds; what is not given is without bound.
func timeRange(from, to string) (mint, maxt int64, err error) {
	mint, maxt = math.MinInt64, math.MaxInt64
	if from != "" {
		if mint, err = parseMillis("--min-time", from); err != nil {
			return 0, 0, err
		}
	}
	if to != "" {
		if maxt, err = parseMillis("--max-time", to); err != nil {
			return 0, 0, err
		}
	}
	if mint > maxt {
		return 0, 0, usagef("the range is empty: --min-time is after --max-time")
	}
	return mint, maxt, nil
}

// parseMillis reads a time. As seconds, a number of 12 digits would lie in the
// year 5138: promtool's flags are milliseconds.
func parseMillis(flag, s string) (int64, error) {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil && (n >= 1e11 || n <= -1e11) {
		return n, nil
	}
	t, err := parseTime(flag, s, time.Time{})
	return t.UnixMilli(), err
}
