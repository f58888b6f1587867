// Package auth knows who asks and what they may do.
//
// An identity is a person, a token or nobody in particular (anonymous), and has a
// role. Roles include the ones before them: a Viewer sees, an Editor changes
// dashboards, an Admin changes data sources, users and the rest. Every route
// names the least role that may use it; what no route names is refused.
package auth

import (
	"context"
	"fmt"
	"net/http"
	"strings"
)

// Role is what an identity may do.
type Role int8

// Roles, each including the ones before it. None stands for somebody who has
// shown nothing: its routes are open to the whole network.
const (
	None Role = iota
	Viewer
	Editor
	Admin
)

var roleNames = [...]string{None: "None", Viewer: "Viewer", Editor: "Editor", Admin: "Admin"}

func (r Role) String() string { return roleNames[r] }

// MarshalText writes the name that Grafana uses.
func (r Role) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads a role by its name, in any case.
func (r *Role) UnmarshalText(text []byte) error {
	for i, name := range roleNames {
		if strings.EqualFold(name, string(text)) {
			*r = Role(i)
			return nil
		}
	}
	return fmt.Errorf("there is no role %q; use Viewer, Editor or Admin", text)
}

// Identity is who asks.
type Identity struct {
	// UserID is of the users table; 0 for tokens and for nobody in particular.
	UserID int64
	// TokenID is of the tokens table where a token asks.
	TokenID int64
	Login   string
	Name    string
	Email   string
	Role    Role
}

// Anonymous tells whether nobody in particular asks.
func (i Identity) Anonymous() bool { return i.UserID == 0 && i.TokenID == 0 }

// Actor is how changes name who made them.
func (i Identity) Actor() string {
	if i.Login == "" {
		return "anonymous"
	}
	return i.Login
}

type identityKey struct{}

// NewContext returns a context of a request by the identity.
func NewContext(ctx context.Context, i Identity) context.Context {
	return context.WithValue(ctx, identityKey{}, i)
}

// FromContext returns who asks; nobody without a role where nothing was said.
func FromContext(ctx context.Context) Identity {
	i, _ := ctx.Value(identityKey{}).(Identity)
	return i
}

// Route is one entry of the routing table of an API.
type Route struct {
	// Methods are separated by spaces. GET includes HEAD.
	Methods string
	// Path has {name} for a segment and {name...} for all that follow, and begins
	// below the route prefix.
	Path string
	// Role is the least one that may use the route. The handler decides about what
	// depends on more than the route.
	Role Role
	// AsPrometheus is for routes that Prometheus has open to everybody, once a flag
	// enables them: while anonymous viewing is on, nobody has to log in for them.
	AsPrometheus bool
	// MaxBodyBytes bounds the body; 0: the server's default.
	MaxBodyBytes int64
	Handler      http.HandlerFunc
}

// Guard decides who may use a route. Its method may be called from many
// goroutines.
type Guard interface {
	// Protect lets those use the handler who may use the route, with their identity
	// in the request's context, and answers all others.
	Protect(r Route, next http.Handler) http.Handler
}

// Open is the Guard of a program that has no users: everybody may do everything.
type Open struct{}

// Protect lets everybody pass as an Admin without a name.
func (Open) Protect(_ Route, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(NewContext(r.Context(), Identity{Role: Admin})))
	})
}
