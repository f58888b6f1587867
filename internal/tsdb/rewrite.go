package tsdb

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/oklog/ulid/v2"
	"github.com/prometheus/prometheus/model/labels"

	"monopod/internal/tsdb/block"
	"monopod/internal/tsdb/cells"
	"monopod/internal/tsdb/index"
)

// rewrite makes one block of several, oldest first, without what is deleted, and
// puts it in their place. DB.upkeeping is held.
func (db *DB) rewrite(ctx context.Context, by string, old []*block.Reader) error {
	start := time.Now()
	in, err := db.mergedInput(old)
	if err != nil {
		return db.leaveBlockOut(err, old)
	}
	origin := block.Origin{By: by}
	for _, b := range old {
		m := b.Meta()
		origin.Blocks = append(origin.Blocks, m.ULID)
		origin.Windows = append(origin.Windows, m.Origin.Windows...)
		origin.Level = max(origin.Level, m.Origin.Level)
	}
	if by == "merge" {
		origin.Level++
	}
	b, err := db.writeBlock(ctx, origin, in)
	if err != nil {
		return db.leaveBlockOut(fmt.Errorf("%s blocks: %w", by, err), old)
	}
	var made []*block.Reader // none where all was deleted
	if b.Meta().Stats.Samples > 0 {
		made = append(made, b)
	}
	if err := db.moveTombstones(old); err != nil {
		return errors.Join(err, b.Close(), db.removeBlock(b))
	}
	db.exchangeBlocks(made, old)
	var errs []error
	for _, o := range old {
		errs = append(errs, db.removeBlock(o))
	}
	if made == nil {
		errs = append(errs, b.Close(), db.removeBlock(b))
	}
	db.metrics.compactions.Inc()
	db.metrics.compactionSeconds.Observe(time.Since(start).Seconds())
	return errors.Join(errs...)
}

// leaveBlockOut puts the blocks aside whose index is damaged; what else fails is
// tried again later.
func (db *DB) leaveBlockOut(err error, old []*block.Reader) error {
	if !errors.Is(err, block.ErrCorrupt) {
		return err
	}
	for _, b := range old {
		if cerr := checkIndex(b); errors.Is(cerr, block.ErrCorrupt) {
			_ = db.putBlockAside(b, cerr)
		}
	}
	return err
}

// checkIndex reads all of an index.
func checkIndex(b *block.Reader) error {
	hits, err := index.Select(b, nil)
	if err != nil {
		return err
	}
	for _, h := range hits {
		for _, c := range h.Columns {
			if _, err := b.MetricLabels(c.Metric); err != nil {
				return err
			}
		}
	}
	return nil
}

// moveTombstones takes the blocks that are about to go out of the tombstones.
// What was deleted in them is not in the new one; if a crash leaves the old ones,
// the new one says that it stands for them.
func (db *DB) moveTombstones(old []*block.Reader) error {
	var list []*tombstone
	changed := false
	for _, t := range db.deletions.all() {
		next := *t
		next.blocks = map[ulid.ULID]bool{}
		for id := range t.blocks {
			if slices.ContainsFunc(old, func(o *block.Reader) bool { return o.Meta().ULID == id }) {
				changed = true
				continue
			}
			next.blocks[id] = true
		}
		list = append(list, &next)
	}
	if !changed {
		return nil
	}
	return db.setTombstones(list)
}

// mergeGroup is a group of a block on its way into another. Its sources do not
// overlap in time: rows of groups that do stay in groups of their own, and readers
// bring them together, as they did when these were in several blocks.
type mergeGroup struct {
	base labels.Labels
	kind byte
	// nth among the groups of one block with equal base and kind.
	nth int
	// first and last are the timestamps of its rows.
	first, last int64
	metrics     []index.MetricID // of the new block
	sources     []mergeSource
	segments    [][]mergeSegment
	deleted     map[deletedKey][]interval
}

type deletedKey struct {
	source int
	metric index.MetricID
}

// mergeSource is the group in one of the old blocks.
type mergeSource struct {
	b  *block.Reader
	id index.GroupID
	// ids are the numbers in b of the new block's metrics; ^0: b has it not.
	ids []index.MetricID
}

type mergeSegment struct {
	source, segment int
}

const noMetric = ^index.MetricID(0)

// mergedInput makes the input of a block of the blocks.
func (db *DB) mergedInput(old []*block.Reader) (block.Input, error) {
	var in block.Input
	numbers, err := mergedMetrics(old, &in)
	if err != nil {
		return in, err
	}
	groups, err := mergedGroups(old, numbers)
	if err != nil {
		return in, err
	}
	stones := db.deletions.all()
	sb := labels.NewScratchBuilder(16)
	shared := newSharedTimes()
	for _, g := range groups {
		out := block.Group{Base: g.base, Kind: g.kind, Metrics: g.metrics}
		if out.Segments, err = g.join(); err != nil {
			return in, err
		}
		for i, times := range out.Segments {
			out.Segments[i] = shared.get(times)
		}
		if len(stones) > 0 {
			g.deleted = map[deletedKey][]interval{}
			for _, m := range g.metrics {
				ls := index.Series(&sb, g.base, in.Metrics[m])
				for i, src := range g.sources {
					if iv := deletedAt(stones, ls, &place{block: src.b}); len(iv) > 0 {
						g.deleted[deletedKey{i, m}] = iv
					}
				}
			}
		}
		in.Groups = append(in.Groups, out)
	}
	in.Samples = func(dst *cells.Samples, m index.MetricID, id index.GroupID, segment int) error {
		return groups[id].samples(dst, m, segment)
	}
	return in, nil
}

// mergedMetrics fills the metrics of in, and returns their numbers by block.
func mergedMetrics(old []*block.Reader, in *block.Input) ([][]index.MetricID, error) {
	type at struct {
		ls    labels.Labels
		block int
		id    index.MetricID
	}
	var all []at
	numbers := make([][]index.MetricID, len(old))
	for i, b := range old {
		ids, err := b.Metrics()
		if err != nil {
			return nil, err
		}
		numbers[i] = make([]index.MetricID, len(ids))
		for _, id := range ids {
			ls, err := b.MetricLabels(id)
			if err != nil {
				return nil, err
			}
			all = append(all, at{ls, i, id})
		}
	}
	slices.SortStableFunc(all, func(a, b at) int { return labels.Compare(a.ls, b.ls) })
	for i, x := range all {
		if i == 0 || !labels.Equal(x.ls, all[i-1].ls) {
			in.Metrics = append(in.Metrics, x.ls)
		}
		numbers[x.block][x.id] = index.MetricID(len(in.Metrics) - 1)
	}
	return numbers, nil
}

// mergedGroups brings together the groups of equal base that do not overlap, in the
// order of labels.
func mergedGroups(old []*block.Reader, numbers [][]index.MetricID) ([]*mergeGroup, error) {
	var groups []*mergeGroup
	for i, b := range old {
		for id := range index.GroupID(b.Meta().Stats.Groups) {
			info, err := b.Group(id)
			if err != nil {
				return nil, err
			}
			metrics, err := b.GroupMetrics(id)
			if err != nil {
				return nil, err
			}
			if len(info.Segments) == 0 {
				continue
			}
			g := &mergeGroup{base: info.Base, kind: info.Kind, sources: []mergeSource{{b: b, id: id}}}
			if n := len(groups); n > 0 && groups[n-1].sources[0].b == b && groups[n-1].same(g) {
				g.nth = groups[n-1].nth + 1
			}
			g.first, g.last = info.Segments[0].First, info.Segments[len(info.Segments)-1].Last
			for _, m := range metrics {
				g.metrics = append(g.metrics, numbers[i][m])
				g.sources[0].ids = append(g.sources[0].ids, m)
			}
			groups = append(groups, g)
		}
	}
	slices.SortStableFunc(groups, func(a, b *mergeGroup) int {
		return cmp.Or(labels.Compare(a.base, b.base), cmp.Compare(a.kind, b.kind), cmp.Compare(a.first, b.first))
	})
	var out []*mergeGroup
	var alike map[string][]*mergeGroup // of those of equal base and kind
	for _, g := range groups {
		if len(out) == 0 || !out[len(out)-1].same(g) {
			alike = map[string][]*mergeGroup{}
		}
		// Mostly one goes on that has the same metrics, or the same place in its block.
		var into *mergeGroup
		keys := []string{g.metricsKey(), fmt.Sprint("place ", g.nth)}
		for _, k := range keys {
			if at := slices.IndexFunc(alike[k], func(o *mergeGroup) bool { return o.last < g.first }); into == nil && at >= 0 {
				into = alike[k][at]
			}
		}
		if into == nil {
			into = g
			out = append(out, g)
		} else {
			into.add(g)
		}
		for _, k := range keys {
			if !slices.Contains(alike[k], into) {
				alike[k] = append(alike[k], into)
			}
		}
	}
	return out, nil
}

// metricsKey is equal for groups of equal metrics alone.
func (g *mergeGroup) metricsKey() string {
	b := make([]byte, 0, 4*len(g.metrics))
	for _, m := range g.metrics {
		b = binary.LittleEndian.AppendUint32(b, uint32(m))
	}
	return string(b)
}

func (g *mergeGroup) same(o *mergeGroup) bool {
	return g.kind == o.kind && labels.Equal(g.base, o.base)
}

// add takes the source of another one in.
func (g *mergeGroup) add(o *mergeGroup) {
	all := index.Union([][]index.MetricID{g.metrics, o.metrics})
	spread := func(metrics, ids []index.MetricID) []index.MetricID {
		out := make([]index.MetricID, len(all))
		for i, m := range all {
			out[i] = noMetric
			if at, ok := slices.BinarySearch(metrics, m); ok {
				out[i] = ids[at]
			}
		}
		return out
	}
	for i := range g.sources {
		g.sources[i].ids = spread(g.metrics, g.sources[i].ids)
	}
	src := o.sources[0]
	src.ids = spread(o.metrics, src.ids)
	g.sources = append(g.sources, src)
	g.metrics = all
	g.last = o.last
}

// join puts the segments of the sources together to longer ones.
func (g *mergeGroup) join() ([][]int64, error) {
	var out [][]int64
	for i, src := range g.sources {
		info, err := src.b.Group(src.id)
		if err != nil {
			return nil, err
		}
		for s := range info.Segments {
			times, err := src.b.Times(src.id, s)
			if err != nil {
				return nil, err
			}
			if n := len(out); n > 0 && len(out[n-1])+len(times) <= block.MaxSegmentRows {
				out[n-1] = append(out[n-1], times...)
				g.segments[n-1] = append(g.segments[n-1], mergeSegment{i, s})
				continue
			}
			out = append(out, slices.Clone(times))
			g.segments = append(g.segments, []mergeSegment{{i, s}})
		}
	}
	return out, nil
}

func (g *mergeGroup) samples(dst *cells.Samples, m index.MetricID, segment int) error {
	at, _ := slices.BinarySearch(g.metrics, m)
	for _, s := range g.segments[segment] {
		src := g.sources[s.source]
		if src.ids[at] == noMetric {
			continue
		}
		from := dst.Len()
		if err := src.b.Samples(dst, src.ids[at], src.id, s.segment); err != nil {
			return err
		}
		if deleted := g.deleted[deletedKey{s.source, m}]; len(deleted) > 0 {
			dst.Cut(from, func(t int64) bool { return within(deleted, t) })
		}
	}
	return nil
}
