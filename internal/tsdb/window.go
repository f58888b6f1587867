package tsdb

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"

	"monopod/internal/vfs"
)

// windows is the head files, by window.
type windows struct {
	fsys vfs.FS
	dir  string
	ids  *atomic.Uint64 // of files in the cache

	mu struct {
		sync.Mutex
		files []*headFile // by window, then part
		// parts has the last part number of each window that was ever made, so that
		// a name is not used again.
		parts map[int64]int
	}
}

func newWindows(fsys vfs.FS, dir string, ids *atomic.Uint64) *windows {
	w := &windows{fsys: fsys, dir: filepath.Join(dir, "head"), ids: ids}
	w.mu.parts = map[int64]int{}
	return w
}

// windowOf is the start of the window that t falls into.
func windowOf(t, blockMillis int64) int64 {
	w := t / blockMillis
	if t%blockMillis < 0 {
		w--
	}
	return w * blockMillis
}

// add puts a part that exists, or is about to, into its place.
func (w *windows) addLocked(window int64, part int) *headFile {
	f := &headFile{id: w.ids.Add(1), fsys: w.fsys, window: window, part: part}
	f.path = filepath.Join(w.dir, headFileName(window, part))
	w.mu.files = append(w.mu.files, f)
	slices.SortFunc(w.mu.files, func(a, b *headFile) int {
		return cmp.Or(cmp.Compare(a.window, b.window), cmp.Compare(a.part, b.part))
	})
	w.mu.parts[window] = max(part, w.mu.parts[window])
	return f
}

// used keeps a part's name from being used again.
func (w *windows) used(window int64, part int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.mu.parts[window] = max(part, w.mu.parts[window])
}

// append writes a chunk of a window.
func (w *windows) append(window int64, chunk []byte) (f *headFile, offset int64, err error) {
	for {
		f = w.current(window)
		offset, ok, err := f.append(chunk)
		if ok || err != nil {
			return f, offset, err
		}
	}
}

// current is the part of a window that takes chunks.
func (w *windows) current(window int64) *headFile {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, f := range w.mu.files {
		if f.window == window {
			f.mu.Lock()
			full := f.mu.full
			f.mu.Unlock()
			if !full {
				return f
			}
		}
	}
	return w.addLocked(window, w.mu.parts[window]+1)
}

// all returns the parts, oldest first.
func (w *windows) all() []*headFile {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.mu.files)
}

// sync makes all chunks durable.
func (w *windows) sync() error {
	var fresh []*headFile
	var errs []error
	for _, f := range w.all() {
		entry, err := f.sync()
		errs = append(errs, err)
		if entry {
			fresh = append(fresh, f)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	if len(fresh) == 0 {
		return nil
	}
	for _, dir := range []string{w.dir, filepath.Dir(w.dir)} {
		if err := w.fsys.SyncDir(dir); err != nil {
			return fmt.Errorf("sync %s: %w", dir, err)
		}
	}
	for _, f := range fresh {
		f.entrySynced()
	}
	return nil
}

// remove takes a part out; its file is the caller's to close and remove.
func (w *windows) remove(f *headFile) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.mu.files = slices.DeleteFunc(w.mu.files, func(o *headFile) bool { return o == f })
}

// bytes is the size of all parts.
func (w *windows) bytes() int64 {
	n := int64(0)
	for _, f := range w.all() {
		n += f.size()
	}
	return n
}
