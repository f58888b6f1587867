package scrape

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"sync"
	"time"

	config_util "github.com/prometheus/common/config"
)

const (
	// maxIdle is how long a connection may wait for the next scrape. Where scrapes
	// are further apart, each has a connection of its own.
	maxIdle = 5 * time.Minute
	// oddScrapes is for how many scrapes a target whose answer is unusual is left to
	// net/http.
	oddScrapes = 100
)

// link is the way to one target. It speaks HTTP/1.1 over a TCP connection of its
// own, in the goroutine of the scrape and without allocations. http.Transport has
// two goroutines and two buffers for each connection, which are most of what an
// idle target costs, and hands each request from one goroutine to the other.
// Requests that need more than a connection, and answers that are unusual, are
// left to net/http.
//
// Invariant: a connection is kept only where its last answer was read to the end,
// and then it has no buffer. A link is used by one goroutine at a time.
type link struct {
	client *client
	// url, and what stands of it in a request. host is empty where all is left to
	// net/http.
	url, host, uri, address string
	timeout                 time.Duration
	keep                    bool // the connection, until the next scrape

	socket  *socket       // nil: none is open
	odd     int           // scrapes left for net/http
	request *http.Request // for net/http, made when needed
	// rawSize and bodySize are the sizes of the last answer: as it came, and
	// uncompressed.
	rawSize, bodySize int
	contentType       string
	compression       compression
}

// newLink fails where url is none. Scrapes are an interval apart.
func (c *client) newLink(url string, timeout, interval time.Duration) (*link, error) {
	l := &link{client: c, url: url, timeout: timeout, keep: interval <= maxIdle}
	req, err := http.NewRequest(http.MethodGet, l.url, http.NoBody)
	if err != nil {
		return nil, err
	}
	u := req.URL
	if c.dial == nil || c.local[u.Host] || u.Scheme != "http" || !isASCII(u.Host) || strings.Contains(u.Host, "%") || u.User != nil {
		return l, nil
	}
	l.host, l.uri = u.Host, u.RequestURI()
	port := u.Port()
	if port == "" {
		port = "80"
	}
	l.address = net.JoinHostPort(u.Hostname(), port)
	return l, nil
}

// learn takes over what the link before knew of the target.
func (l *link) learn(before *link) {
	l.rawSize, l.bodySize, l.contentType, l.compression = before.rawSize, before.bodySize, before.contentType, before.compression
}

// plainClient tells that requests need nothing but a connection to the target.
func plainClient(c config_util.HTTPClientConfig) bool {
	c.FollowRedirects, c.EnableHTTP2 = false, false
	c.TLSConfig = config_util.TLSConfig{} // for net/http
	return reflect.DeepEqual(c, config_util.HTTPClientConfig{})
}

// answer is what a target sent.
type answer struct {
	body        []byte
	buffer      []byte // has the body; the caller gives it back to the pool
	contentType string
	compressed  bool
}

// fetch asks the target. The caller gives the answer's buffer back in every case.
// ctx is that of all scrapes.
func (l *link) fetch(ctx context.Context, bodies *bodyPool) (answer, error) {
	start := time.Now()
	deadline := start.Add(l.timeout)
	compress := l.compression.ask(l)
	if l.host != "" && l.odd == 0 {
		a, err := l.exchange(ctx, deadline, compress, bodies)
		if err != errOdd {
			return a, err
		}
		bodies.put(a.buffer)
		if a, err = l.overHTTP(ctx, deadline, compress, bodies); err == nil {
			l.odd = oddScrapes
		}
		return a, err
	}
	l.odd = max(l.odd-1, 0)
	return l.overHTTP(ctx, deadline, compress, bodies)
}

// exchange asks over the link's own connection.
func (l *link) exchange(ctx context.Context, deadline time.Time, compress bool, bodies *bodyPool) (a answer, err error) {
	for {
		used := l.socket != nil
		if !used {
			dialCtx, cancel := context.WithDeadline(ctx, deadline)
			s, err := l.client.dial(dialCtx, l.address)
			if cancel(); err != nil {
				return a, fetchError(l.failed(ctx, err, false), l.timeout, 0)
			}
			l.socket = s
		}
		r := reply{socket: l.socket, bodies: bodies, size: l.rawSize}
		if err = l.client.flights.enter(l.socket, deadline); err == nil {
			a, err = l.ask(&r, compress)
			l.client.flights.leave(l.socket)
		}
		if !r.clean || r.close || !l.keep {
			l.close()
		}
		switch {
		case err == nil || err == errOdd || isKnown(err):
			return a, err
		case used && !r.begun && ctx.Err() == nil && !isTimeout(err):
			// A server may close a connection while it is idle: what it did not begin to
			// answer is asked again.
			continue
		}
		return a, fetchError(l.failed(ctx, err, r.start > 0), l.timeout, len(r.buf)-r.start)
	}
}

// isKnown tells that an error is explained already.
func isKnown(err error) bool {
	var e *Error
	return errors.As(err, &e)
}

// failed says of an error what net/http would say.
func (l *link) failed(ctx context.Context, err error, inBody bool) error {
	switch {
	case ctx.Err() != nil:
		err = ctx.Err()
	case isTimeout(err):
		err = context.DeadlineExceeded
	}
	if inBody {
		return err
	}
	return &url.Error{Op: "Get", URL: l.url, Err: err}
}

var requests = sync.Pool{New: func() any { return new([]byte) }}

// ask sends the request and reads the answer.
func (l *link) ask(r *reply, compress bool) (a answer, err error) {
	defer func() { a.buffer = r.buf }()
	b := requests.Get().(*[]byte)
	*b = append(append(append((*b)[:0], "GET "...), l.uri...), " HTTP/1.1\r\nHost: "...)
	*b = append(append(append(*b, l.host...), "\r\n"...), l.client.headers(compress, l.timeout)...)
	_, err = r.socket.Write(*b)
	requests.Put(b)
	if err != nil {
		return a, err
	}
	if err = r.readHead(); err != nil {
		return a, err
	}
	if r.status != http.StatusOK {
		if l.client.redirects && r.status >= 300 && r.status < 400 {
			return a, errOdd
		}
		e := statusError(r.status, string(r.statusText))
		if r.readBody(16<<10) != nil {
			r.clean = false
		}
		return a, e
	}
	// The head moves with the buffer, but what it says stands before the body.
	if string(r.contentType) != l.contentType {
		l.contentType = string(r.contentType)
	}
	a.contentType, a.compressed = l.contentType, r.gzip
	c := l.client
	limit := c.bodyLimit
	if r.gzip {
		// Nothing grows much by compression.
		limit += 64 << 10
	}
	began := time.Now()
	err = r.readBody(limit)
	l.compression.transferred(l, len(r.buf)-r.start, time.Since(began), r.gzip, err)
	switch {
	case err == errTooLarge:
		return a, bodySizeError(c.bodyLimit, c.limitSet)
	case err != nil:
		return a, err
	}
	l.rawSize = len(r.buf)
	a.body = r.buf[r.start:]
	if r.gzip {
		raw := r.buf
		r.buf, err = r.bodies.inflate(a.body, l.bodySize, c.bodyLimit)
		r.bodies.put(raw)
		a.body = r.buf
	}
	switch {
	case err == errTooLarge:
		return a, bodySizeError(c.bodyLimit, c.limitSet)
	case err != nil:
		return a, fetchError(err, l.timeout, len(a.body))
	}
	if len(a.body) > 0 {
		l.bodySize = len(a.body)
	}
	return a, nil
}

// overHTTP asks by net/http.
func (l *link) overHTTP(ctx context.Context, deadline time.Time, compress bool, bodies *bodyPool) (a answer, err error) {
	c := l.client
	if l.request == nil {
		if l.request, err = http.NewRequest(http.MethodGet, l.url, http.NoBody); err != nil {
			return a, fetchError(err, l.timeout, 0)
		}
		l.request.Header = c.header(l.timeout)
	}
	l.request.Header["Accept-Encoding"] = []string{encoding(compress)}
	ctx, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	resp, err := c.http.Do(l.request.WithContext(ctx))
	if err != nil {
		return a, fetchError(err, l.timeout, 0)
	}
	// A body that was not read to its end is not drained: it may have none, and
	// closing it costs a connection only.
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		discardSome(resp.Body)
		return a, statusError(resp.StatusCode, resp.Status)
	}
	a.contentType = resp.Header.Get("Content-Type")
	a.compressed = resp.Header.Get("Content-Encoding") == "gzip"
	counted := &counter{from: resp.Body}
	began := time.Now()
	// Not before the target answers: one that hangs has no buffer.
	a.buffer = bodies.get(l.bodySize)
	if a.compressed {
		a.buffer, err = bodies.readGzip(counted, a.buffer, c.bodyLimit)
	} else {
		a.buffer, err = bodies.readBody(counted, a.buffer, c.bodyLimit, resp.ContentLength)
	}
	l.compression.transferred(l, counted.n, time.Since(began), a.compressed, err)
	a.body = a.buffer
	switch {
	case err == errTooLarge:
		return a, bodySizeError(c.bodyLimit, c.limitSet)
	case err != nil:
		return a, fetchError(err, l.timeout, len(a.body))
	}
	if len(a.body) > 0 {
		l.bodySize = len(a.body)
	}
	return a, nil
}

// close closes the connection where there is one.
func (l *link) close() {
	if l.socket != nil {
		l.socket.Close()
		l.socket = nil
	}
}

// counter counts what is read.
type counter struct {
	from io.Reader
	n    int
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	c.n += n
	return n, err
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
