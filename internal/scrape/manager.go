package scrape

import (
	"context"
	"fmt"
	"hash/fnv"
	"log/slog"
	"net/http"
	"reflect"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	config_util "github.com/prometheus/common/config"
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery/targetgroup"
	"github.com/prometheus/prometheus/util/osutil"

	"monopod/internal/storage"
)

// Options are what a manager is told. Writer is needed; the rest has defaults.
type Options struct {
	Logger     *slog.Logger
	Registerer prometheus.Registerer
	Writer     storage.Writer

	// Local has the handlers of targets inside this process, by the address that
	// their scrape configuration names. They are scraped like all others, without
	// a socket.
	Local map[string]http.Handler

	HTTPClientOptions []config_util.HTTPClientOption
	UserAgent         string

	// Exemplars stores exemplars.
	Exemplars bool
	// TypeAndUnitLabels gives series the labels __type__ and __unit__.
	TypeAndUnitLabels bool
	// StartTimestamps stores a zero at the start timestamp of a counter.
	StartTimestamps bool

	// DiscoveryInterval is the least time between two changes of targets.
	// Default: 5 s. The first is taken at once.
	DiscoveryInterval time.Duration
	// TimestampTolerance is how late a scrape may be to get the timestamp that it
	// should have, which stores better. It is at most 1 % of the interval.
	// Default: 2 ms; off where it is negative.
	TimestampTolerance time.Duration
	// Compression is when targets are asked for gzip; enable_compression: false of a
	// job is a veto. Default: CompressAuto.
	Compression Compression
	// LargestBody is the limit, in bytes, of bodies without a body_size_limit.
	// Default: 256 MiB.
	LargestBody int64
	// Admit says how many more series a target may begin with the scrape that is
	// being read; series is how many it has. It is asked when a line would begin a
	// series, so that targets without new series cost nothing. Default: any number.
	Admit func(t *Target, series int) Admission
	// Stretch says that a pool is scraped only each so many intervals for now; 0 and
	// 1 are each. Default: each.
	Stretch func(pool string) int
	// Hostname spreads the scrapes of several servers. Default: that of the machine.
	Hostname string
}

func (o *Options) withDefaults() (*Options, error) {
	if o.Writer == nil {
		return nil, fmt.Errorf("scrape manager: Options.Writer is not set")
	}
	d := *o
	if d.Logger == nil {
		d.Logger = slog.New(slog.DiscardHandler)
	}
	if d.Registerer == nil {
		d.Registerer = prometheus.NewRegistry()
	}
	if d.UserAgent == "" {
		d.UserAgent = "Monopod"
	}
	if d.DiscoveryInterval == 0 {
		d.DiscoveryInterval = 5 * time.Second
	}
	if d.TimestampTolerance == 0 {
		d.TimestampTolerance = 2 * time.Millisecond
	}
	if d.Compression == "" {
		d.Compression = CompressAuto
	}
	if d.LargestBody <= 0 {
		d.LargestBody = largestBody
	}
	if d.Hostname == "" {
		name, err := osutil.GetFQDN()
		if err != nil {
			return nil, fmt.Errorf("scrape manager: name of this machine: %w", err)
		}
		d.Hostname = name
	}
	return &d, nil
}

// tolerance is how far a timestamp may be moved onto its schedule.
func (o *Options) tolerance(interval time.Duration) time.Duration {
	return min(interval/100, o.TimestampTolerance)
}

// Manager scrapes the targets that discovery finds, as the configuration says.
// All methods may be called from many goroutines.
type Manager struct {
	opts    *Options
	metrics *metrics
	bodies  bodyPool
	texts   texts
	flights flights
	turns   turns
	ctx     context.Context
	cancel  context.CancelFunc
	running sync.WaitGroup

	// applying orders changes of the configuration.
	applying sync.Mutex
	mu       struct {
		sync.RWMutex
		pools    map[string]*pool
		groups   map[string][]*targetgroup.Group
		failures map[string]*failureLog
		stopped  bool
	}
}

// New returns a manager without targets.
func New(opts Options) (*Manager, error) {
	o, err := opts.withDefaults()
	if err != nil {
		return nil, err
	}
	m := &Manager{opts: o, turns: newTurns()}
	if m.metrics, err = newMetrics(o.Registerer, m.ActiveTargets); err != nil {
		return nil, err
	}
	m.ctx, m.cancel = context.WithCancel(context.Background())
	m.mu.pools = map[string]*pool{}
	m.mu.groups = map[string][]*targetgroup.Group{}
	return m, nil
}

// Run takes the groups that discovery finds, by job, until ctx ends, the channel
// is closed or the manager is stopped. Scraping goes on until Stop.
func (m *Manager) Run(ctx context.Context, updates <-chan map[string][]*targetgroup.Group) error {
	var pending map[string][]*targetgroup.Group
	pause := time.NewTimer(0)
	defer pause.Stop()
	ready := false
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-m.ctx.Done():
			return nil
		case groups, ok := <-updates:
			if !ok {
				return nil
			}
			pending = groups
		case <-pause.C:
			ready = true
		}
		if ready && pending != nil {
			m.setGroups(pending)
			pending, ready = nil, false
			pause.Reset(m.opts.DiscoveryInterval)
		}
	}
}

func (m *Manager) setGroups(groups map[string][]*targetgroup.Group) {
	m.mu.Lock()
	m.mu.groups = groups
	pools := make([]*pool, 0, len(groups))
	for job := range groups {
		if p, ok := m.mu.pools[job]; ok {
			pools = append(pools, p)
		}
	}
	m.mu.Unlock()
	var wg sync.WaitGroup
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	for _, p := range pools {
		slots <- struct{}{}
		wg.Go(func() {
			p.sync(groups[p.name])
			<-slots
		})
	}
	wg.Wait()
}

// ApplyConfig makes the scrape configurations those of cfg, all or none: on an
// error everything goes on as before. Jobs that did not change are left alone.
func (m *Manager) ApplyConfig(cfg *config.Config) error {
	m.applying.Lock()
	defer m.applying.Unlock()
	jobs, err := cfg.GetScrapeConfigs()
	if err != nil {
		return err
	}
	m.mu.RLock()
	pools := m.mu.pools
	m.mu.RUnlock()

	h := fnv.New64a()
	fmt.Fprintf(h, "%s%s", m.opts.Hostname, cfg.GlobalConfig.ExternalLabels.String())
	changed := map[string]*settings{}
	failures := map[string]*failureLog{}
	err = func() error {
		for _, job := range jobs {
			if path := job.ScrapeFailureLogFile; path != "" && failures[path] == nil {
				// Opened anew each time, so that a file that was moved away is let go.
				if failures[path], err = openFailureLog(path); err != nil {
					return fmt.Errorf("scrape job %q: %w", job.JobName, err)
				}
			}
			p, ok := pools[job.JobName]
			if ok && reflect.DeepEqual(p.cfg(), job) {
				continue
			}
			if !ok {
				m.metrics.pools.Inc()
			}
			if changed[job.JobName], err = newSettings(job, m.opts, h.Sum64(), &m.flights); err != nil {
				if ok {
					m.metrics.reloadsFailed.Inc()
				} else {
					m.metrics.poolsFailed.Inc()
				}
				return err
			}
		}
		return nil
	}()
	if err != nil {
		for _, l := range failures {
			if l != nil {
				l.close()
			}
		}
		return err
	}
	m.swap(jobs, changed, failures)
	return nil
}

// swap puts the new configuration into force. Nothing in it can fail.
func (m *Manager) swap(jobs []*config.ScrapeConfig, changed map[string]*settings, failures map[string]*failureLog) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.mu.stopped {
		for _, l := range failures {
			l.close()
		}
		return
	}
	pools := make(map[string]*pool, len(jobs))
	for _, job := range jobs {
		name := job.JobName
		p, ok := m.mu.pools[name]
		if !ok {
			p = m.newPool(changed[name])
		}
		p.failures.Store(failures[job.ScrapeFailureLogFile])
		pools[name] = p
		switch groups, known := m.mu.groups[name]; {
		case ok && changed[name] != nil:
			p.reconfigure(changed[name])
		case !ok && known:
			p.sync(groups)
		}
	}
	for name, p := range m.mu.pools {
		if pools[name] == nil {
			p.stop()
		}
	}
	for _, l := range m.mu.failures {
		l.close()
	}
	m.mu.pools, m.mu.failures = pools, failures
}

func (m *Manager) newPool(s *settings) *pool {
	name := s.cfg.JobName
	p := &pool{
		name: name, ctx: m.ctx, opts: m.opts, metrics: m.metrics,
		logger: m.opts.Logger.With("scrape_pool", name), bodies: &m.bodies, texts: &m.texts, running: &m.running, turns: m.turns,
	}
	p.mu.settings = s
	p.mu.loops = map[uint64]*loop{}
	p.mu.stopping = map[uint64][]*loop{}
	m.metrics.targetLimit.WithLabelValues(name).Set(float64(s.cfg.TargetLimit))
	return p
}

func (p *pool) cfg() *config.ScrapeConfig {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.mu.settings.cfg
}

// Stop ends all scrapes, those under way included, and returns when nothing is
// written any more. No stale markers are written: after a restart the targets are
// scraped again.
func (m *Manager) Stop() {
	m.cancel()
	m.flights.end()
	m.mu.Lock()
	m.mu.stopped = true
	for _, p := range m.mu.pools {
		p.end()
	}
	m.mu.Unlock()
	m.running.Wait()
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, l := range m.mu.failures {
		l.close()
	}
	for _, p := range m.mu.pools {
		p.mu.settings.client.http.CloseIdleConnections()
	}
}

func byPool[T any](m *Manager, get func(*pool) T) map[string]T {
	m.mu.RLock()
	defer m.mu.RUnlock()
	out := make(map[string]T, len(m.mu.pools))
	for name, p := range m.mu.pools {
		out[name] = get(p)
	}
	return out
}

// ActiveTargets are those that are scraped, by pool.
func (m *Manager) ActiveTargets() map[string][]*Target {
	return byPool(m, (*pool).active)
}

// DroppedTargets are those that relabelling dropped, by pool, at most
// keep_dropped_targets of each.
func (m *Manager) DroppedTargets() map[string][]*Target {
	return byPool(m, func(p *pool) []*Target {
		p.mu.Lock()
		defer p.mu.Unlock()
		return slices.Clone(p.mu.dropped)
	})
}

// InvalidTargets are those whose labels make no target, by pool.
func (m *Manager) InvalidTargets() map[string][]*Target {
	return byPool(m, func(p *pool) []*Target {
		p.mu.Lock()
		defer p.mu.Unlock()
		return slices.Clone(p.mu.invalid)
	})
}

// DroppedCounts is how many targets relabelling dropped, by pool.
func (m *Manager) DroppedCounts() map[string]int {
	return byPool(m, func(p *pool) int {
		p.mu.Lock()
		defer p.mu.Unlock()
		return p.mu.droppedCount
	})
}

// ScrapePools are the names of the pools, sorted.
func (m *Manager) ScrapePools() []string {
	m.mu.RLock()
	defer m.mu.RUnlock()
	names := make([]string, 0, len(m.mu.pools))
	for name := range m.mu.pools {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// ScrapeConfig is the configuration of a pool.
func (m *Manager) ScrapeConfig(name string) (*config.ScrapeConfig, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	p, ok := m.mu.pools[name]
	if !ok {
		return nil, fmt.Errorf("scrape pool %q not found", name)
	}
	return p.cfg(), nil
}
