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

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/exemplar"
	"github.com/prometheus/prometheus/model/labels"
	promtsdb "github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/tsdb/wlog"

	"monopod/internal/vfs"
)

// head is Prometheus's head, opened in a sandbox: a directory with other names of
// its files, so that nothing happens to the source. Prometheus opens files that
// exist for reading only, and renames, deletes or replaces them.
type head struct {
	db      *promtsdb.DB
	sandbox string
	last    string // of the logs
}

// lateExemplars is room for those that come while Prometheus runs.
const lateExemplars = 1000

// exemplarOf is an exemplar of a series.
type exemplarOf struct {
	series   labels.Labels
	exemplar exemplar.Exemplar
}

func openHead(ctx context.Context, logger *slog.Logger, s *source, sandbox string) (*head, error) {
	h := &head{sandbox: sandbox}
	if err := h.open(ctx, logger, s); err != nil {
		return nil, errors.Join(err, h.Close())
	}
	return h, nil
}

func (h *head) open(ctx context.Context, logger *slog.Logger, s *source) error {
	if err := os.RemoveAll(h.sandbox); err != nil {
		return err
	}
	for _, part := range []string{"chunks_head", "wal", "wbl"} {
		if err := linkTree(filepath.Join(s.dir, part), filepath.Join(h.sandbox, part)); err != nil {
			return err
		}
	}
	for _, log := range []string{"wal", "wbl"} {
		if _, end, err := wlog.Segments(filepath.Join(h.sandbox, log)); err == nil && end >= 0 {
			if i, err := os.Stat(wlog.SegmentName(filepath.Join(h.sandbox, log), end)); err == nil {
				h.last += fmt.Sprintf("%s %d:%d ", log, end, i.Size())
			}
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	o := promtsdb.DefaultOptions()
	o.NoLockfile = true
	o.RetentionDuration = 0
	o.EnableExemplarStorage, o.MaxExemplars = s.exemplars > 0, int64(s.exemplars)+lateExemplars
	var err error
	if h.db, err = promtsdb.Open(h.sandbox, logger, nil, o, nil); err != nil {
		return err
	}
	h.db.DisableCompactions()
	return nil
}

// linkTree gives the files of a tree a second name; one that is absent is empty.
func linkTree(from, to string) error {
	entries, err := os.ReadDir(from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := os.MkdirAll(to, 0o777); err != nil {
		return err
	}
	for _, e := range entries {
		x, y := filepath.Join(from, e.Name()), filepath.Join(to, e.Name())
		switch {
		case e.IsDir() && filepath.Ext(e.Name()) == ".tmp":
		case e.IsDir():
			err = linkTree(x, y)
		default:
			err = vfs.OS().Link(x, y)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Close ends it, and removes the sandbox.
func (h *head) Close() error {
	var err error
	if h.db != nil {
		err = h.db.Close()
	}
	return errors.Join(err, os.RemoveAll(h.sandbox))
}

// state names what the head holds: another state, another name.
func (h *head) state() string {
	x := h.db.Head()
	return fmt.Sprintf("head %s%d-%d %d-%d %d", h.last, x.MinTime(), x.MaxTime(), x.MinOOOTime(), x.MaxOOOTime(), x.NumSeries())
}

// headPart is a part of the head, as a block of Prometheus.
type headPart struct {
	promtsdb.BlockReader
	targets    promtsdb.BlockReader
	name       string
	mint, maxt int64
}

// parts returns what the head has from a time on, in order, and what came out of
// order, which is at any time.
func (h *head) parts(ctx context.Context, from int64) ([]headPart, error) {
	var out []headPart
	x := h.db.Head()
	targets := promtsdb.NewRangeHead(x, math.MinInt64, math.MaxInt64)
	if mint, maxt := max(from, x.MinTime()), x.MaxTime(); mint <= maxt && maxt != math.MinInt64 {
		out = append(out, headPart{promtsdb.NewRangeHead(x, mint, maxt), targets, "the head", mint, maxt})
	}
	o, err := promtsdb.NewOOOCompactionHead(ctx, x)
	if err != nil {
		return nil, err
	}
	if o.MinTime() <= o.MaxTime() {
		out = append(out, headPart{o, targets, "the head, out of order", o.MinTime(), o.MaxTime()})
	}
	return out, nil
}

// exemplars returns the exemplars, oldest first.
func (h *head) exemplars(ctx context.Context) ([]exemplarOf, error) {
	q, err := h.db.ExemplarQuerier(ctx)
	if err != nil {
		return nil, err
	}
	results, err := q.Select(math.MinInt64, math.MaxInt64, []*labels.Matcher{labels.MustNewMatcher(labels.MatchRegexp, model.MetricNameLabel, ".*")})
	if err != nil {
		return nil, err
	}
	var out []exemplarOf
	for _, r := range results {
		for _, e := range r.Exemplars {
			out = append(out, exemplarOf{r.SeriesLabels, e})
		}
	}
	return out, nil
}
