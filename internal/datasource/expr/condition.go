package expr

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"monopod/internal/frame"
)

// evaluator holds or does not of a number.
type evaluator struct {
	Type   string    `json:"type"`
	Params []float64 `json:"params"`
}

// compile returns what tells whether it holds of a number that is there.
func (e evaluator) compile() (func(float64) bool, error) {
	need := 1
	if strings.Contains(e.Type, "range") {
		need = 2
	}
	if e.Type == "no_value" {
		return func(float64) bool { return false }, nil
	}
	if len(e.Params) < need {
		return nil, fmt.Errorf("the condition %q needs %d numbers and has %d", e.Type, need, len(e.Params))
	}
	a := e.Params[0]
	low, high := a, a
	if need == 2 {
		low, high = min(a, e.Params[1]), max(a, e.Params[1])
	}
	switch e.Type {
	case "gt":
		return func(v float64) bool { return v > a }, nil
	case "lt":
		return func(v float64) bool { return v < a }, nil
	case "gte":
		return func(v float64) bool { return v >= a }, nil
	case "lte":
		return func(v float64) bool { return v <= a }, nil
	case "eq":
		return func(v float64) bool { return v == a }, nil
	case "ne":
		return func(v float64) bool { return v != a }, nil
	case "within_range":
		return func(v float64) bool { return v > low && v < high }, nil
	case "outside_range":
		return func(v float64) bool { return v < low || v > high }, nil
	case "within_range_included":
		return func(v float64) bool { return v >= low && v <= high }, nil
	case "outside_range_included":
		return func(v float64) bool { return v <= low || v >= high }, nil
	}
	return nil, fmt.Errorf("there is no condition %q", e.Type)
}

// clause is a classic condition, ready to be asked.
type clause struct {
	refID     string
	reducer   string
	holds     func(float64) bool
	isNoValue bool
	isOr      bool
}

// match is a value that a condition holds of.
type match struct {
	Metric string            `json:"metric"`
	Labels map[string]string `json:"labels"`
	Value  *float64          `json:"value"`
}

func prepareClassic(refID string, conditions []condition) (*step, error) {
	if len(conditions) == 0 {
		return nil, errors.New("it has no conditions")
	}
	s := &step{refID: refID}
	var clauses []clause
	for i, c := range conditions {
		if len(c.Query.Params) == 0 {
			return nil, fmt.Errorf("condition %d names no query", i+1)
		}
		x := clause{reducer: c.Reducer.Type, isNoValue: c.Evaluator.Type == "no_value", isOr: strings.HasSuffix(c.Operator.Type, "or")}
		if err := json.Unmarshal(c.Query.Params[0], &x.refID); err != nil {
			return nil, fmt.Errorf("condition %d: its query: %w", i+1, err)
		}
		if classicReducers[x.reducer] == nil {
			return nil, fmt.Errorf("condition %d: there is no reducer %q", i+1, x.reducer)
		}
		var err error
		if x.holds, err = c.Evaluator.compile(); err != nil {
			return nil, err
		}
		clauses = append(clauses, x)
		s.needs = append(s.needs, x.refID)
	}
	s.run = func(sets map[string][]value) ([]*frame.Frame, error) {
		firing, hasData := false, false
		var matches []match
		for i, c := range clauses {
			found, isThere := c.matches(sets[c.refID])
			hasData = hasData || isThere
			matches = append(matches, found...)
			switch {
			case i == 0:
				firing = len(found) > 0
			case c.isOr:
				firing = firing || len(found) > 0
			default:
				firing = firing && len(found) > 0
			}
		}
		result := truth(firing)
		if !hasData && !firing {
			result = frame.Null()
		}
		frames := framesOf([]value{number(result, nil)}, refID)
		frames[0].Meta.Custom = map[string]any{"evalMatches": matches}
		return frames, nil
	}
	return s, nil
}

// matches are the values that the clause holds of, and whether there was any.
func (c *clause) matches(set []value) (found []match, hasData bool) {
	for i := range set {
		v := &set[i]
		points := slices.DeleteFunc(slices.Clone(v.points), math.IsNaN)
		reduced := classicReducers[c.reducer](v.points, points)
		isNull := math.IsNaN(reduced)
		hasData = hasData || !isNull
		m := match{Metric: v.labels["__name__"], Labels: v.labels}
		if !isNull {
			m.Value = &reduced
		}
		if isNull && c.isNoValue || !isNull && c.holds(reduced) {
			found = append(found, m)
		}
	}
	if len(set) == 0 && c.isNoValue {
		found = []match{{Metric: "NoData"}}
	}
	return found, hasData
}

// classicReducers are given all points, and those that are there.
var classicReducers = map[string]func(all, there []float64) float64{
	"avg":              plain("mean"),
	"mean":             plain("mean"),
	"sum":              plain("sum"),
	"min":              plain("min"),
	"max":              plain("max"),
	"last":             plain("last"),
	"median":           plain("median"),
	"count":            func(all, _ []float64) float64 { return float64(len(all)) },
	"count_non_null":   func(_, there []float64) float64 { return orNone(float64(len(there)), there) },
	"diff":             change(func(first, last float64) float64 { return last - first }),
	"diff_abs":         change(func(first, last float64) float64 { return math.Abs(last - first) }),
	"percent_diff":     change(func(first, last float64) float64 { return (last - first) / math.Abs(first) * 100 }),
	"percent_diff_abs": change(func(first, last float64) float64 { return math.Abs((last - first) / first * 100) }),
}

func orNone(v float64, there []float64) float64 {
	if len(there) == 0 {
		return math.NaN()
	}
	return v
}

func plain(name string) func(all, there []float64) float64 {
	return func(_, there []float64) float64 { return orNone(reducers[name](there), there) }
}

func change(f func(first, last float64) float64) func(all, there []float64) float64 {
	return func(_, there []float64) float64 {
		if len(there) == 0 {
			return math.NaN()
		}
		return f(there[0], there[len(there)-1])
	}
}
