package tsdb

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	promstorage "github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/util/annotations"

	"monopod/internal/storage"
)

var _ storage.Scanner = (*DB)(nil)

const (
	scanRows    = 4096
	scanColumns = 256
	fewestRows  = 32
)

// scan implements storage.Scan over the series that a selection finds. Where the
// columns of a unit lie in the same chunks and segments, these are decoded column
// by column beside their timestamps (alignedUnit); what is left, or overlaps, or
// was deleted in part, goes through iterators (raggedUnit).
type scan struct {
	ctx      context.Context
	q        *querier
	query    *query
	warnings *warnings
	series   []series // that are not read yet, by unit
	rows     int
	columns  int

	unit    []series
	aligned alignedUnit
	ragged  raggedUnit
	section storage.Section
	units   int
	err     error
}

// Scan implements storage.Scanner.
func (db *DB) Scan(ctx context.Context, r storage.ScanRequest) (storage.Scan, error) {
	q, err := db.querier(r.MinTime, r.MaxTime)
	if err != nil {
		return nil, err
	}
	found, w, err := q.find(ctx, false, nil, r.Matchers)
	if err != nil {
		_ = q.Close()
		return nil, fmt.Errorf("scan: %w", err)
	}
	s := &scan{ctx: ctx, q: q, warnings: w, rows: cmp.Or(r.MaxRows, scanRows), columns: max(1, cmp.Or(r.MaxColumns, scanColumns))}
	s.rows = max(s.rows, fewestRows)
	if len(found) > 0 {
		s.query = found[0].q
	}
	names := make(map[string]string, 64) // so that comparing equal names is fast
	name := make([]string, len(found))
	order := make([]int, len(found))
	for i := range found {
		n := found[i].labels.Get(model.MetricNameLabel)
		if _, ok := names[n]; !ok {
			names[n] = n
		}
		name[i], order[i] = names[n], i
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(name[a], name[b]), cmp.Compare(found[a].pair, found[b].pair))
	})
	s.series = make([]series, len(found))
	for i, from := range order {
		s.series[i] = found[from]
	}
	return s, nil
}

// Next implements storage.Scan.
func (s *scan) Next() bool {
	for s.err == nil {
		if s.err = s.ctx.Err(); s.err != nil {
			return false
		}
		s.section.Times = s.section.Times[:0]
		if s.err = s.aligned.read(&s.section); s.err == nil && len(s.section.Times) == 0 {
			s.err = s.ragged.read(&s.section)
		}
		if s.err != nil {
			return false
		}
		if len(s.section.Times) > 0 {
			return true
		}
		if len(s.series) == 0 {
			return false
		}
		s.begin()
	}
	return false
}

// begin takes up the next unit.
func (s *scan) begin() {
	n := 1
	for n < min(s.columns, len(s.series)) && sameUnit(&s.series[0], &s.series[n]) {
		n++
	}
	s.unit, s.series = s.series[:n], s.series[n:]
	x := &s.section
	x.Unit = s.units
	s.units++
	x.Base, x.Metrics, x.Series = s.unit[0].base, make([]labels.Labels, n), make([]promstorage.Series, n)
	for i := range s.unit {
		x.Metrics[i], x.Series[i] = s.unit[i].metric, &s.unit[i]
	}
	x.Columns = slices.Grow(x.Columns[:0], n)[:n]
	s.aligned.begin(s.query, s.unit, s.rows)
	s.ragged.begin(s.query, s.unit, s.aligned.rest, s.rows)
}

// sameUnit tells whether two series have name and base in common.
func sameUnit(a, b *series) bool {
	return a.pair>>32 == b.pair>>32 && a.labels.Get(model.MetricNameLabel) == b.labels.Get(model.MetricNameLabel)
}

// Section implements storage.Scan.
func (s *scan) Section() *storage.Section { return &s.section }

// Err implements storage.Scan.
func (s *scan) Err() error {
	if s.err != nil {
		return fmt.Errorf("scan: %w", s.err)
	}
	return nil
}

// Warnings implements storage.Scan.
func (s *scan) Warnings() annotations.Annotations { return s.warnings.all() }

// Close implements storage.Scan.
func (s *scan) Close() error { return s.q.Close() }

// resize makes the columns of a section rows long, from what they are, and what
// comes new not valid.
func resize(c *storage.ValueColumn, rows int) {
	from := len(c.Values)
	c.Values = slices.Grow(c.Values, rows-from)[:rows]
	validTo(c, from)
	c.Valid = c.Valid.Grow(rows)
}

// validTo gives a column that has none its bitmap, with the first rows valid.
func validTo(c *storage.ValueColumn, rows int) {
	if c.Valid != nil {
		return
	}
	c.Valid = storage.Bitmap{}.Grow(max(rows, 1))
	for w := range rows / 64 {
		c.Valid[w] = ^uint64(0)
	}
	if rest := rows % 64; rest > 0 {
		c.Valid[rows/64] = 1<<rest - 1
	}
}
