// Command crash takes the disk away from Monopod, and kills it with SIGKILL while
// it scrapes, again and again, on one data directory. What it had answered before a kill must be there after
// it: every sample, to the last bit; and every start must succeed.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"monopod/test/process"
)

func main() {
	monopod := flag.String("monopod", "bin/monopod", "the program under test")
	rounds := flag.Int("rounds", 50, "how often it is killed")
	seed := flag.Uint64("seed", uint64(time.Now().UnixNano()), "of the moments of the kills")
	flag.Parse()
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(*rounds)*20*time.Second+time.Minute)
	defer cancel()
	if err := run(ctx, *monopod, *rounds, *seed); err != nil {
		fmt.Fprintf(os.Stderr, "crash: %v (repeat with -seed %d)\n", err, *seed)
		os.Exit(1)
	}
}

const config = `
global: {scrape_interval: 100ms, scrape_timeout: 100ms}
scrape_configs:
  - job_name: crash
    static_configs: [{targets: [%[1]q]}]
  - job_name: stamped
    metrics_path: /stamped
    static_configs: [{targets: [%[1]q]}]
`

// exporter changes its set of series with every scrape.
func exporter(n *atomic.Int64, stamped bool) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		step := n.Add(1)
		at := ""
		if stamped {
			at = fmt.Sprintf(" %d", time.Now().UnixMilli())
		}
		w.Header().Set("Content-Type", "text/plain; version=0.0.4")
		var b strings.Builder
		for i := range int64(200) {
			fmt.Fprintf(&b, "crash_total{i=\"%d\"} %d%s\n", i, step*i, at)
		}
		fmt.Fprintf(&b, "crash_generation{n=\"%d\"} %g%s\n", step/20, float64(step)/3, at)
		_, _ = w.Write([]byte(b.String()))
	}
}

// run starts the target, then the two parts.
func run(ctx context.Context, monopod string, rounds int, seed uint64) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	var steps atomic.Int64
	mux := http.NewServeMux()
	mux.HandleFunc("/metrics", exporter(&steps, false))
	mux.HandleFunc("/stamped", exporter(&steps, true))
	srv := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = srv.Serve(l) }()
	defer srv.Close()
	if err := fullDisk(ctx, monopod, l.Addr().String()); err != nil {
		return err
	}
	return kills(ctx, monopod, l.Addr().String(), rounds, seed)
}

func kills(ctx context.Context, monopod, target string, rounds int, seed uint64) error {
	random := rand.New(rand.NewPCG(seed, seed))
	dir, err := os.MkdirTemp("", "monopod-crash-")
	if err != nil {
		return err
	}
	file := filepath.Join(dir, "prometheus.yml")
	if err := os.WriteFile(file, fmt.Appendf(nil, config, target), 0o644); err != nil {
		return err
	}
	addr, err := process.FreeAddress()
	if err != nil {
		return err
	}
	began := time.Now()
	var before map[string]map[string]string
	var slowest time.Duration
	for round := range rounds + 1 {
		started := time.Now()
		p, err := process.Start(dir, "monopod", addr, monopod, "--config.file="+file, "--web.listen-address="+addr, "--storage.tsdb.path="+filepath.Join(dir, "data"))
		if err != nil {
			return err
		}
		defer p.Kill()
		ready, cancel := context.WithTimeout(ctx, 30*time.Second)
		err = p.WaitReady(ready, "/-/ready")
		cancel()
		if err != nil {
			return fmt.Errorf("round %d: %w", round, err)
		}
		slowest = max(slowest, time.Since(started))
		after, err := everything(ctx, p.URL(), began)
		if err != nil {
			return fmt.Errorf("round %d: %w", round, err)
		}
		if err := contains(after, before); err != nil {
			return fmt.Errorf("round %d: after the kill: %w; data in %s", round, err, dir)
		}
		if round == rounds {
			p.Kill()
			fmt.Printf("%d kills, %d series, %d samples, nothing lost, slowest start until ready %v\n", rounds, len(after), count(after), slowest.Round(time.Millisecond))
			break
		}
		time.Sleep(time.Duration(50+random.IntN(900)) * time.Millisecond)
		for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
			if before, err = everything(ctx, p.URL(), began); err != nil {
				return fmt.Errorf("round %d: %w", round, err)
			}
			if count(before) > 0 {
				break
			}
			if time.Now().After(deadline) {
				return fmt.Errorf("round %d: nothing was scraped; the test would prove nothing", round)
			}
		}
		time.Sleep(time.Duration(random.IntN(60)) * time.Millisecond)
		p.Kill()
	}
	return os.RemoveAll(dir)
}

// everything reads all samples: series → timestamp → value.
func everything(ctx context.Context, server string, since time.Time) (map[string]map[string]string, error) {
	form := url.Values{"query": {fmt.Sprintf(`{job=~"crash|stamped"}[%ds]`, int(time.Since(since).Seconds())+60)}}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, server+"/api/v1/query?"+form.Encode(), nil)
	if err != nil {
		return nil, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	var a struct {
		Error string
		Data  struct {
			Result []struct {
				Metric json.RawMessage
				Values [][2]json.RawMessage
			}
		}
	}
	if err := json.NewDecoder(res.Body).Decode(&a); err != nil {
		return nil, err
	}
	if a.Error != "" {
		return nil, fmt.Errorf("query: %s", a.Error)
	}
	out := make(map[string]map[string]string)
	for _, s := range a.Data.Result {
		points := make(map[string]string, len(s.Values))
		for _, v := range s.Values {
			points[string(v[0])] = string(v[1])
		}
		out[string(s.Metric)] = points
	}
	return out, nil
}

func contains(after, before map[string]map[string]string) error {
	for series, points := range before {
		got, ok := after[series]
		if !ok {
			return fmt.Errorf("series %s with %d samples is gone", series, len(points))
		}
		for t, v := range points {
			if w, ok := got[t]; !ok || w != v {
				return fmt.Errorf("series %s at %s was %s and is %q", series, t, v, w)
			}
		}
	}
	return nil
}

func count(all map[string]map[string]string) int {
	n := 0
	for _, points := range all {
		n += len(points)
	}
	return n
}
