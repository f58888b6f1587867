// Package fleet plays many scrape targets, made of recorded payloads whose
// values move as those of real programs do: most stand still, counters grow by
// integers or fractions, gauges wander.
package fleet

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Mix is how many targets of each payload there are, by file name without .txt.gz.
type Mix map[string]int

// Default is 325 targets with about 355,000 series.
var Default = Mix{"node": 197, "kubelet": 100, "cadvisor": 25, "apiserver": 3}

// Target is one listener.
type Target struct {
	Kind, Address string
	Series        int
}

// Fleet is running targets.
type Fleet struct {
	Targets []Target
	servers []*http.Server
}

// Start listens on addresses of 127.1.0.0/16, one for each target.
func Start(payloads string, mix Mix, seed uint64) (*Fleet, error) {
	f := &Fleet{}
	n := 0
	for _, kind := range []string{"node", "kubelet", "cadvisor", "apiserver"} {
		if mix[kind] == 0 {
			continue
		}
		lines, err := read(filepath.Join(payloads, kind+".txt.gz"))
		if err != nil {
			f.Close()
			return nil, err
		}
		for range mix[kind] {
			t := newTarget(lines, rand.New(rand.NewPCG(seed, uint64(n))))
			l, err := net.Listen("tcp", fmt.Sprintf("127.1.%d.%d:0", n/250, n%250+1))
			if err != nil {
				f.Close()
				return nil, fmt.Errorf("start target %d: %w", n, err)
			}
			n++
			srv := &http.Server{Handler: t, ReadHeaderTimeout: time.Minute}
			go func() { _ = srv.Serve(l) }()
			f.servers = append(f.servers, srv)
			f.Targets = append(f.Targets, Target{Kind: kind, Address: l.Addr().String(), Series: t.series})
		}
	}
	return f, nil
}

// Close ends all targets.
func (f *Fleet) Close() {
	for _, s := range f.servers {
		_ = s.Close()
	}
}

// Series is how many series all targets have.
func (f *Fleet) Series() int {
	n := 0
	for _, t := range f.Targets {
		n += t.Series
	}
	return n
}

// line is one line of a payload. A comment has no value.
type line struct {
	series  string // up to and with the blank before the value
	value   float64
	integer bool
	counter bool
	stamped bool
}

func read(path string) ([]line, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	z, err := gzip.NewReader(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	var out []line
	kinds := map[string]string{}
	for l := range strings.Lines(string(text)) {
		l = strings.TrimRight(l, "\n")
		if l == "" || l[0] == '#' {
			if f := strings.Fields(l); len(f) == 4 && f[1] == "TYPE" {
				kinds[f[2]] = f[3]
			}
			out = append(out, line{series: l})
			continue
		}
		end := strings.LastIndexByte(l, '}') + 1
		if end == 0 {
			end = strings.IndexByte(l, ' ')
		}
		fields := strings.Fields(l[end:])
		v, err := strconv.ParseFloat(fields[0], 64)
		if err != nil {
			return nil, fmt.Errorf("%s: %q: %w", path, l, err)
		}
		name, _, _ := strings.Cut(l[:end], "{")
		out = append(out, line{
			series: l[:end] + " ", value: v, integer: !strings.ContainsAny(fields[0], ".e"), stamped: len(fields) > 1,
			counter: kinds[name] == "counter" || strings.HasSuffix(name, "_total") || strings.HasSuffix(name, "_count") || strings.HasSuffix(name, "_bucket") || strings.HasSuffix(name, "_sum"),
		})
	}
	return out, nil
}

// motion is how a value changes from scrape to scrape.
type motion uint8

const (
	still motion = iota
	steps        // grows by small integers
	grows        // grows by fractions
	walks        // wanders around where it began
)

// target is one player.
type target struct {
	lines  []line
	series int

	mu struct {
		sync.Mutex
		values []float64
		random *rand.Rand
		body   []byte
	}
	motions []motion
}

func newTarget(lines []line, random *rand.Rand) *target {
	t := &target{lines: lines, motions: make([]motion, len(lines))}
	t.mu.random = random
	t.mu.values = make([]float64, len(lines))
	for i, l := range lines {
		if l.series == "" || l.series[0] == '#' {
			continue
		}
		t.series++
		t.mu.values[i] = l.value
		switch p := random.Float64(); {
		case l.counter && p < 0.65, !l.counter && p < 0.6:
		case l.counter && l.integer:
			t.motions[i] = steps
		case l.counter:
			t.motions[i] = grows
		default:
			t.motions[i] = walks
		}
	}
	return t
}

// ServeHTTP answers the next scrape.
func (t *target) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	t.mu.Lock()
	defer t.mu.Unlock()
	stamp := " " + strconv.FormatInt(time.Now().UnixMilli(), 10)
	b := t.mu.body[:0]
	for i := range t.lines {
		l := &t.lines[i]
		b = append(b, l.series...)
		if l.series == "" || l.series[0] == '#' {
			b = append(b, '\n')
			continue
		}
		v := &t.mu.values[i]
		switch t.motions[i] {
		case steps:
			*v += float64(t.mu.random.IntN(8))
		case grows:
			*v += float64(t.mu.random.IntN(500)) / 100
		case walks:
			if l.integer {
				*v += float64(t.mu.random.IntN(2001)-1000) * max(1, float64(int64(l.value)/100000))
			} else {
				*v = l.value * (1 + float64(t.mu.random.IntN(2001)-1000)/20000)
			}
		}
		if l.integer {
			b = strconv.AppendFloat(b, *v, 'f', -1, 64)
		} else {
			b = strconv.AppendFloat(b, *v, 'g', 10, 64)
		}
		if l.stamped {
			b = append(b, stamp...)
		}
		b = append(b, '\n')
	}
	t.mu.body = b
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		var z bytes.Buffer
		zw, _ := gzip.NewWriterLevel(&z, gzip.BestSpeed)
		_, _ = zw.Write(b)
		_ = zw.Close()
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(z.Bytes())
		return
	}
	_, _ = w.Write(b)
}

// Config is a prometheus.yml for the fleet.
func (f *Fleet) Config(interval time.Duration, compression bool) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "global: {scrape_interval: %s, scrape_timeout: %s}\nscrape_configs:\n", interval, interval)
	for _, kind := range []string{"node", "kubelet", "cadvisor", "apiserver"} {
		var list []string
		for _, t := range f.Targets {
			if t.Kind == kind {
				list = append(list, strconv.Quote(t.Address))
			}
		}
		if len(list) > 0 {
			fmt.Fprintf(&b, "- {job_name: %s, enable_compression: %t, static_configs: [{targets: [%s]}]}\n", kind, compression, strings.Join(list, ", "))
		}
	}
	return b.Bytes()
}
