package scrape

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/klauspost/compress/gzip"
)

// slowTarget is a connection to a target whose answers come at some bytes a second,
// compressed where it was asked for that.
type slowTarget struct {
	canned
	body  string
	rate  float64
	asked []string // the encodings
}

func (c *slowTarget) Write(p []byte) (int, error) {
	encoding, header, body := "identity", "", []byte(c.body)
	if bytes.Contains(p, []byte("\r\nAccept-Encoding: gzip\r\n")) {
		encoding, header = "gzip", "Content-Encoding: gzip\r\n"
		var z bytes.Buffer
		w := gzip.NewWriter(&z)
		_, _ = io.WriteString(w, c.body)
		_ = w.Close()
		body = z.Bytes()
	}
	c.asked = append(c.asked, encoding)
	c.left = append([]byte(fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: %s\r\n%sContent-Length: %d\r\n\r\n", textFormat, header, len(body))), body...)
	return len(p), nil
}

func (c *slowTarget) Read(p []byte) (int, error) {
	n, err := c.canned.Read(p[:min(len(p), 16<<10)])
	time.Sleep(time.Duration(float64(n) / c.rate * float64(time.Second)))
	return n, err
}

func (c *slowTarget) SetDeadline(time.Time) error { return nil }

var _ net.Conn = (*slowTarget)(nil)

// asks scrapes n times and returns the encodings asked for, one letter each.
func (c *slowTarget) asks(t *testing.T, l *link, n int) string {
	t.Helper()
	c.asked = c.asked[:0]
	var bodies bodyPool
	for range n {
		a, err := l.fetch(t.Context(), &bodies)
		if err != nil || string(a.body) != c.body {
			t.Fatalf("%d bytes, %v", len(a.body), err)
		}
		bodies.put(a.buffer)
	}
	var b strings.Builder
	for _, encoding := range c.asked {
		b.WriteByte(encoding[0])
	}
	return b.String()
}

// TestSlowLinksAreAskedForGzip: after three slow transfers, and no longer when the
// link is fast again, with room between slow and fast.
func TestSlowLinksAreAskedForGzip(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &slowTarget{body: strings.Repeat("metric{label=\"value\"} 1\n", 10_000), rate: 100 << 20}
		client := testClient(t, "")
		client.dial = func(context.Context, string) (*socket, error) { return newSocket(c, nil), nil }
		l := testLink(t, client, "http://h:1/metrics", 10*time.Second)
		for i, step := range []struct {
			rate float64
			n    int
			want string
		}{
			{100 << 20, 5, "iiiii"},
			{1 << 20, 2, "ii"},
			{100 << 20, 2, "ii"},                              // it was slow twice only
			{4 << 20, 5, "iiiii"},                             // neither slow nor fast
			{1 << 20, 6, "iiiggg"},                            // slow
			{4 << 20, 120, strings.Repeat("g", 116) + "iggg"}, // probed, and not fast
			{100 << 20, 120, strings.Repeat("g", 116) + "iiii"},
			{100 << 20, 5, "iiiii"},
		} {
			c.rate = step.rate
			if got := c.asks(t, l, step.n); got != step.want {
				t.Errorf("step %d, %v bytes a second: asked for %s, want %s", i, step.rate, got, step.want)
			}
		}
	})
}

// TestLinkTooSlowToProbe: where a body that is not compressed would come too late,
// none is asked for.
func TestLinkTooSlowToProbe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &slowTarget{body: strings.Repeat("metric{label=\"value\"} 1\n", 10_000), rate: 50 << 10}
		client := testClient(t, "")
		client.dial = func(context.Context, string) (*socket, error) { return newSocket(c, nil), nil }
		l := testLink(t, client, "http://h:1/metrics", 10*time.Second)
		if got, want := c.asks(t, l, 300), "iii"+strings.Repeat("g", 297); got != want {
			t.Errorf("asked for %s", got)
		}
	})
}

func TestTimeoutWhileReceivingAsksForGzip(t *testing.T) {
	l := &link{client: &client{compression: CompressAuto}}
	l.compression.transferred(l, 100, time.Second, false, context.DeadlineExceeded)
	if !l.compression.ask(l) {
		t.Error("a target that did not get its body across in time is not asked for gzip")
	}
	l = &link{client: &client{compression: CompressAuto}}
	l.compression.transferred(l, 100, time.Second, false, io.ErrUnexpectedEOF)
	for range slowInARow {
		l.compression.transferred(l, shortBody-1, time.Minute, false, nil)
	}
	if l.compression.ask(l) {
		t.Error("short or broken transfers made a link slow")
	}
}

func TestCompressionSetting(t *testing.T) {
	for _, c := range []struct {
		setting Compression
		job     string
		want    bool
	}{
		{CompressAlways, "", true},
		{CompressAlways, "enable_compression: false\n", false},
		{CompressNever, "", false},
		{CompressAuto, "", false},
	} {
		client, err := newClient(loadConfig(t, oneJob("h:1", c.job)).ScrapeConfigs[0], &Options{LargestBody: 1 << 20, Compression: c.setting}, &flights{})
		if err != nil {
			t.Fatal(err)
		}
		l := testLink(t, client, "http://h:1/metrics", time.Second)
		if got := l.compression.ask(l); got != c.want {
			t.Errorf("%s, %q: gzip is asked for: %v", c.setting, c.job, got)
		}
	}
}
