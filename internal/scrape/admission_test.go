package scrape

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
)

// admitted is a rig with an HTTP target and these options.
func admitted(t *testing.T, o Options) (*rig, *exposition) {
	t.Helper()
	e := &exposition{contentType: textFormat}
	srv := httptest.NewServer(e)
	t.Cleanup(srv.Close)
	return newRig(t, o, oneJob(srv.Listener.Addr().String(), "")), e
}

// numbered are n lines, each of a series of its own.
func numbered(name string, from, n int) string {
	var b strings.Builder
	for i := from; i < from+n; i++ {
		fmt.Fprintf(&b, "%s{i=\"%d\"} %d\n", name, i, i)
	}
	return b.String()
}

func TestSeriesForWhichThereIsNoRoomAreLeftOut(t *testing.T) {
	// Room is given in small pieces, up to a limit.
	const report = reportTimeout
	room, limit, asked := 2, 1000, 0
	r, e := admitted(t, Options{Admit: func(_ *Target, series int) Admission {
		asked = series
		return Admission{Room: min(room, limit-series), Reason: "memory is short"}
	}})

	e.set(numbered("a", 0, 3))
	target := r.scrape()
	if asked != report+2 {
		t.Errorf("asked with %d series, want those of the report and two, %d", asked, report+2)
	}
	asked = 0
	r.scrape()
	if asked != 0 {
		t.Error("asked without a new series")
	}
	if got := target.Refused(); got.Series != 0 {
		t.Errorf("refused %+v with room", got)
	}

	// Known series go on, new ones do not begin, and the target is up.
	limit = report + 3
	e.set(numbered("a", 0, 3) + numbered("new", 0, 4))
	target = r.scrape()
	since := target.Refused().Since
	if got := target.Refused(); got.Series != 4 || got.Reason != "memory is short" || since.UnixMilli() != r.now {
		t.Errorf("refused %+v, want 4 series since %d", got, r.now)
	}
	if target.Health() != HealthGood || target.LastError() != nil {
		t.Errorf("target is %s: %v", target.Health(), target.LastError())
	}
	r.want(r.series("a", "i", "1"), "1")
	r.want(r.series("new", "i", "1"), "")
	r.want(r.series("scrape_samples_scraped"), "7")
	r.want(r.series("scrape_series_added"), "0")

	// The same body again is refused again, and counted from the first time on.
	target = r.scrape()
	if got := target.Refused(); got.Series != 4 || !got.Since.Equal(since) {
		t.Errorf("refused %+v, want 4 series since %v", got, since)
	}
	r.wantMetric(`monopod_scrape_series_refused_total`, 8)
	if got := target.Counts(); got.Series != report+3 || got.Demanded != 3+8 || got.Samples != 7 {
		t.Errorf("counts %+v", got)
	}

	// A little room takes the first lines, and all is taken when there is room.
	limit++
	target = r.scrape()
	if got := target.Refused(); got.Series != 3 {
		t.Errorf("refused %+v, want 3 series", got)
	}
	r.want(r.series("new", "i", "0"), "0")
	limit = 1000
	target = r.scrape()
	if got := target.Refused(); got != (Refusal{}) {
		t.Errorf("refused %+v after there is room", got)
	}
	r.want(r.series("new", "i", "3"), "3")
}

func TestRefusedStampedSeries(t *testing.T) {
	r, e := admitted(t, Options{Admit: func(_ *Target, series int) Admission {
		return Admission{Room: reportTimeout + 1 - series, Reason: "full"}
	}})
	body := func() {
		e.set(fmt.Sprintf("a %d %d\nb %d %d\n", r.now, r.now+10_000, r.now, r.now+10_000))
	}
	body()
	target := r.scrape()
	if got := target.Refused(); got.Series != 1 {
		t.Errorf("refused %+v, want 1 series", got)
	}
	body()
	target = r.scrape()
	if got, counts := target.Refused(), target.Counts(); got.Series != 1 || counts.Series != reportTimeout+1 {
		t.Errorf("refused %+v of %+v", got, counts)
	}
	r.want(r.series("a"), fmt.Sprint(float64(r.now-10_000)))
}

func TestStretchedPoolIsScrapedLess(t *testing.T) {
	factor := 0
	r, e := admitted(t, Options{Stretch: func(pool string) int {
		if pool != "j" {
			t.Errorf("asked for pool %q", pool)
		}
		return factor
	}})
	e.set("a 1\n")
	scraped := func(n int) (got string) {
		for range n {
			r.l.target.mu.last = Scrape{}
			if target := r.scrape(); target.LastScrape().IsZero() {
				got += "."
			} else {
				got += "x"
			}
		}
		return got
	}
	for _, c := range []struct {
		factor int
		want   string
	}{{0, "xxx"}, {1, "xxx"}, {3, "..x..x..x"}, {2, ".x.x"}, {1, "xx"}} {
		factor = c.factor
		if got := scraped(len(c.want)); got != c.want {
			t.Errorf("with factor %d: %s, want %s", c.factor, got, c.want)
		}
	}
}
