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
// with timestamps of their own. A reference is the id of a set, and in the upper
// half the column of the series.
type appender struct {
	db     *DB
	ctx    context.Context
	at     times
	batch  storage.Batch
	series []*stamped // of the samples
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
	return &appender{db: db, ctx: ctx, at: db.times()}
}

func refOf(s *stamped) promstorage.SeriesRef {
	return promstorage.SeriesRef(s.set.id) | promstorage.SeriesRef(s.column)<<32
}

func (db *DB) seriesOf(ref promstorage.SeriesRef) *stamped {
	if x := db.registry.set(index.GroupID(ref)); x != nil {
		return x.at(uint32(ref >> 32))
	}
	return nil
}

// find returns the series of a reference, or of the labels.
func (a *appender) find(ref promstorage.SeriesRef, ls labels.Labels) (*stamped, error) {
	if s := a.db.seriesOf(ref); s != nil {
		return s, nil
	}
	ls = ls.WithoutEmpty()
	if ls.IsEmpty() {
		return nil, fmt.Errorf("append a sample without labels: %w", promtsdb.ErrInvalidSample)
	}
	if name, dup := ls.HasDuplicateLabelNames(); dup {
		return nil, fmt.Errorf("append a sample whose label %q is there twice: %w", name, promtsdb.ErrInvalidSample)
	}
	return a.db.stampedSeries(ls), nil
}

// append judges a sample against what is stored, as Prometheus does, and again
// when it is committed.
func (a *appender) append(ref promstorage.SeriesRef, sample storage.Sample) (promstorage.SeriesRef, error) {
	if err := validate(cells.Hist{Int: sample.Int, Float: sample.Float}); err != nil {
		return 0, err
	}
	s, err := a.find(ref, sample.Labels)
	if err != nil {
		return 0, err
	}
	sample.Labels, sample.Series = labels.EmptyLabels(), s
	if err := a.judge(s, &sample); err != nil {
		a.db.metrics.refused(err)
		return 0, err
	}
	a.batch.Samples = append(a.batch.Samples, sample)
	a.series = append(a.series, s)
	return refOf(s), nil
}

func (a *appender) judge(s *stamped, sample *storage.Sample) error {
	lane := &a.db.registry.lanes[s.set.lane]
	lane.Lock()
	defer lane.Unlock()
	if a.db.tooFar(sample.T) {
		return storage.ErrOutOfBounds
	}
	if !s.has {
		a.db.restoreLast(s)
	}
	last := s.last()
	_, _, err := last.follows(sample, a.at)
	return err
}

func (a *appender) exemplar(ref promstorage.SeriesRef, ls labels.Labels, e exemplar.Exemplar) (promstorage.SeriesRef, error) {
	if s := a.db.seriesOf(ref); s != nil {
		ls = s.SeriesLabels()
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
	return a.db.write(a.ctx, &a.batch, a.series, false, a.at)
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

func (a *appenderV2) Append(ref promstorage.SeriesRef, ls labels.Labels, st, t int64, v float64, h *histogram.Histogram, fh *histogram.FloatHistogram, o promstorage.AppendV2Options) (promstorage.SeriesRef, error) {
	ref, err := a.append(ref, storage.Sample{Labels: ls, T: t, Start: st, V: v, Int: h, Float: fh})
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
