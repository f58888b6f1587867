package scrape

import (
	"cmp"
	"time"
)

// Admission is how many more series a target may begin with the scrape that is
// being read. Who has used that up asks again.
type Admission struct {
	Room int
	// Reason tells a person why there is no room; it counts where Room is 0.
	Reason string
}

// Refusal is what the admission kept out of the last scrape. The other series of
// the scrape are stored, and the target is up.
type Refusal struct {
	// Series is how many lines were left out, 0 where all were taken.
	Series int
	Reason string
	// Since is when the first of the scrapes began of which series were left out,
	// without one between them that was taken whole.
	Since time.Time
}

// series is how many series the target has: the columns of its groups, and the
// lines that bring timestamps of their own.
func (in *ingester) series() int {
	n := 0
	for i := range in.rows.groups {
		n += in.rows.groups[i].columns
	}
	for i := range in.entries.all {
		if x := &in.entries.all[i]; x.row == rowUnplaced && x.wide != 0 {
			n++
		}
	}
	return n
}

// refuse tells whether a line must be left out that would begin a series. A line
// that is left out has no entry, so that nothing is remembered of it and the next
// scrape asks again.
func (p *pass) refuse() bool {
	admit := p.in.admit
	if admit == nil {
		return false
	}
	if p.room == 0 && p.reason == "" {
		if p.begun == 0 {
			p.had = p.in.series()
		}
		a := admit(p.had + p.begun)
		if p.room = max(a.Room, 0); p.room == 0 {
			p.reason = cmp.Or(a.Reason, "there is no room")
		}
	}
	if p.room == 0 {
		p.refused++
		return true
	}
	p.room--
	p.begun++
	return false
}

// refusal keeps for how long series have been left out.
func (l *loop) refusal(at time.Time, series int, reason string) Refusal {
	r := Refusal{Series: series, Reason: reason, Since: at}
	if before := l.target.Last().Refused; before.Series > 0 {
		r.Since = before.Since
	}
	return r
}

// Refused is what the admission kept out of the last scrape that was read.
func (t *Target) Refused() Refusal { return t.Last().Refused }

// Counts is what a target weighs.
type Counts struct {
	// Series is how many series the target has in the store.
	Series int
	// Demanded is how many series the target began since it is scraped, or would
	// have if they had not been refused.
	Demanded uint64
	// Samples is how many the last scrape had.
	Samples int
}

// Counts is what the target weighs.
func (t *Target) Counts() Counts {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return Counts{Series: t.mu.series, Demanded: t.mu.demanded, Samples: t.mu.last.Kept}
}

// Pool is the name of the scrape configuration that the target is of.
func (t *Target) Pool() string { return t.source().cfg.JobName }

// Each visits the targets that are scraped, in no order.
func (m *Manager) Each(visit func(*Target)) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	for _, p := range m.mu.pools {
		p.mu.Lock()
		for _, l := range p.mu.loops {
			visit(l.target)
		}
		p.mu.Unlock()
	}
}

// stretched tells whether the scrape that is due is left out, since the pool is
// scraped less often for now: one of every Stretch scrapes is kept.
func (l *loop) stretched() bool {
	if l.pool.opts.Stretch == nil {
		return false
	}
	if l.leftOut+1 < l.pool.opts.Stretch(l.pool.name) {
		l.leftOut++
		return true
	}
	l.leftOut = 0
	return false
}
