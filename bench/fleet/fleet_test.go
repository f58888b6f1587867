package fleet

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/textparse"
)

const payloads = "../payloads"

func newTestTarget(t *testing.T, kind string, o Options, native bool) *target {
	t.Helper()
	p, err := Read(payloads, kind)
	if err != nil {
		t.Fatal(err)
	}
	return newTarget(NewPlayer(p, 1, 7), o, native)
}

// scrape returns the samples of a body, and how many native histograms it has.
func scrape(t *testing.T, target *target) (samples map[string]float64, histograms int) {
	t.Helper()
	w := httptest.NewRecorder()
	target.ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	p, err := textparse.New(w.Body.Bytes(), w.Header().Get("Content-Type"), labels.NewSymbolTable(), textparse.ParserOptions{})
	if err != nil {
		t.Fatal(err)
	}
	samples = map[string]float64{}
	for {
		e, err := p.Next()
		if errors.Is(err, io.EOF) {
			return samples, histograms
		}
		if err != nil {
			t.Fatal(err)
		}
		switch e {
		case textparse.EntryHistogram:
			histograms++
		case textparse.EntrySeries:
			_, _, v := p.Series()
			var ls labels.Labels
			p.Labels(&ls)
			samples[ls.String()] = v
		}
	}
}

func TestTargetServesItsPlayersValues(t *testing.T) {
	for _, kind := range kinds {
		target := newTestTarget(t, kind, Options{}, false)
		twin := NewPlayer(target.player.payload, 1, 7)
		for range 5 {
			got, _ := scrape(t, target)
			twin.Step()
			if len(got) != target.series {
				t.Fatalf("%s: %d samples, want %d", kind, len(got), target.series)
			}
			want := slices.DeleteFunc(twin.Values(nil), func(v float64) bool { return v != v })
			have := slices.DeleteFunc(slices.Collect(maps.Values(got)), func(v float64) bool { return v != v })
			slices.Sort(want)
			slices.Sort(have)
			if !slices.Equal(have, want) {
				t.Fatalf("%s: the values that were scraped are not the player's", kind)
			}
		}
	}
}

func TestCountersGrowAndGaugesStayNear(t *testing.T) {
	p, err := Read(payloads, "node")
	if err != nil {
		t.Fatal(err)
	}
	player := NewPlayer(p, 1, 1)
	before := player.Values(nil)
	moved := map[bool]int{}
	for range 200 {
		player.Step()
	}
	after := player.Values(nil)
	n := 0
	for i := range p.lines {
		l := &p.lines[i]
		if l.comment {
			continue
		}
		if before[n] != after[n] {
			moved[l.counter]++
		}
		if l.counter && after[n] < before[n] {
			t.Errorf("%sfell from %v to %v", l.series, before[n], after[n])
		}
		if decimals, _ := resolution(after[n]); !l.counter && decimals > l.decimals {
			t.Errorf("%sof %v became %v", l.series, l.value, after[n])
		}
		n++
	}
	if moved[true] == 0 || moved[false] == 0 {
		t.Errorf("%d counters and %d gauges moved", moved[true], moved[false])
	}
}

func TestReorderKeepsTheSeries(t *testing.T) {
	plain, shuffled := newTestTarget(t, "cadvisor", Options{}, false), newTestTarget(t, "cadvisor", Options{Reorder: 1}, false)
	a, _ := scrape(t, plain)
	b, _ := scrape(t, shuffled)
	if !slices.Equal(slices.Sorted(maps.Keys(a)), slices.Sorted(maps.Keys(b))) {
		t.Error("in another order there are other series")
	}
	var first, second bytes.Buffer
	shuffled.write(&first, time.Time{})
	shuffled.body = shuffled.player.template(shuffled.player.shuffled(rand.New(rand.NewPCG(3, 4))))
	shuffled.write(&second, time.Time{})
	if bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("the order did not change")
	}
}

func TestNativeTargets(t *testing.T) {
	target := newTestTarget(t, "kubelet", Options{}, true)
	samples, histograms := scrape(t, target)
	if histograms == 0 || len(samples)+histograms != target.series {
		t.Errorf("%d samples and %d histograms, want %d together", len(samples), histograms, target.series)
	}
}

func TestPunctuality(t *testing.T) {
	at := func(seconds ...float64) (w *watch) {
		w = &watch{since: time.Unix(0, 0)}
		for _, s := range seconds {
			w.scraped(time.Unix(0, int64(s*1e9)), 10)
		}
		return w
	}
	for _, c := range []struct {
		name         string
		w            *watch
		missed, late int64
	}{
		{"on time", at(3, 13, 23.2, 33), 0, 0},
		{"one missed", at(3, 13, 33), 1, 0},
		{"one late", at(3, 13, 25, 35), 0, 1},
		{"none since", at(3), 3, 0},
		{"never", at(), 3, 0},
	} {
		p := c.w.punctuality(time.Unix(35, 0), 10*time.Second, true)
		if p.Missed != c.missed || p.Late != c.late {
			t.Errorf("%s: %d missed and %d late, want %d and %d", c.name, p.Missed, p.Late, c.missed, c.late)
		}
	}
}

func TestChurnReplacesTargets(t *testing.T) {
	f, err := Start(Options{Payloads: payloads, Mix: Mix{"node": 5}, Interval: time.Second, Churn: 1000, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	deadline := time.Now().Add(10 * time.Second)
	for {
		if _, replaced := f.Punctuality(); replaced > 5 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("too few targets were replaced: %v", f.Err())
		}
		time.Sleep(5 * time.Millisecond)
	}
	text, err := os.ReadFile(filepath.Join(f.o.Dir, "targets-node.json"))
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(text), "targets"); n != 5 || f.Size() < 4 || !strings.Contains(string(f.Config()), "targets-node.json") {
		t.Errorf("%d targets listed, want 5:\n%s", n, text)
	}
}
