package tsdb

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"monopod/internal/storage"
	"monopod/internal/tsdb/block"
)

// newest is the newest timestamp in the store. Retention counts from it, and not
// from the clock, which may jump.
func (db *DB) newest() int64 {
	maxt := db.head.maxTime.Load()
	for _, b := range db.blocks() {
		maxt = max(maxt, b.Meta().MaxTime)
	}
	return maxt
}

// SetLimits changes what is kept, with the next look at the blocks.
func (db *DB) SetLimits(l Limits) {
	db.limits.Store(&l)
	db.exemplars.resize(l.MaxExemplars)
}

// downsampleAndRetain makes aggregates, and then deletes what is not kept. Blocks
// wait for their aggregates, unless making these fails.
func (db *DB) downsampleAndRetain(ctx context.Context) error {
	err := db.downsample(ctx)
	keep := db.uncovered
	if err != nil {
		keep = func(*block.Reader) bool { return false }
	}
	return errors.Join(err, db.retain(keep), db.retainAggregates())
}

// retain deletes the blocks that are older, or more, than what is kept. Of those
// that are older, some may stay for now. DB.upkeeping is held.
func (db *DB) retain(stays func(*block.Reader) bool) error {
	var old, list []*block.Reader
	oldest := int64(math.MinInt64)
	if keep := db.limits.Load().Retention.Milliseconds(); keep > 0 && db.newest() > math.MinInt64+keep {
		oldest = db.newest() - keep
	}
	for _, b := range db.blocks() {
		if b.Meta().MaxTime < oldest && !stays(b) {
			old = append(old, b)
		} else {
			list = append(list, b)
		}
	}
	db.metrics.timeRetentions.Add(float64(len(old)))
	if limit := db.retentionBytes(); limit > 0 {
		size := db.wal.Size() + db.windows.bytes()
		list = append(list, db.aggregates.all()...)
		slices.SortStableFunc(list, func(a, b *block.Reader) int { return cmp.Compare(endOf(a), endOf(b)) })
		for _, b := range list {
			size += b.Meta().Stats.Bytes
		}
		for ; size > limit && len(list) > 0; list = list[1:] {
			old = append(old, list[0])
			size -= list[0].Meta().Stats.Bytes
			db.metrics.sizeRetentions.Inc()
		}
	}
	return db.removeBlocks(old)
}

// retentionBytes is how many bytes may be kept; 0 is any number.
func (db *DB) retentionBytes() int64 {
	l := db.limits.Load()
	if l.RetentionPercentage <= 0 {
		return l.RetentionBytes
	}
	capacity, err := db.fsys.Capacity(db.o.Dir)
	if err != nil || capacity == 0 {
		db.logger.Warn("The size of the file system cannot be told: storage.tsdb.retention.percentage is left aside", "dir", db.o.Dir, "err", err)
		return l.RetentionBytes
	}
	// At least one byte, so that a share of next to nothing is not no limit.
	return max(1, int64(float64(capacity)*l.RetentionPercentage/100))
}

func (db *DB) removeBlocks(old []*block.Reader) error {
	if len(old) == 0 {
		return nil
	}
	db.exchangeBlocks(nil, old)
	var errs []error
	for _, b := range old {
		m := b.Meta()
		db.logger.Info("Deleting a block that is beyond the retention", "ulid", m.ULID, "mint", m.MinTime, "maxt", m.MaxTime)
		errs = append(errs, db.removeBlock(b))
	}
	return errors.Join(errs...)
}

// maxMerged is the longest time that a merged block covers.
const maxMerged = 31 * 24 * time.Hour

// merge makes one block of blocks that overlap, and then of the blocks of a longer
// range, when all of it is over. DB.upkeeping is held.
func (db *DB) merge(ctx context.Context) error {
	limit := maxMerged.Milliseconds()
	if keep := db.limits.Load().Retention.Milliseconds(); keep > 0 {
		limit = min(limit, keep/10)
	}
	for set := overlap(db.blocks(), max(limit, db.blockMillis)); len(set) > 0; set = overlap(db.blocks(), max(limit, db.blockMillis)) {
		if err := db.rewrite(ctx, "merge", set); err != nil {
			return fmt.Errorf("merge blocks that overlap: %w", err)
		}
	}
	for span := 3 * db.blockMillis; span <= limit; span *= 3 {
		if set := mergeable(db.blocks(), span); len(set) > 0 {
			if err := db.rewrite(ctx, "merge", set); err != nil {
				return fmt.Errorf("merge blocks: %w", err)
			}
		}
	}
	return nil
}

// overlap is the first two or more blocks that overlap one another and cover no
// more time than limit.
func overlap(list []*block.Reader, limit int64) []*block.Reader {
	for i, first := range list {
		set := []*block.Reader{first}
		start, end := first.Meta().MinTime, first.Meta().MaxTime
		for _, b := range list[i+1:] {
			m := b.Meta()
			if m.MinTime > end {
				break
			}
			if max(end, m.MaxTime)-start <= limit {
				set = append(set, b)
				end = max(end, m.MaxTime)
			}
		}
		if len(set) > 1 {
			return set
		}
	}
	return nil
}

// mergeable is the first two or more blocks that lie in one span of time behind
// which there are others.
func mergeable(list []*block.Reader, span int64) []*block.Reader {
	for i := 0; i < len(list); {
		start := windowOf(list[i].Meta().MinTime, span)
		n := i
		whole := true
		for n < len(list) && list[n].Meta().MinTime < start+span {
			whole = whole && list[n].Meta().MaxTime < start+span
			n++
		}
		if n-i > 1 && n < len(list) && whole {
			return list[i:n]
		}
		i = n
	}
	return nil
}

// collect drops the groups of which the head has no rows and that no writer
// holds, and the metrics that no group names any more. DB.upkeeping is held.
func (db *DB) collect() error {
	dead := db.takeDead()
	ids, series := db.takeDeadSets()
	if len(dead)+len(ids) > 0 {
		for _, g := range dead {
			ids = append(ids, g.id)
			series += g.writer.columns
		}
		db.head.remove(dead)
		c := db.catalog
		c.mu.Lock()
		for _, m := range db.index.Remove(ids) {
			delete(c.mu.unlogged, m)
		}
		c.mu.Unlock()
		db.metrics.seriesRemoved.Add(float64(series))
	}
	sizes := db.index.Sizes()
	if err := db.catalog.compact(db.index, db.definedGroups, sizes.Metrics+2*sizes.Groups); err != nil && !errors.Is(refusal(err), storage.ErrReadOnly) {
		return refusal(err)
	}
	return nil
}

// takeDead marks the groups that go, so that nobody writes to them any more.
func (db *DB) takeDead() []*group {
	var dead []*group
	for _, g := range db.head.all() {
		if chunks, open := g.snapshot(); len(chunks) > 0 || !open.empty() {
			continue
		}
		db.holds.Lock()
		g.writer.Lock()
		chunks, open := g.snapshot()
		if !g.holding.held && len(chunks) == 0 && open.empty() {
			g.writer.removed = true
			dead = append(dead, g)
		}
		g.writer.Unlock()
		db.holds.Unlock()
	}
	return dead
}
