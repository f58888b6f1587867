package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/alecthomas/kingpin/v2"

	"monopod/internal/tsdb/inspect"
	"monopod/internal/vfs"
)

func (p *program) addTSDB() {
	c := p.app.Command("tsdb", "Look into a data directory, check it and repair it.")
	p.addTSDBInspect(c)
	p.addTSDBCheck(c)
	p.addTSDBRepair(c)
	p.addTSDBDump(c)
}

// dataDir declares the argument that names a data directory.
func dataDir(c *kingpin.CmdClause) *string {
	return c.Arg("dir", "Data directory: what --storage.tsdb.path names.").Required().String()
}

// view opens a view of a data directory, for as long as use runs.
func view(dir string, use func(*inspect.View) error) error {
	v, err := inspect.OpenView(vfs.OS(), dir)
	if err != nil {
		return err
	}
	return errors.Join(use(v), v.Close())
}

func (p *program) addTSDBInspect(parent *kingpin.CmdClause) {
	c := parent.Command("inspect", "Show what a data directory holds: log, head files, blocks, compression, the largest metrics. The server may run on it.")
	c.HelpLong(`  monopod tsdb inspect data/
  monopod tsdb inspect --top=50 /prometheus
  monopod tsdb inspect -o json data/ | jq '.blocks[].stats'`)
	dir := dataDir(c)
	top := c.Flag("top", "How many metrics to show, those that take the most bytes first.").Default("20").Int()
	format := c.Flag("format", "Output format: text, json.").Short('o').Default("text").Enum("text", "json")
	p.on(c, func(ctx context.Context) error {
		return view(*dir, func(v *inspect.View) error {
			r, err := inspect.Inspect(ctx, v, *top)
			if err != nil {
				return err
			}
			if *format == "json" {
				e := json.NewEncoder(p.Out)
				e.SetIndent("", "  ")
				return e.Encode(r)
			}
			return printReport(p.Out, r, holder(*dir))
		})
	})
}

// holder names the process that has a data directory open, "" where none has. A
// lock file is there once the directory was used; it is not made here.
func holder(dir string) string {
	name := filepath.Join(dir, "lock")
	if _, err := os.Stat(name); err != nil {
		return ""
	}
	lock, err := vfs.OS().Lock(name)
	if err == nil {
		err = lock.Close()
	}
	if !errors.Is(err, vfs.ErrLocked) {
		return ""
	}
	if b, err := os.ReadFile(name); err == nil && len(b) > 0 {
		return "process " + strings.TrimSpace(string(b))
	}
	return "another process"
}

func (p *program) addTSDBCheck(parent *kingpin.CmdClause) {
	c := parent.Command("check", "Check every checksum of a data directory, and that everything decodes. Exit code 3 where something is damaged. The server may run on it.")
	c.HelpLong(`  monopod tsdb check data/
  monopod tsdb check -o json data/`)
	dir := dataDir(c)
	format := c.Flag("format", "Output format: text, json.").Short('o').Default("text").Enum("text", "json")
	p.on(c, func(ctx context.Context) error {
		return view(*dir, func(v *inspect.View) error {
			begin := time.Now()
			damage, done, err := inspect.Check(ctx, v)
			if err != nil {
				return err
			}
			if *format == "json" {
				if damage == nil {
					damage = []inspect.Damage{}
				}
				if err := json.NewEncoder(p.Out).Encode(damage); err != nil {
					return err
				}
			} else {
				for _, d := range damage {
					fmt.Fprintf(p.Out, "DAMAGED: %s\n", d)
				}
				fmt.Fprintf(p.Err, "Checked %s, %d chunks of the head, %d columns, %d samples of blocks in %s.\n",
					bytesOf(done.Bytes), done.Chunks, done.Columns, done.Samples, time.Since(begin).Round(time.Millisecond))
			}
			if len(damage) == 0 {
				if *format == "text" {
					fmt.Fprintf(p.Out, "SUCCESS: %s is whole\n", *dir)
				}
				return nil
			}
			fmt.Fprintf(p.Err, "%d places are damaged. Stop the server and run: monopod tsdb repair %s\n", len(damage), *dir)
			return reported(ExitDamaged)
		})
	})
}
