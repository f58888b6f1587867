package scrape

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"reflect"
	"sync"
	"time"

	"github.com/mwitkow/go-conntrack"
	config_util "github.com/prometheus/common/config"
)

const (
	// maxResponseHeader bounds the bytes of a response before its body.
	maxResponseHeader = 1 << 20
	// maxIdle is how long a connection waits for the next scrape.
	maxIdle = 5 * time.Minute
)

// errHeaderTooLarge: what the target sends before its body does not end.
var errHeaderTooLarge = fmt.Errorf("malformed HTTP response: header of more than %d bytes", maxResponseHeader)

// wire speaks HTTP/1.1 over TCP in the goroutine of the scrape. http.Transport has
// two goroutines and two buffers for each connection, which are most of what an
// idle target costs, and hands each request from one goroutine to the other. All
// but plain requests it leaves to next.
//
// Invariant: a connection is idle only where its last answer was read to the end,
// and then it has no buffer.
type wire struct {
	next http.RoundTripper
	dial func(ctx context.Context, network, address string) (net.Conn, error)

	mu struct {
		sync.Mutex
		idle  map[string][]idleConn // by address, the oldest first
		swept time.Time
	}
}

type idleConn struct {
	net.Conn
	since time.Time
}

// plainClient tells that requests need nothing but a connection to the target.
func plainClient(c config_util.HTTPClientConfig) bool {
	c.FollowRedirects, c.EnableHTTP2 = false, false
	c.TLSConfig = config_util.TLSConfig{} // for next
	return reflect.DeepEqual(c, config_util.HTTPClientConfig{})
}

func newWire(job string, next http.RoundTripper) *wire {
	w := &wire{next: next, dial: conntrack.NewDialContextFunc(conntrack.DialWithName(job))}
	w.mu.idle = map[string][]idleConn{}
	return w
}

// RoundTrip implements http.RoundTripper.
func (w *wire) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.URL.Scheme != "http" || req.Method != http.MethodGet || !isASCII(req.URL.Host) {
		return w.next.RoundTrip(req)
	}
	address := net.JoinHostPort(req.URL.Hostname(), req.URL.Port())
	if req.URL.Port() == "" {
		address += "80"
	}
	for {
		conn, used, err := w.connect(req.Context(), address)
		if err != nil {
			return nil, err
		}
		resp, asked, err := w.ask(conn, address, req)
		if err == nil {
			return resp, nil
		}
		conn.Close()
		// A server may close a connection while it is idle: what it did not begin to
		// answer is asked again.
		if !used || asked || req.Context().Err() != nil || isTimeout(err) {
			return nil, err
		}
	}
}

// CloseIdleConnections lets http.Client close what is idle.
func (w *wire) CloseIdleConnections() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sweepLocked(time.Now())
	if c, ok := w.next.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// connect returns a connection that is idle, or else a new one.
func (w *wire) connect(ctx context.Context, address string) (conn net.Conn, used bool, err error) {
	w.mu.Lock()
	if idle := w.mu.idle[address]; len(idle) > 0 {
		conn = idle[len(idle)-1].Conn
		idle[len(idle)-1] = idleConn{}
		if idle = idle[:len(idle)-1]; len(idle) > 0 {
			w.mu.idle[address] = idle
		} else {
			delete(w.mu.idle, address)
		}
	}
	w.mu.Unlock()
	if conn != nil {
		return conn, true, nil
	}
	conn, err = w.dial(ctx, "tcp", address)
	return conn, false, err
}

// putIdle keeps a connection for the next scrape.
func (w *wire) putIdle(conn net.Conn, address string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	w.mu.idle[address] = append(w.mu.idle[address], idleConn{conn, now})
	if now.Sub(w.mu.swept) > maxIdle/5 {
		w.mu.swept = now
		w.sweepLocked(now.Add(-maxIdle))
	}
}

// sweepLocked closes what is idle since before t.
func (w *wire) sweepLocked(t time.Time) {
	for address, idle := range w.mu.idle {
		n := 0
		for n < len(idle) && !idle[n].since.After(t) {
			idle[n].Close()
			n++
		}
		if n == len(idle) {
			delete(w.mu.idle, address)
		} else if n > 0 {
			w.mu.idle[address] = append([]idleConn(nil), idle[n:]...)
		}
	}
}

// ask sends a request and reads the answer up to its body. asked tells that the
// target began to answer. The deadline and the end of the request's context end
// what waits for the connection.
func (w *wire) ask(conn net.Conn, address string, req *http.Request) (resp *http.Response, asked bool, err error) {
	ctx := req.Context()
	deadline, _ := ctx.Deadline()
	if err := conn.SetDeadline(deadline); err != nil {
		return nil, false, err
	}
	b := &answerBody{wire: w, conn: conn, address: address}
	b.uncancel = context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	b.reader = readers.Get().(*headReader)
	b.reader.reset(conn)
	defer func() {
		if err != nil {
			b.uncancel()
			b.reader.release()
			if ctxErr := ctx.Err(); ctxErr != nil {
				err = ctxErr
			}
		}
	}()
	out := writers.Get().(*bufio.Writer)
	out.Reset(conn)
	err = req.Write(out)
	if err == nil {
		err = out.Flush()
	}
	out.Reset(nil)
	writers.Put(out)
	if err != nil {
		return nil, false, err
	}
	if _, err = b.reader.buffer.Peek(1); err != nil {
		return nil, false, err
	}
	for {
		if resp, err = http.ReadResponse(&b.reader.buffer, req); err != nil {
			return nil, true, b.reader.explain(err)
		}
		if resp.StatusCode >= 200 || resp.StatusCode == http.StatusSwitchingProtocols {
			break
		}
		// An answer before the answer.
	}
	b.reader.left = math.MaxInt64
	b.body, b.reusable = resp.Body, !resp.Close && resp.StatusCode >= 200
	if resp.Body == http.NoBody {
		b.end(b.reusable)
	}
	resp.Body = b
	return resp, true, nil
}

// answerBody is the body of an answer. Where it is read to its end, the connection
// can be used again.
type answerBody struct {
	wire     *wire
	conn     net.Conn // nil once the answer ended
	address  string
	body     io.ReadCloser
	reader   *headReader
	reusable bool
	uncancel func() bool
}

func (b *answerBody) Read(p []byte) (int, error) {
	if b.conn == nil {
		return 0, io.EOF
	}
	n, err := b.body.Read(p)
	if err == io.EOF {
		b.end(b.reusable)
	}
	return n, err
}

func (b *answerBody) Close() error {
	if b.conn != nil {
		b.end(false)
	}
	return nil
}

func (b *answerBody) end(reuse bool) {
	conn := b.conn
	b.conn = nil
	// Where the context has ended already, its deadline is on the connection.
	reuse = b.uncancel() && reuse && b.reader.buffer.Buffered() == 0
	b.reader.release()
	if reuse {
		b.wire.putIdle(conn, b.address)
	} else {
		conn.Close()
	}
}

// headReader reads from a connection, and not more than left bytes.
type headReader struct {
	buffer bufio.Reader
	conn   net.Conn
	left   int64
}

var (
	readers = sync.Pool{New: func() any { return new(headReader) }}
	writers = sync.Pool{New: func() any { return bufio.NewWriter(nil) }}
)

func (r *headReader) reset(conn net.Conn) {
	r.conn, r.left = conn, maxResponseHeader
	r.buffer.Reset(r)
}

func (r *headReader) release() {
	r.conn = nil
	readers.Put(r)
}

func (r *headReader) Read(p []byte) (int, error) {
	if r.left <= 0 {
		return 0, errHeaderTooLarge
	}
	n, err := r.conn.Read(p[:min(int64(len(p)), r.left)])
	r.left -= int64(n)
	return n, err
}

// explain tells that the header was too large where a parser says that it ended.
func (r *headReader) explain(err error) error {
	if r.left <= 0 {
		return errHeaderTooLarge
	}
	return err
}

func isTimeout(err error) bool {
	var t net.Error
	return errors.As(err, &t) && t.Timeout()
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
