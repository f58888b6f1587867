package grafanaapi

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"monopod/internal/dashboard"
	"monopod/internal/dashboard/store"
	"monopod/internal/events"
)

// old is a dashboard of an old schema, as a person would have written it.
const old = `{
  "id": null,
  "uid": "old",
  "title": "Old",
  "tags": ["x"],
  "mine": {"kept": [1, 2.50]},
  "schemaVersion": 16,
  "version": 0,
  "panels": [
    {"id": 1, "type": "graph", "title": "Load", "datasource": "Prod", "gridPos": {"x": 0, "y": 0, "w": 12, "h": 8}, "fill": 1, "linewidth": 1, "lines": true,
     "targets": [{"refId": "A", "expr": "node_load1"}]}
  ]
}
`

type ownAnswer struct {
	Dashboard map[string]any
	Meta      map[string]any
	Verdicts  []dashboard.Verdict
}

func (s *server) open(uid string) ownAnswer {
	s.t.Helper()
	var a ownAnswer
	if err := json.Unmarshal(s.want(viewer, "GET /api/monopod/v1/dashboards/"+uid, "", 200, ""), &a); err != nil {
		s.t.Fatal(err)
	}
	return a
}

// edit asks to save what was edited of a version.
func edit(d map[string]any, base int, more string) string {
	text, err := json.Marshal(d)
	if err != nil {
		panic(err)
	}
	return fmt.Sprintf(`{"dashboard":%s,"baseVersion":%d,"folderUid":"","message":"m"%s}`, text, base, more)
}

func TestOwnCalls(t *testing.T) {
	s, _ := newDashboards(t, func(o *DashboardsOptions) {
		o.DataSource = func(name string) (dashboard.DataSourceRef, bool) {
			return dashboard.DataSourceRef{Type: "prometheus", UID: "uid-of-" + name}, name == "Prod"
		}
	})
	s.want(editor, "POST /api/dashboards/db", `{"dashboard":`+old+`}`, 200, "")
	s.want(viewer, "GET /api/monopod/v1/dashboards/old", "", 200, `{"dashboard":"*","verdicts":["*"],"meta":{"uid":"old","slug":"old","url":"/d/old/old","title":"Old","folderUid":"","folderTitle":"",
		"version":1,"created":"*","createdBy":"ed","updated":"*","updatedBy":"ed","canSave":false,"canEdit":false,"canDelete":false,"isStarred":false,"provisioned":null}}`)
	a := s.open("old")
	panel := a.Dashboard["panels"].([]any)[0].(map[string]any)
	if panel["type"] != "timeseries" || a.Dashboard["version"] != 1.0 || fmt.Sprint(panel["datasource"]) != "map[type:prometheus uid:uid-of-Prod]" {
		t.Errorf("migrated: %v", a.Dashboard)
	}
	if again := s.open("old"); fmt.Sprint(again) != fmt.Sprint(a) {
		t.Error("the second answer is another")
	}

	// Nothing but the title and the version changes in what is stored.
	a.Dashboard["title"] = "New"
	s.want(editor, "POST /api/monopod/v1/dashboards", edit(a.Dashboard, 1, ""), 200, `{"uid":"old","version":2,"url":"/d/old/new","outcome":"stored"}`)
	want := strings.NewReplacer(`"title": "Old"`, `"title": "New"`, `"version": 0`, `"version": 2`).Replace(strings.TrimSuffix(old, "\n"))
	if got := s.want(viewer, "GET /api/monopod/v1/dashboards/old/source", "", 200, ""); string(got) != want {
		t.Errorf("stored:\n%s\nwant\n%s", got, want)
	}
	s.want(viewer, "GET /api/monopod/v1/dashboards/old/diff", "", 200,
		`{"from":1,"to":2,"unified":"*","changes":[{"kind":"changed","where":"dashboard","path":"title","before":"Old","after":"New"}]}`)
	s.want(viewer, "GET /api/monopod/v1/dashboards/old/diff?from=2&to=1", "", 200, "")
	s.want(viewer, "GET /api/monopod/v1/dashboards/old/diff?from=7&to=1", "", 404, "")
	html := string(s.want(viewer, "POST /api/dashboards/calculate-diff", `{"base":{"dashboardId":1,"version":1},"new":{"dashboardUid":"old","version":2},"diffType":"json"}`, 200, ""))
	if !strings.Contains(html, "&#34;New&#34;") {
		t.Errorf("diff: %s", html)
	}

	// Two editors: the second one is told, and can insist.
	a.Dashboard["title"] = "Third"
	s.want(editor, "POST /api/monopod/v1/dashboards", edit(a.Dashboard, 1, ""), 412,
		`{"message":"The dashboard has been changed by someone else","status":"version-mismatch","current":{"version":2,"updated":"*","updatedBy":"ed"}}`)
	s.want(editor, "POST /api/monopod/v1/dashboards", edit(a.Dashboard, 1, `,"overwrite":true`), 200, `{"uid":"old","version":3,"url":"/d/old/third","outcome":"stored"}`)

	// One that was deleted meanwhile comes back where that is wanted.
	s.want(editor, "DELETE /api/dashboards/uid/old", "", 200, "")
	s.want(editor, "POST /api/monopod/v1/dashboards", edit(a.Dashboard, 3, ""), 404, "")
	s.want(editor, "POST /api/monopod/v1/dashboards", edit(a.Dashboard, 3, `,"overwrite":true`), 200, `{"uid":"old","version":1,"url":"/d/old/third","outcome":"stored"}`)

	s.want(editor, "POST /api/monopod/v1/dashboards", edit(map[string]any{"uid": "", "title": "Fresh", "panels": []any{}}, 0, ""), 200, `{"uid":"*","version":1,"url":"*","outcome":"stored"}`)
	s.want(editor, "POST /api/monopod/v1/dashboards", edit(map[string]any{"uid": "", "title": "Fresh"}, 0, ""), 412, `{"message":"A dashboard with the same name in the folder already exists","status":"name-exists"}`)
	s.want(editor, "POST /api/monopod/v1/dashboards", edit(map[string]any{"title": ""}, 0, ""), 400, "")
	s.want(editor, "POST /api/monopod/v1/dashboards", `{}`, 400, "")
}

func TestPreviewAndImport(t *testing.T) {
	s, _ := newDashboards(t, nil)
	const exported = `{"__inputs":[{"name":"DS_PROM","label":"prom","description":"d","type":"datasource","pluginId":"prometheus","pluginName":"Prometheus"}],
		"id":5,"uid":"imp","title":"Imported","schemaVersion":39,"version":12,"panels":[{"id":1,"type":"timeseries","title":"T","gridPos":{"x":0,"y":0,"w":1,"h":1},
		"datasource":{"type":"prometheus","uid":"${DS_PROM}"},"targets":[{"refId":"A","expr":"up"}]}]}`
	s.want(viewer, "POST /api/monopod/v1/dashboards/migrate", exported, 200, `{"dashboard":"*","verdicts":[{"panelId":1,"level":"exact","reasons":[],"title":"T","type":"timeseries"}],
		"inputs":[{"name":"DS_PROM","label":"prom","description":"d","type":"datasource","pluginId":"prometheus","pluginName":"Prometheus"}],
		"summary":{"id":5,"uid":"imp","title":"Imported","tags":[],"schemaVersion":39,"version":12,"panels":1}}`)
	if answer := s.want(viewer, "POST /api/monopod/v1/dashboards/migrate", "{\n\"title\": \"cut", 400, ""); !strings.Contains(string(answer), "line 2") {
		t.Errorf("truncated: %s", answer)
	}
	s.want(viewer, "GET /api/search", "", 200, `[]`)

	answer := s.want(editor, "POST /api/dashboards/import", `{"dashboard":`+exported+`}`, 400, "")
	if !strings.Contains(string(answer), "DS_PROM") {
		t.Errorf("without its input: %s", answer)
	}
	const ask = `{"dashboard":` + exported + `,"overwrite":%v,"inputs":[{"name":"DS_PROM","type":"datasource","pluginId":"prometheus","value":"monopod"}]}`
	s.want(editor, "POST /api/dashboards/import", fmt.Sprintf(ask, false), 200, `{"uid":"imp","pluginId":"","title":"Imported","imported":true,"importedUri":"db/imported","importedUrl":"/d/imp/imported","slug":"imported",
		"dashboardId":1,"folderId":0,"folderUid":"","importedRevision":1,"revision":1,"description":"","path":"","removed":false}`)
	if got := string(s.want(viewer, "GET /api/monopod/v1/dashboards/imp/source", "", 200, "")); !strings.Contains(got, `"uid":"monopod"`) || strings.Contains(got, "__inputs") {
		t.Errorf("stored: %s", got)
	}
	s.want(editor, "POST /api/dashboards/import", fmt.Sprintf(ask, false), 412, "")
	s.want(editor, "POST /api/dashboards/import", fmt.Sprintf(ask, true), 200, "")
	s.want(editor, "POST /api/dashboards/import", `{}`, 422, `{"message":"Dashboard must be set"}`)
}

// patcher is a Provisioner of a place that cannot be written.
type patcher struct{}

func (patcher) SaveBack(_ context.Context, d store.Dashboard, _ []byte) (store.Outcome, error) {
	return store.Outcome{Kind: store.Patched, File: d.Provenance.File, Patch: "--- a\n+++ b\n"}, nil
}

func TestProvisionedDashboards(t *testing.T) {
	s, st := newDashboards(t, func(o *DashboardsOptions) { o.Provisioner = patcher{} })
	if _, _, err := st.Provision(t.Context(), store.Provisioned{
		UID: "p", Source: []byte(`{"title":"P","panels":[]}`), Provenance: store.Provenance{Provider: "files", File: "/etc/p.json", SaveBack: store.SaveBackPatch},
	}); err != nil {
		t.Fatal(err)
	}
	a := s.open("p")
	if fmt.Sprint(a.Meta["provisioned"]) != "map[file:/etc/p.json provider:files saveBack:patch]" || a.Dashboard["uid"] != "p" {
		t.Errorf("%v", a)
	}
	a.Dashboard["title"] = "Q"
	s.want(editor, "POST /api/monopod/v1/dashboards", edit(a.Dashboard, 1, ""), 200, `{"uid":"p","version":1,"url":"/d/p/p","outcome":"patch","file":"/etc/p.json","patch":"--- a\n+++ b\n"}`)
	s.want(editor, "POST /api/dashboards/db", `{"dashboard":{"uid":"p","title":"Q","version":1}}`, 400, `{"message":"*","status":"provisioned","file":"/etc/p.json","patch":"*"}`)
	s.want(editor, "DELETE /api/dashboards/uid/p", "", 400, `{"message":"provisioned dashboard cannot be deleted"}`)
	var full struct {
		Meta struct{ Provisioned, CanDelete bool }
	}
	if err := json.Unmarshal(s.want(admin, "GET /api/dashboards/uid/p", "", 200, ""), &full); err != nil || !full.Meta.Provisioned || full.Meta.CanDelete {
		t.Errorf("%+v, %v", full, err)
	}
}

// What was migrated is forgotten when data sources change, and when there is no
// room.
func TestMigrationsAreForgotten(t *testing.T) {
	name := "first"
	o := DashboardsOptions{Store: newStore(t), DataSource: func(string) (dashboard.DataSourceRef, bool) {
		return dashboard.DataSourceRef{Type: "prometheus", UID: name}, true
	}}
	api := NewDashboards(o)
	migrated := func(source string) string {
		t.Helper()
		m, err := api.migrated.of([]byte(source))
		if err != nil {
			t.Fatal(err)
		}
		return string(m.dashboard)
	}
	if !strings.Contains(migrated(old), `"first"`) {
		t.Fatal(migrated(old))
	}
	name = "second"
	if !strings.Contains(migrated(old), `"first"`) {
		t.Error("it was migrated again")
	}
	hub := &events.Hub{}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { api.Follow(ctx, hub); close(done) }()
	for !strings.Contains(migrated(old), `"second"`) {
		hub.Publish(events.DataSourcesChanged, nil)
	}
	cancel()
	<-done

	filler := strings.Repeat("x", maxMigratedBytes/3)
	for i := range 6 {
		migrated(fmt.Sprintf(`{"title":"%d %s","schemaVersion":42}`, i, filler))
	}
	if n := api.migrated.mu.recent.Len(); n != len(api.migrated.mu.entries) || n != 2 || api.migrated.mu.bytes > maxMigratedBytes {
		t.Errorf("%d of %d kept, %d bytes", n, len(api.migrated.mu.entries), api.migrated.mu.bytes)
	}
}
