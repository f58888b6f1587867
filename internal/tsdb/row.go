package tsdb

import (
	"slices"

	"github.com/prometheus/prometheus/model/value"

	"monopod/internal/storage"
)

// input is a row as a writer gave it, or as the log has it.
type input struct {
	t      int64
	given  *presence
	values []float64     // by column
	hists  []histogramAt // by column, none of them in given
	stale  bool          // a value is value.StaleNaN

	// whole: the row's record builds on nothing, and tells the columns that end
	// here.
	whole bool
	ended []endedColumn
}

type endedColumn struct {
	column int
	kind   kind
	before bool // it does not end here; only its kind is told
}

// state is where the rows of a group have led to. Write and replay take it from
// row to row by the same rule, so that the log need not hold what follows.
type state struct {
	has   bool
	t     int64     // of the last row
	last  []float64 // by column, the last float since the last whole row, or 0
	given *presence // of the last row, as the writer gave it
	// live is the columns that end when the next row does not have them: those of
	// the last row but for its stale markers.
	live storage.Bitmap
	// kinds has the columns whose last sample was a histogram.
	kinds map[int]kind
	// regular: live is given's set, and the last row had no histogram.
	regular bool
}

// reserve makes room in last for columns below n.
func (s *state) reserve(n int) {
	if n > len(s.last) {
		s.last = append(s.last, make([]float64, n-len(s.last))...)
	}
}

// ending is the columns that a row ends.
func (s *state) ending(in *input) []endedColumn {
	if s.regular && in.given == s.given {
		return nil
	}
	var out []endedColumn
	each(s.live, func(c int) {
		if !in.has(c) {
			out = append(out, endedColumn{column: c, kind: s.kinds[c]})
		}
	})
	return out
}

// endedBy is what a whole record tells: the columns that the row ends, and those
// whose kind must be known beside: they ended before, or have a stale marker here.
func (s *state) endedBy(in *input) []endedColumn {
	out := s.ending(in)
	for c, k := range s.kinds {
		_, float := in.given.place(c)
		if float && isStale(in.values[c]) || !s.live.Has(c) && !in.has(c) {
			out = append(out, endedColumn{column: c, kind: k, before: true})
		}
	}
	slices.SortFunc(out, func(a, b endedColumn) int { return a.column - b.column })
	return out
}

// has tells whether the row has the column.
func (in *input) has(c int) bool {
	if _, ok := in.given.place(c); ok {
		return true
	}
	_, ok := slices.BinarySearchFunc(in.hists, c, func(h histogramAt, c int) int { return h.column - c })
	return ok
}

// advance takes the state over a row, and returns it for the open part, without
// its data.
func (s *state) advance(in *input) openRow {
	r := openRow{t: in.t, p: in.given}
	if in.whole {
		r.base = zeros
	}
	s.reserve(in.given.limit())
	if s.regular && in.given == s.given && len(in.hists) == 0 && !in.stale && len(in.ended) == 0 {
		s.keep(in)
		return r
	}
	ended := in.ended
	if !in.whole {
		ended = s.ending(in)
	}
	for _, e := range ended {
		if e.kind != kindFloat {
			s.setKind(e.column, e.kind)
		}
	}
	floats := slices.Clone(in.given.bits)
	s.live = append(s.live[:0], in.given.bits...)
	hists := slices.Clone(in.hists)
	each(in.given.bits, func(c int) {
		switch k := s.kinds[c]; {
		case !value.IsStaleNaN(in.values[c]):
			delete(s.kinds, c)
		case k != kindFloat:
			// Prometheus's rule: the marker is of the type of what it ends.
			hists = append(hists, histogramAt{c, staleHist(k)})
			floats.Unset(c)
			s.live.Unset(c)
		default:
			s.live.Unset(c)
		}
	})
	for _, h := range in.hists {
		s.setKind(h.column, kindOf(h.Hist))
		if s.live = s.live.Grow(h.column + 1); !h.Stale() {
			s.live.Set(h.column)
		}
	}
	for _, e := range ended {
		if e.before {
			continue
		}
		if e.kind != kindFloat {
			hists = append(hists, histogramAt{e.column, staleHist(e.kind)})
			continue
		}
		floats = floats.Grow(e.column + 1)
		floats.Set(e.column)
	}
	slices.SortFunc(hists, func(a, b histogramAt) int { return a.column - b.column })
	if shown := in.given; len(hists) > 0 || !shown.is(floats) {
		if !shown.is(floats) {
			shown = newPresence(floats)
		}
		r.seen = &seen{p: shown, h: hists}
	}
	s.live = trim(s.live)
	s.keep(in)
	s.regular = len(in.hists) == 0 && in.given.is(s.live)
	return r
}

func (s *state) setKind(c int, k kind) {
	if s.kinds == nil {
		s.kinds = map[int]kind{}
	}
	s.kinds[c] = k
}

func (s *state) keep(in *input) {
	s.has, s.t, s.given = true, in.t, in.given
	if in.whole {
		clear(s.last)
	}
	if in.given.dense() {
		copy(s.last, in.values[:in.given.n])
		return
	}
	each(in.given.bits, func(c int) { s.last[c] = in.values[c] })
}

func isStale(v float64) bool { return value.IsStaleNaN(v) }
