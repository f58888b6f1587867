package remote

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/prompb"
	writev2 "github.com/prometheus/prometheus/prompb/io/prometheus/write/v2"

	"monopod/internal/storage"
)

// unfolded is a batch as text: what two decoders of one message must agree on.
func unfolded(b *storage.Batch) string {
	var out strings.Builder
	for _, s := range b.Samples {
		fmt.Fprintf(&out, "%s %d %s %v %v\n", s.Labels, s.T, number(s.V), s.Int, s.Float)
	}
	for _, e := range b.Exemplars {
		fmt.Fprintf(&out, "%s exemplar %d %s %s\n", e.Labels, e.Exemplar.Ts, number(e.Exemplar.Value), e.Exemplar.Labels)
	}
	return out.String()
}

// referenceV1 unfolds a message by Prometheus's decoder. The labels must be good.
func referenceV1(m *prompb.WriteRequest) string {
	var b storage.Batch
	builder := labels.NewScratchBuilder(0)
	for _, s := range m.Timeseries {
		ls := s.ToLabels(&builder, nil).WithoutEmpty()
		for _, x := range s.Samples {
			b.Samples = append(b.Samples, storage.Sample{Labels: ls, T: x.Timestamp, V: x.Value})
		}
		for _, x := range s.Exemplars {
			b.Exemplars = append(b.Exemplars, storage.Exemplar{Labels: ls, Exemplar: x.ToExemplar(&builder, nil)})
		}
		for _, x := range s.Histograms {
			sample := storage.Sample{Labels: ls, T: x.Timestamp}
			if x.IsFloatHistogram() {
				sample.Float = x.ToFloatHistogram()
			} else {
				sample.Int = x.ToIntHistogram()
			}
			b.Samples = append(b.Samples, sample)
		}
	}
	return unfolded(&b)
}

// randomV1 makes a message whose series have either samples or histograms.
func randomV1(r *rand.Rand) *prompb.WriteRequest {
	m := &prompb.WriteRequest{}
	for i := range r.IntN(20) {
		s := prompb.TimeSeries{Labels: pairs("__name__", fmt.Sprintf("m%d", i))}
		for j := range r.IntN(20) {
			s.Labels = append(s.Labels, prompb.Label{Name: fmt.Sprintf("label%02d", j), Value: strings.Repeat("x", r.IntN(300))})
		}
		if r.IntN(3) == 0 {
			r.Shuffle(len(s.Labels), func(a, b int) { s.Labels[a], s.Labels[b] = s.Labels[b], s.Labels[a] })
		}
		for j := range r.IntN(5) {
			if i%4 == 0 {
				s.Histograms = append(s.Histograms, prompb.FromIntHistogram(now-int64(j), intHistogram(j%2 == 0)))
			} else {
				s.Samples = append(s.Samples, prompb.Sample{Timestamp: now - r.Int64N(1<<40), Value: r.NormFloat64()})
			}
		}
		if r.IntN(3) == 0 {
			s.Exemplars = append(s.Exemplars, prompb.Exemplar{Labels: pairs("b", "2", "a", "1"), Value: r.Float64(), Timestamp: now - int64(i)})
		}
		m.Timeseries = append(m.Timeseries, s)
	}
	return m
}

func TestDecodersAgreeWithPrometheus(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	for range 200 {
		m := randomV1(r)
		want := referenceV1(m)
		in := newIntake(clock())
		if err := in.decodeV1(marshal(t, m)); err != nil {
			t.Fatal(err)
		}
		if got := unfolded(&in.batch); got != want || in.refusals.any() {
			t.Fatalf("1.0: got\n%s\nwant\n%s\nrefused: %v", got, want, in.refusals.String())
		}
		in.release()

		in = newIntake(clock())
		if err := in.decodeV2(marshal(t, asV2(m)), seriesOptions{}); err != nil {
			t.Fatal(err)
		}
		if got := unfolded(&in.batch); got != want || in.refusals.any() {
			t.Fatalf("2.0: got\n%s\nwant\n%s\nrefused: %v", got, want, in.refusals.String())
		}
		in.release()
	}
}

// asV2 is a message of 1.0 as one of 2.0.
func asV2(m *prompb.WriteRequest) *writev2.Request {
	symbols := writev2.NewSymbolTable()
	refs := func(ls []prompb.Label) []uint32 {
		var out []uint32
		for _, l := range ls {
			out = append(out, symbols.Symbolize(l.Name), symbols.Symbolize(l.Value))
		}
		return out
	}
	out := &writev2.Request{}
	for _, s := range m.Timeseries {
		series := writev2.TimeSeries{LabelsRefs: refs(s.Labels)}
		for _, x := range s.Samples {
			series.Samples = append(series.Samples, writev2.Sample{Timestamp: x.Timestamp, Value: x.Value})
		}
		for _, x := range s.Exemplars {
			series.Exemplars = append(series.Exemplars, writev2.Exemplar{LabelsRefs: refs(x.Labels), Value: x.Value, Timestamp: x.Timestamp})
		}
		for _, x := range s.Histograms {
			series.Histograms = append(series.Histograms, writev2.FromIntHistogram(0, x.Timestamp, x.ToIntHistogram()))
		}
		out.Timeseries = append(out.Timeseries, series)
	}
	out.Symbols = symbols.Symbols()
	return out
}

// seeds are small: a fuzzer spends its time on making inputs small otherwise.
func seeds() []*prompb.WriteRequest {
	return []*prompb.WriteRequest{
		v1(prompb.TimeSeries{Labels: pairs("__name__", "m", "a", "1"), Samples: []prompb.Sample{at(0, 1), at(1, 0)}}),
		v1(prompb.TimeSeries{Labels: pairs("__name__", "m"), Samples: []prompb.Sample{at(0, 1)}, Exemplars: []prompb.Exemplar{{Labels: pairs("t", "x"), Value: 1, Timestamp: now}}}),
		v1(prompb.TimeSeries{Labels: pairs("__name__", "h"), Histograms: []prompb.Histogram{prompb.FromIntHistogram(now, intHistogram(true))}}),
	}
}

// FuzzDecodeV1 compares with Prometheus's decoder what both take.
func FuzzDecodeV1(f *testing.F) {
	for _, m := range seeds() {
		f.Add(marshal(f, m))
	}
	f.Add([]byte("\x0a\x0f\x0a\x0d\x0a\x08__name__\x12\x01m"))
	f.Fuzz(func(t *testing.T, message []byte) {
		in := newIntake(clock())
		defer in.release()
		if in.decodeV1(message) != nil || in.refusals.any() {
			return
		}
		var m prompb.WriteRequest
		if err := m.Unmarshal(withoutMetadata(message)); err != nil {
			t.Fatalf("Prometheus refuses what was taken: %v", err)
		}
		for _, s := range m.Timeseries {
			if len(s.Samples) > 0 && len(s.Histograms) > 0 {
				return // the order of both among each other is ours
			}
			for _, h := range s.Histograms {
				if h.Schema > 8 {
					return // reduced
				}
			}
		}
		if got, want := unfolded(&in.batch), referenceV1(&m); got != want {
			t.Fatalf("got\n%s\nwant\n%s", got, want)
		}
	})
}

// withoutMetadata is a message of 1.0 without what the decoder passes over.
func withoutMetadata(message []byte) []byte {
	var out []byte
	from := 0
	for f := (fields{buf: message}); f.next(); from = f.pos {
		if f.num != 3 {
			out = append(out, message[from:f.pos]...)
		}
	}
	return out
}

func FuzzDecodeV2(f *testing.F) {
	for _, m := range seeds() {
		f.Add(marshal(f, asV2(m)))
	}
	f.Add([]byte("\"\x00*\x04\n\x020\x80"))
	f.Fuzz(func(t *testing.T, message []byte) {
		in := newIntake(clock())
		defer in.release()
		if in.decodeV2(message, seriesOptions{typeAndUnit: true, startZeros: true}) != nil || in.refusals.any() {
			return
		}
		var m writev2.Request
		if err := m.Unmarshal(message); err != nil {
			t.Fatalf("Prometheus refuses what was taken: %v", err)
		}
		for _, s := range in.batch.Samples {
			if !s.Labels.Has("__name__") {
				t.Fatalf("a series without a name was taken: %s", s.Labels)
			}
		}
	})
}

// The steady state of a receiver does not allocate per sample or series.
func TestDecodeAllocates(t *testing.T) {
	m := v1()
	for i := range 500 {
		m.Timeseries = append(m.Timeseries, prompb.TimeSeries{
			Labels:  pairs("__name__", "http_requests_total", "handler", fmt.Sprint(i), "instance", "10.0.0.1:9090", "job", "api"),
			Samples: []prompb.Sample{at(0, float64(i)), at(15000, float64(i))},
		})
	}
	message := marshal(t, m)
	two := marshal(t, asV2(m))
	in := newIntake(clock())
	if n := testing.AllocsPerRun(20, func() {
		in.rewind()
		if err := in.decodeV1(message); err != nil {
			t.Fatal(err)
		}
	}); n > 5 {
		t.Errorf("1.0: %v allocations for 500 series", n)
	}
	if n := testing.AllocsPerRun(20, func() {
		in.rewind()
		if err := in.decodeV2(two, seriesOptions{}); err != nil {
			t.Fatal(err)
		}
	}); n > 5 {
		t.Errorf("2.0: %v allocations for 500 series", n)
	}
}

func BenchmarkDecodeV1(b *testing.B) {
	for _, samples := range []int{1, 20} {
		b.Run(fmt.Sprintf("samples=%d", samples), func(b *testing.B) {
			m := v1()
			for i := range 2000 / samples {
				s := prompb.TimeSeries{Labels: pairs("__name__", "http_requests_total", "code", "200", "handler", fmt.Sprintf("/api/v1/x%d", i), "instance", "10.0.0.1:9090", "job", "api", "namespace", "default", "pod", "api-5d8f7c9b6-abcde")}
				for j := range samples {
					s.Samples = append(s.Samples, at(int64(j)*15000, float64(i)))
				}
				m.Timeseries = append(m.Timeseries, s)
			}
			message := marshal(b, m)
			in := newIntake(clock())
			b.SetBytes(int64(len(message)))
			b.ReportAllocs()
			for b.Loop() {
				in.rewind()
				if err := in.decodeV1(message); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(2000/samples*samples), "ns/sample")
		})
	}
}
