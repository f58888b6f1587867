package grafanaapi

import (
	"context"
	"net/http"

	"monopod/internal/auth"
)

// ServerOptions is what the API about the program itself is told.
type ServerOptions struct {
	// Version of Grafana whose API is answered; clients compare it to know what
	// there is.
	Version string
	// Monopod is the version of the program.
	Monopod, Revision string
	// Check tells whether the state can be read.
	Check func(context.Context) error
	// BasePath is the route prefix, "" or "/path".
	BasePath string
	// Anonymous tells whether whoever has not logged in may look.
	Anonymous bool
}

// Server answers about the program itself.
type Server struct{ ServerOptions }

// NewServer makes the API.
func NewServer(o ServerOptions) *Server { return &Server{o} }

// Routes is the routing table.
func (a *Server) Routes() []auth.Route {
	return []auth.Route{
		{Methods: "GET", Path: "/api/health", Role: auth.None, Handler: a.health},
		{Methods: "GET", Path: "/api/frontend/settings", Role: auth.None, Handler: a.settings},
	}
}

func (a *Server) health(w http.ResponseWriter, r *http.Request) {
	type answer struct {
		Commit   string `json:"commit"`
		Database string `json:"database"`
		Version  string `json:"version"`
		Monopod  string `json:"monopod"`
	}
	if err := a.Check(r.Context()); err != nil {
		respond(w, http.StatusServiceUnavailable, answer{a.Revision, "failing", a.Version, a.Monopod})
		return
	}
	respond(w, http.StatusOK, answer{a.Revision, "ok", a.Version, a.Monopod})
}

// settings answers the part of Grafana's front-end settings that scripts read.
func (a *Server) settings(w http.ResponseWriter, _ *http.Request) {
	respond(w, http.StatusOK, map[string]any{
		"buildInfo": map[string]any{
			"version": a.Version, "commit": a.Revision, "env": "production", "edition": "Open Source", "hasUpdate": false, "hideVersion": false,
			"monopod": a.Monopod,
		},
		"appSubUrl": a.BasePath, "appUrl": a.BasePath + "/", "anonymousEnabled": a.Anonymous,
		"featureToggles": map[string]bool{}, "panels": map[string]any{}, "datasources": map[string]any{},
		"disableLoginForm": false, "authProxyEnabled": false, "unifiedAlertingEnabled": false, "licenseInfo": map[string]any{},
	})
}
