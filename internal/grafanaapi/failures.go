package grafanaapi

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"monopod/internal/dashboard"
	"monopod/internal/dashboard/store"
)

// failures are the answers to errors of the store.
var failures = []struct {
	err    error
	code   int
	status string
}{
	{store.ErrNotFound, http.StatusNotFound, "not-found"},
	{store.ErrVersionNotFound, http.StatusNotFound, "not-found"},
	{store.ErrNameExists, http.StatusPreconditionFailed, "name-exists"},
	{store.ErrUIDExists, http.StatusBadRequest, ""},
	{store.ErrEmptyTitle, http.StatusBadRequest, "empty-name"},
	{store.ErrBadUID, http.StatusBadRequest, ""},
	{store.ErrLongUID, http.StatusBadRequest, ""},
	{store.ErrBadSource, http.StatusBadRequest, ""},
	{store.ErrProvisioned, http.StatusBadRequest, ""},
	{store.ErrCannotSaveBack, http.StatusBadRequest, "provisioned"},
	{store.ErrFolderNotFound, http.StatusNotFound, "not-found"},
	{store.ErrFolderExists, http.StatusConflict, ""},
	{store.ErrFolderUIDExists, http.StatusConflict, ""},
	{store.ErrFolderEmptyTitle, http.StatusBadRequest, ""},
	{store.ErrFolderChanged, http.StatusPreconditionFailed, "version-mismatch"},
	{store.ErrFolderDepth, http.StatusBadRequest, ""},
	{store.ErrFolderLoop, http.StatusBadRequest, ""},
	{store.ErrFolderHeld, http.StatusBadRequest, ""},
	{store.ErrAnnotationNotFound, http.StatusNotFound, ""},
}

// mismatch is the answer to a change that does not build on the newest version.
type mismatch struct {
	message
	Current currentVersion `json:"current"`
}

type currentVersion struct {
	Version   int       `json:"version"`
	Updated   time.Time `json:"updated"`
	UpdatedBy string    `json:"updatedBy"`
}

// failWith answers what an error of the store means to who asked. The text is that
// of the sentinel where that says all, as clients compare it.
func failWith(w http.ResponseWriter, err error) {
	if old := (*store.VersionMismatch)(nil); errors.As(err, &old) {
		respond(w, http.StatusPreconditionFailed, mismatch{
			message{old.Error(), "version-mismatch"},
			currentVersion{old.Current.Version, old.Current.Updated, old.Current.UpdatedBy},
		})
		return
	}
	if bad := (*badDashboard)(nil); errors.As(err, &bad) {
		code := http.StatusBadRequest
		if errors.Is(err, dashboard.ErrTooLarge) {
			code = http.StatusRequestEntityTooLarge
		}
		fail(w, code, "%v", bad)
		return
	}
	for _, f := range failures {
		if !errors.Is(err, f.err) {
			continue
		}
		text := f.err.Error()
		if f.err == store.ErrBadSource || f.err == store.ErrCannotSaveBack {
			text = err.Error()
		}
		respond(w, f.code, message{text, f.status})
		return
	}
	if errors.Is(err, context.Canceled) {
		fail(w, http.StatusServiceUnavailable, "The request was cancelled")
		return
	}
	fail(w, http.StatusInternalServerError, "%v", err)
}

// pathNumber reads a number of the path. Where it returns false it has answered.
func pathNumber(w http.ResponseWriter, r *http.Request, name string) (int64, bool) {
	n, err := strconv.ParseInt(r.PathValue(name), 10, 64)
	if err != nil {
		fail(w, http.StatusBadRequest, "%s is invalid", name)
		return 0, false
	}
	return n, true
}
