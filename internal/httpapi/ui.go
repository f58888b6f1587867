package httpapi

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"html"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// uiRoutes are the pages of the UI, and those of Prometheus's that it answers
// for. {rest...} is any deeper path, which the page reads by itself. Only these
// are answered 200: every other path that no route has is a 404.
var uiRoutes = []string{
	"/{$}",
	"/explore", "/targets", "/discovery", "/status", "/status/{rest...}", "/d/{rest...}",
	"/dashboards", "/dashboard/{rest...}", "/login", "/profile", "/users", "/tokens", "/datasources", "/datasources/{rest...}",
	"/alerts", "/rules", "/config", "/flags", "/graph", "/query",
	"/tsdb-status", "/service-discovery", "/alertmanager-discovery",
}

// webUI serves the built UI. Everything it serves was read when it was made, by
// exact name: no request reaches a file system.
type webUI struct {
	index  []byte // nil: the UI was not built
	policy string
	assets map[string]*asset // by path, with its slash

	mu struct {
		sync.Mutex
		pages map[int]*asset // index.html by the depth of its path
	}
}

// asset is a file and its compressed form, which is made when first asked for.
type asset struct {
	contentType string
	etag        string
	immutable   bool
	plain       []byte
	gzipped     func() []byte // nil where compression does not help
}

// Types that must not depend on what the machine has in its MIME tables.
var contentTypes = map[string]string{
	".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".mjs": "text/javascript; charset=utf-8",
	".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".json": "application/json", ".map": "application/json",
	".webmanifest": "application/manifest+json", ".txt": "text/plain; charset=utf-8", ".wasm": "application/wasm",
	".png": "image/png", ".jpg": "image/jpeg", ".webp": "image/webp", ".ico": "image/x-icon",
	".woff2": "font/woff2", ".woff": "font/woff",
}

func newWebUI(files fs.FS, title string) (*webUI, error) {
	u := &webUI{assets: map[string]*asset{}}
	u.mu.pages = map[int]*asset{}
	if files == nil {
		return u, nil
	}
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(path.Base(name), ".") {
			return err
		}
		content, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		if name == "index.html" {
			u.index = withTitle(content, title)
			u.policy = contentPolicy(u.index)
			return nil
		}
		u.assets["/"+name] = newAsset(name, content)
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		err = nil // an empty file system has no root
	}
	if err != nil {
		return nil, fmt.Errorf("read the built UI: %w", err)
	}
	return u, nil
}

func newAsset(name string, content []byte) *asset {
	sum := sha256.Sum256(content)
	a := &asset{
		contentType: contentTypes[strings.ToLower(path.Ext(name))],
		etag:        `"` + hex.EncodeToString(sum[:12]) + `"`,
		immutable:   strings.HasPrefix(name, "assets/"), // their names have a hash
		plain:       content,
	}
	if a.contentType == "" {
		a.contentType = "application/octet-stream"
	}
	text := strings.HasPrefix(a.contentType, "text/") || strings.Contains(a.contentType, "json") ||
		strings.Contains(a.contentType, "svg") || strings.Contains(a.contentType, "wasm")
	if text && len(content) > 1024 {
		a.gzipped = sync.OnceValue(func() []byte {
			var b bytes.Buffer
			w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level is valid
			_, _ = w.Write(content)                               // to memory
			_ = w.Close()
			return b.Bytes()
		})
	}
	return a
}

func (a *asset) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("ETag", a.etag)
	if a.immutable {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		h.Set("Cache-Control", "no-cache")
	}
	if r.Header.Get("If-None-Match") == a.etag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	a.write(w, r, http.StatusOK)
}

func (a *asset) write(w http.ResponseWriter, r *http.Request, code int) {
	h := w.Header()
	h.Set("Content-Type", a.contentType)
	body := a.plain
	if a.gzipped != nil {
		h.Add("Vary", "Accept-Encoding")
		if acceptsGzip(r.Header.Get("Accept-Encoding")) {
			h.Set("Content-Encoding", "gzip")
			body = a.gzipped()
		}
	}
	h.Set("Content-Length", fmt.Sprint(len(body)))
	w.WriteHeader(code)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // a client that left needs no answer
	}
}

func acceptsGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, q, _ := strings.Cut(part, ";")
		if name = strings.TrimSpace(name); name != "gzip" && name != "*" {
			continue
		}
		q = strings.ReplaceAll(q, " ", "")
		return strings.Trim(strings.TrimPrefix(q, "q="), "0.") != "" || q == ""
	}
	return false
}

var (
	baseTag   = regexp.MustCompile(`(?i)<base\b[^>]*>`)
	headTag   = regexp.MustCompile(`(?i)<head\b[^>]*>`)
	titleTag  = regexp.MustCompile(`(?is)<title>.*?</title>`)
	scriptTag = regexp.MustCompile(`(?is)<script\b([^>]*)>(.*?)</script>`)
)

func withTitle(index []byte, title string) []byte {
	if title == "" {
		return index
	}
	return titleTag.ReplaceAllLiteral(index, []byte("<title>"+html.EscapeString(title)+"</title>"))
}

// contentPolicy lets a page load from this server alone. Inline scripts run only
// when they stand in index.html as it was built. Inline styles are allowed: the
// query editor makes its style sheets while it runs.
func contentPolicy(index []byte) string {
	scripts := "'self'"
	for _, m := range scriptTag.FindAllSubmatch(index, -1) {
		if len(m[2]) == 0 || bytes.Contains(m[1], []byte("src=")) {
			continue
		}
		sum := sha256.Sum256(m[2])
		scripts += " 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}
	return "default-src 'self'; script-src " + scripts + "; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
		"font-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
}

// page is index.html for a path that many directories deep. Its base is
// relative, and so right below any prefix, of ours or of a proxy before us.
func (u *webUI) page(depth int) *asset {
	u.mu.Lock()
	defer u.mu.Unlock()
	if p := u.mu.pages[depth]; p != nil {
		return p
	}
	base := []byte(`<base href="./">`)
	if depth > 0 {
		base = []byte(`<base href="` + strings.Repeat("../", depth) + `">`)
	}
	content := baseTag.ReplaceAllLiteral(u.index, nil)
	if at := headTag.FindIndex(content); at != nil {
		content = bytes.Join([][]byte{content[:at[1]], base, content[at[1]:]}, nil)
	}
	p := newAsset("index.html", content)
	u.mu.pages[depth] = p
	return p
}

// maxPageDepth bounds how many forms of index.html are kept.
const maxPageDepth = 8

func (u *webUI) servePage(w http.ResponseWriter, r *http.Request) {
	rest := r.PathValue("rest")
	depth := 0
	if strings.HasSuffix(r.Pattern, "/{rest...}") {
		depth = 1 + strings.Count(rest, "/")
	}
	if !isPagePath(r, rest, depth) {
		http.NotFound(w, r)
		return
	}
	u.setPageHeaders(w)
	if u.index == nil {
		setDefaultHeader(w, "Content-Security-Policy", "default-src 'none'")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write([]byte(notBuilt))
		return
	}
	u.page(depth).serve(w, r)
}

// programPaths are not for people: what they do not have is told in plain text.
var programPaths = []string{"/api/", "/-/", "/metrics/", "/debug/", "/assets/"}

// wantsPage tells whether a person may be looking for a page at a path below the prefix.
func wantsPage(r *http.Request, path string) bool {
	isProgram := func(prefix string) bool { return strings.HasPrefix(path+"/", prefix) }
	return (r.Method == http.MethodGet || r.Method == http.MethodHead) && strings.HasPrefix(path, "/") &&
		strings.Contains(r.Header.Get("Accept"), "text/html") && !slices.ContainsFunc(programPaths, isProgram)
}

// serveMissing answers a page that is nowhere: the UI says so, and leads on.
func (u *webUI) serveMissing(w http.ResponseWriter, r *http.Request, path string) {
	rest, _ := strings.CutPrefix(path, "/")
	depth := strings.Count(rest, "/")
	if u.index == nil || !isPagePath(r, rest, depth) {
		http.NotFound(w, r)
		return
	}
	u.setPageHeaders(w)
	w.Header().Set("Cache-Control", "no-cache")
	u.page(depth).write(w, r, http.StatusNotFound)
}

// isPagePath refuses what is encoded twice, or has an encoded slash, which
// browsers do not count as one, and what is too deep.
func isPagePath(r *http.Request, rest string, depth int) bool {
	return !strings.Contains(rest, "%") && !strings.Contains(strings.ToLower(r.URL.EscapedPath()), "%2f") && depth <= maxPageDepth
}

func (u *webUI) setPageHeaders(w http.ResponseWriter) {
	setDefaultHeader(w, "X-Frame-Options", "deny")
	setDefaultHeader(w, "Referrer-Policy", "same-origin")
	if u.index != nil {
		setDefaultHeader(w, "Content-Security-Policy", u.policy)
	}
}

// setDefaultHeader leaves what web.config.yml set.
func setDefaultHeader(w http.ResponseWriter, name, value string) {
	if w.Header().Get(name) == "" {
		w.Header().Set(name, value)
	}
}

func (u *webUI) serveAsset(name string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { u.assets[name].serve(w, r) }
}

// serveHashed serves what stands under /assets/.
func (u *webUI) serveHashed(w http.ResponseWriter, r *http.Request) {
	a := u.assets["/assets/"+r.PathValue("file")]
	if a == nil {
		http.NotFound(w, r)
		return
	}
	a.serve(w, r)
}

const notBuilt = `<!doctype html>
<html lang="en"><head><title>Monopod</title></head><body>
<h1>The web UI is not in this binary</h1>
<p>Monopod runs, and its API answers. To get the UI, build with <code>make build</code>, which runs npm first.</p>
</body></html>
`
