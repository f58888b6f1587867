package httpapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"testing"
)

// canonical puts into order what comes in the order of a map: annotations, and
// the series that some operators give.
func canonical(t *testing.T, body string) string {
	t.Helper()
	var a struct {
		Status, ErrorType, Error string
		Data                     struct {
			ResultType string
			Result     json.RawMessage
		}
		Warnings, Infos []string
	}
	if err := json.Unmarshal([]byte(body), &a); err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	var series []json.RawMessage
	if a.Data.ResultType == "vector" || a.Data.ResultType == "matrix" {
		if err := json.Unmarshal(a.Data.Result, &series); err != nil {
			t.Fatalf("%s: %v", body, err)
		}
		slices.SortFunc(series, func(x, y json.RawMessage) int { return bytes.Compare(x, y) })
		a.Data.Result = nil
	}
	slices.Sort(a.Warnings)
	slices.Sort(a.Infos)
	return fmt.Sprintf("%s %s", a, series)
}

var selections = [][]string{
	{}, {"match[]", "requests_total"}, {"match[]", "requests_total", "match[]", "temperature"}, {"match[]", "nothing"},
	{"match[]", "requests_total", "match[]", "requests_total"}, {"match[]", `{job="api"}`, "match[]", "nothing"},
	{"match[]", `{__name__=~".+"}`}, {"match[]", `{"utf8.name"}`}, {"match[]", `{"utf8.label"=~".+"}`},
	{"match[]", `requests_total{code!="200"}`, "start", "0", "end", "600"}, {"match[]", "requests_total", "start", "7200", "end", "9000"},
	{"match[]", "requests_total", "start", "600", "end", "0"},
	{"match[]", "requests_total", "limit", "1"}, {"match[]", "requests_total", "limit", "2", "match[]", "temperature"}, {"match[]", "requests_total", "limit", "0"},
	{"match[]", "requests_total", "limit", "3"}, {"match[]", "requests_total", "limit", "9223372036854775807"},
	{"match[]", "requests_total", "limit", "-1"}, {"match[]", "requests_total", "limit", "many"},
	{"match[]", "requests_total", "start", "bad"}, {"match[]", "requests_total", "end", "bad<>"}, {"match[]", ""},
	{"match[]", `{}`}, {"match[]", `{job=~".*"}`}, {"match[]", `{job=""}`}, {"match[]", "requests_total", "match[]", `{job!="x"}`},
	{"match[]", "sum(x)"}, {"match[]", "x{"}, {"match[]", "x", "match[]", "y["}, {"limit", "1"}, {"limit", "100"}, {"start", "0", "end", "60"},
	{"start", "-9223372036854775808", "end", "9223372036854775807", "match[]", "requests_total"},
}

func TestSeriesLabelsAndValuesEqualPrometheus(t *testing.T) {
	f := newFixture(t)
	for _, s := range selections {
		f.same(t, query("/series", s...))
		f.same(t, post("/series", s...))
		f.same(t, query("/labels", s...))
		f.same(t, post("/labels", s...))
		for _, name := range []string{"job", "__name__", "room", "nothing", "utf8.label", "U__utf8_2e_label", "U__", "U__bad_zz_", "%ff", "a%20b"} {
			f.same(t, query("/label/"+name+"/values", s...))
		}
	}
	f.same(t, call{path: "/series", form: map[string][]string{}})
	f.same(t, call{path: "/series?match[]=%zz"})
	f.same(t, call{path: "/label/job/values?match[]=%zz"})
}

func TestMethodsEqualPrometheus(t *testing.T) {
	f := newFixture(t)
	for _, c := range []call{
		{method: http.MethodDelete, path: "/series?match[]=requests_total"}, {method: http.MethodPut, path: "/query?query=1"},
		{method: http.MethodPost, path: "/label/job/values"}, {method: http.MethodPost, path: "/targets"}, {path: "/admin/tsdb/snapshot"},
		{method: http.MethodPatch, path: "/labels"},
	} {
		ours, theirs := answer(f.ours.Handler(), c), answer(f.theirs, c)
		if ours.Code != theirs.Code || ours.Body.String() != theirs.Body.String() {
			t.Errorf("%s: %d %q, Prometheus says %d %q", c, ours.Code, ours.Body, theirs.Code, theirs.Body)
		}
		if ours.Header().Get("Allow") == "" {
			t.Errorf("%s: no Allow header", c)
		}
	}
	for _, path := range []string{"/nothing", "/label//values", "/status", "/admin/tsdb", "/"} {
		c := call{path: path}
		if ours, theirs := answer(f.ours.Handler(), c), answer(f.theirs, c); ours.Code != http.StatusNotFound || theirs.Code != ours.Code && theirs.Code/100 != 3 {
			t.Errorf("%s: %d, Prometheus says %d", path, ours.Code, theirs.Code)
		}
	}
	for _, c := range []call{{method: http.MethodOptions, path: "/query"}, {method: http.MethodOptions, path: "/no/such/route"}} {
		f.same(t, c)
	}
}
