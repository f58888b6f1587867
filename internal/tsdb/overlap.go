package tsdb

import (
	"cmp"
	"math"
	"slices"

	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/tsdb/chunkenc"

	"monopod/internal/tsdb/cells"
)

// overlapping brings layers of pieces together. Of samples with equal timestamps
// one is read, which depends on the samples alone (compareSamples) and not on
// where they lie: so a series reads the same whatever was merged, or divided
// otherwise. It implements Prometheus's chunkenc.Iterator.
type overlapping struct {
	layers  []*iterator // that have a sample, or none was asked for yet
	current *iterator   // nil: before the first one, or at the end
	begun   bool
	// hist is the layer of the last histogram; consecutive: the one before was of the
	// same layer, so that what it says about counter resets holds.
	hist        *iterator
	consecutive bool
	err         error
}

// Next implements chunkenc.Iterator.
func (o *overlapping) Next() chunkenc.ValueType {
	if o.begun && o.current == nil {
		return chunkenc.ValNone
	}
	t := int64(math.MinInt64)
	if o.current != nil {
		t = o.current.AtT()
	}
	begun := o.begun
	kind := o.move(func(l *iterator) bool {
		return begun && l.AtT() != t || l.Next() != chunkenc.ValNone
	})
	return o.note(kind)
}

// Seek implements chunkenc.Iterator.
func (o *overlapping) Seek(t int64) chunkenc.ValueType {
	if o.begun && o.current == nil {
		return chunkenc.ValNone
	}
	if o.current != nil && o.current.AtT() >= t {
		return o.current.buf.Kind(o.current.i)
	}
	o.hist = nil
	return o.note(o.move(func(l *iterator) bool { return l.Seek(t) != chunkenc.ValNone }))
}

func (o *overlapping) note(kind chunkenc.ValueType) chunkenc.ValueType {
	if kind == chunkenc.ValHistogram || kind == chunkenc.ValFloatHistogram {
		o.consecutive = o.hist == o.current
		o.hist = o.current
	}
	return kind
}

// move moves each layer, leaves out those that are at their end, and finds the
// sample that is next.
func (o *overlapping) move(layer func(*iterator) bool) chunkenc.ValueType {
	o.begun, o.current = true, nil
	left := o.layers[:0]
	for _, l := range o.layers {
		if layer(l) {
			left = append(left, l)
		} else if l.err != nil {
			o.err = l.err
		}
	}
	o.layers = left
	if o.err != nil {
		return chunkenc.ValNone
	}
	for _, l := range o.layers {
		if o.current == nil || l.AtT() < o.current.AtT() || l.AtT() == o.current.AtT() && compareSamples(&l.buf, l.i, &o.current.buf, o.current.i) > 0 {
			o.current = l
		}
	}
	if o.current == nil {
		return chunkenc.ValNone
	}
	return o.current.buf.Kind(o.current.i)
}

// At implements chunkenc.Iterator.
func (o *overlapping) At() (int64, float64) { return o.current.At() }

// AtT implements chunkenc.Iterator.
func (o *overlapping) AtT() int64 { return o.current.AtT() }

// AtST implements chunkenc.Iterator.
func (o *overlapping) AtST() int64 { return o.current.AtST() }

// AtHistogram implements chunkenc.Iterator.
func (o *overlapping) AtHistogram(h *histogram.Histogram) (int64, *histogram.Histogram) {
	t, h := o.current.AtHistogram(h)
	if !o.consecutive && h.CounterResetHint != histogram.GaugeType {
		h.CounterResetHint = histogram.UnknownCounterReset
	}
	return t, h
}

// AtFloatHistogram implements chunkenc.Iterator.
func (o *overlapping) AtFloatHistogram(fh *histogram.FloatHistogram) (int64, *histogram.FloatHistogram) {
	t, fh := o.current.AtFloatHistogram(fh)
	if !o.consecutive && fh.CounterResetHint != histogram.GaugeType {
		fh.CounterResetHint = histogram.UnknownCounterReset
	}
	return t, fh
}

// Err implements chunkenc.Iterator.
func (o *overlapping) Err() error { return o.err }

// compareSamples tells which of two samples with equal timestamps counts, the
// greater one: a stale marker is less than any value, a float less than a
// histogram, then the lesser value is less, and at last the lesser start
// timestamp. Equal are only samples between which a reader sees no difference.
func compareSamples(a *cells.Samples, i int, b *cells.Samples, j int) int {
	kind := a.Kind(i)
	if c := cmp.Or(cmp.Compare(rank(a, i), rank(b, j)), cmp.Compare(kind, b.Kind(j))); c != 0 {
		return c
	}
	c := 0
	switch kind {
	case chunkenc.ValHistogram:
		c = compareHistograms(a.H[i].Int, b.H[j].Int)
	case chunkenc.ValFloatHistogram:
		c = compareFloatHistograms(a.H[i].Float, b.H[j].Float)
	default:
		c = compareFloats(a.V[i], b.V[j])
	}
	return cmp.Or(c, cmp.Compare(a.Start(i), b.Start(j)))
}

// rank is 0 for a stale marker of any kind.
func rank(s *cells.Samples, i int) int {
	v := s.V[i]
	if s.Kind(i) != chunkenc.ValFloat {
		if h := s.H[i]; h.Int != nil {
			v = h.Int.Sum
		} else {
			v = h.Float.Sum
		}
	}
	if isStale(v) {
		return 0
	}
	return 1
}

// compareFloats tells all floats apart that have other bits.
func compareFloats(a, b float64) int {
	return cmp.Or(cmp.Compare(a, b), cmp.Compare(math.Float64bits(a), math.Float64bits(b)))
}

// compareHistograms does not look at what the encoding may change: empty buckets,
// and hints at counter resets.
func compareHistograms(a, b *histogram.Histogram) int {
	if c := cmp.Compare(a.Count, b.Count); c != 0 {
		return c
	}
	x, y := a.Copy().Compact(0), b.Copy().Compact(0)
	return cmp.Or(
		compareFloats(x.Sum, y.Sum), cmp.Compare(x.Schema, y.Schema), compareFloats(x.ZeroThreshold, y.ZeroThreshold),
		cmp.Compare(x.ZeroCount, y.ZeroCount), compareGauge(x.CounterResetHint, y.CounterResetHint),
		compareSpans(x.PositiveSpans, y.PositiveSpans), compareSpans(x.NegativeSpans, y.NegativeSpans),
		slices.Compare(x.PositiveBuckets, y.PositiveBuckets), slices.Compare(x.NegativeBuckets, y.NegativeBuckets),
		slices.CompareFunc(x.CustomValues, y.CustomValues, compareFloats),
	)
}

// compareFloatHistograms is compareHistograms of the other kind.
func compareFloatHistograms(a, b *histogram.FloatHistogram) int {
	if c := compareFloats(a.Count, b.Count); c != 0 {
		return c
	}
	x, y := a.Copy().Compact(0), b.Copy().Compact(0)
	return cmp.Or(
		compareFloats(x.Sum, y.Sum), cmp.Compare(x.Schema, y.Schema), compareFloats(x.ZeroThreshold, y.ZeroThreshold),
		compareFloats(x.ZeroCount, y.ZeroCount), compareGauge(x.CounterResetHint, y.CounterResetHint),
		compareSpans(x.PositiveSpans, y.PositiveSpans), compareSpans(x.NegativeSpans, y.NegativeSpans),
		slices.CompareFunc(x.PositiveBuckets, y.PositiveBuckets, compareFloats), slices.CompareFunc(x.NegativeBuckets, y.NegativeBuckets, compareFloats),
		slices.CompareFunc(x.CustomValues, y.CustomValues, compareFloats),
	)
}

func compareGauge(a, b histogram.CounterResetHint) int {
	is := func(h histogram.CounterResetHint) int {
		if h == histogram.GaugeType {
			return 1
		}
		return 0
	}
	return is(a) - is(b)
}

func compareSpans(a, b []histogram.Span) int {
	return slices.CompareFunc(a, b, func(x, y histogram.Span) int {
		return cmp.Or(cmp.Compare(x.Offset, y.Offset), cmp.Compare(x.Length, y.Length))
	})
}
