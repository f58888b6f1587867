package tsdb

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"
	"sync"

	"monopod/internal/storage"
	"monopod/internal/tsdb/cells"
)

// batch is a Write under way. It is kept for the next one, with its buffers.
//
// The order of locks is: writers of row groups by id; lanes, ascending; logging;
// sets.
type batch struct {
	db      *DB
	plans   []plan
	samples []lateSample
	extra   []storage.Sample // see oldRows
	lanes   laneSet          // that are locked
	records records
	defs    int // records that are definitions, the first ones
	enc     rowEncoder
	due     []*group
	dueSets []*sampleSet
	// defining is the sets whose definitions are among the records.
	defining  []definedSet
	counts    [3]int // samples by kind
	lateCount int    // of them, out of order
}

// plan is a row on its way.
type plan struct {
	h   *hold
	g   *group
	row *storage.Row
	in  input
	sum uint32 // of the record
	// from and to are the row's data in that of the encoder.
	from, to int
}

// keepSamples is the most samples for which a batch keeps its memory.
const keepSamples = 1 << 16

var batches = sync.Pool{New: func() any { return new(batch) }}

// Write implements storage.Writer.
func (db *DB) Write(ctx context.Context, b *storage.Batch) error {
	return db.write(ctx, b, nil, false, db.times())
}

// write stores a batch, whose samples are judged at these times. series is those
// of the samples, where they are known. ends is set where the rows end their
// groups: what such a row has no reason for is left out.
func (db *DB) write(ctx context.Context, b *storage.Batch, series []*stamped, ends bool, at times) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	if db.closed.Load() {
		return fmt.Errorf("write: %w", storage.ErrClosed)
	}
	w := batches.Get().(*batch)
	w.db = db
	defer w.recycle()
	if err := w.plan(b, ends); err != nil {
		return err
	}
	for i := range b.Samples {
		s := lateSample{sample: &b.Samples[i]}
		if series != nil {
			s.s = series[i]
		}
		w.samples = append(w.samples, s)
	}
	if err := w.store(b, ends, at); err != nil {
		return err
	}
	db.metrics.appended(w.counts)
	if w.lateCount > 0 {
		db.metrics.late.Add(float64(w.lateCount))
	}
	for _, g := range w.due {
		db.sealDue(g)
	}
	for _, x := range w.dueSets {
		db.sealSetDue(x)
	}
	return nil
}

func (w *batch) recycle() {
	clear(w.plans)
	clear(w.due)
	clear(w.dueSets)
	clear(w.defining)
	clear(w.samples)
	if cap(w.samples) > keepSamples {
		w.samples = nil
	}
	clear(w.extra)
	w.extra = w.extra[:0]
	w.defining, w.dueSets, w.samples = w.defining[:0], w.dueSets[:0], w.samples[:0]
	w.plans, w.due, w.counts, w.lateCount = w.plans[:0], w.due[:0], [3]int{}, 0
	w.records.reset()
	w.enc.reset()
	batches.Put(w)
}

// plan finds the groups of the rows, and puts them into the order of ids.
func (w *batch) plan(b *storage.Batch, ends bool) error {
	for i := range b.Rows {
		h, ok := b.Rows[i].Group.(*hold)
		if !ok || h.db != w.db {
			return errors.New("write: a row's group is not from this store's OpenGroup")
		}
		if !ends && h.isReleased() {
			return fmt.Errorf("write to group %s after its release: %w", h.base, storage.ErrClosed)
		}
		w.plans = append(w.plans, plan{h: h, g: h.g, row: &b.Rows[i]})
	}
	slices.SortFunc(w.plans, func(x, y plan) int { return int(int64(x.g.id) - int64(y.g.id)) })
	for i := 1; i < len(w.plans); i++ {
		if w.plans[i].g == w.plans[i-1].g {
			return fmt.Errorf("write: two rows of group %s in one batch", w.plans[i].g.base)
		}
	}
	return nil
}

func (w *batch) store(b *storage.Batch, ends bool, at times) error {
	for i := range w.plans {
		w.plans[i].g.writer.Lock()
	}
	defer func() {
		for i := range w.plans {
			w.plans[i].g.writer.Unlock()
		}
	}()
	if ends {
		w.dropEnds(b.Timestamp)
	}
	w.oldRows(b.Timestamp, at)
	if len(w.samples) > 0 {
		w.resolve(b)
		defer func() { w.db.registry.unlock(w.lanes) }()
	}
	// Under logging, a record goes to the generation that it was encoded for.
	w.db.logging.RLock()
	defer w.db.logging.RUnlock()

	for i := range w.plans {
		if err := w.check(&w.plans[i], b.Timestamp); err != nil {
			return err
		}
	}
	w.judgeSamples(at)
	for i := range w.plans {
		w.db.definitions(&w.records, w.plans[i].g)
	}
	w.defineSamples()
	w.defs = len(w.records.starts)
	for i := range w.plans {
		w.encode(&w.plans[i])
	}
	w.encodeSamples()
	accepted := w.db.exemplars.judge(b.Exemplars)
	for _, i := range accepted {
		w.records.begin()
		w.records.buf = appendExemplarRecord(w.records.buf, b.Exemplars[i].Labels, b.Exemplars[i].Exemplar)
	}
	if len(w.records.starts) == 0 {
		w.rollBack()
		return nil
	}
	if err := w.db.appendLog(w.records.all()); err != nil {
		w.rollBack()
		return err
	}
	w.db.catalog.logged(w.records.slices[:w.defs], w.records.metrics)
	for i := range w.plans {
		w.apply(&w.plans[i])
	}
	w.applySamples()
	for _, i := range accepted {
		b.Exemplars[i].Err = w.db.exemplars.add(b.Exemplars[i].Labels, b.Exemplars[i].Exemplar)
	}
	return nil
}

// dropEnds leaves out the rows that would end nothing.
func (w *batch) dropEnds(t int64) {
	rest := w.plans[:0]
	for _, p := range w.plans {
		s := &p.g.writer
		if p.h.current() && !s.removed && s.has && t > s.t && len(trim(s.live)) > 0 {
			rest = append(rest, p)
			continue
		}
		s.Unlock()
	}
	w.plans = rest
}

// check judges a row, and makes its input.
func (w *batch) check(p *plan, t int64) error {
	s := &p.g.writer
	row := p.row
	switch {
	case s.removed || s.closed:
		return fmt.Errorf("write to group %s: %w", p.g.base, storage.ErrClosed)
	case s.has && t <= s.t:
		return fmt.Errorf("write to group %s: row at %d, the last one is at %d: %w", p.g.base, t, s.t, storage.ErrOutOfOrder)
	case w.db.tooFar(t):
		return fmt.Errorf("write to group %s: row at %d lies in the future; check the clock: %w", p.g.base, t, storage.ErrOutOfBounds)
	}
	p.in = input{t: t, values: row.Values}
	if s.given != nil && s.given.is(row.Present) {
		p.in.given = s.given
	} else {
		p.in.given = newPresence(row.Present)
	}
	limit := p.in.given.limit()
	if limit > len(row.Values) {
		return fmt.Errorf("write to group %s: column %d is present and has no value", p.g.base, limit-1)
	}
	for _, h := range row.Histograms {
		if (h.Int == nil) == (h.Float == nil) {
			return fmt.Errorf("write to group %s: histogram in column %d is not of one kind", p.g.base, h.Column)
		}
		if _, both := p.in.given.place(h.Column); both {
			return fmt.Errorf("write to group %s: column %d has a float and a histogram", p.g.base, h.Column)
		}
		hist := cells.Hist{Int: h.Int, Float: h.Float}
		if err := validate(hist); err != nil {
			return fmt.Errorf("write to group %s: histogram in column %d: %w", p.g.base, h.Column, err)
		}
		limit = max(limit, h.Column+1)
		p.in.hists = append(p.in.hists, histogramAt{h.Column, copyHist(hist)})
	}
	if limit > s.columns {
		return fmt.Errorf("write to group %s: column %d of %d", p.g.base, limit-1, s.columns)
	}
	slices.SortFunc(p.in.hists, func(x, y histogramAt) int { return x.column - y.column })
	for i := 1; i < len(p.in.hists); i++ {
		if p.in.hists[i].column == p.in.hists[i-1].column {
			return fmt.Errorf("write to group %s: two histograms in column %d", p.g.base, p.in.hists[i].column)
		}
	}
	return nil
}

// copyHist copies what the caller may change later.
func copyHist(h cells.Hist) cells.Hist {
	if h.Int != nil {
		return cells.Hist{Int: h.Int.Copy()}
	}
	return cells.Hist{Float: h.Float.Copy()}
}

func (w *batch) encode(p *plan) {
	s := &p.g.writer
	whole := s.gen != w.db.generation || s.open == 0
	w.records.begin()
	from := len(w.records.buf)
	p.from = len(w.enc.data)
	w.records.buf = w.enc.append(w.records.buf, p.g.id, &s.state, &p.in, whole, s.chain)
	p.to = len(w.enc.data)
	p.sum = crc32.Checksum(w.records.buf[from:], castagnoli)
}

// apply shows a row that is in the log to readers.
func (w *batch) apply(p *plan) {
	s := &p.g.writer
	s.defined, s.logged = true, s.columns
	s.gen, s.chain = w.db.generation, p.sum
	if s.open == 0 {
		s.openGen = s.gen
	}
	w.counts[kindFloat] += p.in.given.n
	for _, h := range p.in.hists {
		w.counts[kindOf(h.Hist)]++
	}
	p.g.push(s.advance(&p.in), w.enc.data[p.from:p.to])
	w.db.head.saw(p.in.t)
	if s.open >= s.limit {
		w.due = append(w.due, p.g)
	}
}
