package tsdb

import (
	"context"
	"errors"
	"fmt"

	"github.com/prometheus/prometheus/model/exemplar"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/metadata"
	promstorage "github.com/prometheus/prometheus/storage"
	promtsdb "github.com/prometheus/prometheus/tsdb"

	"monopod/internal/storage"
	"monopod/internal/tsdb/cells"
	"monopod/internal/tsdb/index"
)

// appender implements Prometheus's two generations of appenders over samples
// with timestamps of their own. References are group ids.
type appender struct {
	db     *DB
	ctx    context.Context
	oldest int64
	batch  storage.Batch
	groups []*group // of the samples
	done   bool
}

// Appender implements Prometheus's storage.Appendable.
func (db *DB) Appender(ctx context.Context) promstorage.Appender {
	return &appenderV1{db.newAppender(ctx)}
}

// AppenderV2 implements Prometheus's storage.AppendableV2.
func (db *DB) AppenderV2(ctx context.Context) promstorage.AppenderV2 {
	return &appenderV2{db.newAppender(ctx)}
}

func (db *DB) newAppender(ctx context.Context) *appender {
	return &appender{db: db, ctx: ctx, oldest: db.head.oldest(db.blockMillis)}
}

// series returns the group of a reference, or of the labels.
func (a *appender) series(ref promstorage.SeriesRef, ls labels.Labels) (*group, labels.Labels, error) {
	if g := a.db.head.group(index.GroupID(ref)); g != nil && ref>>32 == 0 && g.kind == sampleGroup {
		return g, g.base, nil
	}
	ls = ls.WithoutEmpty()
	if ls.IsEmpty() {
		return nil, ls, fmt.Errorf("append a sample without labels: %w", promtsdb.ErrInvalidSample)
	}
	if name, dup := ls.HasDuplicateLabelNames(); dup {
		return nil, ls, fmt.Errorf("append a sample whose label %q is there twice: %w", name, promtsdb.ErrInvalidSample)
	}
	a.db.late.Lock()
	defer a.db.late.Unlock()
	g := a.db.seriesGroup(ls)
	return g, g.base, nil
}

// append judges a sample against what is stored, as Prometheus does, and again
// when it is committed.
func (a *appender) append(ref promstorage.SeriesRef, s storage.Sample) (promstorage.SeriesRef, error) {
	if err := validate(cells.Hist{Int: s.Int, Float: s.Float}); err != nil {
		return 0, err
	}
	g, ls, err := a.series(ref, s.Labels)
	if err != nil {
		return 0, err
	}
	s.Labels = ls
	if err := a.judge(g, &s); err != nil {
		a.db.metrics.refused(err)
		return 0, err
	}
	a.batch.Samples = append(a.batch.Samples, s)
	a.groups = append(a.groups, g)
	return promstorage.SeriesRef(g.id), nil
}

func (a *appender) judge(g *group, s *storage.Sample) error {
	a.db.late.Lock()
	defer a.db.late.Unlock()
	if a.db.tooFar(s.T) {
		return storage.ErrOutOfBounds
	}
	if !g.late.has {
		a.db.restoreLast(g)
	}
	_, err := g.late.follows(s, a.oldest)
	return err
}

func (a *appender) exemplar(ref promstorage.SeriesRef, ls labels.Labels, e exemplar.Exemplar) (promstorage.SeriesRef, error) {
	if g := a.db.head.group(index.GroupID(ref)); g != nil && ref>>32 == 0 {
		ls = g.base
	}
	switch err := a.db.exemplars.ring.ValidateExemplar(ls, e); {
	case errors.Is(err, promstorage.ErrDuplicateExemplar):
		return ref, nil
	case err != nil:
		return 0, err
	}
	a.batch.Exemplars = append(a.batch.Exemplars, storage.Exemplar{Labels: ls, Exemplar: e})
	return ref, nil
}

// Commit stores all of it, or returns an error. A sample that another one
// overtook since it was judged is left out and counted, as in Prometheus.
func (a *appender) Commit() error {
	if a.done {
		return promtsdb.ErrAppenderClosed
	}
	a.done = true
	samples := make([]lateSample, len(a.batch.Samples))
	for i := range samples {
		samples[i] = lateSample{sample: &a.batch.Samples[i], g: a.groups[i]}
	}
	return a.db.write(a.ctx, &a.batch, samples, false, a.oldest)
}

// Rollback implements storage.AppenderTransaction.
func (a *appender) Rollback() error {
	if a.done {
		return promtsdb.ErrAppenderClosed
	}
	a.done = true
	return nil
}

type appenderV1 struct{ *appender }

func (a *appenderV1) SetOptions(*promstorage.AppendOptions) {}

func (a *appenderV1) Append(ref promstorage.SeriesRef, ls labels.Labels, t int64, v float64) (promstorage.SeriesRef, error) {
	return a.append(ref, storage.Sample{Labels: ls, T: t, V: v})
}

func (a *appenderV1) AppendHistogram(ref promstorage.SeriesRef, ls labels.Labels, t int64, h *histogram.Histogram, fh *histogram.FloatHistogram) (promstorage.SeriesRef, error) {
	return a.append(ref, storage.Sample{Labels: ls, T: t, Int: h, Float: fh})
}

func (a *appenderV1) AppendExemplar(ref promstorage.SeriesRef, ls labels.Labels, e exemplar.Exemplar) (promstorage.SeriesRef, error) {
	return a.exemplar(ref, ls, e)
}

func (a *appenderV1) AppendSTZeroSample(ref promstorage.SeriesRef, ls labels.Labels, t, st int64) (promstorage.SeriesRef, error) {
	return a.startZero(ref, storage.Sample{Labels: ls, T: st}, t)
}

func (a *appenderV1) AppendHistogramSTZeroSample(ref promstorage.SeriesRef, ls labels.Labels, t, st int64, h *histogram.Histogram, fh *histogram.FloatHistogram) (promstorage.SeriesRef, error) {
	zero := storage.Sample{Labels: ls, T: st}
	switch {
	case h != nil:
		zero.Int = &histogram.Histogram{Schema: h.Schema, ZeroThreshold: h.ZeroThreshold, CustomValues: h.CustomValues, CounterResetHint: histogram.CounterReset}
	case fh != nil:
		zero.Float = &histogram.FloatHistogram{Schema: fh.Schema, ZeroThreshold: fh.ZeroThreshold, CustomValues: fh.CustomValues, CounterResetHint: histogram.CounterReset}
	}
	return a.startZero(ref, zero, t)
}

// startZero appends the zero at which a counter started, where no sample of the
// series is at or after it.
func (a *appenderV1) startZero(ref promstorage.SeriesRef, zero storage.Sample, t int64) (promstorage.SeriesRef, error) {
	if zero.T >= t {
		return 0, promstorage.ErrSTNewerThanSample
	}
	out, err := a.append(ref, zero)
	if errors.Is(err, storage.ErrOutOfOrder) || errors.Is(err, storage.ErrDuplicateTimestamp) {
		return ref, promstorage.ErrOutOfOrderST
	}
	return out, err
}

// UpdateMetadata takes metadata, which is the scraper's to keep, and not stored.
func (a *appenderV1) UpdateMetadata(ref promstorage.SeriesRef, _ labels.Labels, _ metadata.Metadata) (promstorage.SeriesRef, error) {
	return ref, nil
}

type appenderV2 struct{ *appender }

func (a *appenderV2) Append(ref promstorage.SeriesRef, ls labels.Labels, _, t int64, v float64, h *histogram.Histogram, fh *histogram.FloatHistogram, o promstorage.AppendV2Options) (promstorage.SeriesRef, error) {
	ref, err := a.append(ref, storage.Sample{Labels: ls, T: t, V: v, Int: h, Float: fh})
	if err != nil {
		return ref, err
	}
	var partial promstorage.AppendPartialError
	for _, e := range o.Exemplars {
		if _, err := a.exemplar(ref, ls, e); err != nil && !errors.Is(err, promstorage.ErrExemplarsDisabled) {
			partial.ExemplarErrors = append(partial.ExemplarErrors, err)
		}
	}
	return ref, partial.ToError()
}
