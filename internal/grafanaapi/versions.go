package grafanaapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"monopod/internal/dashboard/store"
)

// dashboardVersion is one entry of the history.
type dashboardVersion struct {
	ID            int64           `json:"id"`
	DashboardID   int64           `json:"dashboardId"`
	UID           string          `json:"uid"`
	ParentVersion int             `json:"parentVersion"`
	RestoredFrom  int             `json:"restoredFrom"`
	Version       int             `json:"version"`
	Created       time.Time       `json:"created"`
	CreatedBy     string          `json:"createdBy"`
	Message       string          `json:"message"`
	Data          json.RawMessage `json:"data,omitempty"`
}

func versionOf(d store.Dashboard, v store.Version) dashboardVersion {
	return dashboardVersion{
		ID: v.ID, DashboardID: d.ID, UID: d.UID, ParentVersion: v.Parent, RestoredFrom: v.RestoredFrom, Version: v.Number,
		Created: v.Created, CreatedBy: v.CreatedBy, Message: v.Message,
	}
}

func (a *Dashboards) versions(w http.ResponseWriter, r *http.Request, d store.Dashboard) {
	limit := number(r, "limit", 0)
	if limit <= 0 {
		limit = 1000
	}
	found, err := a.Store.Versions(r.Context(), d, int(limit), int(max(0, number(r, "start", 0))))
	if err != nil {
		failWith(w, err)
		return
	}
	list := make([]dashboardVersion, len(found))
	for i, v := range found {
		list[i] = versionOf(d, v)
	}
	if r.PathValue("id") != "" { // the older route has the list alone
		respond(w, http.StatusOK, list)
		return
	}
	respond(w, http.StatusOK, struct {
		ContinueToken string             `json:"continueToken"`
		Versions      []dashboardVersion `json:"versions"`
	}{"", list})
}

func (a *Dashboards) version(w http.ResponseWriter, r *http.Request, d store.Dashboard) {
	n, ok := pathNumber(w, r, "version")
	if !ok {
		return
	}
	v, err := a.Store.Version(r.Context(), d, int(n))
	if err != nil {
		failWith(w, err)
		return
	}
	answer := versionOf(d, v)
	if answer.Data, err = stamped(v.Source, d, v.Number); err != nil {
		failWith(w, err)
		return
	}
	respond(w, http.StatusOK, answer)
}

func (a *Dashboards) restore(w http.ResponseWriter, r *http.Request, d store.Dashboard) {
	var body struct {
		Version int `json:"version"`
	}
	if !receive(w, r, &body) {
		return
	}
	v, err := a.Store.Version(r.Context(), d, body.Version)
	if err != nil {
		failWith(w, err)
		return
	}
	a.answerSave(w, r, store.Save{
		Source: v.Source, UID: d.UID, FolderUID: d.FolderUID, BaseVersion: d.Version,
		Message: fmt.Sprintf("Restored from version %d", v.Number), RestoredFrom: v.Number,
	})
}
