package tsdb

import (
	"math"

	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
)

// Aggregates stand for samples that are gone (see docs/decisions, "Aggregates
// beside blocks"). The words:
//
//   - A window of a series is its floats in (end-length,end], where end is a
//     multiple of the length: what a range selector that ends there sees.
//   - An aggregate is a number of each window that has floats.
//   - A span is consecutive windows, of which one block of aggregates is made.
//
// A block of aggregates is a block (package block) whose rows are ends of windows.
// Each metric is there once for each aggregate, told apart by a label whose name is
// no UTF-8, so that nobody else has it, and that sorts behind all others: the
// aggregates of a metric are neighbours, in the order below.

const aggregateLabel = "\xffaggregate"

// The aggregates, in the order of their names. All are there for each window.
const (
	aggCount     = iota // of floats but stale markers
	aggFirst            // value
	aggFirstTime        // in milliseconds
	aggLast
	aggLastTime
	aggMax
	aggMin
	// aggResets is the sum of the values before those that were smaller: what a
	// counter that starts anew had counted.
	aggResets
	aggStale // 1 where the window ends with a stale marker
	aggSum
	aggregates
)

var aggregateNames = [aggregates]string{"count", "first", "firsttime", "last", "lasttime", "max", "min", "resets", "stale", "sum"}

// window is the aggregates of a window.
type window struct {
	end    int64
	values [aggregates]float64
}

// windowEnd is the end of the window that t falls into.
func windowEnd(t, length int64) int64 { return windowOf(t-1, length) + length }

// aggregate appends to dst the windows of what an iterator gives.
func aggregate(dst []window, it chunkenc.Iterator, length int64) ([]window, error) {
	begun := false
	carry := 0.0 // of the sum
	finish := func() {
		if begun {
			if v := &dst[len(dst)-1].values; !math.IsInf(v[aggSum], 0) {
				v[aggSum] += carry
			}
		}
	}
	for kind := it.Next(); kind != chunkenc.ValNone; kind = it.Next() {
		if kind != chunkenc.ValFloat {
			continue
		}
		t, v := it.At()
		end := windowEnd(t, length)
		same := begun && dst[len(dst)-1].end == end
		if value.IsStaleNaN(v) {
			if same {
				dst[len(dst)-1].values[aggStale] = 1
			}
			continue
		}
		if !same {
			finish()
			begun, carry = true, 0
			w := window{end: end}
			w.values[aggFirst], w.values[aggFirstTime], w.values[aggLast] = v, float64(t), v
			w.values[aggMin], w.values[aggMax] = v, v
			dst = append(dst, w)
		}
		a := &dst[len(dst)-1].values
		if v < a[aggLast] {
			a[aggResets] += a[aggLast]
		}
		a[aggCount]++
		a[aggLast], a[aggLastTime], a[aggStale] = v, float64(t), 0
		if v < a[aggMin] || math.IsNaN(a[aggMin]) {
			a[aggMin] = v
		}
		if v > a[aggMax] || math.IsNaN(a[aggMax]) {
			a[aggMax] = v
		}
		a[aggSum], carry = addExactly(a[aggSum], carry, v)
	}
	finish()
	return dst, it.Err()
}

// addExactly adds v to a sum whose rounding errors are carried (Neumaier).
func addExactly(sum, carry, v float64) (float64, float64) {
	next := sum + v
	switch {
	case math.IsInf(next, 0):
		carry = 0
	case math.Abs(sum) >= math.Abs(v):
		carry += (sum - next) + v
	default:
		carry += (v - next) + sum
	}
	return next, carry
}
