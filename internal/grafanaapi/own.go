package grafanaapi

import (
	"net/http"

	"monopod/internal/dashboard/store"
)

// source answers the stored JSON byte for byte.
func (a *Dashboards) source(w http.ResponseWriter, r *http.Request, d store.Dashboard) {
	source, err := a.Store.Source(r.Context(), d)
	if err != nil {
		failWith(w, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=UTF-8")
	h.Set("Cache-Control", "no-store")
	_, _ = w.Write(source)
}
