package expr

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"monopod/internal/frame"
)

// value is a number or a series. A number has one value and no times.
type value struct {
	labels map[string]string
	times  []float64 // nil: a number
	points []float64
}

func (v *value) isNumber() bool { return v.times == nil }

func number(n float64, labels map[string]string) value {
	return value{labels: labels, points: []float64{n}}
}

// valuesOf takes frames apart: each number column with times is a series, each
// without them a number for each row. Columns of strings are labels of their row.
func valuesOf(frames []*frame.Frame) []value {
	var out []value
	for _, f := range frames {
		f = f.SortByTime()
		times := f.First(frame.Time)
		isNumbers := times == nil || f.Meta != nil && f.Meta.Type == "numeric-multi"
		hasStrings := f.First(frame.String) != nil
		for i := range f.Fields {
			field := &f.Fields[i]
			switch {
			case field.Type != frame.Number:
			case hasStrings:
				out = append(out, long(f, times, field)...)
			case isNumbers:
				for _, v := range field.Numbers {
					out = append(out, number(v, field.Labels))
				}
			default:
				out = append(out, value{field.Labels, nonNil(times.Numbers), field.Numbers})
			}
		}
	}
	return out
}

// nonNil keeps an empty series from being a number.
func nonNil(times []float64) []float64 {
	if times == nil {
		return []float64{}
	}
	return times
}

// long groups the rows of a table by its strings. Groups of one row are numbers.
func long(f *frame.Frame, times, column *frame.Field) []value {
	var order []string
	groups := map[string]*value{}
	most := 0
	for row := range f.Len() {
		labels := maps.Clone(column.Labels)
		if labels == nil {
			labels = map[string]string{}
		}
		for i := range f.Fields {
			if s := &f.Fields[i]; s.Type == frame.String && s.At(row) != nil {
				labels[s.Name] = s.Strings[row]
			}
		}
		key := frame.LabelText(labels)
		v := groups[key]
		if v == nil {
			v = &value{labels: labels, times: []float64{}}
			groups[key] = v
			order = append(order, key)
		}
		if times != nil {
			v.times = append(v.times, times.Numbers[row])
		}
		v.points = append(v.points, column.Numbers[row])
		most = max(most, len(v.points))
	}
	var out []value
	for _, key := range order {
		v := *groups[key]
		if most == 1 || times == nil {
			v = number(v.points[0], v.labels)
		}
		out = append(out, v)
	}
	return out
}

// framesOf is the answer that a set of values makes.
func framesOf(set []value, refID string) []*frame.Frame {
	out := []*frame.Frame{}
	for _, v := range set {
		field := frame.Field{Name: refID, Type: frame.Number, Labels: v.labels, Numbers: v.points}
		if v.isNumber() {
			out = append(out, &frame.Frame{RefID: refID, Fields: []frame.Field{field}, Meta: &frame.Meta{Type: "numeric-multi"}})
			continue
		}
		times := frame.Field{Name: "Time", Type: frame.Time, Numbers: v.times}
		out = append(out, &frame.Frame{RefID: refID, Fields: []frame.Field{times, field}, Meta: &frame.Meta{Type: "timeseries-multi"}})
	}
	return out
}

// pair is two values whose labels agree.
type pair struct {
	a, b   *value
	labels map[string]string
}

// join finds the pairs of two sets.
func join(a, b []value) []pair {
	var out []pair
	for i := range a {
		for j := range b {
			x, y := &a[i], &b[j]
			switch {
			case contains(x.labels, y.labels):
				out = append(out, pair{x, y, x.labels})
			case contains(y.labels, x.labels):
				out = append(out, pair{x, y, y.labels})
			}
		}
	}
	if len(out) == 0 && len(a) == 1 && len(b) == 1 {
		out = []pair{{&a[0], &b[0], a[0].labels}}
	}
	return out
}

// contains tells whether all of the small labels are among the large.
func contains(large, small map[string]string) bool {
	for name, v := range small {
		if other, ok := large[name]; !ok || other != v {
			return false
		}
	}
	return true
}

// combine computes from two values: a number goes with each point of a series, two
// series meet where both have a point.
func (p *pair) combine(f func(a, b float64) float64) value {
	a, b := p.a, p.b
	switch {
	case a.isNumber() && b.isNumber():
		return number(f(a.points[0], b.points[0]), p.labels)
	case a.isNumber():
		return b.each(p.labels, func(v float64) float64 { return f(a.points[0], v) })
	case b.isNumber():
		return a.each(p.labels, func(v float64) float64 { return f(v, b.points[0]) })
	}
	out := value{labels: p.labels, times: []float64{}}
	at := 0
	for i, t := range a.times {
		for at < len(b.times) && cmp.Less(b.times[at], t) {
			at++
		}
		if at < len(b.times) && b.times[at] == t {
			out.times = append(out.times, t)
			out.points = append(out.points, f(a.points[i], b.points[at]))
		}
	}
	return out
}

func (v *value) each(labels map[string]string, f func(float64) float64) value {
	out := value{labels: labels, times: v.times, points: make([]float64, len(v.points))}
	for i, p := range v.points {
		out.points[i] = f(p)
	}
	return out
}

func isNumeric(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// reducers make one number of many. Points that are no numbers were dropped or
// replaced before, or make the result NaN.
var reducers = map[string]func([]float64) float64{
	"sum": func(p []float64) float64 {
		total := 0.0
		for _, v := range p {
			total += v
		}
		return total
	},
	"mean": mean,
	"avg":  mean,
	"min":  func(p []float64) float64 { return extreme(p, func(a, b float64) bool { return a < b }) },
	"max":  func(p []float64) float64 { return extreme(p, func(a, b float64) bool { return a > b }) },
	"count": func(p []float64) float64 {
		return float64(len(p))
	},
	"last": func(p []float64) float64 {
		if len(p) == 0 {
			return math.NaN()
		}
		return p[len(p)-1]
	},
	"median": func(p []float64) float64 {
		if len(p) == 0 || slices.ContainsFunc(p, math.IsNaN) {
			return math.NaN()
		}
		sorted := slices.Sorted(slices.Values(p))
		middle := len(sorted) / 2
		if len(sorted)%2 == 1 {
			return sorted[middle]
		}
		return (sorted[middle-1] + sorted[middle]) / 2
	},
}

func mean(p []float64) float64 {
	if len(p) == 0 {
		return math.NaN()
	}
	total := 0.0
	for _, v := range p {
		total += v
	}
	return total / float64(len(p))
}

func extreme(p []float64, better func(a, b float64) bool) float64 {
	if len(p) == 0 {
		return math.NaN()
	}
	best := p[0]
	for _, v := range p {
		if math.IsNaN(v) {
			return math.NaN()
		}
		if better(v, best) {
			best = v
		}
	}
	return best
}
