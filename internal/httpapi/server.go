// Package httpapi is Monopod's HTTP server: the API that Prometheus has, our
// own, the lifecycle routes, and the web UI, on one listener.
//
// The nouns:
//
//   - A route is a method and a path; routes.go is the table of all.
//   - A handler answers a request with a result: data, or an error that has a
//     type, and warnings. The frame around it is the same for all.
//   - A document writes the data of a result as a stream of JSON, so that no
//     answer stands in memory as a whole.
//   - A source is what the server asks about a part of the program. Each is a
//     small interface in Options, and tells what is; it changes nothing.
//
// Answers equal those of Prometheus 3.14 byte for byte; the tests hold both side
// by side.
package httpapi

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"time"
)

// State is how far the program is.
type State uint32

// The states in their order.
const (
	Starting State = iota // storage is not open: most routes answer 503
	Ready
	Stopping
)

func (s State) String() string {
	switch s {
	case Starting:
		return "starting"
	case Ready:
		return "ready"
	}
	return "stopping"
}

// Server answers HTTP. It is made with New, opens its ports with Listen, and
// answers in Serve.
type Server struct {
	options  Options
	logger   *slog.Logger
	metrics  *metrics
	origins  *http.CrossOriginProtection
	events   *changes
	handler  http.Handler
	routes   []Route
	birth    time.Time
	cwd      string
	stopping chan struct{} // closed when Serve's context ends

	state     atomic.Uint32
	listeners []net.Listener
}

// New makes a server in the state Starting. It reads the UI's files and opens
// nothing.
func New(o Options) (*Server, error) {
	if err := o.setDefaults(); err != nil {
		return nil, err
	}
	if o.Engine != nil && o.Queryable == nil {
		return nil, errors.New("HTTP server: an engine needs a Queryable to query")
	}
	cwd, err := os.Getwd()
	if err != nil {
		cwd = "<error retrieving current working directory>"
	}
	s := &Server{
		options: o, logger: o.Logger, metrics: newMetrics(o.Registerer), birth: o.Now().UTC(), cwd: cwd,
		origins: http.NewCrossOriginProtection(), events: newChanges(o.Config, o.Targets, o.Hub), stopping: make(chan struct{}),
	}
	if u := o.ExternalURL; u.Scheme != "" && u.Host != "" {
		if err := s.origins.AddTrustedOrigin(u.Scheme + "://" + u.Host); err != nil {
			return nil, fmt.Errorf("external URL %s: %w", u, err)
		}
	}
	t, err := s.newRouter()
	if err != nil {
		return nil, err
	}
	s.routes = t.routes
	s.handler = s.secure(t.root())
	s.SetReady(Starting)
	return s, nil
}

// Handler answers all routes, without a port.
func (s *Server) Handler() http.Handler { return s.handler }

// Routes is the routing table.
func (s *Server) Routes() []Route { return s.routes }

// SetReady tells the server how far the program is.
func (s *Server) SetReady(state State) {
	s.state.Store(uint32(state))
	if state == Ready {
		s.metrics.ready.Set(1)
	} else {
		s.metrics.ready.Set(0)
	}
}

// State is what SetReady said last.
func (s *Server) State() State { return State(s.state.Load()) }

// whenReady answers 503 for what needs storage, until there is one.
func (s *Server) whenReady(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		state := s.State()
		if state == Ready {
			next.ServeHTTP(w, r)
			return
		}
		stopping := "false"
		if state == Stopping {
			stopping = "true"
		}
		w.Header().Set("X-Prometheus-Stopping", stopping)
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write([]byte("Service Unavailable"))
	})
}
