package scrape

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/exemplar"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/textparse"
	"github.com/prometheus/prometheus/model/value"
	promstorage "github.com/prometheus/prometheus/storage"

	"monopod/internal/storage"
)

var (
	errExemplarOutOfOrder = promstorage.ErrOutOfOrderExemplar
	errNoName             = fmt.Errorf("missing metric name (%s label)", model.MetricNameLabel)
)

// sample is what stands behind a key.
type sample struct {
	v       float64
	h       *histogram.Histogram      // instead of v
	fh      *histogram.FloatHistogram // instead of v
	t       int64                     // milliseconds; counts where stamped
	stamped bool                      // with a timestamp that is honoured
}

func (s *sample) isHistogram() bool { return s.h != nil || s.fh != nil }

// needsParser tells that an entry, or none, does not say enough about the line.
func (p *pass) needsParser(i uint32, s *sample) bool {
	if i == none {
		return true
	}
	x := &p.in.entries.all[i]
	return x.wide == 0 && (x.row == rowUnplaced || s.stamped && x.row != rowDropped)
}

// accept takes a line. i is the entry of its key, or none; parser stands at the
// line, and is nil where needsParser is false. It returns the entry, or none
// where the line is not to be remembered. An error fails the body.
func (p *pass) accept(i uint32, key []byte, s *sample, parser textparse.Parser) (uint32, error) {
	in, e := p.in, &p.in.entries
	known, seen := i != none, false
	if known {
		x := &e.all[i]
		seen = x.pass == e.pass
		x.pass = e.pass
		if x.row == rowDropped {
			return i, nil
		}
	}
	repeated := seen && !s.stamped

	p.exemplars = p.exemplars[:0]
	if parser != nil && in.rules.exemplars && !repeated {
		p.readExemplars(parser, s)
	}
	var series labels.Labels
	switch isWide := parser != nil && in.rules.startZeros || len(p.exemplars) > 0; {
	case known && e.all[i].wide != 0:
		if w := &e.wide[e.all[i].wide-1]; !s.stamped || w.handle == nil || isWide {
			series = w.labels()
		}
	case isWide || p.needsParser(i, s):
		parser.Labels(&p.line)
		if !known && !isWide && !s.stamped && !s.isHistogram() && in.rules.leave(p.line, in.rows.target) {
			break
		}
		series = seriesLabels(p.line, in.rows.target, in.rules.honorLabels, in.rules.relabel)
		if known {
			break
		}
		if series.IsEmpty() {
			i = e.add(key, rowDropped)
			e.all[i].pass = e.pass
			return i, nil
		}
		if err := in.rules.check(series); err != nil {
			return none, err
		}
	}

	var start int64
	if parser != nil && in.rules.startZeros && !repeated {
		// Last, since it moves the parser.
		start = parser.StartTimestamp()
	}

	p.kept++
	if repeated {
		p.duplicates++
		return i, nil
	}
	if s.isHistogram() {
		switch err := in.rules.limits.reduce(s.h, s.fh); {
		case errors.Is(err, ErrBucketLimit):
			p.overBuckets = true
			return i, nil
		case err != nil:
			return none, fmt.Errorf("reducing the histogram %s: %w", series, err)
		}
	}
	p.taken++
	if limit := in.rules.limits.samples; limit > 0 && p.taken > limit {
		p.overSamples = true
		return i, nil
	}
	if s.stamped && s.t > p.latest {
		p.outOfBounds++
		return i, nil
	}
	if (!known || !s.stamped && e.all[i].row == rowUnplaced) && p.refuse() {
		return i, nil
	}
	if !known {
		i = e.add(key, rowUnplaced)
		e.all[i].pass = e.pass
	}
	if !known && !p.failed() {
		p.added++
	}
	p.keep(i, series, s, start)
	return i, nil
}

// leave tells that a line's series has the labels of the line and those of the
// target as they are, and is one that can be stored.
func (r *rules) leave(line, target labels.Labels) bool {
	if len(r.relabel) > 0 || r.startZeros || r.limits.labelsChecked || !line.Has(model.MetricNameLabel) || !line.IsValid(r.names) || !target.IsValid(r.names) {
		return false
	}
	whole := true
	line.Range(func(l labels.Label) { whole = whole && l.Value != "" && !target.Has(l.Name) })
	return whole
}

// check refuses a series that cannot be stored.
func (r *rules) check(series labels.Labels) error {
	if !series.Has(model.MetricNameLabel) {
		return &Error{Kind: KindParse, Err: errNoName, Hint: "metric_relabel_configs must leave every series its name"}
	}
	if !series.IsValid(r.names) {
		return &Error{Kind: KindParse, Err: reason{fmt.Errorf("invalid metric name or label names: %s", series)},
			Hint: "rename them with metric_relabel_configs, or set metric_name_validation_scheme: utf8"}
	}
	return r.limits.checkLabels(series)
}

// keep puts a line that was taken where it belongs.
func (p *pass) keep(i uint32, series labels.Labels, s *sample, start int64) {
	in, e := p.in, &p.in.entries
	t := p.t
	if s.stamped {
		t = s.t
	}
	if s.stamped || in.rules.startZeros || len(p.exemplars) > 0 || e.all[i].wide != 0 {
		w := e.wideOf(i)
		if w.handle == nil {
			w.series = series
		}
		w.met, w.stamped = e.pass, s.stamped && in.rules.trackTimestamps
		if start > 0 && start < t && start != w.start {
			p.zeros.Samples = append(p.zeros.Samples, zeroSample(series, start, s))
		}
		w.start = start
	}
	for _, x := range p.exemplars {
		p.batch.Exemplars = append(p.batch.Exemplars, storage.Exemplar{Labels: series, Exemplar: x})
	}
	switch x := &e.all[i]; {
	case s.stamped:
		w := &e.wide[x.wide-1]
		if w.handle == nil {
			p.unopened = append(p.unopened, unopened{sample: len(p.batch.Samples), entry: i})
		}
		p.batch.Samples = append(p.batch.Samples, storage.Sample{Series: w.handle, T: s.t, V: s.v, Int: s.h, Float: s.fh})
	case x.row == rowUnplaced:
		x := pending{entry: i, series: series, sample: *s}
		if series.IsEmpty() {
			x.metric = p.line
		}
		p.pending = append(p.pending, x)
	default:
		p.put(x.row, x.column, s)
	}
}

// readExemplars collects the exemplars of the line, oldest first.
func (p *pass) readExemplars(parser textparse.Parser, s *sample) {
	for {
		var x exemplar.Exemplar
		if !parser.Exemplar(&x) {
			break
		}
		if !x.HasTs {
			if s.isHistogram() {
				// Without a time of its own an exemplar of a native histogram cannot be
				// told from the same one in the scrape before.
				continue
			}
			x.Ts = p.t
			if s.stamped {
				x.Ts = s.t
			}
		}
		p.exemplars = append(p.exemplars, x)
	}
	slices.SortFunc(p.exemplars, exemplar.Compare)
}

// zeroSample is the value of a counter at its start.
func zeroSample(series labels.Labels, start int64, s *sample) storage.Sample {
	z := storage.Sample{Labels: series, T: start}
	switch {
	case s.h != nil:
		z.Int = &histogram.Histogram{Schema: s.h.Schema, ZeroThreshold: s.h.ZeroThreshold, CustomValues: s.h.CustomValues}
	case s.fh != nil:
		z.Float = &histogram.FloatHistogram{Schema: s.fh.Schema, ZeroThreshold: s.fh.ZeroThreshold, CustomValues: s.fh.CustomValues}
	}
	return z
}

// endStamped writes stale markers for the series with tracked timestamps that the
// body does not have, or for all of them. Rows need no markers, but these series
// are in no row.
func (p *pass) endStamped(all bool) {
	in, e := p.in, &p.in.entries
	gone := in.orphans
	for i := range e.wide {
		w := &e.wide[i]
		there := !all && w.met == e.pass
		if w.live && !there {
			gone = append(gone, w.handle)
		}
		// Who is stamped has a handle, once its body was good.
		w.live = there && w.stamped
	}
	in.orphans = nil
	if len(gone) == 0 {
		return
	}
	// Another line, or an entry made anew, may have the same series.
	there := map[string]bool{}
	for i := range e.wide {
		if w := &e.wide[i]; !all && w.met == e.pass {
			there[string(w.labels().Bytes(nil))] = true
		}
	}
	for _, series := range gone {
		if !there[string(series.SeriesLabels().Bytes(nil))] {
			p.batch.Samples = append(p.batch.Samples, storage.Sample{Series: series, T: p.t, V: math.Float64frombits(value.StaleNaN)})
		}
	}
}
