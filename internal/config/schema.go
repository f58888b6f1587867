package config

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/discovery"
	"github.com/prometheus/prometheus/discovery/targetgroup"
)

// shape is which keys a Go type takes from a YAML mapping.
type shape struct {
	fields map[string]reflect.Type
	// rest is the type of the values of all other keys, nil where there may be none.
	rest reflect.Type
}

// keys are the names of the fields, sorted.
func (s shape) keys() []string {
	keys := make([]string, 0, len(s.fields))
	for k := range s.fields {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// decodedAs has the types whose own decoder reads a mapping that is not their fields.
func decodedAs(t reflect.Type) reflect.Type {
	if t == reflect.TypeFor[targetgroup.Group]() {
		return reflect.TypeFor[struct {
			Targets []string       `yaml:"targets"`
			Labels  model.LabelSet `yaml:"labels"`
		}]()
	}
	return t
}

// shapeOf tells the keys of a struct type; ok is false for a type that is no
// mapping of named keys, which is every struct that names none in its tags.
func shapeOf(t reflect.Type) (s shape, ok bool) {
	t = decodedAs(t)
	if t.Kind() != reflect.Struct {
		return s, false
	}
	s.fields = make(map[string]reflect.Type)
	for i := range t.NumField() {
		f := t.Field(i)
		tag, tagged := f.Tag.Lookup("yaml")
		name, options, _ := strings.Cut(tag, ",")
		switch {
		case f.Type == reflect.TypeFor[discovery.Configs]():
			kinds, _ := shapeOf(discoveryType())
			maps.Copy(s.fields, kinds.fields)
		case !tagged || name == "-" || !f.IsExported():
		case slices.Contains(strings.Split(options, ","), "inline"):
			if f.Type.Kind() == reflect.Map {
				s.rest = f.Type.Elem()
				continue
			}
			inner, _ := shapeOf(f.Type)
			maps.Copy(s.fields, inner.fields)
			if inner.rest != nil {
				s.rest = inner.rest
			}
		default:
			if name == "" {
				name = strings.ToLower(f.Name)
			}
			s.fields[name] = f.Type
		}
	}
	return s, len(s.fields) > 0 || s.rest != nil
}

// discoveryType is the struct that has a field for each registered kind of
// discovery. Prometheus makes it as the program runs and shows it to the decoder
// only, so this looks through a decoder's eyes.
func discoveryType() reflect.Type {
	var seen reflect.Type
	var configs discovery.Configs
	// The function decodes nothing, and so nothing can fail.
	_ = configs.UnmarshalYAML(func(v any) error {
		seen = reflect.TypeOf(v).Elem()
		return nil
	})
	return seen
}

// parents finds where in a configuration of type root the key may stand: the paths
// of the mappings that take it, without indexes, the shortest first.
func parents(root reflect.Type, key string) []string {
	var found []string
	var visit func(t reflect.Type, path string, open []reflect.Type)
	visit = func(t reflect.Type, path string, open []reflect.Type) {
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
			t = t.Elem()
		}
		s, ok := shapeOf(t)
		if !ok || slices.Contains(open, t) {
			return
		}
		for k, ft := range s.fields {
			if k == key {
				found = append(found, path)
			}
			visit(ft, joinKey(path, k), append(open, t))
		}
	}
	visit(root, "", nil)
	slices.SortFunc(found, func(a, b string) int {
		if n := strings.Count(a, ".") - strings.Count(b, "."); n != 0 {
			return n
		}
		return strings.Compare(a, b)
	})
	return slices.Compact(found)
}

func joinKey(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
