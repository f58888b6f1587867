package inspect

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"github.com/oklog/ulid/v2"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"

	"monopod/internal/tsdb/block"
	"monopod/internal/tsdb/index"
)

// Report is what a view holds. Times are in milliseconds since 1970.
type Report struct {
	Dir string `json:"dir"`
	// MinTime and MaxTime are the first and last timestamps in head files and
	// blocks; MaxTime is below MinTime where there are none.
	MinTime int64 `json:"minTime"`
	MaxTime int64 `json:"maxTime"`
	// Series, Groups and Metrics count what is different in head and blocks
	// together; Groups by their base labels.
	Series  int `json:"series"`
	Groups  int `json:"groups"`
	Metrics int `json:"metrics"`
	// Samples is those in head files and blocks. What only the log has is not in it.
	Samples int64 `json:"samples"`

	Parts     []Part      `json:"parts"`
	Log       LogReport   `json:"log"`
	Catalog   LogReport   `json:"catalog"`
	Head      []HeadFile  `json:"head"`
	Blocks    []Block     `json:"blocks"`
	Encodings []Encoding  `json:"encodings"`
	Top       []TopMetric `json:"top"`
	// Aside is what was found damaged earlier and put aside.
	Aside []string `json:"aside"`
	// Damage is what was met on the way; Check looks at everything.
	Damage []Damage `json:"damage"`
}

// Part is the bytes of a part of the directory.
type Part struct {
	Name  string `json:"name"`
	Files int    `json:"files"`
	Bytes int64  `json:"bytes"`
}

// HeadFile is a head file.
type HeadFile struct {
	Name    string `json:"name"`
	MinTime int64  `json:"minTime"`
	MaxTime int64  `json:"maxTime"`
	Chunks  int    `json:"chunks"`
	Groups  int    `json:"groups"`
	Rows    int64  `json:"rows"`
	Samples int64  `json:"samples"`
	Bytes   int64  `json:"bytes"`
}

// Block is a block.
type Block struct {
	block.Meta
	DataBytes  int64 `json:"dataBytes"`
	IndexBytes int64 `json:"indexBytes"`
}

// TopMetric is how much is stored under a metric name. Bytes are those of its
// columns; timestamps and indexes are shared, and not in it.
type TopMetric struct {
	Name    string `json:"name"`
	Series  int    `json:"series"`
	Samples int64  `json:"samples"`
	Bytes   int64  `json:"bytes"`
}

// inspector makes a report.
type inspector struct {
	ctx    context.Context
	v      *View
	report Report
	defs   *definitions

	encodings encodings
	byName    map[string]*TopMetric
	// What was seen, by hash of the labels.
	series, groups, metrics map[uint64]struct{}
	builder                 labels.ScratchBuilder
}

// Inspect reads all of a view and reports what is in it, with the limit largest
// metrics. It takes memory for the definitions of the head, and 16 bytes or so
// for each series.
func Inspect(ctx context.Context, v *View, limit int) (*Report, error) {
	x := inspector{
		ctx: ctx, v: v, encodings: encodings{}, byName: map[string]*TopMetric{},
		series: map[uint64]struct{}{}, groups: map[uint64]struct{}{}, metrics: map[uint64]struct{}{},
		report: Report{Dir: v.dir, MinTime: math.MaxInt64, MaxTime: math.MinInt64},
	}
	if err := x.run(); err != nil {
		return nil, fmt.Errorf("inspect %s: %w", v.dir, err)
	}
	r := &x.report
	r.Series, r.Groups, r.Metrics = len(x.series), len(x.groups), len(x.metrics)
	r.Encodings = x.encodings.list()
	for _, m := range x.byName {
		r.Top = append(r.Top, *m)
	}
	slices.SortFunc(r.Top, func(a, b TopMetric) int {
		return cmp.Or(cmp.Compare(b.Bytes, a.Bytes), cmp.Compare(b.Samples, a.Samples), cmp.Compare(a.Name, b.Name))
	})
	if limit > 0 && len(r.Top) > limit {
		r.Top = r.Top[:limit]
	}
	slices.SortFunc(r.Damage, compareDamage)
	return r, nil
}

func (x *inspector) run() error {
	x.parts()
	catalog, log, err := x.v.readLogs()
	if err != nil {
		return err
	}
	x.report.Catalog, x.report.Log, x.defs = catalog.report, log.report, catalog.defs
	x.report.Damage = append(append(x.report.Damage, catalog.damage...), log.damage...)
	for _, i := range x.v.names[headDir] {
		if strings.HasSuffix(i.Name, headExtension) {
			if err := x.headFile(filepath.Join(headDir, i.Name)); err != nil {
				return err
			}
		}
	}
	for _, id := range x.v.blocks() {
		if err := x.block(id); err != nil {
			return err
		}
	}
	return nil
}

// blocks is the names of the blocks.
func (v *View) blocks() []string {
	var out []string
	for _, i := range v.names[blocksDir] {
		if _, err := ulid.ParseStrict(i.Name); err == nil && i.Dir {
			out = append(out, i.Name)
		}
	}
	return out
}

// parts adds up bytes, and finds what was put aside.
func (x *inspector) parts() {
	sum := map[string]*Part{}
	add := func(name string, bytes int64) {
		if sum[name] == nil {
			sum[name] = &Part{Name: name}
		}
		sum[name].Files++
		sum[name].Bytes += bytes
	}
	for dir, infos := range x.v.names {
		for _, i := range infos {
			rel := filepath.Join(dir, i.Name)
			if strings.HasSuffix(i.Name, badSuffix) {
				x.report.Aside = append(x.report.Aside, rel)
			}
			switch part := partOf(rel); {
			case i.Dir:
			case strings.Contains(rel, badSuffix):
				add("put aside", i.SizeBytes)
			case part == blocksDir:
				add("blocks: "+i.Name, x.v.size(rel))
			case x.v.files[rel] != nil:
				add(part, x.v.size(rel))
			default:
				add("other", i.SizeBytes)
			}
		}
	}
	for _, p := range sum {
		x.report.Parts = append(x.report.Parts, *p)
	}
	slices.SortFunc(x.report.Parts, func(a, b Part) int { return cmp.Compare(a.Name, b.Name) })
	slices.Sort(x.report.Aside)
}

func (v *View) size(rel string) int64 {
	if f, ok := v.files[rel]; ok {
		return f.size
	}
	return 0
}

func (x *inspector) saw(first, last int64) {
	x.report.MinTime, x.report.MaxTime = min(x.report.MinTime, first), max(x.report.MaxTime, last)
}

// sawSeries counts a series of a part, and returns what is counted by name.
func (x *inspector) sawSeries(base, metric labels.Labels) *TopMetric {
	series := index.Series(&x.builder, base, metric)
	name := series.Get(model.MetricNameLabel)
	top := x.byName[name]
	if top == nil {
		top = &TopMetric{Name: name}
		x.byName[name] = top
	}
	hash := series.Hash()
	if _, ok := x.series[hash]; !ok {
		x.series[hash] = struct{}{}
		top.Series++
	}
	x.groups[base.Hash()] = struct{}{}
	x.metrics[metric.Hash()] = struct{}{}
	return top
}

func (x *inspector) headFile(rel string) error {
	file, err := x.v.Open(filepath.Join(x.v.dir, rel))
	if err != nil {
		return err
	}
	s := chunkScanner{file: file, size: x.v.size(rel)}
	h := HeadFile{Name: filepath.Base(rel), Bytes: s.size, MinTime: math.MaxInt64, MaxTime: math.MinInt64}
	groups := map[index.GroupID]map[int]*TopMetric{}
	for {
		if err := x.ctx.Err(); err != nil {
			return err
		}
		c, err := s.next()
		if err != nil {
			return fmt.Errorf("%s: %w", rel, err)
		}
		if c == nil {
			break
		}
		g := x.defs.groups[c.group]
		if c.malformed != nil || g == nil {
			x.report.Damage = append(x.report.Damage, chunkDamage(rel, c, g))
			continue
		}
		h.Chunks++
		h.Rows += int64(len(c.times))
		h.MinTime, h.MaxTime = min(h.MinTime, c.times[0]), max(h.MaxTime, c.times[len(c.times)-1])
		tops := groups[c.group]
		if tops == nil {
			tops = map[int]*TopMetric{}
			groups[c.group] = tops
		}
		err = c.each(func(col int, cell []byte) error {
			top := tops[col]
			if top == nil {
				if col >= len(g.columns) {
					return fmt.Errorf("column %d of a group that has %d", col, len(g.columns))
				}
				top = x.sawSeries(g.base, x.defs.metrics[g.columns[col]])
				tops[col] = top
			}
			name, samples := describe(cell, len(c.times))
			x.encodings.add(name, samples, len(cell))
			top.Bytes += int64(len(cell))
			top.Samples += int64(samples)
			h.Samples += int64(samples)
			return nil
		})
		if err != nil {
			c.malformed = err
			x.report.Damage = append(x.report.Damage, chunkDamage(rel, c, g))
		}
	}
	x.report.Damage = append(x.report.Damage, s.stretches(rel)...)
	h.Groups = len(groups)
	if h.Chunks > 0 {
		x.saw(h.MinTime, h.MaxTime)
	}
	x.report.Samples += h.Samples
	x.report.Head = append(x.report.Head, h)
	return nil
}

func (x *inspector) block(name string) error {
	rel := filepath.Join(blocksDir, name)
	damaged := func(err error) {
		x.report.Damage = append(x.report.Damage, Damage{Part: "block", Path: rel, Reason: err.Error()})
	}
	b, done, err := x.v.openBlock(rel, 16<<20)
	if errors.Is(err, block.ErrVersion) {
		return err
	}
	if err != nil {
		damaged(err)
		return nil
	}
	defer done()
	m := b.Meta()
	x.saw(m.MinTime, m.MaxTime)
	x.report.Samples += int64(m.Stats.Samples)
	x.report.Blocks = append(x.report.Blocks, Block{m, x.v.size(filepath.Join(rel, "data")), x.v.size(filepath.Join(rel, "index"))})
	if err := x.cells(b, rel); errors.Is(err, block.ErrVersion) || x.ctx.Err() != nil {
		return err
	} else if err != nil {
		damaged(err)
	}
	return nil
}

// cells counts what the pages of a block hold.
func (x *inspector) cells(b *block.Reader, rel string) error {
	rows, err := rowsOf(b)
	if err != nil {
		return err
	}
	file, err := x.v.Open(filepath.Join(x.v.dir, rel, "data"))
	if err != nil {
		return err
	}
	var top *TopMetric
	var last pageEntry
	var metric labels.Labels
	return pages(file, func(e pageEntry, cell []byte) error {
		if int(e.group) >= len(rows) || e.segment >= len(rows[e.group]) {
			return fmt.Errorf("page: segment %d of group %d, which is none", e.segment, e.group)
		}
		if top == nil || e.metric != last.metric {
			if err := x.ctx.Err(); err != nil {
				return err
			}
			if metric, err = b.MetricLabels(e.metric); err != nil {
				return err
			}
		}
		if top == nil || e.metric != last.metric || e.group != last.group {
			g, err := b.Group(e.group)
			if err != nil {
				return err
			}
			top = x.sawSeries(g.Base, metric)
			last = e
		}
		name, samples := describe(cell, rows[e.group][e.segment])
		x.encodings.add(name, samples, len(cell))
		top.Bytes += int64(len(cell))
		top.Samples += int64(samples)
		return nil
	})
}
