package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"monopod/internal/events"
)

// Dashboard is what the store knows of one.
type Dashboard struct {
	ID          int64
	UID         string
	Title       string
	Tags        []string
	FolderUID   string
	FolderID    int64
	FolderTitle string
	Version     int
	// Checksum of the source, in hexadecimal.
	Checksum             string
	Created, Updated     time.Time
	CreatedBy, UpdatedBy string
	// Provenance is nil where people alone say what the dashboard is.
	Provenance *Provenance
}

// Slug is the readable end of the dashboard's address.
func (d *Dashboard) Slug() string { return Slug(d.Title) }

const dashboardColumns = `d.id, d.uid, d.title, d.folder, COALESCE(f.id, 0), COALESCE(f.title, ''), d.version, d.checksum,
	d.created, d.created_by, d.updated, d.updated_by, d.provider, d.file, d.file_checksum, d.save_back`

const dashboardTables = `dashboards d LEFT JOIN folders f ON f.uid = d.folder`

func scanDashboard(scan func(...any) error) (Dashboard, error) {
	var d Dashboard
	var p Provenance
	var created, updated int64
	err := scan(&d.ID, &d.UID, &d.Title, &d.FolderUID, &d.FolderID, &d.FolderTitle, &d.Version, &d.Checksum,
		&created, &d.CreatedBy, &updated, &d.UpdatedBy, &p.Provider, &p.File, &p.Checksum, &p.SaveBack)
	d.Created, d.Updated = fromMilliseconds(created), fromMilliseconds(updated)
	if p.Provider != "" {
		d.Provenance = &p
	}
	return d, err
}

func find(ctx context.Context, q querier, where string, args ...any) (Dashboard, error) {
	row := q.QueryRowContext(ctx, `SELECT `+dashboardColumns+` FROM `+dashboardTables+` WHERE `+where, args...)
	d, err := scanDashboard(row.Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return d, ErrNotFound
	}
	if err != nil {
		return d, err
	}
	err = each(ctx, q, func(r *sql.Rows) error {
		var tag string
		err := r.Scan(&tag)
		d.Tags = append(d.Tags, tag)
		return err
	}, `SELECT tag FROM dashboard_tags WHERE dashboard = ? ORDER BY tag`, d.ID)
	return d, err
}

// ByUID finds a dashboard.
func (s *Store) ByUID(ctx context.Context, uid string) (Dashboard, error) {
	return find(ctx, s.db.Read(), `d.uid = ?`, uid)
}

// ByID finds a dashboard.
func (s *Store) ByID(ctx context.Context, id int64) (Dashboard, error) {
	return find(ctx, s.db.Read(), `d.id = ?`, id)
}

// Source is the newest one of a dashboard.
func (s *Store) Source(ctx context.Context, d Dashboard) ([]byte, error) {
	v, err := s.Version(ctx, d, d.Version)
	return v.Source, err
}

// Delete removes a dashboard with its versions, stars and annotations. A
// provisioned one stays.
func (s *Store) Delete(ctx context.Context, uid, by string) (Dashboard, error) {
	var d Dashboard
	err := s.change(ctx, "delete the dashboard "+uid, func(tx *sql.Tx) error {
		var err error
		if d, err = find(ctx, tx, `d.uid = ?`, uid); err != nil {
			return err
		}
		if d.Provenance != nil {
			return ErrProvisioned
		}
		return remove(ctx, tx, d.ID)
	})
	if err == nil {
		s.tell(d, events.Deleted, by)
	}
	return d, err
}

func remove(ctx context.Context, tx *sql.Tx, id int64) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM dashboards WHERE id = ?`, id)
	return err
}

func (s *Store) tell(d Dashboard, change, by string) {
	s.hub.Publish(events.DashboardChanged, events.DashboardChange{
		UID: d.UID, Title: d.Title, Version: d.Version, Change: change, By: by,
	})
}

// write stores d and its source as the version that d names.
func write(ctx context.Context, tx *sql.Tx, d *Dashboard, v Version) error {
	packed, err := pack(v.Source)
	if err != nil {
		return err
	}
	p := Provenance{}
	if d.Provenance != nil {
		p = *d.Provenance
	}
	d.Checksum = Checksum(v.Source)
	values := []any{
		d.UID, d.Title, folded(d.Title), d.FolderUID, d.Version, d.Checksum, d.Updated.UnixMilli(), d.UpdatedBy,
		p.Provider, p.File, p.Checksum, p.SaveBack,
	}
	if d.ID == 0 {
		result, err := tx.ExecContext(ctx, `INSERT INTO dashboards (uid, title, folded, folder, version, checksum, updated, updated_by,
			provider, file, file_checksum, save_back, created, created_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			append(values, d.Created.UnixMilli(), d.CreatedBy)...)
		if err != nil {
			return err
		}
		if d.ID, err = result.LastInsertId(); err != nil {
			return err
		}
	} else if _, err := tx.ExecContext(ctx, `UPDATE dashboards SET uid = ?, title = ?, folded = ?, folder = ?, version = ?, checksum = ?,
		updated = ?, updated_by = ?, provider = ?, file = ?, file_checksum = ?, save_back = ? WHERE id = ?`,
		append(values, d.ID)...); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM dashboard_tags WHERE dashboard = ?`, d.ID); err != nil {
		return err
	}
	for _, tag := range d.Tags {
		if _, err := tx.ExecContext(ctx, `INSERT INTO dashboard_tags VALUES (?, ?)`, d.ID, tag); err != nil {
			return err
		}
	}
	slices.Sort(d.Tags)
	_, err = tx.ExecContext(ctx, `INSERT INTO dashboard_versions (dashboard, version, parent, restored_from, message, created, created_by, source)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`, d.ID, d.Version, v.Parent, v.RestoredFrom, v.Message, d.Updated.UnixMilli(), d.UpdatedBy, packed)
	return err
}

// prune forgets the oldest versions.
func (s *Store) prune(ctx context.Context, tx *sql.Tx, d Dashboard) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM dashboard_versions WHERE dashboard = ? AND version <= ?`, d.ID, d.Version-s.keep)
	if err != nil {
		return fmt.Errorf("forget old versions: %w", err)
	}
	return nil
}
