package index

import (
	"slices"

	"github.com/prometheus/prometheus/model/labels"
)

// Hit is a group and the columns of it that were selected, at least one. Hits
// of groups with equal columns share the slice.
type Hit struct {
	Group   GroupID
	Columns []Column
}

// Select finds the series that satisfy all matchers. Hits come by shape, groups
// ascending within it.
func Select(src Source, matchers []*labels.Matcher) ([]Hit, error) {
	shapes, err := src.Shapes()
	if err != nil {
		return nil, err
	}
	s := selection{
		src:     src,
		terms:   terms(matchers),
		metrics: map[string]*metricSet{},
		rest:    make([]byte, len(matchers)),
		joins:   map[joinKey][]Column{},
	}
	var hits []Hit
	for i := range shapes {
		if hits, err = s.shape(&shapes[i], hits); err != nil {
			return nil, err
		}
	}
	return hits, nil
}

// term is a matcher, and what either side answered to it.
type term struct {
	pick    Pick
	exclude bool
	groups  []GroupID
	asked   bool
}

type metricSet struct {
	number uint32
	ids    []MetricID
	all    bool
}

type joinKey struct {
	list ListKey
	set  uint32
}

type selection struct {
	src   Source
	terms []term
	// rest has a 1 for each term that the base of the shape at hand does not
	// decide, and metrics what satisfies them.
	rest    []byte
	metrics map[string]*metricSet
	joins   map[joinKey][]Column
}

// terms drops the matchers that say nothing.
func terms(matchers []*labels.Matcher) []term {
	out := make([]term, 0, len(matchers))
	for _, m := range matchers {
		if m.Name == "" { // Prometheus's way to say "everything"
			continue
		}
		p, exclude := pick(m)
		out = append(out, term{pick: p, exclude: exclude})
	}
	return out
}

func (s *selection) shape(shape *Shape, hits []Hit) ([]Hit, error) {
	groups := shape.Groups
	clear(s.rest)
	for i := range s.terms {
		t := &s.terms[i]
		if !shape.Has(t.pick.Name) {
			s.rest[i] = 1
			continue
		}
		if len(groups) == 0 {
			break
		}
		if !t.asked {
			ids, err := s.src.GroupsWith(t.pick)
			if err != nil {
				return nil, err
			}
			t.groups, t.asked = ids, true
		}
		if t.exclude {
			groups = subtract(groups, t.groups)
		} else {
			groups = intersect(groups, t.groups)
		}
	}
	if len(groups) == 0 {
		return hits, nil
	}
	set, err := s.metricsFor()
	if err != nil || len(set.ids) == 0 && !set.all {
		return hits, err
	}
	for _, g := range groups {
		key, ok, err := s.src.Columns(g)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		cols, done := s.joins[joinKey{key, set.number}]
		if !done {
			if cols, err = s.src.Join(key, set.ids, set.all); err != nil {
				return nil, err
			}
			s.joins[joinKey{key, set.number}] = cols
		}
		if len(cols) > 0 {
			hits = append(hits, Hit{Group: g, Columns: cols})
		}
	}
	return hits, nil
}

// metricsFor is the metrics that satisfy the terms in rest.
func (s *selection) metricsFor() (*metricSet, error) {
	if set, ok := s.metrics[string(s.rest)]; ok {
		return set, nil
	}
	set := &metricSet{number: uint32(len(s.metrics)), all: true}
	s.metrics[string(s.rest)] = set
	// The including terms first: they make the set small before anything is
	// subtracted, and without one of them it begins with all metrics.
	for _, exclude := range []bool{false, true} {
		for i := range s.terms {
			t := &s.terms[i]
			if s.rest[i] == 0 || t.exclude != exclude {
				continue
			}
			ids, err := s.src.MetricsWith(t.pick)
			if err != nil {
				return nil, err
			}
			switch {
			case !exclude && set.all:
				set.ids, set.all = ids, false
			case !exclude:
				set.ids = intersect(set.ids, ids)
			case len(ids) > 0:
				if set.all {
					if set.ids, err = s.src.Metrics(); err != nil {
						return nil, err
					}
					set.all = false
				}
				set.ids = subtract(set.ids, ids)
			}
			if !set.all && len(set.ids) == 0 {
				return set, nil
			}
		}
	}
	return set, nil
}

// Subset returns the columns of cols whose metric is in the set, ascending by
// metric where cols is.
func Subset(cols []Column, set []MetricID) []Column {
	var out []Column
	if len(set) < len(cols)/8 {
		for _, id := range set {
			if i, ok := slices.BinarySearchFunc(cols, id, compareColumn); ok {
				out = append(out, cols[i])
			}
		}
		return out
	}
	for _, c := range cols {
		set = set[gallop(set, c.Metric):]
		if len(set) == 0 {
			break
		}
		if set[0] == c.Metric {
			out = append(out, c)
		}
	}
	return out
}

func compareColumn(c Column, id MetricID) int {
	switch {
	case c.Metric < id:
		return -1
	case c.Metric > id:
		return 1
	}
	return 0
}
