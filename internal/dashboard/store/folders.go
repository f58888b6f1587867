package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"monopod/internal/events"
)

// maxFolderDepth bounds how deep folders are nested.
const maxFolderDepth = 8

// Folder holds dashboards and folders.
type Folder struct {
	ID          int64
	UID         string
	Title       string
	Description string
	// Parent is the uid of the folder around it; empty: the top.
	Parent               string
	Version              int
	Created, Updated     time.Time
	CreatedBy, UpdatedBy string
}

// Slug is the readable end of the folder's address.
func (f *Folder) Slug() string { return Slug(f.Title) }

const folderColumns = `id, uid, title, description, parent, version, created, created_by, updated, updated_by`

func scanFolder(scan func(...any) error) (Folder, error) {
	var f Folder
	var created, updated int64
	err := scan(&f.ID, &f.UID, &f.Title, &f.Description, &f.Parent, &f.Version, &created, &f.CreatedBy, &updated, &f.UpdatedBy)
	f.Created, f.Updated = fromMilliseconds(created), fromMilliseconds(updated)
	return f, err
}

func findFolder(ctx context.Context, q querier, where string, args ...any) (Folder, error) {
	f, err := scanFolder(q.QueryRowContext(ctx, `SELECT `+folderColumns+` FROM folders WHERE `+where, args...).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return f, ErrFolderNotFound
	}
	return f, err
}

func checkFolder(ctx context.Context, q querier, uid string) error {
	if uid == "" {
		return nil
	}
	_, err := findFolder(ctx, q, `uid = ?`, uid)
	return err
}

// Folder finds a folder.
func (s *Store) Folder(ctx context.Context, uid string) (Folder, error) {
	return findFolder(ctx, s.db.Read(), `uid = ?`, uid)
}

// FolderByID finds a folder.
func (s *Store) FolderByID(ctx context.Context, id int64) (Folder, error) {
	return findFolder(ctx, s.db.Read(), `id = ?`, id)
}

// Folders lists what is directly in a folder, by title.
func (s *Store) Folders(ctx context.Context, parent string, limit, skip int) ([]Folder, error) {
	out := []Folder{}
	err := each(ctx, s.db.Read(), func(r *sql.Rows) error {
		f, err := scanFolder(r.Scan)
		out = append(out, f)
		return err
	}, `SELECT `+folderColumns+` FROM folders WHERE parent = ? ORDER BY folded, id LIMIT ? OFFSET ?`, parent, limit, skip)
	return out, err
}

// Parents lists the folders around a folder, the outermost first.
func (s *Store) Parents(ctx context.Context, f Folder) ([]Folder, error) {
	return parents(ctx, s.db.Read(), f)
}

func parents(ctx context.Context, q querier, f Folder) ([]Folder, error) {
	var out []Folder
	for f.Parent != "" {
		var err error
		if f, err = findFolder(ctx, q, `uid = ?`, f.Parent); err != nil {
			return nil, err
		}
		out = append([]Folder{f}, out...)
	}
	return out, nil
}

// below lists the uids of a folder and all folders in it.
const below = `WITH RECURSIVE tree (uid, depth) AS (SELECT uid, 1 FROM folders WHERE uid = ?
	UNION ALL SELECT f.uid, depth + 1 FROM folders f JOIN tree ON f.parent = tree.uid) `

// FolderCounts counts what is in a folder, at any depth.
func (s *Store) FolderCounts(ctx context.Context, uid string) (folders, dashboards int, err error) {
	if err := checkFolder(ctx, s.db.Read(), uid); err != nil {
		return 0, 0, err
	}
	err = s.db.Read().QueryRowContext(ctx, below+`SELECT (SELECT COUNT(*) - 1 FROM tree),
		(SELECT COUNT(*) FROM dashboards WHERE folder IN (SELECT uid FROM tree))`, uid).Scan(&folders, &dashboards)
	return folders, dashboards, err
}

// CreateFolder makes a folder from the uid (empty: a new one), title, description
// and parent of f.
func (s *Store) CreateFolder(ctx context.Context, f Folder, by string) (Folder, error) {
	f.Title = strings.TrimSpace(f.Title)
	if f.Title == "" {
		return f, ErrFolderEmptyTitle
	}
	if err := checkUID(f.UID); err != nil {
		return f, err
	}
	if f.UID == "" {
		f.UID = newUID()
	}
	err := s.change(ctx, fmt.Sprintf("create the folder %q", f.Title), func(tx *sql.Tx) error {
		if _, err := findFolder(ctx, tx, `uid = ?`, f.UID); !errors.Is(err, ErrFolderNotFound) {
			return errors.Join(err, ErrFolderUIDExists)
		}
		if err := fits(ctx, tx, f, 1); err != nil {
			return err
		}
		f.Version = 1
		f.Created, f.Updated, f.CreatedBy, f.UpdatedBy = s.now(), s.now(), by, by
		result, err := tx.ExecContext(ctx, `INSERT INTO folders (uid, title, folded, description, parent, version, created, created_by, updated, updated_by)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, f.UID, f.Title, folded(f.Title), f.Description, f.Parent, f.Version,
			f.Created.UnixMilli(), by, f.Updated.UnixMilli(), by)
		if err != nil {
			return err
		}
		f.ID, err = result.LastInsertId()
		return err
	})
	if err == nil {
		s.hub.Publish(events.FoldersChanged, nil)
	}
	return f, err
}

// fits tells whether a folder of so many levels may stand where f says.
func fits(ctx context.Context, q querier, f Folder, levels int) error {
	around, err := parents(ctx, q, f)
	if err != nil {
		return err
	}
	for _, p := range around {
		if p.UID == f.UID {
			return ErrFolderLoop
		}
	}
	if len(around)+levels > maxFolderDepth {
		return ErrFolderDepth
	}
	_, err = findFolder(ctx, q, `title = ? AND parent = ? AND uid <> ?`, f.Title, f.Parent, f.UID)
	if errors.Is(err, ErrFolderNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return ErrFolderExists
}

// EnsureFolder finds the folder of the title in its parent, or makes it. An
// existing folder of the uid, if one is given, gets the title.
func (s *Store) EnsureFolder(ctx context.Context, uid, title, parent string) (Folder, error) {
	if uid != "" {
		f, err := s.Folder(ctx, uid)
		switch {
		case err == nil && f.Title == title && f.Parent == parent:
			return f, nil
		case err == nil:
			return s.UpdateFolder(ctx, uid, By, func(f *Folder) error {
				f.Title, f.Parent = title, parent
				return nil
			})
		case !errors.Is(err, ErrFolderNotFound):
			return f, err
		}
	}
	f, err := findFolder(ctx, s.db.Read(), `title = ? AND parent = ?`, title, parent)
	if errors.Is(err, ErrFolderNotFound) {
		return s.CreateFolder(ctx, Folder{UID: uid, Title: title, Parent: parent}, By)
	}
	return f, err
}

// UpdateFolder lets f change the title, description and parent of a folder.
func (s *Store) UpdateFolder(ctx context.Context, uid, by string, change func(f *Folder) error) (Folder, error) {
	var f Folder
	err := s.change(ctx, "change the folder "+uid, func(tx *sql.Tx) error {
		var err error
		if f, err = findFolder(ctx, tx, `uid = ?`, uid); err != nil {
			return err
		}
		if err := change(&f); err != nil {
			return err
		}
		if f.Title = strings.TrimSpace(f.Title); f.Title == "" {
			return ErrFolderEmptyTitle
		}
		var levels int
		if err := tx.QueryRowContext(ctx, below+`SELECT MAX(depth) FROM tree`, uid).Scan(&levels); err != nil {
			return err
		}
		if err := fits(ctx, tx, f, levels); err != nil {
			return err
		}
		f.Version++
		f.Updated, f.UpdatedBy = s.now(), by
		_, err = tx.ExecContext(ctx, `UPDATE folders SET title = ?, folded = ?, description = ?, parent = ?, version = ?, updated = ?, updated_by = ?
			WHERE id = ?`, f.Title, folded(f.Title), f.Description, f.Parent, f.Version, f.Updated.UnixMilli(), by, f.ID)
		return err
	})
	if err == nil {
		s.hub.Publish(events.FoldersChanged, nil)
	}
	return f, err
}

// DeleteFolder removes a folder with all that is in it. Where that holds
// provisioned dashboards nothing is removed.
func (s *Store) DeleteFolder(ctx context.Context, uid, by string) (Folder, error) {
	var f Folder
	var gone []Dashboard
	err := s.change(ctx, "delete the folder "+uid, func(tx *sql.Tx) error {
		var err error
		if f, err = findFolder(ctx, tx, `uid = ?`, uid); err != nil {
			return err
		}
		gone = nil
		if err := each(ctx, tx, func(r *sql.Rows) error {
			d, err := scanDashboard(r.Scan)
			if err == nil && d.Provenance != nil {
				return ErrFolderHeld
			}
			gone = append(gone, d)
			return err
		}, below+`SELECT `+dashboardColumns+` FROM `+dashboardTables+` WHERE d.folder IN (SELECT uid FROM tree)`, uid); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, below+`DELETE FROM dashboards WHERE folder IN (SELECT uid FROM tree)`, uid); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, below+`DELETE FROM folders WHERE uid IN (SELECT uid FROM tree)`, uid)
		return err
	})
	if err != nil {
		return f, err
	}
	for _, d := range gone {
		s.tell(d, events.Deleted, by)
	}
	s.hub.Publish(events.FoldersChanged, nil)
	return f, nil
}

// DropEmptyFolder removes a folder that provisioning made, once nothing is in it.
func (s *Store) DropEmptyFolder(ctx context.Context, uid string) error {
	return s.change(ctx, "drop the folder "+uid, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `DELETE FROM folders WHERE uid = ? AND created_by = ? AND NOT EXISTS (SELECT 1 FROM dashboards WHERE folder = folders.uid)
			AND NOT EXISTS (SELECT 1 FROM folders inner_ WHERE inner_.parent = folders.uid)`, uid, By)
		if err != nil {
			return err
		}
		if n, _ := result.RowsAffected(); n > 0 {
			s.hub.Publish(events.FoldersChanged, nil)
		}
		return nil
	})
}
