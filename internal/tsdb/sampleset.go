package tsdb

import (
	"math"
	"slices"
	"sync"

	"github.com/prometheus/prometheus/model/labels"

	"monopod/internal/tsdb/index"
)

// sampleSet is the stamped series whose labels differ in the metric's name, and
// in le and quantile, alone: what one exporter says of one thing. Their samples
// mostly have the same timestamps, so that they are sealed together, and share
// chunks. In the index it is a group, and each series a column.
type sampleSet struct {
	id     index.GroupID
	kind   groupKind
	lane   uint8 // of registry.lanes
	closed bool  // by damage: takes no new series
	base   labels.Labels
	next   *sampleSet // another one with the same hash of the base; guarded by registry.mu
	limit  uint32     // open samples of a series at which the set is sealed

	// Guarded by the lane.
	defined bool   // the log has the set
	removed bool   // from the registry
	due     bool   // is in the list of a batch under way
	logged  uint32 // columns that the log has
	seen    int    // columns that records and chunks have

	// mu guards what readers see.
	mu struct {
		sync.RWMutex
		series []*stamped // by column
		chunks []setChunk // by first timestamp; they overlap where samples were late
	}
}

// setChunk is a chunk of a set. Each of its columns has a sample in all of its
// rows.
type setChunk struct {
	chunkRef
	columns *presence
}

// view is what readers see of a series at this moment.
type stampedView struct {
	chunks []setChunk // of the set
	open   openSamples
	last   int64 // of open
	late   []lateEntry
}

func (s *stamped) view() stampedView {
	x := s.set
	x.mu.RLock()
	defer x.mu.RUnlock()
	return stampedView{chunks: x.mu.chunks, open: s.part(), last: s.lastT, late: s.late()}
}

// at returns the series of a column, nil where there is none.
func (x *sampleSet) at(c uint32) *stamped {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if int(c) >= len(x.mu.series) {
		return nil
	}
	return x.mu.series[c]
}

// columns returns the series by column, and the chunks.
func (x *sampleSet) snapshot() (series []*stamped, chunks []setChunk) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.mu.series, x.mu.chunks
}

// bounds is the time range of all samples; ok is false where there are none.
func (x *sampleSet) bounds() (mint, maxt int64, ok bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	mint, maxt = math.MaxInt64, math.MinInt64
	for i := range x.mu.chunks {
		mint, maxt = min(mint, x.mu.chunks[i].first), max(maxt, x.mu.chunks[i].last)
	}
	for _, s := range x.mu.series {
		if first, last, ok := s.bounds(); ok {
			mint, maxt = min(mint, first), max(maxt, last)
		}
	}
	return mint, maxt, mint <= maxt
}

// empty: it has no sample, and can go. The lane is locked.
func (x *sampleSet) empty() bool {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return len(x.mu.chunks) == 0 && !slices.ContainsFunc(x.mu.series, func(s *stamped) bool { return !s.idle() })
}

// openSamples is how many samples are in memory only, and in the log.
func (x *sampleSet) openCount() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	n := 0
	for _, s := range x.mu.series {
		n += int(s.n) + len(s.late())
	}
	return n
}

// insert shows chunks to readers; the old slice does not change. mu is locked.
func (x *sampleSet) insertLocked(c setChunk) {
	list := x.mu.chunks
	at := len(list)
	for at > 0 && list[at-1].first > c.first {
		at--
	}
	// Chunks of equal columns share their presence.
	for i := len(list) - 1; i >= 0 && i >= len(list)-4; i-- {
		if list[i].columns.is(c.columns.bits) {
			c.columns = list[i].columns
			break
		}
	}
	if at == len(list) {
		x.mu.chunks = append(list, c)
		return
	}
	x.mu.chunks = slices.Insert(slices.Clone(list), at, c)
}

// dropChunks takes chunks out; it returns how many.
func (x *sampleSet) dropChunks(gone func(*chunkRef) bool) int {
	x.mu.Lock()
	defer x.mu.Unlock()
	n := 0
	for i := range x.mu.chunks {
		if gone(&x.mu.chunks[i].chunkRef) {
			n++
		}
	}
	if n > 0 {
		var rest []setChunk
		for i := range x.mu.chunks {
			if !gone(&x.mu.chunks[i].chunkRef) {
				rest = append(rest, x.mu.chunks[i])
			}
		}
		x.mu.chunks = rest
	}
	return n
}
