package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kingpin/v2"
	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
)

const queryTimeout = 2 * time.Minute

// question is what the query commands share.
type question struct {
	program *program
	server  server
	format  string

	start, end, at string
	match          []string
}

func (p *program) addQuery() {
	q := &question{program: p}
	c := p.app.Command("query", "Ask a running Monopod or Prometheus.")
	c.Flag("format", "Output format: promql, json.").Short('o').Default("promql").EnumVar(&q.format, "promql", "json")
	q.server.declareHTTPConfig(c)
	q.addInstant(c)
	q.addRange(c)
	q.addSeries(c)
	q.addLabels(c)
}

func (q *question) command(parent *kingpin.CmdClause, name, help, examples string) *kingpin.CmdClause {
	c := parent.Command(name, help).HelpLong(examples)
	c.Arg("server", "URL of the server.").Required().StringVar(&q.server.url)
	return c
}

func (q *question) declareHeader(c *kingpin.CmdClause) {
	q.server.headers = map[string]string{}
	c.Flag("header", "Header to send with the request. Can be repeated.").PlaceHolder("NAME=VALUE").StringMapVar(&q.server.headers)
}

func (q *question) declareInterval(c *kingpin.CmdClause) {
	c.Flag("start", "Start of the time range (RFC 3339 or Unix time).").PlaceHolder("TIME").StringVar(&q.start)
	c.Flag("end", "End of the time range (RFC 3339 or Unix time).").PlaceHolder("TIME").StringVar(&q.end)
}

func (q *question) addInstant(parent *kingpin.CmdClause) {
	c := q.command(parent, "instant", "Evaluate an expression at one time.",
		`  monopod query instant http://localhost:9090 'up == 0'
  monopod query instant -o json http://localhost:9090 'node_load1' --time=2026-01-01T00:00:00Z`)
	expr := c.Arg("expr", "Expression in PromQL.").Required().String()
	c.Flag("time", "When to evaluate (RFC 3339 or Unix time). Default: now.").PlaceHolder("TIME").StringVar(&q.at)
	q.declareHeader(c)
	q.program.on(c, func(ctx context.Context) error {
		t, err := parseTime("--time", q.at, time.Now())
		if err != nil {
			return err
		}
		return q.ask(ctx, func(ctx context.Context, api v1.API) (any, v1.Warnings, error) {
			return tell(api.Query(ctx, *expr, t))
		})
	})
}

func (q *question) addRange(parent *kingpin.CmdClause) {
	c := q.command(parent, "range", "Evaluate an expression over a time range.",
		`  monopod query range http://localhost:9090 'rate(node_cpu_seconds_total[1m])' --step=15s
  monopod query range http://localhost:9090 'up' --start=2026-01-01T00:00:00Z --end=2026-01-01T01:00:00Z`)
	expr := c.Arg("expr", "Expression in PromQL.").Required().String()
	q.declareInterval(c)
	step := new(duration)
	c.Flag("step", "Distance of the points. Default: a 250th of the range, at least 1s.").PlaceHolder("DURATION").SetValue(step)
	q.declareHeader(c)
	q.program.on(c, func(ctx context.Context) error {
		end, err := parseTime("--end", q.end, time.Now())
		if err != nil {
			return err
		}
		start, err := parseTime("--start", q.start, end.Add(-5*time.Minute))
		if err != nil {
			return err
		}
		if !start.Before(end) {
			return usagef("the range is empty: --start is not before --end")
		}
		r := v1.Range{Start: start, End: end, Step: time.Duration(*step)}
		if r.Step == 0 {
			r.Step = time.Duration(max(1, math.Floor(end.Sub(start).Seconds()/250))) * time.Second
		}
		return q.ask(ctx, func(ctx context.Context, api v1.API) (any, v1.Warnings, error) {
			return tell(api.QueryRange(ctx, *expr, r))
		})
	})
}

func (q *question) addSeries(parent *kingpin.CmdClause) {
	c := q.command(parent, "series", "List the series that selectors match.",
		`  monopod query series http://localhost:9090 --match='node_load1' --match='up{job="node"}'`)
	c.Flag("match", "Series selector. Can be repeated.").Required().PlaceHolder("SELECTOR").StringsVar(&q.match)
	q.declareInterval(c)
	q.program.on(c, func(ctx context.Context) error {
		start, end, err := q.interval()
		if err != nil {
			return err
		}
		return q.ask(ctx, func(ctx context.Context, api v1.API) (any, v1.Warnings, error) {
			return tell(api.Series(ctx, q.match, start, end))
		})
	})
}

func (q *question) addLabels(parent *kingpin.CmdClause) {
	c := q.command(parent, "labels", "List the values of a label.",
		`  monopod query labels http://localhost:9090 job
  monopod query labels http://localhost:9090 device --match='node_filesystem_size_bytes'`)
	name := c.Arg("name", "Name of the label.").Required().String()
	c.Flag("match", "Series selector. Can be repeated.").PlaceHolder("SELECTOR").StringsVar(&q.match)
	q.declareInterval(c)
	q.program.on(c, func(ctx context.Context) error {
		start, end, err := q.interval()
		if err != nil {
			return err
		}
		return q.ask(ctx, func(ctx context.Context, api v1.API) (any, v1.Warnings, error) {
			return tell(api.LabelValues(ctx, *name, q.match, start, end))
		})
	})
}

// ask sends a request and prints the answer.
func (q *question) ask(ctx context.Context, request func(context.Context, v1.API) (any, v1.Warnings, error)) error {
	client, err := q.server.client(q.program.build.UserAgent())
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, queryTimeout)
	defer cancel()
	answer, warnings, err := request(ctx, v1.NewAPI(client))
	for _, w := range warnings {
		fmt.Fprintln(q.program.Err, "query warning:", w)
	}
	var refused *v1.Error
	switch {
	case errors.As(err, &refused) && strings.TrimSpace(refused.Detail) != "":
		return fmt.Errorf("query error: %w (detail: %s)", refused, strings.TrimSpace(refused.Detail))
	case err != nil:
		return fmt.Errorf("query error: %w", unreachable(err, q.server.url))
	}
	return q.print(answer)
}

// tell forgets the type of an answer.
func tell[T any](answer T, warnings v1.Warnings, err error) (any, v1.Warnings, error) {
	return answer, warnings, err
}

func (q *question) interval() (start, end time.Time, err error) {
	// The API has no "everything": promtool's range stands for it.
	if start, err = parseTime("--start", q.start, time.Now().Add(-9999*time.Hour)); err == nil {
		end, err = parseTime("--end", q.end, time.Now().Add(9999*time.Hour))
	}
	return start, end, err
}

func parseTime(flag, s string, otherwise time.Time) (time.Time, error) {
	if s == "" {
		return otherwise, nil
	}
	if seconds, err := strconv.ParseFloat(s, 64); err == nil && math.Abs(seconds) < math.MaxInt64/1e9 {
		whole, part := math.Modf(seconds)
		return time.Unix(int64(whole), int64(part*1e9)).UTC(), nil
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return t, usagef("%s=%s is not a time: write 2006-01-02T15:04:05Z or seconds since 1970", flag, s)
	}
	return t, nil
}

func (q *question) print(answer any) error {
	if q.format == "json" {
		return json.NewEncoder(q.program.Out).Encode(answer)
	}
	return printLines(q.program.Out, answer)
}
