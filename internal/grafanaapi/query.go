package grafanaapi

import (
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
	code := statusOf(reason)
	if errors.Is(err, datasource.ErrNotFound) {
		code = http.StatusNotFound
	}
	respond(w, code, message{Message: err.Error(), Status: string(reason)})
}

// queryRequest is the body of Grafana's /api/ds/query.
type queryRequest struct {
	From    json.RawMessage   `json:"from"`
	To      json.RawMessage   `json:"to"`
	Queries []json.RawMessage `json:"queries"`
}

// queryHead is what each of its queries has.
type queryHead struct {
	RefID         string                `json:"refId"`
	DataSource    *datasource.Reference `json:"datasource"`
	DataSourceID  int64                 `json:"datasourceId"`
	IntervalMs    float64               `json:"intervalMs"`
	MaxDataPoints float64               `json:"maxDataPoints"`
	TimeRange     *struct {
		From json.RawMessage `json:"from"`
		To   json.RawMessage `json:"to"`
	} `json:"timeRange"`
}

// queryResult is the answer to one query.
type queryResult struct {
	Status int            `json:"status"`
	Error  string         `json:"error,omitempty"`
	Frames []*frame.Frame `json:"frames"`
}

// query answers Grafana's own API of queries.
func (a *DataSources) query(w http.ResponseWriter, r *http.Request) {
	var body queryRequest
	if !receive(w, r, &body) {
		return
	}
	if len(body.Queries) == 0 {
		fail(w, http.StatusBadRequest, "No queries found in query")
		return
	}
	request := view.Request{Plain: true}
	var err error
	if request.From, request.To, err = window(body.From, body.To); err != nil {
		fail(w, http.StatusBadRequest, "%v", err)
		return
	}
	for i, text := range body.Queries {
		var h queryHead
		if err := decode(text, &h); err != nil {
			fail(w, http.StatusBadRequest, "query %d: %v", i+1, err)
			return
		}
		q := view.Query{Key: h.RefID, Target: text, IntervalMs: h.IntervalMs, MaxDataPoints: int(min(h.MaxDataPoints, 1e6)), Panel: "1"}
		if h.RefID == "" {
			q.Key = "A"
		}
		if h.DataSource != nil {
			q.DataSource = *h.DataSource
		} else if h.DataSourceID > 0 {
			d, err := a.sources.ByID(r.Context(), h.DataSourceID)
			if err != nil {
				failStore(w, err)
				return
			}
			q.DataSource = datasource.Reference{UID: d.UID, Type: d.Type}
		}
		if h.TimeRange != nil {
			from, to, err := window(h.TimeRange.From, h.TimeRange.To)
			if err != nil {
				fail(w, http.StatusBadRequest, "query %s: %v", q.Key, err)
				return
			}
			q.From, q.To = &from, &to
		}
		request.Queries = append(request.Queries, q)
	}
	results := map[string]queryResult{}
	code := http.StatusOK
	err = a.views.Run(r.Context(), request, func(m frame.Message) error {
		for _, answer := range m.Answers {
			result := queryResult{Status: http.StatusOK, Frames: []*frame.Frame{}}
			for _, f := range m.Frames {
				own := *f
				own.RefID = answer.Key
				result.Frames = append(result.Frames, &own)
			}
			if m.Error != nil {
				code = http.StatusBadRequest
				result.Status, result.Error = statusOf(datasource.Reason(m.Error.Kind)), m.Error.Message
			}
			results[answer.Key] = result
		}
		return nil
	})
	switch {
	case errors.Is(err, view.ErrRequest):
		fail(w, http.StatusBadRequest, "%v", err)
	case err != nil:
		failSource(w, err)
	default:
		respond(w, code, map[string]any{"results": results})
	}
}

// statusOf is the HTTP status that goes with a reason.
func statusOf(reason datasource.Reason) int {
	switch reason {
	case datasource.Missing:
		return http.StatusNotFound
	case datasource.BadQuery, datasource.Misconfigured, datasource.TooMuch:
		return http.StatusBadRequest
	case datasource.Slow:
		return http.StatusGatewayTimeout
	case datasource.Down, datasource.Garbage, datasource.Unauthorized, datasource.Refused:
		return http.StatusBadGateway
	case datasource.Canceled:
		return statusCanceled
	}
	return http.StatusInternalServerError
}

// statusCanceled is for a client that went away.
const statusCanceled = 499

// window reads both ends of a time.
func window(from, to json.RawMessage) (int64, int64, error) {
	now := time.Now()
	start, err := readMoment(from, now.Add(-time.Hour), now, false)
	if err != nil {
		return 0, 0, err
	}
	end, err := readMoment(to, now, now, true)
	return start.UnixMilli(), end.UnixMilli(), err
}
