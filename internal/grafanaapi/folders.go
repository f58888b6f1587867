package grafanaapi

import (
	"net/http"
	"strconv"
	"time"

	"monopod/internal/auth"
	"monopod/internal/dashboard/store"
)

// folder is Grafana's answer about one.
type folder struct {
	ID          int64     `json:"id"`
	UID         string    `json:"uid"`
	OrgID       int64     `json:"orgId"`
	Title       string    `json:"title"`
	Description string    `json:"description,omitempty"`
	URL         string    `json:"url"`
	HasACL      bool      `json:"hasAcl"`
	CanSave     bool      `json:"canSave"`
	CanEdit     bool      `json:"canEdit"`
	CanAdmin    bool      `json:"canAdmin"`
	CanDelete   bool      `json:"canDelete"`
	CreatedBy   string    `json:"createdBy"`
	Created     time.Time `json:"created"`
	UpdatedBy   string    `json:"updatedBy"`
	Updated     time.Time `json:"updated"`
	Version     int       `json:"version"`
	ParentUID   string    `json:"parentUid,omitempty"`
	// Parents are the folders around it, the outermost first.
	Parents []folder `json:"parents,omitempty"`
}

func folderOf(who auth.Identity, f store.Folder) folder {
	edits := who.Role >= auth.Editor
	return folder{
		ID: f.ID, UID: f.UID, OrgID: 1, Title: f.Title, Description: f.Description, URL: folderPath(f.UID, f.Slug()),
		CanSave: edits, CanEdit: edits, CanAdmin: who.Role >= auth.Admin, CanDelete: edits,
		CreatedBy: f.CreatedBy, Created: f.Created, UpdatedBy: f.UpdatedBy, Updated: f.Updated, Version: f.Version, ParentUID: f.Parent,
	}
}

// answerFolder answers a folder with those around it.
func (a *Dashboards) answerFolder(w http.ResponseWriter, r *http.Request, f store.Folder, err error) {
	if err != nil {
		failWith(w, err)
		return
	}
	around, err := a.Store.Parents(r.Context(), f)
	if err != nil {
		failWith(w, err)
		return
	}
	who := auth.FromContext(r.Context())
	answer := folderOf(who, f)
	for _, p := range around {
		answer.Parents = append(answer.Parents, folderOf(who, p))
	}
	respond(w, http.StatusOK, answer)
}

func (a *Dashboards) listFolders(w http.ResponseWriter, r *http.Request) {
	limit := number(r, "limit", 1000)
	if limit <= 0 || limit > 1000 {
		limit = 1000
	}
	page := max(1, number(r, "page", 1))
	parent := r.URL.Query().Get("parentUid")
	if parent == store.Top {
		parent = ""
	}
	if parent != "" {
		if _, err := a.Store.Folder(r.Context(), parent); err != nil {
			failWith(w, err)
			return
		}
	}
	found, err := a.Store.Folders(r.Context(), parent, int(limit), int((page-1)*limit))
	if err != nil {
		failWith(w, err)
		return
	}
	type entry struct {
		ID        int64  `json:"id"`
		UID       string `json:"uid"`
		Title     string `json:"title"`
		ParentUID string `json:"parentUid,omitempty"`
	}
	out := make([]entry, len(found))
	for i, f := range found {
		out[i] = entry{f.ID, f.UID, f.Title, f.Parent}
	}
	respond(w, http.StatusOK, out)
}

func (a *Dashboards) createFolder(w http.ResponseWriter, r *http.Request) {
	var body struct {
		UID         string `json:"uid"`
		Title       string `json:"title"`
		Description string `json:"description"`
		ParentUID   string `json:"parentUid"`
	}
	if !receive(w, r, &body) {
		return
	}
	if body.UID == store.Top {
		fail(w, http.StatusBadRequest, "the uid %q is that of the top, where folders without a parent stand", store.Top)
		return
	}
	if body.ParentUID == store.Top {
		body.ParentUID = ""
	}
	f, err := a.Store.CreateFolder(r.Context(), store.Folder{
		UID: body.UID, Title: body.Title, Description: body.Description, Parent: body.ParentUID,
	}, auth.FromContext(r.Context()).Actor())
	a.answerFolder(w, r, f, err)
}

func (a *Dashboards) getFolder(w http.ResponseWriter, r *http.Request) {
	if uid := r.PathValue("uid"); uid != store.Top {
		f, err := a.Store.Folder(r.Context(), uid)
		a.answerFolder(w, r, f, err)
		return
	}
	top := folderOf(auth.FromContext(r.Context()), store.Folder{UID: store.Top, Title: "General"})
	top.URL, top.CanDelete = "/dashboards", false
	respond(w, http.StatusOK, top)
}

func (a *Dashboards) updateFolder(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Title       string  `json:"title"`
		Description *string `json:"description"`
		Version     int     `json:"version"`
		Overwrite   bool    `json:"overwrite"`
	}
	if !receive(w, r, &body) {
		return
	}
	f, err := a.Store.UpdateFolder(r.Context(), r.PathValue("uid"), auth.FromContext(r.Context()).Actor(), func(f *store.Folder) error {
		if !body.Overwrite && body.Version != f.Version {
			return store.ErrFolderChanged
		}
		if body.Title != "" || body.Description == nil {
			f.Title = body.Title
		}
		if body.Description != nil {
			f.Description = *body.Description
		}
		return nil
	})
	a.answerFolder(w, r, f, err)
}

func (a *Dashboards) moveFolder(w http.ResponseWriter, r *http.Request) {
	var body struct {
		ParentUID string `json:"parentUid"`
	}
	if !receive(w, r, &body) {
		return
	}
	if body.ParentUID == store.Top {
		body.ParentUID = ""
	}
	f, err := a.Store.UpdateFolder(r.Context(), r.PathValue("uid"), auth.FromContext(r.Context()).Actor(), func(f *store.Folder) error {
		f.Parent = body.ParentUID
		return nil
	})
	a.answerFolder(w, r, f, err)
}

func (a *Dashboards) deleteFolder(w http.ResponseWriter, r *http.Request) {
	f, err := a.Store.DeleteFolder(r.Context(), r.PathValue("uid"), auth.FromContext(r.Context()).Actor())
	if err != nil {
		failWith(w, err)
		return
	}
	respond(w, http.StatusOK, struct {
		Title   string `json:"title"`
		Message string `json:"message"`
		ID      int64  `json:"id"`
	}{f.Title, "Folder " + f.Title + " deleted", f.ID})
}

// folderPart answers what stands below a folder's address.
func (a *Dashboards) folderPart(w http.ResponseWriter, r *http.Request) {
	ctx, uid, part := r.Context(), r.PathValue("uid"), r.PathValue("part")
	if uid == "id" {
		id, err := strconv.ParseInt(part, 10, 64)
		if err != nil {
			fail(w, http.StatusBadRequest, "id is invalid")
			return
		}
		f, err := a.Store.FolderByID(ctx, id)
		a.answerFolder(w, r, f, err)
		return
	}
	f, err := a.Store.Folder(ctx, uid)
	if err != nil {
		failWith(w, err)
		return
	}
	switch part {
	case "counts":
		folders, dashboards, err := a.Store.FolderCounts(ctx, uid)
		if err != nil {
			failWith(w, err)
			return
		}
		respond(w, http.StatusOK, map[string]int{"folder": folders, "dashboard": dashboards, "librarypanel": 0, "alertrule": 0})
	case "parents":
		around, err := a.Store.Parents(ctx, f)
		if err != nil {
			failWith(w, err)
			return
		}
		out := make([]folder, len(around))
		for i, p := range around {
			out[i] = folderOf(auth.FromContext(ctx), p)
		}
		respond(w, http.StatusOK, out)
	case "permissions":
		respond(w, http.StatusOK, permissionsOf(permission{
			UID: f.UID, Title: f.Title, Slug: f.Slug(), IsFolder: true, URL: folderPath(f.UID, f.Slug()),
		}))
	default:
		fail(w, http.StatusNotFound, "Not found")
	}
}
