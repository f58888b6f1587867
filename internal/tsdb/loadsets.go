package tsdb

import (
	"errors"
	"fmt"
	"slices"

	"github.com/prometheus/prometheus/model/labels"

	"monopod/internal/tsdb/cells"
	"monopod/internal/tsdb/index"
	"monopod/internal/tsdb/wire"
)

// noGroup is the kind of a group that is not there.
const noGroup groupKind = 0xff

// kindOf returns kind and base of a group of the head, or noGroup and nil.
func (r *replay) kindOf(id index.GroupID) (groupKind, *labels.Labels) {
	if g := r.db.head.group(id); g != nil {
		return rowGroup, &g.base
	}
	if x := r.db.registry.set(id); x != nil {
		return x.kind, &x.base
	}
	return noGroup, nil
}

// loadSet makes a set that a log defines.
func (db *DB) loadSet(id index.GroupID, k groupKind, base labels.Labels) {
	r := db.registry
	r.mu.Lock()
	defer r.mu.Unlock()
	r.addSetLocked(id, k, base, db.o.SealRows).defined = true
}

// loadSeries makes a series that a log defines as the next column of a set.
func (db *DB) loadSeries(x *sampleSet, column int, m index.MetricID) {
	metric, _ := db.index.MetricLabels(m)
	r := db.registry
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.addSeriesLocked(x, column, metric)
	r.publish(s.SeriesLabels().Hash(), s)
}

// finishSets brings the sets into line with what was read.
func (db *DB) finishSets() {
	for _, x := range db.registry.all() {
		series, _ := x.snapshot()
		x.logged = uint32(len(series))
		if x.seen > len(series) && !x.closed {
			// Damage took definitions: its columns may not be given to others.
			x.closed = true
			for _, s := range series {
				db.registry.retract(s.SeriesLabels().Hash(), s)
			}
		}
		if mint, maxt, ok := x.bounds(); ok {
			db.head.saw(mint)
			db.head.saw(maxt)
		}
	}
}

// samples reads a record of samples of earlier versions.
func (r *replay) samples(d *decoder) error {
	var unknown error
	d.samples(func(id index.GroupID, t int64, v float64, h cells.Hist) {
		err := r.sample(&stampedSample{id: id, t: t, v: v, hist: h}, sampleGroup)
		unknown = errors.Join(unknown, err)
	})
	return errors.Join(d.End(), unknown)
}

// stamped reads a record of samples.
func (r *replay) stamped(d *decoder) error {
	var unknown error
	d.stamped(func(s *stampedSample) {
		unknown = errors.Join(unknown, r.sample(s, setGroup))
	})
	return errors.Join(d.End(), unknown)
}

// sample adds a sample to what is open of its series, unless a chunk has it.
func (r *replay) sample(in *stampedSample, k groupKind) error {
	x := r.db.registry.set(in.id)
	if x == nil {
		r.db.index.Reserve(0, in.id)
		return fmt.Errorf("%w: sample of group %d, which is unknown", wire.ErrMalformed, in.id)
	}
	s := x.at(in.column)
	if s == nil || k == sampleGroup && x.kind != sampleGroup {
		x.seen = max(x.seen, int(min(in.column, maxChunkColumn))+1)
		return fmt.Errorf("%w: sample of column %d of group %d, which is unknown", wire.ErrMalformed, in.column, in.id)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if s.idle() {
		s.gen = 0
	}
	switch {
	case in.late && r.db.sealedLocked(s, in.t):
	case in.late:
		s.pushLate(lateEntry{t: in.t, start: in.start, v: in.v, hist: in.hist})
	case s.n > 0 && in.t <= s.lastT || r.db.sealedLocked(s, in.t):
	default:
		s.push(in.t, in.start, in.v, in.hist)
	}
	return nil
}

// sealedLocked tells whether a chunk has the sample at t. One that cannot be read
// has it not. The set's mu is locked.
func (db *DB) sealedLocked(s *stamped, t int64) bool {
	chunks := s.set.mu.chunks
	for i := len(chunks) - 1; i >= 0; i-- {
		c := &chunks[i]
		if t < c.first || t > c.last || !c.columns.bits.Has(int(s.column)) {
			continue
		}
		h, err := c.headOf(db.cache)
		if err != nil {
			continue
		}
		if _, ok := slices.BinarySearch(h.times, t); ok {
			return true
		}
	}
	return false
}
