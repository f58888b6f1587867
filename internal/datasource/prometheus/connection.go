package prometheus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"monopod/internal/datasource"
	"monopod/internal/frame"
)

// connection turns targets into expressions and their results into frames.
type connection struct {
	source  datasource.Source
	backend backend
	minStep func() time.Duration
	limits  datasource.Limits
}

// target is Grafana's JSON of a query.
type target struct {
	Expr           string          `json:"expr"`
	Range          bool            `json:"range"`
	Instant        bool            `json:"instant"`
	Exemplar       bool            `json:"exemplar"`
	Format         string          `json:"format"`
	LegendFormat   string          `json:"legendFormat"`
	Interval       string          `json:"interval"`
	IntervalFactor int64           `json:"intervalFactor"`
	Step           json.RawMessage `json:"step"`

	maxDataPoints        int
	intervalMilliseconds float64
}

// badTarget marks a target that cannot be asked.
type badTarget struct{ err error }

func (e *badTarget) Error() string { return e.err.Error() }
func (e *badTarget) Unwrap() error { return e.err }

// plan is a target with its macros put in and its times aligned.
type plan struct {
	target
	start, end time.Time
	step       time.Duration
}

func (c *connection) plan(q datasource.Query) (*plan, error) {
	var t target
	if err := json.Unmarshal(q.Target, &t); err != nil {
		return nil, c.bad(err)
	}
	if strings.TrimSpace(t.Expr) == "" {
		return nil, c.bad(errors.New("there is no expression"))
	}
	t.maxDataPoints, t.intervalMilliseconds = q.MaxDataPoints, float64(q.Interval)/float64(time.Millisecond)
	if !t.Range && !t.Instant {
		t.Range = true
	}
	if q.Range() < 0 {
		return nil, c.bad(fmt.Errorf("the time ends (%s) before it begins (%s)", q.To.UTC().Format(time.RFC3339), q.From.UTC().Format(time.RFC3339)))
	}
	step, err := c.stepOf(&t, q.Range())
	if err != nil {
		return nil, c.bad(err)
	}
	p := &plan{target: t, step: step, start: align(q.From, step, q.Zone()), end: align(q.To, step, q.Zone())}
	p.Expr = c.expand(t.Expr, step, q.Range())
	if !t.Range {
		p.start, p.end = q.From, q.To
	}
	return p, nil
}

func (c *connection) bad(err error) error {
	return &datasource.Error{Reason: datasource.BadQuery, Source: c.source.Name, Message: "the query cannot be asked", Err: err}
}

// Key makes queries equal that ask for the same points and draw them alike.
func (c *connection) Key(q datasource.Query) string {
	p, err := c.plan(q)
	if err != nil {
		return ""
	}
	to := p.end.UnixMilli()
	if p.Instant {
		to = q.To.UnixMilli() / 1000
	}
	return fmt.Sprintf("%q %t %t %t %s %q %d %d %d %t", p.Expr, p.Range, p.Instant, p.Exemplar, p.Format, p.LegendFormat,
		p.start.UnixMilli(), to, p.step.Milliseconds(), q.Shaped)
}

// Query asks the range, the instant and the exemplars of a target, as it says.
func (c *connection) Query(ctx context.Context, q datasource.Query) (datasource.Answer, error) {
	p, err := c.plan(q)
	if err != nil {
		return datasource.Answer{}, err
	}
	var a datasource.Answer
	add := func(m *matrix, isRange bool) {
		frames := c.frames(m, p, q.RefID, isRange)
		a.Samples += m.samples
		a.Frames = append(a.Frames, frames...)
	}
	if p.Range {
		m, err := c.backend.Range(ctx, p.Expr, p.start, p.end, p.step)
		if err != nil {
			return a, err
		}
		add(m, true)
	}
	if p.Instant {
		m, err := c.backend.Instant(ctx, p.Expr, q.To)
		if err != nil {
			return a, err
		}
		add(m, false)
	}
	if len(a.Frames) > c.limits.Series {
		more := len(a.Frames)
		a.Frames = a.Frames[:c.limits.Series]
		a.Frames[0].Notify("warning", fmt.Sprintf("The query has %d series; the first %d are shown. Aggregate, or select fewer.", more, c.limits.Series))
	}
	if q.Shaped {
		switch p.Format {
		case "table":
			a.Frames = tables(a.Frames, q.RefID)
		case "heatmap":
			a.Frames = heatmaps(a.Frames, q.RefID)
		}
	}
	if p.Exemplar && p.Range {
		// A graph without its exemplars is better than none.
		found, err := c.backend.Exemplars(ctx, p.Expr, p.start, p.end)
		switch {
		case err == nil && len(found) > 0:
			a.Frames = append(a.Frames, exemplarFrame(found, q.RefID))
		case err != nil && len(a.Frames) > 0:
			a.Frames[0].Notify("warning", "The exemplars could not be read: "+err.Error())
		}
	}
	return a, nil
}

// Check asks whether the source answers.
func (c *connection) Check(ctx context.Context) (string, error) { return c.backend.Check(ctx) }

// Close gives connections back.
func (c *connection) Close() error { return c.backend.Close() }

// frames makes a frame of each series, named as the legend says.
func (c *connection) frames(m *matrix, p *plan, refID string, isRange bool) []*frame.Frame {
	kind, visualization := "timeseries-multi", "graph"
	executed := "Expr: " + p.Expr + "\nStep: " + formatDuration(p.step)
	var step int64
	if isRange {
		step = p.step.Milliseconds()
	} else {
		kind, executed = "numeric-multi", "Expr: "+p.Expr
		if p.Format == "table" {
			visualization = "table"
		}
	}
	meta := func() *frame.Meta {
		return &frame.Meta{Type: kind, PreferredVisualization: visualization, ExecutedQuery: executed, StepMilliseconds: step,
			Custom: map[string]any{"resultType": resultType(m, isRange)}}
	}
	var list []*frame.Frame
	for i := range m.series {
		s := &m.series[i]
		if m.isText {
			list = append(list, &frame.Frame{RefID: refID, Meta: meta(), Fields: []frame.Field{
				{Name: "Time", Type: frame.Time, Numbers: s.times}, {Name: "Value", Type: frame.String, Strings: []string{m.text}},
			}})
			continue
		}
		if len(s.cells) > 0 {
			f := histogramFrame(s, refID)
			f.Meta.ExecutedQuery, f.Meta.StepMilliseconds = executed, step
			list = append(list, f)
			if len(s.values) == 0 {
				continue
			}
		}
		name := legend(p.LegendFormat, s.labels, p.Expr)
		value := frame.Field{Name: "Value", Type: frame.Number, Labels: s.labels, Numbers: s.values}
		if name != "" {
			value.Config = &frame.Config{DisplayNameFromDS: name}
		}
		times := frame.Field{Name: "Time", Type: frame.Time, Numbers: s.times}
		if step > 0 {
			times.Config = &frame.Config{IntervalMilliseconds: float64(step)}
		}
		list = append(list, &frame.Frame{Name: name, RefID: refID, Meta: meta(), Fields: []frame.Field{times, value}})
	}
	if len(list) == 0 {
		list = []*frame.Frame{{RefID: refID, Meta: meta(), Fields: []frame.Field{}}}
	}
	for _, text := range m.warnings {
		list[0].Notify("warning", text)
	}
	return list
}

func resultType(m *matrix, isRange bool) string {
	switch {
	case m.isText:
		return "string"
	case m.scalar:
		return "scalar"
	case isRange:
		return "matrix"
	}
	return "vector"
}

// legend names a series. "__auto" and an empty format leave it to the browser
// where labels can tell series apart.
func legend(format string, labels map[string]string, expr string) string {
	switch {
	case format == "__auto":
		if len(labels) > 0 {
			return ""
		}
		return expr
	case format != "":
		return replaceLabels(format, labels)
	case len(labels) == 0:
		return expr
	}
	return seriesText(labels)
}

// replaceLabels puts labels into {{name}}; one that is not there is left out.
func replaceLabels(format string, labels map[string]string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(format, "{{")
		if !found {
			break
		}
		name, after, found := strings.Cut(rest, "}}")
		if !found {
			break
		}
		b.WriteString(before)
		b.WriteString(labels[strings.TrimSpace(name)])
		format = after
	}
	b.WriteString(format)
	return b.String()
}

// seriesText is name{label="value", …}.
func seriesText(labels map[string]string) string {
	name := labels["__name__"]
	rest := make(map[string]string, len(labels))
	for k, v := range labels {
		if k != "__name__" {
			rest[k] = v
		}
	}
	if len(rest) == 0 && name != "" {
		return name
	}
	return name + "{" + frame.LabelText(rest) + "}"
}
