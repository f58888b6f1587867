package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/alecthomas/kingpin/v2"

	"monopod/internal/tsdb/exchange"
	"monopod/internal/vfs"
)

func (p *program) addImport() {
	c := p.app.Command("import", "Bring data in.")
	p.addImportPrometheus(c)
}

func (p *program) addImportPrometheus(parent *kingpin.CmdClause) {
	c := parent.Command("prometheus", "Copy a Prometheus data directory, blocks and head, into a data directory of Monopod, without loss. The Monopod of that directory must not run; Prometheus may. What was ended goes on when it is started again.")
	c.HelpLong(`  monopod import prometheus /prometheus --storage.tsdb.path=data/
  monopod import prometheus /var/lib/prometheus/metrics2 --storage.tsdb.path=/var/lib/monopod`)
	dir := c.Arg("dir", "Prometheus's data directory: what its --storage.tsdb.path names.").Required().String()
	to := c.Flag("storage.tsdb.path", "Monopod's data directory, made where it does not exist.").Default("data/").String()
	p.on(c, func(ctx context.Context) error {
		return p.interruptible(ctx, func(ctx context.Context) error {
			line := p.newProgressLine()
			done, err := exchange.Import(ctx, exchange.ImportOptions{
				Source: *dir, FS: vfs.OS(), Dir: *to, Progress: line.show,
				Logger: slog.New(slog.NewTextHandler(p.Err, &slog.HandlerOptions{Level: slog.LevelError})),
			})
			line.end()
			if err != nil {
				return err
			}
			return p.printImported(done)
		})
	})
}

func (p *program) printImported(d exchange.Imported) error {
	if d.Slices == 0 && d.Exemplars == 0 {
		fmt.Fprintf(p.Out, "Nothing new: %d blocks and the head were imported before.\n", d.Skipped)
		return nil
	}
	fmt.Fprintf(p.Out, "Imported %d samples from %d blocks and the head as %d blocks of %s", d.Samples, d.Blocks, d.Slices, bytesOf(d.Bytes))
	if d.Samples > 0 {
		fmt.Fprintf(p.Out, ", %.2f bytes a sample", float64(d.Bytes)/float64(d.Samples))
	}
	fmt.Fprintln(p.Out, ".")
	if d.Exemplars > 0 {
		fmt.Fprintf(p.Out, "%d exemplars: the server keeps them with --enable-feature=exemplar-storage.\n", d.Exemplars)
	}
	if d.Skipped > 0 {
		fmt.Fprintf(p.Out, "%d blocks were imported before.\n", d.Skipped)
	}
	if d.StartTimes > 0 {
		fmt.Fprintf(p.Err, "%d samples have a start timestamp, which Monopod does not keep.\n", d.StartTimes)
	}
	if d.LogDamaged {
		fmt.Fprintln(p.Err, "Prometheus's log ends in damage; what Prometheus itself would read of it was imported.")
	}
	if age := time.Since(time.UnixMilli(d.MinTime)); age > defaultRetention {
		fmt.Fprintf(p.Err, "The oldest sample is of %s. The server deletes what is older than its retention: start it with --storage.tsdb.retention.time=%dd or more to keep all.\n", timeOf(d.MinTime), int(age.Hours()/24)+1)
	}
	return nil
}

// interruptible runs what may be ended by SIGINT and SIGTERM, and goes on when it
// is started again.
func (p *program) interruptible(ctx context.Context, run func(context.Context) error) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx)
	if err != nil && ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return &exitError{ExitSignals, errors.New("interrupted: what was done is kept, and the same command goes on from there")}
	}
	return err
}
