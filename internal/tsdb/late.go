package tsdb

import (
	"fmt"
	"math"

	"github.com/prometheus/prometheus/model/labels"

	"monopod/internal/storage"
	"monopod/internal/tsdb/cells"
	"monopod/internal/tsdb/index"
)

// lateSample is a sample with a timestamp of its own on its way.
type lateSample struct {
	sample *storage.Sample
	s      *stamped
	hist   cells.Hist
	taken  bool
	late   bool // out of order
	start  int64
}

// times is the timestamps that decide on a sample.
type times struct {
	// oldest: before it a sample is not in order, since blocks cover that time, or
	// are about to.
	oldest int64
	// late: from it on a sample may be out of order; windowed is false where none
	// may.
	late     int64
	windowed bool
}

// times is those of this moment.
func (db *DB) times() times {
	t := times{oldest: db.head.oldest(db.blockMillis)}
	if w := db.limits.Load().OutOfOrderWindow.Milliseconds(); w > 0 {
		t.windowed, t.late = true, math.MinInt64
		if maxt := db.head.maxTime.Load(); maxt > math.MinInt64+w {
			t.late = maxt - w
		}
	}
	return t
}

// oldRows takes the rows out of the plans that are older than their group's last
// row, as after a clock went back, where a sample may be out of order: what they
// have becomes samples.
func (w *batch) oldRows(t int64, at times) {
	if !at.windowed || t < at.late {
		return
	}
	rest := w.plans[:0]
	for _, p := range w.plans {
		s := &p.g.writer
		if s.removed || s.closed || !s.has || t >= s.t {
			rest = append(rest, p)
			continue
		}
		w.spread(&p, t)
		s.Unlock()
	}
	clear(w.plans[len(rest):])
	w.plans = rest
	for i := range w.extra {
		w.samples = append(w.samples, lateSample{sample: &w.extra[i]})
	}
}

// spread makes samples of a row.
func (w *batch) spread(p *plan, t int64) {
	_, metrics, _ := w.db.index.Group(p.g.id)
	b := labels.NewScratchBuilder(16)
	add := func(c int, s storage.Sample) {
		if c >= len(metrics) {
			return
		}
		if metric, ok := w.db.index.MetricLabels(metrics[c]); ok {
			s.T, s.Labels = t, index.Series(&b, p.g.base, metric)
			w.extra = append(w.extra, s)
		}
	}
	each(p.row.Present, func(c int) {
		if c < len(p.row.Values) {
			add(c, storage.Sample{V: p.row.Values[c]})
		}
	})
	for _, h := range p.row.Histograms {
		if h.Int == nil && h.Float == nil {
			continue
		}
		add(h.Column, storage.Sample{Int: h.Int, Float: h.Float})
	}
}

// resolve finds the series of the samples, and locks their lanes.
func (w *batch) resolve(b *storage.Batch) {
	b.Moved = false
	r := w.db.registry
	for {
		var lanes laneSet
		for i := range w.samples {
			s := &w.samples[i]
			if s.s == nil {
				if h, ok := s.sample.Series.(*stamped); ok {
					s.s = h
				} else {
					s.s = w.db.stampedSeries(s.sample.Labels)
					s.sample.Series = s.s
				}
			}
			lanes |= 1 << s.s.set.lane
		}
		r.lock(lanes)
		w.lanes = lanes
		again := false
		for i := range w.samples {
			if s := &w.samples[i]; s.s.set.removed {
				again = true
			}
		}
		if !again {
			return
		}
		r.unlock(lanes)
		for i := range w.samples {
			if s := &w.samples[i]; s.s.set.removed {
				s.s = w.db.stampedSeries(s.s.SeriesLabels())
				s.sample.Series, b.Moved = s.s, true
			}
		}
	}
}

// judgeSamples takes those samples whose time is right. A sample is judged
// against the one before it of its series in this batch, too. The lanes are
// locked.
func (w *batch) judgeSamples(at times) {
	for i := range w.samples {
		s := &w.samples[i]
		if !s.s.has {
			w.db.restoreLast(s.s)
		}
		last := s.s.last()
		if p := s.s.pending; p > 0 {
			before := &w.samples[p-1]
			last = lastSample{has: true, known: true, t: before.sample.T, v: before.sample.V, hist: before.hist}
		}
		sample := s.sample
		s.hist = last.histOf(sample)
		s.taken, s.late, sample.Err = false, false, nil
		if kindOf(s.hist) != kindFloat {
			sample.Err = validate(s.hist)
		}
		if sample.Err == nil {
			s.taken, s.late, sample.Err = last.follows(sample, at)
		}
		if s.taken && w.db.tooFar(sample.T) {
			s.taken, sample.Err = false, fmt.Errorf("sample at %d lies in the future; check the clock: %w", sample.T, storage.ErrOutOfBounds)
		}
		if last.has && sample.T < last.t {
			w.db.metrics.delay.Observe(float64(w.db.head.maxTime.Load()-sample.T) / 1000)
		}
		if !s.taken {
			w.db.metrics.refused(sample.Err)
			continue
		}
		if kindOf(s.hist) != kindFloat {
			s.hist = copyHist(s.hist)
		}
		s.start = 0
		if st := sample.Start; w.db.o.StartTimestamps && st >= -cells.MaxStart && st <= cells.MaxStart {
			s.start = st
		}
		if !s.late {
			s.s.pending = uint32(i + 1)
			continue
		}
		if _, twice := s.s.beside.lateAt(sample.T); twice {
			s.taken = false // Prometheus's rule: the first one stays, and nobody is told
		}
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

// follows tells whether a sample is to be stored behind the last one, or out of
// order. One that says the same again is not, and is no error. The order of the
// rules is Prometheus's.
func (l *lastSample) follows(s *storage.Sample, at times) (take, late bool, err error) {
	if s.T >= at.oldest {
		switch {
		case !l.has || s.T > l.t:
			return true, false, nil
		case s.T == l.t && l.known && l.same(s.V, l.histOf(s)):
			return false, false, nil
		case s.T == l.t:
			return false, false, storage.ErrDuplicateTimestamp
		}
	}
	switch {
	case at.windowed && s.T >= at.late:
		return true, true, nil
	case at.windowed:
		return false, false, storage.ErrTooOld
	case s.T < at.oldest:
		return false, false, storage.ErrOutOfBounds
	}
	return false, false, storage.ErrOutOfOrder
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

// defineSamples puts the definitions of new series into the records.
func (w *batch) defineSamples() {
	for i := range w.samples {
		s := &w.samples[i]
		if !s.taken {
			continue
		}
		x := s.s.set
		if x.defined && x.logged > s.s.column {
			continue
		}
		// Only the first sample of the set in this batch defines it; where the log
		// fails, rollBack takes it back.
		w.defining = append(w.defining, definedSet{x, x.defined, x.logged})
		_, metrics, _ := w.db.index.Group(x.id)
		w.db.define(&w.records, x.id, x.kind, x.base, x.defined, metrics[x.logged:], int(x.logged))
		x.defined, x.logged = true, uint32(len(metrics))
	}
}

// definedSet is a set that is marked as defined although the log may still fail,
// and how it was.
type definedSet struct {
	x       *sampleSet
	defined bool
	logged  uint32
}

func (w *batch) encodeSamples() {
	var e stampedEncoder
	for i := range w.samples {
		s := &w.samples[i]
		if !s.taken {
			continue
		}
		if !e.begun {
			w.records.begin()
			w.records.buf = e.begin(w.records.buf, s.sample.T)
		}
		w.records.buf = e.sample(w.records.buf, s)
	}
}

// rollBack takes the sets and series back to before the batch.
func (w *batch) rollBack() {
	for i := len(w.defining) - 1; i >= 0; i-- {
		d := &w.defining[i]
		d.x.defined, d.x.logged = d.defined, d.logged
	}
	for i := range w.samples {
		if s := w.samples[i].s; s != nil {
			s.pending = 0
		}
	}
}

// applySamples shows the samples to readers.
func (w *batch) applySamples() {
	var x *sampleSet // locked
	mint, maxt := int64(math.MaxInt64), int64(math.MinInt64)
	for i := range w.samples {
		s := &w.samples[i]
		s.s.pending = 0
		if !s.taken {
			continue
		}
		if s.s.set != x {
			if x != nil {
				x.mu.Unlock()
			}
			x = s.s.set
			x.mu.Lock()
		}
		sample := s.sample
		w.counts[kindOf(s.hist)]++
		mint, maxt = min(mint, sample.T), max(maxt, sample.T)
		if s.s.idle() {
			s.s.gen = uint32(w.db.generation)
		}
		if s.late {
			s.s.pushLate(lateEntry{t: sample.T, start: s.start, v: sample.V, hist: s.hist})
			w.lateCount++
		} else {
			s.s.push(sample.T, s.start, sample.V, s.hist)
		}
		if !x.due && (s.s.n >= x.limit || len(s.s.late()) >= maxLate) {
			x.due = true
			w.dueSets = append(w.dueSets, x)
		}
	}
	if x != nil {
		x.mu.Unlock()
	}
	if mint <= maxt {
		w.db.head.saw(mint)
		w.db.head.saw(maxt)
	}
}
