// Package view answers all queries of a dashboard view at once.
//
// A request names its queries by keys. Queries that ask the same of the same
// source become one job; a job that is running, or ended a few seconds ago, for
// another request is shared, too. Each job's answer is handed out as soon as it
// is there. Expressions (__expr__) compute from the answers of their own panel
// and come after them.
//
// An answer that several share is never changed: what a request needs otherwise
// is in copies.
package view

import (
	"encoding/json"
	"time"

	"monopod/internal/datasource"
)

// Request is a view: what the browser sends.
type Request struct {
	// From and To are milliseconds.
	From     int64   `json:"from"`
	To       int64   `json:"to"`
	TimeZone string  `json:"timeZone"`
	Queries  []Query `json:"queries"`
	// Plain asks for frames as Grafana's API answers them: one for each series, not
	// shaped for a panel and not thinned out.
	Plain bool `json:"-"`
}

// Query is one target of a panel.
type Query struct {
	Key           string               `json:"key"`
	DataSource    datasource.Reference `json:"datasource"`
	Target        json.RawMessage      `json:"target"`
	IntervalMs    float64              `json:"intervalMs"`
	MaxDataPoints int                  `json:"maxDataPoints"`
	// From and To replace those of the request where a panel has its own time.
	From *int64 `json:"from"`
	To   *int64 `json:"to"`
	// Panel groups the queries whose answers expressions may use.
	Panel json.Number `json:"panel"`
}

// head is what a target says about itself whatever its kind.
type head struct {
	RefID      string                `json:"refId"`
	DataSource *datasource.Reference `json:"datasource"`
	Hide       bool                  `json:"hide"`
	Format     string                `json:"format"`
}

func (r *Request) location() *time.Location {
	switch r.TimeZone {
	case "", "browser", "utc", "UTC":
		return time.UTC
	}
	if l, err := time.LoadLocation(r.TimeZone); err == nil {
		return l
	}
	return time.UTC
}
