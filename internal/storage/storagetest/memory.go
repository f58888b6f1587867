// Package storagetest holds a reference implementation of storage.Writer for
// tests: small, slow, and right. It keeps what it was given in memory and tells
// it back as points, with the stale markers that follow from the rows.
package storagetest

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync"

	"github.com/prometheus/prometheus/model/exemplar"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"

	"monopod/internal/storage"
)

// Memory is a storage.Writer that forgets everything with the process.
type Memory struct {
	mu struct {
		sync.Mutex
		groups    []*group
		loose     map[string]*series // samples that are no rows
		exemplars []storage.Exemplar
		refuse    error
		writes    int
		open      int
		shrinking bool
	}
}

// Point is one value of a series as a reader sees it.
type Point struct {
	T     int64
	V     float64
	Int   *histogram.Histogram
	Float *histogram.FloatHistogram
}

// Stale tells whether the point is a stale marker.
func (p Point) Stale() bool { return p.Int == nil && p.Float == nil && value.IsStaleNaN(p.V) }

// Equal compares values bit by bit.
func (p Point) Equal(o Point) bool {
	switch {
	case p.T != o.T || (p.Int == nil) != (o.Int == nil) || (p.Float == nil) != (o.Float == nil):
		return false
	case p.Int != nil:
		return p.Int.Equals(o.Int)
	case p.Float != nil:
		return p.Float.Equals(o.Float)
	}
	return math.Float64bits(p.V) == math.Float64bits(o.V)
}

func (p Point) String() string {
	switch {
	case p.Int != nil:
		return fmt.Sprintf("%s@%d", p.Int, p.T)
	case p.Float != nil:
		return fmt.Sprintf("%s@%d", p.Float, p.T)
	case p.Stale():
		return fmt.Sprintf("stale@%d", p.T)
	}
	return fmt.Sprintf("%v@%d", p.V, p.T)
}

type series struct {
	labels labels.Labels
	points []Point
}

type group struct {
	base    labels.Labels
	metrics []labels.Labels
	column  map[string]int
	rows    []row
	opened  int // how often it was opened
	held    bool
}

type row struct {
	t      int64
	points map[int]Point
}

func (g *group) last() (int64, bool) {
	if len(g.rows) == 0 {
		return 0, false
	}
	return g.rows[len(g.rows)-1].t, true
}

// handle is one writer's hold on a group.
type handle struct {
	m        *Memory
	g        *group
	opening  int
	released bool
}

// NewMemory returns an empty store.
func NewMemory() *Memory {
	m := &Memory{}
	m.mu.loose = map[string]*series{}
	return m
}

// Refuse makes every following Write return err; nil takes writes again.
func (m *Memory) Refuse(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.mu.refuse = err
}

// SetShrinking lets each Shrink give back the columns that the last row did not
// have; otherwise it gives back none.
func (m *Memory) SetShrinking(on bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.mu.shrinking = on
}

// Writes is how many batches were stored.
func (m *Memory) Writes() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.mu.writes
}

// Held is how many groups are open.
func (m *Memory) Held() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.mu.open
}

// Columns is how many columns all groups have together.
func (m *Memory) Columns() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := 0
	for _, g := range m.mu.groups {
		n += len(g.metrics)
	}
	return n
}

// OpenGroup implements storage.Writer.
func (m *Memory) OpenGroup(base labels.Labels) (storage.Group, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var g *group
	for _, c := range m.mu.groups {
		if !c.held && labels.Equal(c.base, base) {
			g = c
			break
		}
	}
	if g == nil {
		g = &group{base: base.Copy(), column: map[string]int{}}
		m.mu.groups = append(m.mu.groups, g)
	}
	g.opened++
	g.held = true
	m.mu.open++
	return &handle{m: m, g: g, opening: g.opened}, nil
}

// OpenSeries implements storage.Writer.
func (m *Memory) OpenSeries(ls labels.Labels) (storage.Series, error) {
	return seriesHandle{ls.Copy()}, nil
}

type seriesHandle struct{ labels labels.Labels }

func (h seriesHandle) SeriesLabels() labels.Labels { return h.labels }

func (h *handle) Base() labels.Labels { return h.g.base }

func (h *handle) Column(metric labels.Labels) (int, error) {
	h.m.mu.Lock()
	defer h.m.mu.Unlock()
	if h.released {
		return 0, storage.ErrClosed
	}
	shared := ""
	metric.Range(func(l labels.Label) {
		if h.g.base.Has(l.Name) {
			shared = l.Name
		}
	})
	if shared != "" {
		return 0, fmt.Errorf("metric %s shares the label %q with its base %s", metric, shared, h.g.base)
	}
	key := metric.String()
	c, ok := h.g.column[key]
	if !ok {
		c = len(h.g.metrics)
		h.g.metrics = append(h.g.metrics, metric.Copy())
		h.g.column[key] = c
	}
	return c, nil
}

func (h *handle) Columns() int {
	h.m.mu.Lock()
	defer h.m.mu.Unlock()
	return len(h.g.metrics)
}

// Shrink implements storage.Group: another group goes on from the last row.
func (h *handle) Shrink() []int32 {
	h.m.mu.Lock()
	defer h.m.mu.Unlock()
	if !h.m.mu.shrinking || h.released || len(h.g.rows) == 0 {
		return nil
	}
	last := h.g.rows[len(h.g.rows)-1]
	if len(last.points) == len(h.g.metrics) {
		return nil
	}
	next := &group{base: h.g.base, column: map[string]int{}, opened: 1, held: true}
	first := row{t: last.t, points: map[int]Point{}}
	moved := make([]int32, len(h.g.metrics))
	for c, metric := range h.g.metrics {
		moved[c] = -1
		if p, ok := last.points[c]; ok {
			n := len(next.metrics)
			moved[c] = int32(n)
			next.column[metric.String()] = n
			next.metrics = append(next.metrics, metric)
			first.points[n] = p
		}
	}
	// The row stands in both: readers merge them, and the next row ends its columns.
	next.rows = append(next.rows, first)
	h.m.mu.groups = append(h.m.mu.groups, next)
	h.g, h.opening = next, 1
	return moved
}

func (h *handle) Last() (int64, bool) {
	h.m.mu.Lock()
	defer h.m.mu.Unlock()
	return h.g.last()
}

func (h *handle) Release() {
	h.m.mu.Lock()
	defer h.m.mu.Unlock()
	if h.released {
		return
	}
	h.released = true
	h.g.held = false
	h.m.mu.open--
}

func (h *handle) End(_ context.Context, t int64) error {
	h.m.mu.Lock()
	defer h.m.mu.Unlock()
	if !h.released {
		return fmt.Errorf("end of group %s: it was not released", h.g.base)
	}
	last, ok := h.g.last()
	if h.g.opened != h.opening || !ok || last >= t || len(h.g.rows[len(h.g.rows)-1].points) == 0 {
		return nil
	}
	h.g.rows = append(h.g.rows, row{t: t})
	return nil
}

// Write implements storage.Writer.
func (m *Memory) Write(_ context.Context, b *storage.Batch) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.mu.refuse != nil {
		return m.mu.refuse
	}
	for i := range b.Rows {
		h := b.Rows[i].Group.(*handle)
		if h.released {
			return storage.ErrClosed
		}
		if last, ok := h.g.last(); ok && last >= b.Timestamp {
			return storage.ErrOutOfOrder
		}
	}
	for i := range b.Samples {
		b.Samples[i].Err = m.addLocked(&b.Samples[i])
	}
	for i := range b.Rows {
		r := &b.Rows[i]
		g := r.Group.(*handle).g
		points := map[int]Point{}
		for c := range g.metrics {
			if r.Present.Has(c) {
				points[c] = Point{T: b.Timestamp, V: r.Values[c]}
			}
		}
		for _, v := range r.Histograms {
			p := Point{T: b.Timestamp}
			if v.Int != nil {
				p.Int = v.Int.Copy()
			} else {
				p.Float = v.Float.Copy()
			}
			points[v.Column] = p
		}
		g.rows = append(g.rows, row{t: b.Timestamp, points: points})
	}
	for i := range b.Exemplars {
		e := b.Exemplars[i]
		e.Exemplar = exemplar.Exemplar{Labels: e.Exemplar.Labels.Copy(), Value: e.Exemplar.Value, Ts: e.Exemplar.Ts, HasTs: e.Exemplar.HasTs}
		m.mu.exemplars = append(m.mu.exemplars, e)
	}
	m.mu.writes++
	return nil
}

func (m *Memory) addLocked(s *storage.Sample) error {
	ls := s.Labels
	if s.Series != nil {
		ls = s.Series.SeriesLabels()
	}
	key := ls.String()
	p := Point{T: s.T, V: s.V}
	if s.Int != nil {
		p.V, p.Int = 0, s.Int.Copy()
	}
	if s.Float != nil {
		p.V, p.Float = 0, s.Float.Copy()
	}
	if all := m.pointsLocked()[key]; len(all) > 0 {
		switch last := all[len(all)-1]; {
		case last.T > s.T:
			return storage.ErrOutOfOrder
		case last.T == s.T && last.Equal(p):
			return nil
		case last.T == s.T:
			return storage.ErrDuplicateTimestamp
		}
	}
	if m.mu.loose[key] == nil {
		m.mu.loose[key] = &series{labels: ls.Copy()}
	}
	m.mu.loose[key].points = append(m.mu.loose[key].points, p)
	return nil
}

// Exemplars are those stored, in the order of their arrival.
func (m *Memory) Exemplars() []storage.Exemplar {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.mu.exemplars)
}

// Points returns every series, by the text of its labels, with the stale markers
// that the rows imply.
func (m *Memory) Points() map[string][]Point {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.pointsLocked()
}

func (m *Memory) pointsLocked() map[string][]Point {
	out := map[string][]Point{}
	for key, s := range m.mu.loose {
		out[key] = slices.Clone(s.points)
	}
	for _, g := range m.mu.groups {
		for c, metric := range g.metrics {
			b := labels.NewBuilder(g.base)
			metric.Range(func(l labels.Label) { b.Set(l.Name, l.Value) })
			key := b.Labels().String()
			present := false
			for _, r := range g.rows {
				p, ok := r.points[c]
				switch {
				case ok:
					out[key] = append(out[key], p)
				case present:
					out[key] = append(out[key], Point{T: r.t, V: math.Float64frombits(value.StaleNaN)})
				}
				present = ok
			}
		}
	}
	for key, points := range out {
		// Of equal timestamps the first value wins over a later one and over a marker.
		slices.SortStableFunc(points, func(a, b Point) int {
			switch {
			case a.T != b.T:
				return int(a.T - b.T)
			case a.Stale() == b.Stale():
				return 0
			case a.Stale():
				return 1
			}
			return -1
		})
		out[key] = slices.CompactFunc(points, func(a, b Point) bool { return a.T == b.T })
		if len(points) == 0 {
			delete(out, key)
		}
	}
	return out
}
