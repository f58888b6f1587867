package remote

import (
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	promstorage "github.com/prometheus/prometheus/storage"
)

// targetInfo is the metric that the translation makes of a resource's attributes.
const targetInfo = "target_info"

// translated is an intake as the appender that the translation of OTLP writes
// to. Nothing is stored by it: the handler does that.
type translated struct{ in *intake }

// Append implements storage.AppenderV2. It returns an error only where the
// message is refused as a whole.
func (a translated) Append(_ promstorage.SeriesRef, ls labels.Labels, st, t int64, v float64, h *histogram.Histogram, fh *histogram.FloatHistogram, o promstorage.AppendV2Options) (promstorage.SeriesRef, error) {
	in := a.in
	in.begin()
	if ls.Get(model.MetricNameLabel) == targetInfo {
		if in.infos++; in.infos > maxInfos {
			return 0, errTooLong
		}
		if t <= in.latest {
			in.derived = append(in.derived, len(in.batch.Samples))
		}
	}
	if h != nil || fh != nil {
		in.histogram(t, h, fh)
	} else {
		in.sample(t, v)
	}
	in.started(st) // the only one of the series
	for _, e := range o.Exemplars {
		in.exemplar(e)
	}
	if in.full() {
		return 0, errTooMany
	}
	in.endAs(ls)
	return 0, nil
}

// Commit implements storage.AppenderTransaction.
func (translated) Commit() error { return nil }

// Rollback implements storage.AppenderTransaction.
func (translated) Rollback() error { return nil }
