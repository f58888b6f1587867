package httpapi

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"monopod/internal/auth"
)

func TestGrafanaRoutesWithASlashAtTheEnd(t *testing.T) {
	answer := func(name string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, name+" "+r.PathValue("uid")) }
	}
	for _, prefix := range []string{"", "/mon"} {
		f := newFixture(t, func(o *Options) {
			o.RoutePrefix = prefix
			o.Routes = []auth.Route{
				{Methods: "GET", Path: "/api/search", Handler: answer("search")},
				{Methods: "GET", Path: "/api/folders/{uid}", Handler: answer("folder")},
				{Methods: "GET", Path: "/api/proxy/{rest...}", Handler: answer("proxy")},
			}
		})
		for _, c := range []struct {
			path string
			code int
			body string
		}{
			{"/api/search", 200, "search "},
			{"/api/search/?query=x", 200, "search "},
			{"/api/folders/a%20b/", 200, "folder a b"},
			{"/api/folders/a%2Fb/", 200, "folder a/b"},
			{"/api/proxy/", 200, "proxy "},
			{"/api/proxy/x/", 200, "proxy "},
			{"/api/search//", 404, ""},
			{"/api/search/x/", 404, ""},
			{"/api/v1/labels/", 404, ""},
			{"/api/", 404, ""},
			{"/search/", 404, ""},
		} {
			w := httptest.NewRecorder()
			f.ours.Handler().ServeHTTP(w, raw(http.MethodGet, prefix+c.path))
			if w.Code != c.code || c.body != "" && w.Body.String() != c.body {
				t.Errorf("%s: %d %q", prefix+c.path, w.Code, w.Body)
			}
		}
	}
}
