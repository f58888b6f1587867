package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"monopod/internal/state"
	"monopod/internal/vfs"
)

// Files of the state, in the data directory.
const (
	stateFile = "monopod.db"
	stateLock = "monopod.lock"
	secretKey = "secret.key"
)

// openedState is the state and the key of its secrets, of this process alone.
type openedState struct {
	db   *state.DB
	box  *state.Box
	lock io.Closer
	// temporary is a directory that goes when the program ends; empty: the state is
	// where it belongs.
	temporary string
}

// openState opens the state of the data directory. Where that may not be written
// the program still shows what is there: it works on a copy that is gone at its
// end, and says so.
func (p *program) openState(ctx context.Context) error {
	s, err := openStateIn(ctx, p.Storage.Path, p.SecretKey)
	if isReadOnly(err) {
		if s, err = p.openStateCopy(ctx, err); err != nil {
			return err
		}
	}
	if err != nil {
		return err
	}
	p.state = s
	return nil
}

func isReadOnly(err error) bool {
	return errors.Is(err, syscall.EROFS) || errors.Is(err, fs.ErrPermission)
}

func openStateIn(ctx context.Context, dir, passphrase string) (*openedState, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, fmt.Errorf("open the data directory: %w", err)
	}
	s := &openedState{}
	var err error
	if s.lock, err = vfs.OS().Lock(filepath.Join(dir, stateLock)); err != nil {
		return nil, fmt.Errorf("open the data directory: %w", err)
	}
	if s.box, err = state.OpenBox(passphrase, filepath.Join(dir, secretKey)); err != nil {
		return nil, errors.Join(err, s.lock.Close())
	}
	if s.db, err = state.Open(ctx, filepath.Join(dir, stateFile)); err != nil {
		return nil, errors.Join(err, s.lock.Close())
	}
	return s, nil
}

func (p *program) openStateCopy(ctx context.Context, cause error) (*openedState, error) {
	dir, err := os.MkdirTemp("", "monopod-state-")
	if err != nil {
		return nil, errors.Join(cause, err)
	}
	for _, name := range []string{stateFile, stateFile + "-wal", secretKey} {
		if err = copyIfThere(filepath.Join(p.Storage.Path, name), filepath.Join(dir, name)); err != nil {
			return nil, errors.Join(cause, err, os.RemoveAll(dir))
		}
	}
	s, err := openStateIn(ctx, dir, p.SecretKey)
	if err != nil {
		return nil, errors.Join(cause, err, os.RemoveAll(dir))
	}
	s.temporary = dir
	p.Logger.Warn("The data directory may not be written: dashboards, users and data sources are shown, and changes of them are lost when the program ends", "dir", p.Storage.Path, "err", cause)
	return s, nil
}

func copyIfThere(from, to string) error {
	content, err := os.ReadFile(from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return os.WriteFile(to, content, 0o600)
}

// closeState closes it after all that uses it; nothing where it was not opened.
func (p *program) closeState() error {
	if p.state == nil {
		return nil
	}
	err := errors.Join(p.state.db.Close(), p.state.lock.Close())
	if p.state.temporary != "" {
		err = errors.Join(err, os.RemoveAll(p.state.temporary))
	}
	if err != nil {
		return fmt.Errorf("close the state: %w", err)
	}
	return nil
}
