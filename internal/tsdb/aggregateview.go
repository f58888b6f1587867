package tsdb

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	promstorage "github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/util/annotations"

	"monopod/internal/tsdb/block"
	"monopod/internal/tsdb/cells"
	"monopod/internal/tsdb/index"
)

// answer is how aggregates are shown as samples.
type answer byte

const (
	// noAnswer: no samples stand for what is asked.
	noAnswer answer = iota
	// heldLast: the last value, at the end of its window, and again until the next
	// one, so that an instant selection finds it; a stale marker where it ended.
	heldLast
	// The value at the end of the window.
	answerLast
	answerMin
	answerMax
	answerSum
	// answerMean: the mean of the window, as often as it had samples, so that it
	// weighs among others what these did.
	answerMean
	// answerEnds: the first and the last sample, at their own timestamps.
	answerEnds
	// answerCounter: these, and between them what a counter had counted before it
	// started anew.
	answerCounter
)

// holdMillis is how often a held value is shown: the default lookback of PromQL.
const holdMillis = 5 * 60 * 1000

// rangeAnswers is the functions over ranges that aggregates answer.
var rangeAnswers = map[string]answer{
	"min_over_time": answerMin, "max_over_time": answerMax, "sum_over_time": answerSum,
	"avg_over_time": answerMean, "count_over_time": answerMean,
	"last_over_time": answerLast, "present_over_time": answerLast, "absent_over_time": answerLast,
	"rate": answerCounter, "increase": answerCounter, "delta": answerEnds,
}

// answerOf is how windows of a length answer a selection.
func answerOf(h *promstorage.SelectHints, length int64) answer {
	switch {
	case h.Range > 0:
		if h.Range < 2*length {
			return noAnswer
		}
		return rangeAnswers[h.Func]
	case h.Func == "timestamp" || h.Step > 1 && h.Step < length:
		return noAnswer
	}
	return heldLast
}

// aggregateView is what a query sees of the aggregates of one resolution: windows
// that end in (from,to].
type aggregateView struct {
	resolution
	answer   answer
	from, to int64
	blocks   []*block.Reader
}

// aggregateViews divides the time that samples are gone from among resolutions, the
// finest one that is there for each. Samples count from cut on: behind it.
func (q *querier) aggregateViews(shared *query, h *promstorage.SelectHints) (views []*aggregateView, cut int64) {
	cut = math.MinInt64
	if h == nil || len(q.aggregates) == 0 {
		return nil, cut
	}
	oldest, _, _ := q.db.head.bounds()
	for _, b := range shared.blocks {
		oldest = min(oldest, b.Meta().MinTime)
	}
	if oldest <= shared.mint {
		return nil, cut
	}
	// What retention takes are whole windows of blocks.
	begin := oldest
	if begin < math.MaxInt64 {
		begin = windowOf(begin, q.db.blockMillis)
	}
	low, high := int64(math.MaxInt64), int64(math.MinInt64) // what finer ones cover
	for _, r := range resolutions {
		list := spans(q.aggregates, r.length)
		if len(list) == 0 || list[0].Meta().MinTime >= oldest {
			continue
		}
		v := aggregateView{resolution: r, answer: answerOf(h, r.length), blocks: list}
		from, to := list[0].Meta().Origin.From, list[len(list)-1].Meta().Origin.To
		if begin < math.MaxInt64 {
			to = min(to, windowEnd(begin, r.length))
		}
		for _, part := range [][2]int64{{from, min(to, low)}, {max(from, high), to}} {
			v.from, v.to = part[0], part[1]
			if v.from < v.to && v.from < shared.maxt && v.to+r.length > shared.mint {
				one := v
				views = append(views, &one)
			}
			if high == math.MinInt64 {
				break
			}
		}
		if v.answer != noAnswer {
			cut = max(cut, to)
		}
		low, high = min(low, from), max(high, to)
	}
	return views, cut
}

// selectAggregates adds the series of a view, and tells the one who asked.
func (q *querier) selectAggregates(j *joiner, v *aggregateView, h *promstorage.SelectHints, matchers []*labels.Matcher) error {
	counts, err := labels.NewMatcher(labels.MatchEqual, aggregateLabel, aggregateNames[aggCount])
	if err != nil {
		return err
	}
	matchers = append(slices.Clone(matchers), counts)
	some := false
	for _, b := range v.blocks {
		if o := b.Meta().Origin; o.From >= j.q.maxt || o.To+v.length <= j.q.mint {
			continue
		}
		hits, err := index.Select(b, matchers)
		for i := 0; err == nil && i < len(hits); i++ {
			some = true
			if v.answer != noAnswer {
				err = j.addAggregates(b, v, hits[i])
			}
		}
		if err != nil {
			if !isDamage(err) {
				return fmt.Errorf("select: %w", err)
			}
			j.q.warnings.add(q.db.putBlockAside(b, err))
		}
	}
	if some {
		j.q.warnings.add(v.told(h))
	}
	return nil
}

// told is what is said about a view.
func (v *aggregateView) told(h *promstorage.SelectHints) error {
	until := time.UnixMilli(v.to).UTC().Format(time.RFC3339)
	if v.answer != noAnswer {
		return fmt.Errorf("%w: answered from %s aggregates up to %s, where no samples are kept any more; native histograms are left out", annotations.PromQLInfo, v.name, until)
	}
	hint := "a step of at least " + v.name
	if h.Range > 0 {
		hint = h.Func + " has no answer there"
		if rangeAnswers[h.Func] != noAnswer {
			hint = fmt.Sprintf("a range of at least twice %s", v.name)
		}
		return fmt.Errorf("%w: %s aggregates up to %s, where no samples are kept any more, were left out: %s", annotations.PromQLInfo, v.name, until, hint)
	}
	if h.Func == "timestamp" {
		hint = "timestamp has no answer there"
	}
	return fmt.Errorf("%w: %s aggregates up to %s, where no samples are kept any more, were left out: %s", annotations.PromQLInfo, v.name, until, hint)
}

// addAggregates adds a group of a block of aggregates.
func (j *joiner) addAggregates(b *block.Reader, v *aggregateView, hit index.Hit) error {
	g, err := b.Group(hit.Group)
	if err != nil {
		return err
	}
	base := j.base(g.Base)
	for _, c := range hit.Columns {
		if err := j.add(base, b, c.Metric, place{block: b, metric: c.Metric, group: hit.Group, view: v}); err != nil {
			return err
		}
	}
	return nil
}

// pieces appends to dst a piece for each segment that has windows of the view.
func (v *aggregateView) pieces(p *place, q *query, dst []piece) []piece {
	g, err := p.block.Group(p.group)
	if err != nil {
		return append(dst, piece{first: q.mint, last: q.maxt, place: p})
	}
	for i := range g.Segments {
		x := piece{first: max(g.Segments[i].First, v.from+1), last: min(g.Segments[i].Last, v.to), place: p, segment: i}
		if x.first > x.last {
			continue
		}
		switch v.answer {
		case heldLast:
			x.last = min(x.last+v.length-1, v.to)
		case answerEnds, answerCounter, answerMean:
			x.first = max(g.Segments[i].First-v.length, v.from) + 1
		}
		if x.last >= q.mint && x.first <= q.maxt {
			dst = append(dst, x)
		}
	}
	return dst
}

// needs is the aggregates that an answer is made of.
func (a answer) needs() []int {
	switch a {
	case heldLast:
		return []int{aggLast, aggStale}
	case answerMin:
		return []int{aggMin}
	case answerMax:
		return []int{aggMax}
	case answerSum:
		return []int{aggSum}
	case answerMean:
		return []int{aggCount, aggSum}
	case answerEnds, answerCounter:
		return []int{aggFirst, aggFirstTime, aggLast, aggLastTime, aggResets}
	}
	return []int{aggLast}
}

// load appends to dst the samples that stand for the windows of a segment.
func (v *aggregateView) load(p *piece, dst *cells.Samples) error {
	var windows []window
	var buf cells.Samples
	for n, k := range v.answer.needs() {
		buf.Reset()
		if err := p.place.block.Samples(&buf, p.place.metric+index.MetricID(k), p.place.group, p.segment); err != nil {
			return err
		}
		if n == 0 {
			windows = make([]window, buf.Len())
		}
		if buf.Len() != len(windows) || len(buf.V) != len(windows) {
			return fmt.Errorf("%w: aggregate %s of a metric has %d windows, not %d", block.ErrPage, aggregateNames[k], buf.Len(), len(windows))
		}
		for i := range windows {
			windows[i].end, windows[i].values[k] = buf.T[i], buf.V[i]
		}
	}
	windows = slices.DeleteFunc(windows, func(w window) bool {
		return w.end <= v.from || w.end > v.to || within(p.place.deleted, w.end)
	})
	for i := range windows {
		next := v.to + 1
		if i+1 < len(windows) {
			next = windows[i+1].end
		}
		v.show(dst, &windows[i], next)
	}
	return nil
}

// show appends to dst the samples that stand for a window; next is where those of
// the next one begin.
func (v *aggregateView) show(dst *cells.Samples, w *window, next int64) {
	a := &w.values
	switch v.answer {
	case heldLast:
		if a[aggStale] != 0 {
			dst.AppendFloat(w.end, staleNaN)
			return
		}
		for t := w.end; t < min(next, w.end+v.length); t += holdMillis {
			dst.AppendFloat(t, a[aggLast])
		}
	case answerMin:
		dst.AppendFloat(w.end, a[aggMin])
	case answerMax:
		dst.AppendFloat(w.end, a[aggMax])
	case answerSum:
		dst.AppendFloat(w.end, a[aggSum])
	case answerMean:
		n := min(int64(a[aggCount]), v.length)
		for i := range n {
			dst.AppendFloat(w.end-(n-1-i)*v.length/n, a[aggSum]/a[aggCount])
		}
	case answerEnds, answerCounter:
		first, last := int64(a[aggFirstTime]), int64(a[aggLastTime])
		dst.AppendFloat(first, a[aggFirst])
		if v.answer == answerCounter && a[aggResets] > 0 && last-first > 2 {
			// All resets as one: a counter at the sum of them starts anew from 0.
			dst.AppendFloat(last-2, a[aggResets])
			dst.AppendFloat(last-1, 0)
		}
		if last > first {
			dst.AppendFloat(last, a[aggLast])
		}
	default:
		dst.AppendFloat(w.end, a[aggLast])
	}
}
