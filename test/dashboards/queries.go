package main

import (
	"encoding/json"
	"regexp"
	"strings"
)

// query is an expression and the labels that its legend and its variable show.
type query struct {
	expr   string
	labels []string
}

var (
	legendLabel   = regexp.MustCompile(`\{\{\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*\}\}`)
	labelInText   = regexp.MustCompile(`([a-zA-Z_][a-zA-Z0-9_]*)="`)
	labelValues   = regexp.MustCompile(`(?s)^\s*label_values\((?:(.*),)?\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*\)\s*$`)
	queryResult   = regexp.MustCompile(`(?s)^\s*query_result\((.*)\)\s*$`)
	inBrackets    = regexp.MustCompile(`\[[^\]]*\$[^\]]*\]`)
	anyVariable   = regexp.MustCompile(`\$\{[^}]*\}|\$[a-zA-Z_][a-zA-Z0-9_]*|\[\[[^\]]*\]\]`)
	inQuotes      = regexp.MustCompile(`"[^"]*"|'[^']*'`)
	offsetOfOne   = regexp.MustCompile(`offset\s+1\b`)
	placeOfAValue = "VARIABLE"
)

// queries finds all expressions of a dashboard: of panels, old rows, variables
// and annotations.
func queries(dashboard []byte) (found []query) {
	var root any
	if json.Unmarshal(dashboard, &root) != nil {
		return nil
	}
	var walk func(any)
	walk = func(node any) {
		switch node := node.(type) {
		case []any:
			for _, n := range node {
				walk(n)
			}
		case map[string]any:
			legend, _ := node["legendFormat"].(string)
			var labels []string
			for _, m := range legendLabel.FindAllStringSubmatch(legend, -1) {
				labels = append(labels, m[1])
			}
			// A variable that reads the value of a label out of the text of a result.
			pattern, _ := node["regex"].(string)
			for _, m := range labelInText.FindAllStringSubmatch(pattern, -1) {
				labels = append(labels, m[1])
			}
			for _, key := range []string{"expr", "query", "definition"} {
				if text, ok := node[key].(string); ok && text != "" {
					found = append(found, ask(text, labels))
				}
			}
			for _, n := range node {
				walk(n)
			}
		}
	}
	walk(root)
	return found
}

// ask turns what a variable or a panel asks into PromQL that can be parsed.
func ask(text string, labels []string) query {
	if m := labelValues.FindStringSubmatch(text); m != nil {
		text, labels = strings.TrimSpace(m[1]), append(labels, m[2])
	} else if m := queryResult.FindStringSubmatch(text); m != nil {
		text = m[1]
	}
	text = inBrackets.ReplaceAllString(text, "[5m]")
	text = inQuotes.ReplaceAllStringFunc(text, func(s string) string { return anyVariable.ReplaceAllString(s, placeOfAValue) })
	text = offsetOfOne.ReplaceAllString(anyVariable.ReplaceAllString(text, "1"), "offset 1m")
	return query{text, labels}
}
