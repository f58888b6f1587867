package inspect

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"

	"monopod/internal/tsdb/block"
	"monopod/internal/tsdb/index"
	"monopod/internal/vfs"
)

const (
	dataMagic  = "MPdata" // version, end of line
	indexMagic = "MPindex"
	maxPage    = 1 << 30
)

// The versions of a block's files that are known.
const oldestBlock, newestBlock = '1', '3'

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
	magic := make([]byte, len(dataMagic)+2)
	_, err = io.ReadFull(r.r, magic)
	version := magic[len(dataMagic)]
	if err != nil || string(magic[:len(dataMagic)]) != dataMagic || version < oldestBlock || version > newestBlock || magic[len(magic)-1] != '\n' {
		return fmt.Errorf("%w: it begins with %q", errUnknownData, magic)
	}
	r.n = int64(len(magic))
	if version == oldestBlock {
		return r.contents(size, f)
	}
	unzip, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxMemory(maxPage))
	if err != nil {
		return err
	}
	defer unzip.Close()
	for r.n < size {
		begin := r.n
		content, err := r.page(unzip, size)
		if err != nil {
			return fmt.Errorf("page at %d: %w", begin, err)
		}
		c := &counted{r: bufio.NewReader(bytes.NewReader(content))}
		if err := c.contents(int64(len(content)), f); err != nil {
			return fmt.Errorf("page at %d: %w", begin, err)
		}
	}
	return nil
}

// page reads a page, and unpacks it.
func (c *counted) page(unzip *zstd.Decoder, size int64) ([]byte, error) {
	n, stored := c.number(), c.number()
	if c.err != nil {
		return nil, c.err
	}
	if int64(stored) > size-c.n || n > maxPage {
		return nil, io.ErrUnexpectedEOF
	}
	b := make([]byte, stored)
	if _, err := io.ReadFull(c.r, b); err != nil {
		return nil, err
	}
	c.n += int64(stored)
	if n == stored {
		return b, nil
	}
	out, err := unzip.DecodeAll(b, nil)
	if err == nil && len(out) != n {
		err = fmt.Errorf("it unpacks to %d bytes, not %d", len(out), n)
	}
	return out, err
}

// contents calls f for the entries of all contents of pages up to size.
func (c *counted) contents(size int64, f func(e pageEntry, cell []byte) error) (err error) {
	var entries []pageEntry
	var cell []byte
	for c.n < size {
		begin := c.n
		if entries, err = c.directory(entries[:0]); err != nil {
			return fmt.Errorf("directory of the page at %d: %w", begin, err)
		}
		for _, e := range entries {
			if int64(e.size) > size-c.n {
				return fmt.Errorf("directory of the page at %d: %w", begin, io.ErrUnexpectedEOF)
			}
			cell = append(cell[:0], make([]byte, e.size)...)
			if _, err := io.ReadFull(c.r, cell); err != nil {
				return err
			}
			c.n += int64(e.size)
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
