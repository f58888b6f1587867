package inspect

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"path/filepath"

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
	columns []index.MetricID
}

// logReader goes through a log.
type logReader struct {
	part   string
	defs   *definitions
	report LogReport
	damage []Damage
	chains map[index.GroupID]uint32
	// Rows and records that cannot be used although their bytes are good.
	broken map[string]int
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
	r := &logReader{part: part, defs: defs, chains: map[index.GroupID]uint32{}, broken: map[string]int{}}
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
		d.Byte()
		base := d.Labels()
		if d.End() == nil && r.defs.groups[id] == nil {
			r.defs.groups[id] = &groupDefinition{base: base}
		}
	case recordColumns:
		r.report.Definitions++
		r.columns(&d)
	case recordRow:
		r.report.Rows++
		r.row(&d, rec)
	case recordSamples, recordStamped:
		r.report.Samples++
	case recordExemplar:
		r.report.Exemplars++
	case recordLast:
		r.report.Definitions++
	default:
		return fmt.Errorf("%w: a record is of type %d; use the version of Monopod that wrote it", tsdb.ErrVersion, rec[0])
	}
	if d.Err != nil {
		r.broken["record that does not decode"]++
	}
	return nil
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
			if at == len(g.columns) {
				g.columns = append(g.columns, index.MetricID(from+i))
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
	if r.defs.groups[id] == nil {
		r.broken["row of a group that is not defined"]++
		return
	}
	if flags&rowWhole == 0 {
		b := d.Bytes(4)
		if chain, ok := r.chains[id]; b == nil || !ok || chain != binary.LittleEndian.Uint32(b) {
			delete(r.chains, id)
			r.broken["row that does not follow the one before it"]++
			return
		}
	}
	r.chains[id] = crc32.Checksum(rec, castagnoli)
}
