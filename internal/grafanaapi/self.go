package grafanaapi

import (
	"net/http"

	"monopod/internal/auth"
)

// selfRoutes are about the person who asks. Their handlers refuse all others.
func (p *People) selfRoutes(add addRoute) {
	add(auth.Viewer, "GET", "/api/user", p.profile)
	add(auth.Viewer, "PUT", "/api/user", p.rename)
	add(auth.Viewer, "PUT", "/api/user/password", p.changePassword)
	add(auth.Viewer, "GET", "/api/user/orgs", p.ownOrganisations)
	add(auth.Viewer, "POST", "/api/user/using/{org}", p.use)
	add(auth.Viewer, "GET", "/api/user/auth-tokens", p.ownSessions)
	add(auth.Viewer, "POST", "/api/user/revoke-auth-token", p.endOwnSession)
	add(auth.Viewer, "GET", "/api/user/preferences", p.ownPreferences)
	add(auth.Viewer, "PUT PATCH", "/api/user/preferences", p.changeOwnPreferences)
}

// userView is a user as /api/user and /api/users/{id} show it.
type userView struct {
	ID             int64    `json:"id"`
	UID            string   `json:"uid"`
	Email          string   `json:"email"`
	Name           string   `json:"name"`
	Login          string   `json:"login"`
	Theme          string   `json:"theme"`
	OrgID          int64    `json:"orgId"`
	Role           string   `json:"role"`
	IsGrafanaAdmin bool     `json:"isGrafanaAdmin"`
	IsDisabled     bool     `json:"isDisabled"`
	IsExternal     bool     `json:"isExternal"`
	AuthLabels     []string `json:"authLabels"`
	UpdatedAt      string   `json:"updatedAt"`
	CreatedAt      string   `json:"createdAt"`
	AvatarURL      string   `json:"avatarUrl"`
}

func viewOf(u auth.User, theme string) userView {
	return userView{
		ID: u.ID, UID: uidOf(u.ID), Email: u.Email, Name: u.Name, Login: u.Login, Theme: theme, OrgID: organisationID, Role: u.Role.String(),
		IsGrafanaAdmin: u.Role == auth.Admin, IsDisabled: u.Disabled, AuthLabels: []string{}, UpdatedAt: written(u.Updated), CreatedAt: written(u.Created),
	}
}

func (p *People) profile(w http.ResponseWriter, r *http.Request) {
	i := auth.FromContext(r.Context())
	if i.TokenID != 0 {
		respond(w, http.StatusOK, userView{Login: i.Login, Name: i.Name, OrgID: organisationID, Role: i.Role.String(), AuthLabels: []string{}})
		return
	}
	if _, ok := self(w, r); !ok {
		return
	}
	u, err := p.Auth.User(r.Context(), i.UserID)
	if err != nil {
		p.failed(w, r, "Read the profile", err)
		return
	}
	preferences, err := p.Auth.PreferencesOf(r.Context(), i.UserID)
	if err != nil {
		p.failed(w, r, "Read the profile", err)
		return
	}
	respond(w, http.StatusOK, viewOf(u, preferences.Theme))
}

// names is what a user may be called. What a request leaves out stays.
type names struct {
	Login, Email, Name *string
}

func (n names) over(u auth.User) (login, email, name string) {
	login, email, name = u.Login, u.Email, u.Name
	for _, x := range []struct {
		from *string
		to   *string
	}{{n.Login, &login}, {n.Email, &email}, {n.Name, &name}} {
		if x.from != nil {
			*x.to = *x.from
		}
	}
	return login, email, name
}

func (p *People) rename(w http.ResponseWriter, r *http.Request) {
	if i, ok := self(w, r); ok {
		p.renameUser(w, r, i.UserID)
	}
}

func (p *People) renameUser(w http.ResponseWriter, r *http.Request, id int64) {
	var body names
	if !receive(w, r, &body) {
		return
	}
	u, err := p.Auth.User(r.Context(), id)
	if err == nil {
		login, email, name := body.over(u)
		err = p.Auth.RenameUser(r.Context(), id, login, email, name)
	}
	if err != nil {
		p.failed(w, r, "Update the user", err)
		return
	}
	respond(w, http.StatusOK, message{Message: "User updated"})
}

func (p *People) changePassword(w http.ResponseWriter, r *http.Request) {
	i, ok := self(w, r)
	if !ok {
		return
	}
	var body struct{ OldPassword, NewPassword, ConfirmNew string }
	if !receive(w, r, &body) {
		return
	}
	if body.ConfirmNew != "" && body.ConfirmNew != body.NewPassword {
		fail(w, http.StatusBadRequest, "The new password and its repetition differ")
		return
	}
	err := p.Auth.ChangePassword(r.Context(), i.UserID, auth.Address(r), body.OldPassword, body.NewPassword)
	if err == nil {
		err = p.again(r.Context(), w, r, i.Login, body.NewPassword)
	}
	if isWrong(err) {
		// Not 401: the session is in order, and a client must not ask to log in.
		respond(w, http.StatusBadRequest, message{Message: "The old password is wrong", Status: "wrong-password"})
		return
	}
	if err != nil {
		p.failed(w, r, "Change the password", err)
		return
	}
	respond(w, http.StatusOK, message{Message: "User password changed"})
}

func (p *People) ownOrganisations(w http.ResponseWriter, r *http.Request) {
	i := auth.FromContext(r.Context())
	p.organisationsOf(w, r, i.Role)
}

func (p *People) use(w http.ResponseWriter, r *http.Request) {
	if id, ok := identifier(w, r, "org"); ok && id != organisationID {
		fail(w, http.StatusUnauthorized, "Not a valid organization: there is one, and its id is 1")
	} else if ok {
		respond(w, http.StatusOK, message{Message: "Active organization changed"})
	}
}

// sessionView is a session in Grafana's words.
type sessionView struct {
	ID             int64  `json:"id"`
	IsActive       bool   `json:"isActive"`
	ClientIP       string `json:"clientIp"`
	Browser        string `json:"browser"`
	BrowserVersion string `json:"browserVersion"`
	OS             string `json:"os"`
	OSVersion      string `json:"osVersion"`
	Device         string `json:"device"`
	CreatedAt      string `json:"createdAt"`
	SeenAt         string `json:"seenAt"`
	ExpiresAt      string `json:"expiresAt"`
}

func (p *People) sessionsOf(w http.ResponseWriter, r *http.Request, id int64) {
	list, err := p.Auth.Sessions(r.Context(), id, r)
	if err != nil {
		p.failed(w, r, "List the sessions", err)
		return
	}
	out := make([]sessionView, len(list))
	for n, s := range list {
		out[n] = sessionView{
			ID: s.ID, IsActive: s.Current, ClientIP: s.Address, Browser: browser(s.Agent), OS: system(s.Agent), Device: "Browser",
			CreatedAt: written(s.Created), SeenAt: written(s.Seen), ExpiresAt: written(s.Expires),
		}
	}
	respond(w, http.StatusOK, out)
}

func (p *People) ownSessions(w http.ResponseWriter, r *http.Request) {
	if i, ok := self(w, r); ok {
		p.sessionsOf(w, r, i.UserID)
	}
}

func (p *People) endOwnSession(w http.ResponseWriter, r *http.Request) {
	if i, ok := self(w, r); ok {
		p.endSessionOf(w, r, i.UserID)
	}
}

func (p *People) endSessionOf(w http.ResponseWriter, r *http.Request, id int64) {
	var body struct{ AuthTokenID int64 }
	if !receive(w, r, &body) {
		return
	}
	if err := p.Auth.EndSession(r.Context(), id, body.AuthTokenID); err != nil {
		p.failed(w, r, "End the session", err)
		return
	}
	respond(w, http.StatusOK, message{Message: "User auth token revoked"})
}

func (p *People) ownPreferences(w http.ResponseWriter, r *http.Request) {
	if i, ok := self(w, r); ok {
		p.preferencesOf(w, r, i.UserID)
	}
}

func (p *People) changeOwnPreferences(w http.ResponseWriter, r *http.Request) {
	if i, ok := self(w, r); ok {
		p.changePreferencesOf(w, r, i.UserID)
	}
}
