package grafanaapi

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"monopod/internal/auth"
	"monopod/internal/datasource"
	"monopod/internal/datasource/view"
)

// DataSourcesOptions is what NewDataSources is told.
type DataSourcesOptions struct {
	Logger  *slog.Logger
	Sources *datasource.Sources
	// Local answers what is forwarded to Monopod itself; nil: nothing does.
	Local http.Handler
	// Prefix is where Local's routes begin.
	Prefix string
}

// DataSources is the API of data sources: keeping, testing and asking them.
type DataSources struct {
	logger  *slog.Logger
	sources *datasource.Sources
	views   *view.Runner
	local   http.Handler
	prefix  string
}

// NewDataSources makes the API.
func NewDataSources(o DataSourcesOptions) *DataSources {
	return &DataSources{o.Logger, o.Sources, view.New(o.Sources), o.Local, o.Prefix}
}

// maxQueryBytes bounds a view: its queries are what a dashboard has.
const maxQueryBytes = 16 << 20

// Routes is the table of its routes. Who asks a source must be a Viewer, who sees
// where it is or changes it an Admin.
func (a *DataSources) Routes() []auth.Route {
	const root = "/api/datasources"
	routes := []auth.Route{
		{Methods: "GET", Path: "/api/monopod/v1/datasources", Role: auth.Viewer, Handler: a.names},
		{Methods: "POST", Path: "/api/monopod/v1/datasources/test", Role: auth.Admin, Handler: a.try},
		{Methods: "POST", Path: "/api/monopod/v1/view", Role: auth.Viewer, MaxBodyBytes: maxQueryBytes, Handler: a.view},
		{Methods: "POST", Path: "/api/monopod/v1/variable", Role: auth.Viewer, Handler: a.variable},
		{Methods: "POST", Path: "/api/ds/query", Role: auth.Viewer, MaxBodyBytes: maxQueryBytes, Handler: a.query},
		{Methods: "GET", Path: root, Role: auth.Admin, Handler: a.list},
		{Methods: "POST", Path: root, Role: auth.Admin, Handler: a.create},
		{Methods: "GET", Path: root + "/id/{name}", Role: auth.Viewer, Handler: a.id},
	}
	for _, by := range []struct {
		path string
		find finder
	}{{"/{id}", a.byID}, {"/uid/{uid}", a.byUID}, {"/name/{name}", a.byName}} {
		routes = append(routes,
			auth.Route{Methods: "GET", Path: root + by.path, Role: auth.Admin, Handler: a.show(by.find)},
			auth.Route{Methods: "DELETE", Path: root + by.path, Role: auth.Admin, Handler: a.remove(by.find)},
		)
		if by.path == "/name/{name}" {
			continue
		}
		routes = append(routes,
			auth.Route{Methods: "PUT", Path: root + by.path, Role: auth.Admin, Handler: a.update(by.find)},
			auth.Route{Methods: "GET POST PUT PATCH DELETE", Path: root + "/proxy" + by.path + "/{rest...}", Role: auth.Viewer, Handler: a.forward(by.find, false)},
		)
	}
	return append(routes,
		auth.Route{Methods: "GET", Path: root + "/uid/{uid}/health", Role: auth.Viewer, Handler: a.health(a.byUID)},
		auth.Route{Methods: "GET POST", Path: root + "/uid/{uid}/resources/{rest...}", Role: auth.Viewer, Handler: a.forward(a.byUID, true)},
		auth.Route{Methods: "GET POST", Path: root + "/{id}/{rest...}", Role: auth.Viewer, Handler: a.belowID},
	)
}

// belowID answers the old paths by number. They are one route, because names that
// equal a word would make two of them the same.
func (a *DataSources) belowID(w http.ResponseWriter, r *http.Request) {
	rest := r.PathValue("rest")
	if path, ok := strings.CutPrefix(rest, "resources/"); ok {
		r.SetPathValue("rest", path)
		a.forward(a.byID, true)(w, r)
		return
	}
	if rest != "health" || r.Method == http.MethodPost {
		fail(w, http.StatusNotFound, "Not found")
		return
	}
	a.health(a.byID)(w, r)
}

// finder finds the source that a path names.
type finder func(*http.Request) (datasource.Source, error)

func (a *DataSources) byID(r *http.Request) (datasource.Source, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return datasource.Source{}, datasource.ErrNotFound
	}
	return a.sources.ByID(r.Context(), id)
}

func (a *DataSources) byUID(r *http.Request) (datasource.Source, error) {
	return a.sources.Get(r.Context(), r.PathValue("uid"))
}

func (a *DataSources) byName(r *http.Request) (datasource.Source, error) {
	return a.sources.ByName(r.Context(), r.PathValue("name"))
}

// sourceView is a source as Grafana shows it to those who keep it.
type sourceView struct {
	datasource.Source
	OrgID            int             `json:"orgId"`
	TypeLogoURL      string          `json:"typeLogoUrl"`
	WithCredentials  bool            `json:"withCredentials"`
	SecureJSONFields map[string]bool `json:"secureJsonFields"`
}

func sourceViewOf(d datasource.Source) sourceView {
	v := sourceView{Source: d, OrgID: 1, SecureJSONFields: map[string]bool{}}
	for _, name := range d.SecretNames {
		v.SecureJSONFields[name] = true
	}
	if len(v.Options) == 0 {
		v.Options = json.RawMessage(`{}`)
	}
	return v
}

func (a *DataSources) list(w http.ResponseWriter, r *http.Request) {
	list, err := a.sources.List(r.Context())
	if err != nil {
		failStore(w, err)
		return
	}
	out := make([]sourceView, len(list))
	for i, d := range list {
		out[i] = sourceViewOf(d)
	}
	respond(w, http.StatusOK, out)
}

func (a *DataSources) id(w http.ResponseWriter, r *http.Request) {
	d, err := a.byName(r)
	if err != nil {
		failStore(w, err)
		return
	}
	respond(w, http.StatusOK, map[string]int64{"id": d.ID})
}

func (a *DataSources) show(find finder) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		d, err := find(r)
		if err != nil {
			failStore(w, err)
			return
		}
		respond(w, http.StatusOK, sourceViewOf(d))
	}
}

// sourceBody is what clients send.
type sourceBody struct {
	datasource.Source
	Secrets map[string]string `json:"secureJsonData"`
	// Password is where it stood long ago.
	Password          string `json:"password"`
	BasicAuthPassword string `json:"basicAuthPassword"`
}

func (b *sourceBody) change() datasource.Change {
	c := datasource.Change{Source: b.Source, Secrets: b.Secrets}
	c.ReadOnly = false
	for name, value := range map[string]string{"password": b.Password, "basicAuthPassword": b.BasicAuthPassword} {
		if value != "" && c.Secrets[name] == "" {
			c.Secrets = datasource.Merge(c.Secrets, map[string]string{name: value})
		}
	}
	return c
}

// changeView answers a change.
type changeView struct {
	ID         int64      `json:"id"`
	Name       string     `json:"name"`
	Message    string     `json:"message"`
	DataSource sourceView `json:"datasource"`
}

func (a *DataSources) create(w http.ResponseWriter, r *http.Request) {
	var body sourceBody
	if !receive(w, r, &body) {
		return
	}
	d, err := a.sources.Create(r.Context(), body.change())
	if err != nil {
		failStore(w, err)
		return
	}
	respond(w, http.StatusOK, changeView{d.ID, d.Name, "Datasource added", sourceViewOf(d)})
}

func (a *DataSources) update(find finder) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var body sourceBody
		if !receive(w, r, &body) {
			return
		}
		d, err := find(r)
		if err == nil {
			d, err = a.sources.Update(r.Context(), d.UID, body.change())
		}
		if err != nil {
			failStore(w, err)
			return
		}
		respond(w, http.StatusOK, changeView{d.ID, d.Name, "Datasource updated", sourceViewOf(d)})
	}
}

func (a *DataSources) remove(find finder) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		d, err := find(r)
		if err == nil {
			_, err = a.sources.Delete(r.Context(), d.UID)
		}
		if err != nil {
			failStore(w, err)
			return
		}
		respond(w, http.StatusOK, map[string]any{"message": "Data source deleted", "id": d.ID})
	}
}

// failStore answers why a source is not found or not changed.
func failStore(w http.ResponseWriter, err error) {
	code := http.StatusInternalServerError
	switch {
	case errors.Is(err, datasource.ErrNotFound):
		fail(w, http.StatusNotFound, "Data source not found")
		return
	case errors.Is(err, datasource.ErrReadOnly):
		code = http.StatusForbidden
	case errors.Is(err, datasource.ErrTaken):
		code = http.StatusConflict
	case errors.Is(err, datasource.ErrConflict):
		code = http.StatusPreconditionFailed
	case errors.Is(err, datasource.ErrInvalid):
		code = http.StatusBadRequest
	}
	fail(w, code, "%v", err)
}

// healthView answers a test.
type healthView struct {
	Status  string `json:"status"`
	Message string `json:"message"`
	// Reason is the kind of trouble.
	Reason datasource.Reason `json:"reason,omitempty"`
}

func (a *DataSources) health(find finder) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		d, err := find(r)
		if err != nil {
			failStore(w, err)
			return
		}
		answerHealth(w, func() (string, error) {
			c, err := a.sources.Connect(r.Context(), d)
			if err != nil {
				return "", err
			}
			return c.Check(r.Context())
		})
	}
}

func answerHealth(w http.ResponseWriter, check func() (string, error)) {
	text, err := check()
	if err != nil {
		respond(w, http.StatusBadRequest, healthView{"ERROR", err.Error(), datasource.ReasonOf(err)})
		return
	}
	respond(w, http.StatusOK, healthView{Status: "OK", Message: text})
}

// try tests a source as it stands in a form, before it is stored. Where the form
// leaves a secret out, the stored one is used, but only for the address that it
// was entered for: otherwise a form could send it anywhere.
func (a *DataSources) try(w http.ResponseWriter, r *http.Request) {
	var body sourceBody
	if !receive(w, r, &body) {
		return
	}
	c := body.change()
	secrets, err := a.storedSecrets(r.Context(), c)
	if err != nil {
		failStore(w, err)
		return
	}
	answerHealth(w, func() (string, error) {
		return a.sources.Try(r.Context(), datasource.Settings{Source: c.Source, Secrets: datasource.Merge(secrets, c.Secrets)})
	})
}

func (a *DataSources) storedSecrets(ctx context.Context, c datasource.Change) (map[string]string, error) {
	if c.UID == "" {
		return nil, nil
	}
	d, err := a.sources.Get(ctx, c.UID)
	if errors.Is(err, datasource.ErrNotFound) || err == nil && (d.UID == datasource.LocalUID || d.URL != c.URL || d.Type != c.Type) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	settings, err := a.sources.Settings(ctx, d)
	return settings.Secrets, err
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
		failStore(w, err)
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
