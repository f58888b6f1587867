package tsdb

import (
	"math"
	"slices"

	"github.com/prometheus/prometheus/model/labels"

	"monopod/internal/storage"
	"monopod/internal/tsdb/block"
	"monopod/internal/tsdb/index"
)

// place is where samples of a series lie: a column of a group in the head, or a
// metric of a group in a block.
type place struct {
	g       *group   // or
	s       *stamped // or a block
	column  uint32
	block   *block.Reader
	metric  index.MetricID
	group   index.GroupID
	deleted []interval
	// view: the block is one of aggregates, and this is how they are shown.
	view *aggregateView
}

// pieces appends to dst what a place has in the range of the query.
func (p *place) pieces(q *query, dst []piece) []piece {
	switch {
	case p.s != nil:
		return p.stampedPieces(q, dst)
	case p.view != nil:
		return p.view.pieces(p, q, dst)
	case p.g == nil:
		return p.blockPieces(q, dst)
	}
	chunks, open := p.g.snapshot()
	for i := range chunks {
		if c := &chunks[i]; c.last >= q.mint && c.first <= q.maxt && !q.replaced(c) {
			dst = append(dst, piece{first: c.first, last: c.last, place: p, chunk: c})
		}
	}
	if !open.empty() && open.last() >= q.mint && open.first() <= q.maxt {
		dst = append(dst, piece{first: open.first(), last: open.last(), place: p, open: open})
	}
	return dst
}

func (p *place) blockPieces(q *query, dst []piece) []piece {
	g, err := p.block.Group(p.group)
	if err != nil {
		// It was read when the place was found; loading it again tells the error.
		return append(dst, piece{first: q.mint, last: q.maxt, place: p})
	}
	for i := range g.Segments {
		if s := &g.Segments[i]; s.Last >= q.mint && s.First <= q.maxt {
			dst = append(dst, piece{first: s.First, last: s.Last, place: p, segment: i})
		}
	}
	return dst
}

// joiner brings together what several sources, or several groups of one, have of
// the same series.
//
// A series is a base and a metric. Both get numbers that are the same for equal
// labels, so that a series is
// found by two numbers and its labels are built once. Series whose labels are
// divided otherwise between base and metric are found by the whole, and only
// where bases differ in their label names: otherwise there are none.
type joiner struct {
	q       *query
	bases   interner
	metrics interner
	// numbers of the current source's metrics
	numbers  map[index.MetricID]uint32
	numbered *block.Reader
	series   []joined
	byPair   map[uint64]int
	shapes   map[uint64]struct{}
}

// joined is a series being found.
type joined struct {
	pair         uint64
	base, metric labels.Labels
	places       []place
}

func newJoiner(q *query) *joiner {
	return &joiner{q: q, byPair: map[uint64]int{}, shapes: map[uint64]struct{}{}, numbers: map[index.MetricID]uint32{}}
}

// interner numbers label sets.
type interner struct {
	byHash map[uint64][]uint32
	sets   []labels.Labels
}

func (n *interner) number(ls labels.Labels) uint32 {
	hash := ls.Hash()
	for _, i := range n.byHash[hash] {
		if labels.Equal(n.sets[i], ls) {
			return i
		}
	}
	if n.byHash == nil {
		n.byHash = map[uint64][]uint32{}
	}
	i := uint32(len(n.sets))
	n.sets = append(n.sets, ls)
	n.byHash[hash] = append(n.byHash[hash], i)
	return i
}

// addHead adds a group of the head. Columns without samples in the range are
// left out.
func (j *joiner) addHead(hit index.Hit) error {
	if x := j.q.db.registry.set(hit.Group); x != nil {
		return j.addSet(x, hit)
	}
	g := j.q.db.head.group(hit.Group)
	if g == nil {
		return nil
	}
	present, err := g.columnsWithin(j.q)
	if err != nil || len(present) == 0 {
		return err
	}
	base := j.base(g.base)
	for _, c := range hit.Columns {
		if !present.Has(int(c.Column)) {
			continue
		}
		p := place{g: g, column: c.Column}
		if err := j.add(base, nil, c.Metric, p); err != nil {
			return err
		}
	}
	return nil
}

// columnsWithin is the columns that hold something in the chunks and rows that
// overlap the range.
func (g *group) columnsWithin(q *query) (storage.Bitmap, error) {
	var out storage.Bitmap
	add := func(b storage.Bitmap) {
		out = out.Grow(len(b) * 64)
		for i, w := range b {
			out[i] |= w
		}
	}
	chunks, open := g.snapshot()
	for i := range chunks {
		c := &chunks[i]
		if c.last < q.mint || c.first > q.maxt || q.replaced(c) {
			continue
		}
		h, err := c.headOf(q.db.cache)
		if err != nil {
			p := piece{first: c.first, last: c.last, place: &place{g: g}, chunk: c}
			if err := q.damage(&p, err); err != nil {
				return nil, err
			}
			continue
		}
		add(h.columns.bits)
	}
	var last *presence
	for i := range open {
		r := &open[i]
		if r.t < q.mint || r.t > q.maxt || r.p == last && r.seen == nil {
			continue
		}
		last = r.p
		r.columns(func(p *presence) { add(p.bits) }, func(c int) {
			out = out.Grow(c + 1)
			out.Set(c)
		})
	}
	return out, nil
}

// addBlock adds a group of a block.
func (j *joiner) addBlock(b *block.Reader, hit index.Hit) error {
	g, err := b.Group(hit.Group)
	if err != nil {
		return err
	}
	within := false
	for i := range g.Segments {
		if s := &g.Segments[i]; s.Last >= j.q.mint && s.First <= j.q.maxt {
			within = true
		}
	}
	if !within {
		return nil
	}
	base := j.base(g.Base)
	for _, c := range hit.Columns {
		if err := j.add(base, b, c.Metric, place{block: b, metric: c.Metric, group: hit.Group}); err != nil {
			return err
		}
	}
	return nil
}

func (j *joiner) base(ls labels.Labels) uint32 {
	n := uint32(len(j.bases.sets))
	number := j.bases.number(ls)
	if number == n {
		j.shapes[namesHash(ls)] = struct{}{}
	}
	return number
}

// namesHash is a hash of the label names.
func namesHash(ls labels.Labels) uint64 {
	h := uint64(14695981039346656037)
	ls.Range(func(l labels.Label) {
		for i := range len(l.Name) {
			h = (h ^ uint64(l.Name[i])) * 1099511628211
		}
		h = (h ^ 0xff) * 1099511628211
	})
	return h
}

// add adds a place of the series that base and metric make.
func (j *joiner) add(base uint32, b *block.Reader, id index.MetricID, p place) error {
	if j.numbered != b {
		clear(j.numbers)
		j.numbered = b
	}
	number, known := j.numbers[id]
	if !known {
		var ls labels.Labels
		if b != nil {
			var err error
			if ls, err = b.MetricLabels(id); err != nil {
				return err
			}
			if p.view != nil {
				ls = withoutAggregate(ls)
			}
		} else {
			var ok bool
			if ls, ok = j.q.db.index.MetricLabels(id); !ok {
				return nil
			}
		}
		number = j.metrics.number(ls)
		j.numbers[id] = number
	}
	pair := uint64(base)<<32 | uint64(number)
	i, ok := j.byPair[pair]
	if !ok {
		i = len(j.series)
		j.byPair[pair] = i
		j.series = append(j.series, joined{pair: pair, base: j.bases.sets[base], metric: j.metrics.sets[number]})
	}
	j.series[i].places = append(j.series[i].places, p)
	return nil
}

// result returns the series.
func (j *joiner) result() []series {
	out := make([]series, 0, len(j.series))
	b := labels.NewScratchBuilder(16)
	byHash := map[uint64][]int{}
	stones := j.q.db.deletions.all()
next:
	for i := range j.series {
		s := series{q: j.q, pair: j.series[i].pair, base: j.series[i].base, metric: j.series[i].metric, labels: index.Series(&b, j.series[i].base, j.series[i].metric), places: j.series[i].places}
		if len(stones) > 0 {
			s.places = j.q.hide(stones, s.labels, s.places)
			if len(s.places) == 0 {
				continue
			}
		}
		if j.q.cut > math.MinInt64 {
			s.hideBefore(j.q.cut)
		}
		if len(j.shapes) > 1 {
			hash := s.labels.Hash()
			for _, k := range byHash[hash] {
				if labels.Equal(out[k].labels, s.labels) {
					out[k].places = append(out[k].places, s.places...)
					continue next
				}
			}
			byHash[hash] = append(byHash[hash], len(out))
		}
		out = append(out, s)
	}
	return out
}

// replaced tells whether a block that this query reads has what is in the chunk.
func (q *query) replaced(c *chunkRef) bool {
	r := c.file.replacedBy.Load()
	return r != nil && (r.block == nil || slices.Contains(q.blocks, r.block))
}

// hide notes what is deleted at places, and leaves out those where nothing is
// left in the range.
func (q *query) hide(stones []*tombstone, ls labels.Labels, places []place) []place {
	out := places[:0]
	for _, p := range places {
		p.deleted = deletedAt(stones, ls, &p)
		if len(p.deleted) > 0 && p.view == nil && !p.visible(q) {
			continue
		}
		out = append(out, p)
	}
	return out
}

// hideBefore leaves out samples up to a time, of which aggregates tell.
func (s *series) hideBefore(t int64) {
	for i := range s.places {
		if p := &s.places[i]; p.view == nil && (p.block == nil || p.block.Meta().MinTime <= t) {
			p.deleted = mergeIntervals(append(p.deleted, interval{math.MinInt64, t}))
		}
	}
}

// visible tells whether a piece of a place is not deleted as a whole.
func (p *place) visible(q *query) bool {
	for _, x := range p.pieces(q, nil) {
		whole := slices.ContainsFunc(p.deleted, func(iv interval) bool {
			return iv.mint <= max(x.first, q.mint) && iv.maxt >= min(x.last, q.maxt)
		})
		if !whole {
			return true
		}
	}
	return false
}
