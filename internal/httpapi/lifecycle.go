package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/pprof"
	"strings"
	"sync"
)

// appName is who says "is Healthy": checks in the field look for these words.
const appName = "Prometheus Server"

// lifecycle answers the routes under /-/.
type lifecycle struct {
	reload func(context.Context) error
	quit   func()
	once   sync.Once
}

func healthy(w http.ResponseWriter, _ *http.Request) { fmt.Fprintf(w, "%s is Healthy.\n", appName) }
func ready(w http.ResponseWriter, _ *http.Request)   { fmt.Fprintf(w, "%s is Ready.\n", appName) }

func lifecycleDisabled(w http.ResponseWriter, _ *http.Request) {
	w.WriteHeader(http.StatusForbidden)
	_, _ = w.Write([]byte("Lifecycle API is not enabled."))
}

func onlyPostOrPut(w http.ResponseWriter, _ *http.Request) {
	w.WriteHeader(http.StatusMethodNotAllowed)
	_, _ = w.Write([]byte("Only POST or PUT requests allowed"))
}

// serveReload waits for the reload. It goes on when the client leaves.
func (l *lifecycle) serveReload(w http.ResponseWriter, r *http.Request) {
	if err := l.reload(context.WithoutCancel(r.Context())); err != nil {
		http.Error(w, fmt.Sprintf("failed to reload config: %s", err), http.StatusInternalServerError)
	}
}

func (l *lifecycle) serveQuit(w http.ResponseWriter, _ *http.Request) {
	text := "Termination already in progress."
	l.once.Do(func() {
		text = "Requesting termination... Goodbye!"
		l.quit()
	})
	_, _ = w.Write([]byte(text))
}

// serveVersion answers the build without the frame that the API has.
func serveVersion(b Build) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		err := json.NewEncoder(w).Encode(struct {
			Version   string `json:"version"`
			Revision  string `json:"revision"`
			Branch    string `json:"branch"`
			BuildUser string `json:"buildUser"`
			BuildDate string `json:"buildDate"`
			GoVersion string `json:"goVersion"`
		}{b.Version, b.Revision, b.Branch, b.User, b.Date, b.GoVersion})
		if err != nil {
			http.Error(w, fmt.Sprintf("error encoding JSON: %s", err), http.StatusInternalServerError)
		}
	}
}

// serveProfile answers /debug/pprof/{name...}.
func serveProfile(w http.ResponseWriter, r *http.Request) {
	switch name := r.PathValue("name"); name {
	case "cmdline":
		pprof.Cmdline(w, r)
	case "profile":
		pprof.Profile(w, r)
	case "symbol":
		pprof.Symbol(w, r)
	case "trace":
		pprof.Trace(w, r)
	case "":
		pprof.Index(w, withPath(r, "/debug/pprof/"))
	default:
		if strings.Contains(name, "/") {
			http.NotFound(w, r)
			return
		}
		pprof.Handler(name).ServeHTTP(w, r)
	}
}

// withPath is the request with another path, which pprof's index reads.
func withPath(r *http.Request, path string) *http.Request {
	out := new(http.Request)
	*out = *r
	u := *r.URL
	u.Path, u.RawPath = path, ""
	out.URL = &u
	return out
}
