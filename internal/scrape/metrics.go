package scrape

import (
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics are those of all pools. The prometheus_* names are Prometheus's, since
// dashboards and alerts use them.
type metrics struct {
	pools, poolsFailed           prometheus.Counter
	poolReloads, reloadsFailed   prometheus.Counter
	reloadLength                 *prometheus.SummaryVec
	syncs, syncFailed            *prometheus.CounterVec
	syncLength                   *prometheus.SummaryVec
	syncLengthHistogram          *prometheus.HistogramVec
	targets, targetLimit         *prometheus.GaugeVec
	overTargetLimit              prometheus.Counter
	overLabelLimits              prometheus.Counter
	overBodySize                 prometheus.Counter
	overSampleLimit              prometheus.Counter
	overBucketLimit              prometheus.Counter
	cacheFlushes                 prometheus.Counter
	duplicates                   prometheus.Counter
	outOfOrder, outOfBounds      prometheus.Counter
	exemplarsOutOfOrder          prometheus.Counter
	intervalLength               *prometheus.SummaryVec
	intervalLengthHistogram      *prometheus.HistogramVec
	duration                     prometheus.Histogram
	failures                     *prometheus.CounterVec
	refused                      *prometheus.CounterVec
	linesSkeleton                prometheus.Counter
	linesKey                     prometheus.Counter
	linesParsed                  prometheus.Counter
	collisions                   prometheus.Counter
	writeFailures                prometheus.Counter
	samplesStored, bytesReceived prometheus.Counter
}

func quantiles() map[float64]float64 {
	return map[float64]float64{0.01: 0.001, 0.05: 0.005, 0.5: 0.05, 0.90: 0.01, 0.99: 0.001}
}

func newMetrics(reg prometheus.Registerer, targets func() map[string][]*Target) (*metrics, error) {
	var all []prometheus.Collector
	counter := func(name, help string) prometheus.Counter {
		c := prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help})
		all = append(all, c)
		return c
	}
	counterVec := func(name, help, label string) *prometheus.CounterVec {
		c := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, []string{label})
		all = append(all, c)
		return c
	}
	gaugeVec := func(name, help, label string) *prometheus.GaugeVec {
		c := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help}, []string{label})
		all = append(all, c)
		return c
	}
	summaryVec := func(name, help, label string) *prometheus.SummaryVec {
		c := prometheus.NewSummaryVec(prometheus.SummaryOpts{Name: name, Help: help, Objectives: quantiles()}, []string{label})
		all = append(all, c)
		return c
	}
	histogramVec := func(name, help, label string) *prometheus.HistogramVec {
		c := prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: name, Help: help, Buckets: []float64{.01, .1, 1, 10},
			NativeHistogramBucketFactor: 1.1, NativeHistogramMaxBucketNumber: 100, NativeHistogramMinResetDuration: time.Hour,
		}, []string{label})
		all = append(all, c)
		return c
	}
	m := &metrics{
		pools:         counter("prometheus_target_scrape_pools_total", "Scrape pools that were to be created."),
		poolsFailed:   counter("prometheus_target_scrape_pools_failed_total", "Scrape pools that could not be created."),
		poolReloads:   counter("prometheus_target_scrape_pool_reloads_total", "Scrape pools that were to take a new configuration."),
		reloadsFailed: counter("prometheus_target_scrape_pool_reloads_failed_total", "Scrape pools that could not take a new configuration."),
		reloadLength:  summaryVec("prometheus_target_reload_length_seconds", "Time a scrape pool took to take a new configuration.", "interval"),

		syncs:               counterVec("prometheus_target_scrape_pool_sync_total", "Times that a scrape pool was given its targets.", "scrape_job"),
		syncFailed:          counterVec("prometheus_target_sync_failed_total", "Discovered targets that are no valid targets.", "scrape_job"),
		syncLength:          summaryVec("prometheus_target_sync_length_seconds", "Time a scrape pool took to change its targets.", "scrape_job"),
		syncLengthHistogram: histogramVec("prometheus_target_sync_length_histogram_seconds", "Time a scrape pool took to change its targets.", "scrape_job"),
		targets:             gaugeVec("prometheus_target_scrape_pool_targets", "Targets of a scrape pool.", "scrape_job"),
		targetLimit:         gaugeVec("prometheus_target_scrape_pool_target_limit", "Most targets that a scrape pool may have, 0 for any number.", "scrape_job"),

		overTargetLimit: counter("prometheus_target_scrape_pool_exceeded_target_limit_total", "Times that a scrape pool had more targets than target_limit."),
		overLabelLimits: counter("prometheus_target_scrape_pool_exceeded_label_limits_total", "Scrapes refused for a label limit."),
		overBodySize:    counter("prometheus_target_scrapes_exceeded_body_size_limit_total", "Scrapes refused for the size of the body."),
		overSampleLimit: counter("prometheus_target_scrapes_exceeded_sample_limit_total", "Scrapes refused for sample_limit."),
		overBucketLimit: counter("prometheus_target_scrapes_exceeded_native_histogram_bucket_limit_total", "Scrapes refused for native_histogram_bucket_limit."),

		cacheFlushes:        counter("prometheus_target_scrapes_cache_flush_forced_total", "Times that what is remembered of a target was dropped because it grew while scrapes failed."),
		duplicates:          counter("prometheus_target_scrapes_sample_duplicate_timestamp_total", "Samples refused because their series had one at the same time."),
		outOfOrder:          counter("prometheus_target_scrapes_sample_out_of_order_total", "Samples refused because their series had a later one."),
		outOfBounds:         counter("prometheus_target_scrapes_sample_out_of_bounds_total", "Samples refused because they are too old or too far in the future."),
		exemplarsOutOfOrder: counter("prometheus_target_scrapes_exemplar_out_of_order_total", "Exemplars refused because their series had a later one."),

		intervalLength:          summaryVec("prometheus_target_interval_length_seconds", "Time between two scrapes of a target.", "interval"),
		intervalLengthHistogram: histogramVec("prometheus_target_interval_length_histogram_seconds", "Time between two scrapes of a target.", "interval"),

		failures:      counterVec("monopod_scrape_failures_total", "Scrapes that failed, by reason.", "reason"),
		refused:       counterVec("monopod_scrape_series_refused_total", "Lines left out since they would begin series for which there is no room, by job.", "scrape_job"),
		collisions:    counter("monopod_scrape_series_collisions_total", "Lines whose series another line of the same body has already, after relabelling."),
		writeFailures: counter("monopod_scrape_write_failures_total", "Scrapes that were not stored."),
		samplesStored: counter("monopod_scrape_samples_stored_total", "Samples stored, the report included."),
		bytesReceived: counter("monopod_scrape_body_bytes_total", "Uncompressed bytes of the bodies received."),
	}
	lines := counterVec("monopod_scrape_lines_total", "Lines scraped, by the path they took: skeleton (known in this place), key (known), parsed.", "path")
	m.linesSkeleton = lines.WithLabelValues("skeleton")
	m.linesKey = lines.WithLabelValues("key")
	m.linesParsed = lines.WithLabelValues("parsed")
	m.duration = prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "prometheus_target_scrape_duration_seconds", Help: "Time a scrape took until it was stored, of the jobs with extra_scrape_metrics.",
		NativeHistogramBucketFactor: 1.1, NativeHistogramMaxBucketNumber: 100, NativeHistogramMinResetDuration: time.Hour,
	})
	all = append(all, m.duration, &metadataCollector{targets: targets})
	for _, c := range all {
		if err := reg.Register(c); err != nil {
			return nil, fmt.Errorf("registering the metrics of scraping: %w", err)
		}
	}
	return m, nil
}

// forget drops the series of a pool that is gone.
func (m *metrics) forget(job string) {
	m.syncs.DeleteLabelValues(job)
	m.syncFailed.DeleteLabelValues(job)
	m.syncLength.DeleteLabelValues(job)
	m.syncLengthHistogram.DeleteLabelValues(job)
	m.targets.DeleteLabelValues(job)
	m.targetLimit.DeleteLabelValues(job)
	m.refused.DeleteLabelValues(job)
}

var (
	metadataEntriesDesc = prometheus.NewDesc("prometheus_target_metadata_cache_entries",
		"Metric families whose metadata is kept.", []string{"scrape_job"}, nil)
	metadataBytesDesc = prometheus.NewDesc("prometheus_target_metadata_cache_bytes",
		"Bytes of the metadata that is kept.", []string{"scrape_job"}, nil)
)

// metadataCollector counts the metadata of the targets when it is asked.
type metadataCollector struct {
	targets func() map[string][]*Target
}

func (c *metadataCollector) Describe(ch chan<- *prometheus.Desc) {
	ch <- metadataEntriesDesc
	ch <- metadataBytesDesc
}

func (c *metadataCollector) Collect(ch chan<- prometheus.Metric) {
	for job, targets := range c.targets() {
		families, sizeBytes := 0, 0
		for _, t := range targets {
			f, s := t.metadata().size()
			families, sizeBytes = families+f, sizeBytes+s
		}
		ch <- prometheus.MustNewConstMetric(metadataEntriesDesc, prometheus.GaugeValue, float64(families), job)
		ch <- prometheus.MustNewConstMetric(metadataBytesDesc, prometheus.GaugeValue, float64(sizeBytes), job)
	}
}
