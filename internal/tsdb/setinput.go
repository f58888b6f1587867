package tsdb

import (
	"cmp"
	"slices"

	"monopod/internal/tsdb/block"
	"monopod/internal/tsdb/cells"
	"monopod/internal/tsdb/index"
)

// setSource is what of a set goes into a block.
type setSource struct {
	x      *sampleSet
	series []*stamped
	chunks []setChunk
	// open has what is not sealed, by column; nil where all is.
	open       []openPieces
	mint, maxt int64 // of what is taken of open
}

// openPieces is what a series has open.
type openPieces struct {
	part openSamples
	last int64
	late []lateEntry
}

// setClass is the series of a set that have the same timestamps: a group of the
// block.
type setClass struct {
	src     *setSource
	series  []*stamped
	columns []index.Column
	times   []int64
}

// source is all that a set has, but for what blocks have.
func (x *sampleSet) source() setSource {
	x.mu.RLock()
	defer x.mu.RUnlock()
	src := setSource{x: x, series: x.mu.series}
	for i := range x.mu.chunks {
		if c := &x.mu.chunks[i]; c.file.replacedBy.Load() == nil {
			src.chunks = append(src.chunks, *c)
		}
	}
	for _, s := range x.mu.series {
		src.open = append(src.open, openPieces{part: s.part(), last: s.lastT, late: s.late()})
	}
	return src
}

// within is the part of a source that lies in a window.
func (src setSource) within(mint, maxt int64) setSource {
	out := setSource{x: src.x, series: src.series, open: src.open, mint: mint, maxt: maxt}
	for _, c := range src.chunks {
		if c.file.window == mint {
			out.chunks = append(out.chunks, c)
		}
	}
	return out
}

// setChunksIn is the chunks of a set that lie in these files.
func setChunksIn(x *sampleSet, files []*headFile) setSource {
	series, chunks := x.snapshot()
	src := setSource{x: x, series: series}
	for i := range chunks {
		if slices.Contains(files, chunks[i].file) {
			src.chunks = append(src.chunks, chunks[i])
		}
	}
	return src
}

// openWindows is the windows of which something is open.
func (x *sampleSet) openWindows(blockMillis int64) map[int64]bool {
	x.mu.RLock()
	defer x.mu.RUnlock()
	out := map[int64]bool{}
	for _, s := range x.mu.series {
		if s.n > 0 {
			for w := windowOf(s.first, blockMillis); w <= s.lastT; w += blockMillis {
				out[w] = true
			}
		}
		for _, e := range s.late() {
			out[windowOf(e.t, blockMillis)] = true
		}
	}
	return out
}

// setClasses divides a source by timestamps.
func (db *DB) setClasses(src setSource) ([]setClass, error) {
	if len(src.chunks) == 0 && src.open == nil {
		return nil, nil
	}
	_, metrics, _ := db.index.Group(src.x.id)
	shared := &src
	var classes []setClass
	for c, s := range src.series {
		if c >= len(metrics) {
			break
		}
		times, err := src.times(db, c)
		if err != nil {
			return nil, err
		}
		if len(times) == 0 {
			continue
		}
		at := slices.IndexFunc(classes, func(k setClass) bool { return slices.Equal(k.times, times) })
		if at < 0 {
			at = len(classes)
			classes = append(classes, setClass{src: shared, times: times})
		}
		k := &classes[at]
		k.series = append(k.series, s)
		k.columns = append(k.columns, index.Column{Column: uint32(c), Metric: metrics[c]})
	}
	return classes, nil
}

// times is the timestamps of a series, ascending, each once.
func (src *setSource) times(db *DB, column int) ([]int64, error) {
	var out []int64
	sorted := true
	add := func(times []int64) {
		if len(out) > 0 && len(times) > 0 && times[0] <= out[len(out)-1] {
			sorted = false
		}
		out = append(out, times...)
	}
	for i := range src.chunks {
		c := &src.chunks[i]
		if !c.columns.bits.Has(column) {
			continue
		}
		h, err := c.headOf(db.cache)
		if err != nil {
			return nil, err
		}
		add(h.times)
	}
	if src.open != nil {
		var buf cells.Samples
		src.addOpen(&buf, column, src.mint, src.maxt)
		add(buf.T)
		sorted = sorted && slices.IsSorted(buf.T)
	}
	if !sorted {
		slices.Sort(out)
		out = slices.Compact(out)
	}
	return out, nil
}

func (src *setSource) addOpen(dst *cells.Samples, column int, mint, maxt int64) {
	if column >= len(src.open) {
		return
	}
	o := &src.open[column]
	o.part.samples(dst, mint, maxt)
	lateSamples(dst, o.late, mint, maxt)
}

// segments divides the timestamps, as equal in length as they go.
func (k *setClass) segments() [][]int64 {
	n := (len(k.times) + block.MaxSegmentRows - 1) / block.MaxSegmentRows
	target := (len(k.times) + n - 1) / n
	return slices.Collect(slices.Chunk(k.times, target))
}

// samples appends to dst what a column has in a segment.
func (k *setClass) samples(db *DB, dst *cells.Samples, column, segment int) error {
	times := k.segments()[segment]
	mint, maxt := times[0], times[len(times)-1]
	from := dst.Len()
	for i := range k.src.chunks {
		c := &k.src.chunks[i]
		if c.last < mint || c.first > maxt || !c.columns.bits.Has(column) {
			continue
		}
		before := dst.Len()
		if err := c.samples(db.cache, dst, column); err != nil {
			return err
		}
		if c.first < mint || c.last > maxt {
			dst.Cut(before, func(t int64) bool { return t < mint || t > maxt })
		}
	}
	if k.src.open != nil {
		k.src.addOpen(dst, column, max(mint, k.src.mint), min(maxt, k.src.maxt))
	}
	straighten(dst, from)
	return nil
}

// straighten puts the samples behind the first from into the order of time. Of
// those with equal timestamps the first one stays.
func straighten(s *cells.Samples, from int) {
	straight := true
	for i := from + 1; i < s.Len(); i++ {
		straight = straight && s.T[i-1] < s.T[i]
	}
	if straight {
		return
	}
	order := make([]int, s.Len()-from)
	for i := range order {
		order[i] = from + i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(s.T[a], s.T[b]) })
	var out cells.Samples
	for _, i := range order {
		if n := out.Len(); n == 0 || out.T[n-1] != s.T[i] {
			out.AppendFrom(s, i, i+1)
		}
	}
	s.Truncate(from)
	s.AppendFrom(&out, 0, out.Len())
}
