package cli

import (
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/rulefmt"

	"monopod/internal/config"
)

// The lints of check config, named as promtool names them.
const (
	lintDuplicateRules = "duplicate-rules"
	lintLongInterval   = "too-long-scrape-interval"
)

var configLints = []string{lintDuplicateRules, lintLongInterval}

func parseConfigLints(list string) ([]string, error) {
	var lints []string
	for name := range strings.SplitSeq(list, ",") {
		switch {
		case name == "all":
			return configLints, nil
		case name == "none" || name == "":
		case slices.Contains(configLints, name):
			lints = append(lints, name)
		default:
			return nil, usagef("--lint=%s: no such lint: there are all, none, %s", name, strings.Join(configLints, ", "))
		}
	}
	return lints, nil
}

// lintConfig looks at a configuration that was found valid for what it hardly
// means.
func lintConfig(r *config.Report, lints []string, o config.CheckOptions, lookback time.Duration) (remarks []string, err error) {
	if slices.Contains(lints, lintLongInterval) {
		l, err := config.Load(r.Path, o.Options)
		if err != nil {
			return nil, err
		}
		for _, job := range l.Jobs {
			if every := time.Duration(job.ScrapeInterval); every >= lookback {
				remarks = append(remarks, fmt.Sprintf(
					"job %q is scraped every %s, and queries look back %s: its series have gaps; scrape more often, or raise --query.lookback-delta",
					job.JobName, job.ScrapeInterval, model.Duration(lookback)))
			}
		}
	}
	if slices.Contains(lints, lintDuplicateRules) {
		for _, file := range r.Rules {
			found, err := duplicateRules(file.Path, o)
			if err != nil {
				return nil, err
			}
			remarks = append(remarks, found...)
		}
	}
	return remarks, nil
}

// duplicateRules are rules of one file that write the same series, or alerts
// that cannot be told apart.
func duplicateRules(file string, o config.CheckOptions) (remarks []string, err error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	groups, errs := rulefmt.Parse(text, false, model.UTF8Validation, o.Parser, slog.New(slog.DiscardHandler))
	if len(errs) > 0 {
		return nil, errs[0]
	}
	seen := map[string]string{} // series to group
	for _, g := range groups.Groups {
		for _, rule := range g.Rules {
			series := labels.NewBuilder(labels.FromMap(rule.Labels)).Set(model.MetricNameLabel, rule.Record+rule.Alert).Labels().String()
			if first, again := seen[series]; again {
				remarks = append(remarks, fmt.Sprintf("%s: rule %s stands in group %q and again in group %q", file, series, first, g.Name))
				continue
			}
			seen[series] = g.Name
		}
	}
	return remarks, nil
}
