package tsdb

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"sync"
	"sync/atomic"

	"monopod/internal/storage"
	"monopod/internal/vfs"
)

// makeDir makes a directory, durably: what is in one that goes is lost, however
// well it was synced.
func makeDir(fsys vfs.FS, name string) error {
	var above []string
	for dir := filepath.Clean(name); ; dir = filepath.Dir(dir) {
		if _, err := fsys.Stat(dir); err == nil || !errors.Is(err, fs.ErrNotExist) || dir == filepath.Dir(dir) {
			break
		}
		above = append(above, filepath.Dir(dir))
	}
	if err := fsys.MkdirAll(name); err != nil {
		return err
	}
	for _, dir := range above {
		if err := fsys.SyncDir(dir); err != nil {
			return err
		}
	}
	return nil
}

// lock is the process's claim on the directory. There is none while the directory
// may not be written.
type lock struct {
	held atomic.Bool
	mu   sync.Mutex
	file io.Closer
}

// takeLock claims the directory. One that may not be written is left without.
func (db *DB) takeLock() error {
	err := db.claim()
	if err == nil || !errors.Is(refusal(err), storage.ErrReadOnly) {
		return err
	}
	if _, serr := db.fsys.Stat(db.o.Dir); serr != nil {
		return err
	}
	db.logger.Warn("The data directory may not be written; it is opened for reading", "dir", db.o.Dir, "err", err)
	return nil
}

func (db *DB) claim() error {
	db.lock.mu.Lock()
	defer db.lock.mu.Unlock()
	if db.lock.file != nil {
		return nil
	}
	err := makeDir(db.fsys, db.o.Dir)
	if err == nil {
		db.lock.file, err = db.fsys.Lock(filepath.Join(db.o.Dir, "lock"))
	}
	db.lock.held.Store(err == nil)
	return err
}

// writable claims the directory where that was not possible before.
func (db *DB) writable() error {
	if db.lock.held.Load() {
		return nil
	}
	err := refusal(db.claim())
	if errors.Is(err, vfs.ErrLocked) {
		return fmt.Errorf("%w: %w", storage.ErrReadOnly, err)
	}
	return err
}
