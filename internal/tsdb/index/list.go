package index

import (
	"cmp"
	"slices"
)

// list is a column list that grows at its end. Groups hold a prefix of it, so
// that equal groups share one list although each adds its columns one by one:
// a group whose next column is the one that stands there already only moves on;
// one that differs takes a copy of its prefix (see Memory.AddColumn).
//
// Guarded by Memory.mu; ids[:n] of a column list never changes.
type list struct {
	id    uint32
	ids   []MetricID
	users int

	// ascending: ids is its own sorted form. Otherwise sorted holds the columns of
	// ids[:len(sorted)] in the order of their metrics, and recent those beyond.
	ascending bool
	sorted    []Column
	recent    map[MetricID]uint32
}

func newList(id uint32, ids []MetricID) *list {
	l := &list{id: id, ascending: true}
	for _, m := range ids {
		l.append(m)
	}
	return l
}

func (l *list) append(m MetricID) {
	if n := len(l.ids); l.ascending && n > 0 && l.ids[n-1] >= m {
		l.ascending = false
		l.sorted = columnsOf(l.ids)
		l.recent = map[MetricID]uint32{}
	}
	if !l.ascending {
		l.recent[m] = uint32(len(l.ids))
	}
	l.ids = append(l.ids, m)
	if !l.ascending && len(l.recent) > 64+len(l.sorted)/4 {
		l.sort()
	}
}

// sort folds recent into sorted, in a new slice.
func (l *list) sort() {
	l.sorted = columnsOf(l.ids)
	slices.SortFunc(l.sorted, func(a, b Column) int { return cmp.Compare(a.Metric, b.Metric) })
	l.recent = map[MetricID]uint32{}
}

// cut drops the columns from n on, which no group has any more.
func (l *list) cut(n int) {
	if n == len(l.ids) {
		return
	}
	// Clipped, so that what is appended leaves alone what others still read.
	l.ids = slices.Clip(l.ids[:n])
	if !l.ascending {
		l.sort()
	}
}

func columnsOf(ids []MetricID) []Column {
	cols := make([]Column, len(ids))
	for i, m := range ids {
		cols[i] = Column{uint32(i), m}
	}
	return cols
}

// find returns the column of a metric among the first n.
func (l *list) find(m MetricID, n int) (col int, ok bool) {
	if l.ascending {
		return slices.BinarySearch(l.ids[:n], m)
	}
	if c, ok := l.recent[m]; ok {
		return int(c), int(c) < n
	}
	i, ok := slices.BinarySearchFunc(l.sorted, m, compareColumn)
	if !ok {
		return 0, false
	}
	c := int(l.sorted[i].Column)
	return c, c < n
}

// join returns the columns among the first n whose metric is in the set,
// ascending by metric.
func (l *list) join(n int, set []MetricID, all bool) []Column {
	switch {
	case all && l.ascending:
		return columnsOf(l.ids[:n])
	case all:
		cols := columnsOf(l.ids[:n])
		slices.SortFunc(cols, func(a, b Column) int { return cmp.Compare(a.Metric, b.Metric) })
		return cols
	case len(set) < n/8 || !l.ascending:
		var out []Column
		for _, m := range set {
			if c, ok := l.find(m, n); ok {
				out = append(out, Column{uint32(c), m})
			}
		}
		return out
	}
	var out []Column
	for c, m := range l.ids[:n] {
		set = set[gallop(set, m):]
		if len(set) == 0 {
			break
		}
		if set[0] == m {
			out = append(out, Column{uint32(c), m})
			set = set[1:]
		}
	}
	return out
}

// candidates bounds the search for a list to share.
const candidates = 8

// shareLocked returns the list in which the columns of mb are followed by m.
func (x *Memory) shareLocked(mb member, m MetricID) *list {
	n := int(mb.n)
	if l := mb.list; l != nil {
		if len(l.ids) > n && l.ids[n] == m {
			return l
		}
		if len(l.ids) == n {
			l.append(m)
			return l
		}
	}
	first := m
	var prefix []MetricID
	if n > 0 {
		prefix = mb.list.ids[:n]
		first = prefix[0]
	}
	for i, l := range x.mu.byFirst[first] {
		if i == candidates {
			break
		}
		if len(l.ids) > n && l.ids[n] == m && slices.Equal(l.ids[:n], prefix) {
			return l
		}
	}
	x.mu.nextList++
	l := newList(x.mu.nextList, append(slices.Clone(prefix), m))
	x.mu.lists[l.id] = l
	x.mu.byFirst[first] = append(x.mu.byFirst[first], l)
	return l
}

func (x *Memory) unuseLocked(l *list) {
	if l == nil {
		return
	}
	if l.users--; l.users > 0 {
		return
	}
	delete(x.mu.lists, l.id)
	first := l.ids[0]
	rest := slices.DeleteFunc(slices.Clone(x.mu.byFirst[first]), func(o *list) bool { return o == l })
	if len(rest) == 0 {
		delete(x.mu.byFirst, first)
	} else {
		x.mu.byFirst[first] = rest
	}
}
