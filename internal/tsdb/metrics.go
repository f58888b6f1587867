package tsdb

import (
	"errors"
	"math"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"monopod/internal/storage"
)

// metrics is what the engine tells of itself. Names that begin with
// prometheus_tsdb_ mean what they mean in Prometheus.
type metrics struct {
	appendedFloats, appendedHistograms prometheus.Counter
	samples                            atomic.Uint64 // both together, to be read
	outOfOrder, outOfBounds, tooOld    prometheus.Counter
	late                               prometheus.Counter // stored out of order
	delay                              prometheus.Histogram
	metricsCreated                     prometheus.Counter
	seriesCreated, seriesRemoved       prometheus.Counter
	chunks                             prometheus.Counter // sealed
	sealedBytes                        prometheus.Counter
	damaged                            *prometheus.CounterVec

	walSync                              prometheus.Summary
	walSyncFailed                        prometheus.Counter
	walCorruptions                       prometheus.Counter
	walTruncations, walTruncationsFailed prometheus.Counter

	compactions, compactionsFailed, compactionsTriggered prometheus.Counter
	compactionSeconds                                    prometheus.Histogram
	reloads, reloadsFailed                               prometheus.Counter
	timeRetentions, sizeRetentions                       prometheus.Counter
	tombstoneCleanup                                     prometheus.Histogram
}

func newMetrics(r prometheus.Registerer) *metrics {
	f := factory{r}
	m := &metrics{
		outOfOrder:           f.counterWith("prometheus_tsdb_out_of_order_samples_total", "Samples that were refused as out of order.", "type", "float"),
		outOfBounds:          f.counterWith("prometheus_tsdb_out_of_bound_samples_total", "Samples that were refused as too old.", "type", "float"),
		tooOld:               f.counterWith("prometheus_tsdb_too_old_samples_total", "Samples that were refused as older than the window in which they may be out of order.", "type", "float"),
		late:                 f.counterWith("prometheus_tsdb_head_out_of_order_samples_appended_total", "Samples that were stored out of order.", "type", "float"),
		metricsCreated:       f.counter("monopod_tsdb_metrics_created_total", "Metrics that the dictionary took in."),
		seriesCreated:        f.counter("prometheus_tsdb_head_series_created_total", "Series created in the head."),
		seriesRemoved:        f.counter("prometheus_tsdb_head_series_removed_total", "Series removed from the head."),
		chunks:               f.counter("prometheus_tsdb_head_chunks_created_total", "Chunks that were sealed."),
		sealedBytes:          f.counter("monopod_tsdb_sealed_bytes_total", "Bytes of sealed chunks that were written."),
		walSync:              prometheus.NewSummary(prometheus.SummaryOpts{Name: "prometheus_tsdb_wal_fsync_duration_seconds", Help: "Duration of the syncs of the write-ahead log.", Objectives: map[float64]float64{0.5: 0.05, 0.9: 0.01, 0.99: 0.001}}),
		walSyncFailed:        f.counter("monopod_tsdb_wal_fsync_failed_total", "Syncs of the write-ahead log that failed."),
		walCorruptions:       f.counter("prometheus_tsdb_wal_corruptions_total", "Stretches of the write-ahead log that were found damaged."),
		walTruncations:       f.counter("prometheus_tsdb_wal_truncations_total", "Checkpoints after which the write-ahead log was cut."),
		walTruncationsFailed: f.counter("prometheus_tsdb_wal_truncations_failed_total", "Checkpoints that failed."),
		compactions:          f.counter("prometheus_tsdb_compactions_total", "Blocks that were made."),
		compactionsFailed:    f.counter("prometheus_tsdb_compactions_failed_total", "Blocks that could not be made."),
		compactionsTriggered: f.counter("prometheus_tsdb_compactions_triggered_total", "Times it was looked for windows to make blocks of."),
		compactionSeconds:    prometheus.NewHistogram(prometheus.HistogramOpts{Name: "prometheus_tsdb_compaction_duration_seconds", Help: "Duration of the making of a block.", Buckets: prometheus.ExponentialBuckets(0.01, 4, 10)}),
		reloads:              f.counter("prometheus_tsdb_reloads_total", "Times the set of blocks changed."),
		reloadsFailed:        f.counter("prometheus_tsdb_reloads_failures_total", "Times a change of the set of blocks failed."),
		timeRetentions:       f.counter("prometheus_tsdb_time_retentions_total", "Blocks deleted since they were older than the retention."),
		sizeRetentions:       f.counter("prometheus_tsdb_size_retentions_total", "Blocks deleted since the store was larger than the retention."),
		tombstoneCleanup:     prometheus.NewHistogram(prometheus.HistogramOpts{Name: "prometheus_tsdb_tombstone_cleanup_seconds", Help: "Duration of the rewriting of blocks without what was deleted."}),
		damaged:              prometheus.NewCounterVec(prometheus.CounterOpts{Name: "monopod_tsdb_damaged_total", Help: "Damage that was found and left out, by what it was in."}, []string{"in"}),
	}
	appended := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "prometheus_tsdb_head_samples_appended_total", Help: "Samples that were stored."}, []string{"type"})
	m.appendedFloats, m.appendedHistograms = appended.WithLabelValues("float"), appended.WithLabelValues("histogram")
	for _, in := range []string{"wal", "catalog", "chunk", "block", "page", "tombstones"} {
		m.damaged.WithLabelValues(in)
	}
	m.delay = prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "prometheus_tsdb_sample_ooo_delta", Help: "Seconds by which samples out of order were older than the newest one of the store, stored or not.",
		Buckets:                     []float64{600, 1800, 3600, 7200, 10800, 21600, 43200},
		NativeHistogramBucketFactor: 1.1, NativeHistogramMaxBucketNumber: 100, NativeHistogramMinResetDuration: time.Hour,
	})
	f.register(m.delay, m.walSync, m.compactionSeconds, m.tombstoneCleanup, m.damaged, appended)
	return m
}

func (m *metrics) appended(counts [3]int) {
	m.samples.Add(uint64(counts[kindFloat] + counts[kindHistogram] + counts[kindFloatHistogram]))
	if n := counts[kindFloat]; n > 0 {
		m.appendedFloats.Add(float64(n))
	}
	if n := counts[kindHistogram] + counts[kindFloatHistogram]; n > 0 {
		m.appendedHistograms.Add(float64(n))
	}
}

func (m *metrics) refused(err error) {
	switch {
	case errors.Is(err, storage.ErrOutOfOrder):
		m.outOfOrder.Inc()
	case errors.Is(err, storage.ErrOutOfBounds):
		m.outOfBounds.Inc()
	case errors.Is(err, storage.ErrTooOld):
		m.tooOld.Inc()
	}
}

// observe registers the gauges that are read from the store when asked for.
func (db *DB) observe(r prometheus.Registerer) {
	f := factory{r}
	f.gauge("prometheus_tsdb_head_series", "Series in the head.", func() float64 { return float64(db.index.Sizes().Series) })
	f.gauge("monopod_tsdb_groups", "Groups in the head.", func() float64 { return float64(db.index.Sizes().Groups) })
	f.gauge("monopod_tsdb_metrics", "Metrics in the dictionary.", func() float64 { return float64(db.index.Sizes().Metrics) })
	f.gauge("monopod_tsdb_column_lists", "Lists of columns that groups share.", func() float64 { return float64(db.index.Sizes().Lists) })
	f.gauge("prometheus_tsdb_symbol_table_size_bytes", "Bytes of the labels of metrics and groups.", func() float64 { return float64(db.index.Sizes().LabelBytes) })
	f.gauge("prometheus_tsdb_head_chunks", "Sealed chunks in the head.", func() float64 { return float64(db.headChunks()) })
	f.gauge("monopod_tsdb_head_bytes", "Bytes of the head's files.", func() float64 { return float64(db.windows.bytes()) })
	f.gauge("prometheus_tsdb_head_min_time", "Oldest timestamp in the head, in milliseconds.", func() float64 { return float64(db.headTime(true)) })
	f.gauge("prometheus_tsdb_head_max_time", "Newest timestamp in the head, in milliseconds.", func() float64 { return float64(db.headTime(false)) })
	f.gauge("prometheus_tsdb_head_min_time_seconds", "Oldest timestamp in the head.", func() float64 { return float64(db.headTime(true)) / 1000 })
	f.gauge("prometheus_tsdb_head_max_time_seconds", "Newest timestamp in the head.", func() float64 { return float64(db.headTime(false)) / 1000 })
	f.gauge("prometheus_tsdb_wal_storage_size_bytes", "Bytes of the write-ahead log.", func() float64 { return float64(db.wal.Size()) })
	f.gauge("prometheus_tsdb_blocks_loaded", "Blocks that are read from.", func() float64 { return float64(len(db.blocks())) })
	f.gauge("prometheus_tsdb_storage_blocks_bytes", "Bytes of the blocks.", func() float64 { return float64(db.blockBytes()) })
	f.gauge("prometheus_tsdb_lowest_timestamp", "Oldest timestamp in the store, in milliseconds.", func() float64 { return float64(db.lowest()) })
	f.gauge("prometheus_tsdb_lowest_timestamp_seconds", "Oldest timestamp in the store.", func() float64 { return float64(db.lowest()) / 1000 })
	f.gauge("prometheus_tsdb_retention_limit_seconds", "How long samples are kept; 0 is for ever.", func() float64 { return db.limits.Load().Retention.Seconds() })
	f.gauge("prometheus_tsdb_retention_limit_bytes", "How many bytes are kept; 0 is no limit.", func() float64 { return float64(db.limits.Load().RetentionBytes) })
	f.gauge("prometheus_tsdb_retention_limit_percentage", "How much of the file system is kept, in percent; 0 is no limit.", func() float64 { return db.limits.Load().RetentionPercentage })
	f.gauge("monopod_tsdb_cache_bytes", "Bytes in the cache of sections of files.", func() float64 { return float64(db.cache.Stats().Bytes) })
	f.gauge("monopod_tsdb_writable", "1 where writes are taken, 0 where the last one was refused by the disk.", func() float64 {
		if db.health.writing() != nil {
			return 0
		}
		return 1
	})
	f.register(
		prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "monopod_tsdb_cache_hits_total", Help: "Reads that the cache answered."}, func() float64 { return float64(db.cache.Stats().Hits) }),
		prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "monopod_tsdb_cache_misses_total", Help: "Reads that went to a file."}, func() float64 { return float64(db.cache.Stats().Misses) }),
	)
}

func (db *DB) headTime(first bool) int64 {
	mint, maxt, _ := db.head.bounds()
	if first {
		return mint
	}
	return maxt
}

func (db *DB) lowest() int64 {
	t, err := db.StartTime()
	if err != nil {
		return math.MaxInt64
	}
	return t
}

// factory makes and registers.
type factory struct{ r prometheus.Registerer }

func (f factory) register(cs ...prometheus.Collector) {
	if f.r != nil {
		f.r.MustRegister(cs...)
	}
}

func (f factory) counter(name, help string) prometheus.Counter {
	c := prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help})
	f.register(c)
	return c
}

// counterWith is a counter with one label of one value.
func (f factory) counterWith(name, help, label, value string) prometheus.Counter {
	v := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, []string{label})
	f.register(v)
	return v.WithLabelValues(value)
}

func (f factory) gauge(name, help string, read func() float64) {
	f.register(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, read))
}
