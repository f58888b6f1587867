package remote

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	promconfig "github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/model/labels"
	promstorage "github.com/prometheus/prometheus/storage"
	promremote "github.com/prometheus/prometheus/storage/remote"
)

// ReadOptions configure the server of remote read. Queryable and ExternalLabels
// are needed.
type ReadOptions struct {
	Logger     *slog.Logger
	Registerer prometheus.Registerer
	Queryable  promstorage.SampleAndChunkQueryable
	// ExternalLabels are attached to every series, as the configuration has them
	// now.
	ExternalLabels func() labels.Labels
	// SampleLimit bounds an answer of samples; 0 is no limit. Streamed chunks have
	// none.
	SampleLimit int
	// ConcurrencyLimit is how many requests are answered at once; others wait.
	// Default 10.
	ConcurrencyLimit int
	// FrameBytes is the most that a frame of streamed chunks has, but for the
	// series that exceeds it alone. Default 1 MiB.
	FrameBytes int
}

// NewReadHandler returns the server of remote read, in samples and in streamed
// chunks: Prometheus's, behind a check of the request's length.
func NewReadHandler(o ReadOptions) (http.Handler, error) {
	if o.Queryable == nil || o.ExternalLabels == nil {
		return nil, errors.New("remote read: needs a queryable and external labels")
	}
	if o.ConcurrencyLimit <= 0 {
		o.ConcurrencyLimit = 10
	}
	if o.FrameBytes <= 0 {
		o.FrameBytes = 1 << 20
	}
	config := func() promconfig.Config {
		return promconfig.Config{GlobalConfig: promconfig.GlobalConfig{ExternalLabels: o.ExternalLabels()}}
	}
	next := promremote.NewReadHandler(orDiscard(o.Logger), o.Registerer, o.Queryable, config, o.SampleLimit, o.ConcurrencyLimit, o.FrameBytes)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b := bufferPool.Get().(*buffers)
		defer b.release()
		bad := b.read(w, r)
		if bad == nil {
			_, bad = b.judgeSnappy()
		}
		if bad != nil {
			http.Error(w, bad.Error(), bad.code)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(b.raw))
		if err := validMatchers(r); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(b.raw))
		next.ServeHTTP(w, r)
	}), nil
}

// validMatchers is asked first since upstream takes a wrong matcher for a failure
// of its own, after which a client would try again.
func validMatchers(r *http.Request) error {
	request, err := promremote.DecodeReadRequest(r)
	if err != nil {
		return err
	}
	for i, q := range request.Queries {
		if _, err := promremote.FromLabelMatchers(q.Matchers); err != nil {
			return fmt.Errorf("query %d: %w", i+1, err)
		}
	}
	return nil
}
