package column

import (
	"encoding/binary"
	"math"
)

// leastForRuns is the size in bytes below which runs are not tried.
const leastForRuns = 7

// leastForBits is the bytes a value from which other domains than that which
// fits are tried.
const leastForBits = 3

// encoder is the memory that encoding takes.
type encoder struct {
	integers    []int64
	exceptions  []exception
	corrections []int64
	transformed []int64
	spare       []int64 // for the lists within
	widest      int     // the width beyond which patches do not pay
	lengths     []int64 // of runs
	heads       []float64
	headInts    []int64
	sorted      []int64
	multiples   []int64
	gaps        []int64 // between patches, or exceptions
	offsets     []int64 // what stands there
}

func (e *encoder) appendFloats(dst []byte, values []float64) []byte {
	if len(values) == 0 {
		return dst
	}
	runs := 1
	for i := 1; i < len(values); i++ {
		if bitsOf(values[i]) != bitsOf(values[i-1]) {
			runs++
		}
	}
	if runs == 1 {
		return appendConstant(dst, values[0])
	}
	start := len(dst)
	dst = e.appendVaried(dst, values)
	if runs > len(values)/2 || len(dst)-start < leastForRuns {
		return dst
	}
	e.heads, e.lengths = e.heads[:0], e.lengths[:0]
	length := int64(0)
	for i, v := range values {
		if i == len(values)-1 || bitsOf(v) != bitsOf(values[i+1]) {
			e.heads, e.lengths = append(e.heads, v), append(e.lengths, length)
			length = -1
		}
		length++
	}
	end := len(dst)
	dst = e.appendRunLengths(dst, runs)
	return shorter(e.appendVaried(dst, e.heads), start, end)
}

// shorter keeps the shorter of two encodings that stand behind each other: from
// start to middle, and from there on.
func shorter(dst []byte, start, middle int) []byte {
	if n := len(dst) - middle; n < middle-start {
		copy(dst[start:], dst[middle:])
		return dst[:start+n]
	}
	return dst[:middle]
}

func appendConstant(dst []byte, v float64) []byte {
	if i := int64(v); bitsOf(float64(i)) == bitsOf(v) && varintLen(i) <= 8 {
		return appendConstantInteger(dst, i)
	}
	if x, ok := exponentOf(v, 1); ok {
		if i, _ := decimal(v, powersOfTen[x]); varintLen(i) <= 7 {
			return appendConstantIn(dst, i, x)
		}
	}
	dst = append(dst, tagConstBits)
	return binary.LittleEndian.AppendUint64(dst, math.Float64bits(v))
}

func appendConstantInteger(dst []byte, i int64) []byte {
	if i >= smallest && i < smallest+tagConstInteger {
		return append(dst, byte(i-smallest))
	}
	dst = append(dst, tagConstInteger)
	return binary.AppendVarint(dst, i)
}

// appendVaried encodes without runs.
func (e *encoder) appendVaried(dst []byte, values []float64) []byte {
	start := len(dst)
	dst, ok := e.appendExact(dst, values)
	if ok && len(dst)-start <= leastForBits*len(values) {
		return dst
	}
	middle := len(dst)
	if dst = e.appendBits(dst, values); ok {
		dst = shorter(dst, start, middle)
	}
	middle = len(dst)
	if dst, ok = e.appendCorrected(dst, values); ok {
		dst = shorter(dst, start, middle)
	}
	return dst
}

// appendExact encodes as integers or decimals, ok false where that cannot be.
func (e *encoder) appendExact(dst []byte, values []float64) (out []byte, ok bool) {
	start := len(dst)
	domain, ok := e.toIntegers(values)
	if !ok {
		return dst, false
	}
	if len(e.exceptions) > 0 {
		dst = e.appendExceptions(dst)
	}
	middle := len(dst)
	if dst, ok = e.appendPacked(dst, e.integers, domain, true); !ok {
		return dst[:start], false
	}
	if end := len(dst); len(e.exceptions) == 0 && (end-middle)*8 > leastForStep*len(values) {
		if dst, ok = e.appendGrid(dst, e.integers, domain, (end-middle)*8/len(values)); ok {
			dst = shorter(dst, start, end)
		}
	}
	return dst, true
}

// appendBits encodes any values: by their bits, or raw.
func (e *encoder) appendBits(dst []byte, values []float64) []byte {
	start := len(dst)
	e.toBits(values)
	dst, ok := e.appendPacked(dst, e.integers, domainBits, false)
	if !ok || len(dst)-start > 1+8*len(values) {
		dst = append(dst[:start], tagRaw)
		for _, v := range values {
			dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(v))
		}
	}
	return dst
}

func (e *encoder) appendCorrected(dst []byte, values []float64) (out []byte, ok bool) {
	start := len(dst)
	exponent, ok := e.toCorrected(values)
	if !ok {
		return dst, false
	}
	dst = append(dst, tagCorrected)
	dst = e.appendVariedIntegers(dst, e.corrections, true)
	if dst, ok = e.appendPacked(dst, e.integers, exponent, true); !ok {
		return dst[:start], false
	}
	return dst, true
}

func (e *encoder) appendExceptions(dst []byte) []byte {
	dst = append(dst, tagExceptions)
	dst = binary.AppendUvarint(dst, uint64(len(e.exceptions)))
	e.gaps, e.offsets = e.gaps[:0], e.offsets[:0]
	next := 0
	for _, x := range e.exceptions {
		e.gaps, e.offsets = append(e.gaps, int64(x.at-next)), append(e.offsets, x.bits)
		next = x.at + 1
	}
	dst = e.appendPlain(dst, e.gaps)
	return e.appendPlain(dst, e.offsets)
}

func (e *encoder) appendIntegers(dst []byte, a []int64) []byte {
	if len(a) == 0 {
		return dst
	}
	runs := 1
	for i := 1; i < len(a); i++ {
		if a[i] != a[i-1] {
			runs++
		}
	}
	start := len(dst)
	dst = e.appendVariedIntegers(dst, a, true)
	if runs > len(a)/2 || len(dst)-start < leastForRuns {
		return dst
	}
	e.headInts, e.lengths = e.headInts[:0], e.lengths[:0]
	length := int64(0)
	for i, v := range a {
		if i == len(a)-1 || v != a[i+1] {
			e.headInts, e.lengths = append(e.headInts, v), append(e.lengths, length)
			length = -1
		}
		length++
	}
	end := len(dst)
	dst = e.appendRunLengths(dst, runs)
	return shorter(e.appendPlain(dst, e.headInts), start, end)
}

func (e *encoder) appendRunLengths(dst []byte, runs int) []byte {
	dst = append(dst, tagRuns)
	dst = binary.AppendUvarint(dst, uint64(runs))
	return e.appendPlain(dst, e.lengths)
}

// appendPlain encodes integers without runs and patches.
func (e *encoder) appendPlain(dst []byte, a []int64) []byte {
	return e.appendVariedIntegers(dst, a, false)
}

func (e *encoder) appendVariedIntegers(dst []byte, a []int64, patches bool) []byte {
	dst, ok := e.appendPacked(dst, a, domainInteger, patches)
	if !ok {
		dst = append(dst, tagRaw)
		for _, x := range a {
			dst = binary.LittleEndian.AppendUint64(dst, uint64(x))
		}
	}
	return dst
}
