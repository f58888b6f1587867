package app

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"monopod/internal/budget"
	"monopod/internal/httpapi"
	"monopod/internal/scrape"
)

const (
	// memoryInterval is how often the use of memory is looked at, and
	// memoryUrgent how often where memory is short.
	memoryInterval = time.Second
	memoryUrgent   = 200 * time.Millisecond
	// limitInterval is how often the limit is read again.
	limitInterval = 10 * time.Second
	// admitAtOnce is how many series are admitted at once: what a scrape does not
	// begin of them is lost to the others until the next collection of garbage.
	admitAtOnce = 256
)

// memory holds the program within its limit: it looks at the use, and has the
// others do what package budget decides.
type memory struct {
	o         MemoryOptions
	maxSeries int // that a person gave; 0: by the budget
	perTarget int // as maxSeries
	logger    *slog.Logger
	storage   *storageSource
	// each visits the targets; nil before they are made.
	each func(visit func(*scrape.Target))

	state atomic.Pointer[memoryState]

	// mu guards what looking at the use changes.
	mu       sync.Mutex
	shedder  budget.Shedder
	lately   budget.Lately
	limitAt  time.Time
	degraded bool
}

// memoryState is what is in force. It does not change any more.
type memoryState struct {
	budget.Budget
	budget.Plan
	use       budget.Use
	maxSeries int
	perTarget int
	degraded  bool // no end of the pressure since the start
	// Why a target may begin no series, by target, and why no target may.
	refused              map[*scrape.Target]string
	ofTarget, ofAll, all string
	atOnce               string
	stretch              map[string]int
	// grant is what is left of Plan.Grant. It goes from state to state until garbage
	// is collected.
	grant *atomic.Int64
}

func (p *program) newMemory() {
	m := &memory{
		o: p.Memory, maxSeries: p.Storage.MaxSeries, perTarget: p.Scrape.MaxSeriesPerTarget,
		logger: p.component("memory"), storage: p.storage,
	}
	b := m.read()
	m.limitAt = time.Now()
	// Until the stored data are read nothing is known, and nothing is scraped.
	m.state.Store(m.newState(b, budget.Plan{CacheShare: 1}, budget.Use{}))
	m.setGoal(b)
	p.registry.MustRegister(memoryCollector{m})
	p.storage.options.CacheBytes = b.Caches
	p.memory = m
}

// read is the budget as of now; one without bounds where the limit is not known.
func (m *memory) read() budget.Budget {
	l := budget.Limit{Bytes: m.o.LimitBytes, Source: budget.SourceFlag}
	if l.Bytes == 0 && m.o.Root != nil {
		var err error
		if l, err = budget.ReadLimit(m.o.Root); err != nil {
			m.logger.Debug("The memory of this machine is not known", "err", err)
		}
	}
	goal := debug.SetMemoryLimit(-1)
	given := m.o.KeepGoal && goal < math.MaxInt64
	switch {
	case l.Bytes == 0 && !given:
		l = budget.Limit{Bytes: math.MaxInt64 / 2, Source: budget.SourceMachine}
	case l.Bytes == 0:
		l = budget.Limit{Bytes: goal, Source: budget.SourceEnvironment}
	}
	if given && goal <= l.Bytes {
		if l.Source != budget.SourceFlag {
			l.Source = budget.SourceEnvironment
		}
		return budget.ForGoal(l, goal)
	}
	return budget.New(l, m.o.Ratio)
}

// setGoal tells the Go runtime.
func (m *memory) setGoal(b budget.Budget) {
	if !m.o.KeepGoal {
		debug.SetMemoryLimit(b.Goal)
	}
	m.logger.Info("Memory is bounded", "limit_bytes", b.Bytes, "from", string(b.Source), "goal_bytes", b.Goal,
		"max_series", m.seriesOf(b), "max_series_per_target", m.perTargetOf(b))
}

func (m *memory) seriesOf(b budget.Budget) int {
	if m.maxSeries > 0 {
		return m.maxSeries
	}
	return b.MaxSeries()
}

func (m *memory) perTargetOf(b budget.Budget) int {
	if m.perTarget > 0 {
		return m.perTarget
	}
	return budget.MaxSeriesPerTarget(m.seriesOf(b))
}

// cacheBytes is the bound of the caches.
func (s *memoryState) cacheBytes() int64 { return int64(float64(s.Caches) * s.CacheShare) }

// run looks at the use until the context ends.
func (m *memory) run(ctx context.Context) {
	timer := time.NewTimer(memoryInterval)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-timer.C:
			m.look(now)
		}
		if s := m.state.Load(); s.Level > budget.Normal || s.exhausted() {
			timer.Reset(memoryUrgent)
		} else {
			timer.Reset(memoryInterval)
		}
	}
}

// settle looks at the use when the stored data were read, before the first
// scrape. Where little room is left, the program starts without new series.
func (m *memory) settle() {
	runtime.GC()
	u, b := budget.ReadUse(), m.state.Load().Budget
	if budget.Tight(u.Held, b.Goal) {
		m.mu.Lock()
		m.shedder.Degrade()
		m.degraded = true
		m.mu.Unlock()
		m.logger.Warn("Degraded start: what is stored takes most of the memory, so that no target may begin series until there is room",
			"held_bytes", u.Held, "limit_bytes", b.Bytes, "hint", "raise the memory limit, or scrape less")
	}
	m.look(time.Now())
}

// look decides and acts.
func (m *memory) look(now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	before := m.state.Load()
	b := before.Budget
	if now.Sub(m.limitAt) >= limitInterval {
		m.limitAt = now
		if read := m.read(); read != b {
			b = read
			m.setGoal(b)
		}
	}
	use := budget.ReadUse()
	m.lately.Turn(now, func(yield func(any, uint64)) {
		m.visit(func(t *scrape.Target) { yield(t, t.Counts().Demanded) })
	})
	sameGrant := use.Collections == before.use.Collections && b == before.Budget
	plan := m.shedder.Step(budget.Reading{
		At: now, Used: use.Held, Goal: b.Goal, Collections: use.Collections, Exhausted: sameGrant && before.exhausted(), Targets: m.targets,
	})
	if plan.Level < budget.Series {
		m.degraded = false
	}
	s := m.newState(b, plan, use)
	if sameGrant {
		s.grant = before.grant
	}
	m.state.Store(s)
	if db := m.storage.db.Load(); db != nil && s.cacheBytes() != before.cacheBytes() {
		db.SetCacheBytes(s.cacheBytes())
	}
	m.tell(before, s)
	if plan.Collect {
		runtime.GC()
	}
}

func (m *memory) visit(visit func(*scrape.Target)) {
	if m.each != nil {
		m.each(visit)
	}
}

// targets weighs those that are scraped.
func (m *memory) targets() []budget.Target {
	var out []budget.Target
	m.visit(func(t *scrape.Target) {
		c := t.Counts()
		out = append(out, budget.Target{
			Key: t, Job: t.Pool(), Series: c.Series, New: m.lately.Since(t, c.Demanded),
			SamplesPerSecond: float64(c.Samples) / max(t.Interval().Seconds(), 0.001),
		})
	})
	return out
}

func (m *memory) newState(b budget.Budget, plan budget.Plan, use budget.Use) *memoryState {
	s := &memoryState{
		Budget: b, Plan: plan, use: use, maxSeries: m.seriesOf(b), perTarget: m.perTargetOf(b), degraded: m.degraded,
		refused: make(map[*scrape.Target]string, len(plan.Refused)), stretch: make(map[string]int, len(plan.Stretched)),
	}
	s.grant = new(atomic.Int64)
	s.grant.Store(int64(plan.Grant))
	for _, r := range plan.Refused {
		s.refused[r.Key.(*scrape.Target)] = "memory is short: " + causeText(r)
	}
	for _, j := range plan.Stretched {
		s.stretch[j.Job] = j.Factor
	}
	s.atOnce = "memory is short: more series begin than there is room for at once"
	s.all = "memory is almost used up: no target may begin series"
	s.ofTarget = fmt.Sprintf("one target may have at most %d series (--scrape.max-series-per-target, or a part of what the memory has room for)", s.perTarget)
	s.ofAll = fmt.Sprintf("there may be at most %d series in all (--storage.tsdb.max-series, or what the memory has room for)", s.maxSeries)
	return s
}

func causeText(r budget.Refused) string {
	if r.Cause == budget.MostNew {
		return fmt.Sprintf("this target began more series than any other, %d within two minutes", r.New)
	}
	return fmt.Sprintf("this target has more series than any other, %d", r.Series)
}

// exhausted tells that more series would begin than were granted.
func (s *memoryState) exhausted() bool { return s.grant.Load() < 0 }

// take takes up to n series of the grant.
func (s *memoryState) take(n int) int {
	if left := s.grant.Add(-int64(n)); left < 0 {
		return max(n+int(left), 0)
	}
	return n
}

// admit says how many more series a target may begin.
func (m *memory) admit(t *scrape.Target, series int) scrape.Admission {
	s := m.state.Load()
	if why, refused := s.refused[t]; refused {
		return scrape.Admission{Reason: why}
	}
	if s.Everything {
		return scrape.Admission{Reason: s.all}
	}
	room, left := s.perTarget-series, s.maxSeries-m.storage.series()
	switch {
	case room <= 0:
		return scrape.Admission{Reason: s.ofTarget}
	case left <= 0:
		return scrape.Admission{Reason: s.ofAll}
	}
	if room = s.take(min(room, left, admitAtOnce)); room == 0 {
		return scrape.Admission{Reason: s.atOnce}
	}
	return scrape.Admission{Room: room}
}

func (m *memory) stretch(job string) int { return m.state.Load().stretch[job] }

// tell logs what changed, each once.
func (m *memory) tell(before, now *memoryState) {
	level := func(s *memoryState) string { return s.Level.String() }
	if before.Level != now.Level {
		log := m.logger.Warn
		if now.Level < before.Level {
			log = m.logger.Info
		}
		log("What is given up for want of memory changed", "from", level(before), "to", level(now),
			"held_bytes", now.use.Held, "goal_bytes", now.Goal, "cache_bytes", now.cacheBytes())
	}
	for _, r := range now.Refused {
		t := r.Key.(*scrape.Target)
		if _, was := before.refused[t]; !was {
			m.logger.Warn("A target may begin no more series: memory is short, and this target costs most",
				"scrape_pool", t.Pool(), "target", t.String(), "cause", string(r.Cause), "series", r.Series, "new_series", r.New,
				"hint", "look for a label of it whose values never end, and drop it with metric_relabel_configs")
		}
	}
	for t := range before.refused {
		if _, is := now.refused[t]; !is {
			m.logger.Info("A target may begin series again", "scrape_pool", t.Pool(), "target", t.String())
		}
	}
	for _, j := range now.Stretched {
		if before.stretch[j.Job] != j.Factor {
			m.logger.Warn("A job is scraped less often: memory is short, and this job brings most samples", "scrape_pool", j.Job, "intervals", j.Factor)
		}
	}
	for job := range before.stretch {
		if now.stretch[job] == 0 {
			m.logger.Info("A job is scraped at each interval again", "scrape_pool", job)
		}
	}
}

// Memory tells the HTTP server.
func (m *memory) Memory() httpapi.Memory {
	s := m.state.Load()
	caches := int64(0)
	if db := m.storage.db.Load(); db != nil {
		caches = db.CacheBytes()
	}
	const unknown = -1
	out := httpapi.Memory{
		LimitBytes: s.Bytes, Source: string(s.Source), GoalBytes: s.Goal,
		HeldBytes: s.use.Held, MappedBytes: s.use.Mapped, Pressure: s.Pressure,
		Level: s.Level.String(), Degraded: s.degraded, CacheShare: s.CacheShare,
		Series: m.storage.series(), MaxSeries: s.maxSeries, MaxSeriesPerTarget: s.perTarget,
		EverythingRefused: s.Everything,
		Parts: []httpapi.MemoryPart{
			{Name: "head", BudgetBytes: s.Head, UsedBytes: max(s.use.Held-caches, 0)},
			{Name: "caches", BudgetBytes: s.cacheBytes(), UsedBytes: caches},
			{Name: "queries", BudgetBytes: s.Queries, UsedBytes: unknown},
			{Name: "bodies", BudgetBytes: s.Bodies, UsedBytes: unknown},
		},
	}
	for _, r := range s.Refused {
		t := r.Key.(*scrape.Target)
		c := t.Counts()
		out.Refused = append(out.Refused, httpapi.RefusedTarget{
			Pool: t.Pool(), URL: t.URL(), Cause: string(r.Cause), Series: c.Series, NewSeries: r.New, Since: r.Since,
		})
	}
	for _, j := range s.Stretched {
		out.Stretched = append(out.Stretched, httpapi.StretchedJob{Pool: j.Job, Factor: j.Factor, Since: j.Since})
	}
	return out
}
