package tsdb

import (
	"fmt"
	"math/bits"
	"sync"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"

	"monopod/internal/storage"
	"monopod/internal/tsdb/index"
)

const (
	registryShards = 16
	registryLanes  = 32
	// setSeal is how many samples a series of a set has open for each row that a
	// group has: they are smaller, and their chunks hold less.
	setSeal = 4
)

// registry finds the stamped series of the head.
//
// A lane is held by whoever writes to one of its sets, or seals it. Sets with
// the same instance are in one lane, so that scrapes do not wait for each other.
// Lanes are taken in ascending order, after the writers of row groups.
type registry struct {
	shards [registryShards]struct {
		sync.RWMutex
		series map[uint64]*stamped // by the hash of the whole labels
	}
	// mu is held while sets and series are made and removed; shards are locked
	// under it.
	mu struct {
		sync.RWMutex
		sets  map[index.GroupID]*sampleSet
		bases map[uint64]*sampleSet // by the hash of the base
	}
	lanes [registryLanes]sync.Mutex
}

func newRegistry() *registry {
	r := &registry{}
	for i := range r.shards {
		r.shards[i].series = map[uint64]*stamped{}
	}
	r.mu.sets = map[index.GroupID]*sampleSet{}
	r.mu.bases = map[uint64]*sampleSet{}
	return r
}

// laneSet is lanes that are held together.
type laneSet uint32

func (r *registry) lock(l laneSet) {
	for ; l != 0; l &= l - 1 {
		r.lanes[bits.TrailingZeros32(uint32(l))].Lock()
	}
}

func (r *registry) unlock(l laneSet) {
	for ; l != 0; l &= l - 1 {
		r.lanes[bits.TrailingZeros32(uint32(l))].Unlock()
	}
}

func (r *registry) set(id index.GroupID) *sampleSet {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.mu.sets[id]
}

// all returns the sets, in no order.
func (r *registry) all() []*sampleSet {
	r.mu.RLock()
	defer r.mu.RUnlock()
	out := make([]*sampleSet, 0, len(r.mu.sets))
	for _, x := range r.mu.sets {
		out = append(out, x)
	}
	return out
}

// find returns the series with these labels, nil where there is none.
func (r *registry) find(hash uint64, ls labels.Labels) *stamped {
	sh := &r.shards[hash%registryShards]
	sh.RLock()
	s := sh.series[hash]
	for s != nil && !s.is(ls) {
		s = s.next
	}
	sh.RUnlock()
	return s
}

// addSetLocked makes a set that stands in the index; mu is locked.
func (r *registry) addSetLocked(id index.GroupID, k groupKind, base labels.Labels, sealRows int) *sampleSet {
	x := &sampleSet{id: id, kind: k, base: base}
	key := base.Hash()
	if instance := base.Get("instance"); instance != "" {
		key = labels.FromStrings("", instance).Hash()
	}
	x.lane = uint8(key % registryLanes)
	limit := setSeal * sealRows
	// Those that begin together are not sealed together.
	x.limit = uint32(limit - limit/2*int(uint32(id)*2654435761>>20)/4096)
	r.mu.sets[id] = x
	hash := base.Hash()
	x.next, r.mu.bases[hash] = r.mu.bases[hash], x
	return x
}

// addSeriesLocked makes the series of a column; mu is locked.
func (r *registry) addSeriesLocked(x *sampleSet, column int, metric labels.Labels) *stamped {
	s := &stamped{set: x, metric: metric, column: uint32(column)}
	x.mu.Lock()
	for len(x.mu.series) <= column {
		x.mu.series = append(x.mu.series, nil)
	}
	x.mu.series[column] = s
	x.mu.Unlock()
	return s
}

// publish makes a series found by its labels.
func (r *registry) publish(hash uint64, s *stamped) {
	sh := &r.shards[hash%registryShards]
	sh.Lock()
	s.next = sh.series[hash]
	sh.series[hash] = s
	sh.Unlock()
}

// removeLocked takes a set out; mu is locked.
func (r *registry) removeLocked(x *sampleSet) {
	delete(r.mu.sets, x.id)
	hash := x.base.Hash()
	var rest *sampleSet
	for o := r.mu.bases[hash]; o != nil; {
		after := o.next
		if o != x {
			o.next, rest = rest, o
		}
		o = after
	}
	if r.mu.bases[hash] = rest; rest == nil {
		delete(r.mu.bases, hash)
	}
	series, _ := x.snapshot()
	for _, s := range series {
		r.retract(s.SeriesLabels().Hash(), s)
	}
}

func (r *registry) retract(hash uint64, s *stamped) {
	sh := &r.shards[hash%registryShards]
	sh.Lock()
	defer sh.Unlock()
	var rest *stamped
	for o := sh.series[hash]; o != nil; {
		after := o.next
		if o != s {
			o.next, rest = rest, o
		}
		o = after
	}
	if sh.series[hash] = rest; rest == nil {
		delete(sh.series, hash)
	}
}

// splitStamped divides the labels of a series into those of its set and its own.
func splitStamped(ls labels.Labels) (base, metric labels.Labels) {
	var b, m labels.ScratchBuilder
	ls.Range(func(l labels.Label) {
		switch l.Name {
		case model.MetricNameLabel, labels.BucketLabel, "quantile":
			m.Add(l.Name, l.Value)
		default:
			b.Add(l.Name, l.Value)
		}
	})
	return b.Labels(), m.Labels()
}

// stampedSeries returns the series with these labels, and makes it where it is
// new.
func (db *DB) stampedSeries(ls labels.Labels) *stamped {
	hash := ls.Hash()
	r := db.registry
	if s := r.find(hash, ls); s != nil {
		return s
	}
	base, metric := splitStamped(ls)
	r.mu.Lock()
	defer r.mu.Unlock()
	if s := r.find(hash, ls); s != nil {
		return s
	}
	x := r.mu.bases[base.Hash()]
	for x != nil && (x.closed || x.kind != setGroup || !labels.Equal(x.base, base)) {
		x = x.next
	}
	if x == nil {
		x = r.addSetLocked(db.index.NewGroup(base), setGroup, base, db.o.SealRows)
	}
	column, metric := db.columnOf(x.id, metric)
	s := r.addSeriesLocked(x, column, metric)
	r.publish(hash, s)
	return s
}

// OpenSeries implements storage.Writer.
func (db *DB) OpenSeries(ls labels.Labels) (storage.Series, error) {
	if db.closed.Load() {
		return nil, fmt.Errorf("open series %s: %w", ls, storage.ErrClosed)
	}
	if ls.IsEmpty() {
		return nil, fmt.Errorf("open series: it has no labels: %w", storage.ErrOutOfBounds)
	}
	return db.stampedSeries(ls), nil
}

// takeDeadSets removes the sets without samples, and returns their ids and how
// many series they had.
func (db *DB) takeDeadSets() (ids []index.GroupID, series int) {
	r := db.registry
	for _, x := range r.all() {
		if !x.empty() {
			continue
		}
		r.mu.Lock()
		r.lanes[x.lane].Lock()
		// Who has a series of it at hand finds it removed, and makes another.
		if x.empty() {
			x.removed = true
			r.removeLocked(x)
			ids = append(ids, x.id)
			list, _ := x.snapshot()
			series += len(list)
		}
		r.lanes[x.lane].Unlock()
		r.mu.Unlock()
	}
	return ids, series
}
