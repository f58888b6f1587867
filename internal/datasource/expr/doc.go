// Package expr computes queries of type __expr__ from the answers of others:
// math, reduce, resample, threshold and classic conditions, as Grafana's
// server-side expressions.
//
// A value is a number or a series with labels; the answer of a query, or of an
// expression, is a set of values. Where an expression takes two sets it joins
// values whose labels agree: equal ones, or where one's labels are among the
// other's; a set of one value joins with all.
package expr

import (
	"encoding/json"
	"time"

	"monopod/internal/frame"
)

// Node is an expression.
type Node struct {
	RefID  string
	Target json.RawMessage
}

// Result is the answer of a query or an expression.
type Result struct {
	Frames []*frame.Frame
	Err    error
}

// Environment is the time of the view.
type Environment struct {
	From, To      time.Time
	Interval      time.Duration
	MaxDataPoints int
}
