package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"

	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/util/annotations"
)

// Errors that what stands behind the API returns, for the API to answer well.
var (
	// ErrNotReady: storage cannot answer yet. The error type is then "unavailable".
	ErrNotReady = errors.New("TSDB not ready")
)

// statusClientClosed is the status of a request whose client went away.
const statusClientClosed = 499

// errorType is the word for a kind of error, as it stands in an answer.
type errorType string

const (
	errorTimeout     errorType = "timeout"
	errorCanceled    errorType = "canceled"
	errorExec        errorType = "execution"
	errorBadData     errorType = "bad_data"
	errorInternal    errorType = "internal"
	errorUnavailable errorType = "unavailable"
	errorNotFound    errorType = "not_found"
	errorForbidden   errorType = "forbidden" // our own routes only
)

// status is the HTTP status that goes with the type. That "unavailable" is a
// 500 is Prometheus's answer.
func (t errorType) status() int {
	switch t {
	case errorBadData:
		return http.StatusBadRequest
	case errorExec:
		return http.StatusUnprocessableEntity
	case errorCanceled:
		return statusClientClosed
	case errorTimeout:
		return http.StatusServiceUnavailable
	case errorNotFound:
		return http.StatusNotFound
	case errorForbidden:
		return http.StatusForbidden
	}
	return http.StatusInternalServerError
}

type apiError struct {
	typ errorType
	err error
}

// document writes the data part of an answer.
type document func(*jsonWriter)

// result is what a handler returns. Without data and error the answer is 204.
// close is called when the answer was written, because data may point into
// memory that it gives back.
type result struct {
	data     document
	err      *apiError
	warnings annotations.Annotations
	close    func()
}

type handler func(*http.Request) result

func ok(d document) result { return result{data: d} }

func fail(typ errorType, err error) result { return result{err: &apiError{typ, err}} }

func badParameter(name string, err error) result {
	return fail(errorBadData, fmt.Errorf("invalid parameter %q: %w", name, err))
}

// failed gives an error of the engine or the storage its type.
func failed(err error) result {
	var (
		canceled promql.ErrQueryCanceled
		timeout  promql.ErrQueryTimeout
		storage  promql.ErrStorage
	)
	switch {
	case errors.As(err, &canceled):
		return fail(errorCanceled, err)
	case errors.As(err, &timeout):
		return fail(errorTimeout, err)
	case errors.As(err, &storage):
		return fail(errorInternal, err)
	case errors.Is(err, context.Canceled):
		return fail(errorCanceled, err)
	}
	return fail(errorExec, err)
}

// responder turns results into answers.
type responder struct {
	writers sync.Pool // of *jsonWriter
}

func (p *responder) writer(w http.ResponseWriter) *jsonWriter {
	j, _ := p.writers.Get().(*jsonWriter)
	if j == nil {
		j = &jsonWriter{buf: make([]byte, 0, jsonFlushBytes+4<<10)}
	}
	j.reset(w)
	return j
}

func (p *responder) release(j *jsonWriter) {
	j.reset(nil)
	if cap(j.buf) <= 1<<20 {
		p.writers.Put(j)
	}
}

func (p *responder) handle(h handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		res := h(r)
		if res.close != nil {
			defer res.close()
		}
		switch {
		case res.err != nil:
			if errors.Is(res.err.err, ErrNotReady) {
				res.err.typ = errorUnavailable
			}
			p.fail(w, *res.err)
		case res.data == nil:
			w.WriteHeader(http.StatusNoContent)
		default:
			p.succeed(w, r, res)
		}
	}
}

func (p *responder) succeed(w http.ResponseWriter, r *http.Request, res result) {
	var warnings, infos []string
	if len(res.warnings) > 0 {
		warnings, infos = res.warnings.AsStrings(r.FormValue("query"), 10, 10)
		slices.Sort(warnings)
		slices.Sort(infos)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusOK)
	j := p.writer(w)
	j.beginObject()
	j.key("status")
	j.str("success")
	j.key("data")
	res.data(j)
	if len(warnings) > 0 {
		j.key("warnings")
		j.strs(warnings)
	}
	if len(infos) > 0 {
		j.key("infos")
		j.strs(infos)
	}
	j.endObject()
	j.flush()
	p.release(j)
}

func (p *responder) fail(w http.ResponseWriter, e apiError) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(e.typ.status())
	j := p.writer(w)
	j.beginObject()
	j.key("status")
	j.str("error")
	j.key("errorType")
	j.str(string(e.typ))
	j.key("error")
	j.str(e.err.Error())
	j.endObject()
	j.flush()
	p.release(j)
}
