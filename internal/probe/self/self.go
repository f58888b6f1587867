// Package self registers what Monopod says about its own process: Go runtime,
// operating system process and build, under the names that dashboards for
// Prometheus use.
package self

import (
	"fmt"
	"regexp"
	"runtime"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"monopod/internal/buildinfo"
)

// Register adds the go_*, process_* and *_build_info metrics to a registry.
func Register(r prometheus.Registerer, build buildinfo.Info) error {
	for _, c := range []prometheus.Collector{
		collectors.NewGoCollector(collectors.WithGoCollectorRuntimeMetrics(
			collectors.MetricsGC,
			collectors.MetricsScheduler,
			collectors.GoRuntimeMetricsRule{Matcher: regexp.MustCompile(`^/sync/mutex/wait/total:seconds$`)},
		)),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		info("monopod_build_info", "The build of Monopod, always 1.", build.Version, build),
		info("prometheus_build_info", "The Prometheus whose packages and API this program has, always 1.", build.Prometheus, build),
	} {
		if err := r.Register(c); err != nil {
			return fmt.Errorf("registering metrics of the own process: %w", err)
		}
	}
	return nil
}

func info(name, help, version string, build buildinfo.Info) prometheus.Collector {
	g := prometheus.NewGauge(prometheus.GaugeOpts{Name: name, Help: help, ConstLabels: prometheus.Labels{
		"version": version, "revision": build.Revision, "branch": build.Branch, "tags": build.Tags,
		"goversion": build.GoVersion, "goos": runtime.GOOS, "goarch": runtime.GOARCH,
	}})
	g.Set(1)
	return g
}
