package tsdb

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"monopod/internal/tsdb/cache"
	"monopod/internal/tsdb/cells"
	"monopod/internal/vfs"
)

// A head file holds the chunks of one window of time, one behind the other as
// they were sealed: head/START-PART.chunks, with the start of the window in
// milliseconds. When the window becomes a block, its part is full: what still
// comes for the window goes to the next part.
const headExtension = ".chunks"

// headFile is one part of a window.
type headFile struct {
	id     uint64 // in the cache
	fsys   vfs.FS
	path   string
	window int64 // start
	part   int

	// replacedBy is set when a block stands for the file; dropping, which
	// DB.upkeeping guards, when the file is about to go.
	replacedBy atomic.Pointer[replacement]
	dropping   bool
	damaged    atomic.Bool

	mu struct {
		sync.Mutex
		file  vfs.File // to append to, nil until the first chunk
		read  vfs.File
		end   int64 // bytes that hold chunks
		torn  bool  // bytes behind end may exist
		dirty bool  // not synced
		fresh bool  // its directory entry is not synced
		full  bool  // takes no more chunks
	}
}

// chunkRef is where a chunk lies.
type chunkRef struct {
	file        *headFile
	offset      int64
	first, last int64
	rows, size  int32
}

func headFileName(window int64, part int) string {
	return fmt.Sprintf("%d-%04d%s", window, part, headExtension)
}

// parseHeadFileName is the reverse of headFileName.
func parseHeadFileName(name string) (window int64, part int, ok bool) {
	name, ok = strings.CutSuffix(name, headExtension)
	i := strings.LastIndexByte(name, '-')
	if !ok || i <= 0 {
		return 0, 0, false
	}
	window, err := strconv.ParseInt(name[:i], 10, 64)
	if err != nil {
		return 0, 0, false
	}
	part, err = strconv.Atoi(name[i+1:])
	return window, part, err == nil && part >= 0
}

// source names the part, in the meta of the block that is made of it.
func (f *headFile) source() string { return strings.TrimSuffix(filepath.Base(f.path), headExtension) }

// append writes a chunk, and returns its offset; ok is false where the file is
// full.
func (f *headFile) append(chunk []byte) (offset int64, ok bool, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.mu.full {
		return 0, false, nil
	}
	if err := f.openLocked(); err != nil {
		return 0, false, fmt.Errorf("write %s: %w", f.path, err)
	}
	if f.mu.torn {
		if err := f.mu.file.Truncate(f.mu.end); err != nil {
			return 0, false, fmt.Errorf("write %s: cut off a failed write: %w", f.path, err)
		}
		f.mu.torn = false
	}
	if _, err := f.mu.file.Write(chunk); err != nil {
		f.mu.torn = f.mu.file.Truncate(f.mu.end) != nil
		return 0, false, fmt.Errorf("write %s: %w", f.path, err)
	}
	offset = f.mu.end
	f.mu.end += int64(len(chunk))
	f.mu.dirty = true
	return offset, true, nil
}

func (f *headFile) openLocked() error {
	if f.mu.file != nil {
		return nil
	}
	if err := f.fsys.MkdirAll(filepath.Dir(f.path)); err != nil {
		return err
	}
	_, err := f.fsys.Stat(f.path)
	f.mu.fresh = f.mu.fresh || errors.Is(err, fs.ErrNotExist)
	file, err := f.fsys.Append(f.path)
	if err != nil {
		return err
	}
	// What stands behind end is a write that a crash cut.
	if err := file.Truncate(f.mu.end); err != nil {
		return errors.Join(err, file.Close())
	}
	f.mu.file = file
	return nil
}

// sync makes the chunks durable; the directory entry is the caller's.
func (f *headFile) sync() (fresh bool, err error) {
	f.mu.Lock()
	file, dirty := f.mu.file, f.mu.dirty
	f.mu.dirty = false
	fresh = f.mu.fresh
	f.mu.Unlock()
	if !dirty || file == nil {
		return fresh, nil
	}
	if err := file.Sync(); err != nil {
		f.mu.Lock()
		f.mu.dirty = true
		f.mu.Unlock()
		return fresh, fmt.Errorf("sync %s: %w", f.path, err)
	}
	return fresh, nil
}

func (f *headFile) entrySynced() {
	f.mu.Lock()
	f.mu.fresh = false
	f.mu.Unlock()
}

// freeze makes the file full.
func (f *headFile) freeze() {
	f.mu.Lock()
	f.mu.full = true
	f.mu.Unlock()
}

func (f *headFile) size() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.mu.end
}

// Close closes the file; chunks in it cannot be read any more.
func (f *headFile) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	var errs []error
	for _, h := range []vfs.File{f.mu.file, f.mu.read} {
		if h != nil {
			errs = append(errs, h.Close())
		}
	}
	f.mu.file, f.mu.read, f.mu.full = nil, nil, true
	return errors.Join(errs...)
}

func (f *headFile) readAt(b []byte, offset int64) error {
	f.mu.Lock()
	read := f.mu.read
	if read == nil {
		var err error
		if read, err = f.fsys.Open(f.path); err != nil {
			f.mu.Unlock()
			return err
		}
		f.mu.read = read
	}
	f.mu.Unlock()
	if n, err := read.ReadAt(b, offset); n < len(b) {
		if err == nil || err == io.EOF {
			err = fmt.Errorf("%w: the file ends at %d", errChunk, offset+int64(n))
		}
		return err
	}
	return nil
}

// headOf returns the head of a chunk.
func (c *chunkRef) headOf(k *cache.Cache) (*chunkHead, error) {
	v, err := k.Get(cache.Key{File: c.file.id, Offset: c.offset}, func() (any, int, error) {
		// One read gets the head of nearly every chunk.
		b := make([]byte, min(int(c.size), 1<<10))
		if err := c.file.readAt(b, c.offset); err != nil {
			return nil, 0, err
		}
		head, _, err := chunkSizes(b)
		if err != nil {
			return nil, 0, err
		}
		if n := chunkFixed + head; n > len(b) {
			if n > int(c.size) {
				return nil, 0, fmt.Errorf("%w: size of the head", errChunk)
			}
			b = make([]byte, n)
			if err := c.file.readAt(b, c.offset); err != nil {
				return nil, 0, err
			}
		}
		h, err := decodeChunkHead(b)
		if err != nil {
			return nil, 0, err
		}
		return h, 128 + 8*len(h.times) + 12*len(h.columns.bits) + 24*len(h.stripes), nil
	})
	if err != nil {
		return nil, c.wrap(err)
	}
	return v.(*chunkHead), nil
}

// samples appends to dst what a column holds in the chunk.
func (c *chunkRef) samples(k *cache.Cache, dst *cells.Samples, column int) error {
	h, s, place, err := c.stripeOf(k, column)
	if err == nil && s != nil {
		if err = h.decodeColumn(dst, place, s); err != nil {
			err = c.wrap(err)
		}
	}
	return err
}

// floats appends to dst the values that the column at a place, which is in stripe
// s, holds in the rows of the chunk; ok is false, and dst as it was, where one has
// no float, or a stale marker.
func (c *chunkRef) floats(dst []float64, h *chunkHead, s *stripe, place int) (values []float64, ok bool, err error) {
	cell := s.column(place % stripeColumns)
	values, read, ok, err := cells.DecodeFloats(dst, cell, len(h.times))
	if err != nil || ok && read != len(cell) {
		return dst, false, c.wrap(fmt.Errorf("%w: size of a column: %v", errChunk, err))
	}
	return values, ok, nil
}

// stripeOf returns the stripe in which a column is, and its place in the chunk; a
// nil stripe where the chunk does not have it.
func (c *chunkRef) stripeOf(k *cache.Cache, column int) (h *chunkHead, s *stripe, place int, err error) {
	if h, err = c.headOf(k); err != nil {
		return nil, nil, 0, err
	}
	place, ok := h.columns.place(column)
	if !ok {
		return h, nil, 0, nil
	}
	ref := h.stripes[place/stripeColumns]
	at := c.offset + int64(h.body+ref.offset)
	v, err := k.Get(cache.Key{File: c.file.id, Offset: at}, func() (any, int, error) {
		b := make([]byte, ref.size)
		err := c.file.readAt(b, at)
		if err == nil {
			err = ref.verify(b)
		}
		if err != nil {
			return nil, 0, err
		}
		out, err := h.decodeStripe(place/stripeColumns, b)
		return out, len(b) + 4*stripeColumns, err
	})
	if err != nil {
		return nil, nil, 0, c.wrap(err)
	}
	return h, v.(*stripe), place, nil
}

func (c *chunkRef) wrap(err error) error { return &chunkError{*c, err} }

// chunkError is why a chunk could not be read.
type chunkError struct {
	ref chunkRef
	err error
}

func (e *chunkError) Error() string {
	return fmt.Sprintf("read chunk at %d of %s: %v", e.ref.offset, e.ref.file.path, e.err)
}

func (e *chunkError) Unwrap() error { return e.err }
