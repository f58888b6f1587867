package tsdb

import (
	"math"
	"sync"
	"time"
)

const (
	// maxJump is how far the clock may go forward at once and be believed.
	maxJump = 30 * 24 * time.Hour
	// jumpGrace is how long a clock that went further must stay there.
	jumpGrace = 10 * time.Minute
)

// clock tells how late it is. Timestamps far in the future would be refused by
// nothing if the clock itself went there by mistake, and then all that is right
// would be behind them, and what is right beyond the retention. So a leap of the
// clock is believed only after a while, which is measured on the monotonic clock.
type clock struct {
	wall func() time.Time
	mu   struct {
		sync.Mutex
		// believed is what the wall clock showed at the reading of the monotonic one.
		believed, reading time.Time
		// leapt is when it was first seen further ahead; zero: it is not.
		leapt time.Time
	}
}

func newClock(wall func() time.Time) *clock {
	c := &clock{wall: wall}
	c.mu.believed, c.mu.reading = wall(), time.Now()
	return c
}

// now is the wall clock, or what it would show without its leap.
func (c *clock) now() time.Time {
	wall, reading := c.wall(), time.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	expected := c.mu.believed.Add(reading.Sub(c.mu.reading))
	if wall.UnixMilli() > expected.Add(maxJump).UnixMilli() {
		if c.mu.leapt.IsZero() {
			c.mu.leapt = reading
		}
		if reading.Sub(c.mu.leapt) < jumpGrace {
			return expected
		}
	}
	c.mu.believed, c.mu.reading, c.mu.leapt = wall, reading, time.Time{}
	return wall
}

// tooFar tells whether a timestamp lies in the future. The clock is doubted only
// by timestamps far ahead of all that is stored.
func (db *DB) tooFar(t int64) bool {
	if t > db.now().Add(maxAhead).UnixMilli() {
		return true
	}
	newest := db.head.maxTime.Load()
	if newest > math.MinInt64 && t <= newest+maxJump.Milliseconds() {
		return false
	}
	return t > db.clock.now().Add(maxAhead).UnixMilli()
}
