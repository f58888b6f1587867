package dashboard

import (
	"strconv"
	"strings"

	"monopod/internal/dashboard/jsontree"
)

// valueOptions brings what a panel of single values said in its options, which
// changed three times before there were field options, to these.
func valueOptions(d *document, p *value) {
	o := p.Get("options")
	if o.Kind() != jsontree.Object {
		return
	}
	old := pluginBefore(p, 8)
	if values := o.Take("valueOptions"); values.Kind() == jsontree.Object {
		old = true
		fields := o.Child("fieldOptions")
		defaults := fields.Child("defaults")
		for _, key := range []string{"unit", "decimals"} {
			if v := values.Get(key); !v.IsNull() {
				defaults.SetDefault(key, v)
			}
		}
		if stat := values.Text("stat"); stat != "" {
			fields.SetDefault("calcs", jsontree.Arr(reducer(stat, "")))
		}
		if !affix(defaults, values.Text("prefix"), values.Text("suffix")) {
			d.lose(p, "the text %q before and %q behind the value is not shown", values.Text("prefix"), values.Text("suffix"))
		}
		for _, pair := range [][2]string{{"minValue", "min"}, {"maxValue", "max"}} {
			from, to := pair[0], pair[1]
			if v := o.Take(from); !v.IsNull() {
				defaults.SetDefault(to, v)
			}
		}
		if maps := o.Take("valueMappings"); maps.Kind() == jsontree.Array {
			fields.SetDefault("mappings", maps)
		}
		if list := o.Take("thresholds"); list.Kind() == jsontree.Array {
			fields.SetDefault("thresholds", list)
		}
	}
	fields := o.Take("fieldOptions")
	if fields.Kind() == jsontree.Object {
		old = true
		fc := fieldConfig(p)
		defaults := fc.Get("defaults")
		before := fields.Get("defaults")
		for _, key := range before.Keys() {
			setMissing(defaults, key, before.Get(key))
		}
		if maps := fields.Get("mappings"); maps.Kind() == jsontree.Array {
			setMissing(defaults, "mappings", maps)
		}
		list := fields.Get("thresholds")
		if list.Kind() != jsontree.Array {
			list = o.Take("thresholds")
		}
		if list.Kind() == jsontree.Array && len(list.Items()) > 0 {
			setMissing(defaults, "thresholds", list)
		}
		for _, x := range fields.Get("overrides").Items() {
			if x.Get("matcher").Kind() == jsontree.Object {
				fc.List("overrides").Add(x)
			}
		}
		reduce := o.Child("reduceOptions")
		for _, key := range []string{"calcs", "values", "limit"} {
			if v := fields.Get(key); v != nil {
				reduce.SetDefault(key, v)
			}
		}
	}
	defaults := p.Get("fieldConfig", "defaults")
	if t := defaults.Get("thresholds"); t.Kind() == jsontree.Array {
		defaults.Set("thresholds", jsontree.Obj("mode", "absolute", "steps", t))
	}
	if c := defaults.Get("color"); c.Kind() == jsontree.String {
		defaults.Set("color", jsontree.Obj("fixedColor", c, "mode", "fixed"))
	}
	if old {
		firstStep(defaults.Get("thresholds", "steps"))
		if title := defaults.Take("title"); title.Kind() == jsontree.String {
			defaults.SetDefault("displayName", title)
		}
		percentRange(p, defaults)
	}
}

// setMissing also replaces what is there and says nothing.
func setMissing(v *value, key string, x *value) {
	there := v.Get(key)
	switch {
	case x.IsNull():
	case there.IsNull(), there.Kind() == jsontree.Array && len(there.Items()) == 0, there.Kind() == jsontree.Object && len(there.Keys()) == 0:
		v.Set(key, x)
	}
}

// firstStep: the first threshold reaches down to minus infinity.
func firstStep(steps *value) {
	if items := steps.Items(); len(items) > 0 && items[0].Kind() == jsontree.Object {
		if !items[0].Has("value") || !items[0].Get("value").IsNull() {
			items[0].Set("value", nil)
		}
	}
}

// percentRange: percentages had a range by themselves.
func percentRange(p, defaults *value) {
	most := 0
	switch defaults.Text("unit") {
	case "percent":
		most = 100
	case "percentunit":
		most = 1
	default:
		return
	}
	if p.Text("type") != "gauge" && p.Text("type") != "bargauge" {
		return
	}
	if defaults.Get("min").Kind() != jsontree.Number {
		defaults.Set("min", 0)
	}
	if defaults.Get("max").Kind() != jsontree.Number {
		defaults.Set("max", most)
	}
	if pluginBefore(p, 8) {
		p.Set("pluginVersion", "8.0.0") // said once: a range that is taken away stays away
	}
}

// pluginBefore tells whether the panel was saved before a major version of
// Grafana. What says no version is not old for that.
func pluginBefore(p *value, major int) bool {
	text, _, _ := strings.Cut(strings.TrimPrefix(p.Text("pluginVersion"), "v"), ".")
	n, err := strconv.Atoi(text)
	return err == nil && n < major
}

// statOptions renames single options of a stat, a gauge and bars.
func statOptions(p *value) {
	o := p.Get("options")
	if o.Kind() != jsontree.Object {
		return
	}
	if o.Has("graphMode") && o.Get("graphMode").Kind() != jsontree.String {
		o.Set("graphMode", "none")
	}
	if mode := o.Get("displayMode"); p.Text("type") == "stat" && mode != nil {
		// It said two things at once.
		o.Delete("displayMode")
		text := mode.Text()
		if strings.HasPrefix(text, "background") {
			o.SetDefault("colorMode", "background")
		}
	}
	if calcs := o.Get("reduceOptions", "calcs"); calcs.Kind() == jsontree.Array {
		for i, c := range calcs.Items() {
			if name := c.Text(); name != "" && reducer(name, name) != name {
				calcs.Items()[i] = jsontree.Of(reducer(name, name))
			}
		}
	}
}
