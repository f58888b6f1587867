package scrape

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func testClient(t testing.TB, jobYAML string) *client {
	t.Helper()
	c, err := newClient(loadConfig(t, oneJob("h:1", jobYAML)).ScrapeConfigs[0], &Options{LargestBody: 1 << 30})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.http.CloseIdleConnections)
	return c
}

// ask fetches a URL within a time.
func (c *client) ask(t testing.TB, url string, within time.Duration) (string, error) {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	a, err := c.fetch(ctx, req, within, &bodyPool{}, 0)
	return string(a.body), err
}

func (w *wire) idle() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := 0
	for _, idle := range w.mu.idle {
		n += len(idle)
	}
	return n
}

// TestConnectionIsUsedAgain: whatever way the end of a body is marked, the next
// scrape uses the same connection, unless the target wants it closed.
func TestConnectionIsUsedAgain(t *testing.T) {
	long := strings.Repeat("a 1\n", 10_000)
	for name, c := range map[string]struct {
		answer      http.HandlerFunc
		connections int32
		body        string
	}{
		"length":  {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "a 1\n") }, 1, "a 1\n"},
		"chunks":  {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, long) }, 1, long},
		"no body": {func(w http.ResponseWriter, _ *http.Request) {}, 1, ""},
		"before the answer": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusEarlyHints)
			_, _ = io.WriteString(w, "a 1\n")
		}, 1, "a 1\n"},
		"trailer": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Trailer", "X-End")
			_, _ = io.WriteString(w, long)
			w.Header().Set("X-End", "yes")
		}, 1, long},
		"close": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Connection", "close")
			_, _ = io.WriteString(w, "a 1\n")
		}, 3, "a 1\n"},
		"error": {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", 500) }, 1, ""},
		"redirect": {func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/" {
				http.Redirect(w, r, "/there", http.StatusFound)
				return
			}
			_, _ = io.WriteString(w, "a 1\n")
		}, 1, "a 1\n"},
	} {
		t.Run(name, func(t *testing.T) {
			var connections atomic.Int32
			srv := httptest.NewUnstartedServer(c.answer)
			srv.Config.ConnState = func(_ net.Conn, s http.ConnState) {
				if s == http.StateNew {
					connections.Add(1)
				}
			}
			srv.Start()
			defer srv.Close()
			client := testClient(t, "")
			for range 3 {
				if body, _ := client.ask(t, srv.URL, time.Minute); body != c.body {
					t.Fatalf("%.100q", body)
				}
			}
			if n := connections.Load(); n != c.connections {
				t.Errorf("%d connections for 3 scrapes, want %d", n, c.connections)
			}
			client.http.CloseIdleConnections()
			if n := client.http.Transport.(*wire).idle(); n != 0 {
				t.Errorf("%d connections are idle after they were closed", n)
			}
		})
	}
}

// TestClosedWhileIdle: a target may close a connection between two scrapes. That
// is no error, whether it says so or dies with the next request.
func TestClosedWhileIdle(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var connections atomic.Int32
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			n := connections.Add(1)
			go func() {
				defer c.Close()
				r := bufio.NewReader(c)
				if _, err := http.ReadRequest(r); err != nil {
					return
				}
				_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\na 1\n")
				if n%2 == 0 {
					// It takes one more request to the grave.
					_, _ = http.ReadRequest(r)
				}
			}()
		}
	}()
	client := testClient(t, "")
	for i := range 5 {
		if body, err := client.ask(t, "http://"+l.Addr().String(), time.Minute); err != nil || body != "a 1\n" {
			t.Fatalf("scrape %d: %q, %v", i, body, err)
		}
	}
	if n := connections.Load(); n != 5 {
		t.Errorf("%d connections", n)
	}
}

// TestHostileAnswers: what is no answer costs the scrape and the connection.
func TestHostileAnswers(t *testing.T) {
	for _, c := range []struct {
		name, answer string
		kind         Kind
	}{
		{"header without end", "HTTP/1.1 200 OK\r\n" + strings.Repeat("X-A: "+strings.Repeat("b", 4096)+"\r\n", 1<<10), KindConnect},
		{"line without end", strings.Repeat("HTTP", 1<<20), KindConnect},
		{"answers before the answer without end", strings.Repeat("HTTP/1.1 100 Continue\r\n\r\n", 1<<17), KindConnect},
		{"nothing", "", KindBody},
		{"half a header", "HTTP/1.1 200 OK\r\nContent-Le", KindConnect},
		{"other protocol", "220 mail.example ESMTP\r\n", KindConnect},
		{"more than its length", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\na 1\nHTTP/1.1 200 OK\r\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			go func() {
				for {
					conn, err := l.Accept()
					if err != nil {
						return
					}
					_, _ = http.ReadRequest(bufio.NewReader(conn))
					_, _ = io.WriteString(conn, c.answer)
					conn.Close()
				}
			}()
			client := testClient(t, "")
			_, err = client.ask(t, "http://"+l.Addr().String(), time.Minute)
			if c.kind != "" {
				wantError(t, err, c.kind)
			} else if err != nil {
				t.Error(err)
			}
			if n := client.http.Transport.(*wire).idle(); n != 0 {
				t.Errorf("the connection waits for the next scrape")
			}
		})
	}
}

// TestWireEndsInTime: the request's context ends what hangs, at every stage.
func TestWireEndsInTime(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/body" {
			_, _ = io.WriteString(w, "a 1\n")
			_ = http.NewResponseController(w).Flush()
		}
		<-r.Context().Done()
	}))
	defer srv.Close()
	client := testClient(t, "")
	for _, path := range []string{"/", "/body"} {
		_, err := client.ask(t, srv.URL+path, 50*time.Millisecond)
		wantError(t, err, KindTimeout)

		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(10*time.Millisecond, cancel)
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, srv.URL+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := client.http.Do(req)
		if err == nil {
			_, err = io.ReadAll(resp.Body)
			resp.Body.Close()
		}
		if path == "/" && !errors.Is(err, context.Canceled) || err == nil {
			t.Errorf("%s: %v", path, err)
		}
	}
	if n := client.http.Transport.(*wire).idle(); n != 0 {
		t.Errorf("%d connections with an answer under way are idle", n)
	}
}

func TestIdleConnectionsAreClosedInTime(t *testing.T) {
	w := newWire("j", nil)
	ends := make([]net.Conn, 3)
	for i := range ends {
		var near net.Conn
		near, ends[i] = net.Pipe()
		w.putIdle(near, fmt.Sprint("h", i%2))
	}
	w.mu.Lock()
	w.mu.idle["h0"][0].since = time.Now().Add(-2 * maxIdle)
	w.mu.idle["h1"][0].since = time.Now().Add(-2 * maxIdle)
	w.sweepLocked(time.Now().Add(-maxIdle))
	w.mu.Unlock()
	if n := w.idle(); n != 1 {
		t.Errorf("%d connections are idle, want 1", n)
	}
	for _, i := range []int{0, 1} {
		if _, err := ends[i].Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
			t.Errorf("connection %d is open: %v", i, err)
		}
	}
}

func TestOnlyPlainRequestsGoOverTheWire(t *testing.T) {
	for job, want := range map[string]bool{
		"":                                     true,
		"follow_redirects: false\n":            true,
		"tls_config: {ca_file: ''}\n":          true,
		"basic_auth: {username: u}\n":          false,
		"authorization: {credentials: c}\n":    false,
		"proxy_url: http://p:1\n":              false,
		"proxy_from_environment: true\n":       false,
		"http_headers: {X-A: {values: [b]}}\n": false,
	} {
		if _, got := testClient(t, job).http.Transport.(*wire); got != want {
			t.Errorf("%s: %v", job, got)
		}
	}
}

// BenchmarkFetch fetches a real body over TCP.
func BenchmarkFetch(b *testing.B) {
	body := payload(b, "node")
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", textFormat)
		_, _ = w.Write(body)
	}))
	defer srv.Close()
	for _, way := range []string{"wire", "transport"} {
		b.Run(way, func(b *testing.B) {
			c := testClient(b, "")
			if way == "transport" {
				c.http.Transport = c.http.Transport.(*wire).next
			}
			req, err := http.NewRequest(http.MethodGet, srv.URL, http.NoBody)
			if err != nil {
				b.Fatal(err)
			}
			var bodies bodyPool
			b.ReportAllocs()
			for b.Loop() {
				ctx, cancel := context.WithTimeout(b.Context(), 10*time.Second)
				a, err := c.fetch(ctx, req, time.Second, &bodies, len(body))
				cancel()
				bodies.put(a.body)
				if err != nil || len(a.body) != len(body) {
					b.Fatal(len(a.body), err)
				}
			}
		})
	}
}
