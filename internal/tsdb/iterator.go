package tsdb

import (
	"context"
	"errors"
	"math"
	"slices"
	"sort"

	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/tsdb/chunkenc"

	"monopod/internal/tsdb/block"
	"monopod/internal/tsdb/cells"
)

// piece is consecutive samples of a series that are read as a whole: those of a
// chunk, of the open rows, or of a segment of a block.
type piece struct {
	first, last int64
	place       *place
	chunk       *chunkRef    // or
	open        openPart     // or
	stamped     *openSamples // or
	late        []lateEntry  // or
	segment     int          // of the place's block
}

// interval is a time range, both ends within.
type interval struct{ mint, maxt int64 }

// load appends to dst what the piece holds.
func (p *piece) load(q *query, dst *cells.Samples) error {
	switch {
	case p.stamped != nil || p.late != nil:
		return p.loadOpen(dst)
	case !p.open.empty():
		p.open.samples(dst, int(p.place.column), p.first, p.last)
		return dst.SetHints()
	case p.place.view != nil:
		return p.place.view.load(p, dst)
	case p.chunk != nil:
		return p.chunk.samples(q.db.cache, dst, int(p.place.column))
	}
	return p.place.block.Samples(dst, p.place.metric, p.place.group, p.segment)
}

// query is what the reading of one selection shares.
type query struct {
	db         *DB
	ctx        context.Context
	mint, maxt int64
	blocks     []*block.Reader
	warnings   *warnings
	// cut is the time up to which aggregates stand for samples.
	cut int64
}

// series is a series with the places where its samples lie. It implements
// Prometheus's storage.Series.
type series struct {
	q      *query
	labels labels.Labels
	// base and metric are how labels are divided where the series was first found,
	// and pair their numbers in this selection.
	base, metric labels.Labels
	pair         uint64
	places       []place
}

// Labels implements storage.Series.
func (s *series) Labels() labels.Labels { return s.labels }

// Iterator implements storage.Series.
func (s *series) Iterator(it chunkenc.Iterator) chunkenc.Iterator {
	own, ok := it.(*iterator)
	if !ok {
		own = &iterator{}
	}
	own.reset(s.q)
	for i := range s.places {
		own.pieces = s.places[i].pieces(s.q, own.pieces)
	}
	if sortPieces(own.pieces) {
		return own
	}
	o := &overlapping{}
	for _, pieces := range layered(own.pieces) {
		o.layers = append(o.layers, &iterator{q: s.q, pieces: pieces, i: -1})
	}
	return o
}

// sortPieces puts pieces into the order of time, and tells whether none overlap.
func sortPieces(pieces []piece) bool {
	for i := 1; i < len(pieces); i++ {
		if pieces[i].first < pieces[i-1].first {
			slices.SortStableFunc(pieces, func(a, b piece) int {
				switch {
				case a.first < b.first:
					return -1
				case a.first > b.first:
					return 1
				}
				return 0
			})
			break
		}
	}
	for i := 1; i < len(pieces); i++ {
		if pieces[i].first <= pieces[i-1].last {
			return false
		}
	}
	return true
}

// layered divides sorted pieces into sequences that do not overlap.
func layered(pieces []piece) [][]piece {
	var layers [][]piece
next:
	for _, p := range pieces {
		for i, l := range layers {
			if l[len(l)-1].last < p.first {
				layers[i] = append(l, p)
				continue next
			}
		}
		layers = append(layers, []piece{p})
	}
	return layers
}

// iterator goes over pieces that do not overlap, in order. It implements
// Prometheus's chunkenc.Iterator.
type iterator struct {
	q      *query
	pieces []piece // that are not loaded yet
	buf    cells.Samples
	i      int // in buf
	err    error
	// cut: samples before some in buf were deleted, so that what their histograms
	// say about counter resets means nothing.
	cut bool
}

func (it *iterator) reset(q *query) {
	it.buf.Reset()
	clear(it.pieces)
	*it = iterator{q: q, pieces: it.pieces[:0], buf: it.buf, i: -1}
}

// Next implements chunkenc.Iterator.
func (it *iterator) Next() chunkenc.ValueType {
	it.i++
	if it.i < len(it.buf.T) {
		return it.buf.Kind(it.i)
	}
	return it.advance(math.MinInt64)
}

// Seek implements chunkenc.Iterator.
func (it *iterator) Seek(t int64) chunkenc.ValueType {
	if it.err != nil {
		return chunkenc.ValNone
	}
	if it.i >= 0 && it.i < len(it.buf.T) && it.buf.T[it.i] >= t {
		return it.buf.Kind(it.i)
	}
	if n := len(it.buf.T); n > 0 && it.buf.T[n-1] >= t && it.i < n {
		from := max(it.i, 0)
		it.i = from + gallop(it.buf.T[from:], t)
		return it.buf.Kind(it.i)
	}
	return it.advance(t)
}

// gallop is the first index whose element is at least t; the last one is.
func gallop(times []int64, t int64) int {
	step := 1
	for step < len(times) && times[step] < t {
		step <<= 1
	}
	low, high := step>>1, min(step, len(times)-1)
	return low + sort.Search(high-low, func(i int) bool { return times[low+i] >= t })
}

// advance loads the next piece that has a sample at or after t.
func (it *iterator) advance(t int64) chunkenc.ValueType {
	t = max(t, it.q.mint)
	for it.err == nil && len(it.pieces) > 0 {
		p := &it.pieces[0]
		it.pieces = it.pieces[1:]
		if p.last < t || p.first > it.q.maxt {
			continue
		}
		it.buf.Reset()
		it.i, it.cut = -1, false
		if err := it.q.ctx.Err(); err != nil {
			it.err = err
			break
		}
		if err := p.load(it.q, &it.buf); err != nil {
			it.buf.Reset()
			if it.err = it.q.damage(p, err); it.err != nil {
				break
			}
			continue
		}
		it.trim(p)
		if i := sort.Search(len(it.buf.T), func(i int) bool { return it.buf.T[i] >= t }); i < len(it.buf.T) {
			it.i = i
			return it.buf.Kind(i)
		}
	}
	it.buf.Reset()
	it.i = 0
	return chunkenc.ValNone
}

// trim leaves what is not behind the range and not deleted.
func (it *iterator) trim(p *piece) {
	b := &it.buf
	to := len(b.T)
	if p.last > it.q.maxt {
		to = sort.Search(to, func(i int) bool { return b.T[i] > it.q.maxt })
	}
	if len(p.place.deleted) == 0 || p.place.view != nil {
		b.Truncate(to)
		return
	}
	n := 0
	for i := range to {
		if within(p.place.deleted, b.T[i]) {
			it.cut = true
			continue
		}
		b.Move(n, i)
		n++
	}
	b.Truncate(n)
}

// within tells whether t is in one of the intervals, which are sorted.
func within(in []interval, t int64) bool {
	i := sort.Search(len(in), func(i int) bool { return in[i].maxt >= t })
	return i < len(in) && in[i].mint <= t
}

// At implements chunkenc.Iterator.
func (it *iterator) At() (int64, float64) { return it.buf.T[it.i], it.buf.V[it.i] }

// AtT implements chunkenc.Iterator.
func (it *iterator) AtT() int64 { return it.buf.T[it.i] }

// AtST implements chunkenc.Iterator.
func (it *iterator) AtST() int64 { return it.buf.Start(it.i) }

// AtHistogram implements chunkenc.Iterator.
func (it *iterator) AtHistogram(h *histogram.Histogram) (int64, *histogram.Histogram) {
	src := it.buf.H[it.i].Int
	if h == nil {
		h = src.Copy()
	} else {
		src.CopyTo(h)
	}
	if it.cut && h.CounterResetHint != histogram.GaugeType {
		h.CounterResetHint = histogram.UnknownCounterReset
	}
	return it.buf.T[it.i], h
}

// AtFloatHistogram implements chunkenc.Iterator.
func (it *iterator) AtFloatHistogram(fh *histogram.FloatHistogram) (int64, *histogram.FloatHistogram) {
	switch src := it.buf.H[it.i]; {
	case src.Int != nil:
		fh = src.Int.ToFloat(fh)
	case fh == nil:
		fh = src.Float.Copy()
	default:
		src.Float.CopyTo(fh)
	}
	if it.cut && fh.CounterResetHint != histogram.GaugeType {
		fh.CounterResetHint = histogram.UnknownCounterReset
	}
	return it.buf.T[it.i], fh
}

// Err implements chunkenc.Iterator.
func (it *iterator) Err() error { return it.err }

// damage decides on a piece that cannot be read. One whose bytes are not what was
// written is put aside, and the reading goes on without it, with a warning; what
// may come back (an error of the disk) fails the query.
func (q *query) damage(p *piece, err error) error {
	if !isDamage(err) || !p.open.empty() || p.stamped != nil || p.late != nil {
		return err
	}
	q.warnings.add(q.db.putAside(p, err))
	return nil
}

func isDamage(err error) bool {
	return errors.Is(err, errChunk) || errors.Is(err, cells.ErrCorrupt) || errors.Is(err, block.ErrPage) || errors.Is(err, block.ErrCorrupt)
}
