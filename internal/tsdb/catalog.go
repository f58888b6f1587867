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
		// written counts the definitions in the catalog's log, dead ones too.
		written int
	}
	// aliases is, while logs are replayed, the ids of metrics that have an earlier
	// one: that one is used.
	aliases map[index.MetricID]index.MetricID
	// flushing keeps flushes in order.
	flushing sync.Mutex
}

const (
	// catalogFrameBytes bounds what one damaged frame of the catalog costs.
	catalogFrameBytes = 16 << 10
	// minCatalog is the definitions below which it is not worth rewriting.
	minCatalog = 4096
)

func newCatalog(dir string) *catalog {
	c := &catalog{dir: filepath.Join(dir, "catalog"), aliases: map[index.MetricID]index.MetricID{}}
	c.mu.unlogged = map[index.MetricID]struct{}{}
	return c
}

func (c *catalog) alias(id index.MetricID) index.MetricID {
	if first, ok := c.aliases[id]; ok {
		return first
	}
	return id
}

// column returns the column of a metric, and makes it where it is new.
func (db *DB) column(g *group, metric labels.Labels) int {
	col, _ := db.columnOf(g.id, metric)
	return col
}

// columnOf returns the column of a metric in the index's group, which it makes
// where it is new, and the metric as the dictionary has it.
func (db *DB) columnOf(g index.GroupID, metric labels.Labels) (int, labels.Labels) {
	// The lock is held over both, so that whoever finds the metric in the index
	// finds it in unlogged too.
	c := db.catalog
	c.mu.Lock()
	defer c.mu.Unlock()
	col, id, added := db.index.Column(g, metric)
	if added.Column {
		db.metrics.seriesCreated.Inc()
	}
	if added.Metric {
		c.mu.unlogged[id] = struct{}{}
		db.metrics.metricsCreated.Inc()
	}
	if ls, ok := db.index.MetricLabels(id); ok {
		metric = ls
	}
	return col, metric
}

// definitions appends to recs what the log must have before a row of g, whose
// writer is locked.
func (db *DB) definitions(recs *records, g *group) {
	w := &g.writer
	var added []index.MetricID
	if w.logged < w.columns {
		_, metrics, _ := db.index.Group(g.id)
		added = metrics[w.logged:w.columns]
	}
	db.define(recs, g.id, rowGroup, g.base, w.defined, added, w.logged)
}

// define appends to recs the definitions of a group, where it is not defined, and
// of the columns that were added to it behind the first.
func (db *DB) define(recs *records, g index.GroupID, k groupKind, base labels.Labels, defined bool, added []index.MetricID, first int) {
	if !defined {
		recs.begin()
		recs.buf = appendGroupRecord(recs.buf, g, k, base)
	}
	if len(added) == 0 {
		return
	}
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
	recs.buf = appendColumnsRecord(recs.buf, g, first, added)
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
	if err := c.write(pending); err != nil {
		// Those that were written are written again: a definition may stand twice.
		return err
	}
	c.mu.Lock()
	c.mu.pending = append([][]byte(nil), c.mu.pending[len(pending):]...)
	c.mu.written += len(pending)
	c.mu.Unlock()
	return nil
}

// write appends records in frames of bounded size.
func (c *catalog) write(recs [][]byte) error {
	for len(recs) > 0 {
		n, size := 0, 0
		for n < len(recs) && (n == 0 || size+len(recs[n]) <= catalogFrameBytes) {
			size += len(recs[n])
			n++
		}
		if err := c.log.Append(recs[:n]...); err != nil {
			return fmt.Errorf("write catalog %s: %w", c.dir, err)
		}
		recs = recs[n:]
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

// compact rewrites the log when most of it is dead: live is how many definitions
// are needed.
func (c *catalog) compact(x *index.Memory, groups func() []definedGroup, live int) error {
	c.mu.Lock()
	written := c.mu.written
	c.mu.Unlock()
	if written < minCatalog || written < 4*live {
		return nil
	}
	return c.compactNow(x, groups)
}

// definedGroup is a group as the catalog has it.
type definedGroup struct {
	id   index.GroupID
	kind groupKind
	base labels.Labels
}

// definedGroups is the groups of the head.
func (db *DB) definedGroups() []definedGroup {
	var out []definedGroup
	for _, g := range db.head.all() {
		out = append(out, definedGroup{g.id, rowGroup, g.base})
	}
	for _, x := range db.registry.all() {
		out = append(out, definedGroup{x.id, x.kind, x.base})
	}
	return out
}

func (c *catalog) compactNow(x *index.Memory, all func() []definedGroup) error {
	c.flushing.Lock()
	defer c.flushing.Unlock()
	first, err := c.log.Rotate()
	if err != nil {
		return fmt.Errorf("rewrite catalog %s: %w", c.dir, err)
	}
	// Groups are collected before metrics, so that the columns of a group do not
	// name one that is not collected; they are written behind them.
	var groups, metrics records
	n := 0
	for _, g := range all() {
		_, columns, ok := x.Group(g.id)
		if !ok {
			continue
		}
		groups.begin()
		groups.buf = appendGroupRecord(groups.buf, g.id, g.kind, g.base)
		groups.begin()
		groups.buf = appendColumnsRecord(groups.buf, g.id, 0, columns)
		n += 2
	}
	ids, err := x.Metrics()
	if err != nil {
		return err
	}
	for _, id := range ids {
		if ls, ok := x.MetricLabels(id); ok {
			metrics.begin()
			metrics.buf = appendMetricRecord(metrics.buf, id, ls)
			n++
		}
	}
	// Ids are not given out twice, although nothing may be left of the highest.
	lastMetric, lastGroup := x.Last()
	groups.begin()
	groups.buf = appendLastRecord(groups.buf, lastMetric, lastGroup)
	for _, recs := range []*records{&metrics, &groups} {
		if err := c.write(recs.all()); err != nil {
			return err
		}
	}
	if err := c.log.Sync(); err != nil {
		return fmt.Errorf("rewrite catalog %s: %w", c.dir, err)
	}
	if err := c.log.RemoveBefore(first); err != nil {
		return fmt.Errorf("rewrite catalog %s: %w", c.dir, err)
	}
	c.mu.Lock()
	c.mu.written = n
	c.mu.Unlock()
	return nil
}
