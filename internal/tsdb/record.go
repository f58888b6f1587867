package tsdb

import (
	"encoding/binary"
	"math"
	"math/bits"
	"slices"

	"github.com/prometheus/prometheus/model/exemplar"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"

	"monopod/internal/tsdb/cells"
	"monopod/internal/tsdb/index"
	"monopod/internal/tsdb/wire"
)

// The records of the write-ahead log, and of the catalog, which has the first
// three and 7 only. A record begins with a byte that names its type;
// numbers are uvarints where nothing else is said. Later versions add types and
// do not change these.
//
//	metric     1 | metric id | labels
//	group      2 | group id | kind (byte) | labels
//	columns    3 | group id | first column | runs of metric ids: each the first
//	           one, as a varint from the end of the run before, and its length
//	row        4 | group id | flags (byte) | chain (4 bytes) | time | presence |
//	           changes | values | histograms | ended
//	samples    5 | base time (varint) | and until the end:
//	           group id | time - base time (varint) | kind (byte) and value,
//	           or histogram
//	exemplar   6 | series labels | exemplar labels | value (8 bytes) |
//	           has time (byte) | time (varint)
//	last       7 | last metric id | last group id, of those given out
//	stamped    8 | base time (varint) | and until the end:
//	           group id, from the one before (varint) | column | flags (byte): the
//	           kind in two bits, 4 has a start, 8 out of order |
//	           time - base time (varint) | time - start (varint), where it has one |
//	           value, or histogram
//
// The kinds of a group are 0, whose rows are in records 4; 1, a single series with
// all of its labels, in records 5 of older versions; 2, series in records 8.
//
// A row builds on the one before it of the same group: its chain is the CRC-32C
// of that record, its time is the distance, and its values are those that changed. A
// whole row (flag 1) builds on nothing: it has no chain, its time is a varint, it
// has a presence, and its values are changes from zeros. The first row of a group
// after a checkpoint is whole, so that what came before can go; the first one
// after its rows were sealed is too, so that damage ends there.
//
//	flags      1 whole, 2 has presence, 4 changes are gaps, 8 has histograms,
//	           16 has ended
//	presence   the columns with a float: runs (see appendBitmap). Where there is
//	           none it is that of the row before.
//	changes    of the present columns, in order, those that changed: a bitmap,
//	           lowest bit first; or, with flag 4, their number, and each as the
//	           number of unchanged ones before it
//	values     of the changed ones (see appendValue)
//	histograms number, and each: column, from the one before; histogram
//	           (see appendHist)
//	ended      of a whole row, the columns that end here, and those that do not
//	           but whose last sample was a histogram: number, and each: column, from
//	           the one before; kind (byte) of its last sample, and 4 where it does
//	           not end here
const (
	recordMetric   = 1
	recordGroup    = 2
	recordColumns  = 3
	recordRow      = 4
	recordSamples  = 5
	recordExemplar = 6
	recordLast     = 7
	recordStamped  = 8
)

const (
	rowWhole    = 1
	rowPresence = 2
	rowGaps     = 4
	rowHists    = 8
	rowEnded    = 16
	rowFlags    = 31

	endedBefore = 4
)

func appendMetricRecord(dst []byte, id index.MetricID, ls labels.Labels) []byte {
	return wire.AppendLabels(binary.AppendUvarint(append(dst, recordMetric), uint64(id)), ls)
}

func appendGroupRecord(dst []byte, id index.GroupID, k groupKind, base labels.Labels) []byte {
	dst = binary.AppendUvarint(append(dst, recordGroup), uint64(id))
	return wire.AppendLabels(append(dst, byte(k)), base)
}

func appendColumnsRecord(dst []byte, id index.GroupID, first int, metrics []index.MetricID) []byte {
	dst = binary.AppendUvarint(append(dst, recordColumns), uint64(id))
	dst = binary.AppendUvarint(dst, uint64(first))
	end := int64(0)
	for len(metrics) > 0 {
		n := 1
		for n < len(metrics) && metrics[n] == metrics[n-1]+1 {
			n++
		}
		dst = binary.AppendVarint(dst, int64(metrics[0])-end)
		dst = binary.AppendUvarint(dst, uint64(n))
		end = int64(metrics[n-1])
		metrics = metrics[n:]
	}
	return dst
}

func appendLastRecord(dst []byte, m index.MetricID, g index.GroupID) []byte {
	return binary.AppendUvarint(binary.AppendUvarint(append(dst, recordLast), uint64(m)), uint64(g))
}

func appendExemplarRecord(dst []byte, series labels.Labels, e exemplar.Exemplar) []byte {
	dst = wire.AppendLabels(append(dst, recordExemplar), series)
	dst = wire.AppendFloat(wire.AppendLabels(dst, e.Labels), e.Value)
	has := byte(0)
	if e.HasTs {
		has = 1
	}
	return binary.AppendVarint(append(dst, has), e.Ts)
}

func (d *decoder) exemplar() (series labels.Labels, e exemplar.Exemplar) {
	series = d.Labels()
	e.Labels = d.Labels()
	e.Value = d.Float()
	e.HasTs = d.Byte() != 0
	e.Ts = d.Varint()
	return series, e
}

// decoder reads what the append functions of this package wrote.
type decoder struct{ wire.Decoder }

func newDecoder(b []byte) decoder { return decoder{wire.Decoder{B: b}} }

// rowEncoder keeps its buffers from row to row.
type rowEncoder struct {
	cur, prev []float64 // of the row under way; prev is nil where it is whole
	changed   []uint64
	packed    [2][]float64 // what cur and prev are where the columns have gaps
	discarded []byte
	data      []byte // of the rows since reset, for the open part
}

func (e *rowEncoder) reset() {
	e.cur, e.prev, e.data = nil, nil, e.data[:0]
}

// append encodes a row that takes a group on from state s, whose last record
// has the checksum chain. It finds out whether the row has a stale marker, and adds
// what the open part needs of it to data.
func (e *rowEncoder) append(dst []byte, id index.GroupID, s *state, in *input, whole bool, chain uint32) []byte {
	flags := byte(0)
	if whole {
		flags = rowWhole
		in.whole, in.ended = true, s.endedBy(in)
	}
	if whole || in.given != s.given {
		flags |= rowPresence
	}
	if len(in.hists) > 0 {
		flags |= rowHists
	}
	if len(in.ended) > 0 {
		flags |= rowEnded
	}
	changes := e.compare(s, in, whole)
	if changes < (in.given.n+7)/8 {
		flags |= rowGaps
	}

	dst = binary.AppendUvarint(append(dst, recordRow), uint64(id))
	dst = append(dst, flags)
	if whole {
		dst = binary.AppendVarint(dst, in.t)
	} else {
		dst = binary.LittleEndian.AppendUint32(dst, chain)
		dst = binary.AppendUvarint(dst, uint64(in.t-s.t))
	}
	if flags&rowPresence != 0 {
		dst = appendBitmap(dst, in.given.bits)
	}
	dst = e.appendChanges(dst, in.given.n, changes, flags&rowGaps != 0)
	dst = e.appendValues(dst)
	if flags&rowHists != 0 {
		dst = binary.AppendUvarint(dst, uint64(len(in.hists)))
		c := 0
		for _, h := range in.hists {
			dst = appendHist(binary.AppendUvarint(dst, uint64(h.column-c)), h.Hist)
			c = h.column
		}
	}
	if flags&rowEnded != 0 {
		dst = binary.AppendUvarint(dst, uint64(len(in.ended)))
		c := 0
		for _, x := range in.ended {
			k := byte(x.kind)
			if x.before {
				k |= endedBefore
			}
			dst = append(binary.AppendUvarint(dst, uint64(x.column-c)), k)
			c = x.column
		}
	}
	return dst
}

// compare fills cur, prev and changed, and counts the changes.
func (e *rowEncoder) compare(s *state, in *input, whole bool) (changes int) {
	n := in.given.n
	s.reserve(in.given.limit())
	if in.given.dense() {
		e.cur, e.prev = in.values[:n], s.last[:n]
	} else {
		e.packed[0] = in.given.pack(e.packed[0][:0], in.values)
		e.packed[1] = in.given.pack(e.packed[1][:0], s.last)
		e.cur, e.prev = e.packed[0], e.packed[1]
	}
	if whole {
		e.prev = nil
	}
	e.changed = e.changed[:0]
	stale := uint64(0)
	for from := 0; from < n; from += 64 {
		cur := e.cur[from:min(from+64, n)]
		word := uint64(0)
		if whole {
			for i, v := range cur {
				b := math.Float64bits(v)
				word |= nonZero(b) << (i & 63)
				stale |= nonZero(b^value.StaleNaN) ^ 1
			}
		} else {
			prev := e.prev[from:][:len(cur)]
			for i, v := range cur {
				b := math.Float64bits(v)
				word |= nonZero(b^math.Float64bits(prev[i])) << (i & 63)
				stale |= nonZero(b^value.StaleNaN) ^ 1
			}
		}
		e.changed = append(e.changed, word)
		changes += bits.OnesCount64(word)
	}
	in.stale = in.stale || stale != 0
	return changes
}

// nonZero is 1 where x is not 0, without a branch.
func nonZero(x uint64) uint64 { return (x | -x) >> 63 }

// appendValues encodes the changed values behind dst, and the row's data (see
// openPart) behind data.
func (e *rowEncoder) appendValues(dst []byte) []byte {
	width := 2
	if len(e.cur) > narrowPlaces {
		width = 4
	}
	directory := len(e.data)
	blocks := directory + width*len(e.changed)
	e.data = slices.Grow(e.data, blocks-directory)[:blocks]
	for w, word := range e.changed {
		if word != 0 {
			from := len(dst)
			e.data = binary.LittleEndian.AppendUint64(e.data, word)
			for ; word != 0; word &= word - 1 {
				i := w<<6 + bits.TrailingZeros64(word)
				prev := 0.0
				if e.prev != nil {
					prev = e.prev[i]
				}
				dst = appendValue(dst, prev, e.cur[i])
			}
			e.data = append(e.data, dst[from:]...)
		}
		if end, at := len(e.data)-blocks, directory+width*w; width == 2 {
			binary.LittleEndian.PutUint16(e.data[at:], uint16(end))
		} else {
			binary.LittleEndian.PutUint32(e.data[at:], uint32(end))
		}
	}
	return dst
}

// open returns the data of a row that is in the log already, until the next
// call.
func (e *rowEncoder) open(s *state, in *input) []byte {
	e.reset()
	e.compare(s, in, in.whole)
	e.discarded = e.appendValues(e.discarded[:0])
	return e.data
}

func (e *rowEncoder) appendChanges(dst []byte, n, changes int, gaps bool) []byte {
	if !gaps {
		for i := range (n + 7) / 8 {
			dst = append(dst, byte(e.changed[i/8]>>(i%8*8)))
		}
		return dst
	}
	dst = binary.AppendUvarint(dst, uint64(changes))
	at := 0
	for w, word := range e.changed {
		for ; word != 0; word &= word - 1 {
			i := w<<6 + bits.TrailingZeros64(word)
			dst = binary.AppendUvarint(dst, uint64(i-at))
			at = i + 1
		}
	}
	return dst
}

// rowHead is what stands first in a row record.
type rowHead struct {
	group index.GroupID
	flags byte
	chain uint32 // of a row that is not whole
}

func (h rowHead) whole() bool { return h.flags&rowWhole != 0 }

func (d *decoder) rowHead() (h rowHead) {
	h.group = index.GroupID(d.ID())
	h.flags = d.Byte()
	if h.flags&^rowFlags != 0 || h.whole() && h.flags&rowPresence == 0 || !h.whole() && h.flags&rowEnded != 0 {
		d.Fail("flags %#x of a row", h.flags)
	}
	if !h.whole() {
		if b := d.Bytes(4); b != nil {
			h.chain = binary.LittleEndian.Uint32(b)
		}
	}
	return h
}

// row reads the rest of a row that takes a group with this many columns on from
// state s. The values of the result are by column.
func (d *decoder) row(h rowHead, s *state, columns int) (in input) {
	whole := h.whole()
	if whole {
		in.t = d.Varint()
	} else {
		in.t = s.t + int64(d.Uvarint())
		if in.t <= s.t {
			d.Fail("time")
		}
	}
	in.given = s.given
	if h.flags&rowPresence != 0 {
		if b := decodeBitmap(d, columns); s.given == nil || !s.given.is(b) {
			in.given = newPresence(b)
		}
	}
	if in.given == nil {
		d.Fail("presence is missing")
		in.given = newPresence(nil)
	}
	d.changed(h, s, &in)
	if h.flags&rowHists != 0 {
		c := uint64(0)
		for i := range d.Count(2) {
			gap := d.Uvarint()
			if c += gap; c >= uint64(columns) || i > 0 && gap == 0 {
				d.Fail("column of a histogram")
				break
			}
			if _, both := in.given.place(int(c)); both {
				d.Fail("float and histogram in one column")
			}
			in.hists = append(in.hists, histogramAt{int(c), d.hist()})
		}
	}
	in.whole = whole
	if h.flags&rowEnded != 0 {
		c := uint64(0)
		for i := range d.Count(2) {
			gap := d.Uvarint()
			b := d.Byte()
			k := kind(b &^ endedBefore)
			if c += gap; c >= uint64(columns) || i > 0 && gap == 0 || k > kindFloatHistogram {
				d.Fail("ended column")
				break
			}
			in.ended = append(in.ended, endedColumn{int(c), k, b&endedBefore != 0})
		}
	}
	return in
}

// changed reads changes and values.
func (d *decoder) changed(h rowHead, s *state, in *input) {
	n := in.given.n
	cur := make([]float64, n)
	if !h.whole() {
		s.reserve(in.given.limit())
		cur = in.given.pack(cur[:0], s.last)
	}
	var at []int
	if h.flags&rowGaps != 0 {
		i := uint64(0)
		for range d.Count(1) {
			i += d.Uvarint()
			if i >= uint64(n) {
				d.Fail("changed column")
				break
			}
			at = append(at, int(i))
			i++
		}
	} else {
		for i, x := range d.Bytes((n + 7) / 8) {
			for ; x != 0; x &= x - 1 {
				if c := i*8 + bits.TrailingZeros8(x); c < n {
					at = append(at, c)
				} else {
					d.Fail("changed column")
				}
			}
		}
	}
	for _, i := range at {
		cur[i] = d.value(cur[i])
	}
	in.values = make([]float64, in.given.limit())
	i := 0
	each(in.given.bits, func(c int) {
		in.values[c] = cur[i]
		in.stale = in.stale || value.IsStaleNaN(cur[i])
		i++
	})
}

const (
	stampedStart = 4
	stampedLate  = 8
	stampedFlags = 15
)

// stampedEncoder encodes a stamped record, sample by sample.
type stampedEncoder struct {
	begun bool
	base  int64
	id    index.GroupID // of the sample before
}

func (e *stampedEncoder) begin(dst []byte, base int64) []byte {
	e.begun, e.base = true, base
	return binary.AppendVarint(append(dst, recordStamped), base)
}

func (e *stampedEncoder) sample(dst []byte, s *lateSample) []byte {
	id, t, start := s.s.set.id, s.sample.T, s.start
	dst = binary.AppendVarint(dst, int64(id)-int64(e.id))
	e.id = id
	dst = binary.AppendUvarint(dst, uint64(s.s.column))
	flags := byte(kindOf(s.hist))
	if start != 0 {
		flags |= stampedStart
	}
	if s.late {
		flags |= stampedLate
	}
	dst = binary.AppendVarint(append(dst, flags), t-e.base)
	if start != 0 {
		dst = binary.AppendVarint(dst, t-start)
	}
	if kindOf(s.hist) != kindFloat {
		return appendHistBody(dst, s.hist)
	}
	return appendValue(dst, 0, s.sample.V)
}

// stampedSample is a sample of a stamped record.
type stampedSample struct {
	id       index.GroupID
	column   uint32
	late     bool
	t, start int64
	v        float64
	hist     cells.Hist
}

// stamped reads a stamped record behind its type and calls f for each sample.
func (d *decoder) stamped(f func(*stampedSample)) {
	base := d.Varint()
	var s stampedSample
	for len(d.B) > 0 {
		id := int64(s.id) + d.Varint()
		if id < 0 || id > math.MaxUint32 {
			d.Fail("group %d", id)
		}
		s = stampedSample{id: index.GroupID(id), column: d.ID()}
		flags := d.Byte()
		if flags&^stampedFlags != 0 {
			d.Fail("flags %#x of a sample", flags)
		}
		s.late = flags&stampedLate != 0
		s.t = base + d.Varint()
		if flags&stampedStart != 0 {
			s.start = s.t - d.Varint()
		}
		switch k := kind(flags & 3); k {
		case kindFloat:
			s.v = d.value(0)
		default:
			s.hist = d.histOf(k)
		}
		if d.Err == nil {
			f(&s)
		}
	}
}

// samples reads a samples record behind its type and calls f for each of them.
func (d *decoder) samples(f func(id index.GroupID, t int64, v float64, h cells.Hist)) {
	base := d.Varint()
	for len(d.B) > 0 {
		id := index.GroupID(d.ID())
		t := base + d.Varint()
		var v float64
		var h cells.Hist
		switch k := kind(d.Byte()); k {
		case kindFloat:
			v = d.value(0)
		case kindHistogram, kindFloatHistogram:
			h = d.histOf(k)
		default:
			d.Fail("kind %d of sample", k)
		}
		if d.Err == nil {
			f(id, t, v, h)
		}
	}
}
