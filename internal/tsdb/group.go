package tsdb

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"sync"

	"github.com/prometheus/prometheus/model/labels"

	"monopod/internal/storage"
	"monopod/internal/tsdb/index"
)

// groupKind is how a group's samples came.
type groupKind byte

const (
	// rowGroup: one writer at a time, in rows, with implied staleness.
	rowGroup groupKind = 0
	// sampleGroup is a set (see sampleSet) of one series, as earlier versions made
	// them: its base is all labels of the series, and its one column the metric
	// without labels.
	sampleGroup groupKind = 1
	// setGroup is a set.
	setGroup groupKind = 2
)

// group is a group in the head.
type group struct {
	id   index.GroupID
	base labels.Labels

	// writer is held from before a row is encoded until it stands in open, and
	// while the open part is sealed. Where a batch has rows of several groups, it
	// takes them in the order of ids.
	writer struct {
		sync.Mutex
		state
		chain   uint32 // checksum of the last row's record
		gen     uint64 // of the log, in which the last record is
		openGen uint64 // of the log, in which the record of open's first row is
		open    int    // len(mu.open)
		slab    []byte // the last of those that hold the open rows' data
		limit   int    // rows at which the open part is sealed
		// sealedRows counts the rows of the seal under way.
		sealedRows int32
		columns    int  // that the writer has made
		logged     int  // columns that the log has
		defined    bool // the log has the group
		closed     bool // by damage, or since it shrank: never continued by another writer
		seen       int  // columns that records and chunks have
		usage      usage
		removed    bool // from the index
		// restored: the state is that after the last row. It is not while the last
		// rows were found sealed when the store was opened.
		restored bool
	}

	// mu guards what readers see. Rows and chunks themselves do not change.
	mu struct {
		sync.RWMutex
		open   openPart
		chunks []chunkRef // by first timestamp
	}

	// holding is guarded by DB.holds.
	holding struct {
		held     bool
		openings int
	}
}

// snapshot returns what readers see at this moment.
func (g *group) snapshot() (chunks []chunkRef, open openPart) {
	g.mu.RLock()
	defer g.mu.RUnlock()
	return g.mu.chunks, g.mu.open
}

// bounds is the time range of all rows; ok is false where there are none.
func (g *group) bounds() (mint, maxt int64, ok bool) {
	chunks, open := g.snapshot()
	mint, maxt = math.MaxInt64, math.MinInt64
	for i := range chunks {
		mint, maxt = min(mint, chunks[i].first), max(maxt, chunks[i].last)
	}
	if !open.empty() {
		mint, maxt = min(mint, open.first()), max(maxt, open.last())
	}
	return mint, maxt, mint <= maxt
}

// hold is one writer's hold on a group.
type hold struct {
	db      *DB
	g       *group
	opening int
	base    labels.Labels
	columns int

	mu struct {
		sync.Mutex
		released bool
	}
}

// OpenGroup implements storage.Writer.
func (db *DB) OpenGroup(base labels.Labels) (storage.Group, error) {
	if db.closed.Load() {
		return nil, fmt.Errorf("open group %s: %w", base, storage.ErrClosed)
	}
	db.holds.Lock()
	defer db.holds.Unlock()
	g := db.freeGroupLocked(base)
	if g == nil {
		g = db.newGroup(base.Copy())
	}
	g.holding.held = true
	g.holding.openings++
	g.writer.Lock()
	defer g.writer.Unlock()
	return &hold{db: db, g: g, opening: g.holding.openings, base: g.base, columns: g.writer.columns}, nil
}

// freeGroupLocked returns a group with this base that can be continued: that of
// the last row, since others are what groups that shrank left behind.
func (db *DB) freeGroupLocked(base labels.Labels) *group {
	type candidate struct {
		g *group
		t int64
	}
	var free []candidate
	for _, id := range db.index.GroupsEqual(base) {
		g := db.head.group(id)
		if g == nil || g.holding.held {
			continue
		}
		g.writer.Lock()
		if !g.writer.closed && !g.writer.removed {
			c := candidate{g, math.MinInt64}
			if g.writer.has {
				c.t = g.writer.t
			}
			free = append(free, c)
		}
		g.writer.Unlock()
	}
	slices.SortStableFunc(free, func(a, b candidate) int { return cmp.Compare(b.t, a.t) })
	for _, c := range free {
		g := c.g
		g.writer.Lock()
		usable := g.writer.restored || db.restoreLocked(g) == nil
		g.writer.Unlock()
		if usable {
			return g
		}
	}
	return nil
}

// newGroup makes a group that the log does not have yet.
func (db *DB) newGroup(base labels.Labels) *group {
	return db.addGroup(db.index.NewGroup(base), base)
}

// addGroup puts a group that stands in the index into the head.
func (db *DB) addGroup(id index.GroupID, base labels.Labels) *group {
	g := &group{id: id, base: base}
	g.writer.restored = true
	g.writer.limit = firstLimit(id, db.o.SealRows)
	db.head.add(g)
	return g
}

// firstLimit spreads the seals of groups that begin together.
func firstLimit(id index.GroupID, sealRows int) int {
	return 1 + int(uint32(id)*2654435761>>8)%sealRows
}

// Base implements storage.Group.
func (h *hold) Base() labels.Labels { return h.base }

// Columns implements storage.Group.
func (h *hold) Columns() int { return h.columns }

// Column implements storage.Group.
func (h *hold) Column(metric labels.Labels) (int, error) {
	if h.isReleased() {
		return 0, fmt.Errorf("column %s of group %s: %w", metric, h.base, storage.ErrClosed)
	}
	shared := ""
	metric.Range(func(l labels.Label) {
		if h.base.Has(l.Name) {
			shared = l.Name
		}
	})
	if shared != "" {
		return 0, fmt.Errorf("column %s of group %s: both have the label %q", metric, h.base, shared)
	}
	col := h.db.column(h.g, metric)
	if col >= h.columns {
		h.columns = col + 1
		h.g.writer.Lock()
		h.g.writer.columns = h.columns
		h.g.writer.Unlock()
	}
	return col, nil
}

// Last implements storage.Group.
func (h *hold) Last() (int64, bool) {
	h.g.writer.Lock()
	defer h.g.writer.Unlock()
	return h.g.writer.t, h.g.writer.has
}

// Release implements storage.Group.
func (h *hold) Release() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.mu.released {
		return
	}
	h.mu.released = true
	h.db.holds.Lock()
	h.g.holding.held = false
	h.db.holds.Unlock()
}

func (h *hold) isReleased() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.mu.released
}

// End implements storage.Group.
func (h *hold) End(ctx context.Context, t int64) error {
	if !h.isReleased() {
		return fmt.Errorf("end group %s: it was not released", h.base)
	}
	b := storage.Batch{Timestamp: t, Rows: []storage.Row{{Group: h}}}
	if err := h.db.write(ctx, &b, nil, true, times{}); err != nil {
		return fmt.Errorf("end group %s: %w", h.base, err)
	}
	return nil
}

// current tells whether no other writer opened the group since.
func (h *hold) current() bool {
	h.db.holds.Lock()
	defer h.db.holds.Unlock()
	return h.g.holding.openings == h.opening
}
