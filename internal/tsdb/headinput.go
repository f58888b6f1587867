package tsdb

import (
	"cmp"
	"math"
	"slices"
	"sort"

	"github.com/prometheus/prometheus/model/labels"

	"monopod/internal/tsdb/block"
	"monopod/internal/tsdb/cells"
	"monopod/internal/tsdb/index"
)

// headPart is consecutive rows of a group of the head: a chunk, or open rows.
type headPart struct {
	first, last int64
	chunk       *chunkRef
	open        openPart
}

// openRows is the open rows of the part: those of the group that lie in its time.
func (p *headPart) openRows() []openRow {
	rows := p.open
	from := sort.Search(len(rows), func(i int) bool { return rows[i].t >= p.first })
	to := sort.Search(len(rows), func(i int) bool { return rows[i].t > p.last })
	return rows[from:to]
}

// headPick chooses what of the head goes into a block.
type headPick struct {
	rows func(*group) []headPart
	sets func(*sampleSet) setSource
}

// headGroup is a group on its way from the head into a block: one of rows, or a
// class of a set.
type headGroup struct {
	id    index.GroupID
	kind  groupKind
	base  labels.Labels
	place place // where its series are, for tombstones
	class *setClass

	parts    []headPart // by time, without overlap
	columns  []uint32   // of the block's metrics of the group
	segments [][2]int   // parts, from and to
	deleted  map[index.MetricID][]interval
}

// headInput makes the input of a block of what groups of the head have. stones
// are what to leave out. ok is false where there is nothing.
func (db *DB) headInput(pick headPick, stones []*tombstone) (in block.Input, ok bool, err error) {
	var groups []*headGroup
	byGroup := map[*headGroup][]index.Column{}
	used := map[index.MetricID]labels.Labels{}
	for _, g := range db.head.all() {
		parts := inOrder(pick.rows(g))
		if len(parts) == 0 {
			continue
		}
		h := &headGroup{id: g.id, kind: rowGroup, base: g.base, place: place{g: g}, parts: parts}
		cols, err := db.headColumns(h)
		if err != nil {
			return in, false, err
		}
		if len(cols) == 0 {
			continue
		}
		byGroup[h] = cols
		groups = append(groups, h)
	}
	shared := newSharedTimes()
	for _, x := range db.registry.all() {
		classes, err := db.setClasses(pick.sets(x))
		if err != nil {
			return in, false, err
		}
		for i := range classes {
			c := &classes[i]
			c.times = shared.get(c.times)
			h := &headGroup{id: x.id, kind: x.kind, base: x.base, place: place{s: c.series[0]}, class: c}
			byGroup[h] = c.columns
			groups = append(groups, h)
		}
	}
	for _, cols := range byGroup {
		for _, c := range cols {
			if _, seen := used[c.Metric]; !seen {
				used[c.Metric], _ = db.index.MetricLabels(c.Metric)
			}
		}
	}
	if len(groups) == 0 {
		return in, false, nil
	}
	number := sortMetrics(used, &in)
	slices.SortStableFunc(groups, func(a, b *headGroup) int {
		return cmp.Or(labels.Compare(a.base, b.base), cmp.Compare(a.id, b.id))
	})
	for _, h := range groups {
		cols := byGroup[h]
		slices.SortFunc(cols, func(a, b index.Column) int { return cmp.Compare(number[a.Metric], number[b.Metric]) })
		out := block.Group{Base: h.base, Kind: byte(h.kind)}
		for _, c := range cols {
			out.Metrics = append(out.Metrics, number[c.Metric])
			h.columns = append(h.columns, c.Column)
		}
		if out.Segments, err = db.headSegments(h); err != nil {
			return in, false, err
		}
		h.deletedIn(in.Metrics, out.Metrics, stones)
		in.Groups = append(in.Groups, out)
	}
	in.Samples = func(dst *cells.Samples, m index.MetricID, g index.GroupID, segment int) error {
		return db.headSamples(dst, groups[g], in.Groups[g].Metrics, m, segment)
	}
	return in, true, nil
}

// sortMetrics puts metrics into the order of labels, and returns their numbers.
func sortMetrics(used map[index.MetricID]labels.Labels, in *block.Input) map[index.MetricID]index.MetricID {
	ids := make([]index.MetricID, 0, len(used))
	for id := range used {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b index.MetricID) int { return labels.Compare(used[a], used[b]) })
	number := make(map[index.MetricID]index.MetricID, len(ids))
	for i, id := range ids {
		number[id] = index.MetricID(i)
		in.Metrics = append(in.Metrics, used[id])
	}
	return number
}

// inOrder sorts parts, and leaves of those that overlap what the one before has
// not: a crash may have left rows twice.
func inOrder(parts []headPart) []headPart {
	slices.SortStableFunc(parts, func(a, b headPart) int { return cmp.Compare(a.first, b.first) })
	out := parts[:0]
	end := int64(math.MinInt64)
	for _, p := range parts {
		if len(out) > 0 && p.last <= end {
			continue
		}
		if len(out) > 0 && p.first <= end {
			p.first = end + 1
		}
		end = p.last
		out = append(out, p)
	}
	return out
}

// headColumns is the columns that hold something in the parts of a group.
func (db *DB) headColumns(h *headGroup) ([]index.Column, error) {
	_, metrics, _ := db.index.Group(h.id)
	has := make([]bool, len(metrics))
	set := func(c int) {
		if c < len(has) {
			has[c] = true
		}
	}
	for i := range h.parts {
		p := &h.parts[i]
		if p.chunk != nil {
			head, err := p.chunk.headOf(db.cache)
			if err != nil {
				return nil, err
			}
			each(head.columns.bits, set)
		}
		for _, r := range p.openRows() {
			r.columns(func(p *presence) { each(p.bits, set) }, set)
		}
	}
	var out []index.Column
	for c, m := range metrics {
		if has[c] {
			out = append(out, index.Column{Column: uint32(c), Metric: m})
		}
	}
	return out, nil
}

// times returns the timestamps of a part.
func (db *DB) partTimes(p *headPart) ([]int64, error) {
	var times []int64
	if p.chunk != nil {
		head, err := p.chunk.headOf(db.cache)
		if err != nil {
			return nil, err
		}
		times = head.times
	} else {
		for _, r := range p.openRows() {
			times = append(times, r.t)
		}
	}
	return times[sort.Search(len(times), func(i int) bool { return times[i] >= p.first }):], nil
}

// headSegments puts parts together to segments, as equal in length as they go.
func (db *DB) headSegments(h *headGroup) ([][]int64, error) {
	if h.class != nil {
		return h.class.segments(), nil
	}
	var all [][]int64
	rows := 0
	for i := range h.parts {
		times, err := db.partTimes(&h.parts[i])
		if err != nil {
			return nil, err
		}
		all = append(all, times)
		rows += len(times)
	}
	n := (rows + block.MaxSegmentRows - 1) / block.MaxSegmentRows
	target := (rows + n - 1) / n
	var out [][]int64
	from := 0
	var cur []int64
	for i, times := range all {
		if len(cur) > 0 && (len(cur)+len(times) > block.MaxSegmentRows || len(cur) >= target) {
			h.segments, out = append(h.segments, [2]int{from, i}), append(out, cur)
			from, cur = i, nil
		}
		cur = append(cur, times...)
	}
	h.segments = append(h.segments, [2]int{from, len(all)})
	return append(out, cur), nil
}

// deletedIn finds what is deleted of each metric of the group.
func (h *headGroup) deletedIn(all []labels.Labels, metrics []index.MetricID, stones []*tombstone) {
	if len(stones) == 0 {
		return
	}
	h.deleted = map[index.MetricID][]interval{}
	b := labels.NewScratchBuilder(16)
	for _, m := range metrics {
		if iv := deletedAt(stones, index.Series(&b, h.base, all[m]), &h.place); len(iv) > 0 {
			h.deleted[m] = iv
		}
	}
}

func (db *DB) headSamples(dst *cells.Samples, h *headGroup, metrics []index.MetricID, m index.MetricID, segment int) error {
	i, _ := slices.BinarySearch(metrics, m)
	column := int(h.columns[i])
	from := dst.Len()
	if h.class != nil {
		if err := h.class.samples(db, dst, column, segment); err != nil {
			return err
		}
	}
	for j, to := h.partsOf(segment); j < to; j++ {
		p := &h.parts[j]
		before := dst.Len()
		if p.chunk == nil {
			p.open.samples(dst, column, p.first, p.last)
			continue
		}
		if err := p.chunk.samples(db.cache, dst, column); err != nil {
			return err
		}
		if p.first > p.chunk.first {
			dst.Cut(before, func(t int64) bool { return t < p.first })
		}
	}
	if deleted := h.deleted[m]; len(deleted) > 0 {
		dst.Cut(from, func(t int64) bool { return within(deleted, t) })
	}
	return nil
}

// partsOf is the parts of a segment; a class has none.
func (h *headGroup) partsOf(segment int) (from, to int) {
	if h.class != nil {
		return 0, 0
	}
	return h.segments[segment][0], h.segments[segment][1]
}
