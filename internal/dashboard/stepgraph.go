package dashboard

import "monopod/internal/dashboard/jsontree"

func graphiteToGraph(_ *document, p *value) {
	if p.Text("type") == "graphite" {
		p.Set("type", "graph")
	}
	if p.Text("type") != "graph" {
		return
	}
	if legend := p.Get("legend"); legend.Kind() == jsontree.Bool {
		p.Set("legend", jsontree.Obj("show", legend))
	}
	grid := p.Get("grid")
	for _, pair := range [][2]string{{"min", "leftMin"}, {"max", "leftMax"}} {
		from, to := pair[0], pair[1]
		if v := grid.Take(from); v.Truthy() {
			grid.Set(to, v)
		}
	}
	left, right := p.Take("y_format"), p.Take("y2_format")
	if !p.Has("y_formats") && (left.Truthy() || right.Truthy()) {
		p.Set("y_formats", jsontree.Arr(left, right))
	}
}

func aliasYAxisToOverrides(_ *document, p *value) {
	old := p.Take("aliasYAxis")
	for _, alias := range old.Keys() {
		p.List("seriesOverrides").Add(jsontree.Obj("alias", alias, "yaxis", old.Get(alias)))
	}
}

// gridToAxes: the axes and two thresholds of a graph once stood in its grid.
func gridToAxes(d *document, p *value) {
	grid := p.Get("grid")
	if p.Text("type") != "graph" || grid.Kind() != jsontree.Object {
		return
	}
	formats := p.Get("y_formats").Items()
	if d.version < 12 && !p.Has("yaxes") {
		axis := func(side string, i int, label string) *value {
			a := jsontree.Obj("show", !p.Has("y-axis") || p.Truthy("y-axis"))
			for _, pair := range [][2]string{{"Min", "min"}, {"Max", "max"}, {"LogBase", "logBase"}} {
				from, to := pair[0], pair[1]
				if v := grid.Get(side + from); !v.IsNull() {
					a.Set(to, v)
				}
			}
			if i < len(formats) && formats[i].Text() != "" {
				a.Set("format", formats[i])
			}
			if v := p.Get(label); v.Truthy() {
				a.Set("label", v)
			}
			return a
		}
		p.Set("yaxes", jsontree.Arr(axis("left", 0, "leftYAxisLabel"), axis("right", 1, "rightYAxisLabel")))
		p.Set("xaxis", jsontree.Obj("show", !p.Has("x-axis") || p.Truthy("x-axis")))
		p.Delete("y_formats", "leftYAxisLabel", "rightYAxisLabel", "y-axis", "x-axis")
		grid.Delete("leftMin", "leftMax", "leftLogBase", "rightMin", "rightMax", "rightLogBase")
	}
	first, hasFirst := grid.Float("threshold1")
	second, hasSecond := grid.Float("threshold2")
	op := "gt"
	if hasFirst && hasSecond && first > second {
		op = "lt"
	}
	for _, t := range []struct {
		key     string
		value   float64
		present bool
	}{{"threshold1", first, hasFirst}, {"threshold2", second, hasFirst && hasSecond}} {
		if !t.present {
			continue
		}
		style := "fill"
		if grid.Truthy("thresholdLine") {
			style = "line"
		}
		p.List("thresholds").Add(jsontree.Obj("value", t.value, "op", op, style, true, style+"Color", grid.Text(t.key+"Color"), "colorMode", "custom"))
	}
	grid.Delete("threshold1", "threshold1Color", "threshold2", "threshold2Color", "thresholdLine")
}
