package tsdb

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"

	"monopod/internal/storage"
	"monopod/internal/tsdb/cells"
	"monopod/internal/tsdb/column"
	"monopod/internal/tsdb/index"
)

// A chunk is some consecutive rows of a group, by column. Integers of fixed size
// are little-endian; CRCs are CRC-32C.
//
//	 0       4        8        12      16
//	 +-------+--------+--------+-------+---------+----------+----------+----
//	 | magic | size   | size   | CRC   | head    | stripe 0 | stripe 1 | ...
//	 | MPc3  | of head| of body|       |         |          |          |
//	 +-------+--------+--------+-------+---------+----------+----------+----
//
//	CRC      of the 12 bytes before, and head
//	head     group id (uvarint) | number of rows (uvarint) |
//	         the columns that hold something (see appendBitmap) |
//	         size of timestamps (uvarint) | timestamps (package column) |
//	         and for each stripe: its size (uvarint), its CRC (4 bytes)
//	stripe   64 of these columns, in order, the last one fewer: the size of each
//	         column (uvarint), and the columns (package cells). One column is read
//	         with its head and its stripe, and nothing else.
//
// The last byte of magic is the version of the format. Later ones keep the fixed
// part as it is.
//
//	1: the first
//	2: columns may have the tags of version 2 of package column
//	3: cells may have start timestamps
const (
	chunkMagic     = "MPc3"
	oldestChunk    = '1'
	chunkFixed     = 16
	stripeColumns  = 64
	maxChunkHead   = 64 << 20
	maxChunkBody   = 1 << 30
	maxChunkRows   = 1 << 20
	maxChunkColumn = 1 << 26
)

var (
	// errChunk: a chunk's bytes are not what was written.
	errChunk = errors.New("chunk is damaged")
	// ErrVersion: a later version of the program wrote the file.
	ErrVersion = errors.New("unknown format version")
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// chunkEncoder keeps its buffers from chunk to chunk.
type chunkEncoder struct {
	cells   cells.Encoder
	samples cells.Samples
	times   []int64
	cursors []openCursor // of the rows, all of which stand before the same column
	head    []byte
	body    []byte
	sizes   []byte
	stripe  []byte
	out     []byte
}

// encode encodes the first n rows, at least one, of the open part of a group.
// The bytes are valid until the next call.
func (e *chunkEncoder) encode(id index.GroupID, open openPart, n int) ([]byte, error) {
	defer e.reset()
	rows := open[:n]
	columns := rows.columns()
	for i := range rows {
		e.times = append(e.times, rows[i].t)
		e.cursors = append(e.cursors, openCursor{row: &rows[i]})
	}
	return e.encodeColumns(id, e.times, columns, e.column)
}

// encodeColumns encodes these columns over the rows at times. fill puts what is in
// one into samples; it is called in the order of columns.
func (e *chunkEncoder) encodeColumns(id index.GroupID, times []int64, columns storage.Bitmap, fill func(c int)) ([]byte, error) {
	e.head = binary.AppendUvarint(e.head[:0], uint64(id))
	e.head = binary.AppendUvarint(e.head, uint64(len(times)))
	e.head = appendBitmap(e.head, columns)
	e.stripe = column.AppendTimestamps(e.stripe[:0], times)
	e.head = binary.AppendUvarint(e.head, uint64(len(e.stripe)))
	e.head = append(e.head, e.stripe...)

	e.body, e.sizes, e.stripe = e.body[:0], e.sizes[:0], e.stripe[:0]
	placed := 0
	var err error
	each(columns, func(c int) {
		if err != nil {
			return
		}
		fill(c)
		before := len(e.stripe)
		if e.stripe, err = e.cells.Append(e.stripe, times, &e.samples); err != nil {
			err = fmt.Errorf("seal column %d of group %d: %w", c, id, err)
			return
		}
		e.sizes = binary.AppendUvarint(e.sizes, uint64(len(e.stripe)-before))
		if placed++; placed%stripeColumns == 0 {
			e.endStripe()
		}
	})
	if err != nil {
		return nil, err
	}
	if placed%stripeColumns != 0 {
		e.endStripe()
	}
	if len(e.head) > maxChunkHead || len(e.body) > maxChunkBody {
		return nil, fmt.Errorf("seal group %d: %d rows are too large for a chunk", id, len(times))
	}
	e.out = append(e.out[:0], chunkMagic...)
	e.out = binary.LittleEndian.AppendUint32(e.out, uint32(len(e.head)))
	e.out = binary.LittleEndian.AppendUint32(e.out, uint32(len(e.body)))
	sum := crc32.Update(crc32.Checksum(e.out, castagnoli), castagnoli, e.head)
	e.out = binary.LittleEndian.AppendUint32(e.out, sum)
	e.out = append(append(e.out, e.head...), e.body...)
	return e.out, nil
}

// column fills samples with the next column.
func (e *chunkEncoder) column(c int) {
	e.samples.Reset()
	var p *presence
	has := false
	v := 0.0
	for i := range e.cursors {
		at := &e.cursors[i]
		r := at.row
		v = r.before(c, v)
		if r.p != p {
			p = r.p
			has = p.bits.Has(c)
		}
		if has {
			v = at.next(v)
		}
		r.show(&e.samples, c, v, has)
	}
}

// reset lets go of the rows.
func (e *chunkEncoder) reset() {
	e.samples.Reset()
	clear(e.cursors)
	e.times, e.cursors = e.times[:0], e.cursors[:0]
}

func (e *chunkEncoder) endStripe() {
	from := len(e.body)
	e.body = append(append(e.body, e.sizes...), e.stripe...)
	e.head = binary.AppendUvarint(e.head, uint64(len(e.body)-from))
	e.head = binary.LittleEndian.AppendUint32(e.head, crc32.Checksum(e.body[from:], castagnoli))
	e.sizes, e.stripe = e.sizes[:0], e.stripe[:0]
}

// chunkSizes reads the first bytes of a chunk.
func chunkSizes(b []byte) (head, body int, err error) {
	if len(b) < chunkFixed || string(b[:3]) != chunkMagic[:3] {
		return 0, 0, fmt.Errorf("%w: no chunk begins here", errChunk)
	}
	head, body = int(binary.LittleEndian.Uint32(b[4:])), int(binary.LittleEndian.Uint32(b[8:]))
	if head > maxChunkHead || body > maxChunkBody {
		return 0, 0, fmt.Errorf("%w: size", errChunk)
	}
	return head, body, nil
}

// chunkHead is a chunk's head, decoded.
type chunkHead struct {
	group   index.GroupID
	times   []int64
	columns *presence
	stripes []stripeRef
	body    int // offset of the body in the chunk
}

type stripeRef struct {
	offset int // in the body
	size   int
	sum    uint32
}

// decodeChunkHead reads the fixed part and the head.
func decodeChunkHead(b []byte) (*chunkHead, error) {
	head, body, err := chunkSizes(b)
	if err != nil {
		return nil, err
	}
	if len(b) < chunkFixed+head {
		return nil, fmt.Errorf("%w: head is cut off", errChunk)
	}
	sum := crc32.Update(crc32.Checksum(b[:12], castagnoli), castagnoli, b[chunkFixed:chunkFixed+head])
	if sum != binary.LittleEndian.Uint32(b[12:]) {
		return nil, fmt.Errorf("%w: head does not match its checksum", errChunk)
	}
	if b[3] < oldestChunk || b[3] > chunkMagic[3] {
		return nil, fmt.Errorf("%w %q of a chunk; this program knows %q, use a later one", ErrVersion, b[3], chunkMagic[3])
	}
	d := newDecoder(b[chunkFixed : chunkFixed+head])
	h := &chunkHead{group: index.GroupID(d.ID()), body: chunkFixed + head}
	rows := d.Uvarint()
	if rows == 0 || rows > maxChunkRows {
		d.Fail("%d rows", rows)
	}
	h.columns = newPresence(decodeBitmap(&d, maxChunkColumn))
	times := d.Bytes(d.Count(1))
	if d.Err == nil {
		var n int
		if h.times, n, err = column.DecodeTimestamps(nil, times, int(rows)); err != nil || n != len(times) {
			d.Fail("timestamps: %v", err)
		}
	}
	for i := 1; i < len(h.times); i++ {
		if h.times[i] <= h.times[i-1] {
			d.Fail("timestamps out of order")
			break
		}
	}
	offset := 0
	for range (h.columns.n + stripeColumns - 1) / stripeColumns {
		size := d.Uvarint()
		sum := d.Bytes(4)
		if d.Err != nil || size > uint64(body-offset) {
			d.Fail("size of a stripe")
			break
		}
		h.stripes = append(h.stripes, stripeRef{offset, int(size), binary.LittleEndian.Uint32(sum)})
		offset += int(size)
	}
	if offset != body {
		d.Fail("size of the body")
	}
	if err := d.End(); err != nil {
		return nil, fmt.Errorf("%w: %w", errChunk, err)
	}
	return h, nil
}

// verify checks a stripe against its checksum.
func (s stripeRef) verify(b []byte) error {
	if crc32.Checksum(b, castagnoli) != s.sum {
		return fmt.Errorf("%w: columns do not match their checksum", errChunk)
	}
	return nil
}

// stripe is a stripe, decoded as far as to know where each column is.
type stripe struct {
	cells []byte
	ends  [stripeColumns]uint32
}

// decodeStripe reads stripe n, which was verified.
func (h *chunkHead) decodeStripe(n int, b []byte) (*stripe, error) {
	d := newDecoder(b)
	s := &stripe{}
	end := uint64(0)
	for i := range min(stripeColumns, h.columns.n-n*stripeColumns) {
		if end += d.Uvarint(); end > uint64(len(b)) {
			d.Fail("size of a column")
		}
		s.ends[i] = uint32(end)
	}
	if d.Err != nil || end != uint64(len(d.B)) {
		return nil, fmt.Errorf("%w: sizes of columns", errChunk)
	}
	s.cells = d.B
	return s, nil
}

// column returns the encoding of a column of the stripe.
func (s *stripe) column(i int) []byte {
	from := uint32(0)
	if i > 0 {
		from = s.ends[i-1]
	}
	return s.cells[from:s.ends[i]]
}

// decodeColumn reads the column at this place of the head's columns from its
// stripe.
func (h *chunkHead) decodeColumn(dst *cells.Samples, place int, s *stripe) error {
	b := s.column(place % stripeColumns)
	if read, err := cells.Decode(dst, b, h.times); err != nil {
		return fmt.Errorf("%w: %w", errChunk, err)
	} else if read != len(b) {
		return fmt.Errorf("%w: size of a column", errChunk)
	}
	return nil
}
