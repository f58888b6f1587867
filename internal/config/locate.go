package config

import (
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/alecthomas/units"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/discovery"
	"github.com/prometheus/prometheus/model/relabel"
	"go.yaml.in/yaml/v2"
	yamlnode "go.yaml.in/yaml/v3"
)

// locator finds the problems of a refused YAML document. It looks from the leaves
// up: a mapping or list is tried as a whole only when all of its parts are in order.
type locator struct {
	file     string
	root     reflect.Type
	problems []Problem
	visited  int
	// toldKinds: a problem tells the supported kinds of discovery, once is enough.
	toldKinds bool
}

// locate returns the problems of the parts of a document that should decode as type
// root, and none where each part is in order by itself.
func locate(file string, doc *yamlnode.Node, root reflect.Type) []Problem {
	l := &locator{file: file, root: root}
	l.value(doc, root, "", 0)
	return l.problems
}

const (
	// maxDepth ends the walk of a document whose aliases contain themselves.
	maxDepth = 64
	// maxVisited ends that of one whose aliases of aliases make it endlessly large.
	maxVisited = 1 << 20
)

// value checks n as a value of type t and tells whether it is in order.
func (l *locator) value(n *yamlnode.Node, t reflect.Type, path string, depth int) bool {
	n = resolve(n)
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if l.visited++; depth > maxDepth || l.visited > maxVisited || isNull(n) {
		return true
	}
	before := len(l.problems)
	if s, ok := shapeOf(t); ok {
		if n.Kind != yamlnode.MappingNode {
			return l.add(n, path, wrongKind(n, "a mapping of keys to values"), l.mappingHint(s))
		}
		l.mapping(n, t, s, path, depth)
	} else if !decodesItself(t) {
		switch t.Kind() {
		case reflect.Slice:
			if n.Kind != yamlnode.SequenceNode {
				return l.add(n, path, wrongKind(n, "a list"), listHint(n))
			}
			for i, item := range n.Content {
				key := fmt.Sprintf("%s[%d]", path, i)
				if t.Elem().Kind() == reflect.Pointer && isNull(item) {
					l.add(item, key, "the list item is empty", "fill it, or remove its dash")
					continue
				}
				l.value(item, t.Elem(), key, depth+1)
			}
			return len(l.problems) == before
		case reflect.Map:
			if n.Kind != yamlnode.MappingNode {
				return l.add(n, path, wrongKind(n, "a mapping of names to values"), "")
			}
			for i := 0; i+1 < len(n.Content); i += 2 {
				if l.value(n.Content[i], t.Key(), path, depth+1) {
					l.value(n.Content[i+1], t.Elem(), joinKey(path, n.Content[i].Value), depth+1)
				}
			}
			return len(l.problems) == before
		}
	}
	if len(l.problems) > before {
		return false
	}
	if depth == 0 {
		return true // the whole is for a judge
	}
	if err := n.Decode(reflect.New(t).Interface()); err != nil {
		at, key := pointTo(n, path, err.Error())
		return l.add(at, key, l.decodeText(n, t, err), hintFor(t, n))
	}
	return true
}

// mapping checks the keys of n and their values. Keys that come by a merge (<<) are
// checked where they stand.
func (l *locator) mapping(n *yamlnode.Node, t reflect.Type, s shape, path string, depth int) {
	first := make(map[string]int)
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if k.Tag == "!!merge" {
			for _, m := range merged(v) {
				l.mapping(m, t, s, path, depth+1)
			}
			continue
		}
		key := joinKey(path, k.Value)
		if line, twice := first[k.Value]; twice {
			l.add(k, key, fmt.Sprintf("the key stands here twice, first in line %d", line), "remove one")
			continue
		}
		first[k.Value] = k.Line
		if ft, ok := s.fields[k.Value]; ok {
			l.value(v, ft, key, depth+1)
		} else if s.rest != nil {
			l.value(v, s.rest, key, depth+1)
		} else {
			l.unknownKey(k, s, path)
		}
	}
}

func (l *locator) unknownKey(k *yamlnode.Node, s shape, path string) {
	key := joinKey(path, k.Value)
	if kind, ok := strings.CutSuffix(k.Value, "_sd_configs"); ok && slices.Contains(absentKinds(), kind) {
		hint := ""
		if !l.toldKinds {
			hint = "supported are " + strings.Join(discovery.RegisteredConfigNames(), ", ")
			l.toldKinds = true
		}
		l.add(k, key, k.Value+" is not supported by Monopod", hint)
		return
	}
	l.add(k, key, "unknown key", l.keyHint(k.Value, s, path))
}

// keyHint tells what to write instead of an unknown key: the key that is spelled
// almost so, or the place where it belongs.
func (l *locator) keyHint(word string, s shape, path string) string {
	near, isNear := nearest(word, s.keys())
	if isNear && fold(near) == fold(word) {
		return fmt.Sprintf("did you mean %q?", near)
	}
	here := indexes.ReplaceAllString(path, "")
	var elsewhere string
	for _, p := range parents(l.root, word) {
		related := here == "" || p == "" || strings.HasPrefix(p, here+".") || strings.HasPrefix(here, p+".")
		if related {
			return fmt.Sprintf("%q belongs %s", word, inside(p))
		}
		if elsewhere == "" {
			elsewhere = p
		}
	}
	switch {
	case isNear:
		return fmt.Sprintf("did you mean %q?", near)
	case elsewhere != "":
		return fmt.Sprintf("%q belongs %s", word, inside(elsewhere))
	}
	return l.mappingHint(s)
}

var indexes = regexp.MustCompile(`\[\d+\]`)

func inside(path string) string {
	if path == "" {
		return "at the top of the file"
	}
	return "inside " + path
}

// mappingHint names the keys that a mapping takes, where they are few.
func (l *locator) mappingHint(s shape) string {
	const few = 12
	if keys := s.keys(); len(keys) > 0 && len(keys) <= few {
		return "known here: " + strings.Join(keys, ", ")
	}
	return ""
}

// add adds a problem, once also where aliases bring the same part to many places.
func (l *locator) add(n *yamlnode.Node, key, text, hint string) bool {
	same := func(p Problem) bool { return p.Line == n.Line && p.Text == text && p.Hint == hint }
	if !slices.ContainsFunc(l.problems, same) {
		l.problems = append(l.problems, Problem{File: l.file, Line: n.Line, Key: key, Text: text, Hint: hint})
	}
	return false
}

// decodeText says why n is no value of type t.
func (l *locator) decodeText(n *yamlnode.Node, t reflect.Type, err error) string {
	var typeErr *yamlnode.TypeError
	if !errors.As(err, &typeErr) {
		return plainText(err)
	}
	switch t.Kind() {
	case reflect.Bool:
		return wrongKind(n, "true or false")
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return wrongKind(n, "a whole number")
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return wrongKind(n, "a whole number from 0")
	case reflect.Float32, reflect.Float64:
		return wrongKind(n, "a number")
	case reflect.String:
		return wrongKind(n, "a text")
	}
	return wrongKind(n, "a value of another kind")
}

func wrongKind(n *yamlnode.Node, want string) string {
	switch n.Kind {
	case yamlnode.MappingNode:
		return "must be " + want + ", and is a mapping"
	case yamlnode.SequenceNode:
		return "must be " + want + ", and is a list"
	}
	return fmt.Sprintf("must be %s, and is %q", want, n.Value)
}

func listHint(n *yamlnode.Node) string {
	if n.Kind == yamlnode.ScalarNode {
		return fmt.Sprintf("write [%q]", n.Value)
	}
	return `begin each item with "- "`
}

// hintFor has advice for values that are often written wrongly.
func hintFor(t reflect.Type, n *yamlnode.Node) string {
	var values []string
	switch {
	case t == reflect.TypeFor[model.Duration]():
		return "write a number and a unit: 500ms, 15s, 1m, 2h, 7d; combined: 1h30m"
	case t == reflect.TypeFor[units.Base2Bytes]():
		return "write a number and a unit without a blank: 512KB, 10MB, 1GB"
	case t == reflect.TypeFor[relabel.Action]():
		values = []string{
			string(relabel.Drop), string(relabel.DropEqual), string(relabel.HashMod), string(relabel.Keep), string(relabel.KeepEqual),
			string(relabel.LabelDrop), string(relabel.LabelKeep), string(relabel.LabelMap), string(relabel.Lowercase),
			string(relabel.Replace), string(relabel.Uppercase),
		}
	case t.String() == "kubernetes.Role": // that package is discovery's to import
		values = []string{"endpoints", "endpointslice", "ingress", "node", "pod", "service"}
	default:
		return ""
	}
	if near, ok := nearest(n.Value, values); ok {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return "known are " + strings.Join(values, ", ")
}

// merged are the mappings that a merge key brings in.
func merged(v *yamlnode.Node) []*yamlnode.Node {
	v = resolve(v)
	if v.Kind == yamlnode.MappingNode {
		return []*yamlnode.Node{v}
	}
	return slices.DeleteFunc(items(v), func(n *yamlnode.Node) bool { return n.Kind != yamlnode.MappingNode })
}

func isNull(n *yamlnode.Node) bool { return n.Kind == yamlnode.ScalarNode && n.Tag == "!!null" }

// decodesItself tells of a type that reads YAML its own way, so that its Go fields
// or elements say nothing of the YAML.
func decodesItself(t reflect.Type) bool {
	p := reflect.PointerTo(t)
	return p.Implements(reflect.TypeFor[yaml.Unmarshaler]()) || p.Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}

// absentKinds are the kinds of discovery that Prometheus has and this program has
// not.
func absentKinds() []string {
	all := []string{
		"azure", "digitalocean", "eureka", "gce", "hetzner", "ionos", "kuma", "linode", "marathon", "nerve", "nomad",
		"oci", "openstack", "outscale", "ovhcloud", "puppetdb", "scaleway", "serverset", "stackit", "triton", "uyuni", "vultr",
	}
	present := discovery.RegisteredConfigNames()
	return slices.DeleteFunc(all, func(k string) bool { return slices.Contains(present, k) })
}
