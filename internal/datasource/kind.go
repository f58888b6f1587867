package datasource

import (
	"context"
	"encoding/json"
	"time"

	"monopod/internal/frame"
)

// Kind opens connections to the sources of its types.
type Kind interface {
	// Types are what Source.Type may be.
	Types() []string
	// Open makes a connection. It asks nothing of the source, and refuses settings
	// that cannot work.
	Open(Settings, Environment) (Connection, error)
}

// Environment is what a kind uses of the program around it.
type Environment struct {
	Guard  *Guard
	Limits Limits
	// UserAgent is how Monopod presents itself.
	UserAgent string
}

// Limits bound what one source may cost.
type Limits struct {
	// Concurrency is how many queries run at once; the others wait.
	Concurrency int
	Timeout     time.Duration
	// Rows of a table, series of a graph, and bytes of an answer before it is read.
	Rows, Series int
	Bytes        int64
}

// DefaultLimits are those of a source whose jsonData says nothing else.
func DefaultLimits() Limits {
	return Limits{Concurrency: 8, Timeout: 30 * time.Second, Rows: 200_000, Series: 10_000, Bytes: 64 << 20}
}

// Query is one target.
type Query struct {
	RefID string
	// Target is Grafana's JSON of the query.
	Target   json.RawMessage
	From, To time.Time
	// Interval is the shortest useful distance of points; 0: not known.
	Interval      time.Duration
	MaxDataPoints int
	// Location is the time zone of the dashboard: steps of a day begin there.
	Location *time.Location
	// Shaped asks for frames as panels draw them, where the kind knows better than
	// one frame a series: a table for the format "table", buckets for "heatmap".
	// Grafana's own API has this done by the browser.
	Shaped bool
}

// Range is the length of the query's time.
func (q *Query) Range() time.Duration { return q.To.Sub(q.From) }

// Zone is the location, UTC where none is given.
func (q *Query) Zone() *time.Location {
	if q.Location == nil {
		return time.UTC
	}
	return q.Location
}

// Answer is what a query brought.
type Answer struct {
	Frames []*frame.Frame
	// Samples were read for it; 0: not known.
	Samples int64
}

// Choice is a value of a variable.
type Choice struct {
	Text  string `json:"text"`
	Value string `json:"value"`
}

// Connection asks one source. Its methods may be called from many goroutines;
// they end with the context. Nobody changes a frame that it returned.
type Connection interface {
	Query(context.Context, Query) (Answer, error)
	// Values answers a variable's query: Target is a JSON string or an object.
	Values(context.Context, Query) ([]Choice, error)
	// Check asks the source whether all is well, and says what it found.
	Check(context.Context) (string, error)
	// Close gives connections back. Queries that run may fail.
	Close() error
}

// Keyer is a connection that knows which queries have equal answers.
type Keyer interface {
	// Key is equal for queries whose answers are equal, but for their refId. Empty:
	// not known.
	Key(Query) string
}
