package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/prometheus/model/exemplar"
	"github.com/prometheus/prometheus/model/timestamp"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/util/stats"
)

// maxRangePoints bounds the steps of a range query: a week at a minute's
// resolution, a year at an hour's.
const maxRangePoints = 11000

// queries answers PromQL.
type queries struct {
	engine    promql.QueryEngine
	queryable storage.Queryable
	exemplars storage.ExemplarQueryable
	parser    parser.Parser
	now       func() time.Time
}

func (q *queries) instant(r *http.Request) result {
	limit, err := limitParam(r)
	if err != nil {
		return badParameter("limit", err)
	}
	at, err := timeParam(r, "time", q.now())
	if err != nil {
		return badParameter("time", err)
	}
	return q.run(r, limit, func(ctx context.Context, o promql.QueryOpts) (promql.Query, error) {
		return q.engine.NewInstantQuery(ctx, q.queryable, o, r.FormValue("query"), at)
	})
}

func (q *queries) rangeQuery(r *http.Request) result {
	limit, err := limitParam(r)
	if err != nil {
		return badParameter("limit", err)
	}
	start, err := parseTime(r.FormValue("start"))
	if err != nil {
		return badParameter("start", err)
	}
	end, err := parseTime(r.FormValue("end"))
	if err != nil {
		return badParameter("end", err)
	}
	if end.Before(start) {
		return badParameter("end", errors.New("end timestamp must not be before start time"))
	}
	step, err := parseDuration(r.FormValue("step"))
	if err != nil {
		return badParameter("step", err)
	}
	if step <= 0 {
		return badParameter("step", errors.New("zero or negative query resolution step widths are not accepted. Try a positive integer"))
	}
	if end.Sub(start)/step > maxRangePoints {
		return fail(errorBadData, errors.New("exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)"))
	}
	return q.run(r, limit, func(ctx context.Context, o promql.QueryOpts) (promql.Query, error) {
		return q.engine.NewRangeQuery(ctx, q.queryable, o, r.FormValue("query"), start, end, step)
	})
}

// run reads the parameters that both kinds of query share, executes what begin
// prepares, and answers its result. The query is closed with the result.
func (q *queries) run(r *http.Request, limit int, begin func(context.Context, promql.QueryOpts) (promql.Query, error)) (res result) {
	ctx := r.Context()
	if s := r.FormValue("timeout"); s != "" {
		timeout, err := parseDuration(s)
		if err != nil {
			return badParameter("timeout", err)
		}
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, timeout)
		defer cancel()
	}
	var lookback time.Duration
	if s := r.FormValue("lookback_delta"); s != "" {
		var err error
		if lookback, err = parseDuration(s); err != nil {
			return fail(errorBadData, fmt.Errorf("error parsing lookback delta duration: %w", err))
		}
	}
	wanted := r.FormValue("stats")
	query, err := begin(ctx, promql.NewPrometheusQueryOpts(wanted == "all", lookback))
	if err != nil {
		return badParameter("query", err)
	}
	defer func() {
		if res.close == nil {
			query.Close() // a panic passes here
		}
	}()

	out := query.Exec(withOrigin(ctx, r))
	if out.Err != nil {
		res = failed(out.Err)
		res.close = query.Close
		return res
	}
	if truncate(out, limit) {
		out.Warnings.Add(errTruncated)
	}
	switch wanted {
	case "", "true", "all":
	default:
		out.Warnings.Add(fmt.Errorf("value %q for parameter \"stats\" is deprecated and will be rejected in the next major release, use %q or %q", wanted, "true", "all"))
	}
	var s *stats.BuiltinStats
	if wanted != "" {
		b := stats.NewQueryStats(query.Stats()).Builtin()
		s = &b
	}
	return result{
		data:     func(j *jsonWriter) { writeQueryResult(j, out.Value, s) },
		warnings: out.Warnings,
		close:    query.Close,
	}
}

// truncate cuts a result to limit series, 0 being no limit, and tells whether
// it did.
func truncate(res *promql.Result, limit int) bool {
	if limit <= 0 {
		return false
	}
	switch v := res.Value.(type) {
	case promql.Matrix:
		if len(v) > limit {
			res.Value = v[:limit]
			return true
		}
	case promql.Vector:
		if len(v) > limit {
			res.Value = v[:limit]
			return true
		}
	}
	return false
}

// withOrigin lets the engine's query log say where a query came from.
func withOrigin(ctx context.Context, r *http.Request) context.Context {
	ip, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		ip = ""
	}
	return promql.NewOriginContext(ctx, map[string]any{
		"httpRequest": map[string]string{"clientIP": ip, "method": r.Method, "path": r.URL.Path},
	})
}

func (q *queries) exemplarQuery(r *http.Request) result {
	start, end, bad, err := rangeParams(r)
	if err != nil {
		return badParameter(bad, err)
	}
	if end.Before(start) {
		return fail(errorBadData, errors.New("end timestamp must not be before start timestamp"))
	}
	expr, err := q.parser.ParseExpr(r.FormValue("query"))
	if err != nil {
		return fail(errorBadData, err)
	}
	selectors := parser.ExtractSelectors(expr)
	if len(selectors) == 0 {
		return result{}
	}
	found := []exemplar.QueryResult{}
	if q.exemplars != nil {
		querier, err := q.exemplars.ExemplarQuerier(r.Context())
		if err != nil {
			return failed(err)
		}
		found, err = querier.Select(timestamp.FromTime(start), timestamp.FromTime(end), selectors...)
		if err != nil {
			return failed(err)
		}
	}
	return ok(func(j *jsonWriter) { writeExemplars(j, found) })
}

func (q *queries) format(r *http.Request) result {
	expr, err := q.parser.ParseExpr(r.FormValue("query"))
	if err != nil {
		return badParameter("query", err)
	}
	return ok(func(j *jsonWriter) { j.str(expr.Pretty(0)) })
}

func (q *queries) parse(r *http.Request) result {
	expr, err := q.parser.ParseExpr(r.FormValue("query"))
	if err != nil {
		return badParameter("query", err)
	}
	return ok(func(j *jsonWriter) { writeExpr(j, expr) })
}
