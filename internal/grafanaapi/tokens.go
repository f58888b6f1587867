package grafanaapi

import (
	"net/http"
	"strings"
	"time"

	"monopod/internal/auth"
)

// accountRoutes are about service accounts and their tokens, and API keys, which
// Grafana had before: a key is an account with one token.
func (p *People) accountRoutes(add addRoute) {
	add(auth.Admin, "GET", "/api/serviceaccounts/search", p.accounts)
	add(auth.Admin, "POST", "/api/serviceaccounts", p.addAccount)
	add(auth.Admin, "GET", "/api/serviceaccounts/{id}", p.account)
	add(auth.Admin, "PATCH", "/api/serviceaccounts/{id}", p.changeAccount)
	add(auth.Admin, "DELETE", "/api/serviceaccounts/{id}", p.deleteAccount)
	add(auth.Admin, "GET", "/api/serviceaccounts/{id}/tokens", p.tokens)
	add(auth.Admin, "POST", "/api/serviceaccounts/{id}/tokens", p.addToken)
	add(auth.Admin, "DELETE", "/api/serviceaccounts/{id}/tokens/{token}", p.deleteToken)
	add(auth.Admin, "GET", "/api/auth/keys", p.keys)
	add(auth.Admin, "POST", "/api/auth/keys", p.addKey)
	add(auth.Admin, "DELETE", "/api/auth/keys/{id}", p.deleteKey)
}

type accountView struct {
	ID         int64  `json:"id"`
	UID        string `json:"uid"`
	Name       string `json:"name"`
	Login      string `json:"login"`
	OrgID      int64  `json:"orgId"`
	IsDisabled bool   `json:"isDisabled"`
	Role       string `json:"role"`
	Tokens     int    `json:"tokens"`
	AvatarURL  string `json:"avatarUrl"`
	CreatedAt  string `json:"createdAt"`
	UpdatedAt  string `json:"updatedAt"`
}

func viewOfAccount(a auth.Account) accountView {
	return accountView{
		ID: a.ID, UID: "s" + strings.TrimPrefix(uidOf(a.ID), "u"), Name: a.Name, Login: a.Login(), OrgID: organisationID, IsDisabled: a.Disabled,
		Role: a.Role.String(), Tokens: a.Tokens, CreatedAt: written(a.Created), UpdatedAt: written(a.Updated),
	}
}

func (p *People) accounts(w http.ResponseWriter, r *http.Request) {
	all, err := p.Auth.Accounts(r.Context(), r.URL.Query().Get("query"))
	if err != nil {
		p.failed(w, r, "List service accounts", err)
		return
	}
	list := make([]accountView, len(all))
	for n, a := range all {
		list[n] = viewOfAccount(a)
	}
	part, at, size := page(r, list)
	respond(w, http.StatusOK, map[string]any{"totalCount": len(list), "serviceAccounts": part, "page": at, "perPage": size})
}

// accountBody is what an account is made of. What a request leaves out stays.
type accountBody struct {
	Name       *string
	Role       *auth.Role
	IsDisabled *bool
}

func (b accountBody) over(a auth.Account) auth.Account {
	if b.Name != nil {
		a.Name = *b.Name
	}
	if b.Role != nil {
		a.Role = *b.Role
	}
	if b.IsDisabled != nil {
		a.Disabled = *b.IsDisabled
	}
	return a
}

func (p *People) addAccount(w http.ResponseWriter, r *http.Request) {
	var body accountBody
	if !receive(w, r, &body) {
		return
	}
	a := body.over(auth.Account{Role: auth.Viewer})
	a, err := p.Auth.AddAccount(r.Context(), a.Name, a.Role, a.Disabled)
	if err != nil {
		p.failed(w, r, "Create the service account", err)
		return
	}
	respond(w, http.StatusCreated, viewOfAccount(a))
}

func (p *People) account(w http.ResponseWriter, r *http.Request) {
	id, ok := identifier(w, r, "id")
	if !ok {
		return
	}
	a, err := p.Auth.Account(r.Context(), id)
	if err != nil {
		p.failed(w, r, "Find the service account", err)
		return
	}
	respond(w, http.StatusOK, viewOfAccount(a))
}

func (p *People) changeAccount(w http.ResponseWriter, r *http.Request) {
	id, ok := identifier(w, r, "id")
	var body accountBody
	if !ok || !receive(w, r, &body) {
		return
	}
	a, err := p.Auth.Account(r.Context(), id)
	if err == nil {
		a = body.over(a)
		err = p.Auth.ChangeAccount(r.Context(), a)
	}
	if err != nil {
		p.failed(w, r, "Update the service account", err)
		return
	}
	respond(w, http.StatusOK, map[string]any{"message": "Service account updated", "id": id, "name": a.Name, "serviceaccount": viewOfAccount(a)})
}

func (p *People) deleteAccount(w http.ResponseWriter, r *http.Request) {
	p.about(w, r, "Delete the service account", "Service account deleted", func(id int64) error { return p.Auth.DeleteAccount(r.Context(), id) })
}

type tokenView struct {
	ID         int64   `json:"id"`
	Name       string  `json:"name"`
	Role       string  `json:"role,omitempty"` // of keys
	Created    string  `json:"created"`
	LastUsedAt *string `json:"lastUsedAt"`
	Expiration *string `json:"expiration"`
	Remaining  float64 `json:"secondsUntilExpiration"`
	HasExpired bool    `json:"hasExpired"`
	IsRevoked  bool    `json:"isRevoked"`
}

func (p *People) viewOfToken(t auth.Token) tokenView {
	v := tokenView{ID: t.ID, Name: t.Name, Created: written(t.Created), HasExpired: t.Expired(p.Now())}
	if !t.Used.IsZero() {
		used := written(t.Used)
		v.LastUsedAt = &used
	}
	if !t.Expires.IsZero() {
		expires := written(t.Expires)
		v.Expiration = &expires
		v.Remaining = max(0, t.Expires.Sub(p.Now()).Seconds())
	}
	return v
}

func (p *People) tokens(w http.ResponseWriter, r *http.Request) {
	id, ok := identifier(w, r, "id")
	if !ok {
		return
	}
	list, err := p.Auth.Tokens(r.Context(), id)
	if err == nil {
		_, err = p.Auth.Account(r.Context(), id)
	}
	if err != nil {
		p.failed(w, r, "List tokens", err)
		return
	}
	out := make([]tokenView, len(list))
	for n, t := range list {
		out[n] = p.viewOfToken(t)
	}
	respond(w, http.StatusOK, out)
}

type tokenBody struct {
	Name          string
	Role          auth.Role // of keys
	SecondsToLive int64
}

// longestLife keeps seconds from overflowing a time.
const longestLife = 100 * 365 * 24 * 60 * 60

func (b tokenBody) lifetime() time.Duration {
	return time.Duration(min(b.SecondsToLive, longestLife)) * time.Second
}

func (p *People) addToken(w http.ResponseWriter, r *http.Request) {
	id, ok := identifier(w, r, "id")
	var body tokenBody
	if ok && receive(w, r, &body) {
		p.makeToken(w, r, id, body)
	}
}

func (p *People) makeToken(w http.ResponseWriter, r *http.Request, accountID int64, body tokenBody) {
	t, secret, err := p.Auth.AddToken(r.Context(), accountID, body.Name, body.lifetime())
	if err != nil {
		p.failed(w, r, "Create the token", err)
		return
	}
	respond(w, http.StatusOK, map[string]any{"id": t.ID, "name": t.Name, "key": secret})
}

func (p *People) deleteToken(w http.ResponseWriter, r *http.Request) {
	token, ok := identifier(w, r, "token")
	if !ok {
		return
	}
	p.about(w, r, "Delete the token", "Service account token deleted", func(id int64) error { return p.Auth.DeleteToken(r.Context(), id, token) })
}

func (p *People) keys(w http.ResponseWriter, r *http.Request) {
	out := []tokenView{}
	accounts, err := p.Auth.Accounts(r.Context(), "")
	for _, a := range accounts {
		var list []auth.Token
		if list, err = p.Auth.Tokens(r.Context(), a.ID); err != nil {
			break
		}
		for _, t := range list {
			v := p.viewOfToken(t)
			v.Role = a.Role.String()
			out = append(out, v)
		}
	}
	if err != nil {
		p.failed(w, r, "List keys", err)
		return
	}
	respond(w, http.StatusOK, out)
}

func (p *People) addKey(w http.ResponseWriter, r *http.Request) {
	body := tokenBody{Role: auth.Viewer}
	if !receive(w, r, &body) {
		return
	}
	a, err := p.Auth.AddAccount(r.Context(), body.Name, body.Role, false)
	if err != nil {
		p.failed(w, r, "Create the key", err)
		return
	}
	p.makeToken(w, r, a.ID, body)
}

func (p *People) deleteKey(w http.ResponseWriter, r *http.Request) {
	p.about(w, r, "Delete the key", "API key deleted", func(id int64) error {
		accounts, err := p.Auth.Accounts(r.Context(), "")
		if err != nil {
			return err
		}
		for _, a := range accounts {
			list, err := p.Auth.Tokens(r.Context(), a.ID)
			if err != nil {
				return err
			}
			for _, t := range list {
				switch {
				case t.ID != id:
				case len(list) == 1 && a.Name == t.Name:
					return p.Auth.DeleteAccount(r.Context(), a.ID)
				default:
					return p.Auth.DeleteToken(r.Context(), a.ID, id)
				}
			}
		}
		return auth.ErrNotFound
	})
}
