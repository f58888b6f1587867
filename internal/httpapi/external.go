package httpapi

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
)

// ExternalURL is the address under which users reach the server, from what they
// gave (may be empty) and the listen address. Its path has no slash at its end.
func ExternalURL(given, listenAddress string) (*url.URL, error) {
	if given == "" {
		host, err := os.Hostname()
		if err != nil {
			return nil, fmt.Errorf("derive the external URL from the host name: %w; use --web.external-url", err)
		}
		_, port, err := net.SplitHostPort(listenAddress)
		if err != nil {
			return nil, fmt.Errorf("listen address %q: %w; use host:port, as in --web.listen-address=:9090", listenAddress, err)
		}
		given = "http://" + net.JoinHostPort(host, port) + "/"
	}
	if strings.ContainsAny(given[:1]+given[len(given)-1:], `"'`) {
		return nil, fmt.Errorf("external URL %s: URL must not begin or end with quotes", given)
	}
	u, err := url.Parse(given)
	if err != nil {
		return nil, fmt.Errorf("external URL %q: %w", given, err)
	}
	u.Path = strings.TrimRight(u.Path, "/")
	if u.Path != "" && !strings.HasPrefix(u.Path, "/") {
		u.Path = "/" + u.Path
	}
	return u, nil
}

// routePrefix is the path before all routes, without a slash at its end: empty
// when routes begin at the root.
func routePrefix(given string, external *url.URL) string {
	if given == "" {
		given = external.Path
	}
	if given = strings.Trim(given, "/"); given == "" {
		return ""
	}
	return "/" + given
}
