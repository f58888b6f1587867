package httpapi

import (
	"context"
	"math/rand"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

var instantQueries = []string{
	`requests_total`, `temperature`, `small`, `histo`, `mixed`, `ends_early`, `{"utf8.name"}`, `{"utf8.label"="välue"}`,
	`1`, `1e300`, `-0`, `NaN`, `Inf`, `-Inf`, `1e-300`, `"a <string> & \"quotes\" \n \u2028"`, `""`,
	`vector(1) < 0`, `sum by (job) (rate(requests_total[5m]))`, `rate(temperature[5m])`, `requests_total[3m]`,
	`histo[2m]`, `mixed[10m]`, `temperature{room="hall"}[20m]`, `histogram_quantile(0.9, histo)`, `histogram_quantile(2, bucketed_bucket)`,
	`histogram_quantile(0.5, requests_total)`, `sum(histo)`, `sum(mixed) + 1`, `absent(nothing)`, `sort_desc(requests_total)`,
	`label_replace(requests_total, "html", "<$1>", "job", "(.*)")`, `topk(1, requests_total)`, `quantile(-1, temperature)`,
	`time()`, `requests_total @ 600`, `requests_total offset -5m`, `count({__name__=~".+"})`, `max_over_time(temperature[1h])`,
	`sum_over_time(requests_total[10m:1m])`, `mixed * on () group_left () requests_total{code="500"}`, `temperature and on () vector(1)`,
	// refused
	``, `sum(`, `requests_total{`, `{}`, `{job=~".*"}`, `up[5m:]]`, `foo bar`, `"unterminated`, `rate(requests_total)`, `requests_total{job="api"`,
	`requests_total{job=~"*"}`, `sum(requests_total) by`, `1 +`, `requests_total[5x]`, `a <b> c`, `foo{"\xff"="1"}`, `unknown_function(1)`,
	// fail while they run
	`requests_total * requests_total{code="200"} * on (job) requests_total`, `label_replace(requests_total, "x", "y", "job", "(")`,
	`label_replace(requests_total, "__name__", "same", "", "") + on() group_right() requests_total`, `vector(1) + on() (requests_total)`,
	`sum_over_time(requests_total[1h:1s])`, `count_values("~bad\xff", requests_total)`,
}

func TestInstantQueryEqualsPrometheus(t *testing.T) {
	f := newFixture(t)
	for _, q := range instantQueries {
		for _, at := range []string{"600", "3540.5", "1970-01-01T00:05:00Z", ""} {
			c := []string{"query", q}
			if at != "" {
				c = append(c, "time", at)
			}
			f.same(t, query("/query", c...))
		}
		f.same(t, post("/query", "query", q, "time", "300"))
	}
}

func TestInstantQueryParameters(t *testing.T) {
	f := newFixture(t)
	for _, pairs := range [][]string{
		{"query", "requests_total", "time", "yesterday"}, {"query", "requests_total", "time", "1e30"}, {"query", "requests_total", "time", "-1"},
		{"query", "requests_total", "time", "NaN"}, {"query", "requests_total", "time", "-292273086-05-16T16:47:06Z"}, {"query", "1", "time", "+292277025-08-18T07:12:54.999999999Z"},
		{"query", "1", "time", "1435781451.781"}, {"query", `"s"`, "time", "0.001"}, {"query", "1", "time", "123456789012.345"}, {"query", "vector(1)", "time", "-1.5"},
		{"query", "requests_total", "limit", "1", "time", "600"}, {"query", "requests_total", "limit", "0", "time", "600"}, {"query", "requests_total", "limit", "3", "time", "600"},
		{"query", "requests_total[2m]", "limit", "2", "time", "600"}, {"query", "1", "limit", "1"},
		{"query", "requests_total", "limit", "-1"}, {"query", "requests_total", "limit", "x<y"}, {"query", "requests_total", "limit", "99999999999999999999"},
		{"query", "requests_total", "timeout", "5s", "time", "600"}, {"query", "requests_total", "timeout", "soon"}, {"query", "requests_total", "timeout", "1e30"},
		{"query", "requests_total", "timeout", "0", "time", "600"}, {"query", "requests_total", "timeout", "-1"},
		{"query", "ends_early", "lookback_delta", "1h", "time", "3000"}, {"query", "requests_total", "lookback_delta", "1s", "time", "601.5"}, {"query", "requests_total", "lookback_delta", "x"},
		{"limit", "x", "time", "x", "query", ""}, {"time", "x", "timeout", "x"}, {"timeout", "x", "lookback_delta", "x"}, {"lookback_delta", "x", "query", ")"},
		{"query", "requests_total", "dedup", "true", "time", "600"}, {"query", "requests_total", "unknown", "1", "time", "600"},
		{"query", "requests_total", "query", "up", "time", "600"},
	} {
		f.same(t, query("/query", pairs...))
		f.same(t, post("/query", pairs...))
	}
	for _, c := range []call{
		{path: "/query?query=requests_total&time=%zz"}, {path: "/query?query=%ff%fe"}, {path: "/query?;query=1"},
		{path: "/query?time=60&query=requests_total", form: map[string][]string{"time": {"600"}}},
		{path: "/query?query=1", header: http.Header{"Accept": {"application/xml"}}},
		{path: "/query?query=1", header: http.Header{"Accept": {"*/*"}}},
	} {
		f.same(t, c)
	}
}

func TestRangeQueryEqualsPrometheus(t *testing.T) {
	f := newFixture(t)
	for _, q := range instantQueries {
		f.same(t, query("/query_range", "query", q, "start", "0", "end", "3600", "step", "60"))
		f.same(t, post("/query_range", "query", q, "start", "0.5", "end", "600", "step", "37.5"))
	}
	for _, pairs := range [][]string{
		{"start", "0", "end", "600"}, {"start", "0", "step", "60"}, {"end", "0", "step", "60"}, {"start", "", "end", "", "step", ""},
		{"start", "600", "end", "0", "step", "60"}, {"start", "x", "end", "0", "step", "60"}, {"start", "0", "end", "600", "step", "0"},
		{"start", "0", "end", "600", "step", "-1"}, {"start", "0", "end", "600", "step", "x"}, {"start", "0", "end", "600", "step", "1m"},
		{"start", "0", "end", "11000", "step", "1"}, {"start", "0", "end", "11001", "step", "1"}, {"start", "0", "end", "11000.9", "step", "1s"},
		{"start", "0", "end", "600", "step", "1e-10"}, {"start", "0", "end", "600", "step", "1e30"}, {"start", "0", "end", "600", "step", "600s", "limit", "1"},
		{"start", "0", "end", "600", "step", "60", "limit", "-3"}, {"start", "0", "end", "600", "step", "60", "timeout", "x"},
		{"start", "0", "end", "600", "step", "60", "lookback_delta", "x"}, {"start", "0", "end", "600", "step", "60", "lookback_delta", "30s"},
		{"start", "1970-01-01T00:00:00Z", "end", "1970-01-01T00:10:00.000Z", "step", "2m"}, {"start", "-600", "end", "600", "step", "5m"},
		{"start", "600", "end", "600", "step", "60"}, {"start", "0", "end", "1e12", "step", "1e9"},
	} {
		f.same(t, query("/query_range", append(pairs, "query", "requests_total")...))
	}
	f.same(t, query("/query_range", "query", `{__name__=~".+"}`, "start", "0", "end", "3600", "step", "1")) // too many samples
}

// The client went away: 499, as Prometheus says.
func TestCanceledQueryEqualsPrometheus(t *testing.T) {
	f := newFixture(t)
	for _, c := range []call{query("/query", "query", "requests_total", "time", "600"), query("/query_range", "query", "requests_total", "start", "0", "end", "600", "step", "60")} {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		ours, theirs := httptest.NewRecorder(), httptest.NewRecorder()
		f.ours.Handler().ServeHTTP(ours, c.request().WithContext(ctx))
		f.theirs.ServeHTTP(theirs, c.request().WithContext(ctx))
		if ours.Code != statusClientClosed || ours.Code != theirs.Code || ours.Body.String() != theirs.Body.String() {
			t.Errorf("%s: %d %s, Prometheus says %d %s", c, ours.Code, ours.Body, theirs.Code, theirs.Body)
		}
	}
}

var timings = regexp.MustCompile(`("\w+Time":)[0-9.e-]+`)

func TestStatsEqualPrometheusExceptTime(t *testing.T) {
	f := newFixture(t)
	for _, c := range []call{
		query("/query", "query", "requests_total", "time", "600", "stats", "true"),
		query("/query", "query", "rate(requests_total[5m])", "time", "600", "stats", "all"),
		query("/query", "query", "rate(requests_total[5m])", "time", "600.25", "stats", "some<thing>"),
		query("/query_range", "query", "rate(requests_total[5m])", "start", "0.5", "end", "600", "step", "100", "stats", "all"),
	} {
		ours, theirs := answer(f.ours.Handler(), c).Body.String(), answer(f.theirs, c).Body.String()
		a, b := timings.ReplaceAllString(ours, "${1}0"), timings.ReplaceAllString(theirs, "${1}0")
		if a != b {
			t.Errorf("%s:\nours:   %s\ntheirs: %s", c, a, b)
		}
		if !strings.Contains(ours, `"timings":{"evalTotalTime":`) {
			t.Errorf("%s: no timings in %s", c, ours)
		}
	}
}

func TestExemplarsEqualPrometheus(t *testing.T) {
	f := newFixture(t)
	for _, pairs := range [][]string{
		{"query", "requests_total"}, {"query", "requests_total", "start", "0", "end", "60"}, {"query", "rate(requests_total[5m]) + temperature"},
		{"query", "nothing"}, {"query", "1"}, {"query", ""}, {"query", "sum("}, {"query", "requests_total", "start", "60", "end", "0"},
		{"query", "requests_total", "start", "x"}, {"query", "requests_total", "end", "x"},
	} {
		f.same(t, query("/query_exemplars", pairs...))
		f.same(t, post("/query_exemplars", pairs...))
	}
}

func TestFormatAndParseEqualPrometheus(t *testing.T) {
	f := newFixture(t)
	for _, q := range append([]string{
		`sum  by(job,instance)(rate(requests_total{code=~"5.."}[5m]  offset 1m))/on(job)group_left(x)sum without()(up)`,
		`a + bool 1`, `a == bool on (x) b`, `a and ignoring (y) b`, `-a`, `(a)`, `a[5m:30s] @ start()`, `a[5m:] @ 12.5 offset -3m`, `a @ end()`,
		`topk by (x) (3, a)`, `quantile without (x) (0.5, a)`, `count_values("v<>", a)`, `label_join(a, "x", "-", "y", "z")`, `pi()`, `day_of_week()`,
		`rate(a[5m + 1m])`, `a offset (2*step())`, `a[(1m):step()]`, `a anchored`, `rate(a[5m] smoothed)`, `a + fill (3) b`, `a + fill_left(1) on (x) group_right () b`,
		`a[5m] offset -(1m ^ 2)`, `{__name__="x", "utf8 label"!~"<.*>"}`, `"str & <>"`, `0x1f`, `1_000`, `Inf`, `5m`, `a[300]`, `a[min(5m, step())]`, `info(a, {x="y"})`,
		`limitk(2, a)`, `sort_by_label(a, "x", "y")`, `a unless on () b or c`, `vector(1) atan2 2`, `a ^ b % c`,
	}, instantQueries...) {
		f.same(t, query("/format_query", "query", q))
		f.same(t, post("/format_query", "query", q))
		f.same(t, query("/parse_query", "query", q))
		f.same(t, post("/parse_query", "query", q))
	}
}

// Queries made of random pieces reach corners that nobody lists.
func TestRandomQueriesEqualPrometheus(t *testing.T) {
	f := newFixture(t)
	seed := rand.Int63()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewSource(seed))
	pick := func(list ...string) string { return list[r.Intn(len(list))] }
	var expr func(depth int) string
	expr = func(depth int) string {
		if depth == 0 {
			return pick(`requests_total`, `temperature`, `histo`, `mixed`, `small`, `{"utf8.name"}`, `1`, `vector(3)`, `bucketed_bucket`, `requests_total{code="500"}`)
		}
		e := expr(depth - 1)
		switch r.Intn(7) {
		case 0:
			return pick("sum", "min", "avg", "count", "stddev", "group") + pick("", " by (job)", " without (code)") + "(" + e + ")"
		case 1:
			return pick("abs", "ceil", "exp", "ln", "sgn", "sort", "absent", "scalar", "timestamp", "histogram_sum", "histogram_count") + "(" + e + ")"
		case 2:
			return "(" + e + pick(" + ", " - ", " * ", " / ", " > bool ", " and ", " or ", " unless ", " ^ ", " % ") + expr(depth-1) + ")"
		case 3:
			return pick("rate", "increase", "delta", "last_over_time", "count_over_time", "avg_over_time", "resets", "changes") + "(" + expr(0) + "[" + pick("1m", "5m", "90s") + "])"
		case 4:
			return "max_over_time((" + e + ")[5m:" + pick("1m", "") + "])"
		case 5:
			return pick("topk", "bottomk", "quantile") + "(" + pick("1", "2", "0.5", "NaN", "-1") + ", " + e + ")"
		}
		return e + pick("", " offset 1m", " @ 300", "[2m]", ")")
	}
	for range 400 {
		q := expr(r.Intn(4))
		ours := query("/query", "query", q, "time", pick("0", "61.234", "1800", "3600"))
		if r.Intn(2) == 0 {
			ours = query("/query_range", "query", q, "start", pick("0", "100.1"), "end", pick("600", "1000"), "step", pick("60", "17", "300"))
		}
		a, b := answer(f.ours.Handler(), ours), answer(f.theirs, ours)
		if a.Code != b.Code || canonical(t, a.Body.String()) != canonical(t, b.Body.String()) {
			t.Errorf("%s:\nours:   %d %s\ntheirs: %d %s", ours, a.Code, a.Body, b.Code, b.Body)
		}
	}
}
