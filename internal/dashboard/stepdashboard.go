package dashboard

import (
	"strconv"

	"monopod/internal/dashboard/jsontree"
)

func servicesToTemplating(d *document) {
	filter := d.root.Get("services", "filter")
	if filter.Kind() != jsontree.Object {
		return
	}
	if t := filter.Get("time"); t.Kind() == jsontree.Object && !d.root.Has("time") {
		d.root.Set("time", t)
	}
	if list := filter.Get("list"); list.Kind() == jsontree.Array && !d.root.Has("templating") {
		d.root.Child("templating").Set("list", list)
	}
	d.root.Delete("services")
}

func pulldownsToAnnotations(d *document) {
	for _, p := range d.root.Take("pulldowns").Items() {
		if list := p.Get("annotations"); p.Text("type") == "annotations" && list.Kind() == jsontree.Array && !d.root.Has("annotations") {
			d.root.Child("annotations").Set("list", list)
		}
	}
}

func navToTimepicker(d *document) {
	if nav := d.root.Take("nav").Items(); len(nav) > 0 && nav[0].Kind() == jsontree.Object {
		d.root.SetDefault("timepicker", nav[0])
	}
}

func crosshairToTooltip(d *document) {
	shared := d.root.Take("sharedCrosshair")
	if !d.root.Has("graphTooltip") {
		mode := 0
		if shared.Truthy() {
			mode = 1
		}
		d.root.Set("graphTooltip", mode)
	}
}

// completeDashboard gives what every dashboard of today has.
func completeDashboard(d *document) {
	r := d.root
	if !r.Has("uid") && d.name != "" {
		r.Set("uid", d.name)
	}
	for _, key := range []string{"uid", "title"} {
		if v := r.Get(key); v.Kind() == jsontree.Number {
			r.Set(key, v.Literal())
		} else if v.Kind() != jsontree.String {
			r.Set(key, "")
		}
	}
	r.List("panels")
	for _, key := range []string{"templating", "annotations"} {
		if r.Has(key) {
			list := r.Child(key).List("list")
			keep := list.Items()[:0:0]
			for _, entry := range list.Items() {
				if entry.Kind() == jsontree.Object {
					keep = append(keep, entry)
				}
			}
			if len(keep) != len(list.Items()) {
				list.SetItems(keep)
			}
		}
	}
	if t := r.Get("graphTooltip"); t.Kind() == jsontree.Bool {
		r.Set("graphTooltip", map[bool]int{true: 1}[t.True()])
	}
}

// refreshToText: a dashboard that does not refresh has an empty interval.
func refreshToText(d *document) {
	if v := d.root.Get("refresh"); v != nil && v.Kind() != jsontree.String {
		d.root.Set("refresh", "")
	}
}

func dropTimeOptions(d *document) { d.root.Get("timepicker").Delete("time_options") }

func variables(d *document) []*value { return d.root.Get("templating", "list").Items() }

func oldVariables(d *document) {
	for _, v := range variables(d) {
		if v.Kind() != jsontree.Object {
			continue
		}
		if r := v.Get("refresh"); r.Kind() == jsontree.Bool || r == nil {
			v.Set("refresh", map[bool]int{true: 1}[r.True()])
		}
		if v.Take("hideVariable").Truthy() {
			v.Set("hide", 2)
		} else if v.Take("hideLabel").Truthy() {
			v.Set("hide", 1)
		}
	}
}

// completeVariables brings hide, refresh, type and the current value to one shape.
func completeVariables(d *document) {
	d.variableTypes = map[string]string{}
	d.inputTypes = map[string]string{}
	for _, in := range inputs(d.root) {
		if in.Type == InputDataSource {
			d.inputTypes[in.Name] = in.PluginID
		}
	}
	for _, v := range variables(d) {
		switch v.Text("type") {
		case "", "filter":
			v.Set("type", "query")
		case "datasource":
			d.variableTypes[v.Text("name")] = v.Text("query")
		}
		for _, key := range []string{"hide", "refresh"} {
			switch x := v.Get(key); x.Kind() {
			case jsontree.Bool:
				v.Set(key, map[bool]int{true: 1}[x.True()])
			case jsontree.String:
				n, _ := strconv.Atoi(x.Text())
				v.Set(key, min(max(n, 0), 3))
			}
		}
		if x := v.Get("sort"); x.Kind() == jsontree.String {
			n, _ := strconv.Atoi(x.Text())
			v.Set("sort", n)
		}
		v.Delete("tags", "tagsQuery", "tagValuesQuery", "useTags")
		alignCurrent(v)
	}
}

// alignCurrent makes the value chosen last a list where several may be chosen, and
// one where only one may.
func alignCurrent(v *value) {
	current := v.Get("current")
	if current.Kind() != jsontree.Object || len(current.Keys()) == 0 || !v.Has("multi") {
		return
	}
	for _, key := range []string{"text", "value"} {
		x := current.Get(key)
		if x == nil {
			continue
		}
		many := x.Kind() == jsontree.Array
		switch {
		case v.True("multi") && !many:
			current.Set(key, jsontree.Arr(x))
		case !v.True("multi") && many && len(x.Items()) > 0:
			current.Set(key, x.Items()[0])
		case !v.True("multi") && many:
			current.Set(key, "")
		}
	}
}

// constantsToTextboxes: a constant that was shown could be changed.
func constantsToTextboxes(d *document) {
	for _, v := range variables(d) {
		if v.Text("type") != "constant" {
			continue
		}
		text := v.Text("query")
		v.Set("current", jsontree.Obj("selected", true, "text", text, "value", text))
		v.Set("options", jsontree.Arr(v.Get("current").Copy()))
		if v.Int("hide") != 2 {
			v.Set("type", "textbox")
		}
	}
}

func refreshVariables(d *document) {
	for _, v := range variables(d) {
		if v.Text("type") != "query" {
			continue
		}
		if r := v.Int("refresh"); r != 1 && r != 2 {
			v.Set("refresh", 1)
		}
		if len(v.Get("options").Items()) > 0 {
			v.Set("options", jsontree.Arr())
		}
	}
}
