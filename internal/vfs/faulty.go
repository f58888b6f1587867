package vfs

import (
	"errors"
	"fmt"
	"io"
)

// Kind is the kind of an operation: the name of the method of FS or File.
type Kind string

// The kinds that a hook of Faulty sees.
const (
	OpCreate    Kind = "create"
	OpAppend    Kind = "append"
	OpOpen      Kind = "open"
	OpRename    Kind = "rename"
	OpRemove    Kind = "remove"
	OpRemoveAll Kind = "removeall"
	OpMkdirAll  Kind = "mkdirall"
	OpList      Kind = "list"
	OpStat      Kind = "stat"
	OpLink      Kind = "link"
	OpSyncDir   Kind = "syncdir"
	OpLock      Kind = "lock"
	OpFree      Kind = "free"

	OpRead     Kind = "read"  // Read and ReadAt
	OpWrite    Kind = "write" // File.Write
	OpSync     Kind = "sync"  // File.Sync
	OpTruncate Kind = "truncate"
	OpSize     Kind = "size"
	OpClose    Kind = "close"
)

// Changes tells whether operations of this kind change what is on disk, or make
// it durable.
func (k Kind) Changes() bool {
	switch k {
	case OpCreate, OpAppend, OpRename, OpRemove, OpRemoveAll, OpMkdirAll, OpLink, OpSyncDir, OpLock, OpWrite, OpSync, OpTruncate:
		return true
	}
	return false
}

// Op is an operation about to be done.
type Op struct {
	Kind   Kind
	Name   string // of the file or directory
	To     string // the second name of a rename or link
	Offset int64  // of ReadAt
	Bytes  int    // of a read or write
}

// ShortWrite is what a hook returns to have the first Bytes of a write done, and
// Err returned.
type ShortWrite struct {
	Bytes int
	Err   error
}

func (s *ShortWrite) Error() string {
	return fmt.Sprintf("short write of %d bytes: %v", s.Bytes, s.Err)
}
func (s *ShortWrite) Unwrap() error { return s.Err }

// Faulty returns fsys with a hook before every operation. The hook counts, waits,
// or returns an error, with which the operation then fails undone. It is called
// from the goroutine of the operation, from many at a time.
func Faulty(fsys FS, before func(Op) error) FS { return &faultyFS{fsys, before} }

type faultyFS struct {
	fs     FS
	before func(Op) error
}

func (f *faultyFS) check(op Op) error {
	if err := f.before(op); err != nil {
		return pathError(string(op.Kind), op.Name, err)
	}
	return nil
}

func (f *faultyFS) open(kind Kind, name string, open func(string) (File, error)) (File, error) {
	if err := f.check(Op{Kind: kind, Name: name}); err != nil {
		return nil, err
	}
	file, err := open(name)
	if err != nil {
		return nil, err
	}
	return &faultyFile{file, f}, nil
}

func (f *faultyFS) Create(name string) (File, error) { return f.open(OpCreate, name, f.fs.Create) }
func (f *faultyFS) Append(name string) (File, error) { return f.open(OpAppend, name, f.fs.Append) }
func (f *faultyFS) Open(name string) (File, error)   { return f.open(OpOpen, name, f.fs.Open) }

func (f *faultyFS) Rename(oldName, newName string) error {
	if err := f.check(Op{Kind: OpRename, Name: oldName, To: newName}); err != nil {
		return err
	}
	return f.fs.Rename(oldName, newName)
}

func (f *faultyFS) Link(oldName, newName string) error {
	if err := f.check(Op{Kind: OpLink, Name: oldName, To: newName}); err != nil {
		return err
	}
	return f.fs.Link(oldName, newName)
}

func (f *faultyFS) do(kind Kind, name string, do func(string) error) error {
	if err := f.check(Op{Kind: kind, Name: name}); err != nil {
		return err
	}
	return do(name)
}

func (f *faultyFS) Remove(name string) error    { return f.do(OpRemove, name, f.fs.Remove) }
func (f *faultyFS) RemoveAll(name string) error { return f.do(OpRemoveAll, name, f.fs.RemoveAll) }
func (f *faultyFS) MkdirAll(name string) error  { return f.do(OpMkdirAll, name, f.fs.MkdirAll) }
func (f *faultyFS) SyncDir(name string) error   { return f.do(OpSyncDir, name, f.fs.SyncDir) }

func (f *faultyFS) List(dir string) ([]Info, error) {
	if err := f.check(Op{Kind: OpList, Name: dir}); err != nil {
		return nil, err
	}
	return f.fs.List(dir)
}

func (f *faultyFS) Stat(name string) (Info, error) {
	if err := f.check(Op{Kind: OpStat, Name: name}); err != nil {
		return Info{}, err
	}
	return f.fs.Stat(name)
}

func (f *faultyFS) Lock(name string) (io.Closer, error) {
	if err := f.check(Op{Kind: OpLock, Name: name}); err != nil {
		return nil, err
	}
	return f.fs.Lock(name)
}

func (f *faultyFS) Free(dir string) (uint64, error) {
	if err := f.check(Op{Kind: OpFree, Name: dir}); err != nil {
		return 0, err
	}
	return f.fs.Free(dir)
}

func (f *faultyFS) Capacity(dir string) (uint64, error) {
	if err := f.check(Op{Kind: OpFree, Name: dir}); err != nil {
		return 0, err
	}
	return f.fs.Capacity(dir)
}

type faultyFile struct {
	file File
	fs   *faultyFS
}

func (f *faultyFile) check(kind Kind, offset int64, n int) error {
	return f.fs.check(Op{Kind: kind, Name: f.file.Name(), Offset: offset, Bytes: n})
}

func (f *faultyFile) Name() string { return f.file.Name() }

func (f *faultyFile) Read(p []byte) (int, error) {
	if err := f.check(OpRead, 0, len(p)); err != nil {
		return 0, err
	}
	return f.file.Read(p)
}

func (f *faultyFile) ReadAt(p []byte, offset int64) (int, error) {
	if err := f.check(OpRead, offset, len(p)); err != nil {
		return 0, err
	}
	return f.file.ReadAt(p, offset)
}

func (f *faultyFile) Write(p []byte) (int, error) {
	err := f.check(OpWrite, 0, len(p))
	if short := (*ShortWrite)(nil); errors.As(err, &short) {
		n, werr := f.file.Write(p[:min(short.Bytes, len(p))])
		return n, errors.Join(err, werr)
	}
	if err != nil {
		return 0, err
	}
	return f.file.Write(p)
}

func (f *faultyFile) Sync() error {
	if err := f.check(OpSync, 0, 0); err != nil {
		return err
	}
	return f.file.Sync()
}

func (f *faultyFile) Truncate(size int64) error {
	if err := f.check(OpTruncate, size, 0); err != nil {
		return err
	}
	return f.file.Truncate(size)
}

func (f *faultyFile) Size() (int64, error) {
	if err := f.check(OpSize, 0, 0); err != nil {
		return 0, err
	}
	return f.file.Size()
}

// Close closes the file whatever the hook says: the handle is gone even where
// the operating system reports an error.
func (f *faultyFile) Close() error {
	err := f.check(OpClose, 0, 0)
	return errors.Join(err, f.file.Close())
}
