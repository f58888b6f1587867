// Package jsontree holds JSON as a tree that remembers its source: the order of
// keys, how numbers were written, and where each value stood, so that a change of
// one value leaves every other byte of a file as it was.
//
//   - A value is one of the six kinds of JSON. It is changed in place.
//   - The source is the text that was parsed. A value of it has a span there; one
//     that was made later has none.
//   - The origin of a value of a clone is the value it was cloned from.
//
// Where an object has a key twice, the last one counts, as in browsers.
package jsontree

import (
	"math"
	"strconv"
)

// Kind is what a value is.
type Kind uint8

// The kinds of JSON values.
const (
	Null Kind = iota
	Bool
	Number
	String
	Array
	Object
)

var kindNames = [...]string{"null", "a boolean", "a number", "a string", "an array", "an object"}

// String gives the kind with its article: "an array".
func (k Kind) String() string { return kindNames[k] }

// Value is a JSON value. The methods that read take a nil Value for one that is
// not there.
type Value struct {
	kind Kind
	// text is the decoded string, the number as written, or "true" or "false".
	text    string
	items   []*Value
	members []member
	// index has the last place of each key, where there are many; nil: not made.
	index map[string]int

	origin     *Value
	start, end int // the span in the source; end is 0 where there is none
	// lead and delim bound the element within its array: the offset behind the
	// delimiter before it, and that of the delimiter after it.
	lead, delim int
}

type member struct {
	key   string
	value *Value
	// Offsets in the source: behind the delimiter before the key, of the key, and of
	// the delimiter after the value.
	lead, keyStart, delim int
}

// Kind of the value; Null where there is none.
func (v *Value) Kind() Kind {
	if v == nil {
		return Null
	}
	return v.kind
}

// IsNull tells whether there is no value, or null.
func (v *Value) IsNull() bool { return v.Kind() == Null }

// Origin is the value that this one was cloned from.
func (v *Value) Origin() *Value {
	if v == nil {
		return nil
	}
	return v.origin
}

// Offset is where the value begins in the source, or -1.
func (v *Value) Offset() int {
	if v != nil && v.end == 0 {
		v = v.origin
	}
	if v == nil || v.end == 0 {
		return -1
	}
	return v.start
}

// Items of an array; nil for any other kind.
func (v *Value) Items() []*Value {
	if v == nil {
		return nil
	}
	return v.items
}

// Keys of an object, in order, each once.
func (v *Value) Keys() []string {
	if v == nil {
		return nil
	}
	keys := make([]string, 0, len(v.members))
	for i, m := range v.members {
		if v.last(m.key) == i {
			keys = append(keys, m.key)
		}
	}
	return keys
}

// indexedFrom is from how many keys on an object is searched through its index.
const indexedFrom = 32

func (v *Value) last(key string) int {
	if len(v.members) >= indexedFrom {
		if v.index == nil {
			v.index = make(map[string]int, len(v.members))
			for i, m := range v.members {
				v.index[m.key] = i
			}
		}
		if i, ok := v.index[key]; ok {
			return i
		}
		return -1
	}
	for i := len(v.members) - 1; i >= 0; i-- {
		if v.members[i].key == key {
			return i
		}
	}
	return -1
}

// Get follows keys through objects. It gives nil where one is missing.
func (v *Value) Get(path ...string) *Value {
	for _, key := range path {
		if v == nil {
			return nil
		}
		i := v.last(key)
		if i < 0 {
			return nil
		}
		v = v.members[i].value
	}
	return v
}

// Has tells whether an object has the key, be it with null.
func (v *Value) Has(key string) bool { return v != nil && v.last(key) >= 0 }

// Text of the string at the path; "" where there is none.
func (v *Value) Text(path ...string) string {
	if v = v.Get(path...); v.Kind() == String {
		return v.text
	}
	return ""
}

// Float is the number at the path.
func (v *Value) Float(path ...string) (float64, bool) {
	if v = v.Get(path...); v.Kind() != Number {
		return 0, false
	}
	f, err := strconv.ParseFloat(v.text, 64)
	return f, err == nil || math.IsInf(f, 0)
}

// Int is the whole number at the path; 0 where there is none.
func (v *Value) Int(path ...string) int {
	f, ok := v.Float(path...)
	if !ok || math.Abs(f) > 1<<53 {
		return 0
	}
	return int(f)
}

// True tells whether there is true at the path.
func (v *Value) True(path ...string) bool {
	v = v.Get(path...)
	return v.Kind() == Bool && v.text == "true"
}

// Truthy is what JavaScript takes for true in a condition.
func (v *Value) Truthy(path ...string) bool {
	switch v = v.Get(path...); v.Kind() {
	case Null:
		return false
	case Bool:
		return v.text == "true"
	case String:
		return v.text != ""
	case Number:
		f, _ := v.Float()
		return f != 0 && !math.IsNaN(f)
	}
	return true
}

// Literal is a scalar as text: a string itself, a number as written.
func (v *Value) Literal() string {
	switch v.Kind() {
	case Null:
		return "null"
	case Bool, Number, String:
		return v.text
	}
	return ""
}

// Equal compares meanings: the order of keys and the way a number or a string is
// written do not count.
func Equal(a, b *Value) bool {
	if a.Kind() != b.Kind() {
		return false
	}
	if a == b {
		return true
	}
	switch a.Kind() {
	case Null:
		return (a == nil) == (b == nil)
	case Number:
		x, _ := a.Float()
		y, _ := b.Float()
		return x == y
	case Bool, String:
		return a.text == b.text
	case Array:
		if len(a.items) != len(b.items) {
			return false
		}
		for i := range a.items {
			if !Equal(a.items[i], b.items[i]) {
				return false
			}
		}
		return true
	}
	keys := a.Keys()
	if len(keys) != len(b.Keys()) {
		return false
	}
	for _, k := range keys {
		if !b.Has(k) || !Equal(a.Get(k), b.Get(k)) {
			return false
		}
	}
	return true
}
