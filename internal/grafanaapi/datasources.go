package grafanaapi

import (
	"encoding/json"
	"log/slog"
	"net/http"

	"monopod/internal/auth"
	"monopod/internal/datasource"
	"monopod/internal/datasource/view"
)

// DataSourcesOptions is what NewDataSources is told.
type DataSourcesOptions struct {
	Logger  *slog.Logger
	Sources *datasource.Sources
}

// DataSources is the API of data sources: keeping, testing and asking them.
type DataSources struct {
	logger  *slog.Logger
	sources *datasource.Sources
	views   *view.Runner
}

// NewDataSources makes the API.
func NewDataSources(o DataSourcesOptions) *DataSources {
	return &DataSources{o.Logger, o.Sources, view.New(o.Sources)}
}

// maxQueryBytes bounds a view: its queries are what a dashboard has.
const maxQueryBytes = 16 << 20

// Routes is the table of its routes.
func (a *DataSources) Routes() []auth.Route {
	return []auth.Route{
		{Methods: "GET", Path: "/api/monopod/v1/datasources", Role: auth.Viewer, Handler: a.names},
		{Methods: "POST", Path: "/api/monopod/v1/view", Role: auth.Viewer, MaxBodyBytes: maxQueryBytes, Handler: a.view},
		{Methods: "POST", Path: "/api/monopod/v1/variable", Role: auth.Viewer, Handler: a.variable},
	}
}

// nameView is what everybody may know of a source.
type nameView struct {
	UID          string `json:"uid"`
	Name         string `json:"name"`
	Type         string `json:"type"`
	IsDefault    bool   `json:"isDefault"`
	TimeInterval string `json:"timeInterval,omitempty"`
	ReadOnly     bool   `json:"readOnly"`
	// Kind is the canonical type, where Type is one of its other names.
	Kind string `json:"kind"`
}

// names lists the sources for menus: no address, no user.
func (a *DataSources) names(w http.ResponseWriter, r *http.Request) {
	list, err := a.sources.List(r.Context())
	if err != nil {
		failSource(w, err)
		return
	}
	out := make([]nameView, len(list))
	for i, d := range list {
		var options struct {
			TimeInterval string `json:"timeInterval"`
		}
		_ = json.Unmarshal(d.Options, &options) // what is no text is none
		out[i] = nameView{d.UID, d.Name, d.Type, d.IsDefault, options.TimeInterval, d.ReadOnly, datasource.CanonicalType(d.Type)}
	}
	respond(w, http.StatusOK, out)
}
