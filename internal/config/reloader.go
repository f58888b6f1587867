package config

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"monopod/internal/filewatch"
)

// Trigger is what asked for a configuration to be loaded.
type Trigger string

const (
	TriggerStart  Trigger = "start"
	TriggerSignal Trigger = "signal"
	TriggerHTTP   Trigger = "http"
	TriggerFile   Trigger = "file" // one of the files changed
)

// Applier makes a component follow a configuration.
type Applier struct {
	Name string
	// Apply returns nil when the component follows the configuration. When it
	// returns an error, it is called again with the last good configuration, and
	// must then lead back to it. It is never called twice at a time.
	Apply func(*Loaded) error
}

// ReloaderOptions are the options of a Reloader.
type ReloaderOptions struct {
	// Load makes the configuration anew.
	Load func() (*Loaded, error)
	// Apply is called in this order.
	Apply      []Applier
	Logger     *slog.Logger
	Registerer prometheus.Registerer
	// Path of the main file and Watcher make Run reload when the file, or one that
	// it draws in, changes. The Watcher is the Reloader's alone. Both may be empty.
	Path    string
	Watcher *filewatch.Watcher
	// Now is time.Now where nil.
	Now func() time.Time
}

// Reloader swaps the configuration as a whole: either all appliers follow a new one,
// or all follow the last good one. Its methods may be called from many goroutines.
type Reloader struct {
	o          ReloaderOptions
	turn       chan struct{} // holds one token; who has it may reload
	successful prometheus.Gauge
	succeeded  prometheus.Gauge

	mu struct {
		sync.RWMutex
		current *Loaded
		status  Status
	}
}

// Status tells of the last reload.
type Status struct {
	// Successful is whether the last attempt succeeded.
	Successful bool
	// Error of the last attempt, as text of one or more lines.
	Error string
	// Problems of the last attempt where the configuration was refused.
	Problems    []Problem
	Trigger     Trigger  // of the last attempt
	Files       []string // that had changed, where the trigger was TriggerFile
	LastAttempt time.Time
	LastSuccess time.Time // zero where there was none
}

// NewReloader returns a reloader that has no configuration yet: the first Reload
// loads it.
func NewReloader(o ReloaderOptions) (*Reloader, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	r := &Reloader{
		o:    o,
		turn: make(chan struct{}, 1),
		successful: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "prometheus_config_last_reload_successful",
			Help: "Whether the last configuration reload attempt was successful.",
		}),
		succeeded: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "prometheus_config_last_reload_success_timestamp_seconds",
			Help: "Timestamp of the last successful configuration reload.",
		}),
	}
	for _, c := range []prometheus.Collector{r.successful, r.succeeded} {
		if err := o.Registerer.Register(c); err != nil {
			return nil, fmt.Errorf("register the metrics of configuration reloads: %w", err)
		}
	}
	r.turn <- struct{}{}
	return r, nil
}

// Reload loads the configuration and applies it. When it returns an error, the last
// good configuration is in force, or, where that could not be brought back, the
// error says so. It waits for a reload that is under way, until ctx ends.
func (r *Reloader) Reload(ctx context.Context, t Trigger) error { return r.reload(ctx, t, nil) }

// Run reloads when a file changed, until ctx ends. A failure stands in Status and in
// the log.
func (r *Reloader) Run(ctx context.Context) {
	if !r.watches() {
		return
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		r.o.Watcher.Run(ctx)
	}()
	for {
		select {
		case files := <-r.o.Watcher.Changes():
			if err := r.reload(ctx, TriggerFile, files); err != nil && ctx.Err() == nil {
				r.o.Logger.Error("Changed configuration was not taken, the last good one stays in force", "changed", files, "err", err)
			}
		case <-ctx.Done():
			<-ended
			return
		}
	}
}

func (r *Reloader) watches() bool { return r.o.Watcher != nil && r.o.Path != "" }

func (r *Reloader) reload(ctx context.Context, t Trigger, files []string) error {
	select {
	case <-r.turn:
		defer func() { r.turn <- struct{}{} }()
	case <-ctx.Done():
		return fmt.Errorf("reload the configuration: another reload is under way: %w", ctx.Err())
	}
	begin := r.o.Now()
	last := r.Current()
	if r.watches() {
		// Before Load, so that no change after it is missed.
		r.o.Watcher.Set(WatchPaths(r.o.Path))
	}
	next, err := r.o.Load()
	if err == nil {
		err = r.apply(next, last)
	}
	r.record(next, t, files, err)
	if err != nil {
		return err
	}
	r.o.Logger.Info("Configuration loaded", "file", next.Path, "trigger", string(t), "jobs", len(next.Jobs), "duration", r.o.Now().Sub(begin))
	r.tell(next, last)
	return nil
}

// apply makes every component follow next. On a failure those that followed already,
// and the one that failed, are led back to last.
func (r *Reloader) apply(next, last *Loaded) error {
	for i, a := range r.o.Apply {
		err := a.Apply(next)
		if err == nil {
			continue
		}
		err = fmt.Errorf("apply the configuration to %s: %w", a.Name, err)
		if last == nil {
			return err
		}
		for _, b := range r.o.Apply[:i+1] {
			if backErr := b.Apply(last); backErr != nil {
				err = errors.Join(err, fmt.Errorf("go back to the last good configuration in %s, which may now follow neither: %w", b.Name, backErr))
			}
		}
		return err
	}
	return nil
}

func (r *Reloader) record(next *Loaded, t Trigger, files []string, err error) {
	now := r.o.Now()
	r.mu.Lock()
	defer r.mu.Unlock()
	s := &r.mu.status
	s.Trigger, s.Files, s.LastAttempt, s.Successful = t, files, now, err == nil
	s.Error, s.Problems = "", nil
	if err != nil {
		s.Error = err.Error()
		var refused *Error
		if errors.As(err, &refused) {
			s.Problems = refused.Problems
		}
		r.successful.Set(0)
		return
	}
	s.LastSuccess = now
	r.mu.current = next
	r.successful.Set(1)
	r.succeeded.Set(float64(now.UnixMilli()) / 1000)
}

// tell logs the notices that the last configuration did not have.
func (r *Reloader) tell(next, last *Loaded) {
	told := make(map[Notice]bool)
	key := func(n Notice) Notice { n.Line = 0; return n }
	if last != nil {
		for _, n := range append(last.Ignored[:len(last.Ignored):len(last.Ignored)], last.Warnings...) {
			told[key(n)] = true
		}
	}
	for _, n := range next.Ignored {
		if !told[key(n)] {
			r.o.Logger.Info("Part of the configuration is not acted on", "file", n.File, "line", n.Line, "section", n.Key)
		}
	}
	for _, n := range next.Warnings {
		if !told[key(n)] {
			r.o.Logger.Warn("Part of the configuration may not do what is meant", "file", n.File, "line", n.Line, "key", n.Key, "reason", n.Text)
		}
	}
}

// Current is the last good configuration, nil before the first.
func (r *Reloader) Current() *Loaded {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.mu.current
}

// Status of the last reload.
func (r *Reloader) Status() Status {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.mu.status
}
