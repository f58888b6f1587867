package tsdb

import (
	"encoding/binary"
	"math"

	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/value"

	"monopod/internal/tsdb/cells"
	"monopod/internal/tsdb/wire"
)

// histogramAt is a native histogram in a row.
type histogramAt struct {
	column int
	cells.Hist
}

// kind is the type of a sample, as a byte of a record.
type kind byte

const (
	kindFloat          kind = 0
	kindHistogram      kind = 1
	kindFloatHistogram kind = 2
)

func kindOf(h cells.Hist) kind {
	switch {
	case h.Int != nil:
		return kindHistogram
	case h.Float != nil:
		return kindFloatHistogram
	}
	return kindFloat
}

// validate tells what is wrong with a histogram: an encoder relies on none being
// invalid.
func validate(h cells.Hist) error {
	switch kindOf(h) {
	case kindHistogram:
		return h.Int.Validate()
	case kindFloatHistogram:
		return h.Float.Validate()
	}
	return nil
}

// staleHist is the stale marker of a column that held this kind of histogram.
func staleHist(k kind) cells.Hist {
	if k == kindHistogram {
		return cells.Hist{Int: &histogram.Histogram{Sum: staleNaN}}
	}
	return cells.Hist{Float: &histogram.FloatHistogram{Sum: staleNaN}}
}

var staleNaN = math.Float64frombits(value.StaleNaN)

// appendHist encodes a histogram: its kind (byte), hint (byte), schema, zero
// threshold, zero count, count, sum, spans and buckets of both signs, and custom
// bounds, each list with its length.
func appendHist(dst []byte, h cells.Hist) []byte {
	return appendHistBody(append(dst, byte(kindOf(h))), h)
}

// appendHistBody encodes what follows the kind.
func appendHistBody(dst []byte, h cells.Hist) []byte {
	if h.Int != nil {
		i := h.Int
		dst = append(dst, byte(i.CounterResetHint))
		dst = binary.AppendVarint(dst, int64(i.Schema))
		dst = wire.AppendFloat(dst, i.ZeroThreshold)
		dst = binary.AppendUvarint(dst, i.ZeroCount)
		dst = binary.AppendUvarint(dst, i.Count)
		dst = wire.AppendFloat(dst, i.Sum)
		for _, side := range []struct {
			spans   []histogram.Span
			buckets []int64
		}{{i.PositiveSpans, i.PositiveBuckets}, {i.NegativeSpans, i.NegativeBuckets}} {
			dst = appendSpans(dst, side.spans)
			dst = binary.AppendUvarint(dst, uint64(len(side.buckets)))
			for _, b := range side.buckets {
				dst = binary.AppendVarint(dst, b)
			}
		}
		return appendFloats(dst, i.CustomValues)
	}
	f := h.Float
	dst = append(dst, byte(f.CounterResetHint))
	dst = binary.AppendVarint(dst, int64(f.Schema))
	dst = wire.AppendFloat(dst, f.ZeroThreshold)
	dst = wire.AppendFloat(dst, f.ZeroCount)
	dst = wire.AppendFloat(dst, f.Count)
	dst = wire.AppendFloat(dst, f.Sum)
	dst = appendFloats(appendSpans(dst, f.PositiveSpans), f.PositiveBuckets)
	dst = appendFloats(appendSpans(dst, f.NegativeSpans), f.NegativeBuckets)
	return appendFloats(dst, f.CustomValues)
}

func appendSpans(dst []byte, spans []histogram.Span) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(spans)))
	for _, s := range spans {
		dst = binary.AppendVarint(dst, int64(s.Offset))
		dst = binary.AppendUvarint(dst, uint64(s.Length))
	}
	return dst
}

func appendFloats(dst []byte, v []float64) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(v)))
	for _, x := range v {
		dst = wire.AppendFloat(dst, x)
	}
	return dst
}

// hist reads what appendHist wrote.
func (d *decoder) hist() cells.Hist { return d.histOf(kind(d.Byte())) }

// histOf reads what follows the kind.
func (d *decoder) histOf(k kind) cells.Hist {
	switch k {
	case kindHistogram:
		h := &histogram.Histogram{CounterResetHint: histogram.CounterResetHint(d.Byte())}
		h.Schema = int32(d.Varint())
		h.ZeroThreshold = d.Float()
		h.ZeroCount = d.Uvarint()
		h.Count = d.Uvarint()
		h.Sum = d.Float()
		h.PositiveSpans, h.PositiveBuckets = d.spans(), d.integers()
		h.NegativeSpans, h.NegativeBuckets = d.spans(), d.integers()
		h.CustomValues = d.floats()
		return d.valid(cells.Hist{Int: h})
	case kindFloatHistogram:
		h := &histogram.FloatHistogram{CounterResetHint: histogram.CounterResetHint(d.Byte())}
		h.Schema = int32(d.Varint())
		h.ZeroThreshold = d.Float()
		h.ZeroCount = d.Float()
		h.Count = d.Float()
		h.Sum = d.Float()
		h.PositiveSpans, h.PositiveBuckets = d.spans(), d.floats()
		h.NegativeSpans, h.NegativeBuckets = d.spans(), d.floats()
		h.CustomValues = d.floats()
		return d.valid(cells.Hist{Float: h})
	default:
		d.Fail("kind %d of histogram", k)
		return cells.Hist{}
	}
}

func (d *decoder) valid(h cells.Hist) cells.Hist {
	if d.Err == nil {
		if err := validate(h); err != nil {
			d.Fail("histogram: %v", err)
		}
	}
	return h
}

func (d *decoder) spans() []histogram.Span {
	n := d.Count(2)
	if n == 0 {
		return nil
	}
	out := make([]histogram.Span, n)
	for i := range out {
		out[i] = histogram.Span{Offset: int32(d.Varint()), Length: d.ID()}
	}
	return out
}

func (d *decoder) integers() []int64 {
	n := d.Count(1)
	if n == 0 {
		return nil
	}
	out := make([]int64, n)
	for i := range out {
		out[i] = d.Varint()
	}
	return out
}

func (d *decoder) floats() []float64 {
	n := d.Count(8)
	if n == 0 {
		return nil
	}
	out := make([]float64, n)
	for i := range out {
		out[i] = d.Float()
	}
	return out
}
