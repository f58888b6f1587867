package cli

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"monopod/internal/tsdb/inspect"
)

// printReport prints what a data directory holds.
func printReport(w io.Writer, r *inspect.Report, holder string) error {
	p := &reportPrinter{w: w}
	p.line("Directory  %s", r.Dir)
	if holder != "" {
		p.line("In use by  %s; shown is one moment", holder)
	}
	if r.MinTime <= r.MaxTime {
		p.line("Time       %s to %s (%s)", timeOf(r.MinTime), timeOf(r.MaxTime), time.Duration(r.MaxTime-r.MinTime)*time.Millisecond)
	}
	p.line("Series     %d, of %d groups and %d metrics", r.Series, r.Groups, r.Metrics)
	p.line("Samples    %d in head files and blocks; the log has %d rows", r.Samples, r.Log.Rows)
	p.parts(r)
	p.log(r)
	p.head(r)
	p.blocks(r)
	p.encodings(r)
	p.top(r)
	for _, a := range r.Aside {
		p.line("\nPut aside earlier: %s", a)
	}
	for _, d := range r.Damage {
		p.line("\nDAMAGED: %s", d)
	}
	return p.err
}

// reportPrinter keeps the first error.
type reportPrinter struct {
	w   io.Writer
	err error
}

func (p *reportPrinter) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", args...)
	}
}

func (p *reportPrinter) table(title string, heads []string, rows [][]string) {
	if len(rows) == 0 || p.err != nil {
		return
	}
	p.line("\n%s", title)
	t := tabwriter.NewWriter(p.w, 0, 0, 2, ' ', 0)
	for _, r := range append([][]string{heads}, rows...) {
		if _, err := fmt.Fprintf(t, "  %s\n", strings.Join(r, "\t")); err != nil {
			p.err = err
		}
	}
	if err := t.Flush(); p.err == nil {
		p.err = err
	}
}

func (p *reportPrinter) parts(r *inspect.Report) {
	var rows [][]string
	total := int64(0)
	blocks := inspect.Part{Name: "blocks"}
	for _, x := range r.Parts {
		total += x.Bytes
		if strings.HasPrefix(x.Name, "blocks: ") {
			blocks.Files += x.Files
			blocks.Bytes += x.Bytes
			continue
		}
		rows = append(rows, []string{x.Name, fmt.Sprint(x.Files), bytesOf(x.Bytes)})
	}
	if blocks.Files > 0 {
		rows = append(rows, []string{blocks.Name, fmt.Sprint(blocks.Files), bytesOf(blocks.Bytes)})
	}
	rows = append(rows, []string{"all", "", bytesOf(total)})
	p.table("Parts", []string{"part", "files", "size"}, rows)
}

func (p *reportPrinter) log(r *inspect.Report) {
	row := func(name string, l inspect.LogReport) []string {
		return []string{name, fmt.Sprint(l.Segments), bytesOf(l.Bytes), fmt.Sprint(l.Definitions), fmt.Sprint(l.Rows), fmt.Sprint(l.Samples), fmt.Sprint(l.Exemplars)}
	}
	p.table("Logs, by records", []string{"log", "segments", "size", "definitions", "rows", "samples", "exemplars"},
		[][]string{row("write-ahead log", r.Log), row("catalog", r.Catalog)})
}

func (p *reportPrinter) head(r *inspect.Report) {
	var rows [][]string
	for _, h := range r.Head {
		from, to := "", ""
		if h.Chunks > 0 {
			from, to = timeOf(h.MinTime), timeOf(h.MaxTime)
		}
		rows = append(rows, []string{h.Name, from, to, fmt.Sprint(h.Groups), fmt.Sprint(h.Chunks), fmt.Sprint(h.Rows), fmt.Sprint(h.Samples), bytesOf(h.Bytes), perSample(h.Bytes, h.Samples)})
	}
	p.table("Head files", []string{"file", "from", "to", "groups", "chunks", "rows", "samples", "size", "bytes/sample"}, rows)
}

func (p *reportPrinter) blocks(r *inspect.Report) {
	var rows [][]string
	for _, b := range r.Blocks {
		size := b.DataBytes + b.IndexBytes
		rows = append(rows, []string{b.ULID.String(), timeOf(b.MinTime), timeOf(b.MaxTime), b.Origin.By, fmt.Sprint(b.Stats.Series), fmt.Sprint(b.Stats.Groups), fmt.Sprint(b.Stats.Metrics), fmt.Sprint(b.Stats.Samples), bytesOf(b.DataBytes), bytesOf(b.IndexBytes), perSample(size, int64(b.Stats.Samples))})
	}
	p.table("Blocks", []string{"block", "from", "to", "by", "series", "groups", "metrics", "samples", "data", "index", "bytes/sample"}, rows)
}

func (p *reportPrinter) encodings(r *inspect.Report) {
	var rows [][]string
	for _, e := range r.Encodings {
		rows = append(rows, []string{e.Name, fmt.Sprint(e.Columns), fmt.Sprint(e.Samples), bytesOf(e.Bytes), perSample(e.Bytes, e.Samples)})
	}
	p.table("Encodings, of columns over the rows of a chunk or segment", []string{"encoding", "columns", "samples", "size", "bytes/sample"}, rows)
}

func (p *reportPrinter) top(r *inspect.Report) {
	var rows [][]string
	for _, m := range r.Top {
		rows = append(rows, []string{m.Name, fmt.Sprint(m.Series), fmt.Sprint(m.Samples), bytesOf(m.Bytes), perSample(m.Bytes, m.Samples)})
	}
	p.table("Largest metrics, without timestamps and indexes", []string{"metric", "series", "samples", "size", "bytes/sample"}, rows)
}

// timeOf prints milliseconds since 1970.
func timeOf(t int64) string { return time.UnixMilli(t).UTC().Format("2006-01-02T15:04:05.000Z") }

func perSample(bytes, samples int64) string {
	if samples == 0 {
		return ""
	}
	return fmt.Sprintf("%.2f", float64(bytes)/float64(samples))
}

// bytesOf prints a number of bytes with 1 KiB = 1024 B.
func bytesOf(n int64) string {
	v, units := float64(n), []string{"KiB", "MiB", "GiB", "TiB", "PiB"}
	if n < 1024 {
		return fmt.Sprintf("%d B", n)
	}
	i := -1
	for ; v >= 1024 && i < len(units)-1; i++ {
		v /= 1024
	}
	return fmt.Sprintf("%.1f %s", v, units[i])
}
