package main

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"time"

	"monopod/bench/measure"
)

// writeReport writes the tables of all that was measured so far.
func writeReport(o options, h history, out string) error {
	var loads []loaded
	var answers []queried
	for _, name := range order {
		var l loaded
		switch err := readJSON(filepath.Join(o.dir, name, "load.json"), &l); {
		case err == nil:
			loads = append(loads, l)
		case !errors.Is(err, fs.ErrNotExist):
			return err
		}
		var q queried
		switch err := readJSON(filepath.Join(o.dir, name, "query.json"), &q); {
		case err == nil:
			answers = append(answers, q)
		case !errors.Is(err, fs.ErrNotExist):
			return err
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# History, %s\n\n`%s`\n\n%s\n\n", time.Now().Format(time.DateOnly), measure.Command("bench/history"), measure.Machine())
	if len(loads) > 0 {
		loadTable(&b, h, loads)
	}
	if len(answers) > 0 {
		queryTable(&b, answers)
	}
	if out == "" {
		_, err := os.Stdout.WriteString(b.String())
		return err
	}
	return os.WriteFile(out, []byte(b.String()), 0o644)
}

func loadTable(b *strings.Builder, h history, loads []loaded) {
	fmt.Fprintf(b, "%.1f h of %d series, %.1f M samples, by remote write 1.0 in the order of time; rows: written by the engine's own contract. "+
		"At rest: the whole directory when nothing changed any more. Best: Prometheus's snapshot, without log; VictoriaMetrics after a forced merge.\n\n",
		float64(h.Steps)*float64(h.Interval)/3.6e6, loads[0].Series, float64(loads[0].Samples)/1e6)
	b.WriteString("| | version | samples/s | CPU µs/sample | RSS peak MiB | written B/sample | at rest B/sample | best B/sample | missing | load |\n|---|---|---|---|---|---|---|---|---|---|\n")
	for _, l := range loads {
		n := float64(l.Samples)
		orDash := func(format string, v float64) string {
			if v == 0 {
				return "–"
			}
			return fmt.Sprintf(format, v)
		}
		fmt.Fprintf(b, "| %s | %s | %.0f k | %s | %s | %s | %.3f | %s | %d | %s |\n", l.Name, l.Version, n/l.Took.Seconds()/1000,
			orDash("%.2f", float64(l.CPU.Microseconds())/n), orDash("%.0f", float64(l.PeakRSS)/(1<<20)), orDash("%.2f", float64(l.Written)/n),
			float64(l.AtRest)/n, orDash("%.3f", float64(l.Best)/n), l.Missing, l.Load)
	}
	b.WriteString("\n")
}

func queryTable(b *strings.Builder, answers []queried) {
	b.WriteString("Median milliseconds, caches of results off.\n\n| query |")
	for _, q := range answers {
		fmt.Fprintf(b, " %s |", q.Name)
	}
	b.WriteString(" answer |\n|---|" + strings.Repeat("---|", len(answers)+1) + "\n")
	for i, one := range queries {
		length := ""
		if one.length > 0 && one.label == "" {
			length = fmt.Sprintf(" %.3g h", one.length.Hours())
		}
		if one.label != "" {
			fmt.Fprintf(b, "| %s |", one.label)
		} else {
			fmt.Fprintf(b, "| `%s`%s |", one.expr, length)
		}
		for _, q := range answers {
			fmt.Fprintf(b, " %.1f |", q.Answers[i].Millis)
		}
		fmt.Fprintf(b, " %s |\n", compareAnswers(answers, i))
	}
	b.WriteString("| restart until a query was answered |")
	for _, q := range answers {
		fmt.Fprintf(b, " %.0f |", q.Restart.Seconds()*1000)
	}
	b.WriteString(" |\n| RSS peak MiB |")
	for _, q := range answers {
		fmt.Fprintf(b, " %d |", q.PeakRSS>>20)
	}
	b.WriteString(" |\n| load of the machine |")
	for _, q := range answers {
		fmt.Fprintf(b, " %s |", q.Load)
	}
	b.WriteString(" |\n")
}

// compareAnswers says how large an answer is, and who gives another one than the
// first contender. VictoriaMetrics has other rules for what rate and staleness
// mean, so that it is left out.
func compareAnswers(answers []queried, i int) string {
	first := answers[0].Answers[i]
	out := fmt.Sprintf("%d × %d", first.Series, first.Points/max(1, first.Series))
	for _, q := range answers[1:] {
		a := q.Answers[i]
		if q.Name == "VictoriaMetrics" {
			continue
		}
		if a.Series != first.Series || a.Points != first.Points || math.Abs(a.Sum-first.Sum) > 1e-9*max(math.Abs(a.Sum), math.Abs(first.Sum)) {
			out += fmt.Sprintf("; %s differs: %d × %d", q.Name, a.Series, a.Points/max(1, a.Series))
		}
	}
	return out
}
