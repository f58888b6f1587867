package filewatch

import (
	"errors"
	"io/fs"
	"maps"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"
)

// round is what the loop of Run keeps between two looks.
type round struct {
	w      *Watcher
	notify *fsnotify.Watcher // nil where there are no notifications
	route  route
	told   map[string]bool // directories whose failure to watch was logged

	generation int
	pending    map[string]fingerprint // a state unlike the base; nil where there is none
	since      time.Time              // when pending was first seen

	changed map[string]bool // files whose change is to be reported
}

// look compares the state with the base and returns when to look again.
func (r *round) look(now time.Time) time.Duration {
	w := r.w
	w.mu.Lock()
	defer w.mu.Unlock()
	if r.generation != w.mu.generation {
		r.generation, r.pending, r.changed = w.mu.generation, nil, nil
	}
	// First the watches, then the state: a change in between is then notified.
	r.route = routeOf(w.mu.patterns)
	r.watch()
	state := w.mu.hashes.state(w.mu.patterns)
	w.mu.hashes.keep(state)
	if maps.Equal(state, w.mu.base) {
		r.pending = nil
		return w.o.Poll
	}
	settle := w.o.Settle
	if thinner(state, w.mu.base) {
		settle *= 10
	}
	if r.pending == nil || !maps.Equal(state, r.pending) {
		r.pending, r.since = state, now
		return settle
	}
	if wait := settle - now.Sub(r.since); wait > 0 {
		return wait
	}
	if r.changed == nil {
		r.changed = make(map[string]bool)
	}
	for file := range difference(state, w.mu.base) {
		r.changed[file] = true
	}
	w.mu.base, r.pending = state, nil
	return w.o.Poll
}

// watch makes the notifications be those of the route's directories.
func (r *round) watch() {
	if r.notify == nil {
		return
	}
	for _, dir := range r.notify.WatchList() {
		if !r.route.dirs[dir] {
			// It fails where the directory has gone, and the watch with it.
			_ = r.notify.Remove(dir)
		}
	}
	for dir := range r.route.dirs {
		// Also where it is watched already: it may be another directory by now.
		if err := r.notify.Add(dir); err != nil && !errors.Is(err, fs.ErrNotExist) && !r.told[dir] {
			r.told[dir] = true
			r.w.o.Logger.Warn("No notifications of changes in a directory; looking regularly instead", "dir", dir, "every", r.w.o.Poll, "err", err)
		}
	}
}

// concerns tells whether a change of this path may change the state.
func (r *round) concerns(path string) bool {
	path = filepath.Clean(path)
	if r.route.names[path] || r.route.dirs[path] {
		return true
	}
	for _, pattern := range r.route.globs {
		if ok, err := filepath.Match(pattern, path); ok && err == nil {
			return true
		}
	}
	return false
}

// thinner tells whether a file of base has gone or become empty.
func thinner(state, base map[string]fingerprint) bool {
	for file, was := range base {
		if is, ok := state[file]; !ok || is.size == 0 && was.size > 0 {
			return true
		}
	}
	return false
}

// difference has the files that are not the same in both.
func difference(a, b map[string]fingerprint) map[string]bool {
	files := make(map[string]bool)
	for file, f := range a {
		if other, ok := b[file]; !ok || other != f {
			files[file] = true
		}
	}
	for file := range b {
		if _, ok := a[file]; !ok {
			files[file] = true
		}
	}
	return files
}
