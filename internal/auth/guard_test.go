package auth

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestProtect(t *testing.T) {
	for _, anonymous := range []Role{None, Viewer, Admin} {
		r := newRig(t, func(o *Options) { o.Anonymous = anonymous })
		sessions := map[Role]string{None: ""}
		for _, role := range []Role{Viewer, Editor, Admin} {
			login := "the " + role.String()
			r.add(login, role)
			sessions[role] = r.mustLogin(login)
		}
		for _, route := range []Route{
			{Role: None}, {Role: Viewer}, {Role: Editor}, {Role: Admin}, {Role: Viewer, AsPrometheus: true}, {Role: Admin, AsPrometheus: true},
		} {
			for role, token := range sessions {
				req := httptest.NewRequest(http.MethodGet, "/", nil)
				if token != "" {
					req.AddCookie(&http.Cookie{Name: cookiePlain, Value: token})
				} else {
					role = anonymous
				}
				want := http.StatusOK
				switch {
				case route.AsPrometheus && anonymous > None || role >= route.Role:
				case token == "":
					want = http.StatusUnauthorized
				default:
					want = http.StatusForbidden
				}
				if code := r.ask(route, req); code != want {
					t.Errorf("anonymous %s, %+v as %s: %d, want %d", anonymous, route, role, code, want)
				}
			}
		}
	}
}

// A page of another site changes nothing in the name of who looks at it.
func TestChangesComeFromOwnPages(t *testing.T) {
	r := newRig(t, func(o *Options) { o.Anonymous, o.TrustedOrigins = Editor, []string{"https://mon.example.org"} })
	r.add("eve", Editor)
	session := r.mustLogin("eve")
	account, err := r.AddAccount(t.Context(), "ci", Editor, false)
	if err != nil {
		t.Fatal(err)
	}
	_, secret, err := r.AddToken(t.Context(), account.ID, "t", 0)
	if err != nil {
		t.Fatal(err)
	}
	cookie := func(req *http.Request) { req.AddCookie(&http.Cookie{Name: cookiePlain, Value: session}) }
	bearer := func(req *http.Request) { req.Header.Set("Authorization", "Bearer "+secret) }
	basic := func(req *http.Request) { req.SetBasicAuth("eve", "eve-password") }
	nothing := func(*http.Request) {}
	for _, c := range []struct {
		name         string
		show         func(*http.Request)
		method       string
		origin, site string
		want         int
	}{
		{"a page of ours", cookie, "POST", "http://example.com", "", 200},
		{"a page of ours, as browsers say it now", cookie, "PUT", "http://example.com", "same-origin", 200},
		{"the external URL", cookie, "DELETE", "https://mon.example.org", "", 200},
		{"a page of another site", cookie, "POST", "https://evil.example", "", 403},
		{"a page of another site, as browsers say it now", cookie, "POST", "https://evil.example", "cross-site", 403},
		{"a sandboxed page", cookie, "PATCH", "null", "", 403},
		{"nobody says which page", cookie, "POST", "", "", 403},
		{"looking", cookie, "GET", "https://evil.example", "cross-site", 200},
		{"looking without a word", cookie, "GET", "", "", 200},
		{"a program with a token", bearer, "POST", "", "", 200},
		{"a page with a token", bearer, "POST", "https://other.example", "cross-site", 200},
		{"a program with a password", basic, "POST", "", "", 200},
		{"a page whose browser adds a password", basic, "POST", "https://evil.example", "", 403},
		{"nobody, from a page of another site", nothing, "POST", "https://evil.example", "", 403},
		{"nobody, from a program", nothing, "POST", "", "", 200},
	} {
		req := httptest.NewRequest(c.method, "http://example.com/", nil)
		c.show(req)
		if c.origin != "" {
			req.Header.Set("Origin", c.origin)
		}
		if c.site != "" {
			req.Header.Set("Sec-Fetch-Site", c.site)
		}
		if code := r.ask(Route{Role: Editor}, req); code != c.want {
			t.Errorf("%s: %d, want %d", c.name, code, c.want)
		}
	}
	req := httptest.NewRequest(http.MethodPost, "http://example.com/login", nil)
	req.Header.Set("Origin", "https://evil.example")
	if code := r.ask(Route{Role: None}, req); code != http.StatusForbidden {
		t.Errorf("a login that another site makes: %d", code)
	}
}

func TestCookie(t *testing.T) {
	r := newRig(t, func(o *Options) { o.CookiePath = "/mon/" })
	r.add("eve", Editor)
	session := r.mustLogin("eve")
	for name, c := range map[string]struct {
		change                func(*http.Request)
		cookie, path, foreign string
	}{
		"plain":          {func(*http.Request) {}, cookiePlain, "/mon/", cookieSecure},
		"TLS":            {func(req *http.Request) { req.TLS = &tls.ConnectionState{} }, cookieSecure, "/", cookiePlain},
		"TLS at a proxy": {func(req *http.Request) { req.Header.Set("X-Forwarded-Proto", "https") }, cookieSecure, "/", cookiePlain},
	} {
		req := httptest.NewRequest(http.MethodGet, "/", nil)
		c.change(req)
		w := httptest.NewRecorder()
		r.SetCookie(w, req, session)
		got := w.Result().Cookies()[0]
		if got.Name != c.cookie || got.Path != c.path || !got.HttpOnly || got.SameSite != http.SameSiteLaxMode || got.Secure != (c.cookie == cookieSecure) || got.Domain != "" {
			t.Errorf("%s: %v", name, got)
		}
		req.AddCookie(got)
		if i := r.Identify(req); i.Login != "eve" {
			t.Errorf("%s: %+v", name, i)
		}
		other := httptest.NewRequest(http.MethodGet, "/", nil)
		c.change(other)
		other.AddCookie(&http.Cookie{Name: c.foreign, Value: session})
		if i := r.Identify(other); !i.Anonymous() {
			t.Errorf("%s: the cookie of the other kind counts", name)
		}
	}
}

// The password that web.config.yml asks for is none of ours, and no attempt.
func TestPasswordsOfAnotherList(t *testing.T) {
	r := newRig(t, func(o *Options) { o.IsOthersPassword = func() bool { return true } })
	ask := func(login, password string, role Role) int {
		req := httptest.NewRequest(http.MethodGet, "/", nil)
		req.SetBasicAuth(login, password)
		return r.ask(Route{Role: role}, req)
	}
	for n := range 2 * freeByBoth {
		if code := ask("scraper", "of the web config", Viewer); code != http.StatusOK {
			t.Fatalf("request %d: %d", n, code)
		}
	}
	if code := ask("scraper", "of the web config", Editor); code != http.StatusUnauthorized {
		t.Errorf("to change something: %d", code)
	}
	if code := ask("admin", "admin-password", Admin); code != http.StatusOK {
		t.Errorf("with a password of ours: %d", code)
	}
}

// A proxy's header does not keep out who has logged in.
func TestSessionGoesBeforeHeader(t *testing.T) {
	r := newRig(t, nil)
	r.add("eve", Editor)
	req := httptest.NewRequest(http.MethodGet, "/", nil)
	req.AddCookie(&http.Cookie{Name: cookiePlain, Value: r.mustLogin("eve")})
	req.SetBasicAuth("of-the-proxy", "x")
	if code := r.ask(Route{Role: Editor}, req); code != http.StatusOK {
		t.Errorf("%d", code)
	}
	for _, header := range []string{"Digest x", "Bearer", "Basic !!!"} {
		req := httptest.NewRequest(http.MethodGet, "/", nil)
		req.Header.Set("Authorization", header)
		if code := r.ask(Route{Role: Viewer}, req); code != http.StatusUnauthorized {
			t.Errorf("%s: %d", header, code)
		}
		if code := r.ask(Route{Role: Viewer, AsPrometheus: true}, req); code != http.StatusOK {
			t.Errorf("%s at a route of Prometheus: %d", header, code)
		}
	}
}
