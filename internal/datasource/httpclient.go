package datasource

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// httpOptions are the keys of jsonData that all HTTP sources share.
type httpOptions struct {
	TLSAuth         bool    `json:"tlsAuth"`
	TLSAuthWithCA   bool    `json:"tlsAuthWithCACert"`
	TLSSkipVerify   bool    `json:"tlsSkipVerify"`
	ServerName      string  `json:"serverName"`
	TimeoutSeconds  float64 `json:"timeout"`
	MaxConcurrent   int     `json:"maxConcurrentQueries"`
	LargestResponse int64   `json:"maxResponseBytes"`
}

// HTTPClient asks one source over HTTP, with the credentials of the source and
// never those of the user.
type HTTPClient struct {
	source    Source
	base      *url.URL
	header    http.Header
	limits    Limits
	transport *http.Transport
	client    http.Client
}

// NewHTTPClient reads URL, credentials, headers and TLS of a source as Grafana
// stores them.
func NewHTTPClient(s Settings, e Environment) (*HTTPClient, error) {
	wrong := func(message string, err error, hint string) error {
		return &Error{Reason: Misconfigured, Source: s.Name, Message: message, Err: err, Hint: hint}
	}
	var o httpOptions
	if err := s.Decode(&o); err != nil {
		return nil, err
	}
	base, err := url.Parse(strings.TrimRight(strings.TrimSpace(s.URL), "/"))
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		return nil, wrong(fmt.Sprintf("its URL %q cannot be used", Redact(s.URL)), nil, "write it as http://host:port/path")
	}
	c := &HTTPClient{source: s.Source, base: base, header: http.Header{}, limits: e.Limits}
	if o.TimeoutSeconds > 0 {
		c.limits.Timeout = min(time.Duration(o.TimeoutSeconds*float64(time.Second)), 10*time.Minute)
	}
	if o.LargestResponse > 0 {
		c.limits.Bytes = min(o.LargestResponse, 1<<30)
	}
	c.header.Set("User-Agent", e.UserAgent)
	switch {
	case s.BasicAuth:
		c.header.Set("Authorization", basicAuth(s.BasicAuthUser, s.Secrets["basicAuthPassword"]))
	case base.User != nil:
		password, _ := base.User.Password()
		c.header.Set("Authorization", basicAuth(base.User.Username(), password))
	}
	base.User = nil
	if err := c.addHeaders(s); err != nil {
		return nil, err
	}
	config := &tls.Config{InsecureSkipVerify: o.TLSSkipVerify, ServerName: o.ServerName} //nolint:gosec // the user's decision
	if o.TLSAuthWithCA && s.Secrets["tlsCACert"] != "" {
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM([]byte(s.Secrets["tlsCACert"])) {
			return nil, wrong("its CA certificate cannot be read", nil, "give it in PEM form")
		}
	}
	if o.TLSAuth {
		certificate, err := tls.X509KeyPair([]byte(s.Secrets["tlsClientCert"]), []byte(s.Secrets["tlsClientKey"]))
		if err != nil {
			return nil, wrong("its client certificate and key cannot be used", err, "give both in PEM form")
		}
		config.Certificates = []tls.Certificate{certificate}
	}
	c.transport = &http.Transport{
		DialContext: e.Guard.Dial, TLSClientConfig: config, TLSHandshakeTimeout: 10 * time.Second, ForceAttemptHTTP2: true,
		MaxIdleConnsPerHost: max(c.limits.Concurrency, 2), IdleConnTimeout: 90 * time.Second, MaxResponseHeaderBytes: 1 << 20,
	}
	c.client = http.Client{Transport: c.transport, CheckRedirect: c.redirect}
	return c, nil
}

func basicAuth(user, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}

// addHeaders adds httpHeaderName1 with the secret httpHeaderValue1, and so on.
func (c *HTTPClient) addHeaders(s Settings) error {
	var all map[string]any
	if err := s.Decode(&all); err != nil {
		return err
	}
	for key, value := range all {
		number, isHeader := strings.CutPrefix(key, "httpHeaderName")
		name, isText := value.(string)
		if !isHeader || !isText || name == "" {
			continue
		}
		secret := s.Secrets["httpHeaderValue"+number]
		if strings.ContainsAny(name, " \t\r\n:") || strings.ContainsAny(secret, "\r\n") {
			return &Error{Reason: Misconfigured, Source: s.Name, Message: "its HTTP header " + number + " cannot be sent", Hint: "check name and value"}
		}
		c.header.Set(name, secret)
	}
	return nil
}

// redirect follows within the host only: credentials stay there.
func (c *HTTPClient) redirect(r *http.Request, via []*http.Request) error {
	if r.URL.Host != c.base.Host || r.URL.Scheme != c.base.Scheme || len(via) > 5 {
		return &Error{Reason: Misconfigured, Source: c.source.Name, Message: "it redirects to " + r.URL.Host, Hint: "use that address in its URL if it is right"}
	}
	return nil
}

// Limits are those of the source.
func (c *HTTPClient) Limits() Limits { return c.limits }

// URL returns the address of a path below the source's URL.
func (c *HTTPClient) URL(path string, query url.Values) *url.URL {
	u := *c.base
	u.Path = c.base.Path + path
	u.RawPath = ""
	u.RawQuery = query.Encode()
	return &u
}

// Apply sets the headers that the source wants on a request.
func (c *HTTPClient) Apply(h http.Header) {
	for name, values := range c.header {
		h[name] = values
	}
}

// Transport is for who forwards requests. It passes the guard.
func (c *HTTPClient) Transport() http.RoundTripper { return c.transport }

// Do sends a request and hands the body of a good answer to read, which sees no
// more than the limit. The body of the request may be nil.
func (c *HTTPClient) Do(ctx context.Context, method, path string, query url.Values, contentType string, body io.Reader, read func(io.Reader) error) error {
	ctx, cancel := context.WithTimeout(ctx, c.limits.Timeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, c.URL(path, query).String(), body)
	if err != nil {
		return Explain(c.source, err)
	}
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	c.Apply(r.Header)
	response, err := c.client.Do(r)
	if err != nil {
		return Explain(c.source, withoutURL(err))
	}
	defer response.Body.Close()
	if response.StatusCode < 200 || response.StatusCode > 299 {
		text, _ := io.ReadAll(io.LimitReader(response.Body, 64<<10)) //nolint:errcheck // what came is enough
		return &StatusCodeError{Code: response.StatusCode, Body: string(text), err: StatusError(c.source, response.StatusCode, string(text))}
	}
	limited := &limitedReader{r: response.Body, left: c.limits.Bytes, source: c.source.Name, limit: c.limits.Bytes}
	if err := read(limited); err != nil {
		if limited.err != nil {
			err = limited.err
		}
		return c.explainAnswer(err)
	}
	return nil
}

// StatusCodeError is an answer of another status than success. Who knows the
// source's way to say what is wrong reads the body; all others see the
// explanation.
type StatusCodeError struct {
	Code int
	Body string
	err  *Error
}

func (e *StatusCodeError) Error() string { return e.err.Error() }
func (e *StatusCodeError) Unwrap() error { return e.err }

// explainAnswer tells an answer that is not understood from one that broke off.
func (c *HTTPClient) explainAnswer(err error) error {
	var known *Error
	var timeout interface{ Timeout() bool }
	if errors.As(err, &known) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &timeout) {
		return Explain(c.source, err)
	}
	return &Error{
		Reason: Garbage, Source: c.source.Name, Message: "its answer is not understood", Err: err,
		Hint: "check that the URL leads to a data source of this type",
	}
}

// Close closes idle connections.
func (c *HTTPClient) Close() error {
	c.transport.CloseIdleConnections()
	return nil
}

// limitedReader fails where a source says more than allowed. It remembers the
// failure, because decoders wrap what they meet.
type limitedReader struct {
	r      io.Reader
	left   int64
	source string
	limit  int64
	err    error
}

func (l *limitedReader) Read(p []byte) (int, error) {
	if l.err != nil {
		return 0, l.err
	}
	if int64(len(p)) > l.left+1 {
		p = p[:l.left+1]
	}
	n, err := l.r.Read(p)
	if l.left -= int64(n); l.left < 0 {
		l.err = &Error{
			Reason: TooMuch, Source: l.source, Message: fmt.Sprintf("its answer is larger than %d MB", l.limit>>20),
			Hint: "ask for fewer series or a shorter time",
		}
		return 0, l.err
	}
	if err != nil && err != io.EOF {
		l.err = err
	}
	return n, err
}

// withoutURL drops the address from an error: it may hold a password.
func withoutURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// Redact masks what a URL says of passwords.
func Redact(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return "(cannot be read)"
	}
	return u.Redacted()
}
