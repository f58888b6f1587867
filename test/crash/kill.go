package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"monopod/test/process"
)

// killer runs the rounds.
type killer struct {
	o       options
	fleet   *fleet
	random  *rand.Rand
	dir     string
	began   int64 // milliseconds
	checked int64 // when the last check began

	slowest, starts, lives, reads time.Duration
	early, asked                  int // kills before the program was ready, and after SIGTERM
}

const (
	// blockDuration makes a block every other second, and so merges, checkpoints
	// and truncations for kills to fall into.
	blockDuration = "2s"
	// wholeEvery is the rounds after which everything is read again.
	wholeEvery = 500
	// patience bounds the wait for what must happen.
	patience = 60 * time.Second
)

func kills(ctx context.Context, o options, f *fleet) error {
	dir, err := os.MkdirTemp("", "monopod-crash-")
	if err != nil {
		return err
	}
	k := &killer{o: o, fleet: f, random: rand.New(rand.NewPCG(o.seed, o.seed)), dir: dir, began: time.Now().UnixMilli() - 1}
	k.checked = k.began
	if err := os.WriteFile(k.config(), f.config(), 0o644); err != nil {
		return err
	}
	fmt.Printf("kills: seed %d, %d rounds\n", o.seed, o.rounds)
	began, told := time.Now(), time.Now()
	round := 0
	for ; round < o.rounds && (o.within == 0 || time.Since(began) < o.within); round++ {
		if err := k.round(ctx, (round+1)%wholeEvery == 0, true); err != nil {
			return fmt.Errorf("round %d: %w; files in %s", round, err, dir)
		}
		if time.Since(told) > 10*time.Second {
			told = time.Now()
			fmt.Printf("kills: round %d of %d, %v\n", round+1, o.rounds, time.Since(began).Round(time.Second))
		}
	}
	if err := k.round(ctx, true, false); err != nil {
		return fmt.Errorf("after the last round: %w; files in %s", err, dir)
	}
	blocks, err := k.files()
	if err != nil {
		return err
	}
	k.tell(round, blocks, time.Since(began))
	return os.RemoveAll(dir)
}

// tell prints the line to quote.
func (k *killer) tell(rounds, blocks int, took time.Duration) {
	var t tally
	for _, s := range k.fleet.all() {
		s.tally(&t)
	}
	per := func(d time.Duration) time.Duration {
		return (d / time.Duration(max(rounds, 1))).Round(time.Millisecond)
	}
	fmt.Printf("kills: %d rounds in %v (seed %d), %d of them during the start and %d during the end; %d samples acknowledged, 0 lost, 0 doubled, 0 invented; %d of %d steps; %d scrapes failed; %d blocks at the end; slowest start until the first answer %v, on average %v (alive %v, read %v)\n",
		rounds, took.Round(time.Second), k.o.seed, k.early, k.asked, t.samples, t.acknowledged, t.steps, t.failed, blocks,
		k.slowest.Round(time.Millisecond), per(k.starts), per(k.lives), per(k.reads))
}

// files counts the blocks, and refuses what was taken for damage: a kill damages
// nothing.
func (k *killer) files() (blocks int, err error) {
	err = filepath.WalkDir(filepath.Join(k.dir, "data"), func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case strings.HasSuffix(path, ".bad"):
			return fmt.Errorf("%s: a kill was taken for damage", path)
		case d.IsDir() && filepath.Base(filepath.Dir(path)) == "blocks":
			blocks++
		}
		return nil
	})
	if err == nil && blocks == 0 && time.Since(time.UnixMilli(k.began)) > 20*time.Second {
		err = errors.New("no block was made: the kills do not reach that")
	}
	return blocks, err
}

func (k *killer) config() string { return filepath.Join(k.dir, "prometheus.yml") }

// round starts the program, checks what it has, lets it work and kills it.
func (k *killer) round(ctx context.Context, whole, work bool) error {
	k.fleet.born()
	addr, err := process.FreeAddress()
	if err != nil {
		return err
	}
	started := time.Now()
	p, err := process.Start(k.dir, "monopod", addr, k.o.monopod, "--config.file="+k.config(), "--web.listen-address="+addr,
		"--storage.tsdb.path="+filepath.Join(k.dir, "data"), "--storage.tsdb.min-block-duration="+blockDuration,
		"--scrape.discovery-reload-interval=5ms", "--web.enable-remote-write-receiver", "--log.level=warn")
	if err != nil {
		return err
	}
	defer p.Kill()
	if work && !whole && k.random.IntN(20) == 0 {
		k.early++
		time.Sleep(time.Duration(k.random.IntN(80)) * time.Millisecond)
		return nil
	}
	ready, cancel := context.WithTimeout(ctx, patience)
	err = p.WaitReady(ready, "/-/ready")
	cancel()
	if err != nil {
		return err
	}
	if err := k.check(ctx, p, whole, true); err != nil {
		return err
	}
	k.starts += time.Since(started)
	k.slowest = max(k.slowest, time.Since(started))
	if !work {
		return nil
	}
	defer func(from time.Time) { k.lives += time.Since(from) }(time.Now())
	return k.live(ctx, p)
}

// live lets the program work for a while, and kills it.
func (k *killer) live(ctx context.Context, p *process.Process) error {
	writing, stop := context.WithCancel(ctx)
	var senders sync.WaitGroup
	errs := make([]error, len(k.fleet.senders))
	for i, s := range k.fleet.senders {
		senders.Go(func() { errs[i] = k.fleet.write(writing, s, p.URL()) })
	}
	for_ := time.Duration(k.random.IntN(120)) * time.Millisecond
	if k.random.IntN(8) == 0 { // long enough for the upkeep of the store
		for_ = 200*time.Millisecond + time.Duration(k.random.IntN(500))*time.Millisecond
	}
	var err error
	select {
	case <-time.After(for_):
	case <-p.Exited():
		err = fmt.Errorf("the program ended by itself; its last lines:\n%s", p.Tail(20))
	}
	switch k.random.IntN(10) {
	case 0, 1: // what was answered counts, too
		if err == nil {
			err = k.check(ctx, p, false, false)
		}
	case 2:
		k.asked++
		if proc, ferr := os.FindProcess(p.PID()); ferr == nil {
			_ = proc.Signal(syscall.SIGTERM)
		}
		time.Sleep(time.Duration(k.random.IntN(40)) * time.Millisecond)
	}
	p.Kill()
	stop()
	senders.Wait()
	return errors.Join(append(errs, err)...)
}

// check reads what the program has, all of it or what is new, and holds it against
// the ledger.
func (k *killer) check(ctx context.Context, p *process.Process, whole, restarted bool) error {
	began := time.Now()
	from := k.checked - 2000
	if whole {
		from = k.began
	}
	from, to := max(from, k.began), began.UnixMilli()+1000
	r, err := read(ctx, p.URL(), from, to)
	if err != nil {
		return fmt.Errorf("%w; its last lines:\n%s", err, p.Tail(20))
	}
	for _, s := range k.fleet.all() {
		if err := s.check(r, from, to, restarted); err != nil {
			return err
		}
	}
	if restarted {
		k.checked = began.UnixMilli()
	}
	k.reads += time.Since(began)
	return nil
}
