// Package loki asks Loki for log lines and for numbers made of them.
//
// A stream is a set of labels with its lines; all streams of an answer become one
// frame of lines, newest first. Numbers come as Prometheus answers them: a frame for
// each series.
package loki

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"monopod/internal/datasource"
	"monopod/internal/frame"
)

const (
	defaultLines = 1000
	mostLines    = 5000
	// safePoints is Loki's own limit of points in a series.
	safePoints = 11000
	root       = "/loki/api/v1/"
)

// Kind opens connections to Loki.
type Kind struct{}

// Types of its sources.
func (Kind) Types() []string { return []string{datasource.TypeLoki} }

type options struct {
	// MaxLines is a text in Grafana's forms.
	MaxLines json.RawMessage `json:"maxLines"`
}

// Open reads the settings.
func (Kind) Open(s datasource.Settings, e datasource.Environment) (datasource.Connection, error) {
	var o options
	if err := s.Decode(&o); err != nil {
		return nil, err
	}
	client, err := datasource.NewHTTPClient(s, e)
	if err != nil {
		return nil, err
	}
	c := &connection{client: client, source: s.Source, lines: defaultLines}
	if n, err := strconv.Atoi(strings.Trim(string(o.MaxLines), `"`)); err == nil && n > 0 {
		c.lines = min(n, mostLines)
	}
	return c, nil
}

type connection struct {
	client *datasource.HTTPClient
	source datasource.Source
	lines  int
}

// target is Grafana's JSON of a query.
type target struct {
	Expr         string `json:"expr"`
	QueryType    string `json:"queryType"`
	Instant      bool   `json:"instant"`
	LegendFormat string `json:"legendFormat"`
	MaxLines     int    `json:"maxLines"`
	Direction    string `json:"direction"`
	Step         string `json:"step"`
	Resolution   int64  `json:"resolution"`
}

// answer is the body of both kinds of query.
type answer struct {
	Status string `json:"status"`
	Data   struct {
		ResultType string          `json:"resultType"`
		Result     json.RawMessage `json:"result"`
		Stats      struct {
			Summary struct {
				Lines int64 `json:"totalLinesProcessed"`
			} `json:"summary"`
		} `json:"stats"`
	} `json:"data"`
}

func (c *connection) bad(err error) error {
	return &datasource.Error{Reason: datasource.BadQuery, Source: c.source.Name, Message: "the query cannot be asked", Err: err}
}

// Query asks for lines or numbers, whichever the expression gives.
func (c *connection) Query(ctx context.Context, q datasource.Query) (datasource.Answer, error) {
	var t target
	if err := json.Unmarshal(q.Target, &t); err != nil {
		return datasource.Answer{}, c.bad(err)
	}
	if strings.TrimSpace(t.Expr) == "" {
		return datasource.Answer{}, c.bad(errors.New("there is no expression"))
	}
	step, err := stepOf(&t, &q)
	if err != nil {
		return datasource.Answer{}, c.bad(err)
	}
	expr := expand(t.Expr, step, q.Range())
	lines := c.lines
	if t.MaxLines > 0 {
		lines = min(t.MaxLines, mostLines)
	}
	direction := "backward"
	if t.Direction == "forward" {
		direction = "forward"
	}
	parameters := url.Values{"query": {expr}, "limit": {strconv.Itoa(lines)}, "direction": {direction}}
	path := root + "query_range"
	if t.QueryType == "instant" || t.Instant && t.QueryType == "" {
		path = root + "query"
		parameters.Set("time", nanos(q.To))
	} else {
		parameters.Set("start", nanos(q.From))
		parameters.Set("end", nanos(q.To))
		parameters.Set("step", strconv.FormatFloat(step.Seconds(), 'f', -1, 64)+"s")
	}
	var a answer
	if err := c.get(ctx, path, parameters, &a); err != nil {
		return datasource.Answer{}, err
	}
	frames, err := a.frames(&t, q.RefID, expr, step)
	if err != nil {
		return datasource.Answer{}, &datasource.Error{Reason: datasource.Garbage, Source: c.source.Name, Message: "its answer is not understood", Err: err}
	}
	if limits := c.client.Limits(); len(frames) > limits.Series {
		frames[0].Notify("warning", fmt.Sprintf("The query has %d series; the first %d are shown.", len(frames), limits.Series))
		frames = frames[:limits.Series]
	}
	return datasource.Answer{Frames: frames, Samples: a.Data.Stats.Summary.Lines}, nil
}

func nanos(t time.Time) string { return strconv.FormatInt(t.UnixNano(), 10) }

func (c *connection) get(ctx context.Context, path string, parameters url.Values, into any) error {
	return c.client.Do(ctx, http.MethodGet, path, parameters, "", nil, func(body io.Reader) error {
		return json.NewDecoder(body).Decode(into)
	})
}

func stepOf(t *target, q *datasource.Query) (time.Duration, error) {
	step := q.Interval
	if text := strings.TrimSpace(t.Step); text != "" && !strings.HasPrefix(text, "$") {
		d, err := model.ParseDuration(text)
		if err != nil {
			return 0, fmt.Errorf("step: %w", err)
		}
		step = time.Duration(d)
	}
	if step <= 0 {
		step = time.Second
		if q.MaxDataPoints > 0 {
			step = q.Range() / time.Duration(q.MaxDataPoints)
		}
	}
	step *= time.Duration(max(t.Resolution, 1))
	return max(step, q.Range()/safePoints, time.Millisecond).Truncate(time.Millisecond), nil
}

// expand puts in what the browser left.
func expand(expr string, step, length time.Duration) string {
	values := []struct{ name, value string }{ // longer names before their beginnings
		{"__rate_interval", step.String()}, {"__interval_ms", strconv.FormatInt(step.Milliseconds(), 10)}, {"__interval", step.String()},
		{"__auto", step.String()}, {"__range_ms", strconv.FormatInt(length.Milliseconds(), 10)},
		{"__range_s", strconv.FormatInt(int64(length.Seconds()), 10)}, {"__range", strconv.FormatInt(int64(length.Seconds()), 10) + "s"},
	}
	for _, v := range values {
		expr = strings.ReplaceAll(expr, "${"+v.name+"}", v.value)
		expr = strings.ReplaceAll(expr, "$"+v.name, v.value)
	}
	return expr
}

func (a *answer) frames(t *target, refID, expr string, step time.Duration) ([]*frame.Frame, error) {
	switch a.Data.ResultType {
	case "streams":
		f, err := lineFrame(a.Data.Result, refID, expr)
		return []*frame.Frame{f}, err
	case "matrix", "vector":
		return seriesFrames(a.Data.Result, t, refID, expr, step, a.Data.ResultType == "vector")
	case "scalar":
		var p point
		err := json.Unmarshal(a.Data.Result, &p)
		return []*frame.Frame{{RefID: refID, Meta: &frame.Meta{Type: "numeric-multi", ExecutedQuery: expr}, Fields: []frame.Field{
			{Name: "Time", Type: frame.Time, Numbers: []float64{p.time}}, {Name: "Value", Type: frame.Number, Numbers: []float64{p.value}},
		}}}, err
	}
	return nil, fmt.Errorf("its resultType is %q", a.Data.ResultType)
}

// point is [seconds, "value"].
type point struct{ time, value float64 }

func (p *point) UnmarshalJSON(text []byte) error {
	var parts []json.RawMessage
	if err := json.Unmarshal(text, &parts); err != nil {
		return err
	}
	if len(parts) != 2 {
		return fmt.Errorf("a point has %d parts", len(parts))
	}
	var value string
	if err := errors.Join(json.Unmarshal(parts[0], &p.time), json.Unmarshal(parts[1], &value)); err != nil {
		return err
	}
	p.time = float64(int64(p.time*1000 + 0.5))
	var err error
	p.value, err = strconv.ParseFloat(value, 64)
	return err
}

func seriesFrames(result json.RawMessage, t *target, refID, expr string, step time.Duration, isInstant bool) ([]*frame.Frame, error) {
	var list []struct {
		Metric map[string]string `json:"metric"`
		Values []point           `json:"values"`
		Value  *point            `json:"value"`
	}
	if err := json.Unmarshal(result, &list); err != nil {
		return nil, err
	}
	out := []*frame.Frame{}
	for _, s := range list {
		if s.Value != nil {
			s.Values = append(s.Values, *s.Value)
		}
		name := "{" + frame.LabelText(s.Metric) + "}"
		if t.LegendFormat != "" {
			name = legend.ReplaceAllStringFunc(t.LegendFormat, func(m string) string { return s.Metric[strings.TrimSpace(strings.Trim(m, "{}"))] })
		}
		meta := &frame.Meta{Type: "timeseries-multi", ExecutedQuery: expr, PreferredVisualization: "graph", StepMilliseconds: step.Milliseconds()}
		if isInstant {
			meta.Type, meta.StepMilliseconds = "numeric-multi", 0
		}
		times := frame.Field{Name: "Time", Type: frame.Time, Numbers: make([]float64, len(s.Values))}
		values := frame.Field{Name: "Value", Type: frame.Number, Labels: s.Metric, Numbers: make([]float64, len(s.Values)), Config: &frame.Config{DisplayNameFromDS: name}}
		for i, p := range s.Values {
			times.Numbers[i], values.Numbers[i] = p.time, p.value
		}
		out = append(out, &frame.Frame{Name: name, RefID: refID, Meta: meta, Fields: []frame.Field{times, values}})
	}
	return out, nil
}

var legend = regexp.MustCompile(`\{\{[^{}]*\}\}`)

// line is [nanoseconds, "text"], with structured metadata behind where there is any.
type line struct {
	at     int64
	nanos  string
	text   string
	labels map[string]string
}

func (l *line) UnmarshalJSON(text []byte) error {
	var parts []json.RawMessage
	if err := json.Unmarshal(text, &parts); err != nil {
		return err
	}
	if len(parts) < 2 {
		return fmt.Errorf("a line has %d parts", len(parts))
	}
	if err := errors.Join(json.Unmarshal(parts[0], &l.nanos), json.Unmarshal(parts[1], &l.text)); err != nil {
		return err
	}
	if len(parts) > 2 {
		var more struct {
			Structured map[string]string `json:"structuredMetadata"`
			Parsed     map[string]string `json:"parsed"`
		}
		if json.Unmarshal(parts[2], &more) == nil && (more.Structured != nil || more.Parsed != nil) {
			l.labels = merged(more.Structured, more.Parsed)
		} else if json.Unmarshal(parts[2], &l.labels) != nil {
			l.labels = nil
		}
	}
	var err error
	l.at, err = strconv.ParseInt(l.nanos, 10, 64)
	return err
}

func merged(sets ...map[string]string) map[string]string {
	out := map[string]string{}
	for _, s := range sets {
		for k, v := range s {
			out[k] = v
		}
	}
	return out
}

func lineFrame(result json.RawMessage, refID, expr string) (*frame.Frame, error) {
	var streams []struct {
		Stream map[string]string `json:"stream"`
		Values []line            `json:"values"`
	}
	if err := json.Unmarshal(result, &streams); err != nil {
		return nil, err
	}
	var all []line
	for _, s := range streams {
		for _, l := range s.Values {
			l.labels = merged(s.Stream, l.labels)
			all = append(all, l)
		}
	}
	slices.SortStableFunc(all, func(a, b line) int { return cmp.Compare(b.at, a.at) })
	fields := []frame.Field{
		{Name: "labels", Type: frame.Other}, {Name: "Time", Type: frame.Time}, {Name: "Line", Type: frame.String}, {Name: "tsNs", Type: frame.String}, {Name: "id", Type: frame.String},
	}
	seen := map[string]int{}
	for _, l := range all {
		fields[0].Values = append(fields[0].Values, l.labels)
		fields[1].Numbers = append(fields[1].Numbers, float64(l.at/1000)/1000)
		fields[2].Strings = append(fields[2].Strings, strings.ToValidUTF8(l.text, "\uFFFD"))
		fields[3].Strings = append(fields[3].Strings, l.nanos)
		seen[l.nanos]++
		fields[4].Strings = append(fields[4].Strings, l.nanos+"_"+strconv.Itoa(seen[l.nanos]))
	}
	return &frame.Frame{RefID: refID, Fields: fields, Meta: &frame.Meta{
		Type: "log-lines", PreferredVisualization: "logs", ExecutedQuery: expr, Custom: map[string]any{"frameType": "LabeledTimeValues"},
	}}, nil
}

// variable is the object form of a variable's query.
type variable struct {
	Type   int    `json:"type"` // 0: names of labels, 1: values of one
	Label  string `json:"label"`
	Stream string `json:"stream"`
}

var labelValues = regexp.MustCompile(`(?s)^\s*label_values\s*\(\s*(?:(.*),)?\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*\)\s*$`)

// Values answers label_names() and label_values(stream, label).
func (c *connection) Values(ctx context.Context, q datasource.Query) ([]datasource.Choice, error) {
	var v variable
	if text := bytes.TrimSpace(q.Target); len(text) > 0 && text[0] == '"' {
		var query string
		if err := json.Unmarshal(text, &query); err != nil {
			return nil, c.bad(err)
		}
		if m := labelValues.FindStringSubmatch(query); m != nil {
			v = variable{1, m[2], strings.TrimSpace(m[1])}
		} else if strings.TrimSpace(query) != "label_names()" {
			return nil, c.bad(fmt.Errorf("%q is neither label_names() nor label_values(stream, label)", query))
		}
	} else if err := json.Unmarshal(text, &v); err != nil {
		return nil, c.bad(err)
	}
	path := root + "labels"
	if v.Type == 1 {
		if v.Label == "" || strings.ContainsAny(v.Label, "/?#%\\") {
			return nil, c.bad(fmt.Errorf("%q is no name of a label", v.Label))
		}
		path = root + "label/" + v.Label + "/values"
	}
	parameters := url.Values{"start": {nanos(q.From)}, "end": {nanos(q.To)}}
	if v.Stream != "" {
		parameters.Set("query", v.Stream)
	}
	var a struct {
		Data []string `json:"data"`
	}
	if err := c.get(ctx, path, parameters, &a); err != nil {
		return nil, err
	}
	slices.Sort(a.Data)
	out := make([]datasource.Choice, len(a.Data))
	for i, s := range a.Data {
		out[i] = datasource.Choice{Text: s, Value: s}
	}
	return out, nil
}

// Check asks for the labels there are.
func (c *connection) Check(ctx context.Context) (string, error) {
	now := time.Now()
	names, err := c.Values(ctx, datasource.Query{Target: json.RawMessage(`"label_names()"`), From: now.Add(-6 * time.Hour), To: now})
	if err != nil {
		return "", err
	}
	if len(names) == 0 {
		return "It answers, and has no logs of the last six hours.", nil
	}
	return fmt.Sprintf("It answers: %d labels.", len(names)), nil
}

// Close closes idle connections.
func (c *connection) Close() error { return c.client.Close() }
