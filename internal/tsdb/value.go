package tsdb

import (
	"encoding/binary"
	"math"
	"math/bits"
)

// maxInteger bounds the integers whose differences are exact.
const maxInteger = 1 << 53

// integer returns v as an integer where that is exact to the bit.
func integer(v float64) (int64, bool) {
	if !(v > -maxInteger && v < maxInteger) {
		return 0, false
	}
	i := int64(v)
	return i, math.Float64bits(float64(i)) == math.Float64bits(v)
}

// appendValue encodes a value that follows prev:
//
//	integers      uvarint of zigzag(v - prev) * 2
//	otherwise     a byte of 1 + (n-1)*2 + z*16, and the n bytes of prev XOR v,
//	              lowest first, that are left without its z lowest zero bytes
func appendValue(dst []byte, prev, v float64) []byte {
	if i, ok := integer(v); ok {
		if p, ok := integer(prev); ok {
			d := i - p
			return binary.AppendUvarint(dst, uint64(d<<1^d>>63)<<1)
		}
	}
	x := math.Float64bits(prev) ^ math.Float64bits(v)
	if x == 0 {
		return append(dst, 1, 0)
	}
	z := bits.TrailingZeros64(x) / 8
	x >>= 8 * z
	n := (bits.Len64(x) + 7) / 8
	dst = append(dst, byte(1|(n-1)<<1|z<<4))
	for range n {
		dst = append(dst, byte(x))
		x >>= 8
	}
	return dst
}

// value reads what appendValue wrote.
func (d *decoder) value(prev float64) float64 {
	if len(d.B) == 0 {
		d.Fail("value is missing")
		return 0
	}
	if d.B[0]&1 == 0 {
		u := d.Uvarint() >> 1
		p, ok := integer(prev)
		if !ok {
			d.Fail("difference to a value that is no integer")
			return 0
		}
		return float64(p + (int64(u>>1) ^ -int64(u&1)))
	}
	h := d.Byte()
	n, z := int(h>>1&7)+1, int(h>>4&7)
	if h&0x80 != 0 || n+z > 8 {
		d.Fail("value")
		return 0
	}
	var x uint64
	for i, b := range d.Bytes(n) {
		x |= uint64(b) << (8 * i)
	}
	return math.Float64frombits(math.Float64bits(prev) ^ x<<(8*z))
}
