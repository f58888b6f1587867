package remote

import (
	"encoding/binary"
	"errors"
	"math"
)

// errTruncated and errWire are what is wrong with a protobuf message.
var (
	errTruncated = errors.New("message ends within a field")
	errWire      = errors.New("field has a wire type that it cannot have")
)

// Wire types of protobuf.
const (
	wireVarint  = 0
	wireFixed64 = 1
	wireBytes   = 2
	wireFixed32 = 5
)

// fields walks the fields of a protobuf message. Unknown fields are the caller's
// to pass over.
//
//	for f := (fields{buf: message}); f.next(); {
//		switch f.num { … }
//	}
//
// After the loop err tells whether the message was well formed.
type fields struct {
	buf []byte
	pos int
	err error

	// The field that next found. number has the bits of the scalar ones, data
	// those of wireBytes, as a part of buf.
	num    uint32
	typ    uint8
	number uint64
	data   []byte
}

// next goes to the next field. It returns false at the end and where the message
// is damaged.
func (f *fields) next() bool {
	if f.err != nil || f.pos >= len(f.buf) {
		return false
	}
	// Nearly all fields: bytes below 128, with a number below 16.
	if head := f.buf[f.pos:]; len(head) >= 2 && head[0]&0x87 == wireBytes && head[0] > 7 && int8(head[1]) >= 0 && int(head[1]) <= len(head)-2 {
		end := 2 + int(head[1])
		f.num, f.typ, f.data = uint32(head[0]>>3), wireBytes, head[2:end:end]
		f.pos += end
		return true
	}
	tag, ok := f.varint()
	if !ok {
		return false
	}
	f.num, f.typ = uint32(tag>>3), uint8(tag&7)
	if tag>>3 == 0 || tag>>3 > 1<<29-1 {
		f.err = errWire
		return false
	}
	switch f.typ {
	case wireVarint:
		f.number, ok = f.varint()
		return ok
	case wireBytes:
		n, ok := f.varint()
		if !ok {
			return false
		}
		if n > uint64(len(f.buf)-f.pos) {
			f.err = errTruncated
			return false
		}
		f.data = f.buf[f.pos : f.pos+int(n) : f.pos+int(n)]
		f.pos += int(n)
	case wireFixed64:
		if len(f.buf)-f.pos < 8 {
			f.err = errTruncated
			return false
		}
		f.number = binary.LittleEndian.Uint64(f.buf[f.pos:])
		f.pos += 8
	case wireFixed32:
		if len(f.buf)-f.pos < 4 {
			f.err = errTruncated
			return false
		}
		f.number = uint64(binary.LittleEndian.Uint32(f.buf[f.pos:]))
		f.pos += 4
	default:
		f.err = errWire
		return false
	}
	return true
}

func (f *fields) varint() (uint64, bool) {
	if f.pos < len(f.buf) && f.buf[f.pos] < 0x80 {
		f.pos++
		return uint64(f.buf[f.pos-1]), true
	}
	v, n := binary.Uvarint(f.buf[f.pos:])
	switch {
	case n == 0:
		f.err = errTruncated
		return 0, false
	case n < 0:
		f.err = errWire
		return 0, false
	}
	f.pos += n
	return v, true
}

// is tells whether the field has the wire type that it must have; where it has
// not, the walk ends with an error.
func (f *fields) is(typ uint8) bool {
	if f.typ != typ && f.err == nil {
		f.err = errWire
	}
	return f.typ == typ
}

func (f *fields) int64() int64 { return int64(f.number) }

func (f *fields) float() float64 { return math.Float64frombits(f.number) }
