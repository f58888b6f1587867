// Package dashboard reads Grafana's dashboards of any age, and carries changes
// back to where they came from.
//
//   - The source is the JSON that a person, a file or an API handed in. It is kept
//     as it is, byte for byte, with keys that nobody knows.
//   - The migrated form is what panels are drawn from and what an editor changes:
//     the same dashboard as schema version 42 would have it. It is made when a
//     dashboard is read, and never stored.
//   - A step brings one thing from an older schema to the newer one. Where the shape
//     tells old from new, a step goes by the shape and not by the version: people
//     put panels of today into dashboards of yesterday.
//   - A verdict says of one panel whether Monopod draws it exactly, approximately or
//     not at all, and why.
//   - The layout is the order of panels, their rows and places in the grid.
//
// Migrate makes the migrated form, Apply goes the other way.
package dashboard

import (
	"encoding/json"
	"errors"
	"fmt"

	"monopod/internal/dashboard/jsontree"
)

// SchemaVersion is that of the migrated form.
const SchemaVersion = 42

// MaxBytes is the largest source that is read.
const MaxBytes = jsontree.MaxBytes

// ErrTooLarge is in the error for a source above MaxBytes.
var ErrTooLarge = jsontree.ErrTooLarge

// SyntaxError is in the error for a source that is not JSON, or is the wrong JSON:
// it has the line and the column.
type SyntaxError = jsontree.SyntaxError

// ErrNotDashboard is in the error for JSON that is something else.
var ErrNotDashboard = errors.New("this is not a dashboard")

// Migrated is a dashboard as it is drawn.
type Migrated struct {
	// Dashboard is the migrated form, ui/src/dashboard/model.ts describes it.
	Dashboard json.RawMessage
	Verdicts  []Verdict
	// Inputs are what the one who imports the dashboard has to fill in.
	Inputs []Input
	Summary
}

// Summary is what lists and searches show of a dashboard.
type Summary struct {
	// ID is the number that the source has; 0 where it has none.
	ID    int64
	UID   string
	Title string
	Tags  []string
	// SchemaVersion of the source.
	SchemaVersion int
	Version       int
	// Panels counts all but rows, those of collapsed rows included.
	Panels int
}

// DataSourceRef names a data source.
type DataSourceRef struct{ Type, UID string }

// Migrator migrates with what it knows of its surroundings. The zero Migrator
// knows nothing, and is enough.
type Migrator struct {
	// DataSource finds a data source by its name, which old dashboards use. What it
	// does not find, and all where it is nil, keeps the name as its uid.
	DataSource func(name string) (DataSourceRef, bool)
}

// Migrate reads a dashboard without knowing any data source by its name.
func Migrate(source []byte) (*Migrated, error) { return Migrator{}.Migrate(source) }

// Migrate reads a dashboard. Its errors say the line and column.
func (m Migrator) Migrate(source []byte) (*Migrated, error) {
	d, err := read(source)
	if err != nil {
		return nil, err
	}
	out := &Migrated{Summary: d.summary()}
	if err := m.migrate(d); err != nil {
		return nil, err
	}
	out.Panels = countPanels(d.root.Get("panels"))
	out.Inputs = inputs(d.root)
	out.Verdicts = verdicts(d)
	out.Dashboard = d.root.Bytes()
	return out, nil
}

// Summarize reads what lists need.
func Summarize(source []byte) (Summary, error) {
	d, err := read(source)
	if err != nil {
		return Summary{}, err
	}
	s := d.summary()
	s.Panels = countPanels(d.root.Get("panels"))
	for _, row := range d.root.Get("rows").Items() {
		s.Panels += countPanels(row.Get("panels"))
	}
	return s, nil
}

// document is a dashboard under migration.
type document struct {
	source []byte
	// whole is what the source holds, root the dashboard in it: the same, or a part
	// where an API or a resource wraps it.
	whole, root *value
	version     int    // schema version of the source
	name        string // of the resource that wraps it
	// loss has what a step could not carry over, by panel.
	loss    map[*value][]string
	resolve func(name string) (DataSourceRef, bool)
	// readOnly is why the source cannot be written; nil: it can.
	readOnly error
	// variableTypes are the types of data source that datasource variables choose from.
	variableTypes map[string]string
	// inputTypes are those of the data sources that an import has to fill in.
	inputTypes map[string]string
}

// value is a JSON value of a document.
type value = jsontree.Value

func read(source []byte) (*document, error) {
	tree, err := jsontree.Parse(source)
	if err != nil {
		return nil, fmt.Errorf("read the dashboard: %w", err)
	}
	return open(source, tree.Clone())
}

// open finds the dashboard in a clone of the source's tree.
func open(source []byte, whole *value) (*document, error) {
	d := &document{source: source, whole: whole, root: whole, loss: map[*value][]string{}}
	if err := d.unwrap(); err != nil {
		return nil, err
	}
	for _, key := range []string{"panels", "rows", "tags", "links"} {
		if err := d.expect(d.root.Get(key), jsontree.Array, key); err != nil {
			return nil, err
		}
	}
	for _, key := range []string{"templating", "annotations", "time", "timepicker"} {
		if err := d.expect(d.root.Get(key), jsontree.Object, key); err != nil {
			return nil, err
		}
		if err := d.expect(d.root.Get(key, "list"), jsontree.Array, key+".list"); err != nil {
			return nil, err
		}
	}
	d.version = d.root.Int("schemaVersion")
	return d, nil
}

// expect refuses another kind of value at a place where a dashboard cannot have it.
func (d *document) expect(v *value, kind jsontree.Kind, name string) error {
	if v.IsNull() || v.Kind() == kind {
		return nil
	}
	return d.wrong(v, kind, name)
}

func (d *document) wrong(v *value, kind jsontree.Kind, name string) error {
	return fmt.Errorf("read the dashboard: %w", jsontree.At(d.source, v.Offset(), "%s must be %s, and is %s", name, kind, v.Kind()))
}

// unwrap finds the dashboard in what exports and APIs hand out.
func (d *document) unwrap() error {
	w := d.whole
	if w.Kind() != jsontree.Object {
		return fmt.Errorf("read the dashboard: %w: %w", ErrNotDashboard, jsontree.At(d.source, w.Offset(), "there is %s instead of an object", w.Kind()))
	}
	spec := w.Get("spec")
	switch {
	case spec.Has("elements") || w.Has("elements") && w.Has("layout"):
		if spec == nil {
			spec = w
		}
		converted, err := fromV2(d, spec, w.Text("metadata", "name"))
		if err != nil {
			return err
		}
		d.root = converted
	case w.Has("apiVersion") && spec.Kind() == jsontree.Object:
		if w.Text("kind") != "Dashboard" && w.Text("kind") != "GrafanaDashboard" {
			return fmt.Errorf("read the dashboard: %w: %w", ErrNotDashboard, jsontree.At(d.source, w.Get("kind").Offset(), "its kind is %q", w.Text("kind")))
		}
		d.root = spec
		d.name = w.Text("metadata", "name")
	case w.Get("dashboard").Kind() == jsontree.Object && !w.Has("panels") && !w.Has("rows"):
		d.root = w.Get("dashboard")
	}
	return nil
}

func (d *document) summary() Summary {
	r := d.root
	if !r.Has("uid") && d.name != "" {
		r = r.Clone()
		r.Set("uid", d.name)
	}
	s := Summary{
		ID: int64(r.Int("id")), UID: r.Text("uid"), Title: r.Text("title"), Tags: []string{},
		SchemaVersion: d.version, Version: r.Int("version"),
	}
	for _, tag := range r.Get("tags").Items() {
		if tag.Kind() == jsontree.String {
			s.Tags = append(s.Tags, tag.Text())
		}
	}
	return s
}

func countPanels(list *value) (n int) {
	for _, p := range list.Items() {
		if p.Text("type") != "row" {
			n++
		}
		n += countPanels(p.Get("panels"))
	}
	return n
}

// lose notes what of a panel could not be carried over, for its verdict.
func (d *document) lose(panel *value, format string, args ...any) {
	d.loss[panel] = append(d.loss[panel], fmt.Sprintf(format, args...))
}
