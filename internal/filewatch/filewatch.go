// Package filewatch tells when the content of files changes.
//
//   - A pattern is a path, or a glob of filepath.Match: the files to watch. They
//     need not be there.
//   - The state of a pattern is which files match it and what is in them. Owner,
//     mode and times are no part of it: a touched file has not changed.
//   - The base is the state that changes are measured against: that of the last Set,
//     or the last one reported.
//   - A state has settled when it stayed the same for a while. Only settled states
//     are reported, so that a file which is written in two steps is one change.
//
// The kernel's notifications (inotify) only say when to look; what changed is found
// by comparing states. So all ways to replace a file are alike: writing in place,
// renaming over it, swapping a symbolic link anywhere in its path, as a ConfigMap
// mount does, removing a directory and making it again. Where there are no
// notifications (network file systems, too many watches) the regular look finds
// the change, a little later.
package filewatch

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"
)

// Options of a Watcher.
type Options struct {
	Logger *slog.Logger
	// Settle is how long a changed state must stay the same; 100 ms where zero. For
	// a file that has become empty or has gone, which most often is the first half
	// of its replacement, it is ten times as long.
	Settle time.Duration
	// Poll is how often to look without a notification; five seconds where zero.
	Poll time.Duration
}

// Watcher watches a set of patterns. Its methods may be called from many goroutines.
type Watcher struct {
	o       Options
	changes chan []string
	kick    chan struct{} // the patterns changed

	mu struct {
		sync.Mutex
		patterns []string
		base     map[string]fingerprint // by file
		hashes   hashCache
		// generation counts the calls of Set, so that a state that was taken before
		// one is not compared with the base that it set.
		generation int
	}
}

// New returns a watcher of nothing. Set gives it patterns, and Run makes it look.
func New(o Options) *Watcher {
	if o.Settle == 0 {
		o.Settle = 100 * time.Millisecond
	}
	if o.Poll == 0 {
		o.Poll = 5 * time.Second
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	w := &Watcher{o: o, changes: make(chan []string), kick: make(chan struct{}, 1)}
	w.mu.hashes = make(hashCache)
	return w
}

// Set makes these the patterns, and their state now the base: who reads the files
// after Set misses no change.
func (w *Watcher) Set(patterns []string) {
	w.mu.Lock()
	w.mu.patterns = slices.Clone(patterns)
	w.mu.base = w.mu.hashes.state(patterns)
	w.mu.generation++
	w.mu.Unlock()
	select {
	case w.kick <- struct{}{}:
	default:
	}
}

// Changes gives the files that were changed, added or removed, sorted. Changes that
// nobody has received yet become one.
func (w *Watcher) Changes() <-chan []string { return w.changes }

// Run looks for changes until ctx ends.
func (w *Watcher) Run(ctx context.Context) {
	var events <-chan fsnotify.Event
	var errs <-chan error
	notify, err := fsnotify.NewWatcher()
	if err != nil {
		w.o.Logger.Warn("No notifications of changed files; looking regularly instead", "every", w.o.Poll, "err", err)
	} else {
		defer notify.Close()
		events, errs = notify.Events, notify.Errors
	}
	r := &round{w: w, notify: notify, told: make(map[string]bool)}
	timer := time.NewTimer(0)
	defer timer.Stop()
	due := time.Now()
	schedule := func(in time.Duration) {
		if at := time.Now().Add(in); at.Before(due) || due.IsZero() {
			due = at
			timer.Reset(in)
		}
	}
	for {
		var out chan []string
		if len(r.changed) > 0 {
			out = w.changes
		}
		select {
		case <-ctx.Done():
			return
		case out <- slices.Sorted(maps.Keys(r.changed)):
			r.changed = nil
		case <-w.kick:
			schedule(0)
		case ev := <-events:
			if r.concerns(ev.Name) {
				schedule(w.o.Settle / 4)
			}
		case err := <-errs:
			// Most likely the queue of notifications ran over, and some are lost.
			w.o.Logger.Debug("Notifications of changed files were lost; looking now", "err", err)
			schedule(0)
		case <-timer.C:
			due = time.Time{}
			schedule(r.look(time.Now()))
		}
	}
}
