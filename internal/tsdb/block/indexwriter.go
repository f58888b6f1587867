package block

import (
	"encoding/binary"
	"hash/crc32"
	"maps"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/model/labels"

	"monopod/internal/tsdb/column"
	"monopod/internal/tsdb/index"
	"monopod/internal/tsdb/wire"
)

// indexWriter writes the index of a block whose pages are written.
type indexWriter struct {
	w   *writer
	out *sink
	toc []byte
	buf []byte

	lists     [][]index.MetricID
	listOf    []int // by group
	numbering map[string]int

	times    [][]byte       // that differ
	timesOf  [][]int        // by group and segment
	timesIDs map[string]int // by encoding
}

func (x *indexWriter) write() error {
	if err := x.out.write([]byte(indexMagic)); err != nil {
		return err
	}
	x.numberLists()
	x.numberTimes()
	in := &x.w.in
	for _, n := range []int{len(in.Metrics), len(in.Groups), len(x.lists), len(x.times)} {
		x.toc = binary.AppendUvarint(x.toc, uint64(n))
	}
	steps := []func() error{x.metrics, x.groups, x.writeLists, x.writeTimes, x.shapes}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	bases := make([]labels.Labels, len(in.Groups))
	for i := range in.Groups {
		bases[i] = in.Groups[i].Base
	}
	for _, side := range [][]labels.Labels{in.Metrics, bases} {
		if err := x.postings(side); err != nil {
			return err
		}
	}
	x.toc = binary.AppendUvarint(x.toc, uint64(len(x.w.pages)))
	for _, p := range x.w.pages {
		x.toc = binary.AppendUvarint(x.toc, uint64(p.size))
		x.toc = binary.LittleEndian.AppendUint32(x.toc, p.sum)
	}
	return x.finish()
}

// section writes one, and appends its reference to the table of contents.
func (x *indexWriter) section(raw []byte) error {
	stored := x.w.zip.EncodeAll(raw, nil)
	if len(stored) >= len(raw) {
		stored = raw
	}
	for _, n := range []int64{x.out.n, int64(len(stored)), int64(len(raw))} {
		x.toc = binary.AppendUvarint(x.toc, uint64(n))
	}
	x.toc = binary.LittleEndian.AppendUint32(x.toc, crc32.Checksum(stored, castagnoli))
	return x.out.write(stored)
}

// sections writes n entries, some to a section.
func (x *indexWriter) sections(n int, entry func(i int)) error {
	x.toc = binary.AppendUvarint(x.toc, uint64((n+SectionEntries-1)/SectionEntries))
	for from := 0; from < n; from += SectionEntries {
		x.buf = x.buf[:0]
		for i := from; i < min(from+SectionEntries, n); i++ {
			entry(i)
		}
		if err := x.section(x.buf); err != nil {
			return err
		}
	}
	return nil
}

func (x *indexWriter) metrics() error {
	return x.sections(len(x.w.in.Metrics), func(i int) {
		x.buf = wire.AppendLabels(x.buf, x.w.in.Metrics[i])
		x.buf = binary.AppendUvarint(x.buf, uint64(x.w.located[i].first))
		x.buf = binary.AppendUvarint(x.buf, uint64(x.w.located[i].n))
	})
}

func (x *indexWriter) groups() error {
	return x.sections(len(x.w.in.Groups), func(i int) {
		g := &x.w.in.Groups[i]
		x.buf = append(wire.AppendLabels(x.buf, g.Base), g.Kind)
		x.buf = binary.AppendUvarint(x.buf, uint64(x.listOf[i]))
		x.buf = binary.AppendUvarint(x.buf, uint64(len(g.Segments)))
		for j, times := range g.Segments {
			x.buf = binary.AppendUvarint(x.buf, uint64(len(times)))
			x.buf = binary.AppendVarint(x.buf, times[0])
			x.buf = binary.AppendUvarint(x.buf, uint64(times[len(times)-1]-times[0]))
			x.buf = binary.AppendUvarint(x.buf, uint64(x.timesOf[i][j]))
		}
	})
}

// numberTimes finds the segments that have the same timestamps: those of the
// groups of one scrape, and of the series that one message brought.
func (x *indexWriter) numberTimes() {
	x.timesIDs = map[string]int{}
	x.timesOf = make([][]int, len(x.w.in.Groups))
	for i := range x.w.in.Groups {
		for _, times := range x.w.in.Groups[i].Segments {
			x.buf = column.AppendTimestamps(x.buf[:0], times)
			n, ok := x.timesIDs[string(x.buf)]
			if !ok {
				n = len(x.times)
				x.times = append(x.times, slices.Clone(x.buf))
				x.timesIDs[string(x.buf)] = n
			}
			x.timesOf[i] = append(x.timesOf[i], n)
		}
	}
}

func (x *indexWriter) writeTimes() error {
	return x.sections(len(x.times), func(i int) {
		x.buf = binary.AppendUvarint(x.buf, uint64(len(x.times[i])))
		x.buf = append(x.buf, x.times[i]...)
	})
}

// numberLists finds the groups that have the same metrics.
func (x *indexWriter) numberLists() {
	x.numbering = map[string]int{}
	for i := range x.w.in.Groups {
		metrics := x.w.in.Groups[i].Metrics
		x.buf = appendIDs(x.buf[:0], metrics)
		n, ok := x.numbering[string(x.buf)]
		if !ok {
			n = len(x.lists)
			x.numbering[string(x.buf)] = n
			x.lists = append(x.lists, metrics)
		}
		x.listOf = append(x.listOf, n)
	}
}

func (x *indexWriter) writeLists() error {
	return x.sections(len(x.lists), func(i int) { x.buf = appendIDs(x.buf, x.lists[i]) })
}

func (x *indexWriter) shapes() error {
	byNames := map[string][]index.GroupID{}
	for i := range x.w.in.Groups {
		var key strings.Builder
		x.w.in.Groups[i].Base.Range(func(l labels.Label) { key.Write(wire.AppendString(nil, l.Name)) })
		byNames[key.String()] = append(byNames[key.String()], index.GroupID(i))
	}
	x.buf = binary.AppendUvarint(x.buf[:0], uint64(len(byNames)))
	for _, key := range slices.Sorted(maps.Keys(byNames)) {
		groups := byNames[key]
		x.buf = binary.AppendUvarint(x.buf, uint64(x.w.in.Groups[groups[0]].Base.Len()))
		x.buf = append(x.buf, key...)
		x.buf = appendIDs(x.buf, groups)
	}
	return x.section(x.buf)
}

// postings writes one side's, a section a label name.
func (x *indexWriter) postings(side []labels.Labels) error {
	names := map[string]map[string][]uint32{}
	for id, ls := range side {
		ls.Range(func(l labels.Label) {
			values := names[l.Name]
			if values == nil {
				values = map[string][]uint32{}
				names[l.Name] = values
			}
			values[l.Value] = append(values[l.Value], uint32(id))
		})
	}
	x.toc = binary.AppendUvarint(x.toc, uint64(len(names)))
	for _, name := range slices.Sorted(maps.Keys(names)) {
		values := names[name]
		x.buf = binary.AppendUvarint(x.buf[:0], uint64(len(values)))
		for _, v := range slices.Sorted(maps.Keys(values)) {
			x.buf = appendIDs(wire.AppendString(x.buf, v), values[v])
		}
		x.toc = wire.AppendString(x.toc, name)
		if err := x.section(x.buf); err != nil {
			return err
		}
	}
	return nil
}

func (x *indexWriter) finish() error {
	footer := binary.LittleEndian.AppendUint64(nil, uint64(x.out.n))
	footer = binary.LittleEndian.AppendUint32(footer, uint32(len(x.toc)))
	footer = binary.LittleEndian.AppendUint32(footer, crc32.Checksum(x.toc, castagnoli))
	footer = append(footer, indexMagic...)
	footer = binary.LittleEndian.AppendUint32(footer, crc32.Checksum(footer, castagnoli))
	if err := x.out.write(x.toc); err != nil {
		return err
	}
	return x.out.write(footer)
}

// appendIDs encodes an ascending list.
func appendIDs[T ~uint32](dst []byte, ids []T) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(ids)))
	last := T(0)
	for _, id := range ids {
		dst = binary.AppendUvarint(dst, uint64(id-last))
		last = id
	}
	return dst
}
