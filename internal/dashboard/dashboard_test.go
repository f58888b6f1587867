package dashboard

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"monopod/internal/dashboard/jsontree"
)

var update = flag.Bool("update", false, "write the golden files of this package again")

// samples are the dashboards of testdata/steps, by name.
func samples(t testing.TB) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob("testdata/steps/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal("no dashboards to test with", err)
	}
	out := map[string][]byte{}
	for _, f := range files {
		if strings.HasSuffix(f, ".after.json") {
			continue
		}
		if out[strings.TrimSuffix(filepath.Base(f), ".json")], err = os.ReadFile(f); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// corpus has the dashboards of other people, too, that make compat-dashboards names.
func corpus(t testing.TB) map[string][]byte {
	t.Helper()
	out := samples(t)
	for _, root := range filepath.SplitList(os.Getenv("MONOPOD_DASHBOARDS")) {
		found := 0
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			content, err := os.ReadFile(path)
			switch filepath.Ext(path) {
			case ".json":
				out[path] = content
				found++
			case ".yaml", ".yml":
				for documents := yaml.NewDecoder(bytes.NewReader(content)); ; {
					var object struct{ Data map[string]string }
					if documents.Decode(&object) != nil {
						break // the end, or no ConfigMap
					}
					for key, text := range object.Data {
						if strings.HasSuffix(key, ".json") {
							out[path+" "+key] = []byte(text)
							found++
						}
					}
				}
			}
			return err
		})
		if err != nil || found == 0 {
			t.Fatalf("%s: %d dashboards, %v", root, found, err)
		}
	}
	return out
}

func tree(t testing.TB, text []byte) *value {
	t.Helper()
	v, err := jsontree.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

var metrics = Migrator{DataSource: func(name string) (DataSourceRef, bool) {
	return DataSourceRef{"prometheus", "uid-of-metrics"}, name == "Metrics"
}}

// Each file is migrated, with its verdicts, to what NAME.after.json has. A person
// judges the difference when -update has written it.
func TestSteps(t *testing.T) {
	for name, source := range samples(t) {
		m, err := metrics.Migrate(source)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		after := tree(t, m.Dashboard)
		verdicts := jsontree.Arr()
		for _, v := range m.Verdicts {
			verdicts.Add(jsontree.Obj("panel", v.PanelID, "level", string(v.Level), "reasons", v.Reasons))
		}
		got := jsontree.Obj("panels", m.Panels, "verdicts", verdicts, "dashboard", after).Indented("  ")
		golden := "testdata/steps/" + name + ".after.json"
		if *update {
			if err := os.WriteFile(golden, got, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if diff := UnifiedDiff(want, got, golden, "now"); diff != "" {
			t.Errorf("%s", diff)
		}
		// What is migrated stays as it is.
		again, err := Migrate(m.Dashboard)
		if err != nil {
			t.Errorf("%s: again: %v", name, err)
			continue
		}
		if diff := UnifiedDiff(after.Indented(" "), tree(t, again.Dashboard).Indented(" "), name, "again"); diff != "" {
			t.Errorf("%s", diff)
		}
	}
}

// What is saved without a change is the source, and what is changed at random
// comes back when the source is read again.
func TestApplyAtRandom(t *testing.T) {
	for name, source := range corpus(t) {
		m, err := Migrate(source)
		if err != nil {
			t.Fatal(err)
		}
		out, err := Apply(source, m.Dashboard)
		if name == "v2" {
			if out, err := Apply(source, []byte(`{"title":"x"}`)); !errors.Is(err, ErrReadOnly) || out != nil {
				t.Errorf("v2 was written: %v", err)
			}
			continue
		}
		if err != nil || string(out) != string(source) {
			t.Errorf("%s: unchanged: %v\n%s", name, err, UnifiedDiff(source, out, "source", "saved"))
		}
		for seed := range uint64(max(4, min(150, 1<<20/len(source)))) {
			r := rand.New(rand.NewPCG(seed, 3))
			edited := tree(t, m.Dashboard)
			var what []string
			for range 1 + r.IntN(3) {
				what = append(what, randomEdit(r, edited))
			}
			text := edited.Bytes()
			out, err := Apply(source, text)
			if err != nil {
				t.Fatalf("%s, seed %d, %v: %v", name, seed, what, err)
			}
			got, err := Migrate(out)
			if err != nil {
				t.Fatalf("%s, seed %d, %v: %v\n%s", name, seed, what, err, out)
			}
			want, err := Migrate(text)
			if err != nil {
				t.Fatal(err)
			}
			if a, b := tree(t, got.Dashboard), tree(t, want.Dashboard); !jsontree.Equal(a, b) {
				t.Fatalf("%s, seed %d, %v:\n%s", name, seed, what, UnifiedDiff(b.Indented(" "), a.Indented(" "), "edited", "read again"))
			}
		}
	}
}

// One changed title is one changed title.
func TestApplyChangesOneThing(t *testing.T) {
	for name, source := range corpus(t) {
		if name == "v2" {
			continue
		}
		m, err := Migrate(source)
		if err != nil {
			t.Fatal(err)
		}
		edited := tree(t, m.Dashboard)
		old := edited.Text("title")
		edited.Set("title", "Another title")
		out, err := Apply(source, edited.Bytes())
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if want := strings.Replace(string(source), fmt.Sprintf("%q", old), `"Another title"`, 1); strings.Count(string(source), fmt.Sprintf("%q", old)) == 1 && string(out) != want {
			t.Errorf("%s:\n%s", name, UnifiedDiff([]byte(want), out, "want", "got"))
		}
		tried := 0
		eachPanel(edited.Get("panels"), func(p *value) {
			if tried++; tried > 20 {
				return
			}
			if p.Text("type") == "row" && tree(t, source).Has("rows") {
				return // made of a row, which has its title elsewhere
			}
			before := p.Text("title")
			if strings.Count(string(source), fmt.Sprintf("%q", before)) != 1 {
				return
			}
			again := tree(t, m.Dashboard)
			panelsByID(again)[p.Int("id")].Set("title", "Another panel")
			out, err := Apply(source, again.Bytes())
			if want := strings.Replace(string(source), fmt.Sprintf("%q", before), `"Another panel"`, 1); err != nil || string(out) != want {
				t.Errorf("%s, panel %q: %v\n%s", name, before, err, UnifiedDiff([]byte(want), out, "want", "got"))
			}
		})
	}
}

func TestMigrateRefuses(t *testing.T) {
	for text, want := range map[string]string{
		`[]`:                           "read the dashboard: this is not a dashboard: line 1, column 1: there is an array instead of an object",
		"{\"title\": \"x\",\n":         "read the dashboard: line 2, column 1: a key in double quotes should be here, and there is the end of the text",
		"{\n\"panels\": {}}":           "read the dashboard: line 2, column 11: panels must be an array, and is an object",
		`{"panels": [1]}`:              "read the dashboard: line 1, column 13: each of the panels must be an object, and is a number",
		`{"panels": [{"targets": 1}]}`: "read the dashboard: line 1, column 25: targets of a panel must be an array, and is a number",
		`{"templating": {"list": {}}}`: "read the dashboard: line 1, column 25: templating.list must be an array, and is an object",
		`{"apiVersion": "v1", "kind": "ConfigMap", "spec": {}}`: `read the dashboard: this is not a dashboard: line 1, column 30: its kind is "ConfigMap"`,
	} {
		_, err := Migrate([]byte(text))
		if err == nil || err.Error() != want {
			t.Errorf("%s:\ngot  %v\nwant %s", text, err, want)
		}
	}
	if _, err := Migrate(make([]byte, MaxBytes+1)); !errors.Is(err, ErrTooLarge) {
		t.Errorf("too large: %v", err)
	}
}

func TestSummarize(t *testing.T) {
	s, err := Summarize([]byte(`{"dashboard": {"id": 7, "uid": "u", "title": "T", "tags": ["a", 1], "version": 3, "schemaVersion": 14,
		"rows": [{"panels": [{"type": "graph"}, {"type": "graph"}]}]}, "meta": {}}`))
	if got, want := fmt.Sprintf("%+v %v", s, err), "{ID:7 UID:u Title:T Tags:[a] SchemaVersion:14 Version:3 Panels:2} <nil>"; got != want {
		t.Errorf("%s", got)
	}
	s, err = Summarize(samples(t)["resource"])
	if err != nil || s.UID != "from-a-resource" || s.Panels != 1 {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestImport(t *testing.T) {
	source := `{
  "__inputs": [
    {"name": "DS_PROM", "label": "Prom", "type": "datasource", "pluginId": "prometheus", "pluginName": "Prometheus"},
    {"name": "VAR_RATE", "label": "Rate", "type": "constant", "value": "5m"}
  ],
  "__requires": [{"type": "panel", "id": "graph"}],
  "id": 12,
  "title": "T",  "panels": [{"id": 1, "datasource": "${DS_PROM}", "targets": [{"expr": "rate(x[${VAR_RATE}])", "x": 1.0}]}]
}
`
	want := `{
  "id": null,
  "title": "T",  "panels": [{"id": 1, "datasource": "my \"uid\"", "targets": [{"expr": "rate(x[5m])", "x": 1.0}]}]
}
`
	got, err := Import([]byte(source), map[string]string{"DS_PROM": `my "uid"`})
	if err != nil || string(got) != want {
		t.Errorf("%v\n%s", err, got)
	}
	for given, problem := range map[string]string{
		"":      "its input DS_PROM (Prom) is not filled in; choose a data source of the type prometheus",
		"OTHER": `it has no input "OTHER"`,
	} {
		inputs := map[string]string{}
		if given != "" {
			inputs = map[string]string{given: "x", "DS_PROM": "y"}
		}
		if _, err := Import([]byte(source), inputs); err == nil || !strings.Contains(err.Error(), problem) {
			t.Errorf("%q: %v", given, err)
		}
	}
	if got, err := Import([]byte(`{"title":"x"}`), nil); err != nil || string(got) != `{"title":"x"}` {
		t.Errorf("without inputs: %s, %v", got, err)
	}
}

func FuzzMigrate(f *testing.F) {
	for _, s := range samples(f) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, source []byte) {
		m, err := Migrate(source)
		if err != nil {
			return
		}
		again, err := Migrate(m.Dashboard)
		if err != nil {
			t.Fatalf("%v\n%s", err, m.Dashboard)
		}
		if a, b := tree(t, m.Dashboard), tree(t, again.Dashboard); !jsontree.Equal(a, b) {
			t.Fatalf("migrated twice:\n%s", UnifiedDiff(a.Indented(" "), b.Indented(" "), "once", "twice"))
		}
	})
}

func FuzzApply(f *testing.F) {
	for _, s := range samples(f) {
		f.Add(s, uint64(1))
	}
	f.Fuzz(func(t *testing.T, source []byte, seed uint64) {
		m, err := Migrate(source)
		if err != nil {
			return
		}
		edited := tree(t, m.Dashboard)
		randomEdit(rand.New(rand.NewPCG(seed, 5)), edited)
		out, err := Apply(source, edited.Bytes())
		if errors.Is(err, ErrReadOnly) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Migrate(out); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	})
}
