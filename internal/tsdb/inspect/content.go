package inspect

import (
	"context"

	"monopod/internal/tsdb/block"
	"monopod/internal/tsdb/cells"
	"monopod/internal/tsdb/index"
)

// content is the index of a block, as far as it can be read.
type content struct {
	groups []groupContent
	// holders is the groups that have each metric; nil where the metric's labels
	// cannot be read.
	holders [][]index.GroupID
	broken  []bool // by metric
}

// groupContent is a group of a block.
type groupContent struct {
	info    *block.GroupInfo // nil where it cannot be read
	metrics []index.MetricID
}

// readContents reads the index of a block, and tells bad of each piece that
// cannot be read.
func readContents(ctx context.Context, b *block.Reader, bad func(error)) (*content, error) {
	stats := b.Meta().Stats
	c := &content{
		groups:  make([]groupContent, stats.Groups),
		holders: make([][]index.GroupID, stats.Metrics),
		broken:  make([]bool, stats.Metrics),
	}
	for m := range c.broken {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if _, err := b.MetricLabels(index.MetricID(m)); err != nil {
			bad(err)
			c.broken[m] = true
		}
	}
	for g := range c.groups {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		id := index.GroupID(g)
		info, err := b.Group(id)
		if err == nil {
			c.groups[g].metrics, err = b.GroupMetrics(id)
		}
		for s := range segmentsOf(info) {
			if err == nil {
				_, err = b.Times(id, s)
			}
		}
		if err != nil {
			bad(err)
			c.groups[g] = groupContent{}
			continue
		}
		c.groups[g].info = info
		for _, m := range c.groups[g].metrics {
			if !c.broken[m] {
				c.holders[m] = append(c.holders[m], id)
			}
		}
	}
	return c, nil
}

func segmentsOf(g *block.GroupInfo) []block.SegmentInfo {
	if g == nil {
		return nil
	}
	return g.Segments
}

// readSamples decodes all samples, by metric, as they lie in the file.
func (c *content) readSamples(ctx context.Context, b *block.Reader, bad func(error)) (samples int64, err error) {
	var buf cells.Samples
	for m, holders := range c.holders {
		if err := ctx.Err(); err != nil {
			return samples, err
		}
		for _, g := range holders {
			for s := range c.groups[g].info.Segments {
				buf.Reset()
				if err := b.Samples(&buf, index.MetricID(m), g, s); err != nil {
					bad(err)
				}
				samples += int64(buf.Len())
			}
		}
	}
	return samples, nil
}
