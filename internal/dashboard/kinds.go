package dashboard

import (
	"strings"

	"monopod/internal/dashboard/jsontree"
)

// replaceKind makes panels of kinds that are no more those that took their place,
// and brings old options of those that stayed to their new names.
func replaceKind(d *document, p *value) {
	kind := p.Text("type")
	switch kind {
	case "graph":
		replaceGraph(d, p)
	case "singlestat", "grafana-singlestat-panel":
		replaceSingleStat(d, p)
	case "table-old":
		replaceTable(d, p)
	case "table":
		// Both had this name: the old one has styles, and nothing in options.
		if p.Has("styles") || p.Has("columns") || p.Get("transform").Kind() == jsontree.String {
			replaceTable(d, p)
		} else {
			tableFooter(p)
		}
	case "table2":
		p.Set("type", "table")
	case "text2":
		p.Set("type", "text")
		p.Get("options").Delete("angular")
	case "text":
		textOptions(p)
	case "grafana-piechart-panel":
		replacePieChart(d, p)
	case "heatmap-new":
		p.Set("type", "heatmap")
	case "heatmap":
		if !p.Get("options").Has("calculate") && (p.Has("dataFormat") || p.Has("cards") || p.Has("color") || p.Has("yAxis")) {
			replaceHeatmap(d, p)
		}
	case "gauge", "stat", "bargauge", "piechart":
		valueOptions(d, p)
		statOptions(p)
	case "dashlist":
		dashboardListOptions(p)
	case "alertlist":
		alertListOptions(p)
	}
}

// reducer is what a value of a series was called, by the name of today.
func reducer(name, otherwise string) string {
	switch name {
	case "":
		return otherwise
	case "avg":
		return "mean"
	case "current":
		return "lastNotNull"
	case "total":
		return "sum"
	case "name":
		return "lastNotNull"
	}
	return name
}

// replaceSingleStat makes a single value a stat, or a gauge where it drew one.
func replaceSingleStat(d *document, p *value) {
	fc := fieldConfig(p)
	f := fc.Get("defaults")
	reduce := jsontree.Obj("calcs", jsontree.Arr(reducer(p.Text("valueName"), "mean")), "fields", "", "values", false)
	if column := p.Text("tableColumn"); column != "" && hasTableQuery(p) {
		reduce.Set("fields", "/^"+quoteRegexp(column)+"$/")
	}
	options := jsontree.Obj("reduceOptions", reduce, "orientation", "horizontal")
	if unit := p.Text("format"); unit != "" {
		f.SetDefault("unit", unit)
	}
	if v := number(p.Get("decimals")); !v.IsNull() {
		f.SetDefault("decimals", v)
	}
	if text := p.Text("nullText"); text != "" {
		f.SetDefault("noValue", text)
	}
	if steps := singleStatSteps(p); steps != nil && !f.Has("thresholds") {
		f.Set("thresholds", jsontree.Obj("mode", "absolute", "steps", steps))
	}
	if list := singleStatMappings(p); len(list.Items()) > 0 && len(f.Get("mappings").Items()) == 0 {
		// A single value took its colour from the thresholds before it was mapped.
		newMappings(list, nil)
		f.Set("mappings", list)
	}
	if !affix(f, p.Text("prefix"), p.Text("postfix")) {
		d.lose(p, "the text %q before and %q behind the value is not shown", p.Text("prefix"), p.Text("postfix"))
	}

	background, coloured := p.Truthy("colorBackground"), p.Truthy("colorValue")
	if p.Truthy("gauge", "show") {
		p.Set("type", "gauge")
		g := p.Get("gauge")
		f.SetDefault("min", or(g, "minValue", 0))
		f.SetDefault("max", or(g, "maxValue", 100))
		options.Set("showThresholdLabels", g.Truthy("thresholdLabels"))
		options.Set("showThresholdMarkers", isOn(g, "thresholdMarkers", true))
	} else {
		p.Set("type", "stat")
		graph, mode, text := "none", "none", "auto"
		sparkline := p.Get("sparkline")
		if sparkline.Truthy("show") {
			graph = "area"
		}
		switch {
		case background:
			mode = "background"
		case coloured:
			mode = "value"
		case graph == "area" && sparkline.Text("lineColor") != "":
			f.SetDefault("color", jsontree.Obj("fixedColor", sparkline.Get("lineColor"), "mode", "fixed"))
		}
		if p.Text("valueName") == "name" {
			text = "name"
		}
		options.Set("colorMode", mode)
		options.Set("graphMode", graph)
		options.Set("justifyMode", "auto")
		options.Set("textMode", text)
	}
	p.Set("options", options)
	p.Delete("cacheTimeout", "colorBackground", "colorPostfix", "colorPrefix", "colorValue", "colors", "decimals", "editable", "error", "format",
		"gauge", "height", "mappingType", "mappingTypes", "nullPointMode", "nullText", "postfix", "postfixFontSize", "prefix", "prefixFontSize",
		"rangeMaps", "sparkline", "tableColumn", "thresholds", "valueFontSize", "valueMaps", "valueName", "angular")
}

// hasTableQuery: the column counts only where a query answers with columns.
func hasTableQuery(p *value) bool {
	for _, t := range p.Get("targets").Items() {
		switch t.Text("format") {
		case "", "time_series":
		default:
			return true
		}
	}
	return false
}

var regexpQuoter = strings.NewReplacer(`\`, `\\`, `.`, `\.`, `+`, `\+`, `*`, `\*`, `?`, `\?`, `(`, `\(`, `)`, `\)`, `[`, `\[`, `]`, `\]`,
	`{`, `\{`, `}`, `\}`, `^`, `\^`, `$`, `\$`, `|`, `\|`, `/`, `\/`)

func quoteRegexp(s string) string { return regexpQuoter.Replace(s) }

// singleStatSteps: three colours with "10,20" between them.
func singleStatSteps(p *value) *value {
	colors := p.Get("colors").Items()
	if len(colors) == 0 {
		return nil
	}
	text := p.Text("thresholds")
	if strings.TrimSpace(text) == "" {
		// Without borders the first colour is that of every value.
		return jsontree.Arr(jsontree.Obj("color", colors[0], "value", nil))
	}
	steps := jsontree.Arr(jsontree.Obj("color", colors[0], "value", nil))
	for i, border := range strings.Split(text, ",") {
		v := number(jsontree.Of(border))
		if i+1 < len(colors) && !v.IsNull() {
			steps.Add(jsontree.Obj("color", colors[i+1], "value", v))
		}
	}
	return steps
}

// affix puts the text before and behind a value into its unit. It is false where
// there is no room for it.
func affix(f *value, prefix, postfix string) bool {
	unit := f.Text("unit")
	plain := unit == "" || unit == "none" || unit == "short"
	switch {
	case prefix == "" && postfix == "":
	case plain && prefix == "":
		f.Set("unit", "suffix:"+postfix)
	case plain && postfix == "":
		f.Set("unit", "prefix:"+prefix)
	default:
		return false
	}
	return true
}

// singlestatThresholds: the first of three was the least value.
func singlestatThresholds(_ *document, p *value) {
	parts := strings.Split(p.Text("thresholds"), ",")
	if p.Text("type") == "singlestat" && len(parts) >= 3 {
		p.Set("thresholds", strings.Join(parts[1:], ","))
	}
}

func textOptions(p *value) {
	content, mode := p.Get("content"), p.Get("mode")
	if content.Kind() == jsontree.String || mode.Kind() == jsontree.String {
		o := p.Child("options")
		if content.Kind() == jsontree.String {
			o.SetDefault("content", content)
		}
		if mode.Kind() == jsontree.String {
			o.SetDefault("mode", mode)
		}
		p.Delete("content", "mode")
	}
	o := p.Get("options")
	switch o.Text("mode") {
	case "text":
		o.Set("mode", "markdown")
	}
	if angular := o.Get("angular"); angular.Kind() == jsontree.Object {
		o.Delete("angular")
		for _, key := range []string{"content", "mode"} {
			if v := angular.Get(key); v != nil {
				o.SetDefault(key, v)
			}
		}
	}
}

func dashboardListOptions(p *value) {
	move(p, [][2]string{
		{"headings", "showHeadings"}, {"limit", "maxItems"}, {"query", "query"}, {"recent", "showRecentlyViewed"}, {"search", "showSearch"},
		{"starred", "showStarred"}, {"tags", "tags"}, {"folderId", "folderId"},
	})
	if o := p.Get("options"); o.Has("maxItems") {
		o.Set("maxItems", number(o.Get("maxItems")))
	}
}

func alertListOptions(p *value) {
	if p.Has("limit") || p.Has("show") || p.Has("onlyAlertsOnDashboard") {
		move(p, [][2]string{
			{"limit", "maxItems"}, {"onlyAlertsOnDashboard", "dashboardAlerts"}, {"sortOrder", "sortOrder"}, {"nameFilter", "alertName"},
			{"dashboardFilter", "dashboardTitle"}, {"dashboardTags", "tags"}, {"folderId", "folderId"}, {"show", "showOptions"},
		})
	}
	states := p.Take("stateFilter")
	if states.Kind() == jsontree.Array {
		f := p.Child("options", "stateFilter")
		for _, s := range states.Items() {
			switch s.Text() {
			case "alerting":
				f.Set("firing", true)
			case "pending":
				f.Set("pending", true)
			case "no_data":
				f.Set("noData", true)
			case "ok":
				f.Set("normal", true)
			case "execution_error":
				f.Set("error", true)
			}
		}
	}
}

// move brings keys of the panel into its options, where they are not there yet.
func move(p *value, names [][2]string) {
	for _, n := range names {
		if p.Has(n[0]) {
			v := p.Take(n[0])
			p.Child("options").SetDefault(n[1], v)
		}
	}
}
