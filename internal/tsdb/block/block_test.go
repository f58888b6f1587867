package block

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/oklog/ulid/v2"
	"github.com/prometheus/prometheus/model/labels"

	"monopod/internal/tsdb/cache"
	"monopod/internal/tsdb/cells"
	"monopod/internal/tsdb/index"
	"monopod/internal/vfs"
)

const (
	testMetrics = 150
	testGroups  = 130
	testRows    = 40
)

func value(m index.MetricID, g index.GroupID, t int64) float64 {
	return float64(int64(m)*7919+int64(g)*104729%1000) + float64(t%97)/3
}

// has tells which group has which metric.
func has(m index.MetricID, g index.GroupID) bool { return m == 3 || (int(m)+int(g))%5 == 0 }

func testInput() Input {
	var in Input
	for m := range testMetrics {
		in.Metrics = append(in.Metrics, labels.FromStrings("__name__", fmt.Sprintf("m%03d", m), "le", fmt.Sprint(m%4)))
	}
	for g := range testGroups {
		group := Group{Base: labels.FromStrings("instance", fmt.Sprintf("%03d", g))}
		for s := range 2 {
			var times []int64
			for r := range testRows {
				times = append(times, int64(s*1_000_000+r*1000+g))
			}
			group.Segments = append(group.Segments, times)
		}
		for m := range index.MetricID(testMetrics) {
			if has(m, index.GroupID(g)) {
				group.Metrics = append(group.Metrics, m)
			}
		}
		in.Groups = append(in.Groups, group)
	}
	in.Samples = func(dst *cells.Samples, m index.MetricID, g index.GroupID, segment int) error {
		for _, t := range in.Groups[g].Segments[segment] {
			dst.AppendFloat(t, value(m, g, t))
		}
		return nil
	}
	return in
}

func testShared(t *testing.T, fsys vfs.FS) *Shared {
	var ids atomic.Uint64
	s, err := NewShared(fsys, cache.New(1<<20), func() uint64 { return ids.Add(1) })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func writeTest(t *testing.T, s *Shared) Meta {
	id, err := ulid.New(1, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	m, err := s.Write(context.Background(), "/b", Meta{ULID: id, Origin: Origin{By: "head", Level: 1}}, testInput())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestBlockHasWhatWasWritten(t *testing.T) {
	s := testShared(t, vfs.Mem())
	meta := writeTest(t, s)
	r, err := s.Open("/b")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if r.Meta().ULID != meta.ULID || r.Meta().MinTime != 0 || r.Meta().MaxTime != 1_000_000+(testRows-1)*1000+testGroups-1 {
		t.Errorf("meta %+v", r.Meta())
	}
	if len(r.toc.pages) < 10 {
		t.Fatalf("%d pages: a metric should go over several", len(r.toc.pages))
	}
	hits, err := index.Select(r, []*labels.Matcher{labels.MustNewMatcher(labels.MatchRegexp, "instance", "0.*"), labels.MustNewMatcher(labels.MatchEqual, "le", "3")})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, h := range hits {
		for _, c := range h.Columns {
			if !has(c.Metric, h.Group) || c.Metric%4 != 3 || h.Group >= 100 {
				t.Fatalf("metric %d of group %d is found", c.Metric, h.Group)
			}
			n++
			checkSeries(t, r, c.Metric, h.Group)
		}
	}
	want := 0
	for g := range index.GroupID(100) {
		for m := index.MetricID(3); m < testMetrics; m += 4 {
			if has(m, g) {
				want++
			}
		}
	}
	if n != want {
		t.Errorf("%d series, want %d", n, want)
	}
	if values, err := r.LabelValues("le"); err != nil || fmt.Sprint(values) != "[0 1 2 3]" {
		t.Errorf("values %q, %v", values, err)
	}
	if names := r.LabelNames(); fmt.Sprint(names) != "[__name__ instance le]" {
		t.Errorf("names %q", names)
	}
}

func checkSeries(t *testing.T, r *Reader, m index.MetricID, g index.GroupID) {
	t.Helper()
	for segment := range 2 {
		var s cells.Samples
		if err := r.Samples(&s, m, g, segment); err != nil {
			t.Fatal(err)
		}
		if s.Len() != testRows {
			t.Fatalf("metric %d of group %d: %d samples in segment %d", m, g, s.Len(), segment)
		}
		for i, at := range s.T {
			if s.V[i] != value(m, g, at) {
				t.Fatalf("metric %d of group %d: %g at %d", m, g, s.V[i], at)
			}
		}
	}
}

// TestDamagedPage: what the other pages hold is found.
func TestDamagedPage(t *testing.T) {
	mem := vfs.Mem()
	s := testShared(t, mem)
	writeTest(t, s)
	r, err := s.Open("/b")
	if err != nil {
		t.Fatal(err)
	}
	// The metric that all groups have lies on more than one page.
	m, err := r.metric(3)
	if err != nil {
		t.Fatal(err)
	}
	if m.pages.n < 2 {
		t.Fatalf("metric 3 is on %d pages", m.pages.n)
	}
	bad := m.pages.first + m.pages.n/2
	content, err := vfs.ReadFile(mem, filepath.Join("/b", dataFile))
	if err != nil {
		t.Fatal(err)
	}
	content[r.toc.pages[bad].offset+100] ^= 1
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if err := vfs.WriteFile(mem, filepath.Join("/b", dataFile), content); err != nil {
		t.Fatal(err)
	}
	if r, err = s.Open("/b"); err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	good, lost := 0, 0
	for g := range index.GroupID(testGroups) {
		for segment := range 2 {
			var out cells.Samples
			switch err := r.Samples(&out, 3, g, segment); {
			case errors.Is(err, ErrPage):
				lost++
			case err != nil:
				t.Fatal(err)
			case out.Len() != testRows:
				t.Fatalf("group %d: %d samples", g, out.Len())
			default:
				good++
			}
		}
	}
	if good < 80 || lost == 0 {
		t.Errorf("%d segments are read, %d are lost", good, lost)
	}
}

func TestLaterVersionIsRefused(t *testing.T) {
	mem := vfs.Mem()
	s := testShared(t, mem)
	writeTest(t, s)
	path := filepath.Join("/b", indexFile)
	content, err := vfs.ReadFile(mem, path)
	if err != nil {
		t.Fatal(err)
	}
	footer := content[len(content)-footerSize:]
	footer[23]++
	binary.LittleEndian.PutUint32(footer[24:], crc32.Checksum(footer[:24], castagnoli))
	if err := vfs.WriteFile(mem, path, content); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Open("/b"); !errors.Is(err, ErrVersion) {
		t.Errorf("a block of a later version: %v", err)
	}
}

func FuzzPage(f *testing.F) {
	var p pageBuilder
	var e cells.Encoder
	var s cells.Samples
	s.AppendFloat(1, 2)
	p.begin(4)
	if err := p.add(&e, 2, 0, []int64{1}, &s); err != nil {
		f.Fatal(err)
	}
	f.Add(p.finish())
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := parsePage(b)
		if err != nil {
			return
		}
		for _, r := range p.runs {
			for _, e := range p.run(r.metric) {
				_ = p.cells[e.offset : e.offset+e.size]
			}
		}
	})
}

func FuzzContents(f *testing.F) {
	mem := vfs.Mem()
	var ids atomic.Uint64
	s, err := NewShared(mem, cache.New(1<<20), func() uint64 { return ids.Add(1) })
	if err != nil {
		f.Fatal(err)
	}
	if _, err := s.Write(context.Background(), "/b", Meta{ULID: ulid.MustNew(1, rand.Reader)}, testInput()); err != nil {
		f.Fatal(err)
	}
	content, err := vfs.ReadFile(mem, filepath.Join("/b", indexFile))
	if err != nil {
		f.Fatal(err)
	}
	footer := content[len(content)-footerSize:]
	f.Add(content[binary.LittleEndian.Uint64(footer) : len(content)-footerSize])
	f.Fuzz(func(t *testing.T, b []byte) {
		r := &Reader{shared: s, dir: "/b"}
		_ = r.parseContents(b, 1<<20)
	})
}
