package scrape

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"syscall"
	"time"

	"github.com/mwitkow/go-conntrack"
)

// dialer makes the connections of a job.
type dialer func(ctx context.Context, address string) (*socket, error)

// newDialer returns a dialer whose connections are counted under the job's name.
func newDialer(job string) dialer {
	plain := &net.Dialer{}
	return func(ctx context.Context, address string) (*socket, error) {
		var inner net.Conn
		dial := conntrack.NewDialContextFunc(conntrack.DialWithName(job), conntrack.DialWithDialContextFunc(
			func(ctx context.Context, network, address string) (c net.Conn, err error) {
				inner, err = plain.DialContext(ctx, network, address)
				return inner, err
			}))
		counted, err := dial(ctx, "tcp", address)
		if err != nil {
			return nil, err
		}
		return newSocket(counted, inner), nil
	}
}

// socket is a connection to a target.
type socket struct {
	net.Conn
	// raw reads and writes without telling the scheduler. A socket does not block, so
	// that there is nothing to tell, and each time that the scheduler of an idle
	// process hears of a system call it wakes a thread that watches it. It is nil
	// where the connection is no socket.
	raw syscall.RawConn
	// What reading and writing is about, so that neither needs a closure.
	bytes          []byte
	n              int
	err            error
	reads, writes  func(fd uintptr) bool
	firstOfAnswers [1]byte
}

// newSocket wraps a connection whose bytes go over inner.
func newSocket(conn, inner net.Conn) *socket {
	s := &socket{Conn: conn}
	if c, ok := inner.(*net.TCPConn); ok && rawSockets {
		if raw, err := c.SyscallConn(); err == nil {
			s.raw, s.reads, s.writes = raw, s.tryRead, s.tryWrite
		}
	}
	return s
}

func (s *socket) Read(p []byte) (int, error) {
	if s.raw == nil {
		return s.Conn.Read(p)
	}
	s.bytes, s.n, s.err = p, 0, nil
	err := s.raw.Read(s.reads)
	s.bytes = nil
	switch {
	case err != nil:
		return 0, err
	case s.err != nil:
		return 0, s.err
	case s.n == 0:
		return 0, io.EOF
	}
	return s.n, nil
}

func (s *socket) Write(p []byte) (int, error) {
	if s.raw == nil {
		return s.Conn.Write(p)
	}
	s.bytes, s.n, s.err = p, 0, nil
	err := s.raw.Write(s.writes)
	s.bytes = nil
	if err == nil {
		err = s.err
	}
	return s.n, err
}

// flights are the sockets that wait for an answer.
type flights struct {
	mu struct {
		sync.Mutex
		sockets map[*socket]struct{}
		ended   bool
	}
}

// enter gives the socket until the deadline. It fails where all flights were ended.
func (f *flights) enter(s *socket, deadline time.Time) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.mu.ended {
		return context.Canceled
	}
	if f.mu.sockets == nil {
		f.mu.sockets = map[*socket]struct{}{}
	}
	f.mu.sockets[s] = struct{}{}
	return s.SetDeadline(deadline)
}

func (f *flights) leave(s *socket) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.mu.sockets, s)
	// A deadline that nothing waits for would wake the process.
	_ = s.SetDeadline(time.Time{})
}

// end ends all flights, for good.
func (f *flights) end() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.mu.ended = true
	for s := range f.mu.sockets {
		_ = s.SetDeadline(time.Unix(1, 0))
	}
}

func isTimeout(err error) bool {
	var t net.Error
	return errors.As(err, &t) && t.Timeout()
}
