package grafanaapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net/http"
	"strconv"

	"monopod/internal/dashboard"
	"monopod/internal/dashboard/store"
)

// diffSide names one of the two that are compared.
type diffSide struct {
	DashboardID      int64           `json:"dashboardId"`
	DashboardUID     string          `json:"dashboardUid"`
	Version          int             `json:"version"`
	UnsavedDashboard json.RawMessage `json:"unsavedDashboard"`
}

// calculateDiff answers HTML, as Grafana does: the lines of a unified diff, with all
// that dashboards say escaped.
func (a *Dashboards) calculateDiff(w http.ResponseWriter, r *http.Request) {
	var body struct{ Base, New diffSide }
	if !receive(w, r, &body) {
		return
	}
	var texts [2][]byte
	var names [2]string
	for i, side := range []diffSide{body.Base, body.New} {
		if len(side.UnsavedDashboard) > 0 {
			texts[i], names[i] = side.UnsavedDashboard, "not saved"
			continue
		}
		d, err := a.Store.ByUID(r.Context(), side.DashboardUID)
		if side.DashboardUID == "" {
			d, err = a.Store.ByID(r.Context(), side.DashboardID)
		}
		if err != nil {
			failWith(w, err)
			return
		}
		v, err := a.Store.Version(r.Context(), d, side.Version)
		if err != nil {
			failWith(w, err)
			return
		}
		texts[i], names[i] = v.Source, versionName(side.Version)
	}
	_, text, err := a.migrated.compare(texts[0], texts[1], names[0], names[1])
	if err != nil {
		fail(w, http.StatusBadRequest, "compare the dashboards: %v", err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=UTF-8")
	_, _ = fmt.Fprintf(w, "<pre class=\"diff\">%s</pre>\n", html.EscapeString(text))
}

// diff compares two versions; from 0 is the one before to, to 0 the newest.
func (a *Dashboards) diff(w http.ResponseWriter, r *http.Request, d store.Dashboard) {
	to := int(number(r, "to", 0))
	if to == 0 {
		to = d.Version
	}
	from := int(number(r, "from", 0))
	if from == 0 {
		from = to - 1
	}
	var texts [2][]byte
	for i, n := range []int{from, to} {
		v, err := a.Store.Version(r.Context(), d, n)
		if errors.Is(err, store.ErrVersionNotFound) {
			respond(w, http.StatusNotFound, message{"Version " + strconv.Itoa(n) + " of the dashboard is not there, or no longer", "not-found"})
			return
		}
		if err != nil {
			failWith(w, err)
			return
		}
		texts[i] = v.Source
	}
	changes, unified, err := a.migrated.compare(texts[0], texts[1], versionName(from), versionName(to))
	if err != nil {
		fail(w, http.StatusUnprocessableEntity, "compare the versions %d and %d: %v", from, to, err)
		return
	}
	respond(w, http.StatusOK, struct {
		From    int                `json:"from"`
		To      int                `json:"to"`
		Changes []dashboard.Change `json:"changes"`
		Unified string             `json:"unified"`
	}{from, to, changes, unified})
}

func versionName(n int) string { return "version " + strconv.Itoa(n) }
