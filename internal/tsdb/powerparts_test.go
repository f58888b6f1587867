package tsdb

import (
	"context"
	"math"
	"reflect"
	"strings"
	"testing"

	"monopod/internal/vfs"
)

// storeWithChunks has 15 rows of a group: two sealed chunks of six, all of which
// the log still has, and three open ones behind them.
func storeWithChunks(t *testing.T) (mem *vfs.MemFS, o Options, want []string) {
	t.Helper()
	mem = vfs.Mem()
	o = testOptions(mem)
	o.SealRows = 6
	db, err := Open(o)
	must(t, err)
	w := openWriter(t, db, "instance", "a")
	for i := range int64(15) {
		must(t, w.write(db, testTime+i*1000, map[string]float64{"m": float64(i), "n": 7}))
	}
	want = dump(t, db, math.MinInt64, math.MaxInt64)
	die(db)
	return mem.Kill(), o, want
}

// TestChunksBeforeTheirDefinitions: the power took the catalog and a row of the
// log, and left the chunk that has it, too, and the definitions in the log.
// What can be read is there at once, and not from the next start on.
func TestChunksBeforeTheirDefinitions(t *testing.T) {
	mem, o, _ := storeWithChunks(t)
	var want []string
	must(t, mem.RemoveAll("/data/catalog"))
	files, err := mem.List("/data/wal")
	must(t, err)
	path := "/data/wal/" + files[0].Name
	content, err := vfs.ReadFile(mem, path)
	must(t, err)
	content[len(content)/3] ^= 0xff
	overwrite(t, mem, path, content)
	for start := range 3 {
		o.FS = mem
		db, err := Open(o)
		must(t, err)
		got := dump(t, db, math.MinInt64, math.MaxInt64)
		if start == 0 {
			if want = got; len(got) != 2 || !strings.Contains(got[0], " 0:0 1000:1 2000:2 3000:3 4000:4 5000:5 6000:6 7000:7 8000:8 9000:9 10000:10 11000:11") {
				t.Fatalf("rows of the chunks are lost: %v", got)
			}
		} else if !reflect.DeepEqual(got, want) {
			t.Fatalf("start %d: got %v\nwant %v", start+1, got, want)
		}
		must(t, db.upkeep(context.Background()))
		die(db)
		mem = mem.Kill()
	}
}

func overwrite(t *testing.T, mem *vfs.MemFS, path string, content []byte) {
	t.Helper()
	f, err := mem.Create(path)
	must(t, err)
	_, err = f.Write(content)
	must(t, err)
	must(t, f.Close())
}

// TestSnapshotOfRowsAroundAChunk: the power took the first chunk of two. The log
// brings its rows back, in front of the second.
func TestSnapshotOfRowsAroundAChunk(t *testing.T) {
	mem, o, want := storeWithChunks(t)
	files, err := mem.List("/data/head")
	must(t, err)
	path := "/data/head/" + files[0].Name
	content, err := vfs.ReadFile(mem, path)
	must(t, err)
	// A hole in place of the head of the first chunk.
	clear(content[:chunkFixed])
	overwrite(t, mem, path, content)
	o.FS = mem
	db, err := Open(o)
	must(t, err)
	defer db.Close()
	if got := dump(t, db, math.MinInt64, math.MaxInt64); !reflect.DeepEqual(got, want) {
		t.Fatalf("got %v\nwant %v", got, want)
	}
	must(t, db.Snapshot("/copy", true))
	o.Dir = "/copy"
	db2, err := Open(o)
	must(t, err)
	defer db2.Close()
	if got := dump(t, db2, math.MinInt64, math.MaxInt64); !reflect.DeepEqual(got, want) {
		t.Errorf("the snapshot has %v\nwant %v", got, want)
	}
}
