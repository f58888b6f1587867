package dashboard

import (
	"fmt"
	"slices"
	"strings"

	"monopod/internal/dashboard/jsontree"
)

// Input is what the one who imports a dashboard fills in.
type Input struct {
	Name        string `json:"name"`
	Label       string `json:"label"`
	Description string `json:"description"`
	// Type is "datasource" or "constant".
	Type       string `json:"type"`
	PluginID   string `json:"pluginId,omitempty"`
	PluginName string `json:"pluginName,omitempty"`
	// Value is what a constant has where nothing is filled in.
	Value string `json:"value,omitempty"`
}

// Types of inputs.
const (
	InputDataSource = "datasource"
	InputConstant   = "constant"
)

func inputs(root *value) []Input {
	list := []Input{}
	for _, v := range root.Get("__inputs").Items() {
		if v.Text("name") == "" {
			continue
		}
		list = append(list, Input{
			Name: v.Text("name"), Label: v.Text("label"), Description: v.Text("description"), Type: v.Text("type"),
			PluginID: v.Text("pluginId"), PluginName: v.Text("pluginName"), Value: scalar(v.Get("value")),
		})
	}
	return list
}

func scalar(v *value) string {
	if v.IsNull() {
		return ""
	}
	return v.Literal()
}

// Import fills in the inputs of a dashboard that was exported for others: of a
// data source its uid, by the input's name. The result has no inputs and no id any
// more, and is otherwise the source byte for byte.
func Import(source []byte, given map[string]string) ([]byte, error) {
	d, err := read(source)
	if err != nil {
		return nil, err
	}
	known := inputs(d.root)
	var pairs []string
	for _, in := range known {
		text, ok := given[in.Name]
		if !ok && in.Type == InputConstant {
			text, ok = in.Value, true
		}
		if !ok || text == "" && in.Type == InputDataSource {
			what := in.Label
			if what == "" {
				what = in.PluginName
			}
			return nil, fmt.Errorf("import the dashboard %q: its input %s (%s) is not filled in; choose a data source of the type %s", d.root.Text("title"), in.Name, what, in.PluginID)
		}
		pairs = append(pairs, "${"+in.Name+"}", text)
	}
	for name := range given {
		if !slices.ContainsFunc(known, func(in Input) bool { return in.Name == name }) {
			return nil, fmt.Errorf("import the dashboard %q: it has no input %q", d.root.Text("title"), name)
		}
	}
	fill := strings.NewReplacer(pairs...)
	d.root.Delete("__inputs", "__requires")
	if d.root.Has("id") {
		d.root.Set("id", nil)
	}
	d.root.Walk(func(v *value) {
		if v.Kind() == jsontree.String {
			if filled := fill.Replace(v.Text()); filled != v.Text() {
				v.Become(filled)
			}
		}
	})
	if d.readOnly != nil {
		return source, nil // it has its own way to name data sources
	}
	if d.root == d.whole {
		return jsontree.Rewrite(source, d.whole), nil
	}
	// Without what an API wraps around it.
	return d.root.Indented("  "), nil
}
