// Package store keeps dashboards and what belongs to them in the state file.
//
// The nouns:
//
//   - A source is the JSON of a dashboard as somebody wrote it. It is kept byte for
//     byte; only its "uid" and "version" are set when a person saves it, as in
//     Grafana. Nothing here knows what stands in it beside title, uid and tags.
//   - A version is a source with who saved it, when and why. The newest one is what
//     the dashboard is.
//   - A folder holds dashboards and folders. The empty uid means the top, which
//     Grafana calls General.
//   - A dashboard is provisioned when something outside of the store says what it is:
//     a file, or the program itself. Its Provenance tells what, and a Provisioner
//     carries what people change back to there.
//
// All changes go through one lock, so that what a Provisioner writes outside and
// what stands here are one step, and each is told to the hub when it is stored.
package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"time"
	"unicode"

	"monopod/internal/events"
	"monopod/internal/state"
)

// What callers tell apart. The texts are Grafana's where it has one.
var (
	ErrNotFound        = errors.New("Dashboard not found")
	ErrVersionNotFound = errors.New("Dashboard version not found")
	ErrFolderNotFound  = errors.New("Folder not found")
	//lint:ignore ST1005 it is shown as it is
	ErrNameExists = errors.New("A dashboard with the same name in the folder already exists")
	//lint:ignore ST1005 it is shown as it is
	ErrUIDExists  = errors.New("A dashboard with the same uid already exists")
	ErrEmptyTitle = errors.New("Dashboard title cannot be empty")
	ErrBadUID     = errors.New("uid contains illegal characters")
	ErrLongUID    = errors.New("uid too long, max 40 characters")
	ErrBadSource  = errors.New("the dashboard cannot be read")
	// ErrCannotSaveBack is in the error of a change to a provisioned dashboard that
	// nothing can carry back.
	//lint:ignore ST1005 it is shown as it is
	ErrCannotSaveBack = errors.New("Cannot save provisioned dashboard")
	ErrProvisioned    = errors.New("provisioned dashboard cannot be deleted")

	ErrFolderExists     = errors.New("a folder with the same name already exists in the current location")
	ErrFolderUIDExists  = errors.New("a folder with the same uid already exists")
	ErrFolderEmptyTitle = errors.New("folder title cannot be empty")
	//lint:ignore ST1005 it is shown as it is
	ErrFolderChanged = errors.New("The folder has been changed by someone else")
	ErrFolderDepth   = fmt.Errorf("folders can be nested %d deep at most", maxFolderDepth)
	ErrFolderLoop    = errors.New("a folder cannot be moved into itself or one of its own folders")
	ErrFolderHeld    = errors.New("folder holds provisioned dashboards, which cannot be deleted")

	ErrAnnotationNotFound = errors.New("Annotation not found")
)

// VersionMismatch is the error of a change that does not build on the newest
// version.
type VersionMismatch struct{ Current Dashboard }

func (*VersionMismatch) Error() string { return "The dashboard has been changed by someone else" }

// Options of a Store.
type Options struct {
	DB *state.DB
	// Hub hears of every change; nil: nobody does.
	Hub *events.Hub
	// KeepVersions of each dashboard; default 100.
	KeepVersions int
	Now          func() time.Time // default time.Now
}

// Store is the dashboards of one program. Its methods may be called from many
// goroutines.
type Store struct {
	db   *state.DB
	hub  *events.Hub
	keep int
	now  func() time.Time
	// changing is held through every change, also while a Provisioner writes.
	changing sync.Mutex
}

// New brings the tables up to date.
func New(ctx context.Context, o Options) (*Store, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.KeepVersions <= 0 {
		o.KeepVersions = 100
	}
	if err := o.DB.Migrate(ctx, "dashboards", dashboardSteps); err != nil {
		return nil, err
	}
	if err := o.DB.Migrate(ctx, "annotations", annotationSteps); err != nil {
		return nil, err
	}
	return &Store{db: o.DB, hub: o.Hub, keep: o.KeepVersions, now: o.Now}, nil
}

// change runs a transaction that may be the only one of its kind.
func (s *Store) change(ctx context.Context, what string, f func(*sql.Tx) error) error {
	s.changing.Lock()
	defer s.changing.Unlock()
	if err := s.db.Update(ctx, f); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// querier reads, within a change or beside it.
type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// each calls for every row of a query.
func each(ctx context.Context, q querier, row func(*sql.Rows) error, query string, args ...any) error {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close() //nolint:errcheck // Err has what matters
	for rows.Next() {
		if err := row(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// list is a set of values for `IN (…)`.
func list[T any](values []T) (marks string, args []any) {
	args = make([]any, len(values))
	for i, v := range values {
		args[i] = v
	}
	return strings.TrimSuffix(strings.Repeat("?,", len(values)), ","), args
}

func fromMilliseconds(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

const maxUIDLength = 40

var goodUID = regexp.MustCompile(`^[a-zA-Z0-9_-]*$`)

func checkUID(uid string) error {
	switch {
	case len(uid) > maxUIDLength:
		return ErrLongUID
	case !goodUID.MatchString(uid):
		return ErrBadUID
	}
	return nil
}

// newUID is 14 letters and digits, a letter first, as Grafana's are.
func newUID() string {
	const letters = "abcdefghijklmnopqrstuvwxyz"
	const all = letters + "0123456789"
	var b [14]byte
	rand.Read(b[:]) //nolint:errcheck // never fails
	for i, c := range b {
		if i == 0 {
			b[i] = letters[int(c)%len(letters)]
		} else {
			b[i] = all[int(c)%len(all)]
		}
	}
	return string(b[:])
}

// Slug is the readable end of a dashboard's address.
func Slug(title string) string {
	var b strings.Builder
	gap := false
	for _, r := range strings.ToLower(title) {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			gap = b.Len() > 0
			continue
		}
		if gap {
			b.WriteByte('-')
			gap = false
		}
		b.WriteRune(r)
	}
	if b.Len() == 0 {
		return "-"
	}
	return b.String()
}

// folded is a text as it is searched.
func folded(text string) string { return strings.ToLower(text) }
