package scrape

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/prometheus/model/labels"

	"monopod/internal/storage/storagetest"
)

// feeder gives bodies to an ingester without a target around it.
type feeder struct {
	in  *ingester
	mem *storagetest.Memory
	t   int64
	// plain keeps the ingester from using a skeleton.
	plain bool
	// shrinks lets the store give back, after each good scrape, the columns that it
	// did not have.
	shrinks bool
}

func newFeeder(t testing.TB, jobYAML string) *feeder {
	t.Helper()
	cfg := loadConfig(t, oneJob("h:1", jobYAML)).ScrapeConfigs[0]
	target := newTarget(labels.FromStrings("job", "j", "instance", "h:1"), source{cfg: cfg})
	m, err := newMetrics(prometheus.NewRegistry(), func() map[string][]*Target { return nil })
	if err != nil {
		t.Fatal(err)
	}
	mem := storagetest.NewMemory()
	return &feeder{mem: mem, t: time.Now().UnixMilli(), in: &ingester{
		rules: (&settings{cfg: cfg}).rules(target, &Options{Exemplars: true}),
		rows:  rows{writer: mem, target: target.Labels()}, texts: &texts{}, meta: newMetadata(), metrics: m, logger: slog.New(slog.DiscardHandler),
	}}
}

func (f *feeder) feed(t testing.TB, body, contentType string) result {
	t.Helper()
	f.t += 10_000
	if f.plain {
		f.in.entries.skeleton.contentType = "none that comes"
	}
	if err := f.in.openReport(); err != nil {
		t.Fatal(err)
	}
	p := f.in.begin(f.t, time.UnixMilli(f.t))
	defer p.free()
	r := p.read([]byte(body), contentType)
	up := 1.0
	if r.err != nil {
		up = 0
	}
	p.setReport(&[reportSeries]float64{reportUp: up, reportScraped: float64(r.scraped), reportKept: float64(r.kept), reportAdded: float64(r.added)})
	f.mem.SetShrinking(f.shrinks && r.err == nil && r.scraped > 0)
	if err := p.write(context.Background()); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r result) text() string {
	return fmt.Sprintf("%d scraped, %d kept, %d added, error %v", r.scraped, r.kept, r.added, r.err)
}

// samePoints compares what two stores hold.
func samePoints(t testing.TB, got, want map[string][]storagetest.Point) bool {
	t.Helper()
	same := true
	names := maps.Clone(got)
	maps.Copy(names, want)
	for name := range names {
		if !slices.EqualFunc(got[name], want[name], storagetest.Point.Equal) {
			t.Errorf("%s:\n got %v\nwant %v", name, got[name], want[name])
			same = false
		}
	}
	return same
}

// both feeds the same bodies to an ingester with a skeleton, to one whose columns
// are renumbered all the time, and to one without a skeleton, and compares what
// comes of them.
func both(t testing.TB, jobYAML string, bodies []string) {
	t.Helper()
	bothIn(t, textFormat, jobYAML, bodies)
}

func bothIn(t testing.TB, format, jobYAML string, bodies []string) {
	t.Helper()
	fast, slow := newFeeder(t, jobYAML), newFeeder(t, jobYAML)
	slow.t, slow.plain = fast.t, true
	moving := newFeeder(t, jobYAML)
	moving.t, moving.shrinks = fast.t, true
	for i, body := range bodies {
		a, b, c := fast.feed(t, body, format), slow.feed(t, body, format), moving.feed(t, body, format)
		if x, y, z := a.text(), b.text(), c.text(); x != y || x != z {
			t.Errorf("body %d: with skeleton %s, without %s, renumbered %s", i, x, y, z)
		}
	}
	ok := samePoints(t, fast.mem.Points(), slow.mem.Points()) && samePoints(t, moving.mem.Points(), slow.mem.Points())
	if x, y := fmt.Sprint(fast.mem.Exemplars()), fmt.Sprint(slow.mem.Exemplars()); x != y {
		t.Errorf("exemplars with skeleton %s, without %s", x, y)
	}
	m, n := fast.in.meta.list(), slow.in.meta.list()
	byFamily := func(a, b Metadata) int { return strings.Compare(a.Family, b.Family) }
	slices.SortFunc(m, byFamily)
	slices.SortFunc(n, byFamily)
	if !slices.Equal(m, n) {
		t.Errorf("metadata with skeleton %v, without %v", m, n)
	}
	if !ok || t.Failed() {
		for i, body := range bodies {
			t.Logf("body %d: %q", i, body)
		}
		t.FailNow()
	}
}

func TestWalkEqualsParse(t *testing.T) {
	const base = "# HELP a Help.\n# TYPE a counter\na{x=\"1\"} 1\na{x=\"2\"} 2\n\n# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 2\nh_sum 3\nh_count 2\n# just a comment\nz 9\n"
	for name, bodies := range map[string][]string{
		"values":          {base, strings.ReplaceAll(base, " 2\n", " 7.25\n"), base},
		"no last newline": {base[:len(base)-1], base[:len(base)-1], base},
		"line gone":       {base, strings.Replace(base, "a{x=\"2\"} 2\n", "", 1), base},
		"first line gone": {base, strings.Replace(base, "a{x=\"1\"} 1\n", "", 1), base},
		"last line gone":  {base, strings.Replace(base, "z 9\n", "", 1), base},
		"new bucket":      {base, strings.Replace(base, "h_bucket{le=\"+Inf\"", "h_bucket{le=\"5\"} 2\nh_bucket{le=\"+Inf\"", 1)},
		"new line at end": {base, base + "h_bucket{le=\"7\"} 2\n"},
		"order":           {base, "z 1\n" + base[:len(base)-4], base},
		"type changes":    {base, strings.Replace(base, "TYPE a counter", "TYPE a gauge", 1), base},
		"help changes":    {base, strings.Replace(base, "Help.", "Other \\n help.", 1), base},
		"bad type":        {base, strings.Replace(base, "TYPE a counter", "TYPE a nothing", 1), base},
		"bad line":        {base, base + "x{ 1\n", base},
		"bad value":       {base, strings.Replace(base, " 2\n", " two\n", 1), base},
		"duplicate":       {base, base + "z 10\n", base, base + "z 10\nz 11\n"},
		"stamps":          {base, strings.ReplaceAll(base, " 2\n", " 2 1700000000000\n"), base},
		"only stamps":     {"a 1 1700000000000\n", "a 2 1700000001000\n", "a 2\n", "b 2\n"},
		"far future":      {"a 1 99999999999999\nb 1\n", "a 2 99999999999999\nb 1\n", "a 1\nb 1\n"},
		"blanks":          {"a  1 \nb\t2\n", "a  2 \nb\t3\n", "a 2\nb 3\n"},
		"no blank":        {"a{x=\"1\"}1\n", "a{x=\"1\"}2\n", "a{x=\"1\"} 3\n"},
		"leading blank":   {" a 1\nb 2\n", " a 2\nb 2\n"},
		"newline in key":  {"a{x=\"1\n# TYPE b counter\n\"} 1\nb 2\n", "a{x=\"1\n# TYPE b counter\n\"} 2\nb 3\n"},
		"quoted name":     {"{\"a b\",x=\"1\"} 1\n# HELP \"a b\" text\n", "{\"a b\",x=\"1\"} 2\n# HELP \"a b\" text two\n"},
		"name over lines": {"b 1\n", "# HELP \"a\nb 1\n\" text\nc 1\n", "b 2\n"},
		"NUL":             {"a 1\nb 2\n", "a 2\n\x00b 2\n", "a 3\nb 2\n"},
		"NUL in comment":  {"a 1\n# x\x00y\nb 2\n", "a 2\n# x\x00z\nb 2\n"},
		"NUL ends it all": {"a 1\n", "#\x00\na 2\n", "a 1\n#\x00\nb 2\n", "a 1\n#\x00\nb 3\n"},
		"comments only":   {"# a\n", "# a\n", "# b\n", "a 1\n"},
		"empty":           {base, "", base, "\n", base},
		"braces":          {"a{} 1\n", "a 2\n", "a{} 3\n"},
		"special values":  {"a NaN\nb +Inf\nc -Inf\nd -0\n", "a 1e309\n", "a NaN\nb -Inf\nc 0x1\n", "a 1\n"},
		"trailing space":  {"a 1", "a 1 ", "a 1  \n "},
		"same series":     {"a{x=\"1\",y=\"2\"} 1\na{y=\"2\",x=\"1\"} 2\n", "a{y=\"2\",x=\"1\"} 2\na{x=\"1\",y=\"2\"} 1\n"},
		"carriage":        {"a 1\n", "a 1\r\n", "a 1\n"},
		"fancy names":     {"a:b 1\n_c 2\n", "a:b 2\n_c 3\n9d 1\n"},
	} {
		t.Run(name, func(t *testing.T) { both(t, "", bodies) })
		t.Run(name+" with rules", func(t *testing.T) {
			both(t, "honor_timestamps: false\nsample_limit: 8\nmetric_relabel_configs:\n- source_labels: [x]\n  regex: '2'\n  action: drop\n", bodies)
		})
		t.Run(name+" tracked", func(t *testing.T) { both(t, "track_timestamps_staleness: true\nhonor_labels: true\n", bodies) })
	}
}

// mutate changes a body as targets do, and as they should not.
func mutate(r *rand.Rand, body string) string {
	lines := strings.SplitAfter(body, "\n")
	for range 1 + r.IntN(4) {
		i, j := r.IntN(len(lines)), r.IntN(len(lines))
		switch r.IntN(14) {
		case 0, 1, 2:
			if k := strings.LastIndexByte(lines[i], ' '); k > 0 && lines[i][0] != '#' {
				lines[i] = fmt.Sprintf("%s %v\n", lines[i][:k], r.IntN(1000))
			}
		case 3:
			lines[i] = ""
		case 4:
			lines[i] += fmt.Sprintf("n%d{le=\"%d\"} %d\n", r.IntN(5), r.IntN(3), r.IntN(9))
		case 5:
			lines[i] += lines[j]
		case 6:
			lines[i], lines[j] = lines[j], lines[i]
		case 7:
			lines[i] += fmt.Sprintf("# TYPE n%d %s\n", r.IntN(5), []string{"counter", "histogram", "summary", "bogus"}[min(3, r.IntN(12))])
		case 8:
			lines[i] = strings.TrimSuffix(lines[i], "\n") + fmt.Sprintf(" %d\n", 1700000000000+r.IntN(5)*1000)
		case 9:
			lines[i] += []string{"\n", "# c\n", " \n", "#\n", "# HELP a \\\\ x\n"}[r.IntN(5)]
		case 10:
			lines[i] = strings.Replace(lines[i], " ", []string{"  ", "\t", "{} "}[r.IntN(3)], 1)
		case 11:
			if r.IntN(6) == 0 && len(lines[i]) > 0 {
				k := r.IntN(len(lines[i]))
				lines[i] = lines[i][:k] + string([]byte{byte(r.IntN(256))}) + lines[i][k:]
			}
		case 12:
			lines[i] += fmt.Sprintf("s{x=\"%d\",y=\"%d\"} %d\n", r.IntN(3), r.IntN(3), r.IntN(9))
		case 13:
			lines[i] += fmt.Sprintf("s{y=\"%d\",x=\"%d\"} %d\n", r.IntN(3), r.IntN(3), r.IntN(9))
		}
	}
	return strings.Join(lines, "")
}

func TestWalkEqualsParseRandom(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 2))
	jobs := []string{
		"", "honor_timestamps: false\n", "track_timestamps_staleness: true\n", "sample_limit: 9\n", "honor_labels: true\n",
		"label_value_length_limit: 3\n",
		"metric_relabel_configs:\n- source_labels: [x]\n  regex: '2'\n  action: drop\n- regex: y\n  action: labeldrop\n- source_labels: [x]\n  regex: '1'\n  target_label: instance\n  replacement: other\n",
	}
	for i := range 400 {
		body := "# HELP a A.\n# TYPE a counter\na{x=\"1\"} 1\na{x=\"2\"} 2\n# TYPE n1 histogram\nn1{le=\"1\"} 1\nn1{le=\"+Inf\"} 2\nb{instance=\"k\"} 4\n"
		var bodies []string
		for range 8 {
			bodies = append(bodies, body)
			if next := mutate(r, body); len(next) < 3000 {
				body = next
			}
		}
		both(t, jobs[i%len(jobs)], bodies)
	}
}

func FuzzWalkEqualsParse(f *testing.F) {
	f.Add("# TYPE a counter\na{x=\"1\"} 1\n", "a{x=\"1\"} 2\nb 1 5\n", "")
	f.Add("a 1\n\n# x\nb{c=\"\\\"\"} 2", "b{c=\"\\\"\"} 2\na 1\n", "a 1 17\n")
	f.Fuzz(func(t *testing.T, one, two, three string) {
		both(t, "track_timestamps_staleness: true\n", []string{one, two, three, one})
	})
}

// The point of the skeleton: a body like the one before is neither parsed nor
// looked up, and costs no allocation for a line.
func TestWalkAllocatesNothingPerLine(t *testing.T) {
	var b strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&b, "metric_%d{label=\"%d\"} %d\n", i/50, i, i)
	}
	f := newFeeder(t, "")
	body := append(make([]byte, 0, b.Len()+8), b.String()...)
	f.feed(t, b.String(), textFormat)
	n := testing.AllocsPerRun(20, func() {
		p := f.in.begin(f.t, time.UnixMilli(f.t))
		if r := p.read(body, textFormat); r.err != nil || r.scraped != 2000 || p.lines.skeleton != 2000 || r.added != 0 {
			t.Error(r, p.lines)
		}
		p.free()
	})
	if n > 5 {
		t.Errorf("%v allocations for 2000 lines that are known", n)
	}
	r := f.feed(t, strings.Replace(b.String(), "metric_7{label=\"350\"} 350\n", "new 1\n", 1), textFormat)
	if r.added != 1 || r.scraped != 2000 {
		t.Error(r)
	}
}

func TestForgetsWildKeys(t *testing.T) {
	f := newFeeder(t, "")
	for i := range 5 {
		var b strings.Builder
		for j := range 700 {
			fmt.Fprintf(&b, "m%d_%d 1\n", i, j)
		}
		if r := f.feed(t, b.String()+"}{\n", textFormat); r.err == nil || r.scraped != 700 || r.added != 700 {
			t.Fatal(r)
		}
		if n := len(f.in.entries.all); n > 1000 {
			t.Fatalf("%d keys remembered of bodies that failed", n)
		}
	}
	if n := f.mem.Columns(); n != reportTimeout {
		t.Errorf("%d columns were made for bodies that failed", n)
	}
}

func TestGiantLabel(t *testing.T) {
	f := newFeeder(t, "")
	r := f.feed(t, "a 1\nb{x=\""+strings.Repeat("y", 1<<24)+"\"} 1\n", textFormat)
	var e *Error
	if !errors.As(r.err, &e) || e.Kind != KindParse || !strings.Contains(e.Error(), "line 2:") || len(e.Error()) > 1000 {
		t.Errorf("%.2000v", r.err)
	}
	if r := f.feed(t, "a 1\n", textFormat); r.err != nil {
		t.Error(r.err)
	}
}

// When the configuration changes, what is remembered of lines is dropped, and the
// series with tracked timestamps still end when they are gone.
func TestForgottenStampedSeriesEnd(t *testing.T) {
	f := newFeeder(t, "track_timestamps_staleness: true\n")
	stamp := f.t - 60_000
	f.feed(t, fmt.Sprintf("a 1 %d\nb 1 %d\n", stamp, stamp), textFormat)
	f.in.forget()
	f.feed(t, fmt.Sprintf("a 1 %d\n", stamp), textFormat)
	for name, want := range map[string]bool{"a": false, "b": true} {
		points := f.mem.Points()[labels.FromStrings("__name__", name, "job", "j", "instance", "h:1").String()]
		if len(points) == 0 || points[len(points)-1].Stale() != want {
			t.Errorf("%s: %v", name, points)
		}
	}
}
