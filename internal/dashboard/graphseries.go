package dashboard

import (
	"math"
	"slices"
	"strings"

	"monopod/internal/dashboard/jsontree"
)

// series makes one series override of a graph an override of fields.
func (g *graph) series(o *value) {
	alias := o.Text("alias")
	if o.Kind() != jsontree.Object || alias == "" {
		return
	}
	matcher := "byName"
	if len(alias) > 1 && alias[0] == '/' && strings.LastIndexByte(alias, '/') > 0 {
		matcher = "byRegexp"
	}
	props := jsontree.Arr()
	rule := jsontree.Obj("matcher", jsontree.Obj("id", matcher, "options", alias), "properties", props)
	set := func(id string, v any) {
		for _, p := range props.Items() {
			if p.Text("id") == id {
				p.Set("value", v)
				return
			}
		}
		props.Add(property(id, v))
	}
	for _, key := range o.Keys() {
		g.seriesOption(key, o, set)
	}
	if o.Has("dashes") || o.Has("dashLength") || o.Has("spaceLength") {
		fill := "solid"
		if isOn(o, "dashes", g.p.Truthy("dashes")) {
			fill = "dash"
		}
		length, space := or(g.p, "dashLength", 10), or(g.p, "spaceLength", 10)
		set("custom.lineStyle", jsontree.Obj("dash", jsontree.Arr(or(o, "dashLength", length), or(o, "spaceLength", space)), "fill", fill))
	}
	if len(props.Items()) > 0 {
		g.overrides.Add(rule)
	}
}

func (g *graph) seriesOption(key string, o *value, set func(id string, v any)) {
	v := o.Get(key)
	scaled := func(factor, plus float64) any { return math.Min(or(o, key, 0)*factor+plus, 100) }
	switch key {
	case "alias", "$$hashKey", "dashes", "dashLength", "spaceLength":
	case "yaxis":
		g.secondAxis(o, set)
	case "fill":
		set("custom.fillOpacity", scaled(10, 0))
	case "fillGradient":
		if or(o, key, 0) > 0 {
			set("custom.gradientMode", "opacity")
			set("custom.fillOpacity", scaled(10, 0))
		}
	case "fillBelowTo":
		if v.Text() != "" {
			set("custom.fillBelowTo", v)
			if !o.Has("fill") {
				set("custom.fillOpacity", 35) // what bands had, whatever the graph's fill
			}
		}
	case "points":
		show := "never"
		if v.Truthy() {
			show = "always"
		}
		set("custom.showPoints", show)
	case "bars":
		if v.Truthy() {
			set("custom.drawStyle", "bars")
			set("custom.fillOpacity", 100)
		} else {
			set("custom.drawStyle", "line")
		}
	case "lines":
		switch {
		case v.Truthy():
			set("custom.drawStyle", "line")
		case !o.Truthy("bars"):
			set("custom.lineWidth", 0)
			if !o.Has("fill") && !o.Has("fillBelowTo") {
				set("custom.fillOpacity", 0)
			}
		}
	case "linewidth":
		set("custom.lineWidth", or(o, key, 1))
	case "pointradius":
		set("custom.pointSize", scaled(2, 2))
	case "steppedLine":
		shape := "linear"
		if v.Truthy() {
			shape = "stepAfter"
		}
		set("custom.lineInterpolation", shape)
	case "nullPointMode":
		g.nulls(v.Text(), set)
	case "stack":
		switch {
		case v.Kind() == jsontree.String && v.Text() != "" && v.Text() != "false" && v.Text() != "true":
			set("custom.stacking", jsontree.Obj("group", v.Text(), "mode", g.stackMode()))
		case v.Truthy() && v.Text() != "false":
			set("custom.stacking", jsontree.Obj("group", "A", "mode", g.stackMode()))
		default:
			set("custom.stacking", jsontree.Obj("group", "A", "mode", "none"))
		}
	case "color":
		if v.Text() != "" {
			set("color", jsontree.Obj("fixedColor", v.Text(), "mode", "fixed"))
		}
	case "transform":
		if v.Text() != "" {
			set("custom.transform", v)
		}
	case "legend":
		if !v.Truthy() {
			set("custom.hideFrom", jsontree.Obj("legend", true, "tooltip", o.Truthy("hideTooltip"), "viz", false))
		}
	case "hideTooltip":
		if v.Truthy() {
			set("custom.hideFrom", jsontree.Obj("legend", !isOn(o, "legend", true), "tooltip", true, "viz", false))
		}
	case "hiddenSeries":
		if v.Truthy() {
			set("custom.hideFrom", jsontree.Obj("legend", false, "tooltip", true, "viz", true))
		}
	case "zindex":
		g.d.lose(g.p, "the series %q keeps its place in the order of drawing; zindex is left out", o.Text("alias"))
	default:
		g.d.lose(g.p, "the option %q of the series %q is left out", key, o.Text("alias"))
	}
}

func (g *graph) stackMode() string {
	if g.p.Truthy("percentage") {
		return "percent"
	}
	return "normal"
}

// secondAxis puts a series on the right axis, with what that axis has and the left
// one has not.
func (g *graph) secondAxis(o *value, set func(id string, v any)) {
	axes := g.p.Get("yaxes").Items()
	if o.Int("yaxis") != 2 || len(axes) < 2 {
		return
	}
	set("custom.axisPlacement", "right")
	given := map[string]bool{}
	setAxis(axes[1], func(id string, v *value) {
		given[id] = true
		set(id, v)
	})
	// What the left axis says and the right one does not must not reach over.
	for _, key := range []string{"min", "max", "decimals"} {
		if !given[key] && g.defaults.Has(key) {
			set(key, nil)
		}
	}
	if !given["custom.axisLabel"] && g.custom.Has("axisLabel") {
		set("custom.axisLabel", "")
	}
	if !given["custom.scaleDistribution"] && g.custom.Has("scaleDistribution") {
		set("custom.scaleDistribution", jsontree.Obj("type", "linear"))
	}
}

// thresholds of a graph are borders with an area above or below each.
func (g *graph) thresholds() {
	var list []*value
	for _, t := range g.p.Get("thresholds").Items() {
		if v := number(t.Get("value")); !v.IsNull() {
			t.Set("value", v)
			list = append(list, t)
		}
	}
	if len(list) == 0 {
		return
	}
	at := func(t *value) float64 { return or(t, "value", 0) }
	slices.SortStableFunc(list, func(a, b *value) int {
		if d := at(a) - at(b); d != 0 {
			return int(math.Copysign(1, d))
		}
		return 0
	})
	steps := jsontree.Arr()
	add := func(v any, color string) { steps.Add(jsontree.Obj("color", color, "value", v)) }
	area, line := false, false
	for i, t := range list {
		area, line = area || t.Truthy("fill"), line || t.Truthy("line")
		if t.Text("op") != "lt" {
			if i == 0 {
				add(nil, "transparent")
			}
			add(t.Get("value"), thresholdPaint(t))
			continue
		}
		if i == 0 {
			add(nil, thresholdPaint(t))
		}
		if i+1 < len(list) && list[i+1].Text("op") == "lt" {
			add(t.Get("value"), thresholdPaint(list[i+1]))
		} else {
			add(t.Get("value"), "transparent")
		}
	}
	mode := "line"
	switch {
	case line && area:
		mode = "line+area"
	case area:
		mode = "area"
	}
	g.custom.Set("thresholdsStyle", jsontree.Obj("mode", mode))
	g.defaults.Set("thresholds", jsontree.Obj("mode", "absolute", "steps", steps))
}

func thresholdPaint(t *value) string {
	switch t.Text("colorMode") {
	case "ok":
		return "green"
	case "warning":
		return "orange"
	case "custom":
		for _, key := range []string{"fillColor", "lineColor"} {
			if c := t.Text(key); c != "" {
				return c
			}
		}
	}
	return "red"
}
