package httpapi

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"
)

const testIndex = `<!doctype html><html><head><base href="/" /><title>Monopod</title><script>inline()</script>` +
	`<script type="module" src="./assets/main-1a2b.js"></script></head><body></body></html>`

func testUI() fstest.MapFS {
	return fstest.MapFS{
		"index.html":          {Data: []byte(testIndex)},
		"assets/main-1a2b.js": {Data: []byte(strings.Repeat("let a = 1;\n", 500))},
		"assets/tiny-3c.css":  {Data: []byte("a{}")},
		"favicon.svg":         {Data: []byte("<svg/>")},
		".keep":               {},
	}
}

func TestPagesHaveARelativeBase(t *testing.T) {
	s := newServer(t, Options{UI: testUI(), PageTitle: "Prod <1>", RoutePrefix: "/mon"})
	for path, base := range map[string]string{
		"/mon/": "./", "/mon/explore": "./", "/mon/graph?g0.expr=up": "./", "/mon/targets": "./", "/mon/status": "./", "/mon/config": "./",
		"/mon/status/flags": "../", "/mon/d/abc": "../", "/mon/d/abc/my-dashboard": "../../", "/mon/d/": "../",
		"/mon/alerts": "./", "/mon/tsdb-status": "./", "/mon/service-discovery": "./",
	} {
		w := serve(s.Handler(), http.MethodGet, path, nil)
		body := w.Body.String()
		if w.Code != http.StatusOK || !strings.Contains(body, `<head><base href="`+base+`">`) || strings.Count(body, "<base") != 1 {
			t.Errorf("%s: %d %s", path, w.Code, body)
		}
		// The base leads from the page to the prefix, whatever stands before it.
		page, _ := url.Parse("https://proxy.example/outer" + path)
		if to, _ := page.Parse(base + "assets/x"); to.Path != "/outer/mon/assets/x" {
			t.Errorf("%s: assets at %s", path, to.Path)
		}
		if !strings.Contains(body, "<title>Prod &lt;1&gt;</title>") {
			t.Errorf("%s: title in %s", path, body)
		}
	}
	for path, want := range map[string]string{"/": "/mon/", "/mon": "/mon/"} {
		if w := serve(s.Handler(), http.MethodGet, path, nil); w.Code != http.StatusFound || w.Header().Get("Location") != want {
			t.Errorf("%s: %d to %s", path, w.Code, w.Header().Get("Location"))
		}
	}
	for _, path := range []string{"/mon/nothing", "/mon/index.html", "/mon/explore/x", "/mon/.keep", "/explore", "/mon/d/1/2/3/4/5/6/7/8/9/10"} {
		if w := serve(s.Handler(), http.MethodGet, path, nil); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

// A browser says that it wants a page; other clients get the plain answer.
const browserAccept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

func TestMissingPagesShowTheUI(t *testing.T) {
	for _, prefix := range []string{"", "/mon"} {
		s := newServer(t, Options{UI: testUI(), RoutePrefix: prefix, RemoteRead: http.NotFoundHandler()})
		tag := serve(s.Handler(), http.MethodGet, prefix+"/targets", nil).Header().Get("ETag")
		for path, base := range map[string]string{
			"/nothing": "./", "/nothing/": "../", "/explore/x": "../", "/a/b/c": "../../", "/index.html": "./", "/.keep": "./", "/apis": "./", "/metricsx": "./",
		} {
			w := serve(s.Handler(), http.MethodGet, prefix+path, nil, "Accept", browserAccept)
			body, h := w.Body.String(), w.Header()
			if w.Code != http.StatusNotFound || !strings.Contains(body, `<head><base href="`+base+`">`) || !strings.HasPrefix(h.Get("Content-Type"), "text/html") {
				t.Errorf("%s: %d %s", prefix+path, w.Code, body)
			}
			if !strings.Contains(h.Get("Content-Security-Policy"), "default-src 'self'") || h.Get("X-Frame-Options") != "deny" || h.Get("Cache-Control") != "no-cache" {
				t.Errorf("%s: headers %v", prefix+path, h)
			}
			// What is not there must not be answered "not modified" either.
			if w := serve(s.Handler(), http.MethodGet, prefix+path, nil, "Accept", browserAccept, "If-None-Match", tag); w.Code != http.StatusNotFound {
				t.Errorf("%s, known: %d", prefix+path, w.Code)
			}
			if w := serve(s.Handler(), http.MethodHead, prefix+path, nil, "Accept", browserAccept); w.Code != http.StatusNotFound || w.Body.Len() != 0 {
				t.Errorf("HEAD %s: %d %s", prefix+path, w.Code, w.Body)
			}
			if w := serve(s.Handler(), http.MethodGet, prefix+path, nil, "Accept", "*/*"); w.Code != http.StatusNotFound || strings.Contains(w.Body.String(), "<") {
				t.Errorf("%s for a program: %d %s", prefix+path, w.Code, w.Body)
			}
		}
		for _, path := range []string{
			"/api", "/api/v1/nothing", "/api/v2/x", "/-/nothing", "/metrics", "/metrics/x", "/debug", "/debug/x", "/assets/none.js", "/assets/",
			"/a%2fb", "/a/%252e%252e/b", "/a/b/c/d/e/f/g/h/i/j",
		} {
			w := serve(s.Handler(), http.MethodGet, prefix+path, nil, "Accept", browserAccept)
			if w.Code != http.StatusNotFound || strings.Contains(w.Body.String(), "<") {
				t.Errorf("%s: %d %s", prefix+path, w.Code, w.Body)
			}
		}
		if w := serve(s.Handler(), http.MethodGet, prefix+"/api/v1/write", nil, "Accept", browserAccept); w.Code != http.StatusMethodNotAllowed {
			t.Errorf("a path that takes other methods: %d", w.Code)
		}
		if w := serve(s.Handler(), http.MethodPost, prefix+"/nothing", nil, "Accept", browserAccept); w.Code != http.StatusNotFound || strings.Contains(w.Body.String(), "<") {
			t.Errorf("POST: %d %s", w.Code, w.Body)
		}
	}
	s := newServer(t, Options{RoutePrefix: "/mon", UI: testUI()})
	if w := serve(s.Handler(), http.MethodGet, "/nothing", nil, "Accept", browserAccept); w.Code != http.StatusNotFound || strings.Contains(w.Body.String(), "<") {
		t.Errorf("outside of the prefix: %d %s", w.Code, w.Body)
	}
}

func TestPagesHaveAStrictPolicy(t *testing.T) {
	s := newServer(t, Options{UI: testUI()})
	h := serve(s.Handler(), http.MethodGet, "/", nil).Header()
	sum := sha256.Sum256([]byte("inline()"))
	policy := h.Get("Content-Security-Policy")
	for _, want := range []string{
		"default-src 'self'", "script-src 'self' 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "';", "frame-ancestors 'none'", "object-src 'none'", "base-uri 'self'",
	} {
		if !strings.Contains(policy, want) {
			t.Errorf("policy %q lacks %q", policy, want)
		}
	}
	if strings.Contains(policy, "unsafe-eval") || strings.Contains(policy, "script-src 'self' 'unsafe-inline'") {
		t.Errorf("policy %q", policy)
	}
	if h.Get("X-Frame-Options") != "deny" || h.Get("Cache-Control") != "no-cache" || h.Get("Referrer-Policy") != "same-origin" {
		t.Errorf("headers %v", h)
	}
}

func TestAssets(t *testing.T) {
	s := newServer(t, Options{UI: testUI()})
	plain := serve(s.Handler(), http.MethodGet, "/assets/main-1a2b.js", nil)
	if plain.Header().Get("Cache-Control") != "public, max-age=31536000, immutable" || plain.Header().Get("Content-Type") != "text/javascript; charset=utf-8" {
		t.Errorf("headers %v", plain.Header())
	}
	packed := serve(s.Handler(), http.MethodGet, "/assets/main-1a2b.js", nil, "Accept-Encoding", "br, gzip;q=0.8")
	if packed.Header().Get("Content-Encoding") != "gzip" || packed.Header().Get("Vary") != "Accept-Encoding" {
		t.Fatalf("headers %v", packed.Header())
	}
	r, err := gzip.NewReader(bytes.NewReader(packed.Body.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if unpacked, err := io.ReadAll(r); err != nil || !bytes.Equal(unpacked, plain.Body.Bytes()) {
		t.Errorf("unpacked %d bytes: %v", len(unpacked), err)
	}
	tag := plain.Header().Get("ETag")
	if w := serve(s.Handler(), http.MethodGet, "/assets/main-1a2b.js", nil, "If-None-Match", tag); w.Code != http.StatusNotModified || w.Body.Len() != 0 {
		t.Errorf("known: %d", w.Code)
	}
	if w := serve(s.Handler(), http.MethodHead, "/favicon.svg", nil); w.Code != 200 || w.Body.Len() != 0 || w.Header().Get("Content-Length") != "6" {
		t.Errorf("HEAD: %d %v", w.Code, w.Header())
	}
	if w := serve(s.Handler(), http.MethodGet, "/favicon.svg", nil); w.Header().Get("Cache-Control") != "no-cache" || w.Header().Get("Content-Type") != "image/svg+xml" {
		t.Errorf("favicon: %v", w.Header())
	}
	for _, path := range []string{"/assets/", "/assets/none.js", "/assets/../index.html"} {
		if w := serve(s.Handler(), http.MethodGet, path, nil); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

func TestAcceptsGzip(t *testing.T) {
	for header, want := range map[string]bool{
		"": false, "gzip": true, "br, gzip": true, "gzip;q=0": false, "gzip; q=0.000": false, "gzip;q=0.5": true, "*": true, "deflate": false, "br;q=1.0, *;q=0.1": true,
	} {
		if acceptsGzip(header) != want {
			t.Errorf("%q: want %v", header, want)
		}
	}
}

func TestWithoutUI(t *testing.T) {
	for name, o := range map[string]Options{"nil": {}, "not built": {UI: fstest.MapFS{".keep": {}}}} {
		s := newServer(t, o)
		w := serve(s.Handler(), http.MethodGet, "/targets", nil)
		if w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "make build") || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
}
