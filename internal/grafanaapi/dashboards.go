package grafanaapi

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"time"

	"monopod/internal/auth"
	"monopod/internal/dashboard"
	"monopod/internal/dashboard/store"
	"monopod/internal/events"
)

// maxDashboardBytes bounds the body of a request that carries a dashboard and a
// little around it.
const maxDashboardBytes = dashboard.MaxBytes + 1<<20

// DashboardsOptions is what the API of dashboards is told.
type DashboardsOptions struct {
	Store *store.Store
	// Provisioner carries changes of provisioned dashboards back; nil: they cannot be
	// changed.
	Provisioner store.Provisioner
	// Home is the uid of the dashboard that whoever asks wants to see first; empty,
	// or nil: DefaultHome.
	Home func(context.Context) string
	// DefaultHome is a uid.
	DefaultHome string
	// DataSource finds a data source by the name that old dashboards have; nil: none
	// is known.
	DataSource func(name string) (dashboard.DataSourceRef, bool)
	// Gallery is the address of the site that has published dashboards; empty:
	// grafana.com.
	Gallery string
}

// Dashboards answers about dashboards, folders, searches, stars and annotations.
// Addresses in its answers begin below the route prefix.
type Dashboards struct {
	DashboardsOptions
	migrated *migrations
}

// NewDashboards makes the API.
func NewDashboards(o DashboardsOptions) *Dashboards {
	return &Dashboards{o, newMigrations(dashboard.Migrator{DataSource: o.DataSource})}
}

// Follow forgets, until the context ends, what depends on data sources when they
// change.
func (a *Dashboards) Follow(ctx context.Context, hub *events.Hub) {
	told, end := hub.Subscribe(16)
	defer end()
	for {
		select {
		case <-ctx.Done():
			return
		case e := <-told:
			if e.Name == events.DataSourcesChanged {
				a.migrated.forget()
			}
		}
	}
}

// Routes is the routing table.
func (a *Dashboards) Routes() []auth.Route {
	return []auth.Route{
		{Methods: "GET", Path: "/api/search", Role: auth.Viewer, Handler: a.search},
		{Methods: "GET", Path: "/api/search/sorting", Role: auth.Viewer, Handler: a.sorting},

		{Methods: "POST", Path: "/api/dashboards/db", Role: auth.Editor, MaxBodyBytes: maxDashboardBytes, Handler: a.save},
		{Methods: "POST", Path: "/api/dashboards/import", Role: auth.Editor, MaxBodyBytes: maxDashboardBytes, Handler: a.importDashboard},
		{Methods: "GET", Path: "/api/dashboards/home", Role: auth.Viewer, Handler: a.home},
		{Methods: "GET", Path: "/api/dashboards/tags", Role: auth.Viewer, Handler: a.tags},
		{Methods: "POST", Path: "/api/dashboards/calculate-diff", Role: auth.Editor, MaxBodyBytes: maxDashboardBytes, Handler: a.calculateDiff},
		{Methods: "GET", Path: "/api/dashboards/uid/{uid}", Role: auth.Viewer, Handler: a.of(a.get)},
		{Methods: "DELETE", Path: "/api/dashboards/uid/{uid}", Role: auth.Editor, Handler: a.of(a.remove)},
		{Methods: "GET", Path: "/api/dashboards/uid/{uid}/versions", Role: auth.Viewer, Handler: a.of(a.versions)},
		{Methods: "GET", Path: "/api/dashboards/uid/{uid}/versions/{version}", Role: auth.Viewer, Handler: a.of(a.version)},
		{Methods: "POST", Path: "/api/dashboards/uid/{uid}/restore", Role: auth.Editor, Handler: a.of(a.restore)},
		{Methods: "GET", Path: "/api/dashboards/uid/{uid}/permissions", Role: auth.Viewer, Handler: a.of(a.permissions)},
		{Methods: "GET", Path: "/api/dashboards/id/{id}/versions", Role: auth.Viewer, Handler: a.of(a.versions)},
		{Methods: "GET", Path: "/api/dashboards/id/{id}/versions/{version}", Role: auth.Viewer, Handler: a.of(a.version)},
		{Methods: "POST", Path: "/api/dashboards/id/{id}/restore", Role: auth.Editor, Handler: a.of(a.restore)},
		{Methods: "GET", Path: "/api/dashboards/id/{id}/permissions", Role: auth.Viewer, Handler: a.of(a.permissions)},

		{Methods: "GET", Path: "/api/folders", Role: auth.Viewer, Handler: a.listFolders},
		{Methods: "POST", Path: "/api/folders", Role: auth.Editor, Handler: a.createFolder},
		{Methods: "GET", Path: "/api/folders/{uid}", Role: auth.Viewer, Handler: a.getFolder},
		{Methods: "PUT", Path: "/api/folders/{uid}", Role: auth.Editor, Handler: a.updateFolder},
		{Methods: "DELETE", Path: "/api/folders/{uid}", Role: auth.Editor, Handler: a.deleteFolder},
		{Methods: "POST", Path: "/api/folders/{uid}/move", Role: auth.Editor, Handler: a.moveFolder},
		// Also /api/folders/id/{id}, which the router cannot tell from a folder "id".
		{Methods: "GET", Path: "/api/folders/{uid}/{part}", Role: auth.Viewer, Handler: a.folderPart},

		{Methods: "GET", Path: "/api/user/stars", Role: auth.Viewer, Handler: a.stars},
		{Methods: "POST", Path: "/api/user/stars/dashboard/uid/{uid}", Role: auth.Viewer, Handler: a.star(true)},
		{Methods: "DELETE", Path: "/api/user/stars/dashboard/uid/{uid}", Role: auth.Viewer, Handler: a.star(false)},

		{Methods: "GET", Path: "/api/annotations", Role: auth.Viewer, Handler: a.annotations},
		{Methods: "POST", Path: "/api/annotations", Role: auth.Editor, Handler: a.annotate},
		{Methods: "POST", Path: "/api/annotations/graphite", Role: auth.Editor, Handler: a.annotateGraphite},
		{Methods: "POST", Path: "/api/annotations/mass-delete", Role: auth.Editor, Handler: a.deleteAnnotations},
		{Methods: "GET", Path: "/api/annotations/tags", Role: auth.Viewer, Handler: a.annotationTags},
		{Methods: "GET", Path: "/api/annotations/{id}", Role: auth.Viewer, Handler: a.annotation},
		{Methods: "PUT", Path: "/api/annotations/{id}", Role: auth.Editor, Handler: a.putAnnotation},
		{Methods: "PATCH", Path: "/api/annotations/{id}", Role: auth.Editor, Handler: a.patchAnnotation},
		{Methods: "DELETE", Path: "/api/annotations/{id}", Role: auth.Editor, Handler: a.deleteAnnotation},

		{Methods: "GET", Path: "/api/gnet/dashboards/{id}", Role: auth.Editor, Handler: a.published},
		{Methods: "GET", Path: "/api/library-elements", Role: auth.Viewer, Handler: libraryElements},

		{Methods: "GET", Path: "/api/monopod/v1/dashboards/{uid}", Role: auth.Viewer, Handler: a.of(a.ownGet)},
		{Methods: "POST", Path: "/api/monopod/v1/dashboards", Role: auth.Editor, MaxBodyBytes: maxDashboardBytes, Handler: a.ownSave},
		{Methods: "GET", Path: "/api/monopod/v1/dashboards/{uid}/diff", Role: auth.Viewer, Handler: a.of(a.diff)},
		{Methods: "POST", Path: "/api/monopod/v1/dashboards/migrate", Role: auth.Editor, MaxBodyBytes: maxDashboardBytes, Handler: a.preview},
		{Methods: "GET", Path: "/api/monopod/v1/dashboards/{uid}/source", Role: auth.Viewer, Handler: a.of(a.source)},
	}
}

// of finds the dashboard that the path names.
func (a *Dashboards) of(h func(http.ResponseWriter, *http.Request, store.Dashboard)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var d store.Dashboard
		var err error
		if uid := r.PathValue("uid"); uid != "" {
			d, err = a.Store.ByUID(r.Context(), uid)
		} else if id, ok := pathNumber(w, r, "id"); ok {
			d, err = a.Store.ByID(r.Context(), id)
		} else {
			return
		}
		if err != nil {
			failWith(w, err)
			return
		}
		h(w, r, d)
	}
}

func dashboardPath(uid, slug string) string { return "/d/" + uid + "/" + url.PathEscape(slug) }

func folderPath(uid, slug string) string { return "/dashboards/f/" + uid + "/" + url.PathEscape(slug) }

// noTime is how Grafana writes that there is none.
const noTime = "0001-01-01T00:00:00Z"

// meta is what Grafana says of a dashboard beside its JSON.
type meta struct {
	Type                   string         `json:"type"`
	CanSave                bool           `json:"canSave"`
	CanEdit                bool           `json:"canEdit"`
	CanAdmin               bool           `json:"canAdmin"`
	CanStar                bool           `json:"canStar"`
	CanDelete              bool           `json:"canDelete"`
	Slug                   string         `json:"slug"`
	URL                    string         `json:"url"`
	Expires                string         `json:"expires"`
	Created                time.Time      `json:"created"`
	Updated                time.Time      `json:"updated"`
	UpdatedBy              string         `json:"updatedBy"`
	CreatedBy              string         `json:"createdBy"`
	Version                int            `json:"version"`
	HasACL                 bool           `json:"hasAcl"`
	IsFolder               bool           `json:"isFolder"`
	IsStarred              bool           `json:"isStarred"`
	IsHome                 bool           `json:"isHome,omitempty"`
	FolderID               int64          `json:"folderId"`
	FolderUID              string         `json:"folderUid"`
	FolderTitle            string         `json:"folderTitle"`
	FolderURL              string         `json:"folderUrl"`
	Provisioned            bool           `json:"provisioned"`
	ProvisionedExternalID  string         `json:"provisionedExternalId"`
	AnnotationsPermissions annotationsMay `json:"annotationsPermissions"`
}

type annotationsMay struct {
	Dashboard    annotationMay `json:"dashboard"`
	Organization annotationMay `json:"organization"`
}

type annotationMay struct {
	CanAdd    bool `json:"canAdd"`
	CanEdit   bool `json:"canEdit"`
	CanDelete bool `json:"canDelete"`
}

func (a *Dashboards) metaOf(ctx context.Context, d store.Dashboard) (meta, error) {
	who := auth.FromContext(ctx)
	edits := who.Role >= auth.Editor
	may := annotationMay{edits, edits, edits}
	m := meta{
		Type: "db", CanSave: edits, CanEdit: edits, CanAdmin: who.Role >= auth.Admin, CanStar: who.UserID != 0,
		CanDelete: edits && d.Provenance == nil, Slug: d.Slug(), URL: dashboardPath(d.UID, d.Slug()), Expires: noTime,
		Created: d.Created, Updated: d.Updated, UpdatedBy: d.UpdatedBy, CreatedBy: d.CreatedBy, Version: d.Version,
		FolderID: d.FolderID, FolderUID: d.FolderUID, FolderTitle: d.FolderTitle,
		AnnotationsPermissions: annotationsMay{may, may},
	}
	if d.FolderUID == "" {
		m.FolderTitle = "General"
	} else {
		m.FolderURL = folderPath(d.FolderUID, store.Slug(d.FolderTitle))
	}
	if d.Provenance != nil {
		m.Provisioned, m.ProvisionedExternalID = true, d.Provenance.File
	}
	var err error
	m.IsStarred, err = a.isStarred(ctx, d)
	return m, err
}

func (a *Dashboards) isStarred(ctx context.Context, d store.Dashboard) (bool, error) {
	user := auth.FromContext(ctx).UserID
	if user == 0 {
		return false, nil
	}
	hits, err := a.Store.Search(ctx, store.Search{UIDs: []string{d.UID}, StarredBy: user, Kind: store.KindDashboard, Limit: 1})
	return len(hits) > 0, err
}

// stamped is a source as Grafana hands it out: with the id, uid and version that the
// store has given it.
func stamped(source []byte, d store.Dashboard, version int) (json.RawMessage, error) {
	if o, err := store.ReadOutline(source); err != nil || o.IsResource {
		return source, err
	}
	return store.Set(source, store.Setting{Key: "id", Value: d.ID}, store.Setting{Key: "uid", Value: d.UID}, store.Setting{Key: "version", Value: version})
}

type fullDashboard struct {
	Meta      meta            `json:"meta"`
	Dashboard json.RawMessage `json:"dashboard"`
}

func (a *Dashboards) full(ctx context.Context, d store.Dashboard) (fullDashboard, error) {
	m, err := a.metaOf(ctx, d)
	if err != nil {
		return fullDashboard{}, err
	}
	source, err := a.Store.Source(ctx, d)
	if err != nil {
		return fullDashboard{}, err
	}
	source, err = stamped(source, d, d.Version)
	return fullDashboard{m, source}, err
}

func (a *Dashboards) get(w http.ResponseWriter, r *http.Request, d store.Dashboard) {
	answer, err := a.full(r.Context(), d)
	if err != nil {
		failWith(w, err)
		return
	}
	respond(w, http.StatusOK, answer)
}

// homeAnswer has the uid beside what Grafana answers: where to go, or what to show.
type homeAnswer struct {
	UID         string `json:"uid"`
	RedirectURI string `json:"redirectUri,omitempty"`
	*fullDashboard
}

func (a *Dashboards) home(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	if a.Home != nil {
		if uid := a.Home(ctx); uid != "" {
			// One that is gone since it was chosen is as if none had been.
			if d, err := a.Store.ByUID(ctx, uid); err == nil {
				respond(w, http.StatusOK, homeAnswer{UID: d.UID, RedirectURI: dashboardPath(d.UID, d.Slug())})
				return
			}
		}
	}
	d, err := a.Store.ByUID(ctx, a.DefaultHome)
	if err != nil {
		failWith(w, err)
		return
	}
	answer, err := a.full(ctx, d)
	if err != nil {
		failWith(w, err)
		return
	}
	answer.Meta.IsHome = true
	respond(w, http.StatusOK, homeAnswer{UID: d.UID, fullDashboard: &answer})
}

func (a *Dashboards) remove(w http.ResponseWriter, r *http.Request, d store.Dashboard) {
	if _, err := a.Store.Delete(r.Context(), d.UID, auth.FromContext(r.Context()).Actor()); err != nil {
		failWith(w, err)
		return
	}
	respond(w, http.StatusOK, struct {
		Title   string `json:"title"`
		Message string `json:"message"`
		ID      int64  `json:"id"`
		UID     string `json:"uid"`
	}{d.Title, "Dashboard " + d.Title + " deleted", d.ID, d.UID})
}

// permission is one of the roles: there are no others.
type permission struct {
	DashboardID    int64  `json:"dashboardId,omitempty"`
	Created        string `json:"created"`
	Updated        string `json:"updated"`
	UserID         int64  `json:"userId"`
	UserLogin      string `json:"userLogin"`
	UserEmail      string `json:"userEmail"`
	TeamID         int64  `json:"teamId"`
	Team           string `json:"team"`
	Role           string `json:"role"`
	Permission     int    `json:"permission"`
	PermissionName string `json:"permissionName"`
	UID            string `json:"uid"`
	Title          string `json:"title"`
	Slug           string `json:"slug"`
	IsFolder       bool   `json:"isFolder"`
	URL            string `json:"url"`
	Inherited      bool   `json:"inherited"`
}

// permissionsOf says that Viewers see and Editors change.
func permissionsOf(p permission) []permission {
	p.Created, p.Updated = noTime, noTime
	view, edit := p, p
	view.Role, view.Permission, view.PermissionName = auth.Viewer.String(), 1, "View"
	edit.Role, edit.Permission, edit.PermissionName = auth.Editor.String(), 2, "Edit"
	return []permission{view, edit}
}

func (a *Dashboards) permissions(w http.ResponseWriter, _ *http.Request, d store.Dashboard) {
	respond(w, http.StatusOK, permissionsOf(permission{
		DashboardID: d.ID, UID: d.UID, Title: d.Title, Slug: d.Slug(), URL: dashboardPath(d.UID, d.Slug()),
	}))
}

// libraryElements answers that there are none: panels that a library holds are
// written out in the dashboards that Monopod reads.
func libraryElements(w http.ResponseWriter, r *http.Request) {
	type result struct {
		TotalCount int   `json:"totalCount"`
		Page       int64 `json:"page"`
		PerPage    int64 `json:"perPage"`
		Elements   []any `json:"elements"`
	}
	respond(w, http.StatusOK, map[string]any{
		"result": result{Page: number(r, "page", 1), PerPage: number(r, "perPage", 100), Elements: []any{}},
	})
}
