package tsdb

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"monopod/internal/storage"
	"monopod/internal/tsdb/cells"
)

// openRowOf is a whole row with these values, in the order of its columns.
func openRowOf(t int64, columns storage.Bitmap, values ...float64) openRow {
	in := input{t: t, given: newPresence(columns), whole: true}
	in.values = make([]float64, in.given.limit())
	each(columns, func(c int) { in.values[c], values = values[0], values[1:] })
	var e rowEncoder
	var s state
	data := slices.Clone(e.open(&s, &in))
	r := s.advance(&in)
	r.data = data
	return r
}

// TestOpenPart holds the open part to the rows that went into it, as a whole and
// without its first rows: read by column, and sealed.
func TestOpenPart(t *testing.T) {
	for _, columns := range []int{1, 63, 64, 65, 300, narrowPlaces + 1} {
		for seed := range uint64(4) {
			t.Run(fmt.Sprintf("columns=%d/seed=%d", columns, seed), func(t *testing.T) {
				testOpenPart(t, rand.New(rand.NewPCG(seed, uint64(columns))), columns)
			})
		}
	}
}

func testOpenPart(t *testing.T, rng *rand.Rand, columns int) {
	const rows = 9
	var e rowEncoder
	s := &state{}
	g := &group{}
	g.writer.limit = rows
	values := make([]float64, columns)
	var want [rows][]float64 // NaN of another kind where absent
	absent := math.Float64frombits(0x7ff0000000000bad)
	present := storage.Bitmap(nil).Grow(columns)
	for i := range rows {
		for c := range columns {
			switch rng.IntN(8) {
			case 0:
				values[c] = rng.NormFloat64()
			case 1:
				values[c] += float64(rng.IntN(1000))
			case 2:
				values[c] = []float64{0, math.Copysign(0, -1), math.Inf(1), math.NaN(), staleNaN, 1 << 60, math.MaxFloat64}[rng.IntN(7)]
			}
			if i == 0 || rng.IntN(20) == 0 {
				if present.Has(c) {
					present.Unset(c)
				} else {
					present.Set(c)
				}
			}
		}
		in := input{t: int64(i), values: values, given: newPresence(present), whole: i == 0 || rng.IntN(6) == 0}
		if in.whole {
			in.ended = s.endedBy(&in)
		}
		data := e.open(s, &in)
		want[i] = make([]float64, columns)
		for c := range columns {
			if want[i][c] = absent; present.Has(c) {
				want[i][c] = values[c]
			}
		}
		g.push(s.advance(&in), data)
	}
	check := func(what string, from, to int, read func(dst *cells.Samples, c int)) {
		for c := range columns {
			var got cells.Samples
			read(&got, c)
			n := 0
			for i := from; i < to; i++ {
				w := want[i][c]
				if math.Float64bits(w) == math.Float64bits(absent) {
					if i == 0 || math.Float64bits(want[i-1][c]) == math.Float64bits(absent) || isStale(want[i-1][c]) {
						continue
					}
					w = staleNaN
				}
				if n >= got.Len() || got.T[n] != int64(i) || math.Float64bits(got.V[n]) != math.Float64bits(w) {
					t.Fatalf("%s, column %d: %v %v, want %v at %d", what, c, got.T, got.V, w, i)
				}
				n++
			}
			if n != got.Len() {
				t.Fatalf("%s, column %d: %d samples, want %d", what, c, got.Len(), n)
			}
		}
	}
	_, open := g.snapshot()
	for _, x := range [][2]int{{0, rows}, {3, rows}, {2, 5}} {
		from, to := x[0], x[1]
		check("open", from, to, func(dst *cells.Samples, c int) { open.samples(dst, c, int64(from), int64(to-1)) })
		rest := open.rest(from)
		check("rest", from, to, func(dst *cells.Samples, c int) { rest.samples(dst, c, 0, int64(to-1)) })
		var enc chunkEncoder
		b, err := enc.encode(1, rest, to-from)
		must(t, err)
		h, err := verifyChunk(b)
		must(t, err)
		check("chunk", from, to, func(dst *cells.Samples, c int) {
			place, ok := h.columns.place(c)
			if !ok {
				return
			}
			at := h.stripes[place/stripeColumns]
			stripe, err := h.decodeStripe(place/stripeColumns, b[h.body+at.offset:][:at.size])
			must(t, err)
			must(t, h.decodeColumn(dst, place, stripe))
		})
	}
}
