package prometheus

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"monopod/internal/datasource"
)

// variable is the object form of a variable's query.
type variable struct {
	Query         string        `json:"query"`
	QueryType     *int          `json:"qryType"`
	Label         string        `json:"label"`
	Metric        string        `json:"metric"`
	LabelFilters  []labelFilter `json:"labelFilters"`
	VarQuery      string        `json:"varQuery"`
	MetricFilter  string        `json:"metricFilter"`
	SeriesQuery   string        `json:"seriesQuery"`
	ClassicQuery  string        `json:"classicQuery"`
	VariableQuery string        `json:"expr"`
}

type labelFilter struct {
	Label string `json:"label"`
	Op    string `json:"op"`
	Value string `json:"value"`
}

// Values of qryType.
const (
	labelNamesQuery = iota
	labelValuesQuery
	metricNamesQuery
	varQueryResult
	seriesQuery
	classicQuery
)

// call is a variable's query, taken apart.
type call struct {
	function string // label_names, label_values, metrics, query_result, series
	label    string
	argument string // selector, pattern or expression
}

var functionCall = regexp.MustCompile(`(?s)^\s*(label_names|label_values|metrics|query_result)\s*\((.*)\)\s*$`)

func parseVariable(text json.RawMessage) (call, error) {
	text = bytes.TrimSpace(text)
	if len(text) > 0 && text[0] == '"' {
		var query string
		if err := json.Unmarshal(text, &query); err != nil {
			return call{}, err
		}
		return parseCall(query)
	}
	var v variable
	if err := json.Unmarshal(text, &v); err != nil {
		return call{}, err
	}
	first := func(list ...string) string {
		for _, s := range list {
			if strings.TrimSpace(s) != "" {
				return s
			}
		}
		return ""
	}
	if query := first(v.Query, v.ClassicQuery); query != "" || v.QueryType == nil {
		return parseCall(first(query, v.VarQuery, v.VariableQuery))
	}
	switch *v.QueryType {
	case labelNamesQuery:
		return call{function: "label_names", argument: v.Metric}, nil
	case labelValuesQuery:
		return call{function: "label_values", label: v.Label, argument: v.Metric + filters(v.LabelFilters)}, nil
	case metricNamesQuery:
		return call{function: "metrics", argument: first(v.MetricFilter, ".*")}, nil
	case varQueryResult:
		return call{function: "query_result", argument: v.VarQuery}, nil
	case seriesQuery:
		return call{function: "series", argument: v.SeriesQuery}, nil
	case classicQuery:
		return parseCall(v.ClassicQuery)
	}
	return call{}, fmt.Errorf("qryType is %d; 0 to 5 are known", *v.QueryType)
}

func filters(list []labelFilter) string {
	if len(list) == 0 {
		return ""
	}
	parts := make([]string, len(list))
	for i, f := range list {
		parts[i] = f.Label + f.Op + strconv.Quote(f.Value)
	}
	return "{" + strings.Join(parts, ",") + "}"
}

func parseCall(query string) (call, error) {
	query = strings.TrimSpace(query)
	if query == "" {
		return call{}, errors.New("the query is empty; write label_values(metric, label), label_names(), metrics(regex) or query_result(expression)")
	}
	m := functionCall.FindStringSubmatch(query)
	if m == nil {
		return call{function: "series", argument: query}, nil
	}
	c := call{function: m[1], argument: strings.TrimSpace(m[2])}
	if c.function == "label_values" {
		// The label is what follows the last comma outside braces.
		depth, comma := 0, -1
		quoted := byte(0)
		for i := 0; i < len(c.argument); i++ {
			switch b := c.argument[i]; {
			case quoted != 0:
				if b == '\\' {
					i++
				} else if b == quoted {
					quoted = 0
				}
			case b == '"' || b == '\'' || b == '`':
				quoted = b
			case b == '{' || b == '(':
				depth++
			case b == '}' || b == ')':
				depth--
			case b == ',' && depth == 0:
				comma = i
			}
		}
		c.label = strings.TrimSpace(c.argument[comma+1:])
		c.argument = strings.TrimSpace(c.argument[:max(comma, 0)])
		c.label = strings.Trim(c.label, `"'`)
		if c.label == "" {
			return call{}, fmt.Errorf("%s names no label", query)
		}
	}
	return c, nil
}

// Values answers a variable's query.
func (c *connection) Values(ctx context.Context, q datasource.Query) ([]datasource.Choice, error) {
	v, err := parseVariable(q.Target)
	if err != nil {
		return nil, c.bad(err)
	}
	v.argument = c.expand(v.argument, c.scrapeInterval(), q.Range())
	switch v.function {
	case "label_names":
		return choices(c.backend.LabelNames(ctx, v.argument, q.From, q.To))
	case "label_values":
		return choices(c.backend.LabelValues(ctx, v.label, v.argument, q.From, q.To))
	case "metrics":
		pattern, err := regexp.Compile(v.argument)
		if err != nil {
			return nil, c.bad(fmt.Errorf("metrics(%s): %w", v.argument, err))
		}
		names, err := c.backend.LabelValues(ctx, "__name__", "", q.From, q.To)
		return choices(slices.DeleteFunc(names, func(name string) bool { return !pattern.MatchString(name) }), err)
	case "query_result":
		return c.resultValues(ctx, v.argument, q)
	}
	list, err := c.backend.Series(ctx, v.argument, q.From, q.To)
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for _, labels := range list {
		known[compactText(labels)] = true
	}
	return choices(slices.Sorted(maps.Keys(known)), nil)
}

func choices(list []string, err error) ([]datasource.Choice, error) {
	out := make([]datasource.Choice, len(list))
	for i, s := range list {
		out[i] = datasource.Choice{Text: s, Value: s}
	}
	return out, err
}

// compactText is name{label="value",…}: without a space, as variables' regular
// expressions expect.
func compactText(labels map[string]string) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		if name != "__name__" {
			parts = append(parts, name+"="+strconv.Quote(labels[name]))
		}
	}
	return labels["__name__"] + "{" + strings.Join(parts, ",") + "}"
}

// resultValues writes each series as name{labels} value timestamp.
func (c *connection) resultValues(ctx context.Context, expr string, q datasource.Query) ([]datasource.Choice, error) {
	m, err := c.backend.Instant(ctx, expr, q.To)
	if err != nil {
		return nil, err
	}
	var list []string
	for _, s := range m.series {
		if len(s.values) == 0 {
			continue
		}
		text := strconv.FormatFloat(s.values[0], 'f', -1, 64)
		if !m.scalar {
			text = compactText(s.labels) + " " + text + " " + strconv.FormatInt(int64(s.times[0]), 10)
		}
		list = append(list, text)
	}
	return choices(list, nil)
}
