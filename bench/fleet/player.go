package fleet

import (
	"math"
	"math/rand/v2"
	"strconv"
)

// motion is how a value changes from scrape to scrape.
type motion uint8

const (
	still motion = iota
	grows        // a counter
	sums         // a counter of fractions that has all digits of a double
	walks        // a gauge: it wanders around where it began
)

// Which series move: node_exporter and Prometheus, each scraped eight times 15 s
// apart on a machine that compiled meanwhile, had 70 % and 82 % of their counters
// and buckets, and 66 % and 76 % of their gauges, stand still all the time. A
// fleet moves somewhat more. Counts of events grow by a few, counts of bytes and
// of fractions by much more; of 97 whole gauges that moved, 45 were multiples of
// 4096.
const (
	stillCounters = 0.65
	stillGauges   = 0.6
	// mostDecimals is where a value is not one of so many units, but a sum with
	// the rounding errors of its terms.
	mostDecimals = 9
	// large counts are of bytes.
	large = 1e6
)

// Player has the values of one target. They are the same for the same seed.
type Player struct {
	payload *Payload
	values  []float64 // by line
	motions []motion
	moving  []int32 // lines that are not still
	random  *rand.Rand
}

// NewPlayer gives each series its first value and its motion.
func NewPlayer(p *Payload, seed, target uint64) *Player {
	out := &Player{
		payload: p, random: rand.New(rand.NewPCG(seed, target)),
		values: make([]float64, len(p.lines)), motions: make([]motion, len(p.lines)),
	}
	for i := range p.lines {
		l := &p.lines[i]
		if l.comment {
			continue
		}
		out.values[i] = l.value
		switch r := out.random.Float64(); {
		case l.counter && r < stillCounters, !l.counter && r < stillGauges, math.IsNaN(l.value), math.IsInf(l.value, 0):
			continue
		case l.counter && l.decimals > mostDecimals:
			out.motions[i] = sums
		case l.counter:
			out.motions[i] = grows
		default:
			out.motions[i] = walks
		}
		out.moving = append(out.moving, int32(i))
	}
	return out
}

// powers are those of ten up to mostDecimals.
var powers = [mostDecimals + 1]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9}

// Step moves the values that move.
func (p *Player) Step() {
	for _, i := range p.moving {
		l, v := &p.payload.lines[i], &p.values[i]
		scale := powers[min(l.decimals, mostDecimals)]
		switch p.motions[i] {
		case grows:
			step := 8
			switch {
			case l.decimals > 0: // up to five seconds
				step = int(5 * scale)
			case l.value >= large:
				step = 50_000
			}
			*v = (math.Round(*v*scale) + float64(p.random.IntN(step))) / scale
		case sums:
			*v += float64(p.random.IntN(5e6)) / 1e6
		case walks:
			// Half a percent at most, two units at least, and not far from home.
			most := max(2*l.unit, math.Abs(l.value)*scale/200)
			step := (2*p.random.Float64() - 1) * most
			if off := *v - l.value; math.Abs(off)*scale > 10*most {
				step = -math.Copysign(step, off)
			}
			*v = (math.Round((*v*scale+step)/l.unit) * l.unit) / scale
		}
	}
}

// appendValue writes the value of a line as the target would.
func (p *Player) appendValue(b []byte, i int32) []byte {
	v := p.values[i]
	if !p.payload.lines[i].plain {
		return strconv.AppendFloat(b, v, 'g', -1, 64)
	}
	if n := int64(v); float64(n) == v {
		return strconv.AppendInt(b, n, 10)
	}
	return strconv.AppendFloat(b, v, 'f', -1, 64)
}

// Values writes the values into dst, in the order of Payload.Series.
func (p *Player) Values(dst []float64) []float64 {
	dst = dst[:0]
	for i := range p.payload.lines {
		if !p.payload.lines[i].comment {
			dst = append(dst, p.values[i])
		}
	}
	return dst
}
