package httpapi

import (
	"bufio"
	"compress/gzip"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
	"golang.org/x/crypto/bcrypt"
)

// running is a server on a port of its own.
type running struct {
	*Server
	url  string
	stop func() // waits for the end, and may be called twice
}

func startServer(t *testing.T, o Options) *running {
	t.Helper()
	if o.ListenAddresses == nil {
		o.ListenAddresses = []string{"127.0.0.1:0"}
	}
	s := newServer(t, o)
	if err := s.Listen(); err != nil {
		t.Fatal(err)
	}
	s.SetReady(Ready)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx) }()
	var once sync.Once
	stop := func() {
		once.Do(func() {
			cancel()
			select {
			case err := <-done:
				if err != nil {
					t.Errorf("Serve: %v", err)
				}
			case <-time.After(20 * time.Second):
				t.Error("Serve does not end")
			}
		})
	}
	t.Cleanup(stop)
	return &running{s, "http://" + s.Addresses()[0].String(), stop}
}

func fetch(t *testing.T, c *http.Client, url string, header ...string) (int, string) {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

func TestListenErrorsSayWhatToDo(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	address := taken.Addr().String()
	for a, want := range map[string]string{
		address:         "cannot listen on " + address + ": address already in use; another Prometheus or Monopod runs there? use --web.listen-address",
		"203.0.113.1:0": "cannot listen on 203.0.113.1:0: this machine has no such address; use --web.listen-address",
		"nonsense":      "cannot listen on nonsense; use --web.listen-address=host:port",
	} {
		free := "127.0.0.1:0"
		s, err := New(Options{ListenAddresses: []string{free, a}, ExternalURL: mustURL("http://x/")})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Listen(); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v", a, err)
		}
		if len(s.Addresses()) != 0 {
			t.Errorf("%s: the other port stays open", a)
		}
	}
	s := newServer(t, Options{WebConfigFile: "/does/not/exist.yml"})
	if err := s.Listen(); err == nil || !strings.HasPrefix(err.Error(), "web config file /does/not/exist.yml: ") {
		t.Errorf("web config: %v", err)
	}
	if err := s.Serve(t.Context()); err == nil {
		t.Error("Serve without Listen")
	}
}

func TestManyListeners(t *testing.T) {
	s := startServer(t, Options{ListenAddresses: []string{"127.0.0.1:0", "127.0.0.1:0"}})
	for _, a := range s.Addresses() {
		if code, _ := fetch(t, http.DefaultClient, "http://"+a.String()+"/-/healthy"); code != http.StatusOK {
			t.Errorf("%s: %d", a, code)
		}
	}
	s.stop()
	for _, a := range s.Addresses() {
		if c, err := net.Dial("tcp", a.String()); err == nil {
			_ = c.Close()
			t.Errorf("%s is open after the end", a)
		}
	}
}

// TLS, users and headers of web.config.yml, on each of two listeners.
func TestWebConfigFile(t *testing.T) {
	dir := t.TempDir()
	pool := writeCertificate(t, dir)
	hash, err := bcrypt.GenerateFromPassword([]byte("secret"), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "web.yml")
	config := fmt.Sprintf("tls_server_config:\n  cert_file: cert.pem\n  key_file: key.pem\nhttp_server_config:\n  headers:\n    X-Frame-Options: sameorigin\n    Content-Security-Policy: \"default-src 'none'\"\nbasic_auth_users:\n  ann: %s\n", hash)
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	s := startServer(t, Options{WebConfigFile: file, ListenAddresses: []string{"127.0.0.1:0", "127.0.0.1:0"}, UI: testUI()})
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, ForceAttemptHTTP2: true}}
	defer client.CloseIdleConnections()
	for _, a := range s.Addresses() {
		url := "https://" + a.String() + "/"
		if code, _ := fetch(t, client, url); code != http.StatusUnauthorized {
			t.Errorf("without password: %d", code)
		}
		r, _ := http.NewRequest(http.MethodGet, url, nil)
		r.SetBasicAuth("ann", "secret")
		resp, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusOK || resp.ProtoMajor != 2 {
			t.Errorf("with password: %d %s", resp.StatusCode, resp.Proto)
		}
		// What the user configured stands.
		if resp.Header.Get("X-Frame-Options") != "sameorigin" || resp.Header.Get("Content-Security-Policy") != "default-src 'none'" {
			t.Errorf("headers %v", resp.Header)
		}
	}
}

func writeCertificate(t *testing.T, dir string) *x509.CertPool {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	cert := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, cert, cert, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{"cert.pem": {Type: "CERTIFICATE", Bytes: der}, "key.pem": {Type: "PRIVATE KEY", Bytes: private}} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	pool := x509.NewCertPool()
	parsed, _ := x509.ParseCertificate(der)
	pool.AddCert(parsed)
	return pool
}

// With all slots taken, a new connection waits until one is given back.
func TestMaxConnections(t *testing.T) {
	s := startServer(t, Options{MaxConnections: 2})
	var held []net.Conn
	for range 2 {
		c, err := net.Dial("tcp", s.Addresses()[0].String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		held = append(held, c)
		fmt.Fprint(c, "GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n")
		if line, err := bufio.NewReader(c).ReadString('\n'); err != nil || !strings.Contains(line, "200") {
			t.Fatalf("%q %v", line, err)
		}
	}
	third, err := net.Dial("tcp", s.Addresses()[0].String())
	if err != nil {
		t.Fatal(err)
	}
	defer third.Close()
	fmt.Fprint(third, "GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n")
	_ = third.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
	if _, err := third.Read(make([]byte, 1)); err == nil {
		t.Fatal("a third connection was answered")
	}
	_ = held[0].Close()
	_ = third.SetReadDeadline(time.Now().Add(20 * time.Second))
	if line, err := bufio.NewReader(third).ReadString('\n'); err != nil || !strings.Contains(line, "200") {
		t.Errorf("after one left: %q %v", line, err)
	}
}

// A client that sends its headers byte by byte, or none, is cut.
func TestSlowHeadersAreCut(t *testing.T) {
	s := startServer(t, Options{ReadTimeout: 200 * time.Millisecond})
	c, err := net.Dial("tcp", s.Addresses()[0].String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprint(c, "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")
	_ = c.SetReadDeadline(time.Now().Add(20 * time.Second))
	if _, err := io.ReadAll(c); err != nil {
		t.Errorf("not cut: %v", err)
	}
}

func TestHeadersAreBounded(t *testing.T) {
	s := startServer(t, Options{})
	c, err := net.Dial("tcp", s.Addresses()[0].String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	go fmt.Fprintf(c, "GET / HTTP/1.1\r\nHost: x\r\nX-Long: %s\r\n\r\n", strings.Repeat("y", 2*maxHeaderBytes))
	_ = c.SetReadDeadline(time.Now().Add(20 * time.Second))
	if line, err := bufio.NewReader(c).ReadString('\n'); err != nil || !strings.Contains(line, "431") {
		t.Errorf("%q %v", line, err)
	}
}

// A client that does not read its answer loses the connection.
func TestUnreadAnswerIsCut(t *testing.T) {
	cut := make(chan error, 1)
	s := newServer(t, Options{})
	h := s.secure(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.(*recorder).timeout = 50 * time.Millisecond
		var err error
		for err == nil {
			_, err = w.Write(make([]byte, 1<<20))
		}
		cut <- err
	}))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{Handler: h}
	go func() { _ = srv.Serve(l) }()
	defer srv.Close()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprint(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	select {
	case <-cut:
	case <-time.After(20 * time.Second):
		t.Error("the handler still writes")
	}
}

// Stopping lets a running request finish.
func TestStopDrains(t *testing.T) {
	started, release := make(chan struct{}), make(chan struct{})
	s := startServer(t, Options{EnableLifecycle: true, Reload: func(ctx context.Context) error {
		close(started)
		<-release
		return ctx.Err()
	}})
	code := make(chan int, 1)
	go func() {
		resp, err := http.Post(s.url+"/-/reload", "", nil)
		if err != nil {
			code <- 0
			return
		}
		_ = resp.Body.Close()
		code <- resp.StatusCode
	}()
	<-started
	ended := make(chan struct{})
	go func() { s.stop(); close(ended) }()
	<-s.stopping
	close(release)
	if got := <-code; got != http.StatusOK {
		t.Errorf("the running request: %d", got)
	}
	<-ended
}

func TestAnswersAreCompressed(t *testing.T) {
	f := newFixture(t)
	o := f.options
	o.ListenAddresses = []string{"127.0.0.1:0"}
	s := startServer(t, o)
	client := &http.Client{Transport: &http.Transport{DisableCompression: true}}
	defer client.CloseIdleConnections()
	url := s.url + "/api/v1/query_range?query=requests_total&start=0&end=3600&step=30"
	_, plain := fetch(t, client, url)
	for _, encoding := range []string{"gzip", "zstd"} {
		r, _ := http.NewRequest(http.MethodGet, url, nil)
		r.Header.Set("Accept-Encoding", encoding)
		resp, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if resp.Header.Get("Content-Encoding") != encoding || !strings.Contains(strings.Join(resp.Header.Values("Vary"), ","), "Accept-Encoding") {
			t.Fatalf("%s: %v", encoding, resp.Header)
		}
		var body io.Reader
		if encoding == "gzip" {
			body, err = gzip.NewReader(resp.Body)
		} else {
			body, err = zstd.NewReader(resp.Body)
		}
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(body); err != nil || string(got) != plain {
			t.Errorf("%s: %d bytes, %v", encoding, len(got), err)
		}
	}
}
