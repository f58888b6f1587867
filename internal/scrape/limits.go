package scrape

import (
	"fmt"
	"math"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
)

const (
	// maxAhead is how far in the future a sample may lie.
	maxAhead = 10 * time.Minute
	// maxKey bounds the bytes of a line up to its value, since labels cannot hold
	// strings of 16 MiB or more.
	maxKey = 1<<24 - 1
	// largestBody is taken where neither body_size_limit nor the options say.
	largestBody = 256 << 20
	// maxBody is the most that body_size_limit can allow: offsets into a body and
	// what is remembered of it are 32 bits wide.
	maxBody = 1 << 30
)

// limits are those of a scrape configuration; zero means none.
type limits struct {
	samples, buckets                    int
	labels, labelName, labelValue       int
	maxSchema                           int32
	labelsChecked, nameOrValueIsChecked bool
}

func limitsOf(cfg *config.ScrapeConfig) limits {
	l := limits{
		samples:    int(cfg.SampleLimit),
		buckets:    int(cfg.NativeHistogramBucketLimit),
		labels:     int(cfg.LabelLimit),
		labelName:  int(cfg.LabelNameLengthLimit),
		labelValue: int(cfg.LabelValueLengthLimit),
		maxSchema:  schemaOf(cfg.NativeHistogramMinBucketFactor),
	}
	l.nameOrValueIsChecked = l.labelName > 0 || l.labelValue > 0
	l.labelsChecked = l.labels > 0 || l.nameOrValueIsChecked
	return l
}

// schemaOf is the finest schema whose buckets grow by at least factor.
func schemaOf(factor float64) int32 {
	if factor <= 1 {
		return histogram.ExponentialSchemaMax
	}
	schema := math.Floor(-math.Log2(math.Log2(factor)))
	return int32(min(max(schema, float64(histogram.ExponentialSchemaMin)), float64(histogram.ExponentialSchemaMax)))
}

// checkLabels holds a series against the label limits.
func (l *limits) checkLabels(series labels.Labels) error {
	if !l.labelsChecked {
		return nil
	}
	name := series.Get(model.MetricNameLabel)
	refuse := func(hint, format string, args ...any) error {
		return &Error{Kind: KindLabelLimit, Err: fmt.Errorf("%w: "+format, append([]any{ErrLabelLimit}, args...)...), Hint: hint}
	}
	if n := series.Len(); l.labels > 0 && n > l.labels {
		return refuse("drop labels with metric_relabel_configs, or raise label_limit",
			"label_limit exceeded (metric: %.50s, number of labels: %d, limit: %d)", name, n, l.labels)
	}
	if !l.nameOrValueIsChecked {
		return nil
	}
	return series.Validate(func(lb labels.Label) error {
		if n := len(lb.Name); l.labelName > 0 && n > l.labelName {
			return refuse("rename the label, or raise label_name_length_limit",
				"label_name_length_limit exceeded (metric: %.50s, label name: %.50s, length: %d, limit: %d)", name, lb.Name, n, l.labelName)
		}
		if n := len(lb.Value); l.labelValue > 0 && n > l.labelValue {
			return refuse("shorten the value with metric_relabel_configs, or raise label_value_length_limit",
				"label_value_length_limit exceeded (metric: %.50s, label name: %.50s, value: %.50q, length: %d, limit: %d)", name, lb.Name, lb.Value, n, l.labelValue)
		}
		return nil
	})
}

// reduce lowers the resolution of a native histogram to what the limits allow.
// One of h and fh is set.
func (l *limits) reduce(h *histogram.Histogram, fh *histogram.FloatHistogram) error {
	if h != nil {
		return reduceHistogram(l, h.Schema, func() int { return len(h.PositiveBuckets) + len(h.NegativeBuckets) }, h.ReduceResolution)
	}
	return reduceHistogram(l, fh.Schema, func() int { return len(fh.PositiveBuckets) + len(fh.NegativeBuckets) }, fh.ReduceResolution)
}

func reduceHistogram(l *limits, schema int32, buckets func() int, to func(int32) error) error {
	if l.maxSchema < histogram.ExponentialSchemaMax && histogram.IsExponentialSchemaReserved(schema) && schema > l.maxSchema {
		if err := to(l.maxSchema); err != nil {
			return err
		}
		schema = l.maxSchema
	}
	if l.buckets == 0 {
		return nil
	}
	for buckets() > l.buckets {
		if !histogram.IsExponentialSchema(schema) || schema <= histogram.ExponentialSchemaMin {
			return ErrBucketLimit
		}
		schema--
		if err := to(schema); err != nil {
			return err
		}
	}
	return nil
}

func sampleLimitError(limit int) error {
	return &Error{Kind: KindSampleLimit, Err: fmt.Errorf("%w (limit: %d)", ErrSampleLimit, limit),
		Hint: "drop series with metric_relabel_configs, or raise sample_limit"}
}

func bucketLimitError(limit int) error {
	return &Error{Kind: KindBucketLimit, Err: fmt.Errorf("%w (limit: %d)", ErrBucketLimit, limit),
		Hint: "raise native_histogram_bucket_limit, or let the target use coarser buckets"}
}
