package app

import (
	"github.com/prometheus/client_golang/prometheus"

	"monopod/internal/budget"
	"monopod/internal/scrape"
)

func memoryDesc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("monopod_memory_"+name, help, labels, nil)
}

// memoryCollector tells what package budget decided.
type memoryCollector struct{ memory *memory }

// Describe describes nothing: which series there are depends on what is refused.
func (memoryCollector) Describe(chan<- *prometheus.Desc) {}

func (c memoryCollector) Collect(ch chan<- prometheus.Metric) {
	s := c.memory.state.Load()
	gauge := func(name, help string, v float64) {
		ch <- prometheus.MustNewConstMetric(memoryDesc(name, help), prometheus.GaugeValue, v)
	}
	gauge("limit_bytes", "Bytes of memory that the program may use.", float64(s.Bytes))
	gauge("goal_bytes", "Bytes of memory that the Go runtime stays within.", float64(s.Goal))
	gauge("held_bytes", "Bytes of memory that no collection of garbage gives back.", float64(s.use.Held))
	gauge("mapped_bytes", "Bytes of memory that the kernel gave to the Go runtime.", float64(s.use.Mapped))
	gauge("pressure_ratio", "monopod_memory_held_bytes in relation to monopod_memory_goal_bytes.", s.Pressure)
	gauge("cache_limit_bytes", "Bytes that the caches may take at this moment.", float64(s.cacheBytes()))
	gauge("max_series", "Series that there may be at once.", float64(s.maxSeries))
	gauge("max_series_per_target", "Series that one target may have.", float64(s.perTarget))
	level := memoryDesc("shedding", "What is given up for want of memory: 1 at the level in force.", "level")
	for l := budget.Normal; l <= budget.Sampling; l++ {
		v := 0.0
		if l == s.Level {
			v = 1
		}
		ch <- prometheus.MustNewConstMetric(level, prometheus.GaugeValue, v, l.String())
	}
	refused := memoryDesc("refused_target", "Targets that may begin no series for want of memory: 1 for each, with the cause.", "scrape_job", "scrape_url", "cause")
	for _, r := range s.Refused {
		t := r.Key.(*scrape.Target)
		ch <- prometheus.MustNewConstMetric(refused, prometheus.GaugeValue, 1, t.Pool(), t.String(), string(r.Cause))
	}
	stretched := memoryDesc("scrape_stretch_intervals", "Jobs that are scraped less often for want of memory: once in so many intervals.", "scrape_job")
	for _, j := range s.Stretched {
		ch <- prometheus.MustNewConstMetric(stretched, prometheus.GaugeValue, float64(j.Factor), j.Job)
	}
}
