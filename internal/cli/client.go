package cli

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/alecthomas/kingpin/v2"
	"github.com/prometheus/client_golang/api"
	"github.com/prometheus/common/config"
)

// server is a Prometheus API that a command talks to.
type server struct {
	url        string
	httpConfig string
	headers    map[string]string
}

func (s *server) declareHTTPConfig(c *kingpin.CmdClause) {
	c.Flag("http.config.file", "How to connect: a file with the HTTP client settings of a scrape config (basic_auth, tls_config, …).").
		PlaceHolder("FILE").StringVar(&s.httpConfig)
}

// base is the server's URL. A scheme may be left out, as in localhost:9090.
func (s *server) base() (*url.URL, error) {
	text := s.url
	if !strings.Contains(text, "://") {
		text = "http://" + text
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return nil, usagef("%q is not the URL of a server: write http://HOST:PORT", s.url)
	}
	if s.httpConfig != "" && u.User.Username() != "" {
		return nil, usagef("name and password stand both in the URL and beside --http.config.file: use one")
	}
	return u, nil
}

func (s *server) client(userAgent string) (api.Client, error) {
	u, err := s.base()
	if err != nil {
		return nil, err
	}
	transport := api.DefaultRoundTripper
	if s.httpConfig != "" {
		c, _, err := config.LoadHTTPConfigFile(s.httpConfig)
		if err != nil {
			return nil, fmt.Errorf("reading --http.config.file=%s: %w", s.httpConfig, err)
		}
		if transport, err = config.NewRoundTripperFromConfig(*c, "monopod"); err != nil {
			return nil, fmt.Errorf("applying --http.config.file=%s: %w", s.httpConfig, err)
		}
	}
	client, err := api.NewClient(api.Config{Address: u.String(), RoundTripper: &caller{transport, userAgent, s.headers}})
	if err != nil {
		return nil, fmt.Errorf("connecting to %s: %w", u.Redacted(), err)
	}
	return client, nil
}

// caller adds the headers of every request.
type caller struct {
	next      http.RoundTripper
	userAgent string
	headers   map[string]string
}

func (c *caller) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("User-Agent", c.userAgent)
	for name, value := range c.headers {
		r.Header.Add(name, value)
	}
	return c.next.RoundTrip(r)
}

// get fetches a path of the server.
func (s *server) get(ctx context.Context, userAgent, path string) (status int, body []byte, err error) {
	client, err := s.client(userAgent)
	if err != nil {
		return 0, nil, err
	}
	r, err := http.NewRequest(http.MethodGet, client.URL(path, nil).String(), http.NoBody)
	if err != nil {
		return 0, nil, err
	}
	resp, body, err := client.Do(ctx, r)
	if err != nil {
		return 0, nil, unreachable(err, s.url)
	}
	return resp.StatusCode, body, nil
}

// unreachable says of a failed connection what to look at.
func unreachable(err error, server string) error {
	var u *url.Error
	if errors.As(err, &u) && !u.Timeout() && !errors.Is(err, context.Canceled) {
		return fmt.Errorf("cannot reach %s: %w: is the server running, and is this its address?", server, u.Err)
	}
	return err
}
