package inspect

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/tsdb/chunkenc"

	"monopod/internal/tsdb"
	"monopod/internal/tsdb/block"
	"monopod/internal/tsdb/cache"
	"monopod/internal/vfs"
)

// RepairOptions tell what is repaired.
type RepairOptions struct {
	FS  vfs.FS
	Dir string
	// BlockDuration is the window of a block, as in tsdb.Options.
	BlockDuration time.Duration
	// DryRun tells what a repair would do, and changes nothing.
	DryRun bool
}

// Repaired is what a repair found and did.
type Repaired struct {
	// Damage is what was found.
	Damage []Damage `json:"damage"`
	// Steps are what was done, or would be.
	Steps []Step `json:"steps"`
	// Losses is what cannot be read any more.
	Losses []Loss `json:"losses"`
	// Left is the damage that a check finds afterwards: none, or the repair has a
	// fault.
	Left []Damage `json:"left"`
}

// Step is what was done to a file or block. Paths are below the data directory.
type Step struct {
	Path string `json:"path"`
	Done string `json:"done"`
	// Aside is where what was there is now.
	Aside string `json:"aside,omitempty"`
}

// Loss is samples that cannot be read any more.
type Loss struct {
	Path string `json:"path"`
	// Series are those that lost samples, where it is known which.
	Series []labels.Labels `json:"series,omitempty"`
	// What is lost, in words.
	What string `json:"what"`
	// MinTime and MaxTime bound it, in milliseconds; MaxTime is below MinTime where
	// they are not known.
	MinTime int64 `json:"minTime"`
	MaxTime int64 `json:"maxTime"`
	// Found is how many samples of these series the store has within these times
	// after the repair: the log may have had what a file lost.
	Found int64 `json:"found"`
}

// known tells whether it is known when the lost samples were taken.
func (l Loss) known() bool { return l.MinTime <= l.MaxTime }

// Repair takes what is damaged out of a store that no process has open, and puts
// what can still be read of it back. Nothing is deleted: what was there is put
// aside, under a name that ends in .bad. It may be ended at any point, and called
// again.
func Repair(ctx context.Context, o RepairOptions) (*Repaired, error) {
	r := repairer{o: o, ctx: ctx}
	if err := r.run(); err != nil {
		return &r.done, fmt.Errorf("repair %s: %w", o.Dir, err)
	}
	return &r.done, nil
}

// repairer is a repair under way.
type repairer struct {
	o      RepairOptions
	ctx    context.Context
	shared *block.Shared
	defs   *definitions
	stones []tombstone
	// undefined: chunks are of groups that are not defined; so may be samples of the
	// log.
	undefined bool
	done      Repaired
	// present is the names of blocks/.
	present map[string]bool
}

func (r *repairer) run() (err error) {
	if err := recognise(r.o.FS, r.o.Dir); err != nil {
		return err
	}
	lock, err := r.o.FS.Lock(filepath.Join(r.o.Dir, lockFile))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	ids := uint64(0)
	if r.shared, err = block.NewShared(r.o.FS, cache.New(32<<20), func() uint64 { ids++; return ids }); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.shared.Close()) }()
	if r.done.Damage, err = r.check(); err != nil {
		return err
	}
	if r.stones, err = readTombstones(r.o.FS, r.path(tombstonesFile)); err != nil && !r.damaged(tombstonesFile) {
		return err
	}
	for _, part := range []func() error{r.blocks, r.tombstones, r.headFiles, r.logs} {
		if err := part(); err != nil {
			return err
		}
	}
	if r.o.DryRun {
		return nil
	}
	if r.done.Left, err = r.check(); err != nil {
		return err
	}
	if len(r.done.Left) > 0 {
		return fmt.Errorf("%d places are still damaged, the first: %s", len(r.done.Left), r.done.Left[0])
	}
	return r.look()
}

// check looks for damage, and learns the definitions.
func (r *repairer) check() (damage []Damage, err error) {
	v, err := OpenView(r.o.FS, r.o.Dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, v.Close()) }()
	c := checker{ctx: r.ctx, v: v}
	if err := c.run(); err != nil {
		return nil, err
	}
	r.defs = c.defs
	if len(c.damage) == 0 {
		db, err := v.Store(slog.New(slog.DiscardHandler))
		if err != nil {
			return nil, err
		}
		if n := db.Corruptions(); n > 0 {
			c.found(Damage{Part: "log", Path: walDir, Reason: fmt.Sprintf("the server cannot use %d records", n), Lost: "samples of groups that are not defined"})
		}
		if err := db.Close(); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(c.damage, compareDamage)
	return c.damage, nil
}

func (r *repairer) path(rel string) string { return filepath.Join(r.o.Dir, rel) }

// damaged tells whether something at or below a path is damaged.
func (r *repairer) damaged(rel string) bool {
	return slices.ContainsFunc(r.done.Damage, func(d Damage) bool {
		return d.Path == rel || strings.HasPrefix(d.Path, rel+"/")
	})
}

func (r *repairer) step(rel, aside, format string, args ...any) {
	r.done.Steps = append(r.done.Steps, Step{Path: rel, Aside: aside, Done: fmt.Sprintf(format, args...)})
}

func (r *repairer) lost(l Loss) {
	slices.SortFunc(l.Series, labels.Compare)
	l.Series = slices.CompactFunc(l.Series, labels.Equal)
	r.done.Losses = append(r.done.Losses, l)
}

// free is the name under which a path is put aside.
func (r *repairer) free(rel string) (string, error) {
	to := rel + badSuffix
	for n := 2; ; n++ {
		_, err := r.o.FS.Stat(r.path(to))
		if errors.Is(err, fs.ErrNotExist) {
			return to, nil
		}
		if err != nil {
			return "", err
		}
		to = fmt.Sprintf("%s-%d%s", rel, n, badSuffix)
	}
}

// putAside renames a file or directory, and returns where it is now.
func (r *repairer) putAside(rel, why string) (string, error) {
	to, err := r.free(rel)
	if err != nil {
		return "", err
	}
	r.step(rel, to, "put aside: %s", why)
	if r.o.DryRun {
		return rel, nil
	}
	if err := r.o.FS.Rename(r.path(rel), r.path(to)); err != nil {
		return "", err
	}
	return to, r.o.FS.SyncDir(filepath.Dir(r.path(rel)))
}

// salvaged names the block that is made of what can be read of a damaged head
// file: always the same, so that it is made once.
func salvaged(rel string, millis uint64) ulid.ULID {
	name, _, _ := strings.Cut(filepath.Base(rel), ".")
	sum := sha256.Sum256([]byte("repair " + name))
	var id ulid.ULID
	copy(id[6:], sum[:])
	if err := id.SetTime(min(millis, ulid.MaxTime())); err != nil {
		return id
	}
	return id
}

// put makes a block of the store.
func (r *repairer) put(id ulid.ULID, origin block.Origin, in block.Input) (m block.Meta, err error) {
	dir := r.path(filepath.Join(blocksDir, id.String()))
	tmp := dir + tmpSuffix
	if err = r.o.FS.RemoveAll(tmp); err != nil {
		return m, err
	}
	if err = r.o.FS.MkdirAll(filepath.Dir(dir)); err != nil {
		return m, err
	}
	m, err = r.shared.Write(r.ctx, tmp, block.Meta{ULID: id, Origin: origin}, in)
	if err == nil {
		err = r.o.FS.Rename(tmp, dir)
	}
	if err == nil {
		err = r.o.FS.SyncDir(filepath.Dir(dir))
	}
	if err != nil {
		return m, errors.Join(err, r.o.FS.RemoveAll(tmp))
	}
	r.present[id.String()] = true
	return m, nil
}

func (r *repairer) tombstones() error {
	if !r.damaged(tombstonesFile) {
		return nil
	}
	r.lost(Loss{Path: tombstonesFile, What: "which series were deleted: they are there again, delete them once more", MinTime: 0, MaxTime: -1})
	_, err := r.putAside(tombstonesFile, "it cannot be read")
	return err
}

// logs lets the engine write anew what it can read of log and catalog. The
// segments keep a second name.
func (r *repairer) logs() error {
	var damaged []string
	for _, dir := range []string{walDir, catalogDir} {
		if r.damaged(dir) || r.undefined {
			damaged = append(damaged, dir)
		}
	}
	if len(damaged) == 0 {
		return nil
	}
	for _, d := range r.done.Damage {
		if part := partOf(d.Path); slices.Contains(damaged, part) {
			l := Loss{Path: d.Path, What: cmp.Or(d.Lost, d.Reason), MinTime: 0, MaxTime: -1}
			if d.gap != nil && d.gap.ends {
				l.MinTime, l.MaxTime = d.gap.from+1, d.gap.to-1
			}
			r.done.Losses = append(r.done.Losses, l)
		}
	}
	for _, dir := range damaged {
		if err := r.copyAside(dir); err != nil {
			return err
		}
	}
	if r.o.DryRun {
		return nil
	}
	db, err := tsdb.Open(tsdb.Options{FS: locked{r.o.FS}, Dir: r.o.Dir, BlockDuration: r.o.BlockDuration, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	return errors.Join(db.Consolidate(), db.Close())
}

// copyAside gives the segments of a log second names.
func (r *repairer) copyAside(dir string) error {
	to, err := r.free(dir)
	if err != nil {
		return err
	}
	r.step(dir, to, "written anew, with all that can be read of it")
	if r.o.DryRun {
		return nil
	}
	tmp := to + tmpSuffix
	if err := r.o.FS.RemoveAll(r.path(tmp)); err != nil {
		return err
	}
	if err := r.o.FS.MkdirAll(r.path(tmp)); err != nil {
		return err
	}
	infos, err := r.o.FS.List(r.path(dir))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, i := range infos {
		if err := r.o.FS.Link(r.path(filepath.Join(dir, i.Name)), r.path(filepath.Join(tmp, i.Name))); err != nil {
			return err
		}
	}
	if err := r.o.FS.SyncDir(r.path(tmp)); err != nil {
		return err
	}
	if err := r.o.FS.Rename(r.path(tmp), r.path(to)); err != nil {
		return err
	}
	return r.o.FS.SyncDir(r.o.Dir)
}

// locked is a file system whose lock the repair holds.
type locked struct{ vfs.FS }

// Lock implements vfs.FS.
func (locked) Lock(string) (io.Closer, error) { return io.NopCloser(nil), nil }

// look counts what the repaired store has of what was lost.
func (r *repairer) look() (err error) {
	v, err := OpenView(r.o.FS, r.o.Dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, v.Close()) }()
	db, err := v.Store(slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	for i := range r.done.Losses {
		l := &r.done.Losses[i]
		if !l.known() {
			continue
		}
		for _, s := range l.Series {
			n, err := r.count(db, s, l.MinTime, l.MaxTime)
			if err != nil {
				return err
			}
			l.Found += n
		}
	}
	return nil
}

// count is the samples of a series within a range.
func (r *repairer) count(db *tsdb.DB, ls labels.Labels, mint, maxt int64) (n int64, err error) {
	q, err := db.Querier(mint, maxt)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, q.Close()) }()
	var matchers []*labels.Matcher
	ls.Range(func(l labels.Label) {
		matchers = append(matchers, labels.MustNewMatcher(labels.MatchEqual, l.Name, l.Value))
	})
	set := q.Select(r.ctx, false, nil, matchers...)
	for set.Next() {
		if !labels.Equal(set.At().Labels(), ls) {
			continue
		}
		it := set.At().Iterator(nil)
		for it.Next() != chunkenc.ValNone {
			n++
		}
		if err := it.Err(); err != nil {
			return n, err
		}
	}
	return n, set.Err()
}
