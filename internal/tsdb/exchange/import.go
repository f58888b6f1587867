package exchange

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"
	promtsdb "github.com/prometheus/prometheus/tsdb"

	"monopod/internal/tsdb/block"
	"monopod/internal/tsdb/cache"
	"monopod/internal/vfs"
)

// ImportOptions tell what is imported, and into what.
type ImportOptions struct {
	// Source is Prometheus's data directory, on the machine's file system.
	Source string
	// FS and Dir are the store, which no process may have open. It is made where it
	// is absent.
	FS     vfs.FS
	Dir    string
	Logger *slog.Logger
	// Scratch is a directory that is made, and removed at the end. Default:
	// import.tmp in the store.
	Scratch string
	// MaxTimestamps bounds the timestamps that are held at once, of 8 bytes each.
	// Default 8 Mi: 4,000 targets, scraped every 15 s, over 8 hours.
	MaxTimestamps int
	// Progress hears how far it is, now and then. It may be nil.
	Progress func(Progress)
}

// Imported is what an import did.
type Imported struct {
	// Blocks is the source's, Slices the blocks that were made of them and the head.
	Blocks, Slices int
	Samples        int64
	Bytes          int64
	Exemplars      int
	// Skipped is the blocks that an earlier import did.
	Skipped int
	// MinTime and MaxTime are of all of the source, in milliseconds.
	MinTime, MaxTime int64
	// StartTimes is how many samples had a start timestamp, which is not kept.
	StartTimes int64
	// LogDamaged tells that Prometheus's log was damaged: what Prometheus itself
	// would not read is left out.
	LogDamaged bool
}

// importer is an import under way.
type importer struct {
	o      ImportOptions
	logger *slog.Logger
	ledger *ledger
	shared *block.Shared
	meter  *meter
	done   Imported
	// present is the blocks of the store, and those that they stand for.
	present map[ulid.ULID]bool
}

// Import copies what a Prometheus data directory holds into a store. It may be
// ended at any point, and goes on when it is called again: what it has made stays,
// and is whole. A source that Prometheus has open is read as it stands.
func Import(ctx context.Context, o ImportOptions) (Imported, error) {
	x := importer{o: o, logger: o.Logger, present: map[ulid.ULID]bool{}, done: Imported{MinTime: math.MaxInt64, MaxTime: math.MinInt64}}
	if x.logger == nil {
		x.logger = slog.New(slog.DiscardHandler)
	}
	if x.o.MaxTimestamps <= 0 {
		x.o.MaxTimestamps = 8 << 20
	}
	if x.o.Scratch == "" {
		x.o.Scratch = filepath.Join(o.Dir, "import.tmp")
	}
	if err := x.run(ctx); err != nil {
		return x.done, fmt.Errorf("import %s into %s: %w", o.Source, o.Dir, err)
	}
	return x.done, nil
}

func (x *importer) run(ctx context.Context) (err error) {
	s, err := readSource(ctx, x.o.Source)
	if err != nil {
		return err
	}
	lock, err := x.open(s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, x.close(lock)) }()
	x.meter = newMeter(x.o.Progress)
	for _, m := range s.blocks {
		if !x.ledger.has(m.ULID, m.Compaction.Sources) {
			x.meter.total(int64(m.Stats.NumSamples))
		}
	}
	for _, m := range s.blocks {
		x.done.MinTime, x.done.MaxTime = min(x.done.MinTime, m.MinTime), max(x.done.MaxTime, m.MaxTime-1)
		if x.ledger.has(m.ULID, m.Compaction.Sources) {
			x.done.Skipped++
			continue
		}
		if err := x.block(ctx, s, m); err != nil {
			return fmt.Errorf("block %s: %w", m.ULID, vanished(err))
		}
	}
	if !s.hasHead {
		return nil
	}
	return x.head(ctx, s)
}

// vanished explains why a file may be gone: Prometheus is at work.
func vanished(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w; if Prometheus runs, it may have replaced it: run the import again", err)
	}
	return err
}

// open takes the store's lock, and looks at what is there.
func (x *importer) open(s *source) (io.Closer, error) {
	fsys, dir := x.o.FS, x.o.Dir
	from, err := filepath.Abs(s.dir)
	if err != nil {
		return nil, err
	}
	to, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if from == to {
		return nil, errors.New("both are the same directory: give the store one of its own")
	}
	blocks := filepath.Join(dir, "blocks")
	if err := fsys.MkdirAll(blocks); err != nil {
		return nil, err
	}
	lock, err := fsys.Lock(filepath.Join(dir, "lock"))
	if err != nil {
		return nil, err
	}
	if err := x.look(blocks); err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	ids := uint64(0)
	x.shared, err = block.NewShared(fsys, cache.New(1<<20), func() uint64 { ids++; return ids })
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	return lock, nil
}

func (x *importer) close(lock io.Closer) error {
	return errors.Join(x.shared.Close(), lock.Close())
}

func (x *importer) look(blocks string) error {
	fsys, dir := x.o.FS, x.o.Dir
	for _, d := range []string{dir, filepath.Dir(filepath.Clean(dir))} {
		if err := fsys.SyncDir(d); err != nil {
			return err
		}
	}
	var err error
	if x.ledger, err = readLedger(fsys, dir); err != nil {
		return err
	}
	infos, err := fsys.List(blocks)
	if err != nil {
		return err
	}
	for _, i := range infos {
		path := filepath.Join(blocks, i.Name)
		if strings.HasSuffix(i.Name, ".tmp") {
			// Of an import, or of the engine, that was killed.
			if err := fsys.RemoveAll(path); err != nil {
				return err
			}
		}
		if _, err := ulid.ParseStrict(i.Name); err != nil || !i.Dir {
			continue
		}
		m, err := block.ReadMeta(fsys, path)
		if err != nil {
			return fmt.Errorf("read the store: block %s: %w; monopod tsdb repair puts it aside", i.Name, err)
		}
		for _, id := range append(m.Origin.Blocks, m.ULID) {
			x.present[id] = true
		}
	}
	return nil
}

// longest is the time that one block of the store covers at most: nine times that
// of the engine's own.
const longest = 18 * time.Hour

// shortest is the time below which a slice is not divided.
const shortest = time.Minute

// block imports a block of Prometheus.
func (x *importer) block(ctx context.Context, s *source, m promtsdb.BlockMeta) error {
	dir := filepath.Join(s.dir, m.ULID.String())
	b, err := promtsdb.OpenBlock(x.logger, dir, nil, nil)
	if err != nil {
		return err
	}
	x.meter.step("block " + m.ULID.String())
	_, err = x.stretch(ctx, b, m.ULID.Time(), m.ULID.String(), m.MinTime, m.MaxTime-1)
	if err = errors.Join(err, b.Close()); err != nil {
		return err
	}
	x.done.Blocks++
	return x.ledger.add(m.ULID, m.Compaction.Sources)
}

// stretch imports what a block of Prometheus has from mint to maxt, in slices
// that do not take too much memory, and returns their names.
func (x *importer) stretch(ctx context.Context, b promtsdb.BlockReader, millis uint64, of string, mint, maxt int64) (ids []ulid.ULID, err error) {
	for _, r := range windows(mint, maxt, longest.Milliseconds()) {
		made, err := x.slice(ctx, b, millis, of, r[0], r[1])
		if err != nil {
			return ids, err
		}
		ids = append(ids, made...)
	}
	return ids, nil
}

// windows divides a range at multiples of a length, where it is longer.
func windows(mint, maxt, length int64) [][2]int64 {
	if maxt-mint < length {
		return [][2]int64{{mint, maxt}}
	}
	var out [][2]int64
	for mint <= maxt {
		end := mint - mint%length + length
		if mint < 0 && mint%length != 0 {
			end = mint - mint%length
		}
		out = append(out, [2]int64{mint, min(end-1, maxt)})
		mint = end
	}
	return out
}

// slice imports a range as one block, or as the blocks of its halves.
func (x *importer) slice(ctx context.Context, b promtsdb.BlockReader, millis uint64, of string, mint, maxt int64) ([]ulid.ULID, error) {
	id := sliceID(millis, of, mint, maxt)
	if x.present[id] {
		return []ulid.ULID{id}, nil
	}
	made, err := x.write(ctx, b, id, mint, maxt)
	if !errors.Is(err, errTooMuch) {
		if err != nil || !made {
			return nil, err
		}
		return []ulid.ULID{id}, nil
	}
	middle := mint + (maxt-mint)/2
	first, err := x.slice(ctx, b, millis, of, mint, middle)
	if err != nil {
		return first, err
	}
	second, err := x.slice(ctx, b, millis, of, middle+1, maxt)
	return append(first, second...), err
}

// write makes a block under another name first, so that a name that a block has
// always leads to a whole one; made is false where there is nothing in the range.
func (x *importer) write(ctx context.Context, b promtsdb.BlockReader, id ulid.ULID, mint, maxt int64) (made bool, err error) {
	r, err := openReader(b, mint, maxt, x.meter.read)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	limit := x.o.MaxTimestamps
	if maxt-mint < shortest.Milliseconds() {
		limit = math.MaxInt
	}
	in, ok, err := r.input(ctx, limit)
	if err != nil || !ok {
		return false, err
	}
	r.startTimes = 0 // counted by the second reading
	blocks := filepath.Join(x.o.Dir, "blocks")
	dir := filepath.Join(blocks, id.String())
	tmp := dir + ".tmp"
	m, err := x.shared.Write(ctx, tmp, block.Meta{ULID: id, Origin: block.Origin{By: "import", Level: 1}}, in)
	if err == nil {
		err = x.o.FS.Rename(tmp, dir)
	}
	if err == nil {
		err = x.o.FS.SyncDir(blocks)
	}
	if err != nil {
		return false, errors.Join(err, x.o.FS.RemoveAll(tmp))
	}
	x.present[id] = true
	x.done.Slices++
	x.done.Samples += int64(m.Stats.Samples)
	x.done.Bytes += m.Stats.Bytes
	x.done.StartTimes += r.startTimes
	return true, nil
}

// remove deletes blocks of the store.
func (x *importer) remove(ids []ulid.ULID) error {
	blocks := filepath.Join(x.o.Dir, "blocks")
	for _, id := range ids {
		dir := filepath.Join(blocks, id.String())
		if _, err := x.o.FS.Stat(dir); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err := x.o.FS.Rename(dir, dir+".deleted"); err != nil {
			return err
		}
		if err := x.o.FS.SyncDir(blocks); err != nil {
			return err
		}
		if err := x.o.FS.RemoveAll(dir + ".deleted"); err != nil {
			return err
		}
	}
	return nil
}

// head imports the head, in place of what an earlier import made of it.
func (x *importer) head(ctx context.Context, s *source) (err error) {
	x.meter.step("reading Prometheus's log")
	h, err := openHead(ctx, x.logger, s, x.o.Scratch)
	if err != nil {
		return fmt.Errorf("read the head: %w", vanished(err))
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	x.done.LogDamaged = s.damaged
	state := h.state()
	if x.ledger.HeadDone == state {
		return nil
	}
	parts, err := h.parts(ctx, s.headFrom)
	if err != nil {
		return fmt.Errorf("read the head: %w", err)
	}
	var made []ulid.ULID
	for _, part := range parts {
		x.meter.step(part.name)
		x.done.MinTime, x.done.MaxTime = min(x.done.MinTime, part.mint), max(x.done.MaxTime, part.maxt)
		ids, err := x.stretch(ctx, part, uint64(max(part.mint, 0)), state+part.name, part.mint, part.maxt)
		made = append(made, ids...)
		// Noted before the rest is made, for the case that it is not.
		for _, id := range ids {
			if !slices.Contains(x.ledger.Head, id) {
				x.ledger.Head = append(x.ledger.Head, id)
			}
		}
		if err = errors.Join(err, x.ledger.write()); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
	}
	exemplars, err := h.exemplars(ctx)
	if err != nil {
		return fmt.Errorf("read exemplars: %w", err)
	}
	if err := x.exemplars(ctx, exemplars); err != nil {
		return err
	}
	if err := x.remove(slices.DeleteFunc(x.ledger.Head, func(id ulid.ULID) bool { return slices.Contains(made, id) })); err != nil {
		return fmt.Errorf("replace what was made of the head before: %w", err)
	}
	x.ledger.Head, x.ledger.HeadDone = made, state
	return x.ledger.write()
}
