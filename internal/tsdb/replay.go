package tsdb

import (
	"context"
	"fmt"
	"hash/crc32"
	"math"
	"slices"
	"sort"

	"github.com/prometheus/prometheus/model/labels"

	"monopod/internal/tsdb/index"
	"monopod/internal/tsdb/wal"
	"monopod/internal/tsdb/wire"
)

// ReplayStatus is how far the start of the store is.
type ReplayStatus struct {
	// Min, Max and Current are segments of the write-ahead log.
	Min, Max, Current int
	// State is "waiting", "in progress" or "done".
	State string
}

// replay brings back what a log holds.
type replay struct {
	db *DB
	// catalog: the log is the catalog's own.
	catalog bool
	// definitions: nothing but definitions is taken.
	definitions bool
	chains      map[index.GroupID]uint32 // of groups whose last row was replayed
	dropped     int                      // records that could not be used
	reason      error                    // of the first of them
	enc         rowEncoder
}

// replayCatalog brings back the definitions.
func (db *DB) replayCatalog() error {
	r := replay{db: db, catalog: true}
	stats, err := wal.Replay(db.fsys, db.catalog.dir, wal.ReplayOptions{}, r.record)
	if err != nil {
		return fmt.Errorf("read catalog: %w", err)
	}
	db.catalog.mu.written = int(stats.Records)
	r.tell("catalog", stats)
	db.finishGroups()
	return nil
}

// replayDefinitions brings back what the log defines and the catalog may lack.
func (db *DB) replayDefinitions() error {
	r := replay{db: db, definitions: true}
	if _, err := wal.Replay(db.fsys, db.walDir(), wal.ReplayOptions{}, r.record); err != nil {
		return fmt.Errorf("read the definitions of the log: %w", err)
	}
	return nil
}

// replayLog brings back the rows that were not sealed.
func (db *DB) replayLog(ctx context.Context) error {
	r := replay{db: db, chains: map[index.GroupID]uint32{}}
	progress := func(p wal.Progress) {
		db.setReplayStatus(ReplayStatus{Min: p.First, Max: p.Last, Current: p.Segment, State: "in progress"})
	}
	stats, err := wal.Replay(db.fsys, db.walDir(), wal.ReplayOptions{Progress: progress}, func(seg int, rec []byte) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		return r.record(seg, rec)
	})
	if err != nil {
		return err
	}
	db.metrics.walCorruptions.Add(float64(stats.BadRecords))
	r.tell("wal", stats)
	db.finishGroups()
	return nil
}

// tell counts and logs what was left out.
func (r *replay) tell(log string, stats wal.ReplayStats) {
	r.db.damage(log, int(stats.BadRecords)+r.dropped)
	for _, d := range stats.Damage {
		r.db.logger.Error("Damage in a log was left out; what it held is lost", "log", log, "damage", d.String())
	}
	if r.dropped > 0 {
		r.db.logger.Error("Records of a log were left out, since what they build on is lost", "log", log, "records", r.dropped, "first", r.reason)
	}
}

// finishGroups brings the groups into line with the index, and sorts what was
// put into them.
func (db *DB) finishGroups() {
	for _, g := range db.head.all() {
		_, metrics, _ := db.index.Group(g.id)
		w := &g.writer
		w.columns, w.logged, w.defined = len(metrics), len(metrics), true
		w.closed = w.seen > len(metrics)
		w.open = len(g.mu.open)
		chunks, _ := g.snapshot()
		if n := len(chunks); n > 0 && (!w.has || chunks[n-1].last > w.t) {
			// The log knows less than the chunks: a crash took its end.
			w.state = state{has: true, t: chunks[n-1].last}
			w.restored = false
		}
		if mint, maxt, ok := g.bounds(); ok {
			db.head.saw(mint)
			db.head.saw(maxt)
		}
	}
	db.finishSets()
}

func (r *replay) record(_ int, rec []byte) error {
	if len(rec) == 0 {
		r.drop(wire.ErrMalformed)
		return nil
	}
	if r.definitions && (rec[0] < recordMetric || rec[0] > recordColumns) {
		return nil
	}
	d := newDecoder(rec[1:])
	var err error
	switch rec[0] {
	case recordMetric:
		err = r.metric(&d, rec)
	case recordGroup:
		err = r.group(&d, rec)
	case recordColumns:
		err = r.columns(&d, rec)
	case recordLast:
		m, g := index.MetricID(d.ID()), index.GroupID(d.ID())
		if err = d.End(); err == nil {
			r.db.index.Reserve(m, g)
			// It ends a rewritten catalog, which has all that is needed. What could not
			// be read before is of segments whose removal a crash ended half-way.
			r.dropped, r.reason = 0, nil
		}
	case recordRow:
		err = r.row(&d, rec)
	case recordSamples:
		err = r.samples(&d)
	case recordStamped:
		err = r.stamped(&d)
	case recordExemplar:
		series, e := d.exemplar()
		if err = d.End(); err == nil {
			// The ring is smaller than the log may be: what it does not take, it
			// would not have any more.
			_ = r.db.exemplars.add(series, e)
		}
	default:
		// The checksum of its frame is good: a later version wrote it.
		return fmt.Errorf("%w: a record is of type %d; use a later version of Monopod", ErrVersion, rec[0])
	}
	if err != nil {
		r.drop(err)
	}
	return nil
}

func (r *replay) drop(err error) {
	if r.dropped++; r.dropped == 1 {
		r.reason = err
	}
}

// define notes that the catalog's own log does not have a definition yet.
func (r *replay) define(rec []byte) {
	if !r.catalog {
		r.db.catalog.mu.pending = append(r.db.catalog.mu.pending, slices.Clone(rec))
	}
}

func (r *replay) metric(d *decoder, rec []byte) error {
	id := index.MetricID(d.ID())
	ls := d.Labels()
	if err := d.End(); err != nil {
		return err
	}
	if old, ok := r.db.index.MetricLabels(id); ok {
		if !labels.Equal(old, ls) {
			return fmt.Errorf("%w: metric %d is %s and %s", wire.ErrMalformed, id, old, ls)
		}
		return nil
	}
	if !r.db.index.DefineMetric(id, ls) {
		if _, ok := r.db.catalog.aliases[id]; ok {
			return nil
		}
		r.db.index.Reserve(id, 0)
		first, ok := r.db.index.Metric(ls)
		if !ok {
			return fmt.Errorf("%w: metric %d", wire.ErrMalformed, id)
		}
		// The head had forgotten the metric when it came back: one metric, two ids.
		r.db.catalog.aliases[id] = first
	}
	r.define(rec)
	return nil
}

func (r *replay) group(d *decoder, rec []byte) error {
	id := index.GroupID(d.ID())
	k := groupKind(d.Byte())
	base := d.Labels()
	if k > setGroup {
		d.Fail("kind %d of group", k)
	}
	if err := d.End(); err != nil {
		return err
	}
	if known, old := r.kindOf(id); old != nil {
		if known != k || !labels.Equal(*old, base) {
			return fmt.Errorf("%w: group %d is %s and %s", wire.ErrMalformed, id, *old, base)
		}
		return nil
	}
	if !r.db.index.DefineGroup(id, base) {
		return fmt.Errorf("%w: group %d", wire.ErrMalformed, id)
	}
	if k == rowGroup {
		r.db.addGroup(id, base)
	} else {
		r.db.loadSet(id, k, base)
	}
	r.define(rec)
	return nil
}

func (r *replay) columns(d *decoder, rec []byte) error {
	id := index.GroupID(d.ID())
	first := d.Uvarint()
	var metrics []index.MetricID
	end, count := int64(0), first
	known, _ := r.db.index.Last()
	for len(d.B) > 0 {
		from := end + d.Varint()
		n := d.Uvarint()
		count += min(n, maxChunkColumn)
		if from < 1 || from > int64(known) || n == 0 || n > uint64(known)-uint64(from)+1 || len(metrics) > maxChunkColumn {
			d.Fail("run of columns")
			break
		}
		for i := range int64(n) {
			metrics = append(metrics, r.db.catalog.alias(index.MetricID(from+i)))
		}
		end = from + int64(n) - 1
	}
	x := r.db.registry.set(id)
	if g := r.db.head.group(id); g != nil {
		g.sawColumns(int(min(count, maxChunkColumn)))
	} else if x != nil {
		x.seen = max(x.seen, int(min(count, maxChunkColumn)))
	}
	if err := d.End(); err != nil {
		return err
	}
	if k, _ := r.kindOf(id); k == noGroup {
		r.db.index.Reserve(0, id)
		return fmt.Errorf("%w: columns of group %d, which is unknown", wire.ErrMalformed, id)
	}
	_, have, _ := r.db.index.Group(id)
	if first > uint64(len(have)) {
		return fmt.Errorf("%w: columns from %d of group %d, which has %d", wire.ErrMalformed, first, id, len(have))
	}
	added := false
	for i, m := range metrics {
		if at := int(first) + i; at < len(have) {
			if have[at] != m {
				return fmt.Errorf("%w: column %d of group %d is metric %d and %d", wire.ErrMalformed, at, id, have[at], m)
			}
			continue
		}
		if !r.db.index.AddColumn(id, m) {
			return fmt.Errorf("%w: column %d of group %d is metric %d, which is unknown", wire.ErrMalformed, int(first)+i, id, m)
		}
		if added = true; x != nil {
			r.db.loadSeries(x, int(first)+i, m)
		}
	}
	if added {
		r.define(rec)
	}
	return nil
}

// row takes a group on. A row that a chunk has is not kept, but what follows
// builds on it.
func (r *replay) row(d *decoder, rec []byte) error {
	h := d.rowHead()
	if d.Err != nil {
		return d.Err
	}
	g := r.db.head.group(h.group)
	if g == nil {
		r.db.index.Reserve(0, h.group)
		return fmt.Errorf("%w: row of group %d, which is unknown", wire.ErrMalformed, h.group)
	}
	if chain, ok := r.chains[h.group]; !h.whole() && (!ok || chain != h.chain) {
		delete(r.chains, h.group)
		return fmt.Errorf("%w: row of group %d does not follow the one before it", wire.ErrMalformed, h.group)
	}
	_, metrics, _ := r.db.index.Group(h.group)
	in := d.row(h, &g.writer.state, len(metrics))
	if err := d.End(); err != nil {
		// It may have columns that nobody defined.
		g.sawColumns(math.MaxInt)
		delete(r.chains, h.group)
		return err
	}
	r.chains[h.group] = crc32.Checksum(rec, castagnoli)
	w := &g.writer
	if !g.lacks(in.t) {
		w.advance(&in)
		w.restored = true
		return nil
	}
	// The open part may not have the row before.
	var base *[]float64
	if n := len(g.mu.open); !in.whole && (n == 0 || g.mu.open[n-1].t != w.t) {
		last := slices.Clone(w.last)
		base = &last
	}
	data := r.enc.open(&w.state, &in)
	out := w.advance(&in)
	if base != nil {
		out.base = base
	}
	w.open = len(g.mu.open)
	g.push(out, data)
	w.restored = true
	return nil
}

// lacks tells whether a replayed row is neither in a chunk nor open.
func (g *group) lacks(t int64) bool {
	if g.sealedAt(t) {
		return false
	}
	open := &g.mu.open
	return open.empty() || open.last() < t
}

// sealedAt tells whether a chunk covers a time, and so has the row at it.
func (g *group) sealedAt(t int64) bool {
	chunks := g.mu.chunks
	i := sort.Search(len(chunks), func(i int) bool { return chunks[i].first > t })
	return i > 0 && t <= chunks[i-1].last
}

// sawColumns notes that a record or chunk has columns below n. Where fewer are
// defined, damage took the definitions, and the others may not be given to
// anything else.
func (g *group) sawColumns(n int) { g.writer.seen = max(g.writer.seen, n) }

func (db *DB) setReplayStatus(s ReplayStatus) {
	db.replay.Lock()
	db.replay.status = s
	db.replay.Unlock()
	if db.o.Progress != nil {
		db.o.Progress(s)
	}
}

// ReplayStatus tells how far the start of the store is.
func (db *DB) ReplayStatus() ReplayStatus {
	db.replay.Lock()
	defer db.replay.Unlock()
	return db.replay.status
}
