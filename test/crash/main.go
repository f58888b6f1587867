// Command crash takes the power of life over Monopod: it kills the program with
// SIGKILL while it scrapes, takes remote writes and makes blocks, again and again
// on one data directory, and holds what is there after each start against a
// ledger of what was sent. It also runs it on a disk that is really full.
//
// The nouns:
//
//   - A life is one process, from its start to its kill.
//   - A round is a life and the check of what the lives before it left.
//   - A step is one answer to one scrape, or one remote write: samples that are
//     stored together. It is acknowledged when Monopod said or showed that it has
//     it; open when it was under way at the kill, and may be there or not;
//     refused when Monopod said that nothing of it was stored.
//
// After each start every acknowledged step is there whole, no refused one is, and
// an open one is there whole or not at all; nothing is there that was never sent,
// nothing is there twice, and what was found once stays as it was.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	var o options
	flag.StringVar(&o.monopod, "monopod", "bin/monopod", "the program under test")
	flag.IntVar(&o.rounds, "rounds", 200, "how often it is killed")
	flag.Uint64Var(&o.seed, "seed", uint64(time.Now().UnixNano()), "of the moments and kinds of the kills")
	flag.DurationVar(&o.within, "within", 0, "end after this time, however many rounds that were; 0 is no limit")
	flag.BoolVar(&o.fullDisk, "full-disk", true, "fill a small disk first")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintf(os.Stderr, "crash: %v (repeat with -seed %d)\n", err, o.seed)
		os.Exit(1)
	}
}

// options are the flags.
type options struct {
	monopod  string
	rounds   int
	seed     uint64
	within   time.Duration
	fullDisk bool
}

// run starts the targets, then the two parts.
func run(ctx context.Context, o options) error {
	fleet, err := newFleet()
	if err != nil {
		return err
	}
	defer fleet.close()
	if o.fullDisk {
		full, err := newFleet()
		if err != nil {
			return err
		}
		defer full.close()
		if err := fullDisk(ctx, o.monopod, full); err != nil {
			return err
		}
	}
	return kills(ctx, o, fleet)
}
