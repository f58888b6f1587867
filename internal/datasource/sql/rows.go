package sql

import (
	"cmp"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"monopod/internal/datasource"
	"monopod/internal/frame"
)

// read makes a table of rows, up to the limits.
func (c *connection) read(rows *sql.Rows) (*frame.Frame, error) {
	types, err := rows.ColumnTypes()
	if err != nil {
		return nil, err
	}
	f := &frame.Frame{Meta: &frame.Meta{Type: "table"}, Fields: make([]frame.Field, len(types))}
	cells, pointers := make([]any, len(types)), make([]any, len(types))
	for i, t := range types {
		f.Fields[i] = frame.Field{Name: t.Name(), Type: c.columnType(t.DatabaseTypeName())}
		if isTimeName(t.Name()) && f.Fields[i].Type == frame.Number {
			f.Fields[i].Type = frame.Time
		}
		pointers[i] = &cells[i]
	}
	size := int64(0)
	for rows.Next() {
		if f.Len() >= c.limits.Rows {
			f.Notify("warning", fmt.Sprintf("The query has more than %d rows; the first ones are shown. Add a WHERE, a GROUP BY or a LIMIT.", c.limits.Rows))
			return f, nil
		}
		if err := rows.Scan(pointers...); err != nil {
			return nil, err
		}
		for i, cell := range cells {
			size += add(&f.Fields[i], cell)
		}
		if size > c.limits.Bytes {
			return nil, &datasource.Error{
				Reason: datasource.TooMuch, Source: c.source.Name, Message: fmt.Sprintf("its answer is larger than %d MB", c.limits.Bytes>>20),
				Hint: "ask for fewer rows or columns",
			}
		}
	}
	return f, rows.Err()
}

// isTimeName tells the columns whose numbers are times.
func isTimeName(name string) bool {
	switch strings.ToLower(name) {
	case "time", "time_sec", "timeend":
		return true
	}
	return false
}

// add appends a cell and tells about how many bytes it takes.
func add(f *frame.Field, cell any) int64 {
	switch f.Type {
	case frame.Time:
		f.Numbers = append(f.Numbers, toTime(cell))
		return 8
	case frame.Number:
		f.Numbers = append(f.Numbers, toNumber(cell))
		return 8
	case frame.Boolean:
		switch v := cell.(type) {
		case nil, bool:
			f.Values = append(f.Values, v)
		default:
			f.Values = append(f.Values, toNumber(cell) != 0)
		}
		return 16
	}
	text, isNull := toText(cell)
	f.Strings = append(f.Strings, text)
	if isNull && f.Nulls == nil {
		f.Nulls = make([]bool, len(f.Strings)-1)
	}
	if f.Nulls != nil {
		f.Nulls = append(f.Nulls, isNull)
	}
	return int64(16 + len(text))
}

func toNumber(cell any) float64 {
	var text string
	switch v := cell.(type) {
	case nil:
		return frame.Null()
	case int64:
		return float64(v)
	case uint64:
		return float64(v)
	case float64:
		return v
	case float32:
		return float64(v)
	case bool:
		if v {
			return 1
		}
		return 0
	case []byte:
		text = string(v)
	case string:
		text = v
	default:
		text = fmt.Sprint(v)
	}
	if n, err := strconv.ParseFloat(text, 64); err == nil {
		return n
	}
	return math.NaN()
}

// toTime returns milliseconds. Numbers are seconds, milliseconds or nanoseconds,
// as their size says.
func toTime(cell any) float64 {
	if t, ok := cell.(time.Time); ok {
		return float64(t.UnixMicro()) / 1000
	}
	if b, ok := cell.([]byte); ok {
		cell = string(b)
	}
	if s, ok := cell.(string); ok {
		for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04:05.999999999", "2006-01-02"} {
			if t, err := time.Parse(layout, s); err == nil {
				return float64(t.UnixMilli())
			}
		}
	}
	n := toNumber(cell)
	switch a := math.Abs(n); {
	case a >= 1e17:
		return n / 1e6
	case a >= 1e14:
		return n / 1e3
	case a < 1e11:
		return n * 1e3
	}
	return n
}

func toText(cell any) (text string, isNull bool) {
	switch v := cell.(type) {
	case nil:
		return "", true
	case string:
		return strings.ToValidUTF8(v, "\uFFFD"), false
	case []byte:
		return strings.ToValidUTF8(string(v), "\uFFFD"), false
	case time.Time:
		return v.Format(time.RFC3339Nano), false
	}
	return fmt.Sprint(cell), false
}

func textOf(f *frame.Field, row int) string {
	switch v := f.At(row).(type) {
	case nil:
		return ""
	case string:
		return v
	case float64:
		if f.Type == frame.Time {
			return time.UnixMilli(int64(v)).UTC().Format(time.RFC3339Nano)
		}
		return strconv.FormatFloat(v, 'f', -1, 64)
	default:
		return fmt.Sprint(v)
	}
}

// timeSeries makes a graph of a table: one time, one column for each number and
// each combination of strings.
func timeSeries(table *frame.Frame, q *datasource.Query, gaps *fill) (*frame.Frame, error) {
	at := slices.IndexFunc(table.Fields, func(f frame.Field) bool { return isTimeName(f.Name) })
	if at < 0 {
		at = slices.IndexFunc(table.Fields, func(f frame.Field) bool { return f.Type == frame.Time })
	}
	if at < 0 || table.Fields[at].Type != frame.Time {
		return nil, errors.New(`the answer has no column of times; name one "time", or show it as a table`)
	}
	table.Fields[at].Name = "Time"
	table.Fields[0], table.Fields[at] = table.Fields[at], table.Fields[0]
	if at > 1 { // the others keep their order
		moved := table.Fields[at]
		copy(table.Fields[2:at+1], table.Fields[1:at])
		table.Fields[1] = moved
	}
	out := table.SortByTime()
	if slices.ContainsFunc(out.Fields, func(f frame.Field) bool { return f.Type == frame.String }) {
		out = wide(out)
	}
	out.Fields = slices.DeleteFunc(out.Fields, func(f frame.Field) bool { return f.Type == frame.Other })
	for i := range out.Fields {
		if f := &out.Fields[i]; f.Type == frame.Boolean {
			*f = numbersOf(f)
		}
	}
	if gaps != nil {
		var err error
		if out, err = gaps.close(out, q); err != nil {
			return nil, err
		}
	}
	out.RefID, out.Meta = table.RefID, &frame.Meta{Type: "timeseries-wide"}
	return out, nil
}

func numbersOf(f *frame.Field) frame.Field {
	out := frame.Field{Name: f.Name, Labels: f.Labels, Type: frame.Number, Numbers: make([]float64, len(f.Values))}
	for i, v := range f.Values {
		out.Numbers[i] = toNumber(v)
	}
	return out
}

// wide turns rows that say what they are in strings into columns with labels. With
// one string column named metric, its values become the names.
func wide(long *frame.Frame) *frame.Frame {
	times := long.Fields[0].Numbers
	var texts, numbers []*frame.Field
	for i := range long.Fields[1:] {
		switch f := &long.Fields[i+1]; f.Type {
		case frame.String:
			texts = append(texts, f)
		case frame.Number:
			numbers = append(numbers, f)
		case frame.Boolean:
			n := numbersOf(f)
			numbers = append(numbers, &n)
		}
	}
	unique := slices.Compact(slices.Clone(times))
	out := &frame.Frame{Fields: []frame.Field{{Name: "Time", Type: frame.Time, Numbers: unique}}}
	columns := map[string]int{}
	row := 0
	for i, t := range times {
		for row < len(unique)-1 && cmp.Compare(unique[row], t) != 0 {
			row++
		}
		labels := map[string]string{}
		for _, f := range texts {
			if f.At(i) != nil {
				labels[f.Name] = f.Strings[i]
			}
		}
		key := frame.LabelText(labels)
		for _, n := range numbers {
			at, ok := columns[n.Name+"\x00"+key]
			if !ok {
				at = len(out.Fields)
				columns[n.Name+"\x00"+key] = at
				out.Fields = append(out.Fields, frame.Field{Name: n.Name, Type: frame.Number, Labels: labels, Numbers: slices.Repeat([]float64{frame.Null()}, len(unique))})
			}
			out.Fields[at].Numbers[row] = n.Numbers[i]
		}
	}
	if len(texts) == 1 && len(numbers) == 1 && texts[0].Name == "metric" {
		for i := range out.Fields {
			if name, ok := out.Fields[i].Labels["metric"]; ok {
				out.Fields[i].Name, out.Fields[i].Labels = name, nil
			}
		}
	}
	return out
}

// maxFilled bounds the rows that closing gaps makes.
const maxFilled = 200_000

// close gives the graph a row at each step of the query's time.
func (g *fill) close(f *frame.Frame, q *datasource.Query) (*frame.Frame, error) {
	step := float64(g.step.Milliseconds())
	if step <= 0 {
		return f, nil
	}
	first := math.Floor(float64(q.From.UnixMilli())/step) * step
	count := int((float64(q.To.UnixMilli())-first)/step) + 1
	if count > maxFilled {
		return nil, fmt.Errorf("filling gaps every %s makes more than %d rows", g.step, maxFilled)
	}
	times := f.Fields[0].Numbers
	all := make([]float64, 0, count+len(times))
	for i := range count {
		all = append(all, first+float64(i)*step)
	}
	all = append(all, times...)
	slices.Sort(all)
	all = slices.Compact(all)
	out := &frame.Frame{Fields: make([]frame.Field, len(f.Fields))}
	out.Fields[0] = f.Fields[0]
	out.Fields[0].Numbers = all
	for i := 1; i < len(f.Fields); i++ {
		out.Fields[i] = f.Fields[i]
		values := make([]float64, len(all))
		at, last := 0, frame.Null()
		for row, t := range all {
			switch {
			case at < len(times) && times[at] == t:
				values[row] = f.Fields[i].Numbers[at]
				if last = values[row]; g.previous && frame.IsNull(last) && row > 0 {
					values[row], last = values[row-1], values[row-1]
				}
				for at < len(times) && times[at] == t {
					at++
				}
			case g.previous:
				values[row] = last
			default:
				values[row] = g.value
			}
		}
		out.Fields[i].Numbers = values
	}
	return out, nil
}
