// Package events carries news of changes between the components of one program
// and to the browsers that listen.
//
// An event has a name that the UI knows, and a small value that is written as
// JSON. A subscriber that does not keep up misses events, never blocks: what an
// event tells can always be asked for again.
package events

import "sync"

// Names of events.
const (
	// DashboardChanged carries a DashboardChange.
	DashboardChanged = "dashboard-changed"
	// FoldersChanged carries nothing.
	FoldersChanged = "folders-changed"
	// DataSourcesChanged carries nothing.
	DataSourcesChanged = "datasources-changed"
)

// What happens to a dashboard.
const (
	Created = "created"
	Updated = "updated"
	Deleted = "deleted"
)

// DashboardChange says what happened to one dashboard.
type DashboardChange struct {
	UID     string `json:"uid"`
	Title   string `json:"title"`
	Version int    `json:"version"`
	// Change is Created, Updated or Deleted.
	Change string `json:"change"`
	// By is the login of who changed it, or "provisioning".
	By string `json:"by"`
}

// Event is one piece of news.
type Event struct {
	Name string
	Data any
}

// Hub hands each event to all subscribers. The zero Hub is ready, and a nil Hub
// takes events that nobody hears.
type Hub struct {
	mu struct {
		sync.Mutex
		subscribers map[chan Event]struct{}
	}
}

// Publish never blocks.
func (h *Hub) Publish(name string, data any) {
	if h == nil {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for c := range h.mu.subscribers {
		select {
		case c <- Event{name, data}:
		default:
		}
	}
}

// Subscribe returns a channel of the events from now on, and what ends it. The
// channel is never closed.
func (h *Hub) Subscribe(buffer int) (<-chan Event, func()) {
	c := make(chan Event, buffer)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.mu.subscribers == nil {
		h.mu.subscribers = map[chan Event]struct{}{}
	}
	h.mu.subscribers[c] = struct{}{}
	return c, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.mu.subscribers, c)
	}
}
