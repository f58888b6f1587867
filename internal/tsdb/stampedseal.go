package tsdb

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"sync"

	"monopod/internal/storage"
	"monopod/internal/tsdb/cells"
)

// maxLate is how many samples of a series are open out of order.
const maxLate = 32

// stampedSealer seals sets. It keeps its buffers from one to the next.
type stampedSealer struct {
	parts []sealPart
	free  []*cells.Samples
	enc   chunkEncoder
	out   []byte
	lens  []int
}

// sealPart is what a series has for one window, to be sealed.
type sealPart struct {
	window  int64
	column  int
	samples *cells.Samples
}

var sealers = sync.Pool{New: func() any { return new(stampedSealer) }}

// sealSetDue seals a set of which a series has its number of samples, with the
// series that have a good part of it: those with few would make small chunks.
func (db *DB) sealSetDue(x *sampleSet) {
	db.registry.lanes[x.lane].Lock()
	defer db.registry.lanes[x.lane].Unlock()
	x.due = false
	few := x.limit / 4
	err := db.sealSet(x, func(s *stamped) bool { return s.n > few || len(s.late()) >= maxLate/2 })
	db.health.report(&db.health.seal, err)
}

// sealSet seals what is open of some series of a set, whose lane is locked. The
// samples are safe in the log whatever comes of it.
func (db *DB) sealSet(x *sampleSet, which func(*stamped) bool) error {
	all, _ := x.snapshot()
	var series []*stamped
	for _, s := range all {
		if s != nil && !s.idle() && which(s) {
			series = append(series, s)
		}
	}
	if len(series) == 0 {
		return nil
	}
	// A chunk names its group and columns by id: they must outlive the log.
	if err := db.catalog.flush(); err != nil {
		return err
	}
	e := sealers.Get().(*stampedSealer)
	defer sealers.Put(e)
	var made []setChunk
	for _, late := range []bool{false, true} {
		for _, s := range series {
			e.take(s, late, db.blockMillis)
		}
		chunks, err := e.write(db, x)
		if err != nil {
			return fmt.Errorf("seal series %s: %w", x.base, err)
		}
		made = append(made, chunks...)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, c := range made {
		x.insertLocked(c)
	}
	for _, s := range series {
		s.n, s.open = 0, nil
		if s.beside != nil {
			s.beside.hists, s.beside.late = nil, nil
		}
	}
	return nil
}

// take adds the parts of a series.
func (e *stampedSealer) take(s *stamped, late bool, blockMillis int64) {
	var all cells.Samples
	if n := len(e.free); n > 0 {
		all, e.free = *e.free[n-1], e.free[:n-1]
	}
	if late {
		lateSamples(&all, s.late(), math.MinInt64, math.MaxInt64)
	} else {
		p := s.part()
		p.samples(&all, math.MinInt64, math.MaxInt64)
	}
	n := all.Len()
	for from := 0; from < n; {
		w := windowOf(all.T[from], blockMillis)
		to := from + 1
		for to < n && windowOf(all.T[to], blockMillis) == w {
			to++
		}
		part := &all
		if from > 0 || to < n {
			part = &cells.Samples{}
			part.AppendFrom(&all, from, to)
		}
		e.parts = append(e.parts, sealPart{window: w, column: int(s.column), samples: part})
		from = to
	}
}

// write makes chunks of the parts: one of all that have the same timestamps.
// Those of a window are written at once.
func (e *stampedSealer) write(db *DB, x *sampleSet) (made []setChunk, err error) {
	defer func() {
		for i := range e.parts {
			p := e.parts[i].samples
			p.Reset()
			if len(e.free) < 1024 && cap(p.T) <= 1024 {
				e.free = append(e.free, p)
			}
		}
		clear(e.parts)
		e.parts = e.parts[:0]
	}()
	slices.SortStableFunc(e.parts, func(a, b sealPart) int {
		return cmp.Or(cmp.Compare(a.window, b.window), slices.Compare(a.samples.T, b.samples.T), cmp.Compare(a.column, b.column))
	})
	for from := 0; from < len(e.parts); {
		window := e.parts[from].window
		first := len(made)
		e.out, e.lens = e.out[:0], e.lens[:0]
		for from < len(e.parts) && e.parts[from].window == window {
			to := from + 1
			for to < len(e.parts) && e.parts[to].window == window && slices.Equal(e.parts[to].samples.T, e.parts[from].samples.T) {
				to++
			}
			c, err := e.chunk(x, e.parts[from:to])
			if err != nil {
				return nil, err
			}
			made = append(made, c)
			from = to
		}
		f, offset, err := db.windows.append(window, e.out)
		if err != nil {
			return nil, refusal(err)
		}
		for i := range made[first:] {
			c := &made[first+i]
			c.file, c.offset = f, offset
			offset += int64(c.size)
		}
		db.metrics.chunks.Add(float64(len(made) - first))
		db.metrics.sealedBytes.Add(float64(len(e.out)))
	}
	return made, nil
}

// chunk encodes parts with equal timestamps behind out.
func (e *stampedSealer) chunk(x *sampleSet, parts []sealPart) (setChunk, error) {
	var columns storage.Bitmap
	for i := range parts {
		columns = columns.Grow(parts[i].column + 1)
		columns.Set(parts[i].column)
	}
	at := 0
	times := parts[0].samples.T
	b, err := e.enc.encodeColumns(x.id, times, columns, func(int) {
		e.enc.samples.Reset()
		e.enc.samples.AppendFrom(parts[at].samples, 0, len(times))
		at++
	})
	if err != nil {
		return setChunk{}, err
	}
	e.out = append(e.out, b...)
	return setChunk{
		chunkRef: chunkRef{size: int32(len(b)), rows: int32(len(times)), first: times[0], last: times[len(times)-1]},
		columns:  newPresence(columns),
	}, nil
}

// restoreLast finds the last sample of a series whose samples were found sealed.
// Where its chunk cannot be read, only the time is known. The lane is locked.
func (db *DB) restoreLast(s *stamped) {
	v := s.view()
	var at *setChunk
	for i := range v.chunks {
		c := &v.chunks[i]
		if _, ok := c.columns.place(int(s.column)); ok && (at == nil || c.last > at.last) {
			at = c
		}
	}
	if at == nil {
		return
	}
	last := lastSample{has: true, t: at.last}
	var buf cells.Samples
	if at.samples(db.cache, &buf, int(s.column)) == nil {
		if n := buf.Len() - 1; n >= 0 && buf.T[n] == at.last {
			last.known, last.v = true, buf.V[n]
			if buf.Kinds != nil {
				last.hist = buf.H[n]
			}
		}
	}
	s.set.mu.Lock()
	s.take(last)
	s.set.mu.Unlock()
}

// sealOld tells whether a set has something open of before a generation of the
// log, and seals it where it must.
func (db *DB) sealOld(x *sampleSet, generation uint64, force bool) (old bool, err error) {
	db.registry.lanes[x.lane].Lock()
	defer db.registry.lanes[x.lane].Unlock()
	isOld := func(s *stamped) bool { return !s.idle() && s.gen < uint32(generation) }
	series, _ := x.snapshot()
	old = slices.ContainsFunc(series, isOld)
	if old && force {
		err = db.sealSet(x, isOld)
	}
	return old, err
}

// sealBefore seals what is open of a set where any of it is before end.
func (db *DB) sealBefore(x *sampleSet, end int64) error {
	db.registry.lanes[x.lane].Lock()
	defer db.registry.lanes[x.lane].Unlock()
	return db.sealSet(x, func(s *stamped) bool {
		mint, _, ok := s.bounds()
		return ok && mint < end
	})
}
