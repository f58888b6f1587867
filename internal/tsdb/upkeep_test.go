package tsdb

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"monopod/internal/storage"
	"monopod/internal/vfs"
)

func parse(t *testing.T, ls string) labels.Labels {
	t.Helper()
	out, err := parser.NewParser(parser.Options{}).ParseMetric(ls)
	must(t, err)
	return out
}

// fill writes a row each 15 s.
func fill(t *testing.T, db *DB, w *writer, from, rows int) {
	t.Helper()
	for i := from; i < from+rows; i++ {
		must(t, w.write(db, testTime+int64(i)*15_000, map[string]float64{"up": 1, "m": float64(i * i)}))
	}
}

func TestRetentionByTime(t *testing.T) {
	o := testOptions(vfs.Mem())
	o.BlockDuration = 10 * time.Minute
	o.Retention = time.Hour
	db := openTest(t, o)
	w := openWriter(t, db, "job", "x")
	for i := range 10 {
		fill(t, db, w, i*60, 60)
		must(t, db.upkeep(context.Background()))
	}
	start, err := db.StartTime()
	must(t, err)
	newest := int64(testTime + 599*15_000)
	if age := newest - start; age < time.Hour.Milliseconds() || age > (time.Hour+30*time.Minute).Milliseconds() {
		t.Errorf("the oldest sample is %v old", time.Duration(age)*time.Millisecond)
	}
	entries, err := o.FS.List("/data/blocks")
	must(t, err)
	if len(entries) != len(db.Blocks()) {
		t.Errorf("%d directories of %d blocks", len(entries), len(db.Blocks()))
	}
}

func TestRetentionBySize(t *testing.T) {
	o := testOptions(vfs.Mem())
	o.BlockDuration = 10 * time.Minute
	db := openTest(t, o)
	w := openWriter(t, db, "job", "x")
	fill(t, db, w, 0, 300)
	must(t, db.upkeep(context.Background()))
	must(t, db.upkeep(context.Background()))
	u := db.Usage()
	before := len(db.Blocks())
	l := o.Limits
	l.RetentionBytes = u.WAL + u.Head + u.Blocks/2
	db.SetLimits(l)
	must(t, db.upkeep(context.Background()))
	if after := len(db.Blocks()); after == 0 || after >= before {
		t.Errorf("%d blocks of %d are left", after, before)
	}
	newest := dump(t, db, testTime+290*15_000, math.MaxInt64)
	if len(newest) != 2 {
		t.Errorf("the newest samples are gone: %q", newest)
	}
}

// TestRetentionByPercentage: the share of the disk goes before the size, and the
// size is used where the disk does not tell its own.
func TestRetentionByPercentage(t *testing.T) {
	mem := vfs.Mem()
	o := testOptions(mem)
	o.BlockDuration = 10 * time.Minute
	db := openTest(t, o)
	w := openWriter(t, db, "job", "x")
	fill(t, db, w, 0, 300)
	must(t, db.upkeep(context.Background()))
	must(t, db.upkeep(context.Background()))
	u := db.Usage()
	before := len(db.Blocks())
	mem.SetCapacity(uint64(u.WAL+u.Head+u.Blocks/2) * 4)
	l := o.Limits
	l.RetentionBytes, l.RetentionPercentage = 1, 100
	db.SetLimits(l)
	must(t, db.upkeep(context.Background()))
	if n := len(db.Blocks()); n != before {
		t.Errorf("%d blocks of %d are left of a disk that has room", n, before)
	}
	l.RetentionPercentage = 25
	db.SetLimits(l)
	must(t, db.upkeep(context.Background()))
	if n := len(db.Blocks()); n == 0 || n >= before {
		t.Errorf("%d blocks of %d are left in a quarter of the disk", n, before)
	}
}

// TestGroupsGo: what has no rows in the head and no writer is forgotten there, and
// its numbers are not given out again.
func TestGroupsGo(t *testing.T) {
	mem := vfs.Mem()
	o := testOptions(mem)
	o.BlockDuration = 10 * time.Minute
	db := openTest(t, o)
	stays := openWriter(t, db, "job", "stays")
	for i := range 40 {
		w := openWriter(t, db, "pod", fmt.Sprint(i))
		values := map[string]float64{}
		for m := range 60 {
			values[fmt.Sprintf("m%d_%d", i, m)] = 1
		}
		must(t, w.write(db, testTime+int64(i), values))
		w.g.Release()
		must(t, w.g.End(context.Background(), testTime+1000))
	}
	before := dump(t, db, 0, math.MaxInt64)
	lastMetric, lastGroup := db.index.Last()
	fill(t, db, stays, 1, 200)
	for range 3 {
		must(t, db.upkeep(context.Background()))
	}
	if n := db.index.Sizes(); n.Groups != 1 || n.Metrics != 2 || n.Series != 2 {
		t.Errorf("the head has %+v", n)
	}
	if after := dump(t, db, 0, testTime+2000); len(after) != len(before) {
		t.Errorf("%d series of %d are left in the blocks", len(after), len(before))
	}
	must(t, db.catalog.compactNow(db.index, db.definedGroups))
	must(t, db.Close())
	db = openTest(t, testOptions(mem))
	if n := db.index.Sizes(); n.Groups != 1 {
		t.Errorf("after a restart the head has %+v", n)
	}
	if m, g := db.index.Last(); m < lastMetric || g < lastGroup {
		t.Errorf("the next numbers are %d and %d; %d and %d were given out", m+1, g+1, lastMetric, lastGroup)
	}
	w := openWriter(t, db, "job", "stays")
	if last, ok := w.g.Last(); !ok || last != testTime+200*15_000 {
		t.Errorf("the group that stays: last row at %d, %v", last, ok)
	}
}

func TestTwoWritersOfOneGroup(t *testing.T) {
	o := testOptions(vfs.Mem())
	o.BlockDuration = time.Minute
	db := openTest(t, o)
	a, b := openWriter(t, db, "job", "x"), openWriter(t, db, "job", "x")
	must(t, a.write(db, testTime, map[string]float64{"m": 1}))
	must(t, b.write(db, testTime+1, map[string]float64{"m": 2}))
	must(t, a.write(db, testTime+2, map[string]float64{"m": 3}))
	must(t, b.write(db, testTime+2, map[string]float64{"m": 3}))
	want := `{__name__="m", job="x"} 0:1 1:2 2:3`
	expect(t, dump(t, db, 0, math.MaxInt64), want)
	row := a.row(map[string]float64{"m": 1})
	a.g.Release()
	// Another has the group again: the first one's end is void.
	c := openWriter(t, db, "job", "x")
	must(t, a.g.End(context.Background(), testTime+3))
	expect(t, dump(t, db, 0, math.MaxInt64), want)
	if err := db.Write(context.Background(), &storage.Batch{Timestamp: testTime + 4, Rows: []storage.Row{row}}); !errors.Is(err, storage.ErrClosed) {
		t.Errorf("write after release: %v", err)
	}
	must(t, c.write(db, testTime+200_000, map[string]float64{"m": 4}))
	must(t, db.upkeep(context.Background()))
	if len(db.Blocks()) != 1 {
		t.Errorf("%d blocks", len(db.Blocks()))
	}
	expect(t, dump(t, db, 0, math.MaxInt64), want+" 200000:4")
}

// TestOneSeriesOfTwoShapes: base and metric divide the labels of one series in
// two ways, and a third source brings timestamps of its own.
func TestOneSeriesOfTwoShapes(t *testing.T) {
	db := openTest(t, testOptions(vfs.Mem()))
	target := openWriter(t, db, "job", "x", "instance", "i")
	must(t, target.write(db, testTime, map[string]float64{"m": 1}))
	g, err := db.OpenGroup(labels.FromStrings("instance", "i"))
	must(t, err)
	c, err := g.Column(labels.FromStrings("__name__", "m", "job", "x"))
	must(t, err)
	row := storage.Row{Group: g, Values: []float64{2}, Present: storage.Bitmap{1}}
	must(t, db.Write(context.Background(), &storage.Batch{Timestamp: testTime + 1, Rows: []storage.Row{row}}))
	app := db.Appender(context.Background())
	_, err = app.Append(0, parse(t, `m{job="x",instance="i"}`), testTime+2, 3)
	must(t, err)
	must(t, app.Commit())
	if c != 0 {
		t.Errorf("column %d", c)
	}
	for _, m := range []*labels.Matcher{
		labels.MustNewMatcher(labels.MatchEqual, "job", "x"),
		labels.MustNewMatcher(labels.MatchEqual, "__name__", "m"),
		labels.MustNewMatcher(labels.MatchRegexp, "instance", "i|j"),
	} {
		expect(t, dump(t, db, 0, math.MaxInt64, m), `{__name__="m", instance="i", job="x"} 0:1 1:2 2:3`)
	}
}

func TestRefusedRows(t *testing.T) {
	db := openTest(t, testOptions(vfs.Mem()))
	w := openWriter(t, db, "job", "x")
	must(t, w.write(db, testTime, map[string]float64{"m": 1}))
	write := func(at int64, rows ...storage.Row) error {
		return db.Write(context.Background(), &storage.Batch{Timestamp: at, Rows: rows})
	}
	good := w.row(map[string]float64{"m": 2})
	for _, c := range []struct {
		name string
		err  error
		want string
	}{
		{"older", write(testTime-1, good), "out of order"},
		{"equal", write(testTime, good), "out of order"},
		{"future", write(testTime+400*24*3600_000, good), "out of bounds"},
		{"twice", write(testTime+1, good, good), "two rows of group"},
		{"without value", write(testTime+1, storage.Row{Group: w.g, Present: storage.Bitmap{1}}), "has no value"},
		{"unknown column", write(testTime+1, storage.Row{Group: w.g, Values: make([]float64, 9), Present: storage.Bitmap{256}}), "column 8 of 1"},
		{"empty histogram", write(testTime+1, storage.Row{Group: w.g, Histograms: []storage.HistogramValue{{Column: 0}}}), "not of one kind"},
	} {
		if c.err == nil || !strings.Contains(c.err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, c.err, c.want)
		}
	}
	if _, err := w.g.Column(labels.FromStrings("__name__", "m", "job", "y")); err == nil {
		t.Error("a metric with a label of the base is taken")
	}
	// Nothing of a refused batch is stored, not even of its other rows.
	other := openWriter(t, db, "job", "other")
	if err := write(testTime, other.row(map[string]float64{"n": 1}), good); err == nil {
		t.Error("a batch with an old row is taken")
	}
	expect(t, dump(t, db, 0, math.MaxInt64), `{__name__="m", job="x"} 0:1`)
}
