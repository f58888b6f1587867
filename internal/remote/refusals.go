package remote

import (
	"fmt"
	"strings"

	"github.com/prometheus/prometheus/model/labels"

	"monopod/internal/storage"
)

// errAhead is a timestamp too far in the future.
var errAhead = fmt.Errorf("%w: timestamp is too far in the future", storage.ErrOutOfBounds)

// maxNamed is how many refusals an answer names; the others are counted.
const maxNamed = 10

// refusals are what was refused of one message.
type refusals struct {
	named     []string
	total     int
	samples   int // floats and histograms
	invalid   int // of them, those whose labels are wrong
	exemplars int
}

func (r *refusals) add(format string, args ...any) {
	r.total++
	if len(r.named) < maxNamed {
		r.named = append(r.named, fmt.Sprintf(format, args...))
	}
}

// series refuses a series with its samples.
func (r *refusals) series(ls labels.Labels, err error, samples int) {
	r.samples += samples
	r.invalid += samples
	r.add("series %s %v", ls, err)
}

// sample refuses a sample.
func (r *refusals) sample(ls labels.Labels, t int64, err error) {
	r.samples++
	r.add("%v for series %s at %d", err, ls, t)
}

// exemplar refuses an exemplar.
func (r *refusals) exemplar(ls labels.Labels, t int64, err error) {
	r.exemplars++
	r.add("%v for series %s, exemplar at %d", err, ls, t)
}

// metric refuses a metric that has no translation into series.
func (r *refusals) metric(err error) { r.add("%v", err) }

func (r *refusals) any() bool { return r.total > 0 }

// beside is how many refusals are not of exemplars.
func (r *refusals) beside() int { return r.total - r.exemplars }

// String names the refusals, a line each.
func (r *refusals) String() string {
	text := strings.Join(r.named, "\n")
	if more := r.total - len(r.named); more > 0 {
		text += fmt.Sprintf("\nand %d more", more)
	}
	return text
}
