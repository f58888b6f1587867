package auth

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"monopod/internal/state"
)

// rig is a Service on a file of its own, with a clock that the test moves and
// passwords that cost little.
type rig struct {
	*Service
	t     *testing.T
	clock time.Time
}

func newRig(t *testing.T, change func(*Options)) *rig {
	t.Helper()
	db, err := state.Open(t.Context(), filepath.Join(t.TempDir(), "monopod.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	r := &rig{t: t, clock: time.Unix(1_700_000_000, 0)}
	o := Options{DB: db, Anonymous: Viewer, AdminPassword: "admin-password", Now: func() time.Time { return r.clock }}
	if change != nil {
		change(&o)
	}
	if r.Service, err = New(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	r.passwords.cost = cost{memoryKiB: 64, rounds: 1, threads: 1}
	r.passwords.decoy = r.passwords.cost.encode(make([]byte, saltBytes), make([]byte, hashBytes))
	return r
}

func (r *rig) add(login string, role Role) User {
	r.t.Helper()
	u, err := r.AddUser(r.t.Context(), NewUser{Login: login, Password: login + "-password", Role: role})
	if err != nil {
		r.t.Fatal(err)
	}
	return u
}

func (r *rig) login(login, password string, cookie ...string) (string, error) {
	req := httptest.NewRequest(http.MethodPost, "/login", nil)
	for _, c := range cookie {
		req.AddCookie(&http.Cookie{Name: cookiePlain, Value: c})
	}
	token, _, err := r.Login(r.t.Context(), req, login, password)
	return token, err
}

func (r *rig) mustLogin(login string) string {
	r.t.Helper()
	token, err := r.login(login, login+"-password")
	if err != nil {
		r.t.Fatal(err)
	}
	return token
}

// as asks a route for a role in the name of who has the session.
func (r *rig) as(token string, role Role) int {
	req := httptest.NewRequest(http.MethodGet, "/", nil)
	req.AddCookie(&http.Cookie{Name: cookiePlain, Value: token})
	return r.ask(Route{Role: role}, req)
}

func (r *rig) ask(route Route, req *http.Request) int {
	w := httptest.NewRecorder()
	r.Protect(route, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })).ServeHTTP(w, req)
	return w.Code
}

func (r *rig) bearer(secret string, role Role) int {
	req := httptest.NewRequest(http.MethodPost, "/", nil)
	req.Header.Set("Authorization", "Bearer "+secret)
	return r.ask(Route{Role: role}, req)
}

func TestPasswordsAreStoredAsHashes(t *testing.T) {
	p := newPasswords(time.Now)
	a, err := p.hash(t.Context(), "correct horse")
	if err != nil {
		t.Fatal(err)
	}
	b, _ := p.hash(t.Context(), "correct horse")
	if a == b || !strings.HasPrefix(a, "$argon2id$v=19$m=19456,t=2,p=1$") || strings.Contains(a, "horse") {
		t.Errorf("%s, %s", a, b)
	}
	for password, want := range map[string]bool{"correct horse": true, "correct hors": false, "": false, strings.Repeat("x", 5000): false} {
		if got, err := p.matches(t.Context(), password, a); err != nil || got != want {
			t.Errorf("%q: %v, %v", password, got, err)
		}
	}
	// A hash that was made at another cost keeps its own.
	p.cost = cost{memoryKiB: 64, rounds: 1, threads: 1}
	if ok, err := p.matches(t.Context(), "correct horse", a); !ok || err != nil {
		t.Errorf("after the cost changed: %v, %v", ok, err)
	}
	for _, bad := range []string{"plain", "$argon2id$v=19$m=9999999,t=1,p=1$AAAA$AAAA", "$argon2i$v=19$m=64,t=1,p=1$AAAA$AAAA", "$argon2id$v=1$m=64,t=1,p=1$AAAA$AAAA"} {
		if ok, err := p.matches(t.Context(), "x", bad); ok || err == nil {
			t.Errorf("%s: %v, %v", bad, ok, err)
		}
	}
}

// However many log in at once, few hashes are made at the same time, and who
// would wait too long is told.
func TestLoginsAtOnceAreBounded(t *testing.T) {
	p := newPasswords(time.Now)
	for range checksAtOnce {
		if err := p.enter(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	errs := make(chan error)
	for range checksWaiting {
		go func() { errs <- p.enter(ctx) }()
	}
	for len(p.queue) < cap(p.queue) {
		time.Sleep(time.Millisecond)
	}
	if err := p.enter(t.Context()); !errors.Is(err, ErrBusy) {
		t.Errorf("one too many: %v", err)
	}
	cancel()
	for range checksWaiting {
		if err := <-errs; !errors.Is(err, context.Canceled) {
			t.Errorf("one that went away: %v", err)
		}
	}
	for range checksAtOnce {
		p.leave()
	}
	if len(p.queue) != 0 || len(p.slots) != 0 {
		t.Errorf("%d, %d turns are taken by nobody", len(p.queue), len(p.slots))
	}
}

func TestFirstUser(t *testing.T) {
	r := newRig(t, nil)
	if _, err := r.login("admin", "admin-password"); err != nil {
		t.Error(err)
	}
	// The next start does not change the password.
	o := r.o
	o.AdminPassword = "another-one"
	again, err := New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if users, err := again.Users(t.Context(), ""); err != nil || len(users) != 1 || users[0].Role != Admin {
		t.Errorf("%v, %v", users, err)
	}
	if _, err := r.login("admin", "another-one"); !errors.Is(err, ErrCredentials) {
		t.Errorf("the password of a later start: %v", err)
	}
}

// What was taken away is gone with the next request.
func TestAccessEndsAtOnce(t *testing.T) {
	r := newRig(t, nil)
	ctx := t.Context()
	for name, end := range map[string]func(u User, token string) error{
		"logout": func(_ User, token string) error {
			req := httptest.NewRequest(http.MethodPost, "/logout", nil)
			req.AddCookie(&http.Cookie{Name: cookiePlain, Value: token})
			return r.Logout(ctx, req)
		},
		"role removal":      func(u User, _ string) error { return r.SetRole(ctx, u.ID, Viewer) },
		"deletion":          func(u User, _ string) error { return r.DeleteUser(ctx, u.ID) },
		"disabling":         func(u User, _ string) error { return r.SetDisabled(ctx, u.ID, true) },
		"another password":  func(u User, _ string) error { return r.SetPassword(ctx, u.ID, "another-password") },
		"the end by others": func(u User, _ string) error { return r.EndSessions(ctx, u.ID) },
		"idleness":          func(User, string) error { r.clock = r.clock.Add(r.o.IdleTimeout + time.Second); return nil },
	} {
		u := r.add("eve "+name, Editor)
		token := r.mustLogin(u.Login)
		if code := r.as(token, Editor); code != http.StatusOK {
			t.Errorf("before %s: %d", name, code)
		}
		if err := end(u, token); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if code := r.as(token, Editor); code != http.StatusUnauthorized {
			t.Errorf("after %s: %d", name, code)
		}
	}
}

// A session that is used lives, but not for ever.
func TestLongestSession(t *testing.T) {
	r := newRig(t, nil)
	r.add("eve", Editor)
	token := r.mustLogin("eve")
	for day := 1; day < 30; day++ {
		r.clock = r.clock.Add(24 * time.Hour)
		if code := r.as(token, Editor); code != http.StatusOK {
			t.Fatalf("on day %d: %d", day, code)
		}
	}
	r.clock = r.clock.Add(24*time.Hour + time.Second)
	if code := r.as(token, Editor); code != http.StatusUnauthorized {
		t.Errorf("after 30 days: %d", code)
	}
}

// A login never takes over an id that somebody else may know.
func TestLoginMakesANewSession(t *testing.T) {
	r := newRig(t, nil)
	r.add("eve", Editor)
	if _, err := r.login("eve", "eve-password", "planted"); err != nil {
		t.Fatal(err)
	}
	if code := r.as("planted", Editor); code != http.StatusUnauthorized {
		t.Errorf("an id that was planted: %d", code)
	}
	first := r.mustLogin("eve")
	second, err := r.login("eve", "eve-password", first)
	if err != nil || second == first {
		t.Fatalf("%v", err)
	}
	if code := r.as(first, Editor); code != http.StatusUnauthorized {
		t.Errorf("the id of before the login: %d", code)
	}
	if code := r.as(second, Editor); code != http.StatusOK {
		t.Errorf("the new one: %d", code)
	}
}

func TestTokens(t *testing.T) {
	r := newRig(t, nil)
	ctx := t.Context()
	a, err := r.AddAccount(ctx, "ci", Editor, false)
	if err != nil {
		t.Fatal(err)
	}
	make := func(name string, lifetime time.Duration) (Token, string) {
		t.Helper()
		token, secret, err := r.AddToken(ctx, a.ID, name, lifetime)
		if err != nil {
			t.Fatal(err)
		}
		return token, secret
	}
	kept, secret := make("kept", 0)
	_, short := make("short", time.Hour)
	removed, gone := make("removed", 0)
	if !strings.HasPrefix(secret, tokenPrefix) || secret == gone {
		t.Errorf("%s", secret)
	}
	for _, s := range []string{secret, short, gone} {
		if code := r.bearer(s, Editor); code != http.StatusOK {
			t.Errorf("%s: %d", s, code)
		}
		if code := r.bearer(s, Admin); code != http.StatusForbidden {
			t.Errorf("%s for an Admin's route: %d", s, code)
		}
	}
	if list, err := r.Tokens(ctx, a.ID); err != nil || len(list) != 3 || list[2].ID != kept.ID || list[2].Used.IsZero() {
		t.Errorf("%v, %v", list, err)
	}
	if err := r.DeleteToken(ctx, a.ID, removed.ID); err != nil {
		t.Fatal(err)
	}
	r.clock = r.clock.Add(time.Hour)
	for name, s := range map[string]string{"removed": gone, "expired": short, "wrong": secret + "x", "empty": ""} {
		if code := r.bearer(s, Viewer); code != http.StatusUnauthorized {
			t.Errorf("%s, although everybody may look without one: %d", name, code)
		}
	}
	a.Disabled = true
	if err := r.ChangeAccount(ctx, a); err != nil {
		t.Fatal(err)
	}
	if code := r.bearer(secret, Viewer); code != http.StatusUnauthorized {
		t.Errorf("of a disabled account: %d", code)
	}
	a.Disabled, a.Role = false, Viewer
	if err := r.ChangeAccount(ctx, a); err != nil {
		t.Fatal(err)
	}
	if code := r.bearer(secret, Editor); code != http.StatusForbidden {
		t.Errorf("after the role was lowered: %d", code)
	}
	if err := r.DeleteAccount(ctx, a.ID); err != nil {
		t.Fatal(err)
	}
	if code := r.bearer(secret, Viewer); code != http.StatusUnauthorized {
		t.Errorf("of a deleted account: %d", code)
	}
	if _, _, err := r.AddToken(ctx, a.ID, "x", 0); !errors.Is(err, ErrNotFound) {
		t.Errorf("a token of nobody: %v", err)
	}
}

func TestLastAdminStays(t *testing.T) {
	r := newRig(t, nil)
	ctx := t.Context()
	admin, err := r.UserBy(ctx, "ADMIN")
	if err != nil {
		t.Fatal(err)
	}
	for name, f := range map[string]func() error{
		"deletion":  func() error { return r.DeleteUser(ctx, admin.ID) },
		"disabling": func() error { return r.SetDisabled(ctx, admin.ID, true) },
		"a role":    func() error { return r.SetRole(ctx, admin.ID, Editor) },
	} {
		if err := f(); !errors.Is(err, ErrLastAdmin) {
			t.Errorf("%s: %v", name, err)
		}
	}
	other := r.add("other", Admin)
	if err := r.DeleteUser(ctx, admin.ID); err != nil {
		t.Error(err)
	}
	if err := r.DeleteUser(ctx, other.ID); !errors.Is(err, ErrLastAdmin) {
		t.Errorf("the other one: %v", err)
	}
}

func TestNamesBelongToOne(t *testing.T) {
	r := newRig(t, nil)
	ctx := t.Context()
	if _, err := r.AddUser(ctx, NewUser{Login: "eve", Email: "eve@example.org", Password: "long enough"}); err != nil {
		t.Fatal(err)
	}
	for _, n := range []NewUser{
		{Login: "EVE"}, {Login: "eve@example.org"}, {Login: "x", Email: "Eve@Example.org"}, {Email: "eve@example.org"},
	} {
		n.Password = "long enough"
		if _, err := r.AddUser(ctx, n); !errors.Is(err, ErrTaken) {
			t.Errorf("%+v: %v", n, err)
		}
	}
	for _, n := range []NewUser{
		{Login: "", Password: "long enough"}, {Login: "a:b", Password: "long enough"}, {Login: "a\nb", Password: "long enough"}, {Login: " a", Password: "long enough"},
		{Login: "a", Email: "nowhere", Password: "long enough"}, {Login: "a", Password: "short"}, {Login: "a", Password: strings.Repeat("x", 2000)},
		{Login: strings.Repeat("x", 191), Password: "long enough"},
	} {
		if _, err := r.AddUser(ctx, n); !errors.Is(err, ErrInvalid) {
			t.Errorf("%+v: %v", n, err)
		}
	}
	if _, err := r.UserBy(ctx, "eve@EXAMPLE.org"); err != nil {
		t.Error(err)
	}
}

func TestPreferences(t *testing.T) {
	r := newRig(t, func(o *Options) { o.Defaults = Preferences{Theme: "dark", Language: "ko-KR"} })
	ctx := t.Context()
	u := r.add("eve", Viewer)
	set := func(id int64, p Preferences) {
		t.Helper()
		if err := r.SetPreferences(ctx, id, p); err != nil {
			t.Fatal(err)
		}
	}
	set(Everybody, Preferences{Theme: "light", Timezone: "Asia/Seoul"})
	set(u.ID, Preferences{Timezone: "utc"})
	for name, c := range map[string]struct {
		who  Identity
		want Preferences
	}{
		"own":     {u.identity(), Preferences{Theme: "light", Timezone: "utc", Language: "ko-KR"}},
		"nobody":  {Identity{}, Preferences{Theme: "light", Timezone: "Asia/Seoul", Language: "ko-KR"}},
		"a token": {Identity{TokenID: u.ID}, Preferences{Theme: "light", Timezone: "Asia/Seoul", Language: "ko-KR"}},
	} {
		if got, err := r.EffectivePreferences(ctx, c.who); err != nil || got != c.want {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	for _, p := range []Preferences{{Theme: "pink"}, {Timezone: "Mars/Olympus"}, {WeekStart: "someday"}, {Language: "a\nb"}} {
		if err := r.SetPreferences(ctx, u.ID, p); !errors.Is(err, ErrInvalid) {
			t.Errorf("%+v: %v", p, err)
		}
	}
	if err := r.DeleteUser(ctx, u.ID); err != nil {
		t.Fatal(err)
	}
	if got, err := r.PreferencesOf(ctx, u.ID); err != nil || got != (Preferences{}) {
		t.Errorf("after deletion: %+v, %v", got, err)
	}
}
