package httpapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/timestamp"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"google.golang.org/protobuf/proto"
)

// federation answers /federate: the newest sample of each selected series, as
// an exposition that another server scrapes.
type federation struct {
	logger    *slog.Logger
	queryable storage.Queryable
	parser    parser.Parser
	config    ConfigSource
	lookback  time.Duration
	now       func() time.Time

	errors, warnings prometheus.Counter
}

func newFederation(o *Options) *federation {
	f := &federation{
		logger: o.Logger, queryable: o.Queryable, parser: o.Parser, config: o.Config,
		lookback: o.LookbackDelta, now: o.Now,
		errors: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "prometheus_web_federation_errors_total",
			Help: "Total number of errors that occurred while sending federation responses.",
		}),
		warnings: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "prometheus_web_federation_warnings_total",
			Help: "Total number of warnings that occurred while sending federation responses.",
		}),
	}
	if o.Registerer != nil {
		o.Registerer.MustRegister(f.errors, f.warnings)
	}
	return f
}

func (f *federation) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		http.Error(w, fmt.Sprintf("error parsing form values: %v", err), http.StatusBadRequest)
		return
	}
	sets, err := f.parser.ParseMetricSelectors(r.Form["match[]"])
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	now := f.now()
	vector, warnings, err := f.newest(r.Context(), sets, timestamp.FromTime(now.Add(-f.lookback)), timestamp.FromTime(now))
	f.warnings.Add(float64(warnings))
	if err != nil {
		f.errors.Inc()
		code := http.StatusInternalServerError
		if errors.Is(err, ErrNotReady) {
			code = http.StatusServiceUnavailable
		}
		http.Error(w, err.Error(), code)
		return
	}
	format := expfmt.Negotiate(r.Header)
	w.Header().Set("Content-Type", string(format))
	e := exposition{
		enc:      expfmt.NewEncoder(w, format),
		protobuf: strings.HasPrefix(string(format), expfmt.ProtoType),
		external: externalLabels(f.config),
	}
	nameless := 0
	for i := range vector {
		named, err := e.add(&vector[i])
		if err != nil {
			f.errors.Inc()
			f.logger.Error("federation failed", "err", err)
			return
		}
		if !named {
			nameless++
		}
	}
	if err := e.flush(); err != nil {
		f.errors.Inc()
		f.logger.Error("federation failed", "err", err)
	}
	if nameless > 0 {
		f.logger.Warn("federation left out series without a name", "series", nameless)
	}
}

// newest selects the newest sample from mint to maxt of each series, sorted by
// name. Stale series are left out, since expositions have no stale marker.
func (f *federation) newest(ctx context.Context, sets [][]*labels.Matcher, mint, maxt int64) (promql.Vector, int, error) {
	q, err := f.queryable.Querier(mint, maxt)
	if err != nil {
		return nil, 0, err
	}
	defer q.Close()
	hints := &storage.SelectHints{Start: mint, End: maxt}
	selected := make([]storage.SeriesSet, len(sets))
	for i, s := range sets {
		selected[i] = q.Select(ctx, true, hints, s...)
	}
	set := storage.NewMergeSeriesSet(selected, 0, storage.ChainedSeriesMerge)
	var (
		vector promql.Vector
		it     chunkenc.Iterator
		buffer = storage.NewBuffer(f.lookback.Milliseconds())
	)
	for set.Next() {
		series := set.At()
		it = series.Iterator(it)
		buffer.Reset(it)
		s, ok := newestSample(buffer, maxt)
		if !ok || value.IsStaleNaN(s.F) || s.H != nil && value.IsStaleNaN(s.H.Sum) {
			continue
		}
		s.Metric = series.Labels().Copy() // outlives the querier
		vector = append(vector, s)
	}
	if err := set.Err(); err != nil {
		return nil, len(set.Warnings()), err
	}
	// Equal names keep their order, which is that of the labels.
	slices.SortStableFunc(vector, func(a, b promql.Sample) int {
		return strings.Compare(a.Metric.Get(model.MetricNameLabel), b.Metric.Get(model.MetricNameLabel))
	})
	return vector, len(set.Warnings()), nil
}

func newestSample(it *storage.BufferedSeriesIterator, maxt int64) (s promql.Sample, ok bool) {
	switch it.Seek(maxt) {
	case chunkenc.ValFloat:
		s.T, s.F = it.At()
		return s, true
	case chunkenc.ValHistogram, chunkenc.ValFloatHistogram:
		s.T, s.H = it.AtFloatHistogram(nil)
		return s, true
	}
	before, ok := it.PeekBack(1)
	if !ok {
		return s, false
	}
	s.T = before.T()
	switch before.Type() {
	case chunkenc.ValFloat:
		s.F = before.F()
	case chunkenc.ValHistogram:
		s.H = before.H().ToFloat(nil)
	case chunkenc.ValFloatHistogram:
		s.H = before.FH()
	default:
		return s, false
	}
	return s, true
}

// externalLabels are those that every federated sample gets where it has none
// of that name; instance is among them, so that the scraping server does not
// put its own there.
func externalLabels(c ConfigSource) []*dto.LabelPair {
	b := labels.NewScratchBuilder(8)
	ls := labels.EmptyLabels()
	if c != nil {
		ls = c.ExternalLabels()
	}
	ls.Range(func(l labels.Label) { b.Add(l.Name, l.Value) })
	if !ls.Has(model.InstanceLabel) {
		b.Add(model.InstanceLabel, "")
	}
	b.Sort()
	var pairs []*dto.LabelPair
	b.Labels().Range(func(l labels.Label) { pairs = append(pairs, labelPair(l.Name, l.Value)) })
	return pairs
}

func labelPair(name, value string) *dto.LabelPair {
	return &dto.LabelPair{Name: proto.String(name), Value: proto.String(value)}
}

// exposition writes samples as metric families. A family ends where the name
// or the kind of sample changes, so a name may have several.
type exposition struct {
	enc      expfmt.Encoder
	protobuf bool
	external []*dto.LabelPair
	family   *dto.MetricFamily
}

// add writes a sample; named is false when it has no name, and is left out.
func (e *exposition) add(s *promql.Sample) (named bool, err error) {
	if s.H != nil && !e.protobuf && !s.H.UsesCustomBuckets() {
		return true, nil // text has no native histograms
	}
	name := s.Metric.Get(model.MetricNameLabel)
	if name == "" {
		return false, nil
	}
	kind := dto.MetricType_UNTYPED
	if s.H != nil {
		kind = dto.MetricType_HISTOGRAM
		if s.H.CounterResetHint == histogram.GaugeType {
			kind = dto.MetricType_GAUGE_HISTOGRAM
		}
	}
	if e.family == nil || e.family.GetName() != name || e.family.GetType() != kind {
		if err := e.flush(); err != nil {
			return true, err
		}
		e.family = &dto.MetricFamily{Name: proto.String(name), Type: kind.Enum()}
	}
	m := &dto.Metric{TimestampMs: proto.Int64(s.T)}
	s.Metric.Range(func(l labels.Label) {
		if l.Name != model.MetricNameLabel && l.Value != "" {
			m.Label = append(m.Label, labelPair(l.Name, l.Value))
		}
	})
	own := len(m.Label)
	for _, p := range e.external {
		if !slices.ContainsFunc(m.Label[:own], func(o *dto.LabelPair) bool { return o.GetName() == p.GetName() }) {
			m.Label = append(m.Label, p)
		}
	}
	switch {
	case s.H == nil:
		m.Untyped = &dto.Untyped{Value: proto.Float64(s.F)}
	case s.H.UsesCustomBuckets():
		m.Histogram = classicHistogram(s.H)
	default:
		m.Histogram = nativeHistogram(s.H)
	}
	e.family.Metric = append(e.family.Metric, m)
	return true, nil
}

func (e *exposition) flush() error {
	if e.family == nil {
		return nil
	}
	f := e.family
	e.family = nil
	return e.enc.Encode(f)
}

func nativeHistogram(h *histogram.FloatHistogram) *dto.Histogram {
	return &dto.Histogram{
		SampleCountFloat: proto.Float64(h.Count),
		SampleSum:        proto.Float64(h.Sum),
		Schema:           proto.Int32(h.Schema),
		ZeroThreshold:    proto.Float64(h.ZeroThreshold),
		ZeroCountFloat:   proto.Float64(h.ZeroCount),
		NegativeSpan:     bucketSpans(h.NegativeSpans),
		NegativeCount:    h.NegativeBuckets,
		PositiveSpan:     bucketSpans(h.PositiveSpans),
		PositiveCount:    h.PositiveBuckets,
	}
}

func bucketSpans(spans []histogram.Span) []*dto.BucketSpan {
	var out []*dto.BucketSpan
	for _, s := range spans {
		out = append(out, &dto.BucketSpan{Offset: proto.Int32(s.Offset), Length: proto.Uint32(s.Length)})
	}
	return out
}

// classicHistogram is a histogram with custom bounds as cumulative buckets. The
// encoders add the one to infinity.
func classicHistogram(h *histogram.FloatHistogram) *dto.Histogram {
	out := &dto.Histogram{SampleCountFloat: proto.Float64(h.Count), SampleSum: proto.Float64(h.Sum)}
	counts := make([]float64, len(h.CustomValues)+1)
	for it := h.PositiveBucketIterator(); it.Next(); {
		if b := it.At(); int(b.Index) < len(counts) {
			counts[b.Index] = b.Count
		}
	}
	sum := 0.0
	for i, bound := range h.CustomValues {
		sum += counts[i]
		out.Bucket = append(out.Bucket, &dto.Bucket{UpperBound: proto.Float64(bound), CumulativeCountFloat: proto.Float64(sum)})
	}
	return out
}
