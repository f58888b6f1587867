package grafanaapi

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"monopod/internal/auth"
	"monopod/internal/dashboard/store"
	"monopod/internal/state"
)

// server answers the routes of some APIs to whoever a test says asks.
type server struct {
	t      *testing.T
	mux    *http.ServeMux
	routes []auth.Route
}

func newServer(t *testing.T, routes ...auth.Route) *server {
	s := &server{t: t, mux: http.NewServeMux(), routes: routes}
	for _, r := range routes {
		for _, m := range strings.Fields(r.Methods) {
			s.mux.Handle(m+" "+r.Path, r.Handler)
		}
	}
	return s
}

var (
	nobody = auth.Identity{Role: auth.Viewer}
	viewer = auth.Identity{UserID: 2, Login: "vic", Role: auth.Viewer}
	editor = auth.Identity{UserID: 3, Login: "ed", Role: auth.Editor}
	admin  = auth.Identity{UserID: 1, Login: "admin", Role: auth.Admin}
)

// ask sends a request, "METHOD /path", and returns the code and the body.
func (s *server) ask(who auth.Identity, request, body string) (int, []byte) {
	s.t.Helper()
	method, target, _ := strings.Cut(request, " ")
	r := httptest.NewRequestWithContext(auth.NewContext(context.Background(), who), method, target, strings.NewReader(body))
	w := httptest.NewRecorder()
	s.mux.ServeHTTP(w, r)
	return w.Code, w.Body.Bytes()
}

// want checks the code and the body: JSON with exactly these keys, in which "*"
// stands for any value. An empty one stands for any body.
func (s *server) want(who auth.Identity, request, body string, code int, shape string) []byte {
	s.t.Helper()
	got, answer := s.ask(who, request, body)
	if got != code {
		s.t.Fatalf("%s %s: %d %s, want %d", request, body, got, answer, code)
	}
	if shape == "" {
		return answer
	}
	var want, have any
	if err := json.Unmarshal([]byte(shape), &want); err != nil {
		s.t.Fatalf("%s: the shape %s: %v", request, shape, err)
	}
	if err := json.Unmarshal(answer, &have); err != nil {
		s.t.Fatalf("%s: %s: %v", request, answer, err)
	}
	if where := differs(want, have); where != "" {
		s.t.Errorf("%s %s: %s\n got  %s\n want %s", request, body, where, answer, shape)
	}
	return answer
}

// differs says where a value is not as wanted; empty: nowhere.
func differs(want, have any) string {
	switch want := want.(type) {
	case map[string]any:
		h, ok := have.(map[string]any)
		if !ok {
			return fmt.Sprintf("%v is no object", have)
		}
		for k, w := range want {
			v, has := h[k]
			if !has {
				return k + " is missing"
			}
			if d := differs(w, v); d != "" {
				return k + ": " + d
			}
		}
		for k := range h {
			if _, wanted := want[k]; !wanted {
				return k + " is too much"
			}
		}
		return ""
	case []any:
		h, ok := have.([]any)
		if !ok || len(h) != len(want) {
			return fmt.Sprintf("%v is no list of %d", have, len(want))
		}
		for i := range want {
			if d := differs(want[i], h[i]); d != "" {
				return fmt.Sprintf("[%d]: %s", i, d)
			}
		}
		return ""
	case string:
		if want == "*" {
			return ""
		}
	}
	if want != have {
		return fmt.Sprintf("%v instead of %v", have, want)
	}
	return ""
}

func newStore(t *testing.T) *store.Store {
	t.Helper()
	db, err := state.Open(t.Context(), filepath.Join(t.TempDir(), "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	s, err := store.New(t.Context(), store.Options{DB: db})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func newDashboards(t *testing.T, change func(*DashboardsOptions)) (*server, *store.Store) {
	s := newStore(t)
	o := DashboardsOptions{Store: s}
	if change != nil {
		change(&o)
	}
	return newServer(t, NewDashboards(o).Routes()...), s
}

func TestDashboardCalls(t *testing.T) {
	s, _ := newDashboards(t, nil)
	const production = `{"id":null,"uid":"prod","title":"Production Overview","tags":["templated","prod"],"timezone":"browser","schemaVersion":16,"version":0,"refresh":"25s"}`
	s.want(editor, "POST /api/dashboards/db", `{"dashboard":`+production+`,"folderUid":"","message":"Made changes to xyz","overwrite":false}`, 200,
		`{"id":1,"uid":"prod","url":"/d/prod/production-overview","status":"success","version":1,"slug":"production-overview","folderUid":""}`)
	const meta = `{"type":"db","canSave":%v,"canEdit":%v,"canAdmin":%v,"canStar":%v,"canDelete":%v,"slug":"production-overview","url":"/d/prod/production-overview",
		"expires":"0001-01-01T00:00:00Z","created":"*","updated":"*","updatedBy":"ed","createdBy":"ed","version":1,"hasAcl":false,"isFolder":false,"isStarred":false,
		"folderId":0,"folderUid":"","folderTitle":"General","folderUrl":"","provisioned":false,"provisionedExternalId":"","annotationsPermissions":"*"}`
	const stored = `{"id":1,"uid":"prod","title":"Production Overview","tags":["templated","prod"],"timezone":"browser","schemaVersion":16,"version":1,"refresh":"25s"}`
	s.want(nobody, "GET /api/dashboards/uid/prod", "", 200, `{"meta":`+fmt.Sprintf(meta, false, false, false, false, false)+`,"dashboard":`+stored+`}`)
	s.want(admin, "GET /api/dashboards/uid/prod", "", 200, `{"meta":`+fmt.Sprintf(meta, true, true, true, true, true)+`,"dashboard":`+stored+`}`)
	s.want(nobody, "GET /api/dashboards/uid/none", "", 404, `{"message":"Dashboard not found","status":"not-found"}`)

	for _, c := range []struct {
		body  string
		code  int
		shape string
	}{
		{`{"dashboard":{"uid":"prod","title":"X"}}`, 412, `{"message":"The dashboard has been changed by someone else","status":"version-mismatch","current":{"version":1,"updated":"*","updatedBy":"ed"}}`},
		{`{"dashboard":{"title":"Production Overview"}}`, 412, `{"message":"A dashboard with the same name in the folder already exists","status":"name-exists"}`},
		{`{"dashboard":{"title":""}}`, 400, `{"message":"Dashboard title cannot be empty","status":"empty-name"}`},
		{`{"dashboard":{"id":77,"title":"X"}}`, 404, `{"message":"Dashboard not found","status":"not-found"}`},
		{`{"dashboard":{"title":"X","uid":"a b"}}`, 400, `{"message":"uid contains illegal characters"}`},
		{`{"dashboard":{"title":"X"},"folderUid":"none"}`, 400, `{"message":"folder not found"}`},
		{`{"dashboard":{"title":"X"},"folderId":9}`, 400, `{"message":"folder not found"}`},
		{`{}`, 400, `{"message":"bad request data: the body has no \"dashboard\""}`},
		{"{\n\"dashboard\":{\"title\"", 400, `{"message":"bad request data: line 2, column 20: unexpected end of JSON input"}`},
		{``, 400, `{"message":"bad request data: the body is empty; it should be JSON"}`},
		{`{"dashboard":{"uid":"prod","title":"Production 2","version":1},"message":"second"}`, 200, `{"id":1,"uid":"prod","url":"/d/prod/production-2","status":"success","version":2,"slug":"production-2","folderUid":""}`},
		{`{"dashboard":{"uid":"prod","title":"Production 3","version":1},"overwrite":true}`, 200, `{"id":1,"uid":"prod","url":"/d/prod/production-3","status":"success","version":3,"slug":"production-3","folderUid":""}`},
	} {
		s.want(editor, "POST /api/dashboards/db", c.body, c.code, c.shape)
	}

	const entry = `{"id":"*","dashboardId":1,"uid":"prod","parentVersion":%d,"restoredFrom":%d,"version":%d,"created":"*","createdBy":"ed","message":%q}`
	s.want(viewer, "GET /api/dashboards/uid/prod/versions?limit=2", "", 200,
		`{"continueToken":"","versions":[`+fmt.Sprintf(entry, 2, 0, 3, "")+`,`+fmt.Sprintf(entry, 1, 0, 2, "second")+`]}`)
	s.want(viewer, "GET /api/dashboards/id/1/versions?start=2", "", 200, `[`+fmt.Sprintf(entry, 0, 0, 1, "Made changes to xyz")+`]`)
	s.want(viewer, "GET /api/dashboards/uid/prod/versions/1", "", 200, strings.TrimSuffix(fmt.Sprintf(entry, 0, 0, 1, "Made changes to xyz"), "}")+`,"data":`+stored+`}`)
	s.want(viewer, "GET /api/dashboards/uid/prod/versions/9", "", 404, `{"message":"Dashboard version not found","status":"not-found"}`)
	s.want(editor, "POST /api/dashboards/uid/prod/restore", `{"version":1}`, 200,
		`{"id":1,"uid":"prod","url":"/d/prod/production-overview","status":"success","version":4,"slug":"production-overview","folderUid":""}`)
	s.want(viewer, "GET /api/dashboards/uid/prod/versions?limit=1", "", 200, `{"continueToken":"","versions":[`+fmt.Sprintf(entry, 3, 1, 4, "Restored from version 1")+`]}`)
	if got := s.want(viewer, "GET /api/monopod/v1/dashboards/prod/source", "", 200, ""); string(got) != strings.Replace(production, `"version":0`, `"version":4`, 1) {
		t.Errorf("the source is %s", got)
	}
	s.want(viewer, "GET /api/dashboards/tags", "", 200, `[{"term":"prod","count":1},{"term":"templated","count":1}]`)
	s.want(viewer, "GET /api/dashboards/uid/prod/permissions", "", 200, `["*","*"]`)
	s.want(editor, "DELETE /api/dashboards/uid/prod", "", 200, `{"title":"Production Overview","message":"Dashboard Production Overview deleted","id":1,"uid":"prod"}`)
	s.want(editor, "DELETE /api/dashboards/uid/prod", "", 404, `{"message":"Dashboard not found","status":"not-found"}`)
}

func TestFolderCalls(t *testing.T) {
	s, _ := newDashboards(t, nil)
	const f = `"orgId":1,"hasAcl":false,"canSave":true,"canEdit":true,"canAdmin":false,"canDelete":true,"createdBy":"ed","created":"*","updatedBy":"ed","updated":"*"`
	s.want(editor, "POST /api/folders", `{"uid":"abc","title":"Department ABC"}`, 200,
		`{"id":1,"uid":"abc","title":"Department ABC","url":"/dashboards/f/abc/department-abc","version":1,`+f+`}`)
	s.want(editor, "POST /api/folders", `{"uid":"sub","title":"Sub","parentUid":"abc","description":"d"}`, 200,
		`{"id":2,"uid":"sub","title":"Sub","description":"d","url":"/dashboards/f/sub/sub","version":1,"parentUid":"abc","parents":["*"],`+f+`}`)
	for _, c := range []struct {
		request, body string
		code          int
		shape         string
	}{
		{"POST /api/folders", `{"title":"Department ABC"}`, 409, `{"message":"a folder with the same name already exists in the current location"}`},
		{"POST /api/folders", `{"title":"Other","uid":"abc"}`, 409, `{"message":"a folder with the same uid already exists"}`},
		{"POST /api/folders", `{"title":""}`, 400, `{"message":"folder title cannot be empty"}`},
		{"POST /api/folders", `{"title":"X","parentUid":"none"}`, 404, `{"message":"Folder not found","status":"not-found"}`},
		{"POST /api/folders", `{"title":"X","uid":"general"}`, 400, ``},
		{"GET /api/folders", ``, 200, `[{"id":1,"uid":"abc","title":"Department ABC"}]`},
		{"GET /api/folders?parentUid=abc", ``, 200, `[{"id":2,"uid":"sub","title":"Sub","parentUid":"abc"}]`},
		{"GET /api/folders?page=2", ``, 200, `[]`},
		{"GET /api/folders?parentUid=none", ``, 404, ``},
		{"GET /api/folders/none", ``, 404, `{"message":"Folder not found","status":"not-found"}`},
		{"GET /api/folders/general", ``, 200, `{"id":0,"uid":"general","title":"General","url":"/dashboards","version":0,"orgId":1,"hasAcl":false,"canSave":true,"canEdit":true,"canAdmin":false,"canDelete":false,"createdBy":"","created":"*","updatedBy":"","updated":"*"}`},
		{"GET /api/folders/id/1", ``, 200, `{"id":1,"uid":"abc","title":"Department ABC","url":"/dashboards/f/abc/department-abc","version":1,` + f + `}`},
		{"GET /api/folders/abc/counts", ``, 200, `{"folder":1,"dashboard":0,"librarypanel":0,"alertrule":0}`},
		{"GET /api/folders/sub/parents", ``, 200, `["*"]`},
		{"GET /api/folders/abc/permissions", ``, 200, `["*","*"]`},
		{"GET /api/folders/abc/nothing", ``, 404, ``},
		{"PUT /api/folders/abc", `{"title":"Renamed"}`, 412, `{"message":"The folder has been changed by someone else","status":"version-mismatch"}`},
		{"PUT /api/folders/abc", `{"title":"Renamed","version":1}`, 200, `{"id":1,"uid":"abc","title":"Renamed","url":"/dashboards/f/abc/renamed","version":2,` + f + `}`},
		{"PUT /api/folders/abc", `{"title":"Again","overwrite":true}`, 200, ``},
		{"POST /api/folders/abc/move", `{"parentUid":"sub"}`, 400, ``},
		{"POST /api/folders/sub/move", `{"parentUid":""}`, 200, `{"id":2,"uid":"sub","title":"Sub","description":"d","url":"/dashboards/f/sub/sub","version":2,` + f + `}`},
		{"POST /api/dashboards/db", `{"dashboard":{"title":"D","uid":"d"},"folderId":1}`, 200, `{"id":1,"uid":"d","url":"/d/d/d","status":"success","version":1,"slug":"d","folderUid":"abc"}`},
		{"DELETE /api/folders/abc?forceDeleteRules=false", ``, 200, `{"title":"Again","message":"Folder Again deleted","id":1}`},
		{"GET /api/dashboards/uid/d", ``, 404, ``},
	} {
		s.want(editor, c.request, c.body, c.code, c.shape)
	}
}

func TestSearch(t *testing.T) {
	s, _ := newDashboards(t, nil)
	s.want(editor, "POST /api/folders", `{"uid":"f","title":"Kitchen"}`, 200, "")
	for _, d := range []string{
		`{"dashboard":{"uid":"a","title":"Alpha oven","tags":["hot","k"]},"folderUid":"f"}`,
		`{"dashboard":{"uid":"b","title":"beta OVEN","tags":["hot"]}}`,
		`{"dashboard":{"uid":"c","title":"Gamma 한국 냉장고"}}`,
	} {
		s.want(editor, "POST /api/dashboards/db", d, 200, "")
	}
	s.want(viewer, "POST /api/user/stars/dashboard/uid/b", "", 200, `{"message":"Dashboard starred!"}`)
	s.want(viewer, "GET /api/search?query=alpha", "", 200, `[{"id":1,"uid":"a","orgId":1,"title":"Alpha oven","uri":"db/alpha-oven","url":"/d/a/alpha-oven","slug":"","type":"dash-db",
		"tags":["hot","k"],"isStarred":false,"folderId":1,"folderUid":"f","folderTitle":"Kitchen","folderUrl":"/dashboards/f/f/kitchen","sortMeta":0,"isDeleted":false}]`)
	s.want(viewer, "GET /api/search?type=dash-folder", "", 200, `[{"id":1,"uid":"f","orgId":1,"title":"Kitchen","uri":"db/kitchen","url":"/dashboards/f/f/kitchen","slug":"","type":"dash-folder",
		"tags":[],"isStarred":false,"sortMeta":0,"isDeleted":false}]`)
	for _, c := range []struct {
		query string
		who   auth.Identity
		want  string
	}{
		{"", viewer, "a b c f"},
		{"sort=alpha-desc", viewer, "f c b a"},
		{"query=Oven", viewer, "a b"},
		{"query=oven%20alp", viewer, "a"},
		{"query=한국", viewer, "c"},
		{"query=50%25", viewer, ""},
		{"tag=hot", viewer, "a b"},
		{"tag=hot&tag=k", viewer, "a"},
		{"type=dash-db", viewer, "a b c"},
		{"type=dash-alert", viewer, ""},
		{"folderUIDs=f", viewer, "a"},
		{"folderUIDs=general&type=dash-db", viewer, "b c"},
		{"folderUIDs=f&folderUIDs=general", viewer, "a b c f"},
		{"folderIds=0&type=dash-db", viewer, "b c"},
		{"folderIds=1", viewer, "a"},
		{"folderIds=8", viewer, ""},
		{"dashboardUIDs=a&dashboardUIDs=c", viewer, "a c"},
		{"dashboardIds=2", viewer, "b"},
		{"starred=true", viewer, "b"},
		{"starred=true", editor, ""},
		{"starred=true", nobody, ""},
		{"limit=2", viewer, "a b"},
		{"limit=2&page=2", viewer, "c f"},
		{"limit=2&page=3", viewer, ""},
	} {
		var hits []hit
		if err := json.Unmarshal(s.want(c.who, "GET /api/search?"+c.query, "", 200, ""), &hits); err != nil {
			t.Fatal(err)
		}
		var uids []string
		for _, h := range hits {
			uids = append(uids, h.UID)
			if h.IsStarred != (h.UID == "b" && c.who == viewer) {
				t.Errorf("%s: %s is starred: %v", c.query, h.UID, h.IsStarred)
			}
		}
		if got := strings.Join(uids, " "); got != c.want {
			t.Errorf("%s: %q, want %q", c.query, got, c.want)
		}
	}
	s.want(viewer, "GET /api/search?limit=5001", "", 422, "")
	s.want(viewer, "GET /api/user/stars", "", 200, `["b"]`)
	s.want(nobody, "POST /api/user/stars/dashboard/uid/b", "", 401, "")
	s.want(auth.Identity{TokenID: 4, Login: "robot", Role: auth.Editor}, "POST /api/user/stars/dashboard/uid/b", "", 400, "")
	s.want(viewer, "POST /api/user/stars/dashboard/uid/none", "", 404, "")
	s.want(viewer, "DELETE /api/user/stars/dashboard/uid/b", "", 200, `{"message":"Dashboard unstarred"}`)
	s.want(viewer, "GET /api/user/stars", "", 200, `[]`)
}

func TestAnnotationCalls(t *testing.T) {
	s, _ := newDashboards(t, nil)
	s.want(editor, "POST /api/dashboards/db", `{"dashboard":{"uid":"d","title":"D"}}`, 200, "")
	add := func(body string, id int) {
		t.Helper()
		s.want(editor, "POST /api/annotations", body, 200, fmt.Sprintf(`{"message":"Annotation added","id":%d}`, id))
	}
	add(`{"dashboardUID":"d","panelId":1,"time":1507037197339,"timeEnd":1507180805056,"tags":["tag2","tag1"],"text":"Annotation Description"}`, 1)
	add(`{"time":1507266395000,"tags":["tag1"],"text":"of all"}`, 2)
	add(`{"dashboardId":1,"panelId":2,"time":2000000000000,"timeEnd":1990000000000,"text":"ends before it begins","data":{"k":1}}`, 3)
	s.want(viewer, "GET /api/annotations/1", "", 200, `{"id":1,"alertId":0,"alertName":"","dashboardId":1,"dashboardUID":"d","panelId":1,"userId":3,"newState":"","prevState":"",
		"created":"*","updated":"*","time":1507037197339,"timeEnd":1507180805056,"text":"Annotation Description","tags":["tag1","tag2"],"login":"ed","email":"","avatarUrl":"","data":{}}`)
	find := func(query, want string) {
		t.Helper()
		var found []annotation
		if err := json.Unmarshal(s.want(viewer, "GET /api/annotations?"+query, "", 200, ""), &found); err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, a := range found {
			ids = append(ids, fmt.Sprint(a.ID))
		}
		if got := strings.Join(ids, " "); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
	find("", "3 2 1")
	find("limit=1", "3")
	find("dashboardUID=d", "3 1")
	find("dashboardId=1&panelId=2", "3")
	find("from=1507100000000&to=1507100000001", "1")
	find("from=1507180805057&to=1600000000000", "2")
	find("tags=tag1", "2 1")
	find("tags=tag1&tags=tag2", "1")
	find("tags=tag2&tags=none&matchAny=true", "1")
	find("type=alert", "")
	find("userId=9", "")
	s.want(editor, "PATCH /api/annotations/1", `{"text":"patched"}`, 200, `{"message":"Annotation patched"}`)
	s.want(editor, "PUT /api/annotations/2", `{"text":"put","time":1507266395001,"tags":["tag3"]}`, 200, `{"message":"Annotation updated"}`)
	find("tags=tag1", "1")
	find("from=1507266395001&to=1507266395001&tags=tag3", "2")
	s.want(viewer, "GET /api/annotations/tags?tag=TAG&limit=2", "", 200, `{"result":{"tags":[{"tag":"tag1","count":1},{"tag":"tag2","count":1}]}}`)
	s.want(editor, "POST /api/annotations/graphite", `{"what":"Event - deploy","tags":["deploy","production"],"when":1467844481,"data":"deploy of master"}`, 200, `{"message":"Graphite annotation added","id":4}`)
	s.want(editor, "POST /api/annotations/graphite", `{"what":"old","tags":"deploy x","when":1467844482}`, 200, `{"message":"Graphite annotation added","id":5}`)
	find("tags=deploy", "5 4")
	s.want(editor, "POST /api/annotations/graphite", `{"what":"x","tags":7}`, 400, "")
	s.want(editor, "POST /api/annotations", `{"time":1}`, 400, "")
	s.want(editor, "POST /api/annotations", `{"dashboardUID":"none","text":"x"}`, 404, "")
	s.want(editor, "DELETE /api/annotations/1", "", 200, `{"message":"Annotation deleted"}`)
	s.want(editor, "DELETE /api/annotations/1", "", 404, `{"message":"Annotation not found"}`)
	s.want(editor, "PUT /api/annotations/x", `{}`, 400, "")
	s.want(editor, "POST /api/annotations/mass-delete", `{}`, 400, "")
	s.want(editor, "POST /api/annotations/mass-delete", `{"dashboardUID":"d","panelId":2}`, 200, `{"message":"Annotations deleted"}`)
	find("dashboardUID=d", "")
}

func TestHome(t *testing.T) {
	preference := ""
	s, _ := newDashboards(t, func(o *DashboardsOptions) {
		o.DefaultHome = "start"
		o.Home = func(context.Context) string { return preference }
	})
	s.want(viewer, "GET /api/dashboards/home", "", 404, "")
	s.want(editor, "POST /api/dashboards/db", `{"dashboard":{"uid":"start","title":"Start"}}`, 200, "")
	s.want(editor, "POST /api/dashboards/db", `{"dashboard":{"uid":"mine","title":"Mine"}}`, 200, "")
	answer := s.want(viewer, "GET /api/dashboards/home", "", 200, `{"uid":"start","meta":"*","dashboard":"*"}`)
	if !bytes.Contains(answer, []byte(`"isHome":true`)) {
		t.Errorf("home: %s", answer)
	}
	preference = "mine"
	s.want(viewer, "GET /api/dashboards/home", "", 200, `{"uid":"mine","redirectUri":"/d/mine/mine"}`)
	preference = "gone"
	s.want(viewer, "GET /api/dashboards/home", "", 200, `{"uid":"start","meta":"*","dashboard":"*"}`)
}

// What reads is for Viewers, what changes for Editors; stars are the Viewer's own.
func TestRolesOfRoutes(t *testing.T) {
	s, _ := newDashboards(t, nil)
	for _, r := range append(s.routes, NewServer(ServerOptions{}).Routes()...) {
		want := auth.Editor
		switch {
		case r.Path == "/api/health" || r.Path == "/api/frontend/settings":
			want = auth.None
		case strings.HasPrefix(r.Path, "/api/gnet/"): // a request to another site, for those who import
		case r.Methods == "GET" || strings.HasPrefix(r.Path, "/api/user/stars/"):
			want = auth.Viewer
		}
		if r.Role != want {
			t.Errorf("%s %s is for %v, should be for %v", r.Methods, r.Path, r.Role, want)
		}
	}
}

func TestServer(t *testing.T) {
	var failing error
	s := newServer(t, NewServer(ServerOptions{Version: "12.2.0", Monopod: "1.0", Revision: "abc", BasePath: "/m", Check: func(context.Context) error { return failing }}).Routes()...)
	s.want(auth.Identity{}, "GET /api/health", "", 200, `{"commit":"abc","database":"ok","version":"12.2.0","monopod":"1.0"}`)
	failing = context.DeadlineExceeded
	s.want(auth.Identity{}, "GET /api/health", "", 503, `{"commit":"abc","database":"failing","version":"12.2.0","monopod":"1.0"}`)
	if answer := s.want(auth.Identity{}, "GET /api/frontend/settings", "", 200, ""); !bytes.Contains(answer, []byte(`"appSubUrl":"/m"`)) {
		t.Errorf("settings: %s", answer)
	}
}

func TestLibraryElements(t *testing.T) {
	s, _ := newDashboards(t, nil)
	s.want(viewer, "GET /api/library-elements", "", 200, `{"result":{"totalCount":0,"page":1,"perPage":100,"elements":[]}}`)
}
