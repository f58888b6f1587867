package provision

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"monopod/internal/dashboard/store"
	"monopod/internal/datasource"
	"monopod/internal/events"
)

const oneProvider = `apiVersion: 1
providers:
- name: files
  orgId: 1
  folder: Shop
  folderUid: shop
  type: file
  updateIntervalSeconds: 0
  options: {path: $BOARDS}
`

func TestDataSources(t *testing.T) {
	r := newRig(t, nil)
	r.write("password", "from a file\n")
	r.write("root/datasources/a.yaml", `apiVersion: 1
datasources:
- name: Shop
  type: postgres
  uid: shop
  url: ${HOST}:5432
  user: reader
  isDefault: $YES
  jsonData: {sslmode: disable, port: 5, nested: {key: $HOST, cost: $$5}}
  secureJsonData: {password: $SECRET, key: '$__file{`+r.dir+`/password}'}
- name: Plain
  type: prometheus
  url: http://$__env{HOST}:9090/${MISSING}
  editable: true
`)
	r.pass()
	r.wants("source Plain http://db.example:9090/ readonly=false default=false", "source Shop db.example:5432 readonly=true default=true")
	d, err := r.sources.Get(t.Context(), "shop")
	if err != nil {
		t.Fatal(err)
	}
	s, err := r.sources.Settings(t.Context(), d)
	if err != nil || s.Secrets["password"] != "hunter2" || s.Secrets["key"] != "from a file" {
		t.Errorf("secrets %v, %v", s.Secrets, err)
	}
	if got, want := string(d.Options), `{"nested":{"cost":"$5","key":"db.example"},"port":5,"sslmode":"disable"}`; got != want {
		t.Errorf("options %s", got)
	}
	// Nothing changed: nothing is written.
	r.pass()
	if again, err := r.sources.Get(t.Context(), "shop"); err != nil || again.Version != d.Version {
		t.Errorf("version %d became %d, %v", d.Version, again.Version, err)
	}
	// A file that is broken keeps what it said, and the others are followed.
	r.write("root/datasources/a.yaml", "datasources:\n- name: Shop\n  type: [x]\n")
	r.write("root/datasources/b.yaml", "apiVersion: 1\ndatasources:\n- {name: More, type: loki, url: http://loki, isDefault: true}\n- {name: Shop, type: loki}\n- {type: loki}\n- {name: Bare}\n")
	r.pass(
		"DIR/root/datasources/a.yaml:3: a text should be here",
		"DIR/root/datasources/b.yaml:3: the data source More cannot be the default one, DIR/root/datasources/a.yaml:3 is",
		"DIR/root/datasources/b.yaml:4: the data source Shop stands at DIR/root/datasources/a.yaml:3 already, which counts",
		"DIR/root/datasources/b.yaml:5: the data source has no name",
		"DIR/root/datasources/b.yaml:6: the data source Bare has no type",
	)
	r.wants("source More http://loki readonly=true default=false", "source Plain http://db.example:9090/ readonly=false default=false",
		"source Shop db.example:5432 readonly=true default=true")
	// What stands nowhere any more stays, and belongs to people now; prune removes it.
	r.remove("root/datasources/a.yaml")
	r.write("root/datasources/b.yaml", "datasources:\n- {name: More, type: loki, url: http://loki2}\n")
	r.pass()
	r.wants("source More http://loki2 readonly=true default=false", "source Plain http://db.example:9090/ readonly=false default=false",
		"source Shop db.example:5432 readonly=false default=true")
	if s, err := r.sources.Settings(t.Context(), d); err != nil || s.Secrets["password"] != "hunter2" {
		t.Errorf("secrets %v, %v", s.Secrets, err)
	}
	r.write("root/datasources/b.yaml", "deleteDatasources: [{name: Shop, orgId: 1}]\nprune: true\ndatasources:\n- {name: Other, type: loki}\n")
	r.pass()
	r.wants("source Other  readonly=true default=false", "source Plain http://db.example:9090/ readonly=false default=false")
}

func TestBadFiles(t *testing.T) {
	for content, problem := range map[string]string{
		"datasources:\n  - name: a\n b: c\n":                                   "DIR/root/datasources/x.yaml:2: did not find expected key",
		"datasources:\n- name: a\n  basicAuth: maybe\n":                        `DIR/root/datasources/x.yaml:3: "maybe" is neither true nor false`,
		"datasources:\n- name: a\n  url: $__file{/no/such}\n":                  "DIR/root/datasources/x.yaml:3: $__file{/no/such}: open /no/such: no such file or directory",
		"datasources:\n- name: a\n  type: loki\n  url: $__vault{x}\n":          "DIR/root/datasources/x.yaml:4: there is no $__vault{…}; use $__env{NAME} or $__file{/path}",
		"datasources:\n- {name: Monopod, type: prometheus}\n":                  "DIR/root/datasources/x.yaml:2: the data source Monopod: " + datasource.ErrTaken.Error() + ": Monopod is built in",
		"datasources: {name: a}\n":                                             "DIR/root/datasources/x.yaml:1: cannot unmarshal !!map into []*provision.sourceEntry",
		"datasources:\n- name: a\n  type: loki\n  jsonData: [1]\n":             "DIR/root/datasources/x.yaml:4: cannot unmarshal !!seq into map[string]interface {}",
		"datasources:\n-\n- name: a\n  type: loki\n  secureJsonData: {a: [1]}": "DIR/root/datasources/x.yaml:5: a text should be here",
	} {
		r := newRig(t, nil)
		r.write("root/datasources/x.yaml", content)
		r.pass(problem)
		r.wants()
	}
}

func TestDashboards(t *testing.T) {
	r := newRig(t, nil)
	r.write("root/dashboards/p.yaml", oneProvider)
	r.write("boards/a.json", `{"uid": "a", "title": "A", "panels": []}`)
	r.write("boards/deep/b.json", `{"title": "B"}`)
	r.write("boards/.hidden/c.json", `{"uid": "c", "title": "C"}`)
	r.write("boards/notes.txt", `none`)
	r.pass()
	b := fileUID("files", filepath.Join(r.dir, "boards"), filepath.Join(r.dir, "boards/deep/b.json"))
	r.wants("a A (Shop)", b+" B (Shop)")
	// A broken file keeps its dashboard; a second one with the same uid is said.
	r.write("boards/a.json", "{\"uid\": \"a\",\n")
	r.write("boards/z.json", `{"uid": "`+b+`", "title": "Z"}`)
	r.pass(
		"DIR/boards/a.json: read the dashboard: line 2, column 1: a key in double quotes should be here, and there is the end of the text",
		"DIR/boards/z.json: a dashboard with the uid "+b+" stands there already: DIR/boards/deep/b.json counts",
	)
	r.wants("a A (Shop)", b+" B (Shop)")
	r.remove("boards/z.json")
	r.write("boards/a.json", `{"uid": "a", "title": "A2"}`)
	r.remove("boards/deep")
	r.pass()
	r.wants("a A2 (Shop)")
	// The directory is not mounted: nothing is lost for that.
	r.remove("boards")
	r.pass("DIR/root/dashboards/p.yaml:3: the directory of dashboards DIR/boards is not there")
	r.wants("a A2 (Shop)")
	// A provider that nobody can read keeps its dashboards, one that is gone leaves
	// them to people.
	r.write("root/dashboards/p.yaml", "providers:\n- name: [\n")
	r.pass("DIR/root/dashboards/p.yaml:2: did not find expected node content", "DIR/root/dashboards/p.yaml:3: the directory of dashboards DIR/boards is not there")
	r.wants("a A2 (Shop)")
	r.remove("root/dashboards/p.yaml")
	r.pass()
	r.wants("a A2 (Shop)")
	if d, err := r.boards.ByUID(t.Context(), "a"); err != nil || d.Provenance != nil {
		t.Errorf("%+v, %v", d.Provenance, err)
	}
}

func TestFoldersAndDeletion(t *testing.T) {
	r := newRig(t, nil)
	r.write("root/dashboards/p.yaml", `- name: v0
  folder: ''
  options: {path: $BOARDS, foldersFromFilesStructure: true}
  disableDeletion: true
`)
	r.write("boards/top.json", `{"uid": "top", "title": "Top"}`)
	r.write("boards/one/two/deep.json", `{"uid": "deep", "title": "Deep"}`)
	r.pass()
	r.wants("deep Deep (two)", "top Top ()")
	r.remove("boards/top.json")
	r.pass()
	r.wants("deep Deep (two)", "top Top ()")
	for content, problem := range map[string]string{
		"providers: [{name: a, type: git, options: {path: /x}}]": `DIR/root/dashboards/p.yaml:1: providers of the type "git" are not known; use file`,
		"providers: [{name: a}]":                                 "DIR/root/dashboards/p.yaml:1: the provider a has no options.path",
		"providers: [{folderUid: a, options: {path: /x}}]":       "DIR/root/dashboards/p.yaml:1: the provider default has a folderUid and no folder",
	} {
		r.write("root/dashboards/p.yaml", content)
		r.pass(problem)
	}
}

// A service that starts again knows what it provisioned.
func TestRestart(t *testing.T) {
	r := newRig(t, nil)
	r.write("root/dashboards/p.yaml", oneProvider)
	r.write("boards/a.json", `{"uid": "a", "title": "A"}`)
	r.write("boards/b.json", `{"uid": "b", "title": "B"}`)
	r.pass()
	r.write("boards/a.json", `{`)
	r.remove("boards/b.json")
	o := r.o
	r.Service = New(o)
	r.pass("DIR/boards/a.json: read the dashboard: line 1, column 2: a key in double quotes should be here, and there is the end of the text")
	r.wants("a A (Shop)")
}

func TestHome(t *testing.T) {
	r := newRig(t, func(o *Options) { o.Home = filepath.Join(filepath.Dir(o.Root), "home.json") })
	r.write("home.json", `{"title": "Welcome"}`)
	r.pass()
	d, err := r.boards.ByUID(t.Context(), r.HomeUID())
	if err != nil || d.Title != "Welcome" {
		t.Errorf("%+v, %v", d, err)
	}
}

// Every way to change a file is followed without being asked, and told.
func TestFollows(t *testing.T) {
	r := newRig(t, watched)
	heard, stop := r.hub.Subscribe(100)
	defer stop()
	// As a ConfigMap is mounted: links to a directory that is swapped.
	r.write("boards/..1/a.json", `{"uid": "a", "title": "First"}`)
	for _, link := range [][2]string{{"..1", "boards/..data"}, {"..data/a.json", "boards/a.json"}} {
		if err := os.Symlink(link[0], filepath.Join(r.dir, link[1])); err != nil {
			t.Fatal(err)
		}
	}
	r.write("root/dashboards/p.yaml", oneProvider)
	r.pass()
	r.wants("a First (Shop)")
	r.run()
	r.write("boards/..2/a.json", `{"uid": "a", "title": "Second"}`)
	if err := os.Symlink("..2", filepath.Join(r.dir, "boards/..tmp")); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(r.dir, "boards/..tmp"), filepath.Join(r.dir, "boards/..data")); err != nil {
		t.Fatal(err)
	}
	r.eventually("the swapped file is followed", func() bool { return r.list() == "a Second (Shop)" })
	r.write("boards/new/deep/b.json", `{"uid": "b", "title": "New"}`)
	r.eventually("a file in new directories is followed", func() bool { return strings.Contains(r.list(), "b New (Shop)") })
	r.write("boards/new/deep/b.json", `{"uid": "b", "title": "Newer"}`)
	r.eventually("its change is followed", func() bool { return strings.Contains(r.list(), "b Newer (Shop)") })
	r.remove("boards/new")
	r.eventually("its end is followed", func() bool { return r.list() == "a Second (Shop)" })
	r.write("root/datasources/d.yaml", "datasources: [{name: D, type: loki, url: http://d}]")
	r.eventually("a new data source is followed", func() bool { return strings.Contains(r.list(), "source D http://d") })
	told := map[string]bool{}
	for len(heard) > 0 {
		e := <-heard
		if c, ok := e.Data.(events.DashboardChange); ok {
			told[c.UID+" "+c.Title+" "+c.Change+" by "+c.By] = true
		}
	}
	for _, want := range []string{"a First created by provisioning", "a Second updated by provisioning", "b Newer deleted by provisioning"} {
		if !told[want] {
			t.Errorf("nobody was told: %s; told: %v", want, told)
		}
	}
}

func TestReloadRoutes(t *testing.T) {
	r := newRig(t, nil)
	r.write("root/datasources/d.yaml", "datasources: [{name: D, type: loki, url: http://d}]")
	for _, route := range r.Routes() {
		w := httptest.NewRecorder()
		route.Handler(w, httptest.NewRequest("POST", route.Path, nil))
		if w.Code != 200 || !strings.Contains(w.Body.String(), "config reloaded") {
			t.Errorf("%s: %d %s", route.Path, w.Code, w.Body)
		}
	}
	r.wants("source D http://d readonly=true default=false")
	r.write("root/dashboards/p.yaml", "- {name: x}")
	w := httptest.NewRecorder()
	r.Routes()[0].Handler(w, httptest.NewRequest("POST", "/", nil))
	if w.Code != 500 || !strings.Contains(w.Body.String(), "p.yaml:1: the provider x has no options.path") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// save is what the API does with a changed dashboard.
func (r *rig) save(uid, from, to string) (store.Outcome, error) {
	r.t.Helper()
	ctx := r.t.Context()
	d, err := r.boards.ByUID(ctx, uid)
	if err != nil {
		r.t.Fatal(err)
	}
	source, err := r.boards.Source(ctx, d)
	if err != nil {
		r.t.Fatal(err)
	}
	_, outcome, err := r.boards.Save(ctx, store.Save{
		Source: []byte(strings.Replace(string(source), from, to, 1)), UID: uid, ID: d.ID, FolderUID: d.FolderUID, BaseVersion: d.Version,
		By: "somebody", Provisioner: r.Service,
	})
	return outcome, err
}

func (r *rig) read(path string) string {
	r.t.Helper()
	content, err := os.ReadFile(filepath.Join(r.dir, path))
	if err != nil {
		r.t.Fatal(err)
	}
	return string(content)
}

func TestSaveBackToFile(t *testing.T) {
	r := newRig(t, nil)
	r.write("root/dashboards/p.yaml", oneProvider)
	r.write("boards/a.json", "{\n   \"title\": \"A\",\n   \"uid\": \"a\"}\n")
	r.pass()
	outcome, err := r.save("a", `"A"`, `"B"`)
	if err != nil || outcome.Kind != store.WrittenFile || r.read("boards/a.json") != "{\n   \"title\": \"B\",\n   \"uid\": \"a\"}\n" {
		t.Errorf("%+v, %v: %s", outcome, err, r.read("boards/a.json"))
	}
	if entries, err := os.ReadDir(filepath.Join(r.dir, "boards")); err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
	r.pass()
	r.wants("a B (Shop)")
	if d, err := r.boards.ByUID(t.Context(), "a"); err != nil || d.Version != 2 {
		t.Errorf("version %d, %v: the pass after it made another one", d.Version, err)
	}
	// Somebody else was faster.
	r.write("boards/a.json", `{"title": "Theirs", "uid": "a"}`)
	if outcome, err := r.save("a", `"B"`, `"Mine"`); err == nil || !strings.Contains(err.Error(), "has changed since it was read") {
		t.Errorf("%+v, %v", outcome, err)
	}
	if got := r.read("boards/a.json"); !strings.Contains(got, "Theirs") {
		t.Errorf("written over: %s", got)
	}
}

func TestSaveBackElsewhere(t *testing.T) {
	r := newRig(t, nil)
	r.write("root/dashboards/p.yaml", oneProvider+"- {name: ui, allowUiUpdates: true, options: {path: "+r.dir+"/ui}}\n")
	for _, dir := range []string{"boards", "ui"} {
		uid := dir[:1]
		r.write(dir+"/..1/x.json", "{\n \"title\": \"X\",\n \"uid\": \""+uid+"\"\n}\n")
		for _, link := range [][2]string{{"..1", "..data"}, {"..data/x.json", "x.json"}} {
			if err := os.Symlink(link[0], filepath.Join(r.dir, dir, link[1])); err != nil {
				t.Fatal(err)
			}
		}
	}
	r.pass()
	// Mounted, and no cluster to write to: a patch.
	outcome, err := r.save("b", `"X"`, `"Y"`)
	name := strings.TrimPrefix(r.dir, "/") + "/boards/x.json"
	want := "--- a/" + name + "\n+++ b/" + name + "\n@@ -1,4 +1,4 @@\n {\n- \"title\": \"X\",\n+ \"title\": \"Y\",\n  \"uid\": \"b\"\n }\n"
	if err != nil || outcome.Kind != store.Patched || outcome.Patch != want {
		t.Errorf("%v, %s:\n%s\nwant\n%s", err, outcome.Kind, outcome.Patch, want)
	}
	// The UI may change it: the change stays here, also when files are read again.
	if outcome, err := r.save("u", `"X"`, `"Y"`); err != nil || outcome.Kind != store.Stored {
		t.Errorf("%+v, %v", outcome, err)
	}
	r.pass()
	r.wants("b X (Shop)", "u Y ()")
}
