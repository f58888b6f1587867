package prometheus

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/promql/promqltest"

	"monopod/internal/datasource"
	"monopod/internal/frame"
	"monopod/internal/httpapi"
)

const data = `load 15s
  requests_total{job="a",code="200"} 0+10x40
  requests_total{job="a",code="500"} _x10 1+1x10 _x20
  requests_total{job="b",code="200"} 5 NaN Inf -Inf 1e-9 2.5x35
  bucket_bucket{le="0.5"} 1+1x40
  bucket_bucket{le="1"} 3+2x40
  bucket_bucket{le="+Inf"} 4+2x40
  native {{schema:0 sum:5 count:4 buckets:[1 2 1]}}x40
`

// newBoth returns the same data asked in process and over HTTP.
func newBoth(t *testing.T) (here, there datasource.Connection) {
	t.Helper()
	storage := promqltest.LoadedStorage(t, data)
	t.Cleanup(func() { _ = storage.Close() })
	p := parser.NewParser(parser.Options{})
	engine := promql.NewEngine(promql.EngineOpts{MaxSamples: 1e6, Timeout: time.Minute, LookbackDelta: 5 * time.Minute, Parser: p, EnableAtModifier: true})
	here = OpenLocal(Local{Engine: engine, Queryable: storage, Parser: p, Interval: func() time.Duration { return 15 * time.Second }})
	server, err := httpapi.New(httpapi.Options{Engine: engine, Queryable: storage, Parser: p})
	if err != nil {
		t.Fatal(err)
	}
	server.SetReady(httpapi.Ready)
	s := httptest.NewServer(server.Handler())
	t.Cleanup(s.Close)
	there, err = Kind{}.Open(datasource.Settings{Source: datasource.Source{Name: "remote", URL: s.URL, Options: json.RawMessage(`{"timeInterval":"15s"}`)}},
		datasource.Environment{Guard: &datasource.Guard{}, Limits: datasource.DefaultLimits()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = there.Close() })
	return here, there
}

func query(target map[string]any) datasource.Query {
	text, err := json.Marshal(target)
	if err != nil {
		panic(err)
	}
	return datasource.Query{RefID: "A", Target: text, From: time.Unix(7, 0), To: time.Unix(307, 0), Interval: 15 * time.Second, MaxDataPoints: 100, Shaped: true}
}

// TestLocalEqualsRemote holds both ways to the same data equal: what is taken from
// the engine, and what is read from JSON.
func TestLocalEqualsRemote(t *testing.T) {
	here, there := newBoth(t)
	for _, target := range []map[string]any{
		{"expr": "requests_total"},
		{"expr": "rate(requests_total[$__rate_interval])", "legendFormat": "{{job}} {{ code }}!"},
		{"expr": "sum(requests_total)", "legendFormat": "__auto"},
		{"expr": "requests_total", "instant": true, "format": "table"},
		{"expr": "requests_total", "instant": true, "range": true},
		{"expr": "bucket_bucket", "format": "heatmap", "legendFormat": "{{le}}"},
		{"expr": "native"}, {"expr": "native", "instant": true},
		{"expr": "1 + 1"}, {"expr": "time()", "instant": true}, {"expr": `"text"`, "instant": true},
		{"expr": "nothing_there"}, {"expr": "nothing_there", "format": "table", "instant": true},
	} {
		a, err := here.Query(context.Background(), query(target))
		if err != nil {
			t.Errorf("%v: %v", target, err)
			continue
		}
		b, err := there.Query(context.Background(), query(target))
		if err != nil {
			t.Errorf("%v over HTTP: %v", target, err)
			continue
		}
		x, errX := json.Marshal(a.Frames)
		y, errY := json.Marshal(b.Frames)
		if errX != nil || errY != nil || string(x) != string(y) {
			t.Errorf("%v\n here %s\nthere %s\n%v %v", target, x, y, errX, errY)
		}
	}
	for _, text := range []string{`"label_values(job)"`, `"label_values(requests_total{code=\"200\"}, job)"`, `"label_names()"`, `"metrics(.*total)"`,
		`"query_result(sum by (job) (requests_total))"`, `"requests_total{code=\"500\"}"`, `{"qryType":1,"label":"code","metric":"requests_total","labelFilters":[{"label":"job","op":"=","value":"b"}]}`,
		`{"query":"label_values(requests_total, code)","refId":"x"}`, `{"qryType":3,"varQuery":"1"}`} {
		q := query(nil)
		q.Target = json.RawMessage(text)
		a, errA := here.Values(context.Background(), q)
		b, errB := there.Values(context.Background(), q)
		if errA != nil || errB != nil || !reflect.DeepEqual(a, b) || len(a) == 0 {
			t.Errorf("%s\n here %v %v\nthere %v %v", text, a, errA, b, errB)
		}
	}
	for _, expr := range []string{"sum(", "", "requests_total + on(job) requests_total"} {
		for name, c := range map[string]datasource.Connection{"here": here, "there": there} {
			if _, err := c.Query(context.Background(), query(map[string]any{"expr": expr})); datasource.ReasonOf(err) != datasource.BadQuery {
				t.Errorf("%q %s: %v", expr, name, err)
			}
		}
	}
	for _, c := range []datasource.Connection{here, there} {
		if text, err := c.Check(context.Background()); err != nil || text == "" {
			t.Errorf("%q, %v", text, err)
		}
	}
}

func TestFrames(t *testing.T) {
	here, _ := newBoth(t)
	ask := func(target map[string]any) []*frame.Frame {
		t.Helper()
		a, err := here.Query(context.Background(), query(target))
		if err != nil {
			t.Fatal(err)
		}
		return a.Frames
	}
	list := ask(map[string]any{"expr": "requests_total", "legendFormat": "{{job}}-{{code}}"})
	byName := map[string]*frame.Frame{}
	for _, f := range list {
		byName[f.Name] = f
	}
	whole, sparse := byName["a-200"], byName["a-500"]
	if whole.Name != "a-200" || whole.Len() != 21 || whole.Fields[0].Numbers[0] != 0 || whole.Fields[0].Numbers[20] != 300_000 {
		t.Errorf("aligned to the step: %s, %d points, %v", whole.Name, whole.Len(), whole.Fields[0].Numbers)
	}
	if sparse.Name != "a-500" || sparse.Len() >= 21 || sparse.Fields[0].Numbers[0] != 150_000 {
		t.Errorf("a series of its own times: %s, %v", sparse.Name, sparse.Fields[0].Numbers)
	}
	if &whole.Fields[0].Numbers[0] != &byName["b-200"].Fields[0].Numbers[0] {
		t.Error("whole series do not share their times")
	}
	table := ask(map[string]any{"expr": "requests_total", "instant": true, "format": "table"})
	var names []string
	for _, f := range table[0].Fields {
		names = append(names, f.Name)
	}
	if got := strings.Join(names, " "); len(table) != 1 || got != "Time __name__ code job Value" || table[0].Len() != 3 {
		t.Errorf("%d tables: %s, %d rows", len(table), got, table[0].Len())
	}
	heat := ask(map[string]any{"expr": "bucket_bucket", "format": "heatmap", "legendFormat": "{{le}}"})
	if len(heat) != 1 || heat[0].Meta.Type != "heatmap-rows" || heat[0].Fields[1].Name != "0.5" || heat[0].Fields[3].Name != "+Inf" {
		t.Fatalf("%+v", heat)
	}
	if got := fmt.Sprint(heat[0].Fields[1].Numbers[0], heat[0].Fields[2].Numbers[0], heat[0].Fields[3].Numbers[0]); got != "1 2 1" {
		t.Errorf("buckets less the ones below: %s", got)
	}
	if cells := ask(map[string]any{"expr": "native"}); cells[0].Meta.Type != "heatmap-cells" || cells[0].Fields[3].Numbers[1] != 2 {
		t.Errorf("%+v", cells[0])
	}
}

func TestSteps(t *testing.T) {
	c := &connection{minStep: func() time.Duration { return 15 * time.Second }}
	for _, test := range []struct {
		target target
		length time.Duration
		want   string
	}{
		{target{maxDataPoints: 1000}, time.Hour, "15s"},
		{target{maxDataPoints: 100}, time.Hour, "30s"},
		{target{maxDataPoints: 1000, intervalMilliseconds: 5000}, time.Hour, "5s"},
		{target{maxDataPoints: 1000, Interval: "1m"}, time.Hour, "1m0s"},
		{target{maxDataPoints: 1000, Interval: ">2m"}, time.Hour, "2m0s"},
		{target{maxDataPoints: 1000, Interval: "30"}, time.Hour, "30s"},
		{target{maxDataPoints: 1000, Interval: "$__interval"}, time.Hour, "15s"},
		{target{maxDataPoints: 1000, Interval: "$__rate_interval"}, time.Hour, "1m0s"},
		{target{maxDataPoints: 1000, IntervalFactor: 2}, 24 * time.Hour, "2m0s"},
		{target{maxDataPoints: 1 << 30, intervalMilliseconds: 1}, 30 * 24 * time.Hour, "5m0s"},
	} {
		got, err := c.stepOf(&test.target, test.length)
		if err != nil || got.String() != test.want {
			t.Errorf("%+v over %s: %s, %v, want %s", test.target, test.length, got, err, test.want)
		}
	}
	if _, err := c.stepOf(&target{Interval: "often"}, time.Hour); err == nil {
		t.Error("a step of \"often\"")
	}
	seoul := time.FixedZone("KST", 9*3600)
	if got := align(time.Date(2026, 1, 2, 12, 0, 0, 0, seoul), 24*time.Hour, seoul); !got.Equal(time.Date(2026, 1, 2, 0, 0, 0, 0, seoul)) {
		t.Errorf("a day begins at %s", got.In(seoul))
	}
}

func TestKey(t *testing.T) {
	here, _ := newBoth(t)
	key := func(change func(*datasource.Query)) string {
		q := query(map[string]any{"expr": "up", "refId": "A"})
		change(&q)
		return here.(datasource.Keyer).Key(q)
	}
	same := key(func(*datasource.Query) {})
	if got := key(func(q *datasource.Query) { q.From, q.RefID = q.From.Add(3*time.Second), "B" }); got != same {
		t.Errorf("the same step: %s and %s", got, same)
	}
	for name, change := range map[string]func(*datasource.Query){
		"a later step":     func(q *datasource.Query) { q.To = q.To.Add(15 * time.Second) },
		"another interval": func(q *datasource.Query) { q.Interval = time.Minute },
		"another shape":    func(q *datasource.Query) { q.Shaped = false },
		"another text":     func(q *datasource.Query) { q.Target = json.RawMessage(`{"expr":"up","legendFormat":"x"}`) },
	} {
		if key(change) == same {
			t.Errorf("%s has the same key", name)
		}
	}
}

func TestStarting(t *testing.T) {
	c := OpenLocal(Local{Ready: func() bool { return false }})
	if _, err := c.Query(context.Background(), query(map[string]any{"expr": "up"})); datasource.ReasonOf(err) != datasource.Down || !strings.Contains(err.Error(), "starting") {
		t.Error(err)
	}
}

func FuzzAnswer(f *testing.F) {
	f.Add([]byte(`{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"a":"b"},"values":[[1,"2"]],"histograms":[[1,{"count":"1","sum":"2","buckets":[[0,"1","2","3"]]}]]}]}}`))
	f.Add([]byte(`{"status":"success","data":{"result":[1.5,"x"],"resultType":"string"},"warnings":["w"]}`))
	f.Add([]byte(`{"status":"error","errorType":"bad_data","error":"no"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		m := &matrix{}
		if err := readEnvelope(datasource.Source{}, strings.NewReader(string(body)), m, readMatrix(m, newGrid(time.Unix(0, 0), time.Unix(60, 0), time.Second))); err != nil {
			return
		}
		c := &connection{limits: datasource.DefaultLimits()}
		for _, format := range []string{"table", "heatmap", ""} {
			p := &plan{target: target{Format: format}, step: time.Second}
			frames := c.frames(m, p, "A", true)
			switch format {
			case "table":
				frames = tables(frames, "A")
			case "heatmap":
				frames = heatmaps(frames, "A")
			}
			for _, x := range frames {
				if err := x.Check(); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}

func TestSecretsStayWithTheSource(t *testing.T) {
	var seen http.Header
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = r.Header
		fmt.Fprint(w, `{"status":"success","data":{"resultType":"vector","result":[]}}`)
	}))
	defer s.Close()
	c, err := Kind{}.Open(datasource.Settings{Source: datasource.Source{URL: s.URL, Options: json.RawMessage(`{"httpHeaderName1":"Authorization"}`)}, Secrets: map[string]string{"httpHeaderValue1": "Bearer own"}},
		datasource.Environment{Guard: &datasource.Guard{}, Limits: datasource.DefaultLimits()})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Query(context.Background(), query(map[string]any{"expr": "up", "instant": true})); err != nil {
		t.Fatal(err)
	}
	if seen.Get("Authorization") != "Bearer own" || seen.Get("Cookie") != "" {
		t.Errorf("%v", seen)
	}
}
