package grafanaapi

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"monopod/internal/auth"
	"monopod/internal/dashboard/store"
)

// saved is Grafana's answer to a stored dashboard.
type saved struct {
	FolderUID string `json:"folderUid"`
	ID        int64  `json:"id"`
	Slug      string `json:"slug"`
	Status    string `json:"status"`
	UID       string `json:"uid"`
	URL       string `json:"url"`
	Version   int    `json:"version"`
}

// notSaved is the answer where a provisioned dashboard cannot be written: what the
// person does by hand.
type notSaved struct {
	message
	File  string `json:"file"`
	Patch string `json:"patch"`
}

// outlineOf reads what of a dashboard that is to be saved stands at its top; ok is
// false where that cannot be, and the answer is given.
func outlineOf(w http.ResponseWriter, sent json.RawMessage) (o store.Outline, ok bool) {
	if len(sent) == 0 {
		fail(w, http.StatusBadRequest, "bad request data: the body has no \"dashboard\"")
		return o, false
	}
	o, err := store.ReadOutline(sent)
	if err != nil {
		failWith(w, err)
		return o, false
	}
	return o, true
}

func (a *Dashboards) save(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Dashboard json.RawMessage `json:"dashboard"`
		Overwrite bool            `json:"overwrite"`
		Message   string          `json:"message"`
		FolderID  int64           `json:"folderId"`
		FolderUID string          `json:"folderUid"`
	}
	if !receive(w, r, &body) {
		return
	}
	o, ok := outlineOf(w, body.Dashboard)
	if !ok {
		return
	}
	folder, ok := a.folderOf(w, r, body.FolderUID, body.FolderID)
	if !ok {
		return
	}
	a.answerSave(w, r, store.Save{
		Source: body.Dashboard, ID: o.ID, UID: o.UID, FolderUID: folder, BaseVersion: o.Version,
		Overwrite: body.Overwrite, Message: body.Message,
	})
}

// folderOf finds the folder that a request names by uid or by id. Where it returns
// false it has answered.
func (a *Dashboards) folderOf(w http.ResponseWriter, r *http.Request, uid string, id int64) (string, bool) {
	if uid == store.Top {
		return "", true
	}
	if uid != "" || id == 0 {
		return uid, true
	}
	f, err := a.Store.FolderByID(r.Context(), id)
	if errors.Is(err, store.ErrFolderNotFound) {
		fail(w, http.StatusBadRequest, "folder not found")
		return "", false
	}
	if err != nil {
		failWith(w, err)
		return "", false
	}
	return f.UID, true
}

// keep stores a dashboard in the name of who asks. What could not be opened again is
// not taken.
func (a *Dashboards) keep(ctx context.Context, c store.Save) (store.Dashboard, store.Outcome, error) {
	if err := a.migrated.check(c.Source); err != nil {
		return store.Dashboard{}, store.Outcome{}, &badDashboard{err}
	}
	c.By, c.Provisioner = auth.FromContext(ctx).Actor(), a.Provisioner
	return a.Store.Save(ctx, c)
}

// badDashboard is the error for a dashboard that cannot be read, or changed.
type badDashboard struct{ error }

func (e *badDashboard) Unwrap() error { return e.error }

// answerSave stores a dashboard and answers as Grafana does.
func (a *Dashboards) answerSave(w http.ResponseWriter, r *http.Request, c store.Save) {
	d, outcome, err := a.keep(r.Context(), c)
	switch {
	case errors.Is(err, store.ErrFolderNotFound):
		fail(w, http.StatusBadRequest, "folder not found")
	case err != nil:
		failWith(w, err)
	case outcome.Kind == store.Patched:
		respond(w, http.StatusBadRequest, notSaved{
			message{"Cannot save provisioned dashboard: " + outcome.File + " cannot be written; apply the patch to it", "provisioned"},
			outcome.File, outcome.Patch,
		})
	default:
		respond(w, http.StatusOK, saved{d.FolderUID, d.ID, d.Slug(), "success", d.UID, dashboardPath(d.UID, d.Slug()), d.Version})
	}
}
