// Package index finds series by their labels.
//
// A series is a group's metric (see package storage), so the index has two
// sides, and each is small: one of metrics, one of groups. Its cost grows with
// the number of targets and of distinct metrics, not with the number of series.
//
// The nouns:
//
//   - A posting list is the ascending ids of the metrics (or groups) that carry
//     one label pair.
//   - A shape is a set of label names; groups whose bases have the same names
//     are of one shape, and a set of matchers falls apart in the same way for all
//     of them: a matcher on a name of the shape is decided by the base, every
//     other one by the metric, where an absent label is "".
//   - A column list is the metrics of a group in the order of its columns. Groups
//     with equal columns share one list.
//   - A hit is a group and those of its columns that a set of matchers selects.
//
// Select works on a Source, of which there are two: Memory, which grows while
// samples come in, and the index file of a block.
package index

import (
	"slices"

	"github.com/prometheus/prometheus/model/labels"
)

// MetricID names a metric within one source.
type MetricID uint32

// GroupID names a group within one source.
type GroupID uint32

// ListKey names a column list, or the first N columns of one that grows. Equal
// keys are equal columns.
type ListKey struct{ ID, N uint32 }

// Column is a column of a group and the metric that stands in it.
type Column struct {
	Column uint32
	Metric MetricID
}

// Shape is the groups whose bases have the same label names.
type Shape struct {
	Names  []string  // ascending
	Groups []GroupID // ascending
}

// Has tells whether the bases have this label.
func (s *Shape) Has(name string) bool {
	_, ok := slices.BinarySearch(s.Names, name)
	return ok
}

// Source is one index. What it returns must not be changed, and stays as it is
// when the index grows.
type Source interface {
	Shapes() ([]Shape, error)
	// Metrics is all metrics, ascending.
	Metrics() ([]MetricID, error)
	// MetricsWith is the metrics that have a label whose value is picked, ascending.
	MetricsWith(p Pick) ([]MetricID, error)
	// GroupsWith is the groups whose base has a label whose value is picked, ascending.
	GroupsWith(p Pick) ([]GroupID, error)
	// Columns names the columns of a group; ok is false where the group is gone.
	Columns(g GroupID) (key ListKey, ok bool, err error)
	// Join is the columns of a list whose metrics are in the set, which is
	// ascending; all columns where all is true.
	Join(key ListKey, set []MetricID, all bool) ([]Column, error)
}

// Pick chooses values of one label.
type Pick struct {
	Name   string
	Values []string          // the only candidates where not nil
	Match  func(string) bool // decides on a value; nil: every one
}

// Picks tells whether a value is chosen.
func (p Pick) Picks(value string) bool {
	if p.Values != nil && !slices.Contains(p.Values, value) {
		return false
	}
	return p.Match == nil || p.Match(value)
}

// pick returns the values that decide on m, and whether having one of them
// means a match (exclude false) or no match (exclude true). The second form is
// for matchers that an absent label satisfies.
func pick(m *labels.Matcher) (p Pick, exclude bool) {
	p.Name = m.Name
	exclude = m.Matches("")
	switch {
	case m.Type == labels.MatchEqual && !exclude, m.Type == labels.MatchNotEqual && exclude:
		p.Values = []string{m.Value}
		return p, exclude
	case m.Type == labels.MatchEqual: // ="": every value excludes
		return p, true
	case m.Type == labels.MatchNotEqual: // !="": every value includes
		return p, false
	}
	if set := m.SetMatches(); len(set) > 0 && exclude == (m.Type == labels.MatchNotRegexp) {
		p.Values = set
		return p, exclude
	}
	p.Match = m.Matches
	if exclude {
		p.Match = func(v string) bool { return !m.Matches(v) }
	}
	return p, exclude
}
