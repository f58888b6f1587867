package inspect

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"monopod/internal/tsdb"
	"monopod/internal/tsdb/cells"
	"monopod/internal/tsdb/column"
	"monopod/internal/tsdb/index"
	"monopod/internal/tsdb/wire"
	"monopod/internal/vfs"
)

// The format of chunks, as package tsdb draws it.
const (
	chunkMagic    = "MPc"
	chunkVersion  = '3' // the newest
	chunkFixed    = 16
	stripeColumns = 64
	maxChunk      = 1 << 30
)

// chunk is a chunk of a head file.
type chunk struct {
	offset  int64
	size    int
	group   index.GroupID
	times   []int64
	columns []int
	stripes []stripe
	// malformed: the head matches its checksum, and is none all the same.
	malformed error
}

type stripe struct {
	b   []byte
	sum uint32
}

// chunkScanner goes through a head file. What it skips because no chunk begins
// there, although it is no write that a crash cut, is in damage.
type chunkScanner struct {
	file   vfs.File
	size   int64
	offset int64
	damage []stretch
}

type stretch struct{ offset, bytes int64 }

// next returns the next chunk whose head is good, nil at the end.
func (s *chunkScanner) next() (*chunk, error) {
	from := s.offset
	for s.offset < s.size {
		c, err := s.at(s.offset)
		if err != nil {
			return nil, err
		}
		if c != nil {
			if s.offset > from {
				s.damage = append(s.damage, stretch{from, s.offset - from})
			}
			s.offset += int64(c.size)
			return c, nil
		}
		if err := s.seek(); err != nil {
			return nil, err
		}
	}
	if s.size > from {
		return nil, s.end(from)
	}
	return nil, nil
}

// end judges what stands behind the last chunk. A write that a crash cut is
// shorter than it says, or ends in zeros; anything else was damaged later.
func (s *chunkScanner) end(from int64) error {
	n := s.size - from
	if n < chunkFixed {
		return nil
	}
	last, err := s.read(s.size-chunkFixed, chunkFixed)
	if err != nil || len(bytes.TrimLeft(last, "\x00")) == 0 {
		return err
	}
	fixed, err := s.read(from, chunkFixed)
	if err != nil {
		return err
	}
	size := chunkFixed + int64(binary.LittleEndian.Uint32(fixed[4:])) + int64(binary.LittleEndian.Uint32(fixed[8:]))
	if string(fixed[:3]) == chunkMagic && size > n {
		return nil
	}
	s.damage = append(s.damage, stretch{from, n})
	return nil
}

func (s *chunkScanner) read(offset int64, n int) ([]byte, error) {
	b := make([]byte, n)
	if m, err := s.file.ReadAt(b, offset); m < n {
		return nil, errors.Join(io.ErrUnexpectedEOF, err)
	}
	return b, nil
}

// at returns the chunk at a place, nil where there is none.
func (s *chunkScanner) at(offset int64) (*chunk, error) {
	if s.size-offset < chunkFixed {
		return nil, nil
	}
	fixed, err := s.read(offset, chunkFixed)
	if err != nil {
		return nil, err
	}
	head, body := int64(binary.LittleEndian.Uint32(fixed[4:])), int64(binary.LittleEndian.Uint32(fixed[8:]))
	size := chunkFixed + head + body
	if string(fixed[:3]) != chunkMagic || head+body > maxChunk || offset+size > s.size {
		return nil, nil
	}
	b, err := s.read(offset, int(size))
	if err != nil {
		return nil, err
	}
	sum := crc32.Update(crc32.Checksum(b[:12], castagnoli), castagnoli, b[chunkFixed:chunkFixed+head])
	if sum != binary.LittleEndian.Uint32(b[12:]) {
		return nil, nil
	}
	if fixed[3] < '1' || fixed[3] > chunkVersion {
		return nil, fmt.Errorf("%w %q of a chunk at %d; use the version of Monopod that wrote it", tsdb.ErrVersion, fixed[3], offset)
	}
	c := &chunk{offset: offset, size: int(size)}
	c.malformed = c.parse(b[chunkFixed:chunkFixed+head], b[chunkFixed+head:])
	return c, nil
}

// seek moves to the next place where a chunk may begin.
func (s *chunkScanner) seek() error {
	s.offset++
	for s.size-s.offset >= chunkFixed {
		b, err := s.read(s.offset, int(min(64<<10, s.size-s.offset)))
		if err != nil {
			return err
		}
		if i := bytes.Index(b, []byte(chunkMagic)); i >= 0 {
			s.offset += int64(i)
			return nil
		}
		s.offset += int64(len(b) - len(chunkMagic) + 1)
	}
	s.offset = s.size
	return nil
}

// parse reads a head that matches its checksum.
func (c *chunk) parse(head, body []byte) error {
	d := wire.Decoder{B: head}
	c.group = index.GroupID(d.ID())
	rows := d.ID()
	at := 0
	for {
		n := int(d.ID())
		if n == 0 || d.Err != nil {
			break
		}
		at += int(d.ID())
		if at+n > 1<<26 {
			d.Fail("columns")
			break
		}
		for range n {
			c.columns = append(c.columns, at)
			at++
		}
	}
	times := d.Bytes(d.Count(1))
	var err error
	if d.Err == nil {
		if c.times, _, err = column.DecodeTimestamps(nil, times, int(rows)); err != nil {
			return fmt.Errorf("timestamps: %w", err)
		}
	}
	for range (len(c.columns) + stripeColumns - 1) / stripeColumns {
		n, sum := int(d.ID()), d.Bytes(4)
		if d.Err != nil || n > len(body) {
			d.Fail("size of a stripe")
			break
		}
		c.stripes = append(c.stripes, stripe{body[:n], binary.LittleEndian.Uint32(sum)})
		body = body[n:]
	}
	return d.End()
}

// verify checks the stripes, and that every column decodes.
func (c *chunk) verify() error {
	if c.malformed != nil {
		return c.malformed
	}
	for i, s := range c.stripes {
		if crc32.Checksum(s.b, castagnoli) != s.sum {
			return fmt.Errorf("columns %d to %d do not match their checksum", c.columns[i*stripeColumns], c.columns[min((i+1)*stripeColumns, len(c.columns))-1])
		}
	}
	var buf cells.Samples
	return c.each(func(col int, cell []byte) error {
		buf.Reset()
		if n, err := cells.Decode(&buf, cell, c.times); err != nil || n != len(cell) {
			return fmt.Errorf("column %d does not decode: %w", col, err)
		}
		return nil
	})
}

// each calls f with the cells of every column.
func (c *chunk) each(f func(column int, cell []byte) error) error {
	for i, s := range c.stripes {
		columns := c.columns[i*stripeColumns : min((i+1)*stripeColumns, len(c.columns))]
		d := wire.Decoder{B: s.b}
		sizes := make([]int, len(columns))
		for j := range columns {
			sizes[j] = int(d.ID())
		}
		for j, col := range columns {
			cell := d.Bytes(sizes[j])
			if d.Err != nil {
				return fmt.Errorf("sizes of columns: %w", d.Err)
			}
			if err := f(col, cell); err != nil {
				return err
			}
		}
	}
	return nil
}
