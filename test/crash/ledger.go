package main

import (
	"sync"
	"time"
)

// state is what is known of a step.
type state uint8

const (
	open         state = iota // sent; what became of it is not known
	acknowledged              // it must be there
	refused                   // it must not be there
	found                     // it was there after a start, or was answered: it must stay
	gone                      // it was not there after a start: it must stay away
	failed                    // the scrape failed, and the program said so (up is 0)
)

// step is samples that were sent together.
type step struct {
	sent  time.Time
	t     int64 // timestamp in milliseconds; 0 where Monopod chooses it and it was not seen yet
	life  int
	state state
}

// stream is the steps of one target, or of one sender: crash_total{i="0"…} and
// crash_generation{i="n/20"}. Each sample of step n is n, and a fraction that
// tells its series.
type stream struct {
	job    string
	series int // of crash_total

	mu struct {
		sync.Mutex
		steps []step // step n is steps[n-1]
		life  int
	}
}

// generations is the steps after which crash_generation changes its labels.
const generations = 20

// send begins a step; at is its timestamp, 0 where Monopod chooses it. For a
// target, being asked again by the same process says that the step before is
// stored: that process has one scrape of a target under way at a time.
func (s *stream) send(at int64, scraped bool) (n int, stamp int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if last := len(s.mu.steps) - 1; last >= 0 {
		p := &s.mu.steps[last]
		if scraped && p.life == s.mu.life && p.state == open {
			p.state = acknowledged
		}
		if at != 0 && at <= p.t {
			at = p.t + 1
		}
	}
	s.mu.steps = append(s.mu.steps, step{sent: time.Now(), t: at, life: s.mu.life})
	return len(s.mu.steps), at
}

// settle says what became of a step.
func (s *stream) settle(n int, to state) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := &s.mu.steps[n-1]; p.state == open {
		p.state = to
	}
}

// born begins the steps of the next process.
func (s *stream) born() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mu.life++
}

// value is the value of a series in step n; the index of crash_generation is
// behind those of crash_total.
func value(n, series int) float64 { return float64(n) + float64(series)/64 }

// has tells whether step n has this sample.
func (s *stream) has(n int, of seriesName, v float64) bool {
	if of.name == "crash_generation" {
		return of.i == n/generations && v == value(n, s.series)
	}
	return of.i >= 0 && of.i < s.series && v == value(n, of.i)
}

// tally counts what the ledgers say.
type tally struct {
	steps, acknowledged, samples, failed int
}

func (s *stream) tally(to *tally) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.mu.steps {
		to.steps++
		switch p.state {
		case acknowledged, found:
			to.acknowledged++
			to.samples += s.series + 1
		case failed:
			to.failed++
		}
	}
}
