package dashboard

import (
	"math"
	"strings"

	"monopod/internal/dashboard/jsontree"
)

// graphKeys are what only the graph panel had.
var graphKeys = []string{
	"aliasColors", "bars", "dashLength", "dashes", "decimals", "fill", "fillGradient", "grid", "hiddenSeries", "legend", "lines", "linewidth",
	"nullPointMode", "percentage", "pointradius", "points", "renderer", "seriesOverrides", "spaceLength", "stack", "steppedLine", "thresholds",
	"timeRegions", "tooltip", "xaxis", "yaxes", "yaxis", "error", "editable", "height", "x-axis", "y-axis", "y_formats", "leftYAxisLabel", "rightYAxisLabel",
}

// replaceGraph makes a graph the panel that took its place: time series, or bars
// or a histogram where its axis said so.
func replaceGraph(d *document, p *value) {
	fc := fieldConfig(p)
	defaults := fc.Get("defaults")
	custom := defaults.Child("custom")
	overrides := fc.List("overrides")
	g := graph{d: d, p: p, defaults: defaults, custom: custom, overrides: overrides}

	axes := p.Get("yaxes").Items()
	if len(axes) > 0 {
		setAxis(axes[0], func(id string, v *value) { setPath(defaults, id, v) })
	}
	if v := number(p.Get("decimals")); !v.IsNull() && !defaults.Has("decimals") {
		defaults.Set("decimals", v)
	}
	g.drawing()
	g.stacking()
	for _, alias := range p.Get("aliasColors").Keys() {
		if color := p.Text("aliasColors", alias); color != "" {
			overrides.Add(override("byName", alias, property("color", jsontree.Obj("fixedColor", color, "mode", "fixed"))))
		}
	}
	for _, o := range p.Get("seriesOverrides").Items() {
		g.series(o)
	}
	g.thresholds()
	g.timeAxis()
	if links := p.Get("options", "dataLinks"); len(links.Items()) > 0 {
		setMissing(defaults, "links", links)
	}
	options := jsontree.Obj("legend", g.legend(), "tooltip", g.tooltip())
	old := p.Get("options")
	for _, key := range old.Keys() {
		if key != "dataLinks" && key != "alertThreshold" {
			options.SetDefault(key, old.Get(key))
		}
	}
	p.Set("options", options)
	if n := len(p.Get("timeRegions").Items()); n > 0 {
		d.lose(p, "its %d time regions are not drawn; an annotation of the dashboard can show them", n)
	}
	if p.True("yaxis", "align") {
		d.lose(p, "its two axes are not aligned at one level")
	}
	g.kind()
	p.Delete(graphKeys...)
}

type graph struct {
	d                              *document
	p, defaults, custom, overrides *value
}

// setPath sets a field option by the id that overrides use: custom.axisLabel.
func setPath(defaults *value, id string, v *value) {
	if key, custom := strings.CutPrefix(id, "custom."); custom {
		defaults.Child("custom").Set(key, v)
		return
	}
	defaults.Set(id, v)
}

// setAxis hands out what an old axis says, as field options.
func setAxis(axis *value, set func(id string, v *value)) {
	if unit := axis.Text("format"); unit != "" {
		set("unit", jsontree.Of(unit))
	}
	for _, key := range []string{"decimals", "min", "max"} {
		if v := number(axis.Get(key)); !v.IsNull() {
			set(key, v)
		}
	}
	if label := axis.Text("label"); label != "" {
		set("custom.axisLabel", jsontree.Of(label))
	}
	if base, ok := axis.Float("logBase"); ok && base > 1 {
		set("custom.scaleDistribution", jsontree.Obj("type", "log", "log", base))
	}
	if axis.Has("show") && !axis.Truthy("show") {
		set("custom.axisPlacement", jsontree.Of("hidden"))
	}
}

// or is the number at a key, or what the graph took where there was none.
func or(p *value, key string, otherwise float64) float64 {
	if f, ok := number(p.Get(key)).Float(); ok {
		return f
	}
	return otherwise
}

func isOn(p *value, key string, otherwise bool) bool {
	if !p.Has(key) {
		return otherwise
	}
	return p.Truthy(key)
}

func (g *graph) drawing() {
	p, c := g.p, g.custom
	bars, lines, points := isOn(p, "bars", false), isOn(p, "lines", true), isOn(p, "points", false)
	switch {
	case bars:
		c.Set("drawStyle", "bars")
	case lines:
		c.Set("drawStyle", "line")
	default:
		c.Set("drawStyle", "points")
	}
	switch {
	case points:
		c.Set("showPoints", "always")
		c.Set("pointSize", or(p, "pointradius", 2)*2+2)
	case bars || lines:
		c.Set("showPoints", "never")
	}
	c.Set("lineWidth", or(p, "linewidth", 1))
	if p.Truthy("dashes") {
		c.Set("lineStyle", jsontree.Obj("dash", jsontree.Arr(or(p, "dashLength", 10), or(p, "spaceLength", 10)), "fill", "dash"))
	}
	c.Set("fillOpacity", math.Min(or(p, "fill", 1)*10, 100))
	if gradient := or(p, "fillGradient", 0); gradient > 0 {
		c.Set("gradientMode", "opacity")
		c.Set("fillOpacity", math.Min(gradient*10, 100))
	}
	if bars {
		c.Set("fillOpacity", 100)
	}
	if p.Truthy("steppedLine") {
		c.Set("lineInterpolation", "stepAfter")
	}
	g.nulls(p.Text("nullPointMode"), func(id string, v any) { setPath(g.defaults, id, jsontree.Of(v)) })
	if p.Truthy("hiddenSeries") {
		c.Set("hideFrom", jsontree.Obj("legend", false, "tooltip", true, "viz", true))
	}
}

// nulls: gaps stay gaps, are bridged, or count as zero.
func (g *graph) nulls(mode string, set func(id string, v any)) {
	switch mode {
	case "connected":
		set("custom.spanNulls", true)
	case "null as zero":
		set("custom.spanNulls", false)
		set("noValue", "0")
	default:
		set("custom.spanNulls", false)
	}
}

func (g *graph) stacking() {
	if !g.p.Truthy("stack") {
		return
	}
	mode := "normal"
	if g.p.Truthy("percentage") {
		mode = "percent"
	}
	g.custom.Set("stacking", jsontree.Obj("group", "A", "mode", mode))
}

// kind decides which panel the graph becomes.
func (g *graph) kind() {
	p := g.p
	switch p.Text("xaxis", "mode") {
	case "series":
		// One bar for each series, of one value of it.
		calc := "sum"
		if values := p.Get("xaxis", "values").Items(); len(values) > 0 {
			calc = reducer(values[0].Text(), "sum")
		}
		p.Set("type", "bargauge")
		p.Get("options").Set("reduceOptions", jsontree.Obj("calcs", jsontree.Arr(calc), "fields", "", "values", false))
		p.Get("options").Set("orientation", "vertical")
		p.Get("options").Set("displayMode", "basic")
		p.Get("options").Delete("tooltip", "legend")
		if !g.defaults.Has("color") {
			g.defaults.Set("color", jsontree.Obj("mode", "palette-classic"))
		}
		g.d.lose(p, "a graph by series is drawn as a bar gauge, one bar for each series")
	case "histogram":
		p.Set("type", "histogram")
		if n, ok := number(p.Get("xaxis", "buckets")).Float(); ok && n > 0 {
			p.Get("options").Set("bucketCount", n)
		}
		g.d.lose(p, "a graph as a histogram has its buckets at other limits here")
	default:
		p.Set("type", "timeseries")
	}
}

func (g *graph) timeAxis() {
	if x := g.p.Get("xaxis"); x.Has("show") && !x.Truthy("show") {
		g.overrides.Add(override("byType", "time", property("custom.axisPlacement", "hidden")))
		return
	}
	if g.custom.Text("axisPlacement") == "hidden" {
		g.overrides.Add(override("byType", "time", property("custom.axisPlacement", "auto")))
	}
}

func (g *graph) tooltip() *value {
	t := g.p.Get("tooltip")
	mode, sort := "single", "none"
	if isOn(t, "shared", true) {
		mode = "multi"
	}
	switch t.Int("sort") {
	case 1:
		sort = "asc"
	case 2:
		sort = "desc"
	}
	return jsontree.Obj("mode", mode, "sort", sort)
}

// legendCalcs are the values that a legend could show, and what its table calls them.
var legendCalcs = []struct{ key, calc, title string }{
	{"min", "min", "Min"}, {"max", "max", "Max"}, {"avg", "mean", "Mean"}, {"current", "lastNotNull", "Last *"}, {"total", "sum", "Total"},
}

func (g *graph) legend() *value {
	old := g.p.Get("legend")
	mode, placement := "list", "bottom"
	if old.Truthy("alignAsTable") {
		mode = "table"
	}
	if old.Truthy("rightSide") {
		placement = "right"
	}
	calcs := jsontree.Arr()
	legend := jsontree.Obj("calcs", calcs, "displayMode", mode, "placement", placement, "showLegend", isOn(old, "show", true))
	if old.Truthy("values") {
		for _, c := range legendCalcs {
			if old.Truthy(c.key) {
				calcs.Add(c.calc)
				if old.Text("sort") == c.key {
					legend.Set("sortBy", c.title)
					legend.Set("sortDesc", isOn(old, "sortDesc", true))
				}
			}
		}
	}
	if width, ok := number(old.Get("sideWidth")).Float(); ok && width > 0 {
		legend.Set("width", width)
	}
	for _, pair := range [][2]string{{"hideEmpty", "allIsNull"}, {"hideZero", "allIsZero"}} {
		key, reducer := pair[0], pair[1]
		if old.Truthy(key) && legend.True("showLegend") {
			g.overrides.Add(override("byValue", jsontree.Obj("op", "gte", "reducer", reducer, "value", 0),
				property("custom.hideFrom", jsontree.Obj("legend", true, "tooltip", true, "viz", false))))
		}
	}
	return legend
}
