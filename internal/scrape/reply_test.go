package scrape

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// canned is a connection to a target that has its answer ready, and sends it in
// pieces of at most step bytes.
type canned struct {
	answer    []byte
	left      []byte
	step      int
	forever   bool // answers each request, else the connection ends
	deadlines int
}

func (c *canned) Read(p []byte) (int, error) {
	if len(c.left) == 0 {
		return 0, io.EOF
	}
	n := len(p)
	if c.step > 0 {
		n = min(n, c.step)
	}
	n = copy(p[:n], c.left)
	c.left = c.left[n:]
	return n, nil
}

func (c *canned) Write(p []byte) (int, error) {
	if c.left == nil || c.forever {
		c.left = c.answer
	}
	return len(p), nil
}

func (c *canned) Close() error                     { return nil }
func (c *canned) LocalAddr() net.Addr              { return nil }
func (c *canned) RemoteAddr() net.Addr             { return nil }
func (c *canned) SetDeadline(time.Time) error      { c.deadlines++; return nil }
func (c *canned) SetReadDeadline(time.Time) error  { return nil }
func (c *canned) SetWriteDeadline(time.Time) error { return nil }

// dialCanned makes all connections of a client that one.
func dialCanned(c *canned) dialer {
	return func(context.Context, string) (*socket, error) { return newSocket(c, nil), nil }
}

// sameAnswer reads an answer as a link does and as net/http does: what the link
// takes, it must take as net/http would.
func sameAnswer(t *testing.T, answer []byte, step int) {
	t.Helper()
	c := &canned{answer: answer, left: answer, step: step}
	r := reply{socket: newSocket(c, nil), bodies: &bodyPool{}}
	if r.readHead() != nil {
		return
	}
	const limit = 1 << 20
	status, contentType, announced := r.status, string(r.contentType), r.length
	err := r.readBody(limit)
	if err == errTooLarge || err == errOdd {
		return
	}
	var (
		resp *http.Response
		body []byte
		from = bufio.NewReader(bytes.NewReader(answer))
		want error
	)
	for {
		if resp, want = http.ReadResponse(from, nil); want != nil || resp.StatusCode >= 200 || resp.StatusCode == 101 {
			break
		}
	}
	if want == nil {
		body, want = io.ReadAll(resp.Body)
	}
	if (err == nil) != (want == nil) {
		t.Fatalf("%.200q: %v, net/http says %v", answer, err, want)
	}
	if err != nil || len(body) == 0 {
		return
	}
	if status != resp.StatusCode || contentType != resp.Header.Get("Content-Type") || !bytes.Equal(r.buf[r.start:], body) || r.gzip != (resp.Header.Get("Content-Encoding") == "gzip") {
		t.Fatalf("%.200q: status %d, type %q, body %.100q; net/http has %d, %q, %.100q", answer, status, contentType, r.buf[r.start:], resp.StatusCode, resp.Header.Get("Content-Type"), body)
	}
	if r.clean && !r.close && (resp.Close || step == 0 && from.Buffered() > 0) {
		t.Fatalf("%.200q: the connection is kept, of an answer of %d bytes; net/http closes it", answer, announced)
	}
}

func chunked(r *rand.Rand, body string) string {
	var b strings.Builder
	for len(body) > 0 {
		n := 1 + r.IntN(len(body))
		if r.IntN(3) == 0 {
			n = min(n, 1+r.IntN(20))
		}
		fmt.Fprintf(&b, []string{"%x\r\n", "%X;a=b\r\n", "0%x \r\n"}[r.IntN(3)], n)
		b.WriteString(body[:n] + "\r\n")
		body = body[n:]
	}
	return b.String() + "0\r\n" + []string{"", "X-End: 1\r\n"}[r.IntN(2)] + "\r\n"
}

func TestSameAnswersAsNetHTTP(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 4))
	sameAnswer(t, []byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4;\r \r\na 1\n\r\n0\r\n\r\n"), 0)
	for range 3000 {
		body := strings.Repeat("metric{a=\"b\"} 1\n", r.IntN(1<<r.IntN(11)))
		head := fmt.Sprintf("HTTP/1.%d %d %s\r\n", 1-r.IntN(8)/7, []int{200, 200, 200, 404, 204, 304}[r.IntN(6)], []string{"OK", "", "Not Found"}[r.IntN(3)])
		if r.IntN(6) == 0 {
			head = "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + head
		}
		head += []string{"", "Content-Type: text/plain\r\n", "content-type:\ttext/plain; version=0.0.4 \r\nX: y\r\n", "Content-Encoding: gzip\r\n"}[r.IntN(4)]
		head += []string{"", "", "Connection: close\r\n", "Connection: Keep-Alive\r\n", "Connection: a, CLOSE\r\n"}[r.IntN(5)]
		switch r.IntN(4) {
		case 0:
			head += fmt.Sprintf("Content-Length: %d\r\n", len(body)+r.IntN(7)/6)
		case 1, 2:
			head, body = head+"Transfer-Encoding: chunked\r\n", chunked(r, body)
		}
		answer := []byte(head + "\r\n" + body)
		switch r.IntN(8) {
		case 0:
			answer = answer[:r.IntN(len(answer)+1)]
		case 1:
			answer[r.IntN(len(answer))] = byte(r.IntN(256))
		case 2:
			answer = bytes.ReplaceAll(answer, []byte("\r\n"), []byte("\n"))
		case 3:
			answer = append(answer, "more"...)
		}
		sameAnswer(t, answer, []int{0, 1, 7, 1000}[r.IntN(4)])
	}
}

func FuzzReply(f *testing.F) {
	f.Add([]byte("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\na 1\n"), 3)
	f.Add([]byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\na 1\n\r\n0\r\n\r\n"), 0)
	f.Add([]byte("HTTP/1.0 200 OK\n\na 1\n"), 1)
	f.Fuzz(func(t *testing.T, answer []byte, step int) { sameAnswer(t, answer, max(step, 0)) })
}

// TestScrapeAllocatesNothing: request, answer, body, row, report.
func TestScrapeAllocatesNothing(t *testing.T) {
	var body, stamped strings.Builder
	for i := range 500 {
		fmt.Fprintf(&body, "metric_%d{label=\"%d\"} %d\n", i/50, i, i)
		fmt.Fprintf(&stamped, "metric_%d{label=\"%d\"} %d 1700000000000\n", i/50, i, i)
	}
	for name, answer := range map[string]string{
		"length": fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s", textFormat, body.Len(), body.String()),
		"chunks": fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: %s\r\nTransfer-Encoding: chunked\r\n\r\n%s", textFormat, chunked(rand.New(rand.NewPCG(1, 1)), body.String())),
		"stamps": fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s", textFormat, stamped.Len(), stamped.String()),
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, Options{Writer: discard{}}, oneJob("h:1", ""))
			r.l.link.client.dial = dialCanned(&canned{answer: []byte(answer), forever: true})
			r.l.link.socket = nil
			at := time.UnixMilli(r.now)
			for range 3 {
				if r.l.scrape(at); r.l.target.LastError() != nil {
					t.Fatal(r.l.target.LastError())
				}
			}
			if got := r.l.target.Last(); got.Samples != 500 || got.SeriesAdded != 0 {
				t.Fatalf("%+v", got)
			}
			if n := len(r.l.in.entries.wide); name == "stamps" && (n != 500 || !r.l.in.entries.wide[7].series.IsEmpty()) {
				t.Errorf("%d lines with timestamps are remembered, and their labels", n)
			}
			n := testing.AllocsPerRun(200, func() { r.l.scrape(at) })
			if n != 0 {
				t.Errorf("%v allocations for each scrape", n)
			}
		})
	}
}

// TestLargeAnswerInOneRead: a body that comes together with its head is not
// taken for a head that does not end.
func TestLargeAnswerInOneRead(t *testing.T) {
	body := strings.Repeat("a 1\n", 1<<20)
	answer := fmt.Appendf(nil, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	c := &canned{answer: answer, left: answer}
	r := reply{socket: newSocket(c, nil), bodies: &bodyPool{}, size: len(answer)}
	if err := r.readHead(); err != nil {
		t.Fatal(err)
	}
	if err := r.readBody(64 << 20); err != nil || string(r.buf[r.start:]) != body || !r.clean {
		t.Fatalf("%v, %d bytes of %d, clean %t", err, len(r.buf)-r.start, len(body), r.clean)
	}
}
