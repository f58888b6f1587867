package tsdb

import (
	"context"

	"github.com/prometheus/prometheus/model/labels"
	promstorage "github.com/prometheus/prometheus/storage"
)

// chunkQuerier implements Prometheus's storage.ChunkQuerier: samples are encoded
// as Prometheus's chunks while they are read.
type chunkQuerier struct{ *querier }

// ChunkQuerier implements Prometheus's storage.ChunkQueryable.
func (db *DB) ChunkQuerier(mint, maxt int64) (promstorage.ChunkQuerier, error) {
	q, err := db.querier(mint, maxt)
	if err != nil {
		return nil, err
	}
	return chunkQuerier{q}, nil
}

// Select implements storage.ChunkQuerier.
func (q chunkQuerier) Select(ctx context.Context, sortSeries bool, hints *promstorage.SelectHints, matchers ...*labels.Matcher) promstorage.ChunkSeriesSet {
	return promstorage.NewSeriesSetToChunkSet(q.querier.Select(ctx, sortSeries, hints, matchers...))
}

var _ promstorage.Storage = (*DB)(nil)
