package budget

import (
	"slices"
	"time"
)

// Level is the highest step of shedding in force.
type Level int

// The levels.
const (
	Normal   Level = iota
	Caches         // caches are smaller than their share
	Series         // targets may begin no series
	Sampling       // jobs are scraped less often
)

func (l Level) String() string {
	return [...]string{Normal: "normal", Caches: "caches", Series: "series", Sampling: "sampling"}[l]
}

// Pressures at which the steps begin and end. Between the two a step stays as it
// is, so that nothing flutters.
const (
	cachesFrom, cachesFloor   = 0.60, 0.75 // the share falls from all to least
	cachesUntil               = 0.55
	seriesFrom, seriesUntil   = 0.70, 0.62
	samplingFrom, samplingEnd = 0.80, 0.72
	// everythingFrom: no target may begin series, whoever it is.
	everythingFrom = 0.90
	// grantUntil bounds what series that begin may raise the pressure to.
	grantUntil = 0.75

	leastCaches = 0.05
	cacheStep   = 0.10
	maxStretch  = 8
	// rises is by how much pressure must have risen since a step was taken for the
	// next one of its kind.
	rises = 0.01
	// hold is the least time between two steps, but for the first of its kind.
	hold = 10 * time.Second
)

// Reading is what is known at a moment.
type Reading struct {
	At          time.Time
	Used, Goal  int64
	Collections uint64
	// Exhausted: the grant of the last plan is used up, and garbage was not
	// collected since.
	Exhausted bool
	// Targets lists those that are scraped. It is called when a step may be due.
	Targets func() []Target
}

// Target is what a scraped target weighs.
type Target struct {
	Key    any
	Job    string
	Series int
	// New is how many series it began lately, or would have.
	New              int
	SamplesPerSecond float64
}

// Refused is a target that may begin no series.
type Refused struct {
	Target
	Cause Cause
	Since time.Time
}

// Cause is why a target is the worst one.
type Cause string

// The causes.
const (
	MostNew    Cause = "new"    // it begins more series than any other
	MostSeries Cause = "series" // none begins many, and it has the most
)

// Stretched is a job that is scraped once in so many intervals.
type Stretched struct {
	Job    string
	Factor int
	Since  time.Time
}

// Plan is what is to be done. Its lists are not changed any more.
type Plan struct {
	Level    Level
	Pressure float64
	// CacheShare is the part of their share that caches may use, at most 1.
	CacheShare float64
	// Refused are the targets that may begin no series, the culprit first;
	// Everything is set where no target may.
	Refused    []Refused
	Everything bool
	Stretched  []Stretched
	// Grant is how many series may begin until garbage is collected again, all
	// targets together. What is known of memory is as of the last collection, and
	// this bounds what may have come since.
	Grant int
	// Collect asks for a collection of garbage: what is known of memory is too old
	// to decide on.
	Collect bool
}

// Shedder decides, step by step. The zero value sheds nothing.
type Shedder struct {
	started     bool
	share       float64
	refused     []Refused
	stretched   []Stretched
	everything  bool
	collections uint64
	collected   time.Time // when the count of collections changed
	caches      step
	series      step
	sampling    step
}

// step is when a kind of step was last taken or taken back, and the pressure then.
type step struct {
	at          time.Time
	pressure    float64
	collections uint64
}

func (s *step) take(r *Reading, pressure float64) { *s = step{r.At, pressure, r.Collections} }

// rested tells that the last step is long enough ago, and that what is known of
// memory is younger.
func (s *step) rested(r *Reading) bool {
	return s.at.IsZero() || r.At.Sub(s.at) >= hold && r.Collections != s.collections
}

// Degrade begins as if memory had run out: no target may begin series until the
// pressure was seen to be low.
func (s *Shedder) Degrade() { s.everything = true }

// Step decides what is to be done now.
func (s *Shedder) Step(r Reading) Plan {
	if !s.started {
		s.started, s.share, s.collections, s.collected = true, 1, r.Collections, r.At
	}
	if r.Collections != s.collections {
		s.collections, s.collected = r.Collections, r.At
	}
	pressure := 0.0
	if r.Goal > 0 {
		pressure = float64(r.Used) / float64(r.Goal)
	}
	s.shrinkCaches(&r, pressure)
	s.refuse(&r, pressure)
	s.stretch(&r, pressure)
	p := Plan{
		Level: s.level(), Pressure: pressure, CacheShare: s.share,
		Refused: slices.Clone(s.refused), Everything: s.everything, Stretched: slices.Clone(s.stretched),
	}
	if room := grantUntil*float64(r.Goal) - float64(r.Used); room > 0 && !s.everything {
		p.Grant = int(room / beginBytes)
	}
	if r.Exhausted || (p.Level > Normal || pressure >= cachesUntil) && r.At.Sub(s.collected) >= hold {
		p.Collect, s.collected = true, r.At
	}
	return p
}

func (s *Shedder) level() Level {
	switch {
	case len(s.stretched) > 0:
		return Sampling
	case len(s.refused) > 0 || s.everything:
		return Series
	case s.share < 1:
		return Caches
	}
	return Normal
}

// shrinkCaches follows the pressure down at once, and up step by step.
func (s *Shedder) shrinkCaches(r *Reading, pressure float64) {
	want := 1 - (pressure-cachesFrom)/(cachesFloor-cachesFrom)
	want = min(max(want, leastCaches), 1)
	switch {
	case want < s.share:
		s.share = want
		s.caches.take(r, pressure)
	case s.share < 1 && pressure < cachesUntil && s.caches.rested(r):
		s.share = min(s.share+cacheStep, 1)
		s.caches.take(r, pressure)
	}
}

// refuse takes targets from which no series are taken, and gives them back.
func (s *Shedder) refuse(r *Reading, pressure float64) {
	if pressure >= everythingFrom {
		s.everything = true
	} else if pressure < seriesUntil && (s.series.rested(r) || len(s.refused) == 0) && r.Collections > 0 {
		s.everything = false
	}
	// Caches go first, and it is waited to see what that brought.
	waited := s.caches.collections != r.Collections || pressure >= samplingFrom
	first := len(s.refused) == 0
	switch {
	case pressure >= seriesFrom && waited && (first || s.series.rested(r) && pressure >= s.series.pressure+rises):
		if t, cause, ok := s.worst(r.Targets()); ok {
			s.refused = append(s.refused, Refused{Target: t, Cause: cause, Since: r.At})
			s.series.take(r, pressure)
		}
	case pressure < seriesUntil && !first && len(s.stretched) == 0 && s.series.rested(r):
		s.refused = s.refused[:len(s.refused)-1]
		s.series.take(r, pressure)
	}
}

// stretch has jobs scraped less often, and as before again.
func (s *Shedder) stretch(r *Reading, pressure float64) {
	first := len(s.stretched) == 0
	// Refusing series goes first.
	waited := r.At.Sub(s.series.at) >= hold && s.series.collections != r.Collections
	switch {
	case pressure >= samplingFrom && waited && (first || s.sampling.rested(r) && pressure >= s.sampling.pressure+rises):
		if s.stretchWorst(r.At, r.Targets()) {
			s.sampling.take(r, pressure)
		}
	case pressure < samplingEnd && !first && s.sampling.rested(r):
		last := &s.stretched[len(s.stretched)-1]
		if last.Factor /= 2; last.Factor < 2 {
			s.stretched = s.stretched[:len(s.stretched)-1]
		}
		s.sampling.take(r, pressure)
	}
}

// stretchWorst doubles the factor of the last job until it is the largest, and
// then takes the next job.
func (s *Shedder) stretchWorst(at time.Time, targets []Target) bool {
	if n := len(s.stretched); n > 0 && s.stretched[n-1].Factor < maxStretch {
		s.stretched[n-1].Factor *= 2
		return true
	}
	job, ok := s.busiest(targets)
	if ok {
		s.stretched = append(s.stretched, Stretched{Job: job, Factor: 2, Since: at})
	}
	return ok
}

// Tight tells whether so little room is left that series would be refused.
func Tight(used, goal int64) bool { return goal > 0 && float64(used) >= seriesFrom*float64(goal) }
