package grafanaapi

import (
	"errors"
	"net/http"
	"strconv"

	"monopod/internal/auth"
)

func isWrong(err error) bool { return errors.Is(err, auth.ErrCredentials) }

func uidOf(id int64) string { return "u" + strconv.FormatInt(id, 10) }

// organisationRoutes are about the one organisation.
func (p *People) organisationRoutes(add addRoute) {
	add(auth.Viewer, "GET", "/api/org", p.organisation)
	add(auth.Admin, "PUT", "/api/org", p.renameOrganisation)
	add(auth.Viewer, "GET", "/api/org/preferences", p.organisationPreferences)
	add(auth.Admin, "PUT PATCH", "/api/org/preferences", p.changeOrganisationPreferences)
	add(auth.Admin, "GET", "/api/org/users", p.members)
	add(auth.Editor, "GET", "/api/org/users/lookup", p.memberNames)
	add(auth.Admin, "PATCH", "/api/org/users/{id}", p.changeMember)
	add(auth.Admin, "DELETE", "/api/org/users/{id}", p.removeMember)
	add(auth.Admin, "GET", "/api/orgs", p.organisations)
	add(auth.Admin, "GET", "/api/orgs/1", p.organisation)
	add(auth.Admin, "GET", "/api/orgs/name/{name}", p.organisationByName)
	add(auth.Admin, "GET", "/api/orgs/1/users", p.members)
	add(auth.Admin, "PATCH", "/api/orgs/1/users/{id}", p.changeMember)
}

type organisationView struct {
	ID      int64             `json:"id"`
	Name    string            `json:"name"`
	Address map[string]string `json:"address"`
}

func (p *People) organisation(w http.ResponseWriter, r *http.Request) {
	name, err := p.Auth.OrganisationName(r.Context())
	if err != nil {
		p.failed(w, r, "Read the organization", err)
		return
	}
	respond(w, http.StatusOK, organisationView{organisationID, name, map[string]string{
		"address1": "", "address2": "", "city": "", "zipCode": "", "state": "", "country": "",
	}})
}

func (p *People) organisationByName(w http.ResponseWriter, r *http.Request) {
	if name, err := p.Auth.OrganisationName(r.Context()); err == nil && name != r.PathValue("name") {
		fail(w, http.StatusNotFound, "Organization not found: the only one is called %s", name)
		return
	}
	p.organisation(w, r)
}

func (p *People) renameOrganisation(w http.ResponseWriter, r *http.Request) {
	var body struct{ Name string }
	if !receive(w, r, &body) {
		return
	}
	if err := p.Auth.RenameOrganisation(r.Context(), body.Name); err != nil {
		p.failed(w, r, "Update the organization", err)
		return
	}
	respond(w, http.StatusOK, message{Message: "Organization updated"})
}

func (p *People) organisations(w http.ResponseWriter, r *http.Request) {
	name, err := p.Auth.OrganisationName(r.Context())
	if err != nil {
		p.failed(w, r, "List organizations", err)
		return
	}
	respond(w, http.StatusOK, []map[string]any{{"id": organisationID, "name": name}})
}

func (p *People) organisationsOf(w http.ResponseWriter, r *http.Request, role auth.Role) {
	name, err := p.Auth.OrganisationName(r.Context())
	if err != nil {
		p.failed(w, r, "List organizations", err)
		return
	}
	respond(w, http.StatusOK, []map[string]any{{"orgId": organisationID, "name": name, "role": role}})
}

// memberView is a user as a member of the organisation.
type memberView struct {
	OrgID         int64    `json:"orgId"`
	UserID        int64    `json:"userId"`
	Email         string   `json:"email"`
	Name          string   `json:"name"`
	AvatarURL     string   `json:"avatarUrl"`
	Login         string   `json:"login"`
	Role          string   `json:"role"`
	LastSeenAt    string   `json:"lastSeenAt"`
	LastSeenAtAge string   `json:"lastSeenAtAge"`
	IsDisabled    bool     `json:"isDisabled"`
	AuthLabels    []string `json:"authLabels"`
}

func (p *People) members(w http.ResponseWriter, r *http.Request) {
	list, err := p.Auth.Users(r.Context(), r.URL.Query().Get("query"))
	if err != nil {
		p.failed(w, r, "List users", err)
		return
	}
	out := make([]memberView, len(list))
	for n, u := range list {
		out[n] = memberView{
			OrgID: organisationID, UserID: u.ID, Email: u.Email, Name: u.Name, Login: u.Login, Role: u.Role.String(),
			LastSeenAt: written(u.Seen), LastSeenAtAge: age(p.Now(), u.Seen), IsDisabled: u.Disabled, AuthLabels: []string{},
		}
	}
	respond(w, http.StatusOK, out)
}

func (p *People) memberNames(w http.ResponseWriter, r *http.Request) {
	list, err := p.Auth.Users(r.Context(), r.URL.Query().Get("query"))
	if err != nil {
		p.failed(w, r, "List users", err)
		return
	}
	out := make([]map[string]any, len(list))
	for n, u := range list {
		out[n] = map[string]any{"userId": u.ID, "login": u.Login, "avatarUrl": ""}
	}
	respond(w, http.StatusOK, out)
}

func (p *People) changeMember(w http.ResponseWriter, r *http.Request) {
	id, ok := identifier(w, r, "id")
	if !ok {
		return
	}
	var body struct{ Role auth.Role }
	if !receive(w, r, &body) {
		return
	}
	if err := p.Auth.SetRole(r.Context(), id, body.Role); err != nil {
		p.failed(w, r, "Change the role", err)
		return
	}
	respond(w, http.StatusOK, message{Message: "Organization user updated"})
}

func (p *People) removeMember(w http.ResponseWriter, r *http.Request) {
	id, ok := identifier(w, r, "id")
	if !ok {
		return
	}
	if err := p.Auth.DeleteUser(r.Context(), id); err != nil {
		p.failed(w, r, "Remove the user", err)
		return
	}
	respond(w, http.StatusOK, message{Message: "User removed from organization"})
}

func (p *People) organisationPreferences(w http.ResponseWriter, r *http.Request) {
	p.preferencesOf(w, r, auth.Everybody)
}

func (p *People) changeOrganisationPreferences(w http.ResponseWriter, r *http.Request) {
	p.changePreferencesOf(w, r, auth.Everybody)
}

// preferencesOf answers what was chosen, without what stands in for it.
func (p *People) preferencesOf(w http.ResponseWriter, r *http.Request, id int64) {
	chosen, err := p.Auth.PreferencesOf(r.Context(), id)
	if err != nil {
		p.failed(w, r, "Read the preferences", err)
		return
	}
	respond(w, http.StatusOK, chosen)
}

// changePreferencesOf replaces what was chosen with PUT, and only what the request
// names with PATCH.
func (p *People) changePreferencesOf(w http.ResponseWriter, r *http.Request, id int64) {
	var chosen auth.Preferences
	if r.Method == http.MethodPatch {
		var err error
		if chosen, err = p.Auth.PreferencesOf(r.Context(), id); err != nil {
			p.failed(w, r, "Change the preferences", err)
			return
		}
	}
	body := struct {
		*auth.Preferences
		HomeDashboardID int64 `json:"homeDashboardId"`
	}{Preferences: &chosen}
	if !receive(w, r, &body) {
		return
	}
	if body.HomeDashboardID != 0 {
		fail(w, http.StatusBadRequest, "Change the preferences: name the home dashboard by homeDashboardUID; homeDashboardId is not known here")
		return
	}
	if err := p.Auth.SetPreferences(r.Context(), id, chosen); err != nil {
		p.failed(w, r, "Change the preferences", err)
		return
	}
	respond(w, http.StatusOK, message{Message: "Preferences updated"})
}
