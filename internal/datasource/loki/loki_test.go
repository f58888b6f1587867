package loki

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"monopod/internal/datasource"
)

// fake answers as Loki does, and remembers what was asked last.
func fake(t *testing.T, answers map[string]string) (datasource.Connection, *http.Request) {
	t.Helper()
	last := &http.Request{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*last = *r.Clone(context.Background())
		text, ok := answers[r.URL.Path]
		if !ok {
			http.Error(w, "parse error at line 1, col 3: syntax error: unexpected }", http.StatusBadRequest)
			return
		}
		fmt.Fprint(w, text)
	}))
	t.Cleanup(s.Close)
	c, err := Kind{}.Open(datasource.Settings{Source: datasource.Source{Name: "logs", URL: s.URL, Options: json.RawMessage(`{"maxLines":"50"}`)}},
		datasource.Environment{Guard: &datasource.Guard{}, Limits: datasource.DefaultLimits()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c, last
}

func query(target string) datasource.Query {
	return datasource.Query{RefID: "A", Target: json.RawMessage(target), From: time.Unix(1000, 0), To: time.Unix(1600, 0), Interval: 10 * time.Second, MaxDataPoints: 60}
}

func TestLines(t *testing.T) {
	c, last := fake(t, map[string]string{"/loki/api/v1/query_range": `{"status":"success","data":{"resultType":"streams","result":[
		{"stream":{"job":"a"},"values":[["1500000000001000000","newer"],["1400000000000000000","older",{"trace":"t1"}]]},
		{"stream":{"job":"b"},"values":[["1450000000000000000","<b>between</b>",{"structuredMetadata":{"pod":"p"},"parsed":{"level":"warn"}}],["1450000000000000000","twin"]]}],
		"stats":{"summary":{"totalLinesProcessed":77}}}}`})
	a, err := c.Query(context.Background(), query(`{"expr":"{job=~\".+\"} |= \"x\""}`))
	if err != nil {
		t.Fatal(err)
	}
	f := a.Frames[0]
	if got := strings.Join(f.Fields[2].Strings, ", "); got != "newer, <b>between</b>, twin, older" {
		t.Errorf("lines: %s", got)
	}
	if got := f.Fields[1].Numbers[0]; got != 1500000000001 {
		t.Errorf("the time is %v", got)
	}
	if got := fmt.Sprint(f.Fields[0].Values...); got != "map[job:a] map[job:b level:warn pod:p] map[job:b] map[job:a trace:t1]" {
		t.Errorf("labels: %s", got)
	}
	if ids := f.Fields[4].Strings; ids[1] == ids[2] {
		t.Errorf("two lines have the id %s", ids[1])
	}
	if f.Meta.Type != "log-lines" || a.Samples != 77 {
		t.Errorf("%+v, %d", f.Meta, a.Samples)
	}
	if q := last.URL.Query(); q.Get("limit") != "50" || q.Get("start") != "1000000000000" || q.Get("direction") != "backward" || q.Get("step") != "10s" {
		t.Errorf("asked %v", q)
	}
}

func TestNumbers(t *testing.T) {
	c, last := fake(t, map[string]string{
		"/loki/api/v1/query_range": `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"job":"a","level":"x"},"values":[[1000,"1"],[1010.5,"NaN"]]}]}}`,
		"/loki/api/v1/query":       `{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1600,"+Inf"]}]}}`,
	})
	a, err := c.Query(context.Background(), query(`{"expr":"rate({job=\"a\"}[$__interval])","legendFormat":"{{ job }}/{{level}}/{{none}}","maxLines":9}`))
	if err != nil {
		t.Fatal(err)
	}
	f := a.Frames[0]
	if f.Fields[1].Config.DisplayNameFromDS != "a/x/" || fmt.Sprint(f.Fields[0].Numbers) != "[1e+06 1.0105e+06]" || fmt.Sprint(f.Fields[1].Numbers) != "[1 NaN]" {
		t.Errorf("%+v", f)
	}
	if got := last.URL.Query().Get("query"); got != `rate({job="a"}[10s])` {
		t.Errorf("asked %s", got)
	}
	if a, err = c.Query(context.Background(), query(`{"expr":"sum(x)","queryType":"instant"}`)); err != nil || a.Frames[0].Meta.Type != "numeric-multi" {
		t.Errorf("%+v, %v", a, err)
	}
}

func TestValuesAndCheck(t *testing.T) {
	c, last := fake(t, map[string]string{"/loki/api/v1/labels": `{"status":"success","data":["pod","job"]}`, "/loki/api/v1/label/job/values": `{"status":"success","data":["b","a"]}`})
	for target, want := range map[string]string{
		`"label_names()"`:     "[{job job} {pod pod}]",
		`"label_values(job)"`: "[{a a} {b b}]",
		`{"type":0}`:          "[{job job} {pod pod}]",
		`{"type":1,"label":"job","stream":"{x=\"y\"}","refId":"z"}`: "[{a a} {b b}]",
		`"label_values({x=\"y\", z=~\"1,2\"}, job)"`:                "[{a a} {b b}]",
	} {
		list, err := c.Values(context.Background(), query(target))
		if got := fmt.Sprint(list); err != nil || got != want {
			t.Errorf("%s: %s, %v", target, got, err)
		}
		if strings.Contains(target, "stream") && last.URL.Query().Get("query") != `{x="y"}` {
			t.Errorf("asked %v", last.URL.Query())
		}
	}
	for _, target := range []string{`"what(ever)"`, `{"type":1,"label":"../../admin"}`} {
		if _, err := c.Values(context.Background(), query(target)); datasource.ReasonOf(err) != datasource.BadQuery {
			t.Errorf("%s: %v", target, err)
		}
	}
	if text, err := c.Check(context.Background()); err != nil || !strings.Contains(text, "2 labels") {
		t.Errorf("%q, %v", text, err)
	}
}

func TestErrors(t *testing.T) {
	c, _ := fake(t, nil)
	_, err := c.Query(context.Background(), query(`{"expr":"}"}`))
	if datasource.ReasonOf(err) != datasource.BadQuery || !strings.Contains(err.Error(), "unexpected }") {
		t.Errorf("%v", err)
	}
	if _, err := c.Query(context.Background(), query(`{"expr":" "}`)); datasource.ReasonOf(err) != datasource.BadQuery {
		t.Errorf("%v", err)
	}
}
