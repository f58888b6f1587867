package grafanaapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"monopod/internal/auth"
	"monopod/internal/state"
)

// peopleSite is the API of people behind its guard, on a real port.
type peopleSite struct {
	t    *testing.T
	url  string
	log  bytes.Buffer
	auth *auth.Service
}

func newPeopleSite(t *testing.T) *peopleSite {
	t.Helper()
	db, err := state.Open(t.Context(), filepath.Join(t.TempDir(), "monopod.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	s := &peopleSite{t: t}
	logger := slog.New(slog.NewTextHandler(&s.log, nil))
	s.auth, err = auth.New(t.Context(), auth.Options{DB: db, Anonymous: auth.Viewer, AdminPassword: "admin-password", Logger: logger})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	for _, r := range NewPeople(PeopleOptions{Auth: s.auth, Logger: logger}).Routes() {
		for m := range strings.FieldsSeq(r.Methods) {
			mux.Handle(m+" "+r.Path, s.auth.Protect(r, r.Handler))
		}
	}
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

// visitor is one who asks: a browser with its cookies, or a program with a header.
type visitor struct {
	site   *peopleSite
	client *http.Client
	header string
}

func (s *peopleSite) browser() *visitor {
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return &visitor{site: s, client: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

func (s *peopleSite) program(header string) *visitor {
	return &visitor{site: s, client: &http.Client{}, header: header}
}

// ask sends a request as the page of this site would, and reads the answer into
// a value.
func (v *visitor) ask(method, path, body string, into any) int {
	v.site.t.Helper()
	req, err := http.NewRequest(method, v.site.url+path, strings.NewReader(body))
	if err != nil {
		v.site.t.Fatal(err)
	}
	if v.header != "" {
		req.Header.Set("Authorization", v.header)
	} else {
		req.Header.Set("Origin", v.site.url)
	}
	res, err := v.client.Do(req)
	if err != nil {
		v.site.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		v.site.t.Fatal(err)
	}
	if into != nil {
		if err := json.Unmarshal(text, into); err != nil {
			v.site.t.Fatalf("%s %s: %d %s: %v", method, path, res.StatusCode, text, err)
		}
	}
	return res.StatusCode
}

func (v *visitor) want(code int, method, path, body string) {
	v.site.t.Helper()
	var answer any
	if got := v.ask(method, path, body, &answer); got != code {
		v.site.t.Errorf("%s %s %s: %d %v, want %d", method, path, body, got, answer, code)
	}
}

func (s *peopleSite) loggedIn(login, password string) *visitor {
	s.t.Helper()
	v := s.browser()
	v.want(http.StatusOK, "POST", "/login", fmt.Sprintf(`{"user":%q,"password":%q}`, login, password))
	return v
}

type meAnswer struct {
	User struct {
		Login     string
		Role      string
		Anonymous bool
	}
	Preferences auth.Preferences
	Settings    struct{ Anonymous bool }
}

func (v *visitor) me() (m meAnswer) {
	v.site.t.Helper()
	if code := v.ask("GET", "/api/monopod/v1/me", "", &m); code != http.StatusOK {
		v.site.t.Errorf("me: %d", code)
	}
	return m
}

func TestLoginAndLogout(t *testing.T) {
	s := newPeopleSite(t)
	v := s.browser()
	if m := v.me(); !m.User.Anonymous || m.User.Role != "Viewer" || !m.Settings.Anonymous {
		t.Errorf("before: %+v", m)
	}
	v.want(http.StatusUnauthorized, "GET", "/api/user", "")
	v.want(http.StatusUnauthorized, "GET", "/api/login/ping", "")
	v.want(http.StatusUnauthorized, "POST", "/login", `{"user":"admin","password":"wrong"}`)
	v.want(http.StatusBadRequest, "POST", "/login", `{"user":`)
	v.want(http.StatusOK, "POST", "/login", `{"user":"admin","password":"admin-password"}`)
	if m := v.me(); m.User.Login != "admin" || m.User.Role != "Admin" || m.User.Anonymous {
		t.Errorf("after: %+v", m)
	}
	v.want(http.StatusOK, "GET", "/api/login/ping", "")
	v.want(http.StatusOK, "GET", "/api/users", "")
	var sessions []sessionView
	if v.ask("GET", "/api/user/auth-tokens", "", &sessions); len(sessions) != 1 || !sessions[0].IsActive || sessions[0].ClientIP != "127.0.0.1" {
		t.Errorf("%+v", sessions)
	}
	v.want(http.StatusOK, "POST", "/logout", "")
	v.want(http.StatusUnauthorized, "GET", "/api/users", "")
	if strings.Contains(s.log.String(), "admin-password") || strings.Contains(s.log.String(), "wrong") {
		t.Errorf("a password is in the log: %s", s.log.String())
	}
}

func TestLockedLoginSaysWhen(t *testing.T) {
	s := newPeopleSite(t)
	v := s.browser()
	for range 5 {
		v.want(http.StatusUnauthorized, "POST", "/login", `{"user":"admin","password":"wrong"}`)
	}
	res, err := http.Post(s.url+"/login", "application/json", strings.NewReader(`{"user":"admin","password":"admin-password"}`))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusTooManyRequests || res.Header.Get("Retry-After") == "" || res.Cookies() != nil && len(res.Cookies()) > 0 {
		t.Errorf("%d %v", res.StatusCode, res.Header)
	}
}

// The whole life of a user, as scripts and the UI lead it.
func TestUsers(t *testing.T) {
	s := newPeopleSite(t)
	admin := s.program("Basic YWRtaW46YWRtaW4tcGFzc3dvcmQ=")
	var made struct {
		ID      int64
		Message string
	}
	if code := admin.ask("POST", "/api/admin/users", `{"name":"Vera","email":"vera@example.org","login":"vera","password":"vera-password","OrgId":1}`, &made); code != http.StatusOK || made.Message != "User created" {
		t.Fatalf("%d %+v", code, made)
	}
	path := fmt.Sprint("/api/admin/users/", made.ID)
	member := fmt.Sprint("/api/org/users/", made.ID)
	admin.want(http.StatusConflict, "POST", "/api/admin/users", `{"login":"VERA","password":"vera-password"}`)
	admin.want(http.StatusBadRequest, "POST", "/api/admin/users", `{"login":"x","password":"short"}`)
	admin.want(http.StatusNotFound, "DELETE", "/api/admin/users/999", "")
	admin.want(http.StatusBadRequest, "DELETE", "/api/admin/users/x", "")
	admin.want(http.StatusBadRequest, "DELETE", "/api/admin/users/1", "") // the last Admin

	vera := s.loggedIn("vera@example.org", "vera-password")
	vera.want(http.StatusForbidden, "GET", "/api/users", "")
	admin.want(http.StatusOK, "PATCH", member, `{"role":"Admin"}`)
	vera.want(http.StatusOK, "GET", "/api/users", "")
	admin.want(http.StatusBadRequest, "PATCH", member, `{"role":"Emperor"}`)
	admin.want(http.StatusOK, "PUT", path+"/permissions", `{"isGrafanaAdmin":false}`)
	vera.want(http.StatusUnauthorized, "GET", "/api/user", "") // has to log in again
	vera = s.loggedIn("vera", "vera-password")
	vera.want(http.StatusForbidden, "GET", "/api/users", "")

	vera.want(http.StatusOK, "PUT", "/api/user", `{"name":"Vera K."}`)
	var user userView
	if vera.ask("GET", "/api/user", "", &user); user.Name != "Vera K." || user.Email != "vera@example.org" || user.OrgID != 1 || user.IsGrafanaAdmin {
		t.Errorf("%+v", user)
	}
	if admin.ask("GET", "/api/users/lookup?loginOrEmail=vera@example.org", "", &user); user.ID != made.ID {
		t.Errorf("%+v", user)
	}
	var found struct {
		TotalCount int
		Users      []listedUser
	}
	if admin.ask("GET", "/api/users/search?query=ver&perpage=1", "", &found); found.TotalCount != 1 || len(found.Users) != 1 || found.Users[0].Role != "Viewer" {
		t.Errorf("%+v", found)
	}

	// A new password ends all sessions but the one that made it.
	other := s.loggedIn("vera", "vera-password")
	vera.want(http.StatusBadRequest, "PUT", "/api/user/password", `{"oldPassword":"wrong","newPassword":"another-password"}`)
	vera.want(http.StatusBadRequest, "PUT", "/api/user/password", `{"oldPassword":"vera-password","newPassword":"short"}`)
	vera.want(http.StatusOK, "PUT", "/api/user/password", `{"oldPassword":"vera-password","newPassword":"another-password"}`)
	vera.want(http.StatusOK, "GET", "/api/user", "")
	other.want(http.StatusUnauthorized, "GET", "/api/user", "")

	admin.want(http.StatusOK, "POST", path+"/disable", "")
	vera.want(http.StatusUnauthorized, "GET", "/api/user", "")
	s.browser().want(http.StatusUnauthorized, "POST", "/login", `{"user":"vera","password":"another-password"}`)
	admin.want(http.StatusOK, "POST", path+"/enable", "")
	admin.want(http.StatusOK, "PUT", path+"/password", `{"password":"third-password"}`)
	vera = s.loggedIn("vera", "third-password")
	admin.want(http.StatusOK, "DELETE", path, "")
	vera.want(http.StatusUnauthorized, "GET", "/api/user", "")
}

func TestServiceAccounts(t *testing.T) {
	s := newPeopleSite(t)
	admin := s.loggedIn("admin", "admin-password")
	var account accountView
	if code := admin.ask("POST", "/api/serviceaccounts", `{"name":"ci","role":"Admin","isDisabled":false}`, &account); code != http.StatusCreated || account.Login != "sa-ci" || account.Role != "Admin" {
		t.Fatalf("%d %+v", code, account)
	}
	path := fmt.Sprint("/api/serviceaccounts/", account.ID)
	var token struct {
		ID        int64
		Name, Key string
	}
	if code := admin.ask("POST", path+"/tokens", `{"name":"deploy","secondsToLive":3600}`, &token); code != http.StatusOK || token.Key == "" {
		t.Fatalf("%d %+v", code, token)
	}
	admin.want(http.StatusConflict, "POST", path+"/tokens", `{"name":"deploy"}`)
	admin.want(http.StatusBadRequest, "POST", path+"/tokens", `{"name":"x","secondsToLive":-1}`)
	program := s.program("Bearer " + token.Key)
	program.want(http.StatusOK, "GET", "/api/users", "")
	program.want(http.StatusOK, "GET", "/api/user", "")
	program.want(http.StatusUnauthorized, "PUT", "/api/user/password", `{}`) // has none
	var list []tokenView
	if admin.ask("GET", path+"/tokens", "", &list); len(list) != 1 || list[0].HasExpired || list[0].Remaining <= 3500 || list[0].LastUsedAt == nil {
		t.Errorf("%+v", list)
	}
	admin.want(http.StatusOK, "PATCH", path, `{"role":"Viewer"}`)
	program.want(http.StatusForbidden, "GET", "/api/users", "")
	admin.want(http.StatusOK, "DELETE", fmt.Sprint(path, "/tokens/", token.ID), "")
	program.want(http.StatusUnauthorized, "GET", "/api/org", "")
	var found struct{ ServiceAccounts []accountView }
	if admin.ask("GET", "/api/serviceaccounts/search?query=c", "", &found); len(found.ServiceAccounts) != 1 || found.ServiceAccounts[0].Tokens != 0 {
		t.Errorf("%+v", found)
	}
	admin.want(http.StatusOK, "DELETE", path, "")
	admin.want(http.StatusNotFound, "GET", path, "")

	// Keys, as scripts of older Grafanas make them.
	if code := admin.ask("POST", "/api/auth/keys", `{"name":"old","role":"Editor"}`, &token); code != http.StatusOK {
		t.Fatalf("%d", code)
	}
	s.program("Bearer "+token.Key).want(http.StatusOK, "GET", "/api/org/users/lookup", "")
	admin.want(http.StatusOK, "DELETE", fmt.Sprint("/api/auth/keys/", token.ID), "")
	s.program("Bearer "+token.Key).want(http.StatusUnauthorized, "GET", "/api/org", "")
}

func TestPreferencesAndOrganisation(t *testing.T) {
	s := newPeopleSite(t)
	admin := s.loggedIn("admin", "admin-password")
	nobody := s.browser()
	admin.want(http.StatusOK, "PUT", "/api/org", `{"name":"Observatory"}`)
	var org organisationView
	if nobody.ask("GET", "/api/org", "", &org); org.ID != 1 || org.Name != "Observatory" {
		t.Errorf("%+v", org)
	}
	admin.want(http.StatusOK, "GET", "/api/orgs/name/Observatory", "")
	admin.want(http.StatusNotFound, "GET", "/api/orgs/name/Nowhere", "")
	admin.want(http.StatusOK, "PUT", "/api/org/preferences", `{"theme":"light","homeDashboardUID":"start"}`)
	admin.want(http.StatusOK, "PUT", "/api/user/preferences", `{"theme":"dark","timezone":"utc"}`)
	admin.want(http.StatusOK, "PATCH", "/api/user/preferences", `{"language":"ko-KR"}`)
	admin.want(http.StatusBadRequest, "PATCH", "/api/user/preferences", `{"timezone":"Nowhere/None"}`)
	admin.want(http.StatusBadRequest, "PUT", "/api/org/preferences", `{"homeDashboardId":7}`)
	nobody.want(http.StatusUnauthorized, "PUT", "/api/user/preferences", `{"theme":"dark"}`)
	nobody.want(http.StatusUnauthorized, "PUT", "/api/org/preferences", `{"theme":"dark"}`)
	if got := admin.me().Preferences; got != (auth.Preferences{Theme: "dark", Timezone: "utc", Language: "ko-KR", HomeDashboardUID: "start"}) {
		t.Errorf("%+v", got)
	}
	if got := nobody.me().Preferences; got != (auth.Preferences{Theme: "light", HomeDashboardUID: "start"}) {
		t.Errorf("%+v", got)
	}
}

// Where another site's page would log a person out, or in, it is refused.
func TestOtherSitesDoNotLogInOrOut(t *testing.T) {
	s := newPeopleSite(t)
	admin := s.loggedIn("admin", "admin-password")
	for _, c := range []struct{ method, path string }{{"POST", "/login"}, {"POST", "/logout"}, {"GET", "/logout"}} {
		req, err := http.NewRequest(c.method, s.url+c.path, strings.NewReader(`{"user":"admin","password":"admin-password"}`))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Origin", "https://evil.example")
		req.Header.Set("Sec-Fetch-Site", "cross-site")
		res, err := admin.client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != http.StatusForbidden || len(res.Cookies()) > 0 {
			t.Errorf("%s %s: %d %v", c.method, c.path, res.StatusCode, res.Cookies())
		}
	}
	admin.want(http.StatusOK, "GET", "/api/user", "")
}
