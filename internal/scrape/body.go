package scrape

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/klauspost/compress/gzip"
)

var errTooLarge = errors.New("body too large")

// readBody appends r to buf, a buffer of the pool's, until its end. A body of limit
// bytes or more is too large. size is the length that was announced, or less than
// zero.
func (p *bodyPool) readBody(r io.Reader, buf []byte, limit, size int64) ([]byte, error) {
	if size >= limit {
		return buf, errTooLarge
	}
	// One byte more than announced lets the end be seen without growing, and one
	// more is for the newline that parsing adds.
	if need := int(size) + 2; size > 0 && cap(buf) < need {
		buf = p.grow(buf, need)
	}
	for {
		if len(buf) == cap(buf) {
			buf = p.grow(buf, 2*len(buf))
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
	in     *bufio.Reader
	memory bytes.Reader
	gzip   gzip.Reader
}

var inflaters = sync.Pool{New: func() any { return &inflater{in: bufio.NewReaderSize(nil, 16<<10)} }}

// inflate returns the content of a gzip stream, likely size bytes, in a buffer of
// the pool's.
func (p *bodyPool) inflate(compressed []byte, size int, limit int64) ([]byte, error) {
	z := inflaters.Get().(*inflater)
	defer inflaters.Put(z)
	defer z.memory.Reset(nil)
	z.memory.Reset(compressed)
	buf := p.get(size)
	err := z.gzip.Reset(&z.memory)
	if err == nil {
		buf, err = p.readBody(&z.gzip, buf, limit, -1)
	}
	if err != nil && err != errTooLarge {
		err = gzipError(err)
	}
	return buf, err
}

func (p *bodyPool) readGzip(r io.Reader, buf []byte, limit int64) ([]byte, error) {
	z := inflaters.Get().(*inflater)
	defer inflaters.Put(z)
	defer z.in.Reset(nil)
	z.in.Reset(r)
	if err := z.gzip.Reset(z.in); err != nil {
		return buf, badGzip(err)
	}
	buf, err := p.readBody(&z.gzip, buf, limit, -1)
	if err != nil && err != errTooLarge {
		err = badGzip(err)
	}
	return buf, err
}

// badGzip explains data that is no gzip; other errors are those of the network.
func badGzip(err error) error {
	if errors.Is(err, gzip.ErrHeader) || errors.Is(err, gzip.ErrChecksum) || errors.Is(err, io.ErrUnexpectedEOF) {
		return gzipError(err)
	}
	return err
}

func gzipError(err error) error {
	return &Error{Kind: KindBody, Err: fmt.Errorf("gzip body: %w", err), Hint: "the target sent Content-Encoding: gzip with other data: set enable_compression: false, or repair the target"}
}

// discardSome reads the rest of a short body so that its connection can be used
// again.
func discardSome(r io.Reader) { _, _ = io.CopyN(io.Discard, r, 16<<10) }

const (
	minBody = 4 << 10
	// maxSpare is how many buffers wait for bodies, and maxUnused for how long.
	maxSpare  = 16
	maxUnused = 10 * time.Second
)

// bodyPool has the buffers that bodies are read into. All targets share them, so
// that memory follows the answers under way and not the number of targets.
type bodyPool struct {
	mu struct {
		sync.Mutex
		spare []spareBody // the oldest first
	}
}

type spareBody struct {
	buf   []byte
	since time.Time
}

// get returns a buffer for a body that is likely size bytes long.
func (p *bodyPool) get(size int) []byte {
	// One byte more lets the end be seen, and one is for the newline that parsing
	// adds.
	need := max(minBody, size+2)
	p.mu.Lock()
	defer p.mu.Unlock()
	// The last one put back that fits, so that those too many grow old.
	for i := len(p.mu.spare) - 1; i >= 0; i-- {
		if buf := p.mu.spare[i].buf; cap(buf) >= need && cap(buf) <= 2*need {
			p.mu.spare = slices.Delete(p.mu.spare, i, i+1)
			return buf[:0]
		}
	}
	return make([]byte, 0, need+need/16)
}

func (p *bodyPool) put(buf []byte) {
	if cap(buf) < minBody {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	old := 0
	for old < len(p.mu.spare) && (len(p.mu.spare)-old >= maxSpare || now.Sub(p.mu.spare[old].since) > maxUnused) {
		old++
	}
	p.mu.spare = append(slices.Delete(p.mu.spare, 0, old), spareBody{buf, now})
}

// grow replaces a buffer by one for a body of size bytes.
func (p *bodyPool) grow(buf []byte, size int) []byte {
	next := append(p.get(size), buf...)
	p.put(buf)
	return next
}
