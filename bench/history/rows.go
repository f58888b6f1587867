package main

import (
	"context"
	"errors"

	"monopod/internal/storage"
	"monopod/internal/tsdb"
	"monopod/internal/vfs"
)

// writeRows writes the history into a data directory as scrapes would: a row for
// each target and step.
func writeRows(ctx context.Context, h history, list []*target, dir string) (samples int64, err error) {
	db, err := tsdb.Open(tsdb.Options{FS: vfs.OS(), Dir: dir})
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	batches := make([]storage.Batch, len(list))
	for i, t := range list {
		g, err := db.OpenGroup(t.base)
		if err != nil {
			return 0, err
		}
		defer g.Release()
		present := storage.Bitmap(nil).Grow(len(t.metrics))
		for c, m := range t.metrics {
			if _, err := g.Column(m); err != nil {
				return 0, err
			}
			present.Set(c)
		}
		batches[i].Rows = []storage.Row{{Group: g, Present: present}}
	}
	for s := range h.Steps {
		for i, t := range list {
			b := &batches[i]
			b.Timestamp, b.Rows[0].Values = h.time(s), t.step()
			if err := db.Write(ctx, b); err != nil {
				return 0, err
			}
			samples += int64(len(t.metrics))
		}
	}
	return samples, nil
}
