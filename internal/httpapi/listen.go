package httpapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"syscall"
	"time"

	"github.com/prometheus/exporter-toolkit/web"
	"golang.org/x/sync/errgroup"
)

const (
	// headerTimeout is for a request's line and headers; a client that sends them
	// byte by byte holds its connection no longer.
	headerTimeout = 10 * time.Second
	// idleTimeout is between two requests of a connection.
	idleTimeout = 2 * time.Minute
	// writeTimeout is for one write to a client, 32 KiB of an answer or less.
	writeTimeout = 30 * time.Second
	// drainTimeout is what running requests get when the server stops.
	drainTimeout = 10 * time.Second
)

// Listen opens the ports, all or none, and reads web.config.yml.
func (s *Server) Listen() error {
	if f := s.options.WebConfigFile; f != "" {
		if err := web.Validate(f); err != nil {
			return fmt.Errorf("web config file %s: %w", f, err)
		}
	}
	slots := make(chan struct{}, s.options.MaxConnections)
	for _, address := range s.options.ListenAddresses {
		l, err := net.Listen("tcp", address)
		if err != nil {
			s.closeListeners()
			return listenError(address, err)
		}
		s.listeners = append(s.listeners, &limitListener{Listener: l, slots: slots, done: make(chan struct{})})
	}
	return nil
}

func listenError(address string, err error) error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("cannot listen on %s: address already in use; another Prometheus or Monopod runs there? use --web.listen-address: %w", address, err)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("cannot listen on %s: permission denied; ports below 1024 need a privilege, use --web.listen-address with another: %w", address, err)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return fmt.Errorf("cannot listen on %s: this machine has no such address; use --web.listen-address: %w", address, err)
	}
	return fmt.Errorf("cannot listen on %s; use --web.listen-address=host:port: %w", address, err)
}

func (s *Server) closeListeners() {
	for _, l := range s.listeners {
		_ = l.Close()
	}
	s.listeners = nil
}

// Addresses are where the server listens, for who asked for port 0.
func (s *Server) Addresses() []net.Addr {
	var out []net.Addr
	for _, l := range s.listeners {
		out = append(out, l.Addr())
	}
	return out
}

// Serve answers until the context ends; then it lets running requests finish
// for a while. It returns nil after that, and otherwise what broke.
func (s *Server) Serve(ctx context.Context) error {
	if len(s.listeners) == 0 {
		return errors.New("serve HTTP: Listen was not called")
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var watching sync.WaitGroup
	watching.Go(func() { s.events.run(ctx) })
	defer watching.Wait()

	// One server per listener: exporter-toolkit puts its own handler around the
	// server's, and listeners must not share one that has it already.
	servers := make([]*http.Server, len(s.listeners))
	var group errgroup.Group
	for i, l := range s.listeners {
		servers[i] = s.newHTTPServer()
		group.Go(func() error {
			defer cancel()
			err := web.Serve(l, servers[i], &web.FlagConfig{WebConfigFile: &s.options.WebConfigFile}, s.logger)
			if errors.Is(err, http.ErrServerClosed) {
				return nil
			}
			return fmt.Errorf("serve HTTP on %s: %w", l.Addr(), err)
		})
	}
	<-ctx.Done()
	close(s.stopping)
	watching.Wait() // ends the event streams, which would otherwise be waited for
	drain, stop := context.WithTimeout(context.WithoutCancel(ctx), drainTimeout)
	defer stop()
	for _, srv := range servers {
		if srv.Shutdown(drain) != nil {
			_ = srv.Close() // cuts what is left
		}
	}
	s.closeListeners()
	return group.Wait()
}

func (s *Server) newHTTPServer() *http.Server {
	return &http.Server{
		Handler:           s.handler,
		ReadTimeout:       s.options.ReadTimeout,
		ReadHeaderTimeout: min(headerTimeout, s.options.ReadTimeout),
		IdleTimeout:       min(idleTimeout, s.options.ReadTimeout),
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          slog.NewLogLogger(s.logger.Handler(), slog.LevelWarn),
	}
}

// limitListener accepts only while there is a slot; listeners share the slots.
// Connections beyond wait in the kernel.
type limitListener struct {
	net.Listener
	slots chan struct{}
	once  sync.Once
	done  chan struct{}
}

func (l *limitListener) Accept() (net.Conn, error) {
	select {
	case <-l.done:
		return nil, net.ErrClosed
	case l.slots <- struct{}{}:
	}
	c, err := l.Listener.Accept()
	if err != nil {
		<-l.slots
		return nil, err
	}
	return &limitedConn{Conn: c, slots: l.slots}, nil
}

func (l *limitListener) Close() error {
	l.once.Do(func() { close(l.done) })
	return l.Listener.Close()
}

type limitedConn struct {
	net.Conn
	once  sync.Once
	slots chan struct{}
}

func (c *limitedConn) Close() error {
	err := c.Conn.Close()
	c.once.Do(func() { <-c.slots })
	return err
}
