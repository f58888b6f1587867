package cli

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/alecthomas/kingpin/v2"

	"monopod/internal/tsdb/inspect"
	"monopod/internal/vfs"
)

func (p *program) addTSDBRepair(parent *kingpin.CmdClause) {
	c := parent.Command("repair", "Take what is damaged out of a data directory, put it aside under names that end in .bad, and put back what can still be read of it. Nothing is deleted. The server must not run on it.")
	c.HelpLong(`  monopod tsdb repair --dry-run data/
  monopod tsdb repair data/`)
	dir := dataDir(c)
	dryRun := c.Flag("dry-run", "Tell what would be done and what is lost, and change nothing. Exit code 3 where something is damaged.").Bool()
	format := c.Flag("format", "Output format: text, json.").Short('o').Default("text").Enum("text", "json")
	p.on(c, func(ctx context.Context) error {
		return p.interruptible(ctx, func(ctx context.Context) error {
			done, err := inspect.Repair(ctx, inspect.RepairOptions{FS: vfs.OS(), Dir: *dir, DryRun: *dryRun})
			if done != nil && (err == nil || len(done.Steps) > 0) {
				if perr := p.printRepaired(done, *dir, *dryRun, *format); err == nil {
					err = perr
				}
			}
			if err == nil && *dryRun && len(done.Damage) > 0 {
				return reported(ExitDamaged)
			}
			return err
		})
	})
}

func (p *program) printRepaired(r *inspect.Repaired, dir string, dryRun bool, format string) error {
	if format == "json" {
		e := json.NewEncoder(p.Out)
		e.SetIndent("", "  ")
		return e.Encode(r)
	}
	out := &reportPrinter{w: p.Out}
	for _, d := range r.Damage {
		out.line("DAMAGED: %s", d)
	}
	would := ""
	if dryRun {
		would = "would be "
	}
	for _, s := range r.Steps {
		out.line("%s: %s%s", s.Path, would, s.Done)
		if s.Aside != "" {
			out.line("    what was there is kept: %s", s.Aside)
		}
	}
	for _, l := range r.Losses {
		out.line("LOST: %s: %s", l.Path, lossText(l))
	}
	switch {
	case len(r.Steps) == 0 && len(r.Damage) == 0:
		out.line("SUCCESS: %s is whole, there is nothing to repair", dir)
	case dryRun:
		out.line("Nothing was changed. To do it: monopod tsdb repair %s", dir)
	default:
		out.line("SUCCESS: %s is whole again; remove what ends in .bad when you do not need it any more", dir)
	}
	return out.err
}

// lossText tells what is lost, with a few of the series.
func lossText(l inspect.Loss) string {
	const shown = 10
	s := l.What
	if l.MinTime <= l.MaxTime {
		s += fmt.Sprintf(", from %s to %s", timeOf(l.MinTime), timeOf(l.MaxTime))
	}
	if n := len(l.Series); n > 0 {
		s += fmt.Sprintf(", of %d series", n)
		for i, ls := range l.Series {
			if i == shown {
				s += fmt.Sprintf("\n    and %d more: -o json has all", n-shown)
				break
			}
			s += "\n    " + ls.String()
		}
	}
	if l.Found > 0 {
		s += fmt.Sprintf("\n    but the log still had %d of these samples", l.Found)
	}
	return s
}
