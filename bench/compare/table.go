package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"monopod/bench/measure"
)

// columns are the figures as the table shows them.
var columns = []struct {
	title  string
	figure int
	format string
}{
	{"series", series, "%.0f"},
	{"CPU µs/sample", cpuPerSample, "%.2f"},
	{"RSS B/series", rssPerSeries, "%.0f"},
	{"peak B/series", peakPerSeries, "%.0f"},
	{"peak MiB", peak, "%.0f"},
	{"written B/sample", writtenPerSample, "%.2f"},
	{"at rest B/sample", restPerSample, "%.2f"},
	{"missed", missed, "%.0f"},
	{"late", late, "%.0f"},
	{"stop s", stopped, "%.2f"},
	{"restart s", restart, "%.2f"},
	{"restart after kill s", recovery, "%.2f"},
	{"load", load, "%.1f"},
}

// of is a figure of all runs.
func (t *trial) of(figure int) []float64 {
	var out []float64
	for _, r := range t.results {
		out = append(out, r[figure])
	}
	return out
}

func (t *trial) median(figure int) float64 { return measure.Median(t.of(figure)) }

func table(o options, trials []*trial, command string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Scraping, %s\n\n`%s`\n\n%s; interval %v, %v warm, %v measured, %d runs", time.Now().Format(time.DateOnly), command,
		measure.Machine(), o.fleet.Interval, o.warm, o.measure, o.runs)
	if o.runs > 1 {
		b.WriteString(": medians, least and most in parentheses")
	}
	b.WriteString(".\n\n")
	seen := map[string]bool{}
	for _, t := range trials {
		if !seen[t.contender.Name] {
			seen[t.contender.Name] = true
			fmt.Fprintf(&b, "%s %s. ", t.contender.Name, measure.Version(t.contender.Program))
		}
	}
	// A row for each figure: there are more figures than programs.
	b.WriteString("\n\n| |")
	for _, t := range trials {
		fmt.Fprintf(&b, " %s |", t.label)
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", len(trials)) + "\n")
	for _, c := range columns {
		fmt.Fprintf(&b, "| %s |", c.title)
		for _, t := range trials {
			values := t.of(c.figure)
			fmt.Fprintf(&b, " "+c.format, measure.Median(values))
			least, most := fmt.Sprintf(c.format, slices.Min(values)), fmt.Sprintf(c.format, slices.Max(values))
			if least != most {
				fmt.Fprintf(&b, " (%s–%s)", least, most)
			}
			b.WriteString(" |")
		}
		b.WriteString("\n")
	}
	b.WriteString("\n")
	ratios(&b, trials)
	return b.String()
}

// ratios says what the others need of what Monopod needs, and what churn costs.
func ratios(b *strings.Builder, trials []*trial) {
	for _, base := range trials {
		for _, t := range trials {
			switch {
			case base.contender.Name == "Monopod" && base.churn == 0 && t.churn == 0 && t != base:
				fmt.Fprintf(b, "- %s needs %.1f times the CPU and %.1f times the memory of Monopod, and writes %.1f times the bytes.\n", t.label,
					t.median(cpuPerSample)/base.median(cpuPerSample), t.median(rssPerSeries)/base.median(rssPerSeries), t.median(writtenPerSample)/base.median(writtenPerSample))
			case base.churn == 0 && t.churn > 0 && t.contender.Name == base.contender.Name:
				fmt.Fprintf(b, "- With %g%% of the targets replaced each minute %s needs %+.0f%% CPU per sample.\n", 100*t.churn, t.contender.Name,
					100*(t.median(cpuPerSample)/base.median(cpuPerSample)-1))
			}
		}
	}
}
