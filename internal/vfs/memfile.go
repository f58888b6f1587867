package vfs

import (
	"fmt"
	"io"
	"io/fs"
	"syscall"
	"time"
)

// memFile is a handle of a MemFS. The node's content is guarded by the MemFS.
type memFile struct {
	fs     *MemFS
	n      *node
	name   string
	write  bool
	closed bool
	offset int64 // of Read
}

func (f *memFile) Name() string { return f.name }

func (f *memFile) usableLocked(op string, change bool) error {
	switch {
	case f.closed:
		return pathError(op, f.name, fs.ErrClosed)
	case change && !f.write:
		return pathError(op, f.name, syscall.EBADF)
	case change && f.fs.mu.readOnly:
		return pathError(op, f.name, syscall.EROFS)
	}
	return nil
}

func (f *memFile) Read(p []byte) (int, error) {
	n, err := f.ReadAt(p, f.offset)
	f.offset += int64(n)
	if n > 0 && err == io.EOF {
		err = nil
	}
	return n, err
}

func (f *memFile) ReadAt(p []byte, offset int64) (int, error) {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if err := f.usableLocked("read", false); err != nil {
		return 0, err
	}
	if f.write {
		return 0, pathError("read", f.name, syscall.EBADF)
	}
	if offset < 0 {
		return 0, pathError("read", f.name, fmt.Errorf("negative offset %d", offset))
	}
	if len(p) == 0 {
		return 0, nil
	}
	if offset >= int64(len(f.n.data)) {
		return 0, io.EOF
	}
	n := copy(p, f.n.data[offset:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (f *memFile) Write(p []byte) (int, error) {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if err := f.usableLocked("write", true); err != nil {
		return 0, err
	}
	n, err := f.fs.writeLocked(f.n, p)
	if err != nil {
		err = pathError("write", f.name, err)
	}
	return n, err
}

func (m *MemFS) writeLocked(n *node, p []byte) (int, error) {
	var err error
	if m.mu.limited && int64(len(p)) > m.mu.freeBytes {
		p, err = p[:max(0, m.mu.freeBytes)], syscall.ENOSPC
	}
	if len(p) > 0 {
		m.mu.freeBytes -= int64(len(p))
		n.change(change{offset: int64(len(n.data)), data: append([]byte(nil), p...)})
	}
	return len(p), err
}

func (m *MemFS) truncateLocked(n *node, size int64) {
	if size != int64(len(n.data)) {
		m.mu.freeBytes += int64(len(n.data)) - size
		n.change(change{offset: size, truncate: true})
	}
}

func (n *node) change(c change) {
	n.data = c.apply(n.data)
	n.pending = append(n.pending, c)
	n.modified = time.Now()
}

// apply makes the change; the part of the file before it that is missing is zeros.
func (c change) apply(b []byte) []byte {
	end := c.offset
	if !c.truncate {
		end = max(end+int64(len(c.data)), int64(len(b)))
	}
	if grow := end - int64(len(b)); grow > 0 {
		b = append(b, make([]byte, grow)...)
	}
	b = b[:end]
	copy(b[min(c.offset, end):], c.data)
	return b
}

func (f *memFile) Truncate(size int64) error {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if err := f.usableLocked("truncate", true); err != nil {
		return err
	}
	if size < 0 {
		return pathError("truncate", f.name, syscall.EINVAL)
	}
	f.fs.truncateLocked(f.n, size)
	return nil
}

func (f *memFile) Sync() error {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if err := f.usableLocked("sync", false); err != nil {
		return err
	}
	for _, c := range f.n.pending {
		f.n.synced = c.apply(f.n.synced)
	}
	f.n.pending = nil
	return nil
}

func (f *memFile) Size() (int64, error) {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if err := f.usableLocked("stat", false); err != nil {
		return 0, err
	}
	return int64(len(f.n.data)), nil
}

func (f *memFile) Close() error {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if f.closed {
		return pathError("close", f.name, fs.ErrClosed)
	}
	f.closed = true
	return nil
}
