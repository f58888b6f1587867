package tsdb

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/prometheus/prometheus/model/exemplar"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/tsdb/tsdbutil"

	"monopod/internal/storage"
	"monopod/internal/tsdb/cells"
	"monopod/internal/tsdb/index"
)

func appendSamplesHead(dst []byte, base int64) []byte {
	return binary.AppendVarint(append(dst, recordSamples), base)
}

// appendSample adds a sample to a record of samples, as earlier versions wrote it.
func appendSample(dst []byte, id index.GroupID, base, t int64, v float64, h cells.Hist) []byte {
	dst = binary.AppendVarint(binary.AppendUvarint(dst, uint64(id)), t-base)
	if kindOf(h) != kindFloat {
		return appendHist(dst, h)
	}
	return appendValue(append(dst, byte(kindFloat)), 0, v)
}

// TestFormats holds the bytes of records and chunks to those that were released. What
// it says has changed needs a new version, and a reader for this one. With
// MONOPOD_UPDATE set it writes the file anew.
func TestFormats(t *testing.T) {
	var out bytes.Buffer
	add := func(name string, b []byte) { fmt.Fprintf(&out, "# %s, %d bytes\n%s\n", name, len(b), hex.Dump(b)) }

	add("metric 1", appendMetricRecord(nil, 1, labels.FromStrings("__name__", "up", "le", "1")))
	add("group 1", appendGroupRecord(nil, 1, rowGroup, labels.FromStrings("job", "x")))
	add("columns 0 to 3 of group 1: metrics 1, 2, 3, 9", appendColumnsRecord(nil, 1, 0, []index.MetricID{1, 2, 3, 9}))

	var e rowEncoder
	var s state
	var open openPart
	push := func(in *input) {
		data := slices.Clone(e.data)
		e.reset()
		r := s.advance(in)
		r.data = data
		open = append(open, r)
	}
	whole := input{t: testTime, given: newPresence(storage.Bitmap{0b0111}), values: []float64{1, 2.5, math.Copysign(0, -1)}, hists: []histogramAt{{3, cells.Hist{Int: tsdbutil.GenerateTestHistogram(1)}}}}
	add("whole row: 1, 2.5, -0, a histogram", e.append(nil, 1, &s, &whole, true, 0))
	push(&whole)
	next := input{t: testTime + 15_000, given: newPresence(storage.Bitmap{0b0011}), values: []float64{2, 2.5}}
	add("row: 2, 2.5, both others end", e.append(nil, 1, &s, &next, false, 0x01020304))
	push(&next)
	last := input{t: testTime + 30_000, given: s.given, values: []float64{2, 2.5}}
	add("row: the same again", e.append(nil, 1, &s, &last, false, 0x05060708))
	push(&last)
	ended := input{t: testTime + 45_000, given: newPresence(nil)}
	add("whole row without columns", e.append(nil, 1, &s, &ended, true, 0))

	add("samples", appendSample(appendSample(appendSamplesHead(nil, testTime), 2, testTime, testTime, 7, cells.Hist{}), 3, testTime, testTime-1, 0.1, cells.Hist{}))
	x := &sampleSet{id: 7}
	one, two := &stamped{set: x}, &stamped{set: x, column: 1}
	var se stampedEncoder
	st := se.begin(nil, testTime)
	st = se.sample(st, &lateSample{sample: &storage.Sample{T: testTime, V: 7}, s: one})
	st = se.sample(st, &lateSample{sample: &storage.Sample{T: testTime - 1, V: 0.1}, s: two, late: true, start: testTime - 1000})
	st = se.sample(st, &lateSample{sample: &storage.Sample{T: testTime}, s: two, hist: cells.Hist{Int: tsdbutil.GenerateTestHistogram(1)}})
	add("stamped: 7; 0.1 out of order, with a start; a histogram", st)
	add("exemplar", appendExemplarRecord(nil, labels.FromStrings("__name__", "h"), exemplar.Exemplar{Labels: labels.FromStrings("id", "t"), Value: 1, Ts: testTime, HasTs: true}))
	add("last metric 5, last group 6", appendLastRecord(nil, 5, 6))

	var c chunkEncoder
	b, err := c.encode(1, open, len(open))
	must(t, err)
	add("chunk of the first three rows", b)
	stones, err := encodeTombstones([]*tombstone{{
		matchers: []*labels.Matcher{labels.MustNewMatcher(labels.MatchRegexp, "job", "x.*")},
		mint:     1, maxt: 2, head: map[index.GroupID]int64{4: 2},
	}})
	must(t, err)
	add("tombstones", stones)

	path := filepath.Join("testdata", "formats.txt")
	if os.Getenv("MONOPOD_UPDATE") != "" {
		must(t, os.WriteFile(path, out.Bytes(), 0o644))
	}
	want, err := os.ReadFile(path)
	must(t, err)
	if !bytes.Equal(want, out.Bytes()) {
		t.Errorf("the formats have changed:\n%s", out.String())
	}
}
