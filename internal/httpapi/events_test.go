package httpapi

import (
	"bufio"
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"monopod/internal/events"
)

// changing is a source of targets and configuration that a test changes.
type changing struct {
	testConfig
	testTargets
	mu     sync.Mutex
	list   []Target
	reload Reload
}

func (c *changing) ActiveTargets() map[string][]Target {
	c.mu.Lock()
	defer c.mu.Unlock()
	return map[string][]Target{"api": c.list}
}

func (c *changing) LastReload() Reload {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.reload
}

func (c *changing) set(reload Reload, list ...Target) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reload, c.list = reload, list
}

func TestEventsTellWhatChanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := &changing{}
		at := func(host, health string, err error) Target {
			return Target{URL: &url.URL{Scheme: "http", Host: host}, Health: health, LastError: err}
		}
		src.set(Reload{Successful: true}, at("a", "up", nil), at("b", "unknown", nil))
		e := newChanges(src, src, nil)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { e.run(ctx); close(done) }()

		c := e.subscribe()
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if len(c) != 0 {
			t.Fatalf("nothing changed, but: %s", <-c)
		}
		src.set(Reload{Error: "line <3>", Cause: "http"}, at("a", "down", errors.New("refused")))
		time.Sleep(3 * time.Second)
		synctest.Wait()
		if got := string(<-c); got != "event: config-reload\ndata: {\"successful\":false,\"error\":\"line \\u003c3\\u003e\",\"cause\":\"http\",\"attempt\":null,\"success\":null}\n\n" {
			t.Errorf("%s", got)
		}
		got := string(<-c)
		for _, want := range []string{
			"event: target-health-changed\ndata: [", `{"scrapePool":"api","scrapeUrl":"http://a","health":"down","lastError":"refused"}`, `{"scrapePool":"api","scrapeUrl":"http://b","health":"gone","lastError":""}`,
		} {
			if !strings.Contains(got, want) {
				t.Errorf("%s lacks %s", got, want)
			}
		}
		// Who does not listen is not told, and a later listener hears from then on.
		e.unsubscribe(c)
		time.Sleep(5 * time.Second)
		src.set(Reload{Successful: true}, at("a", "up", nil))
		c = e.subscribe()
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if len(c) != 0 {
			t.Errorf("told of the past: %s", <-c)
		}
		cancel()
		<-done
		if _, open := <-c; open {
			t.Error("the stream is open after the end")
		}
		if e.subscribe() != nil {
			t.Error("a subscription after the end")
		}
	})
}

func TestSlowListenerLosesItsStream(t *testing.T) {
	e := newChanges(nil, nil, nil)
	c := e.subscribe()
	for range eventBuffer + 1 {
		e.publish("x", 1)
	}
	n := 0
	for range c {
		n++
	}
	if n != eventBuffer {
		t.Errorf("%d events", n)
	}
	for range maxSubscribers {
		if e.subscribe() == nil {
			t.Fatal("refused too early")
		}
	}
	if w := serve(e, http.MethodGet, "/", nil); w.Code != http.StatusServiceUnavailable {
		t.Errorf("one too many: %d", w.Code)
	}
}

func TestEventStreamOverHTTP(t *testing.T) {
	src := &changing{}
	s := startServer(t, Options{Config: src, Targets: src})
	resp, err := http.Get(s.url + "/api/monopod/v1/events")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.Header.Get("Content-Type") != "text/event-stream" {
		t.Errorf("headers %v", resp.Header)
	}
	lines := bufio.NewScanner(resp.Body)
	lines.Scan() // the greeting
	src.set(Reload{Error: "bad"})
	for lines.Scan() {
		if lines.Text() == "event: config-reload" {
			s.stop() // must not wait for the stream
			for lines.Scan() {
			}
			return
		}
	}
	t.Errorf("the stream ended: %v", lines.Err())
}

// What the hub tells goes out at once, not when the sources are looked at.
func TestEventsPassOnTheHub(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hub := &events.Hub{}
		e := newChanges(nil, nil, hub)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { e.run(ctx); close(done) }()
		synctest.Wait()
		c := e.subscribe()
		hub.Publish(events.DashboardChanged, events.DashboardChange{UID: "u", Title: "T", Version: 2, Change: events.Updated, By: "ann"})
		synctest.Wait()
		want := "event: dashboard-changed\ndata: {\"uid\":\"u\",\"title\":\"T\",\"version\":2,\"change\":\"updated\",\"by\":\"ann\"}\n\n"
		select {
		case got := <-c:
			if string(got) != want {
				t.Errorf("got %q, want %q", got, want)
			}
		default:
			t.Error("nothing was sent")
		}
		cancel()
		<-done
	})
}
