package exchange

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"monopod/internal/storage"
	"monopod/internal/tsdb"
	"monopod/internal/tsdb/wal"
	"monopod/internal/vfs"
)

// recordExemplar is the type of the log's records that have an exemplar (see
// package tsdb).
const recordExemplar = 6

// exemplars writes exemplars into the store, with room for those that it has.
func (x *importer) exemplars(ctx context.Context, list []exemplarOf) error {
	if len(list) == 0 {
		return nil
	}
	x.meter.step("exemplars")
	had := int64(0)
	_, err := wal.Replay(x.o.FS, filepath.Join(x.o.Dir, "wal"), wal.ReplayOptions{}, func(_ int, rec []byte) error {
		if len(rec) > 0 && rec[0] == recordExemplar {
			had++
		}
		return nil
	})
	if err != nil {
		return err
	}
	db, err := tsdb.Open(tsdb.Options{FS: locked{x.o.FS}, Dir: x.o.Dir, Logger: x.logger, Limits: tsdb.Limits{MaxExemplars: had + int64(len(list))}})
	if err != nil {
		return err
	}
	err = x.writeExemplars(ctx, db, list)
	return errors.Join(err, db.Close())
}

// locked is a file system whose lock the importer holds.
type locked struct{ vfs.FS }

// Lock implements vfs.FS.
func (locked) Lock(string) (io.Closer, error) { return io.NopCloser(nil), nil }

func (x *importer) writeExemplars(ctx context.Context, db *tsdb.DB, list []exemplarOf) error {
	slices.SortStableFunc(list, func(a, b exemplarOf) int { return cmp.Compare(a.exemplar.Ts, b.exemplar.Ts) })
	for part := range slices.Chunk(list, 1000) {
		var b storage.Batch
		for _, e := range part {
			b.Exemplars = append(b.Exemplars, storage.Exemplar{Labels: e.series, Exemplar: e.exemplar})
		}
		if err := db.Write(ctx, &b); err != nil {
			return fmt.Errorf("write exemplars: %w", err)
		}
		for _, e := range b.Exemplars {
			if e.Err == nil {
				x.done.Exemplars++
			}
		}
	}
	return nil
}
