package scrape

import (
	"sync"
	"time"

	"github.com/prometheus/common/model"
)

// schedule is when a loop scrapes. Between two scrapes a loop is a timer of the
// runtime and has no goroutine; a scrape has one as long as it takes, so that
// targets that hang delay no others.
//
// Ticks are whole intervals from the first scrape on. Of those that pass while a
// scrape is under way one is made up for, right after it.
type schedule struct {
	mu struct {
		sync.Mutex
		timer   *time.Timer // nil before the loop may scrape
		stopped bool
	}
	next    time.Time // the tick to come, zero before the first scrape
	aligned time.Time // the last tick by the clock on the wall
	last    int64     // timestamp of the last scrape, milliseconds
}

// start waits for the loops before this one and then sets the first scrape.
func (l *loop) start() {
	if p := l.predecessor; p != nil {
		<-p.done
		l.inherit(p)
		l.predecessor = nil
	}
	for _, p := range l.after {
		<-p.done
	}
	l.after = nil
	l.schedule.mu.Lock()
	stopped := l.schedule.mu.stopped
	if !stopped {
		l.schedule.mu.timer = time.AfterFunc(l.firstScrape(), l.wake)
	}
	l.schedule.mu.Unlock()
	if stopped {
		l.finish()
	}
}

// stop ends the loop after the scrape under way, without waiting for it.
func (l *loop) stop() {
	s := &l.schedule
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.mu.stopped {
		return
	}
	s.mu.stopped = true
	if s.mu.timer != nil && s.mu.timer.Stop() {
		go l.finish()
	}
}

// wake runs when a scrape is due.
func (l *loop) wake() {
	s := &l.schedule
	for {
		s.mu.Lock()
		stopped := s.mu.stopped
		s.mu.Unlock()
		if stopped {
			l.finish()
			return
		}
		if at, due := s.tick(time.Now(), l.interval, l.pool.opts.tolerance(l.interval)); due {
			l.scrape(at)
		}
		if l.rest() {
			return
		}
	}
}

// tick moves the schedule on and returns the timestamp of the scrape that begins
// now. None is due where the one before was so late that it has this timestamp.
func (s *schedule) tick(now time.Time, interval, tolerance time.Duration) (at time.Time, due bool) {
	// Round drops the monotonic clock: timestamps are those of the wall.
	at = now.Round(0)
	first := s.next.IsZero()
	if first {
		s.next, s.aligned = now, at
	}
	s.next = s.next.Add(interval * (1 + now.Sub(s.next)/interval))
	if tolerance > 0 {
		s.aligned = align(at, s.aligned, interval, tolerance)
		if at.Sub(s.aligned) <= tolerance {
			at = s.aligned
		}
	}
	due = first || at.UnixMilli() != s.last
	s.last = at.UnixMilli()
	return at, due
}

// align moves aligned on by whole intervals: a tick may have been missed, or
// several. From a clock that went back the schedule begins anew, or all scrapes
// until it is where it was would have one timestamp.
func align(at, aligned time.Time, interval, tolerance time.Duration) time.Time {
	behind := at.Sub(aligned)
	if behind < -max(tolerance, interval/2) {
		return at
	}
	return aligned.Add(max(0, behind/interval) * interval)
}

// rest sets the timer to the next tick. It returns false where there is something
// to do at once.
func (l *loop) rest() bool {
	s := &l.schedule
	s.mu.Lock()
	defer s.mu.Unlock()
	wait := time.Until(s.next)
	if s.mu.stopped || wait <= 0 {
		return false
	}
	s.mu.timer.Reset(wait)
	return true
}

// firstScrape is the time until the first scrape. Targets are spread over the
// interval; one inside this process need not wait, it is no server to spare.
func (l *loop) firstScrape() time.Duration {
	if _, local := l.pool.opts.Local[l.target.Value(model.AddressLabel)]; local && l.last.IsZero() {
		return 0
	}
	return l.target.offset(time.Now(), l.interval, l.settings.offsetSeed)
}

// finish ends a loop that scrapes no more, and the target's series unless another
// loop goes on with them.
func (l *loop) finish() {
	if l.link != nil {
		l.link.close()
	}
	if l.handOver.Load() {
		close(l.done)
		l.pool.running.Done()
		return
	}
	l.in.rows.release()
	close(l.done)
	if l.last.IsZero() {
		l.pool.running.Done()
		return
	}
	// Waiting needs less of a stack than scraping.
	go func() {
		defer l.pool.running.Done()
		l.endSeries()
	}()
}
