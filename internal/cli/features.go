package cli

import (
	"slices"
	"strings"
)

type featureState int

const (
	featureEffective featureState = iota // does something when it is named
	featureAlways                        // on without being named
	featureAccepted                      // known, changes nothing
)

type feature struct {
	name  string
	state featureState
	help  string
}

// knownFeatures are all names that Prometheus's --enable-feature takes.
var knownFeatures = []feature{
	{"created-timestamp-zero-ingestion", featureEffective, "Store a zero at the start timestamp of counters and histograms, and prefer the protobuf format, which tells it."},
	{"exemplar-storage", featureEffective, "Keep exemplars and answer query_exemplars."},
	{"extra-scrape-metrics", featureEffective, "Make true the default of extra_scrape_metrics in the config file."},
	{"otlp-deltatocumulative", featureEffective, "OTLP: add deltas up."},
	{"otlp-native-delta-ingestion", featureEffective, "OTLP: store deltas as they are."},
	{"promql-binop-fill-modifiers", featureEffective, "PromQL: fill, fill_left and fill_right."},
	{"promql-delayed-name-removal", featureEffective, "PromQL: drop metric names at the end of a query, not at each step."},
	{"promql-experimental-functions", featureEffective, "PromQL: functions that are marked experimental."},
	{"promql-extended-range-selectors", featureEffective, "PromQL: anchored and smoothed."},
	{"promql-per-step-stats", featureEffective, "Count samples per step in query statistics (stats=all)."},
	{"st-storage", featureEffective, "Keep the start timestamps of samples that come by remote write 2.0 or OTLP. Those of scrapes are not kept."},
	{"type-and-unit-labels", featureEffective, "Give series the labels __type__ and __unit__."},

	{"auto-reload-config", featureAlways, "Changed files are read again by themselves: --config.auto-reload."},
	{"native-histograms", featureAlways, "scrape_native_histograms in the config file decides."},
	{"ooo-native-histograms", featureAlways, "Native histograms are samples like others."},
	{"promql-duration-expr", featureAlways, "PromQL: arithmetic in durations."},

	{"concurrent-rule-eval", featureAccepted, "Rules are not evaluated."},
	{"delayed-compaction", featureAccepted, "Compaction is scheduled by the storage engine."},
	{"fast-startup", featureAccepted, "The storage engine's own."},
	{"histograms-st-encoding", featureAccepted, "st-storage keeps those of histograms, too."},
	{"memory-snapshot-on-shutdown", featureAccepted, "The storage engine's own."},
	{"metadata-wal-records", featureAccepted, "Metadata is kept per target."},
	{"old-ui", featureAccepted, "The UI is Monopod's own."},
	{"search-api", featureAccepted, "There is no search API."},
	{"st-synthesis", featureAccepted, "Start timestamps are kept as they come."},
	{"use-start-timestamps", featureAccepted, "Queries do not look at start timestamps."},
	{"use-uncached-io", featureAccepted, "The storage engine's own."},
	{"xor2-encoding", featureAccepted, "The storage engine chooses encodings by itself."},
}

// movedFeatures were features in older versions of Prometheus.
var movedFeatures = map[string]string{
	"agent":                         "agent mode is not available",
	"auto-gomaxprocs":               "it is on, --no-auto-gomaxprocs turns it off",
	"auto-gomemlimit":               "it is on, --no-auto-gomemlimit turns it off",
	"expand-external-labels":        "it is always on",
	"new-service-discovery-manager": "it is always on",
	"no-default-scrape-port":        "it is always on",
	"otlp-write-receiver":           "it is called --web.enable-otlp-receiver now",
	"promql-at-modifier":            "it is always on",
	"promql-negative-offset":        "it is always on",
	"remote-write-receiver":         "it is called --web.enable-remote-write-receiver now",
	"utf8-names":                    "it is always on",
}

func featureNames(states ...featureState) string {
	var names []string
	for _, f := range knownFeatures {
		if slices.Contains(states, f.state) {
			names = append(names, f.name)
		}
	}
	return strings.Join(names, ", ")
}

// parseFeatures returns the features that were named and take effect, and
// notes the others as accepted or unknown. Prometheus starts with an unknown
// feature, so it is no error here.
func (f *serveFlags) parseFeatures() map[string]bool {
	on := map[string]bool{}
	for _, list := range f.features {
		for name := range strings.SplitSeq(list, ",") {
			name = strings.TrimSpace(name)
			i := slices.IndexFunc(knownFeatures, func(k feature) bool { return k.name == name })
			switch {
			case name == "":
			case i < 0:
				f.unknownFeatures = append(f.unknownFeatures, name)
			case knownFeatures[i].state == featureAccepted:
				f.withoutEffect = append(f.withoutEffect, "--enable-feature="+name)
			default:
				on[name] = true
			}
		}
	}
	return on
}

func (f *serveFlags) featureHint(name string) string {
	if hint, ok := movedFeatures[name]; ok {
		return hint
	}
	if near := nearest(name, strings.Split(featureNames(featureEffective, featureAlways, featureAccepted), ", ")); near != "" {
		return "did you mean " + near + "?"
	}
	return "monopod help serve lists the features"
}
