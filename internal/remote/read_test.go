package remote

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"testing"

	"github.com/klauspost/compress/snappy"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/prompb"
	promremote "github.com/prometheus/prometheus/storage/remote"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
)

func (r *rig) reader(change ...func(*ReadOptions)) http.Handler {
	r.t.Helper()
	o := ReadOptions{Queryable: r.db, ExternalLabels: func() labels.Labels { return labels.FromStrings("region", "seoul") }}
	for _, c := range change {
		c(&o)
	}
	h, err := NewReadHandler(o)
	if err != nil {
		r.t.Fatal(err)
	}
	return h
}

func readRequest(kind prompb.ReadRequest_ResponseType, matchers ...*prompb.LabelMatcher) *prompb.ReadRequest {
	return &prompb.ReadRequest{
		Queries:               []*prompb.Query{{StartTimestampMs: now - 10_000, EndTimestampMs: now, Matchers: matchers}},
		AcceptedResponseTypes: []prompb.ReadRequest_ResponseType{kind},
	}
}

func byName(name string) *prompb.LabelMatcher {
	return &prompb.LabelMatcher{Type: prompb.LabelMatcher_EQ, Name: "__name__", Value: name}
}

func seriesName(ls []prompb.Label) string {
	b := labels.NewScratchBuilder(len(ls))
	return prompb.TimeSeries{Labels: ls}.ToLabels(&b, nil).String()
}

// filled is a store with two series of floats and one of histograms.
func filled(t *testing.T) *rig {
	r := newRig(t)
	message := v1()
	for _, job := range []string{"a", "b"} {
		s := prompb.TimeSeries{Labels: pairs("__name__", "m", "job", job)}
		for i := range int64(300) {
			s.Samples = append(s.Samples, at((i-299)*1000, float64(i)))
		}
		message.Timeseries = append(message.Timeseries, s)
	}
	message.Timeseries = append(message.Timeseries, prompb.TimeSeries{Labels: pairs("__name__", "h"), Histograms: []prompb.Histogram{prompb.FromIntHistogram(now, intHistogram(false))}})
	r.answers(postV1(r.receiver(), marshal(t, message)), http.StatusNoContent)
	return r
}

func TestReadSamples(t *testing.T) {
	r := filled(t)
	body := snappy.Encode(nil, marshal(t, readRequest(prompb.ReadRequest_SAMPLES, byName("m"), &prompb.LabelMatcher{Name: "region", Value: "seoul"})))
	w := post(r.reader(), body)
	r.answers(w, http.StatusOK)
	plain, err := snappy.Decode(nil, w.Body.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	var answer prompb.ReadResponse
	if err := answer.Unmarshal(plain); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, s := range answer.Results[0].Timeseries {
		got[seriesName(s.Labels)] = fmt.Sprintf("%d samples to %v", len(s.Samples), s.Samples[len(s.Samples)-1].Value)
	}
	want := map[string]string{`{__name__="m", job="a", region="seoul"}`: "11 samples to 299", `{__name__="m", job="b", region="seoul"}`: "11 samples to 299"}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}

	limited := r.reader(func(o *ReadOptions) { o.SampleLimit = 10 })
	r.answers(post(limited, body), http.StatusBadRequest, "exceeded sample limit (10)")
}

func TestReadStreamedChunks(t *testing.T) {
	r := filled(t)
	for _, frame := range []int{0, 1} {
		h := r.reader(func(o *ReadOptions) { o.FrameBytes, o.SampleLimit = frame, 1 })
		w := post(h, snappy.Encode(nil, marshal(t, readRequest(prompb.ReadRequest_STREAMED_XOR_CHUNKS, &prompb.LabelMatcher{Type: prompb.LabelMatcher_RE, Name: "__name__", Value: ".+"}))))
		r.answers(w, http.StatusOK)
		if typ := w.Header().Get("Content-Type"); typ != "application/x-streamed-protobuf; proto=prometheus.ChunkedReadResponse" {
			t.Errorf("content type %q", typ)
		}
		counts := map[string]int{}
		stream := promremote.NewChunkedReader(w.Body, 50<<20, nil)
		for {
			var answer prompb.ChunkedReadResponse
			err := stream.NextProto(&answer)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range answer.ChunkedSeries {
				name := seriesName(s.Labels)
				for _, c := range s.Chunks {
					encoding := chunkenc.EncXOR
					if c.Type == prompb.Chunk_HISTOGRAM {
						encoding = chunkenc.EncHistogram
					}
					chunk, err := chunkenc.FromData(encoding, c.Data)
					if err != nil {
						t.Fatal(err)
					}
					for it := chunk.Iterator(nil); it.Next() != chunkenc.ValNone; {
						if at := it.AtT(); at >= now-10_000 && at <= now {
							counts[name]++
						}
					}
				}
			}
		}
		want := map[string]int{`{__name__="h", region="seoul"}`: 1, `{__name__="m", job="a", region="seoul"}`: 11, `{__name__="m", job="b", region="seoul"}`: 11}
		if fmt.Sprint(counts) != fmt.Sprint(want) {
			t.Errorf("frame %d: %v, want %v", frame, counts, want)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	r := filled(t)
	h := r.reader()
	r.answers(post(h, []byte("not snappy")), http.StatusBadRequest)
	r.answers(post(h, append([]byte{0x80, 0x80, 0x80, 0x0f}, 0)), http.StatusBadRequest, "shorter")
	r.answers(post(h, snappy.Encode(nil, []byte("not protobuf"))), http.StatusBadRequest)
	r.answers(post(h, bytes.Repeat([]byte{1}, maxBody+1)), http.StatusRequestEntityTooLarge)
	bad := &prompb.LabelMatcher{Type: prompb.LabelMatcher_RE, Name: "a", Value: "("}
	if w := post(h, snappy.Encode(nil, marshal(t, readRequest(prompb.ReadRequest_SAMPLES, bad)))); w.Code < 400 {
		t.Errorf("a bad expression was answered %d", w.Code)
	}
}

// A request that may not run yet waits, and no longer than its client.
func TestReadConcurrency(t *testing.T) {
	r := filled(t)
	entered, leave := make(chan struct{}), make(chan struct{})
	h := r.reader(func(o *ReadOptions) {
		o.ConcurrencyLimit = 1
		o.ExternalLabels = func() labels.Labels {
			entered <- struct{}{}
			<-leave
			return labels.EmptyLabels()
		}
	})
	body := snappy.Encode(nil, marshal(t, readRequest(prompb.ReadRequest_SAMPLES, byName("m"))))
	done := make(chan int)
	go func() { done <- post(h, body).Code }()
	<-entered
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "/", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	w := &nowhere{}
	h.ServeHTTP(w, req)
	if w.code != http.StatusInternalServerError {
		t.Errorf("the one who went away got %d", w.code)
	}
	close(leave)
	if code := <-done; code != http.StatusOK {
		t.Errorf("the first got %d", code)
	}
}

// nowhere is a response that keeps its status alone.
type nowhere struct{ code int }

func (*nowhere) Header() http.Header         { return http.Header{} }
func (*nowhere) Write(b []byte) (int, error) { return len(b), nil }
func (n *nowhere) WriteHeader(code int)      { n.code = code }
