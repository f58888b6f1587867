package provision

import (
	"encoding/json"
	"net/http"

	"monopod/internal/auth"
)

// Routes are what Grafana has to ask for a pass. Each runs a whole one.
func (s *Service) Routes() []auth.Route {
	return []auth.Route{
		{Methods: "POST", Path: "/api/admin/provisioning/dashboards/reload", Role: auth.Admin, Handler: s.onReload("Dashboards config reloaded")},
		{Methods: "POST", Path: "/api/admin/provisioning/datasources/reload", Role: auth.Admin, Handler: s.onReload("Datasources config reloaded")},
	}
}

func (s *Service) onReload(done string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		status, message := http.StatusOK, done
		if err := s.Reload(r.Context()); err != nil {
			status, message = http.StatusInternalServerError, err.Error()
		}
		w.Header().Set("Content-Type", "application/json; charset=UTF-8")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(map[string]string{"message": message}) //nolint:errcheck // to whom
	}
}
