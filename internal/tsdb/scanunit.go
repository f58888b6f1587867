package tsdb

import (
	"math"
	"slices"
	"sort"

	"github.com/prometheus/prometheus/tsdb/chunkenc"

	"monopod/internal/storage"
	"monopod/internal/tsdb/cells"
)

// alignedUnit reads the columns of a unit from the pieces that all of them have,
// one piece after the other.
type alignedUnit struct {
	q      *query
	rows   int
	pieces [][]piece // of each column, those not read yet
	offset int       // rows of the first one that were read
	rest   [][]piece // of each column, behind those in common; nil: begin anew
	buf    cells.Samples
	list   []piece // memory of pieces
	// chunk is the chunk last read from, with its head and stripe n: neighbouring
	// columns are mostly in the same.
	chunk struct {
		ref    chunkRef
		head   *chunkHead
		stripe *stripe
		n      int
	}
}

// begin finds the pieces that all columns have in common from the start.
func (u *alignedUnit) begin(q *query, unit []series, rows int) {
	u.q, u.rows, u.offset, u.rest = q, rows, 0, nil
	u.chunk.stripe = nil
	u.pieces = u.pieces[:0]
	clear(u.list)
	u.list = u.list[:0]
	ends := make([]int, len(unit))
	for i := range unit {
		for j := range unit[i].places {
			p := &unit[i].places[j]
			if len(p.deleted) > 0 {
				return
			}
			u.list = p.pieces(q, u.list)
		}
		ends[i] = len(u.list)
	}
	from, common := 0, math.MaxInt
	for _, end := range ends {
		column := u.list[from:end:end]
		if !sortPieces(column) {
			u.pieces = u.pieces[:0]
			return
		}
		u.pieces = append(u.pieces, column)
		n := 0
		for n < min(common, len(column)) && column[n].sameRows(&u.pieces[0][n]) {
			n++
		}
		common, from = n, end
	}
	for i, column := range u.pieces {
		u.pieces[i] = column[:common]
		u.rest = append(u.rest, column[common:])
	}
}

// sameRows tells whether two pieces are columns of the same rows.
func (p *piece) sameRows(o *piece) bool {
	switch {
	case p.stamped != nil || p.late != nil:
		return p == o
	case !p.open.empty():
		return len(p.open) == len(o.open) && &p.open[0] == &o.open[0]
	case p.chunk != nil:
		return o.chunk != nil && p.chunk.file == o.chunk.file && p.chunk.offset == o.chunk.offset
	}
	return o.chunk == nil && o.open.empty() && o.stamped == nil && o.late == nil &&
		p.place.block == o.place.block && p.place.group == o.place.group && p.segment == o.segment
}

// times returns the timestamps of a piece's rows, which are shared.
func (p *piece) times(q *query) ([]int64, error) {
	switch {
	case !p.open.empty():
		times := make([]int64, len(p.open))
		for i := range p.open {
			times[i] = p.open[i].t
		}
		return times, nil
	case p.chunk != nil:
		h, err := p.chunk.headOf(q.db.cache)
		if err != nil {
			return nil, err
		}
		return h.times, nil
	case p.stamped != nil || p.late != nil:
		var s cells.Samples
		err := p.loadOpen(&s)
		return s.T, err
	}
	return p.place.block.Times(p.place.group, p.segment)
}

// read fills a section with the next rows.
func (u *alignedUnit) read(x *storage.Section) error {
	if len(u.pieces) == 0 || len(u.pieces[0]) == 0 {
		return nil
	}
	for i := range x.Columns {
		x.Columns[i] = storage.ValueColumn{Values: x.Columns[i].Values[:0]}
	}
	for len(u.pieces[0]) > 0 && len(x.Times) < u.rows {
		if err := u.q.ctx.Err(); err != nil {
			return err
		}
		p := &u.pieces[0][0]
		all, err := p.times(u.q)
		if err != nil {
			if err := u.q.damage(p, err); err != nil {
				return err
			}
			u.nextPiece()
			continue
		}
		from := max(u.offset, sort.Search(len(all), func(i int) bool { return all[i] >= u.q.mint }))
		end := sort.Search(len(all), func(i int) bool { return all[i] > u.q.maxt })
		to := min(end, from+u.rows-len(x.Times))
		if from < to {
			if to < end && len(x.Times) > 0 && to-from < end-from && end-from <= u.rows {
				return nil // whole pieces where they go: each is decoded once
			}
			for i := range x.Columns {
				if err := u.column(&x.Columns[i], &u.pieces[i][0], all, from, to, len(x.Times)); err != nil {
					return err
				}
			}
			x.Times = append(x.Times, all[from:to]...)
		}
		if u.offset = to; to >= end {
			u.nextPiece()
		}
	}
	return nil
}

func (u *alignedUnit) nextPiece() {
	for i := range u.pieces {
		u.pieces[i] = u.pieces[i][1:]
	}
	u.offset = 0
}

// column appends the rows from and to of a piece to a column that has had rows.
func (u *alignedUnit) column(c *storage.ValueColumn, p *piece, all []int64, from, to, had int) error {
	values, ok, err := u.floats(p, c.Values)
	if err == nil && ok {
		c.Values = append(values[:had], values[had+from:had+to]...)
		if c.Valid != nil {
			c.Valid = c.Valid.Grow(had + to - from)
			for r := had; r < had+to-from; r++ {
				c.Valid.Set(r)
			}
		}
		return nil
	}
	c.Values = c.Values[:had]
	u.buf.Reset()
	if err == nil {
		err = p.load(u.q, &u.buf)
	}
	if err != nil {
		u.buf.Reset()
		if err := u.q.damage(p, err); err != nil {
			return err
		}
	}
	resize(c, had+to-from)
	r := from
	for i, t := range u.buf.T {
		for r < to && all[r] < t {
			r++
		}
		if r == to {
			break
		}
		if all[r] != t {
			continue // before the range
		}
		if u.buf.Kind(i) != chunkenc.ValFloat {
			c.Histograms = true
			continue
		}
		c.Values[had+r-from] = u.buf.V[i]
		c.Valid.Set(had + r - from)
		c.Stale = c.Stale || isStale(u.buf.V[i])
	}
	if !c.Stale && !c.Histograms && c.Valid.Count() == len(c.Values) {
		c.Valid = nil
	}
	return nil
}

// floats appends the values of all rows of a piece; ok is false where one has
// none.
func (u *alignedUnit) floats(p *piece, dst []float64) (values []float64, ok bool, err error) {
	switch {
	case !p.open.empty() || p.stamped != nil || p.late != nil:
		return dst, false, nil
	case p.chunk != nil:
		return u.chunkFloats(p.chunk, dst, int(p.place.column))
	}
	values, _, ok, err = p.place.block.Floats(dst, p.place.metric, p.place.group, p.segment)
	return values, ok, err
}

func (u *alignedUnit) chunkFloats(ref *chunkRef, dst []float64, column int) (values []float64, ok bool, err error) {
	c := &u.chunk
	if c.stripe != nil && c.ref == *ref {
		place, ok := c.head.columns.place(column)
		if !ok {
			return dst, false, nil
		}
		if place/stripeColumns == c.n {
			return ref.floats(dst, c.head, c.stripe, place)
		}
	}
	h, s, place, err := ref.stripeOf(u.q.db.cache, column)
	if err != nil || s == nil {
		return dst, false, err
	}
	c.ref, c.head, c.stripe, c.n = *ref, h, s, place/stripeColumns
	return ref.floats(dst, h, s, place)
}

// raggedUnit reads the columns of a unit through their iterators.
type raggedUnit struct {
	rows    int
	columns []raggedColumn
	union   []int64
}

// raggedColumn is samples of a column that are in no section yet.
type raggedColumn struct {
	it   chunkenc.Iterator // nil at the end
	t    []int64
	v    []float64
	hist []bool
}

// begin takes what the aligned pieces left of each column, or all.
func (u *raggedUnit) begin(q *query, unit []series, rest [][]piece, rows int) {
	u.rows = rows
	u.columns = slices.Grow(u.columns[:0], len(unit))[:len(unit)]
	for i := range unit {
		c := &u.columns[i]
		c.t, c.v, c.hist, c.it = c.t[:0], c.v[:0], c.hist[:0], nil
		if rest == nil {
			c.it = unit[i].Iterator(nil)
		} else if len(rest[i]) > 0 {
			c.it = &iterator{q: q, pieces: rest[i], i: -1}
		}
	}
}

// fill reads ahead, up to the rows of a section.
func (c *raggedColumn) fill(rows int) error {
	for c.it != nil && len(c.t) < rows {
		switch c.it.Next() {
		case chunkenc.ValNone:
			err := c.it.Err()
			c.it = nil
			return err
		case chunkenc.ValFloat:
			t, v := c.it.At()
			c.t, c.v, c.hist = append(c.t, t), append(c.v, v), append(c.hist, false)
		default:
			c.t, c.v, c.hist = append(c.t, c.it.AtT()), append(c.v, 0), append(c.hist, true)
		}
	}
	return nil
}

// read fills a section with the next rows.
func (u *raggedUnit) read(x *storage.Section) error {
	end := int64(math.MaxInt64) // up to which all columns are known
	u.union = u.union[:0]
	var last []int64
	for i := range u.columns {
		c := &u.columns[i]
		if err := c.fill(u.rows); err != nil {
			return err
		}
		if c.it != nil {
			end = min(end, c.t[len(c.t)-1])
		}
		if !slices.Equal(last, c.t) {
			u.union = append(u.union, c.t...)
			last = c.t
		}
	}
	slices.Sort(u.union)
	u.union = slices.Compact(u.union)
	n := min(u.rows, sort.Search(len(u.union), func(i int) bool { return u.union[i] > end }))
	x.Times = append(x.Times, u.union[:n]...)
	for i := range u.columns {
		u.columns[i].section(&x.Columns[i], x.Times)
	}
	return nil
}

// section moves the samples at these times, the first ones, into a column.
func (c *raggedColumn) section(x *storage.ValueColumn, times []int64) {
	*x = storage.ValueColumn{Values: x.Values[:0]}
	n := 0
	if len(times) > 0 {
		n = sort.Search(len(c.t), func(i int) bool { return c.t[i] > times[len(times)-1] })
	}
	r := 0
	for i := range n {
		for times[r] < c.t[i] {
			r++
		}
		switch {
		case c.hist[i]:
			x.Histograms = true
			continue
		case r > len(x.Values):
			resize(x, r)
		}
		if validity := x.Valid; validity != nil {
			x.Valid = validity.Grow(r + 1)
			x.Valid.Set(r)
		}
		x.Values = append(x.Values, c.v[i])
		x.Stale = x.Stale || isStale(c.v[i])
	}
	if len(x.Values) < len(times) {
		resize(x, len(times))
	}
	c.t = c.t[:copy(c.t, c.t[n:])]
	c.v = c.v[:copy(c.v, c.v[n:])]
	c.hist = c.hist[:copy(c.hist, c.hist[n:])]
}
