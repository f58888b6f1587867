//go:build linux

package node

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func BenchmarkScrape(b *testing.B) {
	n, err := New(Options{Logger: silent()})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		w := httptest.NewRecorder()
		n.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
		b.SetBytes(int64(w.Body.Len()))
	}
}
