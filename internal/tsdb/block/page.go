package block

import (
	"cmp"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"

	"monopod/internal/tsdb/cache"
	"monopod/internal/tsdb/cells"
	"monopod/internal/tsdb/index"
	"monopod/internal/tsdb/wire"
)

// page is a page with its directory, decoded.
type page struct {
	runs    []pageRun // by metric
	entries []pageEntry
	cells   []byte
}

type pageRun struct {
	metric   uint32
	from, to int // of entries
}

type pageEntry struct {
	group, segment uint32
	offset, size   int
}

func compareEntry(e pageEntry, at [2]uint32) int {
	return cmp.Or(cmp.Compare(e.group, at[0]), cmp.Compare(e.segment, at[1]))
}

func (r *Reader) page(n int) (*page, error) {
	ref := r.toc.pages[n]
	v, err := r.shared.cache.Get(cache.Key{File: r.data.id, Offset: ref.offset}, func() (any, int, error) {
		b := make([]byte, ref.size)
		var err error
		if err := readAt(r.data, b, ref.offset); err != nil {
			if errors.Is(err, ErrCorrupt) {
				err = fmt.Errorf("%w: %v", ErrPage, err)
			}
			return nil, 0, err
		}
		if crc32.Checksum(b, castagnoli) != ref.sum {
			return nil, 0, fmt.Errorf("%w: it does not match its checksum", ErrPage)
		}
		if r.version > '1' {
			if b, err = r.shared.unpackPage(b); err != nil {
				return nil, 0, err
			}
		}
		p, err := parsePage(b)
		if err != nil {
			return nil, 0, err
		}
		return p, len(b) + 24*len(p.entries) + 24*len(p.runs), nil
	})
	if err != nil {
		return nil, fmt.Errorf("read page %d of block %s: %w", n, r.dir, err)
	}
	return v.(*page), nil
}

// unpackPage returns the content of a page.
func (s *Shared) unpackPage(b []byte) ([]byte, error) {
	d := wire.Decoder{B: b}
	size, stored := d.Uvarint(), d.Uvarint()
	if d.Err != nil || size > maxSection || stored != uint64(len(d.B)) {
		return nil, fmt.Errorf("%w: its sizes", ErrPage)
	}
	if size == stored {
		return d.B, nil
	}
	out, err := s.unzip.DecodeAll(d.B, make([]byte, 0, size))
	if err != nil || uint64(len(out)) != size {
		return nil, fmt.Errorf("%w: it does not unpack: %v", ErrPage, err)
	}
	return out, nil
}

func parsePage(b []byte) (*page, error) {
	d := wire.Decoder{B: b}
	p := &page{runs: make([]pageRun, d.Count(5))}
	offset := 0
	for i := range p.runs {
		run := &p.runs[i]
		run.metric, run.from = d.ID(), len(p.entries)
		if i > 0 && run.metric <= p.runs[i-1].metric {
			d.Fail("order of metrics")
		}
		group := uint32(0)
		for range d.Count(3) {
			group += d.ID()
			e := pageEntry{group, d.ID(), offset, int(d.ID())}
			offset += e.size
			if n := len(p.entries); n > run.from && compareEntry(p.entries[n-1], [2]uint32{e.group, e.segment}) >= 0 {
				d.Fail("order of groups")
				break
			}
			p.entries = append(p.entries, e)
		}
		run.to = len(p.entries)
	}
	if offset != len(d.B) {
		d.Fail("size of the cells")
	}
	if d.Err != nil {
		return nil, fmt.Errorf("%w: directory: %w", ErrPage, d.Err)
	}
	p.cells = d.B
	return p, nil
}

// run returns the entries of a metric.
func (p *page) run(metric uint32) []pageEntry {
	i, ok := slices.BinarySearchFunc(p.runs, metric, func(r pageRun, m uint32) int { return cmp.Compare(r.metric, m) })
	if !ok {
		return nil
	}
	return p.entries[p.runs[i].from:p.runs[i].to]
}

// Floats appends to dst the values of a metric of a group in a segment, and
// returns the timestamps, which are shared. ok is false, and dst as it was, where
// not every row holds a float, or one is a stale marker.
func (r *Reader) Floats(dst []float64, id index.MetricID, g index.GroupID, segment int) (values []float64, times []int64, ok bool, err error) {
	m, err := r.metric(id)
	if err != nil {
		return dst, nil, false, err
	}
	info, err := r.Group(g)
	if err != nil {
		return dst, nil, false, err
	}
	p, e, err := r.find(m.pages, uint32(id), [2]uint32{uint32(g), uint32(segment)})
	if err != nil || p == nil {
		return dst, nil, false, err
	}
	cell := p.cells[e.offset : e.offset+e.size]
	values, n, ok, err := cells.DecodeFloats(dst, cell, info.Segments[segment].Rows)
	if err != nil || ok && n != e.size {
		return dst, nil, false, fmt.Errorf("read block %s: %w: metric %d of group %d: %v", r.dir, ErrPage, id, g, err)
	}
	if ok {
		times, err = r.times(g, info, segment)
	}
	return values, times, ok, err
}

// Samples appends to dst what a metric of a group holds in a segment.
func (r *Reader) Samples(dst *cells.Samples, id index.MetricID, g index.GroupID, segment int) error {
	m, err := r.metric(id)
	if err != nil {
		return err
	}
	info, err := r.Group(g)
	if err != nil {
		return err
	}
	p, e, err := r.find(m.pages, uint32(id), [2]uint32{uint32(g), uint32(segment)})
	if err != nil || p == nil {
		return err
	}
	times, err := r.times(g, info, segment)
	if err != nil {
		return err
	}
	if n, err := cells.Decode(dst, p.cells[e.offset:e.offset+e.size], times); err != nil || n != e.size {
		return fmt.Errorf("read block %s: %w: metric %d of group %d: %v", r.dir, ErrPage, id, g, err)
	}
	return nil
}

// find returns the entry of a group and segment among the pages of a metric, in
// which the entries are in order; a nil page where there is none.
func (r *Reader) find(pages location, metric uint32, at [2]uint32) (*page, pageEntry, error) {
	for low, high := pages.first, pages.first+pages.n; low < high; {
		mid := int(uint(low+high) >> 1)
		p, err := r.page(mid)
		if errors.Is(err, ErrPage) && pages.n > 1 {
			// What the other pages hold is not lost: they are looked through in order.
			for i := low; i < high; i++ {
				if p, e, err := r.find(location{i, 1}, metric, at); err == nil && p != nil {
					return p, e, nil
				}
			}
		}
		if err != nil {
			return nil, pageEntry{}, err
		}
		entries := p.run(metric)
		switch {
		case len(entries) == 0:
			return nil, pageEntry{}, fmt.Errorf("read page %d of block %s: %w: metric %d is not in it", mid, r.dir, ErrPage, metric)
		case compareEntry(entries[0], at) > 0:
			high = mid
		case compareEntry(entries[len(entries)-1], at) < 0:
			low = mid + 1
		default:
			if i, ok := slices.BinarySearchFunc(entries, at, compareEntry); ok {
				return p, entries[i], nil
			}
			return nil, pageEntry{}, nil
		}
	}
	return nil, pageEntry{}, nil
}
