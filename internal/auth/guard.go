package auth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// proof is what a request showed to tell who asks.
type proof int

const (
	nothing proof = iota
	byCookie
	byHeader
)

// wrongProofError is for what was shown and is not right, with what to do about it.
type wrongProofError struct{ hint string }

func (e *wrongProofError) Error() string { return e.hint }

// Identify returns who asks: the anonymous identity where nothing, or nothing
// that is right, was shown.
func (s *Service) Identify(r *http.Request) Identity {
	i, _, err := s.identify(r)
	if err != nil {
		return s.anonymous()
	}
	return i
}

func (s *Service) anonymous() Identity { return Identity{Role: s.o.Anonymous} }

// identify looks at the cookie first: a proxy before this program may have a
// header of its own. A session that is over is as none.
func (s *Service) identify(r *http.Request) (Identity, proof, error) {
	ctx := r.Context()
	if token := sessionToken(r); token != "" {
		if i, ok, err := s.bySession(ctx, token); ok || err != nil {
			return i, byCookie, err
		}
	}
	header := r.Header.Get("Authorization")
	if header == "" {
		return s.anonymous(), nothing, nil
	}
	scheme, value, _ := strings.Cut(header, " ")
	login, password, isBasic := r.BasicAuth()
	secret := ""
	switch {
	case strings.EqualFold(scheme, "Bearer"):
		secret = strings.TrimSpace(value)
	case isBasic && login == "api_key": // as Grafana takes tokens
		secret = password
	}
	switch {
	case secret != "":
		i, ok, err := s.byToken(ctx, secret)
		if err == nil && !ok {
			err = &wrongProofError{"the token is wrong, has expired or was removed; make one under Tokens"}
		}
		return i, byHeader, err
	case isBasic:
		u, err := s.check(ctx, login, password, Address(r), true)
		if errors.Is(err, ErrCredentials) && s.o.IsOthersPassword != nil && s.o.IsOthersPassword() {
			return s.anonymous(), nothing, nil
		}
		if errors.Is(err, ErrCredentials) {
			err = &wrongProofError{"invalid username or password in the Authorization header; a proxy that asks for passwords of its own has to remove that header"}
		}
		return u.identity(), byHeader, err
	}
	return Identity{}, byHeader, &wrongProofError{"the Authorization header has neither Basic nor Bearer"}
}

// Protect is the rule of who may use a route:
//
//   - Where anonymous viewing is on, routes that Prometheus has are as open as there.
//   - Routes for everybody see nobody's identity; their handlers may ask Identify.
//   - All others need their role. Who has shown nothing gets 401, who may not 403.
//   - A change by the page of another site is refused, and one by cookie that does
//     not say which page asks.
func (s *Service) Protect(route Route, next http.Handler) http.Handler {
	if route.AsPrometheus && s.o.Anonymous > None {
		return as(Identity{Role: max(s.o.Anonymous, route.Role)}, next)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if route.Role == None {
			if err := s.origins.Check(r); err != nil {
				refuse(w, http.StatusForbidden, "cross-origin", crossOrigin)
				return
			}
			next.ServeHTTP(w, r)
			return
		}
		i, shown, err := s.identify(r)
		if err != nil {
			s.refuseProof(w, r, err)
			return
		}
		if shown != byHeader || hasBasic(r) {
			if !s.isSameSite(r, shown) {
				refuse(w, http.StatusForbidden, "cross-origin", crossOrigin)
				return
			}
		}
		switch {
		case i.Role >= route.Role:
			next.ServeHTTP(w, r.WithContext(NewContext(r.Context(), i)))
		case i.Anonymous() && sessionToken(r) != "":
			refuse(w, http.StatusUnauthorized, "session-ended", "Unauthorized: the session has ended; log in again")
		case i.Anonymous():
			refuse(w, http.StatusUnauthorized, "unauthorized", fmt.Sprintf("Unauthorized: this needs the role %s; log in, or send a token", route.Role))
		default:
			refuse(w, http.StatusForbidden, "forbidden", fmt.Sprintf("Permission denied: this needs the role %s, and %s is %s; an Admin can change that under Users", route.Role, i.Login, i.Role))
		}
	})
}

const crossOrigin = "Refused: this would change something, and comes from the page of another site"

func as(i Identity, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(NewContext(r.Context(), i)))
	})
}

// hasBasic tells whether a browser may have added the header by itself.
func hasBasic(r *http.Request) bool {
	_, _, ok := r.BasicAuth()
	return ok
}

// isSameSite tells whether a request may change something as far as its origin
// goes. Browsers always send one of the two headers with a change; what has
// neither and a cookie is no browser of ours.
func (s *Service) isSameSite(r *http.Request, shown proof) bool {
	if s.origins.Check(r) != nil {
		return false
	}
	isChange := r.Method != http.MethodGet && r.Method != http.MethodHead && r.Method != http.MethodOptions
	return !isChange || shown != byCookie || r.Header.Get("Origin") != "" || r.Header.Get("Sec-Fetch-Site") != ""
}

func (s *Service) refuseProof(w http.ResponseWriter, r *http.Request, err error) {
	var wrong *wrongProofError
	var locked *LockedError
	switch {
	case errors.As(err, &locked):
		RefuseLocked(w, locked)
	case errors.As(err, &wrong):
		refuse(w, http.StatusUnauthorized, "unauthorized", "Unauthorized: "+wrong.hint)
	case errors.Is(err, ErrBusy):
		refuse(w, http.StatusServiceUnavailable, "busy", err.Error())
	case errors.Is(err, context.Canceled):
		refuse(w, http.StatusServiceUnavailable, "canceled", "the client went away")
	default:
		s.logger.Error("Could not find out who asks", "path", r.URL.Path, "err", err)
		refuse(w, http.StatusInternalServerError, "internal", "could not find out who asks; the log has what happened")
	}
}

// RefuseLocked answers that too many logins failed.
func RefuseLocked(w http.ResponseWriter, e *LockedError) {
	w.Header().Set("Retry-After", strconv.Itoa(int(e.For.Truncate(time.Second)/time.Second)+1))
	refuse(w, http.StatusTooManyRequests, "locked", e.Error())
}

func refuse(w http.ResponseWriter, code int, status, message string) {
	body, _ := json.Marshal(map[string]string{"message": message, "status": status}) //nolint:errcheck // strings always marshal
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=UTF-8")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(code)
	_, _ = w.Write(body)
}
