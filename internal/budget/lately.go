package budget

import "time"

// latelySpan is the least time that Lately looks back, and half of the most.
const latelySpan = time.Minute

// Lately tells how far counters went in the last minute or two. The zero value is
// ready.
type Lately struct {
	before, next map[any]uint64
	turned       time.Time
}

// Turn makes the counters, by key, those from which Lately counts, one span after
// they were given. Keys that are not among them are forgotten.
func (l *Lately) Turn(at time.Time, counters func(yield func(key any, n uint64))) {
	if !l.turned.IsZero() && at.Sub(l.turned) < latelySpan {
		return
	}
	l.before, l.next, l.turned = l.next, map[any]uint64{}, at
	counters(func(key any, n uint64) { l.next[key] = n })
}

// Since is how far a counter went. What was not there before began at 0.
func (l *Lately) Since(key any, n uint64) int {
	before, known := l.before[key]
	if !known || before > n {
		return int(n)
	}
	return int(n - before)
}
