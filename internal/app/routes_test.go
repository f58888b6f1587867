package app

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"monopod/internal/auth"
	"monopod/internal/buildinfo"
	"monopod/internal/events"
	"monopod/internal/httpapi"
)

// passed is what a route answers in these tests: its handler is not run.
const passed = 299

// guardAlone guards the routes and leaves their handlers out, so that every
// route can be asked for, those that delete and quit too.
type guardAlone struct{ *auth.Service }

func (g guardAlone) Protect(r auth.Route, _ http.Handler) http.Handler {
	return g.Service.Protect(r, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(passed) }))
}

// newGuarded makes the program's server with every route that it can have.
func newGuarded(t *testing.T, anonymous auth.Role) (*program, *httpapi.Server) {
	t.Helper()
	config := filepath.Join(t.TempDir(), "prometheus.yml")
	if err := os.WriteFile(config, []byte("global: {}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	p := &program{
		Options: Options{
			Logger: slog.New(slog.DiscardHandler), ConfigFile: config,
			Web:     WebOptions{ListenAddresses: []string{"127.0.0.1:0"}, EnableLifecycle: true, EnableAdminAPI: true},
			Storage: StorageOptions{Path: t.TempDir(), MaxExemplars: 1, Retention: time.Hour, BlockDuration: 2 * time.Hour},
			Query:   QueryOptions{LookbackDelta: time.Minute, Timeout: time.Minute, MaxConcurrency: 1, MaxSamples: 1},
			Scrape:  ScrapeOptions{Compression: "auto", DiscoveryReloadInterval: time.Second},
			Remote:  RemoteOptions{Write: true, OTLP: true, ReadConcurrency: 1, ReadFrameBytes: 1 << 20},
			Memory:  MemoryOptions{KeepGoal: true},
			People:  PeopleOptions{Anonymous: anonymous, AdminPassword: "admin-password"},
		},
		build: buildinfo.Read(), registry: prometheus.NewRegistry(), hub: &events.Hub{},
	}
	if err := p.prepare(ctx); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		if err := p.closeDataSources(); err != nil {
			t.Error(err)
		}
		if err := p.closeRemote(); err != nil {
			t.Error(err)
		}
		if err := p.closeState(); err != nil {
			t.Error(err)
		}
	})
	var err error
	if p.auth, err = p.newAuth(ctx); err != nil {
		t.Fatal(err)
	}
	p.guard = guardAlone{p.auth}
	server, err := p.newServer(ctx, func() {})
	if err != nil {
		t.Fatal(err)
	}
	server.SetReady(httpapi.Ready)
	return p, server
}

// logins returns what shows each role: a cookie, nothing for None.
func logins(t *testing.T, s *auth.Service) map[auth.Role]*http.Cookie {
	t.Helper()
	out := map[auth.Role]*http.Cookie{auth.None: nil}
	for _, role := range []auth.Role{auth.Viewer, auth.Editor, auth.Admin} {
		login := "the " + role.String()
		if _, err := s.AddUser(t.Context(), auth.NewUser{Login: login, Password: "long enough", Role: role}); err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest(http.MethodPost, "/login", nil)
		token, _, err := s.Login(t.Context(), r, login, "long enough")
		if err != nil {
			t.Fatal(err)
		}
		w := httptest.NewRecorder()
		s.SetCookie(w, r, token)
		out[role] = w.Result().Cookies()[0]
	}
	return out
}

// examplePath is a path that the pattern matches.
func examplePath(pattern string) string {
	segments := strings.Split(pattern, "/")
	for i, s := range segments {
		if strings.HasPrefix(s, "{") {
			segments[i] = "1"
		}
	}
	return strings.Join(segments, "/")
}

// Every route, asked for by everybody, with anonymous viewing on and off: only
// those pass who have the role that the table has for it.
func TestEveryRouteIsGuarded(t *testing.T) {
	for _, anonymous := range []auth.Role{auth.None, auth.Viewer} {
		p, server := newGuarded(t, anonymous)
		cookies := logins(t, p.auth)
		asked := 0
		for _, route := range server.Routes() {
			for _, method := range route.Methods {
				for role, cookie := range cookies {
					r := httptest.NewRequest(method, "http://example.com"+examplePath(route.Path), nil)
					r.Header.Set("Origin", "http://example.com")
					if cookie != nil {
						r.AddCookie(cookie)
					}
					w := httptest.NewRecorder()
					server.Handler().ServeHTTP(w, r)
					asked++
					want := passed
					switch {
					case route.AsPrometheus && anonymous > auth.None || max(role, anonymous) >= route.Role:
					case role == auth.None:
						want = http.StatusUnauthorized
					default:
						want = http.StatusForbidden
					}
					if w.Code != want {
						t.Errorf("anonymous %s: %s %s as %s: %d, want %d", anonymous, method, route.Path, role, w.Code, want)
					}
				}
			}
		}
		if asked < 800 {
			t.Errorf("only %d requests: are the routes there?", asked)
		}
		// What no route names is not there, for nobody.
		for _, path := range []string{"/api/none", "/api/v1/none", "/api/admin/none", "/api/monopod/v1/none", "/-/none", "/debug"} {
			r := httptest.NewRequest(http.MethodGet, path, nil)
			r.AddCookie(cookies[auth.Admin])
			w := httptest.NewRecorder()
			server.Handler().ServeHTTP(w, r)
			if w.Code != http.StatusNotFound {
				t.Errorf("%s: %d", path, w.Code)
			}
		}
	}
}

// The table of all routes and their roles, for a person to read when it changes:
// MONOPOD_UPDATE=1 go test ./internal/app writes it.
func TestRolesOfRoutes(t *testing.T) {
	_, server := newGuarded(t, auth.Viewer)
	var lines []string
	for _, route := range server.Routes() {
		if strings.HasSuffix(route.Path, ".js") || strings.HasSuffix(route.Path, ".svg") {
			continue // files of the built UI, which not every checkout has
		}
		note := ""
		if route.AsPrometheus {
			note = "  as Prometheus"
		}
		lines = append(lines, fmt.Sprintf("%-6s  %-60s  %s%s", route.Role, route.Path, strings.Join(route.Methods, " "), note))
	}
	slices.Sort(lines)
	got := strings.Join(lines, "\n") + "\n"
	const file = "testdata/routes.txt"
	if os.Getenv("MONOPOD_UPDATE") != "" {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before := strings.Split(strings.TrimSpace(string(want)), "\n")
	for _, l := range lines {
		if !slices.Contains(before, l) {
			t.Errorf("new or changed: %s: look whether the role is right, and write the table with MONOPOD_UPDATE=1", l)
		}
	}
	for _, l := range before {
		if !slices.Contains(lines, l) {
			t.Errorf("gone: %s", l)
		}
	}
}

// Who changes something is an Editor at least, but for these.
func TestChangesNeedARole(t *testing.T) {
	_, server := newGuarded(t, auth.Viewer)
	exceptions := []string{
		// Questions that are too long for a URL.
		"/api/v1/query", "/api/v1/query_range", "/api/v1/query_exemplars", "/api/v1/format_query", "/api/v1/parse_query", "/api/v1/labels", "/api/v1/series", "/api/v1/read",
		"/api/ds/query", "/api/monopod/v1/view", "/api/monopod/v1/variable", "/api/monopod/v1/dashboards/migrate", "/api/dashboards/calculate-diff",
		"/api/datasources/uid/{uid}/resources/{rest...}", "/api/datasources/{id}/{rest...}",
		"/api/datasources/proxy/uid/{uid}/{rest...}", "/api/datasources/proxy/{id}/{rest...}", // which lets only questions pass
		// One's own.
		"/login", "/logout", "/api/user", "/api/user/password", "/api/user/using/{org}", "/api/user/revoke-auth-token", "/api/user/preferences",
		"/api/user/stars/dashboard/{id}", "/api/user/stars/dashboard/uid/{uid}",
	}
	for _, route := range server.Routes() {
		for _, m := range route.Methods {
			if m != http.MethodGet && route.Role < auth.Editor && !slices.Contains(exceptions, route.Path) {
				t.Errorf("%s %s needs only the role %s", m, route.Path, route.Role)
			}
		}
	}
}
