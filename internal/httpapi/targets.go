package httpapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/relabel"
	"github.com/prometheus/prometheus/promql/parser"
)

// TargetSource tells about what is scraped. All methods may be called from many
// goroutines, and what they return is the caller's.
type TargetSource interface {
	// ScrapePools are the names of all pools, those without targets too.
	ScrapePools() []string
	// ActiveTargets are the targets that are scraped, by pool.
	ActiveTargets() map[string][]Target
	// DroppedTargets are those that relabelling dropped, by pool; not all may be
	// kept. DroppedCounts has their true number.
	DroppedTargets() map[string][]DroppedTarget
	DroppedCounts() map[string]int
	// RelabelConfigs are the relabelling rules of a pool's targets.
	RelabelConfigs(pool string) ([]*relabel.Config, error)
}

// Target is one scraped endpoint as it is now.
type Target struct {
	DiscoveredLabels labels.Labels // before relabelling
	Labels           labels.Labels
	URL              *url.URL
	LastError        error
	LastScrape       time.Time
	LastDuration     time.Duration
	Health           string // "up", "down" or "unknown"
	Interval         string // as in the labels __scrape_interval__ and __scrape_timeout__
	Timeout          string

	// Metadata is what the target said about its metrics; nil: nothing yet.
	Metadata TargetMetadata

	// The rest is of the last scrape.
	ErrorKind   string // one word for LastError, empty when there is none
	Samples     int    // on the exposition
	Kept        int    // after metric relabelling
	SeriesAdded int
	BodyBytes   int64
	// SeriesRefused is how many series were left out, since there is no room for
	// them, as RefusedReason says; RefusedSince is when that began.
	SeriesRefused int
	RefusedReason string
	RefusedSince  time.Time

	Series int // that the target has in the store
}

// TargetMetadata is the metadata of one target.
type TargetMetadata interface {
	ListMetadata() []Metadata
	GetMetadata(metric string) (Metadata, bool)
}

// Metadata is what a target says about one metric.
type Metadata struct {
	MetricFamily string
	Type         model.MetricType
	Help, Unit   string
}

// DroppedTarget is a target that relabelling dropped.
type DroppedTarget struct {
	DiscoveredLabels labels.Labels
	// Reason says which rule dropped it, where that is known.
	Reason string
}

// targets answers about what is scraped.
type targets struct {
	source TargetSource
	parser parser.Parser
	// The address that others use for this host and this program.
	listenAddress string
	external      *url.URL
}

func (t *targets) pools(*http.Request) result {
	names := sortedPools(t.source.ScrapePools())
	return ok(func(j *jsonWriter) {
		j.beginObject()
		j.key("scrapePools")
		if names == nil {
			j.null()
		} else {
			j.strs(names)
		}
		j.endObject()
	})
}

func sortedPools(names []string) []string { return slices.Sorted(slices.Values(names)) }

// wanted reads which targets to show.
func wanted(r *http.Request) (pool string, active, dropped bool) {
	form := r.URL.Query()
	state := strings.ToLower(form.Get("state"))
	all := state == "" || state == "any"
	return form.Get("scrapePool"), all || state == "active", all || state == "dropped"
}

func (t *targets) list(r *http.Request) result {
	pool, showActive, showDropped := wanted(r)
	return ok(func(j *jsonWriter) {
		j.beginObject()
		j.key("activeTargets")
		j.beginArray()
		if showActive {
			eachTarget(t.source.ActiveTargets(), pool, func(pool string, x Target) {
				t.writeTarget(j, pool, x)
				j.flushIfFull()
			})
		}
		j.endArray()
		j.key("droppedTargets")
		j.beginArray()
		if showDropped {
			eachTarget(t.source.DroppedTargets(), pool, func(pool string, x DroppedTarget) {
				j.beginObject()
				j.key("discoveredLabels")
				j.labels(x.DiscoveredLabels)
				j.key("scrapePool")
				j.str(pool)
				j.endObject()
				j.flushIfFull()
			})
		}
		j.endArray()
		j.key("droppedTargetCounts")
		if counts := t.source.DroppedCounts(); showDropped && counts != nil {
			j.beginObject()
			for _, pool := range slices.Sorted(maps.Keys(counts)) {
				j.str(pool)
				j.buf = append(j.buf, ':')
				j.int(int64(counts[pool]))
			}
			j.endObject()
		} else {
			j.null()
		}
		j.endObject()
	})
}

// eachTarget visits the targets of one pool, or of all in the order of names.
func eachTarget[T any](byPool map[string][]T, only string, visit func(pool string, t T)) {
	for _, pool := range slices.Sorted(maps.Keys(byPool)) {
		if only != "" && pool != only {
			continue
		}
		for _, t := range byPool[pool] {
			visit(pool, t)
		}
	}
}

func (t *targets) writeTarget(j *jsonWriter, pool string, x Target) {
	j.beginObject()
	t.writeTargetMembers(j, pool, x)
	j.endObject()
}

func (t *targets) writeTargetMembers(j *jsonWriter, pool string, x Target) {
	lastError := ""
	if x.LastError != nil {
		lastError = x.LastError.Error()
	}
	global, err := t.globalURL(x.URL)
	if err != nil {
		lastError = fmt.Sprintf("%s: %s", lastError, err)
	}
	j.key("discoveredLabels")
	j.labels(x.DiscoveredLabels)
	j.key("labels")
	j.labels(x.Labels)
	j.key("scrapePool")
	j.str(pool)
	j.key("scrapeUrl")
	j.str(x.URL.String())
	j.key("globalUrl")
	j.str(global.String())
	j.key("lastError")
	j.str(lastError)
	j.key("lastScrape")
	j.time(x.LastScrape)
	j.key("lastScrapeDuration")
	j.float(x.LastDuration.Seconds())
	j.key("health")
	j.str(x.Health)
	j.key("scrapeInterval")
	j.str(x.Interval)
	j.key("scrapeTimeout")
	j.str(x.Timeout)
}

// globalURL is a target's URL for somebody on another machine: a loopback
// address becomes the external host, and our own port the external address.
func (t *targets) globalURL(u *url.URL) (*url.URL, error) {
	out := *u
	host, port, err := splitHostPort(u.Host)
	if err != nil {
		return &out, err
	}
	if host != "127.0.0.1" && host != "localhost" && host != "::1" {
		return &out, nil
	}
	_, ownPort, err := net.SplitHostPort(t.listenAddress)
	if err != nil {
		return &out, err
	}
	if port == ownPort {
		out.Scheme, out.Host = t.external.Scheme, t.external.Host
		return &out, nil
	}
	if out.Host, _, err = splitHostPort(t.external.Host); err != nil {
		out.Host = u.Host
		return &out, err
	}
	if port != "" {
		out.Host = net.JoinHostPort(out.Host, port)
	}
	return &out, nil
}

// splitHostPort is net.SplitHostPort that takes a host without port.
func splitHostPort(s string) (host, port string, err error) {
	host, port, err = net.SplitHostPort(s)
	if err != nil && strings.HasSuffix(err.Error(), "missing port in address") {
		if h, _, again := net.SplitHostPort(s + ":80"); again == nil {
			return h, "", nil
		}
	}
	return host, port, err
}

// relabelSteps answers what each relabelling rule of a pool makes of labels.
func (t *targets) relabelSteps(r *http.Request) result {
	pool := r.FormValue("scrapePool")
	if pool == "" {
		return fail(errorBadData, errors.New("no scrapePool parameter provided"))
	}
	given := r.FormValue("labels")
	if given == "" {
		return fail(errorBadData, errors.New("no labels parameter provided"))
	}
	var ls labels.Labels
	if err := json.Unmarshal([]byte(given), &ls); err != nil {
		return fail(errorBadData, fmt.Errorf("error parsing labels: %w", err))
	}
	rules, err := t.source.RelabelConfigs(pool)
	if err != nil {
		return fail(errorBadData, fmt.Errorf("error retrieving scrape config: %w", err))
	}
	return ok(func(j *jsonWriter) {
		j.beginObject()
		j.key("steps")
		j.beginArray()
		b, keep := labels.NewBuilder(ls), true
		for _, rule := range rules {
			out := labels.EmptyLabels()
			if keep = keep && relabel.ProcessBuilder(b, rule); keep {
				out = b.Labels()
			}
			j.beginObject()
			j.key("rule")
			writeRelabelRule(j, rule)
			j.key("output")
			j.labels(out)
			j.key("keep")
			j.bool(keep)
			j.endObject()
		}
		j.endArray()
		j.endObject()
	})
}

func writeRelabelRule(j *jsonWriter, c *relabel.Config) {
	j.beginObject()
	if len(c.SourceLabels) > 0 {
		j.key("source_labels")
		j.beginArray()
		for _, n := range c.SourceLabels {
			j.str(string(n))
		}
		j.endArray()
	}
	j.key("separator")
	j.str(c.Separator)
	j.key("regex")
	j.str(c.Regex.String())
	if c.Modulus != 0 {
		j.key("modulus")
		j.uint(c.Modulus)
	}
	if c.TargetLabel != "" {
		j.key("target_label")
		j.str(c.TargetLabel)
	}
	j.key("replacement")
	j.str(c.Replacement)
	if c.Action != "" {
		j.key("action")
		j.str(string(c.Action))
	}
	j.endObject()
}
