package tsdb

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/oklog/ulid/v2"

	"monopod/internal/storage"
	"monopod/internal/tsdb/block"
	"monopod/internal/vfs"
)

// Snapshot makes a copy in a directory, which can be opened as a store. Blocks
// are linked where the file system can; with the head, what is in no block yet
// becomes blocks of the copy.
func (db *DB) Snapshot(dir string, withHead bool) error {
	if db.closed.Load() {
		return fmt.Errorf("snapshot: %w", storage.ErrClosed)
	}
	db.upkeeping.Lock()
	defer db.upkeeping.Unlock()
	if err := db.snapshot(dir, withHead); err != nil {
		return fmt.Errorf("snapshot to %s: %w", dir, refusal(err))
	}
	return nil
}

func (db *DB) snapshot(dir string, withHead bool) error {
	to := filepath.Join(dir, "blocks")
	if err := makeDir(db.fsys, to); err != nil {
		return err
	}
	done := db.readers.begin()
	defer done()
	for _, b := range db.blocks() {
		if err := linkBlock(db.fsys, b.Dir(), to); err != nil {
			return err
		}
	}
	if err := db.snapshotAggregates(dir); err != nil {
		return err
	}
	if withHead {
		if err := db.snapshotHead(to); err != nil {
			return err
		}
	}
	if err := db.snapshotTombstones(dir); err != nil {
		return err
	}
	for _, d := range []string{to, dir} {
		if err := db.fsys.SyncDir(d); err != nil {
			return err
		}
	}
	return nil
}

// snapshotAggregates links the blocks of aggregates.
func (db *DB) snapshotAggregates(dir string) error {
	for _, r := range resolutions {
		list := spans(db.aggregates.all(), r.length)
		if len(list) == 0 {
			continue
		}
		to := filepath.Join(dir, "downsampled", r.name)
		if err := makeDir(db.fsys, to); err != nil {
			return err
		}
		for _, b := range list {
			if err := linkBlock(db.fsys, b.Dir(), to); err != nil {
				return err
			}
		}
		for _, d := range []string{to, filepath.Dir(to)} {
			if err := db.fsys.SyncDir(d); err != nil {
				return err
			}
		}
	}
	return nil
}

// linkBlock gives the files of a block a second name below parent.
func linkBlock(fsys vfs.FS, from, parent string) error {
	to := filepath.Join(parent, filepath.Base(from))
	if err := fsys.MkdirAll(to); err != nil {
		return err
	}
	files, err := fsys.List(from)
	if err != nil {
		return err
	}
	for _, f := range files {
		if err := fsys.Link(filepath.Join(from, f.Name), filepath.Join(to, f.Name)); err != nil {
			return err
		}
	}
	return fsys.SyncDir(to)
}

// snapshotHead makes a block of each window of the head.
func (db *DB) snapshotHead(to string) error {
	windows := map[int64]bool{}
	parts := map[*group][]headPart{}
	for _, g := range db.head.all() {
		chunks, open := g.snapshot()
		for i := range chunks {
			if c := &chunks[i]; c.file.replacedBy.Load() == nil {
				parts[g] = append(parts[g], headPart{first: c.first, last: c.last, chunk: c})
				windows[c.file.window] = true
			}
		}
		for rows := open; len(rows) > 0; {
			w := windowOf(rows[0].t, db.blockMillis)
			n := 1
			for n < len(rows) && windowOf(rows[n].t, db.blockMillis) == w && !sealedBetween(chunks, rows[n-1].t, rows[n].t) {
				n++
			}
			parts[g] = append(parts[g], headPart{first: rows[0].t, last: rows[n-1].t, open: open})
			windows[w] = true
			rows = rows[n:]
		}
	}
	sets := map[*sampleSet]setSource{}
	for _, x := range db.registry.all() {
		src := x.source()
		for i := range src.chunks {
			windows[src.chunks[i].file.window] = true
		}
		for w := range x.openWindows(db.blockMillis) {
			windows[w] = true
		}
		sets[x] = src
	}
	for w := range windows {
		in, ok, err := db.headInput(headPick{sets: func(x *sampleSet) setSource {
			return sets[x].within(w, w+db.blockMillis-1)
		}, rows: func(g *group) []headPart {
			var out []headPart
			for _, p := range parts[g] {
				if windowOf(p.first, db.blockMillis) == w {
					out = append(out, p)
				}
			}
			return out
		}}, db.deletions.all())
		if err != nil {
			return db.leaveOut(err)
		}
		if !ok {
			continue
		}
		out, m, err := db.writeBlockIn(context.Background(), to, block.Origin{By: "snapshot", Level: 1}, in)
		if err == nil && m.Stats.Samples == 0 {
			err = db.fsys.RemoveAll(out)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// snapshotTombstones copies what is deleted in blocks; the blocks of the head are
// without what was.
func (db *DB) snapshotTombstones(dir string) error {
	var list []*tombstone
	for _, t := range db.deletions.all() {
		if len(t.blocks) > 0 {
			next := &tombstone{matchers: t.matchers, mint: t.mint, maxt: t.maxt, blocks: map[ulid.ULID]bool{}}
			for id := range t.blocks {
				next.blocks[id] = true
			}
			list = append(list, next)
		}
	}
	if len(list) == 0 {
		return nil
	}
	return writeTombstones(db.fsys, dir, list)
}
