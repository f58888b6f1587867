// Package tsdb is Monopod's storage engine. It keeps what scrapes are: rows of
// tables whose columns hardly ever change (see package storage for the words).
//
// A row is written to the write-ahead log (package wal) and then stands in the
// open part of its group, in memory. Every few rows the open part is sealed: it
// becomes a chunk, by column, in the head file of its window of two hours
// (headfile.go, chunk.go). A window that is over becomes a block (package block),
// whose pages are by metric; its head files go. The log holds the rows that are
// open, and is cut by checkpoints (log.go).
//
//	Write ──► wal ──► open rows ──► chunks in head/ ──► blocks/ ──► (retention)
//	                     │              │                  │
//	                     └──────────────┴──── Querier ─────┘
//
// Metrics, groups and columns have numbers; what they stand for is defined in
// the log and in the catalog (catalog.go), and found through the index (package
// index).
//
// # Directory
//
//	lock                        held by the process that has the store open
//	catalog/NNNNNNNN.wal        definitions, as records of a log (record.go)
//	wal/NNNNNNNN.wal            definitions, rows, samples, exemplars (record.go)
//	head/START-PART.chunks      sealed chunks of a window (chunk.go)
//	blocks/ULID/                one block (package block)
//	downsampled/5m|1h/ULID/     one block of aggregates (aggregate.go)
//	tombstones                  what was deleted and is not rewritten yet
//	*.bad                       what was found damaged and put aside
package tsdb

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"monopod/internal/storage"
	"monopod/internal/tsdb/block"
	"monopod/internal/tsdb/cache"
	"monopod/internal/tsdb/index"
	"monopod/internal/tsdb/wal"
	"monopod/internal/vfs"
)

// Options configure a DB. FS and Dir are needed; the zero value of the others
// means the default.
type Options struct {
	FS         vfs.FS
	Dir        string
	Logger     *slog.Logger
	Registerer prometheus.Registerer
	Now        func() time.Time
	// Limits are those from the start; SetLimits changes them.
	Limits
	// StartTimestamps keeps the start timestamps of samples; otherwise they are
	// passed over. Prometheus keeps them with the feature st-storage.
	StartTimestamps bool
	// BlockDuration is the window of a block. Default 2 h.
	BlockDuration time.Duration
	// SealRows is the rows of a chunk. Default 32.
	SealRows int
	// WALBytes is the size of the write-ahead log at which it is cut. Default 64 MiB.
	WALBytes int64
	// WALSegmentBytes is the size of its segments. Default a quarter of WALBytes.
	WALSegmentBytes int64
	// CacheBytes bounds what is kept in memory of the files; SetCacheBytes changes
	// it. Default 32 MiB.
	CacheBytes int64
	// Progress hears of the replay while Open runs. It may be nil.
	Progress func(ReplayStatus)
}

// Limits bound what a store keeps.
type Limits struct {
	// Retention is how long samples are kept, RetentionBytes how many bytes of
	// blocks; 0 keeps them for ever.
	Retention      time.Duration
	RetentionBytes int64
	// RetentionPercentage is RetentionBytes as a share of the file system that the
	// store lies on, from 0 to 100. Where both are given, this one counts; where the
	// size of the file system cannot be told, that one.
	RetentionPercentage float64
	// Retention5m and Retention1h are how long aggregates of windows of five minutes
	// and of an hour are kept, to answer for samples that are gone; 0: none are made.
	Retention5m, Retention1h time.Duration
	// MaxExemplars is how many exemplars are kept; 0 is none.
	MaxExemplars int64
	// OutOfOrderWindow is how much older than the newest sample of the store one
	// may be that is older than its series' newest; 0: none may.
	OutOfOrderWindow time.Duration
}

func (o *Options) setDefaults() {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.BlockDuration <= 0 {
		o.BlockDuration = 2 * time.Hour
	}
	if o.SealRows <= 0 {
		o.SealRows = 32
	}
	if o.WALBytes <= 0 {
		o.WALBytes = 64 << 20
	}
	if o.WALSegmentBytes <= 0 {
		o.WALSegmentBytes = max(o.WALBytes/4, 1<<20)
	}
	if o.CacheBytes <= 0 {
		o.CacheBytes = 32 << 20
	}
}

const (
	// syncInterval is the most that a loss of power may take.
	syncInterval = time.Second
	// upkeepInterval is how often the log, the windows and the blocks are looked
	// at; with short blocks it is an eighth of a block.
	upkeepInterval = 15 * time.Second
	// maxAhead is how far a timestamp may lie in the future.
	maxAhead = time.Hour
)

// DB is an open store. All methods may be called from many goroutines. It
// implements storage.Writer, and Prometheus's storage.Storage for reading and
// for appending samples.
type DB struct {
	o           Options
	limits      atomic.Pointer[Limits]
	fsys        vfs.FS
	logger      *slog.Logger
	blockMillis int64
	lock        lock
	closed      atomic.Bool
	stop        context.CancelFunc
	done        sync.WaitGroup

	metrics   *metrics
	health    *health
	clock     *clock
	index     *index.Memory
	head      *head
	registry  *registry
	catalog   *catalog
	windows   *windows
	wal       *wal.Log
	cache     *cache.Cache
	exemplars *exemplars
	readers   readers
	fileIDs   atomic.Uint64
	// corruptions is what Corruptions returns.
	corruptions atomic.Int64
	blockSet    blockSet
	// aggregates is the blocks of aggregates, of all resolutions.
	aggregates  blockSet
	blockShared *block.Shared

	// holds guards group.holding.
	holds sync.Mutex
	// logging is held for reading from the encoding of a record until its row is
	// shown, and for writing while the generation changes. A generation is the time
	// between two checkpoints.
	logging    sync.RWMutex
	generation uint64

	// checkpoints is held while one begins or ends; it guards rotated.
	checkpoints sync.Mutex
	rotated     rotation

	// upkeeping is held by what changes blocks, head files and tombstones.
	upkeeping sync.Mutex
	deletions deletions
	// compacted is when the last blocks of windows were made; guarded by upkeeping.
	compacted map[int64]time.Time

	replay struct {
		sync.Mutex
		status ReplayStatus
	}
}

// Open opens the store in a directory, and makes it where it is absent. It
// returns when all that was stored can be read. A directory that another process
// has open is refused with vfs.ErrLocked. One that may not be written is opened
// for reading: writes are refused with storage.ErrReadOnly.
func Open(o Options) (*DB, error) {
	o.setDefaults()
	exemplars, err := newExemplars(o.MaxExemplars, o.Registerer)
	if err != nil {
		return nil, err
	}
	db := &DB{
		o: o, fsys: o.FS, logger: o.Logger, blockMillis: o.BlockDuration.Milliseconds(),
		metrics: newMetrics(o.Registerer), index: index.NewMemory(), head: newHead(), registry: newRegistry(),
		compacted: map[int64]time.Time{},
		catalog:   newCatalog(o.Dir), cache: cache.New(o.CacheBytes), exemplars: exemplars,
	}
	db.limits.Store(&o.Limits)
	db.clock = newClock(o.Now)
	if db.blockShared, err = block.NewShared(o.FS, db.cache, db.fileID); err != nil {
		return nil, err
	}
	db.windows = newWindows(o.FS, o.Dir, &db.fileIDs)
	db.generation = 1
	db.health = newHealth(db.logger)
	db.readers.failed = func(err error) {
		db.logger.Warn("A file that is not needed any more could not be closed", "err", err)
	}
	db.setReplayStatus(ReplayStatus{State: "waiting"})
	ctx, cancel := context.WithCancel(context.Background())
	db.stop = cancel
	if err := db.open(ctx); err != nil {
		cancel()
		return nil, errors.Join(fmt.Errorf("open storage in %s: %w", o.Dir, err), db.release())
	}
	db.observe(o.Registerer)
	db.start(ctx)
	return db, nil
}

func (db *DB) open(ctx context.Context) error {
	if err := db.takeLock(); err != nil {
		return err
	}
	if err := db.replayCatalog(); err != nil {
		return err
	}
	if err := db.loadBlocks(); err != nil {
		return err
	}
	if err := db.loadAggregates(); err != nil {
		return err
	}
	if err := db.loadHead(); err != nil {
		return err
	}
	if err := db.loadTombstones(); err != nil {
		return err
	}
	db.linkHead()
	if err := db.replayLog(ctx); err != nil {
		return err
	}
	var err error
	// Definitions are few, and a segment of them is read whole at each start.
	if db.catalog.log, err = wal.Open(db.fsys, db.catalog.dir, wal.Options{Logger: db.logger}); err != nil {
		return err
	}
	if db.wal, err = wal.Open(db.fsys, db.walDir(), wal.Options{SegmentBytes: db.o.WALSegmentBytes, Logger: db.logger}); err != nil {
		return err
	}
	s := db.ReplayStatus()
	s.State = "done"
	db.setReplayStatus(s)
	return nil
}

func (db *DB) walDir() string { return filepath.Join(db.o.Dir, "wal") }

// start runs what goes on beside writes and reads, until Close.
func (db *DB) start(ctx context.Context) {
	every := func(interval time.Duration, p *problem, do func(context.Context) error) {
		db.done.Go(func() {
			tick := time.NewTicker(interval)
			defer tick.Stop()
			for {
				select {
				case <-ctx.Done():
					return
				case <-tick.C:
					if err := do(ctx); ctx.Err() == nil {
						db.health.report(p, err)
					}
				}
			}
		})
	}
	every(syncInterval, &db.health.sync, func(context.Context) error { return db.syncLog() })
	every(min(upkeepInterval, db.o.BlockDuration/8), &db.health.upkeep, db.upkeep)
}

// upkeep does what is due. One failure does not keep the rest from being done.
func (db *DB) upkeep(ctx context.Context) error {
	if err := db.writable(); err != nil {
		return err
	}
	db.upkeeping.Lock()
	defer db.upkeeping.Unlock()
	return errors.Join(
		db.compact(ctx),
		db.dropReplaced(),
		db.merge(ctx),
		db.downsampleAndRetain(ctx),
		db.collect(),
		db.pruneTombstones(),
		db.maybeCheckpoint(),
	)
}

// Close ends the store: what is open is sealed, so that the next start has
// nothing to replay. A disk that does not take it costs only that.
func (db *DB) Close() error {
	if db.closed.Swap(true) {
		return nil
	}
	db.stop()
	db.done.Wait()
	err := db.writable()
	if err == nil {
		err = db.checkpoint()
	}
	if refused := refusal(err); errors.Is(refused, storage.ErrNoSpace) || errors.Is(refused, storage.ErrReadOnly) {
		err = nil
	}
	if err = errors.Join(err, db.release()); err != nil {
		return fmt.Errorf("close storage in %s: %w", db.o.Dir, err)
	}
	return nil
}

// release gives files and lock back.
func (db *DB) release() error {
	var errs []error
	closeLog := func(l *wal.Log) {
		if l == nil {
			return
		}
		if err := refusal(l.Close()); !errors.Is(err, storage.ErrNoSpace) && !errors.Is(err, storage.ErrReadOnly) {
			errs = append(errs, err)
		}
	}
	closeLog(db.wal)
	closeLog(db.catalog.log)
	for _, f := range db.windows.all() {
		db.readers.retire(f)
	}
	for _, b := range db.allBlocks() {
		db.readers.retire(b)
	}
	db.readers.retire(db.blockShared)
	db.lock.mu.Lock()
	defer db.lock.mu.Unlock()
	if db.lock.file != nil {
		errs = append(errs, db.lock.file.Close())
		db.lock.file = nil
	}
	return errors.Join(errs...)
}

func (db *DB) now() time.Time { return db.o.Now() }

func (db *DB) headChunks() int {
	n := 0
	for _, g := range db.head.all() {
		chunks, _ := g.snapshot()
		n += len(chunks)
	}
	for _, x := range db.registry.all() {
		_, chunks := x.snapshot()
		n += len(chunks)
	}
	return n
}

// StartTime implements Prometheus's storage.Storage: the oldest timestamp.
func (db *DB) StartTime() (int64, error) {
	mint, _, _ := db.head.bounds()
	for _, b := range db.blocks() {
		mint = min(mint, b.Meta().MinTime)
	}
	return mint, nil
}

// Health tells what goes wrong at the moment: nil when writes are taken and
// nothing waits for the disk. Its errors are those of Write.
func (db *DB) Health() error { return db.health.err() }
