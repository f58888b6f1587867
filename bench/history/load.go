package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"monopod/bench/contender"
	"monopod/bench/measure"
	"monopod/test/process"
)

// loaded is what loading took and left, kept in load.json.
type loaded struct {
	Name    string        `json:"name"`
	Version string        `json:"version"`
	Series  int           `json:"series"`
	Samples int64         `json:"samples"`
	Took    time.Duration `json:"tookNanoseconds"`
	// CPU of the process from its start until all was taken.
	CPU     time.Duration `json:"cpuNanoseconds"`
	PeakRSS int64         `json:"peakRSSBytes"` // while loading
	Written int64         `json:"writtenBytes"` // to disk, until all had settled
	// AtRest is the bytes of the directory when its program had nothing left to do.
	AtRest int64 `json:"atRestBytes"`
	// Best is the same when it was told to make all that it can of it: a snapshot
	// of Prometheus, which has no log and no open blocks; VictoriaMetrics after a
	// forced merge. 0: there is no such thing.
	Best int64 `json:"bestBytes"`
	// Missing is samples that were sent and are not counted by a query.
	Missing int64  `json:"missing"`
	Load    string `json:"load"` // of the machine meanwhile
}

const emptyConfig = "global: {scrape_interval: 1m}\n"

func loadOne(ctx context.Context, o options, h history, c contender.Contender, dir string) error {
	fmt.Fprintf(os.Stderr, "%s loads …\n", c.Name)
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	data := filepath.Join(dir, "data")
	if err := os.MkdirAll(data, 0o755); err != nil {
		return err
	}
	list, err := h.targets(o.payloads)
	if err != nil {
		return err
	}
	l := loaded{Name: c.Name, Version: measure.Version(c.Program), Series: series(list)}
	began := time.Now()
	if c.Name == rowsName {
		if l.Samples, err = writeRows(ctx, h, list, data); err != nil {
			return err
		}
		l.Took = time.Since(began)
	}
	p, err := start(ctx, c, dir)
	if err != nil {
		return err
	}
	defer p.Kill()
	if c.Name != rowsName {
		began = time.Now()
		if l.Samples, err = writeAll(ctx, h, list, p.URL()+"/api/v1/write", o.connections, o.perSeries); err != nil {
			return fmt.Errorf("%w; its last lines:\n%s", err, p.Tail(10))
		}
		l.Took = time.Since(began)
		u, err := measure.Process(p.PID())
		if err != nil {
			return err
		}
		l.CPU, l.PeakRSS = u.CPU, u.PeakRSS
	}
	l.Load = measure.Load()
	fmt.Fprintf(os.Stderr, "  %d samples in %v; settling …\n", l.Samples, l.Took.Round(time.Second))
	if err := settle(ctx, p, data, o.settle); err != nil {
		return err
	}
	u, err := measure.Process(p.PID())
	if err != nil {
		return err
	}
	l.Written = u.Written
	l.AtRest = measure.Size(data, c.Cache)
	if l.Missing, err = missing(ctx, p, h, list); err != nil {
		return err
	}
	if l.Best, err = best(ctx, c, p, data, o.settle); err != nil {
		return err
	}
	if err := p.Stop(2 * time.Minute); err != nil && c.Name != "VictoriaMetrics" {
		return err
	}
	return writeJSON(filepath.Join(dir, "load.json"), l)
}

// start runs a contender on the data in dir and waits until it is ready.
func start(ctx context.Context, c contender.Contender, dir string, more ...string) (*process.Process, error) {
	config := filepath.Join(dir, "prometheus.yml")
	if err := os.WriteFile(config, []byte(emptyConfig), 0o644); err != nil {
		return nil, err
	}
	p, err := c.Start(dir, config, filepath.Join(dir, "data"), more...)
	if err != nil {
		return nil, err
	}
	ready, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	if err := p.WaitReady(ready, c.Ready); err != nil {
		p.Kill()
		return nil, err
	}
	return p, nil
}

// settle waits until no file of a directory changes any more.
func settle(ctx context.Context, p *process.Process, dir string, still time.Duration) error {
	deadline := time.Now().Add(30 * time.Minute)
	last, since := "", time.Now()
	for time.Since(since) < still {
		if time.Now().After(deadline) {
			return fmt.Errorf("wait until %s is at rest: it changes for half an hour already", dir)
		}
		if now := listing(dir); now != last {
			last, since = now, time.Now()
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-p.Exited():
			return fmt.Errorf("it ended; its last lines:\n%s", p.Tail(20))
		case <-time.After(time.Second):
		}
	}
	return nil
}

func listing(dir string) string {
	var out []byte
	_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil // gone since it was listed
		}
		if info, err := d.Info(); err == nil && !d.IsDir() {
			out = fmt.Appendf(out, "%s %d\n", path, info.Size())
		}
		return nil
	})
	return string(out)
}

// best makes the contender put its data in the form that takes least, and
// measures that.
func best(ctx context.Context, c contender.Contender, p *process.Process, data string, still time.Duration) (int64, error) {
	switch c.Name {
	case "Prometheus":
		if _, err := measure.Fetch(ctx, http.MethodPost, p.URL()+"/api/v1/admin/tsdb/snapshot"); err != nil {
			return 0, err
		}
		snapshots := filepath.Join(data, "snapshots")
		n := measure.Size(snapshots)
		return n, os.RemoveAll(snapshots)
	case "VictoriaMetrics":
		if _, err := measure.Fetch(ctx, http.MethodGet, p.URL()+"/internal/force_merge"); err != nil {
			return 0, err
		}
		if err := settle(ctx, p, data, still); err != nil {
			return 0, err
		}
		return measure.Size(data, c.Cache), nil
	}
	return 0, nil
}

// missing counts what cannot be read of some metrics, and infers how much that is
// of the whole history.
func missing(ctx context.Context, p *process.Process, h history, list []*target) (int64, error) {
	want, got := int64(0), 0.0
	for _, metric := range []string{"node_cpu_seconds_total", "node_filesystem_avail_bytes", "kubelet_http_requests_duration_seconds_bucket"} {
		for _, t := range list {
			for _, m := range t.metrics {
				if m.Get("__name__") == metric {
					want += int64(h.Steps)
				}
			}
		}
		a, err := measure.Instant(ctx, p.URL(), fmt.Sprintf("sum(count_over_time(%s[%dms]))", metric, int64(h.Steps)*h.Interval), h.End)
		if err != nil {
			return 0, err
		}
		got += a.Sum
	}
	if want == 0 {
		return 0, errors.New("count what is stored: the metrics that are counted are not in the payloads")
	}
	return int64(math.Round((1 - got/float64(want)) * float64(h.Steps) * float64(series(list)))), nil
}
