package tsdb

import (
	"encoding/binary"
	"math"
	"slices"

	"github.com/prometheus/prometheus/model/labels"

	"monopod/internal/storage"
	"monopod/internal/tsdb/cells"
	"monopod/internal/tsdb/index"
)

// stamped is a series whose samples bring timestamps of their own. There may be
// very many of them, of which each gets a sample now and then, so that it is
// small, and its open samples are kept encoded. It implements storage.Series.
//
// What writers need is guarded by the lane of its set; what readers see too, by
// the set's mu.
type stamped struct {
	set    *sampleSet
	metric labels.Labels
	next   *stamped // another one with the same hash; guarded by its shard

	lastT int64   // of the last sample
	lastV float64 // 0 where it is a histogram

	first int64  // timestamp of the first open sample
	delta int64  // between the last two open samples
	open  []byte // see push
	// beside has what few series have; nil of the others.
	beside *beside

	// pending is one more than the place, in the batch under way, of the last
	// sample that was taken; 0 where none is.
	pending uint32
	n       uint32 // open samples
	gen     uint32 // of the log, in which the oldest of what is open is
	column  uint32
	has     bool // there is a last sample
	known   bool // its value is; it is not where a damaged chunk had it
	kind    kind // of the last sample
}

// beside is what a series has beside floats in order.
type beside struct {
	last  cells.Hist   // where the last sample is a histogram
	hists []cells.Hist // of open
	late  []lateEntry  // behind others when they came, by time
}

// lateEntry is a sample that is out of order.
type lateEntry struct {
	t, start int64
	v        float64
	hist     cells.Hist
}

// openSamples is the open samples of a series as a reader sees them: the bytes do
// not change, those behind them may.
type openSamples struct {
	n     int
	first int64
	data  []byte
	hists []cells.Hist
}

// Marks stand where a value does, and are none.
const (
	markHist  = 0x81 // the value is the next one of hists
	markStart = 0x83 // followed by how long before the sample it began (varint); then the value
)

// SeriesLabels implements storage.Series.
func (s *stamped) SeriesLabels() labels.Labels {
	b := labels.NewScratchBuilder(16)
	return index.Series(&b, s.set.base, s.metric)
}

// is tells whether the series has these labels.
func (s *stamped) is(ls labels.Labels) bool {
	if s.set.base.Len()+s.metric.Len() != ls.Len() {
		return false
	}
	same := true
	has := func(l labels.Label) { same = same && ls.Get(l.Name) == l.Value }
	s.metric.Range(has)
	if same {
		s.set.base.Range(has)
	}
	return same
}

func (s *stamped) besides() *beside {
	if s.beside == nil {
		s.beside = &beside{}
	}
	return s.beside
}

func (s *stamped) lastHist() cells.Hist {
	if s.kind == kindFloat {
		return cells.Hist{}
	}
	return s.beside.last
}

// take notes the last sample.
func (s *stamped) take(l lastSample) {
	s.has, s.known, s.lastT, s.lastV, s.kind = l.has, l.known, l.t, l.v, kindOf(l.hist)
	if s.kind != kindFloat {
		s.lastV = 0
		s.besides().last = l.hist
	} else if s.beside != nil {
		s.beside.last = cells.Hist{}
	}
}

func (s *stamped) last() lastSample {
	return lastSample{has: s.has, known: s.known, t: s.lastT, v: s.lastV, hist: s.lastHist()}
}

// push shows a sample that is newer than all. The set's mu is locked. Behind the
// first, an entry is
//
//	change of the distance in time (varint) | markStart and the start, where it has
//	one | the value (see appendValue), from the one before where that is a float,
//	or markHist
func (s *stamped) push(t, start int64, v float64, h cells.Hist) {
	b, before := s.open, s.lastV
	if s.n == 0 {
		s.first, s.delta, before = t, 0, 0
	} else {
		d := t - s.lastT
		b = binary.AppendVarint(b, d-s.delta)
		s.delta = d
	}
	if start != 0 {
		b = binary.AppendVarint(append(b, markStart), t-start)
	}
	if kindOf(h) != kindFloat {
		s.besides().hists = append(s.besides().hists, h)
		b = append(b, markHist)
	} else {
		b = appendValue(b, before, v)
	}
	s.open = b
	s.n++
	s.take(lastSample{has: true, known: true, t: t, v: v, hist: h})
}

// part is what is open at this moment; the set's mu is locked.
func (s *stamped) part() openSamples {
	p := openSamples{n: int(s.n), first: s.first, data: s.open}
	if s.beside != nil {
		p.hists = s.beside.hists
	}
	return p
}

// samples appends to dst those from mint to maxt.
func (p *openSamples) samples(dst *cells.Samples, mint, maxt int64) {
	d := newDecoder(p.data)
	t, delta, v := p.first, int64(0), 0.0
	hists := p.hists
	for i := range p.n {
		if i > 0 {
			delta += d.Varint()
			t += delta
		}
		if t > maxt {
			return
		}
		start := int64(0)
		if len(d.B) > 0 && d.B[0] == markStart {
			d.Byte()
			start = t - d.Varint()
		}
		in := t >= mint
		if len(d.B) > 0 && d.B[0] == markHist {
			d.Byte()
			if in {
				dst.AppendHist(t, hists[0])
			}
			hists, v = hists[1:], 0
		} else {
			v = d.value(v)
			if in {
				dst.AppendFloat(t, v)
			}
		}
		if in && start != 0 {
			dst.SetStart(start)
		}
	}
}

// lateAt is where a late sample at t stands, or belongs.
func (b *beside) lateAt(t int64) (int, bool) {
	if b == nil {
		return 0, false
	}
	return slices.BinarySearchFunc(b.late, t, func(e lateEntry, t int64) int {
		switch {
		case e.t < t:
			return -1
		case e.t > t:
			return 1
		}
		return 0
	})
}

// pushLate shows a late sample. Readers of the old list see no change. The set's
// mu is locked.
func (s *stamped) pushLate(e lateEntry) {
	b := s.besides()
	at, there := b.lateAt(e.t)
	if there {
		return
	}
	b.late = slices.Insert(slices.Clone(b.late), at, e)
}

func (s *stamped) late() []lateEntry {
	if s.beside == nil {
		return nil
	}
	return s.beside.late
}

// idle: nothing is open. The set's mu is locked, or its lane.
func (s *stamped) idle() bool { return s.n == 0 && len(s.late()) == 0 }

func lateSamples(dst *cells.Samples, list []lateEntry, mint, maxt int64) {
	for i := range list {
		e := &list[i]
		if e.t < mint || e.t > maxt {
			continue
		}
		if kindOf(e.hist) != kindFloat {
			dst.AppendHist(e.t, e.hist)
		} else {
			dst.AppendFloat(e.t, e.v)
		}
		if e.start != 0 {
			dst.SetStart(e.start)
		}
	}
}

// bounds is the range of what is open. The set's mu is locked.
func (s *stamped) bounds() (mint, maxt int64, ok bool) {
	mint, maxt = math.MaxInt64, math.MinInt64
	if s.n > 0 {
		mint, maxt = s.first, s.lastT
	}
	if late := s.late(); len(late) > 0 {
		mint, maxt = min(mint, late[0].t), max(maxt, late[len(late)-1].t)
	}
	return mint, maxt, mint <= maxt
}

// lastSample is where a series stands.
type lastSample struct {
	has   bool
	known bool // v and hist are; they are not where a damaged chunk had them
	t     int64
	v     float64 // 0 where it is a histogram
	hist  cells.Hist
}

var _ storage.Series = (*stamped)(nil)
