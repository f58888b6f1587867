package dashboard

import "monopod/internal/dashboard/jsontree"

// step brings one thing of older dashboards to the migrated form.
type step struct {
	// before is the schema version that made it unnecessary; 0 for what is told by
	// its shape and looked for in every dashboard.
	before int
	what   string
	// One of the two. A panel step runs for every panel, rows and their panels
	// included.
	dashboard func(*document)
	panel     func(*document, *value)
}

// steps in the order in which they run.
var steps = []step{
	{before: 2, what: "time and variables of the filter service", dashboard: servicesToTemplating},
	{before: 6, what: "annotations of the pull-down menus", dashboard: pulldownsToAnnotations},
	{before: 7, what: "the time picker of the navigation", dashboard: navToTimepicker},
	{before: 14, what: "sharedCrosshair", dashboard: crosshairToTooltip},
	{before: 16, what: "rows of panels with spans", dashboard: rowsToGrid},
	{what: "keys that must be there", dashboard: completeDashboard},
	{what: "panels that are repeats of another", dashboard: removeRepeats},
	{what: "refresh intervals that are no strings", dashboard: refreshToText},
	{before: 41, what: "time_options of the time picker", dashboard: dropTimeOptions},

	{before: 12, what: "hide and refresh of variables", dashboard: oldVariables},
	{what: "the shape of variables", dashboard: completeVariables},
	{before: 27, what: "constants that are shown", dashboard: constantsToTextboxes},
	{before: 29, what: "query variables that never refresh", dashboard: refreshVariables},
	{what: "data sources of variables and annotations", dashboard: dashboardDataSources},

	{what: "library panels", panel: libraryPanel},
	{what: "type, grid position and queries", panel: completePanel},
	{before: 2, what: "graphs that are called graphite", panel: graphiteToGraph},
	{before: 4, what: "aliasYAxis", panel: aliasYAxisToOverrides},
	{before: 9, what: "three thresholds of singlestat", panel: singlestatThresholds},
	{before: 10, what: "three thresholds of table styles", panel: styleThresholds},
	{before: 13, what: "axes and thresholds of the graph's grid", panel: gridToAxes},
	{before: 17, what: "minSpan", panel: minSpanToMaxPerRow},
	{before: 18, what: "options-gauge", panel: gaugeOptions},
	{what: "links to dashboards by their name", panel: panelLinks},
	{what: "data sources by name", panel: panelDataSources},
	{what: "kinds of panels that were replaced", panel: replaceKind},
	{what: "value mappings by number", panel: upgradeMappings},
	{what: "labels to fields without a merge", before: 31, panel: mergeAfterLabels},
	{what: "names of variables in links", panel: linkVariables},
	{before: 35, what: "time axes that would hide with the others", panel: keepTimeAxis},
	{what: "two ways to hide a legend", panel: legendVisibility},
	{what: "tooltipOptions and hideFrom.graph", panel: renamedOptions},
	{what: "displayMode of table cells", panel: cellOptions},
	{before: 39, what: "refIdToStat of time series tables", panel: timeSeriesTable},
	{before: 42, what: "hidden series in tooltips", panel: hideFromTooltip},
	{what: "numbers of panels", dashboard: uniqueIDs},
	{what: "panels without a place", dashboard: placePanels},
}

// migrate brings the document's root to the migrated form.
func (m Migrator) migrate(d *document) error {
	if err := d.checkPanels(d.root.Get("panels"), "panels"); err != nil {
		return err
	}
	for _, row := range d.root.Get("rows").Items() {
		if err := d.expect(row.Get("panels"), jsontree.Array, "panels of a row"); err != nil {
			return err
		}
		if err := d.checkPanels(row.Get("panels"), "panels of a row"); err != nil {
			return err
		}
	}
	d.resolve = m.DataSource
	for _, s := range steps {
		if s.before > 0 && d.version >= s.before {
			continue
		}
		if s.dashboard != nil {
			s.dashboard(d)
			continue
		}
		eachPanel(d.root.Get("panels"), func(p *value) { s.panel(d, p) })
	}
	d.root.Set("schemaVersion", SchemaVersion)
	return nil
}

func (d *document) checkPanels(list *value, where string) error {
	for _, p := range list.Items() {
		if p.Kind() != jsontree.Object {
			return d.wrong(p, jsontree.Object, "each of the "+where)
		}
		for _, part := range []struct {
			key  string
			kind jsontree.Kind
		}{
			{"gridPos", jsontree.Object}, {"fieldConfig", jsontree.Object}, {"targets", jsontree.Array},
			{"transformations", jsontree.Array}, {"panels", jsontree.Array},
		} {
			if err := d.expect(p.Get(part.key), part.kind, part.key+" of a panel"); err != nil {
				return err
			}
		}
		for _, t := range p.Get("targets").Items() {
			if t.Kind() != jsontree.Object {
				return d.wrong(t, jsontree.Object, "each of the targets of a panel")
			}
		}
		if err := d.checkPanels(p.Get("panels"), "panels of a row"); err != nil {
			return err
		}
	}
	return nil
}

// eachPanel visits rows, and the panels in them.
func eachPanel(list *value, f func(*value)) {
	for _, p := range list.Items() {
		f(p)
		eachPanel(p.Get("panels"), f)
	}
}
