package exchange

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sort"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	promstorage "github.com/prometheus/prometheus/storage"
	promtsdb "github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/tsdb/chunks"
	promindex "github.com/prometheus/prometheus/tsdb/index"
	"github.com/prometheus/prometheus/tsdb/tombstones"

	"monopod/internal/tsdb/block"
	"monopod/internal/tsdb/cells"
	"monopod/internal/tsdb/index"
)

// errTooMuch: a slice has more timestamps than are held in memory; it is divided.
var errTooMuch = errors.New("slice is too large")

// reader reads the series of a block of Prometheus, or its head, within a range.
type reader struct {
	index  promtsdb.IndexReader
	chunks promtsdb.ChunkReader
	stones tombstones.Reader
	// targets has the series up: the block itself, or what it is a part of.
	targets promtsdb.BlockReader
	mint    int64
	maxt    int64 // both ends are within
	// read hears of samples that were read.
	read func(samples int)

	builder labels.ScratchBuilder
	metas   []chunks.Meta
	its     []chunkenc.Iterator
	it      chunkenc.Iterator
	// startTimes counts samples that have a start timestamp, which has no place.
	startTimes int64
}

func openReader(b promtsdb.BlockReader, mint, maxt int64, read func(int)) (*reader, error) {
	r := &reader{mint: mint, maxt: maxt, read: read, targets: b}
	if p, ok := b.(headPart); ok {
		r.targets = p.targets
	}
	var err error
	if r.index, err = b.Index(); err != nil {
		return nil, err
	}
	if r.chunks, err = b.Chunks(); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	if r.stones, err = b.Tombstones(); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

// Close gives the block back.
func (r *reader) Close() error {
	var errs []error
	if r.index != nil {
		errs = append(errs, r.index.Close())
	}
	if r.chunks != nil {
		errs = append(errs, r.chunks.Close())
	}
	if r.stones != nil {
		errs = append(errs, r.stones.Close())
	}
	return errors.Join(errs...)
}

// each calls f for the references of all series.
func (r *reader) each(ctx context.Context, f func(ref promstorage.SeriesRef) error) error {
	p, err := r.index.Postings(ctx, allName, allValue)
	if err != nil {
		return err
	}
	for p.Next() {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := f(p.At()); err != nil {
			return err
		}
	}
	return p.Err()
}

var allName, allValue = promindex.AllPostingsKey()

// learnTargets learns the labels of what was scraped from the series up.
func (b *bunches) learnTargets(ctx context.Context, from promtsdb.BlockReader) error {
	ix, err := from.Index()
	if err != nil {
		return err
	}
	defer ix.Close()
	p, err := ix.Postings(ctx, model.MetricNameLabel, "up")
	if err != nil {
		return err
	}
	var builder labels.ScratchBuilder
	var metas []chunks.Meta
	for p.Next() {
		switch err := ix.Series(p.At(), &builder, &metas); {
		case errors.Is(err, promstorage.ErrNotFound):
		case err != nil:
			return fmt.Errorf("series %d: %w", p.At(), err)
		default:
			b.addTarget(builder.Labels())
		}
	}
	return p.Err()
}

// series returns the labels of a series, and finds its chunks. ok is false where
// the head has dropped it meanwhile.
func (r *reader) series(ref promstorage.SeriesRef) (ls labels.Labels, ok bool, err error) {
	err = r.index.Series(ref, &r.builder, &r.metas)
	if errors.Is(err, promstorage.ErrNotFound) {
		return ls, false, nil
	}
	if err != nil {
		return ls, false, fmt.Errorf("series %d: %w", ref, err)
	}
	return r.builder.Labels(), true, nil
}

// samples appends to dst what the chunks found last hold within the range.
func (r *reader) samples(dst *cells.Samples, ref promstorage.SeriesRef) error {
	deleted, err := r.stones.Get(ref)
	if err != nil {
		return err
	}
	metas := slices.DeleteFunc(r.metas, func(m chunks.Meta) bool { return m.MaxTime < r.mint || m.MinTime > r.maxt })
	overlap := false
	for i := 1; i < len(metas); i++ {
		overlap = overlap || metas[i].MinTime <= metas[i-1].MaxTime
	}
	if !overlap {
		for _, m := range metas {
			if r.it, err = r.iterator(m, r.it); err != nil {
				return err
			}
			if err := r.copy(dst, r.it, deleted); err != nil {
				return err
			}
		}
		return nil
	}
	// Chunks that overlap are read as Prometheus reads them.
	r.its = r.its[:0]
	for _, m := range metas {
		it, err := r.iterator(m, nil)
		if err != nil {
			return err
		}
		r.its = append(r.its, it)
	}
	return r.copy(dst, promstorage.ChainSampleIteratorFromIterators(nil, slices.Clone(r.its)), deleted)
}

func (r *reader) iterator(m chunks.Meta, it chunkenc.Iterator) (chunkenc.Iterator, error) {
	c, iterable, err := r.chunks.ChunkOrIterable(m)
	switch {
	case err != nil:
		return nil, fmt.Errorf("chunk %d: %w", m.Ref, err)
	case iterable != nil:
		return iterable.Iterator(it), nil
	}
	return c.Iterator(it), nil
}

func (r *reader) copy(dst *cells.Samples, it chunkenc.Iterator, deleted tombstones.Intervals) error {
	before := dst.Len()
	for kind := it.Next(); kind != chunkenc.ValNone; kind = it.Next() {
		t := it.AtT()
		if t < r.mint {
			continue
		}
		if t > r.maxt {
			break
		}
		for len(deleted) > 0 && deleted[0].Maxt < t {
			deleted = deleted[1:]
		}
		if len(deleted) > 0 && deleted[0].Mint <= t {
			continue
		}
		if it.AtST() != 0 {
			r.startTimes++
		}
		switch kind {
		case chunkenc.ValFloat:
			_, v := it.At()
			dst.AppendFloat(t, v)
		case chunkenc.ValHistogram:
			_, h := it.AtHistogram(nil)
			dst.AppendHist(t, cells.Hist{Int: h})
		case chunkenc.ValFloatHistogram:
			_, h := it.AtFloatHistogram(nil)
			dst.AppendHist(t, cells.Hist{Float: h})
		default:
			return fmt.Errorf("sample of kind %s: %w", kind, ErrNewer)
		}
	}
	r.read(dst.Len() - before)
	return it.Err()
}

// group is a group of the slice.
type group struct {
	refs []promstorage.SeriesRef // of the metrics
}

// input makes the input of a block from what the reader has; ok is false where
// it has nothing. The timestamps are read first, and the values as they are asked
// for. More timestamps than limit are errTooMuch.
func (r *reader) input(ctx context.Context, limit int) (in block.Input, ok bool, err error) {
	b := newBunches()
	if err := b.learnTargets(ctx, r.targets); err != nil {
		return in, false, err
	}
	var buf cells.Samples
	err = r.each(ctx, func(ref promstorage.SeriesRef) error {
		ls, ok, err := r.series(ref)
		if err != nil || !ok {
			return err
		}
		buf.Reset()
		if err := r.samples(&buf, ref); err != nil {
			return fmt.Errorf("%s: %w", ls, err)
		}
		if buf.Len() > 0 {
			b.add(ls, ref, buf.T)
		}
		if b.timestamps > limit {
			return errTooMuch
		}
		return nil
	})
	if err != nil || len(b.bases) == 0 {
		return in, false, err
	}
	groups := b.fill(&in)
	in.Samples = r.supply(&in, groups)
	return in, true, nil
}

// fill brings metrics and groups into the order of labels.
func (b *bunches) fill(in *block.Input) []group {
	order := make([]int, len(b.metrics))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(x, y int) int { return labels.Compare(b.metrics[x], b.metrics[y]) })
	ids := make([]index.MetricID, len(order))
	in.Metrics = make([]labels.Labels, len(order))
	for id, i := range order {
		ids[i] = index.MetricID(id)
		in.Metrics[id] = b.metrics[i]
	}
	slices.SortFunc(b.bases, func(x, y base) int { return labels.Compare(x.labels, y.labels) })
	var groups []group
	for i := range b.bases {
		for _, x := range b.bases[i].bunches {
			slices.SortFunc(x.series, func(m, n member) int { return cmp.Compare(ids[m.metric], ids[n.metric]) })
			g := block.Group{Base: b.bases[i].labels, Segments: segments(x.times)}
			var refs []promstorage.SeriesRef
			for _, m := range x.series {
				g.Metrics = append(g.Metrics, ids[m.metric])
				refs = append(refs, m.ref)
			}
			x.series = nil
			in.Groups = append(in.Groups, g)
			groups = append(groups, group{refs})
		}
	}
	return groups
}

// segments divides timestamps, as equal in length as they go.
func segments(times []int64) [][]int64 {
	n := (len(times) + block.MaxSegmentRows - 1) / block.MaxSegmentRows
	var out [][]int64
	for i := range n {
		out = append(out, times[len(times)*i/n:len(times)*(i+1)/n])
	}
	return out
}

// supply reads a series when its first segment is asked for, and keeps it for the
// others.
func (r *reader) supply(in *block.Input, groups []group) func(*cells.Samples, index.MetricID, index.GroupID, int) error {
	var cur cells.Samples
	at := struct {
		m index.MetricID
		g index.GroupID
	}{m: ^index.MetricID(0)}
	return func(dst *cells.Samples, m index.MetricID, g index.GroupID, segment int) error {
		if at.m != m || at.g != g {
			i, _ := slices.BinarySearch(in.Groups[g].Metrics, m)
			ref := groups[g].refs[i]
			ls, ok, err := r.series(ref)
			if err != nil {
				return err
			}
			if !ok {
				return fmt.Errorf("series %d is gone", ref)
			}
			cur.Reset()
			if err := r.samples(&cur, ref); err != nil {
				return fmt.Errorf("%s: %w", ls, err)
			}
			at.m, at.g = m, g
		}
		times := in.Groups[g].Segments[segment]
		from, _ := slices.BinarySearch(cur.T, times[0])
		last := times[len(times)-1]
		to := sort.Search(len(cur.T), func(i int) bool { return cur.T[i] > last })
		if to > from {
			dst.AppendFrom(&cur, from, to)
		}
		return nil
	}
}
