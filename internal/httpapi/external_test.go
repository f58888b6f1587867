package httpapi

import (
	"net/url"
	"os"
	"testing"
)

func mustURL(s string) *url.URL {
	u, err := url.Parse(s)
	if err != nil {
		panic(err)
	}
	return u
}

func TestExternalURL(t *testing.T) {
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ given, listen, want string }{
		{"", ":9090", "http://" + host + ":9090"}, {"http://proxy.com/prometheus/", ":9090", "http://proxy.com/prometheus"},
		{"https:/proxy.com/p", ":9090", "https:/proxy.com/p"}, {"/mon", ":9090", "/mon"}, {"mon///", ":9090", "/mon"}, {"http://h//", ":1", "http://h"},
		{`"https://x"`, ":9090", ""}, {"'x", ":9090", ""}, {"http://a b", ":9090", ""}, {"", "9090", ""}, {":", ":1", ""},
	} {
		u, err := ExternalURL(c.given, c.listen)
		switch {
		case c.want == "" && err == nil:
			t.Errorf("%q: %s", c.given, u)
		case c.want != "" && (err != nil || u.String() != c.want):
			t.Errorf("%q: %v, %v", c.given, u, err)
		}
	}
}

func TestRoutePrefix(t *testing.T) {
	for _, c := range []struct{ given, external, want string }{
		{"", "http://h", ""}, {"", "http://h/p/q", "/p/q"}, {"/", "http://h/p", ""}, {"x/", "http://h/p", "/x"}, {"//x//", "http://h", "/x"},
	} {
		if got := routePrefix(c.given, mustURL(c.external)); got != c.want {
			t.Errorf("%q %s: %q", c.given, c.external, got)
		}
	}
}
