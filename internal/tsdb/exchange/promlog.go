package exchange

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"github.com/prometheus/prometheus/tsdb/record"
	"github.com/prometheus/prometheus/tsdb/wlog"
)

// scanned is what the scan of a log of Prometheus found.
type scanned struct {
	exemplars int
	// damaged: the log ends in what is no record. Prometheus does not read what is
	// behind it.
	damaged bool
}

// scanLog looks for records of types that this program does not know, which
// Prometheus's reader would leave out without a word, and counts exemplars.
func scanLog(ctx context.Context, dir string) (found scanned, err error) {
	if _, err := os.Stat(dir); err != nil {
		return found, nil // Prometheus without a log of this kind
	}
	ranges := []wlog.SegmentRange{{Dir: dir, First: -1, Last: -1}}
	if checkpoint, _, err := wlog.LastCheckpoint(dir); err == nil {
		ranges = append([]wlog.SegmentRange{{Dir: checkpoint, First: -1, Last: -1}}, ranges...)
	} else if !errors.Is(err, record.ErrNotFound) {
		return found, err
	}
	segments, err := wlog.NewSegmentsRangeReader(ranges...)
	if err != nil {
		return found, err
	}
	defer func() { err = errors.Join(err, segments.Close()) }()
	r := wlog.NewReader(segments)
	d := record.NewDecoder(nil, slog.New(slog.DiscardHandler))
	var list []record.RefExemplar
	for r.Next() {
		if err := ctx.Err(); err != nil {
			return found, err
		}
		rec := r.Record()
		switch d.Type(rec) {
		case record.Exemplars:
			if list, err = d.Exemplars(rec, list[:0]); err != nil {
				return found, fmt.Errorf("%s: %w", dir, err)
			}
			found.exemplars += len(list)
		case record.Unknown:
			if len(rec) > 0 {
				return found, fmt.Errorf("%s has a record of type %d: %w", dir, rec[0], ErrNewer)
			}
		}
	}
	found.damaged = r.Err() != nil
	return found, nil
}
