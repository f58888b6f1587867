package provision

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"monopod/internal/dashboard"
	"monopod/internal/dashboard/store"
)

// Where a mount of a ConfigMap keeps the current version of its files.
const mountedVersion = "..data"

// mountDelay is how long a mount may take to follow its ConfigMap.
const mountDelay = 5 * time.Minute

// saveBackTimeout bounds what a person waits for.
const saveBackTimeout = 10 * time.Second

// ErrMayNot is in the error of ConfigMaps that are not to be written.
var ErrMayNot = errors.New("the ConfigMap may not be changed")

// ConfigMaps writes to the objects that files are mounted from.
type ConfigMaps interface {
	// Write makes the key of the ConfigMap that the file is mounted from the new
	// content, where it still has the old one, and names what it wrote: "ConfigMap
	// monitoring/boards, key a.json". Its error is ErrMayNot where rights are missing.
	Write(ctx context.Context, file string, old, content []byte) (string, error)
}

// saveBackOf is what would become of a change.
func (s *Service) saveBackOf(one placed, file string) string {
	switch {
	case isMounted(file):
		if s.o.ConfigMaps != nil {
			return store.SaveBackConfigMap
		}
	case isWritable(file):
		return store.SaveBackFile
	}
	if bool(one.AllowUIUpdates) {
		return store.SaveBackStore
	}
	return store.SaveBackPatch
}

// isMounted tells whether the file comes out of a ConfigMap or a Secret.
func isMounted(file string) bool {
	for dir := file; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if to, err := os.Readlink(dir); err == nil && (to == mountedVersion || strings.HasPrefix(to, mountedVersion+string(filepath.Separator))) {
			return true
		}
	}
	return false
}

func isWritable(file string) bool {
	f, err := os.OpenFile(file, os.O_WRONLY, 0)
	return err == nil && f.Close() == nil
}

// SaveBack carries a dashboard that a person changed to where it comes from: into
// its file, into the ConfigMap that this is mounted from, or to the person as a
// patch. It does not write over a file that has changed since it was provisioned.
func (s *Service) SaveBack(ctx context.Context, d store.Dashboard, source []byte) (store.Outcome, error) {
	ctx, cancel := context.WithTimeout(ctx, saveBackTimeout)
	defer cancel()
	file := d.Provenance.File
	old, err := os.ReadFile(file)
	if err != nil {
		return store.Outcome{}, fmt.Errorf("save the dashboard back: %w", err)
	}
	if sum := store.Checksum(old); sum != d.Provenance.Checksum && !s.isOnTheWay(file, sum) {
		return store.Outcome{}, fmt.Errorf("save the dashboard back: %s has changed since it was read; it is read again now, look at it and save again", file)
	}
	patch := func() store.Outcome {
		name := filepath.ToSlash(strings.TrimPrefix(file, string(filepath.Separator)))
		return store.Outcome{Kind: store.Patched, File: file, Patch: dashboard.UnifiedDiff(old, source, "a/"+name, "b/"+name)}
	}
	switch d.Provenance.SaveBack {
	case store.SaveBackFile:
		if err := writeFile(file, source); err != nil {
			s.o.Logger.Warn("A changed dashboard could not be written to its file; its patch was handed out", "file", file, "err", err)
			return patch(), nil
		}
		return store.Outcome{Kind: store.WrittenFile, File: file}, nil
	case store.SaveBackConfigMap:
		there := old
		if s.isOnTheWay(file, store.Checksum(old)) {
			s.mu.Lock()
			there = s.mu.written[file].new
			s.mu.Unlock()
		}
		name, err := s.o.ConfigMaps.Write(ctx, file, there, source)
		if err != nil {
			s.o.Logger.Warn("A changed dashboard could not be written to its ConfigMap; its patch was handed out", "file", file, "err", err)
			return patch(), nil
		}
		s.mu.Lock()
		s.mu.written[file] = onTheWay{store.Checksum(old), source, s.o.Now().Add(mountDelay)}
		s.mu.Unlock()
		return store.Outcome{Kind: store.WrittenConfigMap, File: name}, nil
	}
	return patch(), nil
}

// isOnTheWay tells whether a file with this content is about to be replaced by what
// was written to its ConfigMap.
func (s *Service) isOnTheWay(file, checksum string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	w, ok := s.mu.written[file]
	if !ok {
		return false
	}
	if w.old != checksum || s.o.Now().After(w.until) {
		delete(s.mu.written, file)
		return false
	}
	return true
}

// writeFile replaces a file in one step; where its directory may not be written, or
// the file is a mount of its own, it writes into the file.
func writeFile(path string, content []byte) error {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	info, err := os.Stat(real)
	if err != nil {
		return err
	}
	if err := replaceFile(real, content, info.Mode().Perm()); err == nil {
		return nil
	}
	f, err := os.OpenFile(real, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err == nil {
		err = f.Truncate(int64(len(content)))
	}
	return errors.Join(err, f.Sync(), f.Close())
}

func replaceFile(path string, content []byte, mode os.FileMode) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".monopod-*")
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Chmod(mode), f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}
