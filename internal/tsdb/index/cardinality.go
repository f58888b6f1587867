package index

import (
	"cmp"
	"slices"
)

// Count is a name and how often it is there.
type Count struct {
	Name  string
	Value uint64
}

// Cardinality is what makes an index large: the top of each list, largest first.
type Cardinality struct {
	// LabelPairs is how many different ones there are.
	LabelPairs int
	// SeriesByValue counts the series of each value of the label asked for.
	SeriesByValue []Count
	// ValuesByName counts the values of each label.
	ValuesByName []Count
	// BytesByName adds up the lengths of the values over the series that have them.
	BytesByName []Count
	// SeriesByPair counts the series of each label pair, name=value.
	SeriesByPair []Count
}

// Cardinality counts by label; the lists have at most limit entries.
func (x *Memory) Cardinality(label string, limit int) Cardinality {
	x.mu.RLock()
	defer x.mu.RUnlock()
	perMetric := x.seriesPerMetricLocked()
	type pair struct{ name, value string }
	series := map[pair]uint64{}
	for name, values := range x.mu.metrics {
		for v, ids := range values {
			n := uint64(0)
			for _, id := range ids {
				n += perMetric[id]
			}
			series[pair{name, v}] += n
		}
	}
	for name, values := range x.mu.groups {
		for v, ids := range values {
			n := uint64(0)
			for _, id := range ids {
				n += uint64(x.mu.members[id].n)
			}
			series[pair{name, v}] += n
		}
	}
	byValue, byPair := top{limit: limit}, top{limit: limit}
	values, bytes := map[string]uint64{}, map[string]uint64{}
	for p, n := range series {
		if p.name == label {
			byValue.add(p.value, n)
		}
		byPair.add(p.name+"="+p.value, n)
		values[p.name]++
		bytes[p.name] += n * uint64(len(p.value))
	}
	return Cardinality{
		LabelPairs:    len(series),
		SeriesByValue: byValue.list(),
		ValuesByName:  topOf(values, limit),
		BytesByName:   topOf(bytes, limit),
		SeriesByPair:  byPair.list(),
	}
}

// seriesPerMetricLocked counts the groups that have each metric.
func (x *Memory) seriesPerMetricLocked() map[MetricID]uint64 {
	// ends[l][n] is how many groups have the first n columns of list l.
	ends := map[*list]map[uint32]uint64{}
	for _, mb := range x.mu.members {
		if mb.list == nil {
			continue
		}
		if ends[mb.list] == nil {
			ends[mb.list] = map[uint32]uint64{}
		}
		ends[mb.list][mb.n]++
	}
	out := make(map[MetricID]uint64, x.mu.defined)
	for l, byEnd := range ends {
		groups := uint64(0)
		for i := len(l.ids); i > 0; i-- {
			if groups += byEnd[uint32(i)]; groups > 0 {
				out[l.ids[i-1]] += groups
			}
		}
	}
	return out
}

// top keeps the largest counts.
type top struct {
	limit  int
	counts []Count
}

func compareCount(a, b Count) int {
	return cmp.Or(cmp.Compare(b.Value, a.Value), cmp.Compare(a.Name, b.Name))
}

func (t *top) add(name string, n uint64) {
	if t.limit <= 0 {
		return
	}
	t.counts = append(t.counts, Count{name, n})
	if len(t.counts) >= 4*t.limit+64 {
		t.shrink()
	}
}

func (t *top) shrink() {
	slices.SortFunc(t.counts, compareCount)
	t.counts = t.counts[:min(t.limit, len(t.counts))]
}

func (t *top) list() []Count {
	t.shrink()
	return t.counts
}

func topOf(counts map[string]uint64, limit int) []Count {
	t := top{limit: limit}
	for name, n := range counts {
		t.add(name, n)
	}
	return t.list()
}
