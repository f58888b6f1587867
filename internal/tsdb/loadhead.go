package tsdb

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"

	"monopod/internal/vfs"
)

// loadHead finds the chunks that were sealed. Every byte is checked: a chunk of
// which the power took a part must not hide the rows that the log still has.
//
// A chunk is of no use without its group. The power may have taken the catalog's
// copy of a definition that the log still has: what is not known is looked for
// there before a chunk is left out, as it would be back with the next start.
func (db *DB) loadHead() error {
	logRead := false
	define := func() error {
		if logRead {
			return nil
		}
		logRead = true
		return db.replayDefinitions()
	}
	entries, err := db.fsys.List(db.windows.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read head files: %w", err)
	}
	for _, e := range entries {
		window, part, ok := parseHeadFileName(e.Name)
		if !ok || e.Dir {
			continue
		}
		db.windows.mu.Lock()
		f := db.windows.addLocked(window, part)
		db.windows.mu.Unlock()
		if err := db.loadHeadFile(f, define); err != nil {
			return fmt.Errorf("read head file %s: %w", filepath.Join(db.windows.dir, e.Name), err)
		}
	}
	return nil
}

// loadHeadFile finds the chunks of one file; define brings in what the log defines.
func (db *DB) loadHeadFile(f *headFile, define func() error) error {
	file, err := db.fsys.Open(f.path)
	if err != nil {
		return err
	}
	defer file.Close()
	size, err := file.Size()
	if err != nil {
		return err
	}
	s := chunkScanner{file: file, size: size}
	for {
		offset, b, err := s.next()
		if err != nil {
			return err
		}
		if b == nil {
			break
		}
		h, err := verifyChunk(b)
		if err != nil {
			db.damagedChunk(f, offset, err)
			continue
		}
		if db.head.group(h.group) == nil && db.registry.set(h.group) == nil {
			if err := define(); err != nil {
				return err
			}
		}
		db.loadChunk(f, h, offset, len(b))
	}
	for _, offset := range s.damage {
		db.damagedChunk(f, offset, errChunk)
	}
	f.mu.end = s.end
	return nil
}

func (db *DB) loadChunk(f *headFile, h *chunkHead, offset int64, size int) {
	g := db.head.group(h.group)
	if x := db.registry.set(h.group); x != nil {
		x.seen = max(x.seen, h.columns.limit())
		x.mu.Lock()
		x.insertLocked(setChunk{chunkRef{
			file: f, offset: offset, size: int32(size), rows: int32(len(h.times)),
			first: h.times[0], last: h.times[len(h.times)-1],
		}, h.columns})
		x.mu.Unlock()
		return
	}
	if g == nil {
		db.index.Reserve(0, h.group)
		db.damagedChunk(f, offset, fmt.Errorf("%w: its group %d is not in the catalog", errChunk, h.group))
		return
	}
	g.sawColumns(h.columns.limit())
	g.writer.restored = false
	g.mu.chunks = insertChunk(g.mu.chunks, chunkRef{
		file: f, offset: offset, size: int32(size), rows: int32(len(h.times)),
		first: h.times[0], last: h.times[len(h.times)-1],
	})
}

func (db *DB) damagedChunk(f *headFile, offset int64, err error) {
	db.damage("chunk", 1)
	f.damaged.Store(true)
	db.logger.Error("A damaged chunk was left out; rows that the log does not have are lost", "file", f.path, "offset", offset, "err", err)
}

// verifyChunk checks all of a chunk.
func verifyChunk(b []byte) (*chunkHead, error) {
	h, err := decodeChunkHead(b)
	if err != nil {
		return nil, err
	}
	for _, s := range h.stripes {
		if h.body+s.offset+s.size > len(b) {
			return nil, fmt.Errorf("%w: body is cut off", errChunk)
		}
		if err := s.verify(b[h.body+s.offset:][:s.size]); err != nil {
			return nil, err
		}
	}
	return h, nil
}

// chunkScanner goes through a head file.
type chunkScanner struct {
	file   vfs.File
	size   int64
	offset int64
	end    int64   // behind the last chunk
	damage []int64 // where there is no chunk, although one follows
	buf    []byte
	start  int64 // of buf in the file
}

// at returns n bytes at an offset, fewer at the end of the file.
func (s *chunkScanner) at(offset int64, n int) ([]byte, error) {
	const ahead = 1 << 20
	n = int(min(int64(n), s.size-offset))
	if n <= 0 {
		return nil, nil
	}
	if offset < s.start || offset+int64(n) > s.start+int64(len(s.buf)) {
		want := int(min(int64(max(n, ahead)), s.size-offset))
		if cap(s.buf) < want {
			s.buf = make([]byte, want)
		}
		s.buf, s.start = s.buf[:want], offset
		if m, err := s.file.ReadAt(s.buf, offset); m < want {
			if err == nil || err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			s.buf = s.buf[:0]
			return nil, err
		}
	}
	return s.buf[offset-s.start:][:n], nil
}

// next returns the next chunk, valid until the call after; nil at the end.
// Behind the last one may stand a write that a crash cut.
func (s *chunkScanner) next() (int64, []byte, error) {
	skipped := int64(-1)
	for s.offset < s.size {
		b, err := s.at(s.offset, chunkFixed)
		if err != nil {
			return 0, nil, err
		}
		head, body, err := chunkSizes(b)
		if n := chunkFixed + head + body; err == nil && s.offset+int64(n) <= s.size {
			if b, err = s.at(s.offset, n); err != nil {
				return 0, nil, err
			}
			// Sizes are believed with the head's checksum only.
			_, err := decodeChunkHead(b)
			if errors.Is(err, ErrVersion) {
				return 0, nil, err
			}
			if err == nil {
				if skipped >= 0 {
					s.damage = append(s.damage, skipped)
				}
				offset := s.offset
				s.offset += int64(n)
				s.end = s.offset
				return offset, b, nil
			}
		}
		if skipped < 0 {
			skipped = s.offset
		}
		if err := s.seek(); err != nil {
			return 0, nil, err
		}
	}
	return 0, nil, nil
}

// seek moves to the next place where a chunk may begin.
func (s *chunkScanner) seek() error {
	s.offset++
	for s.offset < s.size {
		b, err := s.at(s.offset, 64<<10)
		if err != nil {
			return err
		}
		i := bytes.Index(b, []byte(chunkMagic[:3]))
		if i >= 0 {
			s.offset += int64(i)
			return nil
		}
		s.offset += int64(max(len(b)-len(chunkMagic[:3])+1, 1))
	}
	return nil
}
