package column

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// span is what a transform's results have in common.
type span struct {
	first    int64
	min, max int64
	differ   int64 // or of all differences to first: its low zeros are everyone's
}

func (s *span) add(x int64) {
	s.min, s.max = min(s.min, x), max(s.max, x)
	s.differ |= x - s.first
}

func (s *span) shift() int {
	if s.differ == 0 {
		return 0
	}
	return bits.TrailingZeros64(uint64(s.differ))
}

func (s *span) width() int { return bits.Len64(uint64(s.max-s.min) >> s.shift()) }

// plan is one way to pack integers.
type plan struct {
	transform, width, shift int
	reference               int64
	sizeBytes               int
}

// starts is how many integers a transform leaves out of what is packed.
func starts(transform int) int { return transform }

func varintLen(v int64) int {
	return (bits.Len64(uint64(v<<1)^uint64(v>>63)|1) + 6) / 7
}

func newPlan(transform int, s span, a []int64) plan {
	p := plan{transform: transform, width: s.width(), shift: s.shift(), reference: s.min}
	p.sizeBytes = 2 + varintLen(p.reference) + (p.width*(len(a)-starts(transform))+7)/8
	if p.shift > 0 {
		p.sizeBytes++
	}
	if transform != transformNone {
		p.sizeBytes += varintLen(a[0])
	}
	if transform == transformDelta2 {
		p.sizeBytes += varintLen(a[1] - a[0])
	}
	return p
}

// choose returns the cheapest plan without patches.
func choose(a []int64) plan {
	none := span{a[0], a[0], a[0], 0}
	if len(a) == 1 {
		return newPlan(transformNone, none, a)
	}
	d := a[1] - a[0]
	delta := span{d, d, d, 0}
	none.add(a[1])
	var delta2 span
	if len(a) > 2 {
		dd := a[2] - a[1] - d
		delta2 = span{dd, dd, dd, 0}
	}
	last := a[1]
	for _, x := range a[2:] {
		none.add(x)
		next := x - last
		delta.add(next)
		delta2.add(next - d)
		d, last = next, x
	}
	best := newPlan(transformNone, none, a)
	if p := newPlan(transformDelta, delta, a); p.sizeBytes < best.sizeBytes {
		best = p
	}
	if len(a) > 2 {
		if p := newPlan(transformDelta2, delta2, a); p.sizeBytes < best.sizeBytes {
			best = p
		}
	}
	return best
}

// appendPacked encodes integers, with patches where these may be used and make it
// shorter. ok is false, and dst as it was, where only raw would do.
func (e *encoder) appendPacked(dst []byte, a []int64, domain int, patches bool) (out []byte, ok bool) {
	p := choose(a)
	if p.width == 0 && p.transform == transformNone {
		return appendConstantIn(dst, p.reference, domain), true
	}
	start := len(dst)
	if patches {
		if q, ok := e.patchedPlan(a, p); ok {
			dst = e.appendPlan(dst, a, q, tagPatched+byte(domain))
			if len(dst)-start < p.sizeBytes {
				return dst, true
			}
			dst = dst[:start]
		}
	}
	if p.width > maxWidth {
		return dst, false
	}
	tag := byte(tagPacked)
	if p.shift > 0 {
		tag = tagShifted
	}
	return e.appendPlan(dst, a, p, tag+byte(domain)), true
}

func appendConstantIn(dst []byte, i int64, domain int) []byte {
	switch domain {
	case domainInteger:
		return appendConstantInteger(dst, i)
	case domainBits:
		return binary.LittleEndian.AppendUint64(append(dst, tagConstBits), uint64(i))
	}
	return binary.AppendVarint(append(dst, tagConstDecimal, byte(domain)), i)
}

func (e *encoder) appendPlan(dst []byte, a []int64, p plan, tag byte) []byte {
	dst = append(dst, tag, byte(p.transform<<6|p.width))
	if tag&^domainOf != tagPacked {
		dst = append(dst, byte(p.shift))
	}
	if p.transform != transformNone {
		dst = binary.AppendVarint(dst, a[0])
	}
	if p.transform == transformDelta2 {
		dst = binary.AppendVarint(dst, a[1]-a[0])
	}
	dst = binary.AppendVarint(dst, p.reference)
	e.transform(a, p.transform)
	if tag&^domainOf == tagPatched {
		dst = e.appendPatches(dst, p)
	}
	return pack(dst, e.transformed, p)
}

// transform fills e.transformed.
func (e *encoder) transform(a []int64, transform int) {
	t := slices.Grow(e.transformed[:0], len(a))[:len(a)-starts(transform)]
	e.transformed = t
	switch transform {
	case transformNone:
		copy(t, a)
	case transformDelta:
		for i, x := range a[1:] {
			t[i] = x - a[i]
		}
	case transformDelta2:
		d := a[1] - a[0]
		for i, x := range a[2:] {
			next := x - a[i+1]
			t[i] = next - d
			d = next
		}
	}
}

// pack writes width bits of each integer.
func pack(dst []byte, a []int64, p plan) []byte {
	if p.width == 0 {
		return dst
	}
	dst = slices.Grow(dst, (len(a)*p.width+7)/8)
	var word uint64
	used, width, shift := uint(0), uint(p.width), uint(p.shift)&63
	for _, x := range a {
		u := uint64(x-p.reference) >> shift
		word |= u << (used & 63)
		used += width
		if used >= 64 {
			dst = binary.LittleEndian.AppendUint64(dst, word)
			used -= 64
			word = u >> ((width - used) & 63)
		}
	}
	for ; used > 0; used -= min(8, used) {
		dst = append(dst, byte(word))
		word >>= 8
	}
	return dst
}
