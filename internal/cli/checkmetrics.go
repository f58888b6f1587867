package cli

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/alecthomas/kingpin/v2"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// maxExposition bounds what check metrics reads.
const maxExposition = 256 << 20

func (p *program) addCheckMetrics(parent *kingpin.CmdClause) {
	c := parent.Command("metrics", "Check metrics in the text format: that they can be read, and that they follow the conventions.")
	c.HelpLong(`  curl -s http://localhost:9100/metrics | monopod check metrics
  monopod check metrics http://localhost:9100/metrics
  monopod check metrics --extended --lint=none metrics.txt`)
	from := c.Arg("source", "File or URL. Default: standard input.").String()
	lint := c.Flag("lint", "Which lint to apply: all, promlint (what promtool applies), none.").Default("all").Enum("all", "promlint", "none")
	extended := c.Flag("extended", "Show how many series each metric has.").Bool()
	p.on(c, func(ctx context.Context) error {
		if *lint == "none" && !*extended {
			return usagef("nothing to do: leave --lint=none out, or add --extended")
		}
		text, err := p.exposition(ctx, *from)
		if err != nil {
			return err
		}
		families, err := parseExposition(text)
		if err != nil {
			return fmt.Errorf("reading the metrics: %w", err)
		}
		if *extended {
			if err := printCardinality(p.Out, families); err != nil {
				return err
			}
		}
		problems, err := lintMetrics(text, families, *lint)
		if err != nil {
			return fmt.Errorf("linting the metrics: %w", err)
		}
		for _, one := range problems {
			fmt.Fprintln(p.Err, one.Metric, one.Text)
		}
		if len(problems) > 0 {
			return reported(ExitLint)
		}
		return nil
	})
}

// exposition reads metrics from a URL, a file or standard input.
func (p *program) exposition(ctx context.Context, from string) ([]byte, error) {
	var r io.Reader = p.In
	switch {
	case strings.HasPrefix(from, "http://"), strings.HasPrefix(from, "https://"):
		ctx, cancel := context.WithTimeout(ctx, time.Minute)
		defer cancel()
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, from, http.NoBody)
		if err != nil {
			return nil, usagef("%q is not a URL: %w", from, err)
		}
		request.Header.Set("Accept", "text/plain;version=0.0.4")
		request.Header.Set("User-Agent", p.build.UserAgent())
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return nil, unreachable(err, from)
		}
		defer response.Body.Close()
		if response.StatusCode != http.StatusOK {
			return nil, fmt.Errorf("reading metrics: %s answers %s", from, response.Status)
		}
		r = response.Body
	case from != "" && from != "-":
		file, err := os.Open(from)
		if err != nil {
			return nil, fmt.Errorf("reading metrics: %w", err)
		}
		defer file.Close()
		r = file
	}
	text, err := io.ReadAll(io.LimitReader(r, maxExposition+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("reading metrics: %w", err)
	case len(text) > maxExposition:
		return nil, fmt.Errorf("reading metrics: there are more than %d bytes", maxExposition)
	case len(bytes.TrimSpace(text)) == 0:
		return nil, fmt.Errorf("reading metrics: there are none")
	}
	return text, nil
}

func parseExposition(text []byte) ([]*dto.MetricFamily, error) {
	parser := expfmt.NewTextParser(model.UTF8Validation)
	byName, err := parser.TextToMetricFamilies(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	families := make([]*dto.MetricFamily, 0, len(byName))
	for _, f := range byName {
		families = append(families, f)
	}
	slices.SortFunc(families, func(a, b *dto.MetricFamily) int { return strings.Compare(a.GetName(), b.GetName()) })
	return families, nil
}

func lintMetrics(text []byte, families []*dto.MetricFamily, lint string) ([]promlint.Problem, error) {
	if lint == "none" {
		return nil, nil
	}
	problems, err := promlint.New(bytes.NewReader(text)).Lint()
	if err != nil || lint == "promlint" {
		return problems, err
	}
	for _, f := range families {
		problems = append(problems, lintFamily(f)...)
	}
	slices.SortStableFunc(problems, func(a, b promlint.Problem) int { return strings.Compare(a.Metric, b.Metric) })
	return problems, nil
}

// seriesOf is how many series a metric is stored as.
func seriesOf(f *dto.MetricFamily) int {
	n := 0
	for _, m := range f.Metric {
		switch {
		case m.Histogram != nil:
			n += 2 + len(m.Histogram.Bucket)
		case m.Summary != nil:
			n += 2 + len(m.Summary.Quantile)
		default:
			n++
		}
	}
	return n
}

func printCardinality(out io.Writer, families []*dto.MetricFamily) error {
	total := 0
	for _, f := range families {
		total += seriesOf(f)
	}
	sorted := slices.Clone(families)
	slices.SortStableFunc(sorted, func(a, b *dto.MetricFamily) int { return cmp.Compare(seriesOf(b), seriesOf(a)) })

	w := tabwriter.NewWriter(out, 4, 4, 4, ' ', 0)
	fmt.Fprint(w, "Metric\tCardinality\tPercentage\t\n")
	for _, f := range sorted {
		fmt.Fprintf(w, "%s\t%d\t%.2f%%\t\n", f.GetName(), seriesOf(f), 100*float64(seriesOf(f))/float64(total))
	}
	fmt.Fprintf(w, "Total\t%d\t100%%\t\n", total)
	return w.Flush()
}
