package tsdb

import (
	"hash/maphash"
	"slices"
)

// sharedTimes keeps one of timestamps that are equal. What a block is made of has
// them for each group, all at once, and mostly they are the same: a scrape's, or
// a sender's.
type sharedTimes struct {
	seed maphash.Seed
	seen map[uint64][]int64 // one of those that share a hash
}

func newSharedTimes() *sharedTimes {
	return &sharedTimes{seed: maphash.MakeSeed(), seen: map[uint64][]int64{}}
}

// get returns timestamps equal to these, which it may keep.
func (s *sharedTimes) get(times []int64) []int64 {
	var h maphash.Hash
	h.SetSeed(s.seed)
	for _, t := range times {
		maphash.WriteComparable(&h, t)
	}
	hash := h.Sum64()
	if same, ok := s.seen[hash]; ok && slices.Equal(same, times) {
		return same
	}
	times = slices.Clip(slices.Clone(times))
	s.seen[hash] = times
	return times
}
