package scrape

import (
	"errors"
	"log/slog"
	"math"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/prometheus/model/value"

	"monopod/internal/storage"
)

// loop scrapes one target until it is stopped.
//
// Invariant: at most one loop at a time writes a target's group. A loop begins
// when those before it are done, whether they hand their ingester over (the
// configuration changed) or just gave their groups up (the target's address
// changed and its labels did not).
type loop struct {
	target   *Target
	pool     *pool
	settings *settings
	interval time.Duration
	timeout  time.Duration
	link     *link // nil where the target's labels make no URL
	in       *ingester
	logger   *slog.Logger
	// linkErr is why there is no link.
	linkErr error

	schedule schedule
	// predecessor hands its ingester over; after are the loops whose groups this
	// one may continue.
	predecessor *loop
	after       []*loop
	handOver    atomic.Bool
	// done is closed when the loop writes no more rows.
	done chan struct{}
	// forced fails every scrape without asking the target.
	forced atomic.Pointer[Error]

	last    time.Time // when the last scrape began
	leftOut int       // scrapes in a row; see stretched

	intervalLength, intervalLengthHistogram prometheus.Observer
}

// inherit takes the ingester of the loop before, with the groups that it holds.
func (l *loop) inherit(p *loop) {
	rules, logger := l.in.rules, l.in.logger
	l.in, l.last = p.in, p.last
	if l.link != nil && p.link != nil {
		l.link.learn(p.link)
	}
	p.in = nil
	l.in.logger = logger
	if !l.settings.sameSeries(p.settings) {
		l.in.forget()
	}
	hadExtra := l.in.rules.extraReport
	l.in.rules = rules
	l.target.setMetadata(l.in.meta)
	if rules.extraReport && !hadExtra && len(l.in.rows.groups) > 0 {
		for i := reportTimeout; i < reportSeries; i++ {
			if err := l.in.openReportColumn(i, reportNames()[i]); err != nil {
				// The next scrape opens the group anew and reports what is wrong.
				l.in.rows.release()
				l.in.rows.groups, l.in.rows.byBase = nil, nil
				l.in.forget()
				return
			}
		}
	}
}

// scrape fetches the target once and writes the outcome at the given time. A
// scrape under way ends with the pool, not with the loop, so that a change of the
// configuration loses none.
func (l *loop) scrape(at time.Time) {
	if l.stretched() {
		return
	}
	start := time.Now()
	if !l.last.IsZero() {
		since := start.Sub(l.last).Seconds()
		l.intervalLength.Observe(since)
		l.intervalLengthHistogram.Observe(since)
	}
	l.last = start
	out := Scrape{Start: at}

	var got answer
	if forced := l.forced.Load(); forced != nil {
		out.Err = forced
	} else if l.link == nil {
		out.Err = &Error{Kind: KindOther, Err: l.linkErr, Hint: "relabelling made no valid URL: look at __scheme__, __address__ and __metrics_path__"}
	} else {
		got, out.Err = l.link.fetch(l.pool.ctx, l.pool.bodies)
		defer l.pool.bodies.put(got.buffer)
		if l.pool.ctx.Err() != nil {
			return
		}
	}
	l.ingest(start, at, &got, &out)
}

// ingest writes what was fetched.
func (l *loop) ingest(start, at time.Time, got *answer, out *Scrape) {
	l.pool.turns.take()
	defer l.pool.turns.back()
	if err := l.in.openReport(); err != nil {
		out.Duration = time.Since(start)
		l.reportFailure(out)
		l.writeFailed(err)
		return
	}
	p := l.in.begin(at.UnixMilli(), start)
	defer p.free()
	bodyBytes := 0.0
	if out.Err == nil {
		out.ContentType, out.Compressed = got.contentType, got.compressed
		out.BodyBytes, bodyBytes = len(got.body), float64(len(got.body))
		l.pool.metrics.bytesReceived.Add(bodyBytes)
		r := p.read(got.body, got.contentType)
		out.Samples, out.Kept, out.SeriesAdded = r.scraped, r.kept, r.added
		out.Err = r.err
		if p.refused > 0 {
			out.Refused = l.refusal(at, p.refused, p.reason)
			l.pool.metrics.refused.WithLabelValues(l.pool.name).Add(float64(p.refused))
		}
	} else {
		p.fail()
		if errors.Is(out.Err, ErrBodySize) {
			l.pool.metrics.overBodySize.Inc()
			bodyBytes = -1
		}
	}
	out.Duration = time.Since(start)
	up := 1.0
	if out.Err != nil {
		up = 0
	}
	p.setReport(&[reportSeries]float64{
		reportUp: up, reportDuration: out.Duration.Seconds(),
		reportScraped: float64(out.Samples), reportKept: float64(out.Kept), reportAdded: float64(out.SeriesAdded),
		reportTimeout: l.timeout.Seconds(), reportSampleLimit: float64(l.in.rules.limits.samples), reportBodyBytes: bodyBytes,
	})
	l.reportFailure(out)
	l.target.weigh(l.in.series(), out.SeriesAdded+p.refused)
	if err := p.write(l.pool.ctx); err != nil {
		l.writeFailed(err)
	} else {
		l.target.reportWrite(nil)
	}
	if l.in.rules.extraReport {
		l.pool.metrics.duration.Observe(time.Since(start).Seconds())
	}
}

func (l *loop) reportFailure(out *Scrape) {
	l.target.report(*out)
	if out.Err == nil {
		return
	}
	var e *Error
	kind := KindOther
	if errors.As(out.Err, &e) {
		kind = e.Kind
	}
	l.pool.metrics.failures.WithLabelValues(string(kind)).Inc()
	l.logger.Debug("Scrape failed", "err", out.Err)
	if log := l.pool.failures.Load(); log != nil {
		log.write(l.pool.name, l.target.String(), out.Err)
	}
}

func (l *loop) writeFailed(err error) {
	if l.pool.ctx.Err() != nil {
		return
	}
	l.pool.metrics.writeFailures.Inc()
	// The store says by itself, once, that it takes nothing: one line for each
	// target would hide it.
	if l.target.WriteError() == nil {
		l.logger.Warn("Scrape not stored", "err", err)
	}
	l.target.reportWrite(storageError(err))
}

// endSeries ends the series of a target that is gone. It may come back under
// other labels or be moved to another pool, so two scrapes and a bit are waited
// for. When the process ends there is no marker: the target is scraped again
// after the start.
func (l *loop) endSeries() {
	ctx := l.pool.ctx
	wait := func(d time.Duration) bool {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
			return ctx.Err() == nil
		case <-ctx.Done():
			return false
		}
	}
	if !wait(time.Until(l.last.Add(l.interval))) {
		return
	}
	t := time.Now().UnixMilli()
	if !wait(l.interval + l.interval/10) {
		return
	}
	for i := range l.in.rows.groups {
		if err := l.in.rows.groups[i].End(ctx, t); err != nil && ctx.Err() == nil {
			l.logger.Warn("Series of a target that is gone were not ended", "err", err)
		}
	}
	var stale []storage.Sample
	end := func(series storage.Series) {
		stale = append(stale, storage.Sample{Series: series, T: t, V: math.Float64frombits(value.StaleNaN)})
	}
	for i := range l.in.entries.wide {
		if w := &l.in.entries.wide[i]; w.live {
			end(w.handle)
		}
	}
	for _, series := range l.in.orphans {
		end(series)
	}
	if len(stale) == 0 {
		return
	}
	if err := l.in.rows.writer.Write(ctx, &storage.Batch{Timestamp: t, Samples: stale}); err != nil && ctx.Err() == nil {
		l.logger.Warn("Series of a target that is gone were not ended", "err", err)
	}
}
