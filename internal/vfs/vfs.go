// Package vfs is the file system as the storage engine sees it: few operations,
// each with a stated durability rule, so that a test can take the power away.
//
// The nouns:
//
//   - An FS is a tree of directories and files. OS is the machine's, Mem is one
//     in memory that can lose power, Faulty puts a hook before every operation of
//     another.
//   - A File is an open file. Writers only ever append.
//   - Written means that the operation returned: it survives the death of the
//     process. Synced means that it survives the loss of power.
//
// # Durability
//
// The rules are those that POSIX gives for certain, and no more:
//
//   - Write, Truncate: written on return. Synced by File.Sync of any handle of
//     the same file. What is written but not synced may survive a loss of power
//     in part: any of the writes, each cut at any byte, with holes that read as
//     zeros.
//   - Create, Append of a new file, Rename, Remove, RemoveAll, Link, MkdirAll:
//     the directory entry is written on return, and synced by SyncDir of the
//     directory that holds it (of both directories, for a Rename across). Before
//     that, each entry is found old or new, independently of the others.
//   - Rename replaces an existing file atomically: the name leads to the old or
//     to the new content, never to none.
//   - File.Sync does not sync the entry that leads to the file.
//   - After Sync returned an error, nothing can be said about what was written
//     since the last one that did not, whatever a later Sync returns.
package vfs

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"
)

// ErrLocked: another process, or another part of this one, holds the lock. The
// error that callers see names the file and the process.
var ErrLocked = errors.New("locked by another process")

// FS is a file system. Names are paths as of path/filepath. Errors satisfy
// errors.Is for fs.ErrNotExist, fs.ErrExist, fs.ErrPermission, syscall.ENOSPC,
// syscall.EROFS and syscall.EIO where these are the cause. All methods may be
// called from many goroutines.
type FS interface {
	// Create opens a file for writing, made or emptied.
	Create(name string) (File, error)
	// Append opens a file for writing at its end, and makes it where it is absent.
	Append(name string) (File, error)
	// Open opens a file for reading.
	Open(name string) (File, error)

	// Rename moves a file or directory, and replaces a file that stands in the way.
	Rename(oldName, newName string) error
	// Remove removes a file or an empty directory. Open handles stay usable.
	Remove(name string) error
	// RemoveAll removes a tree; one that is absent is no error.
	RemoveAll(name string) error
	// MkdirAll makes a directory and its parents; one that exists is no error.
	MkdirAll(name string) error
	// List returns what a directory holds, sorted by name.
	List(dir string) ([]Info, error)
	// Stat describes a file or directory.
	Stat(name string) (Info, error)
	// Link gives a file a second name, or copies and syncs it where the file
	// system cannot. The new name must be free.
	Link(oldName, newName string) error
	// SyncDir makes the entries of a directory durable.
	SyncDir(name string) error

	// Lock takes the exclusive lock that a file stands for, and writes the
	// process's id into it. It does not wait: a lock that is held is ErrLocked.
	// The lock ends with Close or with the process; the file stays.
	Lock(name string) (io.Closer, error)
	// Free is how many bytes may still be written below dir.
	Free(dir string) (uint64, error)
	// Capacity is how many bytes the file system below dir has room for, free or
	// not.
	Capacity(dir string) (uint64, error)
}

// File is an open file. Read, Write, Truncate and Close are for one goroutine at
// a time; ReadAt, Sync and Size may run beside them.
type File interface {
	io.Reader
	io.ReaderAt
	// Write appends. An error may leave a part behind: Truncate removes it.
	io.Writer
	io.Closer
	// Sync makes content and size durable (fdatasync).
	Sync() error
	// Truncate cuts the file; later writes continue there.
	Truncate(size int64) error
	// Size is the size in bytes.
	Size() (int64, error)
	// Name is the name that it was opened with.
	Name() string
}

// Info describes a file or directory.
type Info struct {
	Name      string // without the directory
	SizeBytes int64
	Dir       bool
	Modified  time.Time
}

// ReadFile returns the content of a file.
func ReadFile(fsys FS, name string) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	size, err := f.Size()
	if err != nil {
		return nil, err
	}
	b := make([]byte, size)
	n, err := f.ReadAt(b, 0)
	if err != nil && err != io.EOF {
		return nil, err
	}
	return b[:n], nil
}

// WriteFile replaces the content of a file so that after a crash it is found old
// or new and whole, and new once WriteFile has returned nil. It goes through a
// file of the same name with ".tmp" at its end.
func WriteFile(fsys FS, name string, content []byte) (err error) {
	tmp := name + ".tmp"
	f, err := fsys.Create(tmp)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = fsys.Rename(tmp, name)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", name, err), ignoreAbsent(fsys.Remove(tmp)))
	}
	return fsys.SyncDir(filepath.Dir(name))
}
