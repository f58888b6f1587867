package tsdb_test

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"monopod/internal/storage"
	"monopod/internal/tsdb"
	"monopod/internal/tsdb/inspect"
	"monopod/internal/vfs"
)

// BenchmarkAtRest stores a day of 20 node and 5 kubelet targets, 20.6k series at
// 15 s, and reports the bytes a sample at rest, once as scrapes and once as
// samples with timestamps of their own. HOURS in the environment makes it
// shorter, VERBOSE=1 tells what takes the bytes.
//
//	go test -run - -bench AtRest -benchtime 1x ./internal/tsdb
func BenchmarkAtRest(b *testing.B) {
	for _, way := range []string{"rows", "samples"} {
		b.Run(way, func(b *testing.B) {
			for b.Loop() {
				atRest(b, way == "samples")
			}
		})
	}
}

func atRest(b *testing.B, asSamples bool) {
	hours := 24
	if s := os.Getenv("HOURS"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			b.Fatal(err)
		}
		hours = n
	}
	const begin = 1_764_000_000_000 // the start of a block of two hours
	var now time.Time
	dir := b.TempDir()
	if d := os.Getenv("KEEP"); d != "" {
		dir = d
	}
	db, err := tsdb.Open(tsdb.Options{
		FS: vfs.OS(), Dir: dir, Now: func() time.Time { return now },
		Limits: tsdb.Limits{Retention: 15 * 24 * time.Hour},
	})
	if err != nil {
		b.Fatal(err)
	}
	targets := newHistory(b, db)
	samples := 0
	head := 0.0
	rows := hours * 240
	started := time.Now()
	for r := range rows {
		at := begin + int64(r)*15_000
		now = time.UnixMilli(at)
		for _, t := range targets {
			n, err := t.write(db, at, asSamples)
			if err != nil {
				b.Fatal(err)
			}
			samples += n
		}
		if r == 475 {
			head = float64(db.Usage().Head) / float64(samples)
		}
		if r%480 == 300 {
			if err := db.Upkeep(context.Background()); err != nil {
				b.Fatal(err)
			}
		}
	}
	took := time.Since(started)
	if err := db.Upkeep(context.Background()); err != nil {
		b.Fatal(err)
	}
	if err := db.Upkeep(context.Background()); err != nil {
		b.Fatal(err)
	}
	u := db.Usage()
	b.ReportMetric(float64(u.Blocks+u.Head)/float64(samples), "B/sample")
	inBlocks := uint64(0)
	for _, m := range db.Blocks() {
		inBlocks += m.Stats.Samples
		b.Logf("block of %v: %d samples, %.4f B/sample, level %d", time.Duration(m.MaxTime-m.MinTime)*time.Millisecond, m.Stats.Samples, float64(m.Stats.Bytes)/float64(m.Stats.Samples), m.Origin.Level)
	}
	b.ReportMetric(float64(u.Blocks)/float64(inBlocks), "blockB/sample")
	b.ReportMetric(head, "headB/sample")
	b.ReportMetric(float64(took.Nanoseconds())/float64(samples), "ns/sample")
	if err := db.Close(); err != nil {
		b.Fatal(err)
	}
	if os.Getenv("VERBOSE") != "" {
		describe(b, dir)
	}
}

func describe(b *testing.B, dir string) {
	v, err := inspect.OpenView(vfs.OS(), dir)
	if err != nil {
		b.Fatal(err)
	}
	defer v.Close()
	r, err := inspect.Inspect(context.Background(), v, 40)
	if err != nil {
		b.Fatal(err)
	}
	var index, data, samples int64
	for _, x := range r.Blocks {
		index, data, samples = index+x.IndexBytes, data+x.DataBytes, samples+int64(x.Stats.Samples)
	}
	b.Logf("index %.4f, data %.4f B/sample", float64(index)/float64(samples), float64(data)/float64(samples))
	for _, e := range r.Encodings {
		b.Logf("%-28s %9d columns %10d samples %10d bytes %7.3f B/sample, %.4f of all", e.Name, e.Columns, e.Samples, e.Bytes, float64(e.Bytes)/float64(e.Samples), float64(e.Bytes)/float64(samples))
	}
	for _, m := range r.Top {
		b.Logf("%-60s %6d series %9d samples %9d bytes %7.3f", m.Name, m.Series, m.Samples, m.Bytes, float64(m.Bytes)/float64(m.Samples))
	}
}

// history is a target, whose values move as those of bench/fleet do: most stand
// still, counters grow by integers or fractions, gauges wander.
type history struct {
	base    labels.Labels
	group   storage.Group
	batch   storage.Batch
	series  []labels.Labels
	begin   []float64
	values  []float64
	integer []bool
	motion  []byte
	offset  int64
	rng     *rand.Rand
	buf     []byte
}

func newHistory(b *testing.B, db *tsdb.DB) []*history {
	var out []*history
	for _, kind := range []struct {
		name string
		n    int
	}{{"node", 20}, {"kubelet", 5}} {
		metrics, begin, integer, counter := payload(b, "../../bench/payloads/"+kind.name+".txt.gz")
		for i := range kind.n {
			t := &history{
				base:  labels.FromStrings("instance", fmt.Sprintf("10.0.0.%d:9100", i), "job", kind.name),
				begin: begin, integer: integer, values: append([]float64(nil), begin...), motion: make([]byte, len(begin)),
				rng: rand.New(rand.NewPCG(7, uint64(len(out)))),
			}
			t.offset = t.rng.Int64N(15_000)
			var err error
			if t.group, err = db.OpenGroup(t.base); err != nil {
				b.Fatal(err)
			}
			present := storage.Bitmap(nil).Grow(len(metrics))
			for c, m := range metrics {
				if _, err := t.group.Column(m); err != nil {
					b.Fatal(err)
				}
				present.Set(c)
				lb := labels.NewBuilder(m)
				t.base.Range(func(l labels.Label) { lb.Set(l.Name, l.Value) })
				t.series = append(t.series, lb.Labels())
				switch p := t.rng.Float64(); {
				case counter[c] && p < 0.65, !counter[c] && p < 0.6:
				case counter[c] && integer[c]:
					t.motion[c] = 1
				case counter[c]:
					t.motion[c] = 2
				default:
					t.motion[c] = 3
				}
			}
			t.batch.Rows = []storage.Row{{Group: t.group, Values: t.values, Present: present}}
			out = append(out, t)
		}
	}
	return out
}

func payload(b *testing.B, path string) (metrics []labels.Labels, values []float64, integer, counter []bool) {
	f, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		b.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		b.Fatal(err)
	}
	kinds := map[string]string{}
	p := parser.NewParser(parser.Options{})
	for l := range strings.Lines(string(text)) {
		if l = strings.TrimSpace(l); l == "" || l[0] == '#' {
			if f := strings.Fields(l); len(f) == 4 && f[1] == "TYPE" {
				kinds[f[2]] = f[3]
			}
			continue
		}
		end := max(strings.LastIndexByte(l, '}')+1, strings.IndexByte(l, ' '))
		if i := strings.LastIndexByte(l, '}') + 1; i > 0 {
			end = i
		}
		m, err := p.ParseMetric(l[:end])
		if err != nil {
			b.Fatal(err)
		}
		number := strings.Fields(l[end:])[0]
		v, err := strconv.ParseFloat(number, 64)
		if err != nil {
			b.Fatal(err)
		}
		name := m.Get("__name__")
		metrics, values = append(metrics, m), append(values, v)
		integer = append(integer, !strings.ContainsAny(number, ".e"))
		counter = append(counter, kinds[name] == "counter" || strings.HasSuffix(name, "_total") || strings.HasSuffix(name, "_count") || strings.HasSuffix(name, "_bucket") || strings.HasSuffix(name, "_sum"))
	}
	return metrics, values, integer, counter
}

// write makes the next scrape; one of fifty is a few milliseconds late.
func (t *history) write(db *tsdb.DB, at int64, asSamples bool) (int, error) {
	for c, motion := range t.motion {
		v := &t.values[c]
		switch motion {
		case 0:
			continue
		case 1:
			*v += float64(t.rng.IntN(8))
		case 2:
			*v += float64(t.rng.IntN(500)) / 100
		case 3:
			if t.integer[c] {
				*v += float64(t.rng.IntN(2001)-1000) * max(1, float64(int64(t.begin[c])/100000))
			} else {
				*v = t.begin[c] * (1 + float64(t.rng.IntN(2001)-1000)/20000)
			}
		}
		if !t.integer[c] {
			// As it stands in an exposition.
			t.buf = strconv.AppendFloat(t.buf[:0], *v, 'g', 10, 64)
			*v, _ = strconv.ParseFloat(string(t.buf), 64)
		}
	}
	t.batch.Timestamp = at + t.offset
	if t.rng.IntN(50) == 0 {
		t.batch.Timestamp += 3 + t.rng.Int64N(30)
	}
	if !asSamples {
		return len(t.values), db.Write(context.Background(), &t.batch)
	}
	b := storage.Batch{Samples: make([]storage.Sample, len(t.values))}
	for c := range t.values {
		b.Samples[c] = storage.Sample{Labels: t.series[c], T: t.batch.Timestamp, V: t.values[c]}
	}
	err := db.Write(context.Background(), &b)
	for i := range b.Samples {
		if err == nil {
			err = b.Samples[i].Err
		}
	}
	return len(t.values), err
}
