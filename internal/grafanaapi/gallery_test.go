package grafanaapi

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestPublishedDashboards(t *testing.T) {
	elsewhere := httptest.NewServer(http.NotFoundHandler())
	defer elsewhere.Close()
	gallery := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" || r.Header.Get("Cookie") != "" {
			t.Error("credentials of who asks went along")
		}
		switch r.URL.Path {
		case "/api/dashboards/1860":
			_, _ = io.WriteString(w, `{"json":{"title":"Node"}}`)
		case "/api/dashboards/2":
			http.Redirect(w, r, elsewhere.URL, http.StatusFound)
		case "/api/dashboards/3":
			_, _ = w.Write(bytes.Repeat([]byte("x"), maxDashboardBytes+1))
		default:
			http.NotFound(w, r)
		}
	}))
	s, _ := newDashboards(t, func(o *DashboardsOptions) { o.Gallery = gallery.URL })
	s.want(editor, "GET /api/gnet/dashboards/1860", "", 200, `{"json":{"title":"Node"}}`)
	s.want(editor, "GET /api/gnet/dashboards/1", "", 404, `{"message":"grafana.com has no dashboard 1"}`)
	s.want(editor, "GET /api/gnet/dashboards/2", "", 502, "")
	s.want(editor, "GET /api/gnet/dashboards/3", "", 502, "")
	s.want(editor, "GET /api/gnet/dashboards/x", "", 400, "")
	gallery.Close()
	s.want(editor, "GET /api/gnet/dashboards/1860", "", 502, "")
}
