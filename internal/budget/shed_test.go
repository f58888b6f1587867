package budget

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

func (p Plan) text() string {
	var parts []string
	if p.CacheShare < 1 {
		parts = append(parts, fmt.Sprintf("caches %.2f", p.CacheShare))
	}
	for _, r := range p.Refused {
		parts = append(parts, fmt.Sprintf("refuse %v (%s)", r.Key, r.Cause))
	}
	if p.Everything {
		parts = append(parts, "refuse all")
	}
	for _, s := range p.Stretched {
		parts = append(parts, fmt.Sprintf("stretch %s by %d", s.Job, s.Factor))
	}
	if p.Collect {
		parts = append(parts, "collect")
	}
	return p.Level.String() + ": " + strings.Join(parts, ", ")
}

// fleet has a target that grows, a large one and small ones.
func fleet() []Target {
	return []Target{
		{Key: "small", Job: "app", Series: 100, SamplesPerSecond: 10},
		{Key: "large", Job: "state", Series: 50_000, SamplesPerSecond: 5000},
		{Key: "growing", Job: "app", Series: 20_000, New: 9000, SamplesPerSecond: 2000},
		{Key: "restarted", Job: "app", Series: 500, New: 500, SamplesPerSecond: 50},
	}
}

// moment is a reading and what is to follow from it.
type moment struct {
	second      int
	percent     int64
	collections uint64
	want        string
}

func play(t *testing.T, s *Shedder, list func() []Target, moments []moment) {
	t.Helper()
	for _, m := range moments {
		p := s.Step(Reading{
			At: time.Unix(int64(m.second), 0), Used: m.percent, Goal: 100, Collections: m.collections, Targets: list,
		})
		if got := p.text(); got != m.want {
			t.Fatalf("at second %d, with %d %%: %s; want %s", m.second, m.percent, got, m.want)
		}
	}
}

func TestStepsAreTakenInOrderAndTakenBackInReverse(t *testing.T) {
	play(t, new(Shedder), fleet, []moment{
		{0, 30, 1, "normal: "},
		{1, 59, 2, "normal: "},
		{2, 63, 3, "caches: caches 0.80"},
		{3, 66, 4, "caches: caches 0.60"},
		{4, 63, 5, "caches: caches 0.60"}, // down at once, up with time
		// The largest step of the caches is waited for before a target is refused.
		{5, 72, 6, "caches: caches 0.20"},
		{6, 72, 6, "caches: caches 0.20"},
		{7, 72, 7, "series: caches 0.20, refuse growing (new)"},
		{8, 76, 8, "series: caches 0.05, refuse growing (new)"},
		{16, 76, 9, "series: caches 0.05, refuse growing (new)"},
		{17, 76, 10, "series: caches 0.05, refuse growing (new), refuse large (series)"}, // it rose since
		{40, 76, 11, "series: caches 0.05, refuse growing (new), refuse large (series)"}, // it stands
		{41, 81, 12, "series: caches 0.05, refuse growing (new), refuse large (series), refuse restarted (series)"},
		{60, 81, 13, "sampling: caches 0.05, refuse growing (new), refuse large (series), refuse restarted (series), stretch state by 2"},
		{61, 84, 14, "sampling: caches 0.05, refuse growing (new), refuse large (series), refuse restarted (series), refuse small (series), stretch state by 2"},
		{72, 85, 15, "sampling: caches 0.05, refuse growing (new), refuse large (series), refuse restarted (series), refuse small (series), stretch state by 4"},
		// The way back.
		{80, 73, 16, "sampling: caches 0.05, refuse growing (new), refuse large (series), refuse restarted (series), refuse small (series), stretch state by 4"},
		{82, 71, 17, "sampling: caches 0.05, refuse growing (new), refuse large (series), refuse restarted (series), refuse small (series), stretch state by 2"},
		{92, 71, 18, "series: caches 0.05, refuse growing (new), refuse large (series), refuse restarted (series), refuse small (series)"},
		{102, 63, 19, "series: caches 0.05, refuse growing (new), refuse large (series), refuse restarted (series), refuse small (series)"},
		{103, 61, 20, "series: caches 0.05, refuse growing (new), refuse large (series), refuse restarted (series)"},
		{113, 50, 21, "series: caches 0.15, refuse growing (new), refuse large (series)"},
		{123, 50, 22, "series: caches 0.25, refuse growing (new)"},
		{133, 50, 23, "caches: caches 0.35"},
		{143, 50, 24, "caches: caches 0.45"},
		{153, 57, 25, "caches: caches 0.45"},
		{163, 40, 26, "caches: caches 0.55"},
		{173, 40, 27, "caches: caches 0.65"},
		{183, 40, 28, "caches: caches 0.75"},
		{193, 40, 29, "caches: caches 0.85"},
		{203, 40, 30, "caches: caches 0.95"},
		{213, 40, 31, "normal: "},
	})
}

func TestNothingIsDecidedOnOldFigures(t *testing.T) {
	play(t, new(Shedder), fleet, []moment{
		{0, 74, 1, "caches: caches 0.07"},
		{5, 74, 1, "caches: caches 0.07"},
		{10, 74, 1, "caches: caches 0.07, collect"},
		{11, 74, 1, "caches: caches 0.07"},
		{20, 74, 1, "caches: caches 0.07, collect"},
		{21, 40, 2, "caches: caches 0.17"},
		{31, 40, 2, "caches: caches 0.17, collect"},
	})
}

func TestAllAreRefusedWhereMemoryIsAlmostGone(t *testing.T) {
	play(t, new(Shedder), fleet, []moment{
		{0, 95, 1, "series: caches 0.05, refuse growing (new), refuse all"},
		{11, 89, 2, "sampling: caches 0.05, refuse growing (new), refuse all, stretch state by 2"},
		{12, 63, 3, "sampling: caches 0.05, refuse growing (new), refuse all, stretch state by 2"},
		{23, 61, 4, "series: caches 0.05, refuse growing (new)"},
		{34, 61, 5, "caches: caches 0.05"},
	})
}

func TestDegradedStart(t *testing.T) {
	s := new(Shedder)
	s.Degrade()
	play(t, s, fleet, []moment{
		{0, 20, 0, "series: refuse all"}, // nothing was measured yet
		{1, 64, 1, "series: caches 0.73, refuse all"},
		{2, 61, 2, "caches: caches 0.73"},
	})
}

func TestGrant(t *testing.T) {
	const mib = 1 << 20
	for _, c := range []struct {
		used, goal int64
		want       int
	}{
		{20 * mib, 100 * mib, 55 * 1024},
		{70 * mib, 100 * mib, 5 * 1024},
		{75 * mib, 100 * mib, 0},
		{120 * mib, 100 * mib, 0},
	} {
		p := new(Shedder).Step(Reading{At: time.Unix(0, 0), Used: c.used, Goal: c.goal, Collections: 1, Targets: fleet})
		if p.Grant != c.want || p.Collect {
			t.Errorf("with %d of %d: %d series are granted, want %d", c.used, c.goal, p.Grant, c.want)
		}
	}
	if p := new(Shedder).Step(Reading{At: time.Unix(0, 0), Used: mib, Goal: 100 * mib, Exhausted: true}); !p.Collect {
		t.Error("the grant is used up, and garbage is not collected")
	}
}

func TestWithoutTargetsOrLimitNothingIsRefused(t *testing.T) {
	none := func() []Target { return nil }
	play(t, new(Shedder), none, []moment{
		{0, 85, 1, "caches: caches 0.05"},
		{20, 88, 2, "caches: caches 0.05"},
	})
	p := new(Shedder).Step(Reading{At: time.Unix(0, 0), Used: 1 << 40, Targets: none})
	if got := p.text(); got != "normal: " {
		t.Errorf("without a goal: %s", got)
	}
}

// TestSheddingEnds has pressure come and go at random: whatever happened, all is
// given back when the pressure is gone, and a step never comes before the one
// below it.
func TestSheddingEnds(t *testing.T) {
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(seed, 1))
		s := new(Shedder)
		at, collections, percent := 0, uint64(1), int64(30)
		next := func(want int64) Plan {
			at += 1 + rng.IntN(5)
			if rng.IntN(3) > 0 {
				collections++
			}
			percent = want
			return s.Step(Reading{At: time.Unix(int64(at), 0), Used: percent, Goal: 100, Collections: collections, Targets: fleet})
		}
		for range 200 {
			p := next(min(max(percent+rng.Int64N(21)-9, 20), 105))
			if len(p.Refused) > 4 || len(p.Stretched) > 2 {
				t.Fatalf("seed %d: %s", seed, p.text())
			}
			if len(p.Stretched) > 0 && len(p.Refused) == 0 || len(p.Refused) > 0 && p.CacheShare == 1 && p.Pressure > seriesFrom {
				t.Fatalf("seed %d: a step is left out: %s", seed, p.text())
			}
		}
		var p Plan
		for range 400 {
			p = next(20)
		}
		if p.Level != Normal {
			t.Fatalf("seed %d: after the pressure is gone: %s", seed, p.text())
		}
	}
}

func TestLately(t *testing.T) {
	var l Lately
	counters := map[any]uint64{"a": 100, "b": 5}
	turn := func(second int) {
		l.Turn(time.Unix(int64(second), 0), func(yield func(any, uint64)) {
			for k, n := range counters {
				yield(k, n)
			}
		})
	}
	turn(0)
	if got := l.Since("a", 100); got != 100 {
		t.Errorf("before anything is known: %d", got)
	}
	turn(30)
	turn(60)
	counters["a"] = 150
	if got := l.Since("a", 150); got != 50 {
		t.Errorf("after a minute: %d, want 50", got)
	}
	turn(120)
	if got := l.Since("a", 160); got != 60 {
		t.Errorf("after two minutes: %d, want 60", got)
	}
	delete(counters, "b")
	turn(180)
	if got := l.Since("a", 160); got != 10 {
		t.Errorf("after three minutes: %d, want 10", got)
	}
	turn(240)
	if got := l.Since("b", 2); got != 2 {
		t.Errorf("a counter that began anew: %d, want 2", got)
	}
}

func TestDivide(t *testing.T) {
	for _, c := range []struct {
		limit                            int64
		goal, caches, bodies             int64
		series, perTarget, samplesAtMost int
	}{
		{64 << 20, 48 << 20, 3019896, 5033160, 108134, 21626, 629145},
		{600 << 20, 566231040, 32 << 20, 56623100, 1216511, 243302, 7077887},
		{32 << 30, 30923764531, 32 << 20, 256 << 20, 66437775, 13287555, 386547056},
		{4 << 20, 2 << 20, 1 << 20, 1 << 20, 4505, 10_000, 26213},
	} {
		b := New(Limit{c.limit, SourceGroup}, 0.9)
		if b.Goal != c.goal || b.Caches != c.caches || b.Bodies != c.bodies || b.MaxSeries() != c.series ||
			MaxSeriesPerTarget(b.MaxSeries()) != c.perTarget || b.MaxSamples() != c.samplesAtMost {
			t.Errorf("of %d bytes: %+v, %d series, %d per target, %d samples", c.limit, b, b.MaxSeries(), MaxSeriesPerTarget(b.MaxSeries()), b.MaxSamples())
		}
		if sum := b.Head + b.Queries; sum > b.Goal*8/10 {
			t.Errorf("of %d bytes: %d are given to the parts without caches and bodies", c.limit, sum)
		}
	}
}

func TestReadUse(t *testing.T) {
	u := ReadUse()
	if u.Held < 100<<10 || u.Mapped < u.Held/2 {
		t.Errorf("use is %+v", u)
	}
}
