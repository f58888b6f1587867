package httpapi

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/relabel"
)

type testMemory Memory

func (m testMemory) Memory() Memory { return Memory(m) }

// fullTargets are two targets of which series are left out, and one that is whole.
type fullTargets struct{}

func (fullTargets) ScrapePools() []string { return []string{"app"} }
func (fullTargets) ActiveTargets() map[string][]Target {
	at := func(host string, refused int) Target {
		t := Target{URL: &url.URL{Scheme: "http", Host: host, Path: "/metrics"}, Health: "up", Series: 40, SeriesRefused: refused}
		if refused > 0 {
			t.RefusedReason, t.RefusedSince = "it is full", time.Unix(60, 0)
		}
		return t
	}
	return map[string][]Target{"app": {at("few:1", 3), at("whole:1", 0), at("many:1", 900)}}
}
func (fullTargets) DroppedTargets() map[string][]DroppedTarget { return nil }
func (fullTargets) DroppedCounts() map[string]int              { return nil }
func (fullTargets) RelabelConfigs(string) ([]*relabel.Config, error) {
	return nil, errors.New("no such pool")
}

func TestStatusTellsOfMemory(t *testing.T) {
	f := newFixture(t, func(o *Options) {
		o.Targets = fullTargets{}
		o.Memory = testMemory{
			LimitBytes: 100, Source: "cgroup", GoalBytes: 90, HeldBytes: 72, MappedBytes: 95, Pressure: 0.8, Level: "sampling",
			Degraded: true, CacheShare: 0.5, Series: 7, MaxSeries: 8, MaxSeriesPerTarget: 2,
			Parts:     []MemoryPart{{Name: "head", BudgetBytes: 50, UsedBytes: 40}, {Name: "queries", BudgetBytes: 20, UsedBytes: -1}},
			Refused:   []RefusedTarget{{Pool: "app", URL: &url.URL{Scheme: "http", Host: "many:1"}, Cause: "new", Series: 5, NewSeries: 4, Since: time.Unix(0, 0)}},
			Stretched: []StretchedJob{{Pool: "app", Factor: 4, Since: time.Unix(0, 0)}},
		}
	})
	body := serve(f.ours.Handler(), http.MethodGet, "/api/monopod/v1/status", nil).Body.String()
	for _, want := range []string{
		`"memory":{"limitBytes":100,"source":"cgroup","goalBytes":90,"heldBytes":72,"mappedBytes":95,"pressure":0.8,"level":"sampling","degraded":true,"cacheShare":0.5,`,
		`"parts":[{"name":"head","budgetBytes":50,"usedBytes":40},{"name":"queries","budgetBytes":20,"usedBytes":null}],"series":7,"maxSeries":8,"maxSeriesPerTarget":2,"everythingRefused":false,`,
		`"refused":[{"scrapePool":"app","scrapeUrl":"http://many:1","cause":"new","series":5,"newSeries":4,"since":"1970-01-01T00:00:00Z"}],`,
		`"stretched":[{"scrapePool":"app","factor":4,"since":"1970-01-01T00:00:00Z"}]}`,
		`"heldBack":{"count":2,"targets":[{"scrapePool":"app","scrapeUrl":"http://many:1/metrics","series":40,"seriesRefused":900,"refusedReason":"it is full","refusedSince":"1970-01-01T00:01:00Z"},{"scrapePool":"app","scrapeUrl":"http://few:1/metrics",`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the status lacks\n%s\nin\n%s", want, body)
		}
	}
	body = serve(f.ours.Handler(), http.MethodGet, "/api/monopod/v1/discovery", nil).Body.String()
	for _, want := range []string{
		`"series":40,"seriesRefused":900,"refusedReason":"it is full","refusedSince":"1970-01-01T00:01:00Z"}`,
		`"series":40,"seriesRefused":0,"refusedReason":"","refusedSince":null}`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("discovery lacks\n%s\nin\n%s", want, body)
		}
	}
}
