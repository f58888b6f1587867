package scrape

import (
	"fmt"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
)

// The series of the report. The last three are those of extra_scrape_metrics.
const (
	reportUp = iota
	reportDuration
	reportScraped
	reportKept
	reportAdded
	reportTimeout
	reportSampleLimit
	reportBodyBytes
	reportSeries // how many there are
)

func reportNames() [reportSeries]string {
	return [...]string{
		reportUp:          "up",
		reportDuration:    "scrape_duration_seconds",
		reportScraped:     "scrape_samples_scraped",
		reportKept:        "scrape_samples_post_metric_relabeling",
		reportAdded:       "scrape_series_added",
		reportTimeout:     "scrape_timeout_seconds",
		reportSampleLimit: "scrape_sample_limit",
		reportBodyBytes:   "scrape_body_size_bytes",
	}
}

// openReport opens the target's group and the columns of its report.
func (in *ingester) openReport() error {
	if len(in.rows.groups) > 0 {
		return nil
	}
	if err := in.rows.open(); err != nil {
		return err
	}
	for i, name := range reportNames() {
		if i >= reportTimeout && !in.rules.extraReport {
			break
		}
		if err := in.openReportColumn(i, name); err != nil {
			in.rows.release()
			in.rows.groups = nil
			return err
		}
	}
	return nil
}

func (in *ingester) openReportColumn(i int, name string) error {
	c, err := in.rows.column(0, labels.FromStrings(model.MetricNameLabel, name))
	if err != nil {
		return fmt.Errorf("report of the scrape: %w", err)
	}
	in.report[i] = c
	return nil
}

// setReport puts the report into the target's row. Where the target itself exposes
// a series of the report, its value stands.
func (p *pass) setReport(values *[reportSeries]float64) {
	own := &p.cells[0]
	own.room(p.in.rows.groups[0].columns)
	for i, v := range values {
		if i >= reportTimeout && !p.in.rules.extraReport {
			break
		}
		own.set(p.in.report[i], v)
	}
}
