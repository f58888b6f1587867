package grafanaapi

import (
	"context"
	"net/http"
	"strings"

	"monopod/internal/auth"
)

func (p *People) loginRoutes(add addRoute) {
	add(auth.None, "POST", "/login", p.login)
	add(auth.None, "GET POST", "/logout", p.logout)
	add(auth.Viewer, "GET", "/api/login/ping", p.ping)
	add(auth.None, "GET", "/api/monopod/v1/me", p.me)
}

func (p *People) login(w http.ResponseWriter, r *http.Request) {
	var body struct{ User, Password string }
	if !receive(w, r, &body) {
		return
	}
	token, who, err := p.Auth.Login(r.Context(), r, body.User, body.Password)
	if err != nil {
		p.failed(w, r, "Log in", err)
		return
	}
	p.Auth.SetCookie(w, r, token)
	respond(w, http.StatusOK, map[string]any{"message": "Logged in", "redirectUrl": p.Prefix + "/", "role": who.Role})
}

// logout also answers a link, as Grafana does, when it is followed from a page of
// this program.
func (p *People) logout(w http.ResponseWriter, r *http.Request) {
	if site := r.Header.Get("Sec-Fetch-Site"); site == "cross-site" || site == "same-site" {
		fail(w, http.StatusForbidden, "Refused: the page of another site asks to log out")
		return
	}
	if err := p.Auth.Logout(r.Context(), r); err != nil {
		p.failed(w, r, "Log out", err)
		return
	}
	p.Auth.SetCookie(w, r, "")
	if r.Method == http.MethodPost {
		respond(w, http.StatusOK, message{Message: "Logged out"})
		return
	}
	http.Redirect(w, r, p.Prefix+"/login", http.StatusFound)
}

func (p *People) ping(w http.ResponseWriter, r *http.Request) {
	if auth.FromContext(r.Context()).Anonymous() {
		fail(w, http.StatusUnauthorized, "Unauthorized: not logged in")
		return
	}
	respond(w, http.StatusOK, message{Message: "Logged in"})
}

// whoIsIt is the user of /me.
type whoIsIt struct {
	ID        int64     `json:"id"`
	Login     string    `json:"login"`
	Name      string    `json:"name"`
	Email     string    `json:"email"`
	Role      auth.Role `json:"role"`
	Anonymous bool      `json:"anonymous"`
}

// me answers what the UI needs to begin, also to those who have to log in.
func (p *People) me(w http.ResponseWriter, r *http.Request) {
	i := p.Auth.Identify(r)
	preferences, err := p.Auth.EffectivePreferences(r.Context(), i)
	if err != nil {
		p.failed(w, r, "Read the preferences", err)
		return
	}
	settings := map[string]any{"anonymous": p.Auth.AnonymousRole() > auth.None, "anonymousRole": p.Auth.AnonymousRole()}
	for k, v := range p.Settings {
		settings[k] = v
	}
	respond(w, http.StatusOK, map[string]any{
		"user":        whoIsIt{i.UserID, i.Login, i.Name, i.Email, i.Role, i.Anonymous()},
		"preferences": preferences,
		"settings":    settings,
	})
}

// again logs in anew after all sessions of who asks ended with the password.
func (p *People) again(ctx context.Context, w http.ResponseWriter, r *http.Request, login, password string) error {
	token, _, err := p.Auth.Login(ctx, r, login, password)
	if err == nil {
		p.Auth.SetCookie(w, r, token)
	}
	return err
}

// browser names the program of a session in a word.
func browser(agent string) string {
	for _, b := range []struct{ mark, name string }{
		{"Edg/", "Edge"}, {"OPR/", "Opera"}, {"Firefox/", "Firefox"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"},
	} {
		if strings.Contains(agent, b.mark) {
			return b.name
		}
	}
	name, _, _ := strings.Cut(agent, "/")
	return name
}

// system names the operating system of a session.
func system(agent string) string {
	for _, s := range []struct{ mark, name string }{
		{"Android", "Android"}, {"iPhone", "iOS"}, {"iPad", "iOS"}, {"Windows", "Windows"}, {"Mac OS X", "macOS"}, {"Linux", "Linux"},
	} {
		if strings.Contains(agent, s.mark) {
			return s.name
		}
	}
	return ""
}
