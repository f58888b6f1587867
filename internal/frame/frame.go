// Package frame holds the answers of data sources as tables of columns.
//
// A frame is a table with a name. A field is one of its columns: it has a name,
// labels where it is a series, a type, and a config that says how to show it. All
// fields of a frame have the same length. Fields may share columns (the series
// of one query share their times), so nobody changes a column in place: who
// changes values makes a new one.
//
// A frame travels in two forms. One is Grafana's JSON, {"schema": …, "data": …},
// for the API that its clients know; MarshalJSON and UnmarshalJSON are there. The
// other is a message of the view stream, for our own UI, which reads columns of
// floats where they lie; AppendMessage writes it:
//
//	    0  "MPV1"
//	    4  u32  bytes of the header, H
//	    8  u32  bytes of the columns, C
//	   12  u32  zero
//	   16  header: JSON, spaces behind it up to a multiple of 8
//	 16+H  columns, each at a multiple of 8
//	16+H+C the next message
//
// Numbers are little endian. The header is {"answers": [{"key", "refId",
// "rename"}], "frames": […], "error", "cost"}: the frames are the answer to each
// of the keys. A field of the header's frames says where its values are:
//
//	{"at": 0}                      float64 each, at this byte of the columns;
//	                               two fields may name the same byte
//	{"start": 1700000000000, "step": 15000}
//	                               evenly spaced: start + i·step
//	{"words": ["a", "b"], "at": 0} uint32 each: 0 is null, i the word i-1
//	{"values": [true, null]}       JSON
//
// How many there are is the frame's "length". NaN, of whatever payload, stands
// for a number that is not there.
package frame

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Type is the type of a field.
type Type uint8

// Types of fields.
const (
	Time Type = iota // Numbers, in milliseconds since 1970
	Number
	String
	Boolean
	Other // anything that JSON can say
)

var typeNames = [...]string{Time: "time", Number: "number", String: "string", Boolean: "boolean", Other: "other"}

func (t Type) String() string { return typeNames[t] }

// Frame is a table.
type Frame struct {
	Name   string
	RefID  string
	Fields []Field
	Meta   *Meta
}

// Field is a column. Which of the slices holds the values is said by the type.
type Field struct {
	Name   string
	Labels map[string]string
	Type   Type
	Config *Config

	// Numbers are the values of Time and Number fields; see Null.
	Numbers []float64
	// Strings are the values of String fields.
	Strings []string
	// Nulls marks the strings that are not there; nil: all are.
	Nulls []bool
	// Values are those of Boolean and Other fields: nil, bool, and what
	// json.Marshal takes.
	Values []any
}

// Meta says what a frame is. Its keys are Grafana's.
type Meta struct {
	// Type is Grafana's word for the shape: timeseries-multi, numeric-multi,
	// table, heatmap-rows, heatmap-cells, log-lines.
	Type string `json:"type,omitempty"`
	// ExecutedQuery is what was asked after macros and steps were put in.
	ExecutedQuery string `json:"executedQueryString,omitempty"`
	// PreferredVisualization is how Explore shows it: graph, table, logs.
	PreferredVisualization string         `json:"preferredVisualisationType,omitempty"`
	Notices                []Notice       `json:"notices,omitempty"`
	Custom                 map[string]any `json:"custom,omitempty"`
	// StepMilliseconds lies between two points; 0: not known.
	StepMilliseconds int64 `json:"-"`
}

// Notice is something that the user should know about an answer.
type Notice struct {
	// Severity is info, warning or error.
	Severity string `json:"severity"`
	Text     string `json:"text"`
}

// Config says how a field is shown, as far as the data source knows.
type Config struct {
	DisplayName       string         `json:"displayName,omitempty"`
	DisplayNameFromDS string         `json:"displayNameFromDS,omitempty"`
	Unit              string         `json:"unit,omitempty"`
	Filterable        bool           `json:"filterable,omitempty"`
	Links             []Link         `json:"links,omitempty"`
	Custom            map[string]any `json:"custom,omitempty"`
	// IntervalMilliseconds lies between two points of a time field.
	IntervalMilliseconds float64 `json:"interval,omitempty"`
}

// Link leads from a value to somewhere.
type Link struct {
	Title string `json:"title"`
	URL   string `json:"url"`
}

// nullBits is a NaN that no computation makes.
const nullBits = 0x7ff8_0000_6e75_6c6c

// Null returns the number that stands for none. It is a NaN, so that whoever
// does not care need not; IsNull tells it from NaNs that were computed.
func Null() float64 { return math.Float64frombits(nullBits) }

// IsNull tells whether the number stands for none.
func IsNull(v float64) bool { return math.Float64bits(v) == nullBits }

// Len is the number of values.
func (f *Field) Len() int {
	switch f.Type {
	case Time, Number:
		return len(f.Numbers)
	case String:
		return len(f.Strings)
	}
	return len(f.Values)
}

// At returns a value as JSON would: nil, a float64, a string, or what stands there.
func (f *Field) At(i int) any {
	switch f.Type {
	case Time, Number:
		if IsNull(f.Numbers[i]) {
			return nil
		}
		return f.Numbers[i]
	case String:
		if f.Nulls != nil && f.Nulls[i] {
			return nil
		}
		return f.Strings[i]
	}
	return f.Values[i]
}

// Len is the number of rows.
func (f *Frame) Len() int {
	if len(f.Fields) == 0 {
		return 0
	}
	return f.Fields[0].Len()
}

// Check tells whether all fields have the same length.
func (f *Frame) Check() error {
	for i := range f.Fields {
		if n := f.Fields[i].Len(); n != f.Len() {
			return fmt.Errorf("frame %q: field %q has %d values and the first has %d", f.Name, f.Fields[i].Name, n, f.Len())
		}
	}
	return nil
}

// First returns the first field of a type, or nil.
func (f *Frame) First(t Type) *Field {
	for i := range f.Fields {
		if f.Fields[i].Type == t {
			return &f.Fields[i]
		}
	}
	return nil
}

// Notify adds a notice.
func (f *Frame) Notify(severity, text string) {
	if f.Meta == nil {
		f.Meta = &Meta{}
	}
	f.Meta.Notices = append(f.Meta.Notices, Notice{severity, text})
}

// Select returns a frame of the rows, in the order of their indexes.
func (f *Frame) Select(rows []int) *Frame {
	out := *f
	out.Fields = make([]Field, len(f.Fields))
	for i := range f.Fields {
		out.Fields[i] = f.Fields[i].Select(rows)
	}
	return &out
}

// Select returns a field of the values with the indexes.
func (f *Field) Select(rows []int) Field {
	out := *f
	out.Numbers, out.Strings, out.Nulls, out.Values = nil, nil, nil, nil
	for _, row := range rows {
		switch f.Type {
		case Time, Number:
			out.Numbers = append(out.Numbers, f.Numbers[row])
		case String:
			out.Strings = append(out.Strings, f.Strings[row])
			if f.Nulls != nil {
				out.Nulls = append(out.Nulls, f.Nulls[row])
			}
		default:
			out.Values = append(out.Values, f.Values[row])
		}
	}
	return out
}

// SortByTime orders the rows by the first time field, where they are not yet.
func (f *Frame) SortByTime() *Frame {
	t := f.First(Time)
	if t == nil || slices.IsSorted(t.Numbers) {
		return f
	}
	rows := make([]int, f.Len())
	for i := range rows {
		rows[i] = i
	}
	slices.SortStableFunc(rows, func(a, b int) int {
		switch x, y := t.Numbers[a], t.Numbers[b]; {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	})
	return f.Select(rows)
}

// Bytes is about what the frame occupies.
func (f *Frame) Bytes() int {
	n := 200
	for i := range f.Fields {
		field := &f.Fields[i]
		n += 200 + 8*len(field.Numbers) + 16*len(field.Strings) + len(field.Nulls) + 32*len(field.Values)
		for _, s := range field.Strings {
			n += len(s)
		}
		for name, value := range field.Labels {
			n += 32 + len(name) + len(value)
		}
		for _, v := range field.Values {
			switch v := v.(type) {
			case string:
				n += len(v)
			case json.RawMessage:
				n += len(v)
			}
		}
	}
	return n
}

// LabelText writes labels as Prometheus does, without braces.
func LabelText(labels map[string]string) string {
	var b strings.Builder
	for i, name := range SortedLabels(labels) {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%s=%q", name, labels[name])
	}
	return b.String()
}

// SortedLabels returns the names of labels in order.
func SortedLabels(labels map[string]string) []string {
	names := make([]string, 0, len(labels))
	for name := range labels {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
