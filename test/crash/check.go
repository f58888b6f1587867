package main

import (
	"fmt"
	"slices"
	"time"
)

// clockSlack is how far the timestamp of a scrape may lie from the time at which
// its answer was made.
const clockSlack = 10 * time.Second

// check holds what was read of (from, to] against the ledger. restarted says that
// the process is a new one: what earlier lives left is settled by it.
func (s *stream) check(r reading, from, to int64, restarted bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	seen := make([]int, len(s.mu.steps)) // samples of each step
	var failures []int64
	for name, points := range r[s.job] {
		if name.name == "up" {
			failures = zeros(points)
			continue
		}
		for k, p := range points {
			n := int(p.v)
			if n < 1 || n > len(s.mu.steps) || !s.has(n, name, p.v) {
				return fmt.Errorf("invented: %v of %s at %d is %v, which was never sent", name, s.job, p.t, p.v)
			}
			if k > 0 && (p.t <= points[k-1].t || p.v <= points[k-1].v) {
				return fmt.Errorf("duplicate or disorder: %v of %s has %v behind %v", name, s.job, p, points[k-1])
			}
			if err := s.belongsLocked(name, n, p); err != nil {
				return err
			}
			seen[n-1]++
		}
	}
	for i := range s.mu.steps {
		if err := s.settleLocked(i+1, seen[i], &failures, from, to, restarted); err != nil {
			return err
		}
	}
	return nil
}

// belongsLocked holds one sample against its step.
func (s *stream) belongsLocked(name seriesName, n int, p point) error {
	st := &s.mu.steps[n-1]
	switch {
	case st.state == refused:
		return fmt.Errorf("invented: step %d of %s was refused, and is there at %d", n, s.job, p.t)
	case st.state == gone:
		return fmt.Errorf("invented: step %d of %s was not there after the kill, and is there now at %d", n, s.job, p.t)
	case st.state == failed:
		return fmt.Errorf("invented: the scrape of step %d of %s failed, and it is there at %d", n, s.job, p.t)
	case st.t != 0 && st.t != p.t:
		return fmt.Errorf("moved: %v of %s, step %d, stands at %d and belongs at %d", name, s.job, n, p.t, st.t)
	case st.t == 0 && st.sent.Sub(time.UnixMilli(p.t)).Abs() > clockSlack:
		return fmt.Errorf("moved: %v of %s, step %d, stands at %d and was sent at %d", name, s.job, n, p.t, st.sent.UnixMilli())
	}
	st.t = p.t
	return nil
}

// settleLocked decides on one step after all samples were read.
func (s *stream) settleLocked(n, seen int, failures *[]int64, from, to int64, restarted bool) error {
	st := &s.mu.steps[n-1]
	if seen > 0 {
		if missing := s.series + 1 - seen; missing > 0 {
			if st.life == s.mu.life && st.state != found {
				return nil // it is being written: readers may see some of its series first
			}
			return fmt.Errorf("lost: step %d of %s at %d is there without %d of its %d samples", n, s.job, st.t, missing, s.series+1)
		}
		st.state = found
		return nil
	}
	at := st.t
	if at == 0 { // a scrape is stamped before it is sent
		at = st.sent.UnixMilli() - 2*interval.Milliseconds()
	}
	if at <= from || st.sent.UnixMilli() > to {
		return nil
	}
	earlier := restarted && st.life < s.mu.life
	switch {
	case st.state == acknowledged && earlier && st.failedIn(failures):
		st.state = failed
	case st.state == found, st.state == acknowledged && earlier:
		return fmt.Errorf("lost: step %d of %s, sent at %d in life %d, was stored and is not there", n, s.job, st.sent.UnixMilli(), st.life)
	case st.state == open && earlier:
		st.state = gone
	}
	return nil
}

// lateness is how long after its time-out a target may still see a scrape come: on
// a busy machine the connection waits for it.
const lateness = 2 * time.Second

// failedIn tells whether the program says that it could not scrape when the step
// was sent: up is 0 shortly before. Each failure stands for one step only, and is
// taken out.
func (st *step) failedIn(failures *[]int64) bool {
	for i, t := range *failures {
		if d := st.sent.UnixMilli() - t; d >= -20 && d <= lateness.Milliseconds() {
			*failures = slices.Delete(*failures, i, i+1)
			return true
		}
	}
	return false
}

func zeros(points []point) []int64 {
	var out []int64
	for _, p := range points {
		if p.v == 0 {
			out = append(out, p.t)
		}
	}
	return out
}
