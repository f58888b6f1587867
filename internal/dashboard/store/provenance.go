package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"monopod/internal/events"
)

// Where a change to a provisioned dashboard goes.
const (
	SaveBackFile      = "file"      // into its file
	SaveBackConfigMap = "configmap" // into the ConfigMap that its file is of
	SaveBackStore     = "store"     // here, until what provisions it changes
	SaveBackPatch     = "patch"     // nowhere: the person gets a patch
)

// Provenance tells where a provisioned dashboard comes from.
type Provenance struct {
	// Provider names what provisions it.
	Provider string
	// File is its path, or what else names its origin to a person.
	File string
	// Checksum of the source as it was provisioned. The dashboard was changed here
	// where the checksum of its own source is another one.
	Checksum string
	// SaveBack is one of the constants.
	SaveBack string
}

// Outcome is what became of a change to a dashboard.
type Outcome struct {
	// Kind is "stored", "file", "configmap" or "patch". A patch was not stored.
	Kind string
	// File that was written, or that the patch is for.
	File string
	// Patch is the text that does what could not be done.
	Patch string
}

// Outcomes.
const (
	Stored           = "stored"
	WrittenFile      = "file"
	WrittenConfigMap = "configmap"
	Patched          = "patch"
)

// Provisioner carries changes of provisioned dashboards to where they come from.
type Provisioner interface {
	// SaveBack is called with the new source while no other change can happen, and
	// should bound its time. It must not call the store. Where it returns WrittenFile
	// or WrittenConfigMap the store keeps the source with its checksum as
	// provisioned, so that Provision with what was just written changes nothing.
	SaveBack(ctx context.Context, d Dashboard, source []byte) (Outcome, error)
}

// Provisioned is a dashboard as something outside of the store wants it to be.
type Provisioned struct {
	// UID where the source names none; then it must be the same each time.
	UID       string
	FolderUID string
	Source    []byte
	// Provenance's Checksum may be left out.
	Provenance Provenance
	// Message of the version; default: where it comes from.
	Message string
	// KeepChanges stores what people changed as a dashboard of its own, with this
	// ending of its title, before it is replaced. Empty: it stays in the versions.
	KeepChanges string
}

// By is who changes provisioned dashboards.
const By = "provisioning"

// Provision makes a dashboard what it should be, and tells whether that changed
// anything. A dashboard of people that has the uid is taken over; what it was stays
// in its versions.
func (s *Store) Provision(ctx context.Context, p Provisioned) (Dashboard, bool, error) {
	o, err := ReadOutline(p.Source)
	if err != nil {
		return Dashboard{}, false, err
	}
	if o.Title == "" {
		return Dashboard{}, false, ErrEmptyTitle
	}
	if o.UID != "" {
		p.UID = o.UID
	}
	if err := checkUID(p.UID); err != nil {
		return Dashboard{}, false, fmt.Errorf("uid %q: %w", p.UID, err)
	}
	if p.UID == "" {
		return Dashboard{}, false, errors.New("a provisioned dashboard needs a uid")
	}
	p.Provenance.Checksum = Checksum(p.Source)
	if p.Message == "" {
		p.Message = "Provisioned from " + p.Provenance.File
	}
	var d, kept Dashboard
	var created, changed bool
	err = s.change(ctx, "provision the dashboard "+p.UID, func(tx *sql.Tx) error {
		created, changed = false, false
		var err error
		if err = checkFolder(ctx, tx, p.FolderUID); err != nil {
			return err
		}
		d, err = find(ctx, tx, `d.uid = ?`, p.UID)
		if errors.Is(err, ErrNotFound) {
			created, err = true, nil
			d = Dashboard{UID: p.UID, Created: s.now(), CreatedBy: By}
		}
		if err != nil {
			return err
		}
		if d.Provenance != nil && d.Provenance.Checksum == p.Provenance.Checksum && d.FolderUID == p.FolderUID {
			if *d.Provenance == p.Provenance {
				return nil
			}
			d.Provenance = &p.Provenance
			_, err := tx.ExecContext(ctx, `UPDATE dashboards SET provider = ?, file = ?, save_back = ? WHERE id = ?`,
				p.Provenance.Provider, p.Provenance.File, p.Provenance.SaveBack, d.ID)
			return err
		}
		changed = true
		if p.KeepChanges != "" && d.Provenance != nil && d.Checksum != d.Provenance.Checksum {
			if kept, err = s.keepChanges(ctx, tx, d, p.KeepChanges); err != nil {
				return err
			}
		}
		v := Version{Parent: d.Version, Message: p.Message, Source: p.Source}
		d.Title, d.Tags, d.FolderUID, d.Provenance = o.Title, o.Tags, p.FolderUID, &p.Provenance
		d.Version++
		d.Updated, d.UpdatedBy = s.now(), By
		if err := write(ctx, tx, &d, v); err != nil {
			return err
		}
		return s.prune(ctx, tx, d)
	})
	if err != nil {
		return d, false, err
	}
	if kept.UID != "" {
		s.tell(kept, events.Created, By)
	}
	if changed {
		change := events.Updated
		if created {
			change = events.Created
		}
		s.tell(d, change, By)
	}
	return d, changed, nil
}

// keepChanges copies what people made of a provisioned dashboard.
func (s *Store) keepChanges(ctx context.Context, tx *sql.Tx, d Dashboard, ending string) (Dashboard, error) {
	old, err := readVersion(ctx, tx, d.ID, d.Version)
	if err != nil {
		return d, err
	}
	c := Dashboard{
		UID: newUID(), Tags: slices.Clone(d.Tags), FolderUID: d.FolderUID, Version: 1,
		Created: s.now(), CreatedBy: d.UpdatedBy, Updated: s.now(), UpdatedBy: d.UpdatedBy,
	}
	if c.Title, err = freeTitle(ctx, tx, d.Title+ending, d.FolderUID); err != nil {
		return c, err
	}
	v := Version{Message: "Kept when the program brought a new " + d.Title}
	if v.Source, err = Set(old.Source, Setting{"title", c.Title}, Setting{"uid", c.UID}, Setting{"version", 1}, Setting{"id", nil}); err != nil {
		return c, err
	}
	return c, write(ctx, tx, &c, v)
}

// ProvisionedBy lists what a provider has provisioned.
func (s *Store) ProvisionedBy(ctx context.Context, provider string) ([]Dashboard, error) {
	var out []Dashboard
	err := each(ctx, s.db.Read(), func(r *sql.Rows) error {
		d, err := scanDashboard(r.Scan)
		out = append(out, d)
		return err
	}, `SELECT `+dashboardColumns+` FROM `+dashboardTables+` WHERE d.provider = ? ORDER BY d.file`, provider)
	return out, err
}

// Providers lists who has provisioned anything.
func (s *Store) Providers(ctx context.Context) ([]string, error) {
	var out []string
	err := each(ctx, s.db.Read(), func(r *sql.Rows) error {
		var p string
		err := r.Scan(&p)
		out = append(out, p)
		return err
	}, `SELECT DISTINCT provider FROM dashboards WHERE provider <> '' ORDER BY provider`)
	return out, err
}

// Unprovision ends the provisioning of a dashboard whose origin is gone: it is
// deleted, or stays as one that people may change and delete.
func (s *Store) Unprovision(ctx context.Context, uid string, remains bool) error {
	var d Dashboard
	err := s.change(ctx, "end the provisioning of the dashboard "+uid, func(tx *sql.Tx) error {
		var err error
		if d, err = find(ctx, tx, `d.uid = ? AND d.provider <> ''`, uid); err != nil {
			return err
		}
		if !remains {
			return remove(ctx, tx, d.ID)
		}
		_, err = tx.ExecContext(ctx, `UPDATE dashboards SET provider = '', file = '', file_checksum = '', save_back = '' WHERE id = ?`, d.ID)
		return err
	})
	if err != nil {
		return err
	}
	if remains {
		s.tell(d, events.Updated, By)
	} else {
		s.tell(d, events.Deleted, By)
	}
	return nil
}
