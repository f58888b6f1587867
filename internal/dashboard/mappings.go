package dashboard

import (
	"strconv"
	"strings"

	"monopod/internal/dashboard/jsontree"
)

// Old value mappings have a number for their type.
const (
	mapValue = 1
	mapRange = 2
)

// upgradeMappings brings the value mappings of a panel to their names.
func upgradeMappings(_ *document, p *value) {
	defaults := p.Get("fieldConfig", "defaults")
	if list := defaults.Get("mappings"); list.Kind() == jsontree.Array {
		newMappings(list, defaults.Get("thresholds", "steps").Items())
	}
	eachProperty(p.Get("fieldConfig"), func(property *value) {
		if list := property.Get("value"); property.Text("id") == "mappings" && list.Kind() == jsontree.Array {
			newMappings(list, nil)
		}
	})
}

// newMappings changes the list where an old mapping stands in it. Old mappings
// left the colour to the thresholds, by the mapped text where it is a number.
func newMappings(list *value, steps []*value) {
	old := false
	for _, m := range list.Items() {
		old = old || m.Get("type").Kind() == jsontree.Number || m.Kind() == jsontree.Object && !m.Has("options")
	}
	if !old {
		return
	}
	texts := jsontree.Obj()
	var rest []*value
	for _, m := range list.Items() {
		if m.Text("type") == "value" && m.Get("options").Kind() == jsontree.Object {
			for _, key := range m.Get("options").Keys() {
				texts.Set(key, m.Get("options", key))
			}
			continue
		}
		if m.Get("options") != nil {
			rest = append(rest, m)
			continue
		}
		result := jsontree.Obj()
		if text := m.Get("text"); !text.IsNull() {
			result.Set("text", text.Literal())
			if color := thresholdColor(text, steps); color != "" {
				result.Set("color", color)
			}
		}
		kind := m.Int("type")
		if kind == 0 && (m.Has("from") || m.Has("to")) {
			kind = mapRange
		}
		if kind == mapRange {
			from, to := number(m.Get("from")), number(m.Get("to"))
			if m.Text("from") == "null" && m.Text("to") == "null" {
				rest = append(rest, special("null", result))
				continue
			}
			rest = append(rest, jsontree.Obj("type", "range", "options", jsontree.Obj("from", from, "to", to, "result", result)))
			continue
		}
		switch v := m.Get("value"); {
		case v.IsNull():
		case v.Literal() == "null":
			rest = append(rest, special("null", result))
		default:
			result.Set("index", len(texts.Keys()))
			texts.Set(v.Literal(), result)
		}
	}
	if len(texts.Keys()) > 0 {
		rest = append([]*value{jsontree.Obj("type", "value", "options", texts)}, rest...)
	}
	list.SetItems(rest)
}

func special(match string, result *value) *value {
	return jsontree.Obj("type", "special", "options", jsontree.Obj("match", match, "result", result))
}

func thresholdColor(text *value, steps []*value) string {
	n, ok := number(text).Float()
	if !ok {
		return ""
	}
	color := ""
	for _, s := range steps {
		if from, ok := s.Float("value"); !ok || n >= from {
			color = s.Text("color")
		}
	}
	return color
}

// number is a value as a number, where a text has one, and null otherwise.
func number(v *value) *value {
	switch v.Kind() {
	case jsontree.Number:
		return v
	case jsontree.String:
		if f, err := strconv.ParseFloat(strings.TrimSpace(v.Text()), 64); err == nil && f-f == 0 {
			return jsontree.Of(f)
		}
	}
	return jsontree.Of(nil)
}

// singleStatMappings are the mappings of panels that knew one kind at a time.
func singleStatMappings(p *value) *value {
	kind := p.Int("mappingType")
	values, ranges := p.Get("valueMaps").Items(), p.Get("rangeMaps").Items()
	if kind == 0 && len(values) > 0 {
		kind = mapValue
	} else if kind == 0 {
		kind = mapRange
	}
	chosen := values
	if kind == mapRange {
		chosen = ranges
	}
	list := jsontree.Arr()
	for _, m := range chosen {
		if m.Kind() == jsontree.Object {
			c := m.Copy()
			c.Set("type", kind)
			list.Add(c)
		}
	}
	return list
}
