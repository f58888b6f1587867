package tsdb

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"time"

	"monopod/internal/tsdb/block"
)

// resolution is a length of windows, and where their blocks are.
type resolution struct {
	length int64 // in milliseconds; the finer divides the coarser
	name   string
	keep   func(*Limits) time.Duration
}

// resolutions is the ones there are, the finest first.
var resolutions = []resolution{
	{(5 * time.Minute).Milliseconds(), "5m", func(l *Limits) time.Duration { return l.Retention5m }},
	{time.Hour.Milliseconds(), "1h", func(l *Limits) time.Duration { return l.Retention1h }},
}

// longestSpan is what a new block of aggregates covers; all spans are whole hours,
// so that those of all resolutions meet.
var longestSpan = (24 * time.Hour).Milliseconds()

func (db *DB) aggregatesDir(name string) string {
	return filepath.Join(db.o.Dir, "downsampled", name)
}

// span is the time (from,to] in windows of a length.
type span struct{ length, from, to int64 }

// spans is what blocks of aggregates cover of a resolution, oldest first.
func spans(list []*block.Reader, length int64) []*block.Reader {
	var out []*block.Reader
	for _, b := range list {
		if b.Meta().Origin.Resolution == length {
			out = append(out, b)
		}
	}
	slices.SortFunc(out, func(a, b *block.Reader) int { return cmp.Compare(a.Meta().Origin.From, b.Meta().Origin.From) })
	return out
}

// downsample makes one block of aggregates of each resolution that is due, so that
// other upkeep has its turn. DB.upkeeping is held.
func (db *DB) downsample(ctx context.Context) error {
	for _, r := range resolutions {
		if r.keep(db.limits.Load()) <= 0 {
			continue
		}
		if s, ok := db.dueSpan(r); ok {
			if err := db.aggregateSpan(ctx, r, s); err != nil {
				return fmt.Errorf("make %s aggregates: %w", r.name, err)
			}
		}
		if err := db.mergeAggregates(ctx, r); err != nil {
			return fmt.Errorf("merge %s aggregates: %w", r.name, err)
		}
	}
	return nil
}

// dueSpan is the first span that blocks have samples of, aggregates do not cover,
// and no more samples are expected in.
func (db *DB) dueSpan(r resolution) (span, bool) {
	settled := db.settled()
	oldest := db.beyond(r.keep(db.limits.Load()))
	length := db.spanMillis()
	made := spans(db.aggregates.all(), r.length)
	for _, b := range db.blocks() {
		m := b.Meta()
		if m.Stats.Samples == 0 || m.MaxTime < oldest {
			continue
		}
		hour := time.Hour.Milliseconds()
		from := windowOf(max(m.MinTime, oldest)-1, hour)
		for from < m.MaxTime {
			to := windowOf(from, length) + length
			covered := false
			for _, x := range made {
				switch o := x.Meta().Origin; {
				case o.From <= from && from < o.To:
					from, covered = o.To, true
				case o.From > from:
					to = min(to, o.From)
				}
			}
			if covered {
				continue
			}
			if to > settled {
				break
			}
			return span{r.length, from, to}, true
		}
	}
	return span{}, false
}

// uncovered tells whether a block has samples that aggregates have yet to be made of.
func (db *DB) uncovered(b *block.Reader) bool {
	m := b.Meta()
	for _, r := range resolutions {
		keep := r.keep(db.limits.Load())
		if keep <= 0 || m.MaxTime < db.beyond(keep) {
			continue
		}
		from := max(m.MinTime, db.beyond(keep))
		for _, x := range spans(db.aggregates.all(), r.length) {
			if o := x.Meta().Origin; o.From < from && from <= o.To {
				from = o.To + 1
			}
		}
		if from <= m.MaxTime {
			return true
		}
	}
	return false
}

// beyond is the time before which nothing is kept that is kept for so long.
func (db *DB) beyond(keep time.Duration) int64 {
	newest := db.newest()
	if keep <= 0 || newest <= math.MinInt64+keep.Milliseconds() {
		return math.MinInt64 + 2*longestSpan
	}
	return newest - keep.Milliseconds()
}

// settled is the last timestamp up to which all samples are in blocks and no more
// are taken, or would be deleted at once.
func (db *DB) settled() int64 {
	l := db.limits.Load()
	t := db.newest()
	if l.OutOfOrderWindow > 0 {
		t = max(db.beyond(l.OutOfOrderWindow), db.beyond(l.Retention))
	}
	t = min(t, max(db.head.minValid.Load(), math.MinInt64+1)-1)
	if mint, _, ok := db.head.bounds(); ok {
		t = min(t, mint-1)
	}
	return t
}

// spanMillis is the length of a new span: a part of the time that samples are kept.
func (db *DB) spanMillis() int64 {
	length := longestSpan
	if keep := db.limits.Load().Retention.Milliseconds(); keep > 0 {
		length = min(length, keep/4)
	}
	return max(windowOf(length, time.Hour.Milliseconds()), time.Hour.Milliseconds())
}

func (db *DB) aggregateSpan(ctx context.Context, r resolution, s span) error {
	start := time.Now()
	origin := block.Origin{By: "downsample", Level: 1, Resolution: s.length, From: s.from, To: s.to}
	var sources []*block.Reader
	for _, b := range db.blocks() {
		if m := b.Meta(); m.MinTime <= s.to && m.MaxTime > s.from {
			sources = append(sources, b)
			origin.Blocks = append(origin.Blocks, m.ULID)
		}
	}
	in, err := db.aggregateInput(ctx, s, sources)
	if err != nil {
		return err
	}
	b, err := db.writeAggregates(ctx, r, origin, in)
	if err != nil {
		return err
	}
	db.aggregates.exchange([]*block.Reader{b}, nil)
	m := b.Meta()
	db.logger.Info("Made a block of aggregates", "ulid", m.ULID, "resolution", r.name, "from", s.from, "to", s.to, "windows", m.Stats.Samples/aggregates, "bytes", m.Stats.Bytes, "duration", time.Since(start))
	return nil
}

func (db *DB) writeAggregates(ctx context.Context, r resolution, origin block.Origin, in block.Input) (*block.Reader, error) {
	dir := db.aggregatesDir(r.name)
	if err := makeDir(db.fsys, dir); err != nil {
		return nil, refusal(err)
	}
	path, _, err := db.writeBlockIn(ctx, dir, origin, in)
	if err != nil {
		return nil, err
	}
	return db.blockShared.Open(path)
}

// mergeAggregates makes one block of the blocks of a longer range, when all of it
// is over.
func (db *DB) mergeAggregates(ctx context.Context, r resolution) error {
	for length := 3 * longestSpan; length <= maxMerged.Milliseconds(); length *= 3 {
		if set := neighbours(spans(db.aggregates.all(), r.length), length); len(set) > 1 {
			return db.rewriteAggregates(ctx, r, "merge", set)
		}
	}
	return nil
}

// neighbours is the first two or more blocks that cover one range of a length
// without gaps between them, behind which there are others.
func neighbours(list []*block.Reader, length int64) []*block.Reader {
	for i := 0; i < len(list); {
		end := windowOf(list[i].Meta().Origin.From, length) + length
		n := i + 1
		for n < len(list) && list[n].Meta().Origin.From == list[n-1].Meta().Origin.To && list[n].Meta().Origin.To <= end {
			n++
		}
		if n-i > 1 && n < len(list) && list[n].Meta().Origin.From >= end {
			return list[i:n]
		}
		i = n
	}
	return nil
}

// rewriteAggregates puts one block in the place of neighbours, without what is
// deleted.
func (db *DB) rewriteAggregates(ctx context.Context, r resolution, by string, old []*block.Reader) error {
	in, err := db.mergedInput(old)
	if err != nil {
		return db.leaveBlockOut(err, old)
	}
	origin := block.Origin{By: by, Resolution: r.length, From: old[0].Meta().Origin.From, To: old[len(old)-1].Meta().Origin.To}
	for _, b := range old {
		origin.Blocks = append(origin.Blocks, b.Meta().ULID)
		origin.Level = max(origin.Level, b.Meta().Origin.Level)
	}
	if by == "merge" {
		origin.Level++
	}
	b, err := db.writeAggregates(ctx, r, origin, in)
	if err != nil {
		return db.leaveBlockOut(err, old)
	}
	if err := db.moveTombstones(old); err != nil {
		return errors.Join(err, b.Close(), db.removeBlock(b))
	}
	db.aggregates.exchange([]*block.Reader{b}, old)
	db.exchangeBlocks(nil, old)
	var errs []error
	for _, o := range old {
		errs = append(errs, db.removeBlock(o))
	}
	return errors.Join(errs...)
}

// retainAggregates deletes what is older than aggregates are kept. Those of a
// resolution that is not made any more stay. DB.upkeeping is held.
func (db *DB) retainAggregates() error {
	var old []*block.Reader
	for _, r := range resolutions {
		keep := r.keep(db.limits.Load())
		if keep <= 0 {
			continue
		}
		for _, b := range spans(db.aggregates.all(), r.length) {
			if b.Meta().Origin.To < db.beyond(keep) {
				old = append(old, b)
			}
		}
	}
	return db.removeBlocks(old)
}

// loadAggregates opens the blocks of aggregates that there are.
func (db *DB) loadAggregates() error {
	for _, r := range resolutions {
		found, stale, err := db.openBlocks(db.aggregatesDir(r.name))
		if err != nil {
			return fmt.Errorf("read %s aggregates: %w", r.name, err)
		}
		db.aggregates.exchange(found, nil)
		db.dropStale(stale)
	}
	return nil
}

// allBlocks is the blocks of samples and of aggregates.
func (db *DB) allBlocks() []*block.Reader {
	return slices.Concat(db.blocks(), db.aggregates.all())
}

// endOf is the last time that a block stands for.
func endOf(b *block.Reader) int64 {
	if o := b.Meta().Origin; o.Resolution > 0 {
		return o.To
	}
	return b.Meta().MaxTime
}

// isAggregates tells whether a block is one of aggregates.
func isAggregates(b *block.Reader) bool { return b.Meta().Origin.Resolution > 0 }
