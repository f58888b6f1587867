package inspect

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/oklog/ulid/v2"
	"github.com/prometheus/prometheus/model/labels"

	"monopod/internal/tsdb/block"
	"monopod/internal/tsdb/cells"
	"monopod/internal/tsdb/index"
)

// blocks makes new blocks of what can be read of damaged ones, those included that
// the server has put aside.
func (r *repairer) blocks() error {
	infos, err := r.o.FS.List(r.path(blocksDir))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	r.present = map[string]bool{}
	for _, i := range infos {
		r.present[i.Name] = true
	}
	for _, i := range infos {
		name, aside := strings.CutSuffix(i.Name, badSuffix)
		rel := filepath.Join(blocksDir, i.Name)
		id, err := ulid.ParseStrict(name)
		if err != nil || !i.Dir || !aside && !r.damaged(rel) {
			continue
		}
		if aside && r.present[name] {
			continue // an earlier repair was ended before, or somebody put it back
		}
		if err := r.block(rel, id, aside); err != nil {
			return fmt.Errorf("block %s: %w", rel, err)
		}
	}
	return nil
}

// block repairs one. It is put aside first, so that the new one has its name, under
// which tombstones and other blocks know it.
func (r *repairer) block(rel string, id ulid.ULID, aside bool) error {
	from := rel
	if !aside {
		var err error
		if from, err = r.putAside(rel, "it is damaged"); err != nil {
			return err
		}
	}
	b, err := r.shared.OpenSalvage(r.path(from))
	if errors.Is(err, block.ErrVersion) {
		return err
	}
	if err != nil {
		if !aside { // otherwise it was told by then
			r.lost(r.wholeBlock(rel, from))
		}
		return nil
	}
	defer b.Close()
	s := salvage{repairer: r, b: b, rel: rel}
	if err := s.plan(); err != nil || s.samples == 0 {
		return err
	}
	r.step(rel, "", "written anew, with the %d samples that can be read of it", s.samples)
	if r.o.DryRun {
		return nil
	}
	origin := b.Meta().Origin
	origin.By = "repair"
	_, err = r.put(id, origin, s.in)
	return err
}

// wholeBlock is the loss of all of a block.
func (r *repairer) wholeBlock(rel, from string) Loss {
	m, err := block.ReadMeta(r.o.FS, r.path(from))
	if err != nil {
		return Loss{Path: rel, What: "all of the block, of which not even the time is known", MinTime: 0, MaxTime: -1}
	}
	return Loss{Path: rel, What: fmt.Sprintf("all of the block: %d samples of %d series", m.Stats.Samples, m.Stats.Series), MinTime: m.MinTime, MaxTime: m.MaxTime}
}

// salvage is what can be read of a block.
type salvage struct {
	*repairer
	b       *block.Reader
	rel     string
	in      block.Input
	groups  []index.GroupID // of the old block, by that of the new one
	metrics []index.MetricID
	// segments are those of the old block, by group and segment of the new one.
	segments [][]int
	samples  int64
}

// plan reads all of the block, and decides what the new one has.
func (s *salvage) plan() error {
	lostSections := map[string]int{}
	c, err := readContents(s.ctx, s.b, func(err error) { lostSections[told(err.Error(), s.b.Dir())]++ })
	if err != nil {
		return err
	}
	for _, what := range sortedKeys(lostSections) {
		s.lost(Loss{Path: s.rel, What: fmt.Sprintf("%d metrics or groups whose labels cannot be read: %s", lostSections[what], what), MinTime: s.b.Meta().MinTime, MaxTime: s.b.Meta().MaxTime})
	}
	has, err := s.read(c)
	if err != nil {
		return err
	}
	numbers := make([]index.MetricID, len(c.holders))
	used := make([]bool, len(c.holders))
	for g := range c.groups {
		for _, m := range has[g] {
			used[m] = true
		}
	}
	for m := range used {
		if !used[m] {
			continue
		}
		ls, err := s.b.MetricLabels(index.MetricID(m))
		if err != nil {
			return err
		}
		numbers[m] = index.MetricID(len(s.metrics))
		s.metrics = append(s.metrics, index.MetricID(m))
		s.in.Metrics = append(s.in.Metrics, ls)
	}
	for g := range c.groups {
		if len(has[g]) == 0 {
			continue
		}
		info := c.groups[g].info
		out := block.Group{Base: info.Base, Kind: info.Kind}
		for _, m := range has[g] {
			out.Metrics = append(out.Metrics, numbers[m])
		}
		var segments []int
		for i := range info.Segments {
			times, err := s.b.Times(index.GroupID(g), i)
			if err != nil {
				return err
			}
			out.Segments = append(out.Segments, times)
			segments = append(segments, i)
		}
		s.in.Groups = append(s.in.Groups, out)
		s.groups = append(s.groups, index.GroupID(g))
		s.segments = append(s.segments, segments)
	}
	s.in.Samples = func(dst *cells.Samples, m index.MetricID, g index.GroupID, segment int) error {
		n := dst.Len()
		if err := s.b.Samples(dst, s.metrics[m], s.groups[g], s.segments[g][segment]); err != nil {
			if !errors.Is(err, block.ErrPage) && !errors.Is(err, block.ErrCorrupt) {
				return err
			}
			dst.Truncate(n)
		}
		return nil
	}
	return nil
}

// read decodes everything, notes what is lost, and returns the metrics of each
// group that have a sample.
func (s *salvage) read(c *content) ([][]index.MetricID, error) {
	has := make([][]index.MetricID, len(c.groups))
	type place struct{ from, to int64 }
	lost := map[place][]labels.Labels{}
	var buf cells.Samples
	var builder labels.ScratchBuilder
	for m, holders := range c.holders {
		if err := s.ctx.Err(); err != nil {
			return nil, err
		}
		for _, g := range holders {
			info, n := c.groups[g].info, 0
			for i := range info.Segments {
				buf.Reset()
				err := s.b.Samples(&buf, index.MetricID(m), g, i)
				switch {
				case err == nil:
					n += buf.Len()
				case errors.Is(err, block.ErrPage), errors.Is(err, block.ErrCorrupt):
					ls, lerr := s.b.MetricLabels(index.MetricID(m))
					if lerr != nil {
						return nil, lerr
					}
					at := place{info.Segments[i].First, info.Segments[i].Last}
					lost[at] = append(lost[at], index.Series(&builder, info.Base, ls))
				default:
					return nil, err
				}
			}
			if n > 0 {
				has[g] = append(has[g], index.MetricID(m))
				s.samples += int64(n)
			}
		}
	}
	for at, series := range lost {
		s.lost(Loss{Path: s.rel, Series: series, What: "the samples of a damaged page", MinTime: at.from, MaxTime: at.to})
	}
	slices.SortFunc(s.done.Losses, func(a, b Loss) int {
		if a.Path != b.Path {
			return strings.Compare(a.Path, b.Path)
		}
		return int(min(max(a.MinTime-b.MinTime, -1), 1))
	})
	return has, nil
}

func sortedKeys(m map[string]int) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
