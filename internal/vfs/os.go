package vfs

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// OS returns the machine's file system.
func OS() FS { return osFS{} }

type osFS struct{}

const (
	fileMode = 0o644
	dirMode  = 0o755
)

func (osFS) Create(name string) (File, error) {
	return openOS(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC|os.O_APPEND)
}

func (osFS) Append(name string) (File, error) {
	return openOS(name, os.O_WRONLY|os.O_CREATE|os.O_APPEND)
}

func (osFS) Open(name string) (File, error) { return openOS(name, os.O_RDONLY) }

func (osFS) Rename(oldName, newName string) error { return os.Rename(oldName, newName) }
func (osFS) Remove(name string) error             { return os.Remove(name) }
func (osFS) RemoveAll(name string) error          { return os.RemoveAll(name) }
func (osFS) MkdirAll(name string) error           { return os.MkdirAll(name, dirMode) }

func (osFS) List(dir string) ([]Info, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	infos := make([]Info, 0, len(entries))
	for _, e := range entries {
		i, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue // removed since
		}
		if err != nil {
			return nil, err
		}
		infos = append(infos, describe(i))
	}
	return infos, nil
}

func (osFS) Stat(name string) (Info, error) {
	i, err := os.Stat(name)
	if err != nil {
		return Info{}, err
	}
	return describe(i), nil
}

func describe(i fs.FileInfo) Info {
	return Info{Name: i.Name(), SizeBytes: i.Size(), Dir: i.IsDir(), Modified: i.ModTime()}
}

func (o osFS) Link(oldName, newName string) error {
	err := os.Link(oldName, newName)
	if err == nil || errors.Is(err, fs.ErrExist) || errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return copyFile(oldName, newName) // another device, or a file system without links
}

func copyFile(oldName, newName string) (err error) {
	src, err := os.Open(oldName)
	if err != nil {
		return err
	}
	defer src.Close()
	dst, err := os.OpenFile(newName, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
	if err != nil {
		return err
	}
	_, err = io.Copy(dst, src)
	if err == nil {
		err = dst.Sync()
	}
	if cerr := dst.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return errors.Join(err, ignoreAbsent(os.Remove(newName)))
	}
	return nil
}

func (osFS) SyncDir(name string) error {
	d, err := os.Open(name)
	if err != nil {
		return err
	}
	err = d.Sync()
	if errors.Is(err, syscall.EINVAL) {
		err = nil // a file system whose directories cannot be synced
	}
	if cerr := d.Close(); err == nil {
		err = cerr
	}
	return err
}

func (osFS) Lock(name string) (io.Closer, error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, fileMode)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		holder := make([]byte, 32)
		n, _ := f.ReadAt(holder, 0)
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, lockedError(name, string(holder[:n]))
		}
		return nil, &fs.PathError{Op: "lock", Path: name, Err: err}
	}
	err = f.Truncate(0)
	if err == nil {
		_, err = f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	}
	if err != nil && !errors.Is(err, syscall.ENOSPC) { // a full disk only costs the holder's name
		f.Close()
		return nil, fmt.Errorf("lock %s: %w", name, err)
	}
	return f, nil
}

func lockedError(name, holder string) error {
	pid, err := strconv.Atoi(strings.TrimSpace(holder))
	if err != nil {
		return fmt.Errorf("lock %s: %w", name, ErrLocked)
	}
	return fmt.Errorf("lock %s: %w: process %d holds it; stop that process or choose another directory", name, ErrLocked, pid)
}

func (osFS) Free(dir string) (uint64, error) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		return 0, &fs.PathError{Op: "statfs", Path: dir, Err: err}
	}
	return st.Bavail * uint64(st.Bsize), nil
}

func (osFS) Capacity(dir string) (uint64, error) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		return 0, &fs.PathError{Op: "statfs", Path: dir, Err: err}
	}
	return st.Blocks * uint64(st.Bsize), nil
}

type osFile struct{ *os.File }

func openOS(name string, flag int) (File, error) {
	f, err := os.OpenFile(filepath.Clean(name), flag, fileMode)
	if err != nil {
		return nil, err
	}
	return osFile{f}, nil
}

func (f osFile) Size() (int64, error) {
	i, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return i.Size(), nil
}

func ignoreAbsent(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
