package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"
)

// Annotation is a note that a person, or a program, put at a time.
type Annotation struct {
	ID int64
	// DashboardID and DashboardUID are zero for one that belongs to none.
	DashboardID  int64
	DashboardUID string
	PanelID      int64
	// Start and Stop are equal for a moment.
	Start, Stop      time.Time
	Text             string
	Tags             []string
	Data             json.RawMessage // an object
	UserID           int64
	Login            string
	Created, Updated time.Time
}

// AnnotationSearch says which annotations are wanted. Zero fields do not count.
type AnnotationSearch struct {
	ID int64
	// From and To: what overlaps them.
	From, To     time.Time
	DashboardID  int64
	DashboardUID string
	PanelID      int64
	UserID       int64
	// Tags that it has: all, or one of them.
	Tags      []string
	AnyOfTags bool
	Limit     int
}

// conditions are on annotations a and dashboards d.
func (q AnnotationSearch) conditions() (string, []any) {
	where, args := []string{`1`}, []any(nil)
	has := func(wanted bool, condition string, values ...any) {
		if wanted {
			where = append(where, condition)
			args = append(args, values...)
		}
	}
	has(q.ID != 0, `a.id = ?`, q.ID)
	has(!q.From.IsZero(), `a.stop >= ?`, q.From.UnixMilli())
	has(!q.To.IsZero(), `a.start <= ?`, q.To.UnixMilli())
	has(q.DashboardID != 0, `a.dashboard = ?`, q.DashboardID)
	has(q.DashboardUID != "", `d.uid = ?`, q.DashboardUID)
	has(q.PanelID != 0, `a.panel = ?`, q.PanelID)
	has(q.UserID != 0, `a.user = ?`, q.UserID)
	if q.AnyOfTags && len(q.Tags) > 0 {
		marks, values := list(q.Tags)
		has(true, `EXISTS (SELECT 1 FROM annotation_tags t WHERE t.annotation = a.id AND t.tag IN (`+marks+`))`, values...)
	} else {
		for _, tag := range q.Tags {
			has(true, `EXISTS (SELECT 1 FROM annotation_tags t WHERE t.annotation = a.id AND t.tag = ?)`, tag)
		}
	}
	return strings.Join(where, ` AND `), args
}

// Annotations finds annotations, the latest first.
func (s *Store) Annotations(ctx context.Context, q AnnotationSearch) ([]Annotation, error) {
	where, args := q.conditions()
	out := []Annotation{}
	err := each(ctx, s.db.Read(), func(r *sql.Rows) error {
		a := Annotation{Tags: []string{}}
		var start, stop, created, updated int64
		var data string
		var tags sql.NullString
		err := r.Scan(&a.ID, &a.DashboardID, &a.DashboardUID, &a.PanelID, &start, &stop, &a.Text, &data, &a.UserID, &a.Login, &created, &updated, &tags)
		a.Start, a.Stop = fromMilliseconds(start), fromMilliseconds(stop)
		a.Created, a.Updated = fromMilliseconds(created), fromMilliseconds(updated)
		a.Data = json.RawMessage(data)
		if tags.Valid {
			a.Tags = strings.Split(tags.String, "\x00")
		}
		out = append(out, a)
		return err
	}, `SELECT a.id, COALESCE(a.dashboard, 0), COALESCE(d.uid, ''), a.panel, a.start, a.stop, a.text, a.data, a.user, a.login, a.created, a.updated,
			(SELECT group_concat(tag, char(0)) FROM (SELECT tag FROM annotation_tags WHERE annotation = a.id ORDER BY tag))
		FROM annotations a LEFT JOIN dashboards d ON d.id = a.dashboard WHERE `+where+`
		ORDER BY a.stop DESC, a.start DESC, a.id DESC LIMIT ?`, append(args, q.Limit)...)
	return out, err
}

// Annotate stores a new annotation and returns it with its id. Its dashboard is
// known by uid, or by id.
func (s *Store) Annotate(ctx context.Context, a Annotation) (Annotation, error) {
	err := s.change(ctx, "annotate", func(tx *sql.Tx) error {
		var dashboard any
		if a.DashboardUID != "" || a.DashboardID != 0 {
			d, err := find(ctx, tx, `d.uid = ? OR d.id = ?`, a.DashboardUID, a.DashboardID)
			if err != nil {
				return err
			}
			a.DashboardID, a.DashboardUID, dashboard = d.ID, d.UID, d.ID
		}
		a.Created, a.Updated = s.now(), s.now()
		a.tidy()
		result, err := tx.ExecContext(ctx, `INSERT INTO annotations (dashboard, panel, start, stop, text, data, user, login, created, updated)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, dashboard, a.PanelID, a.Start.UnixMilli(), a.Stop.UnixMilli(), a.Text, string(a.Data),
			a.UserID, a.Login, a.Created.UnixMilli(), a.Updated.UnixMilli())
		if err != nil {
			return err
		}
		if a.ID, err = result.LastInsertId(); err != nil {
			return err
		}
		return writeTags(ctx, tx, a)
	})
	return a, err
}

// tidy puts times in order and makes tags a set.
func (a *Annotation) tidy() {
	if a.Stop.IsZero() {
		a.Stop = a.Start
	}
	if a.Stop.Before(a.Start) {
		a.Start, a.Stop = a.Stop, a.Start
	}
	if len(a.Data) == 0 {
		a.Data = json.RawMessage("{}")
	}
	tags := []string{}
	for _, t := range a.Tags {
		if t = strings.TrimSpace(t); t != "" && !slices.Contains(tags, t) {
			tags = append(tags, t)
		}
	}
	slices.Sort(tags)
	a.Tags = tags
}

func writeTags(ctx context.Context, tx *sql.Tx, a Annotation) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM annotation_tags WHERE annotation = ?`, a.ID); err != nil {
		return err
	}
	for _, tag := range a.Tags {
		if _, err := tx.ExecContext(ctx, `INSERT INTO annotation_tags VALUES (?, ?)`, a.ID, tag); err != nil {
			return err
		}
	}
	return nil
}

// Annotation finds one.
func (s *Store) Annotation(ctx context.Context, id int64) (Annotation, error) {
	found, err := s.Annotations(ctx, AnnotationSearch{ID: id, Limit: 1})
	if err != nil || len(found) == 0 || id == 0 {
		return Annotation{}, errors.Join(err, ErrAnnotationNotFound)
	}
	return found[0], nil
}

// ChangeAnnotation stores the times, text, tags and data of a, which Annotation
// found.
func (s *Store) ChangeAnnotation(ctx context.Context, a Annotation) error {
	return s.change(ctx, "change the annotation", func(tx *sql.Tx) error {
		a.tidy()
		result, err := tx.ExecContext(ctx, `UPDATE annotations SET start = ?, stop = ?, text = ?, data = ?, updated = ? WHERE id = ?`,
			a.Start.UnixMilli(), a.Stop.UnixMilli(), a.Text, string(a.Data), s.now().UnixMilli(), a.ID)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, ErrAnnotationNotFound)
		}
		return writeTags(ctx, tx, a)
	})
}

// DeleteAnnotations removes what the search finds, and tells how many that were.
func (s *Store) DeleteAnnotations(ctx context.Context, q AnnotationSearch) (int64, error) {
	where, args := q.conditions()
	var n int64
	err := s.change(ctx, "delete annotations", func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `DELETE FROM annotations WHERE id IN
			(SELECT a.id FROM annotations a LEFT JOIN dashboards d ON d.id = a.dashboard WHERE `+where+`)`, args...)
		if err != nil {
			return err
		}
		n, err = result.RowsAffected()
		return err
	})
	return n, err
}

// AnnotationTags counts the tags that contain a text, in any case.
func (s *Store) AnnotationTags(ctx context.Context, text string, limit int) ([]TagCount, error) {
	return s.tagCounts(ctx, `SELECT tag, COUNT(*) FROM annotation_tags WHERE instr(lower(tag), lower(?)) > 0
		GROUP BY tag ORDER BY tag LIMIT ?`, text, limit)
}
