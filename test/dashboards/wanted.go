package main

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// metric is what the queries say of one: its labels with the values that they
// name, which of them variables select, too, and whether it only grows.
type metric struct {
	labels   map[string]map[string]bool
	variable map[string]bool
	counter  bool
}

// wanted holds the metrics of all queries by name.
type wanted map[string]*metric

var grown = map[string]bool{"rate": true, "irate": true, "increase": true, "resets": true}

func (w wanted) add(q query) error {
	if q.expr == "" || !strings.ContainsAny(q.expr, "_:({") && !strings.HasPrefix(q.expr, "up") {
		return nil // a variable's list of values, a name of a data source
	}
	expr, err := parser.NewParser(parser.Options{EnableExperimentalFunctions: true}).ParseExpr(q.expr)
	if err != nil {
		return fmt.Errorf("%.80q: %w", q.expr, err)
	}
	parser.Inspect(expr, func(node parser.Node, path []parser.Node) error {
		selector, ok := node.(*parser.VectorSelector)
		if !ok {
			return nil
		}
		name := selector.Name
		for _, m := range selector.LabelMatchers {
			if m.Name == model.MetricNameLabel && name == "" {
				name = fits(m)
			}
		}
		if name == "" || strings.Contains(name, placeOfAValue) {
			return nil
		}
		m := w[name]
		if m == nil {
			m = &metric{labels: map[string]map[string]bool{}, variable: map[string]bool{}}
			w[name] = m
		}
		for _, l := range q.labels {
			m.label(l, "")
			m.variable[l] = true
		}
		for _, l := range selector.LabelMatchers {
			if l.Name != model.MetricNameLabel {
				m.label(l.Name, fits(l))
				m.variable[l.Name] = m.variable[l.Name] || strings.Contains(l.Value, placeOfAValue)
			}
		}
		for _, above := range path {
			switch above := above.(type) {
			case *parser.Call:
				m.counter = m.counter || grown[above.Func.Name]
				if above.Func.Name == "histogram_quantile" {
					m.label("le", "")
				}
			case *parser.AggregateExpr:
				if !above.Without {
					for _, l := range above.Grouping {
						m.label(l, "")
					}
				}
			case *parser.BinaryExpr:
				if v := above.VectorMatching; v != nil && v.On {
					for _, l := range append(slices.Clone(v.MatchingLabels), v.Include...) {
						m.label(l, "")
					}
				}
			}
		}
		return nil
	})
	return nil
}

func (m *metric) label(name, value string) {
	if m.labels[name] == nil {
		m.labels[name] = map[string]bool{}
	}
	if value != "" {
		m.labels[name][value] = true
	}
}

var (
	anything = regexp.MustCompile(`\.[*+]`)
	aClass   = regexp.MustCompile(`\[[^\]]*\][+*?]?`)
	signs    = regexp.MustCompile(`[\^$()?\\]`)
)

// fits returns a value that the matcher takes, or nothing where any will do.
func fits(m *labels.Matcher) string {
	if strings.Contains(m.Value, placeOfAValue) {
		return ""
	}
	switch m.Type {
	case labels.MatchEqual:
		return m.Value
	case labels.MatchRegexp:
		for _, part := range strings.Split(m.Value, "|") {
			value := signs.ReplaceAllString(aClass.ReplaceAllString(anything.ReplaceAllString(part, "x"), "7"), "")
			if value != "" && m.Matches(value) {
				return value
			}
		}
	}
	return ""
}

// entities is how many things of each kind there are. Labels without a value in
// any query number them, so that what joins by such labels meets.
const entities = 3

type series struct {
	name    string
	labels  string
	counter bool
	entity  int
	bucket  float64 // share of the observations, for histograms
}

var bounds = []string{"0.005", "0.05", "0.5", "1", "5", "+Inf"}

// series makes for each metric one for each entity and each combination of the
// values that queries name.
func (w wanted) series() (all []series) {
	for _, name := range slices.Sorted(maps.Keys(w)) {
		m := w[name]
		m.counter = m.counter || strings.HasSuffix(name, "_total") || strings.HasSuffix(name, "_bucket")
		if strings.HasSuffix(name, "_bucket") {
			m.label("le", "")
			delete(m.labels, "le")
			m.labels["le"] = map[string]bool{}
			for _, b := range bounds {
				m.labels["le"][b] = true
			}
		} else {
			delete(m.labels, "le")
		}
		m.label("instance", "")
		m.label("job", "")
		for entity := range entities {
			all = append(all, m.expand(name, entity)...)
		}
	}
	return all
}

func (m *metric) expand(name string, entity int) []series {
	out := []series{{name: name, counter: m.counter, entity: entity, bucket: 1}}
	for _, label := range slices.Sorted(maps.Keys(m.labels)) {
		values := slices.Sorted(maps.Keys(m.labels[label]))
		// What one dashboard selects by name, another may select by a variable. A single
		// name is one of the entities, so that joins meet one series.
		own := numbered(label, entity)
		switch {
		case len(values) == 0:
			values = []string{own}
		case label == "le" || !m.variable[label]:
		case label == "job" || len(values) > 1:
			values = append([]string{own}, values...)
		case entity < entities-1:
			values = []string{own}
		}
		// More combinations than these say nothing new.
		if len(out)*len(values) > 48 {
			values = values[:min(2, len(values))]
		}
		var next []series
		for _, s := range out {
			for i, value := range values {
				n := s
				n.labels += "," + label + "=" + strconv.Quote(value)
				if label == "le" {
					n.bucket = float64(slices.Index(bounds, value)+1) / float64(len(bounds))
				} else {
					n.entity += i
				}
				next = append(next, n)
			}
		}
		out = next
	}
	return out
}

func numbered(label string, entity int) string {
	switch label {
	case "job":
		return "demo"
	case "instance":
		return "node-" + strconv.Itoa(entity) + ":9100"
	case "namespace", "kubernetes_namespace", "exported_namespace":
		return []string{"default", "kube-system", "shop"}[entity%3]
	case "cluster":
		return "one"
	}
	return strings.Trim(label, "_") + "-" + strconv.Itoa(entity)
}
