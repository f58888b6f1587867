package scrape

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/discovery/targetgroup"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/timestamp"
	promscrape "github.com/prometheus/prometheus/scrape"
	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/tsdb/chunkenc"

	"monopod/internal/storage/storagetest"
)

const (
	openMetrics = "application/openmetrics-text; version=1.0.0; charset=utf-8"
	protobuf    = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited"
)

// script is what one target answers, request by request.
type script struct {
	name        string
	job         string // YAML at the job's level
	contentType string
	bodies      []string
}

// scripts begin and end well: after the last body the target hangs.
func scripts(t *testing.T) []script {
	old := time.Now().Add(-time.Hour).UnixMilli()
	stamp := func(format string, args ...int64) string {
		for i := range args {
			args[i] += old
		}
		any := make([]any, len(args))
		for i, a := range args {
			any[i] = a
		}
		return fmt.Sprintf(format, any...)
	}
	text := []string{
		"# TYPE a counter\na{x=\"1\"} 1\na{x=\"2\"} 2\n# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 1\nb NaN\n",
		"# TYPE a counter\na{x=\"1\"} 2\n# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"5\"} 3\nh_bucket{le=\"+Inf\"} 3\nb +Inf\n",
		"b -0\na{x=\"2\"} 9\na{x=\"1\"} 3\na{x=\"1\"} 4\n",
		"",
		"# TYPE a counter\na{x=\"1\"} 5\na{x=\"2\"} 2\n",
		"}broken\na 1\n",
		"# TYPE a counter\na{x=\"1\"} 6\na{x=\"2\"} 2\n",
	}
	return []script{
		{"plain", "", textFormat, text},
		{"sample limit", "sample_limit: 1\n", textFormat, []string{"a 1\nb 2\n", "a 1\nb 3\n", "a 2\nc 2\n"}},
		{"labels that meet the target's", "", textFormat, []string{
			"a{job=\"x\",instance=\"y\"} 1\na{job=\"x\",exported_job=\"z\"} 2\n",
			"a{job=\"x\",instance=\"y\"} 2\na{job=\"\"} 2\n", "a{instance=\"q\"} 3\n",
		}},
		{"honor_labels", "honor_labels: true\n", textFormat, []string{
			"a{job=\"x\",instance=\"y\"} 1\na{job=\"x\"} 2\na 3\n", "a{job=\"x\",instance=\"y\"} 1\na 4\n", "a{job=\"\"} 2\na{instance=\"\",job=\"u\"} 3\n", "b 1\n", "a{job=\"x\"} 5\n",
		}},
		{"metric_relabel_configs", `metric_relabel_configs:
- source_labels: [__name__]
  regex: drop.*
  action: drop
- source_labels: [x]
  regex: '2'
  target_label: instance
  replacement: elsewhere
- regex: noise
  action: labeldrop
- source_labels: [bare]
  regex: '1'
  target_label: job
  replacement: ''
`, textFormat, []string{
			"a{x=\"1\"} 1\na{x=\"2\"} 2\ndrop_me 3\nb{noise=\"1\"} 4\nb{noise=\"2\"} 5\nc{bare=\"1\"} 6\n",
			"a{x=\"1\"} 1\na{x=\"2\"} 3\ndrop_me 3\nb{noise=\"2\"} 6\nc{bare=\"1\"} 7\n",
			"a{x=\"1\"} 2\ndrop_you 3\n", "}\n", "c{bare=\"1\"} 8\na{x=\"2\"} 3\n",
		}},
		{"timestamps", "", textFormat, []string{
			stamp("a 1 %d\nb 1 %d\nc 1\n", 0, 0), stamp("a 1 %d\nb 2 %d\nc 2 %d\n", 0, 1000, 5000), stamp("a 2 %d\nc 3\n", 2000),
			stamp("a 2 %d\na 3 %d\nd 1 %d\n", 3000, 4000, 90_000_000), stamp("a 9 %d\nb 7\n", 1000),
		}},
		{"timestamps not honoured", "honor_timestamps: false\n", textFormat, []string{
			stamp("a 1 %d\nb 1 %d\n", 0, 0), stamp("a 2 %d\n", 0), stamp("b 2 %d\na 2 %d\n", 5, 6),
		}},
		{"timestamps tracked", "track_timestamps_staleness: true\n", textFormat, []string{
			stamp("a 1 %d\nb 1 %d\nc 3\n", 0, 0), stamp("a 1 %d\nc 3\n", 0), stamp("a 1 %d\nc 4\n", 0), "", stamp("c 4\n"), "}\n",
		}},
		{"OpenMetrics", "", openMetrics, []string{
			"# TYPE a counter\n# HELP a A.\na_total{x=\"1\"} 1 # {trace=\"t1\"} 0.5 1700000000\na_created{x=\"1\"} 1700000000\n# TYPE u_seconds gauge\n# UNIT u_seconds seconds\nu_seconds 2\n# EOF\n",
			"# TYPE a counter\na_total{x=\"1\"} 2 # {trace=\"t2\"} 0.6\na_total{x=\"2\"} 3\n# EOF\n",
			"# TYPE a counter\na_total{x=\"2\"} 4\n# TYPE i info\ni_info{v=\"1\"} 1\n# EOF\n",
			"# TYPE\n", "# TYPE a counter\na_total{x=\"2\"} 5\n# EOF\n",
		}},
		{"native histograms", "scrape_native_histograms: true\n", protobuf, histogramBodies(t)},
		{"native and classic", "scrape_native_histograms: true\nalways_scrape_classic_histograms: true\nnative_histogram_bucket_limit: 4\n", protobuf, histogramBodies(t)},
		{"coarse native", "scrape_native_histograms: true\nnative_histogram_min_bucket_factor: 2\n", protobuf, histogramBodies(t)},
		{"protobuf without native", "", protobuf, histogramBodies(t)},
		{"custom buckets", "convert_classic_histograms_to_nhcb: true\n", textFormat, text[:3]},
		{"custom buckets over protobuf", "convert_classic_histograms_to_nhcb: true\n", protobuf, histogramBodies(t)},
		{"extra report", "extra_scrape_metrics: true\nsample_limit: 5\nbody_size_limit: 64B\n", textFormat, []string{"a 1\n", "b 2\nc 3\n", strings.Repeat("long 1\n", 20), "", "a 1\n"}},
		{"label limits", "label_limit: 4\nlabel_name_length_limit: 8\nlabel_value_length_limit: 20\n", textFormat, []string{"a{x=\"1\"} 1\n", "a{x=\"1\",y=\"2\"} 1\n", "a{x=\"1\"} 1\n", "a{xxxxxxxxx=\"1\"} 1\n", "a 1\n"}},
		{"names of any kind", "metric_name_validation_scheme: utf8\n", textFormat, []string{"{\"a.b\",\"l l\"=\"x\"} 1\n", "{\"a.b\",\"l l\"=\"x\"} 2\n# TYPE \"a.b\" counter\n", "a{\"\\\"q\"=\"\\n\"} 3\n"}},
		{"legacy names", "metric_name_validation_scheme: legacy\n", textFormat, []string{"a 1\n", "{\"a.b\",\"l l\"=\"x\"} 2\n", "a 2\n"}},
		{"unknown content type", "", "application/json", []string{"a 1\n", "a 2\n"}},
		{"fallback", "fallback_scrape_protocol: PrometheusText0.0.4\n", "application/json", []string{"a 1\n", "a 2\n", "b 2\n"}},
		{"no name", "metric_relabel_configs:\n- regex: __name__\n  action: labeldrop\n", textFormat, []string{"a 1\n", ""}},
	}
}

// histogramBodies are those of a target with native histograms.
func histogramBodies(t *testing.T) []string {
	reg := prometheus.NewRegistry()
	h := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "h", Help: "H.", Buckets: []float64{1, 2, 5}, NativeHistogramBucketFactor: 1.1, NativeHistogramMaxBucketNumber: 50,
	}, []string{"l"})
	c := prometheus.NewCounter(prometheus.CounterOpts{Name: "c_total", Help: "C."})
	reg.MustRegister(h, c)
	var out []string
	for i := range 5 {
		for j := range 4 {
			// Exemplars of the same millisecond are one to a store.
			time.Sleep(2 * time.Millisecond)
			h.WithLabelValues("x").(prometheus.ExemplarObserver).ObserveWithExemplar(float64(i*j)+0.5, prometheus.Labels{"trace": fmt.Sprint(i, j)})
		}
		if i == 2 {
			h.DeleteLabelValues("x")
			h.WithLabelValues("y").Observe(1)
		}
		c.Inc()
		families, err := reg.Gather()
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		enc := expfmt.NewEncoder(&b, expfmt.NewFormat(expfmt.TypeProtoDelim))
		for _, f := range families {
			if err := enc.Encode(f); err != nil {
				t.Fatal(err)
			}
		}
		out = append(out, b.String())
	}
	return out
}

// player answers by a script.
type player struct {
	script
	mu   sync.Mutex
	next int
	end  chan struct{}
	done chan struct{} // the script was played
}

func (p *player) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	i := p.next
	p.next++
	p.mu.Unlock()
	if i == len(p.bodies) {
		close(p.done)
	}
	if i >= len(p.bodies) {
		select {
		case <-p.end:
		case <-r.Context().Done():
		}
		return
	}
	w.Header().Set("Content-Type", p.contentType)
	_, _ = w.Write([]byte(p.bodies[i]))
}

func (s script) play(t *testing.T) (p *player, address string) {
	p = &player{script: s, end: make(chan struct{}), done: make(chan struct{})}
	srv := httptest.NewServer(p)
	t.Cleanup(func() { close(p.end); srv.Close() })
	return p, srv.Listener.Addr().String()
}

// TestSameAsPrometheus lets Prometheus's own scrape manager and this one read the
// same answers, and compares the series, value by value. Timestamps become the
// number of the scrape.
func TestSameAsPrometheus(t *testing.T) {
	db, err := tsdb.Open(t.TempDir(), nil, nil, func() *tsdb.Options {
		o := tsdb.DefaultOptions()
		o.MinBlockDuration = (24 * time.Hour).Milliseconds()
		o.MaxBlockDuration = o.MinBlockDuration
		o.EnableExemplarStorage, o.MaxExemplars = true, 1000
		return o
	}(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	theirs, err := promscrape.NewManager(&promscrape.Options{DiscoveryReloadOnStartup: true}, slog.New(slog.DiscardHandler), nil, nil, db, prometheus.NewRegistry())
	if err != nil {
		t.Fatal(err)
	}
	all := scripts(t)
	players := make([]*player, len(all))
	yaml := "scrape_configs:\n"
	groups := map[string][]*targetgroup.Group{}
	for i, s := range all {
		var address string
		players[i], address = s.play(t)
		yaml += strings.Replace(strings.TrimPrefix(oneJob("x:1", "scrape_interval: 1s\nscrape_timeout: 1s\n"+s.job), "scrape_configs:\n"), "job_name: j", fmt.Sprintf("job_name: j%d", i), 1)
		// instance is the same for both.
		groups[fmt.Sprintf("j%d", i)] = []*targetgroup.Group{{Targets: []model.LabelSet{{"__address__": model.LabelValue(address), "instance": "i"}}}}
	}
	cfg := loadConfig(t, yaml)
	if err := theirs.ApplyConfig(cfg); err != nil {
		t.Fatal(err)
	}
	updates := make(chan map[string][]*targetgroup.Group, 1)
	updates <- groups
	go theirs.Run(updates)
	for _, p := range players {
		select {
		case <-p.done:
		case <-time.After(time.Minute):
			t.Fatalf("%s: Prometheus did not ask for all bodies", p.name)
		}
	}
	theirs.Stop()

	for i, s := range all {
		t.Run(s.name, func(t *testing.T) {
			_, address := s.play(t)
			r := newRig(t, Options{Exemplars: true}, strings.Replace(oneJob(address, "relabel_configs:\n- target_label: instance\n  replacement: i\n"+s.job), "job_name: j", fmt.Sprintf("job_name: j%d", i), 1))
			r.now = time.Now().UnixMilli()
			for range s.bodies {
				r.scrape()
			}
			mine := byScrape(r.mem.Points(), fmt.Sprintf(`{__name__="up", instance="i", job="j%d"}`, i), len(s.bodies))
			other := byScrape(read(t, db, fmt.Sprintf("j%d", i), mine), fmt.Sprintf(`{__name__="up", instance="i", job="j%d"}`, i), len(s.bodies))
			if len(mine) == 0 {
				t.Fatal("nothing was scraped")
			}
			samePoints(t, mine, other)
			if t.Failed() {
				for j, b := range s.bodies {
					t.Logf("body %d: %.300q", j, b)
				}
			}
			sameExemplars(t, db, r.mem, fmt.Sprintf("j%d", i))
		})
	}
}

// read returns the series of a job, and those that mine has under other jobs.
func read(t *testing.T, db *tsdb.DB, job string, mine map[string][]storagetest.Point) map[string][]storagetest.Point {
	q, err := db.Querier(0, math.MaxInt64)
	if err != nil {
		t.Fatal(err)
	}
	defer q.Close()
	out := map[string][]storagetest.Point{}
	set := q.Select(context.Background(), true, nil, labels.MustNewMatcher(labels.MatchRegexp, "__name__", ".*"))
	for set.Next() {
		s := set.At()
		name := s.Labels().String()
		if _, ok := mine[name]; !ok && s.Labels().Get("job") != job {
			continue
		}
		var it chunkenc.Iterator
		it = s.Iterator(it)
		for vt := it.Next(); vt != chunkenc.ValNone; vt = it.Next() {
			p := storagetest.Point{T: it.AtT()}
			switch vt {
			case chunkenc.ValFloat:
				_, p.V = it.At()
			case chunkenc.ValHistogram:
				_, p.Int = it.AtHistogram(nil)
			case chunkenc.ValFloatHistogram:
				_, p.Float = it.AtFloatHistogram(nil)
			}
			if stale := p.Int != nil && math.IsNaN(p.Int.Sum) || p.Float != nil && math.IsNaN(p.Float.Sum); stale {
				if p.Int != nil {
					p.V = p.Int.Sum
				} else {
					p.V = p.Float.Sum
				}
				p.Int, p.Float = nil, nil
			}
			out[name] = append(out[name], p)
		}
	}
	if set.Err() != nil {
		t.Fatal(set.Err())
	}
	return out
}

// byScrape replaces the timestamps of scrapes by their numbers, leaves out what
// came after the last, and what differs between any two runs.
func byScrape(series map[string][]storagetest.Point, up string, scrapes int) map[string][]storagetest.Point {
	number := map[int64]int64{}
	for i, p := range series[up] {
		number[p.T] = int64(i)
	}
	out := map[string][]storagetest.Point{}
	for name, points := range series {
		for _, p := range points {
			if i, ok := number[p.T]; ok {
				if i >= int64(scrapes) {
					continue
				}
				p.T = i
			}
			if strings.Contains(name, `"scrape_duration_seconds"`) || strings.Contains(name, `"scrape_timeout_seconds"`) {
				p.V = 0
			}
			// The store finds counter resets, and it may lay out the buckets anew.
			if p.Int != nil {
				p.Int = p.Int.Copy().Compact(0)
				p.Int.CounterResetHint = 0
			}
			out[name] = append(out[name], p)
		}
	}
	return out
}

func sameExemplars(t *testing.T, db *tsdb.DB, mem *storagetest.Memory, job string) {
	q, err := db.ExemplarQuerier(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	results, err := q.Select(0, timestamp.FromTime(time.Now().Add(time.Hour)), []*labels.Matcher{labels.MustNewMatcher(labels.MatchEqual, "job", job)})
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for _, r := range results {
		for _, e := range r.Exemplars {
			want = append(want, fmt.Sprint(r.SeriesLabels, e.Labels, e.Value))
		}
	}
	for _, e := range mem.Exemplars() {
		got = append(got, fmt.Sprint(e.Labels, e.Exemplar.Labels, e.Exemplar.Value))
	}
	for _, s := range []*[]string{&want, &got} {
		slices.Sort(*s)
		*s = slices.Compact(*s)
	}
	if !slices.Equal(got, want) {
		t.Errorf("exemplars\n got %s\nwant %s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
