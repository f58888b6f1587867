package tsdb

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/tsdb/chunkenc"

	"monopod/internal/storage"
	"monopod/internal/vfs"
)

// TestPowerLossLoop takes the power from a store at a random operation of the
// file system, again and again: while it takes rows and samples, syncs each
// second, seals, makes blocks, merges, deletes and makes snapshots, all by its own
// timers. Of what was acknowledged at most the last second may be gone; of what
// was deleted nothing may be back; and nothing may be there that was not written.
//
// MONOPOD_ROUNDS is the number of rounds, MONOPOD_SEED repeats one.
func TestPowerLossLoop(t *testing.T) {
	rounds, seed := 200, uint64(time.Now().UnixNano())
	if testing.Short() {
		rounds = 20
	}
	if s := os.Getenv("MONOPOD_ROUNDS"); s != "" {
		n, err := strconv.Atoi(s)
		must(t, err)
		rounds = n
	}
	if s := os.Getenv("MONOPOD_SEED"); s != "" {
		n, err := strconv.ParseUint(s, 10, 64)
		must(t, err)
		seed = n
	}
	t.Logf("seed %d", seed)
	var sum losses
	began, told := time.Now(), time.Now()
	for round := range rounds {
		synctest.Test(t, func(t *testing.T) { powerRound(t, seed+uint64(round), &sum) })
		if t.Failed() {
			t.Fatalf("round %d; repeat with MONOPOD_ROUNDS=1 MONOPOD_SEED=%d", round, seed+uint64(round))
		}
		if time.Since(told) > 10*time.Second {
			told = time.Now()
			t.Logf("round %d of %d, %v", round+1, rounds, time.Since(began).Round(time.Second))
		}
	}
	t.Logf("loss of power: %d rounds in %v (seed %d): %d samples acknowledged, %d of them lost, the oldest %v before the power went; %d deleted, 0 back; %d blocks, %d snapshots",
		rounds, time.Since(began).Round(time.Second), seed, sum.acknowledged, sum.lost, sum.longest, sum.deleted, sum.blocks, sum.snapshots)
	if sum.longest > syncInterval {
		t.Errorf("a loss of power cost the last %v", sum.longest)
	}
	if rounds >= 100 && (sum.lost == 0 || sum.blocks == 0 || sum.deleted == 0 || sum.snapshots == 0) {
		t.Error("the rounds did not reach all that they are for")
	}
}

// losses sums up the rounds.
type losses struct {
	acknowledged, lost, deleted, blocks, snapshots int

	longest time.Duration
}

// told is what a sample's writer knows of it.
type told struct {
	v     float64
	taken time.Time // zero: the power went while it was written
	fate  fate
	lost  time.Time // the outage after which it was not there any more
}

type fate uint8

const (
	kept fate = iota
	deletedMaybe
	deletedSurely
)

// ledger is what was written: series to timestamp.
type ledger struct {
	sync.Mutex
	of map[string]map[int64]*told
}

// begin notes a sample that is about to be written.
func (l *ledger) begin(series string, at int64, v float64) *told {
	l.Lock()
	defer l.Unlock()
	if l.of[series] == nil {
		l.of[series] = map[int64]*told{}
	}
	s := &told{v: v}
	l.of[series][at] = s
	return s
}

func (l *ledger) taken(list []*told) {
	l.Lock()
	defer l.Unlock()
	for _, s := range list {
		s.taken = time.Now()
	}
}

// mark changes the fate of the samples that a deletion is of.
func (l *ledger) mark(name string, maxt int64, from, to fate) {
	l.Lock()
	defer l.Unlock()
	for series, samples := range l.of {
		if !strings.Contains(series, fmt.Sprintf("__name__=%q", name)) {
			continue
		}
		for at, s := range samples {
			if at <= maxt && s.fate == from {
				s.fate = to
			}
		}
	}
}

// powerWorld is one round.
type powerWorld struct {
	t    *testing.T
	rng  *rand.Rand
	o    Options
	sum  *losses
	seen ledger
	// copies are the snapshots that were made: the directory, and what was in them.
	copies map[string]map[string]map[int64]float64
}

// outage takes the power at an operation.
type outage struct {
	sync.Mutex
	mem  *vfs.MemFS
	left int // operations that are still done
	then *vfs.MemFS
	at   time.Time
}

func (o *outage) before(vfs.Op) error {
	o.Lock()
	defer o.Unlock()
	if o.left--; o.left < 0 {
		o.strikeLocked()
		return errDead
	}
	return nil
}

func (o *outage) strikeLocked() {
	if o.then == nil {
		o.then, o.at = o.mem.Kill(), time.Now()
	}
}

func powerRound(t *testing.T, seed uint64, sum *losses) {
	w := &powerWorld{t: t, rng: rand.New(rand.NewPCG(seed, 5)), sum: sum, copies: map[string]map[string]map[int64]float64{}}
	w.seen.of = map[string]map[int64]*told{}
	w.o = testOptions(nil)
	w.o.Now = nil // the clock of the bubble, as for the timers
	w.o.BlockDuration = time.Duration(10+w.rng.IntN(30)) * time.Second
	w.o.SealRows = 2 + w.rng.IntN(6)
	w.o.WALBytes = 1 << (9 + w.rng.IntN(6))
	w.o.WALSegmentBytes = max(w.o.WALBytes/4, 256)
	fsys := vfs.Mem()
	for range 3 {
		fsys = w.life(fsys)
		time.Sleep(time.Second)
	}
}

// life opens the store on what the last outage left, checks it, and lets it live
// until the next.
func (w *powerWorld) life(fsys *vfs.MemFS) *vfs.MemFS {
	t := w.t
	power := &outage{mem: fsys, left: 30 + w.rng.IntN(2500)}
	w.o.FS = vfs.Faulty(fsys, power.before)
	db, err := Open(w.o)
	if err != nil && !errors.Is(err, errDead) {
		t.Fatalf("open: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	if err == nil {
		var writers sync.WaitGroup
		for k := range 3 {
			rng := w.child()
			writers.Go(func() { w.scrapes(ctx, db, k, rng) })
		}
		sender, keeper := w.child(), w.child()
		writers.Go(func() { w.sends(ctx, db, sender) })
		writers.Go(func() { w.keepsHouse(ctx, db, keeper) })
		time.Sleep(time.Duration(5+w.rng.IntN(150)) * time.Second)
		synctest.Wait()
		w.sum.blocks += len(db.Blocks())
		power.Lock()
		power.strikeLocked()
		power.left = 0
		power.Unlock()
		cancel()
		writers.Wait()
		die(db)
	}
	cancel()
	next := power.then.Crash(w.rng, []float64{0, 0.5, 1}[w.rng.IntN(3)])
	w.check(next, power.at)
	return next.Kill()
}

// child is the dice of a goroutine.
func (w *powerWorld) child() *rand.Rand { return rand.New(rand.NewPCG(w.rng.Uint64(), 1)) }

// scrapes writes rows of a target.
func (w *powerWorld) scrapes(ctx context.Context, db *DB, k int, rng *rand.Rand) {
	base := labels.FromStrings("instance", strconv.Itoa(k))
	g, err := db.OpenGroup(base)
	if err != nil {
		return
	}
	every := time.Duration(300+rng.IntN(3000)) * time.Millisecond
	wr := writer{w.t, g, storage.Batch{}}
	time.Sleep(time.Duration(rng.IntN(int(every))))
	for tick := time.NewTicker(every); ; {
		values, at := map[string]float64{}, time.Now().UnixMilli()
		var list []*told
		for m := range 4 {
			if rng.IntN(5) == 0 {
				continue
			}
			name := fmt.Sprintf("m%d", m)
			values[name] = float64(rng.IntN(1000))
			list = append(list, w.seen.begin(labels.FromStrings("__name__", name, "instance", strconv.Itoa(k)).String(), at, values[name]))
		}
		if wr.write(db, at, values) == nil {
			w.seen.taken(list)
		}
		select {
		case <-ctx.Done():
			tick.Stop()
			return
		case <-tick.C:
		}
	}
}

// sends writes samples with timestamps of their own.
func (w *powerWorld) sends(ctx context.Context, db *DB, rng *rand.Rand) {
	for tick := time.NewTicker(470 * time.Millisecond); ; {
		var b storage.Batch
		var list []*told
		for k := range 3 {
			ls := labels.FromStrings("__name__", "late", "k", strconv.Itoa(k))
			at, v := time.Now().UnixMilli()-int64(rng.IntN(400)), float64(rng.IntN(100))
			b.Samples = append(b.Samples, storage.Sample{Labels: ls, T: at, V: v})
			list = append(list, w.seen.begin(ls.String(), at, v))
		}
		if db.Write(ctx, &b) == nil {
			for i := range b.Samples {
				if b.Samples[i].Err == nil {
					w.seen.taken(list[i : i+1])
				}
			}
		}
		select {
		case <-ctx.Done():
			tick.Stop()
			return
		case <-tick.C:
		}
	}
}

// keepsHouse deletes, cleans and makes snapshots.
func (w *powerWorld) keepsHouse(ctx context.Context, db *DB, rng *rand.Rand) {
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Duration(3+rng.IntN(30))*time.Second + 123*time.Microsecond):
		}
		switch rng.IntN(4) {
		case 0, 1:
			name, maxt := fmt.Sprintf("m%d", rng.IntN(4)), time.Now().UnixMilli()-int64(rng.IntN(30_000))
			w.seen.mark(name, maxt, kept, deletedMaybe)
			if db.Delete(ctx, 0, maxt, labels.MustNewMatcher(labels.MatchEqual, "__name__", name)) == nil {
				w.seen.mark(name, maxt, deletedMaybe, deletedSurely)
			}
		case 2:
			_ = db.CleanTombstones()
		case 3:
			dir := fmt.Sprintf("/copies/%d-%d", time.Now().UnixNano(), n)
			before := valuesOf(w.t, db)
			if before != nil && db.Snapshot(dir, true) == nil {
				w.copies[dir] = before
			}
		}
	}
}

// valuesOf reads everything but stale markers; nil where the power is gone.
func valuesOf(t *testing.T, db *DB) map[string]map[int64]float64 {
	q, err := db.Querier(math.MinInt64, math.MaxInt64)
	if err != nil {
		return nil
	}
	defer q.Close()
	out := map[string]map[int64]float64{}
	set := q.Select(context.Background(), true, nil, labels.MustNewMatcher(labels.MatchRegexp, "__name__", ".+"))
	for set.Next() {
		points := map[int64]float64{}
		it := set.At().Iterator(nil)
		for it.Next() == chunkenc.ValFloat {
			if at, v := it.At(); !isStale(v) {
				if _, twice := points[at]; twice {
					t.Errorf("%s has two samples at %d", set.At().Labels(), at)
				}
				points[at] = v
			}
		}
		if it.Err() != nil {
			return nil
		}
		out[set.At().Labels().String()] = points
	}
	if set.Err() != nil {
		return nil
	}
	return out
}

// check opens what an outage left and holds it against the ledger. What is lost is
// forgotten: it must not come back.
func (w *powerWorld) check(left *vfs.MemFS, at time.Time) {
	t := w.t
	t.Helper()
	o := w.o
	o.FS = left
	db, err := Open(o)
	if err != nil {
		t.Fatalf("open after the outage: %v", err)
	}
	got := valuesOf(t, db)
	if got == nil {
		t.Fatal("not everything can be read after the outage")
	}
	for series, samples := range got {
		for ts, v := range samples {
			if s := w.seen.of[series][ts]; s == nil || s.v != v {
				t.Errorf("%s at %d is %v, which was not written%s", series, ts, v, w.whose(ts, v))
			} else if !s.lost.IsZero() {
				t.Errorf("%s at %d, written at %v, was lost in the outage of %v and is back", series, ts, s.taken, s.lost)
			} else if s.fate == deletedSurely {
				t.Errorf("%s at %d was deleted and is back", series, ts)
			}
		}
	}
	for series, samples := range w.seen.of {
		for ts, s := range samples {
			_, there := got[series][ts]
			switch {
			case !s.lost.IsZero():
				continue
			case s.fate != kept && !there:
				w.sum.deleted++
				s.lost = at
			case there && s.taken.IsZero():
				s.taken = at // found once, it must stay
			case there:
			case s.taken.IsZero():
				s.lost = at
			default:
				w.sum.lost++
				if age := at.Sub(s.taken); age > w.sum.longest {
					w.sum.longest = age
					if age > syncInterval {
						t.Errorf("%s at %d, acknowledged %v before the outage, is lost", series, ts, age)
					}
				}
				s.lost = at
			}
			w.sum.acknowledged++
		}
	}
	w.checkCopies(left)
	must(t, db.upkeep(context.Background()))
	sameValues(t, db, got, valuesOf(t, db))
	// Nothing of it was synced by this process: the next life finds what the outage
	// left, and what the upkeep did of that.
	die(db)
}

// sameValues says what upkeep changed, which changes nothing.
func sameValues(t *testing.T, db *DB, before, after map[string]map[int64]float64) {
	t.Helper()
	compare := func(verb string, a, b map[string]map[int64]float64) {
		for series, samples := range a {
			for ts, v := range samples {
				if w, ok := b[series][ts]; !ok || w != v {
					t.Errorf("upkeep after the outage %s %s at %d = %v; window of %d; deletions %+v", verb, series, ts, v, windowOf(ts, db.blockMillis), db.deletions.all())
				}
			}
		}
	}
	compare("took", before, after)
	compare("brought", after, before)
}

// whose names the series that a sample belongs to.
func (w *powerWorld) whose(ts int64, v float64) string {
	for series, samples := range w.seen.of {
		if s := samples[ts]; s != nil && s.v == v {
			return " to it, but to " + series
		}
	}
	return ""
}

// checkCopies opens the snapshots that were done before the outage.
func (w *powerWorld) checkCopies(left *vfs.MemFS) {
	for dir, want := range w.copies {
		o := w.o
		o.FS, o.Dir = left.Kill(), dir
		db, err := Open(o)
		if err != nil {
			w.t.Fatalf("open snapshot %s after the outage: %v", dir, err)
		}
		got := valuesOf(w.t, db)
		for series, samples := range want {
			for ts, v := range samples {
				if have, ok := got[series][ts]; !ok || have != v {
					w.t.Errorf("snapshot %s: %s at %d is %v, %v; want %v", dir, series, ts, have, ok, v)
				}
			}
		}
		w.sum.snapshots++
		delete(w.copies, dir)
		die(db)
	}
}
