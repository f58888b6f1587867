package httpapi

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/promqltest"
	"github.com/prometheus/prometheus/storage"
)

const federationData = `
load 1m
	b_metric{foo="baz"} 0+10x100
	b_metric{foo="bar",instance="own"} 0+1x100
	b_metric 5x100
	a_metric{foo="a",zone="<mine>"} NaN Inf 3x98
	{nameless="yes"} 1x100
	gone 1 2 3 stale
	old 1 2
	native {{schema:1 sum:12.5 count:9 z_bucket:2 z_bucket_w:0.001 buckets:[1 2 0 1] n_buckets:[2 1]}}x100
	native{g="1"} {{schema:0 sum:-4 count:4 buckets:[1 2 1] counter_reset_hint:gauge}}x100
	custom {{schema:-53 sum:5 count:7 custom_values:[1 2.5 10] buckets:[1 2 3 1]}}x100
`

func newFederationServer(t *testing.T) *Server {
	t.Helper()
	st := promqltest.LoadedStorage(t, federationData)
	t.Cleanup(func() { _ = st.Close() })
	s, err := New(Options{Queryable: st, Config: testConfig{}, Now: func() time.Time { return time.Unix(6000, 0) }})
	if err != nil {
		t.Fatal(err)
	}
	s.SetReady(Ready)
	return s
}

// What the samples look like is Prometheus's federation, checked against a real
// one: sorted by name, external labels where there are none, no stale series.
func TestFederateText(t *testing.T) {
	s := newFederationServer(t)
	for _, c := range []struct {
		match []string
		want  string
	}{
		{[]string{"a_metric"}, "# TYPE a_metric untyped\na_metric{foo=\"a\",zone=\"<mine>\",instance=\"federated\"} 3 6000000\n"},
		{[]string{`{foo=~"bar|baz"}`, "a_metric"}, `# TYPE a_metric untyped
a_metric{foo="a",zone="<mine>",instance="federated"} 3 6000000
# TYPE b_metric untyped
b_metric{foo="bar",instance="own",zone="ie"} 100 6000000
b_metric{foo="baz",instance="federated",zone="ie"} 1000 6000000
`},
		{[]string{"b_metric", "b_metric"}, `# TYPE b_metric untyped
b_metric{instance="federated",zone="ie"} 5 6000000
b_metric{foo="bar",instance="own",zone="ie"} 100 6000000
b_metric{foo="baz",instance="federated",zone="ie"} 1000 6000000
`},
		{[]string{"gone"}, ""}, {[]string{"old"}, ""}, {[]string{"native"}, ""}, {[]string{`{nameless="yes"}`}, ""}, {nil, ""}, {[]string{"none"}, ""},
		{[]string{"custom"}, `# TYPE custom histogram
custom_bucket{instance="federated",zone="ie",le="1.0"} 1 6000000
custom_bucket{instance="federated",zone="ie",le="2.5"} 3 6000000
custom_bucket{instance="federated",zone="ie",le="10.0"} 6 6000000
custom_bucket{instance="federated",zone="ie",le="+Inf"} 7 6000000
custom_sum{instance="federated",zone="ie"} 5 6000000
custom_count{instance="federated",zone="ie"} 7 6000000
`},
	} {
		w := serve(s.Handler(), http.MethodGet, "/federate?"+url.Values{"match[]": c.match}.Encode(), nil)
		got := strings.NewReplacer(`le="1"`, `le="1.0"`, `le="10"`, `le="10.0"`).Replace(w.Body.String())
		if w.Code != http.StatusOK || got != c.want {
			t.Errorf("%q: %d\n%s\nwant\n%s", c.match, w.Code, got, c.want)
		}
		if ct := w.Header().Get("Content-Type"); !strings.HasPrefix(ct, "text/plain; version=0.0.4") {
			t.Errorf("%q: content type %q", c.match, ct)
		}
	}
}

func TestFederateProtobufHasNativeHistograms(t *testing.T) {
	s := newFederationServer(t)
	w := serve(s.Handler(), http.MethodGet, "/federate?match[]=native", nil,
		"Accept", "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited")
	format := expfmt.ResponseFormat(w.Header())
	d := expfmt.NewDecoder(bytes.NewReader(w.Body.Bytes()), format)
	var kinds []dto.MetricType
	for {
		var f dto.MetricFamily
		err := d.Decode(&f)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		kinds = append(kinds, f.GetType())
		h := f.Metric[0].Histogram
		if f.GetType() == dto.MetricType_HISTOGRAM && (h.GetSchema() != 1 || h.GetZeroCountFloat() != 2 || len(h.GetPositiveSpan()) == 0 || len(h.GetNegativeCount()) != 2) {
			t.Errorf("native histogram: %v", h)
		}
	}
	if len(kinds) != 2 || kinds[0] != dto.MetricType_HISTOGRAM || kinds[1] != dto.MetricType_GAUGE_HISTOGRAM {
		t.Errorf("families %v", kinds)
	}
}

func TestFederateErrors(t *testing.T) {
	s := newFederationServer(t)
	for target, want := range map[string]int{"/federate?match[]=%7B": 400, "/federate?%zz": 400, "/federate?match[]=a_metric": 200} {
		if w := serve(s.Handler(), http.MethodGet, target, nil); w.Code != want {
			t.Errorf("%s: %d %s", target, w.Code, w.Body)
		}
	}
	for err, want := range map[error]int{ErrNotReady: 503, errors.New("disk on fire"): 500} {
		failing, newErr := New(Options{Queryable: failingQueryable{err}})
		if newErr != nil {
			t.Fatal(newErr)
		}
		failing.SetReady(Ready)
		if w := serve(failing.Handler(), http.MethodGet, "/federate?match[]=x", nil); w.Code != want || !strings.Contains(w.Body.String(), err.Error()) {
			t.Errorf("%v: %d %s", err, w.Code, w.Body)
		}
	}
}

type failingQueryable struct{ err error }

func (q failingQueryable) Querier(int64, int64) (storage.Querier, error) { return nil, q.err }

func TestStorageErrorsHaveTheirType(t *testing.T) {
	for _, c := range []struct {
		err  error
		path string
		code int
		typ  string
	}{
		{ErrNotReady, "/series?match[]=x", 500, "unavailable"}, {errors.New("disk on fire"), "/labels", 422, "execution"},
		{errors.New("disk on fire"), "/label/x/values", 422, "execution"}, {ErrNotReady, "/labels", 500, "unavailable"},
	} {
		s, err := New(Options{Queryable: failingQueryable{c.err}})
		if err != nil {
			t.Fatal(err)
		}
		s.SetReady(Ready)
		want := `{"status":"error","errorType":"` + c.typ + `","error":"` + c.err.Error() + `"}`
		if w := serve(s.Handler(), http.MethodGet, "/api/v1"+c.path, nil); w.Code != c.code || w.Body.String() != want {
			t.Errorf("%s %v: %d %s", c.path, c.err, w.Code, w.Body)
		}
	}
}

func TestExternalLabelsAlwaysHaveInstance(t *testing.T) {
	got := externalLabels(noLabels{})
	if len(got) != 1 || got[0].GetName() != "instance" || got[0].GetValue() != "" {
		t.Errorf("%v", got)
	}
}

type noLabels struct{ testConfig }

func (noLabels) ExternalLabels() labels.Labels { return labels.EmptyLabels() }
