package remote

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"monopod/internal/storage"
)

// Message is the protobuf message of a write: the version of the protocol.
type Message string

// The messages of remote write 1.0 and 2.0.
const (
	MessageV1 Message = "prometheus.WriteRequest"
	MessageV2 Message = "io.prometheus.write.v2.Request"
)

// clientClosed is the status of a request whose sender went away.
const clientClosed = 499

// Messages are all that there are.
func Messages() []Message { return []Message{MessageV1, MessageV2} }

// WriteOptions configure the receiver of remote write. Writer is needed.
type WriteOptions struct {
	Logger     *slog.Logger
	Registerer prometheus.Registerer
	Writer     storage.Writer
	// Accept are the messages that are taken. Default: both.
	Accept []Message
	// TypeAndUnitLabels gives series the labels __type__ and __unit__ of their
	// metadata (2.0).
	TypeAndUnitLabels bool
	// StartTimestamps stores a zero where a counter or histogram began (2.0).
	StartTimestamps bool
	Now             func() time.Time // default time.Now
}

// writeHandler answers POST /api/v1/write.
type writeHandler struct {
	o       WriteOptions
	logger  *slog.Logger
	metrics *metrics
	known   *known
}

// NewWriteHandler returns the receiver of remote write 1.0 and 2.0.
//
//	204  all was stored
//	400  the message cannot be read, or some of it was refused; the rest is stored
//	413  the body or the message is too large
//	415  another message, or another compression than snappy
//	499  the sender went away
//	503  no space, read-only or closed; nothing was stored, and again is right
//	500  storage failed otherwise; nothing was stored
//
// What was stored of a message of 2.0 stands in the headers
// X-Prometheus-Remote-Write-{Samples,Histograms,Exemplars}-Written.
func NewWriteHandler(o WriteOptions) (http.Handler, error) {
	if o.Writer == nil {
		return nil, errors.New("remote write receiver: no writer")
	}
	if len(o.Accept) == 0 {
		o.Accept = Messages()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	h := &writeHandler{o: o, logger: orDiscard(o.Logger), known: newKnown(knownBytes, o.Now())}
	var err error
	if h.metrics, err = newMetrics(o.Registerer, "remote_write"); err != nil {
		return nil, fmt.Errorf("remote write receiver: %w", err)
	}
	return h, nil
}

func orDiscard(l *slog.Logger) *slog.Logger {
	if l == nil {
		return slog.New(slog.DiscardHandler)
	}
	return l
}

func (h *writeHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m, bad := h.negotiate(r)
	if bad != nil {
		http.Error(w, bad.Error(), bad.code)
		return
	}
	in := newIntake(h.o.Now())
	defer in.release()
	b := bufferPool.Get().(*buffers)
	defer b.release()

	bad = h.take(w, r, m, in, b)
	h.metrics.count(in)
	if m == MessageV2 {
		w.Header().Set("X-Prometheus-Remote-Write-Samples-Written", strconv.Itoa(in.written.samples))
		w.Header().Set("X-Prometheus-Remote-Write-Histograms-Written", strconv.Itoa(in.written.histograms))
		w.Header().Set("X-Prometheus-Remote-Write-Exemplars-Written", strconv.Itoa(in.written.exemplars))
	}
	if bad != nil {
		if bad.code >= http.StatusInternalServerError {
			h.logger.Error("Remote write was not stored", "sender", r.RemoteAddr, "err", bad.err)
		}
		http.Error(w, bad.Error(), bad.code)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// negotiate tells which message the body has.
func (h *writeHandler) negotiate(r *http.Request) (Message, *httpError) {
	m, err := messageOf(r.Header.Get("Content-Type"))
	switch {
	case err != nil:
	case !slices.Contains(h.o.Accept, m):
		err = fmt.Errorf("%s protobuf message is not accepted by this server; only accepts %s", m, join(h.o.Accept))
	default:
		// 1.0 has always been snappy, and some of its senders do not say so.
		if e := r.Header.Get("Content-Encoding"); e != "" && e != "snappy" {
			err = fmt.Errorf("%s encoding (compression) is not accepted by this server; only snappy is acceptable", e)
		}
	}
	if err != nil {
		return "", &httpError{http.StatusUnsupportedMediaType, err}
	}
	return m, nil
}

func messageOf(contentType string) (Message, error) {
	const media = "application/x-protobuf"
	if contentType == "" {
		return MessageV1, nil
	}
	typ, parameters, err := mime.ParseMediaType(contentType)
	if err != nil || typ != media {
		return "", fmt.Errorf("content type %q is not accepted; expected %s", contentType, media)
	}
	proto, ok := parameters["proto"]
	if !ok {
		return MessageV1, nil
	}
	if m := Message(proto); slices.Contains(Messages(), m) {
		return m, nil
	}
	return "", fmt.Errorf("unknown protobuf message %q; known: %s", proto, join(Messages()))
}

func join(list []Message) string {
	names := make([]string, len(list))
	for i, m := range list {
		names[i] = string(m)
	}
	return strings.Join(names, ", ")
}

// take reads the body and stores it.
func (h *writeHandler) take(w http.ResponseWriter, r *http.Request, m Message, in *intake, b *buffers) *httpError {
	if bad := b.read(w, r); bad != nil {
		return bad
	}
	if bad := b.unsnappy(); bad != nil {
		return bad
	}
	err := h.decode(m, in, b.plain)
	switch {
	case errors.Is(err, errTooMany):
		return &httpError{http.StatusRequestEntityTooLarge, err}
	case err != nil:
		return badRequest(fmt.Errorf("decode %s: %w", m, err))
	}
	if bad := in.storeFor(r.Context(), h.o.Writer); bad != nil {
		return bad
	}
	h.known.update(in, h.o.Now())
	// Exemplars are not what a sender of 1.0 hears about.
	if in.refusals.any() && (m == MessageV2 || in.refusals.beside() > 0) {
		return badRequest(errors.New(in.refusals.String()))
	}
	return nil
}

func (h *writeHandler) decode(m Message, in *intake, message []byte) error {
	in.look = h.known.search()
	defer in.look.close()
	if m == MessageV1 {
		return in.decodeV1(message)
	}
	return in.decodeV2(message, seriesOptions{typeAndUnit: h.o.TypeAndUnitLabels, startZeros: h.o.StartTimestamps})
}

// storeFor stores the intake, and answers what went wrong that is not the
// sender's fault.
func (in *intake) storeFor(ctx context.Context, w storage.Writer) *httpError {
	err := in.store(ctx, w)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, storage.ErrNoSpace), errors.Is(err, storage.ErrReadOnly), errors.Is(err, storage.ErrClosed):
		return &httpError{http.StatusServiceUnavailable, err}
	case ctx.Err() != nil:
		return &httpError{clientClosed, err}
	}
	return &httpError{http.StatusInternalServerError, err}
}
