package tsdb

import (
	"encoding/binary"
	"math"
	"math/bits"

	"monopod/internal/storage"
	"monopod/internal/tsdb/cells"
)

// openPart is the rows of a group that are not sealed, each as what it changed.
// It does not change: push and sealed make another that shares its memory.
//
// Most values stay as they are from row to row, so that a row takes a bit for each
// of its columns and what the log takes for those that changed. The data of a row
// is made of blocks, one for each 64 places of its presence:
//
//	+-----------+---------+---------+----
//	| directory | block 0 | block 1 | ...
//	+-----------+---------+---------+----
//
//	directory  for each block where it ends, from the directory's own end on: 2
//	           bytes, or 4 in a row of more than narrowPlaces
//	block      nothing where no place of it changed; else a bitmap of those that
//	           did (8 bytes), and their values (appendValue)
//
// A column is read by walking the rows from the first one: its value is that of
// the last change.
type openPart []openRow

// openRow is a row that is not sealed. It does not change.
type openRow struct {
	t    int64
	p    *presence // of the floats, as the writer gave them
	data []byte
	seen *seen // nil: readers see the floats and nothing else
	// base is the values, by column, that the row builds on; nil: those that the
	// rows before led to. The first row of a part has one.
	base *[]float64
}

// zeros is the base of whole rows.
var zeros = new([]float64)

// seen is a row as readers see it where that is not what the writer gave: the
// stale markers that its predecessor implies stand in it as values.
type seen struct {
	p *presence     // of the floats
	h []histogramAt // by column
}

// hist returns the histogram in a column.
func (s *seen) hist(c int) (cells.Hist, bool) {
	for i := range s.h {
		if s.h[i].column == c {
			return s.h[i].Hist, true
		}
	}
	return cells.Hist{}, false
}

// maxValue is the longest encoding of a value; narrowPlaces of them, with the
// bitmaps, end below 1<<16.
const (
	maxValue     = 9
	narrowPlaces = 7000
)

func (o openPart) empty() bool { return len(o) == 0 }

// first and last are the timestamps of a part that is not empty.
func (o openPart) first() int64 { return o[0].t }
func (o openPart) last() int64  { return o[len(o)-1].t }

// limit is one more than the last column that the row has.
func (r *openRow) limit() int {
	n := r.p.limit()
	if r.seen != nil {
		n = max(n, r.seen.p.limit())
		if h := r.seen.h; len(h) > 0 {
			n = max(n, h[len(h)-1].column+1)
		}
	}
	return n
}

// columns calls f with sets of columns that hold something in the row.
func (r *openRow) columns(f func(p *presence), hist func(c int)) {
	f(r.p)
	if r.seen == nil {
		return
	}
	f(r.seen.p)
	for _, h := range r.seen.h {
		hist(h.column)
	}
}

// columns is those that hold something in the rows.
func (o openPart) columns() storage.Bitmap {
	var out storage.Bitmap
	var last *presence
	for i := range o {
		r := &o[i]
		if r.p == last && r.seen == nil {
			continue
		}
		last = r.p
		out = out.Grow(r.limit())
		r.columns(func(p *presence) { out = union(out, p.bits) }, func(c int) { out.Set(c) })
	}
	return out
}

// block returns the block of 64 places.
func (r *openRow) block(w int) []byte {
	n := (r.p.n + 63) / 64
	from := 0
	if r.p.n > narrowPlaces {
		d := r.data[:4*n]
		if w > 0 {
			from = int(binary.LittleEndian.Uint32(d[4*w-4:]))
		}
		return r.data[4*n:][from:binary.LittleEndian.Uint32(d[4*w:])]
	}
	d := r.data[:2*n]
	if w > 0 {
		from = int(binary.LittleEndian.Uint16(d[2*w-2:]))
	}
	return r.data[2*n:][from:binary.LittleEndian.Uint16(d[2*w:])]
}

// value is what the row has at a place, where the rows before led to prev.
func (r *openRow) value(place int, prev float64) float64 {
	b := r.block(place >> 6)
	if len(b) == 0 {
		return prev
	}
	word, bit := binary.LittleEndian.Uint64(b), uint64(1)<<(place&63)
	if word&bit == 0 {
		return prev
	}
	b = b[8:]
	for range bits.OnesCount64(word & (bit - 1)) {
		b = b[valueLen(b):]
	}
	v, _ := openValue(b, prev)
	return v
}

// valueLen is the length of what appendValue wrote.
func valueLen(b []byte) int {
	if b[0]&1 != 0 {
		return int(b[0]>>1&7) + 2
	}
	n := 1
	for b[n-1] >= 0x80 {
		n++
	}
	return n
}

// openValue reads what appendValue wrote, of bytes that were never on a disk.
func openValue(b []byte, prev float64) (float64, int) {
	if b[0]&1 == 0 {
		u, n := uint64(b[0]), 1
		if u >= 0x80 {
			u, n = binary.Uvarint(b)
		}
		u >>= 1
		return float64(int64(prev) + (int64(u>>1) ^ -int64(u&1))), n
	}
	n, z := int(b[0]>>1&7)+1, b[0]>>4&7
	var x uint64
	for i, c := range b[1 : n+1] {
		x |= uint64(c) << (8 * i)
	}
	return math.Float64frombits(math.Float64bits(prev) ^ x<<(8*z)), n + 1
}

// before is the value of a column that the row builds on, where the rows before
// led to v.
func (r *openRow) before(c int, v float64) float64 {
	switch {
	case r.base == nil:
		return v
	case c < len(*r.base):
		return (*r.base)[c]
	}
	return 0
}

// samples appends to dst what a column holds in rows within [mint,maxt].
func (o openPart) samples(dst *cells.Samples, c int, mint, maxt int64) {
	var p *presence
	var place int
	var has bool
	v := 0.0
	for i := range o {
		r := &o[i]
		if r.t > maxt {
			return
		}
		v = r.before(c, v)
		if r.p != p {
			p = r.p
			place, has = p.place(c)
		}
		if has {
			v = r.value(place, v)
		}
		if r.t >= mint {
			r.show(dst, c, v, has)
		}
	}
}

// show appends what readers see of a column, where the writer gave v or nothing.
func (r *openRow) show(dst *cells.Samples, c int, v float64, has bool) {
	if r.seen == nil {
		if has {
			dst.AppendFloat(r.t, v)
		}
		return
	}
	if _, ok := r.seen.p.place(c); ok {
		if !has {
			v = staleNaN
		}
		dst.AppendFloat(r.t, v)
	} else if h, ok := r.seen.hist(c); ok {
		dst.AppendHist(r.t, h)
	}
}

// rest returns the part without its first n rows.
func (o openPart) rest(n int) openPart {
	out := append(openPart(nil), o[n:]...)
	if len(out) == 0 || out[0].base != nil {
		return out
	}
	var base []float64
	for i := range o[:n] {
		r := &o[i]
		if r.base != nil {
			base = append(base[:0], *r.base...)
		}
		if more := r.p.limit() - len(base); more > 0 {
			base = append(base, make([]float64, more)...)
		}
		at := openCursor{row: r}
		each(r.p.bits, func(c int) { base[c] = at.next(base[c]) })
	}
	out[0].base = &base
	return out
}

// openCursor walks the places of a row in order.
type openCursor struct {
	row   *openRow
	place int
	word  uint64 // of the block, what lies at and behind place
	block []byte // what is left of its values
}

// next returns the value at the next place, where the rows before led to prev.
func (c *openCursor) next(prev float64) float64 {
	if c.place&63 == 0 {
		c.word = 0
		if c.block = c.row.block(c.place >> 6); len(c.block) > 0 {
			c.word, c.block = binary.LittleEndian.Uint64(c.block), c.block[8:]
		}
	}
	changed := c.word&1 != 0
	c.place++
	c.word >>= 1
	if !changed {
		return prev
	}
	v, n := openValue(c.block, prev)
	c.block = c.block[n:]
	return v
}

// slabRows is for how many rows like this one a slab has room, and firstRows for
// how many a part has room at first.
const (
	slabRows  = 8
	firstRows = 16
)

// push shows a row to readers, whose data it copies. The writer is locked.
func (g *group) push(r openRow, data []byte) {
	w := &g.writer
	if len(data) > 0 {
		if cap(w.slab)-len(w.slab) < len(data) {
			n := len(data)
			if w.open > 0 {
				n *= max(1, min(slabRows, w.limit-w.open))
			}
			// As much as the allocator gives for it.
			w.slab = append([]byte(nil), make([]byte, n)...)[:0]
		}
		from := len(w.slab)
		w.slab = append(w.slab, data...)
		r.data = w.slab[from:len(w.slab):len(w.slab)]
	}
	g.mu.Lock()
	if g.mu.open == nil {
		g.mu.open = make(openPart, 0, max(1, min(firstRows, w.limit)))
	}
	g.mu.open = append(g.mu.open, r)
	g.mu.Unlock()
	w.open++
}
