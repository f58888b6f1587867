package prometheus

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"monopod/internal/frame"
)

// tables makes one table of all series: time, a column for each label, value.
func tables(frames []*frame.Frame, refID string) []*frame.Frame {
	var names []string
	known := map[string]bool{}
	rows := 0
	for _, f := range frames {
		if value := f.First(frame.Number); value != nil {
			rows += f.Len()
			for _, name := range frame.SortedLabels(value.Labels) {
				if !known[name] {
					known[name] = true
					names = append(names, name)
				}
			}
		}
	}
	if rows == 0 {
		return frames
	}
	times := frame.Field{Name: "Time", Type: frame.Time, Numbers: make([]float64, 0, rows)}
	value := frame.Field{Name: "Value", Type: frame.Number, Numbers: make([]float64, 0, rows)}
	columns := make([]frame.Field, len(names))
	for i, name := range names {
		columns[i] = frame.Field{Name: name, Type: frame.String, Config: &frame.Config{Filterable: true}, Strings: make([]string, 0, rows)}
		if name == "le" {
			columns[i] = frame.Field{Name: name, Type: frame.Number, Config: &frame.Config{Filterable: true}}
		}
	}
	for _, f := range frames {
		v := f.First(frame.Number)
		if v == nil {
			continue
		}
		times.Numbers = append(times.Numbers, f.First(frame.Time).Numbers...)
		value.Numbers = append(value.Numbers, v.Numbers...)
		for i, name := range names {
			column, text, n := &columns[i], v.Labels[name], v.Len()
			if column.Type == frame.Number {
				column.Numbers = append(column.Numbers, slices.Repeat([]float64{bound(text)}, n)...)
				continue
			}
			column.Strings = append(column.Strings, slices.Repeat([]string{text}, n)...)
		}
	}
	meta := *frames[0].Meta
	meta.Type, meta.PreferredVisualization = "table", "table"
	fields := append(append([]frame.Field{times}, columns...), value)
	return []*frame.Frame{{RefID: refID, Meta: &meta, Fields: fields}}
}

// bound reads the label le of a classic histogram.
func bound(text string) float64 {
	if text == "" {
		return frame.Null()
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return math.NaN()
	}
	return v
}

// heatmaps makes a frame of each classic histogram: a row of buckets for each
// time, each bucket less the ones below it.
func heatmaps(frames []*frame.Frame, refID string) []*frame.Frame {
	var (
		out    []*frame.Frame
		groups = map[string][]*frame.Frame{}
		order  []string
	)
	for _, f := range frames {
		value := f.First(frame.Number)
		if value == nil || f.Meta != nil && f.Meta.Type == "heatmap-cells" {
			out = append(out, f)
			continue
		}
		rest := make(map[string]string, len(value.Labels))
		for name, v := range value.Labels {
			if name != "le" {
				rest[name] = v
			}
		}
		key := frame.LabelText(rest)
		if groups[key] == nil {
			order = append(order, key)
		}
		groups[key] = append(groups[key], f)
	}
	for _, key := range order {
		out = append(out, heatmap(groups[key], refID))
	}
	return out
}

func heatmap(buckets []*frame.Frame, refID string) *frame.Frame {
	slices.SortStableFunc(buckets, func(a, b *frame.Frame) int {
		return cmp.Compare(bound(a.First(frame.Number).Labels["le"]), bound(b.First(frame.Number).Labels["le"]))
	})
	times := jointTimes(buckets)
	meta := *buckets[0].Meta
	meta.Type = "heatmap-rows"
	out := &frame.Frame{RefID: refID, Meta: &meta}
	out.Fields = append(out.Fields, frame.Field{Name: "Time", Type: frame.Time, Numbers: times, Config: buckets[0].First(frame.Time).Config})
	below := make([]float64, len(times))
	for _, b := range buckets {
		value := b.First(frame.Number)
		at := onGrid(b, times)
		counts := make([]float64, len(times))
		for i, v := range at {
			counts[i] = v
			if math.IsNaN(v) {
				continue
			}
			// Buckets are not scraped in one moment: a count may lie below the one
			// before it.
			counts[i] = max(v-below[i], 0)
			below[i] = max(v, below[i])
		}
		name := value.Labels["le"]
		if value.Config != nil && value.Config.DisplayNameFromDS != "" && value.Config.DisplayNameFromDS != seriesText(value.Labels) {
			name = value.Config.DisplayNameFromDS
		}
		if name == "" {
			name = value.Name
		}
		out.Fields = append(out.Fields, frame.Field{Name: name, Type: frame.Number, Labels: value.Labels, Numbers: counts, Config: &frame.Config{DisplayNameFromDS: name}})
	}
	return out
}

// jointTimes are the times of all frames, each once, in order.
func jointTimes(frames []*frame.Frame) []float64 {
	first := frames[0].First(frame.Time).Numbers
	same := true
	for _, f := range frames[1:] {
		t := f.First(frame.Time).Numbers
		same = same && len(t) == len(first) && (len(t) == 0 || &t[0] == &first[0])
	}
	if same {
		return first
	}
	var all []float64
	for _, f := range frames {
		all = append(all, f.First(frame.Time).Numbers...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// onGrid places the values of a frame at the times; Null where there is none.
func onGrid(f *frame.Frame, times []float64) []float64 {
	own, values := f.First(frame.Time).Numbers, f.First(frame.Number).Numbers
	if len(own) == len(times) {
		return values
	}
	out := make([]float64, len(times))
	at := 0
	for i, t := range times {
		for at < len(own) && own[at] < t {
			at++
		}
		if out[i] = frame.Null(); at < len(own) && own[at] == t {
			out[i] = values[at]
		}
	}
	return out
}

// histogramFrame lays native histograms out as cells: one row for each bucket
// that has something, at each time.
func histogramFrame(s *series, refID string) *frame.Frame {
	var times, lower, upper, counts []float64
	for _, c := range s.cells {
		times, lower, upper, counts = append(times, c.time), append(lower, c.lower), append(upper, c.upper), append(counts, c.count)
	}
	return &frame.Frame{
		RefID: refID, Name: seriesText(s.labels), Meta: &frame.Meta{Type: "heatmap-cells", PreferredVisualization: "graph"},
		Fields: []frame.Field{
			{Name: "xMax", Type: frame.Time, Numbers: times},
			{Name: "yMin", Type: frame.Number, Numbers: lower},
			{Name: "yMax", Type: frame.Number, Numbers: upper},
			{Name: "count", Type: frame.Number, Numbers: counts, Labels: s.labels},
		},
	}
}

// exemplarFrame is a table of exemplars: time, value, the labels of both kinds.
func exemplarFrame(list []exemplars, refID string) *frame.Frame {
	type row struct {
		exemplarPoint
		series map[string]string
	}
	var rows []row
	known := map[string]bool{}
	var names []string
	for _, e := range list {
		for _, p := range e.points {
			rows = append(rows, row{p, e.series})
			for _, labels := range []map[string]string{p.labels, e.series} {
				for _, name := range frame.SortedLabels(labels) {
					if !known[name] {
						known[name] = true
						names = append(names, name)
					}
				}
			}
		}
	}
	slices.SortStableFunc(rows, func(a, b row) int { return cmp.Compare(a.time, b.time) })
	fields := []frame.Field{
		{Name: "Time", Type: frame.Time, Numbers: make([]float64, len(rows))},
		{Name: "Value", Type: frame.Number, Numbers: make([]float64, len(rows))},
	}
	for i, r := range rows {
		fields[0].Numbers[i], fields[1].Numbers[i] = r.time, r.value
	}
	for _, name := range names {
		column := frame.Field{Name: name, Type: frame.String, Strings: make([]string, len(rows)), Nulls: make([]bool, len(rows))}
		for i, r := range rows {
			text, ok := r.labels[name]
			if !ok {
				text, ok = r.series[name]
			}
			column.Strings[i], column.Nulls[i] = text, !ok
		}
		fields = append(fields, column)
	}
	return &frame.Frame{RefID: refID, Name: "exemplar", Meta: &frame.Meta{Type: "table", Custom: map[string]any{"resultType": "exemplar"}}, Fields: fields}
}
