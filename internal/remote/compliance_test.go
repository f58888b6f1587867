package remote

import (
	"context"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/klauspost/compress/snappy"
	"github.com/prometheus/prometheus/prompb"
	writev2 "github.com/prometheus/prometheus/prompb/io/prometheus/write/v2"

	"monopod/internal/storage"
	"monopod/internal/tsdb"
)

// line is a series as a sender gives it, in either version of the protocol.
type line struct {
	labels    []string // names and values, in the order of the message
	samples   []prompb.Sample
	histogram bool
	exemplar  bool
	metadata  bool
}

func (l line) v1() prompb.TimeSeries {
	s := prompb.TimeSeries{Samples: l.samples}
	for i := 0; i+1 < len(l.labels); i += 2 {
		s.Labels = append(s.Labels, prompb.Label{Name: l.labels[i], Value: l.labels[i+1]})
	}
	if l.histogram {
		s.Histograms = append(s.Histograms, prompb.FromIntHistogram(now, intHistogram(false)))
	}
	if l.exemplar {
		s.Exemplars = append(s.Exemplars, prompb.Exemplar{Labels: []prompb.Label{{Name: "trace_id", Value: "t"}}, Value: 1, Timestamp: now})
	}
	return s
}

func bodyV1(t *testing.T, lines []line) []byte {
	var m prompb.WriteRequest
	for _, l := range lines {
		m.Timeseries = append(m.Timeseries, l.v1())
		if l.metadata {
			m.Metadata = append(m.Metadata, prompb.MetricMetadata{Type: prompb.MetricMetadata_COUNTER, MetricFamilyName: "a", Help: "help"})
		}
	}
	return marshal(t, &m)
}

func bodyV2(t *testing.T, lines []line) []byte {
	table := writev2.NewSymbolTable()
	m := writev2.Request{}
	for _, l := range lines {
		var s writev2.TimeSeries
		for _, text := range l.labels {
			s.LabelsRefs = append(s.LabelsRefs, table.Symbolize(text))
		}
		for _, x := range l.samples {
			s.Samples = append(s.Samples, writev2.Sample{Timestamp: x.Timestamp, Value: x.Value})
		}
		if l.histogram {
			s.Histograms = append(s.Histograms, writev2.FromIntHistogram(0, now, intHistogram(false)))
		}
		if l.exemplar {
			s.Exemplars = append(s.Exemplars, writev2.Exemplar{LabelsRefs: []uint32{table.Symbolize("trace_id"), table.Symbolize("t")}, Value: 1, Timestamp: now})
		}
		if l.metadata {
			s.Metadata = writev2.Metadata{Type: writev2.Metadata_METRIC_TYPE_COUNTER, HelpRef: table.Symbolize("help")}
		}
		m.Timeseries = append(m.Timeseries, s)
	}
	m.Symbols = table.Symbols()
	return marshal(t, &m)
}

// What the compliance tests of the protocol ask of a receiver, one by one, in both
// versions: the status, the headers of 2.0, and what can be read afterwards.
func TestReceiverCompliance(t *testing.T) {
	one := []prompb.Sample{at(0, 1)}
	hist := "0=" + intHistogram(false).String()
	for _, tc := range []struct {
		name   string
		lines  []line
		code   int
		counts [3]int // samples, histograms, exemplars that were written
		want   map[string]string
	}{
		{"sample", []line{{labels: []string{"__name__", "a", "job", "x"}, samples: one}}, 204, [3]int{1}, map[string]string{`{__name__="a", job="x"}`: "0=1"}},
		{"several samples of a series", []line{{labels: []string{"__name__", "a"}, samples: []prompb.Sample{at(-2, 1), at(-1, 2), at(0, 3)}}}, 204, [3]int{3}, map[string]string{`{__name__="a"}`: "-2=1 -1=2 0=3"}},
		{"several series", []line{{labels: []string{"__name__", "a"}, samples: one}, {labels: []string{"__name__", "b"}, samples: one}}, 204, [3]int{2}, map[string]string{`{__name__="a"}`: "0=1", `{__name__="b"}`: "0=1"}},
		{"empty request", nil, 204, [3]int{}, map[string]string{}},
		{"series without samples", []line{{labels: []string{"__name__", "a"}}}, 204, [3]int{}, map[string]string{}},
		{"histogram", []line{{labels: []string{"__name__", "h"}, histogram: true}}, 204, [3]int{0, 1}, map[string]string{`{__name__="h"}`: hist}},
		{"exemplar", []line{{labels: []string{"__name__", "a"}, samples: one, exemplar: true}}, 204, [3]int{1, 0, 1}, map[string]string{`{__name__="a"}`: "0=1"}},
		{"metadata", []line{{labels: []string{"__name__", "a"}, samples: one, metadata: true}}, 204, [3]int{1}, map[string]string{`{__name__="a"}`: "0=1"}},
		{"all at once", []line{{labels: []string{"__name__", "a"}, samples: one, exemplar: true, metadata: true}, {labels: []string{"__name__", "h"}, histogram: true}}, 204, [3]int{1, 1, 1}, map[string]string{`{__name__="a"}`: "0=1", `{__name__="h"}`: hist}},
		{"unsorted labels", []line{{labels: []string{"job", "x", "__name__", "a"}, samples: one}}, 204, [3]int{1}, map[string]string{`{__name__="a", job="x"}`: "0=1"}},
		{"label without a value", []line{{labels: []string{"__name__", "a", "empty", ""}, samples: one}}, 204, [3]int{1}, map[string]string{`{__name__="a"}`: "0=1"}},
		{"UTF-8 names", []line{{labels: []string{"__name__", "naïve.metric", "ключ", "значение"}, samples: one}}, 204, [3]int{1}, map[string]string{`{__name__="naïve.metric", "ключ"="значение"}`: "0=1"}},
		{"same sample twice", []line{{labels: []string{"__name__", "a"}, samples: one}, {labels: []string{"__name__", "a"}, samples: one}}, 204, [3]int{2}, map[string]string{`{__name__="a"}`: "0=1"}},
		{"another value at the same time", []line{{labels: []string{"__name__", "a"}, samples: []prompb.Sample{at(0, 1), at(0, 2)}}}, 400, [3]int{1}, map[string]string{`{__name__="a"}`: "0=1"}},
		{"out of order", []line{{labels: []string{"__name__", "a"}, samples: []prompb.Sample{at(0, 1), at(-5, 2)}}}, 400, [3]int{1}, map[string]string{`{__name__="a"}`: "0=1"}},
		{"too far ahead", []line{{labels: []string{"__name__", "a"}, samples: []prompb.Sample{at(0, 1), at(24*3600_000, 2)}}}, 400, [3]int{1}, map[string]string{`{__name__="a"}`: "0=1"}},
		{"no metric name", []line{{labels: []string{"job", "x"}, samples: one}, {labels: []string{"__name__", "a"}, samples: one}}, 400, [3]int{1}, map[string]string{`{__name__="a"}`: "0=1"}},
		{"no labels", []line{{samples: one}, {labels: []string{"__name__", "a"}, samples: one}}, 400, [3]int{1}, map[string]string{`{__name__="a"}`: "0=1"}},
		{"a label twice", []line{{labels: []string{"__name__", "a", "x", "1", "x", "2"}, samples: one}, {labels: []string{"__name__", "b"}, samples: one}}, 400, [3]int{1}, map[string]string{`{__name__="b"}`: "0=1"}},
		{"a label twice, not side by side", []line{{labels: []string{"x", "1", "__name__", "a", "x", "2"}, samples: one}}, 400, [3]int{}, map[string]string{}},
		{"a label without a name", []line{{labels: []string{"__name__", "a", "", "1"}, samples: one}, {labels: []string{"__name__", "b"}, samples: one}}, 400, [3]int{1}, map[string]string{`{__name__="b"}`: "0=1"}},
		{"name that is not UTF-8", []line{{labels: []string{"__name__", "a", "\xff", "1"}, samples: one}, {labels: []string{"__name__", "b"}, samples: one}}, 400, [3]int{1}, map[string]string{`{__name__="b"}`: "0=1"}},
		{"value that is not UTF-8", []line{{labels: []string{"__name__", "\xff"}, samples: one}, {labels: []string{"__name__", "b"}, samples: one}}, 400, [3]int{1}, map[string]string{`{__name__="b"}`: "0=1"}},
		{"a histogram and a refused sample", []line{{labels: []string{"__name__", "h"}, histogram: true}, {labels: []string{"job", "x"}, samples: one}}, 400, [3]int{0, 1}, map[string]string{`{__name__="h"}`: hist}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, version := range []Message{MessageV1, MessageV2} {
				r := newRig(t)
				h := r.receiver()
				w := postV1
				body := bodyV1
				if version == MessageV2 {
					w, body = postV2, bodyV2
				}
				answer := w(h, body(t, tc.lines))
				r.answers(answer, tc.code)
				if version == MessageV2 {
					r.written(answer, tc.counts[0], tc.counts[1], tc.counts[2])
				}
				if got := r.all(); !maps.Equal(got, tc.want) {
					t.Errorf("%s: stored %v, want %v", version, got, tc.want)
				}
				if has := r.exemplarsOf() != ""; has != (tc.counts[2] > 0) {
					t.Errorf("%s: exemplars are there: %t", version, has)
				}
			}
		})
	}
}

// The headers by which a sender says what it sends, and what a sender may do
// about an answer: of 5xx it sends again, of 4xx it does not.
func TestReceiverHeaders(t *testing.T) {
	lines := []line{{labels: []string{"__name__", "a"}, samples: []prompb.Sample{at(0, 1)}}}
	v1Body, v2Body := snappy.Encode(nil, bodyV1(t, lines)), snappy.Encode(nil, bodyV2(t, lines))
	for _, tc := range []struct {
		name    string
		body    []byte
		headers []string
		code    int
	}{
		{"1.0", v1Body, []string{"Content-Type", contentV1, "Content-Encoding", "snappy", "X-Prometheus-Remote-Write-Version", "0.1.0"}, 204},
		{"1.0, named", v1Body, []string{"Content-Type", contentV1 + ";proto=prometheus.WriteRequest", "Content-Encoding", "snappy"}, 204},
		{"1.0 without its version", v1Body, []string{"Content-Type", contentV1, "Content-Encoding", "snappy"}, 204},
		{"2.0", v2Body, []string{"Content-Type", contentV2, "Content-Encoding", "snappy", "X-Prometheus-Remote-Write-Version", "2.0.0"}, 204},
		{"2.0 without its version", v2Body, []string{"Content-Type", contentV2, "Content-Encoding", "snappy"}, 204},
		{"with a later version", v2Body, []string{"Content-Type", contentV2, "Content-Encoding", "snappy", "X-Prometheus-Remote-Write-Version", "2.1.7"}, 204},
		{"with headers that nobody knows", v2Body, []string{"Content-Type", contentV2, "Content-Encoding", "snappy", "User-Agent", "x", "Retry-Attempt", "3"}, 204},
		{"another content type", v1Body, []string{"Content-Type", "text/plain", "Content-Encoding", "snappy"}, 415},
		{"another message", v1Body, []string{"Content-Type", contentV1 + ";proto=other", "Content-Encoding", "snappy"}, 415},
		{"another compression", v1Body, []string{"Content-Type", contentV1, "Content-Encoding", "zstd"}, 415},
		{"a body that is not compressed", bodyV1(t, lines), []string{"Content-Type", contentV1, "Content-Encoding", "snappy"}, 400},
		{"a body that is cut off", v2Body[:len(v2Body)-3], []string{"Content-Type", contentV2, "Content-Encoding", "snappy"}, 400},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := newRig(t)
			r.answers(post(r.receiver(), tc.body, tc.headers...), tc.code)
			want := map[string]string{}
			if tc.code == http.StatusNoContent {
				want[`{__name__="a"}`] = "0=1"
			}
			r.stored(want)
		})
	}
	for _, err := range []error{storage.ErrNoSpace, storage.ErrReadOnly, storage.ErrClosed} {
		r := newRig(t)
		h := r.receiver(func(o *WriteOptions) { o.Writer = refusing{r.db, err} })
		for version, w := range map[string]int{"1.0": postV1(h, bodyV1(t, lines)).Code, "2.0": postV2(h, bodyV2(t, lines)).Code} {
			if !slices.Contains([]int{500, 503}, w) {
				t.Errorf("%s, %v: status %d, which is not sent again", version, err, w)
			}
		}
		r.stored(map[string]string{})
	}
}

// refusing is a writer whose disk does not take anything.
type refusing struct {
	storage.Writer
	err error
}

func (w refusing) Write(context.Context, *storage.Batch) error { return w.err }

// Within the window samples may be out of order; beyond it they are refused.
func TestReceiverOutOfOrder(t *testing.T) {
	lines := []line{{labels: []string{"__name__", "a"}, samples: []prompb.Sample{at(0, 1), at(-60_000, 2), at(-2*3600_000, 3)}}}
	for version, send := range map[string]func(http.Handler) *httptest.ResponseRecorder{
		"1.0": func(h http.Handler) *httptest.ResponseRecorder { return postV1(h, bodyV1(t, lines)) },
		"2.0": func(h http.Handler) *httptest.ResponseRecorder { return postV2(h, bodyV2(t, lines)) },
	} {
		t.Run(version, func(t *testing.T) {
			r := newRig(t)
			r.db.SetLimits(tsdb.Limits{OutOfOrderWindow: time.Hour})
			h := r.receiver()
			first := []line{{labels: []string{"__name__", "a"}, samples: []prompb.Sample{at(0, 1)}}}
			r.answers(postV1(h, bodyV1(t, first)), 204)
			r.answers(send(h), 400, "too old")
			r.stored(map[string]string{`{__name__="a"}`: "-60000=2 0=1"})
		})
	}
}
