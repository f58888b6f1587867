package column

import "math"

const (
	maxCorrectedExponent = 12
	nearSteps            = 64
)

// exception is a value that its column's domain cannot hold.
type exception struct {
	at   int
	bits int64
}

// toIntegers finds the domain in which values are the shortest integers, and
// fills e.integers and e.exceptions. ok is false where too many values fit no
// domain but that of their bits.
func (e *encoder) toIntegers(values []float64) (domain int, ok bool) {
	e.integers, e.exceptions = e.integers[:0], e.exceptions[:0]
	for i, v := range values {
		x := int64(v)
		if bitsOf(float64(x)) != bitsOf(v) {
			return e.toDecimals(values, i)
		}
		e.integers = append(e.integers, x)
	}
	return domainInteger, true
}

// toDecimals goes on where the first value that is no integer was found.
func (e *encoder) toDecimals(values []float64, from int) (domain int, ok bool) {
	allowed := len(values) / 8
	exponent, bad := 0, 0
	for _, v := range values[from:] {
		if _, ok := decimal(v, powersOfTen[exponent]); ok {
			continue
		}
		if x, ok := exponentOf(v, exponent+1); ok {
			exponent = x
		} else if bad++; bad > allowed {
			return 0, false
		}
	}
	e.integers, bad = e.integers[:0], 0
	power := powersOfTen[exponent]
	last := int64(0)
	for i, v := range values {
		d, ok := decimal(v, power)
		if !ok {
			if bad++; bad > allowed {
				return 0, false
			}
			e.exceptions = append(e.exceptions, exception{i, bitsOf(v)})
			d = last // costs nothing as a delta
		}
		last = d
		e.integers = append(e.integers, d)
	}
	if len(e.exceptions) > 0 && e.exceptions[0].at == 0 {
		e.fillFront()
	}
	return exponent, true
}

// fillFront gives exceptions at the front the first integer behind them.
func (e *encoder) fillFront() {
	n := 0
	for n < len(e.exceptions) && e.exceptions[n].at == n {
		n++
	}
	for i := range n {
		e.integers[i] = e.integers[n]
	}
}

// decimal returns v×power as an integer if v is that integer divided by power,
// bit for bit. IEEE division rounds correctly: every decimal fraction of up to
// 15 digits passes.
func decimal(v, power float64) (int64, bool) {
	d := int64(math.RoundToEven(v * power))
	return d, bitsOf(float64(d)/power) == bitsOf(v)
}

// exponentOf returns the smallest exponent from the given one on that makes v an
// integer.
func exponentOf(v float64, from int) (int, bool) {
	for x := from; x <= maxExponent && math.Abs(v)*powersOfTen[x] < 1<<53; x++ {
		if _, ok := decimal(v, powersOfTen[x]); ok {
			return x, true
		}
	}
	return 0, false
}

// toCorrected fills e.integers and e.corrections: what values are near to, and how
// many steps of a float64 they are off. Sums, and seconds counted in other units,
// are decimals but for their rounding. Any integer would do, for the correction
// makes up for it; the search is for those that make it small.
func (e *encoder) toCorrected(values []float64) (exponent int, ok bool) {
	allowed, bad := len(values)/8, 0
	exponent = 1
	for _, v := range values {
		x := exponent
		for x <= maxCorrectedExponent && !near(v, powersOfTen[x]) {
			x++
		}
		if x <= maxCorrectedExponent {
			exponent = x
		} else if bad++; bad > allowed {
			return 0, false
		}
	}
	e.integers, e.corrections = e.integers[:0], e.corrections[:0]
	power := powersOfTen[exponent]
	last := int64(0)
	for _, v := range values {
		if near(v, power) {
			last, _ = decimal(v, power)
		}
		e.integers = append(e.integers, last)
		e.corrections = append(e.corrections, bitsOf(v)-bitsOf(float64(last)/power))
	}
	return exponent, true
}

// near tells whether v is within a few steps of a decimal fraction.
func near(v, power float64) bool {
	d, _ := decimal(v, power)
	off := bitsOf(v) - bitsOf(float64(d)/power)
	return off >= -nearSteps && off <= nearSteps
}

// toBits fills e.integers with the bits of the values.
func (e *encoder) toBits(values []float64) {
	e.integers, e.exceptions = e.integers[:0], e.exceptions[:0]
	for _, v := range values {
		e.integers = append(e.integers, bitsOf(v))
	}
}
