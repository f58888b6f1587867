package tsdb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/oklog/ulid/v2"
	"github.com/prometheus/prometheus/model/labels"

	"monopod/internal/storage"
	"monopod/internal/tsdb/block"
	"monopod/internal/tsdb/index"
)

// Delete hides the samples of matching series from mint to maxt, both included,
// that are stored now. It is durable on return. The space is given back when
// blocks are made, merged, or cleaned.
func (db *DB) Delete(ctx context.Context, mint, maxt int64, matchers ...*labels.Matcher) error {
	if db.closed.Load() {
		return fmt.Errorf("delete: %w", storage.ErrClosed)
	}
	if err := db.writable(); err != nil {
		return fmt.Errorf("delete: %w", err)
	}
	db.upkeeping.Lock()
	defer db.upkeeping.Unlock()
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("delete: %w", err)
	}
	t := &tombstone{matchers: matchers, mint: mint, maxt: maxt, head: map[index.GroupID]int64{}, blocks: map[ulid.ULID]bool{}}
	hits, err := index.Select(db.index, matchers)
	if err != nil {
		return fmt.Errorf("delete: %w", err)
	}
	for _, hit := range hits {
		if first, last, ok := db.groupBounds(hit.Group); ok && first <= maxt && last >= mint {
			t.head[hit.Group] = last
		}
	}
	for _, b := range db.allBlocks() {
		m := b.Meta()
		first := m.MinTime
		if isAggregates(b) {
			first = m.Origin.From + 1
		}
		if first > maxt || m.MaxTime < mint {
			continue
		}
		hits, err := index.Select(b, matchers)
		if errors.Is(err, block.ErrCorrupt) {
			db.putBlockAside(b, err)
			continue
		}
		if err != nil {
			return fmt.Errorf("delete in block %s: %w", b.Dir(), err)
		}
		if len(hits) > 0 {
			t.blocks[m.ULID] = true
		}
	}
	if len(t.head) == 0 && len(t.blocks) == 0 {
		return nil
	}
	list := append([]*tombstone(nil), db.deletions.all()...)
	if err := db.setTombstones(append(list, t)); err != nil {
		return fmt.Errorf("delete: %w", err)
	}
	return nil
}

// groupBounds is the time range of what the head has of a group.
func (db *DB) groupBounds(id index.GroupID) (mint, maxt int64, ok bool) {
	if g := db.head.group(id); g != nil {
		return g.bounds()
	}
	if x := db.registry.set(id); x != nil {
		return x.bounds()
	}
	return 0, 0, false
}

// CleanTombstones rewrites the blocks that have deleted samples without them.
func (db *DB) CleanTombstones() error {
	if db.closed.Load() {
		return fmt.Errorf("clean tombstones: %w", storage.ErrClosed)
	}
	if err := db.writable(); err != nil {
		return fmt.Errorf("clean tombstones: %w", err)
	}
	db.upkeeping.Lock()
	defer db.upkeeping.Unlock()
	start := time.Now()
	defer func() { db.metrics.tombstoneCleanup.Observe(time.Since(start).Seconds()) }()
	for _, b := range db.allBlocks() {
		deleted := false
		for _, t := range db.deletions.all() {
			deleted = deleted || t.blocks[b.Meta().ULID]
		}
		if !deleted {
			continue
		}
		clean := func() error { return db.rewrite(context.Background(), "clean", []*block.Reader{b}) }
		for _, r := range resolutions {
			if r.length == b.Meta().Origin.Resolution {
				clean = func() error { return db.rewriteAggregates(context.Background(), r, "clean", []*block.Reader{b}) }
			}
		}
		if err := clean(); err != nil {
			return fmt.Errorf("clean tombstones: %w", err)
		}
	}
	return nil
}

// pruneTombstones forgets what tombstones say of data that is gone. DB.upkeeping
// is held.
func (db *DB) pruneTombstones() error {
	old := db.deletions.all()
	if len(old) == 0 {
		return nil
	}
	there := map[ulid.ULID]bool{}
	for _, b := range db.allBlocks() {
		there[b.Meta().ULID] = true
	}
	var list []*tombstone
	changed := false
	for _, t := range old {
		next := *t
		next.head, next.blocks = map[index.GroupID]int64{}, map[ulid.ULID]bool{}
		for id, last := range t.head {
			if first, _, ok := db.groupBounds(id); ok && first <= last {
				next.head[id] = last
			}
		}
		for id := range t.blocks {
			if there[id] {
				next.blocks[id] = true
			}
		}
		changed = changed || len(next.head) < len(t.head) || len(next.blocks) < len(t.blocks)
		if len(next.head) > 0 || len(next.blocks) > 0 {
			list = append(list, &next)
		}
	}
	if !changed {
		return nil
	}
	if err := db.setTombstones(list); err != nil {
		return fmt.Errorf("forget tombstones: %w", err)
	}
	return nil
}
