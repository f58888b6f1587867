package scrape

import (
	"context"
	"fmt"
	"log/slog"
	"reflect"
	"sync"
	"sync/atomic"
	"time"

	config_util "github.com/prometheus/common/config"
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery/targetgroup"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/textparse"
)

// pool is the targets of one scrape configuration.
type pool struct {
	name    string
	ctx     context.Context // ends with the manager
	opts    *Options
	metrics *metrics
	logger  *slog.Logger
	bodies  *bodyPool
	texts   *texts
	running *sync.WaitGroup
	turns   turns
	// failures is the scrape_failure_log_file, nil without one.
	failures atomic.Pointer[failureLog]

	mu struct {
		sync.Mutex
		settings *settings
		groups   []*targetgroup.Group
		loops    map[uint64]*loop
		// stopping are loops that were stopped and may still write, by the hash of
		// their targets' labels.
		stopping     map[uint64][]*loop
		dropped      []*Target // at most keep_dropped_targets
		droppedCount int
		invalid      []*Target
		closed       bool
	}
}

// settings is a configuration with what was made from it.
type settings struct {
	cfg        *config.ScrapeConfig
	client     *client
	offsetSeed uint64
}

func newSettings(cfg *config.ScrapeConfig, opts *Options, seed uint64, flights *flights) (*settings, error) {
	c, err := newClient(cfg, opts, flights)
	if err != nil {
		return nil, fmt.Errorf("scrape job %q: %w", cfg.JobName, err)
	}
	return &settings{cfg: cfg, client: c, offsetSeed: seed}, nil
}

// sameSeries tells that the same line means the same series under both settings.
func (s *settings) sameSeries(o *settings) bool {
	strip := func(cfg *config.ScrapeConfig) config.ScrapeConfig {
		c := *cfg
		c.ScrapeInterval, c.ScrapeTimeout, c.SampleLimit = 0, 0, 0
		c.BodySizeLimit, c.TargetLimit, c.KeepDroppedTargets, c.ScrapeFailureLogFile = 0, 0, 0, ""
		c.HTTPClientConfig = config_util.HTTPClientConfig{}
		c.RelabelConfigs, c.ServiceDiscoveryConfigs = nil, nil
		return c
	}
	return reflect.DeepEqual(strip(s.cfg), strip(o.cfg))
}

// rules are the settings as they are for one target, whose labels may say
// otherwise about histograms.
func (s *settings) rules(t *Target, opts *Options) *rules {
	cfg := s.cfg
	return &rules{
		honorLabels:     cfg.HonorLabels,
		honorTimestamps: cfg.HonorTimestamps,
		trackTimestamps: cfg.TrackTimestampsStaleness,
		exemplars:       opts.Exemplars,
		startZeros:      opts.StartTimestamps,
		extraReport:     cfg.ExtraScrapeMetricsEnabled(),
		relabel:         cfg.MetricRelabelConfigs,
		limits:          limitsOf(cfg),
		names:           cfg.MetricNameValidationScheme,
		parser: textparse.ParserOptions{
			EnableTypeAndUnitLabels:                 opts.TypeAndUnitLabels,
			IgnoreNativeHistograms:                  !t.flag(labelNativeHistograms, cfg.ScrapeNativeHistogramsEnabled()),
			ConvertClassicHistogramsToNHCB:          t.flag(labelClassicToCustom, cfg.ConvertClassicHistogramsToNHCBEnabled()),
			KeepClassicOnClassicAndNativeHistograms: t.flag(labelClassicToo, cfg.AlwaysScrapeClassicHistogramsEnabled()),
			OpenMetricsSkipSTSeries:                 opts.StartTimestamps,
			FallbackContentType:                     cfg.ScrapeFallbackProtocol.HeaderMediaType(),
		},
	}
}

func (p *pool) newLoop(t *Target, s *settings) *loop {
	l := &loop{
		target: t, pool: p, settings: s,
		interval: t.Interval(), timeout: t.Timeout(),
		logger: p.logger.With("target", t.String()),
		done:   make(chan struct{}),
	}
	l.link, l.linkErr = s.client.newLink(t.String(), l.timeout, l.interval)
	l.intervalLength = p.metrics.intervalLength.WithLabelValues(l.interval.String())
	l.intervalLengthHistogram = p.metrics.intervalLengthHistogram.WithLabelValues(l.interval.String())
	l.in = &ingester{
		rules: s.rules(t, p.opts), rows: rows{writer: p.opts.Writer, target: t.Labels()}, texts: p.texts,
		meta: newMetadata(), metrics: p.metrics, logger: l.logger,
	}
	if admit := p.opts.Admit; admit != nil {
		l.in.admit = func(series int) Admission { return admit(t, series) }
	}
	t.setMetadata(l.in.meta)
	return l
}

// sync gives the pool its discovered groups. Loops of targets that stay go on.
func (p *pool) sync(groups []*targetgroup.Group) {
	start := time.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.mu.closed {
		return
	}
	p.mu.groups = groups
	p.syncLocked(false)
	took := time.Since(start).Seconds()
	p.metrics.syncLength.WithLabelValues(p.name).Observe(took)
	p.metrics.syncLengthHistogram.WithLabelValues(p.name).Observe(took)
	p.metrics.syncs.WithLabelValues(p.name).Inc()
}

// reconfigure restarts all loops with new settings. It does not wait for scrapes
// under way: each new loop waits for the one that it replaces.
func (p *pool) reconfigure(s *settings) {
	start := time.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	old := p.mu.settings
	replaced := make([]*loop, 0, len(p.mu.loops))
	for _, l := range p.mu.loops {
		replaced = append(replaced, l)
	}
	p.mu.settings = s
	p.metrics.targetLimit.WithLabelValues(p.name).Set(float64(s.cfg.TargetLimit))
	p.metrics.poolReloads.Inc()
	p.syncLocked(true)
	p.closeIdleAfter(old.client, replaced)
	p.metrics.reloadLength.WithLabelValues(time.Duration(s.cfg.ScrapeInterval).String()).Observe(time.Since(start).Seconds())
}

// closeIdleAfter closes the connections of a client when its loops are done.
func (p *pool) closeIdleAfter(c *client, loops []*loop) {
	p.running.Go(func() {
		for _, l := range loops {
			<-l.done
		}
		c.http.CloseIdleConnections()
	})
}

// syncLocked makes the loops those of the groups; restart replaces the loops of
// targets that stay.
func (p *pool) syncLocked(restart bool) {
	s := p.mu.settings
	p.mu.dropped, p.mu.invalid, p.mu.droppedCount = nil, nil, 0
	wanted := map[uint64]*Target{}
	lb := labels.NewBuilder(labels.EmptyLabels())
	for _, tg := range p.mu.groups {
		active, dropped, invalid := targetsOf(s.cfg, tg, lb)
		for _, t := range active {
			wanted[t.hash()] = t
		}
		p.mu.droppedCount += len(dropped)
		if room := int(s.cfg.KeepDroppedTargets) - len(p.mu.dropped); s.cfg.KeepDroppedTargets > 0 && len(dropped) > room {
			dropped = dropped[:max(room, 0)]
		}
		p.mu.dropped = append(p.mu.dropped, dropped...)
		p.mu.invalid = append(p.mu.invalid, invalid...)
		for _, t := range invalid {
			p.logger.Error("Discovered target is not valid", "err", t.drop.Err)
		}
	}
	p.metrics.syncFailed.WithLabelValues(p.name).Add(float64(len(p.mu.invalid)))

	p.forgetStoppedLocked()
	for hash, l := range p.mu.loops {
		if _, ok := wanted[hash]; !ok {
			l.stop()
			delete(p.mu.loops, hash)
			key := l.target.Labels().Hash()
			p.mu.stopping[key] = append(p.mu.stopping[key], l)
		}
	}
	var started []*loop
	for hash, t := range wanted {
		was, ok := p.mu.loops[hash]
		switch {
		case ok && !restart:
			was.target.setSource(t.source())
			continue
		case ok:
			was.target.setSource(t.source())
			l := p.newLoop(was.target, s)
			l.predecessor = was
			was.handOver.Store(true)
			was.stop()
			p.mu.loops[hash] = l
		default:
			l := p.newLoop(t, s)
			l.after = p.mu.stopping[t.Labels().Hash()]
			p.mu.loops[hash] = l
		}
		started = append(started, p.mu.loops[hash])
	}
	p.metrics.targets.WithLabelValues(p.name).Set(float64(len(p.mu.loops)))
	p.limitTargetsLocked()
	for _, l := range started {
		p.running.Add(1)
		go l.start()
	}
}

func (p *pool) forgetStoppedLocked() {
	for key, loops := range p.mu.stopping {
		left := loops[:0:0]
		for _, l := range loops {
			select {
			case <-l.done:
			default:
				left = append(left, l)
			}
		}
		if p.mu.stopping[key] = left; len(left) == 0 {
			delete(p.mu.stopping, key)
		}
	}
}

// limitTargetsLocked fails all scrapes of a pool that has too many targets.
func (p *pool) limitTargetsLocked() {
	var forced *Error
	if n, limit := len(p.mu.loops), int(p.mu.settings.cfg.TargetLimit); limit > 0 && n > limit {
		p.metrics.overTargetLimit.Inc()
		forced = &Error{Kind: KindTargetLimit, Err: fmt.Errorf("%w (number of targets: %d, limit: %d)", ErrTargetLimit, n, limit),
			Hint: "drop targets with relabel_configs, or raise target_limit"}
	}
	for _, l := range p.mu.loops {
		l.forced.Store(forced)
	}
}

// stop stops all loops for good. The series of their targets end.
func (p *pool) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.mu.closed = true
	stopped := make([]*loop, 0, len(p.mu.loops))
	for _, l := range p.mu.loops {
		l.stop()
		stopped = append(stopped, l)
	}
	clear(p.mu.loops)
	p.mu.dropped, p.mu.invalid, p.mu.droppedCount = nil, nil, 0
	p.closeIdleAfter(p.mu.settings.client, stopped)
	p.metrics.forget(p.name)
}

// end ends all that the pool does, when its context has ended.
func (p *pool) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.mu.closed = true
	for _, l := range p.mu.loops {
		l.stop()
	}
}

func (p *pool) active() []*Target {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := make([]*Target, 0, len(p.mu.loops))
	for _, l := range p.mu.loops {
		out = append(out, l.target)
	}
	return out
}
