package scrape

import (
	"fmt"
	"hash/fnv"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/model/labels"
)

// Health is whether the last scrape of a target succeeded.
type Health string

// The health of a target.
const (
	HealthUnknown Health = "unknown"
	HealthGood    Health = "up"
	HealthBad     Health = "down"
)

// Target is one scraped endpoint. All methods may be called from many goroutines.
type Target struct {
	// all has the labels that steer the scrape (__address__, __scheme__, …) too;
	// public is what its series carry.
	all    labels.Labels
	public labels.Labels
	drop   Drop

	mu struct {
		sync.RWMutex
		source   source
		health   Health
		last     Scrape
		writeErr error
		metadata *metadata
		series   int
		demanded uint64
	}
}

// source is what a target was made from.
type source struct {
	cfg           *config.ScrapeConfig
	target, group model.LabelSet
}

// Scrape is the outcome of one scrape.
type Scrape struct {
	Start       time.Time
	Duration    time.Duration
	Err         error // nil, or an *Error
	Samples     int   // lines in the body
	Kept        int   // lines that metric relabelling kept
	SeriesAdded int   // series that the scrape before did not have
	BodyBytes   int   // uncompressed; 0 where there was no body
	Refused     Refusal
	ContentType string
	Compressed  bool
}

// Drop says why a target is not scraped.
type Drop struct {
	// Rule is the index in relabel_configs of the rule that dropped the target,
	// -1 where none did.
	Rule int
	// Err is set where the target's labels make no valid target.
	Err error
}

func newTarget(all labels.Labels, from source) *Target {
	t := &Target{all: all, drop: Drop{Rule: -1}}
	var b labels.ScratchBuilder
	all.Range(func(l labels.Label) {
		if !strings.HasPrefix(l.Name, model.ReservedLabelPrefix) {
			b.Add(l.Name, l.Value)
		}
	})
	t.public = b.Labels()
	t.mu.source = from
	t.mu.health = HealthUnknown
	return t
}

// Labels are those that the target gives to its series.
func (t *Target) Labels() labels.Labels { return t.public }

// Value is a label of the target, the ones that steer the scrape included.
func (t *Target) Value(name string) string { return t.all.Get(name) }

// DiscoveredLabels are those before relabelling.
func (t *Target) DiscoveredLabels() labels.Labels {
	from := t.source()
	lb := labels.NewBuilder(labels.EmptyLabels())
	discoveredLabels(lb, from)
	return lb.Labels()
}

// Drop says why a dropped target is not scraped.
func (t *Target) Drop() Drop { return t.drop }

// URL is the address that is scraped.
func (t *Target) URL() *url.URL {
	params := url.Values{}
	for k, v := range t.source().cfg.Params {
		params[k] = append([]string(nil), v...)
	}
	t.all.Range(func(l labels.Label) {
		name, ok := strings.CutPrefix(l.Name, model.ParamLabelPrefix)
		switch {
		case !ok:
		case len(params[name]) > 0:
			params[name][0] = l.Value
		default:
			params[name] = []string{l.Value}
		}
	})
	return &url.URL{
		Scheme:   t.all.Get(model.SchemeLabel),
		Host:     t.all.Get(model.AddressLabel),
		Path:     t.all.Get(model.MetricsPathLabel),
		RawQuery: params.Encode(),
	}
}

func (t *Target) String() string { return t.URL().String() }

// Interval is the time between two scrapes.
func (t *Target) Interval() time.Duration { return t.duration(model.ScrapeIntervalLabel) }

// Timeout is how long a scrape may take.
func (t *Target) Timeout() time.Duration { return t.duration(model.ScrapeTimeoutLabel) }

// The labels were checked when the target was made.
func (t *Target) duration(label string) time.Duration {
	d, err := model.ParseDuration(t.all.Get(label))
	if err != nil {
		return 0
	}
	return time.Duration(d)
}

// Health is whether the last scrape succeeded.
func (t *Target) Health() Health {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.mu.health
}

// Last is the outcome of the last scrape, zero before the first.
func (t *Target) Last() Scrape {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.mu.last
}

// LastError is why the last scrape failed: nil, or an *Error.
func (t *Target) LastError() error { return t.Last().Err }

// LastScrape is when the last scrape began, zero before the first.
func (t *Target) LastScrape() time.Time { return t.Last().Start }

// LastScrapeDuration is how long the last scrape took.
func (t *Target) LastScrapeDuration() time.Duration { return t.Last().Duration }

// WriteError is why the samples of the last scrape were not stored.
func (t *Target) WriteError() error {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.mu.writeErr
}

// Metadata lists the metric families that the target exposes.
func (t *Target) Metadata() []Metadata { return t.metadata().list() }

// MetadataOf is the metadata of one metric family.
func (t *Target) MetadataOf(family string) (Metadata, bool) { return t.metadata().get(family) }

func (t *Target) metadata() *metadata {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.mu.metadata
}

func (t *Target) setMetadata(m *metadata) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.mu.metadata = m
}

func (t *Target) source() source {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.mu.source
}

// setSource renews what the discovered labels are made from.
func (t *Target) setSource(from source) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.mu.source = from
}

func (t *Target) report(s Scrape) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.mu.last = s
	t.mu.health = HealthGood
	if s.Err != nil {
		t.mu.health = HealthBad
	}
}

// weigh keeps what Counts tells.
func (t *Target) weigh(series, begun int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.mu.series = series
	t.mu.demanded += uint64(begun)
}

func (t *Target) reportWrite(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.mu.writeErr = err
}

// flag is a boolean label, or def where it is not set. Labels that are no boolean
// make no target, see targetLabels.
func (t *Target) flag(name string, def bool) bool {
	v, err := strconv.ParseBool(t.all.Get(name))
	if err != nil {
		return def
	}
	return v
}

// hash identifies the target within its pool.
func (t *Target) hash() uint64 {
	h := fnv.New64a()
	fmt.Fprintf(h, "%016d", t.all.Hash())
	h.Write([]byte(t.URL().String()))
	return h.Sum64()
}

// offset is the time from now to the target's next scrape. It depends on the
// clock, the target and the seed alone, so that a restart keeps the rhythm.
func (t *Target) offset(now time.Time, interval time.Duration, seed uint64) time.Duration {
	base := int64(interval) - now.UnixNano()%int64(interval)
	next := base + int64((t.hash()^seed)%uint64(interval))
	if next > int64(interval) {
		next -= int64(interval)
	}
	return time.Duration(next)
}
