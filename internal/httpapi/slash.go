package httpapi

import (
	"net/http"
	"net/url"
	"strings"
)

// withoutSlash drops the slash at the end of a path of Grafana's API, as Grafana
// does: tools that were written for it ask for /api/search/ and /api/folders/.
// Routes that have the slash, and all others, get the request as it is.
func (t *router) withoutSlash(r *http.Request) *http.Request {
	path, ok := strings.CutPrefix(r.URL.Path, t.s.options.RoutePrefix+"/api/")
	if !ok || !strings.HasSuffix(path, "/") || strings.HasPrefix(path, "v1/") || strings.HasPrefix(path, "monopod/") {
		return r
	}
	if _, pattern := t.mux.Handler(r); pattern != "" {
		return r
	}
	trimmed := new(http.Request)
	*trimmed = *r
	trimmed.URL = new(url.URL)
	*trimmed.URL = *r.URL
	trimmed.URL.Path = strings.TrimSuffix(r.URL.Path, "/")
	trimmed.URL.RawPath = strings.TrimSuffix(r.URL.RawPath, "/")
	return trimmed
}
