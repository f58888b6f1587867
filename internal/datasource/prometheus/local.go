package prometheus

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/util/annotations"
	"github.com/prometheus/prometheus/util/stats"

	"monopod/internal/datasource"
)

// Local is what Monopod asks itself with.
type Local struct {
	Engine    promql.QueryEngine
	Queryable storage.Queryable
	Exemplars storage.ExemplarQueryable // nil: there are none
	Parser    parser.Parser
	// Ready tells whether storage is open.
	Ready func() bool
	// Interval is the scrape interval that steps do not go below.
	Interval func() time.Duration
}

// OpenLocal returns the connection to Monopod itself.
func OpenLocal(l Local) datasource.Connection {
	return &connection{
		source:  datasource.Source{UID: datasource.LocalUID, Name: datasource.LocalName, Type: datasource.TypePrometheus},
		backend: &local{l}, minStep: l.Interval, limits: datasource.DefaultLimits(),
	}
}

type local struct{ Local }

var errStarting = &datasource.Error{
	Reason: datasource.Down, Source: datasource.LocalName, Message: "Monopod is starting: its storage is not open yet", Hint: "it reads what was not yet in blocks; try again in a moment",
}

func (l *local) ready() error {
	if l.Ready != nil && !l.Ready() {
		return errStarting
	}
	return nil
}

func (l *local) Range(ctx context.Context, expr string, start, end time.Time, step time.Duration) (*matrix, error) {
	if err := l.ready(); err != nil {
		return nil, err
	}
	q, err := l.Engine.NewRangeQuery(ctx, l.Queryable, promql.NewPrometheusQueryOpts(false, 0), expr, start, end, step)
	if err != nil {
		return nil, badQuery(err)
	}
	return l.run(ctx, q, newGrid(start, end, step))
}

func (l *local) Instant(ctx context.Context, expr string, at time.Time) (*matrix, error) {
	if err := l.ready(); err != nil {
		return nil, err
	}
	q, err := l.Engine.NewInstantQuery(ctx, l.Queryable, promql.NewPrometheusQueryOpts(false, 0), expr, at)
	if err != nil {
		return nil, badQuery(err)
	}
	return l.run(ctx, q, nil)
}

func badQuery(err error) error {
	return &datasource.Error{Reason: datasource.BadQuery, Message: "the expression is not understood", Err: err}
}

// run executes the query and copies its result: the engine takes its memory back.
func (l *local) run(ctx context.Context, q promql.Query, g *grid) (*matrix, error) {
	defer q.Close()
	result := q.Exec(ctx)
	if result.Err != nil {
		return nil, explainEngine(ctx, result.Err)
	}
	m := &matrix{}
	switch v := result.Value.(type) {
	case promql.Matrix:
		m.series = make([]series, len(v))
		for i := range v {
			m.series[i] = copySeries(&v[i], g)
		}
	case promql.Vector:
		m.series = make([]series, len(v))
		for i, s := range v {
			out := series{labels: s.Metric.Map()}
			if s.H != nil {
				out.cells = cellsOf(float64(s.T), s.H)
			} else {
				out.times, out.values = []float64{float64(s.T)}, []float64{s.F}
			}
			m.series[i] = out
		}
	case promql.Scalar:
		m.scalar = true
		m.series = []series{{labels: map[string]string{}, times: []float64{float64(v.T)}, values: []float64{v.V}}}
	case promql.String:
		m.isText, m.text = true, v.V
		m.series = []series{{labels: map[string]string{}, times: []float64{float64(v.T)}, values: nil}}
	}
	if s := stats.NewQueryStats(q.Stats()).Builtin(); s.Samples != nil {
		m.samples = s.Samples.TotalQueryableSamples
	}
	m.warnings = warningTexts(q.String(), result.Warnings)
	return m, nil
}

func warningTexts(query string, list annotations.Annotations) []string {
	warnings, infos := list.AsStrings(query, 5, 5)
	return append(warnings, infos...)
}

func copySeries(s *promql.Series, g *grid) series {
	out := series{labels: s.Metric.Map(), values: make([]float64, len(s.Floats))}
	for i, p := range s.Floats {
		out.values[i] = p.F
	}
	if g != nil && len(s.Floats) == len(g.times) {
		out.times = g.times // as many points as the grid has: they are those of the grid
	} else {
		out.times = make([]float64, len(s.Floats))
		for i, p := range s.Floats {
			out.times[i] = float64(p.T)
		}
	}
	for _, p := range s.Histograms {
		out.cells = append(out.cells, cellsOf(float64(p.T), p.H)...)
	}
	return out
}

// explainEngine gives an error of the engine its reason.
func explainEngine(ctx context.Context, err error) error {
	var (
		canceled promql.ErrQueryCanceled
		timeout  promql.ErrQueryTimeout
		samples  promql.ErrTooManySamples
		storage  promql.ErrStorage
	)
	e := &datasource.Error{Err: err}
	switch {
	case errors.As(err, &samples):
		e.Reason, e.Message, e.Hint = datasource.TooMuch, "the query needs too much at once", "narrow it with labels or a shorter time, or raise --query.max-samples"
	case errors.As(err, &canceled), errors.Is(err, context.Canceled), errors.Is(ctx.Err(), context.Canceled):
		e.Reason, e.Message = datasource.Canceled, "the query was cancelled"
	case errors.As(err, &timeout), errors.Is(err, context.DeadlineExceeded):
		e.Reason, e.Message, e.Hint = datasource.Slow, "the query took too long", "narrow it with labels or a shorter time, or raise --query.timeout"
	case errors.As(err, &storage):
		e.Reason, e.Message, e.Hint = datasource.Internal, "storage could not be read", "the log has what happened"
	default:
		e.Reason, e.Message = datasource.BadQuery, "the expression cannot be evaluated"
	}
	return e
}

func (l *local) Exemplars(ctx context.Context, expr string, start, end time.Time) ([]exemplars, error) {
	if l.Local.Exemplars == nil {
		return nil, nil
	}
	if err := l.ready(); err != nil {
		return nil, err
	}
	parsed, err := l.Parser.ParseExpr(expr)
	if err != nil {
		return nil, badQuery(err)
	}
	selectors := parser.ExtractSelectors(parsed)
	if len(selectors) == 0 {
		return nil, nil
	}
	q, err := l.Local.Exemplars.ExemplarQuerier(ctx)
	if err != nil {
		return nil, err
	}
	found, err := q.Select(start.UnixMilli(), end.UnixMilli(), selectors...)
	if err != nil {
		return nil, err
	}
	out := make([]exemplars, len(found))
	for i, f := range found {
		out[i].series = f.SeriesLabels.Map()
		for _, e := range f.Exemplars {
			out[i].points = append(out[i].points, exemplarPoint{e.Labels.Map(), float64(e.Ts), e.Value})
		}
	}
	return out, nil
}

// query opens the storage for the time and takes a selector apart; none: all.
func (l *local) query(match string, start, end time.Time) (storage.Querier, []*labels.Matcher, error) {
	if err := l.ready(); err != nil {
		return nil, nil, err
	}
	var matchers []*labels.Matcher
	if match != "" {
		var err error
		if matchers, err = l.Parser.ParseMetricSelector(match); err != nil {
			return nil, nil, badQuery(err)
		}
	}
	q, err := l.Queryable.Querier(start.UnixMilli(), end.UnixMilli())
	return q, matchers, err
}

func (l *local) LabelNames(ctx context.Context, match string, start, end time.Time) ([]string, error) {
	q, matchers, err := l.query(match, start, end)
	if err != nil {
		return nil, err
	}
	defer q.Close()
	list, _, err := q.LabelNames(ctx, &storage.LabelHints{}, matchers...)
	return cloned(list), err
}

func (l *local) LabelValues(ctx context.Context, label, match string, start, end time.Time) ([]string, error) {
	q, matchers, err := l.query(match, start, end)
	if err != nil {
		return nil, err
	}
	defer q.Close()
	list, _, err := q.LabelValues(ctx, label, &storage.LabelHints{}, matchers...)
	return cloned(list), err
}

// cloned copies strings that live as long as their querier.
func cloned(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = string([]byte(s))
	}
	slices.Sort(out)
	return out
}

func (l *local) Series(ctx context.Context, match string, start, end time.Time) ([]map[string]string, error) {
	q, matchers, err := l.query(match, start, end)
	if err != nil {
		return nil, err
	}
	defer q.Close()
	set := q.Select(ctx, true, &storage.SelectHints{Start: start.UnixMilli(), End: end.UnixMilli(), Func: "series"}, matchers...)
	var out []map[string]string
	for set.Next() {
		m := map[string]string{}
		for name, value := range maps.All(set.At().Labels().Map()) {
			m[string([]byte(name))] = string([]byte(value))
		}
		out = append(out, m)
	}
	return out, set.Err()
}

func (l *local) Check(context.Context) (string, error) {
	if err := l.ready(); err != nil {
		return "", err
	}
	return fmt.Sprintf("%s answers from its own storage.", datasource.LocalName), nil
}

func (l *local) Close() error { return nil }
