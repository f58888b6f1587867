package jsontree

import (
	"fmt"
	"slices"
	"strconv"
)

// Clone copies a value with all below it. Each copy knows its origin.
func (v *Value) Clone() *Value {
	if v == nil {
		return nil
	}
	c := &Value{kind: v.kind, text: v.text, origin: v}
	if v.items != nil {
		c.items = make([]*Value, len(v.items))
		for i, item := range v.items {
			c.items[i] = item.Clone()
		}
	}
	for i, m := range v.members {
		if v.last(m.key) == i {
			c.members = append(c.members, member{key: m.key, value: m.value.Clone()})
		}
	}
	return c
}

// Copy is a clone without origins: a new value of the same meaning.
func (v *Value) Copy() *Value {
	c := v.Clone()
	c.forget()
	return c
}

func (v *Value) forget() {
	if v == nil {
		return
	}
	v.origin = nil
	for _, item := range v.items {
		item.forget()
	}
	for _, m := range v.members {
		m.value.forget()
	}
}

// Of makes a value of a Go one: nil, bool, int, float64, string, *Value, and
// slices of these.
func Of(x any) *Value {
	switch x := x.(type) {
	case nil:
		return &Value{kind: Null}
	case *Value:
		if x == nil {
			return &Value{kind: Null}
		}
		return x
	case bool:
		return &Value{kind: Bool, text: strconv.FormatBool(x)}
	case int:
		return &Value{kind: Number, text: strconv.Itoa(x)}
	case float64:
		return &Value{kind: Number, text: formatFloat(x)}
	case string:
		return &Value{kind: String, text: x}
	case []string:
		v := &Value{kind: Array, items: []*Value{}}
		for _, s := range x {
			v.items = append(v.items, Of(s))
		}
		return v
	case []*Value:
		return &Value{kind: Array, items: append([]*Value{}, x...)}
	case []any:
		v := &Value{kind: Array, items: []*Value{}}
		for _, e := range x {
			v.items = append(v.items, Of(e))
		}
		return v
	}
	panic(fmt.Sprintf("jsontree: no JSON value for a %T", x))
}

func formatFloat(f float64) string {
	if f == float64(int64(f)) && f < 1e15 && f > -1e15 {
		return strconv.FormatInt(int64(f), 10)
	}
	return strconv.FormatFloat(f, 'g', -1, 64)
}

// Obj makes an object of keys and values by turns.
func Obj(pairs ...any) *Value {
	v := &Value{kind: Object}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i].(string), pairs[i+1])
	}
	return v
}

// Arr makes an array.
func Arr(items ...any) *Value { return Of(items) }

// Set gives a key of an object a value, where it stands or behind the last one.
func (v *Value) Set(key string, x any) {
	value := Of(x)
	if i := v.last(key); i >= 0 {
		v.members[i].value = value
		return
	}
	v.members = append(v.members, member{key: key, value: value})
	if v.index != nil {
		v.index[key] = len(v.members) - 1
	}
}

// SetDefault sets a key that is not there.
func (v *Value) SetDefault(key string, x any) {
	if !v.Has(key) {
		v.Set(key, x)
	}
}

// Delete removes keys of an object.
func (v *Value) Delete(keys ...string) {
	if v == nil {
		return
	}
	v.index = nil
	v.members = slices.DeleteFunc(v.members, func(m member) bool { return slices.Contains(keys, m.key) })
}

// Take removes a key and gives what it had.
func (v *Value) Take(key string) *Value {
	x := v.Get(key)
	v.Delete(key)
	return x
}

// Child is the object at a key, made where there is none.
func (v *Value) Child(path ...string) *Value {
	for _, key := range path {
		c := v.Get(key)
		if c.Kind() != Object {
			c = Obj()
			v.Set(key, c)
		}
		v = c
	}
	return v
}

// List is the array at a key, made where there is none.
func (v *Value) List(key string) *Value {
	c := v.Get(key)
	if c.Kind() != Array {
		c = Arr()
		v.Set(key, c)
	}
	return c
}

// SetItems replaces the elements of an array.
func (v *Value) SetItems(items []*Value) { v.items = items }

// Add adds elements to an array.
func (v *Value) Add(items ...any) {
	for _, x := range items {
		v.items = append(v.items, Of(x))
	}
}

// Become makes the value another one, in its place.
func (v *Value) Become(x any) {
	other := Of(x)
	v.kind, v.text, v.items, v.members = other.kind, other.text, other.items, other.members
	v.index = nil
}

// Walk calls f for the value and for all below it, parents first.
func (v *Value) Walk(f func(*Value)) {
	if v == nil {
		return
	}
	f(v)
	for _, item := range v.items {
		item.Walk(f)
	}
	for _, m := range v.members {
		m.value.Walk(f)
	}
}
