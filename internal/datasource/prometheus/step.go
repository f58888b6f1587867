package prometheus

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/common/model"
)

const (
	defaultMinStep = 15 * time.Second
	// safePoints is Prometheus's own limit of points in a series.
	safePoints           = 11000
	defaultMaxDataPoints = 1000
)

// niceSteps are the steps that a calculated one is rounded to: up to the limit,
// the step.
var niceSteps = []struct{ limit, step time.Duration }{
	{10 * time.Millisecond, time.Millisecond},
	{15 * time.Millisecond, 10 * time.Millisecond},
	{35 * time.Millisecond, 20 * time.Millisecond},
	{75 * time.Millisecond, 50 * time.Millisecond},
	{150 * time.Millisecond, 100 * time.Millisecond},
	{350 * time.Millisecond, 200 * time.Millisecond},
	{750 * time.Millisecond, 500 * time.Millisecond},
	{1500 * time.Millisecond, time.Second},
	{3500 * time.Millisecond, 2 * time.Second},
	{7500 * time.Millisecond, 5 * time.Second},
	{12500 * time.Millisecond, 10 * time.Second},
	{17500 * time.Millisecond, 15 * time.Second},
	{25 * time.Second, 20 * time.Second},
	{45 * time.Second, 30 * time.Second},
	{90 * time.Second, time.Minute},
	{210 * time.Second, 2 * time.Minute},
	{450 * time.Second, 5 * time.Minute},
	{750 * time.Second, 10 * time.Minute},
	{1050 * time.Second, 15 * time.Minute},
	{1500 * time.Second, 20 * time.Minute},
	{2700 * time.Second, 30 * time.Minute},
	{5400 * time.Second, time.Hour},
	{9000 * time.Second, 2 * time.Hour},
	{16200 * time.Second, 3 * time.Hour},
	{32400 * time.Second, 6 * time.Hour},
	{86400 * time.Second, 12 * time.Hour},
	{604800 * time.Second, 24 * time.Hour},
	{1814400 * time.Second, 7 * 24 * time.Hour},
	{3628800 * time.Second, 30 * 24 * time.Hour},
}

func niceStep(d time.Duration) time.Duration {
	for _, n := range niceSteps {
		if d < n.limit {
			return n.step
		}
	}
	return 365 * 24 * time.Hour
}

// stepOf is the step of a range query: what the width asks for, no less than the
// least one, and no more than safePoints points.
func (c *connection) stepOf(t *target, length time.Duration) (time.Duration, error) {
	points := t.maxDataPoints
	if points <= 0 {
		points = defaultMaxDataPoints
	}
	least := time.Duration(t.intervalMilliseconds * float64(time.Millisecond))
	asked := strings.TrimPrefix(strings.TrimSpace(t.Interval), ">")
	isRate := strings.Contains(asked, "__rate_interval")
	if strings.HasPrefix(asked, "$") {
		asked = ""
	}
	switch {
	case asked != "":
		var err error
		if least, err = duration(asked); err != nil {
			return 0, &badTarget{fmt.Errorf("min step: %w", err)}
		}
	case least <= 0:
		least = c.scrapeInterval()
	}
	step := max(niceStep(length/time.Duration(points)), least)
	if safe := niceStep(length / safePoints); safe > step {
		step = safe
	}
	if isRate {
		return c.rateInterval(step), nil
	}
	step *= time.Duration(max(t.IntervalFactor, 1))
	for length/step > safePoints {
		step *= 2
	}
	return max(step.Truncate(time.Millisecond), time.Millisecond), nil
}

// rateInterval has at least four scrapes in it.
func (c *connection) rateInterval(step time.Duration) time.Duration {
	scrape := c.scrapeInterval()
	return max(step+scrape, 4*scrape)
}

func (c *connection) scrapeInterval() time.Duration {
	if c.minStep != nil {
		if d := c.minStep(); d > 0 {
			return d
		}
	}
	return defaultMinStep
}

// align moves a time down to the step, counted in the day of the location, so
// that reloads and neighbours ask for the same points.
func align(t time.Time, step time.Duration, location *time.Location) time.Time {
	_, offset := t.In(location).Zone()
	ms, s, shift := t.UnixMilli(), step.Milliseconds(), int64(offset)*1000
	down := (ms + shift) - mod(ms+shift, s) - shift
	return time.UnixMilli(down)
}

func mod(a, b int64) int64 { return ((a % b) + b) % b }

// duration reads what users write: 30s, 1m30s, 1d, or a number of seconds.
func duration(text string) (time.Duration, error) {
	if n, err := strconv.ParseFloat(text, 64); err == nil && n > 0 && n < 1e9 {
		return time.Duration(n * float64(time.Second)), nil
	}
	if d, err := model.ParseDuration(text); err == nil && d > 0 {
		return time.Duration(d), nil
	}
	if d, err := time.ParseDuration(text); err == nil && d > 0 {
		return d, nil
	}
	return 0, fmt.Errorf("%q is no duration such as 30s or 5m", text)
}

// formatDuration writes a duration as Grafana puts it into expressions.
func formatDuration(d time.Duration) string {
	if d < time.Second || d%time.Second != 0 {
		return strconv.FormatInt(d.Milliseconds(), 10) + "ms"
	}
	for _, u := range []struct {
		unit   time.Duration
		letter string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "m"}} {
		if d%u.unit == 0 {
			return strconv.FormatInt(int64(d/u.unit), 10) + u.letter
		}
	}
	return strconv.FormatInt(int64(d/time.Second), 10) + "s"
}

// expand puts in what the browser left: scripts send expressions as they stand in
// dashboards.
func (c *connection) expand(expr string, step, length time.Duration) string {
	if !strings.Contains(expr, "__") {
		return expr
	}
	seconds := int64((length + time.Second/2) / time.Second)
	values := []struct{ name, value string }{ // longer names before their beginnings
		{"__rate_interval", formatDuration(c.rateInterval(step))},
		{"__interval_ms", strconv.FormatInt(step.Milliseconds(), 10)},
		{"__interval", formatDuration(step)},
		{"__range_ms", strconv.FormatInt(length.Milliseconds(), 10)},
		{"__range_s", strconv.FormatInt(seconds, 10)},
		{"__range", strconv.FormatInt(seconds, 10) + "s"},
	}
	for _, v := range values {
		expr = strings.ReplaceAll(expr, "${"+v.name+"}", v.value)
		expr = strings.ReplaceAll(expr, "$"+v.name, v.value)
	}
	return expr
}
