package tsdb

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"sync"
	"syscall"
	"time"

	"monopod/internal/storage"
	"monopod/internal/tsdb/wal"
)

// refusal gives an error of the file system the name that storage has for it.
func refusal(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fmt.Errorf("%w; free some space, writing goes on by itself: %w", storage.ErrNoSpace, err)
	case errors.Is(err, syscall.EROFS), errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%w; let this user write to it: %w", storage.ErrReadOnly, err)
	}
	return err
}

// appendLog writes records to the write-ahead log. DB.logging is held.
func (db *DB) appendLog(records [][]byte) error {
	err := db.writable()
	if err == nil {
		err = db.wal.Append(records...)
	}
	db.health.report(&db.health.append, err)
	if err != nil {
		return fmt.Errorf("write: %w", refusal(err))
	}
	return nil
}

// syncLog makes durable what was written: the promise of one second.
func (db *DB) syncLog() error {
	start := time.Now()
	err := db.wal.Sync()
	db.metrics.walSync.Observe(time.Since(start).Seconds())
	if err == nil {
		return nil
	}
	db.metrics.walSyncFailed.Inc()
	if !errors.Is(err, wal.ErrNotDurable) {
		return fmt.Errorf("sync write-ahead log: %w", refusal(err))
	}
	if rerr := db.recoverLog(); rerr != nil {
		return errors.Join(err, rerr)
	}
	return nil
}

// recoverLog goes on after a failed sync: nothing is known of what was written
// since the last good one, but the rows are in memory. They are sealed, which
// writes them again, and the log begins anew.
func (db *DB) recoverLog() error {
	db.logging.Lock()
	first, err := db.wal.Recover()
	if err == nil {
		db.generation++
	}
	generation := db.generation
	db.logging.Unlock()
	if err != nil {
		return fmt.Errorf("recover write-ahead log: %w", refusal(err))
	}
	db.checkpoints.Lock()
	defer db.checkpoints.Unlock()
	db.rotated = rotation{first: first, generation: generation, at: db.now(), pending: true}
	return db.finishCheckpoint(true)
}

// rotation is a checkpoint under way: records of earlier generations are in
// segments before first.
type rotation struct {
	pending    bool
	first      int
	generation uint64
	at         time.Time
}

// beginCheckpoint starts a new generation of the log. DB.checkpoints is held.
func (db *DB) beginCheckpoint() error {
	// Most of the sync is done before writers have to wait.
	if err := db.wal.Sync(); err != nil {
		return fmt.Errorf("begin checkpoint: %w", refusal(err))
	}
	db.logging.Lock()
	defer db.logging.Unlock()
	first, err := db.wal.Rotate()
	if err != nil {
		return fmt.Errorf("begin checkpoint: %w", refusal(err))
	}
	db.generation++
	db.rotated = rotation{first: first, generation: db.generation, at: db.now(), pending: true}
	return nil
}

// finishCheckpoint drops the segments of earlier generations, when nothing that
// is open stands in them. force seals what does; otherwise the groups get there
// by themselves, within the rows of one chunk. DB.checkpoints is held.
func (db *DB) finishCheckpoint(force bool) error {
	r := db.rotated
	for _, g := range db.head.all() {
		g.writer.Lock()
		var err error
		old := g.writer.open > 0 && g.writer.openGen < r.generation
		if old && force {
			err = db.sealLocked(g)
		}
		g.writer.Unlock()
		if err != nil {
			return fmt.Errorf("checkpoint: %w", err)
		}
		if old && !force {
			return nil
		}
	}
	for _, x := range db.registry.all() {
		old, err := db.sealOld(x, r.generation, force)
		if err != nil {
			return fmt.Errorf("checkpoint: %w", err)
		}
		if old && !force {
			return nil
		}
	}
	if err := db.keepExemplars(); err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	if err := db.catalog.sync(); err != nil {
		return fmt.Errorf("checkpoint: %w", refusal(err))
	}
	if err := db.windows.sync(); err != nil {
		return fmt.Errorf("checkpoint: %w", refusal(err))
	}
	// What keepExemplars wrote must be durable before its first copy goes.
	if err := db.wal.Sync(); err != nil {
		return fmt.Errorf("checkpoint: %w", refusal(err))
	}
	if err := db.wal.RemoveBefore(r.first); err != nil {
		return fmt.Errorf("checkpoint: %w", refusal(err))
	}
	db.rotated.pending = false
	db.metrics.walTruncations.Inc()
	return nil
}

// checkpoint seals what the log alone holds, and empties the log of it.
func (db *DB) checkpoint() error {
	db.checkpoints.Lock()
	defer db.checkpoints.Unlock()
	err := db.beginCheckpoint()
	if err == nil {
		err = db.finishCheckpoint(true)
	}
	if err != nil {
		db.metrics.walTruncationsFailed.Inc()
	}
	return err
}

// maybeCheckpoint begins one when the log has grown, and finishes the one that
// is under way.
func (db *DB) maybeCheckpoint() error {
	db.checkpoints.Lock()
	defer db.checkpoints.Unlock()
	size := db.wal.Size()
	if !db.rotated.pending {
		if size < db.o.WALBytes {
			return nil
		}
		if err := db.beginCheckpoint(); err != nil {
			db.metrics.walTruncationsFailed.Inc()
			return err
		}
	}
	late := size > 2*db.o.WALBytes || db.now().Sub(db.rotated.at) > db.o.BlockDuration/4
	if err := db.finishCheckpoint(late); err != nil {
		db.metrics.walTruncationsFailed.Inc()
		return err
	}
	return nil
}

// health is what goes wrong at the moment, for the status of the store.
type health struct {
	mu     sync.Mutex
	append problem
	seal   problem
	sync   problem
	upkeep problem
	logger *slog.Logger
}

func newHealth(logger *slog.Logger) *health {
	return &health{
		logger: logger,
		append: problem{what: "write samples"},
		seal:   problem{what: "seal rows"},
		sync:   problem{what: "sync the write-ahead log"},
		upkeep: problem{what: "look after the storage"},
	}
}

// problem is one of them: the last error, nil when it is over.
type problem struct {
	what string
	err  error
}

// report notes the outcome of an operation that goes on by itself, and tells of
// a change: what fails each second is told once.
func (h *health) report(p *problem, err error) {
	h.mu.Lock()
	changed := (err == nil) != (p.err == nil)
	p.err = err
	h.mu.Unlock()
	switch {
	case changed && err != nil:
		h.logger.Error("Failed, and is tried again", "to", p.what, "err", err)
	case changed:
		h.logger.Info("Works again", "to", p.what)
	}
}

// err is what goes wrong now, nil when all is well.
func (h *health) err() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	return errors.Join(h.append.err, h.seal.err, h.sync.err, h.upkeep.err)
}

// writing is why the last write was refused, nil where it was not.
func (h *health) writing() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.append.err
}
