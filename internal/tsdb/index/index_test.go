package index

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
)

// series is what a naive index has: every series with all of its labels.
type naive struct {
	labels labels.Labels
	group  GroupID
	metric MetricID
}

func TestSelectAgainstScan(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	for range 30 {
		x, all := randomIndex(rng)
		for range 60 {
			ms := randomMatchers(rng)
			checkSelect(t, x, all, ms)
		}
		dead := map[GroupID]bool{}
		for _, s := range all {
			if rng.IntN(3) == 0 {
				dead[s.group] = true
			}
		}
		all = removeGroups(t, x, all, dead)
		for range 20 {
			checkSelect(t, x, all, randomMatchers(rng))
		}
	}
}

func randomIndex(rng *rand.Rand) (*Memory, []naive) {
	x := NewMemory()
	var all []naive
	sb := labels.NewScratchBuilder(8)
	for g := range 12 {
		base := labels.FromStrings("job", fmt.Sprint("j", g%3), "instance", fmt.Sprint("i", g))
		if g%4 == 3 {
			base = labels.FromStrings("zone", fmt.Sprint(g%2))
		}
		id := x.NewGroup(base)
		n := rng.IntN(25)
		order := rng.Perm(40)
		if g%2 == 0 {
			slices.Sort(order)
		}
		for _, k := range order[:n] {
			m := labels.FromStrings("__name__", fmt.Sprint("m", k/4), "le", fmt.Sprint(k%4))
			if k%5 == 0 {
				m = labels.FromStrings("__name__", fmt.Sprint("n", k), "code", fmt.Sprint(k))
			}
			_, metric, _ := x.Column(id, m)
			all = append(all, naive{Series(&sb, base, m), id, metric})
		}
	}
	return x, all
}

func randomMatchers(rng *rand.Rand) []*labels.Matcher {
	names := []string{"__name__", "job", "instance", "zone", "le", "code", "nothing"}
	values := []string{"", "j1", "i2", "1", "m3", "m1|m2", "n.*", ".*", ".+", "m[2-5]", "|1", "0|1|2", "n10"}
	types := []labels.MatchType{labels.MatchEqual, labels.MatchNotEqual, labels.MatchRegexp, labels.MatchNotRegexp}
	var out []*labels.Matcher
	for range rng.IntN(4) {
		out = append(out, labels.MustNewMatcher(types[rng.IntN(4)], names[rng.IntN(len(names))], values[rng.IntN(len(values))]))
	}
	return out
}

func checkSelect(t *testing.T, x *Memory, all []naive, ms []*labels.Matcher) {
	t.Helper()
	var want []string
	for _, s := range all {
		match := true
		for _, m := range ms {
			match = match && m.Matches(s.labels.Get(m.Name))
		}
		if match {
			want = append(want, fmt.Sprint(s.group, s.metric, s.labels))
		}
	}
	hits, err := Select(x, ms)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	sb := labels.NewScratchBuilder(8)
	for _, h := range hits {
		base, metrics, _ := x.Group(h.Group)
		for _, c := range h.Columns {
			if metrics[c.Column] != c.Metric {
				t.Fatalf("column %d of group %d is metric %d, not %d", c.Column, h.Group, metrics[c.Column], c.Metric)
			}
			ls, _ := x.MetricLabels(c.Metric)
			got = append(got, fmt.Sprint(h.Group, c.Metric, Series(&sb, base, ls)))
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Fatalf("%s: got %d series, want %d\n%q\n%q", ms, len(got), len(want), got, want)
	}
}

func removeGroups(t *testing.T, x *Memory, all []naive, dead map[GroupID]bool) []naive {
	t.Helper()
	var ids []GroupID
	for g := range dead {
		ids = append(ids, g)
	}
	x.Remove(ids)
	used := map[MetricID]bool{}
	var rest []naive
	for _, s := range all {
		if !dead[s.group] {
			rest = append(rest, s)
			used[s.metric] = true
		}
	}
	if n := x.Sizes(); n.Metrics != len(used) || n.Series != len(rest) {
		t.Fatalf("%d metrics and %d series are left, want %d and %d", n.Metrics, n.Series, len(used), len(rest))
	}
	if len(rest) == 0 {
		if names := x.LabelNames(); len(names) > 0 && x.Sizes().Groups == 0 {
			t.Fatalf("names %q are left of nothing", names)
		}
	}
	return rest
}

func TestGroupsShareColumns(t *testing.T) {
	x := NewMemory()
	fill := func(instance string, names ...string) GroupID {
		g := x.NewGroup(labels.FromStrings("instance", instance))
		for i, n := range names {
			if col, _, _ := x.Column(g, labels.FromStrings("__name__", n)); col != i {
				t.Fatalf("%s of %s is column %d, want %d", n, instance, col, i)
			}
		}
		return g
	}
	a := fill("a", "x", "y", "z")
	b := fill("b", "x", "y", "z")
	if n := x.Sizes(); n.Lists != 1 || n.Metrics != 3 || n.Series != 6 {
		t.Fatalf("equal groups: %+v", n)
	}
	fill("c", "x", "z")
	if n := x.Sizes(); n.Lists != 2 || n.Metrics != 3 {
		t.Fatalf("one that differs: %+v", n)
	}
	// One that goes on shares no more, and the other stays as it is.
	if col, _, _ := x.Column(a, labels.FromStrings("__name__", "w")); col != 3 {
		t.Fatalf("new column %d", col)
	}
	if _, metrics, _ := x.Group(b); len(metrics) != 3 {
		t.Fatalf("the other group has %d columns", len(metrics))
	}
	if col, _, _ := x.Column(b, labels.FromStrings("__name__", "v")); col != 3 {
		t.Fatalf("new column %d", col)
	}
	_, ma, _ := x.Group(a)
	_, mb, _ := x.Group(b)
	if ma[3] == mb[3] {
		t.Fatal("two groups have the same fourth column")
	}
}

func TestCardinality(t *testing.T) {
	x := NewMemory()
	for i := range 3 {
		g := x.NewGroup(labels.FromStrings("instance", fmt.Sprint(i)))
		x.Column(g, labels.FromStrings("__name__", "a", "le", "1"))
		x.Column(g, labels.FromStrings("__name__", "a", "le", "22"))
		if i == 0 {
			x.Column(g, labels.FromStrings("__name__", "b"))
		}
	}
	c := x.Cardinality("__name__", 2)
	want := Cardinality{
		LabelPairs:    7,
		SeriesByValue: []Count{{"a", 6}, {"b", 1}},
		ValuesByName:  []Count{{"instance", 3}, {"__name__", 2}},
		BytesByName:   []Count{{"le", 9}, {"__name__", 7}},
		SeriesByPair:  []Count{{"__name__=a", 6}, {"instance=0", 3}},
	}
	if fmt.Sprint(c) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", c, want)
	}
}
