// Package discovery finds targets.
//
//   - A kind is a way to find targets: static, file, kubernetes, …; kinds.go lists
//     those that Monopod has.
//   - A provider is one running instance of a kind. Jobs with equal settings share it.
//   - A target group is what a provider reports: targets with labels in common,
//     under a source name. A group that comes again replaces its predecessor.
//   - A set is the target groups of one job, under the job's name.
//
// The providers are Prometheus's own; this package chooses them, ties their life to
// a context, and hands out the sets.
package discovery

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	commonconfig "github.com/prometheus/common/config"
	promconfig "github.com/prometheus/prometheus/config"
	upstream "github.com/prometheus/prometheus/discovery"
	"github.com/prometheus/prometheus/discovery/targetgroup"
)

// ErrStopped: Run has returned, and the manager takes no configuration any more.
var ErrStopped = errors.New("discovery is stopped")

// Options of a Manager.
type Options struct {
	Logger *slog.Logger
	// Registerer takes the metrics of the manager, of each kind and of the
	// Kubernetes client. The Kubernetes client's are of the whole process: one
	// Registerer cannot serve two managers.
	Registerer prometheus.Registerer
	// Name tells managers apart in metrics and logs; "scrape" where empty.
	Name string
	// HTTPClientOptions are given to the providers that speak HTTP.
	HTTPClientOptions []commonconfig.HTTPClientOption
	// MaxDelay bounds how long changes are gathered before they are handed out;
	// one second where zero. A change after a quiet time goes out within 0.15 s.
	MaxDelay time.Duration
}

// Manager runs the providers that a configuration asks for. Its methods may be
// called from many goroutines.
type Manager struct {
	manager *upstream.Manager
	cancel  context.CancelFunc

	mu struct {
		sync.Mutex
		stopped bool
	}
}

// New returns a manager without providers. Run must be called, also where
// ApplyConfig failed: it ends what New and ApplyConfig started.
func New(o Options) (*Manager, error) {
	if o.Name == "" {
		o.Name = "scrape"
	}
	if o.MaxDelay == 0 {
		o.MaxDelay = time.Second
	}
	if err := upstream.RegisterK8sClientMetricsWithPrometheus(o.Registerer); err != nil {
		return nil, fmt.Errorf("start discovery %q: %w", o.Name, err)
	}
	metrics, err := upstream.CreateAndRegisterSDMetrics(o.Registerer)
	if err != nil {
		return nil, fmt.Errorf("start discovery %q: %w", o.Name, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	m := &Manager{cancel: cancel}
	m.manager = upstream.NewManager(ctx, o.Logger, o.Registerer, metrics,
		upstream.Name(o.Name),
		upstream.Updatert(o.MaxDelay),
		upstream.HTTPClientOptions(o.HTTPClientOptions...),
	)
	if m.manager == nil {
		cancel()
		return nil, fmt.Errorf("start discovery %q: its metrics are registered already; give each manager a name and a registerer of its own", o.Name)
	}
	return m, nil
}

// Run hands out sets until ctx ends, then stops the providers.
func (m *Manager) Run(ctx context.Context) error {
	stop := context.AfterFunc(ctx, m.stop)
	defer stop()
	if err := m.manager.Run(); ctx.Err() == nil {
		return fmt.Errorf("run discovery: %w", err)
	}
	return nil
}

func (m *Manager) stop() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.mu.stopped = true
	m.cancel()
}

// ApplyConfig makes the providers be those of these jobs. Providers whose settings
// did not change keep running with what they know. A provider that cannot start
// (no cluster to be found in, say) is logged and counted in
// prometheus_sd_failed_configs, and its job has the targets of its others.
func (m *Manager) ApplyConfig(jobs []*promconfig.ScrapeConfig) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.mu.stopped {
		return fmt.Errorf("apply discovery configuration: %w", ErrStopped)
	}
	sets := make(map[string]upstream.Configs, len(jobs))
	for _, j := range jobs {
		sets[j.JobName] = j.ServiceDiscoveryConfigs
	}
	if err := m.manager.ApplyConfig(sets); err != nil {
		return fmt.Errorf("apply discovery configuration: %w", err)
	}
	return nil
}

// SyncCh gives all sets whenever one changed, by job name. A set without targets is
// there with no groups; a job that is no longer configured is not there. The
// channel is closed when Run ends. It has one reader.
func (m *Manager) SyncCh() <-chan map[string][]*targetgroup.Group {
	return m.manager.SyncCh()
}

// Kinds are the names of the kinds, sorted: "consul", "dns", ….
func Kinds() []string { return upstream.RegisteredConfigNames() }
