package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"monopod/internal/events"
)

const (
	maxSubscribers = 64
	eventBuffer    = 64
	// hubBuffer holds what happens at once when a folder of dashboards appears.
	hubBuffer = 1024
	// How often the sources are looked at while somebody listens.
	eventInterval = 500 * time.Millisecond
	// Targets are looked at in every so many intervals: they may be many.
	targetsEvery = 4
	// keepAlive keeps proxies from ending a quiet stream.
	keepAlive = 15 * time.Second
)

// changes is the stream that tells browsers what changed. It looks at the
// sources by itself, and only while somebody listens; what the hub tells goes out
// at once.
type changes struct {
	config  ConfigSource
	targets TargetSource
	hub     *events.Hub // nil: nothing is told

	mu struct {
		sync.Mutex
		subscribers map[chan []byte]struct{}
		closed      bool
		wake        chan struct{} // closed when somebody begins to listen
		first       sight         // what there was then
	}
}

// sight is what a look at the sources shows.
type sight struct {
	reload Reload
	health map[targetKey]targetHealth
}

func (e *changes) look() sight {
	s := sight{health: e.health()}
	if e.config != nil {
		s.reload = e.config.LastReload()
	}
	return s
}

func newChanges(config ConfigSource, targets TargetSource, hub *events.Hub) *changes {
	e := &changes{config: config, targets: targets, hub: hub}
	e.mu.subscribers = map[chan []byte]struct{}{}
	e.mu.wake = make(chan struct{})
	return e
}

// run looks for changes until the context ends, then closes all streams.
func (e *changes) run(ctx context.Context) {
	defer e.close()
	if e.hub != nil {
		told, end := e.hub.Subscribe(hubBuffer)
		defer end()
		go e.pass(ctx, told)
	}
	for {
		e.mu.Lock()
		wake := e.mu.wake
		e.mu.Unlock()
		select {
		case <-ctx.Done():
			return
		case <-wake:
		}
		e.mu.Lock()
		first := e.mu.first
		e.mu.Unlock()
		e.watch(ctx, first)
	}
}

// pass hands on what the hub tells until the context ends.
func (e *changes) pass(ctx context.Context, told <-chan events.Event) {
	for {
		select {
		case <-ctx.Done():
			return
		case news := <-told:
			e.publish(news.Name, news.Data)
		}
	}
}

// watch publishes changes as long as somebody listens.
func (e *changes) watch(ctx context.Context, last sight) {
	tick := time.NewTicker(eventInterval)
	defer tick.Stop()
	for n := 1; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if !e.listened() {
			return
		}
		if e.config != nil {
			if now := e.config.LastReload(); now != last.reload {
				last.reload = now
				e.publish("config-reload", reloadDocument(now))
			}
		}
		if n%targetsEvery == 0 {
			now := e.health()
			if changes := healthChanges(last.health, now); len(changes) > 0 {
				e.publish("target-health-changed", changes)
			}
			last.health = now
		}
	}
}

// listened tells whether anybody does; where nobody does, run waits again.
func (e *changes) listened() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.mu.subscribers) == 0 {
		e.mu.wake = make(chan struct{})
		return false
	}
	return true
}

type targetKey struct{ pool, url string }

type targetHealth struct{ health, err string }

func (e *changes) health() map[targetKey]targetHealth {
	out := map[targetKey]targetHealth{}
	if e.targets == nil {
		return out
	}
	eachTarget(e.targets.ActiveTargets(), "", func(pool string, t Target) {
		h := targetHealth{health: t.Health}
		if t.LastError != nil {
			h.err = t.LastError.Error()
		}
		out[targetKey{pool, t.URL.String()}] = h
	})
	return out
}

// healthChange is one target's. Health is "gone" for one that is not scraped
// any more.
type healthChange struct {
	Pool      string `json:"scrapePool"`
	URL       string `json:"scrapeUrl"`
	Health    string `json:"health"`
	LastError string `json:"lastError"`
}

func healthChanges(before, now map[targetKey]targetHealth) []healthChange {
	var out []healthChange
	for k, h := range now {
		if old, had := before[k]; !had || old.health != h.health {
			out = append(out, healthChange{k.pool, k.url, h.health, h.err})
		}
	}
	for k := range before {
		if _, has := now[k]; !has {
			out = append(out, healthChange{k.pool, k.url, "gone", ""})
		}
	}
	return out
}

// publish sends to everybody who listens. Who is too slow loses the stream, and
// reads the state again when the browser has reconnected.
func (e *changes) publish(kind string, data any) {
	body, err := json.Marshal(data)
	if err != nil {
		body = []byte("null")
	}
	message := fmt.Appendf(nil, "event: %s\ndata: %s\n\n", kind, body)
	e.mu.Lock()
	defer e.mu.Unlock()
	for c := range e.mu.subscribers {
		select {
		case c <- message:
		default:
			delete(e.mu.subscribers, c)
			close(c)
		}
	}
}

func (e *changes) subscribe() chan []byte {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.mu.closed || len(e.mu.subscribers) >= maxSubscribers {
		return nil
	}
	c := make(chan []byte, eventBuffer)
	e.mu.subscribers[c] = struct{}{}
	if len(e.mu.subscribers) == 1 {
		select {
		case <-e.mu.wake:
		default:
			// Before the stream begins: what changes from here on is told.
			e.mu.first = e.look()
			close(e.mu.wake)
		}
	}
	return c
}

func (e *changes) unsubscribe(c chan []byte) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if _, ok := e.mu.subscribers[c]; ok {
		delete(e.mu.subscribers, c)
		close(c)
	}
}

func (e *changes) close() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.mu.closed = true
	for c := range e.mu.subscribers {
		delete(e.mu.subscribers, c)
		close(c)
	}
}

// endless lifts the read timeout, whose end would cancel the request.
func endless(c *http.ResponseController) {
	_ = c.SetReadDeadline(time.Time{}) // unsupported by test recorders alone
}

func (e *changes) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := e.subscribe()
	if c == nil {
		http.Error(w, "too many event streams, or the server is stopping", http.StatusServiceUnavailable)
		return
	}
	defer e.unsubscribe(c)
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-cache")
	h.Set("X-Accel-Buffering", "no")
	control := http.NewResponseController(w)
	endless(control)
	alive := time.NewTicker(keepAlive)
	defer alive.Stop()
	message := []byte(": connected\n\n")
	for {
		if _, err := w.Write(message); err != nil {
			return
		}
		if err := control.Flush(); err != nil {
			return
		}
		var open bool
		select {
		case message, open = <-c:
			if !open {
				return
			}
		case <-alive.C:
			message = []byte(": \n\n")
		case <-r.Context().Done():
			return
		}
	}
}
