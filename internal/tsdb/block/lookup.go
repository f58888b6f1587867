package block

import (
	"fmt"
	"maps"
	"slices"
	"sort"

	"github.com/prometheus/prometheus/model/labels"

	"monopod/internal/tsdb/cache"
	"monopod/internal/tsdb/column"
	"monopod/internal/tsdb/index"
	"monopod/internal/tsdb/wire"
)

// This file: Reader as an index.Source, and what stands behind its ids.

var _ index.Source = (*Reader)(nil)

type metricEntry struct {
	labels labels.Labels
	pages  location
}

// SegmentInfo is a segment of a group.
type SegmentInfo struct {
	Rows        int
	First, Last int64
	times       []byte // of version 1
	number      int    // of its timestamps
}

// GroupInfo is a group of the block. It must not be changed.
type GroupInfo struct {
	Base     labels.Labels
	Kind     byte
	Segments []SegmentInfo
	list     int
}

// postings is those of one label name.
type postings[T ~uint32] struct {
	values []string
	ids    [][]T
}

func (r *Reader) metric(id index.MetricID) (*metricEntry, error) {
	i := int(id)
	if i >= r.toc.metrics {
		return nil, fmt.Errorf("read block %s: metric %d of %d", r.dir, id, r.toc.metrics)
	}
	entries, err := section(r, r.toc.metricSections[i/SectionEntries], func(d *wire.Decoder) []metricEntry {
		n := min(SectionEntries, r.toc.metrics-i/SectionEntries*SectionEntries)
		out := make([]metricEntry, n)
		for i := range out {
			out[i] = metricEntry{d.Labels(), location{int(d.ID()), int(d.ID())}}
			if p := out[i].pages; p.n > 0 && p.first+p.n > len(r.toc.pages) {
				d.Fail("pages of a metric")
			}
		}
		return out
	})
	if err != nil {
		return nil, err
	}
	return &entries[i%SectionEntries], nil
}

// MetricLabels returns the labels of a metric.
func (r *Reader) MetricLabels(id index.MetricID) (labels.Labels, error) {
	m, err := r.metric(id)
	if err != nil {
		return labels.EmptyLabels(), err
	}
	return m.labels, nil
}

// Group returns a group.
func (r *Reader) Group(id index.GroupID) (*GroupInfo, error) {
	i := int(id)
	if i >= r.toc.groups {
		return nil, fmt.Errorf("read block %s: group %d of %d", r.dir, id, r.toc.groups)
	}
	entries, err := section(r, r.toc.groupSections[i/SectionEntries], func(d *wire.Decoder) []GroupInfo {
		out := make([]GroupInfo, min(SectionEntries, r.toc.groups-i/SectionEntries*SectionEntries))
		for i := range out {
			g := &out[i]
			g.Base, g.Kind, g.list = d.Labels(), d.Byte(), int(d.ID())
			if g.list >= r.toc.lists {
				d.Fail("list of a group")
			}
			g.Segments = make([]SegmentInfo, d.Count(4))
			for j := range g.Segments {
				s := &g.Segments[j]
				s.Rows, s.First = int(d.ID()), d.Varint()
				s.Last = s.First + int64(d.Uvarint())
				if r.version == '1' {
					s.times, s.number = d.Bytes(d.Count(1)), -1
				} else if s.number = int(d.ID()); s.number >= r.toc.times {
					d.Fail("times of a segment")
				}
				if s.Rows == 0 || s.Rows > MaxSegmentRows || s.Last < s.First || j > 0 && s.First <= g.Segments[j-1].Last {
					d.Fail("segment")
				}
			}
		}
		return out
	})
	if err != nil {
		return nil, err
	}
	return &entries[i%SectionEntries], nil
}

// Times returns the timestamps of a segment. They must not be changed.
func (r *Reader) Times(id index.GroupID, segment int) ([]int64, error) {
	g, err := r.Group(id)
	if err != nil {
		return nil, err
	}
	if segment >= len(g.Segments) {
		return nil, fmt.Errorf("read block %s: segment %d of %d", r.dir, segment, len(g.Segments))
	}
	return r.times(id, g, segment)
}

func (r *Reader) times(id index.GroupID, g *GroupInfo, segment int) ([]int64, error) {
	s := &g.Segments[segment]
	// Beside the sections, whose offsets are not negative.
	at := int64(id)<<24 | int64(segment)
	if r.version > '1' {
		// Segments of different lengths may have the same bytes: a regular interval has
		// no end.
		at = int64(s.number)<<24 | int64(s.Rows)
	}
	v, err := r.shared.cache.Get(cache.Key{File: r.index.id, Offset: -1 - at}, func() (any, int, error) {
		encoded := s.times
		if r.version > '1' {
			var err error
			if encoded, err = r.encodedTimes(s.number); err != nil {
				return nil, 0, err
			}
		}
		times, n, err := column.DecodeTimestamps(make([]int64, 0, s.Rows), encoded, s.Rows)
		if err != nil || n != len(encoded) || times[0] != s.First || times[len(times)-1] != s.Last || !slices.IsSorted(times) {
			return nil, 0, fmt.Errorf("read block %s: %w: timestamps of group %d: %v", r.dir, ErrCorrupt, id, err)
		}
		return times, 8 * len(times), nil
	})
	if err != nil {
		return nil, err
	}
	times := v.([]int64)
	if len(times) != s.Rows || times[0] != s.First || times[len(times)-1] != s.Last {
		return nil, fmt.Errorf("read block %s: %w: timestamps of group %d are those of others", r.dir, ErrCorrupt, id)
	}
	return times, nil
}

func (r *Reader) encodedTimes(i int) ([]byte, error) {
	entries, err := section(r, r.toc.timesSections[i/SectionEntries], func(d *wire.Decoder) [][]byte {
		out := make([][]byte, min(SectionEntries, r.toc.times-i/SectionEntries*SectionEntries))
		for i := range out {
			out[i] = d.Bytes(d.Count(1))
		}
		return out
	})
	if err != nil {
		return nil, err
	}
	return entries[i%SectionEntries], nil
}

// Shapes implements index.Source.
func (r *Reader) Shapes() ([]index.Shape, error) {
	return section(r, r.toc.shapes, func(d *wire.Decoder) []index.Shape {
		out := make([]index.Shape, d.Count(2))
		for i := range out {
			out[i].Names = make([]string, d.Count(1))
			for j := range out[i].Names {
				out[i].Names[j] = d.String()
			}
			out[i].Groups = ids[index.GroupID](d, r.toc.groups)
		}
		return out
	})
}

// Metrics implements index.Source.
func (r *Reader) Metrics() ([]index.MetricID, error) {
	out := make([]index.MetricID, r.toc.metrics)
	for i := range out {
		out[i] = index.MetricID(i)
	}
	return out, nil
}

func readPostings[T ~uint32](r *Reader, names map[string]reference, name string, limit int) (*postings[T], error) {
	ref, ok := names[name]
	if !ok {
		return &postings[T]{}, nil
	}
	return section(r, ref, func(d *wire.Decoder) *postings[T] {
		n := d.Count(2)
		p := &postings[T]{values: make([]string, n), ids: make([][]T, n)}
		for i := range n {
			p.values[i], p.ids[i] = d.String(), ids[T](d, limit)
			if i > 0 && p.values[i] <= p.values[i-1] {
				d.Fail("order of values")
			}
		}
		return p
	})
}

func (p *postings[T]) with(pick index.Pick) []T {
	var sets [][]T
	if pick.Values != nil {
		for _, v := range pick.Values {
			if i, ok := slices.BinarySearch(p.values, v); ok && (pick.Match == nil || pick.Match(v)) {
				sets = append(sets, p.ids[i])
			}
		}
		return index.Union(sets)
	}
	for i, v := range p.values {
		if pick.Match == nil || pick.Match(v) {
			sets = append(sets, p.ids[i])
		}
	}
	return index.Union(sets)
}

// MetricsWith implements index.Source.
func (r *Reader) MetricsWith(pick index.Pick) ([]index.MetricID, error) {
	p, err := readPostings[index.MetricID](r, r.toc.metricNames, pick.Name, r.toc.metrics)
	if err != nil {
		return nil, err
	}
	return p.with(pick), nil
}

// GroupsWith implements index.Source.
func (r *Reader) GroupsWith(pick index.Pick) ([]index.GroupID, error) {
	p, err := readPostings[index.GroupID](r, r.toc.groupNames, pick.Name, r.toc.groups)
	if err != nil {
		return nil, err
	}
	return p.with(pick), nil
}

// Columns implements index.Source.
func (r *Reader) Columns(id index.GroupID) (index.ListKey, bool, error) {
	g, err := r.Group(id)
	if err != nil {
		return index.ListKey{}, false, err
	}
	return index.ListKey{ID: uint32(g.list)}, true, nil
}

// Join implements index.Source. A column's number is the place of its metric in
// the list.
func (r *Reader) Join(key index.ListKey, set []index.MetricID, all bool) ([]index.Column, error) {
	list, err := r.list(int(key.ID))
	if err != nil {
		return nil, err
	}
	cols := make([]index.Column, len(list))
	for i, m := range list {
		cols[i] = index.Column{Column: uint32(i), Metric: m}
	}
	if all {
		return cols, nil
	}
	return index.Subset(cols, set), nil
}

func (r *Reader) list(i int) ([]index.MetricID, error) {
	lists, err := section(r, r.toc.listSections[i/SectionEntries], func(d *wire.Decoder) [][]index.MetricID {
		out := make([][]index.MetricID, min(SectionEntries, r.toc.lists-i/SectionEntries*SectionEntries))
		for i := range out {
			out[i] = ids[index.MetricID](d, r.toc.metrics)
		}
		return out
	})
	if err != nil {
		return nil, err
	}
	return lists[i%SectionEntries], nil
}

// GroupMetrics returns the metrics of a group, ascending.
func (r *Reader) GroupMetrics(id index.GroupID) ([]index.MetricID, error) {
	g, err := r.Group(id)
	if err != nil {
		return nil, err
	}
	return r.list(g.list)
}

// LabelNames returns all label names, sorted.
func (r *Reader) LabelNames() []string {
	names := slices.Collect(maps.Keys(r.toc.metricNames))
	names = slices.AppendSeq(names, maps.Keys(r.toc.groupNames))
	sort.Strings(names)
	return slices.Compact(names)
}

// LabelValues returns the values of a label, sorted.
func (r *Reader) LabelValues(name string) ([]string, error) {
	m, err := readPostings[index.MetricID](r, r.toc.metricNames, name, r.toc.metrics)
	if err != nil {
		return nil, err
	}
	g, err := readPostings[index.GroupID](r, r.toc.groupNames, name, r.toc.groups)
	if err != nil {
		return nil, err
	}
	values := slices.Concat(m.values, g.values)
	sort.Strings(values)
	return slices.Compact(values), nil
}
