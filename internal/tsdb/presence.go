package tsdb

import (
	"encoding/binary"
	"math/bits"

	"monopod/internal/storage"
)

// presence is a set of columns that is shared by the rows that have it, and
// tells at which place of such a row a column's value stands. It does not change.
type presence struct {
	bits   storage.Bitmap // the last word is not zero
	before []uint32       // columns in the words before
	n      int
}

func newPresence(b storage.Bitmap) *presence {
	p := &presence{bits: append(storage.Bitmap(nil), trim(b)...)}
	p.before = make([]uint32, len(p.bits))
	for i, w := range p.bits {
		p.before[i] = uint32(p.n)
		p.n += bits.OnesCount64(w)
	}
	return p
}

func trim(b storage.Bitmap) storage.Bitmap {
	for len(b) > 0 && b[len(b)-1] == 0 {
		b = b[:len(b)-1]
	}
	return b
}

// is tells whether p is the set b.
func (p *presence) is(b storage.Bitmap) bool {
	b = trim(b)
	if len(b) != len(p.bits) {
		return false
	}
	for i, w := range p.bits {
		if w != b[i] {
			return false
		}
	}
	return true
}

// place returns the place of column c.
func (p *presence) place(c int) (int, bool) {
	w := c >> 6
	if w >= len(p.bits) || p.bits[w]&(1<<(c&63)) == 0 {
		return 0, false
	}
	return int(p.before[w]) + bits.OnesCount64(p.bits[w]&(1<<(c&63)-1)), true
}

// limit is one more than the last column.
func (p *presence) limit() int {
	if len(p.bits) == 0 {
		return 0
	}
	return len(p.bits)*64 - bits.LeadingZeros64(p.bits[len(p.bits)-1])
}

// dense tells whether the columns are 0 to n-1.
func (p *presence) dense() bool { return p.limit() == p.n }

// each calls f for the columns, ascending.
func each(b storage.Bitmap, f func(c int)) {
	for i, w := range b {
		for w != 0 {
			f(i<<6 + bits.TrailingZeros64(w))
			w &= w - 1
		}
	}
}

// pack appends to dst the values of the columns in p.
func (p *presence) pack(dst, values []float64) []float64 {
	if p.dense() {
		return append(dst, values[:p.n]...)
	}
	for i, w := range p.bits {
		for w != 0 {
			dst = append(dst, values[i<<6+bits.TrailingZeros64(w)])
			w &= w - 1
		}
	}
	return dst
}

// appendBitmap encodes a set as runs of columns, each its length and how many
// columns it lies behind the run before, and a zero at the end.
func appendBitmap(dst []byte, b storage.Bitmap) []byte {
	at, limit := 0, len(b)*64
	for at < limit {
		from := next(b, at, limit, true)
		if from == limit {
			break
		}
		to := next(b, from, limit, false)
		dst = binary.AppendUvarint(dst, uint64(to-from))
		dst = binary.AppendUvarint(dst, uint64(from-at))
		at = to
	}
	return append(dst, 0)
}

// next is the first column at or behind c that is in the set, or is not.
func next(b storage.Bitmap, c, limit int, in bool) int {
	for c < limit {
		w := b[c>>6]
		if !in {
			w = ^w
		}
		if w &= ^uint64(0) << (c & 63); w != 0 {
			return min(c&^63+bits.TrailingZeros64(w), limit)
		}
		c = c&^63 + 64
	}
	return limit
}

// decodeBitmap reads a set of columns below limit.
func decodeBitmap(d *decoder, limit int) storage.Bitmap {
	var b storage.Bitmap
	at := 0
	for {
		n := d.Uvarint()
		if n == 0 || d.Err != nil {
			return b
		}
		gap := d.Uvarint()
		if gap > uint64(limit) || n > uint64(limit) || at+int(gap)+int(n) > limit {
			d.Fail("columns beyond %d", limit)
			return nil
		}
		from := at + int(gap)
		at = from + int(n)
		b = b.Grow(at)
		for c := from; c < at; c++ {
			b.Set(c)
		}
	}
}
