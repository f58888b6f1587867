package exchange

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	promstorage "github.com/prometheus/prometheus/storage"

	"monopod/internal/tsdb"
	"monopod/internal/vfs"
)

// ExportOptions tell what is exported, and where to.
type ExportOptions struct {
	DB *tsdb.DB
	// To is a directory on the machine's file system, made where it is absent. It
	// may hold blocks of Prometheus already.
	To string
	// BlockDuration is the time of a block. Default 2 h, as of Prometheus's own.
	BlockDuration time.Duration
	// MinTime and MaxTime bound the samples, both within.
	MinTime, MaxTime int64
	// Matchers select series; none is all.
	Matchers []*labels.Matcher
	Logger   *slog.Logger
	Progress func(Progress)
}

// Exported is what an export did.
type Exported struct {
	Blocks  int
	Series  uint64 // of each block, added up
	Samples uint64
	Bytes   int64
	// Skipped is the blocks that an earlier export made.
	Skipped int
	// Damage is what could not be read, and is left out.
	Damage []error
}

// exportHint marks, in meta.json, the blocks that an export made. Prometheus
// ignores hints that it does not know.
const exportHint = "exported-from-monopod"

// creating is the suffix of what Prometheus removes at its start.
const creating = ".tmp-for-creation"

type exporter struct {
	o     ExportOptions
	meter *meter
	done  Exported
	// earlier is the blocks of earlier exports.
	earlier map[ulid.ULID][2]int64
}

// Export makes blocks of Prometheus of what a store holds. It may be ended at any
// point, and goes on when it is called again; what changed since in a stretch of
// time is exported in place of what was there.
func Export(ctx context.Context, o ExportOptions) (Exported, error) {
	if o.BlockDuration <= 0 {
		o.BlockDuration = 2 * time.Hour
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if len(o.Matchers) == 0 {
		o.Matchers = []*labels.Matcher{labels.MustNewMatcher(labels.MatchRegexp, model.MetricNameLabel, ".*")}
	}
	x := exporter{o: o, meter: newMeter(o.Progress), earlier: map[ulid.ULID][2]int64{}}
	if err := x.run(ctx); err != nil {
		return x.done, fmt.Errorf("export to %s: %w", o.To, err)
	}
	return x.done, nil
}

func (x *exporter) run(ctx context.Context) error {
	// promtool dump takes a directory without a log for none.
	if err := os.MkdirAll(filepath.Join(x.o.To, "wal"), 0o777); err != nil {
		return err
	}
	if err := x.look(); err != nil {
		return err
	}
	mint, maxt := x.bounds()
	if mint > maxt {
		return nil
	}
	all := windows(mint, maxt, x.o.BlockDuration.Milliseconds())
	x.meter.p.TotalSlices = len(all)
	for _, w := range all {
		x.meter.step(fmt.Sprintf("block of %s", time.UnixMilli(w[0]).UTC().Format(time.RFC3339)))
		if err := x.window(ctx, w[0], w[1]); err != nil {
			return err
		}
		x.meter.p.Slices++
	}
	return nil
}

// look finds what earlier exports made, and removes what one left that was ended.
func (x *exporter) look() error {
	entries, err := os.ReadDir(x.o.To)
	if err != nil {
		return err
	}
	for _, e := range entries {
		path := filepath.Join(x.o.To, e.Name())
		if id, ok := strings.CutSuffix(e.Name(), creating); ok {
			if _, err := ulid.ParseStrict(id); err == nil {
				if err := os.RemoveAll(path); err != nil {
					return err
				}
			}
			continue
		}
		id, err := ulid.ParseStrict(e.Name())
		if err != nil || !e.IsDir() {
			continue
		}
		m, err := readBlockMeta(path)
		if err != nil {
			return fmt.Errorf("block %s that is there: %w", id, err)
		}
		if slices.Contains(m.Compaction.Hints, exportHint) {
			x.earlier[id] = [2]int64{m.MinTime, m.MaxTime - 1}
		}
	}
	return nil
}

// bounds is the time of what is exported.
func (x *exporter) bounds() (mint, maxt int64) {
	mint, maxt = math.MaxInt64, math.MinInt64
	if s := x.o.DB.Stats("", 0); s.MinTime <= s.MaxTime {
		mint, maxt = s.MinTime, s.MaxTime
	}
	for _, b := range x.o.DB.Blocks() {
		mint, maxt = min(mint, b.MinTime), max(maxt, b.MaxTime)
	}
	return max(mint, x.o.MinTime), min(maxt, x.o.MaxTime)
}

// sources names what the store has in a range: where it changes, the name of the
// block does.
func (x *exporter) sources(mint, maxt int64) string {
	var b strings.Builder
	for _, m := range x.o.Matchers {
		fmt.Fprintf(&b, "%s,", m)
	}
	for _, m := range x.o.DB.Blocks() {
		if m.MinTime <= maxt && m.MaxTime >= mint {
			fmt.Fprintf(&b, "%s,", m.ULID)
		}
	}
	return b.String()
}

func (x *exporter) window(ctx context.Context, mint, maxt int64) (err error) {
	q, err := x.o.DB.Querier(mint, maxt)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, q.Close()) }()
	set := q.Select(ctx, true, nil, x.o.Matchers...)
	var found []promstorage.Series
	for set.Next() {
		found = append(found, set.At())
	}
	if err := set.Err(); err != nil || len(found) == 0 {
		return err
	}
	id := sliceID(uint64(max(mint, 0)), x.sources(mint, maxt), mint, maxt)
	if _, ok := x.earlier[id]; ok && !x.hasHead(mint, maxt) {
		x.done.Skipped++
		return nil
	}
	if err := x.write(ctx, id, mint, maxt, found); err != nil {
		return err
	}
	x.done.Damage = append(x.done.Damage, set.Warnings().AsErrors()...)
	return nil
}

// hasHead tells whether the head, which changes all the time, has something in a
// range.
func (x *exporter) hasHead(mint, maxt int64) bool {
	s := x.o.DB.Stats("", 0)
	return s.MinTime <= maxt && s.MaxTime >= mint
}

// write makes a block under another name, and puts it in the place of those that
// earlier exports made of the same time.
func (x *exporter) write(ctx context.Context, id ulid.ULID, mint, maxt int64, found []promstorage.Series) error {
	dir := filepath.Join(x.o.To, id.String())
	tmp := dir + creating
	w := promBlock{dir: tmp, read: x.meter.read2}
	m, err := w.write(ctx, id, mint, maxt, found)
	if err != nil || m.Stats.NumSamples == 0 {
		return errors.Join(err, os.RemoveAll(tmp))
	}
	for old, r := range x.earlier {
		if r[0] >= mint && r[1] <= maxt {
			if err := x.replace(old); err != nil {
				return errors.Join(err, os.RemoveAll(tmp))
			}
		}
	}
	if err := os.Rename(tmp, dir); err != nil {
		return errors.Join(err, os.RemoveAll(tmp))
	}
	x.done.Blocks++
	x.done.Series += m.Stats.NumSeries
	x.done.Samples += m.Stats.NumSamples
	x.done.Bytes += w.bytes
	return vfs.OS().SyncDir(x.o.To)
}

// replace removes a block that an earlier export made.
func (x *exporter) replace(old ulid.ULID) error {
	dir := filepath.Join(x.o.To, old.String())
	if err := os.Rename(dir, dir+creating); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	delete(x.earlier, old)
	return os.RemoveAll(dir + creating)
}
