package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"monopod/bench/fleet"
	"monopod/bench/measure"
	"monopod/test/process"
)

// result is the figures of one trial.
type result [figures]float64

// What is measured.
const (
	series       = iota
	cpuPerSample // µs
	rssPerSeries // bytes, at the end
	peakPerSeries
	peak             // MiB
	writtenPerSample // bytes
	restPerSample    // bytes of the directory, by samples since the start
	missed           // scrapes that should have been
	late             // scrapes more than a tenth of the interval off schedule
	stopped          // seconds from SIGTERM to the end
	restart          // seconds from the start on that data until a query is answered
	recovery         // the same after a kill
	load             // of the machine, at the end
	figures
)

func measureOne(ctx context.Context, o options, t *trial) (r result, err error) {
	dir, err := os.MkdirTemp("", "monopod-bench-")
	if err != nil {
		return r, err
	}
	defer os.RemoveAll(dir)
	o.fleet.Dir, o.fleet.Churn = dir, t.churn
	f, err := fleet.Start(o.fleet)
	if err != nil {
		return r, err
	}
	defer f.Close()
	config, data := filepath.Join(dir, "prometheus.yml"), filepath.Join(dir, "data")
	if err := os.WriteFile(config, f.Config(), 0o644); err != nil {
		return r, err
	}
	start := func() (*process.Process, error) {
		p, err := t.contender.Start(dir, config, data, t.args...)
		if err != nil {
			return nil, err
		}
		ready, cancel := context.WithTimeout(ctx, 5*time.Minute)
		defer cancel()
		if err := p.WaitReady(ready, t.contender.Ready); err != nil {
			p.Kill()
			return nil, err
		}
		return p, nil
	}
	p, err := start()
	if err != nil {
		return r, err
	}
	defer func() { p.Kill() }()
	if err := sleep(ctx, p, o.warm); err != nil {
		return r, err
	}
	warm, _ := f.Punctuality()
	if n := f.Unscraped(); n > 0 && t.churn == 0 {
		return r, fmt.Errorf("%d targets were not scraped in %v; its last lines:\n%s", n, o.warm, p.Tail(10))
	}
	begin, err := measure.Process(p.PID())
	if err != nil {
		return r, err
	}
	f.Begin()
	if err := sleep(ctx, p, o.measure); err != nil {
		return r, err
	}
	end, err := measure.Process(p.PID())
	if err != nil {
		return r, err
	}
	punctual, _ := f.Punctuality()
	if err := f.Err(); err != nil {
		return r, err
	}
	n, samples := float64(f.Series()), float64(punctual.Samples)
	r[series] = n
	r[cpuPerSample] = float64((end.CPU - begin.CPU).Microseconds()) / samples
	r[rssPerSeries], r[peakPerSeries], r[peak] = float64(end.RSS)/n, float64(end.PeakRSS)/n, float64(end.PeakRSS)/(1<<20)
	r[writtenPerSample] = float64(end.Written-begin.Written) / samples
	r[restPerSample] = float64(measure.Size(data, t.contender.Cache)) / (float64(warm.Samples) + samples)
	r[missed], r[late] = float64(punctual.Missed), float64(punctual.Late)
	if o.profiles != "" {
		if err := measure.Profiles(ctx, p.URL(), o.profiles, t.label); err != nil {
			return r, err
		}
	}
	began := time.Now()
	if err := p.Stop(2 * time.Minute); err != nil && t.contender.Name != "VictoriaMetrics" {
		return r, err
	}
	r[stopped] = time.Since(began).Seconds()
	for _, to := range []int{restart, recovery} {
		began = time.Now()
		next, err := start()
		if err != nil {
			return r, err
		}
		p = next
		for {
			a, err := measure.Instant(ctx, p.URL(), "count(last_over_time(up[5m]))", time.Now().UnixMilli())
			if err == nil && a.Sum >= 0.9*float64(f.Size()) {
				break
			}
			if time.Since(began) > time.Minute {
				return r, fmt.Errorf("it does not answer what it stored a minute after the restart (%.0f of %d targets, %v)", a.Sum, f.Size(), err)
			}
			if err := sleep(ctx, p, 5*time.Millisecond); err != nil {
				return r, err
			}
		}
		r[to] = time.Since(began).Seconds()
		// Two scrapes of each target, that there is something to recover.
		if err := sleep(ctx, p, 2*o.fleet.Interval); err != nil {
			return r, err
		}
		p.Kill()
	}
	_, err = fmt.Sscan(measure.Load(), &r[load])
	return r, err
}

func sleep(ctx context.Context, p *process.Process, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-p.Exited():
		return fmt.Errorf("it ended; its last lines:\n%s", p.Tail(20))
	case <-time.After(d):
		return nil
	}
}
