package scrape

import (
	"bytes"
	"context"
	"io"
	"os"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/prometheus/prometheus/model/labels"

	"monopod/internal/storage"
)

// payload is the answer of a real target.
func payload(t testing.TB, name string) []byte {
	t.Helper()
	f, err := os.Open("testdata/" + name + ".txt.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestRealPayloads reads what real targets answer, twice, with and without a
// skeleton.
func TestRealPayloads(t *testing.T) {
	for _, name := range []string{"node", "kubelet", "cadvisor"} {
		body := string(payload(t, name))
		fast, slow := newFeeder(t, ""), newFeeder(t, "")
		slow.t, slow.plain = fast.t, true
		for range 2 {
			if a, b := fast.feed(t, body, textFormat), slow.feed(t, body, textFormat); a != b || a.err != nil || a.scraped < 100 {
				t.Errorf("%s: %s and %s", name, a.text(), b.text())
			}
		}
		samePoints(t, fast.mem.Points(), slow.mem.Points())
	}
}

// BenchmarkRead reads a body that the target answered before.
func BenchmarkRead(b *testing.B) {
	for _, name := range []string{"node", "kubelet", "cadvisor"} {
		body := payload(b, name)
		body = append(make([]byte, 0, len(body)+8), body...)
		for _, way := range []string{"skeleton", "one line new", "parser"} {
			b.Run(name+"/"+way, func(b *testing.B) {
				f := newFeeder(b, "")
				f.feed(b, string(body), textFormat)
				other := append(append(make([]byte, 0, len(body)+64), "new_series 1\n"...), body...)
				samples := 0
				b.ReportAllocs()
				for i := 0; b.Loop(); i++ {
					at := body
					switch way {
					case "parser":
						f.in.entries.skeleton.contentType = "none that comes"
					case "one line new":
						if i%2 == 0 {
							at = other
						}
					}
					p := f.in.begin(f.t, time.UnixMilli(f.t))
					r := p.read(at, textFormat)
					if r.err != nil {
						b.Fatal(r.err)
					}
					samples += r.scraped
					p.free()
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(samples), "ns/sample")
			})
		}
	}
}

// BenchmarkPlace is the first scrape of a target.
func BenchmarkPlace(b *testing.B) {
	body := payload(b, "node")
	for b.Loop() {
		f := newFeeder(b, "")
		f.in.rows.writer = discard{}
		if err := f.in.openReport(); err != nil {
			b.Fatal(err)
		}
		p := f.in.begin(f.t, time.UnixMilli(f.t))
		if r := p.read(bytes.Clone(body), textFormat); r.err != nil {
			b.Fatal(r.err)
		}
		p.free()
	}
}

// discard is a store without a memory.
type discard struct{ storage.Writer }

type discardGroup struct {
	storage.Group
	n int
}

func (discard) OpenGroup(labels.Labels) (storage.Group, error) { return &discardGroup{}, nil }

func (discard) Write(context.Context, *storage.Batch) error { return nil }

func (discard) OpenSeries(ls labels.Labels) (storage.Series, error) { return discardSeries{ls}, nil }

type discardSeries struct{ labels.Labels }

func (s discardSeries) SeriesLabels() labels.Labels { return s.Labels }

func (g *discardGroup) Columns() int        { return g.n }
func (g *discardGroup) Shrink() []int32     { return nil }
func (g *discardGroup) Release()            {}
func (g *discardGroup) Base() labels.Labels { return labels.EmptyLabels() }
func (g *discardGroup) Last() (int64, bool) { return 0, false }
func (g *discardGroup) Column(labels.Labels) (int, error) {
	g.n++
	return g.n - 1, nil
}

// BenchmarkReadOpenMetrics reads a body that the target answered before.
func BenchmarkReadOpenMetrics(b *testing.B) {
	body := append(bytes.ReplaceAll(payload(b, "node"), []byte(" untyped\n"), []byte(" unknown\n")), "# EOF\n"...)
	for _, way := range []string{"skeleton", "parser"} {
		b.Run(way, func(b *testing.B) {
			f := newFeeder(b, "")
			if r := f.feed(b, string(body), openMetrics); r.err != nil {
				b.Fatal(r.err)
			}
			samples := 0
			b.ReportAllocs()
			for b.Loop() {
				f.in.entries.reread = way == "parser"
				p := f.in.begin(f.t, time.UnixMilli(f.t))
				r := p.read(body, openMetrics)
				if r.err != nil {
					b.Fatal(r.err)
				}
				samples += r.scraped
				p.free()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(samples), "ns/sample")
		})
	}
}
