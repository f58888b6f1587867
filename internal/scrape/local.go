package scrape

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
)

// localTransport answers requests to reserved hosts by handlers in this process,
// and leaves all others to next. Only the address of a target can name a reserved
// host; a redirect to one is an ordinary request.
type localTransport struct {
	handlers map[string]http.Handler
	next     http.RoundTripper
}

func (t *localTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	h, ok := t.handlers[req.URL.Host]
	if !ok || req.Response != nil {
		return t.next.RoundTrip(req)
	}
	w := &localResponse{header: http.Header{}}
	done := make(chan error, 1)
	go func() {
		defer func() {
			if r := recover(); r != nil {
				done <- fmt.Errorf("handler of %s panicked: %v", req.URL.Host, r)
			}
		}()
		h.ServeHTTP(w, req)
		done <- nil
	}()
	select {
	case err := <-done:
		if err != nil {
			return nil, err
		}
		return w.response(req), nil
	case <-req.Context().Done():
		// The handler has the context too and ends by itself.
		return nil, context.Cause(req.Context())
	}
}

// CloseIdleConnections lets http.Client reach the transport below.
func (t *localTransport) CloseIdleConnections() {
	if c, ok := t.next.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// localResponse collects what a handler answers.
type localResponse struct {
	header http.Header
	code   int
	body   bytes.Buffer
}

func (w *localResponse) Header() http.Header { return w.header }

func (w *localResponse) WriteHeader(code int) {
	if w.code == 0 {
		w.code = code
	}
}

func (w *localResponse) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(p)
}

func (w *localResponse) response(req *http.Request) *http.Response {
	if w.code == 0 {
		w.code = http.StatusOK
	}
	return &http.Response{
		Status:        fmt.Sprintf("%d %s", w.code, http.StatusText(w.code)),
		StatusCode:    w.code,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        w.header,
		Body:          io.NopCloser(&w.body),
		ContentLength: int64(w.body.Len()),
		Request:       req,
	}
}
