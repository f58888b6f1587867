package grafanaapi

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"monopod/internal/auth"
)

// PeopleOptions is all that the API of people is told.
type PeopleOptions struct {
	Auth   *auth.Service
	Logger *slog.Logger // default: none
	// Prefix is before all routes.
	Prefix string
	// Settings are answered by /me beside what the API itself knows.
	Settings map[string]any
	Now      func() time.Time // default time.Now
}

// People is the API of users, service accounts, sessions and preferences. There
// is one organisation, whose id is 1.
type People struct {
	PeopleOptions
}

// NewPeople makes the API.
func NewPeople(o PeopleOptions) *People {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &People{o}
}

// organisationID is that of the one organisation.
const organisationID = 1

// Routes is the routing table.
func (p *People) Routes() []auth.Route {
	var all []auth.Route
	add := func(role auth.Role, methods, path string, h http.HandlerFunc) {
		all = append(all, auth.Route{Methods: methods, Path: path, Role: role, MaxBodyBytes: 1 << 20, Handler: h})
	}
	p.loginRoutes(add)
	p.selfRoutes(add)
	p.organisationRoutes(add)
	p.userRoutes(add)
	p.accountRoutes(add)
	return all
}

type addRoute func(role auth.Role, methods, path string, h http.HandlerFunc)

// failed answers an error of the Service: what the client can mend with what is
// wrong, all else with a word and a line in the log.
func (p *People) failed(w http.ResponseWriter, r *http.Request, what string, err error) {
	var locked *auth.LockedError
	switch {
	case errors.As(err, &locked):
		auth.RefuseLocked(w, locked)
	case errors.Is(err, auth.ErrNotFound):
		fail(w, http.StatusNotFound, "%s: %v", what, err)
	case errors.Is(err, auth.ErrTaken):
		fail(w, http.StatusConflict, "%s: %v", what, err)
	case errors.Is(err, auth.ErrInvalid), errors.Is(err, auth.ErrLastAdmin):
		fail(w, http.StatusBadRequest, "%s: %v", what, err)
	case errors.Is(err, auth.ErrCredentials):
		fail(w, http.StatusUnauthorized, "%s: %v", what, err)
	case errors.Is(err, auth.ErrBusy):
		fail(w, http.StatusServiceUnavailable, "%s: %v", what, err)
	default:
		p.Logger.Error("A request about users failed", "path", r.URL.Path, "err", err)
		fail(w, http.StatusInternalServerError, "%s: the log has what happened", what)
	}
}

// identifier reads an id from the path. Where it returns false it has answered.
func identifier(w http.ResponseWriter, r *http.Request, name string) (int64, bool) {
	id, err := strconv.ParseInt(r.PathValue(name), 10, 64)
	if err != nil {
		fail(w, http.StatusBadRequest, "%q is no id: write a number", r.PathValue(name))
	}
	return id, err == nil
}

// self returns the person who asks; tokens and nobody in particular are none.
func self(w http.ResponseWriter, r *http.Request) (auth.Identity, bool) {
	i := auth.FromContext(r.Context())
	if i.UserID == 0 {
		fail(w, http.StatusUnauthorized, "Unauthorized: this is about the person who is logged in; log in first")
		return i, false
	}
	return i, true
}

// times as Grafana writes them.
func written(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

// age is how long ago something was, in the largest unit that fits.
func age(now, t time.Time) string {
	d := now.Sub(t)
	switch {
	case t.IsZero():
		return "never"
	case d < time.Minute:
		return "< 1 minute"
	case d < time.Hour:
		return fmt.Sprintf("%d minutes", d/time.Minute)
	case d < 24*time.Hour:
		return fmt.Sprintf("%d hours", d/time.Hour)
	}
	return fmt.Sprintf("%d days", d/(24*time.Hour))
}

// page cuts the page out of a list that perpage and page name, from 1.
func page[T any](r *http.Request, all []T) (part []T, number_, size int64) {
	size = min(max(number(r, "perpage", 1000), 1), 5000)
	number_ = max(number(r, "page", 1), 1)
	from := min((number_-1)*size, int64(len(all)))
	return all[from:min(from+size, int64(len(all)))], number_, size
}
