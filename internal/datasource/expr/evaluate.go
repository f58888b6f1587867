package expr

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"monopod/internal/datasource"
	"monopod/internal/frame"
)

// target is Grafana's JSON of an expression.
type target struct {
	Type        string      `json:"type"`
	Expression  string      `json:"expression"`
	Reducer     string      `json:"reducer"`
	Settings    settings    `json:"settings"`
	Window      string      `json:"window"`
	Downsampler string      `json:"downsampler"`
	Upsampler   string      `json:"upsampler"`
	Conditions  []condition `json:"conditions"`
}

type settings struct {
	Mode             string   `json:"mode"`
	ReplaceWithValue *float64 `json:"replaceWithValue"`
}

type condition struct {
	Evaluator evaluator `json:"evaluator"`
	Operator  struct {
		Type string `json:"type"`
	} `json:"operator"`
	Query struct {
		Params []json.RawMessage `json:"params"`
	} `json:"query"`
	Reducer struct {
		Type string `json:"type"`
	} `json:"reducer"`
}

// step is an expression that is ready to be computed.
type step struct {
	refID string
	needs []string
	run   func(map[string][]value) ([]*frame.Frame, error)
}

// Evaluate computes the expressions, each after those that it needs. A result that
// an expression needs and that failed fails it, too.
func Evaluate(ctx context.Context, nodes []Node, inputs map[string]Result, env Environment) map[string]Result {
	results := maps.Clone(inputs)
	if results == nil {
		results = map[string]Result{}
	}
	sets := map[string][]value{}
	pending := map[string]*step{}
	var order []string
	for _, n := range nodes {
		s, err := prepare(n, env)
		if err != nil {
			results[n.RefID] = Result{Err: bad(n.RefID, err)}
			continue
		}
		pending[n.RefID] = s
		order = append(order, n.RefID)
		delete(results, n.RefID)
	}
	for len(pending) > 0 {
		progress := false
		for _, refID := range order {
			s := pending[refID]
			if s == nil || slices.ContainsFunc(s.needs, func(need string) bool { return pending[need] != nil }) {
				continue
			}
			progress = true
			delete(pending, refID)
			results[refID] = s.compute(ctx, results, sets)
		}
		if !progress {
			for refID := range pending {
				results[refID] = Result{Err: bad(refID, errors.New("expressions need each other in a circle"))}
			}
			break
		}
	}
	out := map[string]Result{}
	for _, n := range nodes {
		out[n.RefID] = results[n.RefID]
	}
	return out
}

func bad(refID string, err error) error {
	return &datasource.Error{Reason: datasource.BadQuery, Message: "expression " + refID, Err: err}
}

func (s *step) compute(ctx context.Context, results map[string]Result, sets map[string][]value) Result {
	if err := ctx.Err(); err != nil {
		return Result{Err: err}
	}
	own := map[string][]value{}
	for _, need := range s.needs {
		r, ok := results[need]
		if !ok {
			return Result{Err: bad(s.refID, fmt.Errorf("there is no query %s in this panel", need))}
		}
		if r.Err != nil {
			return Result{Err: &datasource.Error{Reason: datasource.ReasonOf(r.Err), Message: fmt.Sprintf("expression %s needs query %s, which failed", s.refID, need), Err: r.Err}}
		}
		if _, ok := sets[need]; !ok {
			sets[need] = valuesOf(r.Frames)
		}
		own[need] = sets[need]
	}
	frames, err := s.run(own)
	if err != nil {
		return Result{Err: bad(s.refID, err)}
	}
	return Result{Frames: frames}
}

func prepare(n Node, env Environment) (*step, error) {
	var t target
	if err := json.Unmarshal(n.Target, &t); err != nil {
		return nil, err
	}
	s := &step{refID: n.RefID}
	var each func(*value) (value, error)
	var err error
	switch t.Type {
	case "math":
		return prepareMath(n.RefID, t.Expression)
	case "classic_conditions":
		return prepareClassic(n.RefID, t.Conditions)
	case "reduce":
		each, err = t.reduce()
	case "resample":
		each, err = t.resample(env)
	case "threshold":
		each, err = t.threshold()
	default:
		return nil, fmt.Errorf("its type is %q; math, reduce, resample, threshold and classic_conditions are known", t.Type)
	}
	if err != nil {
		return nil, err
	}
	source := strings.Trim(strings.TrimSpace(t.Expression), "${}")
	if source == "" {
		return nil, errors.New("it names no query to compute with")
	}
	s.needs = []string{source}
	s.run = func(sets map[string][]value) ([]*frame.Frame, error) {
		out := make([]value, len(sets[source]))
		for i := range sets[source] {
			var err error
			if out[i], err = each(&sets[source][i]); err != nil {
				return nil, err
			}
		}
		return framesOf(out, s.refID), nil
	}
	return s, nil
}

func prepareMath(refID, text string) (*step, error) {
	f, err := parseFormula(text)
	if err != nil {
		return nil, err
	}
	return &step{refID, f.variables, func(sets map[string][]value) ([]*frame.Frame, error) {
		set, err := f.root.eval(sets)
		return framesOf(set, refID), err
	}}, nil
}

func (t *target) reduce() (func(*value) (value, error), error) {
	f := reducers[t.Reducer]
	if f == nil {
		return nil, fmt.Errorf("there is no reducer %q", t.Reducer)
	}
	mode := t.Settings.Mode
	if mode == "replaceNN" && t.Settings.ReplaceWithValue == nil {
		return nil, errors.New("it replaces what is no number and does not say with what")
	}
	if mode != "" && mode != "dropNN" && mode != "replaceNN" {
		return nil, fmt.Errorf("there is no mode %q; use dropNN, replaceNN or none", mode)
	}
	return func(v *value) (value, error) {
		points := v.points
		switch mode {
		case "dropNN":
			points = slices.DeleteFunc(slices.Clone(points), func(p float64) bool { return !isNumeric(p) })
		case "replaceNN":
			points = slices.Clone(points)
			for i, p := range points {
				if !isNumeric(p) {
					points[i] = *t.Settings.ReplaceWithValue
				}
			}
		}
		if v.isNumber() {
			if len(points) == 0 {
				points = []float64{frame.Null()}
			}
			return number(points[0], v.labels), nil
		}
		result := f(points)
		if mode == "dropNN" && math.IsNaN(result) {
			result = frame.Null()
		}
		return number(result, v.labels), nil
	}, nil
}

// maxResampled bounds the points of a resampled series.
const maxResampled = 100_000

func (t *target) resample(env Environment) (func(*value) (value, error), error) {
	window, err := model.ParseDuration(t.Window)
	if err != nil || window <= 0 {
		return nil, fmt.Errorf("its window is %q; write it as 30s or 5m", t.Window)
	}
	down := reducers[t.Downsampler]
	if down == nil || t.Downsampler == "count" || t.Downsampler == "median" {
		return nil, fmt.Errorf("there is no downsampler %q", t.Downsampler)
	}
	if t.Upsampler != "pad" && t.Upsampler != "backfilling" && t.Upsampler != "fillna" {
		return nil, fmt.Errorf("there is no upsampler %q", t.Upsampler)
	}
	from, to, length := float64(env.From.UnixMilli()), float64(env.To.UnixMilli()), float64(time.Duration(window).Milliseconds())
	if (to-from)/length > maxResampled {
		return nil, fmt.Errorf("its window of %s makes more than %d points", t.Window, maxResampled)
	}
	return func(v *value) (value, error) {
		if v.isNumber() {
			return value{}, errors.New("it resamples series, and was given a number")
		}
		out := value{labels: v.labels, times: []float64{}}
		at, last := 0, frame.Null()
		for now := from; now <= to; now += length {
			first := at
			for at < len(v.times) && v.times[at] <= now {
				last = v.points[at]
				at++
			}
			var p float64
			switch {
			case at > first:
				p = down(v.points[first:at])
			case t.Upsampler == "pad":
				p = last
			case t.Upsampler == "backfilling" && at < len(v.points):
				p = v.points[at]
			default:
				p = frame.Null()
			}
			out.times, out.points = append(out.times, now), append(out.points, p)
		}
		return out, nil
	}, nil
}

func (t *target) threshold() (func(*value) (value, error), error) {
	if len(t.Conditions) != 1 {
		return nil, fmt.Errorf("it has %d conditions and needs one", len(t.Conditions))
	}
	holds, err := t.Conditions[0].Evaluator.compile()
	if err != nil {
		return nil, err
	}
	return func(v *value) (value, error) {
		return v.each(v.labels, keepNull(func(p float64) float64 {
			if math.IsNaN(p) {
				return p
			}
			return truth(holds(p))
		})), nil
	}, nil
}
