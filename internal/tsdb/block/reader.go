package block

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"path/filepath"

	"github.com/klauspost/compress/zstd"

	"monopod/internal/tsdb/cache"
	"monopod/internal/tsdb/wire"
	"monopod/internal/vfs"
)

// Reader reads a block. It keeps the table of contents in memory, and everything
// else in the cache. All methods may be called from many goroutines, until Close.
type Reader struct {
	shared *Shared
	meta   Meta
	dir    string
	index  file
	data   file
	toc    contents
	// version of the format.
	version byte
}

// file is one of the two files.
type file struct {
	vfs.File
	id uint64 // in the cache
}

// reference is where a section is.
type reference struct {
	offset      int64
	stored, raw int
	sum         uint32
}

// contents is the table of contents.
type contents struct {
	metrics, groups, lists, times               int
	metricSections, groupSections, listSections []reference
	timesSections                               []reference
	shapes                                      reference
	metricNames, groupNames                     map[string]reference
	pages                                       []pageRef
}

// maxSection bounds what a reference may claim, so that a damaged one cannot ask
// for all memory.
const maxSection = 1 << 30

// Shared is what the blocks of a store have in common. All methods may be called
// from many goroutines.
type Shared struct {
	fsys  vfs.FS
	cache *cache.Cache
	// ids gives files their names in the cache.
	ids   func() uint64
	zip   *zstd.Encoder
	unzip *zstd.Decoder
}

// NewShared returns what blocks need to be written and read.
func NewShared(fsys vfs.FS, c *cache.Cache, ids func() uint64) (*Shared, error) {
	zip, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithLowerEncoderMem(true), zstd.WithWindowSize(256<<10))
	if err != nil {
		return nil, fmt.Errorf("make compressor: %w", err)
	}
	unzip, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(2), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxMemory(maxSection))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("make decompressor: %w", err), zip.Close())
	}
	return &Shared{fsys: fsys, cache: c, ids: ids, zip: zip, unzip: unzip}, nil
}

// Close is called when no block is open.
func (s *Shared) Close() error {
	s.unzip.Close()
	return s.zip.Close()
}

// Open opens the block in a directory. ErrCorrupt and ErrVersion tell that it
// cannot be used.
func (s *Shared) Open(dir string) (*Reader, error) {
	r := &Reader{shared: s, dir: dir}
	if err := r.open(); err != nil {
		return nil, errors.Join(fmt.Errorf("open block %s: %w", dir, err), r.Close())
	}
	return r, nil
}

func (r *Reader) open() error {
	var err error
	if r.meta, err = ReadMeta(r.shared.fsys, r.dir); err != nil {
		return err
	}
	return r.openFiles()
}

func (r *Reader) openFiles() error {
	s := r.shared
	var err error
	if r.index.File, err = s.fsys.Open(filepath.Join(r.dir, indexFile)); err != nil {
		return err
	}
	if r.data.File, err = s.fsys.Open(filepath.Join(r.dir, dataFile)); err != nil {
		return err
	}
	r.index.id, r.data.id = s.ids(), s.ids()
	return r.readContents()
}

func (r *Reader) readContents() error {
	size, err := r.index.Size()
	if err != nil {
		return err
	}
	if size < footerSize {
		return fmt.Errorf("%w: the index has %d bytes", ErrCorrupt, size)
	}
	f := make([]byte, footerSize)
	if err := readAt(r.index, f, size-footerSize); err != nil {
		return err
	}
	if crc32.Checksum(f[:24], castagnoli) != binary.LittleEndian.Uint32(f[24:]) {
		return fmt.Errorf("%w: the footer of the index does not match its checksum", ErrCorrupt)
	}
	magic := string(f[16:24])
	r.version = magic[7]
	if magic[:7] != indexMagic[:7] || r.version < oldest || r.version > indexMagic[7] {
		if magic[:7] == indexMagic[:7] {
			return fmt.Errorf("%w %q of the index; this program knows %q, use a later one", ErrVersion, magic, indexMagic)
		}
		return fmt.Errorf("%w: the index does not end as one", ErrCorrupt)
	}
	offset, n := binary.LittleEndian.Uint64(f), int64(binary.LittleEndian.Uint32(f[8:]))
	if offset > uint64(size) || int64(offset)+n+footerSize != size {
		return fmt.Errorf("%w: place of the table of contents", ErrCorrupt)
	}
	b := make([]byte, n)
	if err := readAt(r.index, b, int64(offset)); err != nil {
		return err
	}
	if crc32.Checksum(b, castagnoli) != binary.LittleEndian.Uint32(f[12:]) {
		return fmt.Errorf("%w: the table of contents does not match its checksum", ErrCorrupt)
	}
	return r.parseContents(b, int64(offset))
}

func (r *Reader) parseContents(b []byte, end int64) error {
	d := wire.Decoder{B: b}
	t := &r.toc
	t.metrics, t.groups, t.lists = int(d.ID()), int(d.ID()), int(d.ID())
	if r.version > '1' {
		t.times = int(d.ID())
	}
	ref := func() reference {
		x := reference{offset: int64(d.Uvarint()), stored: int(d.ID()), raw: int(d.ID())}
		if sum := d.Bytes(4); sum != nil {
			x.sum = binary.LittleEndian.Uint32(sum)
		}
		if x.offset < 0 || x.offset > end || int64(x.stored) > end-x.offset || x.raw > maxSection {
			d.Fail("reference")
		}
		return x
	}
	refs := func(entries int) []reference {
		n := d.Count(7)
		if n != (entries+SectionEntries-1)/SectionEntries {
			d.Fail("%d sections for %d entries", n, entries)
			return nil
		}
		out := make([]reference, n)
		for i := range out {
			out[i] = ref()
		}
		return out
	}
	t.metricSections, t.groupSections, t.listSections = refs(t.metrics), refs(t.groups), refs(t.lists)
	if r.version > '1' {
		t.timesSections = refs(t.times)
	}
	t.shapes = ref()
	for _, names := range []*map[string]reference{&t.metricNames, &t.groupNames} {
		*names = map[string]reference{}
		for range d.Count(8) {
			name := d.String()
			(*names)[name] = ref()
		}
	}
	offset := int64(len(dataMagic))
	t.pages = make([]pageRef, d.Count(5))
	for i := range t.pages {
		p := pageRef{offset: offset, size: int(d.ID())}
		if sum := d.Bytes(4); sum != nil {
			p.sum = binary.LittleEndian.Uint32(sum)
		}
		if p.size > maxSection {
			d.Fail("size of a page")
		}
		t.pages[i] = p
		offset += int64(p.size)
	}
	if err := d.End(); err != nil {
		return fmt.Errorf("%w: table of contents: %w", ErrCorrupt, err)
	}
	return nil
}

// Meta is the block's meta.json.
func (r *Reader) Meta() Meta { return r.meta }

// Dir is the block's directory.
func (r *Reader) Dir() string { return r.dir }

// Close closes the files.
func (r *Reader) Close() error {
	var errs []error
	for _, f := range []file{r.index, r.data} {
		if f.File != nil {
			errs = append(errs, f.Close())
			r.shared.cache.Forget(f.id)
		}
	}
	return errors.Join(errs...)
}

// section returns what parse makes of a section of the index.
func section[T any](r *Reader, ref reference, parse func(*wire.Decoder) T) (T, error) {
	v, err := r.shared.cache.Get(cache.Key{File: r.index.id, Offset: ref.offset}, func() (any, int, error) {
		b := make([]byte, ref.stored)
		if err := readAt(r.index, b, ref.offset); err != nil {
			return nil, 0, err
		}
		if crc32.Checksum(b, castagnoli) != ref.sum {
			return nil, 0, fmt.Errorf("%w: a section does not match its checksum", ErrCorrupt)
		}
		if ref.stored != ref.raw {
			var err error
			if b, err = r.shared.unzip.DecodeAll(b, make([]byte, 0, ref.raw)); err != nil || len(b) != ref.raw {
				return nil, 0, fmt.Errorf("%w: a section does not unpack: %v", ErrCorrupt, err)
			}
		}
		d := wire.Decoder{B: b}
		v := parse(&d)
		if err := d.End(); err != nil {
			return nil, 0, fmt.Errorf("%w: a section: %w", ErrCorrupt, err)
		}
		return v, 2*ref.raw + 64, nil
	})
	if err != nil {
		var zero T
		return zero, fmt.Errorf("read index of block %s at %d: %w", r.dir, ref.offset, err)
	}
	return v.(T), nil
}

// readAt fills b.
func readAt(f vfs.File, b []byte, offset int64) error {
	n, err := f.ReadAt(b, offset)
	if n == len(b) {
		return nil
	}
	if err == nil || err == io.EOF {
		return fmt.Errorf("%w: %s ends at %d", ErrCorrupt, f.Name(), offset+int64(n))
	}
	return err
}

// ids reads an ascending list.
func ids[T ~uint32](d *wire.Decoder, limit int) []T {
	out := make([]T, d.Count(1))
	last := uint64(0)
	for i := range out {
		gap := d.Uvarint()
		last += gap
		if last >= uint64(limit) || gap > uint64(limit) || i > 0 && gap == 0 {
			d.Fail("list of ids")
			return nil
		}
		out[i] = T(last)
	}
	return out
}
