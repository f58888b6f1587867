package app

import (
	"io/fs"
	"log/slog"
	"net/url"
	"regexp"
	"time"

	"monopod/internal/auth"
	"monopod/internal/remote"
)

// Options is everything that a user can decide before the program starts. The
// cli package fills it from flags; nothing below reads a flag.
type Options struct {
	Logger *slog.Logger

	// ConfigFile is the prometheus.yml. Empty: monitor this machine and Monopod itself.
	ConfigFile string
	// WatchConfig reloads by itself when the config or a file it names changes.
	WatchConfig bool
	// WatchInterval is how often files are read anew where the file system does
	// not tell of changes.
	WatchInterval time.Duration
	// Reload asks for a reload of the configuration with every value, as SIGHUP
	// does.
	Reload <-chan struct{}

	Web     WebOptions
	Storage StorageOptions
	Query   QueryOptions
	Scrape  ScrapeOptions
	Remote  RemoteOptions
	Memory  MemoryOptions
	// DataSources decides about the sources of dashboards.
	DataSources DataSourceOptions
	People      PeopleOptions
	// Provisioning is what files say of data sources and dashboards.
	Provisioning ProvisioningOptions
	// SecretKey is the passphrase that the secrets of data sources are encrypted
	// with; empty: a random key in the data directory.
	SecretKey string

	// Features are the names given to --enable-feature.
	Features map[string]bool
	// Flags is what /api/v1/status/flags answers: every flag and its value.
	Flags map[string]string
	// WithoutEffect names the flags that were given and mean nothing here; they
	// are said in one log line.
	WithoutEffect []string
}

// WebOptions decides about the one HTTP listener.
type WebOptions struct {
	ListenAddresses []string
	ConfigFile      string // exporter-toolkit's web.config.yml
	ReadTimeout     time.Duration
	MaxConnections  int
	ExternalURL     *url.URL // nil: derived from host name and port
	RoutePrefix     string   // empty: the path of ExternalURL
	EnableLifecycle bool
	EnableAdminAPI  bool
	CORSOrigin      *regexp.Regexp // anchored; nil: any origin
	PageTitle       string
}

// PeopleOptions decides about users.
type PeopleOptions struct {
	// Anonymous is the role of who has not logged in; None: everybody must.
	Anonymous auth.Role
	// The first user. An empty password: a random one, which is logged once.
	AdminLogin, AdminPassword string
	// Defaults are the preferences of who chose nothing.
	Defaults auth.Preferences
}

// ProvisioningOptions say where the files of data sources and dashboards are.
type ProvisioningOptions struct {
	// Path of Grafana's provisioning directory; empty: none.
	Path string
	// HomeDashboard is a file with the dashboard that is shown first; empty: none.
	HomeDashboard string
	// Env looks up the variables that files name.
	Env func(name string) (string, bool)
}

// StorageOptions decides about the data directory.
type StorageOptions struct {
	Path           string
	Retention      time.Duration // 0: no limit by age
	RetentionBytes int64         // 0: no limit by size
	// How long aggregates are kept; 0: none are made.
	Retention5m, Retention1h time.Duration

	BlockDuration time.Duration
	MaxExemplars  int64
	MaxSeries     int // 0: as many as the memory has room for
}

// DataSourceOptions decides whom users may have asked.
type DataSourceOptions struct {
	// AllowLinkLocal lets data sources be at link-local addresses, where clouds hand
	// out credentials.
	AllowLinkLocal bool
}

// MemoryOptions decides how much memory the program may use.
type MemoryOptions struct {
	// LimitBytes is the limit; 0: that of the control group, else the machine's
	// memory, read again and again.
	LimitBytes int64
	// KeepGoal leaves the memory limit of the Go runtime as it is.
	KeepGoal bool
	// Ratio is the part of the limit that the Go runtime stays within.
	Ratio float64
	// Root is the root of the file system, where the limit is read; nil: unknown.
	Root fs.FS
}

// QueryOptions bounds queries.
type QueryOptions struct {
	LookbackDelta  time.Duration
	Timeout        time.Duration
	MaxConcurrency int
	MaxSamples     int
}

// ScrapeOptions decides about scraping as a whole.
type ScrapeOptions struct {
	// DiscoveryReloadInterval is how long target updates are gathered.
	DiscoveryReloadInterval time.Duration
	// AdjustTimestamps moves a scrape's timestamp onto its schedule where it is
	// no further away than TimestampTolerance.
	AdjustTimestamps   bool
	TimestampTolerance time.Duration
	// Compression is when targets are asked for gzip: auto, always or never.
	Compression string
	// MaxSeriesPerTarget is how many series one target may have; 0: a fifth of all.
	MaxSeriesPerTarget int
	// Node collects this machine's metrics when there is no config file.
	Node NodeOptions
}

// RemoteOptions decides what other programs may write and read.
type RemoteOptions struct {
	// Write and OTLP let anyone who reaches the port write samples.
	Write, OTLP bool
	// WriteMessages are the protobuf messages that are taken; empty: all.
	WriteMessages   []remote.Message
	ReadSampleLimit int // 0: no limit
	ReadConcurrency int
	ReadFrameBytes  int
}

// NodeOptions says where this machine's metrics are read.
type NodeOptions struct {
	ProcPath, SysPath, RootfsPath string
}

// SupportedSections are the sections of a configuration, of those that
// config.Sections lists, that this version acts on.
func SupportedSections() []string { return supported }
