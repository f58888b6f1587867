package httpapi

import (
	"context"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/storage"

	"monopod/internal/auth"
	"monopod/internal/events"
)

// Options is all that the server is told. A nil interface or function means
// that the program has no such part: its routes are then absent, or answer as
// said at the field.
type Options struct {
	Logger     *slog.Logger
	Registerer prometheus.Registerer // of the server's own metrics; nil: none
	Gatherer   prometheus.Gatherer   // what /metrics shows; nil: /metrics is absent
	// Node is what /metrics/node shows, the metrics of this machine; nil: the
	// route is absent.
	Node http.Handler

	// ListenAddresses are host:port pairs; the first is the one that tells which
	// local targets are this program.
	ListenAddresses []string
	// WebConfigFile is exporter-toolkit's web.config.yml: TLS, users, headers.
	WebConfigFile string
	// ReadTimeout bounds the reading of a request; default 5m.
	ReadTimeout time.Duration
	// MaxConnections over all listeners; default 512.
	MaxConnections int
	// ExternalURL is how users reach the server; see ExternalURL. Nil: derived
	// from the host name and the first listen address.
	ExternalURL *url.URL
	// RoutePrefix is where all routes begin; empty: the path of ExternalURL.
	RoutePrefix string
	// CORSOrigin matches the origins that may read, anchored; nil: any.
	CORSOrigin *regexp.Regexp
	// PageTitle replaces the title of the UI's pages when set.
	PageTitle string
	// UI is the built web UI: index.html and its assets. Nil or without
	// index.html: a page that says so.
	UI fs.FS

	// EnableLifecycle lets anyone who reaches the port reload and quit.
	EnableLifecycle bool
	// EnableAdminAPI lets anyone who reaches the port delete data.
	EnableAdminAPI bool
	// Reload reloads the configuration and returns why it could not.
	Reload func(context.Context) error
	// Quit begins the shutdown and returns at once.
	Quit func()

	Engine    promql.QueryEngine
	Queryable storage.Queryable
	// Exemplars nil: query_exemplars answers an empty list.
	Exemplars storage.ExemplarQueryable
	Parser    parser.Parser // default: the parser without experimental parts
	// LookbackDelta bounds how old a federated sample is; default 5m.
	LookbackDelta time.Duration

	Config  ConfigSource
	Flags   map[string]string
	Build   Build
	Storage StorageSource
	// Admin nil: the admin routes answer as if they were disabled.
	Admin StorageAdmin
	// DataDir holds the snapshots directory.
	DataDir string
	Targets TargetSource
	// Memory nil: the status answers null.
	Memory MemorySource

	// RemoteWrite and OTLP take samples; nil: the routes answer how to enable
	// them. RemoteRead nil: its route is absent. They bound the bodies that they
	// read themselves.
	RemoteWrite http.Handler
	OTLP        http.Handler
	RemoteRead  http.Handler

	Rules         RuleSource
	Alertmanagers AlertmanagerSource
	Notifications NotificationSource
	// Features is what /api/v1/features answers beside the server's own, by
	// category and name.
	Features func() map[string]map[string]bool

	// Routes are what other parts of the program answer. Those with a role answer
	// 503 while the program starts.
	Routes []auth.Route
	// Hub tells what the stream of events carries beside what the server sees by
	// itself; nil: nothing.
	Hub *events.Hub
	// Guard decides who may use each route; nil: auth.Open.
	Guard auth.Guard

	Now func() time.Time // default time.Now
}

// Build says which program answers. Version is what clients compare with
// Prometheus's versions to know which features there are.
type Build struct {
	Version, Revision, Branch, User, Date, GoVersion string
	// Monopod is the version of the program itself, for our own routes.
	Monopod string
}

// ConfigSource tells about the running configuration. All methods may be called
// from many goroutines.
type ConfigSource interface {
	// YAML is the configuration with its secrets masked.
	YAML() string
	// ExternalLabels are attached to federated samples.
	ExternalLabels() labels.Labels
	// LastReload is the outcome of the latest attempt.
	LastReload() Reload
}

// Reload is the outcome of loading a configuration.
type Reload struct {
	Successful bool
	// Error says why the latest attempt failed; the configuration before it runs.
	Error string
	// Attempt is when it was tried last, Success when it last succeeded.
	Attempt, Success time.Time
	// Cause names what asked for it: "start", "signal", "http", a file.
	Cause string
}

// setDefaults fills what was left out and can be.
func (o *Options) setDefaults() error {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if len(o.ListenAddresses) == 0 {
		o.ListenAddresses = []string{":9090"}
	}
	if o.ReadTimeout <= 0 {
		o.ReadTimeout = 5 * time.Minute
	}
	if o.MaxConnections <= 0 {
		o.MaxConnections = 512
	}
	if o.LookbackDelta <= 0 {
		o.LookbackDelta = 5 * time.Minute
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Guard == nil {
		o.Guard = auth.Open{}
	}
	if o.Parser == nil {
		o.Parser = parser.NewParser(parser.Options{})
	}
	if o.ExternalURL == nil {
		u, err := ExternalURL("", o.ListenAddresses[0])
		if err != nil {
			return err
		}
		o.ExternalURL = u
	}
	o.RoutePrefix = routePrefix(o.RoutePrefix, o.ExternalURL)
	return nil
}
