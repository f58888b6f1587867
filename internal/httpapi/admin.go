package httpapi

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/timestamp"
	"github.com/prometheus/prometheus/promql/parser"
)

// StorageAdmin changes what is stored. Each change is durable on return.
type StorageAdmin interface {
	// Delete hides the samples from mint to maxt, in milliseconds, both included.
	Delete(ctx context.Context, mint, maxt int64, matchers ...*labels.Matcher) error
	// CleanTombstones gives back the space of what was deleted.
	CleanTombstones() error
	// Snapshot makes a copy in an empty directory that exists.
	Snapshot(dir string, withHead bool) error
}

var errAdminDisabled = errors.New("admin APIs disabled")

// admin deletes and copies data, where the user enabled it.
type admin struct {
	storage StorageAdmin // nil: disabled
	parser  parser.Parser
	dir     string
	now     func() time.Time
}

func (a *admin) deleteSeries(r *http.Request) result {
	if a.storage == nil {
		return fail(errorUnavailable, errAdminDisabled)
	}
	if err := r.ParseForm(); err != nil {
		return fail(errorBadData, fmt.Errorf("error parsing form values: %w", err))
	}
	selectors := r.Form["match[]"]
	if len(selectors) == 0 {
		return fail(errorBadData, errors.New("no match[] parameter provided"))
	}
	start, end, bad, err := rangeParams(r)
	if err != nil {
		return badParameter(bad, err)
	}
	sets := make([][]*labels.Matcher, len(selectors))
	for i, s := range selectors {
		if sets[i], err = a.parser.ParseMetricSelector(s); err != nil {
			return badParameter("match[]", err)
		}
	}
	for _, set := range sets {
		if err := a.storage.Delete(r.Context(), timestamp.FromTime(start), timestamp.FromTime(end), set...); err != nil {
			return fail(errorInternal, err)
		}
	}
	return result{}
}

func (a *admin) cleanTombstones(*http.Request) result {
	if a.storage == nil {
		return fail(errorUnavailable, errAdminDisabled)
	}
	if err := a.storage.CleanTombstones(); err != nil {
		return fail(errorInternal, err)
	}
	return result{}
}

func (a *admin) snapshot(r *http.Request) result {
	if a.storage == nil {
		return fail(errorUnavailable, errAdminDisabled)
	}
	skipHead := false
	if s := r.FormValue("skip_head"); s != "" {
		var err error
		if skipHead, err = strconv.ParseBool(s); err != nil {
			return badParameter("skip_head", fmt.Errorf("unable to parse boolean: %w", err))
		}
	}
	var random [8]byte
	_, _ = rand.Read(random[:]) // never fails
	name := a.now().UTC().Format("20060102T150405Z0700") + "-" + hex.EncodeToString(random[:])
	dir := filepath.Join(a.dir, "snapshots", name)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return fail(errorInternal, fmt.Errorf("create snapshot directory: %w", err))
	}
	if err := a.storage.Snapshot(dir, !skipHead); err != nil {
		return fail(errorInternal, fmt.Errorf("create snapshot: %w", err))
	}
	return ok(func(j *jsonWriter) {
		j.beginObject()
		j.key("name")
		j.str(name)
		j.endObject()
	})
}
