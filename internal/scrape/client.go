package scrape

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	config_util "github.com/prometheus/common/config"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/config"
)

// client is what the requests of one pool have in common.
type client struct {
	http *http.Client
	// dial and flights are for links that need no more; dial is nil where requests
	// need what only net/http knows.
	dial    dialer
	flights *flights
	local   map[string]bool // addresses that are in this process
	// redirects tells that they are followed.
	redirects bool

	accept      string
	compression Compression
	userAgent   string
	// bodyLimit is the largest body, uncompressed; limitSet tells that the
	// configuration says so.
	bodyLimit int64
	limitSet  bool

	mu struct {
		sync.Mutex
		headers map[headerKey]string
	}
}

type headerKey struct {
	compress bool
	timeout  time.Duration
}

func newClient(cfg *config.ScrapeConfig, opts *Options, flights *flights) (*client, error) {
	escaping, err := config.ToEscapingScheme(cfg.MetricNameEscapingScheme, cfg.MetricNameValidationScheme)
	if err != nil {
		return nil, fmt.Errorf("metric_name_escaping_scheme: %w", err)
	}
	hc, err := config_util.NewClientFromConfig(cfg.HTTPClientConfig, cfg.JobName, opts.HTTPClientOptions...)
	if err != nil {
		return nil, fmt.Errorf("HTTP client: %w", err)
	}
	c := &client{
		http:        hc,
		flights:     flights,
		local:       map[string]bool{},
		redirects:   cfg.HTTPClientConfig.FollowRedirects,
		accept:      acceptHeader(cfg.ScrapeProtocols, escaping),
		compression: opts.Compression,
		userAgent:   opts.UserAgent,
		bodyLimit:   int64(cfg.BodySizeLimit),
		limitSet:    cfg.BodySizeLimit > 0,
	}
	if len(opts.HTTPClientOptions) == 0 && plainClient(cfg.HTTPClientConfig) {
		c.dial = newDialer(cfg.JobName)
	}
	if len(opts.Local) > 0 {
		hc.Transport = &localTransport{handlers: opts.Local, next: hc.Transport}
		for address := range opts.Local {
			c.local[address] = true
		}
	}
	if !cfg.EnableCompression {
		c.compression = CompressNever
	}
	if !c.limitSet {
		c.bodyLimit = opts.LargestBody
	}
	c.bodyLimit = min(c.bodyLimit, maxBody)
	return c, nil
}

// acceptHeader offers the protocols in their order, the first the most wanted,
// and last anything.
func acceptHeader(protocols []config.ScrapeProtocol, escaping model.EscapingScheme) string {
	var b strings.Builder
	weight := len(config.ScrapeProtocolsHeaders) + 1
	for _, p := range protocols {
		b.WriteString(config.ScrapeProtocolsHeaders[p])
		// Older text formats have no escaping parameter.
		if p == config.PrometheusText1_0_0 || p == config.OpenMetricsText1_0_0 {
			fmt.Fprintf(&b, ";%s=%s", model.EscapingKey, escaping)
		}
		fmt.Fprintf(&b, ";q=0.%d,", weight)
		weight--
	}
	fmt.Fprintf(&b, "*/*;q=0.%d", weight)
	return b.String()
}

// header is that of a request, but for Accept-Encoding.
func (c *client) header(timeout time.Duration) http.Header {
	return http.Header{
		"Accept":                              {c.accept},
		"User-Agent":                          {c.userAgent},
		"X-Prometheus-Scrape-Timeout-Seconds": {strconv.FormatFloat(timeout.Seconds(), 'f', -1, 64)},
	}
}

// headers is how the header of a request stands behind its host, to its end. All
// targets with the same timeout share it.
func (c *client) headers(compress bool, timeout time.Duration) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	key := headerKey{compress, timeout}
	s, ok := c.mu.headers[key]
	if !ok {
		h := c.header(timeout)
		h.Set("Accept-Encoding", encoding(compress))
		var b strings.Builder
		_ = h.Write(&b)
		s = b.String() + "\r\n"
		if c.mu.headers == nil {
			c.mu.headers = map[headerKey]string{}
		}
		c.mu.headers[key] = s
	}
	return s
}
