package scrape

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	config_util "github.com/prometheus/common/config"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/config"
)

// client sends the requests of one pool.
type client struct {
	http           *http.Client
	accept         string
	acceptEncoding string
	userAgent      string
	// bodyLimit is the largest body, uncompressed; limitSet tells that the
	// configuration says so.
	bodyLimit int64
	limitSet  bool
}

func newClient(cfg *config.ScrapeConfig, opts *Options) (*client, error) {
	escaping, err := config.ToEscapingScheme(cfg.MetricNameEscapingScheme, cfg.MetricNameValidationScheme)
	if err != nil {
		return nil, fmt.Errorf("metric_name_escaping_scheme: %w", err)
	}
	hc, err := config_util.NewClientFromConfig(cfg.HTTPClientConfig, cfg.JobName, opts.HTTPClientOptions...)
	if err != nil {
		return nil, fmt.Errorf("HTTP client: %w", err)
	}
	if len(opts.HTTPClientOptions) == 0 && plainClient(cfg.HTTPClientConfig) {
		hc.Transport = newWire(cfg.JobName, hc.Transport)
	}
	if len(opts.Local) > 0 {
		hc.Transport = &localTransport{handlers: opts.Local, next: hc.Transport}
	}
	c := &client{
		http:           hc,
		accept:         acceptHeader(cfg.ScrapeProtocols, escaping),
		acceptEncoding: "identity",
		userAgent:      opts.UserAgent,
		bodyLimit:      int64(cfg.BodySizeLimit),
		limitSet:       cfg.BodySizeLimit > 0,
	}
	if cfg.EnableCompression {
		c.acceptEncoding = "gzip"
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

func (c *client) request(t *Target, timeout time.Duration) (*http.Request, error) {
	req, err := http.NewRequest(http.MethodGet, t.String(), http.NoBody)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", c.accept)
	req.Header.Set("Accept-Encoding", c.acceptEncoding)
	req.Header.Set("User-Agent", c.userAgent)
	req.Header.Set("X-Prometheus-Scrape-Timeout-Seconds", strconv.FormatFloat(timeout.Seconds(), 'f', -1, 64))
	return req, nil
}

// answer is what a target sent.
type answer struct {
	body        []byte
	contentType string
	compressed  bool
}

// fetch sends req and reads the body, which is likely size bytes long, into a
// buffer of the pool's. The caller gives it back in every case.
func (c *client) fetch(ctx context.Context, req *http.Request, timeout time.Duration, bodies *bodyPool, size int) (a answer, err error) {
	resp, err := c.http.Do(req.WithContext(ctx))
	if err != nil {
		return a, fetchError(err, timeout, 0)
	}
	// A body that was not read to its end is not drained: it may have none, and
	// closing it costs a connection only.
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		discardSome(resp.Body)
		return a, statusError(resp.StatusCode, resp.Status)
	}
	a.contentType = resp.Header.Get("Content-Type")
	a.compressed = resp.Header.Get("Content-Encoding") == "gzip"
	// Not before the target answers: one that hangs has no buffer.
	a.body = bodies.get(size)
	if a.compressed {
		a.body, err = bodies.readGzip(resp.Body, a.body, c.bodyLimit)
	} else {
		a.body, err = bodies.readBody(resp.Body, a.body, c.bodyLimit, resp.ContentLength)
	}
	switch {
	case err == errTooLarge:
		return a, bodySizeError(c.bodyLimit, c.limitSet)
	case err != nil:
		return a, fetchError(err, timeout, len(a.body))
	}
	return a, nil
}
