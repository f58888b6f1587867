package elasticsearch

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"monopod/internal/datasource"
)

const (
	defaultDocuments = 500
	mostDocuments    = 10_000
	mostIndexes      = 400
)

// builder makes the body of a search.
type builder struct {
	*target
	query   *datasource.Query
	options *options
}

func (b *builder) interval() time.Duration {
	interval := b.query.Interval
	if interval <= 0 {
		interval = time.Minute
	}
	return max(interval, time.Millisecond)
}

func (b *builder) expand(text string) string {
	ms := strconv.FormatInt(b.interval().Milliseconds(), 10)
	for _, v := range []struct{ name, value string }{{"__interval_ms", ms}, {"__interval", ms + "ms"}} {
		text = strings.ReplaceAll(text, "${"+v.name+"}", v.value)
		text = strings.ReplaceAll(text, "$"+v.name, v.value)
	}
	return text
}

// filter selects the time and what the query says.
func (b *builder) filter() map[string]any {
	filter := []any{map[string]any{"range": map[string]any{b.TimeField: map[string]any{
		"gte": b.query.From.UnixMilli(), "lte": b.query.To.UnixMilli(), "format": "epoch_millis",
	}}}}
	if text := strings.TrimSpace(b.expand(b.target.Query)); text != "" && text != "*" {
		filter = append(filter, queryString(text))
	}
	return map[string]any{"bool": map[string]any{"filter": filter}}
}

func queryString(text string) map[string]any {
	return map[string]any{"query_string": map[string]any{"analyze_wildcard": true, "query": text}}
}

func (b *builder) search() (map[string]any, error) {
	search := map[string]any{"query": b.filter()}
	switch first := b.Metrics[0]; first.Type {
	case "raw_data", "raw_document", "logs":
		size := int(setting(first.Settings, "size", defaultDocuments))
		if first.Type == "logs" {
			size = int(setting(first.Settings, "limit", defaultDocuments))
		}
		search["size"] = min(max(size, 1), mostDocuments)
		order := "desc"
		if first.Settings["sortDirection"] == "asc" {
			order = "asc"
		}
		search["sort"] = []any{map[string]any{b.TimeField: map[string]any{"order": order, "unmapped_type": "boolean"}}}
		return search, nil
	}
	search["size"] = 0
	metrics, err := b.metrics()
	if err != nil {
		return nil, err
	}
	if len(b.BucketAggs) == 0 {
		b.BucketAggs = []bucketAgg{{ID: "2", Type: "date_histogram"}}
	}
	inner := metrics
	for _, agg := range slices.Backward(b.BucketAggs) {
		body, err := b.bucket(&agg, metrics)
		if err != nil {
			return nil, err
		}
		// What orders the buckets must be computed beside them.
		by, _ := agg.Settings["orderBy"].(string)
		id, _, _ := strings.Cut(by, "[")
		if m, ok := metrics[id]; ok && agg.Type == "terms" {
			inner = maps.Clone(inner)
			inner[id] = m
		}
		if len(inner) > 0 {
			body["aggs"] = inner
		}
		inner = map[string]any{agg.ID: body}
	}
	search["aggs"] = inner
	return search, nil
}

func (b *builder) bucket(agg *bucketAgg, metrics map[string]any) (map[string]any, error) {
	switch agg.Type {
	case "date_histogram":
		return map[string]any{"date_histogram": b.dateHistogram(agg)}, nil
	case "terms":
		size := int(setting(agg.Settings, "size", 10))
		if size == 0 {
			size = 500
		}
		terms := map[string]any{"field": agg.Field, "size": size}
		by, _ := agg.Settings["orderBy"].(string)
		switch by {
		case "", "_term":
			by = "_key"
		}
		order := "desc"
		if agg.Settings["order"] == "asc" {
			order = "asc"
		}
		id, _, _ := strings.Cut(by, "[")
		if !strings.HasPrefix(by, "_") && metrics[id] == nil {
			by = "_count" // of a metric that is a count, or is gone
		}
		terms["order"] = map[string]any{by: order}
		if n := setting(agg.Settings, "min_doc_count", 0); n > 0 {
			terms["min_doc_count"] = n
		}
		if missing, ok := agg.Settings["missing"].(string); ok && missing != "" {
			terms["missing"] = missing
		}
		return map[string]any{"terms": terms}, nil
	case "filters":
		filters := map[string]any{}
		list, _ := agg.Settings["filters"].([]any)
		for _, f := range list {
			object, _ := f.(map[string]any)
			text, _ := object["query"].(string)
			label, _ := object["label"].(string)
			filters[cmp.Or(label, text, "*")] = queryString(cmp.Or(b.expand(text), "*"))
		}
		return map[string]any{"filters": map[string]any{"filters": filters}}, nil
	case "histogram":
		return map[string]any{"histogram": map[string]any{
			"field": agg.Field, "interval": max(setting(agg.Settings, "interval", 1000), 1e-9), "min_doc_count": setting(agg.Settings, "min_doc_count", 0),
		}}, nil
	case "nested":
		return map[string]any{"nested": map[string]any{"path": agg.Field}}, nil
	}
	return nil, fmt.Errorf("buckets of type %q are not known", agg.Type)
}

// calendar are the intervals that no fixed number of milliseconds is.
var calendar = map[string]bool{"1w": true, "1M": true, "1q": true, "1y": true}

func (b *builder) dateHistogram(agg *bucketAgg) map[string]any {
	interval, _ := agg.Settings["interval"].(string)
	if interval == "" || interval == "auto" {
		interval = "$__interval"
	}
	interval = b.expand(interval)
	out := map[string]any{
		"field": cmp.Or(agg.Field, b.TimeField), "min_doc_count": setting(agg.Settings, "min_doc_count", 0), "format": "epoch_millis",
		"extended_bounds": map[string]any{"min": b.query.From.UnixMilli(), "max": b.query.To.UnixMilli()},
	}
	if calendar[interval] {
		out["calendar_interval"] = interval
	} else {
		out["fixed_interval"] = interval
	}
	if zone, _ := agg.Settings["timeZone"].(string); zone != "" && zone != "utc" {
		out["time_zone"] = zone
	}
	if offset, _ := agg.Settings["offset"].(string); offset != "" {
		out["offset"] = offset
	}
	return out
}

// plainMetrics take a field and nothing else.
var plainMetrics = map[string]bool{"avg": true, "sum": true, "min": true, "max": true, "cardinality": true, "stats": true, "extended_stats": true}

// pipelines compute from another metric of the same buckets.
var pipelines = map[string]bool{"derivative": true, "cumulative_sum": true, "serial_diff": true, "moving_fn": true, "moving_avg": true}

func (b *builder) metrics() (map[string]any, error) {
	out := map[string]any{}
	for i, m := range b.Metrics {
		if m.ID == "" {
			m.ID = strconv.Itoa(i + 1)
			b.Metrics[i].ID = m.ID
		}
		switch {
		case m.Type == "count":
		case plainMetrics[m.Type]:
			body := map[string]any{"field": m.Field}
			if missing, ok := m.Settings["missing"]; ok && missing != "" {
				body["missing"] = missing
			}
			out[m.ID] = map[string]any{m.Type: body}
		case m.Type == "percentiles":
			percents := percentsOf(&m)
			out[m.ID] = map[string]any{"percentiles": map[string]any{"field": m.Field, "percents": percents}}
		case pipelines[m.Type]:
			body := map[string]any{"buckets_path": b.path(cmp.Or(m.PipelineAgg, m.Field))}
			kind := m.Type
			switch m.Type {
			case "serial_diff":
				body["lag"] = setting(m.Settings, "lag", 1)
			case "derivative":
				if unit, _ := m.Settings["unit"].(string); unit != "" {
					body["unit"] = unit
				}
			case "moving_avg", "moving_fn":
				kind = "moving_fn"
				body["window"] = setting(m.Settings, "window", 5)
				body["script"] = "MovingFunctions.unweightedAvg(values)"
				if script, _ := m.Settings["script"].(string); script != "" && m.Type == "moving_fn" {
					body["script"] = script
				}
			}
			out[m.ID] = map[string]any{kind: body}
		case m.Type == "bucket_script":
			paths := map[string]any{}
			for _, v := range m.Variables {
				paths[v.Name] = b.path(v.PipelineAgg)
			}
			script, _ := m.Settings["script"].(string)
			if script == "" || len(paths) == 0 {
				return nil, errors.New("a bucket script needs a script and variables")
			}
			out[m.ID] = map[string]any{"bucket_script": map[string]any{"buckets_path": paths, "script": script}}
		default:
			return nil, fmt.Errorf("metrics of type %q are not known", m.Type)
		}
	}
	return out, nil
}

// path is how a pipeline names a metric.
func (b *builder) path(id string) string {
	for _, m := range b.Metrics {
		if m.ID == id && m.Type == "count" {
			return "_count"
		}
	}
	return id
}

func percentsOf(m *metric) []float64 {
	var out []float64
	list, _ := m.Settings["percents"].([]any)
	for _, p := range list {
		switch v := p.(type) {
		case float64:
			out = append(out, v)
		case string:
			if n, err := strconv.ParseFloat(v, 64); err == nil {
				out = append(out, n)
			}
		}
	}
	if len(out) == 0 {
		return []float64{25, 50, 75, 95, 99}
	}
	return out
}

// setting reads a number that may stand in a text.
func setting(settings map[string]any, name string, fallback float64) float64 {
	switch v := settings[name].(type) {
	case float64:
		return v
	case string:
		if n, err := strconv.ParseFloat(v, 64); err == nil {
			return n
		}
	}
	return fallback
}

// steps are how far apart the indexes of a pattern lie.
var steps = map[string]func(time.Time) time.Time{
	"Hourly":  func(t time.Time) time.Time { return t.Add(time.Hour) },
	"Daily":   func(t time.Time) time.Time { return t.AddDate(0, 0, 1) },
	"Weekly":  func(t time.Time) time.Time { return t.AddDate(0, 0, 7) },
	"Monthly": func(t time.Time) time.Time { return t.AddDate(0, 1, 0) },
	"Yearly":  func(t time.Time) time.Time { return t.AddDate(1, 0, 0) },
}

// indexes lists those that a pattern such as [logs-]YYYY.MM.DD names within a time.
// Without a pattern it is the index itself.
func indexes(pattern, interval string, from, to time.Time) []string {
	next := steps[interval]
	if next == nil || !strings.Contains(pattern, "[") {
		return []string{pattern}
	}
	var out []string
	seen := map[string]bool{}
	first := from.UTC().Truncate(time.Hour)
	switch interval {
	case "Monthly":
		first = time.Date(first.Year(), first.Month(), 1, 0, 0, 0, 0, time.UTC)
	case "Yearly":
		first = time.Date(first.Year(), 1, 1, 0, 0, 0, 0, time.UTC)
	case "Daily", "Weekly":
		first = time.Date(first.Year(), first.Month(), first.Day(), 0, 0, 0, 0, time.UTC)
	}
	for t := first; !t.After(to); t = next(t) {
		if name := indexName(pattern, t); !seen[name] {
			seen[name] = true
			out = append(out, name)
		}
		if len(out) > mostIndexes { // the address would grow too long
			before, _, _ := strings.Cut(strings.TrimPrefix(pattern, "["), "]")
			return []string{before + "*"}
		}
	}
	return out
}

func indexName(pattern string, t time.Time) string {
	year, week := t.ISOWeek()
	replace := strings.NewReplacer("YYYY", t.Format("2006"), "YY", t.Format("06"), "MM", t.Format("01"), "DD", t.Format("02"), "HH", t.Format("15"),
		"GGGG", strconv.Itoa(year), "WW", fmt.Sprintf("%02d", week), "ww", fmt.Sprintf("%02d", week))
	var b strings.Builder
	for pattern != "" {
		before, rest, found := strings.Cut(pattern, "[")
		b.WriteString(replace.Replace(before))
		if !found {
			break
		}
		literal, after, _ := strings.Cut(rest, "]")
		b.WriteString(literal)
		pattern = after
	}
	return b.String()
}
