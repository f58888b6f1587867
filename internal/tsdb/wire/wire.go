// Package wire reads and writes what the engine's formats are built of: numbers,
// strings, label sets, floats. A number is a uvarint where nothing else is said,
// a string its length and its bytes, a label set its count, and name and value of
// each.
package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/prometheus/prometheus/model/labels"
)

// ErrMalformed: bytes that no append function wrote.
var ErrMalformed = errors.New("malformed")

// Decoder reads what the append functions wrote. The first failure sticks, and
// everything after it reads as zero. It never panics, and believes no length
// before it has seen that many bytes.
type Decoder struct {
	B   []byte // what is left
	Err error  // wraps ErrMalformed
}

// Fail is for what the caller finds out.
func (d *Decoder) Fail(format string, args ...any) {
	if d.Err == nil {
		d.Err = fmt.Errorf("%w: %s", ErrMalformed, fmt.Sprintf(format, args...))
	}
	d.B = nil
}

// Byte reads a byte.
func (d *Decoder) Byte() byte {
	if len(d.B) == 0 {
		d.Fail("too short")
		return 0
	}
	x := d.B[0]
	d.B = d.B[1:]
	return x
}

// Uvarint reads an unsigned number.
func (d *Decoder) Uvarint() uint64 {
	if len(d.B) > 0 && d.B[0] < 0x80 {
		x := uint64(d.B[0])
		d.B = d.B[1:]
		return x
	}
	x, n := binary.Uvarint(d.B)
	if n <= 0 {
		d.Fail("number")
		return 0
	}
	d.B = d.B[n:]
	return x
}

// Varint reads a signed number.
func (d *Decoder) Varint() int64 {
	x, n := binary.Varint(d.B)
	if n <= 0 {
		d.Fail("number")
		return 0
	}
	d.B = d.B[n:]
	return x
}

// Count reads the number of things that take at least size bytes each.
func (d *Decoder) Count(size int) int {
	n := d.Uvarint()
	if n > uint64(len(d.B)/size) {
		d.Fail("%d things in %d bytes", n, len(d.B))
		return 0
	}
	return int(n)
}

// Bytes reads n bytes, which are part of B.
func (d *Decoder) Bytes(n int) []byte {
	if n < 0 || n > len(d.B) {
		d.Fail("too short")
		return nil
	}
	x := d.B[:n]
	d.B = d.B[n:]
	return x
}

// ID reads a number of 32 bits.
func (d *Decoder) ID() uint32 {
	x := d.Uvarint()
	if x > math.MaxUint32 {
		d.Fail("id %d", x)
		return 0
	}
	return uint32(x)
}

// Float reads 8 bytes.
func (d *Decoder) Float() float64 {
	b := d.Bytes(8)
	if b == nil {
		return 0
	}
	return math.Float64frombits(binary.LittleEndian.Uint64(b))
}

// String reads a string.
func (d *Decoder) String() string { return string(d.Bytes(d.Count(1))) }

// Labels reads a label set.
func (d *Decoder) Labels() labels.Labels {
	n := d.Count(2)
	b := labels.NewScratchBuilder(n)
	last := ""
	for i := range n {
		name, v := d.String(), d.String()
		if i > 0 && name <= last {
			d.Fail("labels out of order")
		}
		b.Add(name, v)
		last = name
	}
	if d.Err != nil {
		return labels.EmptyLabels()
	}
	return b.Labels()
}

// End fails where bytes are left.
func (d *Decoder) End() error {
	if d.Err == nil && len(d.B) > 0 {
		d.Fail("%d bytes too many", len(d.B))
	}
	return d.Err
}

// AppendFloat encodes the bits of v.
func AppendFloat(dst []byte, v float64) []byte {
	return binary.LittleEndian.AppendUint64(dst, math.Float64bits(v))
}

// AppendString encodes a string.
func AppendString(dst []byte, s string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}

// AppendLabels encodes a label set.
func AppendLabels(dst []byte, ls labels.Labels) []byte {
	dst = binary.AppendUvarint(dst, uint64(ls.Len()))
	ls.Range(func(l labels.Label) {
		dst = AppendString(dst, l.Name)
		dst = AppendString(dst, l.Value)
	})
	return dst
}
