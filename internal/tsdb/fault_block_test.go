package tsdb

import (
	"context"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/tsdb/chunkenc"

	"monopod/internal/vfs"
)

// TestEvenTimestampsOfDifferentLength: two targets that are scraped at the same
// times, one of which ends, have timestamps of equal bytes in a block.
func TestEvenTimestampsOfDifferentLength(t *testing.T) {
	o := testOptions(vfs.Mem())
	o.BlockDuration = time.Minute
	db := openTest(t, o)
	a, b := openWriter(t, db, "instance", "a"), openWriter(t, db, "instance", "b")
	var want [2]string
	at := windowOf(testTime, time.Minute.Milliseconds()) + time.Minute.Milliseconds()
	for i := range 40 {
		now := at + int64(i)*5000
		if i < 5 || i >= 20 {
			must(t, a.write(db, now, map[string]float64{"m": 1}))
			want[0] += fmt.Sprintf(" %d:1", now-testTime)
		}
		must(t, b.write(db, now, map[string]float64{"m": 2}))
		want[1] += fmt.Sprintf(" %d:2", now-testTime)
	}
	must(t, db.upkeep(context.Background()))
	if len(db.Blocks()) == 0 {
		t.Fatal("no block was made")
	}
	expect(t, dump(t, db, 0, math.MaxInt64), `{__name__="m", instance="a"}`+want[0], `{__name__="m", instance="b"}`+want[1])
	if db.Corruptions() > 0 {
		t.Error("a good block was taken for a damaged one")
	}
}

// TestDeathBetweenRenameAndTruncation: the block stands, and the log and the head
// file still have the same rows.
func TestDeathBetweenRenameAndTruncation(t *testing.T) {
	for _, dies := range []vfs.Kind{vfs.OpSync, vfs.OpSyncDir, vfs.OpRemove} {
		t.Run(string(dies), func(t *testing.T) {
			mem := vfs.Mem()
			var renamed, dead atomic.Bool
			fsys := vfs.Faulty(mem, func(op vfs.Op) error {
				if op.Kind == vfs.OpRename && strings.Contains(op.To, "blocks") {
					renamed.Store(true)
				} else if renamed.Load() && op.Kind == dies {
					dead.Store(true)
				}
				if dead.Load() {
					return errDead
				}
				return nil
			})
			o := crashOptions(fsys)
			db, err := Open(o)
			must(t, err)
			w := openWriter(t, db, "instance", "0")
			for i := range 40 {
				must(t, w.write(db, testTime+int64(i)*5000, map[string]float64{"up": 1, "m": float64(i)}))
			}
			want := dump(t, db, 0, math.MaxInt64)
			if err := db.upkeep(context.Background()); !errors.Is(err, errDead) {
				t.Fatalf("the upkeep did not reach the point of death: %v", err)
			}
			die(db)
			left := mem.Kill()
			if n := len(entries(t, left, "/data/blocks")); n == 0 {
				t.Fatal("no block stands")
			}
			if n := len(entries(t, left, "/data/head")); n == 0 {
				t.Fatal("the head file is gone already")
			}
			o.FS = left
			again := openTest(t, o)
			expect(t, dump(t, again, 0, math.MaxInt64), want...)
			must(t, again.upkeep(context.Background()))
			expect(t, dump(t, again, 0, math.MaxInt64), want...)
		})
	}
}

func entries(t *testing.T, fsys vfs.FS, dir string) []vfs.Info {
	t.Helper()
	list, err := fsys.List(dir)
	must(t, err)
	return list
}

// TestUnreadableFiles: each read of each file fails in its turn, as a dying disk's
// do. Queries say so or leave something out; nothing wrong is answered, nothing is
// put aside for it, and all is there when the disk reads again.
func TestUnreadableFiles(t *testing.T) {
	mem, _, visible := damaged(t)
	for nth := int64(0); ; nth++ {
		var reads atomic.Int64
		var failing, failed atomic.Bool
		fsys := vfs.Faulty(mem.Kill(), func(op vfs.Op) error {
			if op.Kind == vfs.OpRead && failing.Load() && reads.Add(1) > nth {
				failed.Store(true)
				return syscall.EIO
			}
			return nil
		})
		o := crashOptions(fsys)
		o.CacheBytes = 1 // all is read from the disk
		db, err := Open(o)
		must(t, err)
		failing.Store(true)
		got, err := tryDump(db)
		if failed.Load() && err == nil {
			t.Fatalf("from read %d on the disk failed, and a query did not say so", nth)
		}
		if odd := missing(visible, got); odd != "" {
			t.Fatalf("from read %d on the disk failed: wrong value %s", nth, odd)
		}
		failing.Store(false)
		if err := db.upkeep(context.Background()); err != nil {
			t.Fatalf("from read %d on the disk failed, and now upkeep: %v", nth, err)
		}
		expect(t, dump(t, db, 0, math.MaxInt64), visible...)
		for _, path := range files(t, fsys, "/data") {
			if strings.Contains(path, badSuffix) {
				t.Fatalf("from read %d on the disk failed, and %s was put aside", nth, filepath.Base(path))
			}
		}
		must(t, db.Close())
		if !failed.Load() {
			return
		}
	}
}

// tryDump is dump where errors are what is looked for; a warning is one.
func tryDump(db *DB) (out []string, err error) {
	q, err := db.Querier(0, math.MaxInt64)
	if err != nil {
		return nil, err
	}
	defer q.Close()
	set := q.Select(context.Background(), true, nil, labels.MustNewMatcher(labels.MatchRegexp, "__name__", ".*"))
	for set.Next() {
		it := set.At().Iterator(nil)
		line, n := set.At().Labels().String(), 0
		for kind := it.Next(); kind != chunkenc.ValNone; kind = it.Next() {
			line += " " + sampleText(it, kind)
			n++
		}
		err = errors.Join(err, it.Err())
		if n > 0 {
			out = append(out, line)
		}
	}
	for _, w := range set.Warnings() {
		err = errors.Join(err, w)
	}
	return out, errors.Join(err, set.Err())
}
