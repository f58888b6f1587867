package cli

import (
	"fmt"
	"io"
	"os"
	"time"

	"monopod/internal/tsdb/exchange"
)

// progressLine shows how far an import or export is: one line of a terminal that
// is written again, or a line now and then elsewhere.
type progressLine struct {
	w        io.Writer
	terminal bool
	shown    time.Time
	open     bool // a line stands that is to be written over
}

// lineInterval is between two lines where the output is no terminal.
const lineInterval = 10 * time.Second

func (p *program) newProgressLine() *progressLine {
	l := &progressLine{w: p.Err}
	if f, ok := p.Err.(*os.File); ok {
		if i, err := f.Stat(); err == nil {
			l.terminal = i.Mode()&os.ModeCharDevice != 0
		}
	}
	return l
}

func (l *progressLine) show(p exchange.Progress) {
	if l.terminal {
		fmt.Fprintf(l.w, "\r\x1b[K%s", progressText(p))
		l.open = true
		return
	}
	if p.Elapsed < lineInterval || time.Since(l.shown) < lineInterval {
		return
	}
	l.shown = time.Now()
	fmt.Fprintln(l.w, progressText(p))
}

func (l *progressLine) end() {
	if l.open {
		fmt.Fprint(l.w, "\r\x1b[K")
	}
}

// progressText is how far it is, how fast, and how long it will take.
func progressText(p exchange.Progress) string {
	s := fmt.Sprintf("%s: %s samples", p.Step, short(float64(p.Samples)))
	if p.Total > p.Samples {
		s += fmt.Sprintf(" of %s, %.0f%%", short(float64(p.Total)), 100*float64(p.Samples)/float64(p.Total))
	}
	s += fmt.Sprintf(", %s/s", short(p.Rate()))
	if left, ok := p.Left(); ok && p.Total > p.Samples {
		s += fmt.Sprintf(", %s left", left.Round(time.Second))
	}
	return s
}

// short prints a count with three digits or so.
func short(v float64) string {
	for _, unit := range []string{"", "k", "M", "G"} {
		if v < 1000 {
			if unit == "" {
				return fmt.Sprintf("%.0f", v)
			}
			return fmt.Sprintf("%.3g%s", v, unit)
		}
		v /= 1000
	}
	return fmt.Sprintf("%.3gT", v)
}
