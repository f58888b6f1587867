// Package provision makes data sources and dashboards what files say, in the folders
// and the format of Grafana's provisioning.
//
//   - The root is a directory with datasources/*.yaml and dashboards/*.yaml.
//   - A provider is an entry of dashboards/*.yaml: it names a directory of dashboards
//     and the folder that they are in.
//   - A problem is one thing of the files that was not taken, with its file and line.
//     What was taken of that file before stays; everything else goes on.
//   - A pass brings the stores to what the files say now. One runs at the start, one
//     whenever a file changed, and one when the API asks for it.
//
// A dashboard that a person changed is carried back to its file, see SaveBack.
package provision

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"monopod/internal/dashboard/store"
	"monopod/internal/datasource"
	"monopod/internal/filewatch"
)

// Options of a Service.
type Options struct {
	// Root is the provisioning directory; empty: there is none.
	Root string
	// Home is a file with the dashboard that is shown first; empty: none.
	Home string
	// Env looks up a variable that a file names.
	Env func(name string) (string, bool)

	Dashboards  *store.Store
	DataSources *datasource.Sources
	// ConfigMaps writes to the objects that files are mounted from; nil: nowhere.
	ConfigMaps ConfigMaps
	Logger     *slog.Logger
	// Watcher tells of changed files; nil: passes run only when they are asked for.
	Watcher *filewatch.Watcher
	Now     func() time.Time // default time.Now
}

// Service provisions. Its methods may be called from many goroutines.
type Service struct {
	o Options
	// turn is held by the pass that runs.
	turn sync.Mutex
	// good are the last good contents of the files of the root, by path.
	goodSources   map[string]*sourceFile
	goodProviders map[string]*providerFile
	// said are the problems of the last pass, so that each is logged once.
	said []string
	// done is what the last pass took of each dashboard's file: it need not be looked
	// at again as long as that is the same.
	done map[string]taken
	// found are patterns for the dashboards that the last pass found.
	found []string

	mu struct {
		sync.Mutex
		// written are files whose new content is on its way: a ConfigMap was changed,
		// and its mount follows within minutes.
		written map[string]onTheWay
		// dashboards has the uid of each provisioned file.
		dashboards map[string]string
	}
}

// onTheWay is the content that a file still has after its ConfigMap was changed.
type onTheWay struct {
	old   string // checksum
	new   []byte
	until time.Time
}

// taken is a dashboard of a file as it was taken.
type taken struct {
	want     provided
	checksum string
	uid      string
}

// New makes a service. It does nothing before its first pass.
func New(o Options) *Service {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Env == nil {
		o.Env = func(string) (string, bool) { return "", false }
	}
	s := &Service{o: o, goodSources: map[string]*sourceFile{}, goodProviders: map[string]*providerFile{}, done: map[string]taken{}}
	s.mu.written = map[string]onTheWay{}
	s.mu.dashboards = map[string]string{}
	return s
}

// maxPasses bounds how often a pass is repeated because it found directories that
// were not watched while they were read.
const maxPasses = 3

// Reload runs a pass. Its error joins the problems, each with file and line; all
// that had none was taken.
func (s *Service) Reload(ctx context.Context) error {
	s.turn.Lock()
	defer s.turn.Unlock()
	clear(s.done)
	return s.reload(ctx)
}

func (s *Service) reload(ctx context.Context) error {
	for n := 1; ; n++ {
		// What the watcher compares with is set before the files are read, so that no
		// change after it is missed.
		s.watch()
		p := &pass{Service: s}
		p.dataSources(ctx)
		found := p.dashboards(ctx)
		if slices.Equal(found, s.found) || n == maxPasses || s.o.Watcher == nil {
			return errors.Join(p.problems...)
		}
		s.found = found
	}
}

// Run runs a pass whenever a file changed, until the context ends.
func (s *Service) Run(ctx context.Context) {
	if s.o.Watcher == nil || s.o.Root == "" && s.o.Home == "" {
		return
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		s.o.Watcher.Run(ctx)
	}()
	for {
		select {
		case files := <-s.o.Watcher.Changes():
			s.o.Logger.Info("Provisioning again", "changed", files)
			s.ReloadAndTell(ctx)
		case <-ctx.Done():
			<-ended
			return
		}
	}
}

// ReloadAndTell runs a pass and logs its problems, those that stay only once.
func (s *Service) ReloadAndTell(ctx context.Context) {
	s.turn.Lock()
	defer s.turn.Unlock()
	err := s.reload(ctx)
	if ctx.Err() != nil {
		return
	}
	var list []string
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range joined.Unwrap() {
			list = append(list, e.Error())
		}
	}
	for _, text := range list {
		if !slices.Contains(s.said, text) {
			s.o.Logger.Error("Not provisioned", "err", text)
		}
	}
	s.said = list
}

// pass is one comparison of files and stores.
type pass struct {
	*Service
	problems []error
}

func (p *pass) problem(format string, args ...any) {
	p.problems = append(p.problems, fmt.Errorf(format, args...))
}

// configFiles are the YAML files of one kind, in order.
func (p *pass) configFiles(kind string) []string {
	if p.o.Root == "" {
		return nil
	}
	dir := filepath.Join(p.o.Root, kind)
	entries, err := os.ReadDir(dir)
	if err != nil {
		if !errors.Is(err, os.ErrNotExist) {
			p.problem("read %s: %w", dir, err)
		}
		return nil
	}
	var files []string
	for _, e := range entries {
		name := e.Name()
		if ext := filepath.Ext(name); (ext == ".yaml" || ext == ".yml") && name[0] != '.' {
			files = append(files, filepath.Join(dir, name))
		}
	}
	return files
}

// watch makes the watcher look at the files of the root and at what the last pass
// found, as they are now.
func (s *Service) watch() {
	if s.o.Watcher == nil {
		return
	}
	var patterns []string
	if s.o.Root != "" {
		for _, kind := range []string{"datasources", "dashboards"} {
			for _, ext := range []string{"*.yaml", "*.yml"} {
				patterns = append(patterns, filepath.Join(s.o.Root, kind, ext))
			}
		}
	}
	if s.o.Home != "" {
		patterns = append(patterns, s.o.Home)
	}
	s.o.Watcher.Set(append(patterns, s.found...))
}
