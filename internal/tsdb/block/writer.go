package block

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"path/filepath"

	"github.com/klauspost/compress/zstd"
	"github.com/prometheus/prometheus/model/labels"

	"monopod/internal/tsdb/cells"
	"monopod/internal/tsdb/index"
	"monopod/internal/vfs"
)

// Input is what a block is made of. Metrics and groups are in the order of their
// labels; their places are their ids. Groups may have equal bases.
type Input struct {
	Metrics []labels.Labels
	Groups  []Group
	// Samples appends to dst what a metric of a group holds in a segment. Groups
	// are asked for their metrics only, but may have nothing in the segment. It is
	// called by metric, then group, then segment.
	Samples func(dst *cells.Samples, m index.MetricID, g index.GroupID, segment int) error
}

// Group is a group of a block.
type Group struct {
	Base labels.Labels
	// Kind is the caller's.
	Kind byte
	// Metrics is ascending, and none is there that has no sample.
	Metrics []index.MetricID
	// Segments has the timestamps of the rows, ascending in and over segments.
	Segments [][]int64
}

// Write makes a block in dir, which it makes too. All of it is durable on return
// but for the entry of dir itself. meta needs ULID and Origin; what Write finds
// out is filled in. After an error, dir may hold a part.
func (s *Shared) Write(ctx context.Context, dir string, meta Meta, in Input) (Meta, error) {
	w := writer{ctx: ctx, fsys: s.fsys, zip: s.zip, dir: dir, in: in}
	if err := w.write(&meta); err != nil {
		return Meta{}, fmt.Errorf("write block %s: %w", dir, err)
	}
	return meta, nil
}

type writer struct {
	ctx  context.Context
	fsys vfs.FS
	dir  string
	in   Input
	meta *Meta
	zip  *zstd.Encoder

	data    *sink
	page    pageBuilder
	packed  []byte
	pages   []pageRef
	located []location // of metrics
	cells   cells.Encoder
	samples cells.Samples
}

// pageRef is a page in the data file.
type pageRef struct {
	offset int64
	size   int
	sum    uint32
}

// location is the pages of a metric.
type location struct{ first, n int }

// sink is a file that is being written.
type sink struct {
	file vfs.File
	buf  *bufio.Writer
	n    int64
}

func newSink(fsys vfs.FS, name string) (*sink, error) {
	f, err := fsys.Create(name)
	if err != nil {
		return nil, err
	}
	return &sink{file: f, buf: bufio.NewWriterSize(f, 256<<10)}, nil
}

func (s *sink) write(b []byte) error {
	n, err := s.buf.Write(b)
	s.n += int64(n)
	return err
}

// finish makes the file durable.
func (s *sink) finish() error {
	err := s.buf.Flush()
	if err == nil {
		err = s.file.Sync()
	}
	return errors.Join(err, s.file.Close())
}

func (w *writer) write(meta *Meta) error {
	w.meta = meta
	meta.Version, meta.Stats = metaVersion, Stats{Groups: len(w.in.Groups), Metrics: len(w.in.Metrics)}
	if err := w.fsys.MkdirAll(w.dir); err != nil {
		return err
	}
	var err error
	if w.data, err = newSink(w.fsys, filepath.Join(w.dir, dataFile)); err != nil {
		return err
	}
	err = w.writeData()
	if err = errors.Join(err, w.data.finish()); err != nil {
		return err
	}
	out, err := newSink(w.fsys, filepath.Join(w.dir, indexFile))
	if err != nil {
		return err
	}
	ix := indexWriter{w: w, out: out}
	err = ix.write()
	if err = errors.Join(err, out.finish()); err != nil {
		return err
	}
	meta.Stats.Bytes = w.data.n + out.n
	if err := writeMeta(w.fsys, w.dir, *meta); err != nil {
		return err
	}
	return w.fsys.SyncDir(w.dir)
}

// writeData writes the pages, by metric.
func (w *writer) writeData() error {
	if err := w.data.write([]byte(dataMagic)); err != nil {
		return err
	}
	holders := w.holders()
	w.located = make([]location, len(w.in.Metrics))
	first := true
	for m := range w.in.Metrics {
		if err := w.ctx.Err(); err != nil {
			return err
		}
		w.page.begin(uint32(m))
		w.located[m].first = len(w.pages)
		for _, g := range holders.of(m) {
			had := false
			for s, times := range w.in.Groups[g].Segments {
				w.samples.Reset()
				if err := w.in.Samples(&w.samples, index.MetricID(m), g, s); err != nil {
					return err
				}
				n := w.samples.Len()
				if n == 0 {
					continue
				}
				if err := w.page.add(&w.cells, uint32(g), s, times, &w.samples); err != nil {
					return err
				}
				had = true
				w.meta.Stats.Samples += uint64(n)
				w.meta.Stats.Chunks++
				if t := w.samples.T; first {
					w.meta.MinTime, w.meta.MaxTime, first = t[0], t[n-1], false
				} else {
					w.meta.MinTime, w.meta.MaxTime = min(w.meta.MinTime, t[0]), max(w.meta.MaxTime, t[n-1])
				}
				if w.page.size() >= pageBytes {
					if err := w.endPage(uint32(m)); err != nil {
						return err
					}
				}
			}
			if had {
				w.meta.Stats.Series++
			}
		}
		w.located[m].n = len(w.pages) - w.located[m].first
		if w.page.running() > 0 {
			w.located[m].n++
		}
	}
	return w.endPage(0)
}

// endPage writes the page; metric goes on in the next one.
func (w *writer) endPage(metric uint32) error {
	content := w.page.finish()
	if len(content) == 0 {
		return nil
	}
	w.packed = w.zip.EncodeAll(content, w.packed[:0])
	stored := w.packed
	if len(stored) > len(content)-len(content)/8 {
		stored = content
	}
	b := binary.AppendUvarint(nil, uint64(len(content)))
	b = binary.AppendUvarint(b, uint64(len(stored)))
	b = append(b, stored...)
	w.pages = append(w.pages, pageRef{offset: w.data.n, size: len(b), sum: crc32.Checksum(b, castagnoli)})
	if err := w.data.write(b); err != nil {
		return err
	}
	w.page.begin(metric)
	return nil
}

// holders is the groups that have each metric.
type holders struct {
	starts []int
	groups []index.GroupID
}

func (h holders) of(m int) []index.GroupID { return h.groups[h.starts[m]:h.starts[m+1]] }

func (w *writer) holders() holders {
	h := holders{starts: make([]int, len(w.in.Metrics)+2)}
	for _, g := range w.in.Groups {
		for _, m := range g.Metrics {
			h.starts[m+2]++
		}
	}
	for i := 2; i < len(h.starts); i++ {
		h.starts[i] += h.starts[i-1]
	}
	h.groups = make([]index.GroupID, h.starts[len(h.starts)-1])
	for g := range w.in.Groups {
		for _, m := range w.in.Groups[g].Metrics {
			h.groups[h.starts[m+1]] = index.GroupID(g)
			h.starts[m+1]++
		}
	}
	return h
}

// pageBuilder collects the entries of a page.
type pageBuilder struct {
	runs    int
	dir     []byte // of the runs that ended
	cells   []byte
	metric  uint32
	entries int // of the run
	run     []byte
	last    uint32 // group
}

// begin starts the run of a metric.
func (p *pageBuilder) begin(metric uint32) {
	p.endRun()
	p.metric = metric
}

// running is the entries of the run.
func (p *pageBuilder) running() int { return p.entries }

func (p *pageBuilder) endRun() {
	if p.entries > 0 {
		p.dir = binary.AppendUvarint(p.dir, uint64(p.metric))
		p.dir = binary.AppendUvarint(p.dir, uint64(p.entries))
		p.dir = append(p.dir, p.run...)
		p.runs++
	}
	p.entries, p.run, p.last = 0, p.run[:0], 0
}

func (p *pageBuilder) add(e *cells.Encoder, group uint32, segment int, times []int64, s *cells.Samples) error {
	before := len(p.cells)
	var err error
	if p.cells, err = e.Append(p.cells, times, s); err != nil {
		return err
	}
	p.run = binary.AppendUvarint(p.run, uint64(group-p.last))
	p.run = binary.AppendUvarint(p.run, uint64(segment))
	p.run = binary.AppendUvarint(p.run, uint64(len(p.cells)-before))
	p.last = group
	p.entries++
	return nil
}

func (p *pageBuilder) size() int { return len(p.dir) + len(p.run) + len(p.cells) }

// finish returns the page, and begins the next one.
func (p *pageBuilder) finish() []byte {
	p.endRun()
	if p.runs == 0 {
		return nil
	}
	b := binary.AppendUvarint(nil, uint64(p.runs))
	b = append(append(b, p.dir...), p.cells...)
	p.runs, p.dir, p.cells = 0, p.dir[:0], p.cells[:0]
	return b
}
