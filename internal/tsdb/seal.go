package tsdb

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
	"sync"

	"github.com/prometheus/prometheus/tsdb/chunkenc"

	"monopod/internal/storage"
	"monopod/internal/tsdb/cells"
)

// Sealing takes the open rows of a group off the heap: they are encoded by
// column and appended to the head file of their window. It happens a group at a
// time as rows come in, so that there is no moment at which all of them do.

var encoders = sync.Pool{New: func() any { return new(chunkEncoder) }}

// sealDue seals a group that has its number of rows. The rows are safe in the
// log whatever comes of it: a failure is counted and told by the state of the
// store, and the next row tries again.
func (db *DB) sealDue(g *group) {
	g.writer.Lock()
	defer g.writer.Unlock()
	if g.writer.open >= g.writer.limit {
		db.health.report(&db.health.seal, db.sealLocked(g))
	}
}

// sealLocked seals the open rows of a group whose writer is locked.
func (db *DB) sealLocked(g *group) error {
	_, open := g.snapshot()
	if open.empty() {
		return nil
	}
	// A chunk names its group and columns by id: they must outlive the log.
	if err := db.catalog.flush(); err != nil {
		return err
	}
	all := open
	var refs []chunkRef
	var err error
	sealed := 0
	for !open.empty() && err == nil {
		window := windowOf(open.first(), db.blockMillis)
		n := 1
		for n < len(open) && windowOf(open[n].t, db.blockMillis) == window && !sealedBetween(g.mu.chunks, open[n-1].t, open[n].t) {
			n++
		}
		var ref chunkRef
		if ref, err = db.writeChunk(g, window, open, n); err == nil {
			refs = append(refs, ref)
			db.metrics.chunks.Inc()
			sealed += n
			open = open.rest(n)
		}
	}
	g.writer.usage.sealed(all[:sealed].columns(), sealed, g.writer.columns, db.o.SealRows)
	g.sealed(sealed, open, refs)
	if err != nil {
		return err
	}
	// A seal before its time keeps the group's phase.
	if rest := g.writer.limit - int(g.writer.sealedRows); rest > 0 && rest < g.writer.limit {
		g.writer.limit = rest
	} else {
		g.writer.limit = db.o.SealRows
	}
	g.writer.sealedRows = 0
	return nil
}

// sealedBetween tells whether a chunk lies between two open rows: a loss of power
// may take a chunk that was not synced and leave one behind it, and then the log
// brings back the rows of the first. Chunks of a group never overlap.
func sealedBetween(chunks []chunkRef, after, before int64) bool {
	n := len(chunks)
	if n == 0 || chunks[n-1].first <= after {
		return false
	}
	i := sort.Search(n, func(i int) bool { return chunks[i].first > after })
	return i < n && chunks[i].first < before
}

// sealed replaces the first n open rows by their chunks, for readers; rest is
// the others.
func (g *group) sealed(n int, rest openPart, refs []chunkRef) {
	w := &g.writer
	w.open -= n
	w.sealedRows += int32(n)
	w.slab = nil
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, ref := range refs {
		g.mu.chunks = insertChunk(g.mu.chunks, ref)
	}
	g.mu.open = rest
}

// insertChunk returns the chunks with one more, by first timestamp. Readers of
// the old slice see no change.
func insertChunk(chunks []chunkRef, ref chunkRef) []chunkRef {
	if n := len(chunks); n == 0 || chunks[n-1].first < ref.first {
		return append(chunks, ref)
	}
	i, _ := slices.BinarySearchFunc(chunks, ref, func(a, b chunkRef) int { return cmp.Compare(a.first, b.first) })
	return slices.Insert(slices.Clone(chunks), i, ref)
}

// writeChunk writes the first n open rows.
func (db *DB) writeChunk(g *group, window int64, open openPart, n int) (chunkRef, error) {
	e := encoders.Get().(*chunkEncoder)
	defer encoders.Put(e)
	b, err := e.encode(g.id, open, n)
	if err != nil {
		return chunkRef{}, err
	}
	f, offset, err := db.windows.append(window, b)
	if err != nil {
		return chunkRef{}, fmt.Errorf("seal group %s: %w", g.base, refusal(err))
	}
	db.metrics.sealedBytes.Add(float64(len(b)))
	return chunkRef{
		file: f, offset: offset, size: int32(len(b)), rows: int32(n),
		first: open.first(), last: open[n-1].t,
	}, nil
}

// restoreLocked finds the state after the last row of a group whose rows were
// found sealed. The group's writer is locked.
func (db *DB) restoreLocked(g *group) error {
	chunks, _ := g.snapshot()
	var seen storage.Bitmap
	s := state{}
	// The last chunk tells what is live; those before it, of what kind a column was
	// that ended earlier.
	for i := len(chunks) - 1; i >= 0; i-- {
		ref := chunks[i]
		h, err := ref.headOf(db.cache)
		if err != nil {
			return err
		}
		each(h.columns.bits, func(c int) {
			if err != nil || seen.Has(c) {
				return
			}
			seen = seen.Grow(c + 1)
			seen.Set(c)
			err = db.restoreColumn(&s, &ref, c, i == len(chunks)-1)
		})
		if err != nil {
			return err
		}
	}
	if n := len(chunks); n > 0 {
		s.has, s.t = true, chunks[n-1].last
	}
	g.writer.state = s
	g.writer.restored = true
	return nil
}

// restoreColumn finds where a column stands after its last sample, which is in
// this chunk.
func (db *DB) restoreColumn(s *state, ref *chunkRef, c int, lastChunk bool) error {
	var buf cells.Samples
	if err := ref.samples(db.cache, &buf, c); err != nil {
		return err
	}
	n := buf.Len() - 1
	if n < 0 {
		return nil
	}
	stale := isStale(buf.V[n])
	if buf.Kind(n) != chunkenc.ValFloat {
		stale = buf.H[n].Stale()
		if s.kinds == nil {
			s.kinds = map[int]kind{}
		}
		s.kinds[c] = kindOf(buf.H[n])
	}
	if lastChunk && buf.T[n] == ref.last && !stale {
		s.live = s.live.Grow(c + 1)
		s.live.Set(c)
	}
	return nil
}
