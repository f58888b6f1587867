package remote

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
	"unicode/utf8"
	"unsafe"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/exemplar"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	promstorage "github.com/prometheus/prometheus/storage"

	"monopod/internal/storage"
)

const (
	// maxAhead is how far a sender's timestamps may lie in the future:
	// Prometheus's rule.
	maxAhead = 10 * time.Minute
	// maxSamples bounds what one message may unfold to: a sample of two bytes on
	// the wire takes 64 in memory.
	maxSamples = 1 << 20
	// maxInfos bounds the samples of target_info, of which the translation of OTLP
	// makes one for every few minutes between a message's first and last time.
	maxInfos = 1 << 16
)

var (
	// errTooMany refuses a message as a whole.
	errTooMany = fmt.Errorf("more than %d samples in one request: send fewer at once", maxSamples)
	// errTooLong refuses the target_info of a message.
	errTooLong = fmt.Errorf("target_info would have more than %d samples, and is left out: the times in the request lie too far apart; is a data point without its time?", maxInfos)
)

// What is wrong with the labels of a series.
var (
	errNoName        = errors.New("has no metric name")
	errInvalidLabel  = errors.New("has a label whose name is empty, or a name or value that is not UTF-8")
	errRepeatedLabel = errors.New("has a label twice")
)

// intake is one message on its way to the store. A series is given as its labels
// and samples in any order between begin and end; then store writes all of it.
//
// The labels of the batch's samples live in the intake and are valid until it is
// released. The store copies those that it keeps.
type intake struct {
	batch    storage.Batch
	latest   int64 // timestamp that a sample may have
	refusals refusals
	written  counts

	// slots has the labels of the message's series. They are kept for the next
	// message, with their memory.
	slots []*slot
	used  int

	// Of the series between begin and end.
	current   *slot
	samples   int // where its samples begin in the batch
	exemplars int
	held      []held

	// derived are the samples, by index, that no sender sent: zeros at start
	// timestamps, target_info. No sender is told what became of them.
	derived []int
	infos   int // samples of target_info, those that were refused too

	scratch labels.ScratchBuilder
	symbols symbols

	// look finds the series that are known; it is zero where none are asked for.
	// unseen are those of the message that it did not find among the young ones.
	look   search
	unseen []unseen
	keys   []byte // of series of 2.0, one behind the other
}

// counts is what was stored of a message.
type counts struct{ samples, histograms, exemplars int }

// slot is the labels of one series under construction.
type slot struct {
	builder labels.ScratchBuilder
	labels  labels.Labels
	last    []byte // name of the label that was added last
	named   bool
	sorted  bool
	err     error
}

// held is a sample or exemplar that is refused, whose series is not known yet.
type held struct {
	t        int64
	err      error
	exemplar bool
}

var intakes = sync.Pool{New: func() any { return new(intake) }}

// newIntake returns an empty intake, to be released.
func newIntake(now time.Time) *intake {
	in := intakes.Get().(*intake)
	in.latest = now.Add(maxAhead).UnixMilli()
	return in
}

// rewind empties the intake and keeps its memory.
func (in *intake) rewind() {
	in.batch.Reset()
	in.refusals = refusals{}
	in.written = counts{}
	in.used, in.current = 0, nil
	in.held, in.derived, in.infos = in.held[:0], in.derived[:0], 0
	in.symbols.reset()
	clear(in.unseen)
	in.unseen, in.keys = in.unseen[:0], in.keys[:0]
}

// release gives the intake's memory to the next message.
func (in *intake) release() {
	if in.used < len(in.slots)/4 { // most of its series are known now
		in.slots = slices.Clone(in.slots[:in.used])
	}
	in.rewind()
	const keep = 1 << 16
	if cap(in.batch.Samples) <= keep && len(in.slots) <= keep && cap(in.symbols.spans) <= keep && cap(in.unseen) <= keep && cap(in.keys) <= keepBody {
		intakes.Put(in)
	}
}

// begin starts a series.
func (in *intake) begin() {
	if in.used == len(in.slots) {
		in.slots = append(in.slots, new(slot))
	}
	s := in.slots[in.used]
	s.builder.Reset()
	s.last, s.named, s.sorted, s.err = nil, false, true, nil
	in.current = s
	in.beginKnown()
}

// beginKnown starts a series whose labels are not read.
func (in *intake) beginKnown() {
	in.samples, in.exemplars = len(in.batch.Samples), len(in.batch.Exemplars)
	in.held = in.held[:0]
}

// label adds a label to the series. The bytes must stay until the intake is
// released. A label without a value is one that is not there.
func (s *slot) label(name, value []byte) {
	if len(name) == 0 || !utf8.Valid(name) || !utf8.Valid(value) {
		s.err = errInvalidLabel
		return
	}
	switch order := bytes.Compare(s.last, name); {
	case order == 0:
		s.err = errRepeatedLabel
		return
	case order > 0:
		s.sorted = false
	}
	s.last = name
	if len(value) == 0 {
		return
	}
	s.named = s.named || string(name) == model.MetricNameLabel
	s.builder.Add(view(name), view(value))
}

// view is bytes of the message as a string, for a builder that copies them.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// finish makes the labels.
func (s *slot) finish() error {
	if !s.sorted {
		s.builder.Sort()
	}
	s.builder.Overwrite(&s.labels)
	if s.err != nil {
		return s.err
	}
	if !s.named {
		return errNoName
	}
	if !s.sorted {
		if _, twice := s.labels.HasDuplicateLabelNames(); twice {
			return errRepeatedLabel
		}
	}
	return nil
}

// sample adds a float to the series.
func (in *intake) sample(t int64, v float64) {
	if t > in.latest {
		in.held = append(in.held, held{t: t, err: errAhead})
		return
	}
	in.batch.Samples = append(in.batch.Samples, storage.Sample{T: t, V: v})
}

// histogram adds a native histogram to the series: one of both is set. It is the
// intake's from here on.
func (in *intake) histogram(t int64, h *histogram.Histogram, fh *histogram.FloatHistogram) {
	err := error(nil)
	switch {
	case t > in.latest:
		err = errAhead
	case h != nil:
		if histogram.IsExponentialSchemaReserved(h.Schema) && h.Schema > histogram.ExponentialSchemaMax {
			err = h.ReduceResolution(histogram.ExponentialSchemaMax)
		}
		if err == nil {
			err = h.Validate()
		}
	default:
		if histogram.IsExponentialSchemaReserved(fh.Schema) && fh.Schema > histogram.ExponentialSchemaMax {
			err = fh.ReduceResolution(histogram.ExponentialSchemaMax)
		}
		if err == nil {
			err = fh.Validate()
		}
	}
	if err != nil {
		in.held = append(in.held, held{t: t, err: err})
		return
	}
	in.batch.Samples = append(in.batch.Samples, storage.Sample{T: t, Int: h, Float: fh})
}

// started tells when what was added last began; 0 is unknown.
func (in *intake) started(st int64) {
	if n := len(in.batch.Samples); n > in.samples {
		in.batch.Samples[n-1].Start = st
	}
}

// start adds the zero with which what is to be added next, at t, began at st.
// Where the series has samples at st or later, it began long ago, and the store
// refuses the zero.
func (in *intake) start(st, t int64, h *histogram.Histogram, fh *histogram.FloatHistogram) {
	if st <= 0 || st >= t {
		return
	}
	zero := storage.Sample{T: st}
	switch {
	case h != nil:
		zero.Int = &histogram.Histogram{Schema: h.Schema, ZeroThreshold: h.ZeroThreshold, CustomValues: h.CustomValues, CounterResetHint: histogram.CounterReset}
	case fh != nil:
		zero.Float = &histogram.FloatHistogram{Schema: fh.Schema, ZeroThreshold: fh.ZeroThreshold, CustomValues: fh.CustomValues, CounterResetHint: histogram.CounterReset}
	}
	in.derived = append(in.derived, len(in.batch.Samples))
	in.batch.Samples = append(in.batch.Samples, zero)
}

// exemplar adds an exemplar to the series. Its labels must not be in memory of
// the message.
func (in *intake) exemplar(e exemplar.Exemplar) {
	if e.Ts > in.latest {
		in.held = append(in.held, held{t: e.Ts, err: errAhead, exemplar: true})
		return
	}
	in.batch.Exemplars = append(in.batch.Exemplars, storage.Exemplar{Exemplar: e})
}

// end finishes the series. Where its labels are wrong, all of it is refused.
func (in *intake) end() {
	s := in.current
	err := s.finish()
	if in.take(s.labels, err) {
		in.used++ // otherwise the next series may have the slot
	}
}

// endKnown finishes a series that is known.
func (in *intake) endKnown(handle storage.Series) {
	ls := labels.EmptyLabels()
	if len(in.held) > 0 || len(in.batch.Exemplars) > in.exemplars {
		ls = handle.SeriesLabels()
	}
	in.take(ls, nil)
	samples := in.batch.Samples[in.samples:]
	for i := range samples {
		samples[i].Series = handle
	}
}

// learn has a series, which ended, known from now on, where one of its samples is
// stored. The key must stay until the intake is released.
func (in *intake) learn(key []byte) {
	if n := len(in.batch.Samples); n > in.samples && len(key) > 0 {
		in.unseen = append(in.unseen, unseen{key: key, sample: n - 1})
	}
}

// endAs finishes a series whose labels are there as a whole, in memory that is
// not the message's.
func (in *intake) endAs(ls labels.Labels) {
	ls = ls.WithoutEmpty()
	err := error(nil)
	if !ls.Has(model.MetricNameLabel) {
		err = errNoName
	} else if !ls.IsValid(model.UTF8Validation) {
		err = errInvalidLabel
	} else if _, twice := ls.HasDuplicateLabelNames(); twice {
		err = errRepeatedLabel
	}
	in.take(ls, err)
}

// take gives the samples of the series their labels, or refuses them; it tells
// whether any are left.
func (in *intake) take(ls labels.Labels, err error) bool {
	samples, exemplars := in.batch.Samples[in.samples:], in.batch.Exemplars[in.exemplars:]
	if err != nil {
		in.refusals.series(ls, err, len(samples)+len(in.held))
		in.drop()
		return false
	}
	for _, h := range in.held {
		if h.exemplar {
			in.refusals.exemplar(ls, h.t, h.err)
		} else {
			in.refusals.sample(ls, h.t, h.err)
		}
	}
	for i := range samples {
		samples[i].Labels = ls
	}
	if len(exemplars) > 0 {
		kept := ls.Copy() // exemplars are stored with the labels that they are given
		for i := range exemplars {
			exemplars[i].Labels = kept
		}
	}
	return len(samples) > 0
}

// drop forgets the samples of the series.
func (in *intake) drop() {
	clear(in.batch.Samples[in.samples:])
	clear(in.batch.Exemplars[in.exemplars:])
	in.batch.Samples, in.batch.Exemplars = in.batch.Samples[:in.samples], in.batch.Exemplars[:in.exemplars]
	for len(in.derived) > 0 && in.derived[len(in.derived)-1] >= in.samples {
		in.derived = in.derived[:len(in.derived)-1]
	}
}

// full tells whether the message has more than a message may have.
func (in *intake) full() bool {
	return len(in.batch.Samples)+len(in.batch.Exemplars)+len(in.held) > maxSamples
}

// store writes the batch and reads from it what was refused. It returns an error
// where nothing was stored for a reason that is not the sender's.
func (in *intake) store(ctx context.Context, w storage.Writer) error {
	if len(in.batch.Samples)+len(in.batch.Exemplars) == 0 {
		return nil
	}
	if err := w.Write(ctx, &in.batch); err != nil {
		return err
	}
	derived := in.derived
	for i := range in.batch.Samples {
		s := &in.batch.Samples[i]
		switch {
		case len(derived) > 0 && derived[0] == i:
			derived = derived[1:]
		case s.Err != nil:
			ls := s.Labels
			if s.Series != nil {
				ls = s.Series.SeriesLabels()
			}
			in.refusals.sample(ls, s.T, s.Err)
		case s.Int != nil || s.Float != nil:
			in.written.histograms++
		default:
			in.written.samples++
		}
	}
	for i := range in.batch.Exemplars {
		e := &in.batch.Exemplars[i]
		switch {
		case e.Err == nil:
			in.written.exemplars++
		case !errors.Is(e.Err, promstorage.ErrExemplarsDisabled):
			in.refusals.exemplar(e.Labels, e.Exemplar.Ts, e.Err)
		}
	}
	return nil
}
