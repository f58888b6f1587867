// Package prometheus asks whatever speaks Prometheus's query API, and Monopod
// itself without the way over HTTP.
//
// A backend answers expressions as a matrix: series whose points are columns
// already. The local backend takes them from the engine, the remote one from
// JSON. All else, from the target's JSON to frames, is the same for both.
package prometheus

import (
	"context"
	"time"
)

// backend answers expressions and asks for labels. Its methods may be called from
// many goroutines.
type backend interface {
	// Range evaluates from start to end, both included.
	Range(ctx context.Context, expr string, start, end time.Time, step time.Duration) (*matrix, error)
	Instant(ctx context.Context, expr string, at time.Time) (*matrix, error)
	Exemplars(ctx context.Context, expr string, start, end time.Time) ([]exemplars, error)
	LabelNames(ctx context.Context, match string, start, end time.Time) ([]string, error)
	LabelValues(ctx context.Context, label, match string, start, end time.Time) ([]string, error)
	Series(ctx context.Context, match string, start, end time.Time) ([]map[string]string, error)
	// Check says what answers.
	Check(ctx context.Context) (string, error)
	Close() error
}

// matrix is the result of an expression.
type matrix struct {
	series   []series
	scalar   bool // of the expression's own type: one series without labels
	text     string
	isText   bool
	samples  int64
	warnings []string
}

// series has its points as columns of equal length. Histograms, where there are
// any, are beside the floats.
type series struct {
	labels map[string]string
	times  []float64 // milliseconds
	values []float64
	// cells are the buckets of native histograms.
	cells []cell
}

type cell struct{ time, lower, upper, count float64 }

// exemplars are those of one series.
type exemplars struct {
	series map[string]string
	points []exemplarPoint
}

type exemplarPoint struct {
	labels map[string]string
	time   float64
	value  float64
}

// grid are the times of a range query. A series that has a point at each shares
// the one slice.
type grid struct {
	start, step int64
	times       []float64
}

func newGrid(start, end time.Time, step time.Duration) *grid {
	g := &grid{start: start.UnixMilli(), step: max(step.Milliseconds(), 1)}
	if n := (end.UnixMilli()-g.start)/g.step + 1; n > 0 {
		g.times = make([]float64, n)
		for i := range g.times {
			g.times[i] = float64(g.start + int64(i)*g.step)
		}
	}
	return g
}
