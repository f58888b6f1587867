package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Version is one state of a dashboard.
type Version struct {
	ID     int64
	Number int
	Parent int
	// RestoredFrom is the version that this one repeats, or 0.
	RestoredFrom int
	Message      string
	Created      time.Time
	CreatedBy    string
	// Source is nil in lists.
	Source []byte
}

// Versions lists a dashboard's versions, the newest first, at most so many, without
// the first ones that are skipped.
func (s *Store) Versions(ctx context.Context, d Dashboard, limit, skip int) ([]Version, error) {
	out := []Version{}
	err := each(ctx, s.db.Read(), func(r *sql.Rows) error {
		var v Version
		var created int64
		err := r.Scan(&v.ID, &v.Number, &v.Parent, &v.RestoredFrom, &v.Message, &created, &v.CreatedBy)
		v.Created = fromMilliseconds(created)
		out = append(out, v)
		return err
	}, `SELECT id, version, parent, restored_from, message, created, created_by FROM dashboard_versions
		WHERE dashboard = ? ORDER BY version DESC LIMIT ? OFFSET ?`, d.ID, limit, skip)
	return out, err
}

// Version reads one version with its source.
func (s *Store) Version(ctx context.Context, d Dashboard, number int) (Version, error) {
	return readVersion(ctx, s.db.Read(), d.ID, number)
}

func readVersion(ctx context.Context, q querier, dashboard int64, number int) (Version, error) {
	var v Version
	var created int64
	var packed []byte
	err := q.QueryRowContext(ctx, `SELECT id, version, parent, restored_from, message, created, created_by, source
		FROM dashboard_versions WHERE dashboard = ? AND version = ?`, dashboard, number).
		Scan(&v.ID, &v.Number, &v.Parent, &v.RestoredFrom, &v.Message, &created, &v.CreatedBy, &packed)
	if errors.Is(err, sql.ErrNoRows) {
		return v, ErrVersionNotFound
	}
	if err != nil {
		return v, err
	}
	v.Created = fromMilliseconds(created)
	v.Source, err = unpack(packed)
	return v, err
}
