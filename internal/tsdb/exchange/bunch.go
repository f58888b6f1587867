package exchange

import (
	"hash/maphash"
	"slices"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	promstorage "github.com/prometheus/prometheus/storage"

	"monopod/internal/storage"
)

// bunches sorts series into groups: of each its base, which it shares with the
// target that it came from, and a bunch of the base that has its timestamps.
type bunches struct {
	// targets are the labels of what was scraped, by job and instance: those of up.
	targets map[string][]labels.Labels

	bases   []base
	byBase  map[uint64][]int // by hash of the labels
	metrics []labels.Labels
	byHash  map[uint64][]int

	// timestamps is how many are held in bunches.
	timestamps int
	scratch    []int64
	seed       maphash.Seed
}

type base struct {
	labels  labels.Labels
	bunches []*bunch
	byTimes map[uint64]*bunch // those whose timestamps did not change
}

// bunch is series that share timestamps.
type bunch struct {
	times  []int64
	series []member
}

type member struct {
	metric int
	ref    promstorage.SeriesRef
}

const (
	// triedBunches is with how many bunches of its base a series is compared whose
	// timestamps are no other's.
	triedBunches = 8
	// rowsPerChange is how many rows must go by, on average, between places where
	// one of two sequences has a row that the other has not, for them to share
	// timestamps: each place costs a series two bytes or so. Three are free, for one
	// that begins and ends within the other.
	rowsPerChange = 32
)

func newBunches() *bunches {
	return &bunches{targets: map[string][]labels.Labels{}, byBase: map[uint64][]int{}, byHash: map[uint64][]int{}, seed: maphash.MakeSeed()}
}

func targetKey(ls labels.Labels) string { return ls.Get("job") + "\xff" + ls.Get("instance") }

// addTarget learns the labels of a target from the series up.
func (b *bunches) addTarget(up labels.Labels) {
	target := up.MatchLabels(false, model.MetricNameLabel)
	b.targets[targetKey(up)] = append(b.targets[targetKey(up)], target)
}

// split divides the labels of a series. Of several targets with one job and
// instance, it is the one that says most about the series.
func (b *bunches) split(ls labels.Labels) (base, metric labels.Labels) {
	best := labels.EmptyLabels()
	for _, t := range b.targets[targetKey(ls)] {
		whole := true
		t.Range(func(l labels.Label) { whole = whole && ls.Get(l.Name) == l.Value })
		if whole && t.Len() > best.Len() {
			best = t
		}
	}
	if best.IsEmpty() {
		best = ls.MatchLabels(true, "job", "instance")
	}
	return storage.Split(ls, best)
}

func (b *bunches) add(ls labels.Labels, ref promstorage.SeriesRef, times []int64) {
	baseLabels, metric := b.split(ls)
	at := b.base(baseLabels)
	m := member{number(&b.metrics, b.byHash, metric), ref}
	bs := &b.bases[at]
	hash := b.hash(times)
	if x := bs.byTimes[hash]; x != nil && slices.Equal(x.times, times) {
		x.series = append(x.series, m)
		return
	}
	for i := len(bs.bunches) - 1; i >= max(0, len(bs.bunches)-triedBunches); i-- {
		x := bs.bunches[i]
		var ok bool
		if b.scratch, ok = unite(b.scratch[:0], x.times, times); !ok {
			continue
		}
		if n := len(b.scratch); n > len(x.times) {
			b.timestamps += n - len(x.times)
			delete(bs.byTimes, b.hash(x.times))
			x.times = slices.Clone(b.scratch)
			bs.byTimes[b.hash(x.times)] = x
		}
		x.series = append(x.series, m)
		return
	}
	x := &bunch{times: slices.Clone(times), series: []member{m}}
	b.timestamps += len(times)
	bs.bunches = append(bs.bunches, x)
	bs.byTimes[hash] = x
}

func (b *bunches) hash(times []int64) uint64 {
	// Ends and middle tell most sequences apart; the rest is compared.
	n := len(times)
	return maphash.Comparable(b.seed, [4]int64{int64(n), times[0], times[n/2], times[n-1]})
}

func (b *bunches) base(ls labels.Labels) int {
	hash := ls.Hash()
	for _, i := range b.byBase[hash] {
		if labels.Equal(b.bases[i].labels, ls) {
			return i
		}
	}
	b.bases = append(b.bases, base{labels: ls, byTimes: map[uint64]*bunch{}})
	b.byBase[hash] = append(b.byBase[hash], len(b.bases)-1)
	return len(b.bases) - 1
}

// number returns the place of a label set in a list, and adds it where it is new.
func number(list *[]labels.Labels, byHash map[uint64][]int, ls labels.Labels) int {
	hash := ls.Hash()
	for _, i := range byHash[hash] {
		if labels.Equal((*list)[i], ls) {
			return i
		}
	}
	*list = append(*list, ls)
	byHash[hash] = append(byHash[hash], len(*list)-1)
	return len(*list) - 1
}

// unite appends the timestamps of two ascending sequences, each once, where they
// may share: ok is false where they change too often between being in one and in
// both.
func unite(dst, x, y []int64) (all []int64, ok bool) {
	const inX, inY, inBoth = 1, 2, 3
	allowed := 3 + (len(x)+len(y))/rowsPerChange
	last, changes := 0, 0
	for i, j := 0, 0; i < len(x) || j < len(y); {
		in := inBoth
		switch {
		case j == len(y) || i < len(x) && x[i] < y[j]:
			in = inX
		case i == len(x) || y[j] < x[i]:
			in = inY
		}
		if in != inY {
			dst = append(dst, x[i])
			i++
		} else {
			dst = append(dst, y[j])
		}
		if in != inX {
			j++
		}
		if last != 0 && in != last {
			if changes++; changes > allowed {
				return dst, false
			}
		}
		last = in
	}
	return dst, true
}
