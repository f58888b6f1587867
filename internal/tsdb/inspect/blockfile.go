package inspect

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"monopod/internal/tsdb/block"
	"monopod/internal/tsdb/index"
	"monopod/internal/vfs"
)

const (
	dataMagic  = "MPdata1\n"
	indexMagic = "MPindex1"
)

// errUnknownData: the data of a block is of a later format.
var errUnknownData = errors.New("data of an unknown format")

// pageEntry is the cells of a metric of a group in one segment.
type pageEntry struct {
	metric  index.MetricID
	group   index.GroupID
	segment int
	size    int
}

// pages calls f for each entry of a block's data file, in order, with its cells.
// A page says in its directory where it ends, so the file is read without the
// index, and front to back.
func pages(file vfs.File, f func(e pageEntry, cell []byte) error) error {
	size, err := file.Size()
	if err != nil {
		return err
	}
	r := &counted{r: bufio.NewReaderSize(io.NewSectionReader(file, 0, size), 256<<10)}
	magic := make([]byte, len(dataMagic))
	if _, err := io.ReadFull(r.r, magic); err != nil || string(magic) != dataMagic {
		return fmt.Errorf("%w: it begins with %q", errUnknownData, magic)
	}
	r.n = int64(len(magic))
	var entries []pageEntry
	var cell []byte
	for r.n < size {
		begin := r.n
		if entries, err = r.directory(entries[:0]); err != nil {
			return fmt.Errorf("directory of the page at %d: %w", begin, err)
		}
		for _, e := range entries {
			if int64(e.size) > size-r.n {
				return fmt.Errorf("directory of the page at %d: %w", begin, io.ErrUnexpectedEOF)
			}
			cell = append(cell[:0], make([]byte, e.size)...)
			if _, err := io.ReadFull(r.r, cell); err != nil {
				return err
			}
			r.n += int64(e.size)
			if err := f(e, cell); err != nil {
				return err
			}
		}
	}
	return nil
}

// counted reads numbers, and counts bytes.
type counted struct {
	r   *bufio.Reader
	n   int64
	err error
}

// ReadByte implements io.ByteReader.
func (c *counted) ReadByte() (byte, error) {
	b, err := c.r.ReadByte()
	if err == nil {
		c.n++
	}
	return b, err
}

func (c *counted) number() int {
	x, err := binary.ReadUvarint(c)
	if err == nil && x > 1<<32 {
		err = errors.New("number is too large")
	}
	if err != nil && c.err == nil {
		c.err = err
	}
	if c.err != nil {
		return 0
	}
	return int(x)
}

func (c *counted) directory(dst []pageEntry) ([]pageEntry, error) {
	for range c.number() {
		e := pageEntry{metric: index.MetricID(c.number())}
		for range c.number() {
			e.group += index.GroupID(c.number())
			e.segment, e.size = c.number(), c.number()
			if c.err != nil {
				return dst, c.err
			}
			dst = append(dst, e)
		}
	}
	return dst, c.err
}

// rowsOf is the rows of every segment of every group of a block.
func rowsOf(b *block.Reader) ([][]int, error) {
	out := make([][]int, b.Meta().Stats.Groups)
	for g := range out {
		info, err := b.Group(index.GroupID(g))
		if err != nil {
			return nil, err
		}
		for _, s := range info.Segments {
			out[g] = append(out[g], s.Rows)
		}
	}
	return out, nil
}
