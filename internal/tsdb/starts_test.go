package tsdb

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	promstorage "github.com/prometheus/prometheus/storage"
	promtsdb "github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/tsdb/chunks"
	"github.com/prometheus/prometheus/tsdb/tsdbutil"

	"monopod/internal/vfs"
)

// starts returns a line for each sample of all series: its time, kind and start
// timestamp.
func starts(t *testing.T, q promstorage.Queryable) []string {
	t.Helper()
	querier, err := q.Querier(math.MinInt64, math.MaxInt64)
	must(t, err)
	defer querier.Close()
	set := querier.Select(context.Background(), true, nil, labels.MustNewMatcher(labels.MatchRegexp, "__name__", ".+"))
	var out []string
	for set.Next() {
		it := set.At().Iterator(nil)
		for k := it.Next(); k != chunkenc.ValNone; k = it.Next() {
			out = append(out, fmt.Sprintf("%s %d %s from %d", set.At().Labels(), it.AtT()-testTime, k, it.AtST()))
		}
		must(t, it.Err())
	}
	must(t, set.Err())
	return out
}

// chunkStarts reads the same through Prometheus's chunks.
func chunkStarts(t *testing.T, db promstorage.ChunkQueryable) []string {
	t.Helper()
	querier, err := db.ChunkQuerier(math.MinInt64, math.MaxInt64)
	must(t, err)
	defer querier.Close()
	set := querier.Select(context.Background(), true, nil, labels.MustNewMatcher(labels.MatchRegexp, "__name__", ".+"))
	var out []string
	var list chunks.Iterator
	for set.Next() {
		list = set.At().Iterator(list)
		for list.Next() {
			it := list.At().Chunk.Iterator(nil)
			for k := it.Next(); k != chunkenc.ValNone; k = it.Next() {
				out = append(out, fmt.Sprintf("%s %d %s from %d", set.At().Labels(), it.AtT()-testTime, k, it.AtST()))
			}
		}
		must(t, list.Err())
	}
	must(t, set.Err())
	return out
}

// Start timestamps come back as they were given, as from Prometheus: open, after a
// kill, sealed, in a block; and not at all where they are not kept.
func TestStartTimestamps(t *testing.T) {
	for _, keep := range []bool{true, false} {
		t.Run(fmt.Sprint(keep), func(t *testing.T) {
			mem := vfs.Mem()
			o := testOptions(mem)
			o.StartTimestamps = keep
			o.BlockDuration = 10 * time.Minute
			o.SealRows = 3
			o.OutOfOrderWindow = time.Hour
			db, err := Open(o)
			must(t, err)
			oo := promtsdb.DefaultOptions()
			oo.RetentionDuration = 0
			oo.EnableSTStorage = keep
			if keep {
				oo.XOR2EncodingAllowed, oo.FloatChunkEncoding = true, chunkenc.EncXOR2
			}
			oo.OutOfOrderTimeWindow = time.Hour.Milliseconds()
			oracle, err := promtsdb.Open(t.TempDir(), nil, nil, oo, nil)
			must(t, err)
			defer oracle.Close()
			var want []string
			appendTo := func(app promstorage.AppenderV2, name string, at, start int64, kind int) {
				var err error
				ls := labels.FromStrings("__name__", name, "job", "x")
				switch kind {
				case 0:
					_, err = app.Append(0, ls, start, testTime+at, float64(at), nil, nil, promstorage.AppendV2Options{})
				case 1:
					_, err = app.Append(0, ls, start, testTime+at, 0, tsdbutil.GenerateTestHistogram(at/1000), nil, promstorage.AppendV2Options{})
				case 2:
					_, err = app.Append(0, ls, start, testTime+at, 0, nil, tsdbutil.GenerateTestFloatHistogram(at/1000), promstorage.AppendV2Options{})
				}
				must(t, err)
			}
			// The floats also go into Prometheus's.
			write := func(at, start int64) {
				app, theirs := db.AppenderV2(context.Background()), oracle.AppenderV2(context.Background())
				for kind, name := range []string{"float", "histogram", "floathistogram", "none"} {
					st := start
					if name == "none" {
						st, kind = 0, 0
					}
					appendTo(app, name, at, st, kind)
					if kind == 0 {
						appendTo(theirs, name, at, st, kind)
					}
				}
				must(t, app.Commit())
				must(t, theirs.Commit())
				for kind, name := range []string{"float", "histogram", "floathistogram", "none"} {
					st := start
					if name == "none" || !keep {
						st = 0
					}
					k := []chunkenc.ValueType{chunkenc.ValFloat, chunkenc.ValHistogram, chunkenc.ValFloatHistogram, chunkenc.ValFloat}[kind]
					want = append(want, fmt.Sprintf("%s %d %s from %d", labels.FromStrings("__name__", name, "job", "x"), at, k, st))
				}
			}
			start := int64(testTime - 5000)
			for i := range int64(200) {
				switch {
				case i%50 == 49: // began anew
					start = testTime + i*15_000 - 7
				case i%60 == 30: // nobody told
					write(i*15_000, 0)
					continue
				}
				write(i*15_000, start)
				if i%40 == 39 {
					write(i*15_000-7_500, start) // out of order
				}
			}
			byTime := func(a, b string) int {
				var s, x string
				var t1, t2 int64
				fmt.Sscanf(a[slices.Index([]byte(a), '}')+1:], "%d", &t1)
				fmt.Sscanf(b[slices.Index([]byte(b), '}')+1:], "%d", &t2)
				s, x = a[:slices.Index([]byte(a), '}')], b[:slices.Index([]byte(b), '}')]
				if s != x {
					if s < x {
						return -1
					}
					return 1
				}
				return int(t1 - t2)
			}
			slices.SortFunc(want, byTime)
			check := func(when string) {
				t.Helper()
				if got := starts(t, db); !slices.Equal(got, want) {
					t.Fatalf("%s: %d samples, want %d; %s", when, len(got), len(want), firstDifference(got, want))
				}
				if got := chunkStarts(t, db); !slices.Equal(got, want) {
					t.Fatalf("%s, through chunks: %d samples, want %d; %s", when, len(got), len(want), firstDifference(got, want))
				}
			}
			check("at once")
			floats := slices.DeleteFunc(starts(t, db), func(s string) bool {
				return len(s) > 20 && (s[11:20] == "histogram" || s[11:16] == "float" && s[16] != '"')
			})
			if theirs := starts(t, oracle); !slices.Equal(theirs, floats) {
				t.Errorf("Prometheus has others: %s", firstDifference(floats, theirs))
			}
			reopen := func() {
				var err error
				db, err = Open(o)
				must(t, err)
			}
			die(db)
			mem = mem.Kill()
			o.FS = mem
			reopen()
			check("after a kill")
			must(t, db.Close())
			reopen()
			check("after a close")
			must(t, db.upkeep(context.Background()))
			if len(db.Blocks()) == 0 {
				t.Fatal("no blocks were made")
			}
			check("in blocks")
			must(t, db.Close())
			reopen()
			check("in blocks, opened")
			must(t, db.Close())
		})
	}
}

func firstDifference(got, want []string) string {
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			return fmt.Sprintf("%d: %s, want %s", i, got[i], want[i])
		}
	}
	return "one is longer"
}
