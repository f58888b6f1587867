package cli

import (
	"time"

	"github.com/alecthomas/kingpin/v2"
	"github.com/alecthomas/units"
	"github.com/prometheus/common/promslog"
	"github.com/prometheus/common/promslog/flag"

	"monopod/internal/remote"
)

// serveFlags are the server's flags as given.
type serveFlags struct {
	command *kingpin.CmdClause

	configFile         string
	autoReload         bool
	autoReloadInterval duration

	listenAddresses []string
	webConfigFile   string
	readTimeout     duration
	maxConnections  int
	externalURL     string
	routePrefix     string
	enableLifecycle bool
	enableAdminAPI  bool
	corsOrigin      string
	pageTitle       string

	storagePath      string
	retentionTime    duration
	retentionSize    units.Base2Bytes
	retention5m      duration
	retention1h      duration
	minBlockDuration duration

	lookbackDelta    duration
	queryTimeout     duration
	queryConcurrency int
	queryMaxSamples  int

	adjustTimestamps              bool
	timestampTolerance            time.Duration
	scrapeCompression             string
	discoveryReloadInterval       duration
	procPath, sysPath, rootfsPath string

	remoteWrite           bool
	remoteWriteMessages   []string
	otlp                  bool
	remoteReadSamples     int
	remoteReadConcurrency int
	remoteReadFrame       int

	maxprocs           bool
	memlimit           bool
	memlimitRatio      float64
	memoryLimit        units.Base2Bytes
	maxSeries          int
	maxSeriesPerTarget int

	provisioning   string
	homeDashboard  string
	allowLinkLocal bool

	anonymous     bool
	anonymousRole string

	features        []string
	unknownFeatures []string

	logLevel  *promslog.Level
	logFormat *promslog.Format

	agent         bool
	agentOnly     []string // flags of agent mode that were given
	withoutEffect []string // flags and features that were given and do nothing
}

// declareServeFlags declares all flags of Prometheus's server, the effective
// ones here and the accepted ones from their table, and Monopod's own.
func declareServeFlags(c *kingpin.CmdClause) *serveFlags {
	f := &serveFlags{command: c}
	f.declareConfig(c)
	f.declareWeb(c)
	f.declareStorage(c)
	f.declareQuery(c)
	f.declareScrape(c)
	f.declareRemote(c)
	f.declarePeople(c)
	f.declareProvisioning(c)
	f.declareProcess(c)
	f.declareAccepted(c)
	return f
}

func (f *serveFlags) declareConfig(c *kingpin.CmdClause) {
	c.Flag("config.file", "The configuration, a prometheus.yml. Without it, this machine and Monopod itself are monitored.").
		PlaceHolder("FILE").StringVar(&f.configFile)
	c.Flag("config.auto-reload", "Read the configuration again when it, or a file that it names, changes.").
		Default("true").BoolVar(&f.autoReload)
	c.Flag("config.auto-reload-interval", "How often files are compared where the file system does not tell of changes. At least 1s.").
		Default("30s").SetValue(&f.autoReloadInterval)
	c.Flag("enable-feature", "Features to switch on, separated by commas; can be repeated: "+featureNames(featureEffective)+".").
		PlaceHolder("NAME,…").StringsVar(&f.features)
}

func (f *serveFlags) declareWeb(c *kingpin.CmdClause) {
	c.Flag("web.listen-address", "Address to listen on for UI, API and metrics. Can be repeated.").
		Default("0.0.0.0:9090").StringsVar(&f.listenAddresses)
	c.Flag("web.config.file", "File that sets TLS, basic authentication and response headers, in exporter-toolkit's format.").
		PlaceHolder("FILE").StringVar(&f.webConfigFile)
	c.Flag("web.read-timeout", "How long reading a request may take, and how long an idle connection is kept.").
		Default("5m").SetValue(&f.readTimeout)
	c.Flag("web.max-connections", "How many connections may be open at once, over all addresses.").
		Default("512").IntVar(&f.maxConnections)
	c.Flag("web.external-url", "The URL that users reach Monopod under, for instance behind a reverse proxy. Links are built from it, and its path is the prefix of all routes. Default: $GF_SERVER_ROOT_URL, whose path is a prefix of routes with $GF_SERVER_SERVE_FROM_SUB_PATH alone; else host name and port.").
		PlaceHolder("URL").StringVar(&f.externalURL)
	c.Flag("web.route-prefix", "Prefix of all routes. Default: the path of --web.external-url.").
		PlaceHolder("PATH").StringVar(&f.routePrefix)
	c.Flag("web.enable-lifecycle", "Let HTTP requests reload the configuration (/-/reload) and end the server (/-/quit).").
		Default("false").BoolVar(&f.enableLifecycle)
	c.Flag("web.enable-admin-api", "Let HTTP requests delete series and take snapshots (/api/v1/admin/tsdb).").
		Default("false").BoolVar(&f.enableAdminAPI)
	c.Flag("web.cors.origin", `Regular expression for the origins whose pages may read answers, matched as a whole. Example: 'https?://(domain1|domain2)\.com'.`).
		Default(".*").StringVar(&f.corsOrigin)
	c.Flag("web.page-title", "Title of the UI's pages.").
		Default("Monopod").StringVar(&f.pageTitle)
}

func (f *serveFlags) declareStorage(c *kingpin.CmdClause) {
	c.Flag("storage.tsdb.path", "Directory of the data, made where it does not exist. One process per directory.").
		Default("data/").StringVar(&f.storagePath)
	c.Flag("storage.tsdb.retention.time", "How long samples are kept (units y, w, d, h, m, s, ms). Default: 15d where no size is given either. storage.tsdb.retention.time in the config file goes first.").
		PlaceHolder("DURATION").SetValue(&f.retentionTime)
	c.Flag("storage.tsdb.retention.size", "How many bytes blocks may take, the oldest go first (units B, KB, MB, GB, TB, PB, EB; 1KB is 1024B). Default: no limit.").
		PlaceHolder("BYTES").BytesVar(&f.retentionSize)
	c.Flag("storage.tsdb.retention.5m", "How long aggregates over 5 minutes are kept, which answer long queries where samples are gone; longer than samples. Default: none are made.").
		PlaceHolder("DURATION").SetValue(&f.retention5m)
	c.Flag("storage.tsdb.retention.1h", "How long aggregates over an hour are kept, which answer where those over 5 minutes are gone too. Default: none are made.").
		PlaceHolder("DURATION").SetValue(&f.retention1h)
	c.Flag("storage.tsdb.max-series", "How many series there may be at once. Above, targets keep the series that they have and begin no new ones. 0: as many as the memory has room for.").
		Default("0").IntVar(&f.maxSeries)
	c.Flag("storage.tsdb.min-block-duration", "Time range of a block when it is first written. For tests.").
		Hidden().Default("2h").SetValue(&f.minBlockDuration)
}

func (f *serveFlags) declareQuery(c *kingpin.CmdClause) {
	c.Flag("query.lookback-delta", "How far back a query looks for a series' latest sample.").
		Default("5m").SetValue(&f.lookbackDelta)
	c.Flag("query.timeout", "How long a query may take before it is ended.").
		Default("2m").SetValue(&f.queryTimeout)
	c.Flag("query.max-concurrency", "How many queries run at once; others wait.").
		Default("20").IntVar(&f.queryConcurrency)
	c.Flag("query.max-samples", "How many samples one query may hold in memory; it fails above.").
		Default("50000000").IntVar(&f.queryMaxSamples)
}

func (f *serveFlags) declareScrape(c *kingpin.CmdClause) {
	c.Flag("scrape.max-series-per-target", "How many series one target may have. Above, it keeps those that it has and begins no new ones. 0: a fifth of all that there may be.").
		Default("0").IntVar(&f.maxSeriesPerTarget)
	c.Flag("scrape.compression", "When targets are asked for gzip: auto (while the link to a target is slow), always or never. A job's enable_compression: false is a veto.").
		Default("auto").EnumVar(&f.scrapeCompression, "auto", "always", "never")
	c.Flag("scrape.adjust-timestamps", "Move a sample's timestamp onto the schedule where it is no further away than --scrape.timestamp-tolerance: evenly spaced timestamps take less space.").
		Hidden().Default("true").BoolVar(&f.adjustTimestamps)
	c.Flag("scrape.timestamp-tolerance", "How far --scrape.adjust-timestamps may move a timestamp.").
		Hidden().Default("2ms").DurationVar(&f.timestampTolerance)
	c.Flag("scrape.discovery-reload-interval", "How long changes of targets are gathered before they take effect.").
		Hidden().Default("5s").SetValue(&f.discoveryReloadInterval)
	// node_exporter's names, for who brings its arguments along.
	c.Flag("path.procfs", "Where this machine's /proc stands; in a container that watches its host, where that is mounted.").
		PlaceHolder("/proc").StringVar(&f.procPath)
	c.Flag("path.sysfs", "Where this machine's /sys stands.").
		PlaceHolder("/sys").StringVar(&f.sysPath)
	c.Flag("path.rootfs", "Where this machine's / stands.").
		PlaceHolder("/").StringVar(&f.rootfsPath)
}

func (f *serveFlags) declareRemote(c *kingpin.CmdClause) {
	c.Flag("web.enable-remote-write-receiver", "Let other programs write samples: remote write at /api/v1/write.").
		Default("false").BoolVar(&f.remoteWrite)
	var messages []string
	for _, m := range remote.Messages() {
		messages = append(messages, string(m))
	}
	c.Flag("web.remote-write-receiver.accepted-protobuf-messages", "The messages that remote write may have, which is its versions 1.0 and 2.0. Can be repeated.").
		Default(messages...).EnumsVar(&f.remoteWriteMessages, messages...)
	c.Flag("web.enable-otlp-receiver", "Let other programs write OpenTelemetry metrics: OTLP at /api/v1/otlp/v1/metrics. The section otlp in the config file says how they are translated.").
		Default("false").BoolVar(&f.otlp)
	c.Flag("storage.remote.read-sample-limit", "How many samples one answer of remote read may have; 0 is no limit. Streamed answers have none.").
		Default("50000000").IntVar(&f.remoteReadSamples)
	c.Flag("storage.remote.read-concurrent-limit", "How many requests of remote read are answered at once; others wait.").
		Default("10").IntVar(&f.remoteReadConcurrency)
	c.Flag("storage.remote.read-max-bytes-in-frame", "How large a frame of a streamed answer may be.").
		Default("1048576").IntVar(&f.remoteReadFrame)
}

func (f *serveFlags) declarePeople(c *kingpin.CmdClause) {
	c.Flag("auth.anonymous", "Let everybody who reaches the port see everything without logging in, as Prometheus does. Without it, everybody logs in or sends a token. $GF_AUTH_ANONYMOUS_ENABLED says the same.").
		Default("true").Envar("GF_AUTH_ANONYMOUS_ENABLED").BoolVar(&f.anonymous)
	c.Flag("auth.anonymous-role", "What they may do: Viewer, Editor or Admin. $GF_AUTH_ANONYMOUS_ORG_ROLE says the same.").
		Default("Viewer").Envar("GF_AUTH_ANONYMOUS_ORG_ROLE").EnumVar(&f.anonymousRole, "Viewer", "Editor", "Admin")
}

func (f *serveFlags) declareProcess(c *kingpin.CmdClause) {
	c.Flag("auto-gomaxprocs", "Use as many threads as the container's CPU limit allows. $GOMAXPROCS goes first.").
		Default("true").BoolVar(&f.maxprocs)
	c.Flag("auto-gomemlimit", "Collect garbage early enough to stay within the container's or machine's memory. $GOMEMLIMIT goes first.").
		Default("true").BoolVar(&f.memlimit)
	c.Flag("auto-gomemlimit.ratio", "The part of that memory to stay within.").
		Default("0.9").FloatVar(&f.memlimitRatio)

	c.Flag("memory.limit", "How many bytes of memory the program may use, such as 512MB. Caches, series and bodies are bounded by it, and under pressure the worst target is held back. Default: the limit of the container, else the memory of the machine; followed when it changes.").
		PlaceHolder("BYTES").BytesVar(&f.memoryLimit)

	f.logLevel, f.logFormat = promslog.NewLevel(), promslog.NewFormat()
	c.Flag(flag.LevelFlagName, "Log messages of this severity and above: debug, info, warn, error.").
		Default("info").HintOptions(promslog.LevelFlagOptions...).SetValue(f.logLevel)
	c.Flag(flag.FormatFlagName, "Format of log messages: logfmt, json.").
		Default("logfmt").HintOptions(promslog.FormatFlagOptions...).SetValue(f.logFormat)
}
