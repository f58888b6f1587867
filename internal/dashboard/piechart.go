package dashboard

import "monopod/internal/dashboard/jsontree"

// replacePieChart makes a pie chart of the plugin the one that came after it.
func replacePieChart(d *document, p *value) {
	p.Set("type", "piechart")
	fc := fieldConfig(p)
	f := fc.Get("defaults")
	if unit := p.Text("format"); unit != "" {
		f.SetDefault("unit", unit)
	}
	if v := number(p.Get("decimals")); !v.IsNull() {
		f.SetDefault("decimals", v)
	}
	f.SetDefault("color", jsontree.Obj("mode", "palette-classic"))
	for _, alias := range p.Get("aliasColors").Keys() {
		if color := p.Text("aliasColors", alias); color != "" {
			fc.List("overrides").Add(override("byName", alias, property("color", jsontree.Obj("fixedColor", color, "mode", "fixed"))))
		}
	}
	kind := "pie"
	if p.Text("pieType") == "donut" {
		kind = "donut"
	}
	old := p.Get("legend")
	legend := jsontree.Obj("displayMode", "list", "placement", "bottom", "showLegend", isOn(old, "show", true))
	labels := jsontree.Arr()
	switch p.Text("legendType") {
	case "Right side":
		legend.Set("placement", "right")
	case "On graph":
		legend.Set("showLegend", false)
		labels.Add("name")
	}
	values := jsontree.Arr()
	for _, v := range []struct{ key, name string }{{"values", "value"}, {"percentage", "percent"}} {
		if old.Truthy(v.key) {
			values.Add(v.name)
			if p.Text("legendType") == "On graph" {
				labels.Add(v.name)
			} else {
				legend.Set("displayMode", "table")
			}
		}
	}
	legend.Set("values", values)
	if p.Has("combine") && or(p.Get("combine"), "threshold", 0) > 0 {
		d.lose(p, "small slices are not combined into one")
	}
	options := jsontree.Obj("displayLabels", labels, "legend", legend, "pieType", kind,
		"reduceOptions", jsontree.Obj("calcs", jsontree.Arr(reducer(p.Text("valueName"), "lastNotNull")), "fields", "", "values", false),
		"tooltip", jsontree.Obj("mode", "single", "sort", "none"))
	p.Set("options", options)
	p.Delete("aliasColors", "breakPoint", "cacheTimeout", "combine", "decimals", "fontSize", "format", "height", "legend", "legendType", "nullPointMode",
		"nullText", "pieType", "strokeWidth", "valueName", "editable", "error", "maxDataPointsText", "interval_text")
}
