package cli

import (
	"fmt"
	"slices"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	dto "github.com/prometheus/client_model/go"
)

// manyValues is how many values a label of one metric may have without a
// remark: more are mostly identifiers, which grow with traffic.
const manyValues = 1000

// lintFamily looks for what promlint does not: what goes wrong between this
// exposition and the storage.
func lintFamily(f *dto.MetricFamily) (problems []promlint.Problem) {
	say := func(format string, args ...any) {
		problems = append(problems, promlint.Problem{Metric: f.GetName(), Text: fmt.Sprintf(format, args...)})
	}
	values := map[string]map[string]struct{}{}
	timestamps := 0
	for _, m := range f.Metric {
		if m.TimestampMs != nil {
			timestamps++
		}
		for _, l := range m.Label {
			if values[l.GetName()] == nil {
				values[l.GetName()] = map[string]struct{}{}
			}
			values[l.GetName()][l.GetValue()] = struct{}{}
		}
	}
	names := make([]string, 0, len(values))
	for name := range values {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if name == "job" || name == "instance" {
			say("label %q is the target's: it will be stored as exported_%s unless honor_labels is set", name, name)
		}
		if n := len(values[name]); n > manyValues {
			say("label %q has %d values: one series for each", name, n)
		}
	}
	if timestamps > 0 {
		say("%d samples carry a timestamp: such series do not end when they disappear, unless track_timestamps_staleness is set", timestamps)
	}
	return problems
}
