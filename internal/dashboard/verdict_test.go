package dashboard

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The lists of what is drawn are what the code of the UI has.
func TestListsAreTrue(t *testing.T) {
	for name, c := range map[string]struct {
		list  []string
		files []string
		// from and to bound a part of the file, each finds a name in it.
		from, to, each string
	}{
		"kinds":           {drawnKinds, []string{"panels/graph-kinds.ts", "panels/value-kinds.ts"}, "", "", `(?m)^\s+type: '([^']+)'`},
		"transformations": {transformations, []string{"frame/transform.ts"}, "const transformers", "};", `(?m)^  (\w+)[,:]`},
		"matchers":        {matchers, []string{"frame/matchers.ts"}, "function fieldMatcher", "default:", `case '(\w+)':`},
		"cells":           {cellTypes, []string{"panels/table/plugin.ts"}, "path: 'cellOptions.type'", "      ],\n", `value: '([^']+)'`},
	} {
		var found []string
		for _, file := range c.files {
			content, err := os.ReadFile("../../ui/src/" + file)
			if err != nil {
				t.Fatal(err)
			}
			text := string(content)
			if c.from != "" {
				_, text, _ = strings.Cut(text, c.from)
				text, _, _ = strings.Cut(text, c.to)
			}
			for _, m := range regexp.MustCompile(c.each).FindAllStringSubmatch(text, -1) {
				found = append(found, m[1])
			}
		}
		slices.Sort(found)
		want := slices.Sorted(slices.Values(c.list))
		if !slices.Equal(slices.Compact(found), want) {
			t.Errorf("%s: the UI has\n%q\nand verdicts go by\n%q", name, found, want)
		}
	}
}
