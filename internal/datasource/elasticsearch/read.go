package elasticsearch

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"monopod/internal/frame"
)

// aggregation is the part of an answer that belongs to a bucket aggregation.
type aggregation struct {
	// Buckets are a list, or an object by name for filters.
	Buckets json.RawMessage `json:"buckets"`
	// DocCount stands where a nested aggregation has one bucket only.
	DocCount *float64 `json:"doc_count"`
}

// bucket is one of them: its key, its count, and the aggregations within.
type bucket map[string]json.RawMessage

func (a *aggregation) buckets() []bucket {
	var list []bucket
	if json.Unmarshal(a.Buckets, &list) == nil {
		return list
	}
	var named map[string]bucket
	if json.Unmarshal(a.Buckets, &named) != nil {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(named)) {
		b := named[name]
		b["key"], _ = json.Marshal(name) //nolint:errcheck // a text
		list = append(list, b)
	}
	return list
}

// name is the key as a person reads it.
func (b bucket) name() string {
	var s string
	for _, key := range []string{"key_as_string", "key"} {
		if text, ok := b[key]; ok {
			if json.Unmarshal(text, &s) == nil {
				return s
			}
			return string(text)
		}
	}
	return ""
}

func (b bucket) number(name string) float64 { return numberOf(b[name]) }

// numberOf reads a number or a text of one; Null for all else.
func numberOf(text json.RawMessage) float64 {
	var v float64
	if len(text) > 0 && !bytes.Equal(text, []byte("null")) && json.Unmarshal(text, &v) == nil {
		return v
	}
	var s string
	if json.Unmarshal(text, &s) == nil {
		if n, err := strconv.ParseFloat(s, 64); err == nil {
			return n
		}
	}
	return frame.Null()
}

// output is one number that a metric gives of a bucket.
type output struct {
	metric *metric
	label  string // as in titles
	read   func(bucket) float64
}

var metricNames = map[string]string{
	"count": "Count", "avg": "Average", "sum": "Sum", "min": "Min", "max": "Max", "cardinality": "Unique Count", "percentiles": "Percentiles",
	"extended_stats": "Extended Stats", "stats": "Stats", "derivative": "Derivative", "cumulative_sum": "Cumulative Sum",
	"serial_diff": "Serial Difference", "moving_fn": "Moving Function", "moving_avg": "Moving Average", "bucket_script": "Bucket Script",
}

var statNames = map[string]string{
	"avg": "Avg", "min": "Min", "max": "Max", "sum": "Sum", "count": "Count", "std_deviation": "Std Dev",
	"std_deviation_bounds_upper": "Std Dev Upper", "std_deviation_bounds_lower": "Std Dev Lower",
}

// reader turns the buckets of an answer into frames.
type reader struct {
	*target
	series []*frame.Frame
	table  *frame.Frame
	// columns of the table by name.
	columns map[string]int
}

// outputs are the numbers of all metrics that are shown.
func (r *reader) outputs() []output {
	var out []output
	for i := range r.Metrics {
		m := &r.Metrics[i]
		if m.Hide {
			continue
		}
		within := func(b bucket) map[string]json.RawMessage {
			var object map[string]json.RawMessage
			_ = json.Unmarshal(b[m.ID], &object) // absent: nothing in it
			return object
		}
		name := cmp.Or(metricNames[m.Type], m.Type)
		switch m.Type {
		case "count":
			out = append(out, output{m, name, func(b bucket) float64 { return b.number("doc_count") }})
		case "percentiles":
			for _, p := range percentsOf(m) {
				key := strconv.FormatFloat(p, 'f', -1, 64)
				out = append(out, output{m, "p" + key + " " + m.Field, func(b bucket) float64 {
					var values map[string]json.RawMessage
					_ = json.Unmarshal(within(b)["values"], &values)
					if v, ok := values[key]; ok {
						return numberOf(v)
					}
					return numberOf(values[strconv.FormatFloat(p, 'f', 1, 64)])
				}})
			}
		case "stats", "extended_stats":
			for _, stat := range slices.Sorted(maps.Keys(statNames)) {
				if chosen, isSet := m.Meta[stat].(bool); !chosen && (isSet || len(m.Meta) > 0 || strings.HasPrefix(stat, "std")) {
					continue
				}
				out = append(out, output{m, statNames[stat] + " " + m.Field, func(b bucket) float64 {
					if bound, ok := strings.CutPrefix(stat, "std_deviation_bounds_"); ok {
						var bounds map[string]json.RawMessage
						_ = json.Unmarshal(within(b)["std_deviation_bounds"], &bounds)
						return numberOf(bounds[bound])
					}
					return numberOf(within(b)[stat])
				}})
			}
		default:
			if m.Field != "" && !pipelines[m.Type] {
				name += " " + m.Field
			}
			out = append(out, output{m, name, func(b bucket) float64 { return numberOf(within(b)["value"]) }})
		}
	}
	return out
}

// level is a bucket around the one that is read.
type level struct{ field, value string }

func (r *reader) read(a *response) ([]*frame.Frame, error) {
	if err := r.walk(bucket(a.Aggregations), 0, nil); err != nil {
		return nil, err
	}
	if r.table != nil {
		return []*frame.Frame{r.table}, nil
	}
	if len(r.series) == 0 {
		return []*frame.Frame{{Meta: &frame.Meta{Type: "timeseries-multi"}, Fields: []frame.Field{}}}, nil
	}
	return r.series, nil
}

// maxLevels bounds how deep buckets may lie in one another.
const maxLevels = 10

func (r *reader) walk(within bucket, depth int, above []level) error {
	if depth >= len(r.BucketAggs) || depth >= maxLevels {
		return fmt.Errorf("buckets lie %d deep", depth)
	}
	agg := &r.BucketAggs[depth]
	text, ok := within[agg.ID]
	if !ok {
		return nil
	}
	if agg.Type == "nested" {
		var inner bucket
		if err := json.Unmarshal(text, &inner); err != nil {
			return err
		}
		return r.walk(inner, depth+1, above)
	}
	var a aggregation
	if err := json.Unmarshal(text, &a); err != nil {
		return err
	}
	buckets := a.buckets()
	isLast := depth == len(r.BucketAggs)-1
	switch {
	case isLast && agg.Type == "date_histogram":
		r.addSeries(buckets, above)
	case isLast:
		for _, b := range buckets {
			r.addRow(b, append(slices.Clip(above), level{fieldName(agg), b.name()}))
		}
	default:
		for _, b := range buckets {
			if err := r.walk(b, depth+1, append(slices.Clip(above), level{fieldName(agg), b.name()})); err != nil {
				return err
			}
		}
	}
	return nil
}

func fieldName(agg *bucketAgg) string {
	if agg.Type == "filters" {
		return "filter"
	}
	return cmp.Or(agg.Field, agg.Type)
}

func (r *reader) addSeries(buckets []bucket, above []level) {
	// The first and last buckets are often half full.
	if trim := int(setting(r.BucketAggs[len(r.BucketAggs)-1].Settings, "trimEdges", 0)); trim > 0 && len(buckets) > 2*trim {
		buckets = buckets[trim : len(buckets)-trim]
	}
	times := make([]float64, len(buckets))
	for i, b := range buckets {
		times[i] = b.number("key")
	}
	labels := map[string]string{}
	var names []string
	for _, l := range above {
		labels[l.field] = l.value
		names = append(names, l.value)
	}
	outputs := r.outputs()
	for _, o := range outputs {
		values := make([]float64, len(buckets))
		for i, b := range buckets {
			values[i] = o.read(b)
		}
		name := o.label
		if len(names) > 0 {
			name = strings.Join(names, " ")
			if len(outputs) > 1 {
				name += " " + o.label
			}
		}
		if r.Alias != "" {
			name = r.alias(o, labels)
		}
		r.series = append(r.series, &frame.Frame{Name: name, Meta: &frame.Meta{Type: "timeseries-multi", PreferredVisualization: "graph"}, Fields: []frame.Field{
			{Name: "Time", Type: frame.Time, Numbers: times},
			{Name: "Value", Type: frame.Number, Labels: labels, Numbers: values, Config: &frame.Config{DisplayNameFromDS: name}},
		}})
	}
}

// alias puts {{metric}}, {{field}}, {{term name}} and {{name}} into the text.
func (r *reader) alias(o output, labels map[string]string) string {
	text := r.Alias
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{{")
		inner, after, closed := strings.Cut(rest, "}}")
		if !found || !closed {
			break
		}
		b.WriteString(before)
		switch key := strings.TrimSpace(inner); key {
		case "metric":
			b.WriteString(cmp.Or(metricNames[o.metric.Type], o.metric.Type))
		case "field":
			b.WriteString(o.metric.Field)
		default:
			b.WriteString(labels[strings.TrimPrefix(key, "term ")])
		}
		text = after
	}
	b.WriteString(text)
	return b.String()
}

func (r *reader) addRow(b bucket, levels []level) {
	if r.table == nil {
		r.table = &frame.Frame{Meta: &frame.Meta{Type: "table", PreferredVisualization: "table"}}
		r.columns = map[string]int{}
	}
	for i, l := range levels {
		isNumber := r.BucketAggs[min(i, len(r.BucketAggs)-1)].Type == "histogram"
		f := r.column(l.field, isNumber)
		if isNumber {
			n, err := strconv.ParseFloat(l.value, 64)
			if err != nil {
				n = frame.Null()
			}
			f.Numbers = append(f.Numbers, n)
		} else {
			f.Strings = append(f.Strings, l.value)
		}
	}
	for _, o := range r.outputs() {
		f := r.column(o.label, true)
		f.Numbers = append(f.Numbers, o.read(b))
	}
}

func (r *reader) column(name string, isNumber bool) *frame.Field {
	key := name
	if isNumber {
		key = "\x00" + name // a field may be called as a metric is
	}
	at, ok := r.columns[key]
	if !ok {
		at = len(r.table.Fields)
		r.columns[key] = at
		f := frame.Field{Name: name, Type: frame.String, Config: &frame.Config{Filterable: true}}
		if isNumber {
			f = frame.Field{Name: name, Type: frame.Number}
		}
		r.table.Fields = append(r.table.Fields, f)
	}
	return &r.table.Fields[at]
}

// flatten names what lies in objects by its way there: {"a": {"b": 1}} is a.b.
func flatten(prefix string, object map[string]json.RawMessage, into map[string]json.RawMessage, depth int) {
	for name, text := range object {
		var inner map[string]json.RawMessage
		if depth < maxLevels && len(text) > 0 && text[0] == '{' && json.Unmarshal(text, &inner) == nil {
			flatten(prefix+name+".", inner, into, depth+1)
			continue
		}
		into[prefix+name] = text
	}
}

func flat(h *hit) map[string]json.RawMessage {
	out := map[string]json.RawMessage{}
	flatten("", h.Source, out, 0)
	for name, text := range h.Fields {
		if _, ok := out[name]; !ok {
			out[name] = text
		}
	}
	for name, text := range map[string]string{"_id": h.ID, "_index": h.Index} {
		out[name], _ = json.Marshal(text) //nolint:errcheck // a text
	}
	return out
}

// timeOf reads a date: milliseconds, RFC 3339, or what Elasticsearch writes.
func timeOf(text json.RawMessage) float64 {
	var list []json.RawMessage
	if json.Unmarshal(text, &list) == nil && len(list) > 0 {
		text = list[0]
	}
	var s string
	if json.Unmarshal(text, &s) == nil {
		for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05", "2006-01-02"} {
			if t, err := time.Parse(layout, s); err == nil {
				return float64(t.UnixMicro()) / 1000
			}
		}
	}
	return numberOf(text)
}

// documents makes a table of hits: the time, then all other fields by name.
func documents(list []hit, timeField string) *frame.Frame {
	rows := make([]map[string]json.RawMessage, len(list))
	names := map[string]bool{}
	for i := range list {
		rows[i] = flat(&list[i])
		for name := range rows[i] {
			names[name] = true
		}
	}
	delete(names, timeField)
	f := &frame.Frame{Meta: &frame.Meta{Type: "table"}, Fields: []frame.Field{{Name: timeField, Type: frame.Time}}}
	for _, row := range rows {
		f.Fields[0].Numbers = append(f.Fields[0].Numbers, timeOf(row[timeField]))
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		f.Fields = append(f.Fields, column(name, rows))
	}
	return f
}

// column is a field of all rows, of the one type that all its values have.
func column(name string, rows []map[string]json.RawMessage) frame.Field {
	numbers, texts := true, true
	for _, row := range rows {
		if text := row[name]; len(text) > 0 && text[0] != 'n' {
			texts = texts && text[0] == '"'
			numbers = numbers && (text[0] == '-' || text[0] >= '0' && text[0] <= '9')
		}
	}
	f := frame.Field{Name: name, Type: frame.Other, Config: &frame.Config{Filterable: true}}
	switch {
	case texts:
		f.Type, f.Nulls = frame.String, make([]bool, len(rows))
	case numbers:
		f.Type = frame.Number
	}
	for i, row := range rows {
		switch f.Type {
		case frame.String:
			var s *string
			_ = json.Unmarshal(row[name], &s) // absent: null
			if f.Nulls[i] = s == nil; s == nil {
				s = new(string)
			}
			f.Strings = append(f.Strings, *s)
		case frame.Number:
			f.Numbers = append(f.Numbers, numberOf(row[name]))
		default:
			var v any
			_ = json.Unmarshal(row[name], &v)
			f.Values = append(f.Values, v)
		}
	}
	return f
}

// logLines makes a frame of lines with their labels.
func logLines(list []hit, t *target, o *options) *frame.Frame {
	f := &frame.Frame{Meta: &frame.Meta{Type: "log-lines", PreferredVisualization: "logs"}, Fields: []frame.Field{
		{Name: "labels", Type: frame.Other}, {Name: t.TimeField, Type: frame.Time}, {Name: "line", Type: frame.String},
		{Name: "level", Type: frame.String}, {Name: "id", Type: frame.String},
	}}
	message := cmp.Or(o.LogMessageField, "message")
	level := cmp.Or(o.LogLevelField, "level")
	for i := range list {
		row := flat(&list[i])
		labels := map[string]string{}
		for name, text := range row {
			if s := plain(text); name != message && name != t.TimeField && !strings.HasPrefix(name, "_") && s != "" {
				labels[name] = s
			}
		}
		line := plain(row[message])
		if line == "" {
			whole, err := json.Marshal(list[i].Source)
			if err == nil {
				line = string(whole)
			}
		}
		f.Fields[0].Values = append(f.Fields[0].Values, labels)
		f.Fields[1].Numbers = append(f.Fields[1].Numbers, timeOf(row[t.TimeField]))
		f.Fields[2].Strings = append(f.Fields[2].Strings, line)
		f.Fields[3].Strings = append(f.Fields[3].Strings, labels[level])
		f.Fields[4].Strings = append(f.Fields[4].Strings, list[i].ID)
	}
	return f
}

// plain is a value as text: what a JSON text says, or the JSON itself.
func plain(text json.RawMessage) string {
	var s string
	if json.Unmarshal(text, &s) == nil {
		return s
	}
	if string(text) == "null" {
		return ""
	}
	return string(text)
}
