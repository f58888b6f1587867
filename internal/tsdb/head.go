package tsdb

import (
	"math"
	"sync"
	"sync/atomic"

	"monopod/internal/tsdb/index"
)

// head is what is in no block yet: the groups with their open rows, and the
// directory of what was sealed of them.
type head struct {
	mu struct {
		sync.RWMutex
		groups map[index.GroupID]*group
	}

	// minTime and maxTime are of all rows since the store was opened, or that it
	// found; maxTime is below minTime where there are none.
	minTime, maxTime atomic.Int64
	// minValid: samples before it are out of bounds, since blocks cover that time.
	minValid atomic.Int64
}

func newHead() *head {
	h := &head{}
	h.mu.groups = map[index.GroupID]*group{}
	h.minTime.Store(math.MaxInt64)
	h.maxTime.Store(math.MinInt64)
	h.minValid.Store(math.MinInt64)
	return h
}

func (h *head) group(id index.GroupID) *group {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.mu.groups[id]
}

func (h *head) add(g *group) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.mu.groups[g.id] = g
}

func (h *head) remove(groups []*group) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, g := range groups {
		delete(h.mu.groups, g.id)
	}
}

// all returns the groups, in no order.
func (h *head) all() []*group {
	h.mu.RLock()
	defer h.mu.RUnlock()
	out := make([]*group, 0, len(h.mu.groups))
	for _, g := range h.mu.groups {
		out = append(out, g)
	}
	return out
}

// saw widens the time range.
func (h *head) saw(t int64) {
	for old := h.minTime.Load(); t < old && !h.minTime.CompareAndSwap(old, t); old = h.minTime.Load() {
	}
	for old := h.maxTime.Load(); t > old && !h.maxTime.CompareAndSwap(old, t); old = h.maxTime.Load() {
	}
}

// narrow finds the oldest time anew, after chunks went.
func (h *head) narrow(sets []*sampleSet) {
	mint := int64(math.MaxInt64)
	for _, g := range h.all() {
		if first, _, ok := g.bounds(); ok {
			mint = min(mint, first)
		}
	}
	for _, x := range sets {
		if first, _, ok := x.bounds(); ok {
			mint = min(mint, first)
		}
	}
	if mint == math.MaxInt64 {
		mint = h.maxTime.Load()
	}
	h.minTime.Store(mint)
}

// bounds is the time range of the head; ok is false where it is empty.
func (h *head) bounds() (mint, maxt int64, ok bool) {
	mint, maxt = h.minTime.Load(), h.maxTime.Load()
	return mint, maxt, mint <= maxt
}

// oldest is the timestamp before which samples are out of bounds: half a block
// behind the newest, so that a window can be made a block, and never in a block.
func (h *head) oldest(blockMillis int64) int64 {
	oldest := h.minValid.Load()
	if maxt := h.maxTime.Load(); maxt > math.MinInt64+blockMillis {
		oldest = max(oldest, maxt-blockMillis/2)
	}
	return oldest
}
