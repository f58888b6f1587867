// Package node measures the machine that Monopod runs on, with node_exporter's
// collectors in process: the same metrics under the same names, no second
// process, no port.
//
// A collector is one of node_exporter's sources of metrics (cpu, filesystem,
// …); those that node_exporter has on by default run here. A source that this
// machine does not have is absent or reports success 0, and never hides the
// others: each collector runs alone, within the time that the scrape has, and a
// hanging or panicking one costs its own metrics only.
package node

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

var (
	// ErrUnsupported: node_exporter has no collectors for this operating system.
	ErrUnsupported = errors.New("machine metrics are not available on " + runtime.GOOS + ": name targets in a config file (--config.file)")
	// ErrPathsDiffer: the collectors' paths are the process's, and an earlier
	// Node of this process has others.
	ErrPathsDiffer = errors.New("machine metrics are read from other paths already in this process")
)

// Options decides where the machine is read and how long that may take.
type Options struct {
	Logger *slog.Logger

	// ProcPath, SysPath and RootfsPath are where the machine's /proc, /sys and /
	// stand; in a container that watches its host, where they are mounted
	// (/host/proc, …). Empty: the usual places. They are one choice for the
	// whole process.
	ProcPath, SysPath, RootfsPath string

	// Timeout bounds a collection whose request does not say how long it may
	// take. Zero: 10 s.
	Timeout time.Duration

	// Version is node_exporter's, for node_exporter_build_info.
	Version string
}

// Node is this machine as a scrape target. It is safe for concurrent use.
type Node struct {
	logger     *slog.Logger
	timeout    time.Duration
	collectors []*collector
	buildInfo  prometheus.Collector
}

// New prepares the collectors that work on this machine. Metrics are read when
// they are asked for, not before.
func New(o Options) (*Node, error) {
	if o.Timeout <= 0 {
		o.Timeout = 10 * time.Second
	}
	sources, err := open(o)
	if err != nil {
		return nil, err
	}
	n := &Node{logger: o.Logger, timeout: o.Timeout, buildInfo: buildInfo(o.Version)}
	for name, source := range sources {
		n.collectors = append(n.collectors, newCollector(name, source, o.Logger))
	}
	slices.SortFunc(n.collectors, func(a, b *collector) int { return strings.Compare(a.name, b.name) })
	return n, nil
}

// Collectors names the collectors, sorted.
func (n *Node) Collectors() []string {
	names := make([]string, len(n.collectors))
	for i, c := range n.collectors {
		names[i] = c.name
	}
	return names
}

// ServeHTTP answers with the exposition. As in node_exporter, collect[] names
// the only collectors to run, and exclude[] those to leave out. The time that a
// Prometheus scrape announces is kept to.
func (n *Node) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	chosen, err := n.choose(r.URL.Query()["collect[]"], r.URL.Query()["exclude[]"])
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), n.budget(r))
	defer cancel()

	// A registry per request is what carries this request's deadline to the
	// collectors; making one costs little beside reading /proc.
	registry := prometheus.NewRegistry()
	registry.MustRegister(n.buildInfo, &collection{ctx: ctx, collectors: chosen})
	promhttp.HandlerFor(registry, promhttp.HandlerOpts{
		ErrorLog:           slog.NewLogLogger(n.logger.Handler(), slog.LevelWarn),
		ErrorHandling:      promhttp.ContinueOnError,
		DisableCompression: true, // who serves this on a socket compresses there
	}).ServeHTTP(w, r)
}

// budget is the time for one collection: what the scraper announced, less what
// it takes to write and read the answer.
func (n *Node) budget(r *http.Request) time.Duration {
	seconds, err := strconv.ParseFloat(r.Header.Get("X-Prometheus-Scrape-Timeout-Seconds"), 64)
	if err != nil || !(seconds > 0 && seconds < n.timeout.Seconds()) {
		return n.timeout
	}
	announced := time.Duration(seconds * float64(time.Second))
	return announced - min(announced/5, 500*time.Millisecond)
}

func (n *Node) choose(collect, exclude []string) ([]*collector, error) {
	switch {
	case len(collect) > 0 && len(exclude) > 0:
		return nil, errors.New("collect[] and exclude[] cannot be combined: name the collectors to run, or those to leave out")
	case len(collect) > 0:
		for _, name := range collect {
			if !slices.Contains(n.Collectors(), name) {
				return nil, errors.New("no collector " + strconv.Quote(name) + " runs on this machine")
			}
		}
	case len(exclude) == 0:
		return n.collectors, nil
	}
	var chosen []*collector
	for _, c := range n.collectors {
		if slices.Contains(collect, c.name) || len(collect) == 0 && !slices.Contains(exclude, c.name) {
			chosen = append(chosen, c)
		}
	}
	return chosen, nil
}

func buildInfo(version string) prometheus.Collector {
	g := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "node_exporter_build_info",
		Help: "The node_exporter whose collectors run inside Monopod, always 1.",
		ConstLabels: prometheus.Labels{
			"version": version, "goversion": runtime.Version(), "goos": runtime.GOOS, "goarch": runtime.GOARCH,
		},
	})
	g.Set(1)
	return g
}
