package scrape

import (
	"fmt"

	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"

	"monopod/internal/storage"
)

// rows are the groups that a target's series are in: its own first, then the
// siblings.
type rows struct {
	writer storage.Writer
	target labels.Labels
	groups []group
	byBase map[string]int32
}

// group is an open group. columns is how many of them may be written to.
type group struct {
	storage.Group
	columns int
	// live tells that the last row stored had columns: the next batch needs a row
	// of the group, be it empty, so that they end.
	live bool
}

// open opens the target's own group, once.
func (r *rows) open() error {
	if len(r.groups) > 0 {
		return nil
	}
	_, err := r.add(r.target)
	return err
}

func (r *rows) add(base labels.Labels) (int32, error) {
	g, err := r.writer.OpenGroup(base)
	if err != nil {
		return 0, fmt.Errorf("opening group %s: %w", base, err)
	}
	r.groups = append(r.groups, group{Group: g, columns: g.Columns()})
	return int32(len(r.groups) - 1), nil
}

// place finds the group and the column of a series, and makes them.
func (r *rows) place(series labels.Labels) (row, column int32, err error) {
	base, metric := storage.Split(series, r.target)
	if !labels.Equal(base, r.target) {
		key := string(base.Bytes(nil))
		var ok bool
		if row, ok = r.byBase[key]; !ok {
			if row, err = r.add(base); err != nil {
				return 0, 0, err
			}
			if r.byBase == nil {
				r.byBase = map[string]int32{}
			}
			r.byBase[key] = row
		}
	}
	c, err := r.column(row, metric)
	return row, c, err
}

func (r *rows) column(row int32, metric labels.Labels) (int32, error) {
	g := &r.groups[row]
	c, err := g.Column(metric)
	if err != nil {
		return 0, fmt.Errorf("adding metric %s to group %s: %w", metric, g.Base(), err)
	}
	g.columns = max(g.columns, c+1)
	return int32(c), nil
}

func (r *rows) release() {
	for i := range r.groups {
		r.groups[i].Release()
	}
}

// cells are the values of one group in the pass under way.
type cells struct {
	values     []float64
	present    storage.Bitmap
	histograms []storage.HistogramValue
	// histogramAt is the columns of histograms.
	histogramAt storage.Bitmap
	count       int
}

// reset empties the cells and makes room for n columns.
func (c *cells) reset(n int) {
	c.values = c.values[:0]
	c.present, c.histogramAt = c.present[:0], c.histogramAt[:0]
	clear(c.histograms)
	c.histograms = c.histograms[:0]
	c.count = 0
	c.room(n)
}

func (c *cells) room(n int) {
	if n <= len(c.values) {
		return
	}
	if n > cap(c.values) {
		grown := make([]float64, len(c.values), n+n/4)
		copy(grown, c.values)
		c.values = grown
	}
	c.values = c.values[:n]
	c.present = c.present.Grow(n)
}

// set puts a value into a column and tells whether the column was free.
func (c *cells) set(column int32, v float64) bool {
	word, bit := &c.present[column>>6], uint64(1)<<(column&63)
	if *word&bit != 0 || c.histogramAt.Has(int(column)) {
		return false
	}
	*word |= bit
	c.values[column] = v
	c.count++
	return true
}

func (c *cells) setHistogram(column int32, h *histogram.Histogram, fh *histogram.FloatHistogram) bool {
	if c.present.Has(int(column)) || c.histogramAt.Has(int(column)) {
		return false
	}
	c.histogramAt = c.histogramAt.Grow(int(column) + 1)
	c.histogramAt.Set(int(column))
	c.histograms = append(c.histograms, storage.HistogramValue{Column: int(column), Int: h, Float: fh})
	c.count++
	return true
}
