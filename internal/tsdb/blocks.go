package tsdb

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"monopod/internal/storage"
	"monopod/internal/tsdb/block"
)

// blockSet is the blocks that are read from, oldest first. The slice does not
// change: a new set replaces it.
type blockSet struct {
	mu   sync.RWMutex
	list []*block.Reader
}

func (s *blockSet) all() []*block.Reader {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.list
}

// blocks is the blocks of samples.
func (db *DB) blocks() []*block.Reader { return db.blockSet.all() }

// exchangeBlocks puts blocks of samples in and takes blocks of any kind out, at once
// for readers.
func (db *DB) exchangeBlocks(in, out []*block.Reader) {
	db.blockSet.exchange(in, out)
	db.aggregates.exchange(nil, out)
	db.metrics.reloads.Inc()
	for _, b := range out {
		db.readers.retire(b)
	}
}

func (s *blockSet) exchange(in, out []*block.Reader) {
	s.mu.Lock()
	defer s.mu.Unlock()
	next := slices.DeleteFunc(slices.Clone(s.list), func(b *block.Reader) bool { return slices.Contains(out, b) })
	next = append(next, in...)
	slices.SortFunc(next, func(a, b *block.Reader) int {
		x, y := a.Meta(), b.Meta()
		if x.MinTime != y.MinTime {
			if x.MinTime < y.MinTime {
				return -1
			}
			return 1
		}
		return x.ULID.Compare(y.ULID)
	})
	s.list = next
}

// Blocks returns the metas of the blocks that are read from, oldest first.
func (db *DB) Blocks() []block.Meta {
	var out []block.Meta
	for _, b := range db.blocks() {
		out = append(out, b.Meta())
	}
	return out
}

func (db *DB) blockBytes() int64 {
	n := int64(0)
	for _, b := range db.allBlocks() {
		n += b.Meta().Stats.Bytes
	}
	return n
}

// putAside takes a piece whose bytes are damaged out of use, and returns what to
// tell the one who asked. A page stays where it is: the rest of its block serves,
// and the page is left out each time.
func (db *DB) putAside(p *piece, err error) error {
	switch {
	case p.chunk != nil:
		if p.place.drop(*p.chunk) {
			db.damagedChunk(p.chunk.file, p.chunk.offset, err)
		}
	case errors.Is(err, block.ErrPage):
		db.damage("page", 1)
		db.logger.Error("A damaged page was left out of a query", "block", p.place.block.Dir(), "err", err)
	default:
		return db.putBlockAside(p.place.block, err)
	}
	return fmt.Errorf("samples from %d to %d are left out: %w", p.first, p.last, err)
}

func (p *place) drop(ref chunkRef) bool {
	if p.s != nil {
		return p.s.set.dropChunks(func(c *chunkRef) bool { return *c == ref }) > 0
	}
	return p.g.drop(ref)
}

// drop takes a chunk out of the directory; false where it was out already.
func (g *group) drop(ref chunkRef) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	n := len(g.mu.chunks)
	g.mu.chunks = slices.DeleteFunc(slices.Clone(g.mu.chunks), func(c chunkRef) bool { return c == ref })
	return len(g.mu.chunks) < n
}

// badSuffix is put behind the name of what is put aside.
const badSuffix = ".bad"

// putBlockAside takes a block out of use whose index is damaged, and returns what
// to tell the one who asked.
func (db *DB) putBlockAside(b *block.Reader, err error) error {
	if slices.Contains(db.allBlocks(), b) {
		db.exchangeBlocks(nil, []*block.Reader{b})
		db.renameBad("block", b.Dir(), err)
	}
	m := b.Meta()
	return fmt.Errorf("samples from %d to %d are left out: %w", m.MinTime, m.MaxTime, err)
}

// renameBad counts and tells of damage, and renames what has it, so that the next
// start does not meet it again.
func (db *DB) renameBad(in, path string, err error) {
	db.damage(in, 1)
	to := path + badSuffix
	rerr := db.fsys.Rename(path, to)
	if rerr != nil && !errors.Is(refusal(rerr), storage.ErrReadOnly) {
		err = errors.Join(err, rerr)
	}
	db.logger.Error("Damage was put aside; what it held is lost unless it can be repaired", "what", in, "path", path, "to", to, "err", err)
}
