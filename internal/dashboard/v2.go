package dashboard

import (
	"errors"
	"fmt"
	"strings"

	"monopod/internal/dashboard/jsontree"
)

// ErrReadOnly is in the error of Apply where a source can be read and not written.
var ErrReadOnly = errors.New("this form of a dashboard can be shown and not changed")

// The second version of the schema is a resource: panels are elements by name, and
// a layout refers to them. fromV2 makes the common parts of it a dashboard of the
// first one, in the migrated form.
func fromV2(d *document, spec *value, name string) (*value, error) {
	for _, part := range []struct {
		key  string
		kind jsontree.Kind
	}{{"elements", jsontree.Object}, {"layout", jsontree.Object}, {"variables", jsontree.Array}, {"annotations", jsontree.Array}} {
		if err := d.expect(spec.Get(part.key), part.kind, part.key); err != nil {
			return nil, err
		}
	}
	d.readOnly = fmt.Errorf("%w: it is of the second version of the schema; export it from Grafana as the classic model", ErrReadOnly)
	c := v2{d: d, spec: spec}
	root := jsontree.Obj("uid", name, "schemaVersion", SchemaVersion)
	for _, key := range []string{"title", "description", "tags", "links", "editable", "liveNow", "preload", "revision"} {
		if v := spec.Get(key); v != nil {
			root.Set(key, v)
		}
	}
	switch spec.Text("cursorSync") {
	case "Crosshair":
		root.Set("graphTooltip", 1)
	case "Tooltip":
		root.Set("graphTooltip", 2)
	}
	c.time(root, spec.Get("timeSettings"))
	variables := root.Child("templating").List("list")
	for _, v := range spec.Get("variables").Items() {
		variables.Add(v2Variable(v))
	}
	annotations := root.Child("annotations").List("list")
	for _, a := range spec.Get("annotations").Items() {
		annotations.Add(v2Annotation(a.Get("spec")))
	}
	c.panels = root.List("panels")
	c.layout(spec.Get("layout"), 0)
	return root, nil
}

type v2 struct {
	d            *document
	spec, panels *value
}

func (c *v2) time(root, t *value) {
	if t.Kind() != jsontree.Object {
		return
	}
	root.Set("time", jsontree.Obj("from", t.Get("from"), "to", t.Get("to")))
	for _, pair := range [][2]string{{"timezone", "timezone"}, {"autoRefresh", "refresh"}, {"weekStart", "weekStart"}, {"fiscalYearStartMonth", "fiscalYearStartMonth"}} {
		from, to := pair[0], pair[1]
		if v := t.Get(from); !v.IsNull() {
			root.Set(to, v)
		}
	}
	for _, pair := range [][2]string{{"autoRefreshIntervals", "refresh_intervals"}, {"quickRanges", "quick_ranges"}, {"hideTimepicker", "hidden"}, {"nowDelay", "nowDelay"}} {
		from, to := pair[0], pair[1]
		if v := t.Get(from); !v.IsNull() {
			root.Child("timepicker").Set(to, v)
		}
	}
}

var (
	v2Hide    = map[string]int{"dontHide": 0, "hideLabel": 1, "hideVariable": 2, "inControlsMenu": 3}
	v2Refresh = map[string]int{"never": 0, "onDashboardLoad": 1, "onTimeRangeChanged": 2}
	v2Sort    = map[string]int{
		"disabled": 0, "alphabeticalAsc": 1, "alphabeticalDesc": 2, "numericalAsc": 3, "numericalDesc": 4,
		"alphabeticalCaseInsensitiveAsc": 5, "alphabeticalCaseInsensitiveDesc": 6, "naturalAsc": 7, "naturalDesc": 8,
	}
	v2Kind = map[string]string{"TextVariable": "textbox", "AdhocVariable": "adhoc", "GroupByVariable": "groupby"}
)

func v2Variable(v *value) *value {
	out := jsontree.Obj()
	spec := v.Get("spec")
	for _, key := range spec.Keys() {
		out.Set(key, spec.Get(key))
	}
	kind, ok := v2Kind[v.Text("kind")]
	if !ok {
		kind = strings.ToLower(strings.TrimSuffix(v.Text("kind"), "Variable"))
	}
	out.Set("type", kind)
	for key, numbers := range map[string]map[string]int{"hide": v2Hide, "refresh": v2Refresh, "sort": v2Sort} {
		if text := spec.Text(key); text != "" {
			out.Set(key, numbers[text])
		}
	}
	if kind == "datasource" {
		out.Set("query", spec.Text("pluginId"))
	}
	if query := spec.Get("query"); query.Kind() == jsontree.Object {
		if ref := v2DataSource(spec, query); ref != nil {
			out.Set("datasource", ref)
		}
		inner := query.Get("spec")
		if legacy := inner.Get("__legacyStringValue"); legacy.Kind() == jsontree.String {
			inner = legacy
		}
		out.Set("query", inner)
	}
	return out
}

// v2DataSource finds the data source of a query, which the first drafts of the
// schema had beside it and later ones have in it.
func v2DataSource(holder, query *value) *value {
	if ref := holder.Get("datasource"); ref.Kind() == jsontree.Object && ref.Has("uid") {
		return ref
	}
	kind := query.Text("group")
	if kind == "" && query.Text("kind") != "DataQuery" {
		kind = query.Text("kind")
	}
	uid := query.Text("datasource", "name")
	if kind == "" && uid == "" {
		return nil
	}
	ref := jsontree.Obj("type", kind)
	if uid != "" {
		ref.Set("uid", uid)
	}
	return ref
}

func v2Annotation(spec *value) *value {
	out := jsontree.Obj()
	for _, key := range spec.Keys() {
		switch key {
		case "query", "legacyOptions":
		case "builtIn":
			if spec.True(key) {
				out.Set(key, 1)
			}
		default:
			out.Set(key, spec.Get(key))
		}
	}
	legacy := spec.Get("legacyOptions")
	for _, key := range legacy.Keys() {
		out.SetDefault(key, legacy.Get(key))
	}
	if query := spec.Get("query"); query.Kind() == jsontree.Object {
		if ref := v2DataSource(spec, query); ref != nil {
			out.Set("datasource", ref)
		}
		if inner := query.Get("spec"); inner.Kind() == jsontree.Object {
			out.Set("target", inner)
			if expr := inner.Text("expr"); expr != "" {
				out.SetDefault("expr", expr)
			}
		}
	}
	return out
}

// layout adds the panels of a layout from a row of the grid on, and tells where
// the next one begins.
func (c *v2) layout(l *value, top int) int {
	spec := l.Get("spec")
	bottom := top
	switch l.Text("kind") {
	case "RowsLayout", "TabsLayout":
		parts := spec.Get("rows").Items()
		if len(parts) == 0 {
			parts = spec.Get("tabs").Items()
		}
		for _, part := range parts {
			bottom = c.row(part.Get("spec"), bottom)
		}
	case "AutoGridLayout":
		columns := max(spec.Int("maxColumnCount"), 1)
		w := max(gridColumns/min(columns, 4), 1)
		for i, item := range spec.Get("items").Items() {
			x, y := i*w%gridColumns, top+i*w/gridColumns*9
			c.panel(item.Get("spec"), x, y, w, 9)
			bottom = max(bottom, y+9)
		}
	default:
		for _, item := range spec.Get("items").Items() {
			if item.Text("kind") == "GridLayoutRow" {
				s := item.Get("spec")
				header := c.header(s, top+s.Int("y"))
				into := c.panels
				if header.True("collapsed") {
					into = header.Get("panels")
				}
				for _, e := range s.Get("elements").Items() {
					c.gridItem(e.Get("spec"), into, top+s.Int("y")+1)
				}
				continue
			}
			bottom = max(bottom, c.gridItem(item.Get("spec"), c.panels, top))
		}
	}
	return bottom
}

func (c *v2) gridItem(s, into *value, top int) int {
	before := c.panels
	c.panels = into
	c.panel(s, s.Int("x"), top+s.Int("y"), s.Int("width"), s.Int("height"))
	c.panels = before
	return top + s.Int("y") + s.Int("height")
}

func (c *v2) row(s *value, top int) int {
	header := c.header(s, top)
	before := c.panels
	if header.True("collapsed") {
		c.panels = header.Get("panels")
	}
	bottom := c.layout(s.Get("layout"), top+1)
	c.panels = before
	return bottom
}

func (c *v2) header(s *value, y int) *value {
	header := jsontree.Obj("type", "row", "title", s.Text("title"), "collapsed", s.True("collapse") || s.True("collapsed"),
		"gridPos", gridPos(0, y, gridColumns, 1), "panels", jsontree.Arr())
	if name := s.Text("repeat", "value"); name != "" {
		header.Set("repeat", name)
	}
	c.panels.Add(header)
	return header
}

func (c *v2) panel(item *value, x, y, w, h int) {
	name := item.Text("element", "name")
	element := c.spec.Get("elements", name)
	s := element.Get("spec")
	if s.Kind() != jsontree.Object {
		return
	}
	p := jsontree.Obj("id", s.Int("id"), "title", s.Text("title"), "gridPos", gridPos(x, y, w, h))
	c.panels.Add(p)
	if element.Text("kind") == "LibraryPanel" {
		p.Set("type", "library-panel-ref")
		p.Set("libraryPanel", s.Get("libraryPanel"))
		return
	}
	for _, key := range []string{"description", "links", "transparent"} {
		if v := s.Get(key); !v.IsNull() {
			p.Set(key, v)
		}
	}
	if repeat := item.Get("repeat"); repeat.Text("value") != "" {
		p.Set("repeat", repeat.Text("value"))
		for _, pair := range [][2]string{{"direction", "repeatDirection"}, {"maxPerRow", "maxPerRow"}} {
			from, to := pair[0], pair[1]
			if v := repeat.Get(from); !v.IsNull() {
				p.Set(to, v)
			}
		}
	}
	viz := s.Get("vizConfig")
	kind := viz.Text("group")
	if kind == "" {
		kind = viz.Text("kind")
	}
	p.Set("type", kind)
	for _, key := range []string{"options", "fieldConfig", "pluginVersion"} {
		if v := viz.Get("spec", key); !v.IsNull() {
			p.Set(key, v)
		}
	}
	c.data(p, s.Get("data", "spec"))
}

func (c *v2) data(p, data *value) {
	targets := p.List("targets")
	for _, q := range data.Get("queries").Items() {
		s := q.Get("spec")
		target := jsontree.Obj("refId", s.Text("refId"))
		if s.True("hidden") {
			target.Set("hide", true)
		}
		query := s.Get("query")
		if ref := v2DataSource(s, query); ref != nil {
			target.Set("datasource", ref)
			if !p.Has("datasource") {
				p.Set("datasource", ref.Copy())
			} else if !jsontree.Equal(p.Get("datasource"), ref) {
				p.Set("datasource", c.d.named("-- Mixed --"))
			}
		}
		inner := query.Get("spec")
		for _, key := range inner.Keys() {
			target.SetDefault(key, inner.Get(key))
		}
		targets.Add(target)
	}
	for _, t := range data.Get("transformations").Items() {
		s := jsontree.Obj()
		for _, key := range t.Get("spec").Keys() {
			s.Set(key, t.Get("spec", key))
		}
		if id := t.Text("group"); id != "" {
			s.SetDefault("id", id)
		}
		s.SetDefault("id", t.Text("kind"))
		p.List("transformations").Add(s)
	}
	options := data.Get("queryOptions")
	for _, key := range options.Keys() {
		p.SetDefault(key, options.Get(key))
	}
}
