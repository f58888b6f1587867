package remote

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/snappy"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/tsdb/chunkenc"

	"monopod/internal/tsdb"
	"monopod/internal/vfs"
)

// now is when tests take place, in milliseconds.
const now = int64(1_700_000_000_000)

func clock() time.Time { return time.UnixMilli(now) }

// rig is a store with the handlers before it.
type rig struct {
	t    *testing.T
	fsys *vfs.MemFS
	db   *tsdb.DB
	reg  *prometheus.Registry
}

func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{t: t, fsys: vfs.Mem(), reg: prometheus.NewRegistry()}
	o := tsdb.Options{FS: r.fsys, Dir: "/data", Now: clock}
	o.MaxExemplars = 1000
	var err error
	if r.db, err = tsdb.Open(o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.db.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

func (r *rig) receiver(change ...func(*WriteOptions)) http.Handler {
	r.t.Helper()
	o := WriteOptions{Registerer: prometheus.NewRegistry(), Writer: r.db, Now: clock}
	for _, c := range change {
		c(&o)
	}
	h, err := NewWriteHandler(o)
	if err != nil {
		r.t.Fatal(err)
	}
	return h
}

const (
	contentV1 = "application/x-protobuf"
	contentV2 = "application/x-protobuf;proto=io.prometheus.write.v2.Request"
)

type marshaler interface{ Marshal() ([]byte, error) }

func marshal(t testing.TB, m marshaler) []byte {
	t.Helper()
	b, err := m.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// post sends a body with headers, given as name and value.
func post(h http.Handler, body []byte, headers ...string) *httptest.ResponseRecorder {
	req := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body))
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, req)
	return w
}

func postV1(h http.Handler, message []byte) *httptest.ResponseRecorder {
	return post(h, snappy.Encode(nil, message), "Content-Type", contentV1, "Content-Encoding", "snappy", "X-Prometheus-Remote-Write-Version", "0.1.0")
}

func postV2(h http.Handler, message []byte) *httptest.ResponseRecorder {
	return post(h, snappy.Encode(nil, message), "Content-Type", contentV2, "Content-Encoding", "snappy", "X-Prometheus-Remote-Write-Version", "2.0.0")
}

func (r *rig) answers(w *httptest.ResponseRecorder, code int, parts ...string) {
	r.t.Helper()
	if w.Code != code {
		r.t.Errorf("status %d, want %d: %s", w.Code, code, w.Body)
	}
	for _, p := range parts {
		if !strings.Contains(w.Body.String(), p) {
			r.t.Errorf("the answer lacks %q: %s", p, w.Body)
		}
	}
}

// written compares the headers of remote write 2.0.
func (r *rig) written(w *httptest.ResponseRecorder, samples, histograms, exemplars int) {
	r.t.Helper()
	for name, want := range map[string]int{"Samples": samples, "Histograms": histograms, "Exemplars": exemplars} {
		name = "X-Prometheus-Remote-Write-" + name + "-Written"
		if got := w.Header().Get(name); got != fmt.Sprint(want) {
			r.t.Errorf("%s: %q, want %d", name, got, want)
		}
	}
}

// stored compares all that is in the store: by series, its samples as
// "offset=value", with the offset in milliseconds from now.
func (r *rig) stored(want map[string]string) {
	r.t.Helper()
	got := r.all()
	for series, samples := range want {
		if got[series] != samples {
			r.t.Errorf("%s has %q, want %q", series, got[series], samples)
		}
	}
	for series, samples := range got {
		if _, ok := want[series]; !ok {
			r.t.Errorf("unexpected series %s: %s", series, samples)
		}
	}
}

func (r *rig) all() map[string]string {
	r.t.Helper()
	q, err := r.db.Querier(math.MinInt64, math.MaxInt64)
	if err != nil {
		r.t.Fatal(err)
	}
	defer q.Close()
	set := q.Select(context.Background(), true, nil, labels.MustNewMatcher(labels.MatchRegexp, "__name__", ".*"))
	out := map[string]string{}
	for set.Next() {
		s := set.At()
		var samples []string
		it := s.Iterator(nil)
		for kind := it.Next(); kind != chunkenc.ValNone; kind = it.Next() {
			switch kind {
			case chunkenc.ValHistogram:
				t, h := it.AtHistogram(nil)
				samples = append(samples, fmt.Sprintf("%d=%s", t-now, h))
			case chunkenc.ValFloatHistogram:
				t, h := it.AtFloatHistogram(nil)
				samples = append(samples, fmt.Sprintf("%d=float %s", t-now, h))
			default:
				t, v := it.At()
				samples = append(samples, fmt.Sprintf("%d=%s", t-now, number(v)))
			}
		}
		if it.Err() != nil {
			r.t.Fatal(it.Err())
		}
		out[s.Labels().String()] = strings.Join(samples, " ")
	}
	if set.Err() != nil {
		r.t.Fatal(set.Err())
	}
	return out
}

// number is a value with the bits of those that are not numbers.
func number(v float64) string {
	if math.IsNaN(v) {
		return fmt.Sprintf("NaN(%x)", math.Float64bits(v))
	}
	return fmt.Sprint(v)
}

// exemplarsOf returns the exemplars of all series, as text.
func (r *rig) exemplarsOf() string {
	r.t.Helper()
	q, err := r.db.ExemplarQuerier(context.Background())
	if err != nil {
		r.t.Fatal(err)
	}
	found, err := q.Select(math.MinInt64, math.MaxInt64, []*labels.Matcher{labels.MustNewMatcher(labels.MatchRegexp, "__name__", ".*")})
	if err != nil {
		r.t.Fatal(err)
	}
	var out []string
	for _, s := range found {
		for _, e := range s.Exemplars {
			out = append(out, fmt.Sprintf("%s %d=%s%s", s.SeriesLabels, e.Ts-now, number(e.Value), e.Labels))
		}
	}
	return strings.Join(out, "\n")
}
