package dashboard

import (
	"strings"

	"monopod/internal/dashboard/jsontree"
)

// replaceHeatmap brings the options of the first heatmap, which stood beside the
// panel's own keys, to those of the one with the same name that came after it.
func replaceHeatmap(d *document, p *value) {
	calculate := p.Text("dataFormat") != "tsbuckets"
	axis, old := p.Get("yAxis"), p.Get("color")

	color := jsontree.Obj("exponent", or(old, "exponent", 0.5), "fill", "dark-orange", "mode", "scheme", "reverse", false,
		"scale", "exponential", "scheme", "Oranges", "steps", 64)
	if old.Text("mode") == "opacity" {
		color.Set("mode", "opacity")
		if c := old.Text("cardColor"); c != "" {
			color.Set("fill", c)
		}
		if old.Text("colorScale") == "linear" {
			color.Set("scale", "linear")
		}
	} else if scheme := strings.TrimPrefix(old.Text("colorScheme"), "interpolate"); scheme != "" {
		color.Set("scheme", scheme)
	}
	for _, key := range []string{"min", "max"} {
		if v := number(old.Get(key)); !v.IsNull() {
			color.Set(key, v)
		}
	}

	y := jsontree.Obj("axisPlacement", "left", "reverse", p.Truthy("reverseYBuckets"), "unit", "short")
	if !isOn(axis, "show", true) {
		y.Set("axisPlacement", "hidden")
	}
	if unit := axis.Text("format"); unit != "" {
		y.Set("unit", unit)
	}
	for _, key := range []string{"decimals", "min", "max"} {
		if v := number(axis.Get(key)); !v.IsNull() {
			y.Set(key, v)
		}
	}
	if w := number(axis.Get("width")); w.Truthy() {
		y.Set("axisWidth", w)
	}

	options := jsontree.Obj("calculate", calculate)
	if calculate {
		calculation := jsontree.Obj()
		for _, side := range []string{"x", "y"} {
			buckets := calculation.Child(side + "Buckets")
			if v := p.Get(side + "BucketSize"); v.Truthy() {
				buckets.Set("mode", "size")
				buckets.Set("value", v.Literal())
			} else if v := p.Get(side + "BucketNumber"); v.Truthy() {
				buckets.Set("mode", "count")
				buckets.Set("value", v.Literal())
			}
		}
		if base := or(axis, "logBase", 1); base > 1 {
			y := calculation.Child("yBuckets")
			y.Set("scale", jsontree.Obj("log", base, "type", "log"))
			if f := or(axis, "splitFactor", 0); f > 0 {
				y.Set("mode", "count")
				y.Set("value", jsontree.Of(f).Literal())
			}
		}
		options.Set("calculation", calculation)
	}
	gap := or(p.Get("cards"), "cardPadding", 2)
	options.Set("cellGap", gap)
	if round := or(p.Get("cards"), "cardRound", 0); round > 0 {
		options.Set("cellRadius", round)
	}
	options.Set("color", color)
	options.Set("exemplars", jsontree.Obj("color", "rgba(255,0,255,0.7)"))
	least := -1e9
	if isOn(p, "hideZeroBuckets", false) {
		least = 1e-9
	}
	options.Set("filterValues", jsontree.Obj("le", least))
	options.Set("legend", jsontree.Obj("show", isOn(p.Get("legend"), "show", true)))
	bound := "auto"
	switch p.Text("yBucketBound") {
	case "upper":
		bound = "le"
	case "lower":
		bound = "ge"
	case "middle":
		bound = "unknown"
	}
	options.Set("rowsFrame", jsontree.Obj("layout", bound))
	options.Set("showValue", "never")
	mode := "none"
	if isOn(p.Get("tooltip"), "show", true) {
		mode = "single"
	}
	options.Set("tooltip", jsontree.Obj("mode", mode, "show", mode != "none", "yHistogram", p.Truthy("tooltip", "showHistogram")))
	options.Set("yAxis", y)
	p.Set("options", options)
	fieldConfig(p)
	if !isOn(p.Get("xAxis"), "show", true) {
		d.lose(p, "its time axis is shown, though it was hidden")
	}
	p.Delete("dataFormat", "cards", "color", "yAxis", "xAxis", "xBucketSize", "xBucketNumber", "yBucketSize", "yBucketNumber", "yBucketBound",
		"reverseYBuckets", "hideZeroBuckets", "highlightCards", "legend", "tooltip", "tooltipDecimals", "heatmap", "hideTimeOverrideText", "editable", "error", "height")
}
