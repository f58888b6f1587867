package storage

import (
	"context"

	"github.com/prometheus/prometheus/model/labels"
	promstorage "github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/util/annotations"
)

// Scanner reads by column, for those that compute over many series: what
// Queryable hands out one sample at a time, a scan hands out as slices, and the
// timestamps of a target once for all of its series. It may be called from many
// goroutines.
type Scanner interface {
	// Scan begins a scan. It reads what was stored when it began; the caller closes
	// it. It ends with the context's error when the context does.
	Scan(ctx context.Context, r ScanRequest) (Scan, error)
}

// ScanRequest is what to read.
type ScanRequest struct {
	// MinTime and MaxTime are the first and last timestamps, in milliseconds.
	MinTime, MaxTime int64
	Matchers         []*labels.Matcher
	// MaxRows and MaxColumns bound a section, and with it the memory that a scan
	// takes: 16 bytes for each value of a section, and what is cached of files.
	// Zero is 4096 rows and 256 columns. A section never has more rows; MaxRows
	// below 32 counts as 32.
	MaxRows, MaxColumns int
}

// Scan is a scan under way. It is not safe for concurrent use.
type Scan interface {
	// Next goes to the next section, false at the end or after an error.
	Next() bool
	// Section is the current one. It is valid until Next or Close; labels and
	// series stay valid until Close.
	Section() *Section
	Err() error
	// Warnings is what was left out or stood in for.
	Warnings() annotations.Annotations
	Close() error
}

// Section is some columns of a group over some of its rows.
//
// Columns that share name and base labels come together: Unit numbers such sets,
// at most MaxColumns wide. The sections of a unit follow one another in time, and
// units come in the order of metric names, then of groups: one metric over all
// targets is read from one place. A series is in one unit.
type Section struct {
	Unit int
	// Base is the labels that the columns have in common, Metrics what each has
	// beside: see the package's doc.
	Base    labels.Labels
	Metrics []labels.Labels
	// Series reads each column through the iterators of Prometheus, from MinTime to
	// MaxTime of the request and not of this section. Its Labels are base and
	// metric joined.
	Series []promstorage.Series
	// Times is the rows, ascending. It must not be changed, nor must values.
	Times   []int64
	Columns []ValueColumn
}

// ValueColumn is the values of a column in the rows of a section.
type ValueColumn struct {
	// Values is as long as Times. Its elements at rows that are not in Valid mean
	// nothing.
	Values []float64
	// Valid is the rows that hold a float; nil: all of them. A stale marker is a
	// float, value.StaleNaN.
	Valid Bitmap
	// Stale: there are stale markers among the values. Histograms: rows that are not
	// valid may hold native histograms. Who computes over windows takes such columns
	// through Series.
	Stale, Histograms bool
}

// Has tells whether row i holds a float.
func (c *ValueColumn) Has(i int) bool { return c.Valid == nil || c.Valid.Has(i) }

// Plain tells whether the column holds a float in every row, and no stale marker.
func (c *ValueColumn) Plain() bool { return c.Valid == nil && !c.Stale && !c.Histograms }
