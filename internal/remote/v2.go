package remote

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/bits"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/exemplar"

	"monopod/internal/storage"
)

// What is wrong with a message of remote write 2.0 as a whole.
var errSymbols = errors.New("the first of the symbols must be the empty string")

// What is wrong with the references of a series.
var (
	errReference = errors.New("has a reference outside of the symbols")
	errOddLabels = errors.New("has a label name without a value")
)

// symbols is the string table of a message, as places in it.
type symbols struct {
	message []byte
	spans   []span
}

type span struct{ from, to uint32 }

func (s *symbols) reset() { s.message, s.spans = nil, s.spans[:0] }

// get returns a string of the table.
func (s *symbols) get(ref uint64) ([]byte, bool) {
	if ref >= uint64(len(s.spans)) {
		return nil, false
	}
	at := s.spans[ref]
	return s.message[at.from:at.to:at.to], true
}

// seriesOptions decide what becomes of metadata and start timestamps.
type seriesOptions struct {
	typeAndUnit bool // series get the labels __type__ and __unit__
	startZeros  bool // a start timestamp becomes a zero
}

// decodeV2 reads a message of remote write 2.0 (io.prometheus.write.v2.Request
// in prompb/io/prometheus/write/v2/types.proto) into the intake.
func (in *intake) decodeV2(message []byte, o seriesOptions) error {
	if len(message) > math.MaxUint32 {
		return errTooMany
	}
	in.symbols.message = message
	series := 0
	f := fields{buf: message}
	for f.next() {
		switch {
		case f.num == 4 && f.is(wireBytes):
			in.symbols.spans = append(in.symbols.spans, span{uint32(f.pos - len(f.data)), uint32(f.pos)})
		case f.num == 5 && f.is(wireBytes):
			series++
		}
	}
	if f.err != nil {
		return f.err
	}
	if series > 0 && (len(in.symbols.spans) == 0 || in.symbols.spans[0].from != in.symbols.spans[0].to) {
		return errSymbols
	}
	f = fields{buf: message}
	for f.next() {
		if f.num != 5 {
			continue
		}
		if err := in.seriesV2(f.data, o); err != nil {
			return err
		}
	}
	return f.err
}

func (in *intake) seriesV2(message []byte, o seriesOptions) error {
	in.begin()
	s := in.current
	var refs refs
	var meta seriesMetadata
	f := fields{buf: message}
	for f.next() {
		var err error
		switch f.num {
		case 1:
			err = refs.add(&f)
		case 2:
			if f.is(wireBytes) {
				err = in.sampleV2(f.data, o)
			}
		case 3:
			if f.is(wireBytes) {
				err = in.histogramV2(f.data, o)
			}
		case 4:
			if f.is(wireBytes) {
				err = in.exemplarV2(f.data)
			}
		case 5:
			if f.is(wireBytes) {
				meta, err = metadataV2(f.data)
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
	key, handle := in.lookV2(&refs, meta, o)
	if handle != nil {
		in.endKnown(handle)
		return nil
	}
	err := refs.pairs(&in.symbols, func(name, value []byte) {
		if !o.typeAndUnit || meta.empty() || string(name) != model.MetricTypeLabel && string(name) != model.MetricUnitLabel {
			s.label(name, value)
		}
	})
	if malformed(err) {
		return err
	}
	if err == nil {
		err = s.metadata(meta, &in.symbols, o)
	}
	if err != nil && s.err == nil {
		s.err = err
	}
	in.end()
	in.learn(key)
	return nil
}

// lookV2 returns the key of a series, and its handle where it is known. There is
// neither where its references are wrong, or labels come from metadata.
func (in *intake) lookV2(refs *refs, meta seriesMetadata, o seriesOptions) ([]byte, storage.Series) {
	if in.look.of == nil || o.typeAndUnit && !meta.empty() || !meta.within(&in.symbols) {
		return nil, nil
	}
	from := len(in.keys)
	err := refs.pairs(&in.symbols, func(name, value []byte) { in.keys = appendLabelV1(in.keys, name, value) })
	if err != nil {
		return nil, nil
	}
	key := in.keys[from:len(in.keys):len(in.keys)]
	var handle storage.Series
	if e := in.look.whole(key); e != nil {
		key, handle = in.found(key, e)
	} else {
		key, handle = in.find(key)
	}
	if handle != nil && !in.look.inOld() {
		in.keys = in.keys[:from]
	}
	return key, handle
}

// appendLabelV1 appends a label as a field of a series of 1.0.
func appendLabelV1(b, name, value []byte) []byte {
	size := 2 + len(name) + len(value) + uvarintLen(len(name)) + uvarintLen(len(value))
	b = binary.AppendUvarint(append(b, labelTag), uint64(size))
	b = append(binary.AppendUvarint(append(b, 1<<3|wireBytes), uint64(len(name))), name...)
	return append(binary.AppendUvarint(append(b, 2<<3|wireBytes), uint64(len(value))), value...)
}

func uvarintLen(n int) int { return (bits.Len64(uint64(n)|1) + 6) / 7 }

// refs is a list of references: packed into one field, as every sender does, or
// a field each, as protobuf allows.
type refs struct {
	packed []byte
	single []byte
}

func (r *refs) add(f *fields) error {
	switch f.typ {
	case wireBytes:
		if r.packed == nil && r.single == nil {
			r.packed = f.data
			return nil
		}
		r.single = append(append(r.single, r.packed...), f.data...)
		r.packed = nil
	case wireVarint:
		r.single = binary.AppendUvarint(append(r.single, r.packed...), f.number)
		r.packed = nil
	default:
		return errWire
	}
	return nil
}

// pairs visits the names and values that the references stand for.
func (r *refs) pairs(s *symbols, visit func(name, value []byte)) error {
	list := fields{buf: r.packed}
	if r.single != nil {
		list.buf = r.single
	}
	for list.pos < len(list.buf) {
		n, ok := list.varint()
		if !ok {
			return list.err
		}
		if list.pos == len(list.buf) {
			return errOddLabels
		}
		v, ok := list.varint()
		if !ok {
			return list.err
		}
		name, known := s.get(n)
		value, alsoKnown := s.get(v)
		if !known || !alsoKnown {
			return errReference
		}
		visit(name, value)
	}
	return nil
}

func (in *intake) sampleV2(message []byte, o seriesOptions) error {
	t, v, start, err := sampleOf(message)
	if err != nil {
		return err
	}
	if o.startZeros && t <= in.latest {
		in.start(start, t, nil, nil)
	}
	if in.sample(t, v); t <= in.latest {
		in.started(start)
	}
	return nil
}

func (in *intake) histogramV2(message []byte, o seriesOptions) error {
	t, start, h, fh, err := histogramOf(message)
	if err != nil {
		return err
	}
	if o.startZeros && t <= in.latest {
		in.start(start, t, h, fh)
	}
	before := len(in.batch.Samples)
	if in.histogram(t, h, fh); len(in.batch.Samples) > before {
		in.started(start)
	}
	return nil
}

func (in *intake) exemplarV2(message []byte) error {
	in.scratch.Reset()
	var e exemplar.Exemplar
	var refs refs
	f := fields{buf: message}
	for f.next() {
		switch {
		case f.num == 1:
			if err := refs.add(&f); err != nil {
				return err
			}
		case f.num == 2 && f.is(wireFixed64):
			e.Value = f.float()
		case f.num == 3 && f.is(wireVarint):
			e.Ts = f.int64()
		}
	}
	if f.err != nil {
		return f.err
	}
	if err := refs.pairs(&in.symbols, func(name, value []byte) { in.scratch.Add(view(name), view(value)) }); err != nil {
		if malformed(err) {
			return err
		}
		in.held = append(in.held, held{t: e.Ts, err: fmt.Errorf("exemplar %w", err), exemplar: true})
		return nil
	}
	in.exemplarOf(e)
	return nil
}

// malformed tells an error of the message from one of its references.
func malformed(err error) bool { return errors.Is(err, errTruncated) || errors.Is(err, errWire) }

// seriesMetadata is what a series says about itself.
type seriesMetadata struct{ kind, help, unit uint64 }

func (m seriesMetadata) empty() bool { return m.kind == 0 && m.unit == 0 }

// within tells whether the references are those of symbols.
func (m seriesMetadata) within(s *symbols) bool {
	return (m.help == 0 || m.help < uint64(len(s.spans))) && (m.unit == 0 || m.unit < uint64(len(s.spans)))
}

func metadataV2(message []byte) (m seriesMetadata, err error) {
	f := fields{buf: message}
	for f.next() {
		switch {
		case f.num == 1 && f.is(wireVarint):
			m.kind = f.number
		case f.num == 3 && f.is(wireVarint):
			m.help = f.number
		case f.num == 4 && f.is(wireVarint):
			m.unit = f.number
		}
	}
	return m, f.err
}

// kinds are the metric types by their numbers in a message.
var kinds = []model.MetricType{
	model.MetricTypeUnknown, model.MetricTypeCounter, model.MetricTypeGauge, model.MetricTypeHistogram,
	model.MetricTypeGaugeHistogram, model.MetricTypeSummary, model.MetricTypeInfo, model.MetricTypeStateset,
}

// metadata judges the metadata of a series, and makes labels of it where it is
// to be stored so.
func (s *slot) metadata(m seriesMetadata, table *symbols, o seriesOptions) error {
	if _, ok := table.get(m.help); !ok && m.help > 0 {
		return fmt.Errorf("metadata %w", errReference)
	}
	unit, ok := table.get(m.unit)
	if !ok && m.unit > 0 {
		return fmt.Errorf("metadata %w", errReference)
	}
	if !o.typeAndUnit {
		return nil
	}
	if m.kind > 0 && m.kind < uint64(len(kinds)) {
		s.label([]byte(model.MetricTypeLabel), []byte(kinds[m.kind]))
	}
	if len(unit) > 0 {
		s.label([]byte(model.MetricUnitLabel), unit)
	}
	return nil
}
