package store

import (
	"context"
	"database/sql"
	"strings"
)

// Kinds of what a search finds.
const (
	KindFolder    = "dash-folder"
	KindDashboard = "dash-db"
)

// Search says what to look for. Conditions of different fields all hold.
type Search struct {
	// Words that all stand in the title, in any case.
	Words []string
	// Tags that the dashboard has, all of them.
	Tags []string
	// Kind is one of the constants; empty: both.
	Kind string
	// Folders are uids of those that hold what is found directly; "general" is the top.
	Folders []string
	UIDs    []string
	IDs     []int64
	// StarredBy a user; 0: by anybody or nobody.
	StarredBy int64
	// User whose stars the hits tell.
	User int64
	// Descending by title.
	Descending  bool
	Limit, Skip int
}

// Hit is what a search found.
type Hit struct {
	Kind        string
	ID          int64
	UID, Title  string
	Tags        []string
	FolderID    int64
	FolderUID   string
	FolderTitle string
	IsStarred   bool
}

// Top is how searches name the folder that has no uid.
const Top = "general"

// Search finds folders and dashboards, sorted by title.
func (s *Store) Search(ctx context.Context, q Search) ([]Hit, error) {
	var where []string
	var args []any
	has := func(condition string, values ...any) {
		where = append(where, condition)
		args = append(args, values...)
	}
	args = append(args, q.User)
	for _, w := range q.Words {
		has(`instr(h.folded, ?) > 0`, folded(w))
	}
	for _, tag := range q.Tags {
		has(`h.kind = '`+KindDashboard+`' AND EXISTS (SELECT 1 FROM dashboard_tags t WHERE t.dashboard = h.id AND t.tag = ?)`, tag)
	}
	if q.Kind != "" {
		has(`h.kind = ?`, q.Kind)
	}
	if len(q.Folders) > 0 {
		uids := make([]string, len(q.Folders))
		for i, f := range q.Folders {
			if f != Top {
				uids[i] = f
			}
		}
		marks, values := list(uids)
		has(`h.folder IN (`+marks+`)`, values...)
	}
	if len(q.UIDs) > 0 {
		marks, values := list(q.UIDs)
		has(`h.uid IN (`+marks+`)`, values...)
	}
	if len(q.IDs) > 0 {
		marks, values := list(q.IDs)
		has(`h.kind = '`+KindDashboard+`' AND h.id IN (`+marks+`)`, values...)
	}
	if q.StarredBy != 0 {
		has(`h.kind = '`+KindDashboard+`' AND EXISTS (SELECT 1 FROM stars s WHERE s.dashboard = h.id AND s.user = ?)`, q.StarredBy)
	}
	condition, order := "", "ASC"
	if len(where) > 0 {
		condition = ` WHERE ` + strings.Join(where, ` AND `)
	}
	if q.Descending {
		order = "DESC"
	}
	out := []Hit{}
	err := each(ctx, s.db.Read(), func(r *sql.Rows) error {
		h := Hit{Tags: []string{}}
		var tags sql.NullString
		err := r.Scan(&h.Kind, &h.ID, &h.UID, &h.Title, &h.FolderUID, &h.FolderID, &h.FolderTitle, &tags, &h.IsStarred)
		if tags.Valid {
			h.Tags = strings.Split(tags.String, "\x00")
		}
		out = append(out, h)
		return err
	}, `WITH h AS (SELECT '`+KindDashboard+`' AS kind, id, uid, title, folded, folder FROM dashboards
			UNION ALL SELECT '`+KindFolder+`', id, uid, title, folded, parent FROM folders)
		SELECT h.kind, h.id, h.uid, h.title, h.folder, COALESCE(f.id, 0), COALESCE(f.title, ''),
			CASE WHEN h.kind = '`+KindDashboard+`' THEN (SELECT group_concat(tag, char(0)) FROM (SELECT tag FROM dashboard_tags WHERE dashboard = h.id ORDER BY tag)) END,
			h.kind = '`+KindDashboard+`' AND EXISTS (SELECT 1 FROM stars WHERE dashboard = h.id AND user = ?)
		FROM h LEFT JOIN folders f ON f.uid = h.folder`+condition+`
		ORDER BY h.folded `+order+`, h.kind DESC, h.id LIMIT ? OFFSET ?`, append(args, q.Limit, q.Skip)...)
	return out, err
}

// TagCount is how many dashboards, or annotations, have a tag.
type TagCount struct {
	Tag   string
	Count int
}

// Tags lists the tags of all dashboards.
func (s *Store) Tags(ctx context.Context) ([]TagCount, error) {
	return s.tagCounts(ctx, `SELECT tag, COUNT(*) FROM dashboard_tags GROUP BY tag ORDER BY tag`)
}

func (s *Store) tagCounts(ctx context.Context, query string, args ...any) ([]TagCount, error) {
	out := []TagCount{}
	err := each(ctx, s.db.Read(), func(r *sql.Rows) error {
		var t TagCount
		err := r.Scan(&t.Tag, &t.Count)
		out = append(out, t)
		return err
	}, query, args...)
	return out, err
}

// Star marks a dashboard for a user, or takes the mark away.
func (s *Store) Star(ctx context.Context, user int64, uid string, starred bool) error {
	return s.change(ctx, "star the dashboard "+uid, func(tx *sql.Tx) error {
		d, err := find(ctx, tx, `d.uid = ?`, uid)
		if err != nil {
			return err
		}
		query := `DELETE FROM stars WHERE user = ? AND dashboard = ?`
		if starred {
			query = `INSERT OR IGNORE INTO stars (user, dashboard) VALUES (?, ?)`
		}
		_, err = tx.ExecContext(ctx, query, user, d.ID)
		return err
	})
}

// Stars lists the uids of the dashboards that a user has starred.
func (s *Store) Stars(ctx context.Context, user int64) ([]string, error) {
	out := []string{}
	err := each(ctx, s.db.Read(), func(r *sql.Rows) error {
		var uid string
		err := r.Scan(&uid)
		out = append(out, uid)
		return err
	}, `SELECT d.uid FROM stars s JOIN dashboards d ON d.id = s.dashboard WHERE s.user = ? ORDER BY d.folded`, user)
	return out, err
}
