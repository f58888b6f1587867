package remote

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"mime"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	promconfig "github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/storage/remote/otlptranslator/prometheusremotewrite"
	"github.com/prometheus/prometheus/util/annotations"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pmetric/pmetricotlp"

	"monopod/internal/storage"
)

// OTLPOptions configure the receiver of OTLP metrics. Writer and Config are
// needed.
type OTLPOptions struct {
	Logger     *slog.Logger
	Registerer prometheus.Registerer
	Writer     storage.Writer
	// Config is the section otlp of the configuration, as it is now.
	Config func() promconfig.OTLPConfig
	// LookbackDelta is that of queries: target_info has a sample often enough for
	// them to find it.
	LookbackDelta time.Duration
	// TypeAndUnitLabels gives series the labels __type__ and __unit__.
	TypeAndUnitLabels bool
	// DeltaToCumulative adds deltas up; NativeDelta stores them as they are. With
	// neither, deltas are refused; both at once cannot be.
	DeltaToCumulative, NativeDelta bool
	Now                            func() time.Time // default time.Now
}

// OTLPHandler answers POST /api/v1/otlp/v1/metrics.
type OTLPHandler struct {
	o        OTLPOptions
	logger   *slog.Logger
	metrics  *metrics
	warnings *prometheus.CounterVec
	deltas   *accumulator // nil where deltas are not added up
}

// NewOTLPHandler returns the receiver of OTLP metrics in protobuf and JSON,
// plain or gzip. Close ends it.
//
//	200  all was stored; or a part, and partial_success in the answer tells what
//	     was refused
//	400  the message cannot be read, or nothing of it could be stored
//	413  the message is too large
//	415  another content type or compression
//	499, 500, 503  as for remote write
func NewOTLPHandler(o OTLPOptions) (*OTLPHandler, error) {
	if o.Writer == nil || o.Config == nil {
		return nil, errors.New("OTLP receiver: needs a writer and a configuration")
	}
	if o.DeltaToCumulative && o.NativeDelta {
		return nil, errors.New("OTLP receiver: deltas are either added up or stored as they are, not both")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	h := &OTLPHandler{
		o: o, logger: orDiscard(o.Logger),
		warnings: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: "prometheus", Subsystem: "api", Name: "otlp_translation_warnings_total",
			Help: "Warnings of the translation of OTLP metrics, by category.",
		}, []string{"category"}),
	}
	var err error
	if h.metrics, err = newMetrics(o.Registerer, "otlp"); err != nil {
		return nil, fmt.Errorf("OTLP receiver: %w", err)
	}
	if o.Registerer != nil {
		if err := o.Registerer.Register(h.warnings); err != nil {
			return nil, fmt.Errorf("OTLP receiver: register metrics: %w", err)
		}
	}
	if o.DeltaToCumulative {
		if h.deltas, err = newAccumulator(); err != nil {
			return nil, fmt.Errorf("OTLP receiver: %w", err)
		}
	}
	return h, nil
}

// Close ends what the handler runs.
func (h *OTLPHandler) Close() error {
	if h.deltas == nil {
		return nil
	}
	return h.deltas.close()
}

func (h *OTLPHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	in := newIntake(h.o.Now())
	defer in.release()
	b := bufferPool.Get().(*buffers)
	defer b.release()
	codec, bad := codecOf(r)
	if bad == nil {
		bad = h.take(w, r, codec, in, b)
	}
	h.metrics.count(in)
	if bad == nil && in.refusals.beside() > 0 && in.written == (counts{}) {
		bad = badRequest(errors.New(in.refusals.String()))
	}
	if bad != nil {
		if bad.code >= http.StatusInternalServerError {
			h.logger.Error("OTLP metrics were not stored", "sender", r.RemoteAddr, "err", bad.err)
		}
		http.Error(w, bad.Error(), bad.code)
		return
	}
	answer := pmetricotlp.NewExportResponse()
	if in.refusals.any() {
		answer.PartialSuccess().SetRejectedDataPoints(int64(in.refusals.beside()))
		answer.PartialSuccess().SetErrorMessage(in.refusals.String())
	}
	body, err := codec.answer(answer)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", codec.contentType)
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(body) // a sender that went away asks again
}

// codec is one of the two encodings of OTLP.
type codec struct {
	contentType string
	request     func(pmetricotlp.ExportRequest, []byte) error
	answer      func(pmetricotlp.ExportResponse) ([]byte, error)
}

var codecs = []codec{
	{"application/x-protobuf", pmetricotlp.ExportRequest.UnmarshalProto, pmetricotlp.ExportResponse.MarshalProto},
	{"application/json", pmetricotlp.ExportRequest.UnmarshalJSON, pmetricotlp.ExportResponse.MarshalJSON},
}

func codecOf(r *http.Request) (codec, *httpError) {
	given := r.Header.Get("Content-Type")
	typ, _, err := mime.ParseMediaType(given)
	for _, c := range codecs {
		if err == nil && typ == c.contentType {
			return c, nil
		}
	}
	return codec{}, &httpError{http.StatusUnsupportedMediaType,
		fmt.Errorf("unsupported content type: %q, supported: [application/json, application/x-protobuf]", given)}
}

// take reads the body, translates and stores it.
func (h *OTLPHandler) take(w http.ResponseWriter, r *http.Request, c codec, in *intake, b *buffers) *httpError {
	message, bad := b.ungzip(w, r)
	if bad != nil {
		return bad
	}
	request := pmetricotlp.NewExportRequest()
	if err := c.request(request, message); err != nil {
		return badRequest(fmt.Errorf("decode OTLP metrics: %w", err))
	}
	metrics := request.Metrics()
	if h.deltas != nil && hasDeltas(metrics) {
		var err error
		if metrics, err = h.deltas.add(r.Context(), metrics); err != nil {
			return badRequest(fmt.Errorf("add up deltas: %w", err))
		}
	}
	if err := h.translate(r.Context(), in, metrics); err != nil {
		return err
	}
	return in.storeFor(r.Context(), h.o.Writer)
}

// ungzip returns the body, decompressed where it is not plain.
func (b *buffers) ungzip(w http.ResponseWriter, r *http.Request) ([]byte, *httpError) {
	e := r.Header.Get("Content-Encoding")
	if e != "" && e != "identity" && e != "gzip" {
		return nil, &httpError{http.StatusUnsupportedMediaType, fmt.Errorf("unsupported compression: %q, supported: gzip or none", e)}
	}
	if bad := b.read(w, r); bad != nil {
		return nil, bad
	}
	if e != "gzip" {
		return b.raw, nil
	}
	if bad := b.gunzip(); bad != nil {
		return nil, bad
	}
	return b.plain, nil
}

// translate puts the samples that OTLP metrics become into the intake.
func (h *OTLPHandler) translate(ctx context.Context, in *intake, m pmetric.Metrics) *httpError {
	warnings, err := h.convert(ctx, in, m, false)
	if errors.Is(err, errTooLong) {
		in.rewind()
		if warnings, err = h.convert(ctx, in, m, true); err == nil {
			err = errTooLong
		}
	}
	for category, n := range prometheusremotewrite.CountWarningsByCategory(warnings) {
		h.warnings.WithLabelValues(string(category)).Add(float64(n))
	}
	switch {
	case ctx.Err() != nil:
		return &httpError{clientClosed, ctx.Err()}
	case errors.Is(err, errTooMany):
		return &httpError{http.StatusRequestEntityTooLarge, errTooMany}
	case err != nil:
		// A metric that has no translation does not keep the others from being stored.
		in.refusals.metric(err)
	}
	return nil
}

// convert lets upstream's translation write to the intake.
func (h *OTLPHandler) convert(ctx context.Context, in *intake, m pmetric.Metrics, withoutInfo bool) (annotations.Annotations, error) {
	c := h.o.Config()
	converter := prometheusremotewrite.NewPrometheusConverter(translated{in})
	return converter.FromMetrics(ctx, m, prometheusremotewrite.Settings{
		DisableTargetInfo:                    withoutInfo,
		AddMetricSuffixes:                    c.TranslationStrategy.ShouldAddSuffixes(),
		AllowUTF8:                            !c.TranslationStrategy.ShouldEscape(),
		PromoteResourceAttributes:            prometheusremotewrite.NewPromoteResourceAttributes(c),
		KeepIdentifyingResourceAttributes:    c.KeepIdentifyingResourceAttributes,
		ConvertHistogramsToNHCB:              c.ConvertHistogramsToNHCB,
		PromoteScopeMetadata:                 c.PromoteScopeMetadata,
		LabelNameUnderscoreSanitization:      c.LabelNameUnderscoreSanitization,
		LabelNamePreserveMultipleUnderscores: c.LabelNamePreserveMultipleUnderscores,
		AllowDeltaTemporality:                h.o.NativeDelta,
		LookbackDelta:                        h.o.LookbackDelta,
		EnableTypeAndUnitLabels:              h.o.TypeAndUnitLabels,
	})
}
