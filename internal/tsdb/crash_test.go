package tsdb

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"

	"monopod/internal/storage"
	"monopod/internal/vfs"
)

// life is a short history of a store on a disk that may die, and a store beside
// it that was told what the first one took.
type life struct {
	t      *testing.T
	db     *DB
	model  *DB
	mine   []storage.Group
	theirs []storage.Group
	now    int64
	// synced is what the model had when the log was last synced.
	synced []string
	// deleted is whether a deletion was under way that failed, and its matcher.
	doubtful *labels.Matcher
}

func crashOptions(fsys vfs.FS) Options {
	o := testOptions(fsys)
	o.BlockDuration = time.Minute
	o.SealRows = 4
	o.WALBytes = 2 << 10
	return o
}

// live runs the history until an operation fails.
func (l *life) live(steps int) {
	ctx := context.Background()
	rng := rand.New(rand.NewPCG(7, 7))
	l.now = testTime
	for i := range steps {
		l.now += 4000
		for k := range 2 {
			if !l.write(k, rng) {
				return
			}
		}
		if i%3 == 0 && !l.late(rng) {
			return
		}
		var err error
		switch i % 10 {
		case 2, 6:
			if err = l.db.syncLog(); err == nil {
				l.synced = dump(l.t, l.model, math.MinInt64, math.MaxInt64)
			}
		case 4, 9:
			err = l.db.upkeep(ctx)
		case 7:
			m := labels.MustNewMatcher(labels.MatchEqual, "__name__", fmt.Sprintf("m%d", i%5))
			l.doubtful = m
			if err = l.db.Delete(ctx, 0, l.now-20_000, m); err == nil {
				l.doubtful = nil
				must(l.t, l.model.Delete(ctx, 0, l.now-20_000, m))
				l.synced = nil
			}
		case 8:
			err = l.db.CleanTombstones()
		}
		if err != nil {
			return
		}
	}
}

func (l *life) write(k int, rng *rand.Rand) bool {
	if l.mine[k] == nil {
		base := labels.FromStrings("instance", fmt.Sprint(k))
		var err error
		if l.mine[k], err = l.db.OpenGroup(base); err != nil {
			return false
		}
		l.theirs[k], err = l.model.OpenGroup(base)
		must(l.t, err)
	}
	values := map[string]float64{"up": 1}
	for m := range 5 {
		if rng.IntN(6) > 0 {
			values[fmt.Sprintf("m%d", m)] = float64(rng.IntN(1000)) / float64(1+rng.IntN(3))
		}
	}
	a, b := writer{l.t, l.mine[k], storage.Batch{}}, writer{l.t, l.theirs[k], storage.Batch{}}
	if a.write(l.db, l.now, values) != nil {
		return false
	}
	must(l.t, b.write(l.model, l.now, values))
	return true
}

func (l *life) late(rng *rand.Rand) bool {
	s := storage.Sample{Labels: labels.FromStrings("__name__", "late", "k", fmt.Sprint(rng.IntN(3))), T: l.now, V: rng.Float64()}
	if l.db.Write(context.Background(), &storage.Batch{Samples: []storage.Sample{s}}) != nil {
		return false
	}
	must(l.t, l.model.Write(context.Background(), &storage.Batch{Samples: []storage.Sample{s}}))
	return true
}

var errDead = errors.New("the process is dead")

// run lives until the nth operation of the file system, and returns the files.
// done tells that the history ended before.
func run(t *testing.T, n int64) (l *life, mem *vfs.MemFS, done bool) {
	t.Helper()
	mem = vfs.Mem()
	var ops atomic.Int64
	fsys := vfs.Faulty(mem, func(vfs.Op) error {
		if ops.Add(1) > n {
			return errDead
		}
		return nil
	})
	l = &life{t: t, mine: make([]storage.Group, 2), theirs: make([]storage.Group, 2)}
	o := crashOptions(vfs.Mem())
	o.BlockDuration, o.WALBytes = 24*time.Hour, 1<<30
	var err error
	l.model, err = Open(o)
	must(t, err)
	if l.db, err = Open(crashOptions(fsys)); err != nil {
		if !errors.Is(err, errDead) {
			t.Fatalf("open, dead at operation %d: %v", n, err)
		}
		return l, mem, false
	}
	l.live(60)
	die(l.db)
	return l, mem, ops.Load() <= n
}

func TestDeathAtEachOperation(t *testing.T) {
	step := int64(2)
	if testing.Short() {
		step = 20
	}
	for n := rand.Int64N(step); ; n += step {
		l, mem, done := run(t, n)
		want := dump(t, l.model, math.MinInt64, math.MaxInt64)
		db, err := Open(crashOptions(mem.Kill()))
		if err != nil {
			t.Fatalf("open after death at operation %d: %v", n, err)
		}
		got := dump(t, db, math.MinInt64, math.MaxInt64)
		if !slices.Equal(got, want) {
			if l.doubtful != nil {
				must(t, l.model.Delete(context.Background(), 0, l.now-20_000, l.doubtful))
				want = dump(t, l.model, math.MinInt64, math.MaxInt64)
			}
			if !slices.Equal(got, want) {
				t.Fatalf("after death at operation %d:\n%s", n, difference(got, want))
			}
		}
		must(t, db.upkeep(context.Background()))
		if again := dump(t, db, math.MinInt64, math.MaxInt64); !slices.Equal(got, again) {
			t.Fatalf("upkeep after death at operation %d changed\n%s", n, difference(again, got))
		}
		if db.Corruptions() > 0 {
			t.Fatalf("death at operation %d looks like damage", n)
		}
		must(t, db.Close())
		must(t, l.model.Close())
		if done {
			t.Logf("%d operations", n)
			return
		}
	}
}

func TestLossOfPower(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	rng := rand.New(rand.NewPCG(seed, 0))
	t.Logf("seed %d", seed)
	n := int64(20)
	for done := false; !done; n += 1 + rng.Int64N(40) {
		var l *life
		var mem *vfs.MemFS
		l, mem, done = run(t, n)
		all := dump(t, l.model, math.MinInt64, math.MaxInt64)
		for _, keep := range []float64{0, 0.5, 1} {
			db, err := Open(crashOptions(mem.Crash(rng, keep)))
			if err != nil {
				t.Fatalf("open after loss of power at operation %d, %g of the rest kept: %v", n, keep, err)
			}
			got := dump(t, db, math.MinInt64, math.MaxInt64)
			if l.doubtful == nil {
				if lost := missing(got, l.synced); lost != "" {
					t.Fatalf("loss of power at operation %d, %g of the rest kept: lost, although synced: %s", n, keep, lost)
				}
				if odd := missing(all, got); odd != "" {
					t.Fatalf("loss of power at operation %d, %g of the rest kept: never stored: %s", n, keep, odd)
				}
			}
			must(t, db.upkeep(context.Background()))
			w := openWriter(t, db, "instance", "0")
			must(t, w.write(db, l.now+60_000, map[string]float64{"up": 1, "m1": 2}))
			must(t, db.Close())
		}
		must(t, l.model.Close())
	}
}

// missing returns a sample of part that all has not.
func missing(all, part []string) string {
	has := map[string]bool{}
	for _, s := range all {
		i := strings.Index(s, "}")
		for _, f := range strings.Fields(s[i+1:]) {
			has[s[:i]+f] = true
		}
	}
	for _, s := range part {
		i := strings.Index(s, "}")
		for _, f := range strings.Fields(s[i+1:]) {
			if !has[s[:i]+f] {
				return s[:i+1] + " " + f
			}
		}
	}
	return ""
}
