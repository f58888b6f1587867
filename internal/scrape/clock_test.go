package scrape

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"testing"
	"time"

	"monopod/internal/storage"
	"monopod/internal/storage/storagetest"
)

// The clock of the wall goes back by an hour and forward by a year: each scrape has
// a timestamp of its own, and none waits for the clock.
func TestAlignAfterClockJumps(t *testing.T) {
	const interval, tolerance = 10 * time.Second, 2 * time.Millisecond
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	at, aligned := start, start
	step := func(jump time.Duration) {
		t.Helper()
		last := aligned
		at = at.Add(interval + jump)
		aligned = align(at, aligned, interval, tolerance)
		if d := at.Sub(aligned); d < -interval/2 || d >= interval {
			t.Fatalf("jump %s: a scrape at %s is on the schedule of %s", jump, at, aligned)
		}
		if aligned.Equal(last) {
			t.Fatalf("jump %s: two scrapes on %s", jump, aligned)
		}
	}
	for _, jump := range []time.Duration{0, time.Millisecond, -time.Millisecond, -time.Hour, 365 * 24 * time.Hour, -365 * 24 * time.Hour, 3 * interval, -30 * time.Second} {
		step(jump)
		for range 5 {
			step(0)
		}
	}
	// Within the tolerance of a tick the schedule stays.
	if got := align(aligned.Add(interval-time.Millisecond), aligned.Add(interval), interval, tolerance); !got.Equal(aligned.Add(interval)) {
		t.Errorf("a scrape a millisecond early is on %s, want %s", got, aligned.Add(interval))
	}
}

// strictWriter takes what the engine would: nothing that is not newer than the last
// row, and nothing of the far future.
type strictWriter struct {
	*storagetest.Memory
	newest, limit int64
}

func (w *strictWriter) Write(ctx context.Context, b *storage.Batch) error {
	switch {
	case b.Timestamp > w.limit:
		return storage.ErrOutOfBounds
	case b.Timestamp <= w.newest:
		return storage.ErrOutOfOrder
	}
	w.newest = b.Timestamp
	return w.Memory.Write(ctx, b)
}

// What the store refuses of a clock that is wrong is told at the target, and the
// first scrape that it takes is as if nothing had been.
func TestScrapesOfAWrongClock(t *testing.T) {
	w := &strictWriter{Memory: storagetest.NewMemory()}
	r := newRig(t, Options{Writer: w, Local: map[string]http.Handler{"a": counting()}}, oneJob("a", ""))
	r.mem = w.Memory
	w.limit = r.now + time.Hour.Milliseconds()
	ok := func(value string) {
		t.Helper()
		if err := r.scrape().WriteError(); err != nil {
			t.Fatal(err)
		}
		r.want(`{__name__="n", instance="a", job="j"}`, value)
	}
	ok("1")
	ok("2")
	right := r.now
	for _, jump := range []struct {
		by   time.Duration
		want error
	}{{-time.Hour, storage.ErrOutOfOrder}, {365 * 24 * time.Hour, storage.ErrOutOfBounds}} {
		r.now = right + jump.by.Milliseconds()
		for range 3 {
			if err := r.scrape().WriteError(); !errors.Is(err, jump.want) {
				t.Errorf("clock off by %s: %v, want %v", jump.by, err, jump.want)
			}
		}
	}
	r.now = right
	ok("9")
	ok("10")
	r.want(`{__name__="up", instance="a", job="j"}`, "1")
}

// TestLateScrapeBeforeItsSuccessor: a scrape that is late by almost an interval
// gets the timestamp of the next tick, which then is not scraped twice.
func TestLateScrapeBeforeItsSuccessor(t *testing.T) {
	began := time.UnixMilli(1_700_000_000_000)
	const interval, tolerance = 50 * time.Millisecond, 2 * time.Millisecond
	var s schedule
	var stamps []int64
	for _, after := range []float64{0, 50.4, 150.2, 150.4, 200.4} {
		if at, due := s.tick(began.Add(time.Duration(after*float64(time.Millisecond))), interval, tolerance); due {
			stamps = append(stamps, at.Sub(began).Milliseconds())
		}
	}
	if want := []int64{0, 50, 150, 200}; !slices.Equal(stamps, want) {
		t.Errorf("scrapes at %v, want %v", stamps, want)
	}
}
