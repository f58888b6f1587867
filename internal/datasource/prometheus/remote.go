package prometheus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	jsoniter "github.com/json-iterator/go"
	"github.com/prometheus/prometheus/model/histogram"

	"monopod/internal/datasource"
)

// Kind opens connections to other Prometheus servers.
type Kind struct{}

// Types of its sources. Amazon's and Azure's services speak the same API.
func (Kind) Types() []string { return []string{datasource.TypePrometheus} }

type options struct {
	TimeInterval          string `json:"timeInterval"`
	HTTPMethod            string `json:"httpMethod"`
	CustomQueryParameters string `json:"customQueryParameters"`
	QueryTimeout          string `json:"queryTimeout"`
}

// Open reads the settings.
func (Kind) Open(s datasource.Settings, e datasource.Environment) (datasource.Connection, error) {
	var o options
	if err := s.Decode(&o); err != nil {
		return nil, err
	}
	client, err := datasource.NewHTTPClient(s, e)
	if err != nil {
		return nil, err
	}
	r := &remote{client: client, source: s.Source, method: http.MethodPost}
	if strings.EqualFold(o.HTTPMethod, http.MethodGet) {
		r.method = http.MethodGet
	}
	if r.extra, err = url.ParseQuery(strings.TrimPrefix(o.CustomQueryParameters, "?")); err != nil {
		return nil, &datasource.Error{Reason: datasource.Misconfigured, Source: s.Name, Message: "its custom query parameters cannot be read", Err: err}
	}
	interval := defaultMinStep
	if o.TimeInterval != "" {
		if interval, err = duration(o.TimeInterval); err != nil {
			return nil, &datasource.Error{Reason: datasource.Misconfigured, Source: s.Name, Message: "its scrape interval cannot be read", Err: err}
		}
	}
	if o.QueryTimeout != "" {
		timeout, err := duration(o.QueryTimeout)
		if err != nil {
			return nil, &datasource.Error{Reason: datasource.Misconfigured, Source: s.Name, Message: "its query time-out cannot be read", Err: err}
		}
		r.timeout = strconv.FormatFloat(timeout.Seconds(), 'f', -1, 64)
	}
	return &connection{source: s.Source, backend: r, minStep: func() time.Duration { return interval }, limits: client.Limits()}, nil
}

// remote asks over HTTP.
type remote struct {
	client  *datasource.HTTPClient
	source  datasource.Source
	method  string
	extra   url.Values
	timeout string // seconds; empty: the server's own
}

func (r *remote) Close() error { return r.client.Close() }

func seconds(t time.Time) string {
	return strconv.FormatFloat(float64(t.UnixMilli())/1000, 'f', -1, 64)
}

func (r *remote) Range(ctx context.Context, expr string, start, end time.Time, step time.Duration) (*matrix, error) {
	m := &matrix{}
	err := r.ask(ctx, "/api/v1/query_range", url.Values{
		"query": {expr}, "start": {seconds(start)}, "end": {seconds(end)}, "step": {strconv.FormatFloat(step.Seconds(), 'f', -1, 64)},
	}, m, readMatrix(m, newGrid(start, end, step)))
	return m, err
}

func (r *remote) Instant(ctx context.Context, expr string, at time.Time) (*matrix, error) {
	m := &matrix{}
	err := r.ask(ctx, "/api/v1/query", url.Values{"query": {expr}, "time": {seconds(at)}}, m, readMatrix(m, nil))
	return m, err
}

// envelope is what an error's body has.
type envelope struct {
	Status    string `json:"status"`
	ErrorType string `json:"errorType"`
	Error     string `json:"error"`
}

// ask posts the parameters and reads the data of the answer. Servers that do not
// take the method are asked with GET.
func (r *remote) ask(ctx context.Context, path string, parameters url.Values, m *matrix, data func(*jsoniter.Iterator)) error {
	if r.timeout != "" {
		parameters.Set("timeout", r.timeout)
	}
	for name, values := range r.extra {
		parameters[name] = values
	}
	read := func(body io.Reader) error { return readEnvelope(r.source, body, m, data) }
	err := r.send(ctx, r.method, path, parameters, read)
	var code *datasource.StatusCodeError
	if errors.As(err, &code) && code.Code == http.StatusMethodNotAllowed && r.method == http.MethodPost {
		err = r.send(ctx, http.MethodGet, path, parameters, read)
	}
	if errors.As(err, &code) {
		var e envelope
		if json.Unmarshal([]byte(code.Body), &e) == nil && e.Status == "error" {
			return said(r.source, e)
		}
	}
	return err
}

func (r *remote) send(ctx context.Context, method, path string, parameters url.Values, read func(io.Reader) error) error {
	if method == http.MethodGet {
		return r.client.Do(ctx, method, path, parameters, "", nil, read)
	}
	return r.client.Do(ctx, method, path, nil, "application/x-www-form-urlencoded", strings.NewReader(parameters.Encode()), read)
}

// said is an error in the API's own words.
func said(source datasource.Source, e envelope) *datasource.Error {
	out := &datasource.Error{Source: source.Name, Message: e.Error}
	switch e.ErrorType {
	case "bad_data":
		out.Reason = datasource.BadQuery
	case "execution":
		if out.Reason = datasource.BadQuery; strings.Contains(e.Error, "too many samples") {
			out.Reason, out.Hint = datasource.TooMuch, "narrow it with labels or a shorter time"
		}
	case "timeout":
		out.Reason, out.Hint = datasource.Slow, "narrow it with labels or a shorter time"
	case "canceled":
		out.Reason = datasource.Canceled
	case "unavailable":
		out.Reason = datasource.Down
	default:
		out.Reason = datasource.Internal
	}
	return out
}

// readEnvelope reads {"status": …, "data": …, "warnings": […]} as it comes.
func readEnvelope(source datasource.Source, body io.Reader, m *matrix, data func(*jsoniter.Iterator)) error {
	it := jsoniter.Parse(jsoniter.ConfigCompatibleWithStandardLibrary, body, 64<<10)
	var e envelope
	if it.WhatIsNext() != jsoniter.ObjectValue {
		return errors.New("it is no JSON object")
	}
	for key := it.ReadObject(); key != ""; key = it.ReadObject() {
		switch key {
		case "status":
			e.Status = it.ReadString()
		case "errorType":
			e.ErrorType = it.ReadString()
		case "error":
			e.Error = it.ReadString()
		case "data":
			data(it)
		case "warnings", "infos":
			var list []string
			it.ReadVal(&list)
			if m != nil {
				m.warnings = append(m.warnings, list[:min(len(list), 10)]...)
			}
		default:
			it.Skip()
		}
		if it.Error != nil {
			break
		}
	}
	if it.Error != nil && it.Error != io.EOF {
		return it.Error
	}
	switch e.Status {
	case "success":
		return nil
	case "error":
		return said(source, e)
	}
	return errors.New(`it has no "status"`)
}

// readMatrix reads the data of a query: its type may come after the result.
func readMatrix(m *matrix, g *grid) func(*jsoniter.Iterator) {
	return func(it *jsoniter.Iterator) {
		kind := ""
		for key := it.ReadObject(); key != ""; key = it.ReadObject() {
			switch key {
			case "resultType":
				kind = it.ReadString()
			case "result":
				readResult(it, m, g)
			default:
				it.Skip()
			}
			if it.Error != nil {
				return
			}
		}
		switch kind {
		case "scalar":
			m.scalar = true
		case "string":
			m.isText = true
		case "matrix", "vector":
		default:
			it.ReportError("read the result", fmt.Sprintf("its type is %q", kind))
		}
	}
}

// readResult reads a list of series, or the [time, "value"] of a scalar or string.
func readResult(it *jsoniter.Iterator, m *matrix, g *grid) {
	for it.ReadArray() {
		if it.WhatIsNext() != jsoniter.ObjectValue {
			at := it.ReadFloat64() * 1000
			if !it.ReadArray() {
				it.ReportError("read the result", "a time without a value")
				return
			}
			m.text = it.ReadString()
			s := series{labels: map[string]string{}, times: []float64{at}}
			if v, err := strconv.ParseFloat(m.text, 64); err == nil {
				s.values = []float64{v}
			} else {
				s.values = []float64{}
			}
			m.series = append(m.series, s)
			continue
		}
		s := series{labels: map[string]string{}}
		for key := it.ReadObject(); key != ""; key = it.ReadObject() {
			switch key {
			case "metric":
				it.ReadMapCB(func(it *jsoniter.Iterator, name string) bool {
					s.labels[name] = it.ReadString()
					return it.Error == nil
				})
			case "value":
				s.readPoint(it)
			case "values":
				if g != nil {
					s.times, s.values = make([]float64, 0, len(g.times)), make([]float64, 0, len(g.times))
				}
				for it.ReadArray() {
					s.readPoint(it)
				}
			case "histogram":
				s.readHistogram(it)
			case "histograms":
				for it.ReadArray() {
					s.readHistogram(it)
				}
			default:
				it.Skip()
			}
			if it.Error != nil {
				return
			}
		}
		if g != nil && slices.Equal(s.times, g.times) {
			s.times = g.times
		}
		m.samples += int64(len(s.values))
		m.series = append(m.series, s)
	}
}

func (s *series) readPoint(it *jsoniter.Iterator) {
	if !it.ReadArray() {
		it.ReportError("read a point", "it is empty")
		return
	}
	at := it.ReadFloat64()
	if !it.ReadArray() {
		it.ReportError("read a point", "it has no value")
		return
	}
	v, err := strconv.ParseFloat(it.ReadString(), 64)
	if err != nil && it.Error == nil {
		it.ReportError("read a point", err.Error())
	}
	if it.ReadArray() && it.Error == nil {
		it.ReportError("read a point", "it has more than time and value")
	}
	// Times are seconds with three places: what floats lose of them is put back.
	s.times = append(s.times, float64(int64(at*1000+0.5)))
	s.values = append(s.values, v)
}

// readHistogram keeps a native histogram's buckets as custom bounds: the shape is
// all that a heatmap draws.
func (s *series) readHistogram(it *jsoniter.Iterator) {
	if !it.ReadArray() {
		return
	}
	at := math.Round(it.ReadFloat64() * 1000)
	if !it.ReadArray() {
		it.ReportError("read a histogram", "it has no value")
		return
	}
	var raw struct {
		Count, Sum string
		Buckets    [][4]json.RawMessage
	}
	it.ReadVal(&raw)
	it.ReadArray()
	if it.Error != nil {
		return
	}
	s.cells = append(s.cells, parseCells(at, raw.Buckets)...)
}

func parseCells(at float64, buckets [][4]json.RawMessage) []cell {
	number := func(text json.RawMessage) float64 {
		v, err := strconv.ParseFloat(strings.Trim(string(text), `"`), 64)
		if err != nil {
			return 0
		}
		return v
	}
	out := make([]cell, len(buckets))
	for i, b := range buckets {
		out[i] = cell{at, number(b[1]), number(b[2]), number(b[3])}
	}
	return out
}

// cellsOf are the buckets of a native histogram that have something.
func cellsOf(at float64, h *histogram.FloatHistogram) []cell {
	var out []cell
	for it := h.AllBucketIterator(); it.Next(); {
		if b := it.At(); b.Count != 0 {
			out = append(out, cell{at, b.Lower, b.Upper, b.Count})
		}
	}
	return out
}

func (r *remote) Exemplars(ctx context.Context, expr string, start, end time.Time) ([]exemplars, error) {
	var found []struct {
		SeriesLabels map[string]string `json:"seriesLabels"`
		Exemplars    []struct {
			Labels    map[string]string `json:"labels"`
			Value     string            `json:"value"`
			Timestamp float64           `json:"timestamp"`
		} `json:"exemplars"`
	}
	err := r.ask(ctx, "/api/v1/query_exemplars", url.Values{"query": {expr}, "start": {seconds(start)}, "end": {seconds(end)}}, nil,
		func(it *jsoniter.Iterator) { it.ReadVal(&found) })
	out := make([]exemplars, len(found))
	for i, f := range found {
		out[i].series = f.SeriesLabels
		for _, e := range f.Exemplars {
			v, _ := strconv.ParseFloat(e.Value, 64) //nolint:errcheck // 0 where it is none
			out[i].points = append(out[i].points, exemplarPoint{e.Labels, math.Round(e.Timestamp * 1000), v})
		}
	}
	return out, err
}

func selection(match string, start, end time.Time) url.Values {
	v := url.Values{"start": {seconds(start)}, "end": {seconds(end)}}
	if match != "" {
		v.Set("match[]", match)
	}
	return v
}

func (r *remote) LabelNames(ctx context.Context, match string, start, end time.Time) ([]string, error) {
	var list []string
	err := r.ask(ctx, "/api/v1/labels", selection(match, start, end), nil, func(it *jsoniter.Iterator) { it.ReadVal(&list) })
	return list, err
}

// LabelValues has no POST: its parameters stand in the address.
func (r *remote) LabelValues(ctx context.Context, label, match string, start, end time.Time) ([]string, error) {
	if strings.ContainsAny(label, "/?#%\\") {
		return nil, &datasource.Error{Reason: datasource.BadQuery, Message: fmt.Sprintf("%q is no name of a label", label)}
	}
	var list []string
	get := *r
	get.method = http.MethodGet
	err := get.ask(ctx, "/api/v1/label/"+label+"/values", selection(match, start, end), nil, func(it *jsoniter.Iterator) { it.ReadVal(&list) })
	return list, err
}

func (r *remote) Series(ctx context.Context, match string, start, end time.Time) ([]map[string]string, error) {
	var list []map[string]string
	err := r.ask(ctx, "/api/v1/series", selection(match, start, end), nil, func(it *jsoniter.Iterator) { it.ReadVal(&list) })
	return list, err
}

// Check asks for a constant, and for what answers.
func (r *remote) Check(ctx context.Context) (string, error) {
	if _, err := r.Instant(ctx, "1+1", time.Now()); err != nil {
		return "", err
	}
	var build struct{ Version string }
	err := r.ask(ctx, "/api/v1/status/buildinfo", url.Values{}, nil, func(it *jsoniter.Iterator) { it.ReadVal(&build) })
	if err != nil || build.Version == "" {
		return "It answers queries.", nil //nolint:nilerr // not every server tells its version
	}
	return fmt.Sprintf("It answers queries: version %s.", build.Version), nil
}
