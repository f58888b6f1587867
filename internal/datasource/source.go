// Package datasource asks the places where data lies.
//
// The nouns:
//
//   - A source is what the user configured: a name, a type, where it is, and
//     secrets, as in Grafana. The store keeps sources; secrets are sealed there.
//   - A kind knows how to talk to the sources of some types. The package all lists
//     the kinds.
//   - A connection is a kind's client for one source. Sources opens each when it is
//     first asked and closes it when the source changes.
//   - A query is one target of a panel, in the JSON that Grafana's panels have,
//     with variables already put in. Its answer is a list of frames.
//   - A reference is how a dashboard names a source: by uid, by name, by type, or
//     not at all. Resolve finds the source, and says so where it had to guess.
//
// Every error that a user can do something about is an *Error, whose Reason says
// what kind of trouble it is.
package datasource

import (
	"encoding/json"
	"maps"
	"time"
)

// Source is a data source as it is stored and shown, without its secrets.
type Source struct {
	ID            int64           `json:"id"`
	UID           string          `json:"uid"`
	Name          string          `json:"name"`
	Type          string          `json:"type"`
	Access        string          `json:"access"`
	URL           string          `json:"url"`
	User          string          `json:"user"`
	Database      string          `json:"database"`
	BasicAuth     bool            `json:"basicAuth"`
	BasicAuthUser string          `json:"basicAuthUser"`
	IsDefault     bool            `json:"isDefault"`
	Options       json.RawMessage `json:"jsonData"`
	// SecretNames are the keys of the secrets that are set.
	SecretNames []string `json:"-"`
	Version     int      `json:"version"`
	ReadOnly    bool     `json:"readOnly"`
	// Provider names the file that the source comes from; empty: a user made it.
	Provider string    `json:"-"`
	Created  time.Time `json:"-"`
	Updated  time.Time `json:"-"`
}

// Built-in sources.
const (
	// LocalUID is Monopod itself.
	LocalUID  = "monopod"
	LocalName = "Monopod"
	// GrafanaUID is the source of random walks and snapshots, and ExpressionUID the
	// one that computes from the answers of other queries.
	GrafanaUID    = "grafana"
	ExpressionUID = "__expr__"

	mixedUID     = "-- Mixed --"
	dashboardUID = "-- Dashboard --"
	grafanaName  = "-- Grafana --"
)

// Types of sources that Monopod knows.
const (
	TypePrometheus    = "prometheus"
	TypePostgres      = "grafana-postgresql-datasource"
	TypeMySQL         = "mysql"
	TypeElasticsearch = "elasticsearch"
	TypeOpenSearch    = "grafana-opensearch-datasource"
	TypeLoki          = "loki"
	TypeGrafana       = "grafana"
)

// aliases are names of types that mean another one.
var aliases = map[string]string{
	"postgres": TypePostgres, "postgresql": TypePostgres, "mariadb": TypeMySQL, "opensearch": TypeOpenSearch,
	"datasource": TypeGrafana, "monopod": TypePrometheus,
}

// CanonicalType returns the type that a name stands for.
func CanonicalType(name string) string {
	if t, ok := aliases[name]; ok {
		return t
	}
	return name
}

// Settings are a source with its secrets opened, for the connection alone.
type Settings struct {
	Source
	Secrets map[string]string
}

// Decode reads the options (jsonData) into a struct.
func (s *Source) Decode(options any) error {
	if len(s.Options) == 0 {
		return nil
	}
	if err := json.Unmarshal(s.Options, options); err != nil {
		return &Error{Reason: Misconfigured, Source: s.Name, Message: "its jsonData cannot be read", Err: err}
	}
	return nil
}

// Merge returns the secrets with those of a change: an empty value removes one.
func Merge(secrets, change map[string]string) map[string]string {
	out := maps.Clone(secrets)
	if out == nil {
		out = map[string]string{}
	}
	for name, value := range change {
		if value == "" {
			delete(out, name)
		} else {
			out[name] = value
		}
	}
	return out
}
