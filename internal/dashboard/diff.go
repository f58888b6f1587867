package dashboard

import (
	"encoding/json"
	"fmt"
	"slices"

	"monopod/internal/dashboard/jsontree"
)

// Change is one difference of two dashboards, as a person would name it.
type Change struct {
	// Kind is "added", "removed", "changed" or "moved".
	Kind string `json:"kind"`
	// Where is "dashboard", "panel", "variable" or "annotation", and Name which one.
	Where   string `json:"where"`
	Name    string `json:"name,omitempty"`
	PanelID int    `json:"panelId,omitempty"`
	// Path is below that: fieldConfig.defaults.unit. Empty: the whole of it.
	Path string `json:"path,omitempty"`
	// Before and After are what stands there, absent where nothing does.
	Before json.RawMessage `json:"before,omitempty"`
	After  json.RawMessage `json:"after,omitempty"`
}

// Kinds of changes.
const (
	Added   = "added"
	Removed = "removed"
	Changed = "changed"
	Moved   = "moved"
)

// Diff tells what is different in the meaning of two dashboards: how and in which
// schema version they are written does not count, nor do their versions.
func Diff(a, b []byte) ([]Change, error) {
	x, err := read(a)
	if err != nil {
		return nil, fmt.Errorf("the older version: %w", err)
	}
	y, err := read(b)
	if err != nil {
		return nil, fmt.Errorf("the newer version: %w", err)
	}
	for _, d := range []*document{x, y} {
		if err := (Migrator{}).migrate(d); err != nil {
			return nil, err
		}
	}
	c := changes{list: []Change{}}
	c.named("variable", x.root.Get("templating", "list"), y.root.Get("templating", "list"))
	c.named("annotation", x.root.Get("annotations", "list"), y.root.Get("annotations", "list"))
	c.panels(x.root, y.root)
	c.object(Change{Where: "dashboard"}, x.root, y.root, "", "panels", "version", "schemaVersion", "id", "templating", "annotations")
	return c.list, nil
}

type changes struct{ list []Change }

func (c *changes) panels(a, b *value) {
	before, after := panelsByID(a), panelsByID(b)
	eachPanel(b.Get("panels"), func(p *value) {
		id := p.Int("id")
		about := Change{Where: "panel", Name: p.Text("title"), PanelID: id}
		was := before[id]
		if was == nil {
			about.Kind = Added
			about.After = p.Bytes()
			c.list = append(c.list, about)
			return
		}
		if !jsontree.Equal(was.Get("gridPos"), p.Get("gridPos")) {
			moved := about
			moved.Kind, moved.Path = Moved, "gridPos"
			moved.Before, moved.After = was.Get("gridPos").Bytes(), p.Get("gridPos").Bytes()
			c.list = append(c.list, moved)
		}
		c.object(about, was, p, "", "gridPos", "id", "panels")
	})
	eachPanel(a.Get("panels"), func(p *value) {
		if id := p.Int("id"); after[id] == nil {
			c.list = append(c.list, Change{Kind: Removed, Where: "panel", Name: p.Text("title"), PanelID: id, Before: p.Bytes()})
		}
	})
}

// named compares lists of things that have a name.
func (c *changes) named(where string, a, b *value) {
	find := func(list *value, name string) *value {
		for _, v := range list.Items() {
			if v.Text("name") == name {
				return v
			}
		}
		return nil
	}
	for _, v := range b.Items() {
		about := Change{Where: where, Name: v.Text("name")}
		if was := find(a, about.Name); was != nil {
			c.object(about, was, v, "")
			continue
		}
		about.Kind, about.After = Added, v.Bytes()
		c.list = append(c.list, about)
	}
	for _, v := range a.Items() {
		if name := v.Text("name"); find(b, name) == nil {
			c.list = append(c.list, Change{Kind: Removed, Where: where, Name: name, Before: v.Bytes()})
		}
	}
}

// object goes down to the values that differ; arrays are compared element by
// element where they have as many.
func (c *changes) object(about Change, a, b *value, path string, without ...string) {
	for _, key := range keysOf(a, b) {
		if !slices.Contains(without, key) {
			c.value(about, a.Get(key), b.Get(key), join(path, key))
		}
	}
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func (c *changes) value(about Change, a, b *value, path string) {
	switch {
	case jsontree.Equal(a, b):
	case a.Kind() == jsontree.Object && b.Kind() == jsontree.Object:
		c.object(about, a, b, path)
	case a.Kind() == jsontree.Array && b.Kind() == jsontree.Array && len(a.Items()) == len(b.Items()):
		for i, x := range b.Items() {
			c.value(about, a.Items()[i], x, fmt.Sprintf("%s[%d]", path, i))
		}
	default:
		about.Kind, about.Path = Changed, path
		switch {
		case a == nil:
			about.Kind = Added
		case b == nil:
			about.Kind = Removed
		}
		if a != nil {
			about.Before = a.Bytes()
		}
		if b != nil {
			about.After = b.Bytes()
		}
		c.list = append(c.list, about)
	}
}
