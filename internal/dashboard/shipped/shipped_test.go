package shipped

import (
	"encoding/json"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/promql/parser"

	"monopod/internal/dashboard"
	"monopod/internal/dashboard/store"
	"monopod/internal/state"
)

type grid struct{ X, Y, W, H int }

type panel struct {
	ID         int
	Type       string
	Title      string
	GridPos    grid
	DataSource struct{ Type, UID string }
	Targets    []struct {
		RefID, Expr string
		DataSource  struct{ UID string }
	}
}

func each(t *testing.T, f func(t *testing.T, source []byte)) {
	t.Helper()
	entries, err := fs.ReadDir(files, "dashboards")
	if err != nil || len(entries) != 3 {
		t.Fatalf("%d dashboards, %v", len(entries), err)
	}
	for _, e := range entries {
		source, err := files.ReadFile("dashboards/" + e.Name())
		if err != nil {
			t.Fatal(err)
		}
		t.Run(e.Name(), func(t *testing.T) { f(t, source) })
	}
}

// Every panel has its place and an id of its own, and asks Monopod what PromQL can
// say.
func TestDashboardsAreSound(t *testing.T) {
	variables := strings.NewReplacer("$instance", ".*", "$__rate_interval", "1m", "$__range", "30m", "$__interval", "15s")
	p := parser.NewParser(parser.Options{})
	each(t, func(t *testing.T, source []byte) {
		var d struct {
			UID           string
			Title         string
			SchemaVersion int
			Panels        []panel
		}
		if err := json.Unmarshal(source, &d); err != nil {
			t.Fatal(err)
		}
		if d.SchemaVersion != dashboard.SchemaVersion || !strings.HasPrefix(d.UID, "monopod-") || d.Title == "" {
			t.Errorf("schema %d, uid %q, title %q", d.SchemaVersion, d.UID, d.Title)
		}
		ids := map[int]bool{}
		taken := map[[2]int]int{}
		for _, panel := range d.Panels {
			if ids[panel.ID] {
				t.Errorf("panel %d is there twice", panel.ID)
			}
			ids[panel.ID] = true
			g := panel.GridPos
			if g.X < 0 || g.W < 1 || g.H < 1 || g.X+g.W > 24 {
				t.Errorf("panel %d, %q: outside of the grid: %+v", panel.ID, panel.Title, g)
			}
			for x := g.X; x < g.X+g.W; x++ {
				for y := g.Y; y < g.Y+g.H; y++ {
					if other, is := taken[[2]int{x, y}]; is {
						t.Fatalf("panels %d and %d overlap", other, panel.ID)
					}
					taken[[2]int{x, y}] = panel.ID
				}
			}
			if panel.Type != "row" && (len(panel.Targets) == 0 || panel.DataSource.UID != "monopod") {
				t.Errorf("panel %d, %q: asks nothing of Monopod", panel.ID, panel.Title)
			}
			for _, q := range panel.Targets {
				if _, err := p.ParseExpr(variables.Replace(q.Expr)); err != nil || strings.Contains(variables.Replace(q.Expr), "$") {
					t.Errorf("panel %d, %q, query %s: %s: %v", panel.ID, panel.Title, q.RefID, q.Expr, err)
				}
			}
		}
	})
}

// What is shipped is drawn exactly.
func TestVerdicts(t *testing.T) {
	each(t, func(t *testing.T, source []byte) {
		m, err := dashboard.Migrate(source)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range m.Verdicts {
			if v.Level != dashboard.Exact {
				t.Errorf("panel %d: %v: %v", v.PanelID, v.Level, v.Reasons)
			}
		}
	})
}

func open(t *testing.T) *store.Store {
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

func provision(t *testing.T, s *store.Store) {
	t.Helper()
	if err := Provision(t.Context(), s); err != nil {
		t.Fatal(err)
	}
}

func home(t *testing.T, s *store.Store) (store.Dashboard, string) {
	t.Helper()
	d, err := s.ByUID(t.Context(), Home)
	if err != nil {
		t.Fatal(err)
	}
	source, err := s.Source(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	return d, string(source)
}

// A start with the same program changes nothing, also not what people changed; one
// with a newer program keeps their work beside the new dashboard.
func TestUpdatesLoseNothing(t *testing.T) {
	s := open(t)
	provision(t, s)
	d, source := home(t, s)
	if d.Version != 1 || d.FolderTitle != folderTitle {
		t.Fatalf("%+v", d)
	}
	mine := strings.Replace(source, `"Disk throughput"`, `"My disk"`, 1)
	if _, _, err := s.Save(t.Context(), store.Save{Source: []byte(mine), UID: d.UID, FolderUID: d.FolderUID, BaseVersion: 1, By: "ann"}); err != nil {
		t.Fatal(err)
	}
	provision(t, s)
	if d, now := home(t, s); d.Version != 2 || !strings.Contains(now, `"My disk"`) {
		t.Fatalf("the same program changed it again: %+v", d)
	}

	// An older program had brought another one.
	older := strings.Replace(source, `"This machine"`, `"This old machine"`, 1)
	if _, _, err := s.Provision(t.Context(), store.Provisioned{
		FolderUID: folderUID, Source: []byte(older), Provenance: store.Provenance{Provider: Provider, File: "machine.json", SaveBack: store.SaveBackStore},
	}); err != nil {
		t.Fatal(err)
	}
	d, _ = home(t, s)
	if _, _, err := s.Save(t.Context(), store.Save{Source: []byte(mine), UID: d.UID, FolderUID: d.FolderUID, BaseVersion: d.Version, By: "ann"}); err != nil {
		t.Fatal(err)
	}
	provision(t, s)
	if _, now := home(t, s); now != source {
		t.Error("the new program did not bring its dashboard")
	}
	hits, err := s.Search(t.Context(), store.Search{Words: []string{"(changed)"}, Limit: 9})
	if err != nil || len(hits) != 1 || hits[0].Title != "This machine (changed)" {
		t.Fatalf("what was changed: %+v, %v", hits, err)
	}
	c, err := s.ByUID(t.Context(), hits[0].UID)
	if err != nil {
		t.Fatal(err)
	}
	kept, err := s.Source(t.Context(), c)
	if err != nil || !strings.Contains(string(kept), `"My disk"`) || c.Provenance != nil || c.UpdatedBy != "ann" {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestFormerDashboardsGo(t *testing.T) {
	s := open(t)
	provision(t, s)
	former := func(uid string) {
		if _, _, err := s.Provision(t.Context(), store.Provisioned{
			FolderUID: folderUID, Source: []byte(`{"uid":"` + uid + `","title":"` + uid + `"}`),
			Provenance: store.Provenance{Provider: Provider, File: uid + ".json", SaveBack: store.SaveBackStore},
		}); err != nil {
			t.Fatal(err)
		}
	}
	former("untouched")
	former("touched")
	if _, _, err := s.Save(t.Context(), store.Save{Source: []byte(`{"uid":"touched","title":"mine"}`), FolderUID: folderUID, BaseVersion: 1, By: "ann"}); err != nil {
		t.Fatal(err)
	}
	provision(t, s)
	if _, err := s.ByUID(t.Context(), "untouched"); err == nil {
		t.Error("a dashboard that is shipped no more is still there")
	}
	if d, err := s.ByUID(t.Context(), "touched"); err != nil || d.Provenance != nil {
		t.Errorf("one that somebody changed: %+v, %v", d, err)
	}
}
