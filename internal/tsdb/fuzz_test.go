package tsdb

import (
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"math"
	"testing"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/tsdb/tsdbutil"

	"monopod/internal/storage"
	"monopod/internal/tsdb/cells"
	"monopod/internal/tsdb/index"
	"monopod/internal/vfs"
)

// someRecords is one record of each type, of a group 1 with three columns.
func someRecords() [][]byte {
	var e rowEncoder
	var s state
	bits := storage.Bitmap{0b011}
	first := input{t: testTime, given: newPresence(bits), values: []float64{1, math.NaN(), 0}, hists: []histogramAt{{2, cells.Hist{Int: tsdbutil.GenerateTestHistogram(1)}}}}
	whole := e.append(nil, 1, &s, &first, true, 0)
	s.advance(&first)
	second := input{t: testTime + 1000, given: newPresence(storage.Bitmap{0b001}), values: []float64{-2.5}}
	next := e.append(nil, 1, &s, &second, false, 7)
	return [][]byte{
		appendMetricRecord(nil, 1, labels.FromStrings("__name__", "a")),
		appendMetricRecord(nil, 2, labels.FromStrings("__name__", "b")),
		appendMetricRecord(nil, 3, labels.FromStrings("__name__", "c")),
		appendGroupRecord(nil, 1, rowGroup, labels.FromStrings("job", "x")),
		appendColumnsRecord(nil, 1, 0, []index.MetricID{1, 2, 3}),
		whole, next,
		appendSample(appendSamplesHead(nil, testTime), 1, testTime, testTime+5, 3, cells.Hist{}),
		appendLastRecord(nil, 9, 9),
	}
}

// FuzzRecords replays records of which one is anything.
func FuzzRecords(f *testing.F) {
	good := someRecords()
	for i, r := range good {
		f.Add(uint8(i), r)
	}
	f.Fuzz(func(t *testing.T, at uint8, bad []byte) {
		db, err := Open(testOptions(vfs.Mem()))
		must(t, err)
		defer db.Close()
		r := replay{db: db, chains: map[index.GroupID]uint32{}}
		refused := func(err error) bool {
			if !errors.Is(err, ErrVersion) {
				must(t, err)
			}
			return err != nil
		}
		for i, rec := range good {
			if i == int(at)%len(good) && refused(r.record(1, bad)) {
				return
			}
			must(t, r.record(1, rec))
		}
		if refused(r.record(1, bad)) {
			return
		}
		db.finishGroups()
		dump(t, db, math.MinInt64, math.MaxInt64)
	})
}

// FuzzChunk reads chunks that are anything, checksums made right.
func FuzzChunk(f *testing.F) {
	var e chunkEncoder
	open := openPart{
		openRowOf(5, storage.Bitmap{3}, 1, 2),
		openRowOf(6, storage.Bitmap{1}, staleNaN),
	}
	open[1].seen = &seen{p: open[1].p, h: []histogramAt{{1, cells.Hist{Int: tsdbutil.GenerateTestHistogram(1)}}}}
	b, err := e.encode(1, open, 2)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		b = repaired(b)
		h, err := verifyChunk(b)
		if err != nil {
			return
		}
		each(h.columns.bits, func(c int) {
			place, _ := h.columns.place(c)
			s := h.stripes[place/stripeColumns]
			stripe, err := h.decodeStripe(place/stripeColumns, b[h.body+s.offset:][:s.size])
			if err != nil {
				return
			}
			var out cells.Samples
			if err := h.decodeColumn(&out, place, stripe); err == nil && out.Len() > len(h.times) {
				t.Fatalf("%d samples in %d rows", out.Len(), len(h.times))
			}
		})
	})
}

// FuzzTombstones reads tombstones that are anything.
func FuzzTombstones(f *testing.F) {
	b, err := encodeTombstones([]*tombstone{{matchers: []*labels.Matcher{labels.MustNewMatcher(labels.MatchRegexp, "a", "b.*")}, mint: 1, maxt: 2}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		if list, err := decodeTombstones(b); err == nil {
			if _, err := encodeTombstones(list); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestExemplarsSurvive(t *testing.T) {
	mem := vfs.Mem()
	db := openTest(t, testOptions(mem))
	ls := labels.FromStrings("__name__", "h", "job", "x")
	write := func(at int64) error {
		b := storage.Batch{Exemplars: []storage.Exemplar{{Labels: ls}}}
		b.Exemplars[0].Exemplar.Labels = labels.FromStrings("trace_id", "t")
		b.Exemplars[0].Exemplar.Value, b.Exemplars[0].Exemplar.Ts, b.Exemplars[0].Exemplar.HasTs = float64(at), at, true
		must(t, db.Write(context.Background(), &b))
		return b.Exemplars[0].Err
	}
	must(t, write(testTime))
	must(t, write(testTime)) // a duplicate is no error
	must(t, write(testTime+1))
	if write(testTime-5) == nil {
		t.Error("an exemplar out of order was taken")
	}
	count := func(db *DB) int {
		q, err := db.ExemplarQuerier(context.Background())
		must(t, err)
		res, err := q.Select(0, math.MaxInt64, []*labels.Matcher{labels.MustNewMatcher(labels.MatchEqual, "job", "x")})
		must(t, err)
		if len(res) != 1 {
			return 0
		}
		return len(res[0].Exemplars)
	}
	if n := count(db); n != 2 {
		t.Fatalf("%d exemplars", n)
	}
	must(t, db.checkpoint())
	must(t, db.checkpoint())
	die(db)
	if n := count(openTest(t, testOptions(mem.Kill()))); n != 2 {
		t.Fatalf("%d exemplars after a checkpoint and a restart", n)
	}
}

// repaired makes the checksums of a chunk right, as far as its sizes allow, so
// that what lies behind them is reached.
func repaired(b []byte) []byte {
	head, _, err := chunkSizes(b)
	if err != nil || len(b) < chunkFixed+head {
		return b
	}
	b = append([]byte(nil), b...)
	b[3] = chunkMagic[3]
	sum := crc32.Update(crc32.Checksum(b[:12], castagnoli), castagnoli, b[chunkFixed:chunkFixed+head])
	binary.LittleEndian.PutUint32(b[12:], sum)
	return b
}
