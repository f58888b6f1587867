package exchange

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/oklog/ulid/v2"
	"github.com/prometheus/prometheus/model/labels"
	promstorage "github.com/prometheus/prometheus/storage"
	promtsdb "github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/tsdb/chunks"
	promindex "github.com/prometheus/prometheus/tsdb/index"
	"github.com/prometheus/prometheus/tsdb/tombstones"

	"monopod/internal/vfs"
)

// promBlock writes a block of Prometheus.
type promBlock struct {
	dir   string
	read  func(samples int)
	meta  promtsdb.BlockMeta
	bytes int64
}

// write makes a block of series, which are in the order of labels. All of it is
// durable on return but for the entry of its directory.
func (w *promBlock) write(ctx context.Context, id ulid.ULID, mint, maxt int64, series []promstorage.Series) (promtsdb.BlockMeta, error) {
	w.meta = promtsdb.BlockMeta{
		ULID: id, MinTime: mint, MaxTime: maxt + 1, Version: knownBlockVersion,
		Compaction: promtsdb.BlockMetaCompaction{Level: 1, Sources: []ulid.ULID{id}, Hints: []string{exportHint}},
	}
	if err := os.RemoveAll(w.dir); err != nil {
		return w.meta, err
	}
	if err := os.MkdirAll(w.dir, 0o777); err != nil {
		return w.meta, err
	}
	if err := w.data(ctx, series); err != nil {
		return w.meta, fmt.Errorf("write block %s: %w", id, err)
	}
	if _, err := tombstones.WriteFile(slog.New(slog.DiscardHandler), w.dir, tombstones.NewMemTombstones()); err != nil {
		return w.meta, err
	}
	b, err := json.MarshalIndent(w.meta, "", "\t")
	if err != nil {
		return w.meta, err
	}
	if err := vfs.WriteFile(vfs.OS(), filepath.Join(w.dir, "meta.json"), b); err != nil {
		return w.meta, err
	}
	return w.meta, filepath.WalkDir(w.dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		i, err := d.Info()
		if err == nil {
			w.bytes += i.Size()
		}
		return err
	})
}

// data writes chunks and index.
func (w *promBlock) data(ctx context.Context, series []promstorage.Series) error {
	out, err := chunks.NewWriter(filepath.Join(w.dir, "chunks"))
	if err != nil {
		return err
	}
	ix, err := promindex.NewWriter(ctx, filepath.Join(w.dir, "index"))
	if err != nil {
		return errors.Join(err, out.Close())
	}
	err = symbols(ix, series)
	if err == nil {
		err = w.series(ctx, out, ix, series)
	}
	return errors.Join(err, out.Close(), ix.Close())
}

// symbols writes the strings of the labels. Those of a series without samples
// may be among them.
func symbols(ix *promindex.Writer, series []promstorage.Series) error {
	set := map[string]struct{}{}
	for _, s := range series {
		s.Labels().Range(func(l labels.Label) {
			set[l.Name] = struct{}{}
			set[l.Value] = struct{}{}
		})
	}
	for _, s := range slices.Sorted(maps.Keys(set)) {
		if err := ix.AddSymbol(s); err != nil {
			return err
		}
	}
	return nil
}

func (w *promBlock) series(ctx context.Context, out *chunks.Writer, ix *promindex.Writer, series []promstorage.Series) error {
	ref := promstorage.SeriesRef(0)
	var it chunks.Iterator
	var metas []chunks.Meta
	for _, s := range series {
		if err := ctx.Err(); err != nil {
			return err
		}
		it = promstorage.NewSeriesToChunkEncoder(s).Iterator(it)
		metas = metas[:0]
		samples := 0
		for it.Next() {
			m := it.At()
			n := m.Chunk.NumSamples()
			samples += n
			if m.Chunk.Encoding() == chunkenc.EncXOR {
				w.meta.Stats.NumFloatSamples += uint64(n)
			} else {
				w.meta.Stats.NumHistogramSamples += uint64(n)
			}
			metas = append(metas, m)
		}
		if err := it.Err(); err != nil {
			return fmt.Errorf("%s: %w", s.Labels(), err)
		}
		if samples == 0 {
			continue
		}
		if err := out.WriteChunks(metas...); err != nil {
			return err
		}
		if err := ix.AddSeries(ref, s.Labels(), metas...); err != nil {
			return err
		}
		ref++
		w.meta.Stats.NumSeries++
		w.meta.Stats.NumChunks += uint64(len(metas))
		w.meta.Stats.NumSamples += uint64(samples)
		w.read(samples)
	}
	return nil
}
