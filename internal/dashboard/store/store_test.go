package store

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"monopod/internal/events"
	"monopod/internal/state"
)

// clock is a time that moves a second each time it is read.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(time.Second)
	return c.at
}

func open(t *testing.T, path string, hub *events.Hub) *Store {
	t.Helper()
	db, err := state.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	c := &clock{at: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)}
	s, err := New(t.Context(), Options{DB: db, Hub: hub, Now: c.now, KeepVersions: 5})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func fresh(t *testing.T) *Store { return open(t, filepath.Join(t.TempDir(), "state.db"), nil) }

func mustSave(t *testing.T, s *Store, c Save) Dashboard {
	t.Helper()
	d, _, err := s.Save(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func source(t *testing.T, s *Store, d Dashboard) string {
	t.Helper()
	text, err := s.Source(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestSet(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"present", `{"a": 1 , "uid" : "x", "z":[ {"uid": 1} ]}`, `{"version":3,"a": 1 , "uid" : "new", "z":[ {"uid": 1} ]}`},
		{"right already", `{"uid":"n\u0065w","version":3.0}`, `{"uid":"n\u0065w","version":3.0}`},
		{"absent", "{\n  \"a\": 1\n}", "{\n  \"uid\": \"new\",\n  \"version\": 3,\n  \"a\": 1\n}"},
		{"empty", `{}`, `{"uid":"new","version":3}`},
		{"null id", `{"id":7,"uid":null,"version":0}`, `{"id":null,"uid":"new","version":3}`},
		{"twice", `{"uid":1,"uid":2,"version":1}`, `{"uid":"new","uid":"new","version":3}`},
	} {
		got, err := Set([]byte(c.in), Setting{"uid", "new"}, Setting{"version", 3}, Setting{"id", nil})
		if err != nil || string(got) != c.want {
			t.Errorf("%s: %s, %v; want %s", c.name, got, err, c.want)
		}
	}
	for _, in := range []string{``, `[]`, `{"a":`, `{"a" 1}`} {
		if _, err := Set([]byte(in), Setting{"uid", "x"}); !errors.Is(err, ErrBadSource) {
			t.Errorf("%q: %v", in, err)
		}
	}
}

func TestReadOutline(t *testing.T) {
	o, err := ReadOutline([]byte(`{"id":null,"uid":"u","title":" T ","tags":["b","a","b",7,""],"version":4,"metadata":"mine","spec":[]}`))
	if err != nil || o.UID != "u" || o.Title != "T" || o.Version != 4 || strings.Join(o.Tags, ",") != "b,a" {
		t.Errorf("%+v, %v", o, err)
	}
	o, err = ReadOutline([]byte(`{"apiVersion":"dashboard.grafana.app/v2beta1","kind":"Dashboard","metadata":{"name":"r"},"spec":{"title":"R","tags":["x"]}}`))
	if err != nil || o.UID != "r" || o.Title != "R" || !o.IsResource {
		t.Errorf("resource: %+v, %v", o, err)
	}
	_, err = ReadOutline([]byte("{\n  \"title\": \"cut"))
	if !errors.Is(err, ErrBadSource) || !strings.Contains(err.Error(), "line 2, column 15") {
		t.Errorf("cut: %v", err)
	}
	if _, err = ReadOutline([]byte(`[1]`)); !errors.Is(err, ErrBadSource) {
		t.Errorf("array: %v", err)
	}
}

func TestSourceIsKeptByteForByte(t *testing.T) {
	s := fresh(t)
	const text = "{\n\t\"title\" : \"A \\u00e9\",\n\t\"uid\":\"one\" ,\"version\": 0,\n\t\"zzz\": 1.50, \"panels\": [ ]\n}\n"
	d := mustSave(t, s, Save{Source: []byte(text), By: "ann", Message: "first"})
	want := strings.Replace(text, `"version": 0`, `"version": 1`, 1)
	if got := source(t, s, d); got != want {
		t.Errorf("stored %q, want %q", got, want)
	}
	d2 := mustSave(t, s, Save{Source: []byte(source(t, s, d)), BaseVersion: 1, By: "bob"})
	if got := source(t, s, d2); got != strings.Replace(text, `"version": 0`, `"version": 2`, 1) {
		t.Errorf("second version %q", got)
	}
	if d2.ID != d.ID || d2.CreatedBy != "ann" || d2.UpdatedBy != "bob" || !d2.Updated.After(d.Updated) {
		t.Errorf("%+v", d2)
	}
}

func TestSaveCollisions(t *testing.T) {
	s := fresh(t)
	a := mustSave(t, s, Save{Source: []byte(`{"title":"A","uid":"a"}`)})
	b := mustSave(t, s, Save{Source: []byte(`{"title":"B"}`)})
	f, err := s.CreateFolder(t.Context(), Folder{Title: "F"}, "ann")
	if err != nil {
		t.Fatal(err)
	}
	if len(b.UID) != 14 {
		t.Errorf("new uid %q", b.UID)
	}
	for _, c := range []struct {
		name string
		save Save
		want error
	}{
		{"not JSON", Save{Source: []byte(`{"title"`)}, ErrBadSource},
		{"no title", Save{Source: []byte(`{"title":" "}`)}, ErrEmptyTitle},
		{"bad uid", Save{Source: []byte(`{"title":"X","uid":"../x"}`)}, ErrBadUID},
		{"long uid", Save{Source: []byte(`{"title":"X","uid":"` + strings.Repeat("x", 41) + `"}`)}, ErrLongUID},
		{"unknown id", Save{Source: []byte(`{"title":"X"}`), ID: 99}, ErrNotFound},
		{"unknown folder", Save{Source: []byte(`{"title":"X"}`), FolderUID: "none"}, ErrFolderNotFound},
		{"same title", Save{Source: []byte(`{"title":"A"}`)}, ErrNameExists},
		{"title of another", Save{Source: []byte(`{"title":"B","uid":"a"}`), BaseVersion: 1}, ErrNameExists},
		{"uid of another", Save{Source: []byte(`{"title":"B","uid":"a"}`), ID: b.ID, BaseVersion: 1}, ErrUIDExists},
	} {
		if _, _, err := s.Save(t.Context(), c.save); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	old := (*VersionMismatch)(nil)
	if _, _, err := s.Save(t.Context(), Save{Source: []byte(`{"title":"A2","uid":"a"}`)}); !errors.As(err, &old) || old.Current.Version != 1 {
		t.Errorf("version: %v", err)
	}
	if d := mustSave(t, s, Save{Source: []byte(`{"title":"A"}`), FolderUID: f.UID}); d.ID == a.ID {
		t.Error("the same title in another folder replaced the dashboard")
	}
	if d := mustSave(t, s, Save{Source: []byte(`{"title":"A"}`), Overwrite: true}); d.ID != a.ID || d.UID != "a" || d.Version != 2 {
		t.Errorf("overwriting by title: %+v", d)
	}
	if d := mustSave(t, s, Save{Source: []byte(`{"title":"A","uid":"moved"}`), ID: a.ID, BaseVersion: 2, FolderUID: ""}); d.UID != "moved" || d.ID != a.ID {
		t.Errorf("a new uid: %+v", d)
	}
}

func TestVersions(t *testing.T) {
	s := fresh(t)
	d := mustSave(t, s, Save{Source: []byte(`{"title":"A","n":1}`), Message: "one"})
	for n := 2; n <= 8; n++ {
		d = mustSave(t, s, Save{Source: []byte(`{"title":"A","n":` + string(rune('0'+n)) + `}`), UID: d.UID, BaseVersion: n - 1})
	}
	list, err := s.Versions(t.Context(), d, 100, 0)
	if err != nil || len(list) != 5 || list[0].Number != 8 || list[4].Number != 4 || list[0].Parent != 7 {
		t.Errorf("kept %+v, %v", list, err)
	}
	if page, err := s.Versions(t.Context(), d, 2, 1); err != nil || len(page) != 2 || page[0].Number != 7 {
		t.Errorf("page %+v, %v", page, err)
	}
	if _, err := s.Version(t.Context(), d, 3); !errors.Is(err, ErrVersionNotFound) {
		t.Errorf("forgotten version: %v", err)
	}
	v, err := s.Version(t.Context(), d, 5)
	if err != nil || !strings.Contains(string(v.Source), `"n":5`) {
		t.Errorf("version 5: %s, %v", v.Source, err)
	}
}

func TestRestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	s := open(t, path, nil)
	f, err := s.CreateFolder(t.Context(), Folder{UID: "f", Title: "폴더"}, "ann")
	if err != nil {
		t.Fatal(err)
	}
	d := mustSave(t, s, Save{Source: []byte(`{"title":"ÄB","tags":["y","x"]}`), FolderUID: f.UID, By: "ann"})
	if err := s.Star(t.Context(), 3, d.UID, true); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Annotate(t.Context(), Annotation{DashboardUID: d.UID, Start: time.Unix(1000, 0), Text: "n", Tags: []string{"t"}}); err != nil {
		t.Fatal(err)
	}
	again := open(t, path, nil)
	hits, err := again.Search(t.Context(), Search{Words: []string{"äb"}, Tags: []string{"x"}, Folders: []string{"f"}, StarredBy: 3, User: 3, Limit: 10})
	if err != nil || len(hits) != 1 || hits[0].UID != d.UID || hits[0].FolderTitle != "폴더" || !hits[0].IsStarred || strings.Join(hits[0].Tags, ",") != "x,y" {
		t.Errorf("%+v, %v", hits, err)
	}
	notes, err := again.Annotations(t.Context(), AnnotationSearch{DashboardUID: d.UID, Limit: 10})
	if err != nil || len(notes) != 1 || notes[0].Tags[0] != "t" || notes[0].DashboardID != d.ID {
		t.Errorf("%+v, %v", notes, err)
	}
	if _, err := again.Delete(t.Context(), d.UID, "ann"); err != nil {
		t.Fatal(err)
	}
	if notes, _ := again.Annotations(t.Context(), AnnotationSearch{Limit: 10}); len(notes) != 0 {
		t.Errorf("annotations of a deleted dashboard: %+v", notes)
	}
	if stars, _ := again.Stars(t.Context(), 3); len(stars) != 0 {
		t.Errorf("stars of a deleted dashboard: %v", stars)
	}
}

func TestTwoEditorsAtOnce(t *testing.T) {
	s := fresh(t)
	d := mustSave(t, s, Save{Source: []byte(`{"title":"A"}`)})
	const editors = 8
	var wins, losses int
	var mu sync.Mutex
	var group sync.WaitGroup
	for range editors {
		group.Go(func() {
			_, _, err := s.Save(context.WithoutCancel(t.Context()), Save{Source: []byte(`{"title":"A"}`), UID: d.UID, BaseVersion: 1})
			mu.Lock()
			defer mu.Unlock()
			var old *VersionMismatch
			switch {
			case err == nil:
				wins++
			case errors.As(err, &old) && old.Current.Version == 2:
				losses++
			default:
				t.Error(err)
			}
		})
	}
	group.Wait()
	if wins != 1 || losses != editors-1 {
		t.Errorf("%d saved, %d were refused", wins, losses)
	}
}

func TestFolders(t *testing.T) {
	s := fresh(t)
	var parent string
	for depth := range maxFolderDepth {
		f, err := s.CreateFolder(t.Context(), Folder{UID: "f" + string(rune('1'+depth)), Title: "F", Parent: parent}, "ann")
		if err != nil {
			t.Fatal(err)
		}
		parent = f.UID
	}
	move := func(uid, to string) error {
		_, err := s.UpdateFolder(t.Context(), uid, "ann", func(f *Folder) error { f.Parent = to; return nil })
		return err
	}
	other, err := s.CreateFolder(t.Context(), Folder{Title: "Other"}, "ann")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		err  error
		want error
	}{
		{"too deep", second(s.CreateFolder(t.Context(), Folder{Title: "X", Parent: parent}, "")), ErrFolderDepth},
		{"moved too deep", move(other.UID, parent), ErrFolderDepth},
		{"tree moved too deep", move("f1", other.UID), ErrFolderDepth},
		{"into itself", move("f1", "f1"), ErrFolderLoop},
		{"into its own", move("f1", "f3"), ErrFolderLoop},
		{"same title", second(s.CreateFolder(t.Context(), Folder{Title: "F"}, "")), ErrFolderExists},
		{"same uid", second(s.CreateFolder(t.Context(), Folder{Title: "G", UID: "f1"}, "")), ErrFolderUIDExists},
		{"no title", second(s.CreateFolder(t.Context(), Folder{Title: " "}, "")), ErrFolderEmptyTitle},
		{"no parent", second(s.CreateFolder(t.Context(), Folder{Title: "G", Parent: "none"}, "")), ErrFolderNotFound},
	} {
		if !errors.Is(c.err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, c.err, c.want)
		}
	}
	if err := move("f8", other.UID); err != nil {
		t.Errorf("a leaf: %v", err)
	}
	deep := mustSave(t, s, Save{Source: []byte(`{"title":"D"}`), FolderUID: "f7"})
	if folders, dashboards, err := s.FolderCounts(t.Context(), "f1"); folders != 6 || dashboards != 1 || err != nil {
		t.Errorf("counts: %d, %d, %v", folders, dashboards, err)
	}
	if _, err := s.DeleteFolder(t.Context(), "f2", "ann"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.ByUID(t.Context(), deep.UID); !errors.Is(err, ErrNotFound) {
		t.Errorf("a dashboard of a deleted folder: %v", err)
	}
	if _, err := s.Folder(t.Context(), "f7"); !errors.Is(err, ErrFolderNotFound) {
		t.Errorf("a folder of a deleted folder: %v", err)
	}
	if _, err := s.Folder(t.Context(), "f1"); err != nil {
		t.Errorf("the folder around: %v", err)
	}
}

func second[T any](_ T, err error) error { return err }
