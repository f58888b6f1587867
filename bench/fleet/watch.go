package fleet

import (
	"sync"
	"time"
)

// Punctuality is how a fleet was scraped since Begin.
type Punctuality struct {
	Scrapes, Samples int64
	// Missed is the scrapes that should have been and were not.
	Missed int64
	// Late is the scrapes that came more than a tenth of the interval off schedule.
	Late int64
	// Worst is the most that a scrape was off schedule.
	Worst time.Duration
}

func (p *Punctuality) add(o Punctuality) {
	p.Scrapes += o.Scrapes
	p.Samples += o.Samples
	p.Missed += o.Missed
	p.Late += o.Late
	p.Worst = max(p.Worst, o.Worst)
}

// watch notes when a target is scraped.
type watch struct {
	mu    sync.Mutex
	since time.Time // Begin, or when the target came
	times []time.Time
	// earlier is the last scrape before since.
	earlier time.Time
	samples int64
}

func (w *watch) scraped(at time.Time, samples int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.times = append(w.times, at)
	w.samples += int64(samples)
}

func (w *watch) begin(at time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if n := len(w.times); n > 0 {
		w.earlier = w.times[n-1]
	}
	w.since, w.times, w.samples = at, nil, 0
}

// punctuality judges the scrapes until now. A target is on schedule when its
// scrapes are whole intervals apart; what is missing at the end counts where the
// target is still there.
func (w *watch) punctuality(now time.Time, interval time.Duration, there bool) Punctuality {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := Punctuality{Scrapes: int64(len(w.times)), Samples: w.samples}
	last := w.earlier
	for _, t := range w.times {
		if !last.IsZero() {
			gap := t.Sub(last)
			whole := max(1, (gap+interval/2)/interval)
			p.Missed += int64(whole - 1)
			off := (gap - whole*interval).Abs()
			if off > interval/10 {
				p.Late++
			}
			p.Worst = max(p.Worst, off)
		}
		last = t
	}
	if last.IsZero() {
		last = w.since
	}
	if there && !last.IsZero() {
		p.Missed += int64((now.Sub(last) - interval/10) / interval)
	}
	return p
}

// Begin starts the watch anew.
func (f *Fleet) Begin() {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := time.Now()
	f.mu.gone = Punctuality{}
	f.mu.churned = 0
	for _, m := range f.mu.members {
		m.target.watch.begin(now)
	}
}

// Punctuality is how the fleet was scraped since Begin, and how many targets were
// replaced. A target that came since then is on schedule from its first scrape on.
func (f *Fleet) Punctuality() (p Punctuality, replaced int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := time.Now()
	p = f.mu.gone
	for _, m := range f.mu.members {
		p.add(m.target.watch.punctuality(now, f.o.Interval, true))
	}
	return p, f.mu.churned
}

// Unscraped is the targets that were never scraped.
func (f *Fleet) Unscraped() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for _, m := range f.mu.members {
		if p := m.target.watch.punctuality(time.Time{}, f.o.Interval, false); p.Scrapes == 0 {
			n++
		}
	}
	return n
}
