package scrape

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery/targetgroup"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/relabel"
)

// Labels by which relabelling steers the histograms of a target.
const (
	labelNativeHistograms = "__scrape_native_histograms__"
	labelClassicToo       = "__always_scrape_classic_histograms__"
	labelClassicToCustom  = "__convert_classic_histograms_to_nhcb__"
)

// discoveredLabels sets lb to the labels before relabelling: the target's, then
// its group's, then those of the configuration, the first to set a name winning.
func discoveredLabels(lb *labels.Builder, from source) {
	lb.Reset(labels.EmptyLabels())
	for name, v := range from.group {
		lb.Set(string(name), string(v))
	}
	for name, v := range from.target {
		lb.Set(string(name), string(v))
	}
	set := func(name, v string) {
		if lb.Get(name) == "" {
			lb.Set(name, v)
		}
	}
	cfg := from.cfg
	set(model.JobLabel, cfg.JobName)
	set(model.ScrapeIntervalLabel, cfg.ScrapeInterval.String())
	set(model.ScrapeTimeoutLabel, cfg.ScrapeTimeout.String())
	set(model.MetricsPathLabel, cfg.MetricsPath)
	set(model.SchemeLabel, cfg.Scheme)
	set(labelClassicToCustom, strconv.FormatBool(cfg.ConvertClassicHistogramsToNHCBEnabled()))
	set(labelClassicToo, strconv.FormatBool(cfg.AlwaysScrapeClassicHistogramsEnabled()))
	set(labelNativeHistograms, strconv.FormatBool(cfg.ScrapeNativeHistogramsEnabled()))
	for k, v := range cfg.Params {
		if len(v) > 0 {
			set(model.ParamLabelPrefix+k, v[0])
		}
	}
}

// targetLabels relabels the discovered labels and checks the result. Where a rule
// dropped the target, or the result is no target, drop tells.
func targetLabels(lb *labels.Builder, from source) (all labels.Labels, drop Drop) {
	discoveredLabels(lb, from)
	for i, rule := range from.cfg.RelabelConfigs {
		if !relabel.ProcessBuilder(lb, rule) {
			return labels.EmptyLabels(), Drop{Rule: i}
		}
	}
	if err := checkTarget(lb); err != nil {
		return labels.EmptyLabels(), Drop{Rule: -1, Err: err}
	}
	lb.Range(func(l labels.Label) {
		if strings.HasPrefix(l.Name, model.MetaLabelPrefix) {
			lb.Del(l.Name)
		}
	})
	if lb.Get(model.InstanceLabel) == "" {
		lb.Set(model.InstanceLabel, lb.Get(model.AddressLabel))
	}
	all = lb.Labels()
	err := all.Validate(func(l labels.Label) error {
		if !model.LabelValue(l.Value).IsValid() {
			return fmt.Errorf("invalid label value for %q: %q", l.Name, l.Value)
		}
		return nil
	})
	if err != nil {
		return labels.EmptyLabels(), Drop{Rule: -1, Err: err}
	}
	return all, Drop{Rule: -1}
}

func checkTarget(lb *labels.Builder) error {
	addr := lb.Get(model.AddressLabel)
	if addr == "" {
		return errors.New("no address")
	}
	if err := config.CheckTargetAddress(model.LabelValue(addr)); err != nil {
		return err
	}
	interval, err := model.ParseDuration(lb.Get(model.ScrapeIntervalLabel))
	if err != nil {
		return fmt.Errorf("error parsing scrape interval: %w", err)
	}
	if interval == 0 {
		return errors.New("scrape interval cannot be 0")
	}
	timeout, err := model.ParseDuration(lb.Get(model.ScrapeTimeoutLabel))
	if err != nil {
		return fmt.Errorf("error parsing scrape timeout: %w", err)
	}
	if timeout == 0 {
		return errors.New("scrape timeout cannot be 0")
	}
	if timeout > interval {
		return fmt.Errorf("scrape timeout cannot be greater than scrape interval (%q > %q)",
			lb.Get(model.ScrapeTimeoutLabel), lb.Get(model.ScrapeIntervalLabel))
	}
	for _, name := range []string{labelClassicToCustom, labelClassicToo, labelNativeHistograms} {
		if v := lb.Get(name); v != "" {
			if _, err := strconv.ParseBool(v); err != nil {
				return fmt.Errorf("label %s must be true or false, not %q", name, v)
			}
		}
	}
	return nil
}

// targetsOf makes the targets of a discovered group: those to be scraped, those
// that relabelling dropped, and those that are no valid targets.
func targetsOf(cfg *config.ScrapeConfig, tg *targetgroup.Group, lb *labels.Builder) (active, dropped, invalid []*Target) {
	for i, discovered := range tg.Targets {
		from := source{cfg: cfg, target: discovered, group: tg.Labels}
		all, drop := targetLabels(lb, from)
		t := newTarget(all, from)
		t.drop = drop
		switch {
		case drop.Err != nil:
			t.drop.Err = fmt.Errorf("instance %d in group %s: %w", i, tg, drop.Err)
			invalid = append(invalid, t)
		case drop.Rule >= 0, t.public.IsEmpty():
			dropped = append(dropped, t)
		default:
			active = append(active, t)
		}
	}
	return active, dropped, invalid
}

// seriesLabels gives the labels of a line those of its target and relabels them;
// empty labels mean that the line is dropped.
func seriesLabels(line, target labels.Labels, honor bool, rules []*relabel.Config) labels.Labels {
	lb := labels.NewBuilder(line)
	if honor {
		target.Range(func(l labels.Label) {
			if !line.Has(l.Name) {
				lb.Set(l.Name, l.Value)
			}
		})
	} else {
		var exposed []labels.Label
		target.Range(func(l labels.Label) {
			if v := line.Get(l.Name); v != "" {
				exposed = append(exposed, labels.Label{Name: l.Name, Value: v})
			}
			lb.Set(l.Name, l.Value)
		})
		// Shorter names first, so that the outcome does not depend on the order when
		// exported_x is itself a label of both.
		slices.SortStableFunc(exposed, func(a, b labels.Label) int { return len(a.Name) - len(b.Name) })
		for _, l := range exposed {
			name := model.ExportedLabelPrefix + l.Name
			for lb.Get(name) != "" {
				name = model.ExportedLabelPrefix + name
			}
			lb.Set(name, l.Value)
		}
	}
	if !relabel.ProcessBuilder(lb, rules...) {
		return labels.EmptyLabels()
	}
	return lb.Labels()
}
