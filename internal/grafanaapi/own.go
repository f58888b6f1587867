package grafanaapi

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"monopod/internal/auth"
	"monopod/internal/dashboard"
	"monopod/internal/dashboard/store"
)

// ownMeta is what the UI wants to know of a dashboard.
type ownMeta struct {
	UID         string         `json:"uid"`
	Slug        string         `json:"slug"`
	URL         string         `json:"url"`
	Title       string         `json:"title"`
	FolderUID   string         `json:"folderUid"`
	FolderTitle string         `json:"folderTitle"`
	Version     int            `json:"version"`
	Created     time.Time      `json:"created"`
	CreatedBy   string         `json:"createdBy"`
	Updated     time.Time      `json:"updated"`
	UpdatedBy   string         `json:"updatedBy"`
	CanSave     bool           `json:"canSave"`
	CanEdit     bool           `json:"canEdit"`
	CanDelete   bool           `json:"canDelete"`
	IsStarred   bool           `json:"isStarred"`
	Provisioned *ownProvenance `json:"provisioned"`
}

// ownProvenance tells where a change of a provisioned dashboard goes.
type ownProvenance struct {
	File     string `json:"file"`
	Provider string `json:"provider"`
	SaveBack string `json:"saveBack"`
}

func (a *Dashboards) ownMeta(ctx context.Context, d store.Dashboard) (ownMeta, error) {
	edits := auth.FromContext(ctx).Role >= auth.Editor
	m := ownMeta{
		UID: d.UID, Slug: d.Slug(), URL: dashboardPath(d.UID, d.Slug()), Title: d.Title, FolderUID: d.FolderUID, FolderTitle: d.FolderTitle,
		Version: d.Version, Created: d.Created, CreatedBy: d.CreatedBy, Updated: d.Updated, UpdatedBy: d.UpdatedBy,
		CanSave: edits, CanEdit: edits, CanDelete: edits && d.Provenance == nil,
	}
	if p := d.Provenance; p != nil {
		m.Provisioned = &ownProvenance{p.File, p.Provider, p.SaveBack}
	}
	var err error
	m.IsStarred, err = a.isStarred(ctx, d)
	return m, err
}

// ownGet answers the migrated form, with the uid and version of the store.
func (a *Dashboards) ownGet(w http.ResponseWriter, r *http.Request, d store.Dashboard) {
	ctx := r.Context()
	source, err := a.Store.Source(ctx, d)
	if err != nil {
		failWith(w, err)
		return
	}
	m, err := a.migrated.of(source)
	if err != nil {
		fail(w, http.StatusUnprocessableEntity, "The dashboard %q cannot be drawn: %v", d.Title, err)
		return
	}
	stamped, err := store.Set(m.dashboard, store.Setting{Key: "uid", Value: d.UID}, store.Setting{Key: "version", Value: d.Version})
	if err != nil {
		failWith(w, err)
		return
	}
	meta, err := a.ownMeta(ctx, d)
	if err != nil {
		failWith(w, err)
		return
	}
	respond(w, http.StatusOK, struct {
		Dashboard json.RawMessage     `json:"dashboard"`
		Meta      ownMeta             `json:"meta"`
		Verdicts  []dashboard.Verdict `json:"verdicts"`
	}{stamped, meta, m.verdicts})
}

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

// preview migrates a dashboard that is not stored: the body.
func (a *Dashboards) preview(w http.ResponseWriter, r *http.Request) {
	body, ok := readBody(w, r)
	if !ok {
		return
	}
	m, err := a.migrated.migrate(body)
	if err != nil {
		fail(w, http.StatusBadRequest, "%v", err)
		return
	}
	if m.Verdicts == nil {
		m.Verdicts = []dashboard.Verdict{}
	}
	if m.Inputs == nil {
		m.Inputs = []dashboard.Input{}
	}
	respond(w, http.StatusOK, struct {
		Dashboard json.RawMessage     `json:"dashboard"`
		Verdicts  []dashboard.Verdict `json:"verdicts"`
		Inputs    []dashboard.Input   `json:"inputs"`
		Summary   summary             `json:"summary"`
	}{m.Dashboard, m.Verdicts, m.Inputs, summaryOf(m.Summary)})
}

// summary is what an import shows of a dashboard before it is stored.
type summary struct {
	ID            int64    `json:"id"`
	UID           string   `json:"uid"`
	Title         string   `json:"title"`
	Tags          []string `json:"tags"`
	SchemaVersion int      `json:"schemaVersion"`
	Version       int      `json:"version"`
	Panels        int      `json:"panels"`
}

func summaryOf(s dashboard.Summary) summary {
	if s.Tags == nil {
		s.Tags = []string{}
	}
	return summary{s.ID, s.UID, s.Title, s.Tags, s.SchemaVersion, s.Version, s.Panels}
}

// ownSaved is the answer to ownSave. Outcome is one of the store's.
type ownSaved struct {
	UID     string `json:"uid"`
	Version int    `json:"version"`
	URL     string `json:"url"`
	Outcome string `json:"outcome"`
	File    string `json:"file,omitempty"`
	Patch   string `json:"patch,omitempty"`
}

// ownSave carries what was edited in the migrated form over to the source.
func (a *Dashboards) ownSave(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Dashboard   json.RawMessage `json:"dashboard"`
		BaseVersion int             `json:"baseVersion"`
		FolderUID   string          `json:"folderUid"`
		Message     string          `json:"message"`
		Overwrite   bool            `json:"overwrite"`
	}
	if !receive(w, r, &body) {
		return
	}
	o, ok := outlineOf(w, body.Dashboard)
	if !ok {
		return
	}
	c := store.Save{
		UID: o.UID, FolderUID: body.FolderUID, BaseVersion: body.BaseVersion, Overwrite: body.Overwrite, Message: body.Message,
	}
	if c.FolderUID == store.Top {
		c.FolderUID = ""
	}
	var err error
	if c.Source, err = a.sourceOf(r.Context(), body.Dashboard, o.UID, body.BaseVersion, body.Overwrite); err != nil {
		failWith(w, err)
		return
	}
	d, outcome, err := a.keep(r.Context(), c)
	switch {
	case errors.Is(err, store.ErrFolderNotFound):
		fail(w, http.StatusBadRequest, "folder not found")
	case err != nil:
		failWith(w, err)
	default:
		respond(w, http.StatusOK, ownSaved{d.UID, d.Version, dashboardPath(d.UID, d.Slug()), outcome.Kind, outcome.File, outcome.Patch})
	}
}

// sourceOf is the source that an edited dashboard becomes: of a new one itself,
// otherwise the version that was edited with the changes. A dashboard that is gone
// comes back where whoever saves wants to overwrite.
func (a *Dashboards) sourceOf(ctx context.Context, edited json.RawMessage, uid string, baseVersion int, overwrite bool) ([]byte, error) {
	if uid == "" {
		return edited, nil
	}
	d, err := a.Store.ByUID(ctx, uid)
	if errors.Is(err, store.ErrNotFound) && (overwrite || baseVersion == 0) {
		return edited, nil
	}
	if err != nil {
		return nil, err
	}
	if d.Version != baseVersion && !overwrite {
		return nil, &store.VersionMismatch{Current: d}
	}
	base, err := a.Store.Version(ctx, d, baseVersion)
	if errors.Is(err, store.ErrVersionNotFound) {
		base, err = a.Store.Version(ctx, d, d.Version)
	}
	if err != nil {
		return nil, err
	}
	before, err := a.migrated.of(base.Source)
	if err != nil {
		return nil, &badDashboard{err}
	}
	if edited, err = withIdentityOf(edited, before.dashboard); err != nil {
		return nil, err
	}
	source, err := a.migrated.apply(base.Source, edited)
	if err != nil {
		return nil, &badDashboard{err}
	}
	return source, nil
}

// withIdentityOf gives the edited form the id, uid and version of the form before:
// the store says what they are, not who edits.
func withIdentityOf(edited, before json.RawMessage) (json.RawMessage, error) {
	var old, now map[string]json.RawMessage
	if err := errors.Join(json.Unmarshal(before, &old), json.Unmarshal(edited, &now)); err != nil {
		return nil, err
	}
	for _, key := range []string{"id", "uid", "version"} {
		if value, had := old[key]; had {
			now[key] = value
		} else {
			delete(now, key)
		}
	}
	return json.Marshal(now)
}
