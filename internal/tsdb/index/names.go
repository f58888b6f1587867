package index

import (
	"maps"
	"slices"

	"github.com/prometheus/prometheus/model/labels"
)

// This file: Memory as a Source, and what it tells about labels.

// Shapes implements Source.
func (x *Memory) Shapes() ([]Shape, error) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	out := make([]Shape, len(x.mu.shapes))
	for i, s := range x.mu.shapes {
		out[i] = *s
	}
	return out, nil
}

// Metrics implements Source.
func (x *Memory) Metrics() ([]MetricID, error) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	var out []MetricID
	x.mu.dictionary.each(func(id uint32, _ *metric) { out = append(out, MetricID(id)) })
	return out, nil
}

// MetricsWith implements Source.
func (x *Memory) MetricsWith(p Pick) ([]MetricID, error) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.mu.metrics.with(p), nil
}

// GroupsWith implements Source.
func (x *Memory) GroupsWith(p Pick) ([]GroupID, error) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.mu.groups.with(p), nil
}

// Columns implements Source.
func (x *Memory) Columns(g GroupID) (ListKey, bool, error) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	mb, ok := x.mu.members[g]
	if !ok || mb.list == nil {
		return ListKey{}, false, nil
	}
	return ListKey{ID: mb.list.id, N: mb.n}, true, nil
}

// Join implements Source.
func (x *Memory) Join(key ListKey, set []MetricID, all bool) ([]Column, error) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	l := x.mu.lists[key.ID]
	if l == nil { // its groups were removed since Columns
		return nil, nil
	}
	return l.join(int(key.N), set, all), nil
}

// LabelNames returns all label names, sorted.
func (x *Memory) LabelNames() []string {
	x.mu.RLock()
	defer x.mu.RUnlock()
	names := slices.Collect(maps.Keys(x.mu.metrics))
	names = slices.AppendSeq(names, maps.Keys(x.mu.groups))
	slices.Sort(names)
	return slices.Compact(names)
}

// LabelValues returns the values of a label, sorted.
func (x *Memory) LabelValues(name string) []string {
	x.mu.RLock()
	defer x.mu.RUnlock()
	values := slices.Collect(maps.Keys(x.mu.metrics[name]))
	values = slices.AppendSeq(values, maps.Keys(x.mu.groups[name]))
	slices.Sort(values)
	return slices.Compact(values)
}

// Sizes is how much an index holds.
type Sizes struct {
	Metrics, Groups, Series, Lists int
	// LabelBytes is the bytes of all label sets.
	LabelBytes int64
}

// Sizes returns how much the index holds.
func (x *Memory) Sizes() Sizes {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return Sizes{
		Metrics: x.mu.defined, Groups: len(x.mu.members), Series: x.mu.series, Lists: len(x.mu.lists),
		LabelBytes: x.mu.symbolBytes,
	}
}

// Series returns the labels of a series: base and metric, which share no name.
func Series(b *labels.ScratchBuilder, base, metric labels.Labels) labels.Labels {
	switch {
	case metric.IsEmpty():
		return base
	case base.IsEmpty():
		return metric
	}
	b.Reset()
	base.Range(func(l labels.Label) { b.Add(l.Name, l.Value) })
	metric.Range(func(l labels.Label) { b.Add(l.Name, l.Value) })
	b.Sort()
	return b.Labels()
}
