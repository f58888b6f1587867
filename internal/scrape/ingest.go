package scrape

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/exemplar"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/relabel"
	"github.com/prometheus/prometheus/model/textparse"

	"monopod/internal/storage"
)

// rules are what the configuration of a target says about its samples.
type rules struct {
	honorLabels     bool
	honorTimestamps bool
	trackTimestamps bool
	exemplars       bool
	startZeros      bool
	extraReport     bool
	relabel         []*relabel.Config
	limits          limits
	names           model.ValidationScheme
	parser          textparse.ParserOptions
}

// ingester turns the bodies of one target into batches. It is used by one
// goroutine, and goes from loop to loop when the configuration changes.
type ingester struct {
	rules   *rules
	rows    rows
	texts   *texts
	entries entries
	// orphans are series with tracked timestamps that were live when the entries
	// were forgotten.
	orphans []storage.Series
	report  [reportSeries]int32 // columns
	meta    *metadata
	metrics *metrics
	logger  *slog.Logger
	// admit is Options.Admit for the target; nil: any number of series.
	admit func(series int) Admission
}

// result is what a body came to.
type result struct {
	scraped int // lines
	kept    int // lines that relabelling kept
	added   int // series that the scrape before did not have
	err     error
}

// pass is the work on one body. Passes are shared by all ingesters, since they
// are large and few are under way at a time.
type pass struct {
	in     *ingester
	t      int64 // of the rows
	latest int64 // the highest timestamp that a sample may bring

	result
	taken       int // samples that count against sample_limit
	overSamples bool
	overBuckets bool
	duplicates  int
	outOfOrder  int
	outOfBounds int
	collisions  int
	// begun and refused count the lines that begin series. room is how many more
	// may, and reason why no more may; both are empty until it is asked.
	begun, refused int
	room           int
	reason         string
	had            int // series before the body
	// lines counts the lines by the path they took.
	lines struct{ skeleton, key, parsed int }

	cells     []cells
	pending   []pending
	unopened  []unopened
	batch     storage.Batch
	zeros     storage.Batch // at start timestamps
	exemplars []exemplar.Exemplar
	line      labels.Labels // the labels that stand on a line

	trail    trail
	spread   spread
	cutter   cutter
	comments []byte
	alone    []byte // a line with an exemplar
}

// pending is a sample of a series that has no column yet. It gets one when the
// whole body was good.
type pending struct {
	entry  uint32
	series labels.Labels
	// metric is set instead of series where all of the target's labels are in the
	// series as they are.
	metric labels.Labels
	sample sample
}

// unopened is a sample of the batch whose series has no handle yet. As pending.
type unopened struct {
	sample int
	entry  uint32
}

var passes = sync.Pool{New: func() any { return new(pass) }}

func (in *ingester) begin(t int64, now time.Time) *pass {
	p := passes.Get().(*pass)
	p.in, p.t, p.latest = in, t, now.Add(maxAhead).UnixMilli()
	p.clear()
	return p
}

func (p *pass) free() {
	p.clear()
	p.in = nil
	passes.Put(p)
}

// clear empties the pass, for the same body once more or for another.
func (p *pass) clear() {
	p.result = result{}
	p.taken, p.overSamples, p.overBuckets = 0, false, false
	p.duplicates, p.outOfOrder, p.outOfBounds, p.collisions = 0, 0, 0, 0
	p.begun, p.refused, p.room, p.reason = 0, 0, 0, ""
	p.lines.skeleton, p.lines.key, p.lines.parsed = 0, 0, 0
	p.clearSamples()
	p.trail.reset()
	p.comments = p.comments[:0]
}

func (p *pass) clearSamples() {
	clear(p.pending)
	p.pending = p.pending[:0]
	p.unopened = p.unopened[:0]
	p.batch.Reset()
	p.zeros.Reset()
	for i := range p.cells {
		p.cells[i].reset(0)
	}
	if p.in == nil {
		return
	}
	for len(p.cells) < len(p.in.rows.groups) {
		p.cells = append(p.cells, cells{})
	}
	for i := range p.in.rows.groups {
		p.cells[i].reset(p.in.rows.groups[i].columns)
	}
}

// read takes a body. When it fails, nothing of the body is in the pass but the
// counts.
func (p *pass) read(body []byte, contentType string) result {
	in, e := p.in, &p.in.entries
	if len(body) == 0 {
		p.endStamped(true)
		return p.result
	}
	err := p.guarded(body, contentType)
	p.count(err)
	switch {
	case p.overSamples:
		p.err = sampleLimitError(in.rules.limits.samples)
	case p.overBuckets:
		p.err = bucketLimitError(in.rules.limits.buckets)
	default:
		p.err = err
	}
	if p.err != nil {
		p.fail()
		e.foldBack()
		if e.grownWild() || errors.Is(err, errPanic) {
			in.forget()
			in.metrics.cacheFlushes.Inc()
		}
	}
	return p.result
}

// fail leaves nothing in the pass but the end of what the target exposed before.
func (p *pass) fail() {
	p.clearSamples()
	p.endStamped(true)
}

// guarded reads the body by the skeleton, or else by the parser. The parsers are
// given what strangers wrote, so that a panic of theirs fails the scrape alone.
func (p *pass) guarded(body []byte, contentType string) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = &Error{Kind: KindParse, Err: reason{fmt.Errorf("%w: %v", errPanic, r)}, Hint: "the target exposes what no parser expects: look for giant labels in its output"}
		}
	}()
	in, e := p.in, &p.in.entries
	if len(body) == cap(body) {
		body = slices.Grow(body, 1)
	}
	e.pass++
	if e.skeleton.contentType != "" && e.skeleton.contentType == contentType && !e.reread {
		// The parser too ends the body with a newline.
		ended := append(body, '\n')
		how := walkFailed
		if e.skeleton.open {
			how = p.walkOpen(ended)
		} else {
			how = p.walk(ended)
		}
		if how != walkFailed {
			if how == walkedExactly && !p.failed() {
				in.meta.repeat(false)
			}
			return p.finish(contentType, ended, false)
		}
		p.clear()
		e.pass++
	}
	if e.spread == nil {
		e.spreadOut(&p.spread, 0)
	} else {
		e.shrink()
	}
	return p.parse(body, contentType)
}

// forget drops all that is remembered of keys. The groups stay, so that the next
// row ends what it does not have.
func (in *ingester) forget() {
	for i := range in.entries.wide {
		if w := &in.entries.wide[i]; w.live {
			in.orphans = append(in.orphans, w.handle)
		}
	}
	in.entries.forget()
}

// failed tells that a limit refused the body.
func (p *pass) failed() bool { return p.overSamples || p.overBuckets }

// finish ends a good body. Where it has no content type, it makes no skeleton to
// walk along.
func (p *pass) finish(contentType string, body []byte, open bool) error {
	if p.failed() {
		return nil
	}
	// Before the entries get new numbers.
	if err := p.place(); err != nil {
		return err
	}
	p.endStamped(false)
	if e := &p.in.entries; e.spread != nil && p.refused > p.kept-p.refused {
		// The texts of lines that are left out would take the memory that their
		// series must not.
		e.foldBack()
	} else if e.spread != nil {
		p.cutter.texts = p.in.texts
		e.recut(contentType, body, &p.trail, &p.cutter)
		e.skeleton.open = open
	}
	return nil
}

// place gives columns and handles to the series that have none.
func (p *pass) place() error {
	in := p.in
	for i := range p.pending {
		x := &p.pending[i]
		var (
			row, column int32
			err         error
		)
		if x.series.IsEmpty() {
			column, err = in.rows.column(0, x.metric)
		} else {
			row, column, err = in.rows.place(x.series)
		}
		if err != nil {
			return storageError(err)
		}
		for len(p.cells) <= int(row) {
			p.cells = append(p.cells, cells{})
		}
		p.cells[row].room(in.rows.groups[row].columns)
		if x.entry != none {
			e := &in.entries.all[x.entry]
			e.row, e.column = row, column
		}
		p.put(row, column, &x.sample)
	}
	return p.open()
}

// open gives handles to the series whose samples have timestamps of their own.
func (p *pass) open() error {
	in, e := p.in, &p.in.entries
	for _, u := range p.unopened {
		w := &e.wide[e.all[u.entry].wide-1]
		if w.handle == nil {
			series, err := in.rows.writer.OpenSeries(w.series)
			if err != nil {
				return storageError(err)
			}
			// The store has the labels.
			w.handle, w.series = series, labels.EmptyLabels()
		}
		p.batch.Samples[u.sample].Series = w.handle
	}
	return nil
}

func (p *pass) put(row, column int32, s *sample) {
	free := false
	if s.isHistogram() {
		free = p.cells[row].setHistogram(column, s.h, s.fh)
	} else {
		free = p.cells[row].set(column, s.v)
	}
	if !free {
		p.collisions++
	}
}

// count adds the pass to the metrics.
func (p *pass) count(err error) {
	m := p.in.metrics
	m.linesSkeleton.Add(float64(p.lines.skeleton))
	m.linesKey.Add(float64(p.lines.key))
	m.linesParsed.Add(float64(p.lines.parsed))
	if errors.Is(err, ErrLabelLimit) {
		m.overLabelLimits.Inc()
	}
	m.collisions.Add(float64(p.collisions))
	m.duplicates.Add(float64(p.duplicates))
	m.outOfBounds.Add(float64(p.outOfBounds))
	if p.overSamples {
		m.overSampleLimit.Inc()
	}
	if p.overBuckets {
		m.overBucketLimit.Inc()
	}
	if p.duplicates > 0 {
		p.in.logger.Warn("Samples refused: the target exposes the same series twice", "samples", p.duplicates)
	}
	if p.outOfBounds > 0 {
		p.in.logger.Warn("Samples refused: their timestamps are too old or too far in the future", "samples", p.outOfBounds)
	}
}
