package budget

import (
	"cmp"
	"slices"
)

const (
	// A target grows where it began at least grows series lately, and the
	// growsPart-th part of all that there are.
	grows     = 100
	growsPart = 100
)

// worst is the target whose new series cost most, of those that are not refused
// yet: the one that grows most, or where none grows, the largest.
func (s *Shedder) worst(targets []Target) (Target, Cause, bool) {
	refused := map[any]bool{}
	for i := range s.refused {
		refused[s.refused[i].Key] = true
	}
	all := 0
	left := make([]Target, 0, len(targets))
	for _, t := range targets {
		all += t.Series
		if !refused[t.Key] {
			left = append(left, t)
		}
	}
	if len(left) == 0 {
		return Target{}, "", false
	}
	order := func(first func(Target) int) func(x, y Target) int {
		return func(x, y Target) int {
			return cmp.Or(first(x)-first(y), x.Series-y.Series, -cmp.Compare(x.Job, y.Job))
		}
	}
	if t := slices.MaxFunc(left, order(func(t Target) int { return t.New })); t.New >= max(grows, all/growsPart) {
		return t, MostNew, true
	}
	return slices.MaxFunc(left, order(func(t Target) int { return t.Series })), MostSeries, true
}

// busiest is the job with the most samples per second, of those that are not
// stretched yet.
func (s *Shedder) busiest(targets []Target) (string, bool) {
	rates := map[string]float64{}
	for _, t := range targets {
		rates[t.Job] += t.SamplesPerSecond
	}
	for i := range s.stretched {
		delete(rates, s.stretched[i].Job)
	}
	best, found := "", false
	for job, rate := range rates {
		if !found || rate > rates[best] || rate == rates[best] && job < best {
			best, found = job, true
		}
	}
	return best, found
}
