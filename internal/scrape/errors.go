package scrape

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"
	"time"

	"monopod/internal/storage"
)

// Kind sorts the reasons why a scrape failed.
type Kind string

// The reasons why a scrape failed.
const (
	KindTimeout     Kind = "timeout"
	KindDNS         Kind = "dns"
	KindConnect     Kind = "connect"
	KindTLS         Kind = "tls"
	KindRedirect    Kind = "redirect"
	KindStatus      Kind = "http_status"
	KindBody        Kind = "body"
	KindBodySize    Kind = "body_size_limit"
	KindContentType Kind = "content_type"
	KindParse       Kind = "parse"
	KindSampleLimit Kind = "sample_limit"
	KindLabelLimit  Kind = "label_limit"
	KindBucketLimit Kind = "native_histogram_bucket_limit"
	KindTargetLimit Kind = "target_limit"
	KindStorage     Kind = "storage"
	KindOther       Kind = "other"
)

// Error is why a scrape failed and what to do about it.
type Error struct {
	Kind Kind
	Err  error
	Hint string
}

// Error is the reason, then the hint.
func (e *Error) Error() string {
	if e.Hint == "" {
		return e.Err.Error()
	}
	return e.Err.Error() + "; " + e.Hint
}

func (e *Error) Unwrap() error { return e.Err }

// Why a body was refused. Each is tested with errors.Is on a target's LastError.
var (
	// ErrBodySize: the body is larger than body_size_limit, or than the largest
	// body that is taken where the target has no limit of its own.
	ErrBodySize = errors.New("body size limit exceeded")
	// ErrSampleLimit: more samples after relabelling than sample_limit.
	ErrSampleLimit = errors.New("sample limit exceeded")
	// ErrBucketLimit: a native histogram cannot be reduced to
	// native_histogram_bucket_limit buckets.
	ErrBucketLimit = errors.New("histogram bucket limit exceeded")
	// ErrLabelLimit: label_limit, label_name_length_limit or label_value_length_limit.
	ErrLabelLimit = errors.New("label limit exceeded")
	// ErrTargetLimit: the pool has more targets than target_limit.
	ErrTargetLimit = errors.New("target_limit exceeded")

	errPanic = errors.New("the parser failed on the body")
)

const (
	// maxReason bounds the texts that hostile targets have a part in.
	maxReason = 400
	// maxHeader bounds what is quoted of a header.
	maxHeader = 80
)

// shorten cuts a text in the middle, where its two ends say most.
func shorten(s string, n int) string {
	if len(s) <= n {
		return s
	}
	head := n * 3 / 4
	return strings.ToValidUTF8(s[:head], "") + " … " + strings.ToValidUTF8(s[len(s)-(n-head):], "")
}

// reason is an error whose text is bounded.
type reason struct{ err error }

func (r reason) Error() string { return shorten(r.err.Error(), maxReason) }
func (r reason) Unwrap() error { return r.err }

// fetchError explains why no body came. read is how much of it had come.
func fetchError(err error, timeout time.Duration, read int) *Error {
	e := &Error{Kind: KindOther, Err: reason{err}}
	var (
		dns     *net.DNSError
		op      *net.OpError
		record  tls.RecordHeaderError
		unknown x509.UnknownAuthorityError
		host    x509.HostnameError
		invalid x509.CertificateInvalidError
		alert   tls.AlertError
	)
	switch {
	case errors.As(err, &e):
		return e
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		e.Kind = KindTimeout
		if read > 0 {
			e.Hint = fmt.Sprintf("the target was still sending after %d bytes when scrape_timeout (%s) ended: raise scrape_timeout or let it expose less", read, timeout)
		} else {
			e.Hint = fmt.Sprintf("nothing came within scrape_timeout (%s): check that the target runs and that no firewall or network policy drops the packets", timeout)
		}
	case errors.As(err, &dns):
		e.Kind, e.Hint = KindDNS, "the name of the target does not resolve from here: check the address and the DNS server"
	case errors.As(err, &record), strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		e.Kind, e.Hint = KindTLS, "the target does not speak TLS on this port: set scheme: http"
	case errors.As(err, &unknown), errors.As(err, &host), errors.As(err, &invalid):
		e.Kind, e.Hint = KindTLS, "the certificate of the target was not accepted: set tls_config.ca_file or tls_config.server_name, or renew the certificate"
	case errors.As(err, &alert), strings.Contains(err.Error(), "tls: "):
		e.Kind, e.Hint = KindTLS, "the TLS handshake failed: check tls_config (client certificate, versions) against what the target asks for"
	case errors.Is(err, syscall.ECONNREFUSED):
		e.Kind, e.Hint = KindConnect, "nothing listens there: check the port, and that the target runs and binds this address"
	case errors.As(err, &op) && op.Op == "dial":
		e.Kind, e.Hint = KindConnect, "no connection to the target: check the address and the network between"
	case strings.Contains(err.Error(), "stopped after"):
		e.Kind, e.Hint = KindRedirect, "the target redirects in circles: set metrics_path to where the metrics are, or follow_redirects: false"
	case strings.Contains(err.Error(), "malformed HTTP"), strings.Contains(err.Error(), "malformed MIME"):
		e.Kind, e.Hint = KindConnect, "what listens there does not speak HTTP: check the port, or set scheme: https"
	case read > 0 || errors.Is(err, syscall.ECONNRESET) || strings.Contains(err.Error(), "EOF"):
		e.Kind, e.Hint = KindBody, "the target closed the connection before its answer was complete: look into its log"
	}
	return e
}

// statusError explains an HTTP status that is not 200.
func statusError(code int, status string) *Error {
	e := &Error{Kind: KindStatus, Err: fmt.Errorf("server returned HTTP status %s", shorten(status, maxHeader))}
	switch {
	case code == 401 || code == 403:
		e.Hint = "the target asks for credentials: set basic_auth, authorization or oauth2, or give this identity the right to read metrics"
	case code == 404:
		e.Hint = "there are no metrics at this path: set metrics_path"
	case code == 406:
		e.Hint = "the target does not offer any of scrape_protocols: add the format that it speaks"
	case code >= 300 && code < 400:
		e.Kind, e.Hint = KindRedirect, "set metrics_path to the new place, or follow_redirects: true"
	case code == 429 || code == 503:
		e.Hint = "the target is busy: scrape it less often, or look into its log"
	case code >= 500:
		e.Hint = "the exporter itself failed: look into its log"
	}
	return e
}

func bodySizeError(limit int64, configured bool) *Error {
	e := &Error{Kind: KindBodySize, Err: fmt.Errorf("%w (limit: %d bytes, uncompressed)", ErrBodySize, limit)}
	if configured {
		e.Hint = "raise body_size_limit, or let the target expose less"
	} else {
		e.Hint = "this is the largest body taken without a body_size_limit: set one that is higher, or let the target expose less"
	}
	return e
}

// contentTypeError explains a body that no parser is for.
func contentTypeError(err error, contentType string) *Error {
	e := &Error{Kind: KindContentType, Err: reason{err},
		Hint: "set fallback_scrape_protocol: PrometheusText0.0.4 if the target speaks that, or repair its Content-Type"}
	if strings.HasPrefix(contentType, "text/html") {
		e.Hint = "this is a web page: set metrics_path to where the metrics are"
	}
	return e
}

// parseError explains a malformed body. line counts from 1; 0 where the format
// has no lines.
func parseError(err error, line int) *Error {
	e := &Error{Kind: KindParse, Err: reason{err},
		Hint: "the target's output is malformed: repair the exporter, and try it with: curl URL | monopod check metrics"}
	if line > 0 {
		e.Err = reason{fmt.Errorf("line %d: %w", line, err)}
	}
	return e
}

func storageError(err error) *Error {
	e := &Error{Kind: KindStorage, Err: reason{fmt.Errorf("samples were not stored: %w", err)}}
	switch {
	case errors.Is(err, storage.ErrNoSpace):
		e.Hint = "make room on the disk of the data directory: writing resumes by itself"
	case errors.Is(err, storage.ErrReadOnly):
		e.Hint = "make the data directory writable for this process"
	}
	return e
}
