// Package elasticsearch asks Elasticsearch and OpenSearch with Lucene queries.
//
// A query is a list of metrics and a list of bucket aggregations around them. With
// a date histogram innermost the answer is a graph, a frame for each combination
// of the outer buckets and metrics; otherwise it is a table with a row for each
// combination. The metrics raw_data, raw_document and logs ask for the documents
// themselves.
package elasticsearch

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"monopod/internal/datasource"
	"monopod/internal/frame"
)

// Kind opens connections to Elasticsearch and OpenSearch.
type Kind struct{}

// Types of its sources.
func (Kind) Types() []string {
	return []string{datasource.TypeElasticsearch, datasource.TypeOpenSearch}
}

type options struct {
	Index           string `json:"index"`
	Database        string `json:"database"`
	TimeField       string `json:"timeField"`
	Interval        string `json:"interval"` // Hourly, Daily, Weekly, Monthly, Yearly: how the index's name follows the time
	LogMessageField string `json:"logMessageField"`
	LogLevelField   string `json:"logLevelField"`
	TimeInterval    string `json:"timeInterval"`
}

type connection struct {
	client  *datasource.HTTPClient
	source  datasource.Source
	options options
}

// Open reads the settings.
func (Kind) Open(s datasource.Settings, e datasource.Environment) (datasource.Connection, error) {
	c := &connection{source: s.Source}
	if err := s.Decode(&c.options); err != nil {
		return nil, err
	}
	o := &c.options
	for _, name := range []string{o.Database, s.Database} {
		if o.Index == "" {
			o.Index = name
		}
	}
	if o.TimeField == "" {
		o.TimeField = "@timestamp"
	}
	var err error
	c.client, err = datasource.NewHTTPClient(s, e)
	return c, err
}

// target is Grafana's JSON of a query.
type target struct {
	Query      string      `json:"query"`
	QueryType  string      `json:"queryType"`
	Alias      string      `json:"alias"`
	TimeField  string      `json:"timeField"`
	Metrics    []metric    `json:"metrics"`
	BucketAggs []bucketAgg `json:"bucketAggs"`
}

type metric struct {
	ID          string         `json:"id"`
	Type        string         `json:"type"`
	Field       string         `json:"field"`
	Hide        bool           `json:"hide"`
	Settings    map[string]any `json:"settings"`
	Meta        map[string]any `json:"meta"`
	PipelineAgg string         `json:"pipelineAgg"`
	Variables   []struct {
		Name        string `json:"name"`
		PipelineAgg string `json:"pipelineAgg"`
	} `json:"pipelineVariables"`
}

type bucketAgg struct {
	ID       string         `json:"id"`
	Type     string         `json:"type"`
	Field    string         `json:"field"`
	Settings map[string]any `json:"settings"`
}

func (c *connection) bad(err error) error {
	return &datasource.Error{Reason: datasource.BadQuery, Source: c.source.Name, Message: "the query cannot be asked", Err: err}
}

// Query asks one target.
func (c *connection) Query(ctx context.Context, q datasource.Query) (datasource.Answer, error) {
	var t target
	if err := json.Unmarshal(q.Target, &t); err != nil {
		return datasource.Answer{}, c.bad(err)
	}
	if t.QueryType == "PPL" {
		return datasource.Answer{}, c.bad(errors.New("PPL is not known; write the query in Lucene"))
	}
	if t.TimeField == "" {
		t.TimeField = c.options.TimeField
	}
	if len(t.Metrics) == 0 {
		t.Metrics = []metric{{ID: "1", Type: "count"}}
	}
	b := builder{target: &t, query: &q, options: &c.options}
	search, err := b.search()
	if err != nil {
		return datasource.Answer{}, c.bad(err)
	}
	result, executed, err := c.search(ctx, indexes(c.options.Index, c.options.Interval, q.From, q.To), search)
	if err != nil {
		return datasource.Answer{}, err
	}
	var frames []*frame.Frame
	switch t.Metrics[0].Type {
	case "raw_data", "raw_document":
		frames = []*frame.Frame{documents(result.Hits.Hits, t.TimeField)}
	case "logs":
		frames = []*frame.Frame{logLines(result.Hits.Hits, &t, &c.options)}
	default:
		r := reader{target: &t}
		if frames, err = r.read(result); err != nil {
			return datasource.Answer{}, &datasource.Error{Reason: datasource.Garbage, Source: c.source.Name, Message: "its answer is not understood", Err: err}
		}
	}
	for _, f := range frames {
		f.RefID = q.RefID
		f.Meta.ExecutedQuery = executed
	}
	if limit := c.client.Limits().Series; len(frames) > limit {
		frames[0].Notify("warning", fmt.Sprintf("The query has %d series; the first %d are shown.", len(frames), limit))
		frames = frames[:limit]
	}
	return datasource.Answer{Frames: frames, Samples: result.Hits.total()}, nil
}

// response is the answer to one search.
type response struct {
	Hits         hits                       `json:"hits"`
	Aggregations map[string]json.RawMessage `json:"aggregations"`
	Error        *failure                   `json:"error"`
	Status       int                        `json:"status"`
}

type hits struct {
	Total json.RawMessage `json:"total"`
	Hits  []hit           `json:"hits"`
}

// total is a number, or an object with one, depending on the version.
func (h *hits) total() int64 {
	var n int64
	if json.Unmarshal(h.Total, &n) == nil {
		return n
	}
	var object struct{ Value int64 }
	if json.Unmarshal(h.Total, &object) == nil {
		return object.Value
	}
	return 0
}

type hit struct {
	ID        string                     `json:"_id"`
	Index     string                     `json:"_index"`
	Source    map[string]json.RawMessage `json:"_source"`
	Fields    map[string]json.RawMessage `json:"fields"`
	Highlight map[string][]string        `json:"highlight"`
}

type failure struct {
	Type      string `json:"type"`
	Reason    string `json:"reason"`
	RootCause []struct {
		Reason string `json:"reason"`
	} `json:"root_cause"`
}

// UnmarshalJSON also takes a bare text.
func (f *failure) UnmarshalJSON(text []byte) error {
	type plain failure
	if json.Unmarshal(text, (*plain)(f)) == nil {
		return nil
	}
	return json.Unmarshal(text, &f.Reason)
}

func (f *failure) String() string {
	if f.Reason == "" || f.Reason == "all shards failed" {
		for _, cause := range f.RootCause {
			return cause.Reason
		}
	}
	return f.Reason
}

// search sends one search in the form that takes several, which is the one that
// proxies in front of a cluster let through.
func (c *connection) search(ctx context.Context, index []string, search map[string]any) (*response, string, error) {
	head, err := json.Marshal(map[string]any{"search_type": "query_then_fetch", "ignore_unavailable": true, "index": strings.Join(index, ",")})
	if err != nil {
		return nil, "", err
	}
	text, err := json.Marshal(search)
	if err != nil {
		return nil, "", c.bad(err)
	}
	var all struct {
		Responses []response `json:"responses"`
		Error     *failure   `json:"error"`
	}
	body := bytes.Join([][]byte{head, text, nil}, []byte("\n"))
	err = c.client.Do(ctx, http.MethodPost, "/_msearch", nil, "application/x-ndjson", bytes.NewReader(body), func(r io.Reader) error {
		if err := json.NewDecoder(r).Decode(&all); err != nil {
			return err
		}
		if len(all.Responses) != 1 {
			return fmt.Errorf("it has %d responses to one search", len(all.Responses))
		}
		return nil
	})
	var code *datasource.StatusCodeError
	if errors.As(err, &code) && json.Unmarshal([]byte(code.Body), &all) == nil && all.Error != nil && code.Code == http.StatusBadRequest {
		return nil, "", &datasource.Error{Reason: datasource.BadQuery, Source: c.source.Name, Message: all.Error.String()}
	}
	if err != nil {
		return nil, "", err
	}
	r := &all.Responses[0]
	if r.Error != nil {
		e := &datasource.Error{Reason: datasource.BadQuery, Source: c.source.Name, Message: r.Error.String()}
		if r.Status == http.StatusNotFound {
			e.Reason, e.Hint = datasource.Misconfigured, "check the index of the data source"
		}
		return nil, "", e
	}
	return r, string(text), nil
}

// variable is what a variable asks for.
type variable struct {
	Find    string `json:"find"`
	Type    string `json:"type"`
	Field   string `json:"field"`
	Query   string `json:"query"`
	Size    int    `json:"size"`
	OrderBy string `json:"orderBy"`
	Order   string `json:"order"`
}

// Values answers {"find": "terms", "field": …} and {"find": "fields"}, as an object
// or as a text that holds one.
func (c *connection) Values(ctx context.Context, q datasource.Query) ([]datasource.Choice, error) {
	text := q.Target
	var inner string
	if json.Unmarshal(text, &inner) == nil {
		text = json.RawMessage(inner)
	}
	var v variable
	if err := json.Unmarshal(text, &v); err != nil {
		return nil, c.bad(fmt.Errorf(`the query is no object such as {"find": "terms", "field": "host"}: %w`, err))
	}
	// The object form of newer dashboards has the text in "query".
	if v.Find == "" && strings.HasPrefix(strings.TrimSpace(v.Query), "{") {
		if err := json.Unmarshal([]byte(v.Query), &v); err != nil {
			return nil, c.bad(err)
		}
	}
	switch v.Find {
	case "terms":
		return c.terms(ctx, v, q)
	case "fields":
		return c.fields(ctx, v, q)
	}
	return nil, c.bad(fmt.Errorf(`it wants to find %q; "terms" and "fields" are known`, v.Find))
}

func (c *connection) terms(ctx context.Context, v variable, q datasource.Query) ([]datasource.Choice, error) {
	t := target{Query: v.Query, TimeField: c.options.TimeField, Metrics: []metric{{ID: "1", Type: "count"}}}
	b := builder{target: &t, query: &q, options: &c.options}
	size, order, by := v.Size, "asc", "_key"
	if size <= 0 {
		size = 500
	}
	if v.OrderBy == "doc_count" || v.OrderBy == "_count" {
		order, by = "desc", "_count"
	}
	if v.Order == "asc" || v.Order == "desc" {
		order = v.Order
	}
	search := map[string]any{"size": 0, "query": b.filter(), "aggs": map[string]any{
		"1": map[string]any{"terms": map[string]any{"field": v.Field, "size": size, "order": map[string]string{by: order}}},
	}}
	result, _, err := c.search(ctx, indexes(c.options.Index, c.options.Interval, q.From, q.To), search)
	if err != nil {
		return nil, err
	}
	var agg aggregation
	if err := json.Unmarshal(result.Aggregations["1"], &agg); err != nil {
		return nil, &datasource.Error{Reason: datasource.Garbage, Source: c.source.Name, Message: "its answer is not understood", Err: err}
	}
	out := []datasource.Choice{}
	for _, bucket := range agg.buckets() {
		s := bucket.name()
		out = append(out, datasource.Choice{Text: s, Value: s})
	}
	return out, nil
}

// Check counts the documents of the last day.
func (c *connection) Check(ctx context.Context) (string, error) {
	var about struct {
		Version struct {
			Number       string `json:"number"`
			Distribution string `json:"distribution"`
		} `json:"version"`
	}
	// A user who may only search is not told the version.
	_ = c.client.Do(ctx, http.MethodGet, "/", nil, "", nil, func(r io.Reader) error { return json.NewDecoder(r).Decode(&about) })
	now := time.Now()
	q := datasource.Query{From: now.Add(-24 * time.Hour), To: now}
	t := target{TimeField: c.options.TimeField}
	b := builder{target: &t, query: &q, options: &c.options}
	result, _, err := c.search(ctx, indexes(c.options.Index, c.options.Interval, q.From, q.To), map[string]any{"size": 0, "query": b.filter()})
	if err != nil {
		return "", err
	}
	version := ""
	if about.Version.Number != "" {
		version = " version " + about.Version.Number
	}
	return fmt.Sprintf("It answers:%s %d documents of the last day.", version, result.Hits.total()), nil
}

// Close closes idle connections.
func (c *connection) Close() error { return c.client.Close() }
