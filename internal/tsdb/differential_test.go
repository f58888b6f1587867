package tsdb

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	promstorage "github.com/prometheus/prometheus/storage"
	promtsdb "github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/tsdb/tsdbutil"

	"monopod/internal/storage"
	"monopod/internal/tsdb/cells"
	"monopod/internal/vfs"
)

// world writes the same history to the store and to Prometheus's, as its scrape
// loop would: with a stale marker for each series that a scrape has no more.
type world struct {
	t       *testing.T
	rng     *rand.Rand
	mem     *vfs.MemFS
	o       Options
	db      *DB
	oracle  *promtsdb.DB
	now     int64
	targets []*target
	late    []labels.Labels
	lateT   map[string]int64
	deleted bool
	log     []string
}

// target is one that is scraped.
type target struct {
	base    labels.Labels
	group   storage.Group
	metrics []*metricModel
	live    map[*metricModel]bool
	order   bool // shuffled each time
}

// metricModel is a metric that may be there or not, and how it goes on.
type metricModel struct {
	labels  labels.Labels
	present bool
	kind    int
	f       float64
	n       int64
}

func newWorld(t *testing.T, seed uint64) *world {
	w := &world{t: t, rng: rand.New(rand.NewPCG(seed, 1)), mem: vfs.Mem(), now: testTime, lateT: map[string]int64{}}
	w.o = testOptions(w.mem)
	w.o.BlockDuration = 10 * time.Minute
	w.o.SealRows = 2 + w.rng.IntN(12)
	w.o.WALBytes = 1 << (10 + w.rng.IntN(8))
	w.o.CacheBytes = 1 << (12 + w.rng.IntN(10))
	w.open()
	oo := promtsdb.DefaultOptions()
	oo.RetentionDuration = 0
	oo.MinBlockDuration = (10000 * time.Hour).Milliseconds()
	oo.MaxBlockDuration = oo.MinBlockDuration
	var err error
	w.oracle, err = promtsdb.Open(t.TempDir(), nil, nil, oo, nil)
	must(t, err)
	t.Cleanup(func() {
		must(t, w.oracle.Close())
		must(t, w.db.Close())
	})
	for i := range 3 + w.rng.IntN(3) {
		w.targets = append(w.targets, w.newTarget(i))
	}
	for i := range 3 {
		w.late = append(w.late, labels.FromStrings("__name__", "late", "n", strconv.Itoa(i)))
	}
	return w
}

func (w *world) note(format string, args ...any) { w.log = append(w.log, fmt.Sprintf(format, args...)) }

func (w *world) open() {
	db, err := Open(w.o)
	must(w.t, err)
	w.db = db
}

func (w *world) newTarget(i int) *target {
	tg := &target{base: labels.FromStrings("instance", strconv.Itoa(i), "job", string(rune('a'+i%2))), live: map[*metricModel]bool{}, order: w.rng.IntN(3) == 0}
	if i%3 == 2 {
		tg.base = labels.FromStrings("instance", strconv.Itoa(i), "job", "c", "zone", "z")
	}
	for k := range 5 + w.rng.IntN(90) {
		m := &metricModel{kind: w.rng.IntN(11), present: w.rng.IntN(4) > 0}
		m.labels = labels.FromStrings("__name__", fmt.Sprintf("m%d", k/3), "le", strconv.Itoa(k%3))
		if k%7 == 0 {
			m.labels = labels.FromStrings("__name__", fmt.Sprintf("m%d", k/3))
		}
		tg.metrics = append(tg.metrics, m)
	}
	// A metric stands once in a target.
	seen := map[string]bool{}
	tg.metrics = slices.DeleteFunc(tg.metrics, func(m *metricModel) bool {
		s := m.labels.String()
		dup := seen[s]
		seen[s] = true
		return dup
	})
	return tg
}

var specials = []float64{
	math.NaN(), math.Inf(1), math.Inf(-1), math.Copysign(0, -1), 0, math.MaxFloat64, math.SmallestNonzeroFloat64, 1 << 53, 1<<53 + 2, -1 << 60,
	math.Float64frombits(0x7ff8000000000123), math.Float64frombits(0xfff0000000000001), staleNaN,
}

// next returns the next value.
func (m *metricModel) next(rng *rand.Rand) (float64, cells.Hist) {
	m.n++
	switch m.kind {
	case 0:
		m.f += float64(rng.IntN(3))
	case 1:
		m.f += float64(rng.IntN(100000))
	case 2:
		m.f = float64(rng.IntN(1000)) / 100
	case 3:
		m.f = rng.NormFloat64()
	case 4:
		if rng.IntN(3) == 0 {
			m.f = specials[rng.IntN(len(specials))]
		}
	case 5:
		return 0, cells.Hist{Int: tsdbutil.GenerateTestHistogram(m.n)}
	case 6:
		h := tsdbutil.GenerateTestFloatHistogram(m.n)
		if rng.IntN(8) == 0 {
			h.Schema++
		}
		return 0, cells.Hist{Float: h}
	case 7:
		return 0, cells.Hist{Int: tsdbutil.GenerateTestCustomBucketsHistogram(m.n)}
	case 8:
		switch rng.IntN(4) {
		case 0:
			return 0, cells.Hist{Int: tsdbutil.GenerateTestGaugeHistogram(int64(rng.IntN(20)))}
		case 1:
			return 0, cells.Hist{Float: tsdbutil.GenerateTestCustomBucketsFloatHistogram(int64(rng.IntN(20)))}
		case 2:
			return staleNaN, cells.Hist{}
		}
		m.f = float64(m.n)
	case 9:
		h := tsdbutil.GenerateTestHistogram(int64(rng.IntN(30)))
		if rng.IntN(2) == 0 {
			h.PositiveSpans = []histogram.Span{{Offset: int32(rng.IntN(5)), Length: 4}}
			h.Count = uint64(h.PositiveBuckets[0]*4+h.PositiveBuckets[1]*3+h.PositiveBuckets[2]*2+h.PositiveBuckets[3])*2 + h.ZeroCount
		}
		return 0, cells.Hist{Int: h}
	}
	return m.f, cells.Hist{}
}

// scrape writes a row of a target to both.
func (w *world) scrape(tg *target) {
	if tg.group == nil {
		g, err := w.db.OpenGroup(tg.base)
		must(w.t, err)
		tg.group = g
	}
	app := w.oracle.Appender(context.Background())
	row := storage.Row{Group: tg.group}
	order := slices.Clone(tg.metrics)
	if tg.order {
		w.rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	}
	failed := w.rng.IntN(12) == 0
	live := map[*metricModel]bool{}
	for _, m := range order {
		if w.rng.IntN(25) == 0 {
			m.present = !m.present
		}
		if !m.present || failed {
			continue
		}
		v, h := m.next(w.rng)
		if isStale(v) && !tg.live[m] {
			// Of what type the marker is then hangs on how long Prometheus remembers.
			v = 1
		}
		c, err := tg.group.Column(m.labels)
		must(w.t, err)
		if kindOf(h) != kindFloat {
			row.Histograms = append(row.Histograms, storage.HistogramValue{Column: c, Int: h.Int, Float: h.Float})
			live[m] = true
		} else {
			for len(row.Values) <= c {
				row.Values = append(row.Values, 42)
			}
			row.Present = row.Present.Grow(c + 1)
			row.Present.Set(c)
			row.Values[c] = v
			live[m] = !isStale(v)
		}
		w.oracleAppend(app, tg.full(m), w.now, v, h)
	}
	for m, was := range tg.live {
		if _, now := live[m]; was && !now {
			w.oracleAppend(app, tg.full(m), w.now, staleNaN, cells.Hist{})
		}
	}
	tg.live = live
	must(w.t, app.Commit())
	must(w.t, w.db.Write(context.Background(), &storage.Batch{Timestamp: w.now, Rows: []storage.Row{row}}))
}

func (tg *target) full(m *metricModel) labels.Labels {
	b := labels.NewBuilder(tg.base)
	m.labels.Range(func(l labels.Label) { b.Set(l.Name, l.Value) })
	return b.Labels()
}

func (w *world) oracleAppend(app promstorage.Appender, ls labels.Labels, t int64, v float64, h cells.Hist) {
	var err error
	if kindOf(h) != kindFloat {
		if h.Int != nil {
			h.Int = h.Int.Copy()
		} else {
			h.Float = h.Float.Copy()
		}
		_, err = app.AppendHistogram(0, ls, t, h.Int, h.Float)
	} else {
		_, err = app.Append(0, ls, t, v)
	}
	must(w.t, err)
}

// lateSamples appends samples with timestamps of their own to both, and expects
// the same errors.
func (w *world) lateSamples() {
	app, theirs := w.db.Appender(context.Background()), w.oracle.Appender(context.Background())
	for range 1 + w.rng.IntN(4) {
		ls := w.late[w.rng.IntN(len(w.late))]
		t := w.now/20000*20000 - int64(w.rng.IntN(3))*20000
		v := float64(w.rng.IntN(3))
		_, err := app.Append(0, ls, t, v)
		_, want := theirs.Append(0, ls, t, v)
		if reason(err) != reason(want) {
			w.t.Errorf("append %s at %d: %v, Prometheus says %v", ls, t, err, want)
		}
	}
	must(w.t, app.Commit())
	must(w.t, theirs.Commit())
}

func reason(err error) error {
	for _, r := range []error{storage.ErrOutOfOrder, storage.ErrOutOfBounds, storage.ErrTooOld, storage.ErrDuplicateTimestamp} {
		if errors.Is(err, r) {
			return r
		}
	}
	return err
}

// release ends the scraping of a target, with or without stale markers.
func (w *world) release(tg *target, end bool) {
	if tg.group == nil {
		return
	}
	tg.group.Release()
	if end {
		must(w.t, tg.group.End(context.Background(), w.now))
		app := w.oracle.Appender(context.Background())
		for m, was := range tg.live {
			if was {
				w.oracleAppend(app, tg.full(m), w.now, staleNaN, cells.Hist{})
			}
		}
		must(w.t, app.Commit())
		tg.live = map[*metricModel]bool{}
	}
	tg.group = nil
}

// restart closes the store, or kills it, and opens it again.
func (w *world) restart() {
	if w.rng.IntN(2) == 0 {
		w.note("close")
		must(w.t, w.db.Close())
	} else {
		w.note("kill")
		die(w.db)
		w.mem = w.mem.Kill()
		w.o.FS = w.mem
	}
	for _, tg := range w.targets {
		tg.group = nil
	}
	w.open()
}

func (w *world) deleteSome() {
	m := w.matcher()
	mint, maxt := w.now-int64(w.rng.IntN(2000))*1000, w.now-int64(w.rng.IntN(1000))*1000
	if w.rng.IntN(4) == 0 {
		mint, maxt = 0, w.now+3600_000
	}
	if mint > maxt {
		return
	}
	w.note("delete %s %d..%d", m, mint-testTime, maxt-testTime)
	w.deleted = true
	must(w.t, w.db.Delete(context.Background(), mint, maxt, m...))
	must(w.t, w.oracle.Delete(context.Background(), mint, maxt, m...))
}

func (w *world) matcher() []*labels.Matcher {
	pool := []*labels.Matcher{
		labels.MustNewMatcher(labels.MatchEqual, "job", "a"),
		labels.MustNewMatcher(labels.MatchNotEqual, "job", "a"),
		labels.MustNewMatcher(labels.MatchEqual, "job", ""),
		labels.MustNewMatcher(labels.MatchRegexp, "__name__", "m[0-3]"),
		labels.MustNewMatcher(labels.MatchRegexp, "__name__", "m1|m2|late"),
		labels.MustNewMatcher(labels.MatchNotRegexp, "__name__", "m1.*"),
		labels.MustNewMatcher(labels.MatchEqual, "le", ""),
		labels.MustNewMatcher(labels.MatchNotEqual, "le", ""),
		labels.MustNewMatcher(labels.MatchRegexp, "le", "|1"),
		labels.MustNewMatcher(labels.MatchNotRegexp, "instance", "1|2"),
		labels.MustNewMatcher(labels.MatchEqual, "zone", "z"),
		labels.MustNewMatcher(labels.MatchEqual, "nothing", ""),
	}
	out := []*labels.Matcher{labels.MustNewMatcher(labels.MatchNotEqual, "__name__", "")}
	for range w.rng.IntN(3) {
		out = append(out, pool[w.rng.IntN(len(pool))])
	}
	return out
}

// check compares what both answer.
func (w *world) check(what string) {
	w.t.Helper()
	mint, maxt := int64(math.MinInt64), int64(math.MaxInt64)
	ms := w.matcher()
	if w.rng.IntN(2) == 0 {
		mint = testTime + w.rng.Int64N(w.now-testTime+1)
		maxt = mint + w.rng.Int64N(w.now-mint+1)
	} else if w.rng.IntN(2) == 0 {
		ms = ms[:1]
	}
	// Prometheus's reader of a range panics over some sets of deletions, so it is
	// asked for everything.
	all, err := w.oracle.Querier(math.MinInt64, math.MaxInt64)
	must(w.t, err)
	defer all.Close()
	got, want := dump(w.t, w.db, mint, maxt, ms...), dumpWithin(w.t, all, mint, maxt, ms...)
	if !slices.Equal(got, want) {
		w.t.Fatalf("%s: %s in [%d,%d] differ\n%s\nhistory: %s", what, ms, mint-testTime, maxt-testTime, difference(got, want), strings.Join(w.log, "; "))
	}
	if !w.deleted {
		w.checkLabels(ms)
	}
}

func (w *world) checkLabels(ms []*labels.Matcher) {
	w.t.Helper()
	ctx := context.Background()
	ask := func(s promstorage.Queryable) []string {
		q, err := s.Querier(math.MinInt64, math.MaxInt64)
		must(w.t, err)
		defer q.Close()
		out, _, err := q.LabelNames(ctx, nil, ms...)
		must(w.t, err)
		for _, name := range []string{"__name__", "le", "job", "zone", "absent"} {
			values, _, err := q.LabelValues(ctx, name, nil, ms...)
			must(w.t, err)
			out = append(append(out, name+":"), values...)
		}
		return out
	}
	if got, want := ask(w.db), ask(w.oracle); !slices.Equal(got, want) {
		w.t.Fatalf("labels of %s differ: got %q, want %q", ms, got, want)
	}
}

func difference(got, want []string) string {
	at := func(ss []string) map[string]string {
		m := map[string]string{}
		for _, s := range ss {
			i := strings.Index(s, "}")
			m[s[:i+1]] = s[i+1:]
		}
		return m
	}
	g, x := at(got), at(want)
	var out []string
	for _, k := range slices.Sorted(maps.Keys(x)) {
		if g[k] != x[k] {
			a, b := strings.Fields(g[k]), strings.Fields(x[k])
			i := 0
			for i < len(a) && i < len(b) && a[i] == b[i] {
				i++
			}
			out = append(out, fmt.Sprintf("%s sample %d of %d/%d: got %q, want %q", k, i, len(a), len(b), a[i:min(i+3, len(a))], b[i:min(i+3, len(b))]))
		}
	}
	for _, k := range slices.Sorted(maps.Keys(g)) {
		if _, ok := x[k]; !ok {
			out = append(out, k+" is too much")
		}
	}
	return strings.Join(out[:min(len(out), 6)], "\n")
}

func (w *world) step() {
	w.now += 5000 + int64(w.rng.IntN(20))*500
	for _, tg := range w.targets {
		if w.rng.IntN(10) > 0 {
			w.scrape(tg)
		}
	}
	if w.rng.IntN(3) == 0 {
		w.now += 100
		w.lateSamples()
	}
	switch w.rng.IntN(40) {
	case 0, 1:
		w.note("upkeep")
		must(w.t, w.db.upkeep(context.Background()))
	case 2:
		w.restart()
	case 3:
		w.note("checkpoint")
		must(w.t, w.db.checkpoint())
	case 4:
		w.now += 50
		w.release(w.targets[w.rng.IntN(len(w.targets))], w.rng.IntN(2) == 0)
	case 5:
		w.deleteSome()
	case 6:
		w.note("clean")
		must(w.t, w.db.CleanTombstones())
	case 7:
		w.check("on the way")
	}
}

func TestSameAsPrometheus(t *testing.T) {
	seeds := []uint64{1, 2, 3, 4}
	if s := os.Getenv("MONOPOD_SEED"); s != "" {
		seed, err := strconv.ParseUint(s, 10, 64)
		must(t, err)
		seeds = []uint64{seed}
	} else {
		seeds = append(seeds, uint64(time.Now().UnixNano()))
	}
	for _, seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			w := newWorld(t, seed)
			for range 150 {
				w.step()
			}
			w.check("at the end")
			must(t, w.db.upkeep(context.Background()))
			w.check("after upkeep")
			w.restart()
			for range 5 {
				w.check("after restart")
			}
			w.checkSnapshot()
			if n := len(w.db.Blocks()); n == 0 && !w.deleted {
				t.Errorf("seed %d made no blocks", seed)
			}
		})
	}
}

// checkSnapshot opens a snapshot, which must answer as the store does.
func (w *world) checkSnapshot() {
	w.t.Helper()
	dir := filepath.Join("/snapshots", "one")
	must(w.t, w.db.Snapshot(dir, true))
	o := w.o
	o.Dir = dir
	copied, err := Open(o)
	must(w.t, err)
	defer copied.Close()
	got, want := dump(w.t, copied, math.MinInt64, math.MaxInt64), dump(w.t, w.db, math.MinInt64, math.MaxInt64)
	if !slices.Equal(got, want) {
		w.t.Fatalf("snapshot differs\n%s", difference(got, want))
	}
}
