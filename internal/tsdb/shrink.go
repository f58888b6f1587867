package tsdb

import (
	"monopod/internal/storage"
)

// A chunk names columns by number, so that the columns of a group cannot change
// while chunks of it are in the head. A group shrinks by leaving its past behind:
// another group with the same base takes the columns that are alive and the state
// of its rows, and goes on; the old one is not written to any more and goes with
// its last chunk, and with it the metrics that only it had.

// minGone is how many columns must be gone for a group to shrink; they must be
// more than half of all too.
const minGone = 64

// usage is which columns the rows of a group had of late. A column of whose group
// so many rows as make a chunk went by twice without it is gone.
type usage struct {
	now, before storage.Bitmap
	rows        int // in now
	// keep is the columns below limit that are not gone; nil while few are.
	keep  storage.Bitmap
	limit int
}

// sealed takes note of rows that had these columns, of a group that has limit
// columns.
func (u *usage) sealed(columns storage.Bitmap, rows, limit, sealRows int) {
	u.now = union(u.now, columns)
	if u.rows += rows; u.rows < sealRows {
		return
	}
	u.keep = nil
	if u.before != nil {
		keep := union(union(nil, u.before), u.now)
		if gone := limit - keep.Count(); gone > max(minGone, limit/2) {
			u.keep, u.limit = keep, limit
		}
	}
	u.now, u.before, u.rows = u.before[:0], u.now, 0
}

// gone tells whether a column is.
func (u *usage) gone(c int) bool { return c < u.limit && !u.keep.Has(c) }

// union returns a with the columns of b, in the memory of a.
func union(a, b storage.Bitmap) storage.Bitmap {
	a = a.Grow(len(b) * 64)
	for i, w := range b {
		a[i] |= w
	}
	return a
}

// Shrink implements storage.Group.
func (h *hold) Shrink() []int32 {
	// keep is set by the writer's own seals, for most: one that is missed here is
	// there the next time.
	if h.isReleased() {
		return nil
	}
	h.g.writer.Lock()
	due := h.g.writer.usage.keep != nil && h.g.writer.open == 0
	h.g.writer.Unlock()
	if !due {
		return nil
	}
	db := h.db
	db.holds.Lock()
	defer db.holds.Unlock()
	g := h.g
	g.writer.Lock()
	defer g.writer.Unlock()
	w := &g.writer
	if w.usage.keep == nil || w.open > 0 || w.closed || w.removed || !w.restored {
		return nil
	}
	moved, next := db.succeed(g)
	w.closed = true
	w.state, w.usage = state{has: true, t: w.t}, usage{}
	g.holding.held = false
	next.holding.held, next.holding.openings = true, 1
	h.g, h.opening, h.columns = next, 1, next.writer.columns
	return moved
}

// succeed makes the group that goes on for g, whose writer is locked, and
// returns the new numbers of its columns.
func (db *DB) succeed(g *group) (moved []int32, next *group) {
	from := &g.writer
	next = db.newGroup(g.base)
	to := &next.writer
	_, metrics, _ := db.index.Group(g.id)
	moved = make([]int32, from.columns)
	for c := range moved {
		_, kind := from.kinds[c]
		if from.usage.gone(c) && !from.live.Has(c) && !kind {
			moved[c] = -1
			continue
		}
		moved[c] = int32(to.columns)
		db.index.AddColumn(next.id, metrics[c])
		to.columns++
	}
	db.metrics.seriesCreated.Add(float64(to.columns))
	to.limit = from.limit
	to.has, to.t = from.has, from.t
	each(from.live, func(c int) {
		to.live = to.live.Grow(int(moved[c]) + 1)
		to.live.Set(int(moved[c]))
	})
	for c, k := range from.kinds {
		to.setKind(int(moved[c]), k)
	}
	return moved, next
}
