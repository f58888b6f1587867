package app

import (
	"errors"
	"fmt"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/relabel"

	"monopod/internal/httpapi"
	"monopod/internal/scrape"
)

// targetSource shows the targets to the HTTP server.
type targetSource struct{ scrape *scrape.Manager }

func (s targetSource) ScrapePools() []string { return s.scrape.ScrapePools() }

func (s targetSource) ActiveTargets() map[string][]httpapi.Target {
	pools := s.scrape.ActiveTargets()
	out := make(map[string][]httpapi.Target, len(pools))
	for pool, targets := range pools {
		list := make([]httpapi.Target, len(targets))
		for i, t := range targets {
			list[i] = targetView(t)
		}
		out[pool] = list
	}
	return out
}

func targetView(t *scrape.Target) httpapi.Target {
	last := t.Last()
	v := httpapi.Target{
		DiscoveredLabels: t.DiscoveredLabels(),
		Labels:           t.Labels(),
		URL:              t.URL(),
		LastError:        last.Err,
		LastScrape:       last.Start,
		LastDuration:     last.Duration,
		Health:           string(t.Health()),
		Interval:         t.Value(model.ScrapeIntervalLabel),
		Timeout:          t.Value(model.ScrapeTimeoutLabel),
		Metadata:         metadataView{t},
		Samples:          last.Samples,
		Kept:             last.Kept,
		SeriesAdded:      last.SeriesAdded,
		BodyBytes:        int64(last.BodyBytes),
		SeriesRefused:    last.Refused.Series,
		RefusedReason:    last.Refused.Reason,
		RefusedSince:     last.Refused.Since,
		Series:           t.Counts().Series,
	}
	var why *scrape.Error
	if errors.As(last.Err, &why) {
		v.ErrorKind = string(why.Kind)
	}
	// A scrape that could not be stored is no fault of the target, but its samples
	// are not there, and that has to be seen.
	if err := t.WriteError(); err != nil && v.LastError == nil {
		v.LastError, v.ErrorKind = err, "write"
	}
	return v
}

// DroppedTargets are those that relabelling dropped, and those whose labels make
// no target.
func (s targetSource) DroppedTargets() map[string][]httpapi.DroppedTarget {
	out := make(map[string][]httpapi.DroppedTarget)
	for _, pools := range []map[string][]*scrape.Target{s.scrape.InvalidTargets(), s.scrape.DroppedTargets()} {
		for pool, targets := range pools {
			for _, t := range targets {
				out[pool] = append(out[pool], httpapi.DroppedTarget{DiscoveredLabels: t.DiscoveredLabels(), Reason: dropReason(t.Drop())})
			}
		}
	}
	return out
}

func dropReason(d scrape.Drop) string {
	switch {
	case d.Err != nil:
		return d.Err.Error()
	case d.Rule >= 0:
		return fmt.Sprintf("dropped by rule %d of relabel_configs", d.Rule+1)
	}
	return ""
}

func (s targetSource) DroppedCounts() map[string]int { return s.scrape.DroppedCounts() }

func (s targetSource) RelabelConfigs(pool string) ([]*relabel.Config, error) {
	cfg, err := s.scrape.ScrapeConfig(pool)
	if err != nil {
		return nil, err
	}
	return cfg.RelabelConfigs, nil
}

type metadataView struct{ target *scrape.Target }

func (m metadataView) ListMetadata() []httpapi.Metadata {
	list := m.target.Metadata()
	out := make([]httpapi.Metadata, len(list))
	for i, x := range list {
		out[i] = familyView(x)
	}
	return out
}

func (m metadataView) GetMetadata(family string) (httpapi.Metadata, bool) {
	x, ok := m.target.MetadataOf(family)
	return familyView(x), ok
}

func familyView(m scrape.Metadata) httpapi.Metadata {
	return httpapi.Metadata{MetricFamily: m.Family, Type: m.Type, Help: m.Help, Unit: m.Unit}
}
