package grafanaapi

import (
	"net/http"
	"net/http/httputil"
	"net/url"
	"regexp"
	"strings"

	"monopod/internal/datasource"
)

// forwardable says what may be forwarded to a type of source: what reads.
var forwardable = map[string][]struct {
	methods string
	path    *regexp.Regexp // of the whole path, without its first slash
}{
	datasource.TypePrometheus: {
		{"GET POST", regexp.MustCompile(`^api/v1/(query|query_range|query_exemplars|series|labels|format_query|parse_query)$`)},
		{"GET", regexp.MustCompile(`^api/v1/(label/[^/]+/values|metadata|targets|targets/metadata|rules|alerts|alertmanagers|status/(buildinfo|runtimeinfo|flags|tsdb)|features)$`)},
	},
	datasource.TypeLoki: {
		{"GET POST", regexp.MustCompile(`^loki/api/v1/(query|query_range|series|index/stats|index/volume|index/volume_range|labels|label|detected_labels|detected_fields|patterns)$`)},
		{"GET", regexp.MustCompile(`^loki/api/v1/label/[^/]+/values$`)},
	},
	datasource.TypeElasticsearch: elasticsearchPaths,
	datasource.TypeOpenSearch:    elasticsearchPaths,
}

var elasticsearchPaths = []struct {
	methods string
	path    *regexp.Regexp
}{
	{"GET POST", regexp.MustCompile(`^([^_/][^/]*/)?(_search|_msearch|_field_caps|_count)$`)},
	{"GET", regexp.MustCompile(`^([^_/][^/]*/)?(_mapping|_alias)?$`)},
}

// resourceRoots are what the paths of resources are below.
var resourceRoots = map[string]string{datasource.TypeLoki: "loki/api/v1/"}

// maxForwardedBytes bounds what is sent on.
const maxForwardedBytes = 1 << 20

// forward sends a request on to a source, with the credentials of the source: of
// the user's request it takes method, query, body, and the headers that say what
// the body is.
func (a *DataSources) forward(find finder, isResource bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		d, err := find(r)
		if err != nil {
			failStore(w, err)
			return
		}
		kind := datasource.CanonicalType(d.Type)
		rest := r.PathValue("rest")
		if isResource {
			rest = resourceRoots[kind] + rest
		}
		if !mayForward(kind, r.Method, rest) {
			fail(w, http.StatusForbidden, "Monopod does not forward %s /%s to data sources of type %s: only what reads is", r.Method, rest, d.Type)
			return
		}
		if d.UID == datasource.LocalUID {
			a.forwardHere(w, r, rest)
			return
		}
		settings, err := a.sources.Settings(r.Context(), d)
		if err != nil {
			failSource(w, err)
			return
		}
		client, err := datasource.NewHTTPClient(settings, a.sources.Environment())
		if err != nil {
			failSource(w, err)
			return
		}
		defer client.Close()
		r.Body = http.MaxBytesReader(w, r.Body, maxForwardedBytes)
		proxy := httputil.ReverseProxy{
			Transport: client.Transport(),
			Rewrite:   func(p *httputil.ProxyRequest) { rewrite(p, client, rest) },
			ModifyResponse: func(response *http.Response) error {
				for name := range response.Header {
					if !forwardedHeaders[name] {
						response.Header.Del(name)
					}
				}
				response.Header.Set("Content-Security-Policy", "sandbox")
				if response.StatusCode >= 300 && response.StatusCode < 400 {
					return datasource.StatusError(d, response.StatusCode, "")
				}
				return nil
			},
			ErrorHandler:  func(w http.ResponseWriter, _ *http.Request, err error) { failSource(w, datasource.Explain(d, err)) },
			FlushInterval: -1,
		}
		proxy.ServeHTTP(w, r)
	}
}

// forwardedHeaders come back from a source: none that sets cookies, redirects, or
// speaks for this site.
var forwardedHeaders = map[string]bool{
	"Content-Type": true, "Content-Length": true, "Content-Encoding": true, "Date": true, "Etag": true, "Last-Modified": true, "Retry-After": true,
}

func rewrite(p *httputil.ProxyRequest, client *datasource.HTTPClient, rest string) {
	p.Out.URL = client.URL("/"+rest, nil)
	p.Out.URL.RawQuery = p.In.URL.RawQuery
	p.Out.Host = ""
	p.Out.Header = http.Header{}
	for _, name := range []string{"Accept", "Accept-Encoding", "Content-Type", "Content-Encoding"} {
		if v := p.In.Header.Values(name); v != nil {
			p.Out.Header[name] = v
		}
	}
	client.Apply(p.Out.Header)
}

func mayForward(kind, method, path string) bool {
	if !isPlain(path) {
		return false
	}
	if method == http.MethodHead {
		method = http.MethodGet
	}
	for _, f := range forwardable[kind] {
		if strings.Contains(f.methods, method) && f.path.MatchString(path) {
			return true
		}
	}
	return false
}

// isPlain tells whether a path means the same to every server: nothing in it is
// encoded twice or leads upwards.
func isPlain(path string) bool {
	if strings.ContainsAny(path, "%\\?#;\x00\r\n") || strings.Contains(path, "//") {
		return false
	}
	for segment := range strings.SplitSeq(path, "/") {
		if segment == "." || segment == ".." {
			return false
		}
	}
	return true
}

// forwardHere answers from this program, for the same user.
func (a *DataSources) forwardHere(w http.ResponseWriter, r *http.Request, rest string) {
	if a.local == nil {
		fail(w, http.StatusNotFound, "Monopod does not answer here")
		return
	}
	own := r.Clone(r.Context())
	own.URL = &url.URL{Path: a.prefix + "/" + rest, RawQuery: r.URL.RawQuery}
	own.RequestURI = own.URL.RequestURI()
	a.local.ServeHTTP(w, own)
}
