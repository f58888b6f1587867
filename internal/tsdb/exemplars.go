package tsdb

import (
	"context"
	"errors"
	"fmt"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/prometheus/model/exemplar"
	"github.com/prometheus/prometheus/model/labels"
	promstorage "github.com/prometheus/prometheus/storage"
	promtsdb "github.com/prometheus/prometheus/tsdb"

	"monopod/internal/storage"
)

// exemplars is Prometheus's ring of exemplars. They are in memory, and in the
// write-ahead log, where a checkpoint writes them again.
type exemplars struct {
	ring *promtsdb.CircularExemplarStorage
}

func newExemplars(n int64, r prometheus.Registerer) (*exemplars, error) {
	ring, err := promtsdb.NewCircularExemplarStorage(n, promtsdb.NewExemplarMetrics(r), 0)
	if err != nil {
		return nil, fmt.Errorf("make exemplar storage: %w", err)
	}
	return &exemplars{ring: ring.(*promtsdb.CircularExemplarStorage)}, nil
}

// resize keeps the newest n exemplars.
func (x *exemplars) resize(n int64) {
	x.ring.Resize(n)
}

// judge sets the error of those that cannot be stored, and returns the indexes
// of the others. A duplicate is neither an error nor stored.
func (x *exemplars) judge(es []storage.Exemplar) (accepted []int) {
	for i := range es {
		e := &es[i]
		e.Err = x.ring.ValidateExemplar(e.Labels, e.Exemplar)
		switch {
		case e.Err == nil:
			accepted = append(accepted, i)
		case errors.Is(e.Err, promstorage.ErrDuplicateExemplar):
			e.Err = nil
		}
	}
	return accepted
}

func (x *exemplars) add(series labels.Labels, e exemplar.Exemplar) error {
	err := x.ring.AddExemplar(series, e)
	if errors.Is(err, promstorage.ErrDuplicateExemplar) {
		return nil
	}
	return err
}

// ExemplarQuerier implements Prometheus's storage.ExemplarQueryable.
func (db *DB) ExemplarQuerier(ctx context.Context) (promstorage.ExemplarQuerier, error) {
	return db.exemplars.ring.ExemplarQuerier(ctx)
}

// keepExemplars writes the exemplars into the current generation of the log.
func (db *DB) keepExemplars() error {
	const atOnce = 1000
	var recs records
	flush := func() error {
		if len(recs.starts) == 0 {
			return nil
		}
		defer recs.reset()
		db.logging.RLock()
		defer db.logging.RUnlock()
		return db.appendLog(recs.all())
	}
	// Collected first: the ring is locked while it is iterated.
	type pair struct {
		series labels.Labels
		e      exemplar.Exemplar
	}
	var all []pair
	err := db.exemplars.ring.IterateExemplars(func(series labels.Labels, e exemplar.Exemplar) error {
		all = append(all, pair{series, e})
		return nil
	})
	if err != nil {
		return fmt.Errorf("read exemplars: %w", err)
	}
	for i, p := range all {
		recs.begin()
		recs.buf = appendExemplarRecord(recs.buf, p.series, p.e)
		if (i+1)%atOnce == 0 {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}
