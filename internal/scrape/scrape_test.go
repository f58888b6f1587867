package scrape

import (
	"strconv"
	"testing"
)

func TestScrapeWritesRow(t *testing.T) {
	r, e := serve(t, "# TYPE a counter\na{x=\"1\"} 1\na{x=\"2\"} 2.5\nb 3\n", "")
	target := r.scrape()
	if err := target.LastError(); err != nil {
		t.Fatal(err)
	}
	r.want(r.series("a", "x", "1"), "1")
	r.want(r.series("a", "x", "2"), "2.5")
	r.want(r.series("b"), "3")
	r.want(r.series("up"), "1")
	r.want(r.series("scrape_samples_scraped"), "3")
	r.want(r.series("scrape_samples_post_metric_relabeling"), "3")
	r.want(r.series("scrape_series_added"), "3")

	e.set("# TYPE a counter\na{x=\"1\"} 4\nb 6\nc 7\n")
	r.scrape()
	r.want(r.series("a", "x", "1"), "4")
	r.want(r.series("a", "x", "2"), "stale")
	r.want(r.series("b"), "6")
	r.want(r.series("c"), "7")
	r.want(r.series("scrape_series_added"), "1")

	for i := range 3 {
		e.set("# TYPE a counter\na{x=\"1\"} " + strconv.Itoa(i) + "\nb 6\nc 7\n")
		r.scrape()
		r.want(r.series("a", "x", "1"), strconv.Itoa(i))
		r.want(r.series("scrape_series_added"), "0")
	}

	e.mu.Lock()
	e.status = 500
	e.mu.Unlock()
	target = r.scrape()
	r.want(r.series("a", "x", "1"), "stale")
	r.want(r.series("c"), "stale")
	r.want(r.series("up"), "0")
	r.want(r.series("scrape_samples_scraped"), "0")
	if target.Health() != HealthBad || target.LastError() == nil {
		t.Errorf("health %s, error %v", target.Health(), target.LastError())
	}
}
