// Package storage is the contract between those that write samples (scrape,
// probes, rules), the engine that keeps them (tsdb), and those that read.
//
// A scrape is one row of a table whose columns hardly ever change, and the
// contract says so. The nouns:
//
//   - A group is the series of one target, stored together. Its base labels are
//     the target's labels; they are part of every series of the group.
//   - A metric is what stands on an exposition line: the name and the labels
//     that the base does not have. A series is a group's metric; its labels are
//     base and metric joined, and the two never share a label name.
//   - A column is the place of a metric in its group, a small integer that
//     stays the same as long as the group is open and its writer does not let it
//     shrink.
//   - A row is one timestamp and the values of the columns that were present.
//   - A batch is what one scrape writes: a row for each group it touched, and
//     the samples that are no rows.
//
// Staleness follows from rows: a column that the group's previous row had and
// this one has not, ended at this row's timestamp. Readers see a stale marker
// (value.StaleNaN) there, and no writer has to send one.
//
// Reading goes through Prometheus's storage.Queryable, so that everything which
// understands that interface understands Monopod.
package storage

import (
	"context"
	"errors"
	"math/bits"

	"github.com/prometheus/prometheus/model/exemplar"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	promstorage "github.com/prometheus/prometheus/storage"
)

// Why a write was not taken. Each is tested with errors.Is; the errors that
// callers see name the operation, the place and what to do.
var (
	// ErrNoSpace: the disk is full or the directory cannot be written. Nothing of
	// the batch was stored, reads go on, and writes resume when there is room.
	ErrNoSpace = errors.New("no space for new samples")
	// ErrReadOnly: the data directory may not be written. As ErrNoSpace otherwise.
	ErrReadOnly = errors.New("data directory is read-only")
	// ErrClosed: the store is shut down, or the group was released.
	ErrClosed = errors.New("storage is closed")

	// The reasons that samples share with Prometheus, under its names.
	ErrOutOfOrder         = promstorage.ErrOutOfOrderSample
	ErrOutOfBounds        = promstorage.ErrOutOfBounds
	ErrTooOld             = promstorage.ErrTooOldSample
	ErrDuplicateTimestamp = promstorage.ErrDuplicateSampleForTimestamp
)

// Writer takes samples. All methods may be called from many goroutines.
type Writer interface {
	// OpenGroup returns the group with these base labels, for one writer alone.
	// A stored group is continued, its columns as they were; while another writer
	// holds it, a second group with equal labels is made, and readers merge the
	// two. The caller releases it.
	OpenGroup(base labels.Labels) (Group, error)

	// OpenSeries returns a handle of the series with these labels, for samples that
	// bring a timestamp of their own: a Sample that has it needs no labels, and
	// finds its series at once. Handles are cheap, any number of writers may have
	// one of the same series, and there is nothing to release. The labels are the
	// caller's again on return.
	OpenSeries(ls labels.Labels) (Series, error)

	// Write stores a batch as a whole: when it returns nil, every row survives
	// the death of the process; when it returns an error, none was stored. Samples
	// are judged one by one, and a refused one carries its reason in Err.
	// A row that is not newer than its group's last row refuses the batch with
	// ErrOutOfOrder. The batch is the caller's again on return.
	Write(ctx context.Context, b *Batch) error
}

// Group is one writer's hold on a group. It is not safe for concurrent use.
type Group interface {
	// Base is the group's labels.
	Base() labels.Labels

	// Column returns the column of a metric, and makes it where it is new. The
	// metric shares no label name with the base. Columns are dense: the next new
	// one is always Columns().
	Column(metric labels.Labels) (int, error)

	// Columns is how many columns there are.
	Columns() int

	// Shrink gives back columns, where most of them had nothing for long. It
	// returns the new number of each column by its old one, -1 where it is gone, and
	// nil where all stay as they are. Order is kept; the next row is written in the
	// new numbers. A writer whose metrics come and go calls it after Write; it costs
	// nothing where there is nothing to do.
	Shrink() []int32

	// Last is the timestamp of the last row in milliseconds, ok false when there
	// is none.
	Last() (t int64, ok bool)

	// Release gives the group up; nothing is written. The next OpenGroup with
	// these labels continues it.
	Release()

	// End writes the row without columns that makes all of the group's series
	// stale at t. It does nothing where another writer opened the group since it
	// was released, where the group has a row at or after t, or where its last
	// row is empty already. It is called after Release.
	End(ctx context.Context, t int64) error
}

// Series is a handle of a series whose samples bring timestamps of their own. It
// belongs to the Writer that made it, and is good as long as that is open.
type Series interface {
	// SeriesLabels builds the labels of the whole series.
	SeriesLabels() labels.Labels
}

// Batch is what one scrape writes. A caller keeps one and fills it again.
type Batch struct {
	// Timestamp of all rows, in milliseconds since 1970.
	Timestamp int64
	Rows      []Row
	// Samples that bring a timestamp of their own.
	Samples   []Sample
	Exemplars []Exemplar
	// Moved is set by Write where a Sample had the handle of a series that has been
	// collected since, and which was made anew. The sample has the new handle then;
	// the old one does, and takes longer.
	Moved bool
}

// Reset empties the batch and keeps its memory.
func (b *Batch) Reset() {
	clear(b.Rows)
	clear(b.Samples)
	clear(b.Exemplars)
	b.Timestamp, b.Moved, b.Rows, b.Samples, b.Exemplars = 0, false, b.Rows[:0], b.Samples[:0], b.Exemplars[:0]
}

// Row is the values of one group at the batch's timestamp.
type Row struct {
	Group Group
	// Values has the value of column c at index c; only those in Present count.
	// All bit patterns are values, every NaN included. It may be shorter than
	// Group.Columns(): the columns beyond are not present.
	Values  []float64
	Present Bitmap
	// Histograms are the columns that hold a native histogram in this row. They
	// are not in Present.
	Histograms []HistogramValue
}

// HistogramValue is a native histogram in a column: one of Int and Float is set.
type HistogramValue struct {
	Column int
	Int    *histogram.Histogram
	Float  *histogram.FloatHistogram
}

// Sample is a value that is no part of a row: it has a timestamp of its own.
type Sample struct {
	// Series is from the writer's OpenSeries. Where it is nil the labels count, and
	// Write may set it.
	Series Series
	Labels labels.Labels // of the whole series
	T      int64         // milliseconds since 1970
	// Start is the start timestamp: when what the sample counts began, in
	// milliseconds since 1970; 0 where nobody told.
	Start int64
	V     float64
	Int   *histogram.Histogram      // instead of V
	Float *histogram.FloatHistogram // instead of V
	// Err is set by Write: nil, ErrOutOfOrder, ErrOutOfBounds, ErrTooOld,
	// ErrDuplicateTimestamp.
	Err error
}

// Exemplar belongs to the series with these labels.
type Exemplar struct {
	Labels   labels.Labels
	Exemplar exemplar.Exemplar
	// Err is set by Write: nil or one of Prometheus's exemplar errors.
	Err error
}

// Bitmap is a set of columns.
type Bitmap []uint64

// Has tells whether column c is in the set.
func (b Bitmap) Has(c int) bool { return c>>6 < len(b) && b[c>>6]&(1<<(c&63)) != 0 }

// Set adds column c. The bitmap must have room: see Grow.
func (b Bitmap) Set(c int) { b[c>>6] |= 1 << (c & 63) }

// Unset removes column c.
func (b Bitmap) Unset(c int) {
	if c>>6 < len(b) {
		b[c>>6] &^= 1 << (c & 63)
	}
}

// Grow returns the bitmap with room for n columns.
func (b Bitmap) Grow(n int) Bitmap {
	if more := (n+63)/64 - len(b); more > 0 {
		b = append(b, make(Bitmap, more)...)
	}
	return b
}

// Count is how many columns are in the set.
func (b Bitmap) Count() int {
	n := 0
	for _, w := range b {
		n += bits.OnesCount64(w)
	}
	return n
}

// Split divides the labels of a series into the base that it shares with a
// target and the metric that is left: base has the target's labels that the
// series has with equal values. Where metric relabelling or honor_labels made a
// series differ from its target, base is smaller than target, and the series
// belongs to a group of its own.
func Split(series, target labels.Labels) (base, metric labels.Labels) {
	var inBase, rest labels.ScratchBuilder
	whole := true
	series.Range(func(l labels.Label) {
		if v := target.Get(l.Name); v == l.Value && v != "" {
			inBase.Add(l.Name, l.Value)
		} else {
			rest.Add(l.Name, l.Value)
		}
	})
	target.Range(func(l labels.Label) { whole = whole && series.Get(l.Name) == l.Value })
	if whole {
		return target, rest.Labels()
	}
	return inBase.Labels(), rest.Labels()
}
