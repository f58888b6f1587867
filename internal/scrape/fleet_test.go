package scrape

import (
	"fmt"
	"net/http"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/discovery/targetgroup"
)

// TestTenThousandTargets, of which some hang for as long as they may: the others
// are scraped on time, and none has a goroutine while it waits.
func TestTenThousandTargets(t *testing.T) {
	const n, hang = 10_000, 300
	local := map[string]http.Handler{}
	var all []model.LabelSet
	for i := range n {
		address := fmt.Sprintf("t%d", i)
		if local[address] = metricsOf("x 1\n"); i < hang {
			local[address] = http.HandlerFunc(hanging)
		}
		all = append(all, model.LabelSet{"__address__": model.LabelValue(address)})
	}
	inHouse(t, local, func(h *house) {
		before := runtime.NumGoroutine()
		if err := h.m.ApplyConfig(loadConfig(t, jobs(job("a", "unused", "scrape_timeout: 9s\n")))); err != nil {
			t.Fatal(err)
		}
		h.updates <- map[string][]*targetgroup.Group{"a": {{Targets: all}}}
		h.until(39 * time.Second)
		began := map[string]int64{}
		points := h.mem.Points()
		for i := range n {
			up := points[fmt.Sprintf(`{__name__="up", instance="t%d", job="a"}`, i)]
			if len(up) < 3 {
				t.Fatalf("target %d was scraped %d times", i, len(up))
			}
			for j := range up[1:] {
				if d := up[j+1].T - up[j].T; d != 10_000 {
					t.Fatalf("target %d: %d ms between scrapes", i, d)
				}
			}
			began[fmt.Sprint(i)] = up[0].T
		}
		// Those that hang are done a second before they are asked again.
		h.until(time.Duration(began["0"]-h.start.UnixMilli())*time.Millisecond + 39500*time.Millisecond)
		if now := runtime.NumGoroutine(); now > before+5*hang {
			t.Errorf("%d goroutines for %d targets of which %d hang, %d without", now, n, hang, before)
		}
		h.updates <- map[string][]*targetgroup.Group{"a": {{Targets: all[hang:]}}}
		synctest.Wait()
		time.Sleep(time.Minute)
		synctest.Wait()
		if now := runtime.NumGoroutine(); now > before+50 {
			t.Errorf("%d goroutines for %d targets that wait, %d without", now, n-hang, before)
		}
	})
}

// TestFlappingTargetsLeaveNothing: targets that come and go hold no groups,
// goroutines or connections.
func TestFlappingTargetsLeaveNothing(t *testing.T) {
	const n = 300
	local := map[string]http.Handler{}
	var all []model.LabelSet
	for i := range n {
		address := fmt.Sprintf("t%d", i)
		local[address] = metricsOf("x 1\n")
		all = append(all, model.LabelSet{"__address__": model.LabelValue(address)})
	}
	inHouse(t, local, func(h *house) {
		before := runtime.NumGoroutine()
		if err := h.m.ApplyConfig(loadConfig(t, jobs(job("a", "unused", "")))); err != nil {
			t.Fatal(err)
		}
		for i := range 30 {
			from := i * 37 % n
			h.updates <- map[string][]*targetgroup.Group{"a": {{Targets: all[from:min(from+100, n)]}}}
			time.Sleep(7 * time.Second)
		}
		h.updates <- map[string][]*targetgroup.Group{"a": nil}
		time.Sleep(time.Minute)
		synctest.Wait()
		if now := runtime.NumGoroutine(); now > before+3 {
			t.Errorf("%d goroutines, %d before", now, before)
		}
		if held := h.mem.Held(); held != 0 {
			t.Errorf("%d groups are held", held)
		}
		for _, p := range h.m.mu.pools {
			p.mu.Lock()
			p.forgetStoppedLocked()
			if len(p.mu.loops)+len(p.mu.stopping) != 0 {
				t.Errorf("%d loops, %d stopping", len(p.mu.loops), len(p.mu.stopping))
			}
			p.mu.Unlock()
		}
	})
}
