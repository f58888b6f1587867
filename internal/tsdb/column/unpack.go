package column

import (
	"encoding/binary"
	"math"
)

// packed is what stands before the bits.
type packed struct {
	transform, width, shift int
	domain                  int
	first, delta, reference int64
}

func decodePacked[T value](out []T, r *reader, tag byte, k kind) error {
	p := packed{domain: int(tag & domainOf)}
	shape := r.byte()
	p.transform, p.width = int(shape>>6), int(shape&63)
	if tag&^domainOf != tagPacked {
		p.shift = int(r.byte())
	}
	if p.transform != transformNone {
		p.first = r.varint()
	}
	if p.transform == transformDelta2 {
		p.delta = r.varint()
	}
	p.reference = r.varint()
	if err := r.err(); err != nil {
		return err
	}
	n := len(out) - starts(p.transform)
	switch {
	case p.domain > domainBits || p.domain != domainInteger && !k.floats:
		return corrupt("domain %d", p.domain)
	case p.transform > transformDelta2 || p.width > maxWidth || p.shift > 63:
		return corrupt("transform %d, width %d, shift %d", p.transform, p.width, p.shift)
	case n < 0:
		return corrupt("%d values have no delta of a delta", len(out))
	}
	var patches patchList
	if tag&^domainOf == tagPatched {
		l := spareLists.Get().(*lists)
		defer spareLists.Put(l)
		if err := patches.read(r, l, n); err != nil {
			return err
		}
	}
	size := (n*p.width + 7) / 8
	if len(r.src)-r.at < size {
		return corrupt("%d values of %d bits in %d bytes", n, p.width, len(r.src)-r.at)
	}
	unpackAll(out, r.src[r.at:], p, patches)
	r.at += size
	return nil
}

// patchList is the patches still to be made.
type patchList struct {
	gaps, offsets []int64
	next          int // where the next one is
}

func (l *patchList) read(r *reader, buf *lists, n int) (err error) {
	k, err := r.count(n)
	if err != nil {
		return err
	}
	if buf.a, err = r.integers(buf.a, k); err != nil {
		return err
	}
	if buf.b, err = r.integers(buf.b, k); err != nil {
		return err
	}
	room := n
	for _, gap := range buf.a {
		if gap < 0 || gap >= int64(room) {
			return corrupt("patch outside of the column")
		}
		room -= int(gap) + 1
	}
	l.gaps, l.offsets, l.next = buf.a, buf.b, int(buf.a[0])
	return nil
}

// apply makes the patches in a batch of the integers from start on.
func (l *patchList) apply(batch []uint64, start int) {
	for len(l.gaps) > 0 && l.next < start+len(batch) {
		batch[l.next-start] = uint64(l.offsets[0])
		l.gaps, l.offsets = l.gaps[1:], l.offsets[1:]
		if len(l.gaps) > 0 {
			l.next += 1 + int(l.gaps[0])
		}
	}
}

const batchValues = 64

func unpackAll[T value](out []T, src []byte, p packed, patches patchList) {
	var batch [batchValues]uint64
	acc, delta := p.first, p.delta
	switch p.transform {
	case transformDelta:
		batch[0] = uint64(p.first)
		toValues(out[:1], batch[:1], p.domain)
		out = out[1:]
	case transformDelta2:
		acc = p.first + p.delta
		batch[0], batch[1] = uint64(p.first), uint64(acc)
		toValues(out[:2], batch[:2], p.domain)
		out = out[2:]
	}
	shift, reference := uint(p.shift)&63, p.reference
	for start := 0; start < len(out); start += batchValues {
		b := batch[:min(batchValues, len(out)-start)]
		unpack(b, src, start, p.width)
		patches.apply(b, start)
		switch p.transform {
		case transformNone:
			for i, u := range b {
				b[i] = u<<shift + uint64(reference)
			}
		case transformDelta:
			for i, u := range b {
				acc += int64(u<<shift) + reference
				b[i] = uint64(acc)
			}
		case transformDelta2:
			for i, u := range b {
				delta += int64(u<<shift) + reference
				acc += delta
				b[i] = uint64(acc)
			}
		}
		toValues(out[start:start+len(b)], b, p.domain)
	}
}

func toValues[T value](out []T, integers []uint64, domain int) {
	out = out[:len(integers)]
	switch domain {
	case domainInteger:
		for i, u := range integers {
			out[i] = T(int64(u))
		}
	case domainBits:
		for i, u := range integers {
			out[i] = T(math.Float64frombits(u))
		}
	default:
		power := powersOfTen[domain]
		for i, u := range integers {
			out[i] = T(float64(int64(u)) / power)
		}
	}
}

// unpack reads the integers from start on, as many as out has. src has them all,
// but not always 8 bytes behind the last.
func unpack(out []uint64, src []byte, start, width int) {
	if width == 0 {
		clear(out)
		return
	}
	mask := uint64(1)<<width - 1
	at := start * width
	i := 0
	if len(src) >= 8 {
		last := (len(src)-8)*8 + 7 // the last bit at which a load of 8 bytes may begin
		whole := 0
		if last >= at {
			whole = min(len(out), (last-at)/width+1)
		}
		for ; i < whole; i++ {
			out[i] = binary.LittleEndian.Uint64(src[at>>3:]) >> (at & 7) & mask
			at += width
		}
	}
	for ; i < len(out); i++ {
		var b [8]byte
		copy(b[:], src[at>>3:])
		out[i] = binary.LittleEndian.Uint64(b[:]) >> (at & 7) & mask
		at += width
	}
}
