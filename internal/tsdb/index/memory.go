package index

import (
	"maps"
	"slices"
	"sync"

	"github.com/prometheus/prometheus/model/labels"
)

// Memory is the index of the head: the metric dictionary of the process, the
// groups, and who has which column. All methods may be called from many
// goroutines.
type Memory struct {
	mu struct {
		sync.RWMutex
		metrics         side[MetricID]
		groups          side[GroupID]
		dictionary      table[metric]
		byHash          map[uint64]MetricID
		members         map[GroupID]member
		shapes          []*Shape
		byNames         map[string]*Shape
		lists           map[uint32]*list
		byFirst         map[MetricID][]*list
		nextMetric      MetricID
		nextGroup       GroupID
		nextList        uint32
		symbolBytes     int64
		series, defined int // columns of all groups; metrics
	}
}

type metric struct {
	labels labels.Labels
	next   MetricID // another one with the same hash; 0 ends
}

type member struct {
	base labels.Labels
	list *list // nil: no columns
	n    uint32
}

// NewMemory returns an empty index.
func NewMemory() *Memory {
	x := &Memory{}
	x.mu.metrics = side[MetricID]{}
	x.mu.groups = side[GroupID]{}
	x.mu.byHash = map[uint64]MetricID{}
	x.mu.members = map[GroupID]member{}
	x.mu.byNames = map[string]*Shape{}
	x.mu.lists = map[uint32]*list{}
	x.mu.byFirst = map[MetricID][]*list{}
	x.mu.nextMetric, x.mu.nextGroup = 1, 1
	return x
}

// side is the posting lists of metrics or of groups: name, value, ids.
type side[T ~uint32] map[string]map[string][]T

func (s side[T]) add(ls labels.Labels, id T) {
	ls.Range(func(l labels.Label) {
		values := s[l.Name]
		if values == nil {
			values = map[string][]T{}
			s[l.Name] = values
		}
		values[l.Value] = insert(values[l.Value], id)
	})
}

func (s side[T]) remove(ls labels.Labels, id T) {
	ls.Range(func(l labels.Label) {
		values := s[l.Name]
		if rest := remove(values[l.Value], id); len(rest) > 0 {
			values[l.Value] = rest
			return
		}
		delete(values, l.Value)
		if len(values) == 0 {
			delete(s, l.Name)
		}
	})
}

func (s side[T]) with(p Pick) []T {
	values := s[p.Name]
	var sets [][]T
	if p.Values != nil {
		for _, v := range p.Values {
			if ids := values[v]; len(ids) > 0 && (p.Match == nil || p.Match(v)) {
				sets = append(sets, ids)
			}
		}
		return Union(sets)
	}
	for v, ids := range values {
		if p.Match == nil || p.Match(v) {
			sets = append(sets, ids)
		}
	}
	return Union(sets)
}

// Last returns the highest ids that were given out.
func (x *Memory) Last() (MetricID, GroupID) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.mu.nextMetric - 1, x.mu.nextGroup - 1
}

// Added is what Column made.
type Added struct{ Column, Metric bool }

// Column returns the column of a metric in a group, and makes metric and column
// where they are new.
func (x *Memory) Column(g GroupID, ls labels.Labels) (col int, id MetricID, added Added) {
	hash := ls.Hash()
	x.mu.RLock()
	id, found := x.lookupLocked(hash, ls)
	if mb := x.mu.members[g]; found && mb.list != nil {
		col, found = mb.list.find(id, int(mb.n))
	} else {
		found = false
	}
	x.mu.RUnlock()
	if found {
		return col, id, added
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if id, found = x.lookupLocked(hash, ls); !found {
		id, added.Metric = x.mu.nextMetric, true
		x.defineLocked(id, hash, ls.Copy())
	}
	added.Column = true
	return x.addColumnLocked(g, id), id, added
}

func (x *Memory) lookupLocked(hash uint64, ls labels.Labels) (MetricID, bool) {
	for id := x.mu.byHash[hash]; id != 0; {
		m := x.mu.dictionary.at(uint32(id))
		if labels.Equal(m.labels, ls) {
			return id, true
		}
		id = m.next
	}
	return 0, false
}

func (x *Memory) defineLocked(id MetricID, hash uint64, ls labels.Labels) {
	x.mu.dictionary.set(uint32(id), metric{labels: ls, next: x.mu.byHash[hash]})
	x.mu.byHash[hash] = id
	x.mu.metrics.add(ls, id)
	x.mu.nextMetric = max(x.mu.nextMetric, id+1)
	x.mu.symbolBytes += int64(ls.ByteSize())
	x.mu.defined++
}

// DefineMetric gives a metric the id that it has in a log. It reports false
// where the id or the metric is taken by another.
func (x *Memory) DefineMetric(id MetricID, ls labels.Labels) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	if m := x.mu.dictionary.at(uint32(id)); m != nil {
		return labels.Equal(m.labels, ls)
	}
	hash := ls.Hash()
	if _, taken := x.lookupLocked(hash, ls); taken || id == 0 {
		return false
	}
	x.defineLocked(id, hash, ls)
	return true
}

// Metric returns the id of the metric with these labels.
func (x *Memory) Metric(ls labels.Labels) (id MetricID, ok bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.lookupLocked(ls.Hash(), ls)
}

// MetricLabels returns the labels of a metric; ok is false where it is unknown.
func (x *Memory) MetricLabels(id MetricID) (ls labels.Labels, ok bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	m := x.mu.dictionary.at(uint32(id))
	if m == nil {
		return labels.Labels{}, false
	}
	return m.labels, true
}

// NewGroup makes a group without columns.
func (x *Memory) NewGroup(base labels.Labels) GroupID {
	x.mu.Lock()
	defer x.mu.Unlock()
	id := x.mu.nextGroup
	x.groupLocked(id, base)
	return id
}

// DefineGroup makes a group with the id that it has in a log. It reports false
// where the id is taken.
func (x *Memory) DefineGroup(id GroupID, base labels.Labels) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	if _, taken := x.mu.members[id]; taken || id == 0 {
		return false
	}
	x.groupLocked(id, base)
	return true
}

func (x *Memory) groupLocked(id GroupID, base labels.Labels) {
	x.mu.members[id] = member{base: base}
	x.mu.groups.add(base, id)
	x.mu.nextGroup = max(x.mu.nextGroup, id+1)
	x.mu.symbolBytes += int64(base.ByteSize())
	shape := x.shapeLocked(base)
	shape.Groups = insert(shape.Groups, id)
}

func (x *Memory) shapeLocked(base labels.Labels) *Shape {
	var key []byte
	base.Range(func(l labels.Label) {
		key = append(key, l.Name...)
		key = append(key, 0xff)
	})
	if s := x.mu.byNames[string(key)]; s != nil {
		return s
	}
	s := &Shape{}
	base.Range(func(l labels.Label) { s.Names = append(s.Names, l.Name) })
	x.mu.byNames[string(key)] = s
	x.mu.shapes = append(x.mu.shapes, s)
	return s
}

// Reserve keeps ids up to these from being given out.
func (x *Memory) Reserve(m MetricID, g GroupID) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.mu.nextMetric = max(x.mu.nextMetric, m+1)
	x.mu.nextGroup = max(x.mu.nextGroup, g+1)
}

// AddColumn appends a metric to the columns of a group as a log tells it. It
// reports false where either is unknown.
func (x *Memory) AddColumn(g GroupID, m MetricID) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	if _, ok := x.mu.members[g]; !ok || x.mu.dictionary.at(uint32(m)) == nil {
		return false
	}
	x.addColumnLocked(g, m)
	return true
}

// addColumnLocked is called by one goroutine at a time for a group.
func (x *Memory) addColumnLocked(g GroupID, m MetricID) (col int) {
	mb := x.mu.members[g]
	n := int(mb.n)
	if next := x.shareLocked(mb, m); next != mb.list {
		x.unuseLocked(mb.list)
		mb.list = next
		next.users++
	}
	mb.n++
	x.mu.series++
	x.mu.members[g] = mb
	return n
}

// Group returns the base of a group and its metrics by column.
func (x *Memory) Group(g GroupID) (base labels.Labels, metrics []MetricID, ok bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	mb, ok := x.mu.members[g]
	if mb.list != nil {
		metrics = mb.list.ids[:mb.n:mb.n]
	}
	return mb.base, metrics, ok
}

// GroupsEqual returns the groups whose base is exactly this one, ascending.
func (x *Memory) GroupsEqual(base labels.Labels) []GroupID {
	x.mu.RLock()
	defer x.mu.RUnlock()
	shape := x.shapeOf(base)
	if shape == nil {
		return nil
	}
	groups := shape.Groups
	base.Range(func(l labels.Label) {
		if len(groups) > 0 {
			groups = intersect(groups, x.mu.groups[l.Name][l.Value])
		}
	})
	return groups
}

func (x *Memory) shapeOf(base labels.Labels) *Shape {
	var key []byte
	base.Range(func(l labels.Label) {
		key = append(key, l.Name...)
		key = append(key, 0xff)
	})
	return x.mu.byNames[string(key)]
}

// Remove drops groups, and the metrics that no group names any more. It returns
// those metrics.
func (x *Memory) Remove(groups []GroupID) []MetricID {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, g := range groups {
		mb, ok := x.mu.members[g]
		if !ok {
			continue
		}
		x.unuseLocked(mb.list)
		x.mu.series -= int(mb.n)
		x.mu.groups.remove(mb.base, g)
		x.mu.symbolBytes -= int64(mb.base.ByteSize())
		shape := x.shapeOf(mb.base)
		shape.Groups = remove(shape.Groups, g)
		delete(x.mu.members, g)
	}
	x.mu.shapes = slices.DeleteFunc(slices.Clone(x.mu.shapes), func(s *Shape) bool { return len(s.Groups) == 0 })
	maps.DeleteFunc(x.mu.byNames, func(_ string, s *Shape) bool { return len(s.Groups) == 0 })
	return x.sweepLocked()
}

func (x *Memory) sweepLocked() []MetricID {
	needed := make(map[*list]int, len(x.mu.lists))
	for _, mb := range x.mu.members {
		if mb.list != nil {
			needed[mb.list] = max(needed[mb.list], int(mb.n))
		}
	}
	named := map[MetricID]struct{}{}
	for l, n := range needed {
		l.cut(n)
		for _, m := range l.ids {
			named[m] = struct{}{}
		}
	}
	var dead []MetricID
	x.mu.dictionary.each(func(id uint32, _ *metric) {
		if _, ok := named[MetricID(id)]; !ok {
			dead = append(dead, MetricID(id))
		}
	})
	for _, id := range dead {
		x.forgetLocked(id)
	}
	return dead
}

func (x *Memory) forgetLocked(id MetricID) {
	m := *x.mu.dictionary.at(uint32(id))
	x.mu.metrics.remove(m.labels, id)
	x.mu.symbolBytes -= int64(m.labels.ByteSize())
	hash := m.labels.Hash()
	if first := x.mu.byHash[hash]; first != id {
		for prev := x.mu.dictionary.at(uint32(first)); ; prev = x.mu.dictionary.at(uint32(prev.next)) {
			if prev.next == id {
				prev.next = m.next
				break
			}
		}
	} else if m.next != 0 {
		x.mu.byHash[hash] = m.next
	} else {
		delete(x.mu.byHash, hash)
	}
	x.mu.dictionary.clear(uint32(id))
	x.mu.defined--
}
