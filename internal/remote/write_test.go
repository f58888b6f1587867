package remote

import (
	"encoding/binary"
	"math"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/klauspost/compress/snappy"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/prompb"
	writev2 "github.com/prometheus/prometheus/prompb/io/prometheus/write/v2"
)

func pairs(kv ...string) []prompb.Label {
	var out []prompb.Label
	for i := 0; i+1 < len(kv); i += 2 {
		out = append(out, prompb.Label{Name: kv[i], Value: kv[i+1]})
	}
	return out
}

// at is a sample with an offset from now.
func at(offset int64, v float64) prompb.Sample {
	return prompb.Sample{Timestamp: now + offset, Value: v}
}

func v1(series ...prompb.TimeSeries) *prompb.WriteRequest {
	return &prompb.WriteRequest{Timeseries: series}
}

// intHistogram has 5 observations, in exponential or in custom buckets.
func intHistogram(custom bool) *histogram.Histogram {
	h := &histogram.Histogram{
		Count: 5, Sum: 18.4, PositiveSpans: []histogram.Span{{Length: 2}, {Offset: 1, Length: 1}}, PositiveBuckets: []int64{1, 1, -1},
		ZeroCount: 1, ZeroThreshold: 0.001, Schema: 1,
	}
	if custom {
		h.Schema, h.ZeroCount, h.ZeroThreshold, h.CustomValues, h.Count = histogram.CustomBucketsSchema, 0, 0, []float64{1, 2, 5}, 4
	}
	return h
}

func TestWriteV1(t *testing.T) {
	r := newRig(t)
	h := r.receiver()
	float := intHistogram(false).ToFloat(nil)
	message := v1(
		prompb.TimeSeries{
			Labels: pairs("__name__", "m", "job", "x"),
			Samples: []prompb.Sample{
				at(-5000, 1), at(-4000, math.Inf(-1)), at(-3000, math.Float64frombits(value.NormalNaN)), at(-2000, math.Float64frombits(0x7ff8000000000abc)),
				at(-1000, math.Float64frombits(value.StaleNaN)), at(0, 0),
			},
			Exemplars: []prompb.Exemplar{{Labels: pairs("trace_id", "a", "span_id", "b"), Value: 2.5, Timestamp: now}},
		},
		prompb.TimeSeries{Labels: pairs("__name__", "int"), Histograms: []prompb.Histogram{prompb.FromIntHistogram(now-1, intHistogram(false)), prompb.FromIntHistogram(now, intHistogram(false))}},
		prompb.TimeSeries{Labels: pairs("__name__", "float"), Histograms: []prompb.Histogram{prompb.FromFloatHistogram(now, float)}},
		prompb.TimeSeries{Labels: pairs("__name__", "custom"), Histograms: []prompb.Histogram{prompb.FromIntHistogram(now, intHistogram(true))}},
	)
	message.Metadata = []prompb.MetricMetadata{{Type: prompb.MetricMetadata_GAUGE, MetricFamilyName: "m", Help: "help", Unit: "seconds"}}
	w := postV1(h, marshal(t, message))
	r.answers(w, http.StatusNoContent)
	if len(w.Header()) != 0 {
		t.Errorf("1.0 has no headers of its own: %v", w.Header())
	}
	r.stored(map[string]string{
		`{__name__="m", job="x"}`: "-5000=1 -4000=-Inf -3000=NaN(7ff8000000000001) -2000=NaN(7ff8000000000abc) -1000=NaN(7ff0000000000002) 0=0",
		`{__name__="int"}`:        "-1=" + intHistogram(false).String() + " 0=" + intHistogram(false).String(),
		`{__name__="float"}`:      "0=float " + float.String(),
		`{__name__="custom"}`:     "0=" + intHistogram(true).String(),
	})
	if got, want := r.exemplarsOf(), `{__name__="m", job="x"} 0=2.5{span_id="b", trace_id="a"}`; got != want {
		t.Errorf("exemplars %q, want %q", got, want)
	}
	// The whole once more is what a sender does after a lost answer.
	r.answers(postV1(h, marshal(t, v1(prompb.TimeSeries{Labels: pairs("__name__", "m", "job", "x"), Samples: []prompb.Sample{at(0, 0)}}))), http.StatusNoContent)
}

func TestWriteV2(t *testing.T) {
	r := newRig(t)
	h := r.receiver()
	symbols := writev2.NewSymbolTable()
	refs := func(kv ...string) []uint32 {
		var out []uint32
		for _, s := range kv {
			out = append(out, symbols.Symbolize(s))
		}
		return out
	}
	custom := writev2.FromIntHistogram(0, now, intHistogram(true))
	message := &writev2.Request{Timeseries: []writev2.TimeSeries{
		{
			LabelsRefs: refs("__name__", "c_total", "job", "x"),
			Samples:    []writev2.Sample{{Timestamp: now - 1000, Value: 1, StartTimestamp: now - 9000}, {Timestamp: now, Value: 2, StartTimestamp: now - 9000}},
			Exemplars:  []writev2.Exemplar{{LabelsRefs: refs("trace_id", "a"), Value: 2, Timestamp: now}, {Value: 3, Timestamp: now + 1}},
			Metadata:   writev2.Metadata{Type: writev2.Metadata_METRIC_TYPE_COUNTER, HelpRef: symbols.Symbolize("help"), UnitRef: symbols.Symbolize("requests")},
		},
		{LabelsRefs: refs("__name__", "h"), Histograms: []writev2.Histogram{custom}},
		{LabelsRefs: refs("__name__", "stale"), Samples: []writev2.Sample{{Timestamp: now, Value: math.Float64frombits(value.StaleNaN)}}},
	}}
	message.Symbols = symbols.Symbols()
	w := postV2(h, marshal(t, message))
	r.answers(w, http.StatusNoContent)
	r.written(w, 3, 1, 2)
	r.stored(map[string]string{
		`{__name__="c_total", job="x"}`: "-1000=1 0=2",
		`{__name__="h"}`:                "0=" + intHistogram(true).String(),
		`{__name__="stale"}`:            "0=NaN(7ff0000000000002)",
	})
	if got, want := r.exemplarsOf(), "{__name__=\"c_total\", job=\"x\"} 0=2{trace_id=\"a\"}\n{__name__=\"c_total\", job=\"x\"} 1=3{}"; got != want {
		t.Errorf("exemplars %q, want %q", got, want)
	}
}

func TestWriteV2LabelsAndStarts(t *testing.T) {
	r := newRig(t)
	h := r.receiver(func(o *WriteOptions) { o.TypeAndUnitLabels, o.StartTimestamps = true, true })
	message := func(offset int64) []byte {
		hist := writev2.FromIntHistogram(0, now+offset, intHistogram(false))
		hist.StartTimestamp = now - 5000
		return marshal(t, &writev2.Request{
			Symbols: []string{"", "__name__", "m", "__type__", "wrong", "seconds"},
			Timeseries: []writev2.TimeSeries{
				{
					LabelsRefs: []uint32{1, 2, 3, 4}, Samples: []writev2.Sample{{Timestamp: now + offset, Value: 7, StartTimestamp: now - 9000}},
					Metadata: writev2.Metadata{Type: writev2.Metadata_METRIC_TYPE_COUNTER, UnitRef: 5},
				},
				{LabelsRefs: []uint32{1, 4}, Histograms: []writev2.Histogram{hist}},
			},
		})
	}
	for _, offset := range []int64{-1000, 0} {
		w := postV2(h, message(offset))
		r.answers(w, http.StatusNoContent)
		r.written(w, 1, 1, 0)
	}
	began := histogram.Histogram{Schema: 1, ZeroThreshold: 0.001}
	one := intHistogram(false).String()
	r.stored(map[string]string{
		`{__name__="m", __type__="counter", __unit__="seconds"}`: "-9000=0 -1000=7 0=7",
		`{__name__="wrong"}`: "-5000=" + began.String() + " -1000=" + one + " 0=" + one,
	})
}

// Of a message, what is good is stored, and what is not is named.
func TestPartialWrites(t *testing.T) {
	r := newRig(t)
	h := r.receiver()
	r.answers(postV1(h, marshal(t, v1(prompb.TimeSeries{Labels: pairs("__name__", "a"), Samples: []prompb.Sample{at(-1000, 1)}}))), http.StatusNoContent)

	bad := prompb.FromIntHistogram(now, intHistogram(false))
	bad.Count = &prompb.Histogram_CountInt{CountInt: 99}
	w := postV1(h, marshal(t, v1(
		prompb.TimeSeries{Labels: pairs("__name__", "a"), Samples: []prompb.Sample{at(-2000, 1), at(-1000, 3), at(0, 4), at(-500, 4)}},
		prompb.TimeSeries{Labels: pairs("__name__", "b"), Samples: []prompb.Sample{at(3600_000, 1), at(0, 2)}},
		prompb.TimeSeries{Labels: pairs("job", "x"), Samples: []prompb.Sample{at(0, 1)}},
		prompb.TimeSeries{Labels: pairs("__name__", "h"), Histograms: []prompb.Histogram{bad}},
	)))
	r.answers(w, http.StatusBadRequest,
		`out of order sample for series {__name__="a"} at 1699999998000`,
		`duplicate sample for timestamp for series {__name__="a"} at 1699999999000`,
		`out of order sample for series {__name__="a"} at 1699999999500`,
		`out of bounds: timestamp is too far in the future for series {__name__="b"} at 1700003600000`,
		`series {job="x"} has no metric name`,
		`observations found in buckets`,
	)
	r.stored(map[string]string{`{__name__="a"}`: "-1000=1 0=4", `{__name__="b"}`: "0=2"})

	w = postV2(h, marshal(t, &writev2.Request{
		Symbols: []string{"", "__name__", "a", "b", "c", "trace_id"},
		Timeseries: []writev2.TimeSeries{
			{LabelsRefs: []uint32{1, 2}, Samples: []writev2.Sample{{Timestamp: now - 1, Value: 1}, {Timestamp: now + 1, Value: 2}}},
			{LabelsRefs: []uint32{1, 9}, Samples: []writev2.Sample{{Timestamp: now, Value: 1}}},
			{LabelsRefs: []uint32{1}, Samples: []writev2.Sample{{Timestamp: now, Value: 1}}},
			{LabelsRefs: []uint32{1, 3, 1, 3}, Samples: []writev2.Sample{{Timestamp: now, Value: 1}}},
			{LabelsRefs: []uint32{1, 4}, Samples: []writev2.Sample{{Timestamp: now, Value: 5}}, Metadata: writev2.Metadata{UnitRef: 70}},
			{LabelsRefs: []uint32{1, 4}, Samples: []writev2.Sample{{Timestamp: now, Value: 6}}, Exemplars: []writev2.Exemplar{{LabelsRefs: []uint32{5, 77}, Timestamp: now}}},
		},
	}))
	r.answers(w, http.StatusBadRequest, "out of order sample", "outside of the symbols", "name without a value", "has a label twice", "metadata has a reference", "exemplar has a reference")
	r.written(w, 2, 0, 0)
	r.stored(map[string]string{`{__name__="a"}`: "-1000=1 0=4 1=2", `{__name__="b"}`: "0=2", `{__name__="c"}`: "0=6"})
}

func TestManyRefusalsAreCounted(t *testing.T) {
	r := newRig(t)
	reg := prometheus.NewRegistry()
	h := r.receiver(func(o *WriteOptions) { o.Registerer = reg })
	message := v1()
	for range 100 {
		message.Timeseries = append(message.Timeseries, prompb.TimeSeries{Labels: pairs("job", "x"), Samples: []prompb.Sample{at(0, 1), at(1, 1)}})
	}
	message.Timeseries = append(message.Timeseries, prompb.TimeSeries{Labels: pairs("__name__", "m"), Samples: []prompb.Sample{at(0, 1)}})
	w := postV1(h, marshal(t, message))
	r.answers(w, http.StatusBadRequest, "and 90 more")
	if n := strings.Count(w.Body.String(), "\n"); n != 11 {
		t.Errorf("%d lines: %s", n, w.Body)
	}
	if err := testutil.GatherAndCompare(reg, strings.NewReader(`
# HELP monopod_api_remote_write_refused_samples_total Received samples that were refused: labels, order, age, validity.
# TYPE monopod_api_remote_write_refused_samples_total counter
monopod_api_remote_write_refused_samples_total 200
# HELP monopod_api_remote_write_stored_samples_total Received samples that were stored.
# TYPE monopod_api_remote_write_stored_samples_total counter
monopod_api_remote_write_stored_samples_total 1
# HELP prometheus_api_remote_write_invalid_labels_samples_total Received samples that were refused because of their series' labels.
# TYPE prometheus_api_remote_write_invalid_labels_samples_total counter
prometheus_api_remote_write_invalid_labels_samples_total 200
`), "monopod_api_remote_write_refused_samples_total", "monopod_api_remote_write_stored_samples_total", "prometheus_api_remote_write_invalid_labels_samples_total"); err != nil {
		t.Error(err)
	}
}

func TestLabels(t *testing.T) {
	for name, tc := range map[string]struct {
		labels []prompb.Label
		want   string // series, or part of the error after "!"
	}{
		"sorted":         {pairs("__name__", "m", "a", "1"), `{__name__="m", a="1"}`},
		"unsorted":       {pairs("b", "2", "a", "1", "__name__", "m"), `{__name__="m", a="1", b="2"}`},
		"newlines":       {pairs("__name__", "m", "a", "x\ny"), `{__name__="m", a="x\ny"}`},
		"dots":           {pairs("__name__", "resource.cpu", "job.name", "x"), `{__name__="resource.cpu", "job.name"="x"}`},
		"blanks":         {pairs("__name__", "resource cpu", "job name", "x"), `{__name__="resource cpu", "job name"="x"}`},
		"not ASCII":      {pairs("__name__", "단위", "region", "🌍"), `{__name__="단위", region="🌍"}`},
		"empty value":    {pairs("__name__", "m", "a", "", "b", "1"), `{__name__="m", b="1"}`},
		"no labels":      {nil, "!has no metric name"},
		"no name":        {pairs("job", "x"), "!has no metric name"},
		"empty name":     {pairs("__name__", "", "job", "x"), "!has no metric name"},
		"unnamed label":  {pairs("", "x", "__name__", "m"), "!name is empty"},
		"twice":          {pairs("__name__", "m", "a", "1", "a", "1"), "!has a label twice"},
		"twice, apart":   {pairs("a", "1", "__name__", "m", "a", "2"), "!has a label twice"},
		"name not UTF-8": {pairs("__name__", "m\xff"), "!not UTF-8"},
		"not UTF-8":      {pairs("__name__", "m", "a", "\xc3"), "!not UTF-8"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			w := postV1(r.receiver(), marshal(t, v1(prompb.TimeSeries{Labels: tc.labels, Samples: []prompb.Sample{at(0, 1)}})))
			if bad, refused := strings.CutPrefix(tc.want, "!"); refused {
				r.answers(w, http.StatusBadRequest, bad)
				r.stored(nil)
				return
			}
			r.answers(w, http.StatusNoContent)
			r.stored(map[string]string{tc.want: "0=1"})
		})
	}
}

// What is neither stored nor wrong: no sender has to know.
func TestNothingToStore(t *testing.T) {
	r := newRig(t)
	h := r.receiver()
	r.answers(postV1(h, nil), http.StatusNoContent)
	r.answers(postV1(h, marshal(t, v1(prompb.TimeSeries{Labels: pairs("__name__", "m")}))), http.StatusNoContent)
	w := postV2(h, marshal(t, &writev2.Request{
		Symbols:    []string{"", "__name__", "m", "help"},
		Timeseries: []writev2.TimeSeries{{LabelsRefs: []uint32{1, 2}, Metadata: writev2.Metadata{HelpRef: 3}}},
	}))
	r.answers(w, http.StatusNoContent)
	r.written(w, 0, 0, 0)
	w = postV2(h, marshal(t, &writev2.Request{
		Symbols:    []string{"", "__name__", "m", "t", "1"},
		Timeseries: []writev2.TimeSeries{{LabelsRefs: []uint32{1, 2}, Exemplars: []writev2.Exemplar{{LabelsRefs: []uint32{3, 4}, Value: 1, Timestamp: now}}}},
	}))
	r.answers(w, http.StatusNoContent)
	r.written(w, 0, 0, 1)
	r.stored(nil)
}

func TestNegotiation(t *testing.T) {
	r := newRig(t)
	both, second := r.receiver(), r.receiver(func(o *WriteOptions) { o.Accept = []Message{MessageV2} })
	first := r.receiver(func(o *WriteOptions) { o.Accept = []Message{MessageV1} })
	empty := snappy.Encode(nil, nil)
	for _, tc := range []struct {
		receiver       http.Handler
		body           []byte
		content, codec string
		code           int
	}{
		{both, empty, "", "", 204},
		{both, empty, contentV1, "", 204},
		{both, empty, contentV1 + ";proto=prometheus.WriteRequest", "snappy", 204},
		{both, empty, contentV2, "snappy", 204},
		{both, empty, "application/x-protobuf; proto=io.prometheus.write.v2.Request", "snappy", 204},
		{both, empty, "application/json", "snappy", 415},
		{both, empty, "image/png", "snappy", 415},
		{both, empty, "application/x-protobuf;proto=unknown", "snappy", 415},
		{both, empty, contentV1, "gzip", 415},
		{both, empty, contentV2, "deflate", 415},
		{first, empty, contentV2, "snappy", 415},
		{first, empty, contentV1, "snappy", 204},
		{second, empty, contentV1, "snappy", 415},
		{second, empty, contentV2, "snappy", 204},
		{both, []byte("not snappy"), contentV1, "snappy", 400},
		{both, []byte("\xff\xff"), contentV2, "snappy", 400},
		{both, nil, contentV2, "snappy", 400},
		{both, snappy.Encode(nil, []byte("not protobuf")), contentV1, "snappy", 400},
		{both, snappy.Encode(nil, []byte("not protobuf")), contentV2, "snappy", 400},
		{both, snappy.Encode(nil, []byte("\x0a\x7f")), contentV1, "snappy", 400},
		{both, snappy.Encode(nil, []byte("\x2a\x00")), contentV2, "snappy", 400}, // no symbols
		{both, snappy.Encode(nil, []byte("\x22\x01a\x2a\x00")), contentV2, "snappy", 400},
	} {
		w := post(tc.receiver, tc.body, "Content-Type", tc.content, "Content-Encoding", tc.codec)
		if w.Code != tc.code {
			t.Errorf("%q %q %q: status %d, want %d: %s", tc.content, tc.codec, tc.body, w.Code, tc.code, w.Body)
		}
	}
}

// A length is believed when its bytes are there.
func TestLengthLies(t *testing.T) {
	r := newRig(t)
	h := r.receiver()
	lie := func(n uint64) []byte { return append(binary.AppendUvarint(nil, n), "\x00a"...) }
	send := func(body []byte, code int) uint64 {
		t.Helper()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		r.answers(post(h, body, "Content-Type", contentV1), code)
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	for _, tc := range []struct {
		body []byte
		code int
	}{
		{lie(31 << 20), 400},
		{lie(33 << 20), 413},
		{lie(4 << 30), 400},
		{snappy.Encode(nil, lie(1)[:1]), 400},
		{snappy.Encode(nil, binary.AppendUvarint([]byte{0x0a}, 1<<31)), 400},
		{snappy.Encode(nil, binary.AppendUvarint([]byte{0x0a}, 1<<63)), 400},
	} {
		if n := send(tc.body, tc.code); n > 1<<20 {
			t.Errorf("%x: %d bytes allocated", tc.body, n)
		}
	}
	// 40 MiB of zeros are 2 MiB of snappy.
	r.answers(post(h, snappy.Encode(nil, make([]byte, 40<<20)), "Content-Type", contentV1), http.StatusRequestEntityTooLarge)
	r.answers(post(h, make([]byte, maxBody+1), "Content-Type", contentV1), http.StatusRequestEntityTooLarge)
	// A sample takes two bytes, and there may not be more than so many.
	series := "\x0a\x0d\x0a\x08__name__\x12\x01m" + strings.Repeat("\x12\x00", maxSamples+1)
	message := append(binary.AppendUvarint([]byte{0x0a}, uint64(len(series))), series...)
	r.answers(postV1(h, message), http.StatusRequestEntityTooLarge, "send fewer at once")
	r.stored(nil)
}

// A store that cannot take samples is told from a sender that sends bad ones.
func TestStoreFails(t *testing.T) {
	r := newRig(t)
	h := r.receiver()
	message := marshal(t, v1(prompb.TimeSeries{Labels: pairs("__name__", "m"), Samples: []prompb.Sample{at(0, 1)}}))
	v2 := marshal(t, &writev2.Request{Symbols: []string{"", "__name__", "m"}, Timeseries: []writev2.TimeSeries{{LabelsRefs: []uint32{1, 2}, Samples: []writev2.Sample{{Timestamp: now, Value: 1}}}}})
	r.fsys.SetFree(0)
	r.answers(postV1(h, message), http.StatusServiceUnavailable, "no space")
	w := postV2(h, v2)
	r.answers(w, http.StatusServiceUnavailable, "no space")
	r.written(w, 0, 0, 0)
	r.stored(nil)
	r.fsys.SetFree(1 << 30)
	w = postV2(h, v2)
	r.answers(w, http.StatusNoContent)
	r.written(w, 1, 0, 0)
	r.stored(map[string]string{`{__name__="m"}`: "0=1"})
}

// Messages that no usual sender makes, and protobuf allows.
func TestUnusualEncodings(t *testing.T) {
	r := newRig(t)
	h := r.receiver()
	label := "\x0a\x0d\x0a\x08__name__\x12\x01m"
	sample := string(append([]byte{0x12, 9 + 7, 0x09, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0x10}, binary.AppendUvarint(nil, uint64(now))...))
	body := sample + label + "\x7a\x01x" // the sample before its label, an unknown field
	r.answers(postV1(h, append([]byte{0x2a, 1, 'z', 0x0a, byte(len(body))}, body...)), http.StatusNoContent)
	r.stored(map[string]string{`{__name__="m"}`: "0=1"})

	// 2.0: references that are not packed, symbols behind their series.
	later := string(append([]byte{0x12, 9 + 7, 0x09, 0, 0, 0, 0, 0, 0, 0, 0x40, 0x10}, binary.AppendUvarint(nil, uint64(now+1))...))
	body = "\x08\x01" + "\x0a\x01\x02" + later
	message := append([]byte{0x2a, byte(len(body))}, body...)
	message = append(message, "\x22\x00\x22\x08__name__\x22\x01m"...)
	w := postV2(h, message)
	r.answers(w, http.StatusNoContent)
	r.written(w, 1, 0, 0)
	r.stored(map[string]string{`{__name__="m"}`: "0=1 1=2"})
}
