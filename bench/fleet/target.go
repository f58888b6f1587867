package fleet

import (
	"bytes"
	"compress/gzip"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// target answers scrapes as an exporter does.
type target struct {
	player  *Player
	series  int
	reorder float64
	native  *nativeBody // nil: text
	watch   watch

	// mu guards everything below, and the player.
	mu     sync.Mutex
	random *rand.Rand
	body   template
}

// template is a body without what changes from scrape to scrape: text, and at
// the end of each segment a place for the value and timestamp of a line.
type template struct {
	text     []byte
	segments []segment
}

type segment struct {
	end  int32 // of the text before the place
	line int32
}

func newTarget(p *Player, o Options, native bool) *target {
	t := &target{player: p, reorder: o.Reorder, series: p.payload.series, random: rand.New(p.random)}
	if native {
		t.native = newNativeBody(p)
		t.series = t.native.series
		return t
	}
	order := make([]int32, len(p.payload.lines))
	for i := range order {
		order[i] = int32(i)
	}
	t.body = p.template(order)
	return t
}

// template lays the lines out in an order.
func (p *Player) template(order []int32) template {
	var out template
	for _, i := range order {
		l := &p.payload.lines[i]
		out.text = append(out.text, l.series...)
		changes := !l.comment && p.motions[i] != still
		if !l.comment && !changes {
			out.text = p.appendValue(out.text, i)
		}
		if changes || l.stamped {
			out.segments = append(out.segments, segment{end: int32(len(out.text)), line: i})
		}
		out.text = append(out.text, '\n')
	}
	return out
}

// shuffled is an order of the lines in which each family has its own in another
// one, as programs write that keep their series in a hash table.
func (p *Player) shuffled(random *rand.Rand) []int32 {
	lines := p.payload.lines
	order := make([]int32, len(lines))
	for i := range order {
		order[i] = int32(i)
	}
	for from := 0; from < len(lines); {
		to := from + 1
		for to < len(lines) && lines[from].comment == lines[to].comment {
			to++
		}
		if !lines[from].comment {
			family := order[from:to]
			random.Shuffle(len(family), func(a, b int) { family[a], family[b] = family[b], family[a] })
		}
		from = to
	}
	return order
}

var bodies = sync.Pool{New: func() any { return new(bytes.Buffer) }}

var compressors = sync.Pool{New: func() any {
	z, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed)
	return z
}}

// ServeHTTP answers the next scrape.
func (t *target) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	now := time.Now()
	body := bodies.Get().(*bytes.Buffer)
	defer bodies.Put(body)
	body.Reset()
	t.mu.Lock()
	t.player.Step()
	kind := "text/plain; version=0.0.4; charset=utf-8"
	if t.native != nil {
		kind = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited"
		t.native.write(body, t.player, t.random)
	} else {
		if t.reorder > 0 && t.random.Float64() < t.reorder {
			t.body = t.player.template(t.player.shuffled(t.random))
		}
		t.write(body, now)
	}
	t.mu.Unlock()
	t.watch.scraped(now, t.series)
	w.Header().Set("Content-Type", kind)
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		w.Header().Set("Content-Encoding", "gzip")
		z := compressors.Get().(*gzip.Writer)
		defer compressors.Put(z)
		z.Reset(w)
		_, _ = z.Write(body.Bytes())
		_ = z.Close()
		return
	}
	w.Header().Set("Content-Length", strconv.Itoa(body.Len()))
	_, _ = w.Write(body.Bytes())
}

// write fills the template in.
func (t *target) write(body *bytes.Buffer, now time.Time) {
	body.Grow(len(t.body.text) + 20*len(t.body.segments))
	b := body.AvailableBuffer()
	from := int32(0)
	for _, s := range t.body.segments {
		b = append(b, t.body.text[from:s.end]...)
		from = s.end
		if t.player.motions[s.line] != still {
			b = t.player.appendValue(b, s.line)
		}
		if t.player.payload.lines[s.line].stamped {
			b = strconv.AppendInt(append(b, ' '), now.UnixMilli(), 10)
		}
	}
	b = append(b, t.body.text[from:]...)
	body.Write(b)
}
