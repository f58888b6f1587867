package dashboard

import (
	"net/url"
	"regexp"
	"strings"

	"monopod/internal/dashboard/jsontree"
)

// completePanel gives what every panel of today has.
func completePanel(d *document, p *value) {
	if t := p.Text("type"); t == "" {
		kind := "graph"
		if p.Has("panels") || p.Has("collapsed") {
			kind = "row"
		}
		if p.Has("libraryPanel") {
			kind = "library-panel-ref"
		}
		p.Set("type", kind)
	}
	if g := p.Get("gridPos"); g.Kind() != jsontree.Object {
		p.Delete("gridPos")
	}
	if p.Text("type") == "row" {
		if v := p.Get("collapsed"); v.Kind() != jsontree.Bool {
			p.Set("collapsed", v.Truthy())
		}
		p.List("panels")
		return
	}
	if t := p.Get("title"); t.Kind() == jsontree.Number {
		p.Set("title", t.Literal())
	}
	nameQueries(p.Get("targets").Items())
	for _, key := range []string{"options"} {
		if v := p.Get(key); v != nil && v.Kind() != jsontree.Object {
			p.Delete(key)
		}
	}
	// A number of points or a limit that was cleared is left as null or as a text.
	if v := p.Get("maxDataPoints"); v.Kind() == jsontree.String {
		p.Set("maxDataPoints", number(v))
	}
	if fc := p.Get("fieldConfig"); fc.Kind() == jsontree.Object {
		completeFieldConfig(fc)
	}
}

// completeFieldConfig gives field options their two parts.
func completeFieldConfig(fc *value) *value {
	fc.Child("defaults")
	list := fc.List("overrides")
	var keep []*value
	for _, o := range list.Items() {
		if o.Get("matcher").Kind() == jsontree.Object {
			o.List("properties")
			keep = append(keep, o)
		}
	}
	if len(keep) != len(list.Items()) {
		list.SetItems(keep)
	}
	return fc
}

// fieldConfig of a panel, made where there is none.
func fieldConfig(p *value) *value { return completeFieldConfig(p.Child("fieldConfig")) }

// eachProperty visits the properties of all overrides.
func eachProperty(fc *value, f func(property *value)) {
	for _, o := range fc.Get("overrides").Items() {
		for _, p := range o.Get("properties").Items() {
			f(p)
		}
	}
}

// nameQueries gives queries without a letter the next free one.
func nameQueries(targets []*value) {
	taken := map[string]bool{}
	for _, t := range targets {
		taken[t.Text("refId")] = true
	}
	next := 0
	for _, t := range targets {
		if t.Text("refId") != "" {
			continue
		}
		name := ""
		for name == "" || taken[name] {
			name = queryName(next)
			next++
		}
		t.Set("refId", name)
		taken[name] = true
	}
}

// queryName counts A, B, …, Z, AA, AB, ….
func queryName(n int) string {
	name := string(rune('A' + n%26))
	if n >= 26 {
		name = queryName(n/26-1) + name
	}
	return name
}

func minSpanToMaxPerRow(_ *document, p *value) {
	least, ok := p.Take("minSpan").Float()
	if !ok || least <= 0 {
		return
	}
	best := 1
	for _, n := range []int{1, 2, 3, 4, 6, 8, 12, 24} {
		if float64(n) <= gridColumns/least {
			best = n
		}
	}
	p.SetDefault("maxPerRow", best)
}

func gaugeOptions(_ *document, p *value) {
	old := p.Take("options-gauge")
	if old.Kind() != jsontree.Object {
		return
	}
	values := jsontree.Obj()
	for _, key := range []string{"unit", "stat", "decimals", "prefix", "suffix"} {
		if v := old.Take(key); v != nil {
			values.Set(key, v)
		}
	}
	old.Delete("options")
	old.Set("valueOptions", values)
	// They stood with the greatest first.
	steps := old.Get("thresholds").Items()
	for i, j := 0, len(steps)-1; i < j; i, j = i+1, j-1 {
		steps[i], steps[j] = steps[j], steps[i]
	}
	p.Set("options", old)
}

// panelLinks writes links to a dashboard, which had parts of their own, as a URL.
func panelLinks(_ *document, p *value) {
	list := p.Get("links")
	if list == nil {
		return
	}
	if list.Kind() != jsontree.Array {
		p.Delete("links")
		return
	}
	for _, link := range list.Items() {
		if link.Kind() != jsontree.Object || link.Has("url") && !link.Has("keepTime") && !link.Has("includeVars") && !link.Has("params") && !link.Has("dashUri") {
			continue
		}
		to := link.Text("url")
		if name := link.Text("dashboard"); to == "" && name != "" {
			to = "dashboard/db/" + slug(name)
		}
		if uri := link.Text("dashUri"); to == "" && uri != "" {
			to = "dashboard/" + uri
		}
		if to == "" {
			to = "/"
		}
		for _, part := range []struct {
			wanted bool
			query  string
		}{
			{link.True("keepTime"), "${__url_time_range}"},
			{link.True("includeVars"), "${__all_variables}"},
			{link.Text("params") != "", link.Text("params")},
		} {
			if part.wanted {
				to = addQuery(to, part.query)
			}
		}
		link.Set("url", to)
		link.Delete("keepTime", "includeVars", "params", "dashUri", "dashboard", "type")
	}
}

func addQuery(to, query string) string {
	switch {
	case strings.HasSuffix(to, "?") || strings.HasSuffix(to, "&"):
		return to + query
	case strings.Contains(to, "?"):
		return to + "&" + query
	}
	return to + "?" + query
}

var notInSlug = regexp.MustCompile(`[^a-z0-9]+`)

func slug(title string) string {
	return url.PathEscape(strings.Trim(notInSlug.ReplaceAllString(strings.ToLower(title), "-"), "-"))
}

// oldLinkNames are what variables of data links were called before they had dots.
var oldLinkNames = strings.NewReplacer(
	"$__series_name", "${__series.name}", "__series_name", "__series.name",
	"$__field_name", "${__field.name}", "__field_name", "__field.name",
	"__value_time", "__value.time", "__series.labels", "__field.labels",
)

func linkVariables(_ *document, p *value) {
	fix := func(links *value) {
		for _, link := range links.Items() {
			if u := link.Get("url"); u.Kind() == jsontree.String {
				if fixed := oldLinkNames.Replace(u.Text()); fixed != u.Text() {
					link.Set("url", fixed)
				}
			}
		}
	}
	defaults := p.Get("fieldConfig", "defaults")
	fix(defaults.Get("links"))
	eachProperty(p.Get("fieldConfig"), func(property *value) {
		if property.Text("id") == "links" {
			fix(property.Get("value"))
		}
	})
	if name := defaults.Get("displayName"); name.Kind() == jsontree.String {
		if fixed := oldLinkNames.Replace(name.Text()); fixed != name.Text() {
			defaults.Set("displayName", fixed)
		}
	}
}

// libraryPanel puts the content of a panel in its place, which stands elsewhere in
// an export, and with the server that it comes from otherwise.
func libraryPanel(d *document, p *value) {
	lib := p.Get("libraryPanel")
	if lib.Kind() != jsontree.Object || p.Has("targets") || p.Has("options") {
		return
	}
	model := lib.Get("model")
	if model.Kind() != jsontree.Object {
		model = d.root.Get("__elements", lib.Text("uid"), "model")
	}
	if model.Kind() != jsontree.Object {
		p.Set("type", "library-panel-ref")
		return
	}
	for _, key := range model.Keys() {
		if key != "id" && key != "gridPos" && key != "libraryPanel" && (key == "type" || !p.Has(key)) {
			p.Set(key, model.Get(key).Copy())
		}
	}
	completePanel(d, p)
}

// mergeAfterLabels: labels to fields once merged the frames, too.
func mergeAfterLabels(_ *document, p *value) {
	list := p.Get("transformations")
	items := list.Items()
	var out []*value
	for i, t := range items {
		out = append(out, t)
		if t.Text("id") == "labelsToFields" && (i+1 == len(items) || items[i+1].Text("id") != "merge") {
			out = append(out, jsontree.Obj("id", "merge", "options", jsontree.Obj()))
		}
	}
	if len(out) != len(items) {
		list.SetItems(out)
	}
}

func keepTimeAxis(_ *document, p *value) {
	fc := p.Get("fieldConfig")
	if p.Text("type") != "timeseries" || fc.Text("defaults", "custom", "axisPlacement") != "hidden" {
		return
	}
	for _, o := range fc.Get("overrides").Items() {
		if o.Text("matcher", "id") == "byType" && o.Text("matcher", "options") == "time" {
			return
		}
	}
	fc.List("overrides").Add(override("byType", "time", property("custom.axisPlacement", "auto")))
}

func override(matcher string, options any, properties ...any) *value {
	return jsontree.Obj("matcher", jsontree.Obj("id", matcher, "options", options), "properties", jsontree.Arr(properties...))
}

func property(id string, v any) *value { return jsontree.Obj("id", id, "value", v) }

func legendVisibility(_ *document, p *value) {
	legend := p.Get("options", "legend")
	if legend.Kind() != jsontree.Object {
		return
	}
	hidden := legend.Text("displayMode") == "hidden"
	if hidden {
		legend.Set("displayMode", "list")
		legend.Set("showLegend", false)
	}
	switch p.Text("type") {
	case "timeseries", "barchart", "histogram", "piechart", "state-timeline", "status-history", "xychart", "trend":
		legend.SetDefault("showLegend", true)
	}
}

func renamedOptions(_ *document, p *value) {
	options := p.Get("options")
	if options.Has("tooltipOptions") {
		t := options.Take("tooltipOptions")
		options.SetDefault("tooltip", t)
	}
	rename := func(hide *value) {
		if hide.Has("graph") {
			shown := hide.Take("graph")
			hide.SetDefault("viz", shown)
		}
	}
	rename(p.Get("fieldConfig", "defaults", "custom", "hideFrom"))
	eachProperty(p.Get("fieldConfig"), func(property *value) {
		if property.Text("id") == "custom.hideFrom" {
			rename(property.Get("value"))
		}
	})
}

func hideFromTooltip(_ *document, p *value) {
	fix := func(hide *value) {
		if hide.True("viz") {
			hide.SetDefault("tooltip", true)
		}
	}
	fix(p.Get("fieldConfig", "defaults", "custom", "hideFrom"))
	eachProperty(p.Get("fieldConfig"), func(property *value) {
		if property.Text("id") == "custom.hideFrom" {
			fix(property.Get("value"))
		}
	})
}

// cellOptions: how a cell is drawn has become an object.
func cellOptions(_ *document, p *value) {
	if p.Text("type") != "table" {
		return
	}
	custom := p.Get("fieldConfig", "defaults", "custom")
	if mode := custom.Get("displayMode"); mode.Kind() == jsontree.String {
		custom.Delete("displayMode")
		custom.SetDefault("cellOptions", cellOption(mode.Text()))
	}
	eachProperty(p.Get("fieldConfig"), func(property *value) {
		if property.Text("id") == "custom.displayMode" {
			property.Set("id", "custom.cellOptions")
			property.Set("value", cellOption(property.Text("value")))
		}
	})
}

func cellOption(mode string) *value {
	switch mode {
	case "basic", "gradient-gauge", "lcd-gauge":
		return jsontree.Obj("mode", strings.TrimSuffix(strings.TrimSuffix(mode, "-gauge"), "-gradient"), "type", "gauge")
	case "color-background":
		return jsontree.Obj("mode", "gradient", "type", mode)
	case "color-background-solid":
		return jsontree.Obj("mode", "basic", "type", "color-background")
	case "":
		mode = "auto"
	}
	return jsontree.Obj("type", mode)
}

func timeSeriesTable(_ *document, p *value) {
	for _, t := range p.Get("transformations").Items() {
		stats := t.Get("options", "refIdToStat")
		if t.Text("id") != "timeSeriesTable" || stats.Kind() != jsontree.Object {
			continue
		}
		options := jsontree.Obj()
		for _, refID := range stats.Keys() {
			options.Set(refID, jsontree.Obj("stat", stats.Get(refID)))
		}
		t.Set("options", options)
	}
}
