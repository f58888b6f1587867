package grafanaapi

import (
	"net/http"

	"monopod/internal/auth"
)

// userRoutes are about users, for who manages them.
func (p *People) userRoutes(add addRoute) {
	add(auth.Admin, "GET", "/api/users", p.users)
	add(auth.Admin, "GET", "/api/users/search", p.searchUsers)
	add(auth.Admin, "GET", "/api/users/lookup", p.lookupUser)
	add(auth.Admin, "GET", "/api/users/{id}", p.user)
	add(auth.Admin, "PUT", "/api/users/{id}", p.updateUser)
	add(auth.Admin, "GET", "/api/users/{id}/orgs", p.organisationsOfUser)
	add(auth.Admin, "POST", "/api/admin/users", p.addUser)
	add(auth.Admin, "DELETE", "/api/admin/users/{id}", p.deleteUser)
	add(auth.Admin, "PUT", "/api/admin/users/{id}/password", p.setPassword)
	add(auth.Admin, "PUT", "/api/admin/users/{id}/permissions", p.setPermissions)
	add(auth.Admin, "POST", "/api/admin/users/{id}/disable", p.disableUser)
	add(auth.Admin, "POST", "/api/admin/users/{id}/enable", p.enableUser)
	add(auth.Admin, "POST", "/api/admin/users/{id}/logout", p.logoutUser)
	add(auth.Admin, "GET", "/api/admin/users/{id}/auth-tokens", p.sessionsOfUser)
	add(auth.Admin, "POST", "/api/admin/users/{id}/revoke-auth-token", p.endSessionOfUser)
}

// listedUser is a user in a list.
type listedUser struct {
	ID            int64    `json:"id"`
	UID           string   `json:"uid"`
	Name          string   `json:"name"`
	Login         string   `json:"login"`
	Email         string   `json:"email"`
	AvatarURL     string   `json:"avatarUrl"`
	Role          string   `json:"role"`
	IsAdmin       bool     `json:"isAdmin"`
	IsDisabled    bool     `json:"isDisabled"`
	LastSeenAt    string   `json:"lastSeenAt"`
	LastSeenAtAge string   `json:"lastSeenAtAge"`
	AuthLabels    []string `json:"authLabels"`
}

func (p *People) listed(w http.ResponseWriter, r *http.Request) (list []listedUser, ok bool) {
	all, err := p.Auth.Users(r.Context(), r.URL.Query().Get("query"))
	if err != nil {
		p.failed(w, r, "List users", err)
		return nil, false
	}
	list = make([]listedUser, len(all))
	for n, u := range all {
		list[n] = listedUser{
			ID: u.ID, UID: uidOf(u.ID), Name: u.Name, Login: u.Login, Email: u.Email, Role: u.Role.String(), IsAdmin: u.Role == auth.Admin,
			IsDisabled: u.Disabled, LastSeenAt: written(u.Seen), LastSeenAtAge: age(p.Now(), u.Seen), AuthLabels: []string{},
		}
	}
	return list, true
}

func (p *People) users(w http.ResponseWriter, r *http.Request) {
	if list, ok := p.listed(w, r); ok {
		part, _, _ := page(r, list)
		respond(w, http.StatusOK, part)
	}
}

func (p *People) searchUsers(w http.ResponseWriter, r *http.Request) {
	if list, ok := p.listed(w, r); ok {
		part, at, size := page(r, list)
		respond(w, http.StatusOK, map[string]any{"totalCount": len(list), "users": part, "page": at, "perPage": size})
	}
}

func (p *People) lookupUser(w http.ResponseWriter, r *http.Request) {
	u, err := p.Auth.UserBy(r.Context(), r.URL.Query().Get("loginOrEmail"))
	p.showUser(w, r, u, err)
}

func (p *People) showUser(w http.ResponseWriter, r *http.Request, u auth.User, err error) {
	if err != nil {
		p.failed(w, r, "Find the user", err)
		return
	}
	respond(w, http.StatusOK, viewOf(u, ""))
}

// about reads the user's id from the path and calls f.
func (p *People) about(w http.ResponseWriter, r *http.Request, what, done string, f func(id int64) error) {
	id, ok := identifier(w, r, "id")
	if !ok {
		return
	}
	if err := f(id); err != nil {
		p.failed(w, r, what, err)
		return
	}
	respond(w, http.StatusOK, message{Message: done})
}

func (p *People) user(w http.ResponseWriter, r *http.Request) {
	if id, ok := identifier(w, r, "id"); ok {
		u, err := p.Auth.User(r.Context(), id)
		p.showUser(w, r, u, err)
	}
}

func (p *People) updateUser(w http.ResponseWriter, r *http.Request) {
	if id, ok := identifier(w, r, "id"); ok {
		p.renameUser(w, r, id)
	}
}

func (p *People) organisationsOfUser(w http.ResponseWriter, r *http.Request) {
	id, ok := identifier(w, r, "id")
	if !ok {
		return
	}
	u, err := p.Auth.User(r.Context(), id)
	if err != nil {
		p.failed(w, r, "List organizations", err)
		return
	}
	p.organisationsOf(w, r, u.Role)
}

func (p *People) addUser(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Name, Email, Login, Password string
		Role                         *auth.Role
	}
	if !receive(w, r, &body) {
		return
	}
	role := auth.Viewer
	if body.Role != nil {
		role = *body.Role
	}
	u, err := p.Auth.AddUser(r.Context(), auth.NewUser{Login: body.Login, Email: body.Email, Name: body.Name, Password: body.Password, Role: role})
	if err != nil {
		p.failed(w, r, "Create the user", err)
		return
	}
	respond(w, http.StatusOK, map[string]any{"id": u.ID, "uid": uidOf(u.ID), "message": "User created"})
}

func (p *People) deleteUser(w http.ResponseWriter, r *http.Request) {
	p.about(w, r, "Delete the user", "User deleted", func(id int64) error { return p.Auth.DeleteUser(r.Context(), id) })
}

func (p *People) setPassword(w http.ResponseWriter, r *http.Request) {
	var body struct{ Password string }
	if !receive(w, r, &body) {
		return
	}
	p.about(w, r, "Set the password", "User password updated", func(id int64) error { return p.Auth.SetPassword(r.Context(), id, body.Password) })
}

// setPermissions is Grafana's way to make an Admin, or to make one a Viewer.
func (p *People) setPermissions(w http.ResponseWriter, r *http.Request) {
	var body struct{ IsGrafanaAdmin bool }
	if !receive(w, r, &body) {
		return
	}
	p.about(w, r, "Change the role", "User permissions updated", func(id int64) error {
		u, err := p.Auth.User(r.Context(), id)
		if err != nil || body.IsGrafanaAdmin == (u.Role == auth.Admin) {
			return err
		}
		if body.IsGrafanaAdmin {
			return p.Auth.SetRole(r.Context(), id, auth.Admin)
		}
		return p.Auth.SetRole(r.Context(), id, auth.Viewer)
	})
}

func (p *People) disableUser(w http.ResponseWriter, r *http.Request) {
	p.about(w, r, "Disable the user", "User disabled", func(id int64) error { return p.Auth.SetDisabled(r.Context(), id, true) })
}

func (p *People) enableUser(w http.ResponseWriter, r *http.Request) {
	p.about(w, r, "Enable the user", "User enabled", func(id int64) error { return p.Auth.SetDisabled(r.Context(), id, false) })
}

func (p *People) logoutUser(w http.ResponseWriter, r *http.Request) {
	p.about(w, r, "Log the user out", "User logged out", func(id int64) error { return p.Auth.EndSessions(r.Context(), id) })
}

func (p *People) sessionsOfUser(w http.ResponseWriter, r *http.Request) {
	if id, ok := identifier(w, r, "id"); ok {
		p.sessionsOf(w, r, id)
	}
}

func (p *People) endSessionOfUser(w http.ResponseWriter, r *http.Request) {
	if id, ok := identifier(w, r, "id"); ok {
		p.endSessionOf(w, r, id)
	}
}
