package remote

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/prometheus/prometheus/model/exemplar"
	"github.com/prometheus/prometheus/model/histogram"
	writev2 "github.com/prometheus/prometheus/prompb/io/prometheus/write/v2"

	"monopod/internal/storage"
)

// decodeV1 reads a message of remote write 1.0 (prometheus.WriteRequest in
// prompb/remote.proto) into the intake. Metadata is passed over: it belongs to
// metric names, not to series, and is the scraper's to keep.
func (in *intake) decodeV1(message []byte) error {
	f := fields{buf: message}
	for f.next() {
		if f.num != 1 || !f.is(wireBytes) {
			continue
		}
		if err := in.seriesV1(f.data); err != nil {
			return err
		}
	}
	return f.err
}

// labelTag begins a label in a series.
const labelTag = 1<<3 | wireBytes

func (in *intake) seriesV1(message []byte) error {
	key, handle := in.lookV1(message)
	f := fields{buf: message}
	if handle != nil {
		in.beginKnown()
		f.pos = len(key)
	} else {
		in.begin()
	}
	for f.next() {
		if f.num > 4 || !f.is(wireBytes) {
			continue
		}
		var err error
		switch f.num {
		case 1:
			if handle != nil { // more labels than the key has: all of it again, as one that is not known
				in.drop()
				in.begin()
				key, handle, f = nil, nil, fields{buf: message}
				continue
			}
			if f.pos > len(key) {
				key = nil
			}
			var name, value []byte
			if name, value, err = labelV1(f.data); err == nil {
				in.current.label(name, value)
			}
		case 2:
			var t int64
			var v float64
			if t, v, _, err = sampleOf(f.data); err == nil {
				in.sample(t, v)
			}
		case 3:
			err = in.exemplarV1(f.data)
		case 4:
			var h *histogram.Histogram
			var fh *histogram.FloatHistogram
			var t int64
			if t, _, h, fh, err = histogramOf(f.data); err == nil {
				in.histogram(t, h, fh)
			}
		}
		if err != nil {
			return err
		}
		if in.full() {
			return errTooMany
		}
	}
	if f.err != nil {
		return f.err
	}
	if handle != nil {
		in.endKnown(handle)
		return nil
	}
	in.end()
	in.learn(key)
	return nil
}

// lookV1 returns the key of a series, which is the labels that it begins with,
// and its handle where it is known.
func (in *intake) lookV1(message []byte) ([]byte, storage.Series) {
	if in.look.of == nil {
		return nil, nil
	}
	if e := in.look.prefix(message); e != nil {
		return in.found(message[:len(e.key)], e)
	}
	n := 0
	for n+1 < len(message) && message[n] == labelTag {
		size, width := uint64(message[n+1]), 1
		if size >= 0x80 {
			if size, width = binary.Uvarint(message[n+1:]); width <= 0 {
				return nil, nil
			}
		}
		at := n + 1 + width
		if size > uint64(len(message)-at) {
			return nil, nil
		}
		n = at + int(size)
	}
	return in.find(message[:n:n])
}

// find returns the key, and the handle of a series that is known.
func (in *intake) find(key []byte) ([]byte, storage.Series) {
	if e := in.look.find(key); e != nil {
		return in.found(key, e)
	}
	return key, nil
}

// found notes a series that is about to be forgotten, so that it is not.
func (in *intake) found(key []byte, e *knownSeries) ([]byte, storage.Series) {
	if in.look.inOld() {
		in.unseen = append(in.unseen, unseen{key: key, handle: e.handle})
	}
	return key, e.handle
}

func labelV1(message []byte) (name, value []byte, err error) {
	// As every sender writes it: the name, the value, each below 128 bytes.
	if len(message) >= 4 && message[0] == 1<<3|wireBytes {
		if v := 2 + int(message[1]); v+1 < len(message) && message[v] == 2<<3|wireBytes && v+2+int(message[v+1]) == len(message) && message[v+1] < 0x80 && message[1] < 0x80 {
			return message[2:v:v], message[v+2:], nil
		}
	}
	f := fields{buf: message}
	for f.next() {
		if f.num > 2 || !f.is(wireBytes) {
			continue
		}
		if f.num == 1 {
			name = f.data
		} else {
			value = f.data
		}
	}
	return name, value, f.err
}

// sampleOf reads a sample of either version; 1.0 has no start.
func sampleOf(message []byte) (t int64, v float64, start int64, err error) {
	// As every sender writes it: the value where it is not 0, the time.
	rest := message
	if len(rest) >= 9 && rest[0] == 1<<3|wireFixed64 {
		v, rest = math.Float64frombits(binary.LittleEndian.Uint64(rest[1:])), rest[9:]
	}
	if len(rest) >= 2 && rest[0] == 2<<3|wireVarint {
		if u, n := binary.Uvarint(rest[1:]); n == len(rest)-1 {
			return int64(u), v, 0, nil
		}
	}
	v = 0
	f := fields{buf: message}
	for f.next() {
		switch {
		case f.num == 1 && f.is(wireFixed64):
			v = f.float()
		case f.num == 2 && f.is(wireVarint):
			t = f.int64()
		case f.num == 3 && f.is(wireVarint):
			start = f.int64()
		}
	}
	return t, v, start, f.err
}

func (in *intake) exemplarV1(message []byte) error {
	in.scratch.Reset()
	var e exemplar.Exemplar
	f := fields{buf: message}
	for f.next() {
		switch {
		case f.num == 1 && f.is(wireBytes):
			name, value, err := labelV1(f.data)
			if err != nil {
				return err
			}
			in.scratch.Add(view(name), view(value))
		case f.num == 2 && f.is(wireFixed64):
			e.Value = f.float()
		case f.num == 3 && f.is(wireVarint):
			e.Ts = f.int64()
		}
	}
	in.exemplarOf(e)
	return f.err
}

// exemplarOf adds an exemplar whose labels are in scratch.
func (in *intake) exemplarOf(e exemplar.Exemplar) {
	in.scratch.Sort()
	e.Labels, e.HasTs = in.scratch.Labels(), e.Ts != 0
	in.exemplar(e)
}

// histogramOf reads a native histogram of either version: 2.0 has a start beside
// the fields of 1.0.
func histogramOf(message []byte) (t, start int64, h *histogram.Histogram, fh *histogram.FloatHistogram, err error) {
	var m writev2.Histogram
	if err := m.Unmarshal(message); err != nil {
		return 0, 0, nil, nil, fmt.Errorf("histogram: %w", err)
	}
	if m.IsFloatHistogram() {
		return m.Timestamp, m.StartTimestamp, nil, m.ToFloatHistogram(), nil
	}
	return m.Timestamp, m.StartTimestamp, m.ToIntHistogram(), nil, nil
}
