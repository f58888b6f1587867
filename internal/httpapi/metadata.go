package httpapi

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/metadata"
)

func numberParam(r *http.Request, name string) (int, error) {
	s := r.FormValue(name)
	if s == "" {
		return -1, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0, fmt.Errorf("%s must be a number", name)
	}
	return n, nil
}

// describe visits the metadata of a target: of one metric, or of all.
func describe(t Target, metric string, visit func(Metadata)) {
	if t.Metadata == nil {
		return
	}
	if metric != "" {
		if m, ok := t.Metadata.GetMetadata(metric); ok {
			visit(m)
		}
		return
	}
	for _, m := range t.Metadata.ListMetadata() {
		visit(m)
	}
}

// targetMetadata answers what each target said about its metrics.
func (t *targets) targetMetadata(r *http.Request) result {
	limit, err := numberParam(r, "limit")
	if err != nil {
		return fail(errorBadData, err)
	}
	var matchers []*labels.Matcher
	if s := r.FormValue("match_target"); s != "" {
		if matchers, err = t.parser.ParseMetricSelector(s); err != nil {
			return badParameter("match_target", err)
		}
	}
	metric := r.FormValue("metric")
	return ok(func(j *jsonWriter) {
		n := 0
		j.beginArray()
		eachTarget(t.source.ActiveTargets(), "", func(_ string, x Target) {
			if limit >= 0 && n >= limit || !matches(x.Labels, matchers) {
				return
			}
			describe(x, metric, func(m Metadata) {
				n++
				j.beginObject()
				j.key("target")
				j.labels(x.Labels)
				if metric == "" && m.MetricFamily != "" {
					j.key("metric")
					j.str(m.MetricFamily)
				}
				j.key("type")
				j.str(string(m.Type))
				j.key("help")
				j.str(m.Help)
				j.key("unit")
				j.str(m.Unit)
				j.endObject()
				j.flushIfFull()
			})
		})
		j.endArray()
	})
}

func matches(ls labels.Labels, matchers []*labels.Matcher) bool {
	for _, m := range matchers {
		if !m.Matches(ls.Get(m.Name)) {
			return false
		}
	}
	return true
}

// metricMetadata answers, by metric, the different things that targets said.
func (t *targets) metricMetadata(r *http.Request) result {
	limit, err := numberParam(r, "limit")
	if err != nil {
		return fail(errorBadData, err)
	}
	perMetric, err := numberParam(r, "limit_per_metric")
	if err != nil {
		return fail(errorBadData, err)
	}
	byName := map[string][]metadata.Metadata{}
	eachTarget(t.source.ActiveTargets(), "", func(_ string, x Target) {
		describe(x, r.FormValue("metric"), func(m Metadata) {
			list := byName[m.MetricFamily]
			one := metadata.Metadata{Type: m.Type, Help: m.Help, Unit: m.Unit}
			if perMetric > 0 && len(list) >= perMetric || slices.Contains(list, one) {
				return
			}
			byName[m.MetricFamily] = append(list, one)
		})
	})
	names := slices.Sorted(maps.Keys(byName))
	if limit >= 0 && len(names) > limit {
		names = names[:limit]
	}
	return ok(func(j *jsonWriter) {
		j.beginObject()
		for _, name := range names {
			j.str(name)
			j.buf = append(j.buf, ':')
			j.beginArray()
			for _, m := range byName[name] {
				j.beginObject()
				j.key("type")
				j.str(string(m.Type))
				j.key("unit")
				j.str(m.Unit)
				j.key("help")
				j.str(m.Help)
				j.endObject()
			}
			j.endArray()
			j.flushIfFull()
		}
		j.endObject()
	})
}
