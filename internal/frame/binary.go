package frame

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
)

const (
	messageMagic = "MPV1"
	messageHead  = 16
	// dictionaryRows is from how many strings on a dictionary is tried.
	dictionaryRows = 32
	// maxMessageBytes keeps every offset exact in 32 bits.
	maxMessageBytes = 1 << 30
)

// Answer names a query that a message answers.
type Answer struct {
	// Key is how the client named the query.
	Key string `json:"key"`
	// RefID replaces that of the frames.
	RefID string `json:"refId,omitempty"`
	// Rename gives fields another name in this answer.
	Rename map[string]string `json:"rename,omitempty"`
	// Shared tells that another key's query, or one shortly before, did the work.
	Shared bool `json:"shared,omitempty"`
}

// Failure says why there is no answer.
type Failure struct {
	Message string `json:"message"`
	Kind    string `json:"kind"`
}

// Cost is what an answer took.
type Cost struct {
	Milliseconds float64 `json:"milliseconds"`
	// Samples were read; 0: not known.
	Samples int64 `json:"samples,omitempty"`
	// Bytes are those of the message.
	Bytes int `json:"bytes"`
}

// Message is one piece of a view stream.
type Message struct {
	Answers []Answer
	Frames  []*Frame
	Error   *Failure
	Cost    Cost
}

type messageHeader struct {
	Answers []Answer      `json:"answers"`
	Frames  []frameHeader `json:"frames"`
	Error   *Failure      `json:"error,omitempty"`
	Cost    Cost          `json:"cost"`
}

type frameHeader struct {
	Name   string        `json:"name,omitempty"`
	RefID  string        `json:"refId,omitempty"`
	Length int           `json:"length"`
	Meta   *metaHeader   `json:"meta,omitempty"`
	Fields []fieldHeader `json:"fields"`
}

// metaHeader has the names that our UI uses.
type metaHeader struct {
	Type                   string         `json:"type,omitempty"`
	ExecutedQuery          string         `json:"executedQuery,omitempty"`
	PreferredVisualization string         `json:"preferredVisualization,omitempty"`
	Notices                []Notice       `json:"notices,omitempty"`
	StepMilliseconds       int64          `json:"stepMilliseconds,omitempty"`
	Custom                 map[string]any `json:"custom,omitempty"`
}

type fieldHeader struct {
	Name   string            `json:"name"`
	Type   string            `json:"type"`
	Labels map[string]string `json:"labels,omitempty"`
	Config *Config           `json:"config,omitempty"`

	At     *int     `json:"at,omitempty"`
	Start  *float64 `json:"start,omitempty"`
	Step   *float64 `json:"step,omitempty"`
	Words  []string `json:"words,omitempty"`
	Values any      `json:"values,omitempty"`
}

// columns collects the second part of a message. Columns that are the same
// memory are written once.
type columns struct {
	bytes []byte
	seen  map[*float64]int
}

// AppendMessage appends the message in the form that the package comment draws.
func AppendMessage(b []byte, m Message) ([]byte, error) {
	header := messageHeader{Answers: m.Answers, Frames: make([]frameHeader, len(m.Frames)), Error: m.Error, Cost: m.Cost}
	c := columns{seen: map[*float64]int{}}
	for i, f := range m.Frames {
		if err := f.Check(); err != nil {
			return b, err
		}
		header.Frames[i] = c.frame(f)
	}
	if len(c.bytes) > maxMessageBytes {
		return b, fmt.Errorf("write an answer: its columns have %d bytes, more than %d; ask for fewer series or a shorter time", len(c.bytes), maxMessageBytes)
	}
	// The cost counts the message that tells it: room for the number is left blank.
	header.Cost.Bytes = 0
	text, err := marshal(header)
	if err != nil {
		return b, fmt.Errorf("write an answer: %w", err)
	}
	const digits = 10
	total := messageHead + align(len(text)+digits) + len(c.bytes)
	header.Cost.Bytes = total
	if text, err = marshal(header); err != nil {
		return b, fmt.Errorf("write an answer: %w", err)
	}
	text = append(text, bytes.Repeat([]byte(" "), total-len(c.bytes)-messageHead-len(text))...)

	b = append(b, messageMagic...)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(text)))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(c.bytes)))
	b = binary.LittleEndian.AppendUint32(b, 0)
	b = append(b, text...)
	return append(b, c.bytes...), nil
}

// marshal writes JSON without escaping HTML: nothing of it stands in a page.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

func align(n int) int { return (n + 7) &^ 7 }

func (c *columns) frame(f *Frame) frameHeader {
	h := frameHeader{Name: f.Name, RefID: f.RefID, Length: f.Len(), Fields: make([]fieldHeader, len(f.Fields))}
	if m := f.Meta; m != nil {
		h.Meta = &metaHeader{m.Type, m.ExecutedQuery, m.PreferredVisualization, m.Notices, m.StepMilliseconds, m.Custom}
	}
	for i := range f.Fields {
		h.Fields[i] = c.field(&f.Fields[i])
	}
	return h
}

func (c *columns) field(f *Field) fieldHeader {
	h := fieldHeader{Name: f.Name, Type: f.Type.String(), Labels: f.Labels, Config: f.Config}
	switch f.Type {
	case Time:
		if step, even := evenStep(f.Numbers); even {
			h.Start, h.Step = &f.Numbers[0], &step
			return h
		}
		h.At = c.numbers(f.Numbers)
	case Number:
		h.At = c.numbers(f.Numbers)
	case String:
		if words, indexes := dictionary(f); words != nil {
			at := len(c.bytes)
			for _, i := range indexes {
				c.bytes = binary.LittleEndian.AppendUint32(c.bytes, i)
			}
			c.pad()
			h.Words, h.At = words, &at
			return h
		}
		h.Values = values(f)
	default:
		h.Values = values(f)
	}
	return h
}

func values(f *Field) []any {
	list := make([]any, f.Len())
	for i := range list {
		list[i] = finite(f.At(i))
	}
	return list
}

// finite replaces what JSON cannot say.
func finite(v any) any {
	if n, ok := v.(float64); ok && (math.IsNaN(n) || math.IsInf(n, 0)) {
		return nil
	}
	return v
}

func (c *columns) pad() {
	for len(c.bytes)%8 != 0 {
		c.bytes = append(c.bytes, 0)
	}
}

func (c *columns) numbers(values []float64) *int {
	at := len(c.bytes)
	if len(values) == 0 {
		return &at
	}
	// Equal starts of unequal lengths cannot be mistaken: the reader takes the
	// frame's length, and a longer column of the same memory is written anew.
	if old, ok := c.seen[&values[0]]; ok && old+8*len(values) <= len(c.bytes) {
		return &old
	}
	c.seen[&values[0]] = at
	for _, v := range values {
		c.bytes = binary.LittleEndian.AppendUint64(c.bytes, math.Float64bits(v))
	}
	return &at
}

// evenStep tells whether times are start + i·step exactly.
func evenStep(times []float64) (float64, bool) {
	if len(times) == 0 {
		return 0, false
	}
	if len(times) == 1 {
		return 0, !math.IsNaN(times[0]) && !math.IsInf(times[0], 0)
	}
	start, step := times[0], times[1]-times[0]
	if math.IsNaN(step) || math.IsInf(step, 0) {
		return 0, false
	}
	for i, t := range times {
		if start+float64(i)*step != t {
			return 0, false
		}
	}
	return step, true
}

// dictionary returns the words of a field that repeats itself.
func dictionary(f *Field) (words []string, indexes []uint32) {
	if len(f.Strings) < dictionaryRows {
		return nil, nil
	}
	known := map[string]uint32{}
	indexes = make([]uint32, len(f.Strings))
	for i, s := range f.Strings {
		if f.Nulls != nil && f.Nulls[i] {
			continue
		}
		index, ok := known[s]
		if !ok {
			if len(words) >= len(f.Strings)/2 {
				return nil, nil
			}
			words = append(words, s)
			index = uint32(len(words))
			known[s] = index
		}
		indexes[i] = index
	}
	return words, indexes
}
