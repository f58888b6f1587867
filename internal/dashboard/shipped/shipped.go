// Package shipped has the dashboards that come with the program: this machine,
// Monopod itself, and its storage.
//
// They are provisioned like those of files: the program says what they are, and
// brings newer ones with a newer version. What people change stays until then, and
// afterwards in a dashboard of its own. dashboards/ has a file of schema 42 for each;
// an exported dashboard can be put there as it is.
package shipped

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"

	"monopod/internal/dashboard/store"
)

//go:embed dashboards/*.json
var files embed.FS

const (
	// Home is the uid of the dashboard that is shown first.
	Home = "monopod-machine"
	// Provider is the store's name for this package.
	Provider = "monopod"

	folderUID   = "monopod"
	folderTitle = "Monopod"
)

// Provision makes the store have the shipped dashboards. One that cannot be stored
// does not keep the others from it.
func Provision(ctx context.Context, s *store.Store) error {
	folder, err := s.EnsureFolder(ctx, folderUID, folderTitle, "")
	if err != nil {
		return fmt.Errorf("provision the dashboards of the program: %w", err)
	}
	entries, err := fs.ReadDir(files, "dashboards")
	if err != nil {
		return fmt.Errorf("provision the dashboards of the program: %w", err)
	}
	shipped := map[string]bool{}
	var failed error
	for _, e := range entries {
		source, err := files.ReadFile(path.Join("dashboards", e.Name()))
		if err == nil {
			var d store.Dashboard
			d, _, err = s.Provision(ctx, store.Provisioned{
				FolderUID: folder.UID, Source: source, Message: "Came with the program", KeepChanges: " (changed)",
				Provenance: store.Provenance{Provider: Provider, File: e.Name(), SaveBack: store.SaveBackStore},
			})
			shipped[d.UID] = true
		}
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("provision %s, which comes with the program: %w", e.Name(), err))
		}
	}
	return errors.Join(failed, dropFormer(ctx, s, shipped))
}

// dropFormer ends what an older version of the program brought and this one does
// not. What people have changed of it stays theirs.
func dropFormer(ctx context.Context, s *store.Store, shipped map[string]bool) error {
	there, err := s.ProvisionedBy(ctx, Provider)
	if err != nil {
		return err
	}
	for _, d := range there {
		if shipped[d.UID] {
			continue
		}
		if err := s.Unprovision(ctx, d.UID, d.Checksum != d.Provenance.Checksum); err != nil {
			return err
		}
	}
	return nil
}
