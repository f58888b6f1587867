package column

import (
	"encoding/binary"
	"math"
	"slices"
)

// Multiples of a step that is no power of ten: sizes in units of something else,
// slow ticks of a clock, shares of a whole. Their decimals take many bits each,
// their multiples few.

const (
	// leastForGrid is the bits a value from which a step is looked for that
	// rounding hides, leastForStep those for one of integers.
	leastForGrid = 14
	leastForStep = 8
	// leastStep is the smallest step that pays.
	leastStep = 8
	// gridNoise is how far rounding to decimals may take a difference off the grid.
	gridNoise = 3
	// maxOnGrid bounds what is exact as a float64.
	maxOnGrid = 1 << 53
)

// grid is a step, and where one of its multiples lies.
type grid struct{ step, phase float64 }

// at is the integer nearest to a multiple. The product is rounded before the sum,
// so that every machine gets the same.
func (g grid) at(multiple int64) int64 {
	return int64(math.RoundToEven(float64(float64(multiple)*g.step) + g.phase))
}

// findGrid looks for the step that integers are multiples of, but for rounding.
func (e *encoder) findGrid(a []int64) (g grid, ok bool) {
	e.sorted = append(e.sorted[:0], a...)
	slices.Sort(e.sorted)
	s := slices.Compact(e.sorted)
	n := len(s)
	if n < 3 || s[0] <= -maxOnGrid || s[n-1] >= maxOnGrid {
		return grid{}, false
	}
	// The greatest common divisor of the gaps, by Euclid, where a remainder within
	// the noise is none.
	step := s[1] - s[0]
	for i := 1; i < n && step >= leastStep; i++ {
		for gap := s[i] - s[i-1]; ; {
			rest := gap % step
			rest = min(rest, step-rest)
			if rest <= gridNoise+step>>8 || gap/step > 64 {
				break // noise adds up: over many steps it is as large as one
			}
			gap, step = step, rest
		}
	}
	if step < leastStep {
		return grid{}, false
	}
	// The longer the way, the better is the step known.
	q, multiple := float64(step), int64(0)
	for i := 1; i < n; i++ {
		m := int64(math.Round(float64(s[i]-s[0]) / q))
		if off := math.Abs(float64(s[i]-s[0]) - float64(m)*q); off > q/4 {
			return grid{}, false
		}
		if m > multiple && m > 0 {
			multiple, q = m, float64(s[i]-s[0])/float64(m)
		}
	}
	return fitGrid(s, q), true
}

// fitGrid is the line through the integers, by least squares.
func fitGrid(s []int64, step float64) grid {
	var n, sumX, sumY, sumXX, sumXY float64
	for _, v := range s {
		y := float64(v - s[0])
		x := math.Round(y / step)
		n, sumX, sumY, sumXX, sumXY = n+1, sumX+x, sumY+y, sumXX+x*x, sumXY+x*y
	}
	d := n*sumXX - sumX*sumX
	if d > 0 {
		step = (n*sumXY - sumX*sumY) / d
	}
	phase := float64(s[0]) + (sumY-step*sumX)/n
	if whole := math.Round(step); whole == math.Trunc(step) && math.Abs(step-whole)*sumX < 1e-3 {
		step, phase = whole, float64(s[0])
	}
	return grid{step, phase}
}

// exactStep is the greatest common divisor of the differences; most often it is
// known to be 1 after a few.
func exactStep(a []int64) (g grid, ok bool) {
	step := uint64(0)
	for i := 1; i < len(a) && step != 1; i++ {
		for d := uint64(max(a[i]-a[i-1], a[i-1]-a[i])); d != 0; {
			step, d = d, step%d
		}
	}
	if step < leastStep || a[0] <= -maxOnGrid || a[0] >= maxOnGrid || step >= maxOnGrid {
		return grid{}, false
	}
	return grid{float64(step), float64(a[0])}, true
}

// appendGrid encodes integers of a domain as multiples of a step and what these
// are off.
func (e *encoder) appendGrid(dst []byte, a []int64, domain, bitsPerValue int) (out []byte, ok bool) {
	var g grid
	if bitsPerValue > leastForGrid {
		g, ok = e.findGrid(a)
	}
	if !ok {
		if g, ok = exactStep(a); !ok {
			return dst, false
		}
	}
	e.multiples, e.corrections = e.multiples[:0], e.corrections[:0]
	for _, v := range a {
		m := int64(math.Round((float64(v) - g.phase) / g.step))
		e.multiples = append(e.multiples, m)
		e.corrections = append(e.corrections, v-g.at(m))
	}
	start := len(dst)
	dst = append(dst, tagGrid, byte(domain))
	dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(g.step))
	dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(g.phase))
	dst = e.appendVariedIntegers(dst, e.corrections, true)
	if dst, ok = e.appendPacked(dst, e.multiples, domainInteger, true); !ok {
		return dst[:start], false
	}
	return dst, true
}

func decodeGrid[T value](out []T, r *reader) error {
	domain := int(r.byte())
	g := grid{step: math.Float64frombits(r.uint64()), phase: math.Float64frombits(r.uint64())}
	if r.short {
		return r.err()
	}
	if domain > maxExponent || !(math.Abs(g.step) < maxOnGrid) || !(math.Abs(g.phase) < maxOnGrid) {
		return corrupt("domain %d, step %g from %g", domain, g.step, g.phase)
	}
	l := spareLists.Get().(*lists)
	defer spareLists.Put(l)
	l.a = slices.Grow(l.a[:0], len(out))[:len(out)]
	l.b = slices.Grow(l.b[:0], len(out))[:len(out)]
	if err := decodeInto(l.a, r, patchedIntegers); err != nil {
		return err
	}
	if err := decodeInto(l.b, r, patchedIntegers); err != nil {
		return err
	}
	power := powersOfTen[domain]
	for i, m := range l.b {
		out[i] = T(float64(g.at(m)+l.a[i]) / power)
	}
	return nil
}
