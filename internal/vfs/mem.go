package vfs

import (
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// MemFS is a file system in memory that keeps apart what was synced and what was
// only written, so that Crash can take the power away.
type MemFS struct {
	mu struct {
		sync.Mutex
		root          *node
		locks         map[*node]bool
		readOnly      bool
		limited       bool
		freeBytes     int64  // when limited
		capacityBytes uint64 // 0: not set
	}
}

// node is a directory or a file; names link to it.
type node struct {
	dir      bool
	links    int
	modified time.Time

	entries map[string]*node // of a directory, as written
	durable map[string]*node // as synced

	data    []byte   // of a file, as written
	synced  []byte   // as synced
	pending []change // what makes data of synced, in order
}

// change is one write or truncation.
type change struct {
	offset   int64
	data     []byte // written at offset
	truncate bool   // or: cut to offset
}

// Mem returns an empty file system in memory. Relative names are below its root.
func Mem() *MemFS {
	m := &MemFS{}
	m.mu.root = newDir()
	m.mu.locks = map[*node]bool{}
	return m
}

func newDir() *node {
	return &node{dir: true, modified: time.Now(), entries: map[string]*node{}, durable: map[string]*node{}}
}

// SetFree says how many bytes may still be written before ENOSPC; a write that
// does not fit leaves the part that did. Less than zero: any number.
func (m *MemFS) SetFree(bytes int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.mu.limited, m.mu.freeBytes = bytes >= 0, bytes
}

// SetCapacity says what Capacity returns; writes do not heed it.
func (m *MemFS) SetCapacity(bytes uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.mu.capacityBytes = bytes
}

// SetReadOnly makes every change fail with EROFS.
func (m *MemFS) SetReadOnly(on bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.mu.readOnly = on
}

func split(name string) []string {
	name = strings.Trim(filepath.ToSlash(filepath.Clean("/"+name)), "/")
	if name == "" {
		return nil
	}
	return strings.Split(name, "/")
}

func pathError(op, name string, err error) error {
	return &fs.PathError{Op: op, Path: name, Err: err}
}

func (m *MemFS) findLocked(parts []string) (*node, error) {
	n := m.mu.root
	for _, p := range parts {
		if !n.dir {
			return nil, syscall.ENOTDIR
		}
		if n = n.entries[p]; n == nil {
			return nil, syscall.ENOENT
		}
	}
	return n, nil
}

// placeLocked returns the directory that holds, or would hold, name.
func (m *MemFS) placeLocked(name string) (dir *node, base string, err error) {
	parts := split(name)
	if len(parts) == 0 {
		return nil, "", syscall.EINVAL
	}
	dir, err = m.findLocked(parts[:len(parts)-1])
	if err == nil && !dir.dir {
		err = syscall.ENOTDIR
	}
	return dir, parts[len(parts)-1], err
}

func (m *MemFS) writableLocked() error {
	if m.mu.readOnly {
		return syscall.EROFS
	}
	return nil
}

func (m *MemFS) openWrite(op, name string, empty bool) (*node, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	dir, base, err := m.placeLocked(name)
	if err == nil {
		err = m.writableLocked()
	}
	if err != nil {
		return nil, pathError(op, name, err)
	}
	n := dir.entries[base]
	switch {
	case n == nil:
		n = &node{links: 1, modified: time.Now()}
		dir.entries[base] = n
	case n.dir:
		return nil, pathError(op, name, syscall.EISDIR)
	case empty:
		m.truncateLocked(n, 0)
	}
	return n, nil
}

// Create implements FS.
func (m *MemFS) Create(name string) (File, error) {
	n, err := m.openWrite("create", name, true)
	if err != nil {
		return nil, err
	}
	return &memFile{fs: m, n: n, name: name, write: true}, nil
}

// Append implements FS.
func (m *MemFS) Append(name string) (File, error) {
	n, err := m.openWrite("append", name, false)
	if err != nil {
		return nil, err
	}
	return &memFile{fs: m, n: n, name: name, write: true}, nil
}

// Open implements FS.
func (m *MemFS) Open(name string) (File, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n, err := m.findLocked(split(name))
	if err == nil && n.dir {
		err = syscall.EISDIR
	}
	if err != nil {
		return nil, pathError("open", name, err)
	}
	return &memFile{fs: m, n: n, name: name}, nil
}

// Rename implements FS.
func (m *MemFS) Rename(oldName, newName string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	from, oldBase, err := m.placeLocked(oldName)
	if err == nil {
		err = m.writableLocked()
	}
	if err != nil {
		return &os.LinkError{Op: "rename", Old: oldName, New: newName, Err: err}
	}
	to, newBase, err := m.placeLocked(newName)
	n := from.entries[oldBase]
	if err == nil && n == nil {
		err = syscall.ENOENT
	}
	if err == nil {
		if there := to.entries[newBase]; there != nil {
			switch {
			case there == n: // two names of one file: POSIX does nothing
				return nil
			case there.dir && !n.dir:
				err = syscall.EISDIR
			case !there.dir && n.dir:
				err = syscall.ENOTDIR
			case there.dir && len(there.entries) > 0:
				err = syscall.ENOTEMPTY
			default:
				m.unlinkLocked(there)
			}
		}
	}
	if err != nil {
		return &os.LinkError{Op: "rename", Old: oldName, New: newName, Err: err}
	}
	delete(from.entries, oldBase)
	to.entries[newBase] = n
	return nil
}

func (m *MemFS) unlinkLocked(n *node) {
	if n.links--; n.links <= 0 && !n.dir {
		m.mu.freeBytes += int64(len(n.data))
	}
}

// Remove implements FS.
func (m *MemFS) Remove(name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	dir, base, err := m.placeLocked(name)
	if err == nil {
		err = m.writableLocked()
	}
	if err != nil {
		return pathError("remove", name, err)
	}
	n := dir.entries[base]
	if n == nil {
		return pathError("remove", name, syscall.ENOENT)
	}
	if len(n.entries) > 0 {
		return pathError("remove", name, syscall.ENOTEMPTY)
	}
	m.unlinkLocked(n)
	delete(dir.entries, base)
	return nil
}

// RemoveAll implements FS.
func (m *MemFS) RemoveAll(name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	dir, base, err := m.placeLocked(name)
	if ignoreAbsent(err) == nil && (err != nil || dir.entries[base] == nil) {
		return nil
	}
	if err == nil {
		err = m.writableLocked()
	}
	if err != nil {
		return pathError("removeall", name, err)
	}
	m.removeTreeLocked(dir.entries[base])
	delete(dir.entries, base)
	return nil
}

// removeTreeLocked empties directories too: each entry is lost or kept by itself.
func (m *MemFS) removeTreeLocked(n *node) {
	for name, child := range n.entries {
		m.removeTreeLocked(child)
		delete(n.entries, name)
	}
	m.unlinkLocked(n)
}

// MkdirAll implements FS.
func (m *MemFS) MkdirAll(name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := m.mu.root
	for _, p := range split(name) {
		next := n.entries[p]
		if next == nil {
			if err := m.writableLocked(); err != nil {
				return pathError("mkdir", name, err)
			}
			next = newDir()
			n.entries[p] = next
		}
		if !next.dir {
			return pathError("mkdir", name, syscall.ENOTDIR)
		}
		n = next
	}
	return nil
}

// List implements FS.
func (m *MemFS) List(dir string) ([]Info, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n, err := m.findLocked(split(dir))
	if err == nil && !n.dir {
		err = syscall.ENOTDIR
	}
	if err != nil {
		return nil, pathError("list", dir, err)
	}
	infos := make([]Info, 0, len(n.entries))
	for _, name := range slices.Sorted(maps.Keys(n.entries)) {
		infos = append(infos, n.entries[name].info(name))
	}
	return infos, nil
}

// Stat implements FS.
func (m *MemFS) Stat(name string) (Info, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n, err := m.findLocked(split(name))
	if err != nil {
		return Info{}, pathError("stat", name, err)
	}
	return n.info(filepath.Base(name)), nil
}

func (n *node) info(name string) Info {
	return Info{Name: name, SizeBytes: int64(len(n.data)), Dir: n.dir, Modified: n.modified}
}

// Link implements FS.
func (m *MemFS) Link(oldName, newName string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	n, err := m.findLocked(split(oldName))
	if err == nil && n.dir {
		err = syscall.EPERM
	}
	var to *node
	var base string
	if err == nil {
		to, base, err = m.placeLocked(newName)
	}
	if err == nil && to.entries[base] != nil {
		err = syscall.EEXIST
	}
	if err == nil {
		err = m.writableLocked()
	}
	if err != nil {
		return &os.LinkError{Op: "link", Old: oldName, New: newName, Err: err}
	}
	n.links++
	to.entries[base] = n
	return nil
}

// SyncDir implements FS.
func (m *MemFS) SyncDir(name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	n, err := m.findLocked(split(name))
	if err == nil && !n.dir {
		err = syscall.ENOTDIR
	}
	if err != nil {
		return pathError("syncdir", name, err)
	}
	n.durable = maps.Clone(n.entries)
	return nil
}

// Lock implements FS. The lock is held against every user of this MemFS; the
// file systems that Kill and Crash return start without locks.
func (m *MemFS) Lock(name string) (io.Closer, error) {
	n, err := m.openWrite("lock", name, false)
	if err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.mu.locks[n] {
		return nil, lockedError(name, string(n.data))
	}
	m.mu.locks[n] = true
	m.truncateLocked(n, 0)
	if _, err := m.writeLocked(n, []byte(strconv.Itoa(os.Getpid())+"\n")); err != nil {
		m.truncateLocked(n, 0)
	}
	return &memLock{m, n}, nil
}

type memLock struct {
	fs *MemFS
	n  *node
}

func (l *memLock) Close() error {
	l.fs.mu.Lock()
	defer l.fs.mu.Unlock()
	delete(l.fs.mu.locks, l.n)
	return nil
}

// Capacity implements FS: 1 PiB, or what SetCapacity said.
func (m *MemFS) Capacity(dir string) (uint64, error) {
	if _, err := m.Stat(dir); err != nil {
		return 0, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.mu.capacityBytes == 0 {
		return 1 << 50, nil
	}
	return m.mu.capacityBytes, nil
}

// Free implements FS.
func (m *MemFS) Free(dir string) (uint64, error) {
	if _, err := m.Stat(dir); err != nil {
		return 0, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.mu.limited {
		return 1 << 50, nil
	}
	return uint64(max(0, m.mu.freeBytes)), nil
}
