package tsdb

import (
	"monopod/internal/tsdb/index"
)

// Stats is what the head holds. Times are in milliseconds.
type Stats struct {
	Series, Groups, Metrics int
	Chunks                  int
	MinTime, MaxTime        int64
	index.Cardinality
}

// Stats counts what the head holds; the lists have at most limit entries, largest
// first. byLabel is the label whose values SeriesByValue counts.
func (db *DB) Stats(byLabel string, limit int) Stats {
	sizes := db.index.Sizes()
	mint, maxt, _ := db.head.bounds()
	return Stats{
		Series: sizes.Series, Groups: sizes.Groups, Metrics: sizes.Metrics,
		Chunks: db.headChunks(), MinTime: mint, MaxTime: maxt,
		Cardinality: db.index.Cardinality(byLabel, limit),
	}
}

// Usage is what the store takes of disk and memory, in bytes.
type Usage struct {
	WAL, Head, Blocks int64
	Cache             int64
	// Appended is how many samples were stored since the start.
	Appended uint64
	// OpenRows is how many rows, and samples that are no rows, are in memory only,
	// and in the log.
	OpenRows int
}

// Usage adds up what the store takes.
func (db *DB) Usage() Usage {
	u := Usage{WAL: db.wal.Size(), Head: db.windows.bytes(), Blocks: db.blockBytes(), Cache: db.cache.Stats().Bytes, Appended: db.metrics.samples.Load()}
	for _, g := range db.head.all() {
		_, open := g.snapshot()
		u.OpenRows += len(open)
	}
	for _, x := range db.registry.all() {
		u.OpenRows += x.openCount()
	}
	return u
}

// SetCacheBytes changes the bound of what is kept in memory of the files.
func (db *DB) SetCacheBytes(n int64) { db.cache.Resize(n) }

// CacheBytes is what is kept in memory of the files.
func (db *DB) CacheBytes() int64 { return db.cache.Stats().Bytes }

// SeriesInHead is how many series the head has.
func (db *DB) SeriesInHead() int { return db.index.Sizes().Series }

// Corruptions is how many damaged places were found since the start.
func (db *DB) Corruptions() int64 { return db.corruptions.Load() }

// damage counts a damaged place.
func (db *DB) damage(in string, n int) {
	db.metrics.damaged.WithLabelValues(in).Add(float64(n))
	db.corruptions.Add(int64(n))
}
