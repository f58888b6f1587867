package grafanaapi

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/klauspost/compress/gzhttp"

	"monopod/internal/datasource"
	"monopod/internal/datasource/view"
	"monopod/internal/frame"
)

// viewType is the media type of a view stream; package frame draws it.
const viewType = "application/vnd.monopod.view"

// view streams the answers of a dashboard view.
func (a *DataSources) view(w http.ResponseWriter, r *http.Request) {
	var request view.Request
	if !receive(w, r, &request) {
		return
	}
	h := w.Header()
	h.Set("Content-Type", viewType)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	if isLoopback(r.RemoteAddr) {
		h.Set(gzhttp.HeaderNoCompression, "1")
	}
	control := http.NewResponseController(w)
	var buffer []byte
	began := false
	err := a.views.Run(r.Context(), request, func(m frame.Message) error {
		message, err := frame.AppendMessage(buffer[:0], m)
		if err != nil {
			m.Frames, m.Error = nil, &frame.Failure{Message: err.Error(), Kind: string(datasource.TooMuch)}
			if message, err = frame.AppendMessage(buffer[:0], m); err != nil {
				return err
			}
		}
		buffer = message
		began = true
		if _, err := w.Write(message); err != nil {
			return err
		}
		return control.Flush()
	})
	if err == nil || began || r.Context().Err() != nil {
		return
	}
	h.Del(gzhttp.HeaderNoCompression)
	if errors.Is(err, view.ErrRequest) {
		fail(w, http.StatusBadRequest, "%v", err)
		return
	}
	fail(w, http.StatusInternalServerError, "%v", err)
}

// isLoopback tells whether the other end is on this machine, where compressing
// takes longer than sending.
func isLoopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

// variableRequest asks for the values of a variable.
type variableRequest struct {
	DataSource datasource.Reference `json:"datasource"`
	Query      json.RawMessage      `json:"query"`
	From       int64                `json:"from"`
	To         int64                `json:"to"`
}

// maxChoices bounds what a variable offers.
const maxChoices = 100_000

func (a *DataSources) variable(w http.ResponseWriter, r *http.Request) {
	var request variableRequest
	if !receive(w, r, &request) {
		return
	}
	ctx := r.Context()
	list, err := func() ([]datasource.Choice, error) {
		source, _, err := a.sources.Resolve(ctx, request.DataSource)
		if err != nil {
			return nil, err
		}
		connection, err := a.sources.Connect(ctx, source)
		if err != nil {
			return nil, err
		}
		if len(request.Query) == 0 {
			request.Query = json.RawMessage(`""`)
		}
		return connection.Values(ctx, datasource.Query{Target: request.Query, From: time.UnixMilli(request.From), To: time.UnixMilli(request.To), Shaped: true})
	}()
	if err != nil {
		failSource(w, err)
		return
	}
	cut := len(list) > maxChoices
	if cut {
		list = list[:maxChoices]
	}
	if list == nil {
		list = []datasource.Choice{}
	}
	respond(w, http.StatusOK, struct {
		Values    []datasource.Choice `json:"values"`
		Truncated bool                `json:"truncated,omitempty"`
	}{list, cut})
}

// failSource answers why a source did not.
func failSource(w http.ResponseWriter, err error) {
	reason := datasource.ReasonOf(err)
	code := http.StatusInternalServerError
	switch {
	case errors.Is(err, datasource.ErrNotFound), reason == datasource.Missing:
		code = http.StatusNotFound
	case reason == datasource.BadQuery, reason == datasource.Misconfigured, reason == datasource.TooMuch:
		code = http.StatusBadRequest
	case reason == datasource.Slow:
		code = http.StatusGatewayTimeout
	case reason == datasource.Down, reason == datasource.Garbage, reason == datasource.Unauthorized, reason == datasource.Refused:
		code = http.StatusBadGateway
	case reason == datasource.Canceled, errors.Is(err, context.Canceled):
		code = 499
	}
	respond(w, code, message{Message: err.Error(), Status: string(reason)})
}
