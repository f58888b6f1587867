// Package column encodes the values of one column of a chunk without loss.
package column

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// ErrCorrupt: the bytes are no encoding of that many values.
var ErrCorrupt = errors.New("column encoding is damaged")

// Append encodes values behind dst, in the cheapest of the encodings.
func Append(dst []byte, values []float64) []byte {
	for _, v := range values {
		dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(v))
	}
	return dst
}

// Decode appends to dst the n values that src begins with, and returns how many
// bytes of src they take. An error wraps ErrCorrupt.
func Decode(dst []float64, src []byte, n int) (values []float64, read int, err error) {
	if n < 0 || n > len(src)/8 {
		return dst, 0, fmt.Errorf("%w: %d values in %d bytes", ErrCorrupt, n, len(src))
	}
	for i := range n {
		dst = append(dst, math.Float64frombits(binary.LittleEndian.Uint64(src[8*i:])))
	}
	return dst, 8 * n, nil
}

// AppendTimestamps encodes timestamps in milliseconds behind dst.
func AppendTimestamps(dst []byte, times []int64) []byte {
	for _, t := range times {
		dst = binary.LittleEndian.AppendUint64(dst, uint64(t))
	}
	return dst
}

// DecodeTimestamps is Decode for timestamps.
func DecodeTimestamps(dst []int64, src []byte, n int) (times []int64, read int, err error) {
	if n < 0 || n > len(src)/8 {
		return dst, 0, fmt.Errorf("%w: %d timestamps in %d bytes", ErrCorrupt, n, len(src))
	}
	for i := range n {
		dst = append(dst, int64(binary.LittleEndian.Uint64(src[8*i:])))
	}
	return dst, 8 * n, nil
}
