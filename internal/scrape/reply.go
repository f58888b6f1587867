package scrape

import (
	"bytes"
	"errors"
	"io"
)

// maxResponseHeader bounds the bytes of an answer before its body.
const maxResponseHeader = 1 << 20

// errHeaderTooLarge: what the target sends before its body does not end.
var errHeaderTooLarge = errors.New("malformed HTTP response: header of more than 1 MiB")

// reply reads one answer off a connection, head and body into the same buffer.
type reply struct {
	head
	socket *socket
	bodies *bodyPool
	size   int // how many bytes the answer likely has
	most   int // how many it may have
	// buf is what was read, from the pool as soon as the target begins to answer: one
	// that hangs has no buffer. The body begins at start.
	buf   []byte
	start int
	begun bool
	// clean tells that the answer came to its end, and nothing behind it.
	clean bool
}

// more reads what there is. The error may be io.EOF.
func (r *reply) more() error {
	if !r.begun {
		if _, err := r.socket.Read(r.socket.firstOfAnswers[:]); err != nil {
			return err
		}
		r.begun = true
		r.buf = append(r.bodies.get(r.size), r.socket.firstOfAnswers[0])
	}
	if len(r.buf) == cap(r.buf) {
		if len(r.buf) >= r.most {
			return errTooLarge
		}
		r.buf = r.bodies.grow(r.buf, min(2*len(r.buf), r.most+1))
	}
	n, err := r.socket.Read(r.buf[len(r.buf):cap(r.buf)])
	r.buf = r.buf[:len(r.buf)+n]
	return err
}

// readHead reads up to the body.
func (r *reply) readHead() error {
	r.most = maxResponseHeader
	for from := 0; ; {
		if n := endOfHead(r.buf[r.start:], from); n >= 0 {
			if !r.parse(r.buf[r.start : r.start+n]) {
				return errOdd
			}
			r.start += n
			if r.status >= 200 || r.status == 101 {
				return nil
			}
			// An answer before the answer.
			from = 0
			continue
		}
		// What was read may be more than a head: the body comes with it, into a buffer
		// that has room for all of it.
		if from = len(r.buf) - r.start; from > maxResponseHeader {
			return errHeaderTooLarge
		}
		switch err := r.more(); {
		case err == errTooLarge:
			return errHeaderTooLarge
		case err == io.EOF && r.begun:
			return errOdd
		case err != nil:
			return err
		}
	}
}

// readBody reads the body behind the head, so that it is what buf has from start
// on. One of limit bytes or more is too large.
func (r *reply) readBody(limit int64) error {
	r.most = r.start + int(min(limit, maxBody)) + 4<<10
	switch {
	case r.status == 101 || r.status == 204 || r.status == 304:
		return nil
	case r.chunked:
		return r.chunks(limit)
	case r.length >= limit:
		return errTooLarge
	case r.length >= 0:
		return r.announced(int(r.length))
	}
	for {
		if int64(len(r.buf)-r.start) >= limit {
			return errTooLarge
		}
		switch err := r.more(); {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
	}
}

// announced reads a body of size bytes.
func (r *reply) announced(size int) error {
	end := r.start + size
	// One byte more is for the newline that parsing adds. A large size is believed
	// when the bytes come.
	if cap(r.buf) <= end && size <= 4<<20 {
		r.buf = r.bodies.grow(r.buf, end+1)
	}
	for len(r.buf) < end {
		if err := r.more(); err != nil {
			return unexpected(err)
		}
	}
	r.clean = len(r.buf) == end
	r.buf = r.buf[:end]
	return nil
}

// chunks reads a body in chunks and puts them together in the place of the first.
func (r *reply) chunks(limit int64) error {
	body, at := r.start, r.start // buf[at:] was not looked at
	for {
		line, err := r.line(&at)
		if err != nil {
			return err
		}
		size, ok := chunkSize(line)
		switch {
		case !ok:
			return errOdd
		case int64(body-r.start)+size >= limit:
			return errTooLarge
		}
		if size == 0 {
			break
		}
		for left := int(size); ; {
			n := min(left, len(r.buf)-at)
			if at != body {
				copy(r.buf[body:], r.buf[at:at+n])
			}
			body, at, left = body+n, at+n, left-n
			if left == 0 {
				break
			}
			// All that was read is in its place: the rest goes there at once.
			r.buf, at = r.buf[:body], body
			if err := r.more(); err != nil {
				return unexpected(err)
			}
		}
		if line, err = r.line(&at); err != nil {
			return err
		} else if len(line) > 0 {
			return errOdd
		}
	}
	switch line, err := r.line(&at); {
	case err != nil:
		return err
	case len(line) > 0:
		return errOdd // a trailer
	}
	r.clean = len(r.buf) == at
	r.buf = r.buf[:body]
	return nil
}

// line reads a line at at, which is moved behind it. A carriage return ends
// it, and stands nowhere else (RFC 9112, as net/http reads it).
func (r *reply) line(at *int) ([]byte, error) {
	for {
		if n := bytes.IndexByte(r.buf[*at:], '\n'); n >= 0 {
			line, ok := bytes.CutSuffix(r.buf[*at:*at+n], []byte("\r"))
			if *at += n + 1; !ok || bytes.IndexByte(line, '\r') >= 0 {
				return nil, errOdd
			}
			return line, nil
		}
		if len(r.buf)-*at > 4<<10 {
			return nil, errOdd
		}
		if err := r.more(); err != nil {
			return nil, unexpected(err)
		}
	}
}

func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// chunkSize reads the hexadecimal number that begins a chunk.
func chunkSize(line []byte) (size int64, ok bool) {
	if n := bytes.IndexByte(line, ';'); n >= 0 {
		line = line[:n]
	}
	line = bytes.TrimRight(line, " \t")
	if len(line) == 0 || len(line) > 15 {
		return 0, false
	}
	for _, c := range line {
		switch {
		case c-'0' <= 9:
			c -= '0'
		case c|0x20-'a' <= 5:
			c = c | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		size = size<<4 | int64(c)
	}
	return size, true
}
