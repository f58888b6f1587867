// Package exchange brings samples in and out of a data directory: Prometheus's
// data directories, and text.
//
// The nouns:
//
//   - A dump is the samples of a store as text, a line each.
//   - An import copies what a Prometheus data directory holds, its blocks and its
//     head, into blocks of a store that is closed. It is without loss, and leaves
//     the directory as it is.
//   - An export makes blocks of Prometheus of a view of a store.
//   - A slice is the part of a source that becomes one block: a block of
//     Prometheus, or a stretch of time of a long one. Its name follows from what it
//     is made of, so that a second run finds what the first one has done.
//   - A bunch is series with the same base labels whose timestamps are the same,
//     or some of the same: what one target gave. It becomes a group.
//   - The ledger is a file in the store that tells which sources were imported, also
//     after their blocks were merged with others or are beyond the retention.
package exchange

import (
	"errors"
	"time"
)

// ErrNewer: a later version of Prometheus wrote something that this program does
// not know. Nothing was changed.
var ErrNewer = errors.New("written by a later version of Prometheus than this program knows")

// Progress is how far an import or export is. Samples are those of the work that
// was left when it began.
type Progress struct {
	Step           string
	Samples, Total int64
	// Slices are blocks of the result.
	Slices, TotalSlices int
	Elapsed             time.Duration
}

// Left estimates the time that is left; ok is false before there is a basis.
func (p Progress) Left() (left time.Duration, ok bool) {
	if p.Samples == 0 || p.Elapsed < time.Second {
		return 0, false
	}
	return time.Duration(float64(p.Elapsed) / float64(p.Samples) * float64(max(p.Total-p.Samples, 0))), true
}

// Rate is samples per second.
func (p Progress) Rate() float64 {
	if p.Elapsed <= 0 {
		return 0
	}
	return float64(p.Samples) / p.Elapsed.Seconds()
}
