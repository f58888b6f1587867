package elasticsearch

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"monopod/internal/datasource"
	"monopod/internal/frame"
)

// cluster answers searches with one answer, and remembers what was asked last.
type cluster struct {
	datasource.Connection
	answer string
	code   int
	body   string
}

func fake(t *testing.T, answer string) *cluster {
	t.Helper()
	c := &cluster{answer: answer, code: http.StatusOK}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/":
			fmt.Fprint(w, `{"version":{"number":"8.1.0"}}`)
		case "/logs-2026.01.02/_mapping":
			fmt.Fprint(w, `{"logs":{"mappings":{"properties":{"host":{"properties":{"name":{"type":"keyword"}}},"size":{"type":"long"},"text":{"type":"text","fields":{"raw":{"type":"keyword"}}},"@timestamp":{"type":"date"}}}}}`)
		default:
			b, _ := io.ReadAll(r.Body)
			c.body = string(b)
			w.WriteHeader(c.code)
			if c.code != http.StatusOK {
				fmt.Fprint(w, c.answer)
				return
			}
			fmt.Fprintf(w, `{"responses":[%s]}`, c.answer)
		}
	}))
	t.Cleanup(s.Close)
	var err error
	c.Connection, err = Kind{}.Open(datasource.Settings{Source: datasource.Source{Name: "es", URL: s.URL, Options: json.RawMessage(`{"index":"[logs-]YYYY.MM.DD","interval":"Daily","timeField":"@timestamp"}`)}},
		datasource.Environment{Guard: &datasource.Guard{}, Limits: datasource.DefaultLimits()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

var start = time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC)

func query(target string) datasource.Query {
	return datasource.Query{RefID: "A", Target: json.RawMessage(target), From: start, To: start.Add(time.Hour), Interval: 30 * time.Second}
}

func text(frames []*frame.Frame) string {
	var b strings.Builder
	for _, f := range frames {
		for i := range f.Fields {
			field := &f.Fields[i]
			name := field.Name
			if field.Config != nil && field.Config.DisplayNameFromDS != "" {
				name = field.Config.DisplayNameFromDS
			}
			fmt.Fprintf(&b, "%s:", name)
			for row := range field.Len() {
				fmt.Fprintf(&b, " %v", field.At(row))
			}
			b.WriteString("; ")
		}
	}
	return strings.TrimSuffix(b.String(), "; ")
}

func TestSearches(t *testing.T) {
	for _, test := range []struct{ name, target, want string }{
		{"a count over time", `{"query":"status:500","timeField":"@timestamp","metrics":[{"id":"1","type":"count"}],"bucketAggs":[{"id":"2","type":"date_histogram","settings":{"interval":"auto"}}]}`,
			`{"aggs":{"2":{"date_histogram":{"extended_bounds":{"max":1767326400000,"min":1767322800000},"field":"@timestamp","fixed_interval":"30000ms","format":"epoch_millis","min_doc_count":0}}},` +
				`"query":{"bool":{"filter":[{"range":{"@timestamp":{"format":"epoch_millis","gte":1767322800000,"lte":1767326400000}}},{"query_string":{"analyze_wildcard":true,"query":"status:500"}}]}},"size":0}`},
		{"terms by a metric", `{"metrics":[{"id":"1","type":"avg","field":"size"},{"id":"4","type":"derivative","pipelineAgg":"1"}],"bucketAggs":[{"id":"3","type":"terms","field":"host","settings":{"size":"0","order":"desc","orderBy":"1"}},{"id":"2","type":"date_histogram","field":"ts","settings":{"interval":"1w","min_doc_count":"1"}}]}`,
			`{"aggs":{"3":{"aggs":{"1":{"avg":{"field":"size"}},"2":{"aggs":{"1":{"avg":{"field":"size"}},"4":{"derivative":{"buckets_path":"1"}}},` +
				`"date_histogram":{"calendar_interval":"1w","extended_bounds":{"max":1767326400000,"min":1767322800000},"field":"ts","format":"epoch_millis","min_doc_count":1}}},` +
				`"terms":{"field":"host","order":{"1":"desc"},"size":500}}},"query":{"bool":{"filter":[{"range":{"@timestamp":{"format":"epoch_millis","gte":1767322800000,"lte":1767326400000}}}]}},"size":0}`},
		{"documents", `{"query":"*","metrics":[{"id":"1","type":"raw_data","settings":{"size":"20"}}]}`,
			`{"query":{"bool":{"filter":[{"range":{"@timestamp":{"format":"epoch_millis","gte":1767322800000,"lte":1767326400000}}}]}},"size":20,"sort":[{"@timestamp":{"order":"desc","unmapped_type":"boolean"}}]}`},
	} {
		c := fake(t, `{"hits":{"total":0,"hits":[]}}`)
		if _, err := c.Query(context.Background(), query(test.target)); err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		lines := strings.Split(c.body, "\n")
		if lines[0] != `{"ignore_unavailable":true,"index":"logs-2026.01.02","search_type":"query_then_fetch"}` || lines[1] != test.want {
			t.Errorf("%s\n got %s\n%s\nwant %s", test.name, lines[0], lines[1], test.want)
		}
	}
}

func TestAnswers(t *testing.T) {
	for _, test := range []struct{ name, target, answer, want string }{
		{"a count", `{"bucketAggs":[{"id":"2","type":"date_histogram"}]}`,
			`{"aggregations":{"2":{"buckets":[{"key":1000,"doc_count":3},{"key":2000,"doc_count":0}]}}}`, "Time: 1000 2000; Count: 3 0"},
		{"terms, two metrics", `{"metrics":[{"id":"1","type":"avg","field":"size"},{"id":"5","type":"max","field":"size"}],"bucketAggs":[{"id":"3","type":"terms","field":"host"},{"id":"2","type":"date_histogram"}]}`,
			`{"aggregations":{"3":{"buckets":[{"key":"a","doc_count":1,"2":{"buckets":[{"key":1,"1":{"value":1.5},"5":{"value":null}}]}},{"key":7,"2":{"buckets":[{"key":1,"1":{"value":2},"5":{"value":3}}]}}]}}}`,
			"Time: 1; a Average size: 1.5; Time: 1; a Max size: <nil>; Time: 1; 7 Average size: 2; Time: 1; 7 Max size: 3"},
		{"an alias", `{"alias":"{{host}}-{{term host}}-{{metric}}-{{field}}","metrics":[{"id":"1","type":"sum","field":"n"}],"bucketAggs":[{"id":"3","type":"terms","field":"host"},{"id":"2","type":"date_histogram"}]}`,
			`{"aggregations":{"3":{"buckets":[{"key":"a","2":{"buckets":[{"key":1,"1":{"value":4}}]}}]}}}`, "Time: 1; a-a-Sum-n: 4"},
		{"filters and percentiles", `{"metrics":[{"id":"1","type":"percentiles","field":"n","settings":{"percents":["50","99.9"]}}],"bucketAggs":[{"id":"3","type":"filters","settings":{"filters":[{"query":"x:1","label":"one"}]}},{"id":"2","type":"date_histogram"}]}`,
			`{"aggregations":{"3":{"buckets":{"one":{"doc_count":1,"2":{"buckets":[{"key":1,"1":{"values":{"50.0":5,"99.9":9}}}]}}}}}}`, "Time: 1; one p50 n: 5; Time: 1; one p99.9 n: 9"},
		{"a table", `{"metrics":[{"id":"1","type":"count"},{"id":"4","type":"extended_stats","field":"n","meta":{"std_deviation":true,"std_deviation_bounds_upper":true}}],"bucketAggs":[{"id":"2","type":"terms","field":"host"},{"id":"3","type":"histogram","field":"size","settings":{"interval":"10"}}]}`,
			`{"aggregations":{"2":{"buckets":[{"key":"a","3":{"buckets":[{"key":0,"doc_count":2,"4":{"std_deviation":1.5,"std_deviation_bounds":{"upper":9}}}]}},{"key":"b","3":{"buckets":[{"key":10,"doc_count":3,"4":{}}]}}]}}}`,
			"host: a b; size: 0 10; Count: 2 3; Std Dev n: 1.5 <nil>; Std Dev Upper n: 9 <nil>"},
		{"documents", `{"metrics":[{"id":"1","type":"raw_data"}]}`,
			`{"hits":{"total":{"value":2},"hits":[{"_id":"x","_index":"i","_source":{"@timestamp":"2026-01-02T03:04:05.678Z","host":{"name":"h"},"n":1,"list":[1,2]}},{"_id":"y","_index":"i","_source":{"@timestamp":1767322800000,"n":-2.5}}]}}`,
			"@timestamp: 1.767323045678e+12 1.7673228e+12; _id: x y; _index: i i; host.name: h <nil>; list: [1 2] <nil>; n: 1 -2.5"},
		{"log lines", `{"metrics":[{"id":"1","type":"logs","settings":{"limit":"10"}}]}`,
			`{"hits":{"hits":[{"_id":"x","_index":"i","_source":{"@timestamp":1000000000000,"message":"it <b>broke</b>","level":"error","n":1}}]}}`,
			"labels: map[level:error n:1]; @timestamp: 1e+12; line: it <b>broke</b>; level: error; id: x"},
		{"nothing", `{}`, `{"hits":{"hits":[]}}`, ""},
	} {
		a, err := fake(t, test.answer).Query(context.Background(), query(test.target))
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		if got := text(a.Frames); got != test.want {
			t.Errorf("%s\n got %s\nwant %s", test.name, got, test.want)
		}
	}
}

func TestErrors(t *testing.T) {
	for _, test := range []struct {
		name, target, answer string
		code                 int
		reason               datasource.Reason
		want                 string
	}{
		{"a wrong query", `{"query":"a:("}`, `{"error":{"root_cause":[{"reason":"Failed to parse query [a:(]"}],"type":"search_phase_execution_exception","reason":"all shards failed"},"status":400}`, 200, datasource.BadQuery, "Failed to parse query"},
		{"no index", `{}`, `{"error":{"type":"index_not_found_exception","reason":"no such index [x]"},"status":404}`, 200, datasource.Misconfigured, "no such index"},
		{"unauthorized", `{}`, `{"error":"missing authentication"}`, 401, datasource.Unauthorized, "401"},
		{"garbage", `{}`, `{"aggregations":{"2":[]}}`, 200, datasource.Garbage, "not understood"},
		{"an unknown metric", `{"metrics":[{"id":"1","type":"what"}]}`, ``, 200, datasource.BadQuery, `"what"`},
		{"PPL", `{"queryType":"PPL"}`, ``, 200, datasource.BadQuery, "Lucene"},
	} {
		c := fake(t, test.answer)
		c.code = test.code
		_, err := c.Query(context.Background(), query(test.target))
		if datasource.ReasonOf(err) != test.reason || err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v (%s)", test.name, err, datasource.ReasonOf(err))
		}
	}
}

func TestValues(t *testing.T) {
	c := fake(t, `{"aggregations":{"1":{"buckets":[{"key":"a"},{"key":5},{"key":1,"key_as_string":"true"}]}}}`)
	for target, want := range map[string]string{
		`{"find":"terms","field":"host","query":"x:1"}`:         "[{a a} {5 5} {true true}]",
		`"{\"find\": \"terms\", \"field\": \"host\"}"`:          "[{a a} {5 5} {true true}]",
		`{"query":"{\"find\":\"fields\",\"type\":\"number\"}"}`: "[{size size}]",
		`{"find":"fields","type":"keyword"}`:                    "[{host.name host.name} {text.raw text.raw}]",
	} {
		list, err := c.Values(context.Background(), query(target))
		if got := fmt.Sprint(list); err != nil || got != want {
			t.Errorf("%s: %s, %v", target, got, err)
		}
	}
	if _, err := c.Values(context.Background(), query(`"terms"`)); datasource.ReasonOf(err) != datasource.BadQuery {
		t.Error(err)
	}
	c = fake(t, `{"hits":{"total":{"value":12}}}`)
	if message, err := c.Check(context.Background()); err != nil || !strings.Contains(message, "version 8.1.0") || !strings.Contains(message, "12 documents") {
		t.Errorf("%q, %v", message, err)
	}
}

func TestIndexes(t *testing.T) {
	for _, test := range []struct{ pattern, interval, want string }{
		{"logs-*", "", "[logs-*]"}, {"[logs-]YYYY.MM.DD", "Daily", "[logs-2026.01.02 logs-2026.01.03]"}, {"[logs-]YYYY.MM", "Monthly", "[logs-2026.01]"},
		{"[l-]YYYY[-x]", "Yearly", "[l-2026-x]"}, {"plain", "Daily", "[plain]"},
	} {
		if got := fmt.Sprint(indexes(test.pattern, test.interval, start, start.Add(24*time.Hour))); got != test.want {
			t.Errorf("%s %s: %s, want %s", test.pattern, test.interval, got, test.want)
		}
	}
	if got := fmt.Sprint(indexes("[l-]YYYY.MM.DD.HH", "Hourly", start, start.AddDate(1, 0, 0))); got != "[l-*]" {
		t.Errorf("a year of hours: %.80s", got)
	}
}
