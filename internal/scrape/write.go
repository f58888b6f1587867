package scrape

import (
	"context"
	"errors"

	"github.com/prometheus/prometheus/model/labels"

	"monopod/internal/storage"
)

// write stores the batch. It returns nil where all was stored or refused one by
// one.
func (p *pass) write(ctx context.Context) error {
	in := p.in
	if len(p.zeros.Samples) > 0 {
		// Each is the beginning of its series or refused: that it is refused says
		// only that the beginning is known.
		if err := in.rows.writer.Write(ctx, &p.zeros); err != nil {
			return err
		}
	}
	b := &p.batch
	b.Timestamp = p.t
	stored := 0
	for i := range in.rows.groups {
		g, c := &in.rows.groups[i], &p.cells[i]
		if i > 0 && c.count == 0 && !g.live {
			continue
		}
		if last, ok := g.Last(); ok && last >= p.t {
			p.outOfOrder += c.count
			c.count = -1
			continue
		}
		stored += c.count
		b.Rows = append(b.Rows, storage.Row{Group: g.Group, Values: c.values, Present: c.present, Histograms: c.histograms})
	}
	if err := in.rows.writer.Write(ctx, b); err != nil {
		return err
	}
	for i := range in.rows.groups {
		if n := p.cells[i].count; n >= 0 {
			in.rows.groups[i].live = n > 0
		}
	}
	p.judge(stored)
	in.shrink()
	return nil
}

// judge counts what the store refused one by one.
func (p *pass) judge(stored int) {
	m := p.in.metrics
	outOfOrder, outOfBounds, duplicates := p.outOfOrder, 0, 0
	for i := range p.batch.Samples {
		switch err := p.batch.Samples[i].Err; {
		case err == nil:
			stored++
		case errors.Is(err, storage.ErrOutOfOrder):
			outOfOrder++
		case errors.Is(err, storage.ErrDuplicateTimestamp):
			duplicates++
		case errors.Is(err, storage.ErrOutOfBounds):
			outOfBounds++
		}
	}
	m.samplesStored.Add(float64(stored))
	m.outOfOrder.Add(float64(outOfOrder))
	m.outOfBounds.Add(float64(outOfBounds))
	m.duplicates.Add(float64(duplicates))
	if outOfOrder+outOfBounds+duplicates > 0 {
		p.in.logger.Warn("Samples refused for their timestamps", "out_of_order", outOfOrder, "out_of_bounds", outOfBounds, "different_value_at_same_time", duplicates)
	}
	p.judgeExemplars()
	if outOfOrder+outOfBounds+duplicates > p.outOfOrder {
		p.unlive()
	}
}

// unlive takes back that series are live whose samples were refused: there is
// nothing that a stale marker would end.
func (p *pass) unlive() {
	refused := map[storage.Series]bool{}
	for i := range p.batch.Samples {
		if s := &p.batch.Samples[i]; s.Err != nil && s.Series != nil {
			refused[s.Series] = true
		}
	}
	wide := p.in.entries.wide
	for i := range wide {
		if wide[i].live && refused[wide[i].handle] {
			wide[i].live = false
		}
	}
}

// judgeExemplars counts the exemplars of series all of whose exemplars came too
// late: where some are new, the target just repeats the others.
func (p *pass) judgeExemplars() {
	late := 0
	x := p.batch.Exemplars
	for from := 0; from < len(x); {
		to, refused := from, 0
		for ; to < len(x) && labels.Equal(x[to].Labels, x[from].Labels); to++ {
			if errors.Is(x[to].Err, errExemplarOutOfOrder) {
				refused++
			}
		}
		if refused == to-from {
			late += refused
		}
		from = to
	}
	if late > 0 {
		p.in.metrics.exemplarsOutOfOrder.Add(float64(late))
		p.in.logger.Warn("Exemplars refused: their series have later ones", "exemplars", late)
	}
}
