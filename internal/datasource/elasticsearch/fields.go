package elasticsearch

import (
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"slices"

	"monopod/internal/datasource"
)

// fieldTypes are the types that a word of a variable stands for.
var fieldTypes = map[string][]string{
	"number": {"float", "double", "integer", "long", "short", "byte", "half_float", "scaled_float", "unsigned_long"},
	"date":   {"date", "date_nanos"},
	"string": {"string", "keyword", "text"},
}

// fields lists the fields of the index, all or those of a type.
func (c *connection) fields(ctx context.Context, v variable, q datasource.Query) ([]datasource.Choice, error) {
	list := indexes(c.options.Index, c.options.Interval, q.From, q.To)
	path := "/" + list[len(list)-1] + "/_mapping"
	if list[0] == "" {
		path = "/_mapping"
	}
	var mapping map[string]struct {
		Mappings struct {
			Properties map[string]property `json:"properties"`
		} `json:"mappings"`
	}
	if err := c.client.Do(ctx, http.MethodGet, path, nil, "", nil, func(r io.Reader) error { return json.NewDecoder(r).Decode(&mapping) }); err != nil {
		return nil, err
	}
	types := fieldTypes[v.Type]
	if types == nil && v.Type != "" {
		types = []string{v.Type}
	}
	found := map[string]bool{}
	for _, m := range mapping {
		collect("", m.Mappings.Properties, types, found, 0)
	}
	out := []datasource.Choice{}
	for _, name := range slices.Sorted(maps.Keys(found)) {
		out = append(out, datasource.Choice{Text: name, Value: name})
	}
	return out, nil
}

type property struct {
	Type       string              `json:"type"`
	Properties map[string]property `json:"properties"`
	Fields     map[string]property `json:"fields"`
}

func collect(prefix string, properties map[string]property, types []string, into map[string]bool, depth int) {
	if depth > maxLevels {
		return
	}
	for name, p := range properties {
		if p.Type != "" && (types == nil || slices.Contains(types, p.Type)) {
			into[prefix+name] = true
		}
		collect(prefix+name+".", p.Properties, types, into, depth+1)
		collect(prefix+name+".", p.Fields, types, into, depth+1)
	}
}
