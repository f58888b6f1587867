package tsdb

import (
	"fmt"
	"math"

	"github.com/prometheus/prometheus/model/labels"

	"monopod/internal/storage"
	"monopod/internal/tsdb/cells"
)

// lateSample is a sample with a timestamp of its own on its way.
type lateSample struct {
	sample *storage.Sample
	g      *group // known to an appender that has a reference
	hist   cells.Hist
	taken  bool
	before lastSample // where a failed write takes the group back to
}

// lastSample is where a sample group stands.
type lastSample struct {
	has   bool
	t     int64
	v     float64
	hist  cells.Hist
	known bool // v and hist are; they are not where a damaged chunk had them
}

// single and none are the presences of a sample group's rows: a float, or a
// histogram.
var (
	single = newPresence(storage.Bitmap{1})
	none   = newPresence(nil)
)

// judgeSamples takes those samples whose time is right. The group moves on here,
// so that the next sample of the series in this batch is judged against this one.
// DB.late is held, which guards lastSample and the removal of sample groups.
func (w *batch) judgeSamples(oldest int64) {
	for i := range w.samples {
		s := &w.samples[i]
		if s.g == nil || s.g.writer.removed {
			s.g = w.db.seriesGroup(s.sample.Labels)
		}
		last := &s.g.late
		if !last.has {
			w.db.restoreLast(s.g)
		}
		s.hist = last.histOf(s.sample)
		if s.taken, s.sample.Err = false, validate(s.hist); s.sample.Err == nil {
			s.taken, s.sample.Err = last.follows(s.sample, oldest)
		}
		if s.taken && w.db.tooFar(s.sample.T) {
			s.taken, s.sample.Err = false, fmt.Errorf("sample at %d lies in the future; check the clock: %w", s.sample.T, storage.ErrOutOfBounds)
		}
		if !s.taken {
			w.db.metrics.refused(s.sample.Err)
			continue
		}
		s.before = *last
		if kindOf(s.hist) != kindFloat {
			s.hist = copyHist(s.hist)
		}
		*last = lastSample{has: true, t: s.sample.T, v: s.sample.V, hist: s.hist, known: true}
	}
}

// histOf is the histogram of a sample. A stale marker that follows a histogram
// is one too: Prometheus's rule.
func (l *lastSample) histOf(s *storage.Sample) cells.Hist {
	h := cells.Hist{Int: s.Int, Float: s.Float}
	if kindOf(h) == kindFloat && isStale(s.V) && l.known && kindOf(l.hist) != kindFloat {
		return staleHist(kindOf(l.hist))
	}
	return h
}

// follows tells whether a sample is to be stored behind the last one. One that
// says the same again is not, and is no error.
func (l *lastSample) follows(s *storage.Sample, oldest int64) (take bool, err error) {
	switch {
	case s.T < oldest:
		return false, storage.ErrOutOfBounds
	case !l.has || s.T > l.t:
		return true, nil
	case s.T < l.t:
		return false, storage.ErrOutOfOrder
	case l.known && l.same(s.V, l.histOf(s)):
		return false, nil
	}
	return false, storage.ErrDuplicateTimestamp
}

func (l *lastSample) same(v float64, h cells.Hist) bool {
	if kindOf(l.hist) != kindOf(h) {
		return false
	}
	switch kindOf(h) {
	case kindHistogram:
		return l.hist.Int.Equals(h.Int)
	case kindFloatHistogram:
		return l.hist.Float.Equals(h.Float)
	}
	return math.Float64bits(l.v) == math.Float64bits(v)
}

// seriesGroup returns the group of a series with timestamps of its own, and
// makes it where it is new. DB.late is held.
func (db *DB) seriesGroup(ls labels.Labels) *group {
	g := db.head.seriesGroup(ls.Hash(), ls)
	if g == nil {
		g = db.newGroup(sampleGroup, ls.Copy())
		db.column(g, labels.EmptyLabels())
		g.writer.columns = 1
	}
	return g
}

func (w *batch) defineSamples() {
	for i := range w.samples {
		if s := &w.samples[i]; s.taken && !s.g.writer.defined {
			w.db.definitions(&w.records, s.g)
			// Only the first sample of the series in this batch defines it; where the
			// log fails, apply does not come and rollBack takes it back.
			s.g.writer.defined = true
			w.defining = append(w.defining, s.g)
		}
	}
}

func (w *batch) encodeSamples() {
	base, begun := int64(0), false
	for i := range w.samples {
		s := &w.samples[i]
		if !s.taken {
			continue
		}
		if !begun {
			base, begun = s.sample.T, true
			w.records.begin()
			w.records.buf = appendSamplesHead(w.records.buf, base)
		}
		w.records.buf = appendSample(w.records.buf, s.g.id, base, s.sample.T, s.sample.V, s.hist)
	}
}

func (w *batch) applySamples() {
	for i := range w.samples {
		s := &w.samples[i]
		if !s.taken {
			continue
		}
		w.counts[kindOf(s.hist)]++
		w.db.head.saw(s.sample.T)
		g := s.g
		g.writer.Lock()
		g.writer.logged = 1
		if g.writer.open == 0 {
			g.writer.openGen = w.db.generation
		}
		g.push(sampleRow(s.sample.T, s.sample.V, s.hist), nil)
		if g.writer.open >= g.writer.limit {
			w.due = append(w.due, g)
		}
		g.writer.Unlock()
	}
}

// sampleRow is a sample as a row of its group.
func sampleRow(t int64, v float64, h cells.Hist) openRow {
	if kindOf(h) != kindFloat {
		return openRow{t: t, p: none, base: zeros, seen: &seen{p: none, h: []histogramAt{{0, h}}}}
	}
	e := rowEncoder{cur: []float64{v}, changed: []uint64{1}}
	e.appendValues(nil)
	return openRow{t: t, p: single, base: zeros, data: e.data}
}
