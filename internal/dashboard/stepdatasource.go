package dashboard

import (
	"strings"

	"monopod/internal/dashboard/jsontree"
)

func dashboardDataSources(d *document) {
	for _, v := range variables(d) {
		if v.Has("datasource") {
			d.reference(v, "datasource")
		}
	}
	for _, a := range d.root.Get("annotations", "list").Items() {
		if a.Has("datasource") {
			d.reference(a, "datasource")
		}
		if !a.Has("enable") {
			a.Set("enable", true)
		}
		if a.Text("iconColor") == "" {
			a.Set("iconColor", "red")
		}
	}
}

func panelDataSources(d *document, p *value) {
	if p.Has("datasource") {
		d.reference(p, "datasource")
	}
	for _, t := range p.Get("targets").Items() {
		if t.Has("datasource") {
			d.reference(t, "datasource")
		}
	}
}

// builtIn are the data sources that are no servers, as old dashboards call them.
var builtIn = map[string]DataSourceRef{
	"-- Grafana --":   {"datasource", "grafana"},
	"grafana":         {"datasource", "grafana"},
	"-- Mixed --":     {"datasource", "-- Mixed --"},
	"-- Dashboard --": {"datasource", "-- Dashboard --"},
	"__expr__":        {"__expr__", "__expr__"},
}

// reference makes the name of a data source at a key a reference by type and uid.
func (d *document) reference(holder *value, key string) {
	v := holder.Get(key)
	switch v.Kind() {
	case jsontree.Null:
		return
	case jsontree.Object:
		if !v.Has("uid") && !v.Has("type") && v.Text("name") != "" {
			holder.Set(key, d.named(v.Text("name")))
		}
		if name, ok := variableName(v.Text("uid")); ok && d.inputTypes[name] != "" && d.variableTypes[name] == "" {
			holder.Set(key, jsontree.Obj("type", d.inputTypes[name]))
		}
		return
	case jsontree.String:
		holder.Set(key, d.named(v.Text()))
		return
	}
	holder.Set(key, nil)
}

func (d *document) named(name string) *value {
	if name == "default" || name == "" {
		return jsontree.Of(nil)
	}
	if ref, ok := builtIn[name]; ok {
		return jsontree.Obj("type", ref.Type, "uid", ref.UID)
	}
	if variable, ok := variableName(name); ok {
		if kind := d.variableTypes[variable]; kind != "" {
			return jsontree.Obj("type", kind, "uid", name)
		}
		if kind := d.inputTypes[variable]; kind != "" {
			// It was never imported: the default one of its type.
			return jsontree.Obj("type", kind)
		}
		return jsontree.Obj("uid", name)
	}
	if d.resolve != nil {
		if ref, ok := d.resolve(name); ok {
			return jsontree.Obj("type", ref.Type, "uid", ref.UID)
		}
	}
	return jsontree.Obj("uid", name)
}

// variableName is the variable that a text is, with or without a format.
func variableName(text string) (string, bool) {
	name := text
	switch {
	case strings.HasPrefix(text, "${") && strings.HasSuffix(text, "}"):
		name, _, _ = strings.Cut(text[2:len(text)-1], ":")
	case strings.HasPrefix(text, "[[") && strings.HasSuffix(text, "]]"):
		name, _, _ = strings.Cut(text[2:len(text)-2], ":")
	case strings.HasPrefix(text, "$"):
		name = text[1:]
	default:
		return "", false
	}
	return name, name != "" && !strings.ContainsAny(name, " ${}[]")
}
