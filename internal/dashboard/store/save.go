package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"monopod/internal/events"
)

// Save is a dashboard as a person wants it to be.
type Save struct {
	Source []byte
	// UID and ID of the dashboard that it replaces; 0 and "": as the source says,
	// and a new one where that names none.
	UID       string
	ID        int64
	FolderUID string
	// BaseVersion is the one that was changed. Where it is not the newest the change
	// is refused with a VersionMismatch.
	BaseVersion int
	// Overwrite replaces whatever is there, also another dashboard of the same title.
	Overwrite    bool
	Message      string
	RestoredFrom int
	By           string
	// Provisioner of the dashboard, if it has one.
	Provisioner Provisioner
}

// Save stores a new version, or makes a dashboard.
func (s *Store) Save(ctx context.Context, c Save) (Dashboard, Outcome, error) {
	o, err := ReadOutline(c.Source)
	if err != nil {
		return Dashboard{}, Outcome{}, err
	}
	if o.Title == "" {
		return Dashboard{}, Outcome{}, ErrEmptyTitle
	}
	if c.UID == "" {
		c.UID = o.UID
	}
	if err := checkUID(c.UID); err != nil {
		return Dashboard{}, Outcome{}, err
	}
	d, outcome, err := s.save(ctx, c, o)
	if err != nil {
		return d, outcome, fmt.Errorf("save the dashboard %q: %w", o.Title, err)
	}
	switch {
	case outcome.Kind == Patched:
	case d.Version == 1:
		s.tell(d, events.Created, c.By)
	default:
		s.tell(d, events.Updated, c.By)
	}
	return d, outcome, nil
}

// save decides before its transaction begins, so that a slow Provisioner keeps
// nobody else from the state file. Nothing decided can change while it has the lock.
func (s *Store) save(ctx context.Context, c Save, o Outline) (Dashboard, Outcome, error) {
	s.changing.Lock()
	defer s.changing.Unlock()
	if err := checkFolder(ctx, s.db.Read(), c.FolderUID); err != nil {
		return Dashboard{}, Outcome{}, err
	}
	d, err := resolve(ctx, s.db.Read(), c, o)
	if err != nil {
		return d, Outcome{}, err
	}
	if d.ID == 0 {
		d.Created, d.CreatedBy = s.now(), c.By
	}
	outcome, err := carryBack(ctx, &d, c)
	if err != nil || outcome.Kind == Patched {
		return d, outcome, err
	}
	err = s.db.Update(ctx, func(tx *sql.Tx) error { return s.put(ctx, tx, &d, c, o, outcome) })
	return d, outcome, err
}

// carryBack hands a change to what provisions the dashboard.
func carryBack(ctx context.Context, d *Dashboard, c Save) (Outcome, error) {
	if d.Provenance == nil || d.Provenance.SaveBack == SaveBackStore {
		return Outcome{Kind: Stored}, nil
	}
	if c.Provisioner == nil {
		return Outcome{}, fmt.Errorf("%w: it comes from %s, which is not written from here; change it there, or save a copy", ErrCannotSaveBack, d.Provenance.File)
	}
	if d.FolderUID != c.FolderUID {
		return Outcome{}, fmt.Errorf("%w: it comes from %s, and so does its folder; move it there", ErrCannotSaveBack, d.Provenance.File)
	}
	return c.Provisioner.SaveBack(ctx, *d, c.Source)
}

// put writes the next version of d.
func (s *Store) put(ctx context.Context, tx *sql.Tx, d *Dashboard, c Save, o Outline, outcome Outcome) error {
	v := Version{Parent: d.Version, RestoredFrom: c.RestoredFrom, Message: c.Message, Source: c.Source}
	d.Version++
	switch {
	case outcome.Kind != Stored:
		// What was written outside is what is provisioned now.
		p := *d.Provenance
		p.Checksum = Checksum(c.Source)
		d.Provenance = &p
	case !o.IsResource:
		settings := []Setting{{"uid", d.UID}, {"version", d.Version}}
		if o.ID != d.ID {
			settings = append(settings, Setting{"id", nil})
		}
		var err error
		if v.Source, err = Set(c.Source, settings...); err != nil {
			return err
		}
	}
	d.Title, d.Tags, d.FolderUID = o.Title, o.Tags, c.FolderUID
	d.Updated, d.UpdatedBy = s.now(), c.By
	if err := write(ctx, tx, d, v); err != nil {
		return err
	}
	if err := s.prune(ctx, tx, *d); err != nil {
		return err
	}
	var err error
	*d, err = find(ctx, tx, `d.id = ?`, d.ID)
	return err
}

// resolve finds what a save replaces, in Grafana's order: the id, the uid, then a
// dashboard of the same title in the folder. A new one has no id.
func resolve(ctx context.Context, q querier, c Save, o Outline) (Dashboard, error) {
	d, err := byIDOrUID(ctx, q, c, o)
	if err != nil {
		return d, err
	}
	if d.ID != 0 && !c.Overwrite && d.Version != c.BaseVersion {
		return d, &VersionMismatch{Current: d}
	}
	if d.ID != 0 && d.Title == o.Title && d.FolderUID == c.FolderUID {
		return d, nil
	}
	namesake, err := find(ctx, q, `d.title = ? AND d.folder = ? AND d.id <> ?`, o.Title, c.FolderUID, d.ID)
	if errors.Is(err, ErrNotFound) {
		return d, nil
	}
	if err != nil {
		return d, err
	}
	if !c.Overwrite || d.ID != 0 || c.UID != "" {
		return d, ErrNameExists
	}
	return namesake, nil
}

func byIDOrUID(ctx context.Context, q querier, c Save, o Outline) (Dashboard, error) {
	var d Dashboard
	if c.ID != 0 {
		var err error
		if d, err = find(ctx, q, `d.id = ?`, c.ID); err != nil {
			return d, err
		}
	}
	if c.UID == "" {
		if d.ID == 0 {
			d.UID = newUID()
		}
		return d, nil
	}
	if d.ID != 0 && d.UID == c.UID {
		return d, nil
	}
	other, err := find(ctx, q, `d.uid = ?`, c.UID)
	switch {
	case errors.Is(err, ErrNotFound):
		d.UID = c.UID // a new one, or a new uid for the one with the id
		return d, nil
	case err != nil:
		return d, err
	case d.ID != 0:
		return d, ErrUIDExists
	}
	return other, nil
}

// freeTitle adds a number to a title until no dashboard in the folder has it.
func freeTitle(ctx context.Context, q querier, title, folder string) (string, error) {
	free := title
	for n := 2; ; n++ {
		var taken bool
		err := q.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM dashboards WHERE title = ? AND folder = ?)`, free, folder).Scan(&taken)
		if err != nil || !taken {
			return free, err
		}
		free = fmt.Sprintf("%s %d", title, n)
	}
}
