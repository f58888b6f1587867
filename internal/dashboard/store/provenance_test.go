package store

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"monopod/internal/events"
)

// writer is a Provisioner that notes what it should write.
type writer struct {
	outcome Outcome
	err     error
	written []string
}

func (w *writer) SaveBack(_ context.Context, _ Dashboard, source []byte) (Outcome, error) {
	w.written = append(w.written, string(source))
	return w.outcome, w.err
}

func provisioned(source, saveBack string) Provisioned {
	return Provisioned{UID: "p", Source: []byte(source), Provenance: Provenance{Provider: "files", File: "/etc/d.json", SaveBack: saveBack}}
}

func TestProvision(t *testing.T) {
	hub := &events.Hub{}
	s := open(t, filepath.Join(t.TempDir(), "state.db"), hub)
	heard, end := hub.Subscribe(100)
	defer end()
	next := func(want ...string) {
		t.Helper()
		for _, w := range want {
			select {
			case e := <-heard:
				c := e.Data.(events.DashboardChange)
				if got := c.Change + " " + c.UID + " by " + c.By; got != w {
					t.Errorf("heard %q, want %q", got, w)
				}
			default:
				t.Errorf("heard nothing, want %q", w)
			}
		}
		if len(heard) > 0 {
			t.Errorf("heard too much: %+v", <-heard)
		}
	}
	put := func(p Provisioned, changes bool) Dashboard {
		t.Helper()
		d, changed, err := s.Provision(t.Context(), p)
		if err != nil || changed != changes {
			t.Fatalf("changed: %v, %v", changed, err)
		}
		return d
	}
	const first = "{ \"title\": \"P\", \"version\": 17 }\n"
	put(provisioned(first, SaveBackFile), true)
	next("created p by provisioning")
	put(provisioned(first, SaveBackFile), false)
	put(provisioned(first, SaveBackPatch), false)
	next()
	d, err := s.ByUID(t.Context(), "p")
	if err != nil || d.Provenance.SaveBack != SaveBackPatch || source(t, s, d) != first {
		t.Fatalf("%+v, %v", d, err)
	}
	put(provisioned(`{"title":"P2"}`, SaveBackFile), true)
	next("updated p by provisioning")
	if list, _ := s.ProvisionedBy(t.Context(), "files"); len(list) != 1 || list[0].Title != "P2" || list[0].Version != 2 {
		t.Errorf("%+v", list)
	}
	if _, err := s.Delete(t.Context(), "p", "ann"); !errors.Is(err, ErrProvisioned) {
		t.Errorf("deleted: %v", err)
	}
	if err := s.Unprovision(t.Context(), "p", true); err != nil {
		t.Fatal(err)
	}
	next("updated p by provisioning")
	// It is somebody's now; a file that names it again takes it over.
	mustSave(t, s, Save{Source: []byte(`{"title":"mine"}`), UID: "p", BaseVersion: 2, By: "ann"})
	next("updated p by ann")
	d = put(provisioned(`{"title":"P3","uid":"p"}`, SaveBackFile), true)
	if v, err := s.Version(t.Context(), d, 3); err != nil || !strings.Contains(string(v.Source), "mine") {
		t.Errorf("what was taken over: %s, %v", v.Source, err)
	}
	next("updated p by provisioning")
	if err := s.Unprovision(t.Context(), "p", false); err != nil {
		t.Fatal(err)
	}
	next("deleted p by provisioning")
	if err := s.Unprovision(t.Context(), "p", false); !errors.Is(err, ErrNotFound) {
		t.Errorf("gone twice: %v", err)
	}
	for _, p := range []Provisioned{
		provisioned(`{"title":`, ""), provisioned(`{}`, ""), provisioned(`{"title":"x","uid":"a/b"}`, ""),
		{Source: []byte(`{"title":"no uid"}`)}, {UID: "x", FolderUID: "none", Source: []byte(`{"title":"x"}`)},
	} {
		if _, _, err := s.Provision(t.Context(), p); err == nil {
			t.Errorf("provisioned %s", p.Source)
		}
	}
}

func TestSaveBack(t *testing.T) {
	s := fresh(t)
	f, err := s.EnsureFolder(t.Context(), "", "F", "")
	if err != nil {
		t.Fatal(err)
	}
	p := provisioned(`{"title":"P"}`, SaveBackFile)
	p.FolderUID = f.UID
	if _, _, err := s.Provision(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	const edited = `{"title":"Edited", "version": 5}`
	c := Save{Source: []byte(edited), UID: "p", FolderUID: f.UID, BaseVersion: 1, By: "ann"}

	if _, _, err := s.Save(t.Context(), c); !errors.Is(err, ErrCannotSaveBack) || !strings.Contains(err.Error(), "/etc/d.json") {
		t.Errorf("without a provisioner: %v", err)
	}
	w := &writer{outcome: Outcome{Kind: Patched, File: "/etc/d.json", Patch: "--- a"}}
	c.Provisioner = w
	d, outcome, err := s.Save(t.Context(), c)
	if err != nil || outcome != w.outcome || d.Version != 1 {
		t.Errorf("patched: %+v, %+v, %v", d, outcome, err)
	}
	w.outcome, w.err = Outcome{}, errors.New("disk full")
	if _, _, err := s.Save(t.Context(), c); !errors.Is(err, w.err) {
		t.Errorf("failed: %v", err)
	}
	if d, _ := s.ByUID(t.Context(), "p"); d.Version != 1 || d.Title != "P" {
		t.Errorf("what was not written is stored: %+v", d)
	}
	moved := c
	moved.FolderUID = ""
	if _, _, err := s.Save(t.Context(), moved); !errors.Is(err, ErrCannotSaveBack) {
		t.Errorf("moved: %v", err)
	}
	w.outcome, w.err = Outcome{Kind: WrittenFile, File: "/etc/d.json"}, nil
	if d, _, err = s.Save(t.Context(), c); err != nil || d.Version != 2 || source(t, s, d) != edited || d.UpdatedBy != "ann" {
		t.Errorf("written: %+v, %v", d, err)
	}
	if w.written[len(w.written)-1] != edited {
		t.Errorf("the file got %s", w.written[len(w.written)-1])
	}
	// The watcher sees the file that was just written.
	p.Source = []byte(edited)
	if d, changed, err := s.Provision(t.Context(), p); err != nil || changed || d.Version != 2 {
		t.Errorf("provisioned again: %v, %v", changed, err)
	}

	q := provisioned(`{"title":"Q"}`, SaveBackStore)
	q.UID = "q"
	if _, _, err := s.Provision(t.Context(), q); err != nil {
		t.Fatal(err)
	}
	d, outcome, err = s.Save(t.Context(), Save{Source: []byte(`{"title":"Q2"}`), UID: "q", BaseVersion: 1, By: "ann"})
	if err != nil || outcome.Kind != Stored || source(t, s, d) != `{"uid":"q","version":2,"title":"Q2"}` {
		t.Errorf("stored: %+v, %+v, %v", d, outcome, err)
	}
	if _, changed, err := s.Provision(t.Context(), q); err != nil || changed {
		t.Errorf("the same file took the change away: %v, %v", changed, err)
	}
}

func TestFoldersOfProvisioning(t *testing.T) {
	s := fresh(t)
	f, err := s.EnsureFolder(t.Context(), "u", "F", "")
	if err != nil || f.UID != "u" {
		t.Fatalf("%+v, %v", f, err)
	}
	if again, err := s.EnsureFolder(t.Context(), "u", "F", ""); err != nil || again.Version != f.Version {
		t.Errorf("again: %+v, %v", again, err)
	}
	if renamed, err := s.EnsureFolder(t.Context(), "u", "G", ""); err != nil || renamed.Title != "G" {
		t.Errorf("renamed: %+v, %v", renamed, err)
	}
	if byTitle, err := s.EnsureFolder(t.Context(), "", "G", ""); err != nil || byTitle.UID != "u" {
		t.Errorf("by title: %+v, %v", byTitle, err)
	}
	p := provisioned(`{"title":"P"}`, SaveBackFile)
	p.FolderUID = "u"
	if _, _, err := s.Provision(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	if _, err := s.DeleteFolder(t.Context(), "u", "ann"); !errors.Is(err, ErrFolderHeld) {
		t.Errorf("deleted with a provisioned dashboard: %v", err)
	}
	if err := s.DropEmptyFolder(t.Context(), "u"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Folder(t.Context(), "u"); err != nil {
		t.Errorf("it was not empty: %v", err)
	}
	if err := s.Unprovision(t.Context(), "p", false); err != nil {
		t.Fatal(err)
	}
	if err := s.DropEmptyFolder(t.Context(), "u"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Folder(t.Context(), "u"); !errors.Is(err, ErrFolderNotFound) {
		t.Errorf("it was empty: %v", err)
	}
}
