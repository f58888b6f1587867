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

	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/tsdb/tsdbutil"

	"monopod/internal/storage"
	"monopod/internal/tsdb/block"
	"monopod/internal/tsdb/cells"
	"monopod/internal/tsdb/index"
	"monopod/internal/vfs"
)

// randomBlock makes a block with groups whose series are in other blocks, too, and
// with labels divided otherwise between base and metric.
func randomBlock(t *testing.T, db *DB, rng *rand.Rand, from, to int64) {
	t.Helper()
	var in block.Input
	for _, name := range []string{"a", "b", "c", "d"} {
		in.Metrics = append(in.Metrics, labels.FromStrings("__name__", name), labels.FromStrings("__name__", name, "k", "1"))
	}
	type cell struct {
		m index.MetricID
		g index.GroupID
		s int
	}
	samples := map[cell]*cells.Samples{}
	has := make([]bool, len(in.Metrics))
	for _, base := range []labels.Labels{labels.FromStrings("job", "x"), labels.FromStrings("job", "x", "k", "1"), labels.FromStrings("job", "y")} {
		for range rng.IntN(3) {
			g := block.Group{Base: base, Kind: byte(rng.IntN(2))}
			at := from + rng.Int64N(to-from)/1000*1000
			for range 1 + rng.IntN(3) {
				var times []int64
				for range 1 + rng.IntN(40) {
					if at < to {
						times = append(times, at)
					}
					at += 1000 * (1 + rng.Int64N(4))
				}
				if len(times) > 0 {
					g.Segments = append(g.Segments, times)
				}
			}
			for m := range in.Metrics {
				if rng.IntN(3) == 0 || base.Has("k") && in.Metrics[m].Has("k") {
					continue
				}
				any := false
				for s, times := range g.Segments {
					x := &cells.Samples{}
					for _, at := range times {
						if rng.IntN(5) > 0 {
							randomSample(x, rng, m, at)
						}
					}
					any = any || x.Len() > 0
					samples[cell{index.MetricID(m), index.GroupID(len(in.Groups)), s}] = x
				}
				if any {
					g.Metrics = append(g.Metrics, index.MetricID(m))
					has[m] = true
				}
			}
			if len(g.Metrics) > 0 {
				in.Groups = append(in.Groups, g)
			}
		}
	}
	if len(in.Groups) == 0 || slices.Contains(has, false) {
		randomBlock(t, db, rng, from, to)
		return
	}
	slices.SortStableFunc(in.Groups, func(a, b block.Group) int { return labels.Compare(a.Base, b.Base) })
	in.Samples = func(dst *cells.Samples, m index.MetricID, g index.GroupID, s int) error {
		x := samples[cell{m, g, s}]
		dst.AppendFrom(x, 0, x.Len())
		return nil
	}
	b, err := db.writeBlock(context.Background(), block.Origin{By: "import", Level: 1}, in)
	must(t, err)
	db.exchangeBlocks([]*block.Reader{b}, nil)
}

// randomSample adds one of few values, so that those at equal timestamps are equal
// as often as not.
func randomSample(x *cells.Samples, rng *rand.Rand, metric int, at int64) {
	n := rng.Int64N(3)
	switch kind := rng.IntN(8); {
	case kind == 0:
		x.AppendFloat(at, math.Float64frombits(value.StaleNaN))
	case kind == 1:
		x.AppendFloat(at, []float64{math.Copysign(0, -1), 0, math.Inf(1), math.Float64frombits(0x7ff8000000000000 + uint64(n))}[rng.IntN(4)])
	case metric >= 4 && kind < 5:
		x.AppendHist(at, cells.Hist{Int: tsdbutil.GenerateTestHistogram(n)})
	case metric >= 6 && kind == 5:
		x.AppendHist(at, cells.Hist{Float: tsdbutil.GenerateTestFloatHistogram(n)})
	case metric >= 6 && kind == 6:
		h := tsdbutil.GenerateTestGaugeHistogram(n)
		if n == 0 {
			h = &histogram.Histogram{Sum: math.Float64frombits(value.StaleNaN)}
		}
		x.AppendHist(at, cells.Hist{Int: h})
	default:
		x.AppendFloat(at, float64(n))
	}
	if metric%3 == 0 && rng.IntN(3) == 0 {
		x.SetStart(at - 1000*(1+n))
	}
}

// soundHints looks whether what histograms say about counter resets is so.
func soundHints(t *testing.T, db *DB) {
	t.Helper()
	q, err := db.Querier(math.MinInt64, math.MaxInt64)
	must(t, err)
	defer q.Close()
	set := q.Select(context.Background(), false, nil, labels.MustNewMatcher(labels.MatchRegexp, "__name__", ".+"))
	for set.Next() {
		var last *histogram.FloatHistogram
		it := set.At().Iterator(nil)
		for k := it.Next(); k != chunkenc.ValNone; k = it.Next() {
			if k == chunkenc.ValFloat {
				continue
			}
			at, h := it.AtFloatHistogram(nil)
			if isStale(h.Sum) {
				last = nil
				continue
			}
			if h.CounterResetHint == histogram.NotCounterReset {
				plain := h.Copy()
				plain.CounterResetHint = histogram.UnknownCounterReset
				if last == nil || plain.DetectReset(last) {
					t.Fatalf("%s at %d is said to be no reset", set.At().Labels(), at-testTime)
				}
			}
			last = h
		}
		must(t, it.Err())
	}
	must(t, set.Err())
}

// views is what is read of a store, whole and in ranges, row by row and by column.
func views(t *testing.T, db *DB, seed uint64) []string {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 9))
	out := append(dump(t, db, math.MinInt64, math.MaxInt64), starts(t, db)...)
	for range 12 {
		mint := testTime + rng.Int64N(600_000)
		maxt := mint + rng.Int64N(200_000)
		for _, line := range dump(t, db, mint, maxt) {
			out = append(out, fmt.Sprintf("%d-%d %s", mint, maxt, line))
		}
	}
	return out
}

// Whatever blocks overlap: what is read is the same before and after they are one.
func TestOverlappingBlocksMerge(t *testing.T) {
	seeds := []uint64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, uint64(time.Now().UnixNano())}
	for _, seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(seed, 3))
			o := testOptions(vfs.Mem())
			o.BlockDuration = 20 * time.Minute
			db, err := Open(o)
			must(t, err)
			defer func() { must(t, db.Close()) }()
			remove := func() {
				mint := testTime + rng.Int64N(500_000)
				must(t, db.Delete(context.Background(), mint, mint+rng.Int64N(60_000),
					labels.MustNewMatcher(labels.MatchEqual, "__name__", []string{"a", "b", "c", "d"}[rng.IntN(4)])))
			}
			n := 2 + rng.IntN(4)
			for range n {
				from := testTime + rng.Int64N(300_000)/1000*1000
				randomBlock(t, db, rng, from, from+1000*(1+rng.Int64N(300)))
				if rng.IntN(2) == 0 {
					remove()
				}
			}
			// A neighbour, and one that overlaps all.
			randomBlock(t, db, rng, testTime+650_000, testTime+700_000)
			randomBlock(t, db, rng, testTime, testTime+600_000)
			want := views(t, db, seed)
			soundHints(t, db)
			before := len(db.Blocks())
			must(t, db.merge(context.Background()))
			if list := db.blocks(); len(list) >= before || len(overlap(list, math.MaxInt64)) > 0 {
				t.Errorf("%d blocks of %d are left", len(list), before)
			}
			if got := views(t, db, seed); !slices.Equal(got, want) {
				t.Fatalf("merged, it reads otherwise:\n%s", oneDifference(got, want))
			}
			soundHints(t, db)
			// Once more, with what is now in groups of one block, and deletions of it.
			remove()
			randomBlock(t, db, rng, testTime+100_000, testTime+400_000)
			want = views(t, db, seed)
			must(t, db.merge(context.Background()))
			if got := views(t, db, seed); !slices.Equal(got, want) {
				t.Fatalf("merged again, it reads otherwise:\n%s", oneDifference(got, want))
			}
			soundHints(t, db)
		})
	}
}

func oneDifference(got, want []string) string {
	for i := range min(len(got), len(want)) {
		if got[i] == want[i] {
			continue
		}
		a, b := strings.Fields(got[i]), strings.Fields(want[i])
		for k := range min(len(a), len(b)) {
			if a[k] != b[k] {
				return fmt.Sprintf("%s ...\n got %s\nwant %s", got[i][:min(120, len(got[i]))], a[k], b[k])
			}
		}
	}
	return fmt.Sprintf("%d lines, want %d", len(got), len(want))
}

// Blocks beyond what a merged one may cover stay as they are.
func TestOverlapWithinLimit(t *testing.T) {
	o := testOptions(vfs.Mem())
	o.BlockDuration = time.Minute
	o.Retention = 5 * time.Minute
	db := openTest(t, o)
	rng := rand.New(rand.NewPCG(4, 4))
	for i := range int64(3) {
		randomBlock(t, db, rng, testTime+i*40_000, testTime+i*40_000+50_000)
	}
	list := db.blocks()
	for i := range list[1:] {
		if set := overlap(list[i:i+2], 100); len(set) > 0 {
			t.Errorf("blocks that cover more than 100 ms would be merged")
		}
	}
	must(t, db.merge(context.Background()))
	for _, b := range db.Blocks() {
		if b.MaxTime-b.MinTime > time.Minute.Milliseconds() {
			t.Errorf("a block covers %d ms", b.MaxTime-b.MinTime)
		}
	}
}

// TestDeathWhileMergingOverlap: whatever operation is the last one, the samples are
// there, each once, and what was deleted is not.
func TestDeathWhileMergingOverlap(t *testing.T) {
	for n := int64(0); ; n++ {
		mem := vfs.Mem()
		var ops atomic.Int64
		ops.Store(math.MinInt64)
		fsys := vfs.Faulty(mem, func(vfs.Op) error {
			if ops.Add(1) > n {
				return errDead
			}
			return nil
		})
		o := testOptions(fsys)
		db, err := Open(o)
		must(t, err)
		rng := rand.New(rand.NewPCG(5, 5))
		for i := range int64(3) {
			randomBlock(t, db, rng, testTime+i*30_000, testTime+i*30_000+100_000)
			must(t, db.Delete(context.Background(), testTime+i*30_000, testTime+i*30_000+20_000, labels.MustNewMatcher(labels.MatchEqual, "__name__", "b")))
		}
		w := openWriter(t, db, "job", "x")
		must(t, w.write(db, testTime+200_000, map[string]float64{"a": 1}))
		want := append(dump(t, db, math.MinInt64, math.MaxInt64), starts(t, db)...)
		ops.Store(0)
		err = db.merge(context.Background())
		done := err == nil && ops.Load() <= n
		if err != nil && !errors.Is(err, errDead) && !errors.Is(err, storage.ErrReadOnly) {
			t.Fatalf("death at operation %d: %v", n, err)
		}
		// Until it dies, a process reads on.
		ops.Store(math.MinInt64)
		if got := append(dump(t, db, math.MinInt64, math.MaxInt64), starts(t, db)...); !slices.Equal(got, want) {
			t.Fatalf("before death at operation %d: %s", n, oneDifference(got, want))
		}
		die(db)
		o.FS = mem.Kill()
		db, err = Open(o)
		must(t, err)
		for _, when := range []string{"after", "and a merge after"} {
			if got := append(dump(t, db, math.MinInt64, math.MaxInt64), starts(t, db)...); !slices.Equal(got, want) {
				t.Fatalf("%s death at operation %d: %s", when, n, oneDifference(got, want))
			}
			must(t, db.merge(context.Background()))
		}
		if set := overlap(db.blocks(), math.MaxInt64); len(set) > 0 || db.Corruptions() > 0 {
			t.Fatalf("after death at operation %d: %d blocks overlap, %d damaged", n, len(set), db.Corruptions())
		}
		must(t, db.Close())
		if done {
			t.Logf("%d operations", n)
			return
		}
	}
}
