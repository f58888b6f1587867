// Package column encodes the values of one column of a chunk, and the timestamps
// of its rows, without loss and in few bytes. Most columns of real targets are
// constant, and most others are small integers that grow.
//
// The nouns:
//
//   - A column is n values; n is not stored, its reader knows it.
//   - A domain says how a value becomes an integer: it is one, it is one after
//     multiplying by a power of ten, or its bits are taken as one.
//   - A transform says what is packed: the integers, their deltas, or the deltas
//     of the deltas.
//   - Packing takes a reference from each, drops the low bits that are zero in
//     all, and keeps the same number of bits, the width, of each.
//   - A patch is a packed integer that does not fit the width and stands apart.
//     An exception is a value that does not fit the domain and stands apart. A
//     correction is how far a value's bits are off what the domain gives.
//   - A run is equal values in a row.
//
// Append tries what may be cheapest and keeps the shortest. An encoder checks
// that a value comes back bit for bit where that is not so by construction.
//
// # Format, version 2
//
// A column of no values is no bytes. Otherwise it begins with a tag. Varints are
// as of encoding/binary, signed ones zigzag; fixed-size integers little-endian.
//
//	tag        what follows
//	00 … 7f    nothing: all values are the integer tag−16
//	80         all values are the same: | integer, varint |
//	81         all values are the same: | exponent e, u8 | integer i, varint |: i/10^e
//	82         all values are the same: | bits, u64 |
//	83         | bits, u64 | … n times
//	84         runs:        | r, uvarint | integers: r lengths minus 1 | column: r values |
//	85         exceptions:  | k, uvarint | integers: k gaps | integers: bits of k | column: n values |
//	86         corrected:   | integers: n corrections | column: n values |
//	87         multiples:   | domain, u8 | step, f64 | phase, f64 | integers: n corrections | integers: n multiples |
//	a0+domain  packed, with patches:  | shape | shift, u8 | starts | reference | patches | bits |
//	c0+domain  packed:                | shape | starts | reference | bits |
//	e0+domain  packed, with a shift:  | shape | shift, u8 | starts | reference | bits |
//
//	domain     0 … 22: value = integer / 10^domain, 23: value = bits of integer
//	shape      u8: transform<<6 | width; transforms 0 none, 1 delta, 2 delta of
//	           delta; width 0 … 56 bits
//	starts     as many varints as the transform has: none; first integer; first
//	           integer and first delta
//	reference  varint
//	patches    | k, uvarint | integers: k gaps | integers: k offsets from the reference |
//	bits       (what transform gave − reference) >> shift, width bits each, the
//	           first in the lowest bits; filled with zeros to a whole byte
//
// "integers" are a column of integers: tags 00 … 80, 83, c0 and e0. A gap is
// how many values stand between this one and the one named before. The
// column within exceptions, or behind corrections, has none of tags 84 to 87; that
// within runs may have 85 to 87. Corrections and multiples may have tag a0 too,
// timestamps a0 and 84.
// A value of tag 87 is (multiple×step + phase + correction) / 10^domain, domain at
// most 22: product and sum are rounded to a float64 each, the sum then to an
// integer, ties to even.
// Arithmetic is modulo 2^64.
//
//	1: the first
//	2: multiples (87)
//
// There is no exclusive-or of neighbours, as in Gorilla: with one width for all
// it never beats the bits minus their least, because values whose neighbours
// differ in low bits alone all share the high ones.
package column

import (
	"errors"
	"fmt"
	"math"
	"sync"
)

// ErrCorrupt: the bytes are no encoding of that many values.
var ErrCorrupt = errors.New("column encoding is damaged")

// MaxValues is the largest number of values in a column: what a damaged count can
// make a reader allocate is bounded by it.
const MaxValues = 1 << 20

const (
	tagConstInteger = 0x80
	tagConstDecimal = 0x81
	tagConstBits    = 0x82
	tagRaw          = 0x83
	tagRuns         = 0x84
	tagExceptions   = 0x85
	tagCorrected    = 0x86
	tagGrid         = 0x87
	tagPatched      = 0xa0
	tagPacked       = 0xc0
	tagShifted      = 0xe0

	smallest = -16 // the integer that tag 00 stands for
	domainOf = 0x1f

	domainInteger = 0
	maxExponent   = 22 // the largest power of ten that a float64 holds exactly
	domainBits    = 23

	maxWidth = 56 // so that one load of 8 bytes has all bits of an integer

	transformNone   = 0
	transformDelta  = 1
	transformDelta2 = 2
)

var powersOfTen = [maxExponent + 1]float64{
	1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
}

var encoders = sync.Pool{New: func() any { return new(encoder) }}

// Append encodes values, at most MaxValues, behind dst.
func Append(dst []byte, values []float64) []byte {
	checkCount(len(values))
	e := encoders.Get().(*encoder)
	dst = e.appendFloats(dst, values)
	encoders.Put(e)
	return dst
}

// AppendTimestamps encodes timestamps, or any integers, at most MaxValues, behind
// dst.
func AppendTimestamps(dst []byte, times []int64) []byte {
	checkCount(len(times))
	e := encoders.Get().(*encoder)
	dst = e.appendIntegers(dst, times)
	encoders.Put(e)
	return dst
}

func checkCount(n int) {
	if n > MaxValues {
		panic(fmt.Sprintf("column of %d values; at most %d", n, MaxValues))
	}
}

// Decode appends to dst the n values that src begins with, and returns how many
// bytes of src they take. src may go on. An error wraps ErrCorrupt; dst is then
// returned as it was.
func Decode(dst []float64, src []byte, n int) (values []float64, read int, err error) {
	return decode(dst, src, n, anyFloats)
}

// DecodeTimestamps is Decode for what AppendTimestamps encoded.
func DecodeTimestamps(dst []int64, src []byte, n int) (times []int64, read int, err error) {
	return decode(dst, src, n, anyIntegers)
}

func corrupt(format string, a ...any) error {
	return fmt.Errorf("%w: %s", ErrCorrupt, fmt.Sprintf(format, a...))
}

func bitsOf(v float64) int64 { return int64(math.Float64bits(v)) }
