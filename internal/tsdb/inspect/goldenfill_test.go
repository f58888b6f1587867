package inspect_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/exemplar"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/tsdb/tsdbutil"

	"monopod/internal/storage"
	"monopod/internal/tsdb"
	"monopod/internal/tsdb/wal"
	"monopod/internal/vfs"
)

// goldenFill stores a little of everything, leaves files as a kill does, and
// returns the answers. It runs in a bubble of synctest.
func goldenFill(t *testing.T, mem *vfs.MemFS) []string {
	t.Helper()
	work := vfs.Mem()
	db, err := tsdb.Open(tsdb.Options{FS: work, Dir: dir, BlockDuration: time.Minute, SealRows: 8, Limits: tsdb.Limits{MaxExemplars: 100}})
	must(t, err)
	fill(t, db, 70)
	for s := range 140 {
		goldenSamples(t, db, s)
	}
	must(t, db.Delete(t.Context(), math.MinInt64, math.MaxInt64, labels.MustNewMatcher(labels.MatchEqual, "__name__", "deleted")))
	fill(t, db, 45)
	for s := range 3 { // the log alone has these, and what they define
		goldenSamples(t, db, s)
		must(t, db.Write(t.Context(), &storage.Batch{Samples: []storage.Sample{{Labels: labels.FromStrings("__name__", "young", "n", fmt.Sprint(s)), T: time.Now().UnixMilli(), V: 1}}}))
	}
	want := answers(t, db)
	v := openView(t, work) // of before the end, which empties the log
	for _, name := range files(t, work, dir) {
		b, err := vfs.ReadFile(v, name)
		must(t, err)
		must(t, mem.MkdirAll(filepath.Dir(name)))
		replace(t, mem, name, b)
	}
	must(t, db.Close())
	return want
}

// goldenSamples writes what is no row: samples of every kind, some late, and an
// exemplar now and then.
func goldenSamples(t *testing.T, db *tsdb.DB, s int) {
	t.Helper()
	time.Sleep(time.Second)
	now := time.Now().UnixMilli()
	of := func(name string) labels.Labels {
		return labels.FromStrings("__name__", name, "job", "pushed", "quote", "\"\\\n\xc3\xa9")
	}
	var b storage.Batch
	odd := []uint64{math.Float64bits(math.Inf(1)), math.Float64bits(math.Copysign(0, -1)), 0x7ff8000000000123, value.StaleNaN, math.Float64bits(math.SmallestNonzeroFloat64), math.Float64bits(1.0 / 3)}
	b.Samples = append(b.Samples,
		storage.Sample{Labels: of("odd"), T: now, V: math.Float64frombits(odd[s%len(odd)])},
		storage.Sample{Labels: of("deleted"), T: now, V: float64(s)},
		storage.Sample{Labels: of("integers"), T: now + 7, Int: tsdbutil.GenerateTestHistogram(int64(s))},
		storage.Sample{Labels: of("floats"), T: now - 3, Float: tsdbutil.GenerateTestFloatHistogram(int64(s))},
		storage.Sample{Labels: of("custom"), T: now, Int: tsdbutil.GenerateTestCustomBucketsHistogram(int64(s))},
	)
	if s%5 == 4 {
		b.Samples = append(b.Samples, storage.Sample{Labels: of("late"), T: now - 3500 + int64(s%3)*1000, V: float64(s)})
	}
	if s%20 == 0 {
		b.Exemplars = append(b.Exemplars, storage.Exemplar{Labels: of("odd"), Exemplar: exemplar.Exemplar{Labels: labels.FromStrings("trace", fmt.Sprint(s)), Value: float64(s), Ts: now, HasTs: true}})
	}
	must(t, db.Write(context.Background(), &b))
}

// goldenEnd is the last timestamp of a golden directory's answers.
var goldenEnd = time.Date(2000, 1, 1, 0, 4, 18, 0, time.UTC).UnixMilli()

// answers is a line for each series: its labels, how many samples it has, the
// first and the last one, and the SHA-256 of all.
func answers(t *testing.T, db *tsdb.DB) []string {
	t.Helper()
	q, err := db.Querier(math.MinInt64, goldenEnd)
	must(t, err)
	defer q.Close()
	var out []string
	set := q.Select(t.Context(), true, nil, all())
	for set.Next() {
		h, n, first, last := sha256.New(), 0, "", ""
		it := set.At().Iterator(nil)
		for kind := it.Next(); kind != chunkenc.ValNone; kind = it.Next() {
			switch kind {
			case chunkenc.ValFloat:
				at, v := it.At()
				last = fmt.Sprintf("%x@%d", math.Float64bits(v), at)
			case chunkenc.ValHistogram:
				at, x := it.AtHistogram(nil)
				last = fmt.Sprintf("%s@%d", x, at)
			default:
				at, x := it.AtFloatHistogram(nil)
				last = fmt.Sprintf("float %s@%d", x, at)
			}
			if n++; n == 1 {
				first = last
			}
			fmt.Fprintln(h, last)
		}
		must(t, it.Err())
		if n > 0 {
			out = append(out, fmt.Sprintf("%s %d samples from %s to %s, %x", set.At().Labels(), n, first, last, h.Sum(nil)[:8]))
		}
	}
	must(t, set.Err())
	if w := set.Warnings(); len(w) > 0 {
		t.Errorf("warnings: %v", w)
	}
	return out
}

// formatsOf names the formats of a data directory's files.
func formatsOf(t *testing.T, fsys vfs.FS) string {
	t.Helper()
	found := map[string]map[string]bool{}
	add := func(kind string, version any) {
		if found[kind] == nil {
			found[kind] = map[string]bool{}
		}
		found[kind][fmt.Sprint(version)] = true
	}
	for _, name := range files(t, fsys, dir) {
		b, err := vfs.ReadFile(fsys, name)
		must(t, err)
		switch base := filepath.Base(name); {
		case strings.HasSuffix(base, ".wal"):
			add("log", binary.LittleEndian.Uint32(b[8:]))
		case strings.HasSuffix(base, ".chunks"):
			for at := 0; at+16 <= len(b); {
				add("chunk", string(b[at+3]))
				at += 16 + int(binary.LittleEndian.Uint32(b[at+4:])) + int(binary.LittleEndian.Uint32(b[at+8:]))
			}
		case base == "index":
			add("index", string(b[len(b)-5]))
		case base == "data":
			add("data", string(b[6]))
		case base == "meta.json":
			add("meta", metaOf(t, b).Version)
		case base == "tombstones":
			add("tombstones", strings.Fields(string(b))[1])
		}
	}
	// Records have types instead of a version: types are added.
	last := byte(0)
	_, err := wal.Replay(fsys, filepath.Join(dir, "wal"), wal.ReplayOptions{}, func(_ int, rec []byte) error {
		last = max(last, rec[0])
		return nil
	})
	must(t, err)
	name := ""
	for _, kind := range slices.Sorted(maps.Keys(found)) {
		name += kind + strings.Join(slices.Sorted(maps.Keys(found[kind])), "") + "-"
	}
	return fmt.Sprintf("%srecords%d", name, last)
}

type metaVersion struct {
	Version int `json:"version"`
}

func metaOf(t *testing.T, b []byte) metaVersion {
	t.Helper()
	var e struct {
		Meta metaVersion `json:"meta"`
	}
	must(t, json.Unmarshal(b, &e))
	return e.Meta
}

func laterMeta(b []byte) []byte {
	var e struct {
		Meta json.RawMessage `json:"meta"`
	}
	if err := json.Unmarshal(b, &e); err != nil {
		return nil
	}
	var plain bytes.Buffer
	if err := json.Compact(&plain, bytes.Replace(e.Meta, []byte(`"version": `), []byte(`"version": 9`), 1)); err != nil {
		return nil
	}
	return fmt.Appendf(nil, "{\"meta\": %s, \"crc32c\": \"%08x\"}\n", plain.Bytes(), crc32.Checksum(plain.Bytes(), crc32.MakeTable(crc32.Castagnoli)))
}

func laterTombstones(b []byte) []byte {
	_, body, _ := bytes.Cut(b, []byte("\n"))
	body = bytes.TrimSuffix(body, []byte("\n"))
	sum := crc32.Checksum(append([]byte("99"), body...), crc32.MakeTable(crc32.Castagnoli))
	return fmt.Appendf(nil, "monopod-tombstones 99 %08x\n%s\n", sum, body)
}
