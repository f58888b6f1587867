package provision

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"monopod/internal/dashboard/store"
	"monopod/internal/datasource"
	"monopod/internal/events"
	"monopod/internal/filewatch"
	"monopod/internal/state"
)

// rig is a service on a directory of its own.
type rig struct {
	*Service
	t       *testing.T
	dir     string
	hub     *events.Hub
	boards  *store.Store
	sources *datasource.Sources
}

func newRig(t *testing.T, change func(*Options)) *rig {
	t.Helper()
	ctx := t.Context()
	dir := t.TempDir()
	db, err := state.Open(ctx, filepath.Join(dir, "state", "monopod.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	box, err := state.OpenBox("secret", "")
	if err != nil {
		t.Fatal(err)
	}
	hub := &events.Hub{}
	boards, err := store.New(ctx, store.Options{DB: db, Hub: hub})
	if err != nil {
		t.Fatal(err)
	}
	kept, err := datasource.NewStore(ctx, datasource.StoreOptions{DB: db, Box: box})
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, dir: dir, hub: hub, boards: boards, sources: datasource.New(datasource.Options{Store: kept, Events: hub})}
	o := Options{
		Root: filepath.Join(dir, "root"), Dashboards: boards, DataSources: r.sources,
		Env: func(name string) (string, bool) {
			v, ok := map[string]string{"HOST": "db.example", "SECRET": "hunter2", "BOARDS": filepath.Join(dir, "boards"), "YES": "true"}[name]
			return v, ok
		},
	}
	if change != nil {
		change(&o)
	}
	r.Service = New(o)
	return r
}

func (r *rig) write(path, content string) {
	r.t.Helper()
	path = filepath.Join(r.dir, path)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) remove(path string) {
	r.t.Helper()
	if err := os.RemoveAll(filepath.Join(r.dir, path)); err != nil {
		r.t.Fatal(err)
	}
}

// pass runs one, and compares its problems with parts of texts, DIR standing for
// the directory.
func (r *rig) pass(problems ...string) {
	r.t.Helper()
	err := r.Reload(r.t.Context())
	var got []string
	if err != nil {
		got = strings.Split(strings.ReplaceAll(err.Error(), r.dir, "DIR"), "\n")
	}
	if !slices.Equal(got, problems) {
		r.t.Errorf("problems:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(problems, "\n"))
	}
}

// list is what there is: dashboards as "uid title (folder)", and sources as "name url".
func (r *rig) list() string {
	r.t.Helper()
	ctx := r.t.Context()
	var out []string
	all, err := r.boards.Search(ctx, store.Search{Limit: 100, Kind: store.KindDashboard})
	if err != nil {
		r.t.Fatal(err)
	}
	for _, h := range all {
		out = append(out, fmt.Sprintf("%s %s (%s)", h.UID, h.Title, h.FolderTitle))
	}
	sources, err := r.sources.List(ctx)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, s := range sources[1:] {
		out = append(out, fmt.Sprintf("source %s %s readonly=%t default=%t", s.Name, s.URL, s.ReadOnly, s.IsDefault))
	}
	return strings.Join(out, "\n")
}

func (r *rig) wants(want ...string) {
	r.t.Helper()
	if got := r.list(); got != strings.Join(want, "\n") {
		r.t.Errorf("there is:\n%s\nwant:\n%s", got, strings.Join(want, "\n"))
	}
}

// eventually waits for something that another goroutine does.
func (r *rig) eventually(what string, is func() bool) {
	r.t.Helper()
	for end := time.Now().Add(30 * time.Second); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			r.t.Fatalf("not so: %s; there is:\n%s", what, r.list())
		}
	}
}

func (r *rig) run() {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		r.Run(ctx)
	}()
	r.t.Cleanup(func() {
		cancel()
		<-ended
	})
}

func watched(o *Options) {
	o.Watcher = filewatch.New(filewatch.Options{Settle: 10 * time.Millisecond, Poll: time.Hour})
}
