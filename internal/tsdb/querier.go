package tsdb

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"

	"github.com/prometheus/prometheus/model/labels"
	promstorage "github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/util/annotations"

	"monopod/internal/tsdb/block"
	"monopod/internal/tsdb/index"
)

// querier implements Prometheus's storage.Querier over the head and the blocks
// that overlap its range.
type querier struct {
	db         *DB
	mint, maxt int64
	sources    []source
	aggregates []*block.Reader // that overlap the range
	done       func()
}

// source is an index, and how its groups are read.
type source struct {
	index.Source
	block *block.Reader // nil: the head
}

// Querier implements Prometheus's storage.Queryable.
func (db *DB) Querier(mint, maxt int64) (promstorage.Querier, error) { return db.querier(mint, maxt) }

func (db *DB) querier(mint, maxt int64) (*querier, error) {
	if db.closed.Load() {
		return nil, errClosedForQueries
	}
	q := &querier{db: db, mint: mint, maxt: maxt, done: db.readers.begin()}
	for _, b := range db.blocks() {
		if m := b.Meta(); m.MinTime <= maxt && m.MaxTime >= mint {
			q.sources = append(q.sources, source{Source: b, block: b})
		}
	}
	for _, b := range db.aggregates.all() {
		// What is held goes on for an hour.
		if o := b.Meta().Origin; o.From < maxt && o.To+o.Resolution > mint {
			q.aggregates = append(q.aggregates, b)
		}
	}
	q.sources = append(q.sources, source{Source: db.index})
	return q, nil
}

var errClosedForQueries = errors.New("query: storage is closed")

// Close implements storage.Querier.
func (q *querier) Close() error {
	q.done()
	return nil
}

// Select implements storage.Querier.
func (q *querier) Select(ctx context.Context, sortSeries bool, hints *promstorage.SelectHints, matchers ...*labels.Matcher) promstorage.SeriesSet {
	found, w, err := q.find(ctx, sortSeries, hints, matchers)
	if err != nil {
		return promstorage.ErrSeriesSet(err)
	}
	return &seriesSet{series: found, at: -1, warnings: w}
}

// find returns the series that match, with the places of their samples.
func (q *querier) find(ctx context.Context, sortSeries bool, hints *promstorage.SelectHints, matchers []*labels.Matcher) ([]series, *warnings, error) {
	shared := &query{db: q.db, ctx: ctx, mint: q.mint, maxt: q.maxt, warnings: &warnings{}, cut: math.MinInt64}
	if hints != nil {
		shared.mint, shared.maxt = max(shared.mint, hints.Start), min(shared.maxt, hints.End)
	}
	for _, src := range q.sources {
		if src.block != nil {
			shared.blocks = append(shared.blocks, src.block)
		}
	}
	j := newJoiner(shared)
	var views []*aggregateView
	views, shared.cut = q.aggregateViews(shared, hints)
	for _, v := range views {
		if err := q.selectAggregates(j, v, hints, matchers); err != nil {
			return nil, nil, err
		}
	}
	for _, src := range q.sources {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		if err := q.selectIn(j, src, matchers); err != nil {
			if src.block == nil || !errors.Is(err, block.ErrCorrupt) {
				return nil, nil, fmt.Errorf("select: %w", err)
			}
			shared.warnings.add(q.db.putBlockAside(src.block, err))
		}
	}
	out := j.result()
	if hints != nil && hints.ShardCount > 0 {
		out = slices.DeleteFunc(out, func(s series) bool {
			return labels.StableHash(s.labels)%hints.ShardCount != hints.ShardIndex
		})
	}
	if sortSeries {
		slices.SortFunc(out, func(a, b series) int { return labels.Compare(a.labels, b.labels) })
	}
	if hints != nil && hints.Limit > 0 && len(out) > hints.Limit {
		out = out[:hints.Limit]
	}
	return out, shared.warnings, nil
}

func (q *querier) selectIn(j *joiner, src source, matchers []*labels.Matcher) error {
	hits, err := index.Select(src, matchers)
	if err != nil {
		return err
	}
	for _, hit := range hits {
		if src.block != nil {
			err = j.addBlock(src.block, hit)
		} else {
			err = j.addHead(hit)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// LabelValues implements storage.LabelQuerier.
func (q *querier) LabelValues(ctx context.Context, name string, hints *promstorage.LabelHints, matchers ...*labels.Matcher) ([]string, annotations.Annotations, error) {
	return q.collect(ctx, hints, matchers, func(src source) ([]string, error) {
		if src.block != nil {
			return src.block.LabelValues(name)
		}
		return q.db.index.LabelValues(name), nil
	}, func(ls labels.Labels, add func(string)) {
		if v := ls.Get(name); v != "" {
			add(v)
		}
	})
}

// LabelNames implements storage.LabelQuerier.
func (q *querier) LabelNames(ctx context.Context, hints *promstorage.LabelHints, matchers ...*labels.Matcher) ([]string, annotations.Annotations, error) {
	return q.collect(ctx, hints, matchers, func(src source) ([]string, error) {
		if src.block != nil {
			return src.block.LabelNames(), nil
		}
		return q.db.index.LabelNames(), nil
	}, func(ls labels.Labels, add func(string)) {
		ls.Range(func(l labels.Label) { add(l.Name) })
	})
}

// collect gathers strings of the label sets of matching metrics and groups; all
// of them where there is no matcher.
func (q *querier) collect(ctx context.Context, hints *promstorage.LabelHints, matchers []*labels.Matcher, all func(source) ([]string, error), of func(labels.Labels, func(string))) ([]string, annotations.Annotations, error) {
	var w warnings
	seen := map[string]struct{}{}
	add := func(s string) { seen[s] = struct{}{} }
	for _, src := range q.sources {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		var err error
		if len(matchers) == 0 {
			var values []string
			values, err = all(src)
			for _, v := range values {
				add(v)
			}
		} else {
			err = q.collectMatching(src, matchers, func(ls labels.Labels) { of(ls, add) })
		}
		if err != nil {
			if src.block == nil || !errors.Is(err, block.ErrCorrupt) {
				return nil, nil, fmt.Errorf("labels: %w", err)
			}
			w.add(q.db.putBlockAside(src.block, err))
		}
	}
	out := make([]string, 0, len(seen))
	for s := range seen {
		out = append(out, s)
	}
	slices.Sort(out)
	if hints != nil && hints.Limit > 0 && len(out) > hints.Limit {
		out = out[:hints.Limit]
	}
	return out, w.all(), nil
}

// collectMatching calls f once for each metric and each base that a hit has.
func (q *querier) collectMatching(src source, matchers []*labels.Matcher, f func(labels.Labels)) error {
	hits, err := index.Select(src, matchers)
	if err != nil {
		return err
	}
	metrics := map[index.MetricID]struct{}{}
	var columns []index.Column
	for _, hit := range hits {
		base, err := q.base(src, hit.Group)
		if err != nil {
			return err
		}
		f(base)
		// Groups with equal columns share the slice.
		if len(columns) > 0 && len(columns) == len(hit.Columns) && &columns[0] == &hit.Columns[0] {
			continue
		}
		columns = hit.Columns
		for _, c := range columns {
			if _, seen := metrics[c.Metric]; seen {
				continue
			}
			metrics[c.Metric] = struct{}{}
			ls, err := q.metric(src, c.Metric)
			if err != nil {
				return err
			}
			f(ls)
		}
	}
	return nil
}

func (q *querier) base(src source, id index.GroupID) (labels.Labels, error) {
	if src.block == nil {
		base, _, _ := q.db.index.Group(id)
		return base, nil
	}
	g, err := src.block.Group(id)
	if err != nil {
		return labels.EmptyLabels(), err
	}
	return g.Base, nil
}

func (q *querier) metric(src source, id index.MetricID) (labels.Labels, error) {
	if src.block == nil {
		ls, _ := q.db.index.MetricLabels(id)
		return ls, nil
	}
	return src.block.MetricLabels(id)
}

// seriesSet implements storage.SeriesSet.
type seriesSet struct {
	series   []series
	at       int
	warnings *warnings
}

func (s *seriesSet) Next() bool {
	s.at++
	return s.at < len(s.series)
}

func (s *seriesSet) At() promstorage.Series            { return &s.series[s.at] }
func (s *seriesSet) Err() error                        { return nil }
func (s *seriesSet) Warnings() annotations.Annotations { return s.warnings.all() }

// warnings is what a query leaves out, for the one who asked. Iterators of one
// selection may be read by many goroutines.
type warnings struct {
	mu  sync.Mutex
	set annotations.Annotations
}

func (w *warnings) add(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.set = w.set.Add(err)
}

func (w *warnings) all() annotations.Annotations {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out annotations.Annotations
	return out.Merge(w.set)
}
