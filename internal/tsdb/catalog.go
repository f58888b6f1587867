package tsdb

import (
	"fmt"
	"path/filepath"
	"sync"

	"github.com/prometheus/prometheus/model/labels"

	"monopod/internal/tsdb/index"
	"monopod/internal/tsdb/wal"
)

// catalog keeps the definitions of metrics, groups and columns.
//
// They are written ahead with the first rows that use them, in the same frame of
// the write-ahead log, so that no row stands in it without its definitions. From
// there they go to the catalog's own log, where they stay: before a chunk is
// written that needs them, and before the segments that hold them are dropped.
// It is rewritten when most of it is dead.
//
// It covers the head. Blocks have their own indexes, so a group is dropped when
// the head has none of its rows and no writer holds it.
type catalog struct {
	dir string
	log *wal.Log

	mu struct {
		sync.Mutex
		// unlogged is the metrics that the write-ahead log does not have.
		unlogged map[index.MetricID]struct{}
		// pending is records that the write-ahead log has and the catalog's own
		// has not.
		pending [][]byte
		// written and live count the definitions in the catalog's log, and those of
		// them that are needed.
		written, live int
	}
	// flushing keeps flushes in order.
	flushing sync.Mutex
}

// catalogFrameBytes bounds what one damaged frame of the catalog costs.
const catalogFrameBytes = 16 << 10

func newCatalog(dir string) *catalog {
	c := &catalog{dir: filepath.Join(dir, "catalog")}
	c.mu.unlogged = map[index.MetricID]struct{}{}
	return c
}

// column returns the column of a metric, and makes it where it is new.
func (db *DB) column(g *group, metric labels.Labels) int {
	// The lock is held over both, so that whoever finds the metric in the index
	// finds it in unlogged too.
	c := db.catalog
	c.mu.Lock()
	defer c.mu.Unlock()
	col, id, isNew := db.index.Column(g.id, metric)
	if isNew {
		c.mu.unlogged[id] = struct{}{}
		db.metrics.metricsCreated.Inc()
	}
	return col
}

// definitions appends to recs what the log must have before a row of g, whose
// writer is locked.
func (db *DB) definitions(recs *records, g *group) {
	w := &g.writer
	if !w.defined {
		recs.begin()
		recs.buf = appendGroupRecord(recs.buf, g.id, g.kind, g.base)
	}
	if w.logged == w.columns {
		return
	}
	_, metrics, _ := db.index.Group(g.id)
	added := metrics[w.logged:w.columns]
	c := db.catalog
	c.mu.Lock()
	for _, id := range added {
		if _, ok := c.mu.unlogged[id]; !ok {
			continue
		}
		if ls, ok := db.index.MetricLabels(id); ok {
			recs.begin()
			recs.buf = appendMetricRecord(recs.buf, id, ls)
			recs.metrics = append(recs.metrics, id)
		}
	}
	c.mu.Unlock()
	recs.begin()
	recs.buf = appendColumnsRecord(recs.buf, g.id, w.logged, added)
}

// logged tells the catalog that the log has these definitions.
func (c *catalog) logged(defs [][]byte, metrics []index.MetricID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, d := range defs {
		c.mu.pending = append(c.mu.pending, append([]byte(nil), d...))
	}
	for _, id := range metrics {
		delete(c.mu.unlogged, id)
	}
}

// flush brings the pending definitions into the catalog's log.
func (c *catalog) flush() error {
	c.flushing.Lock()
	defer c.flushing.Unlock()
	c.mu.Lock()
	pending := c.mu.pending
	c.mu.Unlock()
	done := 0
	defer func() {
		c.mu.Lock()
		c.mu.pending = append([][]byte(nil), c.mu.pending[done:]...)
		c.mu.written += done
		c.mu.Unlock()
	}()
	for done < len(pending) {
		n, size := 0, 0
		for done+n < len(pending) && (n == 0 || size+len(pending[done+n]) <= catalogFrameBytes) {
			size += len(pending[done+n])
			n++
		}
		if err := c.log.Append(pending[done : done+n]...); err != nil {
			return fmt.Errorf("write catalog %s: %w", c.dir, err)
		}
		done += n
	}
	return nil
}

// sync makes the catalog durable.
func (c *catalog) sync() error {
	if err := c.flush(); err != nil {
		return err
	}
	if err := c.log.Sync(); err != nil {
		return fmt.Errorf("sync catalog %s: %w", c.dir, err)
	}
	return nil
}

// records is records under construction, in one buffer.
type records struct {
	buf     []byte
	starts  []int
	metrics []index.MetricID // defined by them
	slices  [][]byte
}

func (r *records) reset() {
	r.buf, r.starts, r.metrics = r.buf[:0], r.starts[:0], r.metrics[:0]
	clear(r.slices)
	r.slices = r.slices[:0]
}

// begin starts a record: what is appended to buf from here on is its bytes.
func (r *records) begin() { r.starts = append(r.starts, len(r.buf)) }

// all returns the records. They are valid until the next reset.
func (r *records) all() [][]byte {
	r.slices = r.slices[:0]
	for i, from := range r.starts {
		to := len(r.buf)
		if i+1 < len(r.starts) {
			to = r.starts[i+1]
		}
		r.slices = append(r.slices, r.buf[from:to:to])
	}
	return r.slices
}
