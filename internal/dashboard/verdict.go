package dashboard

import (
	"fmt"
	"slices"
	"strings"

	"monopod/internal/dashboard/jsontree"
)

// Level is how well Monopod draws a panel.
type Level string

// Levels, the best first.
const (
	Exact       Level = "exact"
	Approximate Level = "approximate"
	Unsupported Level = "unsupported"
)

// Verdict says how well Monopod draws a panel, and why not better.
type Verdict struct {
	PanelID int      `json:"panelId"`
	Level   Level    `json:"level"`
	Reasons []string `json:"reasons"`
	// Title and Type are for those who read the verdicts without the dashboard.
	Title string `json:"title"`
	Type  string `json:"type"`
}

// What Monopod draws and does. Each list is held against the code of the UI by a
// test (TestListsAreTrue).
var (
	// drawnKinds are those of ui/src/panels/graph-kinds.ts and value-kinds.ts.
	drawnKinds = []string{
		"timeseries", "barchart", "histogram", "heatmap", "state-timeline", "status-history",
		"stat", "gauge", "bargauge", "table", "text", "piechart", "logs", "dashlist", "alertlist", "grafana-polystat-panel",
	}
	// transformations are those of ui/src/frame/transform.ts.
	transformations = []string{
		"calculateField", "concatenate", "convertFieldType", "extractFields", "filterByRefId", "filterByValue", "filterFields", "filterFieldsByName",
		"formatTime", "groupBy", "groupingToMatrix", "joinByField", "labelsToFields", "limit", "merge", "organize", "partitionByValues",
		"prepareTimeSeries", "reduce", "renameByRegex", "rowsToFields", "seriesToColumns", "seriesToRows", "sortBy", "timeSeriesTable",
	}
	// matchers of overrides are those of ui/src/frame/matchers.ts.
	matchers = []string{
		"allMatch", "always", "alwaysMatch", "anyMatch", "byFrameRefID", "byIndex", "byName", "byNames", "byRegexp", "byRegexpOrNames", "byType",
		"byTypes", "byValue", "firstByType", "firstTimeField", "invertMatch", "numeric", "time",
	}
	// cellTypes are those that a table offers, ui/src/panels/table/plugin.ts.
	cellTypes   = []string{"auto", "color-text", "color-background", "gauge", "json-view", "data-links", "image", "sparkline", "pill"}
	expressions = []string{"math", "reduce", "resample", "threshold", "classic_conditions"}
)

// queriedSources are the types of data sources that Monopod queries, by the names
// that Grafana gives their plugins.
var queriedSources = []string{
	"prometheus", "loki", "postgres", "postgresql", "grafana-postgresql-datasource", "mysql", "mariadb", "elasticsearch", "opensearch",
	"grafana-opensearch-datasource", "datasource", "grafana", "__expr__", "mixed", "monopod",
}

// neededNoData are kinds that ask no data source.
var neededNoData = []string{"text", "dashlist", "alertlist", "row"}

func verdicts(d *document) []Verdict {
	out := []Verdict{}
	eachPanel(d.root.Get("panels"), func(p *value) {
		if p.Text("type") == "row" {
			return
		}
		j := judge{d: d, panel: p, level: Exact, reasons: []string{}}
		j.all()
		out = append(out, Verdict{PanelID: p.Int("id"), Level: j.level, Reasons: j.reasons, Title: p.Text("title"), Type: p.Text("type")})
	})
	return out
}

type judge struct {
	d       *document
	panel   *value
	level   Level
	reasons []string
}

func (j *judge) say(level Level, format string, args ...any) {
	if level == Unsupported || j.level == Exact {
		j.level = level
	}
	if text := fmt.Sprintf(format, args...); !slices.Contains(j.reasons, text) {
		j.reasons = append(j.reasons, text)
	}
}

func (j *judge) all() {
	p := j.panel
	kind := p.Text("type")
	switch {
	case kind == "library-panel-ref":
		j.say(Unsupported, "the content of the library panel %q is not part of this dashboard's JSON", p.Text("libraryPanel", "name"))
		return
	case !slices.Contains(drawnKinds, kind):
		j.say(Unsupported, "there is no panel of the kind %q here", kind)
		return
	}
	for _, reason := range j.d.loss[p] {
		j.say(Approximate, "%s", reason)
	}
	if !slices.Contains(neededNoData, kind) {
		j.queries()
		j.transformations()
		j.fields()
	}
	j.options(kind)
}

// queries looks for data sources that nobody here can ask.
func (j *judge) queries() {
	shown, refused := 0, 0
	var names []string
	for _, t := range j.panel.Get("targets").Items() {
		if t.True("hide") {
			continue
		}
		shown++
		ref := t.Get("datasource")
		if ref.Kind() != jsontree.Object {
			ref = j.panel.Get("datasource")
		}
		kind := j.sourceType(ref)
		if kind == "__expr__" || ref.Text("uid") == "__expr__" {
			if what := t.Text("type"); what != "" && !slices.Contains(expressions, what) {
				j.say(Approximate, "the expression %s of the kind %q is left out", t.Text("refId"), what)
			}
			continue
		}
		if kind != "" && !slices.Contains(queriedSources, kind) {
			refused++
			if !slices.Contains(names, kind) {
				names = append(names, kind)
			}
		}
	}
	switch {
	case refused == 0:
	case refused == shown:
		j.say(Unsupported, "data sources of the type %s are not queried here", strings.Join(names, ", "))
	default:
		j.say(Approximate, "%d of its %d queries ask data sources of the type %s, which are not queried here", refused, shown, strings.Join(names, ", "))
	}
}

// sourceType is the type of data source that a reference means; "" where the
// dashboard does not say.
func (j *judge) sourceType(ref *value) string {
	if kind := ref.Text("type"); kind != "" {
		return kind
	}
	if name, ok := variableName(ref.Text("uid")); ok {
		return j.d.variableTypes[name]
	}
	return ""
}

func (j *judge) transformations() {
	for _, t := range j.panel.Get("transformations").Items() {
		id := t.Text("id")
		if t.True("disabled") || slices.Contains(transformations, id) {
			continue
		}
		j.say(Approximate, "the transformation %q is left out", id)
	}
}

func (j *judge) fields() {
	fc := j.panel.Get("fieldConfig")
	j.cell(fc.Get("defaults", "custom", "cellOptions"))
	for _, o := range fc.Get("overrides").Items() {
		if id := o.Text("matcher", "id"); !slices.Contains(matchers, id) {
			j.say(Approximate, "an override for fields by %q is left out", id)
		}
	}
	eachProperty(fc, func(property *value) {
		if property.Text("id") == "custom.cellOptions" {
			j.cell(property.Get("value"))
		}
	})
}

func (j *judge) cell(options *value) {
	kind := options.Text("type")
	if j.panel.Text("type") == "table" && kind != "" && !slices.Contains(cellTypes, kind) {
		j.say(Approximate, "cells of the kind %q are shown as text", kind)
	}
}

func (j *judge) options(kind string) {
	o := j.panel.Get("options")
	switch kind {
	case "text":
		if mode := o.Text("mode"); mode == "html" && strings.Contains(strings.ToLower(o.Text("content")), "<script") {
			j.say(Approximate, "scripts in its HTML are not run")
		}
	case "timeseries":
		if j.panel.Has("timeCompare") || o.Has("timeCompare") {
			j.say(Approximate, "the comparison with an earlier time is not drawn")
		}
	}
}
