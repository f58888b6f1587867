package fleet

import (
	"bytes"
	"math/rand/v2"
	"strings"

	dto "github.com/prometheus/client_model/go"
	"google.golang.org/protobuf/encoding/protodelim"
	"google.golang.org/protobuf/proto"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// nativeBody is a payload as protobuf, in which the histograms are native ones.
type nativeBody struct {
	families   []*dto.MetricFamily
	slots      []slot
	histograms []*dto.Histogram
	series     int
}

// slot is where the value of a line stands.
type slot struct {
	line  int32
	value *float64
}

// nativeBuckets are what a histogram of durations fills: two decades at eight
// buckets for each doubling.
const (
	nativeSchema  = 3
	nativeBuckets = 40
	nativeOffset  = -60
)

func newNativeBody(p *Player) *nativeBody {
	n := &nativeBody{}
	var family *dto.MetricFamily
	names := parser.NewParser(parser.Options{})
	seen := map[string]bool{} // histograms of the family, by their labels
	for i := range p.payload.lines {
		l := &p.payload.lines[i]
		if l.comment {
			f := strings.SplitN(l.series, " ", 4)
			switch {
			case len(f) == 4 && f[1] == "HELP":
				family = n.family(f[2])
				family.Help = proto.String(f[3])
			case len(f) == 4 && f[1] == "TYPE":
				if family == nil || family.GetName() != f[2] {
					family = n.family(f[2])
				}
				family.Type = dto.MetricType(dto.MetricType_value[strings.ToUpper(f[3])]).Enum()
			}
			clear(seen)
			continue
		}
		ls, err := names.ParseMetric(strings.TrimSpace(l.series))
		if err != nil || family == nil {
			continue // what has no family cannot be said in protobuf
		}
		switch family.GetType() {
		case dto.MetricType_HISTOGRAM:
			rest := ls.MatchLabels(false, model.MetricNameLabel, "le")
			if key := rest.String(); !seen[key] {
				seen[key] = true
				h := newHistogram(p.random)
				n.histograms = append(n.histograms, h)
				family.Metric = append(family.Metric, &dto.Metric{Label: pairs(rest), Histogram: h})
				n.series++
			}
		case dto.MetricType_SUMMARY:
			// Summaries are few; without their quantiles they are two counters.
			continue
		default:
			v := proto.Float64(p.values[i])
			m := &dto.Metric{Label: pairs(ls.MatchLabels(false, model.MetricNameLabel))}
			switch family.GetType() {
			case dto.MetricType_COUNTER:
				m.Counter = &dto.Counter{Value: v}
			case dto.MetricType_GAUGE:
				m.Gauge = &dto.Gauge{Value: v}
			default:
				m.Untyped = &dto.Untyped{Value: v}
			}
			family.Metric = append(family.Metric, m)
			n.slots = append(n.slots, slot{int32(i), v})
			n.series++
		}
	}
	kept := n.families[:0]
	for _, f := range n.families {
		if len(f.Metric) > 0 {
			kept = append(kept, f)
		}
	}
	n.families = kept
	return n
}

func (n *nativeBody) family(name string) *dto.MetricFamily {
	f := &dto.MetricFamily{Name: proto.String(name), Type: dto.MetricType_UNTYPED.Enum()}
	n.families = append(n.families, f)
	return f
}

func pairs(ls labels.Labels) []*dto.LabelPair {
	var out []*dto.LabelPair
	ls.Range(func(l labels.Label) {
		out = append(out, &dto.LabelPair{Name: proto.String(l.Name), Value: proto.String(l.Value)})
	})
	return out
}

func newHistogram(random *rand.Rand) *dto.Histogram {
	h := &dto.Histogram{
		SampleCount: proto.Uint64(0), SampleSum: proto.Float64(0),
		Schema: proto.Int32(nativeSchema), ZeroThreshold: proto.Float64(1e-128), ZeroCount: proto.Uint64(0),
		PositiveSpan:  []*dto.BucketSpan{{Offset: proto.Int32(nativeOffset), Length: proto.Uint32(nativeBuckets)}},
		PositiveDelta: make([]int64, nativeBuckets),
	}
	for range 50 {
		observe(h, random)
	}
	return h
}

// observe counts one more request; most are near the middle.
func observe(h *dto.Histogram, random *rand.Rand) {
	b := (random.IntN(nativeBuckets) + random.IntN(nativeBuckets)) / 2
	h.PositiveDelta[b]++
	if b+1 < nativeBuckets {
		h.PositiveDelta[b+1]--
	}
	*h.SampleCount++
	*h.SampleSum += float64(random.IntN(10_000)) / 1e6
}

// write writes the body with the values of the player. A third of the histograms
// have observed something.
func (n *nativeBody) write(body *bytes.Buffer, p *Player, random *rand.Rand) {
	for _, s := range n.slots {
		*s.value = p.values[s.line]
	}
	for _, h := range n.histograms {
		if random.Float64() < 1-stillCounters {
			for range 1 + random.IntN(5) {
				observe(h, random)
			}
		}
	}
	for _, f := range n.families {
		_, _ = protodelim.MarshalTo(body, f)
	}
}
