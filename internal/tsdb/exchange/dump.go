package exchange

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strconv"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	promstorage "github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
)

// Format is how a dump writes samples.
type Format int

const (
	// FormatPromtool is the lines of promtool tsdb dump: labels, value, milliseconds
	// since 1970. Native histograms are in it, and stale markers as NaN.
	FormatPromtool Format = iota
	// FormatOpenMetrics can be read by promtool tsdb create-blocks-from openmetrics.
	// It has no place for native histograms and stale markers.
	FormatOpenMetrics
)

// Dumped is how much a dump wrote.
type Dumped struct {
	Series, Samples int64
	// LeftOut is samples for which the format has no place.
	LeftOut int64
	// Damage is what could not be read.
	Damage []error
}

// Dump writes the samples of the series that one of the sets of matchers selects,
// series by series in the order of labels; all of them where there is no set.
// Samples are read as they are written.
func Dump(ctx context.Context, w io.Writer, q promstorage.Querier, f Format, selectors [][]*labels.Matcher) (Dumped, error) {
	d := dumper{w: bufio.NewWriterSize(w, 64<<10), format: f}
	if len(selectors) == 0 {
		selectors = [][]*labels.Matcher{{labels.MustNewMatcher(labels.MatchRegexp, model.MetricNameLabel, ".*")}}
	}
	var sets []promstorage.SeriesSet
	for _, matchers := range selectors {
		sets = append(sets, q.Select(ctx, true, nil, matchers...))
	}
	set := sets[0]
	if len(sets) > 1 {
		set = promstorage.NewMergeSeriesSet(sets, 0, promstorage.ChainedSeriesMerge)
	}
	err := d.write(ctx, set)
	if err == nil && f == FormatOpenMetrics {
		_, err = d.w.WriteString("# EOF\n")
	}
	if err == nil {
		err = d.w.Flush()
	}
	if err != nil {
		return d.done, fmt.Errorf("dump: %w", err)
	}
	d.done.Damage = set.Warnings().AsErrors()
	return d.done, nil
}

type dumper struct {
	w      *bufio.Writer
	format Format
	line   []byte
	done   Dumped
}

func (d *dumper) write(ctx context.Context, set promstorage.SeriesSet) error {
	var it chunkenc.Iterator
	for set.Next() {
		if err := ctx.Err(); err != nil {
			return err
		}
		s := set.At()
		head := s.Labels().String()
		if d.format == FormatOpenMetrics {
			head = openMetricsName(s.Labels())
		}
		before := d.done.Samples
		it = s.Iterator(it)
		for kind := it.Next(); kind != chunkenc.ValNone; kind = it.Next() {
			if err := d.sample(head, it, kind); err != nil {
				return err
			}
		}
		if err := it.Err(); err != nil {
			return err
		}
		if d.done.Samples > before {
			d.done.Series++
		}
	}
	return set.Err()
}

func (d *dumper) sample(head string, it chunkenc.Iterator, kind chunkenc.ValueType) error {
	d.line = append(append(d.line[:0], head...), ' ')
	t := it.AtT()
	switch kind {
	case chunkenc.ValFloat:
		_, v := it.At()
		if d.format == FormatOpenMetrics && value.IsStaleNaN(v) {
			d.done.LeftOut++
			return nil
		}
		d.line = appendFloat(d.line, v)
	case chunkenc.ValHistogram, chunkenc.ValFloatHistogram:
		if d.format == FormatOpenMetrics {
			d.done.LeftOut++
			return nil
		}
		if kind == chunkenc.ValHistogram {
			_, h := it.AtHistogram(nil)
			d.line = append(d.line, h.String()...)
		} else {
			_, h := it.AtFloatHistogram(nil)
			d.line = append(d.line, h.String()...)
		}
	default:
		return fmt.Errorf("%s: sample of kind %s", head, kind)
	}
	d.line = append(d.line, ' ')
	if d.format == FormatOpenMetrics {
		d.line = appendSeconds(d.line, t)
	} else {
		d.line = strconv.AppendInt(d.line, t, 10)
	}
	d.done.Samples++
	_, err := d.w.Write(append(d.line, '\n'))
	return err
}

// appendFloat is fmt's %g.
func appendFloat(dst []byte, v float64) []byte { return fmt.Appendf(dst, "%g", v) }

// appendSeconds prints milliseconds as seconds, exactly.
func appendSeconds(dst []byte, t int64) []byte {
	seconds, millis := t/1000, t%1000
	if t < 0 {
		dst = append(dst, '-')
		seconds, millis = -seconds, -millis
	}
	return fmt.Appendf(strconv.AppendInt(dst, seconds, 10), ".%03d", millis)
}

// openMetricsName is the name and labels of a series as they stand on a line.
func openMetricsName(ls labels.Labels) string {
	var b []byte
	name := ls.Get(model.MetricNameLabel)
	quoted := !model.LegacyValidation.IsValidMetricName(name)
	if !quoted {
		b = append(b, name...)
	}
	b = append(b, '{')
	n := len(b)
	if quoted {
		b = strconv.AppendQuote(b, name)
	}
	ls.Range(func(l labels.Label) {
		if l.Name == model.MetricNameLabel {
			return
		}
		if len(b) > n {
			b = append(b, ',')
		}
		if model.LegacyValidation.IsValidLabelName(l.Name) {
			b = append(b, l.Name...)
		} else {
			b = strconv.AppendQuote(b, l.Name)
		}
		b = appendEscaped(append(b, '='), l.Value)
	})
	return string(append(b, '}'))
}

// appendEscaped quotes a label value as OpenMetrics does: of all bytes, only
// backslash, quote and line feed are escaped.
func appendEscaped(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for i := range len(s) {
		switch s[i] {
		case '\\', '"':
			dst = append(dst, '\\', s[i])
		case '\n':
			dst = append(dst, '\\', 'n')
		default:
			dst = append(dst, s[i])
		}
	}
	return append(dst, '"')
}
