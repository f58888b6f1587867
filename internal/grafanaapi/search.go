package grafanaapi

import (
	"net/http"
	"strconv"
	"strings"

	"monopod/internal/auth"
	"monopod/internal/dashboard/store"
)

const (
	searchLimit    = 1000
	maxSearchLimit = 5000
)

// hit is one line of what a search found.
type hit struct {
	ID          int64    `json:"id"`
	UID         string   `json:"uid"`
	OrgID       int64    `json:"orgId"`
	Title       string   `json:"title"`
	URI         string   `json:"uri"`
	URL         string   `json:"url"`
	Slug        string   `json:"slug"`
	Type        string   `json:"type"`
	Tags        []string `json:"tags"`
	IsStarred   bool     `json:"isStarred"`
	FolderID    int64    `json:"folderId,omitempty"`
	FolderUID   string   `json:"folderUid,omitempty"`
	FolderTitle string   `json:"folderTitle,omitempty"`
	FolderURL   string   `json:"folderUrl,omitempty"`
	SortMeta    int      `json:"sortMeta"`
	IsDeleted   bool     `json:"isDeleted"`
}

func hitOf(h store.Hit) hit {
	slug := store.Slug(h.Title)
	out := hit{
		ID: h.ID, UID: h.UID, OrgID: 1, Title: h.Title, URI: "db/" + slug, Type: h.Kind, Tags: h.Tags, IsStarred: h.IsStarred,
		FolderID: h.FolderID, FolderUID: h.FolderUID, FolderTitle: h.FolderTitle, URL: dashboardPath(h.UID, slug),
	}
	if h.Kind == store.KindFolder {
		out.URL = folderPath(h.UID, slug)
	}
	if h.FolderUID != "" {
		out.FolderURL = folderPath(h.FolderUID, store.Slug(h.FolderTitle))
	}
	return out
}

func (a *Dashboards) search(w http.ResponseWriter, r *http.Request) {
	p := r.URL.Query()
	user := auth.FromContext(r.Context()).UserID
	q := store.Search{
		Words: strings.Fields(p.Get("query")), Tags: p["tag"], Kind: p.Get("type"), User: user,
		Folders: nonEmpty(append(p["folderUIDs"], p["folderUids"]...)), UIDs: nonEmpty(append(p["dashboardUIDs"], p["dashboardUID"]...)),
		Descending: p.Get("sort") == "alpha-desc",
	}
	for _, text := range append(p["dashboardIds"], p["dashboardId"]...) {
		if id, err := strconv.ParseInt(text, 10, 64); err == nil {
			q.IDs = append(q.IDs, id)
		}
	}
	for _, text := range p["folderIds"] {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			continue
		}
		uid := store.Top
		if id != 0 {
			f, err := a.Store.FolderByID(r.Context(), id)
			if err != nil {
				uid = "\x00" // no folder has it: it holds nothing
			} else {
				uid = f.UID
			}
		}
		q.Folders = append(q.Folders, uid)
	}
	switch q.Kind {
	case "", store.KindDashboard, store.KindFolder:
	default:
		respond(w, http.StatusOK, []hit{})
		return
	}
	if p.Get("starred") == "true" {
		if user == 0 {
			respond(w, http.StatusOK, []hit{})
			return
		}
		q.StarredBy = user
	}
	limit := number(r, "limit", searchLimit)
	if limit > maxSearchLimit {
		fail(w, http.StatusUnprocessableEntity, "Limit is above maximum allowed (%d), use page parameter to access hits beyond limit", maxSearchLimit)
		return
	}
	if limit <= 0 {
		limit = searchLimit
	}
	q.Limit, q.Skip = int(limit), int((max(1, number(r, "page", 1))-1)*limit)
	found, err := a.Store.Search(r.Context(), q)
	if err != nil {
		failWith(w, err)
		return
	}
	out := make([]hit, len(found))
	for i, h := range found {
		out[i] = hitOf(h)
	}
	respond(w, http.StatusOK, out)
}

func nonEmpty(values []string) []string {
	var out []string
	for _, v := range values {
		if v != "" {
			out = append(out, v)
		}
	}
	return out
}

func (a *Dashboards) sorting(w http.ResponseWriter, _ *http.Request) {
	type option struct {
		Name        string `json:"name"`
		DisplayName string `json:"displayName"`
		Description string `json:"description"`
		Meta        string `json:"meta"`
	}
	respond(w, http.StatusOK, map[string][]option{"sortOptions": {
		{"alpha-asc", "Alphabetically (A–Z)", "Sort results in an alphabetically ascending order", ""},
		{"alpha-desc", "Alphabetically (Z–A)", "Sort results in an alphabetically descending order", ""},
	}})
}

// tagCount is how often a tag is used.
type tagCount struct {
	Term  string `json:"term"`
	Count int    `json:"count"`
}

func (a *Dashboards) tags(w http.ResponseWriter, r *http.Request) {
	found, err := a.Store.Tags(r.Context())
	if err != nil {
		failWith(w, err)
		return
	}
	out := make([]tagCount, len(found))
	for i, t := range found {
		out[i] = tagCount{t.Tag, t.Count}
	}
	respond(w, http.StatusOK, out)
}

func (a *Dashboards) stars(w http.ResponseWriter, r *http.Request) {
	uids, err := a.Store.Stars(r.Context(), auth.FromContext(r.Context()).UserID)
	if err != nil {
		failWith(w, err)
		return
	}
	respond(w, http.StatusOK, uids)
}

// star marks a dashboard, or takes the mark away. Stars belong to users.
func (a *Dashboards) star(starred bool) http.HandlerFunc {
	text := "Dashboard unstarred"
	if starred {
		text = "Dashboard starred!"
	}
	return func(w http.ResponseWriter, r *http.Request) {
		who := auth.FromContext(r.Context())
		if who.Anonymous() {
			fail(w, http.StatusUnauthorized, "Log in to star dashboards")
			return
		}
		if who.UserID == 0 {
			fail(w, http.StatusBadRequest, "Only users can star dashboards")
			return
		}
		if err := a.Store.Star(r.Context(), who.UserID, r.PathValue("uid"), starred); err != nil {
			failWith(w, err)
			return
		}
		respond(w, http.StatusOK, message{Message: text})
	}
}
