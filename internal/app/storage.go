package app

import (
	"context"
	"math"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/alecthomas/units"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	promstorage "github.com/prometheus/prometheus/storage"

	"monopod/internal/httpapi"
	"monopod/internal/storage"
	"monopod/internal/tsdb"
	"monopod/internal/tsdb/index"
	"monopod/internal/vfs"
)

// storageSource is the storage before and after it is open. The HTTP server is
// there first, and answers 503 for what needs storage until then; only Replay is
// asked for before.
type storageSource struct {
	options tsdb.Options
	limits  atomic.Pointer[tsdb.Limits]
	db      atomic.Pointer[tsdb.DB]
	replay  atomic.Pointer[tsdb.ReplayStatus]
}

func (s *storageSource) open(db *tsdb.DB) { s.db.Store(db) }

func (s *storageSource) OpenGroup(base labels.Labels) (storage.Group, error) {
	return s.db.Load().OpenGroup(base)
}

func (s *storageSource) OpenSeries(ls labels.Labels) (storage.Series, error) {
	return s.db.Load().OpenSeries(ls)
}

func (s *storageSource) Write(ctx context.Context, b *storage.Batch) error {
	return s.db.Load().Write(ctx, b)
}

func (s *storageSource) Querier(mint, maxt int64) (promstorage.Querier, error) {
	return s.db.Load().Querier(mint, maxt)
}

func (s *storageSource) ChunkQuerier(mint, maxt int64) (promstorage.ChunkQuerier, error) {
	return s.db.Load().ChunkQuerier(mint, maxt)
}

func (s *storageSource) ExemplarQuerier(ctx context.Context) (promstorage.ExemplarQuerier, error) {
	return s.db.Load().ExemplarQuerier(ctx)
}

func (s *storageSource) Delete(ctx context.Context, mint, maxt int64, ms ...*labels.Matcher) error {
	return s.db.Load().Delete(ctx, mint, maxt, ms...)
}

func (s *storageSource) CleanTombstones() error { return s.db.Load().CleanTombstones() }

func (s *storageSource) Snapshot(dir string, withHead bool) error {
	return s.db.Load().Snapshot(dir, withHead)
}

// Replay may be asked for before the storage is open.
func (s *storageSource) Replay() (httpapi.Replay, error) {
	r := s.replay.Load()
	if r == nil {
		return httpapi.Replay{}, nil
	}
	return httpapi.Replay{Min: r.Min, Max: r.Max, Current: r.Current, Done: r.State == "done"}, nil
}

// series is how many there are in the head, 0 before the storage is open.
func (s *storageSource) series() int {
	if db := s.db.Load(); db != nil {
		return db.SeriesInHead()
	}
	return 0
}

// Retention says how long samples are kept, as Prometheus says it.
func (s *storageSource) Retention() string {
	var parts []string
	l := s.limits.Load()
	if l.Retention > 0 {
		parts = append(parts, model.Duration(l.Retention).String())
	}
	if l.RetentionBytes > 0 {
		parts = append(parts, units.Base2Bytes(l.RetentionBytes).String())
	}
	if l.RetentionPercentage > 0 {
		parts = append(parts, strconv.FormatFloat(l.RetentionPercentage, 'g', -1, 64)+"%")
	}
	return strings.Join(parts, " or ")
}

func (s *storageSource) Corruptions() int64 {
	if db := s.db.Load(); db != nil {
		return db.Corruptions()
	}
	return 0
}

func (s *storageSource) Stats(byLabel string, limit int) (httpapi.StorageStats, error) {
	st := s.db.Load().Stats(byLabel, limit)
	return httpapi.StorageStats{
		Series: uint64(st.Series), LabelPairs: st.LabelPairs, Chunks: int64(st.Chunks), MinTime: st.MinTime, MaxTime: st.MaxTime,
		SeriesByMetric: counts(st.SeriesByValue), ValuesByLabel: counts(st.ValuesByName),
		BytesByLabel: counts(st.BytesByName), SeriesByLabelPair: counts(st.SeriesByPair),
	}, nil
}

func counts(list []index.Count) []httpapi.Count {
	out := make([]httpapi.Count, len(list))
	for i, c := range list {
		out[i] = httpapi.Count(c)
	}
	return out
}

func (s *storageSource) Blocks() ([]httpapi.Block, error) {
	metas := s.db.Load().Blocks()
	out := make([]httpapi.Block, len(metas))
	for i, m := range metas {
		b := httpapi.Block{
			ULID: m.ULID.String(), MinTime: m.MinTime, MaxTime: m.MaxTime, Level: m.Origin.Level, Version: m.Version, SizeBytes: m.Stats.Bytes,
			Stats: httpapi.BlockStats{Samples: m.Stats.Samples, Series: m.Stats.Series, Chunks: m.Stats.Chunks},
		}
		for _, id := range m.Origin.Blocks {
			b.Sources = append(b.Sources, id.String())
		}
		out[i] = b
	}
	return out, nil
}

// Usage may be asked for before the storage is open.
func (s *storageSource) Usage() (httpapi.StorageUsage, error) {
	var out httpapi.StorageUsage
	free, err := s.options.FS.Free(s.options.Dir)
	if err != nil {
		return out, err
	}
	out.FreeBytes = int64(free)
	db := s.db.Load()
	if db == nil {
		return out, nil
	}
	u := db.Usage()
	out.LogBytes, out.HeadBytes, out.BlockBytes = u.WAL, u.Head, u.Blocks
	out.SamplesAppended = u.Appended
	if out.OldestTime, err = db.StartTime(); err != nil || out.OldestTime == math.MaxInt64 {
		out.OldestTime = 0
	}
	return out, err
}

func (p *program) newStorage() *storageSource {
	s := &storageSource{}
	s.options = tsdb.Options{
		FS:              vfs.OS(),
		Dir:             p.Storage.Path,
		Logger:          p.component("tsdb"),
		Registerer:      p.registry,
		Limits:          p.Storage.limits(),
		StartTimestamps: p.Features["st-storage"],
		BlockDuration:   p.Storage.BlockDuration,
		Progress:        func(r tsdb.ReplayStatus) { s.replay.Store(&r) },
	}
	s.limits.Store(&s.options.Limits)
	return s
}
