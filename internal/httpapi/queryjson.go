package httpapi

import (
	"encoding/json"
	"strconv"

	"github.com/prometheus/prometheus/model/exemplar"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/util/stats"
)

// writeQueryResult writes {"resultType":…,"result":…} and, with s, "stats".
func writeQueryResult(j *jsonWriter, v parser.Value, s *stats.BuiltinStats) {
	j.beginObject()
	j.key("resultType")
	j.str(string(v.Type()))
	j.key("result")
	switch v := v.(type) {
	case promql.Matrix:
		j.beginArray()
		for i := range v {
			if j.err != nil {
				break // the client is gone
			}
			writeSeries(j, &v[i])
		}
		j.endArray()
	case promql.Vector:
		j.beginArray()
		for i := range v {
			writeSample(j, &v[i])
			j.flushIfFull()
		}
		j.endArray()
	case promql.Scalar:
		j.comma()
		j.buf = append(j.buf, '[')
		j.buf = appendTimestampFloat(j.buf, v.T)
		j.buf = append(j.buf, ',', '"')
		j.buf = strconv.AppendFloat(j.buf, v.V, 'f', -1, 64)
		j.buf = append(j.buf, '"', ']')
	case promql.String:
		j.comma()
		j.buf = append(j.buf, '[')
		j.buf = appendTimestampFloat(j.buf, v.T)
		j.buf = append(j.buf, ',')
		j.buf = appendString(j.buf, v.V, true)
		j.buf = append(j.buf, ']')
	default:
		j.null()
	}
	if s != nil {
		j.key("stats")
		writeStats(j, s)
	}
	j.endObject()
}

// appendTimestampFloat differs from appendSeconds in what lies beyond a float's
// precision; scalars and strings have always been written this way.
func appendTimestampFloat(b []byte, ms int64) []byte {
	out, err := json.Marshal(float64(ms) / 1000)
	if err != nil { // no int64 is NaN or infinite
		return appendSeconds(b, ms)
	}
	return append(b, out...)
}

// writeSeries writes {"metric":{…},"values":[[t,"v"],…],"histograms":[…]}.
func writeSeries(j *jsonWriter, s *promql.Series) {
	j.beginObject()
	j.key("metric")
	j.labels(s.Metric)
	if len(s.Floats) > 0 {
		j.key("values")
		j.beginArray()
		for i, p := range s.Floats {
			if i > 0 {
				j.buf = append(j.buf, ',')
			}
			j.buf = appendPoint(j.buf, p.T, p.F)
			j.flushIfFull()
		}
		j.endArray()
	}
	if len(s.Histograms) > 0 {
		j.key("histograms")
		j.beginArray()
		for i, p := range s.Histograms {
			if i > 0 {
				j.buf = append(j.buf, ',')
			}
			j.buf = appendHistogramPoint(j.buf, p.T, p.H)
			j.flushIfFull()
		}
		j.endArray()
	}
	j.endObject()
}

// writeSample writes {"metric":{…},"value":[t,"v"]}, or "histogram".
func writeSample(j *jsonWriter, s *promql.Sample) {
	j.beginObject()
	j.key("metric")
	j.labels(s.Metric)
	if s.H != nil {
		j.key("histogram")
		j.buf = appendHistogramPoint(j.buf, s.T, s.H)
	} else {
		j.key("value")
		j.buf = appendPoint(j.buf, s.T, s.F)
	}
	j.endObject()
}

func appendPoint(b []byte, t int64, v float64) []byte {
	b = append(b, '[')
	b = appendSeconds(b, t)
	b = append(b, ',')
	b = appendValue(b, v)
	return append(b, ']')
}

// appendValue writes a sample value: a string, because JSON has no NaN.
func appendValue(b []byte, v float64) []byte {
	b = append(b, '"')
	b = appendFloat(b, v)
	return append(b, '"')
}

func appendHistogramPoint(b []byte, t int64, h *histogram.FloatHistogram) []byte {
	b = append(b, '[')
	b = appendSeconds(b, t)
	b = append(b, ',')
	b = appendHistogram(b, h)
	return append(b, ']')
}

// appendHistogram writes count, sum and the buckets that are not empty, each as
// [ends, lower, upper, count]; ends tells which ends belong to the bucket: 0 the
// upper, 1 the lower, 2 none, 3 both.
func appendHistogram(b []byte, h *histogram.FloatHistogram) []byte {
	b = append(b, `{"count":`...)
	b = appendValue(b, h.Count)
	b = append(b, `,"sum":`...)
	b = appendValue(b, h.Sum)
	found := false
	for it := h.AllBucketIterator(); it.Next(); {
		bucket := it.At()
		if bucket.Count == 0 {
			continue
		}
		if found {
			b = append(b, ',')
		} else {
			b = append(b, `,"buckets":[`...)
			found = true
		}
		ends := byte('2')
		switch {
		case bucket.LowerInclusive && bucket.UpperInclusive:
			ends = '3'
		case bucket.LowerInclusive:
			ends = '1'
		case bucket.UpperInclusive:
			ends = '0'
		}
		b = append(b, '[', ends, ',')
		b = appendValue(b, bucket.Lower)
		b = append(b, ',')
		b = appendValue(b, bucket.Upper)
		b = append(b, ',')
		b = appendValue(b, bucket.Count)
		b = append(b, ']')
	}
	if found {
		b = append(b, ']')
	}
	return append(b, '}')
}

// writeExemplars writes, per series, its labels and exemplars.
func writeExemplars(j *jsonWriter, list []exemplar.QueryResult) {
	if list == nil {
		j.null()
		return
	}
	j.beginArray()
	for _, series := range list {
		j.beginObject()
		j.key("seriesLabels")
		j.labels(series.SeriesLabels)
		j.key("exemplars")
		j.beginArray()
		for _, e := range series.Exemplars {
			j.beginObject()
			j.key("labels")
			j.labels(e.Labels)
			j.key("value")
			j.buf = appendValue(j.buf, e.Value)
			j.key("timestamp")
			j.buf = appendSeconds(j.buf, e.Ts)
			j.endObject()
			j.flushIfFull()
		}
		j.endArray()
		j.endObject()
	}
	j.endArray()
}

func writeStats(j *jsonWriter, s *stats.BuiltinStats) {
	j.beginObject()
	j.key("timings")
	j.beginObject()
	for _, t := range []struct {
		name    string
		seconds float64
	}{
		{"evalTotalTime", s.Timings.EvalTotalTime},
		{"resultSortTime", s.Timings.ResultSortTime},
		{"queryPreparationTime", s.Timings.QueryPreparationTime},
		{"innerEvalTime", s.Timings.InnerEvalTime},
		{"execQueueTime", s.Timings.ExecQueueTime},
		{"execTotalTime", s.Timings.ExecTotalTime},
	} {
		j.key(t.name)
		j.float(t.seconds)
	}
	j.endObject()
	if n := s.Samples; n != nil {
		j.key("samples")
		j.beginObject()
		if len(n.TotalQueryableSamplesPerStep) > 0 {
			j.key("totalQueryableSamplesPerStep")
			j.beginArray()
			for _, p := range n.TotalQueryableSamplesPerStep {
				writeStep(j, p.T, p.V)
			}
			j.endArray()
		}
		j.key("totalQueryableSamples")
		j.int(n.TotalQueryableSamples)
		if len(n.SamplesReadPerStep) > 0 {
			j.key("samplesReadPerStep")
			j.beginArray()
			for _, p := range n.SamplesReadPerStep {
				writeStep(j, p.T, p.V)
			}
			j.endArray()
		}
		j.key("samplesRead")
		j.int(n.SamplesRead)
		j.key("peakSamples")
		j.int(int64(n.PeakSamples))
		j.endObject()
	}
	j.endObject()
}

func writeStep(j *jsonWriter, t, count int64) {
	j.comma()
	j.buf = append(j.buf, '[')
	j.buf = appendTimestampFloat(j.buf, t)
	j.buf = append(j.buf, ',')
	j.buf = strconv.AppendInt(j.buf, count, 10)
	j.buf = append(j.buf, ']')
	j.flushIfFull()
}
