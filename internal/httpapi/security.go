package httpapi

import (
	"fmt"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
)

const (
	// maxBodyBytes bounds what a form may carry.
	maxBodyBytes = 10 << 20
	// maxHeaderBytes bounds a request's line and headers: long queries belong
	// into a body.
	maxHeaderBytes = 256 << 10
)

// cleanPath tells whether a path is written as a route is. What is not, gets a
// 404 before any route sees it: no route cleans, decodes twice or redirects.
func cleanPath(u *url.URL) bool {
	if !strings.HasPrefix(u.Path, "/") {
		return u.Path == "*" || u.Path == ""
	}
	if strings.ContainsAny(u.Path, "\\\x00\r\n") || strings.Contains(u.EscapedPath(), "//") {
		return false
	}
	for segment := range strings.SplitSeq(u.Path, "/") {
		if segment == "." || segment == ".." {
			return false
		}
	}
	return true
}

// limitBody bounds what a handler reads of a body.
func limitBody(most int64, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, most)
		next.ServeHTTP(w, r)
	})
}

// secure wraps all routes: it refuses odd paths, answers panics, and sets the
// headers that every answer has.
func (s *Server) secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := &recorder{ResponseWriter: w, control: http.NewResponseController(w), timeout: writeTimeout}
		rec.deadline(0) // the one of the connection's request before
		defer s.recoverPanic(rec, r)
		// web.config.yml may have set it, and the user's word stands.
		if h := rec.Header(); h.Get("X-Content-Type-Options") == "" {
			h.Set("X-Content-Type-Options", "nosniff")
		}
		if !cleanPath(r.URL) {
			http.NotFound(rec, r)
			return
		}
		next.ServeHTTP(rec, r)
		rec.deadline(writeTimeout) // of what net/http still holds
	})
}

// recoverPanic answers 500 and lets the process live. An answer that has begun
// is cut, so that its client does not take it for whole.
func (s *Server) recoverPanic(rec *recorder, r *http.Request) {
	p := recover()
	if p == nil {
		return
	}
	if p == http.ErrAbortHandler {
		panic(p)
	}
	s.metrics.panics.Inc()
	s.logger.Error("panic while serving request", "client", r.RemoteAddr, "method", r.Method, "path", r.URL.Path,
		"err", fmt.Sprint(p), "stack", string(debug.Stack()))
	if rec.code != 0 {
		panic(http.ErrAbortHandler)
	}
	rec.Header().Del("Content-Encoding")
	http.Error(rec, "internal error: the log has what happened", http.StatusInternalServerError)
}

// cors lets the pages of other origins read the API.
func (s *Server) cors(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Add("Vary", "Origin")
		if origin := r.Header.Get("Origin"); origin != "" {
			h.Set("Access-Control-Allow-Headers", "Accept, Authorization, Content-Type, Origin")
			h.Set("Access-Control-Allow-Methods", "GET, POST, OPTIONS")
			h.Set("Access-Control-Expose-Headers", "Date")
			switch {
			case s.options.CORSOrigin == nil:
				h.Set("Access-Control-Allow-Origin", "*")
			case s.options.CORSOrigin.MatchString(origin):
				h.Set("Access-Control-Allow-Origin", origin)
			}
		}
		next.ServeHTTP(w, r)
	})
}

// sameOrigin refuses what changes something when the page of another origin
// asks for it in a user's name. Programs send no Origin, and pass.
func (s *Server) sameOrigin(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := s.origins.Check(r); err != nil {
			http.Error(w, "cross-origin request refused: it would change something, and comes from the page of another site", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}
