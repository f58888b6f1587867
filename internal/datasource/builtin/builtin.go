// Package builtin answers the source that Grafana calls "-- Grafana --": random
// walks to try panels with, and snapshots, which carry their own answer.
package builtin

import (
	"context"
	"encoding/json"
	"hash/fnv"
	"math/rand/v2"
	"time"

	"monopod/internal/datasource"
	"monopod/internal/frame"
)

// Connection needs nothing.
type Connection struct{}

type target struct {
	QueryType string         `json:"queryType"`
	Snapshot  []*frame.Frame `json:"snapshot"`
}

// Query answers the walk that the query's text leads to: the same one for the
// same time, so that a reload does not change what somebody looks at.
func (Connection) Query(_ context.Context, q datasource.Query) (datasource.Answer, error) {
	var t target
	if err := json.Unmarshal(q.Target, &t); err != nil {
		return datasource.Answer{}, &datasource.Error{Reason: datasource.BadQuery, Message: "the query cannot be read", Err: err}
	}
	switch t.QueryType {
	case "snapshot":
		return datasource.Answer{Frames: t.Snapshot}, nil
	case "", "randomWalk":
		return datasource.Answer{Frames: []*frame.Frame{walk(q)}}, nil
	}
	return datasource.Answer{}, nil
}

// leastStep keeps a walk readable.
const leastStep = time.Second

func walk(q datasource.Query) *frame.Frame {
	points := q.MaxDataPoints
	if points <= 0 || points > 2000 {
		points = 200
	}
	step := max(q.Range()/time.Duration(points), leastStep).Truncate(time.Second)
	h := fnv.New64a()
	_, _ = h.Write([]byte(q.RefID)) // never fails
	start := q.From.Truncate(step)
	random := rand.New(rand.NewPCG(h.Sum64(), uint64(start.Unix())))
	value := random.Float64() * 100
	times := frame.Field{Name: "time", Type: frame.Time}
	values := frame.Field{Name: q.RefID + "-series", Type: frame.Number}
	for t := start; !t.After(q.To); t = t.Add(step) {
		value += random.Float64() - 0.5
		times.Numbers = append(times.Numbers, float64(t.UnixMilli()))
		values.Numbers = append(values.Numbers, value)
	}
	return &frame.Frame{RefID: q.RefID, Fields: []frame.Field{times, values}, Meta: &frame.Meta{Type: "timeseries-multi", StepMilliseconds: step.Milliseconds()}}
}

// Values has none.
func (Connection) Values(context.Context, datasource.Query) ([]datasource.Choice, error) {
	return nil, nil
}

// Check has nothing to check.
func (Connection) Check(context.Context) (string, error) { return "It is built in.", nil }

// Close does nothing.
func (Connection) Close() error { return nil }
