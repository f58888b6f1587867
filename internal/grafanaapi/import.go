package grafanaapi

import (
	"encoding/json"
	"net/http"

	"monopod/internal/dashboard"
	"monopod/internal/dashboard/store"
)

// imported is Grafana's answer to an import.
type imported struct {
	UID              string `json:"uid"`
	PluginID         string `json:"pluginId"`
	Title            string `json:"title"`
	Imported         bool   `json:"imported"`
	ImportedURI      string `json:"importedUri"`
	ImportedURL      string `json:"importedUrl"`
	Slug             string `json:"slug"`
	DashboardID      int64  `json:"dashboardId"`
	FolderID         int64  `json:"folderId"`
	FolderUID        string `json:"folderUid"`
	ImportedRevision int    `json:"importedRevision"`
	Revision         int    `json:"revision"`
	Description      string `json:"description"`
	Path             string `json:"path"`
	Removed          bool   `json:"removed"`
}

func (a *Dashboards) importDashboard(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Dashboard json.RawMessage `json:"dashboard"`
		Inputs    []struct {
			Name  string `json:"name"`
			Value string `json:"value"`
		} `json:"inputs"`
		Overwrite bool   `json:"overwrite"`
		FolderID  int64  `json:"folderId"`
		FolderUID string `json:"folderUid"`
		Message   string `json:"message"`
	}
	if !receive(w, r, &body) {
		return
	}
	if len(body.Dashboard) == 0 {
		fail(w, http.StatusUnprocessableEntity, "Dashboard must be set")
		return
	}
	inputs := make(map[string]string, len(body.Inputs))
	for _, i := range body.Inputs {
		inputs[i.Name] = i.Value
	}
	source, err := dashboard.Import(body.Dashboard, inputs)
	if err != nil {
		fail(w, http.StatusBadRequest, "import the dashboard: %v", err)
		return
	}
	o, err := store.ReadOutline(source)
	if err != nil {
		failWith(w, err)
		return
	}
	folder, ok := a.folderOf(w, r, body.FolderUID, body.FolderID)
	if !ok {
		return
	}
	// A dashboard of another server: its id and version mean nothing here.
	if !o.IsResource {
		if source, err = store.Set(source, store.Setting{Key: "id"}); err != nil {
			failWith(w, err)
			return
		}
	}
	d, outcome, err := a.keep(r.Context(), store.Save{
		Source: source, UID: o.UID, FolderUID: folder, Overwrite: body.Overwrite, Message: body.Message,
	})
	if err != nil {
		failWith(w, err)
		return
	}
	if outcome.Kind == store.Patched {
		respond(w, http.StatusBadRequest, notSaved{
			message{"A provisioned dashboard has this uid: " + outcome.File + " cannot be written; import with another uid", "provisioned"},
			outcome.File, outcome.Patch,
		})
		return
	}
	respond(w, http.StatusOK, imported{
		UID: d.UID, Title: d.Title, Imported: true, ImportedURI: "db/" + d.Slug(), ImportedURL: dashboardPath(d.UID, d.Slug()), Slug: d.Slug(),
		DashboardID: d.ID, FolderID: d.FolderID, FolderUID: d.FolderUID, ImportedRevision: d.Version, Revision: d.Version,
	})
}
