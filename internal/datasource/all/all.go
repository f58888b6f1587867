// Package all lists the kinds of data sources that Monopod knows.
package all

import (
	"monopod/internal/datasource"
	"monopod/internal/datasource/builtin"
	"monopod/internal/datasource/elasticsearch"
	"monopod/internal/datasource/loki"
	"monopod/internal/datasource/prometheus"
	"monopod/internal/datasource/sql"
)

// Kinds returns a kind for each type of source.
func Kinds() []datasource.Kind {
	return []datasource.Kind{prometheus.Kind{}, sql.PostgreSQL(), sql.MySQL(), loki.Kind{}, elasticsearch.Kind{}}
}

// Grafana returns the connection behind "-- Grafana --".
func Grafana() datasource.Connection { return builtin.Connection{} }
