package tsdb

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	"monopod/internal/tsdb/block"
)

// A window becomes a block when nothing that belongs into it is to be expected
// any more: half a window after its end. Its parts are frozen, the block is
// written and shown to readers, the log is cut of its rows, and then the parts
// go. A crash at any point in between leaves a part and the block that says that
// it was made of it; the part then goes at the next start.

const (
	tmpSuffix     = ".tmp"
	deletedSuffix = ".deleted"
)

func (db *DB) blocksDir() string { return filepath.Join(db.o.Dir, "blocks") }

// compact makes blocks of the windows that are over. DB.upkeeping is held.
func (db *DB) compact(ctx context.Context) error {
	db.metrics.compactionsTriggered.Inc()
	for _, window := range db.dueWindows() {
		if err := db.compactWindow(ctx, window); err != nil {
			db.metrics.compactionsFailed.Inc()
			return fmt.Errorf("make a block of window %d: %w", window, err)
		}
	}
	return nil
}

// dueWindows is the starts of the windows that are over and have rows.
func (db *DB) dueWindows() []int64 {
	maxt := db.head.maxTime.Load()
	due := func(window int64) bool { return maxt >= window+db.blockMillis+db.blockMillis/2 }
	found := map[int64]bool{}
	for _, f := range db.windows.all() {
		if due(f.window) && !db.compactedLately(f.window) && f.replacedBy.Load() == nil && f.size() > 0 {
			found[f.window] = true
		}
	}
	for _, g := range db.head.all() {
		if _, open := g.snapshot(); !open.empty() {
			if w := windowOf(open.first(), db.blockMillis); due(w) && !db.compactedLately(w) {
				found[w] = true
			}
		}
	}
	for _, x := range db.registry.all() {
		for w := range x.openWindows(db.blockMillis) {
			if due(w) && !db.compactedLately(w) {
				found[w] = true
			}
		}
	}
	var out []int64
	for w := range found {
		out = append(out, w)
	}
	slices.Sort(out)
	return out
}

// compactedLately tells whether a block of the window was just made: what comes
// late for it is collected for a while.
func (db *DB) compactedLately(window int64) bool {
	at, ok := db.compacted[window]
	return ok && db.now().Sub(at) < db.o.BlockDuration/2
}

func (db *DB) compactWindow(ctx context.Context, window int64) error {
	start := time.Now()
	end := window + db.blockMillis
	// Late samples are refused from here on, so that few come behind the block.
	for old := db.head.minValid.Load(); end > old && !db.head.minValid.CompareAndSwap(old, end); old = db.head.minValid.Load() {
	}
	for _, g := range db.head.all() {
		g.writer.Lock()
		var err error
		if _, open := g.snapshot(); !open.empty() && open.first() < end {
			err = db.sealLocked(g)
		}
		g.writer.Unlock()
		if err != nil {
			return err
		}
	}
	for _, x := range db.registry.all() {
		if err := db.sealBefore(x, end); err != nil {
			return err
		}
	}
	var parts []*headFile
	for _, f := range db.windows.all() {
		if f.window == window && f.replacedBy.Load() == nil {
			f.freeze()
			parts = append(parts, f)
		}
	}
	if len(parts) == 0 {
		return nil
	}
	in, ok, err := db.headInput(headPick{
		rows: func(g *group) []headPart { return chunksIn(g, parts) },
		sets: func(x *sampleSet) setSource { return setChunksIn(x, parts) },
	}, db.deletions.all())
	if err != nil {
		return db.leaveOut(err)
	}
	var b *block.Reader
	if ok {
		origin := block.Origin{By: "head", Level: 1}
		for _, f := range parts {
			origin.Windows = append(origin.Windows, f.source())
		}
		if b, err = db.writeBlock(ctx, origin, in); err != nil {
			return db.leaveOut(err)
		}
		if b.Meta().Stats.Samples == 0 { // all of it was deleted
			if err := errors.Join(b.Close(), db.removeBlock(b)); err != nil {
				return err
			}
			b = nil
		}
	}
	for _, f := range parts {
		f.replacedBy.Store(&replacement{b})
	}
	db.compacted[window] = db.now()
	maps.DeleteFunc(db.compacted, func(w int64, _ time.Time) bool { return !db.compactedLately(w) })
	if b != nil {
		db.exchangeBlocks([]*block.Reader{b}, nil)
		db.metrics.compactions.Inc()
		db.metrics.compactionSeconds.Observe(time.Since(start).Seconds())
		m := b.Meta()
		db.logger.Info("Made a block", "ulid", m.ULID, "mint", m.MinTime, "maxt", m.MaxTime, "samples", m.Stats.Samples, "series", m.Stats.Series, "bytes", m.Stats.Bytes, "duration", time.Since(start))
	}
	return nil
}

// leaveOut takes a damaged chunk, on which the making of a block failed, out of
// the way: the next attempt goes without it.
func (db *DB) leaveOut(err error) error {
	var bad *chunkError
	if errors.As(err, &bad) && isDamage(err) {
		for _, g := range db.head.all() {
			if g.drop(bad.ref) {
				db.damagedChunk(bad.ref.file, bad.ref.offset, err)
			}
		}
		for _, x := range db.registry.all() {
			if x.dropChunks(func(c *chunkRef) bool { return *c == bad.ref }) > 0 {
				db.damagedChunk(bad.ref.file, bad.ref.offset, err)
			}
		}
	}
	return err
}

// chunksIn is the chunks of a group that lie in these files.
func chunksIn(g *group, files []*headFile) []headPart {
	chunks, _ := g.snapshot()
	var out []headPart
	for i := range chunks {
		if c := &chunks[i]; slices.Contains(files, c.file) {
			out = append(out, headPart{first: c.first, last: c.last, chunk: c})
		}
	}
	return out
}

// replacement is the block that stands for a head file; nil where nothing of it
// was left.
type replacement struct{ block *block.Reader }

// newULID names a block.
func (db *DB) newULID() (ulid.ULID, error) {
	return ulid.New(ulid.Timestamp(db.now()), rand.Reader)
}

// writeBlock makes a block in the store's directory and opens it.
func (db *DB) writeBlock(ctx context.Context, origin block.Origin, in block.Input) (*block.Reader, error) {
	dir, _, err := db.writeBlockIn(ctx, db.blocksDir(), origin, in)
	if err != nil {
		return nil, err
	}
	b, err := db.blockShared.Open(dir)
	if err != nil {
		return nil, err
	}
	return b, nil
}

// writeBlockIn makes a block under another name first, so that a name that a
// block has always leads to a whole one.
func (db *DB) writeBlockIn(ctx context.Context, parent string, origin block.Origin, in block.Input) (dir string, m block.Meta, err error) {
	id, err := db.newULID()
	if err != nil {
		return "", m, err
	}
	dir = filepath.Join(parent, id.String())
	tmp := dir + tmpSuffix
	if err := db.fsys.MkdirAll(parent); err != nil {
		return "", m, refusal(err)
	}
	if err := db.fsys.SyncDir(filepath.Dir(parent)); err != nil {
		return "", m, refusal(err)
	}
	m, err = db.blockShared.Write(ctx, tmp, block.Meta{ULID: id, Origin: origin}, in)
	if err == nil {
		err = db.fsys.Rename(tmp, dir)
	}
	if err == nil {
		err = db.fsys.SyncDir(parent)
	}
	if err != nil {
		return "", m, errors.Join(refusal(err), db.fsys.RemoveAll(tmp))
	}
	return dir, m, nil
}

func (db *DB) fileID() uint64 { return db.fileIDs.Add(1) }

// loadBlocks opens the blocks, and clears what a crash left of making and
// deleting some.
func (db *DB) loadBlocks() error {
	found, stale, err := db.openBlocks(db.blocksDir())
	if err != nil {
		return err
	}
	if len(found) > 0 {
		db.exchangeBlocks(found, nil)
	}
	db.dropStale(stale)
	return nil
}

// openBlocks opens the blocks in a directory; stale are those that others stand for.
func (db *DB) openBlocks(dir string) (found, stale []*block.Reader, err error) {
	entries, err := db.fsys.List(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("read blocks: %w", err)
	}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name)
		if strings.HasSuffix(e.Name, tmpSuffix) || strings.HasSuffix(e.Name, deletedSuffix) {
			if err := db.fsys.RemoveAll(path); err != nil {
				db.logger.Warn("What a crash left of a block could not be removed", "path", path, "err", err)
			}
			continue
		}
		if _, err := ulid.ParseStrict(e.Name); err != nil || !e.Dir {
			continue
		}
		b, err := db.blockShared.Open(path)
		switch {
		case errors.Is(err, block.ErrCorrupt), errors.Is(err, fs.ErrNotExist):
			db.renameBad("block", path, err)
		case err != nil:
			return nil, nil, err
		default:
			found = append(found, b)
		}
	}
	stale = replacedBlocks(found)
	found = slices.DeleteFunc(found, func(b *block.Reader) bool { return slices.Contains(stale, b) })
	return found, stale, nil
}

// dropStale removes blocks that others stand for.
func (db *DB) dropStale(stale []*block.Reader) {
	for _, b := range stale {
		db.readers.retire(b)
		if err := db.removeBlock(b); err != nil {
			db.logger.Warn("A block that another one stands for could not be removed", "path", b.Dir(), "err", err)
		}
	}
}

// replacedBlocks is the blocks that others say to stand for.
func replacedBlocks(list []*block.Reader) []*block.Reader {
	gone := map[ulid.ULID]bool{}
	for _, b := range list {
		for _, id := range b.Meta().Origin.Blocks {
			gone[id] = true
		}
	}
	var out []*block.Reader
	for _, b := range list {
		if gone[b.Meta().ULID] {
			out = append(out, b)
		}
	}
	return out
}

// removeBlock deletes a block that is not read from any more. A name that a block
// has leads to a whole one, so it is renamed first.
func (db *DB) removeBlock(b *block.Reader) error {
	to := b.Dir() + deletedSuffix
	if err := db.fsys.Rename(b.Dir(), to); err != nil {
		return fmt.Errorf("remove block %s: %w", b.Dir(), refusal(err))
	}
	if err := db.fsys.SyncDir(filepath.Dir(b.Dir())); err != nil {
		return fmt.Errorf("remove block %s: %w", b.Dir(), refusal(err))
	}
	if err := db.fsys.RemoveAll(to); err != nil {
		return fmt.Errorf("remove block %s: %w", b.Dir(), refusal(err))
	}
	return nil
}

// linkHead finds the head files that blocks were made of, after a start.
func (db *DB) linkHead() {
	for _, b := range db.blocks() {
		m := b.Meta()
		// A copy, of a snapshot or an import, may end within a window that goes on.
		valid := m.MaxTime + 1
		if len(m.Origin.Windows) > 0 {
			valid = windowOf(m.MaxTime, db.blockMillis) + db.blockMillis
		}
		db.head.minValid.Store(max(valid, db.head.minValid.Load()))
		for _, source := range m.Origin.Windows {
			window, part, ok := parseHeadFileName(source + headExtension)
			if !ok {
				continue
			}
			db.windows.used(window, part)
			for _, f := range db.windows.all() {
				if f.window == window && f.part == part {
					f.freeze()
					f.replacedBy.Store(&replacement{b})
				}
			}
		}
	}
}

// dropReplaced removes the head files that blocks stand for, once no reader
// needs them. The log goes first: replay must not find rows again whose chunks
// are gone. DB.upkeeping is held.
func (db *DB) dropReplaced() error {
	var old []*headFile
	for _, f := range db.windows.all() {
		if f.replacedBy.Load() != nil && !f.dropping {
			old = append(old, f)
		}
	}
	if len(old) == 0 {
		return nil
	}
	if err := db.checkpoint(); err != nil {
		return err
	}
	for _, f := range old {
		f.dropping = true
		db.readers.retire(&headDrop{db, f})
	}
	return nil
}

// headDrop removes a head file when it is closed; one with damage is put aside.
type headDrop struct {
	db *DB
	f  *headFile
}

func (d *headDrop) Close() error {
	for _, g := range d.db.head.all() {
		g.mu.Lock()
		if slices.ContainsFunc(g.mu.chunks, func(c chunkRef) bool { return c.file == d.f }) {
			g.mu.chunks = slices.DeleteFunc(slices.Clone(g.mu.chunks), func(c chunkRef) bool { return c.file == d.f })
		}
		g.mu.Unlock()
	}
	sets := d.db.registry.all()
	for _, x := range sets {
		x.dropChunks(func(c *chunkRef) bool { return c.file == d.f })
	}
	d.db.windows.remove(d.f)
	d.db.head.narrow(sets)
	err := d.f.Close()
	d.db.cache.Forget(d.f.id)
	remove := d.db.fsys.Remove
	if d.f.damaged.Load() {
		remove = func(path string) error { return d.db.fsys.Rename(path, path+badSuffix) }
	}
	if rerr := remove(d.f.path); !errors.Is(rerr, fs.ErrNotExist) {
		err = errors.Join(err, rerr)
	}
	return err
}
