package tsdb

import (
	"slices"
	"testing"
)

// TestSharedTimes: equal timestamps are kept once, and those that share a hash
// are not taken for each other.
func TestSharedTimes(t *testing.T) {
	s := newSharedTimes()
	given := []int64{1, 2, 3}
	a := s.get(given)
	given[0] = 9
	b := s.get([]int64{1, 2, 3})
	if !slices.Equal(a, []int64{1, 2, 3}) || &a[0] != &b[0] {
		t.Errorf("got %v and %v, want the same 1 2 3", a, b)
	}
	for hash := range s.seen {
		s.seen[hash] = []int64{4, 5}
	}
	if got := s.get([]int64{1, 2, 3}); !slices.Equal(got, []int64{1, 2, 3}) {
		t.Errorf("got %v for a hash that is taken", got)
	}
	if got := s.get(nil); len(got) != 0 {
		t.Errorf("got %v for none", got)
	}
}
