package httpapi

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
)

// counted answers with the number of bytes of the body.
var counted = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	n, err := io.Copy(io.Discard, r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	_, _ = io.WriteString(w, strconv.FormatInt(n, 10))
})

func TestRemoteRoutes(t *testing.T) {
	call := func(f *fixture, path, origin string, size int) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodPost, "http://monopod.example"+path, strings.NewReader(strings.Repeat("x", size)))
		if origin != "" {
			r.Header.Set("Origin", origin)
		}
		w := httptest.NewRecorder()
		f.ours.Handler().ServeHTTP(w, r)
		return w
	}
	off := newFixture(t)
	on := newFixture(t, func(o *Options) { o.RemoteWrite, o.OTLP, o.RemoteRead = counted, counted, counted })
	for _, tc := range []struct{ path, flag string }{
		{"/api/v1/write", "remote write receiver needs to be enabled with --web.enable-remote-write-receiver"},
		{"/api/v1/otlp/v1/metrics", "otlp write receiver needs to be enabled with --web.enable-otlp-receiver"},
		{"/api/v1/read", ""},
	} {
		if w := call(off, tc.path, "", 1); w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), tc.flag) {
			t.Errorf("%s is off: %d %s", tc.path, w.Code, w.Body)
		}
		// These bound their bodies themselves, and above what a form may have.
		if w := call(on, tc.path, "", maxBodyBytes+1); w.Code != http.StatusOK || w.Body.String() != strconv.Itoa(maxBodyBytes+1) {
			t.Errorf("%s: %d %s", tc.path, w.Code, w.Body)
		}
		want := http.StatusForbidden
		if tc.path == "/api/v1/read" {
			want = http.StatusOK
		}
		if w := call(on, tc.path, "http://other.example", 1); w.Code != want {
			t.Errorf("%s from the page of another site: %d, want %d", tc.path, w.Code, want)
		}
		on.ours.SetReady(Starting)
		if w := call(on, tc.path, "", 1); w.Code != http.StatusServiceUnavailable {
			t.Errorf("%s while starting: %d", tc.path, w.Code)
		}
		on.ours.SetReady(Ready)
	}
}
