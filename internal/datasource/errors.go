package datasource

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"

	"crypto/tls"
	"crypto/x509"
)

// Reason is what kind of trouble a source is in.
type Reason string

// Reasons.
const (
	Down          Reason = "down"          // nothing answers there
	Slow          Reason = "slow"          // no answer within the time-out
	Refused       Reason = "refused"       // Monopod may not or will not ask there
	Unauthorized  Reason = "auth"          // the credentials do not do
	BadQuery      Reason = "query"         // the source does not understand the query
	TooMuch       Reason = "limit"         // the answer is larger than allowed
	Garbage       Reason = "answer"        // the answer is not what the source should say
	Misconfigured Reason = "configuration" // the source's settings cannot work
	Missing       Reason = "missing"       // there is no such source
	Canceled      Reason = "canceled"      // nobody waits for the answer any more
	Internal      Reason = "internal"
)

// Errors that stores return.
var (
	ErrNotFound = errors.New("there is no such data source")
	ErrReadOnly = errors.New("the data source is provisioned or built in: it cannot be changed here")
	ErrTaken    = errors.New("another data source has this name or uid")
	ErrConflict = errors.New("the data source has been changed by someone else")
	ErrInvalid  = errors.New("not a valid data source")
)

// Error says why a source did not answer, and what to do.
type Error struct {
	Reason  Reason
	Source  string // name
	Message string
	Hint    string
	Err     error
}

func (e *Error) Error() string {
	var b strings.Builder
	if e.Source != "" {
		fmt.Fprintf(&b, "data source %s: ", e.Source)
	}
	b.WriteString(e.Message)
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	if e.Hint != "" {
		fmt.Fprintf(&b, " (%s)", e.Hint)
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.Err }

// ReasonOf returns the reason of an error, Internal where it has none.
func ReasonOf(err error) Reason {
	var e *Error
	switch {
	case errors.As(err, &e):
		return e.Reason
	case errors.Is(err, context.Canceled):
		return Canceled
	case errors.Is(err, context.DeadlineExceeded):
		return Slow
	}
	return Internal
}

// Explain gives an error of the network the reason that it has. Errors that are
// explained already stay as they are, but for the source's name.
func Explain(source Source, err error) error {
	if err == nil {
		return nil
	}
	var known *Error
	if errors.As(err, &known) {
		if known.Source == "" {
			known.Source = source.Name
		}
		return err
	}
	e := &Error{Source: source.Name, Err: err}
	var (
		dns     *net.DNSError
		timeout net.Error
		cert    *tls.CertificateVerificationError
		host    x509.HostnameError
		record  tls.RecordHeaderError
	)
	switch {
	case errors.Is(err, context.Canceled):
		e.Reason, e.Message = Canceled, "the query was cancelled"
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		e.Reason, e.Message, e.Hint = Slow, "no answer in time", "ask for less, or raise the data source's time-out"
	case errors.As(err, &dns):
		e.Reason, e.Message, e.Hint = Down, "its host name is not known", "check the URL of the data source"
	case errors.Is(err, syscall.ECONNREFUSED):
		e.Reason, e.Message, e.Hint = Down, "nothing listens there", "check that it runs, and the port in its URL"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		e.Reason, e.Message, e.Hint = Down, "there is no way to its host", "check the URL and the network"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		e.Reason, e.Message, e.Hint = Down, "it ended the connection within its answer", "look into its log"
	case errors.As(err, &cert), errors.As(err, &host):
		e.Reason, e.Message, e.Hint = Misconfigured, "its certificate is not trusted", "give its CA certificate in the data source's TLS settings"
	case errors.As(err, &record):
		e.Reason, e.Message, e.Hint = Misconfigured, "it does not speak TLS", "use http instead of https in its URL, or switch TLS off"
	default:
		e.Reason, e.Message = Down, "it cannot be asked"
	}
	return e
}

// StatusError explains an HTTP answer that is none. The body's beginning helps where
// the source says what is wrong.
func StatusError(source Source, code int, body string) *Error {
	body = strings.ToValidUTF8(strings.TrimSpace(body), "\uFFFD")
	if len(body) > 500 {
		body = body[:500] + "…"
	}
	e := &Error{Source: source.Name, Message: fmt.Sprintf("it answered %d", code)}
	if body != "" && !strings.HasPrefix(body, "<") {
		e.Message += ": " + body
	}
	switch {
	case code == 401 || code == 403 || code == 407:
		e.Reason, e.Hint = Unauthorized, "check user, password or token of the data source"
	case code == 404 || code >= 300 && code < 400:
		e.Reason, e.Hint = Misconfigured, "check the URL of the data source, its path included"
	case code == 408 || code == 504:
		e.Reason, e.Hint = Slow, "ask for less, or a shorter time"
	case code == 429:
		e.Reason, e.Hint = TooMuch, "it asks to be asked less often"
	case code >= 500:
		e.Reason, e.Hint = Down, "look into its log"
	default:
		e.Reason = BadQuery
	}
	return e
}
