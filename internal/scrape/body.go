package scrape

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"sync"

	"github.com/klauspost/compress/gzip"
)

var errTooLarge = errors.New("body too large")

// readBody appends r to buf until its end. A body of limit bytes or more is too
// large. size is the length that was announced, or less than zero.
func readBody(r io.Reader, buf []byte, limit, size int64) ([]byte, error) {
	if size >= limit {
		return buf, errTooLarge
	}
	// One byte more than announced lets the end be seen without growing, and one
	// more is for the newline that parsing adds.
	if need := int(size) + 2; size > 0 && cap(buf) < need {
		buf = growBody(buf, need)
	}
	for {
		if len(buf) == cap(buf) {
			buf = growBody(buf, len(buf)+1)
		}
		room := buf[len(buf):cap(buf)]
		if left := limit - int64(len(buf)); int64(len(room)) > left {
			room = room[:left]
		}
		n, err := r.Read(room)
		buf = buf[:len(buf)+n]
		switch {
		case int64(len(buf)) >= limit:
			return buf, errTooLarge
		case err == io.EOF:
			return buf, nil
		case err != nil:
			return buf, err
		}
	}
}

// inflater is a gzip reader with its buffer. They are large, so that few are
// kept for all targets together.
type inflater struct {
	in   *bufio.Reader
	gzip gzip.Reader
}

var inflaters = sync.Pool{New: func() any { return &inflater{in: bufio.NewReaderSize(nil, 16<<10)} }}

func readGzip(r io.Reader, buf []byte, limit int64) ([]byte, error) {
	z := inflaters.Get().(*inflater)
	defer inflaters.Put(z)
	defer z.in.Reset(nil)
	z.in.Reset(r)
	if err := z.gzip.Reset(z.in); err != nil {
		return buf, badGzip(err)
	}
	buf, err := readBody(&z.gzip, buf, limit, -1)
	if err != nil && err != errTooLarge {
		err = badGzip(err)
	}
	return buf, err
}

// badGzip explains data that is no gzip; other errors are those of the network.
func badGzip(err error) error {
	if errors.Is(err, gzip.ErrHeader) || errors.Is(err, gzip.ErrChecksum) || errors.Is(err, io.ErrUnexpectedEOF) {
		return &Error{Kind: KindBody, Err: fmt.Errorf("gzip body: %w", err), Hint: "the target sent Content-Encoding: gzip with other data: set enable_compression: false, or repair the target"}
	}
	return err
}

// discardSome reads the rest of a short body so that its connection can be used
// again.
func discardSome(r io.Reader) { _, _ = io.CopyN(io.Discard, r, 16<<10) }

// Bodies are read into buffers that all targets share, by powers of two, so that
// memory follows the scrapes under way and not the number of targets.
const (
	minBodyBits = 10
	maxBodyBits = 27
)

type bodyPool struct {
	classes [maxBodyBits + 1]sync.Pool
}

// get returns a buffer for a body that is likely size bytes long.
func (p *bodyPool) get(size int) []byte {
	c := max(minBodyBits, bits.Len(uint(size+1)))
	if c <= maxBodyBits {
		if b, ok := p.classes[c].Get().(*[]byte); ok {
			return (*b)[:0]
		}
	}
	return make([]byte, 0, 1<<min(c, maxBodyBits))
}

func (p *bodyPool) put(b []byte) {
	if c := bits.Len(uint(cap(b))) - 1; c >= minBodyBits && c <= maxBodyBits {
		p.classes[c].Put(&b)
	}
}

// growBody returns buf with room for n bytes in all, in steps of a power of two.
func growBody(buf []byte, n int) []byte {
	next := make([]byte, len(buf), 1<<max(minBodyBits, bits.Len(uint(n))))
	copy(next, buf)
	return next
}
