package cli

import "testing"

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"a", "", 1}, {"", "ab", 2}, {"abc", "abc", 0}, {"abc", "abd", 1},
		{"abcd", "abdc", 1}, {"kitten", "sitting", 3}, {"web", "we", 1}, {"ca", "abc", 3},
	} {
		if got := distance(c.a, c.b); got != c.want {
			t.Errorf("distance(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
		if got := distance(c.b, c.a); got != c.want {
			t.Errorf("distance(%q, %q) = %d, want %d", c.b, c.a, got, c.want)
		}
	}
}

func TestNearest(t *testing.T) {
	known := []string{"config.file", "web.config.file", "web.listen-address", "storage.tsdb.path", "query.timeout"}
	for given, want := range map[string]string{
		"config.fiel":        "config.file",
		"listen-address":     "web.listen-address",
		"web.listen-adress":  "web.listen-address",
		"web.listen_address": "web.listen-address",
		"path":               "storage.tsdb.path",
		"something-else":     "",
		"x":                  "",
	} {
		if got := nearest(given, known); got != want {
			t.Errorf("nearest(%q) = %q, want %q", given, got, want)
		}
	}
}
