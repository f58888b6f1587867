package tsdb

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"

	"monopod/internal/tsdb/block"
	"monopod/internal/tsdb/cells"
	"monopod/internal/tsdb/index"
)

// aggregateInput makes a block of aggregates of what the blocks have in a span. It
// has the series of one metric name at a time, and the windows of one metric.
type aggregateInput struct {
	query  *query
	length int64

	metrics, bases     interner
	metricAt, baseAt   []int    // in the order of labels, of the interners' numbers
	metricSet, baseSet []uint32 // and back
	ends               []int64

	loaded bool
	name   string
	series map[[2]uint32]*series
	metric int
	done   map[index.GroupID][]window
}

func (db *DB) aggregateInput(ctx context.Context, s span, blocks []*block.Reader) (block.Input, error) {
	a := &aggregateInput{length: s.length, metric: -1}
	a.query = &query{db: db, ctx: ctx, mint: s.from + 1, maxt: s.to, blocks: blocks, warnings: &warnings{}, cut: math.MinInt64}
	for end := s.from + s.length; end <= s.to; end += s.length {
		a.ends = append(a.ends, end)
	}
	names, err := a.names()
	if err != nil {
		return block.Input{}, err
	}
	var held [][]uint32 // metrics, by base
	for _, name := range names {
		found, err := a.find(name)
		if err != nil {
			return block.Input{}, err
		}
		for i := range found {
			m, g := a.metrics.number(found[i].metric), a.bases.number(found[i].base)
			for int(g) >= len(held) {
				held = append(held, nil)
			}
			held[g] = append(held[g], m)
		}
	}
	a.metricSet, a.metricAt = inLabelOrder(a.metrics.sets)
	a.baseSet, a.baseAt = inLabelOrder(a.bases.sets)
	return a.input(held), nil
}

// inLabelOrder returns the numbers of label sets in their order, and the place of
// each there.
func inLabelOrder(sets []labels.Labels) (order []uint32, at []int) {
	order, at = make([]uint32, len(sets)), make([]int, len(sets))
	for i := range order {
		order[i] = uint32(i)
	}
	slices.SortFunc(order, func(x, y uint32) int {
		return labels.Compare(withAggregate(sets[x], ""), withAggregate(sets[y], ""))
	})
	for i, n := range order {
		at[n] = i
	}
	return order, at
}

// withAggregate adds the label of an aggregate behind the others.
func withAggregate(ls labels.Labels, name string) labels.Labels {
	b := labels.NewScratchBuilder(ls.Len() + 1)
	ls.Range(func(l labels.Label) { b.Add(l.Name, l.Value) })
	b.Add(aggregateLabel, name)
	return b.Labels()
}

// withoutAggregate takes it away.
func withoutAggregate(ls labels.Labels) labels.Labels {
	b := labels.NewScratchBuilder(ls.Len())
	ls.Range(func(l labels.Label) {
		if l.Name != aggregateLabel {
			b.Add(l.Name, l.Value)
		}
	})
	return b.Labels()
}

func (a *aggregateInput) input(held [][]uint32) block.Input {
	in := block.Input{Samples: a.samples}
	for _, n := range a.metricSet {
		for _, name := range aggregateNames {
			in.Metrics = append(in.Metrics, withAggregate(a.metrics.sets[n], name))
		}
	}
	for _, n := range a.baseSet {
		g := block.Group{Base: a.bases.sets[n], Kind: byte(rowGroup), Segments: [][]int64{a.ends}}
		for _, m := range held[n] {
			for k := range aggregates {
				g.Metrics = append(g.Metrics, index.MetricID(a.metricAt[m]*aggregates+k))
			}
		}
		slices.Sort(g.Metrics)
		in.Groups = append(in.Groups, g)
	}
	return in
}

// names is the metric names in the blocks, and that of series without one.
func (a *aggregateInput) names() ([]string, error) {
	seen := map[string]bool{"": true}
	out := []string{""}
	for _, b := range a.query.blocks {
		values, err := b.LabelValues(model.MetricNameLabel)
		if err != nil {
			return nil, a.damaged(b, err)
		}
		for _, v := range values {
			if !seen[v] {
				seen[v] = true
				out = append(out, v)
			}
		}
	}
	slices.Sort(out)
	return out, nil
}

// find returns the series of a name that may have samples in the span.
func (a *aggregateInput) find(name string) ([]series, error) {
	if err := a.query.ctx.Err(); err != nil {
		return nil, err
	}
	m, err := labels.NewMatcher(labels.MatchEqual, model.MetricNameLabel, name)
	if err != nil {
		return nil, err
	}
	j := newJoiner(a.query)
	for _, b := range a.query.blocks {
		hits, err := index.Select(b, []*labels.Matcher{m})
		for i := 0; err == nil && i < len(hits); i++ {
			err = j.addBlock(b, hits[i])
		}
		if err != nil {
			return nil, a.damaged(b, err)
		}
	}
	return j.result(), nil
}

// damaged puts a block aside whose index is; the next attempt goes without it.
func (a *aggregateInput) damaged(b *block.Reader, err error) error {
	if errors.Is(err, block.ErrCorrupt) {
		_ = a.query.db.putBlockAside(b, err)
	}
	return fmt.Errorf("aggregate block %s: %w", b.Dir(), err)
}

// samples implements block.Input.Samples.
func (a *aggregateInput) samples(dst *cells.Samples, m index.MetricID, g index.GroupID, _ int) error {
	windows, err := a.windows(int(m)/aggregates, g)
	for i := range windows {
		dst.AppendFloat(windows[i].end, windows[i].values[int(m)%aggregates])
	}
	return err
}

// windows is those of a series, by the numbers of metric and group in the block.
func (a *aggregateInput) windows(metric int, g index.GroupID) ([]window, error) {
	if a.metric != metric {
		a.metric, a.done = metric, map[index.GroupID][]window{}
	}
	if w, ok := a.done[g]; ok {
		return w, nil
	}
	key := [2]uint32{a.metricSet[metric], a.baseSet[g]}
	name := cmp.Or(a.metrics.sets[key[0]].Get(model.MetricNameLabel), a.bases.sets[key[1]].Get(model.MetricNameLabel))
	if !a.loaded || a.name != name {
		found, err := a.find(name)
		if err != nil {
			return nil, err
		}
		a.loaded, a.name, a.series = true, name, make(map[[2]uint32]*series, len(found))
		for i := range found {
			a.series[[2]uint32{a.metrics.number(found[i].metric), a.bases.number(found[i].base)}] = &found[i]
		}
	}
	s := a.series[key]
	if s == nil {
		return nil, nil
	}
	w, err := aggregate(nil, s.Iterator(nil), a.length)
	if err != nil {
		return nil, fmt.Errorf("aggregate %s: %w", s.labels, err)
	}
	a.done[g] = w
	return w, nil
}
