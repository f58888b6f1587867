package inspect

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"maps"
	"math"
	"path/filepath"
	"slices"

	"github.com/prometheus/prometheus/model/labels"

	"monopod/internal/tsdb"
	"monopod/internal/tsdb/index"
	"monopod/internal/tsdb/wal"
	"monopod/internal/tsdb/wire"
)

// The types of records, as package tsdb draws them.
const (
	recordMetric   = 1
	recordGroup    = 2
	recordColumns  = 3
	recordRow      = 4
	recordSamples  = 5
	recordStamped  = 8
	recordExemplar = 6
	recordLast     = 7
)

// rowWhole is the flag of a row that builds on none before it.
const rowWhole = 1

// LogReport is what a log holds: the write-ahead log, or the catalog.
type LogReport struct {
	Segments    int   `json:"segments"`
	Bytes       int64 `json:"bytes"`
	Definitions int64 `json:"definitions"`
	Rows        int64 `json:"rows"`
	// Samples counts records of samples that are no rows.
	Samples   int64 `json:"samples"`
	Exemplars int64 `json:"exemplars"`
	// TornTails is the segments that end in a write that a crash cut: normal.
	TornTails int `json:"tornTails"`
}

// definitions is what the numbers in the head's files stand for.
type definitions struct {
	metrics map[index.MetricID]labels.Labels
	groups  map[index.GroupID]*groupDefinition
}

type groupDefinition struct {
	base    labels.Labels
	kind    byte
	columns []index.MetricID
}

// logReader goes through a log.
type logReader struct {
	part   string
	defs   *definitions
	report LogReport
	damage []Damage
	chains map[index.GroupID]uint32
	last   map[index.GroupID]int64 // time of the last row that can be used
	// gaps are the rows of groups that cannot be used until the next whole one.
	gaps map[index.GroupID]*rowGap
	// Rows and records that cannot be used although their bytes are good.
	broken map[string]int
}

// rowGap is rows of a group that cannot be used, since one before them is lost.
type rowGap struct {
	base labels.Labels
	rows int
	// from and to are the times of the rows before and behind; ends tells that
	// there are both.
	from, to int64
	ends     bool
}

func (g *rowGap) String() string {
	s := "rows of group " + g.base.String()
	if g.ends {
		s += " after " + timeText(g.from) + " and before " + timeText(g.to)
	}
	return s
}

// readLogs reads the catalog, then the log.
func (v *View) readLogs() (catalog, log *logReader, err error) {
	defs := &definitions{metrics: map[index.MetricID]labels.Labels{}, groups: map[index.GroupID]*groupDefinition{}}
	if catalog, err = v.readLog("catalog", catalogDir, defs); err != nil {
		return nil, nil, err
	}
	log, err = v.readLog("log", walDir, defs)
	return catalog, log, err
}

func (v *View) readLog(part, dir string, defs *definitions) (*logReader, error) {
	r := &logReader{part: part, defs: defs, chains: map[index.GroupID]uint32{}, last: map[index.GroupID]int64{}, gaps: map[index.GroupID]*rowGap{}, broken: map[string]int{}}
	path := filepath.Join(v.dir, dir)
	stats, err := wal.Replay(v, path, wal.ReplayOptions{Damage: func(d wal.Damage) {
		lost := "rows, until the next whole one of each group"
		if part == "catalog" {
			lost = "definitions of metrics and groups"
		}
		r.damage = append(r.damage, Damage{Part: part, Path: v.rel(d.File), Offset: d.Offset, Bytes: d.Bytes, Reason: d.Reason, Lost: lost})
	}}, func(_ int, rec []byte) error {
		return r.record(rec)
	})
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	r.report.Segments, r.report.TornTails = stats.Segments, stats.TornTails
	for _, i := range v.names[dir] {
		if f, ok := v.files[filepath.Join(dir, i.Name)]; ok {
			r.report.Bytes += f.size
		}
	}
	for _, id := range slices.Sorted(maps.Keys(r.gaps)) {
		r.closeGap(id)
	}
	for reason, n := range r.broken {
		r.damage = append(r.damage, Damage{Part: part, Path: dir, Reason: reason, Lost: fmt.Sprintf("%d records", n)})
	}
	return r, nil
}

func (r *logReader) record(rec []byte) error {
	if len(rec) == 0 {
		r.broken["record without a type"]++
		return nil
	}
	d := wire.Decoder{B: rec[1:]}
	switch rec[0] {
	case recordMetric:
		id, ls := index.MetricID(d.ID()), d.Labels()
		if d.End() == nil {
			r.report.Definitions++
			r.defs.metrics[id] = ls
		}
	case recordGroup:
		r.report.Definitions++
		id := index.GroupID(d.ID())
		kind, base := d.Byte(), d.Labels()
		if d.End() == nil && r.defs.groups[id] == nil {
			r.defs.groups[id] = &groupDefinition{base: base, kind: kind}
		}
	case recordColumns:
		r.report.Definitions++
		r.columns(&d)
	case recordRow:
		r.report.Rows++
		r.row(&d, rec)
	case recordSamples:
		r.report.Samples++
		d.Varint()
		r.sample(&d, index.GroupID(d.ID()), 0)
	case recordStamped:
		r.report.Samples++
		d.Varint()
		id := d.Varint()
		r.sample(&d, index.GroupID(id), int(d.ID()))
	case recordExemplar:
		r.report.Exemplars++
	case recordLast:
		r.report.Definitions++
		// It ends a rewritten catalog: what was before is not needed any more.
		clear(r.broken)
	default:
		return fmt.Errorf("%w: a record is of type %d; use the version of Monopod that wrote it", tsdb.ErrVersion, rec[0])
	}
	if d.Err != nil {
		r.broken["record that does not decode"]++
	}
	return nil
}

// sample checks that the series of the first sample of a record is defined.
func (r *logReader) sample(d *wire.Decoder, id index.GroupID, column int) {
	if g := r.defs.groups[id]; d.Err == nil && (g == nil || column >= len(g.columns)) {
		r.broken["samples of a series that is not defined"]++
	}
}

func (r *logReader) columns(d *wire.Decoder) {
	g := r.defs.groups[index.GroupID(d.ID())]
	first := d.Uvarint()
	if d.Err == nil && (g == nil || first > uint64(len(g.columns))) {
		r.broken["columns of a group that is not defined"]++
		return
	}
	at, end := int(first), int64(0)
	for len(d.B) > 0 {
		from, n := end+d.Varint(), d.Uvarint()
		if from < 0 || n == 0 || n > 1<<26 {
			d.Fail("run of columns")
			return
		}
		for i := range int64(n) {
			id := index.MetricID(from + i)
			if _, ok := r.defs.metrics[id]; !ok {
				r.broken["columns of a metric that is not defined"]++
				return
			}
			if at == len(g.columns) {
				g.columns = append(g.columns, id)
			}
			at++
		}
		end = from + int64(n) - 1
	}
}

// row checks that a row follows the one that it builds on.
func (r *logReader) row(d *wire.Decoder, rec []byte) {
	id := index.GroupID(d.ID())
	flags := d.Byte()
	g := r.defs.groups[id]
	if g == nil {
		r.broken["row of a group that is not defined"]++
		return
	}
	if flags&rowWhole == 0 {
		b := d.Bytes(4)
		if chain, ok := r.chains[id]; b == nil || !ok || chain != binary.LittleEndian.Uint32(b) {
			delete(r.chains, id)
			r.openGap(id, g)
			return
		}
		r.last[id] += int64(d.Uvarint())
	} else {
		t := d.Varint()
		if gap := r.gaps[id]; gap != nil {
			gap.to, gap.ends = t, gap.from != math.MinInt64
			r.closeGap(id)
		}
		r.last[id] = t
	}
	r.chains[id] = crc32.Checksum(rec, castagnoli)
}

func (r *logReader) openGap(id index.GroupID, g *groupDefinition) {
	if r.gaps[id] == nil {
		from, ok := r.last[id]
		if !ok {
			from = math.MinInt64
		}
		r.gaps[id] = &rowGap{base: g.base, from: from}
	}
	r.gaps[id].rows++
}

func (r *logReader) closeGap(id index.GroupID) {
	gap := r.gaps[id]
	delete(r.gaps, id)
	dir := walDir
	if r.part == "catalog" {
		dir = catalogDir
	}
	r.damage = append(r.damage, Damage{Part: r.part, Path: dir, Reason: fmt.Sprintf("%d rows do not follow the ones before them", gap.rows), Lost: gap.String(), gap: gap})
}
