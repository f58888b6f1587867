package tsdb

import (
	"monopod/internal/tsdb/cells"
	"monopod/internal/tsdb/index"
)

// addSet adds a set of the head. Series without samples in the range are left
// out.
func (j *joiner) addSet(x *sampleSet, hit index.Hit) error {
	base := j.base(x.base)
	for _, c := range hit.Columns {
		s := x.at(c.Column)
		if s == nil || !s.within(j.q) {
			continue
		}
		if err := j.add(base, nil, c.Metric, place{s: s, column: c.Column}); err != nil {
			return err
		}
	}
	return nil
}

// within tells whether a series has something in the range of a query.
func (s *stamped) within(q *query) bool {
	s.set.mu.RLock()
	defer s.set.mu.RUnlock()
	if mint, maxt, ok := s.bounds(); ok && mint <= q.maxt && maxt >= q.mint {
		return true
	}
	for i := range s.set.mu.chunks {
		c := &s.set.mu.chunks[i]
		if c.last >= q.mint && c.first <= q.maxt && c.columns.bits.Has(int(s.column)) && !q.replaced(&c.chunkRef) {
			return true
		}
	}
	return false
}

// stampedPieces appends to dst what a stamped series has in the range.
func (p *place) stampedPieces(q *query, dst []piece) []piece {
	v := p.s.view()
	for i := range v.chunks {
		c := &v.chunks[i]
		if c.last >= q.mint && c.first <= q.maxt && c.columns.bits.Has(int(p.column)) && !q.replaced(&c.chunkRef) {
			dst = append(dst, piece{first: c.first, last: c.last, place: p, chunk: &c.chunkRef})
		}
	}
	if v.open.n > 0 && v.last >= q.mint && v.open.first <= q.maxt {
		dst = append(dst, piece{first: v.open.first, last: v.last, place: p, stamped: &v.open})
	}
	if n := len(v.late); n > 0 && v.late[n-1].t >= q.mint && v.late[0].t <= q.maxt {
		dst = append(dst, piece{first: v.late[0].t, last: v.late[n-1].t, place: p, late: v.late})
	}
	return dst
}

// loadOpen appends to dst what an open piece of a stamped series holds.
func (p *piece) loadOpen(dst *cells.Samples) error {
	if p.stamped != nil {
		p.stamped.samples(dst, p.first, p.last)
	} else {
		lateSamples(dst, p.late, p.first, p.last)
	}
	return dst.SetHints()
}
