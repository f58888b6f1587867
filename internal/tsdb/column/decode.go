package column

import (
	"encoding/binary"
	"math"
	"slices"
	"sync"
)

// kind says what a column may hold where it stands, so that nesting is bounded.
type kind struct {
	floats     bool // domains, exceptions
	runs       bool
	exceptions bool // and corrections
	patches    bool
}

var (
	anyFloats       = kind{floats: true, runs: true, exceptions: true, patches: true}
	withoutRuns     = kind{floats: true, exceptions: true, patches: true}
	onlyPacked      = kind{floats: true, patches: true}
	anyIntegers     = kind{runs: true, patches: true}
	patchedIntegers = kind{patches: true}
	plainIntegers   = kind{}
)

type value interface{ int64 | float64 }

func decode[T value](dst []T, src []byte, n int, k kind) ([]T, int, error) {
	if n == 0 {
		return dst, 0, nil
	}
	if n < 0 || n > MaxValues {
		return dst, 0, corrupt("%d values; at most %d", n, MaxValues)
	}
	start := len(dst)
	dst = slices.Grow(dst, n)[:start+n]
	r := reader{src: src}
	if err := decodeInto(dst[start:], &r, k); err != nil {
		return dst[:start], 0, err
	}
	return dst, r.at, nil
}

// reader reads the parts of an encoding. A part that is not there sets short.
type reader struct {
	src   []byte
	at    int
	short bool
}

func (r *reader) byte() byte {
	if r.at >= len(r.src) {
		r.short = true
		return 0
	}
	r.at++
	return r.src[r.at-1]
}

func (r *reader) uint64() uint64 {
	if len(r.src)-r.at < 8 {
		r.short = true
		return 0
	}
	r.at += 8
	return binary.LittleEndian.Uint64(r.src[r.at-8:])
}

func (r *reader) uvarint() uint64 {
	v, n := binary.Uvarint(r.src[r.at:])
	if n <= 0 {
		r.short = true
		return 0
	}
	r.at += n
	return v
}

func (r *reader) varint() int64 {
	v := r.uvarint()
	return int64(v>>1) ^ -int64(v&1)
}

func (r *reader) err() error {
	if r.short {
		return corrupt("cut short at byte %d", r.at)
	}
	return nil
}

func decodeInto[T value](out []T, r *reader, k kind) error {
	tag := r.byte()
	if r.short {
		return r.err()
	}
	switch {
	case tag < tagConstInteger:
		fill(out, T(int64(tag)+smallest))
	case tag == tagConstInteger:
		fill(out, T(r.varint()))
	case tag == tagConstDecimal && k.floats:
		x := r.byte()
		if x > maxExponent {
			return corrupt("exponent %d", x)
		}
		fill(out, T(float64(r.varint())/powersOfTen[x]))
	case tag == tagConstBits && k.floats:
		fill(out, T(math.Float64frombits(r.uint64())))
	case tag == tagRaw:
		return decodeRaw(out, r, k)
	case tag == tagRuns && k.runs:
		return decodeRuns(out, r, k)
	case tag == tagExceptions && k.exceptions:
		return decodeExceptions(out, r)
	case tag == tagCorrected && k.exceptions:
		return decodeCorrected(out, r)
	case tag == tagGrid && k.exceptions:
		return decodeGrid(out, r)
	case tag >= tagPacked || tag >= tagPatched && k.patches:
		return decodePacked(out, r, tag, k)
	default:
		return corrupt("tag %#02x", tag)
	}
	return r.err()
}

func fill[T value](out []T, v T) {
	for i := range out {
		out[i] = v
	}
}

func decodeRaw[T value](out []T, r *reader, k kind) error {
	if len(r.src)-r.at < 8*len(out) {
		return corrupt("%d values in %d bytes", len(out), len(r.src)-r.at)
	}
	b := r.src[r.at:]
	r.at += 8 * len(out)
	for i := range out {
		u := binary.LittleEndian.Uint64(b[8*i:])
		if k.floats {
			out[i] = T(math.Float64frombits(u))
		} else {
			out[i] = T(int64(u))
		}
	}
	return nil
}

// lists is memory for lists of integers within a column.
type lists struct{ a, b []int64 }

var spareLists = sync.Pool{New: func() any { return new(lists) }}

// integers decodes a list of n, none of which may be negative if they are gaps.
func (r *reader) integers(buf []int64, n int) ([]int64, error) {
	buf = slices.Grow(buf[:0], n)[:n]
	return buf, decodeInto(buf, r, plainIntegers)
}

// count reads how many entries a list has: at least one, at most one a value.
func (r *reader) count(n int) (int, error) {
	c := r.uvarint()
	if !r.short && (c == 0 || c > uint64(n)) {
		return 0, corrupt("list of %d for %d values", c, n)
	}
	return int(c), r.err()
}

func decodeRuns[T value](out []T, r *reader, k kind) error {
	runs, err := r.count(len(out))
	if err != nil {
		return err
	}
	l := spareLists.Get().(*lists)
	defer spareLists.Put(l)
	if l.a, err = r.integers(l.a, runs); err != nil {
		return err
	}
	sum := runs
	for _, length := range l.a {
		if length < 0 || length > int64(len(out)-sum) {
			return corrupt("runs are longer than the column")
		}
		sum += int(length)
	}
	if sum != len(out) {
		return corrupt("runs are shorter than the column")
	}
	inner := withoutRuns
	if !k.floats {
		inner = plainIntegers
	}
	if err := decodeInto(out[:runs], r, inner); err != nil {
		return err
	}
	// From the back, so that no run's value is overwritten before it is spread.
	end := len(out)
	for i := runs - 1; i >= 0; i-- {
		start := end - int(l.a[i]) - 1
		fill(out[start:end], out[i])
		end = start
	}
	return nil
}

func decodeCorrected[T value](out []T, r *reader) error {
	l := spareLists.Get().(*lists)
	defer spareLists.Put(l)
	l.a = slices.Grow(l.a[:0], len(out))[:len(out)]
	if err := decodeInto(l.a, r, patchedIntegers); err != nil {
		return err
	}
	if err := decodeInto(out, r, onlyPacked); err != nil {
		return err
	}
	for i, steps := range l.a {
		out[i] = T(math.Float64frombits(uint64(bitsOf(float64(out[i])) + steps)))
	}
	return nil
}

func decodeExceptions[T value](out []T, r *reader) error {
	n, err := r.count(len(out))
	if err != nil {
		return err
	}
	l := spareLists.Get().(*lists)
	defer spareLists.Put(l)
	if l.a, err = r.integers(l.a, n); err != nil {
		return err
	}
	if l.b, err = r.integers(l.b, n); err != nil {
		return err
	}
	if err := decodeInto(out, r, onlyPacked); err != nil {
		return err
	}
	next := 0
	for i, gap := range l.a {
		if gap < 0 || gap >= int64(len(out)-next) {
			return corrupt("exception outside of the column")
		}
		next += int(gap)
		out[next] = T(math.Float64frombits(uint64(l.b[i])))
		next++
	}
	return nil
}
