package cells

import (
	"errors"
	"fmt"
)

// checkLayout refuses a piece of histograms whose layout announces more buckets
// than its bits can fill. Prometheus's decoder makes room for all of them before
// it reads the first, so that twenty damaged bytes would take gigabytes.
//
// A layout is a zero threshold (a byte, and 64 bits after 255), the schema, and
// for positive and negative spans their number and for each its length and
// offset; all but the threshold in Prometheus's variable length of bits.
func checkLayout(piece []byte) error {
	const header = 3 // number of samples, flags
	r := bitReader{b: piece[header:]}
	if threshold := r.take(8); threshold == 255 {
		r.take(64)
	}
	r.number() // the schema
	var buckets uint64
	for range 2 {
		for n := r.number(); n > 0 && r.err == nil; n-- {
			buckets += uint64(uint32(r.number()))
			r.number() // the offset
		}
	}
	if r.err != nil {
		return r.err
	}
	// Each sample has a bit or more for each bucket.
	if left := uint64(len(r.b))*8 - r.at; buckets > left {
		return fmt.Errorf("%d buckets in %d bits", buckets, left)
	}
	return nil
}

// bitReader reads bits from the most significant one on. After an error all it
// reads is zero.
type bitReader struct {
	b   []byte
	at  uint64 // in bits
	err error
}

var errLayoutEnds = errors.New("a layout of buckets that ends early")

func (r *bitReader) take(n uint64) (v uint64) {
	if r.err == nil && r.at+n > uint64(len(r.b))*8 {
		r.err = errLayoutEnds
	}
	if r.err != nil {
		return 0
	}
	for ; n > 0; n-- {
		v = v<<1 | uint64(r.b[r.at/8]>>(7-r.at%8)&1)
		r.at++
	}
	return v
}

// number reads a number of variable length: as many ones as say how many bits
// follow.
func (r *bitReader) number() uint64 {
	sizes := [...]uint64{0, 3, 6, 9, 12, 18, 25, 56, 64}
	ones := 0
	for ones < len(sizes)-1 && r.take(1) == 1 {
		ones++
	}
	return r.take(sizes[ones])
}
