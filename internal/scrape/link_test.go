package scrape

import (
	"bufio"
	"context"
	"errors"
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
	c, err := newClient(loadConfig(t, oneJob("h:1", jobYAML)).ScrapeConfigs[0], &Options{LargestBody: 1 << 30, Compression: CompressAuto}, &flights{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.http.CloseIdleConnections)
	return c
}

func testLink(t testing.TB, c *client, url string, within time.Duration) *link {
	t.Helper()
	l, err := c.newLink(url, within, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.close)
	return l
}

// body fetches once.
func (l *link) body(t testing.TB) (string, error) {
	t.Helper()
	a, err := l.fetch(t.Context(), &bodyPool{})
	return string(a.body), err
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
		}, 2, long},
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
		}, 2, "a 1\n"},
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
			l := testLink(t, testClient(t, ""), srv.URL, time.Minute)
			for range 3 {
				if body, _ := l.body(t); body != c.body {
					t.Fatalf("%.100q", body)
				}
			}
			if n := connections.Load(); n != c.connections {
				t.Errorf("%d connections for 3 scrapes, want %d", n, c.connections)
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
	target := testLink(t, testClient(t, ""), "http://"+l.Addr().String(), time.Minute)
	for i := range 5 {
		if body, err := target.body(t); err != nil || body != "a 1\n" {
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
			target := testLink(t, testClient(t, ""), "http://"+l.Addr().String(), time.Minute)
			_, err = target.body(t)
			if c.kind != "" {
				wantError(t, err, c.kind)
			} else if err != nil {
				t.Error(err)
			}
			if target.socket != nil {
				t.Errorf("the connection waits for the next scrape")
			}
		})
	}
}

// TestLinkEndsInTime: the timeout and the end of all scrapes end what hangs, at
// every stage.
func TestLinkEndsInTime(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/body" {
			_, _ = io.WriteString(w, "a 1\n")
			_ = http.NewResponseController(w).Flush()
		}
		<-r.Context().Done()
	}))
	defer srv.Close()
	for _, path := range []string{"/", "/body"} {
		l := testLink(t, testClient(t, ""), srv.URL+path, 50*time.Millisecond)
		_, err := l.body(t)
		wantError(t, err, KindTimeout, "context deadline exceeded")
		if l.socket != nil {
			t.Error("the connection of an answer under way is kept")
		}

		l = testLink(t, testClient(t, ""), srv.URL+path, time.Minute)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(10*time.Millisecond, func() {
			cancel()
			l.client.flights.end()
		})
		if _, err := l.fetch(ctx, &bodyPool{}); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", path, err)
		}
		if _, err := l.fetch(t.Context(), &bodyPool{}); !errors.Is(err, context.Canceled) {
			t.Errorf("%s, asked after the end: %v", path, err)
		}
	}
}

// TestRareScrapesKeepNoConnection: servers close what waits for long.
func TestRareScrapesKeepNoConnection(t *testing.T) {
	srv := httptest.NewServer(metricsOf("a 1\n"))
	defer srv.Close()
	for interval, keeps := range map[time.Duration]bool{time.Minute: true, 2 * maxIdle: false} {
		l, err := testClient(t, "").newLink(srv.URL, time.Second, interval)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := l.body(t); err != nil || (l.socket != nil) != keeps {
			t.Errorf("scraped every %v: the connection is kept: %v, %v", interval, l.socket != nil, err)
		}
		l.close()
	}
}

// TestUnusualAnswersAreLeftToNetHTTP, and the scrapes after them, for a while.
func TestUnusualAnswersAreLeftToNetHTTP(t *testing.T) {
	for name, answer := range map[string]string{
		"folded header":  "HTTP/1.1 200 OK\r\nX-A: b\r\n c\r\nContent-Length: 4\r\n\r\na 1\n",
		"length twice":   "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 4\r\n\r\na 1\n",
		"length, chunks": "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n4\r\na 1\n\r\n0\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer listener.Close()
			var asked atomic.Int32
			go func() {
				for {
					conn, err := listener.Accept()
					if err != nil {
						return
					}
					for r := bufio.NewReader(conn); ; {
						if _, err := http.ReadRequest(r); err != nil {
							break
						}
						asked.Add(1)
						_, _ = io.WriteString(conn, answer)
					}
					conn.Close()
				}
			}()
			l := testLink(t, testClient(t, ""), "http://"+listener.Addr().String(), time.Minute)
			for range 5 {
				if body, err := l.body(t); err != nil || body != "a 1\n" {
					t.Fatalf("%q, %v", body, err)
				}
			}
			if n := asked.Load(); n != 6 {
				t.Errorf("asked %d times for 5 scrapes", n)
			}
		})
	}
}

func TestOnlyPlainRequestsGoOverTheLink(t *testing.T) {
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
		if l := testLink(t, testClient(t, job), "http://h:1/metrics", time.Second); (l.host != "") != want {
			t.Errorf("%s: over its own connection: %v", job, l.host != "")
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
	for _, way := range []string{"link", "net/http"} {
		b.Run(way, func(b *testing.B) {
			l := testLink(b, testClient(b, ""), srv.URL, 10*time.Second)
			if way == "net/http" {
				l.host = ""
			}
			var bodies bodyPool
			b.ReportAllocs()
			for b.Loop() {
				a, err := l.fetch(b.Context(), &bodies)
				bodies.put(a.buffer)
				if err != nil || len(a.body) != len(body) {
					b.Fatal(len(a.body), err)
				}
			}
		})
	}
}
