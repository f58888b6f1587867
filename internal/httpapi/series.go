package httpapi

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/timestamp"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/util/annotations"
)

// index answers what series, label names and label values there are.
type index struct {
	queryable storage.Queryable
	parser    parser.Parser
}

// lookup is the parameters that its routes share.
type lookup struct {
	limit int
	sets  [][]*labels.Matcher
	start int64 // milliseconds
	end   int64
}

// lookup reads them; badMatch says how a wrong selector is answered.
func (x *index) lookup(r *http.Request, badMatch func(error) result) (lookup, *result) {
	refuse := func(res result) (lookup, *result) { return lookup{}, &res }
	limit, err := limitParam(r)
	if err != nil {
		return refuse(badParameter("limit", err))
	}
	start, end, bad, err := rangeParams(r)
	if err != nil {
		return refuse(badParameter(bad, err))
	}
	sets, err := matcherSets(x.parser, r.Form["match[]"])
	if err != nil {
		return refuse(badMatch(err))
	}
	return lookup{limit, sets, timestamp.FromTime(start), timestamp.FromTime(end)}, nil
}

func badSelector(err error) result { return fail(errorBadData, err) }

// find is LabelNames or LabelValues of a querier.
type find func(context.Context, *storage.LabelHints, ...*labels.Matcher) ([]string, annotations.Annotations, error)

// union calls find for each set of matchers, or once without, and joins.
func (l lookup) union(ctx context.Context, f find) ([]string, annotations.Annotations, error) {
	hints := &storage.LabelHints{Limit: hintLimit(l.limit)}
	if len(l.sets) <= 1 {
		var matchers []*labels.Matcher
		if len(l.sets) == 1 {
			matchers = l.sets[0]
		}
		list, warnings, err := f(ctx, hints, matchers...)
		return list, warnings, err
	}
	var (
		all      = map[string]struct{}{}
		warnings annotations.Annotations
	)
	for _, set := range l.sets {
		list, more, err := f(ctx, hints, set...)
		if err != nil {
			return nil, warnings, err
		}
		warnings.Merge(more)
		for _, s := range list {
			all[s] = struct{}{}
		}
	}
	return slices.Collect(maps.Keys(all)), warnings, nil
}

// answer sorts and cuts the list. The strings live as long as the querier.
func (l lookup) answer(list []string, warnings annotations.Annotations, done func()) result {
	slices.Sort(list)
	if l.limit > 0 && len(list) > l.limit {
		list = list[:l.limit]
		warnings.Add(errTruncated)
	}
	return result{data: func(j *jsonWriter) { j.strs(list) }, warnings: warnings, close: done}
}

func closer(q storage.Querier) func() { return func() { _ = q.Close() } }

func (x *index) names(r *http.Request) result {
	l, refused := x.lookup(r, badSelector)
	if refused != nil {
		return *refused
	}
	q, err := x.queryable.Querier(l.start, l.end)
	if err != nil {
		return failed(err)
	}
	list, warnings, err := l.union(r.Context(), q.LabelNames)
	if err != nil {
		_ = q.Close()
		if len(l.sets) > 1 {
			return failed(err)
		}
		return fail(errorExec, err)
	}
	return l.answer(list, warnings, closer(q))
}

func (x *index) values(r *http.Request) result {
	name := r.PathValue("name")
	if strings.HasPrefix(name, "U__") {
		name = model.UnescapeName(name, model.ValueEncodingEscaping)
	}
	if !model.UTF8Validation.IsValidLabelName(name) {
		return fail(errorBadData, fmt.Errorf("invalid label name: %q", name))
	}
	l, refused := x.lookup(r, badSelector)
	if refused != nil {
		return *refused
	}
	q, err := x.queryable.Querier(l.start, l.end)
	if err != nil {
		return fail(errorExec, err)
	}
	list, warnings, err := l.union(r.Context(), func(ctx context.Context, h *storage.LabelHints, ms ...*labels.Matcher) ([]string, annotations.Annotations, error) {
		return q.LabelValues(ctx, name, h, ms...)
	})
	if err != nil {
		_ = q.Close()
		return fail(errorExec, err)
	}
	return l.answer(list, warnings, closer(q))
}

func (x *index) series(r *http.Request) (res result) {
	if err := r.ParseForm(); err != nil {
		return fail(errorBadData, fmt.Errorf("error parsing form values: %w", err))
	}
	if len(r.Form["match[]"]) == 0 {
		return fail(errorBadData, errors.New("no match[] parameter provided"))
	}
	l, refused := x.lookup(r, func(err error) result { return badParameter("match[]", err) })
	if refused != nil {
		return *refused
	}
	q, err := x.queryable.Querier(l.start, l.end)
	if err != nil {
		return failed(err)
	}
	defer func() {
		if res.close == nil {
			_ = q.Close()
		}
	}()
	ctx := r.Context()
	set := l.selectSeries(ctx, q, "series")
	var (
		found    []labels.Labels
		warnings = set.Warnings()
	)
	for set.Next() {
		if len(found)%128 == 127 && ctx.Err() != nil {
			return failed(ctx.Err())
		}
		if l.limit > 0 && len(found) == l.limit {
			warnings.Add(errTruncated)
			break
		}
		found = append(found, set.At().Labels())
	}
	if err := set.Err(); err != nil {
		return failed(err)
	}
	return result{
		data: func(j *jsonWriter) {
			j.beginArray()
			for _, ls := range found {
				j.labels(ls)
				j.flushIfFull()
			}
			j.endArray()
		},
		warnings: warnings,
		close:    closer(q),
	}
}

// selectSeries selects the union of the lookup's sets, without duplicates.
// purpose tells storage that no samples are wanted.
func (l lookup) selectSeries(ctx context.Context, q storage.Querier, purpose string) storage.SeriesSet {
	hints := &storage.SelectHints{Start: l.start, End: l.end, Func: purpose, Limit: hintLimit(l.limit)}
	if len(l.sets) == 1 {
		return q.Select(ctx, false, hints, l.sets[0]...)
	}
	sets := make([]storage.SeriesSet, len(l.sets))
	for i, s := range l.sets {
		sets[i] = q.Select(ctx, true, hints, s...)
	}
	return storage.NewMergeSeriesSet(sets, 0, storage.ChainedSeriesMerge)
}
