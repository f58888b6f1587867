package remote

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/snappy"
)

const (
	// maxBody bounds a request, before and after decompression.
	maxBody = 32 << 20
	// snappyRatio is the most that a byte of snappy stands for: a copy of 64 bytes
	// takes 3.
	snappyRatio = 22
	// readAtOnce is how much is made room for before any of a body is there.
	readAtOnce = 64 << 10
	// keepBody is the largest buffer that waits for the next request.
	keepBody = 4 << 20
)

// errUncompressed is a length that the bytes after it cannot unfold to.
var errUncompressed = errors.New("snappy: the body is shorter than its length says")

// httpError is an answer that is an error.
type httpError struct {
	code int
	err  error
}

func (e *httpError) Error() string { return e.err.Error() }

func badRequest(err error) *httpError { return &httpError{http.StatusBadRequest, err} }

// buffers hold one body as it came and as it is.
type buffers struct{ raw, plain []byte }

var bufferPool = sync.Pool{New: func() any { return new(buffers) }}

func (b *buffers) release() {
	if cap(b.raw) <= keepBody && cap(b.plain) <= keepBody {
		bufferPool.Put(b)
	}
}

// read takes a body of at most maxBody bytes into raw.
func (b *buffers) read(w http.ResponseWriter, r *http.Request) *httpError {
	if r.ContentLength > maxBody {
		return tooLarge()
	}
	var err error
	b.raw, err = readAll(http.MaxBytesReader(w, r.Body, maxBody), b.raw[:0])
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return tooLarge()
	}
	if err != nil {
		return badRequest(fmt.Errorf("read the body: %w", err))
	}
	return nil
}

func tooLarge() *httpError {
	return &httpError{http.StatusRequestEntityTooLarge, fmt.Errorf("request body exceeds %d bytes: send fewer samples at once", maxBody)}
}

// readAll appends what r has to buf. The buffer grows with what was read.
func readAll(r io.Reader, buf []byte) ([]byte, error) {
	if cap(buf) == 0 {
		buf = make([]byte, 0, readAtOnce)
	}
	for {
		if len(buf) == cap(buf) {
			buf = append(buf, 0)[:len(buf)]
		}
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if err == io.EOF {
			return buf, nil
		}
		if err != nil {
			return buf, err
		}
	}
}

// judgeSnappy holds the length that raw names against its bytes.
func (b *buffers) judgeSnappy() (int, *httpError) {
	n, err := snappy.DecodedLen(b.raw)
	switch {
	case err != nil:
		return 0, badRequest(err)
	case n > maxBody:
		return 0, tooLarge()
	case n > snappyRatio*len(b.raw):
		return 0, badRequest(errUncompressed)
	}
	return n, nil
}

// unsnappy decompresses raw into plain.
func (b *buffers) unsnappy() *httpError {
	n, bad := b.judgeSnappy()
	if bad != nil {
		return bad
	}
	if cap(b.plain) < n {
		b.plain = make([]byte, n)
	}
	var err error
	if b.plain, err = snappy.Decode(b.plain[:cap(b.plain)], b.raw); err != nil {
		return badRequest(err)
	}
	return nil
}

// gunzip decompresses raw into plain.
func (b *buffers) gunzip() *httpError {
	z, err := gzip.NewReader(bytes.NewReader(b.raw))
	if err != nil {
		return badRequest(err)
	}
	if b.plain, err = readAll(io.LimitReader(z, maxBody+1), b.plain[:0]); err != nil {
		return badRequest(fmt.Errorf("gzip: %w", err))
	}
	if len(b.plain) > maxBody {
		return tooLarge()
	}
	return nil
}
