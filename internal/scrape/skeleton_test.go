package scrape

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// exposed is a body of families with ten lines each; device is a label of one.
func exposed(device string) string {
	var b strings.Builder
	for i := range 40 {
		fmt.Fprintf(&b, "# HELP family_%d Help.\n# TYPE family_%d gauge\n", i, i)
		for j := range 10 {
			label := fmt.Sprint(j)
			if i == 20 {
				label = device
			}
			fmt.Fprintf(&b, "family_%d{x=\"%s\",y=\"%d\"} %d\n", i, label, j, i*j)
		}
	}
	return b.String() + "# the end\n"
}

func TestTargetsShareTexts(t *testing.T) {
	var shared texts
	feed := func(bodies ...string) *feeder {
		f := newFeeder(t, "metric_relabel_configs:\n- source_labels: [__name__, y]\n  regex: family_7;3\n  action: drop\n")
		f.in.texts = &shared
		for _, body := range bodies {
			if r := f.feed(t, body, textFormat); r.err != nil {
				t.Fatal(r.err)
			}
		}
		return f
	}
	one := feed(exposed("sda"))
	alone := shared.count()
	two := feed(exposed("sda"))
	if n := shared.count(); n != alone {
		t.Errorf("%d texts for a target, %d for two with the same body", alone, n)
	}
	other := feed(exposed("sda"), exposed("nvme0"))
	if n := shared.count(); n > alone+2 {
		t.Errorf("%d texts for a target, %d where another has other labels in one family", alone, n)
	}
	for _, f := range []*feeder{one, two, other} {
		s := &f.in.entries.skeleton
		if s.lines != 400 || len(s.parts) > 400/minPart+1 || s.tail == nil || len(f.in.entries.all) != 0 {
			t.Errorf("%d lines in %d parts, %d entries, tail %v", s.lines, len(s.parts), len(f.in.entries.all), s.tail)
		}
	}
	runtime.KeepAlive(one)
	one, two, other = nil, nil, nil
	for deadline := time.Now().Add(time.Minute); shared.count() > 0; runtime.GC() {
		if time.Now().After(deadline) {
			t.Fatalf("%d texts are left of targets that are gone", shared.count())
		}
		time.Sleep(time.Millisecond)
	}
}

// Lines that are more than a value for a column keep an entry each, and no others
// do.
func TestOnlyLinesThatAreNotPlainHaveEntries(t *testing.T) {
	f := newFeeder(t, "metric_relabel_configs:\n- source_labels: [x]\n  regex: 'other'\n  target_label: instance\n- source_labels: [x]\n  regex: 'drop'\n  action: drop\n")
	stamp := f.t
	body := func(v int) string {
		return fmt.Sprintf("a{x=\"drop\"} %d\nb %d %d\nc %d\nc %d\nd{x=\"other\"} %d\ne %d\nf %d\n", v, v, stamp+int64(v), v, v, v, v, v)
	}
	for i := range 4 {
		if r := f.feed(t, body(i), textFormat); r.err != nil || r.scraped != 7 || r.kept != 6 {
			t.Fatal(r)
		}
		if n := len(f.in.entries.all); n != 3 {
			t.Errorf("%d entries, want those of the line with a timestamp, of the one that is there twice, and of the one in another group", n)
		}
	}
	// What only a failed scrape met is remembered, and forgotten with the next good one.
	for range 2 {
		f.feed(t, body(9)+"g 1\n}\n", textFormat)
		if n := len(f.in.entries.all); n != 4 {
			t.Errorf("%d entries after a scrape that failed", n)
		}
	}
	if r := f.feed(t, body(5)+"g 1\n", textFormat); r.added != 0 || len(f.in.entries.all) != 3 {
		t.Errorf("%d added, %d entries", r.added, len(f.in.entries.all))
	}
}

// Formats without a walk remember keys in skeletons too. The same lines must come
// to the same in OpenMetrics and in the text format.
func TestFormatsRememberTheSame(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 3))
	const job = "metric_relabel_configs:\n- source_labels: [x]\n  regex: '1.'\n  action: drop\n- source_labels: [x]\n  regex: '2.'\n  target_label: instance\n  replacement: other\n"
	for range 30 {
		text, other := newFeeder(t, job), newFeeder(t, job)
		other.t = text.t
		var lines []string
		for i := range 200 {
			lines = append(lines, fmt.Sprintf("m%d{x=\"%d\"} ", i/20, i))
		}
		for range 10 {
			for range r.IntN(4) {
				i, j := r.IntN(len(lines)), r.IntN(len(lines))
				switch r.IntN(4) {
				case 0:
					lines[i], lines[j] = lines[j], lines[i]
				case 1:
					lines = slices.Delete(lines, i, i+1)
				case 2:
					lines = slices.Insert(lines, i, lines[j])
				case 3:
					lines = slices.Insert(lines, i, fmt.Sprintf("new{x=\"%d\"} ", r.IntN(40)))
				}
			}
			var b strings.Builder
			for _, l := range lines {
				fmt.Fprintf(&b, "%s%d\n", l, r.IntN(100))
			}
			fault := ""
			if r.IntN(5) == 0 {
				fault = "fault{\n"
			}
			x, y := text.feed(t, b.String()+fault, textFormat), other.feed(t, b.String()+fault+"# EOF\n", openMetrics)
			if (x.err == nil) != (y.err == nil) || x.scraped != y.scraped || x.kept != y.kept || x.added != y.added {
				t.Fatalf("%s in the text format, %s in OpenMetrics:\n%s", x.text(), y.text(), b.String())
			}
		}
		if !samePoints(t, other.mem.Points(), text.mem.Points()) {
			t.FailNow()
		}
	}
}
