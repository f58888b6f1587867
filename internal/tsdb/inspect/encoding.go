package inspect

import (
	"cmp"
	"encoding/binary"
	"slices"

	"monopod/internal/tsdb/cells"
)

// Encoding is how much is stored in one way: a column over the rows of a chunk or
// a segment each.
type Encoding struct {
	// Name is the outermost encoding of the column's floats (package column), or
	// "histograms", or "markers" where it has only stale markers.
	Name    string `json:"name"`
	Columns int64  `json:"columns"`
	Samples int64  `json:"samples"`
	Bytes   int64  `json:"bytes"`
}

// encodings counts by name.
type encodings map[string]*Encoding

func (e encodings) add(name string, samples int, size int) {
	x := e[name]
	if x == nil {
		x = &Encoding{Name: name}
		e[name] = x
	}
	x.Columns++
	x.Samples += int64(samples)
	x.Bytes += int64(size)
}

// list is the encodings, those that take the most bytes first.
func (e encodings) list() []Encoding {
	out := make([]Encoding, 0, len(e))
	for _, x := range e {
		out = append(out, *x)
	}
	slices.SortFunc(out, func(a, b Encoding) int {
		return cmp.Or(cmp.Compare(b.Bytes, a.Bytes), cmp.Compare(a.Name, b.Name))
	})
	return out
}

// describe names the encoding of a column's cells over some rows, and counts its
// samples. See the formats of packages cells and column.
func describe(cell []byte, rows int) (name string, samples int) {
	if len(cell) < 1 {
		return "empty", 0
	}
	if cell[0] == 2 && len(cell) > 1 { // with starts, behind
		cell = cell[1:]
	}
	if cell[0] == 0 {
		return columnEncoding(cell[1:]), rows
	}
	b := cell[1:]
	floats, hists := 0, 0
	for rows > 0 {
		x, k := binary.Uvarint(b)
		if k <= 0 || x>>3 == 0 {
			return "unknown", samples
		}
		n := int(min(x>>3, uint64(rows)))
		rows -= n
		b = b[k:]
		switch cells.State(x & 7) {
		case cells.Absent:
			continue
		case cells.Float:
			floats += n
		case cells.Histogram, cells.FloatHistogram:
			hists += n
		}
		samples += n
	}
	switch {
	case hists > 0:
		return "histograms", samples
	case floats > 0:
		return columnEncoding(b), samples
	}
	return "markers", samples
}

func columnEncoding(b []byte) string {
	if len(b) == 0 {
		return "empty"
	}
	switch tag := b[0]; {
	case tag <= 0x82:
		return "constant"
	case tag == 0x83:
		return "raw"
	case tag == 0x84:
		return "runs"
	case tag == 0x85:
		return "packed, with exceptions"
	case tag == 0x86:
		return "packed, corrected"
	case tag == 0x87:
		return "packed multiples"
	case tag < 0xa0:
		return "unknown"
	default:
		what := "decimals"
		switch domain := tag & 0x1f; {
		case domain == 0:
			what = "integers"
		case domain == 23:
			what = "bits"
		}
		if tag < 0xc0 {
			return "packed " + what + ", patched"
		}
		return "packed " + what
	}
}
