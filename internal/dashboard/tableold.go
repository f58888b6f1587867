package dashboard

import (
	"regexp"
	"strings"

	"monopod/internal/dashboard/jsontree"
)

// styleThresholds: the first of three was the least value.
func styleThresholds(_ *document, p *value) {
	for _, s := range p.Get("styles").Items() {
		if t := s.Get("thresholds"); len(t.Items()) >= 3 {
			t.SetItems(t.Items()[1:])
		}
	}
}

// replaceTable makes an old table, which had styles by the names of columns, one of
// today with overrides and transformations.
func replaceTable(d *document, p *value) {
	p.Set("type", "table")
	fc := fieldConfig(p)
	for _, s := range p.Get("styles").Items() {
		tableStyle(d, p, fc, s)
	}
	tableTransform(d, p)
	o := p.Child("options")
	o.SetDefault("showHeader", isOn(p, "showHeader", true))
	if number(p.Get("pageSize")).Truthy() && !isOn(p, "scroll", false) {
		o.Child("footer").SetDefault("enablePagination", true)
	}
	if size := p.Text("fontSize"); size != "" && size < "100%" && len(size) == 3 {
		o.SetDefault("cellHeight", "sm")
	}
	tableSort(p, o)
	p.Delete("styles", "transform", "columns", "showHeader", "pageSize", "scroll", "fontSize", "sort", "showPagination", "editable", "error", "height", "filterNull")
}

func tableStyle(d *document, p, fc, s *value) {
	pattern := s.Text("pattern")
	if s.Kind() != jsontree.Object || pattern == "" {
		return
	}
	var props []*value
	set := func(id string, v any) { props = append(props, property(id, v)) }
	if alias := s.Text("alias"); alias != "" {
		set("displayName", alias)
	}
	switch s.Text("type") {
	case "hidden":
		set("custom.hidden", true)
	case "date":
		format := s.Text("dateFormat")
		if format == "" {
			format = "YYYY-MM-DD HH:mm:ss"
		}
		set("unit", "time: "+format)
	case "number", "":
		if unit := s.Text("unit"); unit != "" {
			set("unit", unit)
		}
		if v := number(s.Get("decimals")); !v.IsNull() {
			set("decimals", v)
		}
	case "string":
		if list := singleStatMappings(s); len(list.Items()) > 0 {
			newMappings(list, nil)
			set("mappings", list)
		}
	default:
		d.lose(p, "columns of the style %q are shown as they are", s.Text("type"))
	}
	if s.Text("type") != "hidden" {
		props = append(props, tableColors(s)...)
	}
	if align := s.Text("align"); align != "" && align != "auto" {
		set("custom.align", align)
	}
	if s.Truthy("link") && s.Text("linkUrl") != "" {
		set("links", jsontree.Arr(jsontree.Obj("targetBlank", s.Truthy("linkTargetBlank"), "title", cellVariables(s.Text("linkTooltip")), "url", cellVariables(s.Text("linkUrl")))))
	}
	if len(props) == 0 {
		return
	}
	if pattern == "/.*/" {
		// The style of all columns is that of none in particular.
		for _, prop := range props {
			if id := prop.Text("id"); id != "displayName" && id != "custom.hidden" {
				setPath(fc.Get("defaults"), id, prop.Get("value"))
			}
		}
		return
	}
	matcher := "byName"
	if len(pattern) > 1 && strings.HasPrefix(pattern, "/") && strings.LastIndexByte(pattern, '/') > 0 {
		matcher = "byRegexp"
	}
	o := override(matcher, pattern)
	o.Get("properties").SetItems(props)
	fc.List("overrides").Add(o)
}

func tableColors(s *value) []*value {
	cell := jsontree.Obj("type", "color-text")
	switch s.Text("colorMode") {
	case "value":
	case "cell":
		cell = jsontree.Obj("mode", "basic", "type", "color-background")
	case "row":
		cell = jsontree.Obj("applyToRow", true, "mode", "basic", "type", "color-background")
	default:
		return nil
	}
	out := []*value{property("custom.cellOptions", cell)}
	colors := s.Get("colors").Items()
	if len(colors) == 0 {
		return out
	}
	steps := jsontree.Arr(jsontree.Obj("color", colors[0], "value", nil))
	for i, t := range s.Get("thresholds").Items() {
		if v := number(t); i+1 < len(colors) && !v.IsNull() {
			steps.Add(jsontree.Obj("color", colors[i+1], "value", v))
		}
	}
	return append(out, property("thresholds", jsontree.Obj("mode", "absolute", "steps", steps)))
}

var cellNumber = regexp.MustCompile(`\$\{__cell_(\d+)(:raw)?\}|\$__cell_(\d+)`)

var cellWhole = strings.NewReplacer("${__cell:raw}", "${__value.raw}", "${__cell}", "${__value.text}", "$__cell", "${__value.text}")

// cellVariables writes what links of cells said about their row in the way of today.
func cellVariables(text string) string {
	return cellWhole.Replace(cellNumber.ReplaceAllString(text, "${__data.fields[$1$3]}"))
}

// tableTransform: what an old table did to its series is a transformation now.
func tableTransform(d *document, p *value) {
	if len(p.Get("transformations").Items()) > 0 {
		return
	}
	columns := p.Get("columns").Items()
	var list []*value
	add := func(id string, options *value) {
		list = append(list, jsontree.Obj("id", id, "options", options))
	}
	switch transform := p.Text("transform"); transform {
	case "":
	case "timeseries_to_rows":
		add("seriesToRows", jsontree.Obj())
	case "timeseries_to_columns":
		if hasTableQuery(p) {
			add("merge", jsontree.Obj())
		} else {
			add("joinByField", jsontree.Obj("byField", "Time", "mode", "outer"))
		}
	case "timeseries_aggregations":
		reducers := jsontree.Arr()
		for _, c := range columns {
			reducers.Add(reducer(c.Text("value"), "mean"))
		}
		if len(columns) == 0 {
			reducers.Add("mean")
		}
		add("reduce", jsontree.Obj("includeTimeField", false, "mode", "seriesToRows", "reducers", reducers))
	case "table":
		add("merge", jsontree.Obj())
		names := jsontree.Arr()
		for _, c := range columns {
			if c.Text("text") != "" {
				names.Add(c.Text("text"))
			}
		}
		if len(names.Items()) > 0 {
			add("filterFieldsByName", jsontree.Obj("include", jsontree.Obj("names", names)))
		}
	default:
		d.lose(p, "the table transform %q is left out", transform)
	}
	if len(list) > 0 {
		p.List("transformations").SetItems(list)
	}
}

// tableSort keeps the order where the column can be told by its name.
func tableSort(p, o *value) {
	col := p.Get("sort", "col")
	name := col.Text()
	if i, ok := col.Float(); ok && p.Text("transform") == "timeseries_aggregations" {
		columns := p.Get("columns").Items()
		switch {
		case i == 0:
			name = "Field"
		case i > 0 && int(i) <= len(columns):
			name = aggregationTitle(columns[int(i)-1])
		}
	} else if ok && i == 0 && p.Text("transform") != "" {
		name = "Time"
	}
	if name != "" {
		o.SetDefault("sortBy", jsontree.Arr(jsontree.Obj("desc", p.Truthy("sort", "desc"), "displayName", name)))
	}
}

func aggregationTitle(column *value) string {
	calc := reducer(column.Text("value"), "mean")
	for _, c := range legendCalcs {
		if c.calc == calc {
			return c.title
		}
	}
	return column.Text("text")
}

// tableFooter: options of the footer that stood beside it.
func tableFooter(p *value) {
	footer := p.Get("options", "footer")
	if footer.Has("enablePagination") && footer.Get("enablePagination").Kind() != jsontree.Bool {
		footer.Set("enablePagination", false)
	}
}
