package wal

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"log/slog"
	"path/filepath"
	"sync"

	"monopod/internal/vfs"
)

// Why the log did not take a record, or could not be read. Tested with
// errors.Is; the errors that callers see name the operation and the file.
var (
	// ErrNotDurable: a sync failed, so what was written since the last good one may
	// be lost with the power. Append refuses until Recover.
	ErrNotDurable = errors.New("the write-ahead log could not be synced")
	// ErrClosed: the log is closed.
	ErrClosed = errors.New("the write-ahead log is closed")
	// ErrTooLarge: the records of one Append are over 1 GiB.
	ErrTooLarge = errors.New("records too large for one append")
	// ErrVersion: a later version of the program wrote this segment.
	ErrVersion = errors.New("unknown format version")
)

// Options configure a Log.
type Options struct {
	// SegmentBytes is the size at which Append begins a new segment. Default 64 MiB.
	SegmentBytes int64
	// Logger hears of segments given up. Default none.
	Logger *slog.Logger
}

// Log is a write-ahead log open for appending. All methods may be called from
// many goroutines.
//
// Two invariants: bytes behind end in the current segment are never followed by a
// frame (they are cut off first, or the segment is left), and no segment is
// closed before it was synced, unless a sync failed.
type Log struct {
	fsys vfs.FS
	dir  string
	o    Options

	// syncing is held while segments are synced or closed, and taken before mu,
	// so that a disk that stalls does not stall Append.
	syncing sync.Mutex

	mu struct {
		sync.Mutex
		seg     int      // the current segment, or the next where file is nil
		file    vfs.File // nil: the segment is not made yet
		end     int64    // bytes of seg that hold good frames, with the header
		before  int64    // end of segment seg-1, 0 unknown
		torn    bool     // bytes behind end may exist
		synced  int64    // bytes of seg that are durable
		left    []segment
		sizes   []size // of the segments before seg
		entries bool   // the directory has entries that are not durable
		found   []size // the segments of earlier processes, until synced
		placed  bool   // the entry that leads to the directory is durable
		failed  error  // of a sync: wraps ErrNotDurable
		closed  bool
		buf     []byte
	}
}

// segment is one that was left but not synced.
type segment struct {
	number int
	file   vfs.File
}

type size struct {
	number int
	bytes  int64
}

const (
	headerSize  = 32
	headSize    = 16
	maxBody     = 1 << 30
	maxKeptBody = 4 << 20 // a larger buffer is given back
	extension   = ".wal"
)

var (
	magic  = [8]byte{'m', 'o', 'n', 'o', 'p', 'w', 'a', 'l'}
	marker = [4]byte{0xf1, 0x57, 0xa1, 0x0d}
	table  = crc32.MakeTable(crc32.Castagnoli)
)

// Open opens the log in dir for appending, in a new segment behind those that
// exist. It writes nothing: the directory and the segment are made by the first
// Append, so that a full or read-only disk does not keep a reader out.
func Open(fsys vfs.FS, dir string, o Options) (*Log, error) {
	if o.SegmentBytes <= 0 {
		o.SegmentBytes = 64 << 20
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	l := &Log{fsys: fsys, dir: dir, o: o}
	segments, err := list(fsys, dir)
	if err != nil {
		return nil, fmt.Errorf("open write-ahead log: %w", err)
	}
	l.mu.seg = 1
	for _, s := range segments {
		if err := checkVersion(fsys, dir, s.number); err != nil {
			return nil, fmt.Errorf("open write-ahead log: %w", err)
		}
		l.mu.seg = s.number + 1
	}
	l.mu.sizes, l.mu.found = segments, segments
	l.mu.entries = len(segments) > 0
	return l, nil
}

// Append stores records as a whole, with one write: when it returns nil, all of
// them survive the death of the process, and from the next Sync on a loss of
// power; when it returns an error, none is replayed. (One exception: where the
// write failed, and the part of it on disk can neither be cut off nor a new
// segment begun before the process dies, and that part is the whole of it.)
// After an error of the disk, the next Append tries again; after a failed sync
// it takes a Recover.
func (l *Log) Append(records ...[]byte) error {
	if len(records) == 0 {
		return nil
	}
	body := 0
	for _, r := range records {
		body += uvarintLen(uint64(len(r))) + len(r)
		if body > maxBody {
			return fmt.Errorf("append to write-ahead log %s: %w", l.dir, ErrTooLarge)
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.usableLocked(); err != nil {
		return err
	}
	if err := l.prepareLocked(int64(headSize + body)); err != nil {
		return fmt.Errorf("append to write-ahead log: %w", err)
	}
	frame := l.frameLocked(records)
	if _, err := l.mu.file.Write(frame); err != nil {
		l.mu.torn = true
		l.cutLocked()
		return fmt.Errorf("append to write-ahead log: %w", err)
	}
	l.mu.end += int64(len(frame))
	return nil
}

func (l *Log) usableLocked() error {
	if l.mu.closed {
		return fmt.Errorf("write-ahead log %s: %w", l.dir, ErrClosed)
	}
	return l.mu.failed
}

// prepareLocked makes sure that there is a segment to which need bytes can be
// appended.
func (l *Log) prepareLocked(need int64) error {
	if l.mu.torn && !l.cutLocked() {
		l.o.Logger.Warn("A failed write cannot be cut off; a new segment is begun",
			"file", l.path(l.mu.seg), "validBytes", l.mu.end)
		l.leaveLocked()
	}
	if l.mu.file != nil && l.mu.end > headerSize && l.mu.end+need > l.o.SegmentBytes {
		l.leaveLocked()
	}
	if l.mu.file != nil {
		return nil
	}
	return l.beginLocked()
}

// cutLocked removes what a failed write left, and tells whether that worked.
func (l *Log) cutLocked() bool {
	if err := l.mu.file.Truncate(l.mu.end); err != nil {
		return false
	}
	l.mu.torn = false
	return true
}

// leaveLocked ends the current segment; the next Sync makes it durable.
func (l *Log) leaveLocked() {
	l.mu.left = append(l.mu.left, segment{l.mu.seg, l.mu.file})
	l.mu.sizes = append(l.mu.sizes, size{l.mu.seg, l.mu.end})
	l.mu.before = l.mu.end
	l.mu.seg++
	l.mu.file, l.mu.end, l.mu.synced, l.mu.torn = nil, 0, 0, false
}

func (l *Log) beginLocked() error {
	if err := l.fsys.MkdirAll(l.dir); err != nil {
		return err
	}
	f, err := l.fsys.Create(l.path(l.mu.seg))
	if err != nil {
		return err
	}
	l.mu.entries = true
	if _, err := f.Write(appendHeader(l.mu.buf[:0], l.mu.seg, l.mu.before)); err != nil {
		// The file may stay: it is emptied by the next try, and replays as nothing.
		return errors.Join(err, f.Close())
	}
	l.mu.file, l.mu.end, l.mu.synced, l.mu.torn = f, headerSize, 0, false
	return nil
}

func (l *Log) frameLocked(records [][]byte) []byte {
	b := append(l.mu.buf[:0], make([]byte, headSize)...)
	for _, r := range records {
		b = binary.AppendUvarint(b, uint64(len(r)))
		b = append(b, r...)
	}
	sealFrame(b, l.mu.seg, l.mu.end)
	l.mu.buf = b
	if cap(b) > maxKeptBody {
		l.mu.buf = nil
	}
	return b
}

// Sync makes durable what was appended before it. The owner calls it as often
// as it promises; with nothing new it costs nothing. Append goes on beside it.
// Its error stays, and is what Append returns, until Recover.
func (l *Log) Sync() error {
	l.syncing.Lock()
	defer l.syncing.Unlock()
	return l.syncSyncing()
}

// syncSyncing is called with syncing held and mu free.
func (l *Log) syncSyncing() error {
	l.mu.Lock()
	if err := l.usableLocked(); err != nil {
		l.mu.Unlock()
		return err
	}
	if l.mu.torn {
		l.cutLocked()
	}
	left, file, seg, end, found := l.mu.left, l.mu.file, l.mu.seg, l.mu.end, l.mu.found
	if end == l.mu.synced {
		file = nil
	}
	entries, place := l.mu.entries, l.mu.entries && !l.mu.placed
	l.mu.entries = false
	l.mu.Unlock()

	err := l.syncFound(found)
	if err == nil {
		err = l.syncFiles(left, file, entries, place)
	}

	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil {
		l.mu.failed = fmt.Errorf("%w: %w", ErrNotDurable, err)
		l.mu.entries = l.mu.entries || entries
		return l.mu.failed
	}
	for _, s := range left {
		err = errors.Join(err, s.file.Close())
	}
	l.mu.placed = l.mu.placed || place
	l.mu.left, l.mu.found = l.mu.left[len(left):], nil
	if file != nil && l.mu.seg == seg {
		l.mu.synced = end
	}
	return err
}

// syncFound syncs what the process before wrote but, killed, did not sync.
func (l *Log) syncFound(segments []size) error {
	for _, s := range segments {
		f, err := l.fsys.Open(l.path(s.number))
		if errors.Is(err, fs.ErrNotExist) {
			continue // removed since
		}
		if err != nil {
			return err
		}
		err = ignoreReadOnly(f.Sync())
		if cerr := f.Close(); err == nil {
			err = cerr
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (l *Log) syncFiles(left []segment, file vfs.File, entries, place bool) error {
	for _, s := range left {
		if err := s.file.Sync(); err != nil {
			return err
		}
	}
	if file != nil {
		if err := file.Sync(); err != nil {
			return err
		}
	}
	if entries {
		if err := ignoreReadOnly(l.fsys.SyncDir(l.dir)); err != nil {
			return err
		}
	}
	if place {
		return ignoreReadOnly(l.fsys.SyncDir(filepath.Dir(l.dir)))
	}
	return nil
}

// Rotate syncs the log and begins a new segment: records appended before it are
// in segments before first, records appended after it are not.
func (l *Log) Rotate() (first int, err error) {
	l.syncing.Lock()
	defer l.syncing.Unlock()
	l.mu.Lock()
	if err := l.usableLocked(); err != nil {
		l.mu.Unlock()
		return 0, err
	}
	if l.mu.file != nil {
		if l.mu.torn {
			l.cutLocked()
		}
		l.leaveLocked()
	}
	first = l.mu.seg
	l.mu.Unlock()
	if err := l.syncSyncing(); err != nil {
		return 0, err
	}
	return first, nil
}

// Recover makes Append work again after a failed sync. What was appended since
// the last good sync survives the death of the process, but perhaps no loss of
// power: the caller appends it again, into segment first and later, if it must.
func (l *Log) Recover() (first int, err error) {
	l.syncing.Lock()
	defer l.syncing.Unlock()
	l.mu.Lock()
	if l.mu.closed {
		l.mu.Unlock()
		return 0, l.usableLocked()
	}
	if l.mu.failed != nil {
		if l.mu.file != nil {
			l.leaveLocked()
		}
		// Not synced again: a second sync may report success for lost data.
		for _, s := range l.mu.left {
			if err := s.file.Close(); err != nil {
				l.o.Logger.Warn("Close of a segment whose sync failed", "file", l.path(s.number), "err", err)
			}
		}
		l.mu.left, l.mu.found = nil, nil
		if err := l.beginLocked(); err != nil {
			l.mu.Unlock()
			return 0, fmt.Errorf("recover write-ahead log: %w", err)
		}
		l.mu.failed = nil
	}
	first = l.mu.seg
	l.mu.Unlock()
	if err := l.syncSyncing(); err != nil {
		return 0, err
	}
	return first, nil
}

// RemoveBefore removes the segments with lower numbers than seg, the lowest
// first, each durably before the next, so that a crash leaves no gap. The
// current segment stays.
func (l *Log) RemoveBefore(seg int) error {
	l.syncing.Lock()
	defer l.syncing.Unlock()
	l.mu.Lock()
	seg = min(seg, l.mu.seg)
	for len(l.mu.left) > 0 && l.mu.left[0].number < seg {
		if err := l.mu.left[0].file.Close(); err != nil {
			l.mu.Unlock()
			return fmt.Errorf("remove from write-ahead log: %w", err)
		}
		l.mu.left = l.mu.left[1:]
	}
	l.mu.Unlock()
	for {
		l.mu.Lock()
		if len(l.mu.sizes) == 0 || l.mu.sizes[0].number >= seg {
			l.mu.Unlock()
			return nil
		}
		number := l.mu.sizes[0].number
		l.mu.Unlock()
		err := ignoreAbsent(l.fsys.Remove(l.path(number)))
		if err == nil {
			err = l.fsys.SyncDir(l.dir)
		}
		if err != nil {
			return fmt.Errorf("remove from write-ahead log: %w", err)
		}
		l.mu.Lock()
		l.mu.sizes = l.mu.sizes[1:]
		l.mu.Unlock()
	}
}

// Size is the bytes of all segments.
func (l *Log) Size() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := l.mu.end
	for _, s := range l.mu.sizes {
		n += s.bytes
	}
	return n
}

// Close syncs and closes the log. Later calls return ErrClosed.
func (l *Log) Close() error {
	l.syncing.Lock()
	defer l.syncing.Unlock()
	err := l.syncSyncing()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.mu.closed {
		return err
	}
	l.mu.closed = true
	for _, s := range l.mu.left {
		err = errors.Join(err, s.file.Close())
	}
	if l.mu.file != nil {
		err = errors.Join(err, l.mu.file.Close())
	}
	l.mu.file, l.mu.left, l.mu.buf = nil, nil, nil
	return err
}

func (l *Log) path(number int) string { return path(l.dir, number) }
