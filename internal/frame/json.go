package frame

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
)

// ErrShape is in the error where JSON is not that of a frame.
var ErrShape = errors.New("not a frame")

type jsonFrame struct {
	Schema jsonSchema `json:"schema"`
	Data   jsonData   `json:"data"`
}

type jsonSchema struct {
	Name   string      `json:"name,omitempty"`
	RefID  string      `json:"refId,omitempty"`
	Meta   *Meta       `json:"meta,omitempty"`
	Fields []jsonField `json:"fields"`
}

type jsonField struct {
	Name     string            `json:"name"`
	Type     string            `json:"type"`
	TypeInfo *jsonTypeInfo     `json:"typeInfo,omitempty"`
	Labels   map[string]string `json:"labels,omitempty"`
	Config   *Config           `json:"config,omitempty"`
}

type jsonTypeInfo struct {
	Frame    string `json:"frame"`
	Nullable bool   `json:"nullable,omitempty"`
}

type jsonData struct {
	Values   []json.RawMessage `json:"values"`
	Entities []*jsonEntities   `json:"entities,omitempty"`
}

// jsonEntities lists where a column has numbers that JSON cannot say.
type jsonEntities struct {
	NaN    []int `json:"NaN,omitempty"`
	Inf    []int `json:"Inf,omitempty"`
	NegInf []int `json:"NegInf,omitempty"`
}

var typeInfos = [...]string{Time: "time.Time", Number: "float64", String: "string", Boolean: "bool", Other: "json.RawMessage"}

// MarshalJSON writes Grafana's form.
func (f *Frame) MarshalJSON() ([]byte, error) {
	if err := f.Check(); err != nil {
		return nil, err
	}
	out := jsonFrame{Schema: jsonSchema{Name: f.Name, RefID: f.RefID, Meta: f.Meta, Fields: []jsonField{}}}
	out.Data.Values = []json.RawMessage{}
	odd := false
	entities := make([]*jsonEntities, len(f.Fields))
	for i := range f.Fields {
		field := &f.Fields[i]
		column, e, err := marshalColumn(field)
		if err != nil {
			return nil, fmt.Errorf("write field %q: %w", field.Name, err)
		}
		out.Schema.Fields = append(out.Schema.Fields, jsonField{
			field.Name, field.Type.String(), &jsonTypeInfo{typeInfos[field.Type], true}, field.Labels, field.Config,
		})
		out.Data.Values = append(out.Data.Values, column)
		entities[i] = e
		odd = odd || e != nil
	}
	if odd {
		out.Data.Entities = entities
	}
	return marshal(out)
}

func marshalColumn(f *Field) (json.RawMessage, *jsonEntities, error) {
	if f.Type != Time && f.Type != Number {
		list := make([]any, f.Len())
		for i := range list {
			list[i] = finite(f.At(i))
		}
		b, err := marshal(list)
		return b, nil, err
	}
	var e *jsonEntities
	entities := func() *jsonEntities {
		if e == nil {
			e = &jsonEntities{}
		}
		return e
	}
	b := append(make([]byte, 0, 2+14*len(f.Numbers)), '[')
	for i, v := range f.Numbers {
		if i > 0 {
			b = append(b, ',')
		}
		switch {
		case f.Type == Time && !math.IsNaN(v) && !math.IsInf(v, 0):
			b = strconv.AppendFloat(b, v, 'f', -1, 64)
			continue
		case IsNull(v):
		case math.IsNaN(v):
			entities().NaN = append(entities().NaN, i)
		case math.IsInf(v, 1):
			entities().Inf = append(entities().Inf, i)
		case math.IsInf(v, -1):
			entities().NegInf = append(entities().NegInf, i)
		default:
			b = appendJSONFloat(b, v)
			continue
		}
		b = append(b, "null"...)
	}
	return append(b, ']'), e, nil
}

// appendJSONFloat writes the shortest text that reads back as the number.
func appendJSONFloat(b []byte, v float64) []byte {
	if a := math.Abs(v); a != 0 && (a < 1e-6 || a >= 1e21) {
		return strconv.AppendFloat(b, v, 'e', -1, 64)
	}
	return strconv.AppendFloat(b, v, 'f', -1, 64)
}

// UnmarshalJSON reads Grafana's form. Types that are not known are Other.
func (f *Frame) UnmarshalJSON(text []byte) error {
	var in jsonFrame
	if err := json.Unmarshal(text, &in); err != nil {
		return fmt.Errorf("%w: %w", ErrShape, err)
	}
	if len(in.Data.Values) != 0 && len(in.Data.Values) != len(in.Schema.Fields) {
		return fmt.Errorf("%w: the schema has %d fields, the data %d columns", ErrShape, len(in.Schema.Fields), len(in.Data.Values))
	}
	out := Frame{Name: in.Schema.Name, RefID: in.Schema.RefID, Meta: in.Schema.Meta}
	for i, s := range in.Schema.Fields {
		field := Field{Name: s.Name, Labels: s.Labels, Config: s.Config, Type: typeOf(s.Type)}
		if i < len(in.Data.Values) {
			var e *jsonEntities
			if i < len(in.Data.Entities) {
				e = in.Data.Entities[i]
			}
			if err := unmarshalColumn(&field, in.Data.Values[i], e); err != nil {
				return fmt.Errorf("%w: field %q: %w", ErrShape, s.Name, err)
			}
		}
		out.Fields = append(out.Fields, field)
	}
	if err := out.Check(); err != nil {
		return fmt.Errorf("%w: %w", ErrShape, err)
	}
	*f = out
	return nil
}

func typeOf(name string) Type {
	for t, n := range typeNames {
		if n == name {
			return Type(t)
		}
	}
	return Other
}

func unmarshalColumn(f *Field, text json.RawMessage, e *jsonEntities) error {
	switch f.Type {
	case Time, Number:
		var list []*float64
		if err := json.Unmarshal(text, &list); err != nil {
			return err
		}
		f.Numbers = make([]float64, len(list))
		for i, v := range list {
			if f.Numbers[i] = Null(); v != nil {
				f.Numbers[i] = *v
			}
		}
		return f.place(e)
	case String:
		var list []*string
		if err := json.Unmarshal(text, &list); err != nil {
			return err
		}
		f.Strings = make([]string, len(list))
		for i, s := range list {
			if s != nil {
				f.Strings[i] = *s
				continue
			}
			if f.Nulls == nil {
				f.Nulls = make([]bool, len(list))
			}
			f.Nulls[i] = true
		}
		return nil
	}
	return json.Unmarshal(text, &f.Values)
}

// place puts the numbers that JSON cannot say where they belong.
func (f *Field) place(e *jsonEntities) error {
	if e == nil {
		return nil
	}
	for _, group := range []struct {
		rows  []int
		value float64
	}{{e.NaN, math.NaN()}, {e.Inf, math.Inf(1)}, {e.NegInf, math.Inf(-1)}} {
		for _, row := range group.rows {
			if row < 0 || row >= len(f.Numbers) {
				return fmt.Errorf("an entity stands at row %d of %d", row, len(f.Numbers))
			}
			f.Numbers[row] = group.value
		}
	}
	return nil
}
