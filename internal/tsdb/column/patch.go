package column

import (
	"encoding/binary"
	"math/bits"
)

const (
	leastToPatch = 8 // values; with fewer, patches never pay
	leastPatched = 4 // bytes of packed integers, likewise
)

// patchedPlan returns a plan with patches if one may be shorter than p. Its size
// is an estimate.
func (e *encoder) patchedPlan(a []int64, p plan) (best plan, ok bool) {
	if len(a) < leastToPatch || p.width*len(a)/8 < leastPatched {
		return plan{}, false
	}
	best = p
	e.widest = p.width - 1
	e.considerPatched(&best, a, transformDelta)
	if p.transform != transformDelta {
		e.considerPatched(&best, a, p.transform)
	}
	return best, best.sizeBytes < p.sizeBytes
}

// considerPatched replaces best where patches with this transform are shorter.
// Three references are tried: the least; 0, which sets counter resets apart; and
// what most have in common, which sets all others apart.
func (e *encoder) considerPatched(best *plan, a []int64, transform int) {
	e.transform(a, transform)
	t := e.transformed
	low, high, most, votes := t[0], t[0], t[0], 0
	for _, x := range t {
		low, high = min(low, x), max(high, x)
		switch {
		case x == most:
			votes++
		case votes == 0:
			most, votes = x, 1
		default:
			votes--
		}
	}
	offsetBits := bits.Len64(uint64(high - low))
	e.considerReference(best, a, transform, most, offsetBits)
	if low != most {
		e.considerReference(best, a, transform, low, offsetBits)
	}
	if low < 0 && most != 0 {
		e.considerReference(best, a, transform, 0, offsetBits)
	}
}

func (e *encoder) considerReference(best *plan, a []int64, transform int, reference int64, offsetBits int) {
	var lengths [65]int
	var or uint64
	for _, x := range e.transformed {
		u := uint64(x - reference)
		or |= u
		lengths[bits.Len64(u)]++
	}
	if or == 0 {
		return
	}
	shift := bits.TrailingZeros64(or)
	n := len(e.transformed)
	fixed := 3 + varintLen(reference)
	for i := range starts(transform) {
		fixed += varintLen(a[i])
	}
	outside := n - lengths[0]
	for width := 0; width <= min(e.widest, maxWidth) && outside > 0; width++ {
		if width > 0 && width+shift <= 64 {
			outside -= lengths[width+shift]
		}
		if outside == 0 || outside > n/4 {
			continue
		}
		perPatch := bits.Len(uint(n/outside)) + 1 + max(0, offsetBits-shift)
		size := fixed + 5 + (n*width+7)/8 + (outside*perPatch+7)/8
		if size < best.sizeBytes {
			*best = plan{transform: transform, width: width, shift: shift, reference: reference, sizeBytes: size}
		}
	}
}

// appendPatches takes the integers that do not fit the width out of e.transformed.
func (e *encoder) appendPatches(dst []byte, p plan) []byte {
	e.gaps, e.offsets = e.gaps[:0], e.offsets[:0]
	next := 0
	for i, x := range e.transformed {
		if bits.Len64(uint64(x-p.reference)>>p.shift) > p.width {
			e.gaps = append(e.gaps, int64(i-next))
			e.offsets = append(e.offsets, (x-p.reference)>>p.shift)
			e.transformed[i] = p.reference
			next = i + 1
		}
	}
	dst = binary.AppendUvarint(dst, uint64(len(e.gaps)))
	transformed := e.transformed // the lists are encoded with the other
	e.transformed, e.spare = e.spare, e.transformed
	dst = e.appendPlain(dst, e.gaps)
	dst = e.appendPlain(dst, e.offsets)
	e.transformed, e.spare = transformed, e.transformed
	return dst
}
