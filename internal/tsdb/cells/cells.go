// Package cells encodes one column over a few rows of its group: which rows hold
// something, and what.
//
// The nouns:
//
//   - A cell is what a column holds in one row. Its state tells what that is: it
//     may be absent, hold a float, a native histogram, or a stale marker.
//   - Samples is what a reader sees of a column: the cells that are not absent,
//     each with its timestamp. A stale marker is value.StaleNaN there, or, where
//     it follows a histogram, a histogram whose sum is that.
//
// # Format
//
// The timestamps of the rows, n of them, stand elsewhere: a group has them once.
//
//	+------+-----------------------------+
//	| 0x00 | values                      |  every cell holds a float
//	+------+-----------------------------+
//	| 0x01 | states | values | histograms |  otherwise
//	+------+-----------------------------+
//	| 0x02 | one of both | starts         |  a cell has a start timestamp
//	+------+-----------------------------+
//
//	values      package column, of the cells in state float
//	states      runs until n cells are told: uvarint of length*8 + state
//	histograms  where there are any: uvarint count of pieces, and each
//	            a byte: Prometheus's chunk encoding; uvarint length; its bytes.
//	            Pieces follow one another in time, of either kind of histogram.
//	starts      package column, of the cells that are not absent: milliseconds, as
//	            floats; 0 where there is none
package cells

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/tsdb/chunkenc"

	"monopod/internal/tsdb/column"
)

// ErrCorrupt: the bytes are no encoding of that many cells.
var ErrCorrupt = errors.New("cells are damaged")

// State is what a cell holds.
type State byte

// The states. Their numbers stand in files.
const (
	Absent         State = 0
	Float          State = 1
	Stale          State = 2 // a float, value.StaleNaN
	Histogram      State = 3 // with integer counts; stale where its sum is StaleNaN
	FloatHistogram State = 4
	lastState            = FloatHistogram
)

const (
	formFloats = 0
	formMixed  = 1
	formStarts = 2
)

// MaxStart bounds start timestamps: what lies beyond has no place in a column.
const MaxStart = 1 << 53

// Samples is the cells of a column that are not absent, times ascending. The
// zero value is empty and ready for use; Reset empties it and keeps its memory.
type Samples struct {
	T []int64
	// V is the floats; its elements beside histograms mean nothing.
	V []float64
	// Kinds is nil where all samples are floats.
	Kinds []chunkenc.ValueType
	// H is as long as Kinds, and holds the histograms. They are read-only.
	H []Hist
	// S is the start timestamps, 0 where there is none; nil where no sample has one.
	S []int64
}

// Hist is a native histogram: one of both is set.
type Hist struct {
	Int   *histogram.Histogram
	Float *histogram.FloatHistogram
}

// Stale tells whether it is a stale marker.
func (h Hist) Stale() bool {
	if h.Int != nil {
		return value.IsStaleNaN(h.Int.Sum)
	}
	return h.Float != nil && value.IsStaleNaN(h.Float.Sum)
}

// Kind is its type of value.
func (h Hist) Kind() chunkenc.ValueType {
	if h.Int != nil {
		return chunkenc.ValHistogram
	}
	return chunkenc.ValFloatHistogram
}

// Reset empties s and keeps its memory.
func (s *Samples) Reset() {
	clear(s.H)
	s.T, s.V, s.Kinds, s.H, s.S = s.T[:0], s.V[:0], nil, s.H[:0], nil
}

// Len is the number of samples.
func (s *Samples) Len() int { return len(s.T) }

// Kind is the type of sample i.
func (s *Samples) Kind(i int) chunkenc.ValueType {
	if s.Kinds == nil {
		return chunkenc.ValFloat
	}
	return s.Kinds[i]
}

// AppendFloat adds a float.
func (s *Samples) AppendFloat(t int64, v float64) {
	s.T = append(s.T, t)
	s.V = append(s.V, v)
	if s.Kinds != nil {
		s.Kinds = append(s.Kinds, chunkenc.ValFloat)
		s.H = append(s.H, Hist{})
	}
	if s.S != nil {
		s.S = append(s.S, 0)
	}
}

// SetStart gives the last sample a start timestamp.
func (s *Samples) SetStart(start int64) {
	if s.S == nil {
		s.S = make([]int64, len(s.T), cap(s.T))
	}
	s.S[len(s.S)-1] = start
}

func (s *Samples) hasStarts() bool {
	for _, start := range s.S {
		if start != 0 {
			return true
		}
	}
	return false
}

// Start is the start timestamp of sample i, 0 where it has none.
func (s *Samples) Start(i int) int64 {
	if s.S == nil {
		return 0
	}
	return s.S[i]
}

// AppendHist adds a histogram.
func (s *Samples) AppendHist(t int64, h Hist) {
	if s.Kinds == nil {
		s.Kinds = make([]chunkenc.ValueType, len(s.T), len(s.T)+8)
		for i := range s.Kinds {
			s.Kinds[i] = chunkenc.ValFloat
		}
		s.H = make([]Hist, len(s.T), len(s.T)+8)
	}
	s.T = append(s.T, t)
	s.V = append(s.V, 0)
	s.Kinds = append(s.Kinds, h.Kind())
	s.H = append(s.H, h)
	if s.S != nil {
		s.S = append(s.S, 0)
	}
}

// AppendFrom adds the samples [from,to) of o.
func (s *Samples) AppendFrom(o *Samples, from, to int) {
	if s.Kinds == nil && o.Kinds == nil && s.S == nil && o.S == nil {
		s.T = append(s.T, o.T[from:to]...)
		s.V = append(s.V, o.V[from:to]...)
		return
	}
	for i := from; i < to; i++ {
		if o.Kind(i) == chunkenc.ValFloat {
			s.AppendFloat(o.T[i], o.V[i])
		} else {
			s.AppendHist(o.T[i], o.H[i])
		}
		if start := o.Start(i); start != 0 {
			s.SetStart(start)
		}
	}
}

// Truncate leaves the first n samples.
func (s *Samples) Truncate(n int) {
	s.T, s.V = s.T[:n], s.V[:n]
	if s.Kinds != nil {
		s.Kinds, s.H = s.Kinds[:n], s.H[:n]
	}
	if s.S != nil {
		s.S = s.S[:n]
	}
}

// Cut takes out the samples behind the first from whose timestamp is out.
func (s *Samples) Cut(from int, out func(t int64) bool) {
	n := from
	for i := from; i < len(s.T); i++ {
		if !out(s.T[i]) {
			s.Move(n, i)
			n++
		}
	}
	s.Truncate(n)
}

// Move puts sample from in the place of sample to.
func (s *Samples) Move(to, from int) {
	s.T[to], s.V[to] = s.T[from], s.V[from]
	if s.Kinds != nil {
		s.Kinds[to], s.H[to] = s.Kinds[from], s.H[from]
	}
	if s.S != nil {
		s.S[to] = s.S[from]
	}
}

// Encoder encodes columns. It keeps its buffers from one to the next.
type Encoder struct {
	states []State
	values []float64
}

// Append encodes behind dst the cells of a column over the rows at times. The
// samples' times are a subset of these. A column without samples is all absent.
func (e *Encoder) Append(dst []byte, times []int64, s *Samples) ([]byte, error) {
	if !s.hasStarts() {
		return e.append(dst, times, s)
	}
	dst, err := e.append(append(dst, formStarts), times, s)
	if err != nil {
		return dst, err
	}
	e.values = e.values[:0]
	for _, start := range s.S {
		if start < -MaxStart || start > MaxStart {
			return dst, fmt.Errorf("encode cells: start timestamp %d", start)
		}
		e.values = append(e.values, float64(start))
	}
	return column.Append(dst, e.values), nil
}

func (e *Encoder) append(dst []byte, times []int64, s *Samples) ([]byte, error) {
	if s.Kinds == nil && len(s.T) == len(times) {
		stale := false
		for _, v := range s.V {
			if value.IsStaleNaN(v) {
				stale = true
				break
			}
		}
		if !stale {
			return column.Append(append(dst, formFloats), s.V), nil
		}
	}
	e.states, e.values = e.states[:0], e.values[:0]
	var hists []int
	i := 0
	for _, t := range times {
		if i == len(s.T) || s.T[i] != t {
			e.states = append(e.states, Absent)
			continue
		}
		switch s.Kind(i) {
		case chunkenc.ValHistogram:
			e.states = append(e.states, Histogram)
			hists = append(hists, i)
		case chunkenc.ValFloatHistogram:
			e.states = append(e.states, FloatHistogram)
			hists = append(hists, i)
		default:
			if value.IsStaleNaN(s.V[i]) {
				e.states = append(e.states, Stale)
			} else {
				e.states = append(e.states, Float)
				e.values = append(e.values, s.V[i])
			}
		}
		i++
	}
	if i != len(s.T) {
		return dst, fmt.Errorf("encode cells: %d samples are at none of the group's timestamps", len(s.T)-i)
	}
	dst = append(dst, formMixed)
	for from := 0; from < len(e.states); {
		to := from + 1
		for to < len(e.states) && e.states[to] == e.states[from] {
			to++
		}
		dst = binary.AppendUvarint(dst, uint64(to-from)<<3|uint64(e.states[from]))
		from = to
	}
	if len(e.values) > 0 {
		dst = column.Append(dst, e.values)
	}
	if len(hists) == 0 {
		return dst, nil
	}
	return appendHistograms(dst, s, hists)
}

// DecodeFloats appends to dst the floats of the column over n rows that src
// encodes. ok is false, and nothing is read, where not every row holds a float, or
// one is a stale marker.
func DecodeFloats(dst []float64, src []byte, n int) (values []float64, read int, ok bool, err error) {
	if len(src) == 0 || src[0] != formFloats {
		return dst, 0, false, nil
	}
	values, read, err = column.Decode(dst, src[1:], n)
	if err != nil {
		return dst, 0, false, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	return values, 1 + read, true, nil
}

// Decode appends to s the samples that src, the encoding of one column over the
// rows at times, holds, and returns how many bytes it takes. An error wraps
// ErrCorrupt; s is then as it was.
func Decode(s *Samples, src []byte, times []int64) (read int, err error) {
	had := len(s.T)
	if read, err = decode(s, src, times); err != nil {
		s.T, s.V = s.T[:had], s.V[:had]
		if s.Kinds != nil {
			s.Kinds, s.H = s.Kinds[:had], s.H[:had]
		}
		if s.S != nil {
			s.S = s.S[:had]
		}
	}
	return read, err
}

func decode(s *Samples, src []byte, times []int64) (int, error) {
	if len(src) == 0 {
		return 0, fmt.Errorf("%w: no bytes", ErrCorrupt)
	}
	switch src[0] {
	case formFloats:
		if s.Kinds != nil {
			return decodeMixed(s, src[1:], times, []run{{Float, len(times)}}, 1)
		}
		v, n, err := column.Decode(s.V, src[1:], len(times))
		if err != nil {
			return 0, fmt.Errorf("%w: %w", ErrCorrupt, err)
		}
		s.V = v
		s.T = append(s.T, times...)
		if s.S != nil {
			s.S = append(s.S, make([]int64, len(times))...)
		}
		return 1 + n, nil
	case formMixed:
		runs, n, err := decodeRuns(src[1:], len(times))
		if err != nil {
			return 0, err
		}
		return decodeMixed(s, src[1+n:], times, runs, 1+n)
	case formStarts:
		return decodeStarts(s, src, times)
	}
	return 0, fmt.Errorf("%w: unknown form %d", ErrCorrupt, src[0])
}

func decodeStarts(s *Samples, src []byte, times []int64) (int, error) {
	if len(src) < 2 || src[1] > formMixed {
		return 0, fmt.Errorf("%w: form behind that of starts", ErrCorrupt)
	}
	had := len(s.T)
	n, err := decode(s, src[1:], times)
	if err != nil {
		return 0, err
	}
	n++
	starts, read, err := column.Decode(nil, src[n:], len(s.T)-had)
	if err != nil {
		return 0, fmt.Errorf("%w: starts: %w", ErrCorrupt, err)
	}
	if s.S == nil {
		s.S = make([]int64, had, len(s.T))
	}
	s.S = s.S[:had]
	for _, x := range starts {
		if !(x >= -MaxStart && x <= MaxStart) || x != math.Trunc(x) {
			return 0, fmt.Errorf("%w: start timestamp %g", ErrCorrupt, x)
		}
		s.S = append(s.S, int64(x))
	}
	return n + read, nil
}

type run struct {
	state State
	n     int
}

func decodeRuns(src []byte, n int) ([]run, int, error) {
	var runs []run
	read := 0
	for n > 0 {
		x, k := binary.Uvarint(src[read:])
		length, state := x>>3, State(x&7)
		if k <= 0 || length == 0 || length > uint64(n) || state > lastState {
			return nil, 0, fmt.Errorf("%w: states of the cells", ErrCorrupt)
		}
		runs = append(runs, run{state, int(length)})
		n -= int(length)
		read += k
	}
	return runs, read, nil
}

var stale = math.Float64frombits(value.StaleNaN)

func decodeMixed(s *Samples, src []byte, times []int64, runs []run, read int) (int, error) {
	floats, hists := 0, 0
	for _, r := range runs {
		switch r.state {
		case Float:
			floats += r.n
		case Histogram, FloatHistogram:
			hists += r.n
		}
	}
	var values []float64
	if floats > 0 {
		v, n, err := column.Decode(nil, src, floats)
		if err != nil {
			return 0, fmt.Errorf("%w: %w", ErrCorrupt, err)
		}
		values, src, read = v, src[n:], read+n
	}
	var decoded []Hist
	if hists > 0 {
		h, n, err := decodeHistograms(src, hists)
		if err != nil {
			return 0, err
		}
		decoded, read = h, read+n
	}
	row := 0
	for _, r := range runs {
		for range r.n {
			t := times[row]
			row++
			switch r.state {
			case Float:
				s.AppendFloat(t, values[0])
				values = values[1:]
			case Stale:
				s.AppendFloat(t, stale)
			case Histogram, FloatHistogram:
				h := decoded[0]
				if (h.Int != nil) != (r.state == Histogram) {
					return 0, fmt.Errorf("%w: kind of a histogram", ErrCorrupt)
				}
				s.AppendHist(t, h)
				decoded = decoded[1:]
			}
		}
	}
	return read, nil
}
