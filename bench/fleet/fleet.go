// Package fleet plays many scrape targets, made of recorded payloads whose
// values move as those of real programs do: most stand still, counters grow by
// integers or fractions, gauges wander.
//
// A target is one listener. It keeps what of its body does not change as text,
// and formats the values that move when it is scraped, so that a hundred
// thousand lines a second cost a few percent of a CPU. It notes when it is
// scraped: what was missed or late is the fleet's word, not the scraper's.
package fleet

import (
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Mix is how many targets of each payload there are, by file name without .txt.gz.
type Mix map[string]int

// kinds are the payloads in the order in which targets are made.
var kinds = []string{"node", "kubelet", "cadvisor", "apiserver"}

// Default is 325 targets with about 355,000 series.
func Default() Mix { return Mix{"node": 197, "kubelet": 100, "cadvisor": 25, "apiserver": 3} }

// Scaled is the default mix, so many times as large.
func Scaled(by float64) Mix {
	mix := Default()
	for kind, n := range mix {
		mix[kind] = max(1, int(float64(n)*by+0.5))
	}
	return mix
}

// Options say what a fleet is like. Mix, Payloads and Interval are needed.
type Options struct {
	Payloads string // directory of the recorded payloads
	Mix      Mix
	Seed     uint64
	Interval time.Duration // at which the targets are scraped
	// Gzip lets the scraper ask for compression.
	Gzip bool
	// Reorder is the share of scrapes that find the lines in another order.
	Reorder float64
	// Native is the share of targets whose histograms are native ones. They speak
	// protobuf.
	Native float64
	// Churn is the share of targets that are replaced each minute: a target is
	// gone, and another one with labels of its own comes.
	Churn float64
	// Dir is where the lists of targets stand that the configuration names; needed
	// with Churn.
	Dir string
}

// Fleet is running targets.
type Fleet struct {
	o        Options
	payloads map[string]*Payload
	stop     chan struct{}
	done     sync.WaitGroup

	mu struct {
		sync.Mutex
		members []*member
		next    int // number of the next target
		gone    Punctuality
		churned int
		err     error // of replacing targets
	}
}

// member is a target that is up.
type member struct {
	number  int
	address string
	target  *target
	server  *http.Server
}

// Start listens on addresses of 127.1.0.0/16, one for each target.
func Start(o Options) (*Fleet, error) {
	f := &Fleet{o: o, payloads: map[string]*Payload{}, stop: make(chan struct{})}
	for _, kind := range kinds {
		if o.Mix[kind] == 0 {
			continue
		}
		p, err := Read(o.Payloads, kind)
		if err != nil {
			return nil, err
		}
		f.payloads[kind] = p
		for range o.Mix[kind] {
			if err := f.add(kind); err != nil {
				f.Close()
				return nil, err
			}
		}
	}
	if o.Churn > 0 {
		if err := f.writeLists(); err != nil {
			f.Close()
			return nil, err
		}
		f.done.Go(f.churn)
	}
	return f, nil
}

// add starts one more target.
func (f *Fleet) add(kind string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := f.mu.next
	f.mu.next++
	l, err := net.Listen("tcp", fmt.Sprintf("127.1.%d.%d:0", n/250, n%250+1))
	if err != nil {
		return fmt.Errorf("start target %d: %w", n, err)
	}
	// Native ones are spread evenly over the kinds.
	native := int(float64(n+1)*f.o.Native) > int(float64(n)*f.o.Native)
	t := newTarget(NewPlayer(f.payloads[kind], f.o.Seed, uint64(n)), f.o, native)
	m := &member{number: n, address: l.Addr().String(), target: t, server: &http.Server{Handler: t, ReadHeaderTimeout: time.Minute}}
	go func() { _ = m.server.Serve(l) }()
	f.mu.members = append(f.mu.members, m)
	return nil
}

// churn replaces targets, evenly over time.
func (f *Fleet) churn() {
	random := rand.New(rand.NewPCG(f.o.Seed, 1<<32))
	pause := time.Duration(float64(time.Minute) / (f.o.Churn * float64(f.Size())))
	tick := time.NewTicker(max(pause, time.Millisecond))
	defer tick.Stop()
	for {
		select {
		case <-f.stop:
			return
		case <-tick.C:
		}
		if err := f.replace(random); err != nil {
			f.mu.Lock()
			f.mu.err = err
			f.mu.Unlock()
			return
		}
	}
}

func (f *Fleet) replace(random *rand.Rand) error {
	f.mu.Lock()
	i := random.IntN(len(f.mu.members))
	m := f.mu.members[i]
	f.mu.members = slices.Delete(f.mu.members, i, i+1)
	f.mu.gone.add(m.target.watch.punctuality(time.Now(), f.o.Interval, false))
	f.mu.churned++
	f.mu.Unlock()
	if err := m.server.Close(); err != nil {
		return fmt.Errorf("end target %d: %w", m.number, err)
	}
	if err := f.add(m.target.player.payload.Kind); err != nil {
		return err
	}
	return f.writeLists()
}

// Close ends all targets.
func (f *Fleet) Close() {
	close(f.stop)
	f.done.Wait()
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, m := range f.mu.members {
		_ = m.server.Close()
	}
	f.mu.members = nil
}

// Size is how many targets there are.
func (f *Fleet) Size() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.mu.members)
}

// Series is how many series all targets have.
func (f *Fleet) Series() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for _, m := range f.mu.members {
		n += m.target.series
	}
	return n
}

// Err is why targets are not replaced any more.
func (f *Fleet) Err() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.mu.err
}
