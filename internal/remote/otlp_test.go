package remote

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/prometheus/client_golang/prometheus"
	promconfig "github.com/prometheus/prometheus/config"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pmetric/pmetricotlp"
)

func (r *rig) otlp(change ...func(*OTLPOptions)) *OTLPHandler {
	r.t.Helper()
	o := OTLPOptions{
		Registerer: prometheus.NewRegistry(), Writer: r.db, Now: clock, LookbackDelta: 5 * time.Minute,
		Config: func() promconfig.OTLPConfig { return promconfig.DefaultOTLPConfig },
	}
	for _, c := range change {
		c(&o)
	}
	h, err := NewOTLPHandler(o)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() {
		if err := h.Close(); err != nil {
			r.t.Error(err)
		}
	})
	return h
}

// moment is an offset from now, in milliseconds, as OTLP writes it.
func moment(offset int64) pcommon.Timestamp { return pcommon.Timestamp((now + offset) * 1_000_000) }

// telemetry is one resource with one scope.
func telemetry() (pmetricotlp.ExportRequest, pmetric.MetricSlice) {
	m := pmetric.NewMetrics()
	r := m.ResourceMetrics().AppendEmpty()
	r.Resource().Attributes().PutStr("service.name", "shop")
	r.Resource().Attributes().PutStr("service.instance.id", "i1")
	return pmetricotlp.NewExportRequestFromMetrics(m), r.ScopeMetrics().AppendEmpty().Metrics()
}

func gauge(list pmetric.MetricSlice, name string, offset int64, v float64) {
	m := list.AppendEmpty()
	m.SetName(name)
	p := m.SetEmptyGauge().DataPoints().AppendEmpty()
	p.SetTimestamp(moment(offset))
	p.SetDoubleValue(v)
}

func sum(list pmetric.MetricSlice, name string, t pmetric.AggregationTemporality, offset int64, v int64) {
	m := list.AppendEmpty()
	m.SetName(name)
	s := m.SetEmptySum()
	s.SetIsMonotonic(true)
	s.SetAggregationTemporality(t)
	p := s.DataPoints().AppendEmpty()
	p.SetStartTimestamp(moment(-60_000))
	p.SetTimestamp(moment(offset))
	p.SetIntValue(v)
}

func export(h http.Handler, request pmetricotlp.ExportRequest) (code int, text string, refused int64) {
	body, err := request.MarshalProto()
	if err != nil {
		panic(err)
	}
	w := post(h, body, "Content-Type", "application/x-protobuf")
	answer := pmetricotlp.NewExportResponse()
	if w.Code != http.StatusOK {
		return w.Code, w.Body.String(), 0
	}
	if err := answer.UnmarshalProto(w.Body.Bytes()); err != nil {
		panic(err)
	}
	return w.Code, answer.PartialSuccess().ErrorMessage(), answer.PartialSuccess().RejectedDataPoints()
}

func TestOTLP(t *testing.T) {
	r := newRig(t)
	h := r.otlp()
	request, list := telemetry()
	gauge(list, "queue.length", -1000, 4)
	sum(list, "requests", pmetric.AggregationTemporalityCumulative, 0, 12)
	m := list.AppendEmpty()
	m.SetName("latency")
	m.SetUnit("s")
	hist := m.SetEmptyHistogram()
	hist.SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
	p := hist.DataPoints().AppendEmpty()
	p.SetTimestamp(moment(0))
	p.SetCount(3)
	p.SetSum(2.5)
	p.ExplicitBounds().FromRaw([]float64{1})
	p.BucketCounts().FromRaw([]uint64{2, 1})
	e := p.Exemplars().AppendEmpty()
	e.SetDoubleValue(0.5)
	e.SetTimestamp(moment(0))
	e.SetTraceID([16]byte{1})
	m = list.AppendEmpty()
	m.SetName("native")
	exp := m.SetEmptyExponentialHistogram()
	exp.SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
	x := exp.DataPoints().AppendEmpty()
	x.SetTimestamp(moment(0))
	x.SetCount(3)
	x.SetSum(4)
	x.SetZeroCount(1)
	x.Positive().BucketCounts().FromRaw([]uint64{2})

	if code, text, refused := export(h, request); code != http.StatusOK || text != "" || refused != 0 {
		t.Fatalf("status %d, %d refused: %s", code, refused, text)
	}
	const who = `instance="i1", job="shop"`
	got := r.all()
	native := got[`{__name__="native", `+who+`}`]
	if native == "" {
		t.Error("no native histogram")
	}
	want := map[string]string{
		`{__name__="queue_length", ` + who + `}`:                      "-1000=4",
		`{__name__="requests_total", ` + who + `}`:                    "0=12",
		`{__name__="latency_seconds_count", ` + who + `}`:             "0=3",
		`{__name__="latency_seconds_sum", ` + who + `}`:               "0=2.5",
		`{__name__="latency_seconds_bucket", ` + who + `, le="1"}`:    "0=2",
		`{__name__="latency_seconds_bucket", ` + who + `, le="+Inf"}`: "0=3",
		`{__name__="native", ` + who + `}`:                            native,
	}
	for s, v := range want {
		if got[s] != v {
			t.Errorf("%s: %q, want %q", s, got[s], v)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d series, want %d: %v", len(got), len(want), got)
	}
	if got, want := r.exemplarsOf(), `{__name__="latency_seconds_bucket", instance="i1", job="shop", le="1"} 0=0.5{trace_id="01000000000000000000000000000000"}`; got != want {
		t.Errorf("exemplars %q, want %q", got, want)
	}
	// Again, as after a lost answer.
	if code, text, refused := export(h, request); code != http.StatusOK || refused != 0 {
		t.Errorf("again: status %d, %d refused: %s", code, refused, text)
	}
}

func TestOTLPEncodings(t *testing.T) {
	r := newRig(t)
	h := r.otlp()
	request, list := telemetry()
	gauge(list, "g", 0, 1)
	plain, err := request.MarshalProto()
	if err != nil {
		t.Fatal(err)
	}
	json, err := request.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	zip := func(b []byte) []byte {
		var out bytes.Buffer
		z := gzip.NewWriter(&out)
		if _, err := z.Write(b); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	for _, tc := range []struct {
		name           string
		body           []byte
		content, codec string
		code           int
		answer         string
	}{
		{"protobuf", plain, "application/x-protobuf", "", 200, ""},
		{"JSON", json, "application/json; charset=utf-8", "", 200, "{}"},
		{"gzip", zip(plain), "application/x-protobuf", "gzip", 200, ""},
		{"gzip JSON", zip(json), "application/json", "gzip", 200, "{}"},
		{"text", json, "text/plain", "", 415, "unsupported content type"},
		{"no type", json, "", "", 415, "unsupported content type"},
		{"zstd", plain, "application/x-protobuf", "zstd", 415, "unsupported compression"},
		{"no gzip", plain, "application/x-protobuf", "gzip", 400, "gzip"},
		{"no protobuf", json, "application/x-protobuf", "", 400, "decode"},
		{"no JSON", plain, "application/json", "", 400, "decode"},
		{"large", make([]byte, maxBody+1), "application/x-protobuf", "", 413, "exceeds"},
		{"bomb", zip(make([]byte, maxBody+1)), "application/x-protobuf", "gzip", 413, "exceeds"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := post(h, tc.body, "Content-Type", tc.content, "Content-Encoding", tc.codec)
			r.answers(w, tc.code, tc.answer)
		})
	}
}

func TestOTLPPartialSuccess(t *testing.T) {
	r := newRig(t)
	h := r.otlp()
	request, list := telemetry()
	gauge(list, "a", 0, 1)
	export(h, request)

	request, list = telemetry()
	gauge(list, "a", -1, 1)
	gauge(list, "b", 0, 2)
	gauge(list, "c", 3600_000, 3)
	sum(list, "d", pmetric.AggregationTemporalityDelta, 0, 4)
	code, text, refused := export(h, request)
	if code != http.StatusOK || refused != 3 {
		t.Errorf("status %d, %d refused: %s", code, refused, text)
	}
	for _, part := range []string{`out of order sample for series {__name__="a"`, `too far in the future for series {__name__="c"`, `metric "d"`} {
		if !bytes.Contains([]byte(text), []byte(part)) {
			t.Errorf("missing %q: %s", part, text)
		}
	}
	request, list = telemetry()
	gauge(list, "a", -1, 1)
	if code, text, _ := export(h, request); code != http.StatusBadRequest {
		t.Errorf("nothing stored: status %d: %s", code, text)
	}
	r.fsys.SetFree(0)
	request, list = telemetry()
	gauge(list, "a", 1, 1)
	if code, text, _ := export(h, request); code != http.StatusServiceUnavailable {
		t.Errorf("no space: status %d: %s", code, text)
	}
	const who = `instance="i1", job="shop"`
	r.stored(map[string]string{`{__name__="a", ` + who + `}`: "0=1", `{__name__="b", ` + who + `}`: "0=2"})
}

func TestOTLPDeltas(t *testing.T) {
	const series = `{__name__="requests_total", instance="i1", job="shop"}`
	for name, tc := range map[string]struct {
		change func(*OTLPOptions)
		want   string
	}{
		"added up": {func(o *OTLPOptions) { o.DeltaToCumulative = true }, "-2000=3 -1000=7 0=12"},
		"native":   {func(o *OTLPOptions) { o.NativeDelta = true }, "-2000=3 -1000=4 0=5"},
		"refused":  {func(*OTLPOptions) {}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			h := r.otlp(tc.change)
			for i, v := range []int64{3, 4, 5} {
				request, list := telemetry()
				sum(list, "requests", pmetric.AggregationTemporalityDelta, int64(i-2)*1000, v)
				code, text, _ := export(h, request)
				if (code == http.StatusOK) != (tc.want != "") {
					t.Errorf("status %d: %s", code, text)
				}
			}
			got := r.all()
			if tc.want == "" && len(got) > 0 {
				t.Errorf("stored: %v", got)
			}
			var found string
			for s, v := range got {
				if s == series || name == "native" {
					found = v
				}
			}
			if found != tc.want {
				t.Errorf("got %v, want %s", got, tc.want)
			}
		})
	}
	if _, err := NewOTLPHandler(OTLPOptions{DeltaToCumulative: true, NativeDelta: true}); err == nil {
		t.Error("both at once was taken")
	}
}

// The translation follows the configuration as it is at each request.
func TestOTLPConfig(t *testing.T) {
	r := newRig(t)
	c := promconfig.DefaultOTLPConfig
	h := r.otlp(func(o *OTLPOptions) { o.Config = func() promconfig.OTLPConfig { return c } })
	request, list := telemetry()
	gauge(list, "a.b", 0, 1)
	export(h, request)
	c.TranslationStrategy, c.PromoteResourceAttributes, c.KeepIdentifyingResourceAttributes = "NoTranslation", []string{"service.name"}, true
	request.Metrics().ResourceMetrics().At(0).Resource().Attributes().PutStr("host.name", "n1")
	export(h, request)
	r.stored(map[string]string{
		`{__name__="a_b", instance="i1", job="shop"}`:                                                                              "0=1",
		`{__name__="a.b", instance="i1", job="shop", "service.name"="shop"}`:                                                       "0=1",
		`{__name__="target_info", "host.name"="n1", instance="i1", job="shop", "service.instance.id"="i1", "service.name"="shop"}`: "0=1",
	})
}

// TestOTLPTimesFarApart: a data point without its time, beside one of today,
// would unfold to target_info of half a century.
func TestOTLPTimesFarApart(t *testing.T) {
	r := newRig(t)
	request, list := telemetry()
	request.Metrics().ResourceMetrics().At(0).Resource().Attributes().PutStr("region", "north")
	gauge(list, "lost", -now, 1)
	gauge(list, "g", 0, 2)
	code, text, _ := export(r.otlp(), request)
	if code != http.StatusOK {
		t.Fatalf("status %d: %s", code, text)
	}
	if !strings.Contains(text, "target_info") || !strings.Contains(text, "too far apart") {
		t.Errorf("the answer does not say what was left out: %q", text)
	}
	if got := r.all()[`{__name__="g", instance="i1", job="shop"}`]; got != "0=2" {
		t.Errorf("the sample with a time: %q", got)
	}
}
