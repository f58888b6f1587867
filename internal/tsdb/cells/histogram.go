package cells

import (
	"encoding/binary"
	"fmt"

	"github.com/prometheus/prometheus/tsdb/chunkenc"
)

// SetHints gives the histograms of s the hints on counter resets that they have
// once they were encoded: as they come from a scrape, they have none.
func (s *Samples) SetHints() error {
	var at []int
	for i, k := range s.Kinds {
		if k != chunkenc.ValFloat {
			at = append(at, i)
		}
	}
	if len(at) == 0 {
		return nil
	}
	b, err := appendHistograms(nil, s, at)
	if err != nil {
		return err
	}
	out, _, err := decodeHistograms(b, len(at))
	if err != nil {
		return err
	}
	for i, h := range out {
		s.H[at[i]] = h
	}
	return nil
}

// appendHistograms encodes the histograms at these indexes of s.
func appendHistograms(dst []byte, s *Samples, at []int) ([]byte, error) {
	var pieces []chunkenc.Chunk
	var app chunkenc.Appender
	var kind chunkenc.ValueType
	for _, i := range at {
		h := s.H[i]
		if app == nil || h.Kind() != kind {
			kind = h.Kind()
			c, err := kind.NewChunk(false, false)
			if err != nil {
				return dst, fmt.Errorf("encode histograms: %w", err)
			}
			if app, err = c.Appender(); err != nil {
				return dst, fmt.Errorf("encode histograms: %w", err)
			}
			pieces = append(pieces, c)
		}
		var (
			next    chunkenc.Chunk
			recoded bool
			err     error
		)
		// The appender may change what it is given.
		if h.Int != nil {
			next, recoded, app, err = app.AppendHistogram(nil, 0, s.T[i], h.Int.Copy(), false)
		} else {
			next, recoded, app, err = app.AppendFloatHistogram(nil, 0, s.T[i], h.Float.Copy(), false)
		}
		switch {
		case err != nil:
			return dst, fmt.Errorf("encode histograms: %w", err)
		case recoded:
			pieces[len(pieces)-1] = next
		case next != nil:
			pieces = append(pieces, next)
		}
	}
	dst = binary.AppendUvarint(dst, uint64(len(pieces)))
	for _, c := range pieces {
		dst = append(dst, byte(c.Encoding()))
		dst = binary.AppendUvarint(dst, uint64(len(c.Bytes())))
		dst = append(dst, c.Bytes()...)
	}
	return dst, nil
}

// decodeHistograms reads n histograms and returns how many bytes they take.
func decodeHistograms(src []byte, n int) (out []Hist, read int, err error) {
	// Prometheus's decoder trusts its input, which a checksum vouches for; where
	// it should still be none, that is damage and not the end of the process.
	defer func() {
		if r := recover(); r != nil {
			out, read, err = nil, 0, fmt.Errorf("%w: histograms: %v", ErrCorrupt, r)
		}
	}()
	count, k := binary.Uvarint(src)
	if k <= 0 || count > uint64(n) {
		return nil, 0, fmt.Errorf("%w: count of histogram pieces", ErrCorrupt)
	}
	read = k
	var it chunkenc.Iterator
	for range count {
		if read == len(src) {
			return nil, 0, fmt.Errorf("%w: histogram piece is missing", ErrCorrupt)
		}
		encoding := chunkenc.Encoding(src[read])
		size, k := binary.Uvarint(src[read+1:])
		if k <= 0 || size > uint64(len(src)-read-1-k) {
			return nil, 0, fmt.Errorf("%w: length of a histogram piece", ErrCorrupt)
		}
		if encoding != chunkenc.EncHistogram && encoding != chunkenc.EncFloatHistogram || size < 3 {
			return nil, 0, fmt.Errorf("%w: encoding %d of histograms", ErrCorrupt, encoding)
		}
		read += 1 + k
		if err := checkLayout(src[read : read+int(size)]); err != nil {
			return nil, 0, fmt.Errorf("%w: histograms: %w", ErrCorrupt, err)
		}
		c, err := chunkenc.FromData(encoding, src[read:read+int(size)])
		if err != nil {
			return nil, 0, fmt.Errorf("%w: %w", ErrCorrupt, err)
		}
		read += int(size)
		if len(out)+c.NumSamples() > n {
			return nil, 0, fmt.Errorf("%w: more histograms than cells", ErrCorrupt)
		}
		it = c.Iterator(it)
		for kind := it.Next(); kind != chunkenc.ValNone; kind = it.Next() {
			if kind == chunkenc.ValHistogram {
				_, h := it.AtHistogram(nil)
				out = append(out, Hist{Int: h})
			} else {
				_, h := it.AtFloatHistogram(nil)
				out = append(out, Hist{Float: h})
			}
		}
		if err := it.Err(); err != nil {
			return nil, 0, fmt.Errorf("%w: %w", ErrCorrupt, err)
		}
	}
	if len(out) != n {
		return nil, 0, fmt.Errorf("%w: %d histograms for %d cells", ErrCorrupt, len(out), n)
	}
	return out, read, nil
}
