package cli

import (
	"strings"

	"github.com/alecthomas/kingpin/v2"
	"github.com/alecthomas/units"
)

// An acceptedFlag is one of Prometheus's that Monopod checks and names in the
// log, and that changes nothing. Deployments bring them along.
type acceptedFlag struct {
	name  string
	value flagKind
	def   string
	help  string
}

type flagKind int

const (
	flagString flagKind = iota
	flagStrings
	flagBool
	flagInt
	flagDuration
	flagBytes
	flagCompression
)

var acceptedFlags = []acceptedFlag{
	{"web.max-notifications-subscribers", flagInt, "16", "Live notifications have no limit of subscribers of their own: --web.max-connections bounds them."},
	{"web.user-assets", flagString, "", "There is no /user directory."},
	{"web.console.templates", flagString, "consoles", "There are no console templates."},
	{"web.console.libraries", flagString, "console_libraries", "There are no console templates."},
	{"web.search.max-limit", flagInt, "10000", "There is no search API."},

	{"storage.tsdb.max-block-duration", flagDuration, "", "Blocks are sized by the storage engine."},
	{"storage.tsdb.max-block-chunk-segment-size", flagBytes, "", "Blocks have no chunk segments."},
	{"storage.tsdb.wal-segment-size", flagBytes, "", "The write-ahead log is sized by the storage engine."},
	{"storage.tsdb.no-lockfile", flagBool, "false", "The data directory is always locked; the lock ends with the process, even when it is killed."},
	{"storage.tsdb.allow-overlapping-compaction", flagBool, "true", "Blocks do not overlap."},
	{"storage.tsdb.wal-compression", flagBool, "true", "The write-ahead log's format is fixed."},
	{"storage.tsdb.wal-compression-type", flagCompression, "snappy", "The write-ahead log's format is fixed."},
	{"storage.tsdb.head-chunks-write-queue-size", flagInt, "0", "There is no such queue."},
	{"storage.tsdb.samples-per-chunk", flagInt, "120", "Chunks are sized by the storage engine."},
	{"storage.tsdb.delayed-compaction.max-percent", flagInt, "10", "Compaction is scheduled by the storage engine."},
	{"storage.tsdb.delay-compact-file.path", flagString, "", "Blocks are not shipped by another program."},
	{"storage.tsdb.block-reload-interval", flagDuration, "1m", "Blocks are written by this process alone."},

	{"storage.remote.flush-deadline", flagDuration, "1m", "There is no remote write."},

	{"rules.alert.for-outage-tolerance", flagDuration, "1h", "Rules are not evaluated."},
	{"rules.alert.for-grace-period", flagDuration, "10m", "Rules are not evaluated."},
	{"rules.alert.resend-delay", flagDuration, "1m", "Rules are not evaluated."},
	{"rules.max-concurrent-evals", flagInt, "4", "Rules are not evaluated."},
	{"alertmanager.notification-queue-capacity", flagInt, "10000", "Nothing is sent to Alertmanagers."},
	{"alertmanager.notification-batch-size", flagInt, "256", "Nothing is sent to Alertmanagers."},
	{"alertmanager.drain-notification-queue-on-shutdown", flagBool, "true", "Nothing is sent to Alertmanagers."},
}

// agentFlags are refused: the mode that they belong to is not there.
var agentFlags = []acceptedFlag{
	{"storage.agent.path", flagString, "data-agent/", ""},
	{"storage.agent.wal-segment-size", flagBytes, "", ""},
	{"storage.agent.wal-compression", flagBool, "true", ""},
	{"storage.agent.wal-compression-type", flagCompression, "snappy", ""},
	{"storage.agent.wal-truncate-frequency", flagDuration, "", ""},
	{"storage.agent.retention.min-time", flagDuration, "5m", ""},
	{"storage.agent.retention.max-time", flagDuration, "4h", ""},
	{"storage.agent.checkpoint-from-in-memory-series", flagBool, "false", ""},
	{"storage.agent.checkpoint-batch-size", flagInt, "1000", ""},
	{"storage.agent.no-lockfile", flagBool, "false", ""},
}

func (f *serveFlags) declareAccepted(c *kingpin.CmdClause) {
	for _, a := range acceptedFlags {
		a.declare(c, &f.withoutEffect)
	}
	c.Flag("agent", "Agent mode is not available.").Hidden().BoolVar(&f.agent)
	for _, a := range agentFlags {
		a.help = "Agent mode is not available."
		a.declare(c, &f.agentOnly)
	}
}

// declare declares the flag, and has its name added to given when it is given.
func (a acceptedFlag) declare(c *kingpin.CmdClause, given *[]string) {
	clause := c.Flag(a.name, a.help).Hidden().PreAction(func(*kingpin.ParseContext) error {
		*given = append(*given, "--"+a.name)
		return nil
	})
	if a.def != "" {
		clause.Default(a.def)
	}
	switch a.value {
	case flagString:
		clause.String()
	case flagStrings:
		clause.Strings()
	case flagBool:
		clause.Bool()
	case flagInt:
		clause.Int()
	case flagDuration:
		clause.SetValue(new(duration))
	case flagBytes:
		clause.BytesVar(new(units.Base2Bytes))
	case flagCompression:
		clause.Enum("snappy", "zstd")
	}
}

// effect tells what happens to a flag: for the reference.
func effect(name string) string {
	for _, a := range acceptedFlags {
		if a.name == name {
			return "accepted"
		}
	}
	if name == "agent" || strings.HasPrefix(name, "storage.agent.") {
		return "refused"
	}
	return ""
}
