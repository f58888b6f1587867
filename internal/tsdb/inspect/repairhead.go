package inspect

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/prometheus/model/labels"

	"monopod/internal/tsdb/block"
	"monopod/internal/tsdb/cells"
	"monopod/internal/tsdb/index"
	"monopod/internal/tsdb/wire"
	"monopod/internal/vfs"
)

// headFiles takes the damaged chunks out of the head files, and makes a block of
// the columns of them that can still be read.
func (r *repairer) headFiles() error {
	infos, err := r.o.FS.List(r.path(headDir))
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	}
	for _, i := range infos {
		name, aside := strings.CutSuffix(i.Name, badSuffix)
		rel := filepath.Join(headDir, i.Name)
		if i.Dir || !strings.HasSuffix(name, headExtension) || !aside && !r.damaged(rel) {
			continue
		}
		if err := r.headFile(rel, aside); err != nil {
			return fmt.Errorf("%s: %w", rel, err)
		}
	}
	return nil
}

// headRest is what is left of a head file.
type headRest struct {
	*repairer
	rel    string
	good   []stretch
	pieces []headPiece
	bad    int
}

// headPiece is a column of a damaged chunk that can be read.
type headPiece struct {
	group   index.GroupID
	metric  labels.Labels
	times   []int64
	samples cells.Samples
}

func (r *repairer) headFile(rel string, aside bool) (err error) {
	start, _, _ := strings.Cut(filepath.Base(rel), "-")
	millis, _ := strconv.ParseUint(start, 10, 63)
	to := salvaged(rel, millis)
	if aside && r.present[to.String()] {
		return nil
	}
	file, err := r.o.FS.Open(r.path(rel))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	x := headRest{repairer: r, rel: rel}
	if err := x.scan(file, aside); err != nil {
		return err
	}
	if n := len(x.pieces); n > 0 && !r.present[to.String()] {
		r.step(rel, "", "%d columns of damaged chunks were read, and are in block %s", n, to)
		if !r.o.DryRun {
			if _, err := r.put(to, block.Origin{By: "repair", Level: 1}, x.input()); err != nil {
				return err
			}
		}
	}
	if aside {
		return nil
	}
	if len(x.good) == 0 {
		_, err := r.putAside(rel, "nothing of it can be read as it is")
		return err
	}
	return x.rewrite(file)
}

// scan sorts the chunks.
func (x *headRest) scan(file vfs.File, aside bool) error {
	size, err := file.Size()
	if err != nil {
		return err
	}
	s := chunkScanner{file: file, size: size}
	for {
		if err := x.ctx.Err(); err != nil {
			return err
		}
		c, err := s.next()
		if err != nil {
			return err
		}
		if c == nil {
			break
		}
		g := x.defs.groups[c.group]
		if g != nil && c.malformed == nil && c.verify() == nil && (len(c.columns) == 0 || c.columns[len(c.columns)-1] < len(g.columns)) {
			x.good = append(x.good, stretch{c.offset, int64(c.size)})
			continue
		}
		x.bad++
		x.chunk(c, g, aside)
	}
	if !aside {
		for _, d := range s.damage {
			x.lost(Loss{Path: x.rel, What: fmt.Sprintf("%d bytes at %d, of chunks whose group is not known", d.bytes, d.offset), MinTime: 0, MaxTime: -1})
		}
	}
	return nil
}

// chunk takes what can be read of a damaged chunk.
func (x *headRest) chunk(c *chunk, g *groupDefinition, aside bool) {
	l := Loss{Path: x.rel, MinTime: 0, MaxTime: -1}
	if len(c.times) > 0 {
		l.MinTime, l.MaxTime = c.times[0], c.times[len(c.times)-1]
	}
	switch {
	case g == nil:
		x.undefined = x.undefined || !aside
		l.What = fmt.Sprintf("%d columns of %d rows of group %d, whose labels the catalog has lost", len(c.columns), len(c.times), c.group)
	case len(c.times) == 0:
		l.What = "a chunk of group " + g.base.String()
	default:
		unknown := x.columns(c, g, &l.Series)
		l.What = fmt.Sprintf("%d rows of a chunk", len(c.times))
		if unknown > 0 {
			l.What += fmt.Sprintf(", and %d columns of group %s whose labels the catalog has lost", unknown, g.base)
		} else if len(l.Series) == 0 {
			return // all of it can be read
		}
	}
	if !aside {
		x.lost(l)
	}
}

// columns reads the columns one by one. It returns how many have no definition,
// and the series that cannot be read.
func (x *headRest) columns(c *chunk, g *groupDefinition, bad *[]labels.Labels) (unknown int) {
	var builder labels.ScratchBuilder
	for i := 0; i*stripeColumns < len(c.columns); i++ {
		columns := c.columns[i*stripeColumns : min((i+1)*stripeColumns, len(c.columns))]
		var d wire.Decoder
		if i < len(c.stripes) && crc32.Checksum(c.stripes[i].b, castagnoli) == c.stripes[i].sum {
			d.B = c.stripes[i].b
		} else {
			d.Fail("stripe")
		}
		sizes := make([]int, len(columns))
		for j := range columns {
			sizes[j] = int(d.ID())
		}
		for j, col := range columns {
			cell := d.Bytes(sizes[j])
			if col >= len(g.columns) {
				unknown++
				continue
			}
			metric, ok := x.defs.metrics[g.columns[col]]
			if !ok {
				unknown++
				continue
			}
			p := headPiece{group: c.group, metric: metric, times: c.times}
			if d.Err == nil {
				if n, err := cells.Decode(&p.samples, cell, c.times); err == nil && n == len(cell) {
					ls := index.Series(&builder, g.base, metric)
					p.samples.Cut(0, func(t int64) bool { return x.deleted(c.group, ls, t) })
					if p.samples.Len() > 0 {
						x.pieces = append(x.pieces, p)
					}
					continue
				}
			}
			*bad = append(*bad, index.Series(&builder, g.base, metric))
		}
	}
	return unknown
}

// input makes a block of the pieces: a group of each chunk that they came from.
func (x *headRest) input() block.Input {
	var in block.Input
	for _, p := range x.pieces {
		in.Metrics = append(in.Metrics, p.metric)
	}
	slices.SortFunc(in.Metrics, labels.Compare)
	in.Metrics = slices.CompactFunc(in.Metrics, labels.Equal)
	number := func(ls labels.Labels) index.MetricID {
		i, _ := slices.BinarySearchFunc(in.Metrics, ls, labels.Compare)
		return index.MetricID(i)
	}
	// Groups are in the order of labels, and the chunks of one in that of time.
	chunks := map[*int64][]headPiece{}
	var order []*int64
	for _, p := range x.pieces {
		key := &p.times[0]
		if chunks[key] == nil {
			order = append(order, key)
		}
		chunks[key] = append(chunks[key], p)
	}
	base := func(key *int64) *groupDefinition { return x.defs.groups[chunks[key][0].group] }
	slices.SortStableFunc(order, func(a, b *int64) int { return labels.Compare(base(a).base, base(b).base) })
	var pieces [][]headPiece
	for _, key := range order {
		list := chunks[key]
		slices.SortFunc(list, func(a, b headPiece) int { return int(number(a.metric)) - int(number(b.metric)) })
		g := block.Group{Base: base(key).base, Kind: base(key).kind, Segments: segmentsOfTimes(list[0].times)}
		for _, p := range list {
			g.Metrics = append(g.Metrics, number(p.metric))
		}
		in.Groups = append(in.Groups, g)
		pieces = append(pieces, list)
	}
	in.Samples = func(dst *cells.Samples, m index.MetricID, g index.GroupID, segment int) error {
		i, _ := slices.BinarySearch(in.Groups[g].Metrics, m)
		s := &pieces[g][i].samples
		times := in.Groups[g].Segments[segment]
		from, _ := slices.BinarySearch(s.T, times[0])
		to, _ := slices.BinarySearch(s.T, times[len(times)-1]+1)
		if to > from {
			dst.AppendFrom(s, from, to)
		}
		return nil
	}
	return in
}

func segmentsOfTimes(times []int64) [][]int64 {
	return slices.Collect(slices.Chunk(times, block.MaxSegmentRows))
}

// rewrite makes a file of the good chunks in place of the damaged one.
func (x *headRest) rewrite(file vfs.File) error {
	to, err := x.free(x.rel)
	if err != nil {
		return err
	}
	x.step(x.rel, to, "written anew, with the %d chunks that are whole and without %d that are not", len(x.good), x.bad)
	if x.o.DryRun {
		return nil
	}
	tmp := x.path(x.rel) + tmpSuffix
	out, err := x.o.FS.Create(tmp)
	if err != nil {
		return err
	}
	for _, s := range x.good {
		if err == nil {
			_, err = io.Copy(out, io.NewSectionReader(file, s.offset, s.bytes))
		}
	}
	if err == nil {
		err = out.Sync()
	}
	if err = errors.Join(err, out.Close()); err != nil {
		return err
	}
	// The name leads to a file at any time.
	if err := x.o.FS.Link(x.path(x.rel), x.path(to)); err != nil {
		return err
	}
	if err := x.o.FS.Rename(tmp, x.path(x.rel)); err != nil {
		return err
	}
	return x.o.FS.SyncDir(filepath.Dir(x.path(x.rel)))
}
