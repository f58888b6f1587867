package sql

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"monopod/internal/datasource"
	"monopod/internal/frame"
)

func quoted(t time.Time) string { return "'" + t.UTC().Format("2006-01-02T15:04:05.999999999Z") + "'" }

func postgresGroup(x *expander, column string, step time.Duration) string {
	if x.options.TimescaleDB {
		return fmt.Sprintf("time_bucket('%ss', %s)", seconds(step), column)
	}
	return fmt.Sprintf("floor(extract(epoch from %s)/%s)*%s", column, seconds(step), seconds(step))
}

func epochGroup(_ *expander, column string, step time.Duration) string {
	return fmt.Sprintf("floor((%s)/%s)*%s", column, seconds(step), seconds(step))
}

var postgres = dialect{
	types:   []string{datasource.TypePostgres},
	open:    openPostgres,
	version: "version()",
	macros: common(map[string]macro{
		"time":      one(func(_ *expander, c string) string { return c + ` AS "time"` }),
		"timeEpoch": one(func(_ *expander, c string) string { return "extract(epoch from " + c + `) AS "time"` }),
		"timeFilter": one(func(x *expander, c string) string {
			return c + " BETWEEN " + quoted(x.query.From) + " AND " + quoted(x.query.To)
		}),
		"timeFrom":            none(func(x *expander) string { return quoted(x.query.From) }),
		"timeTo":              none(func(x *expander) string { return quoted(x.query.To) }),
		"timeGroup":           group(postgresGroup, ""),
		"timeGroupAlias":      group(postgresGroup, ` AS "time"`),
		"unixEpochGroup":      group(epochGroup, ""),
		"unixEpochGroupAlias": group(epochGroup, ` AS "time"`),
	}),
	columnType: func(name string) frame.Type {
		switch name {
		case "INT2", "INT4", "INT8", "FLOAT4", "FLOAT8", "NUMERIC", "OID":
			return frame.Number
		case "TIMESTAMP", "TIMESTAMPTZ", "DATE":
			return frame.Time
		case "BOOL":
			return frame.Boolean
		}
		return frame.String
	},
	limit: func(ctx context.Context, tx *sql.Tx, timeout time.Duration) error {
		_, err := tx.ExecContext(ctx, "SET LOCAL statement_timeout = "+strconv.FormatInt(timeout.Milliseconds(), 10))
		return err
	},
	explain: explainPostgres,
}

// openPostgres says all that libpq would otherwise take from the environment of
// this process.
func openPostgres(s datasource.Settings, e datasource.Environment, o options) (*sql.DB, error) {
	wrong := func(message string, err error, hint string) error {
		return &datasource.Error{Reason: datasource.Misconfigured, Source: s.Name, Message: message, Err: err, Hint: hint}
	}
	host, port, err := net.SplitHostPort(withPort(s.URL, "5432"))
	if err != nil || strings.HasPrefix(host, "/") {
		return nil, wrong(fmt.Sprintf("its address %q cannot be used", s.URL), nil, "write it as host:port")
	}
	if o.SSLMode == "" {
		o.SSLMode = "require"
	}
	if o.TLSMethod == "file-path" && o.SSLMode != "disable" {
		return nil, wrong("it names files for TLS", nil, "give the certificates themselves: choose their content in the TLS settings")
	}
	u := url.URL{Scheme: "postgres", User: url.UserPassword(s.User, s.Secrets["password"]), Host: net.JoinHostPort(host, port), Path: "/" + o.Database}
	u.RawQuery = url.Values{"sslmode": {"disable"}, "passfile": {"/dev/null"}, "servicefile": {"/dev/null"}, "application_name": {"monopod"}, "connect_timeout": {"10"}}.Encode()
	config, err := pgx.ParseConfig(u.String())
	if err != nil {
		return nil, wrong("its settings cannot be used", errors.New("user, password or database are refused"), "")
	}
	config.Password = s.Secrets["password"]
	config.Fallbacks = nil
	config.DialFunc = e.Guard.Dial
	config.DefaultQueryExecMode = pgx.QueryExecModeExec
	config.RuntimeParams["timezone"] = "UTC"
	if config.TLSConfig, err = postgresTLS(s, o, host); err != nil {
		return nil, wrong("its TLS settings cannot be used", err, "give certificates and key in PEM form")
	}
	return stdlib.OpenDB(*config), nil
}

func withPort(address, port string) string {
	address = strings.TrimSpace(address)
	if _, _, err := net.SplitHostPort(address); err != nil {
		return net.JoinHostPort(strings.Trim(address, "[]"), port)
	}
	return address
}

func postgresTLS(s datasource.Settings, o options, host string) (*tls.Config, error) {
	if o.SSLMode == "disable" {
		return nil, nil
	}
	config := &tls.Config{ServerName: host}
	roots, err := certificates(s, config)
	if err != nil {
		return nil, err
	}
	switch o.SSLMode {
	case "verify-full":
		config.RootCAs = roots
	case "verify-ca", "require":
		// libpq checks no names for these, and for "require" not even the chain.
		config.InsecureSkipVerify = true //nolint:gosec // the user's decision
		if o.SSLMode == "verify-ca" {
			config.VerifyPeerCertificate = verifyChain(roots)
		}
	default:
		return nil, fmt.Errorf("there is no sslmode %q; use disable, require, verify-ca or verify-full", o.SSLMode)
	}
	return config, nil
}

// certificates reads those of the source's secrets; no roots: those of the system.
func certificates(s datasource.Settings, config *tls.Config) (roots *x509.CertPool, err error) {
	if pem := s.Secrets["tlsCACert"]; pem != "" {
		if roots = x509.NewCertPool(); !roots.AppendCertsFromPEM([]byte(pem)) {
			return nil, errors.New("the CA certificate cannot be read")
		}
	}
	if pem := s.Secrets["tlsClientCert"]; pem != "" {
		pair, err := tls.X509KeyPair([]byte(pem), []byte(s.Secrets["tlsClientKey"]))
		if err != nil {
			return nil, err
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return roots, nil
}

func verifyChain(roots *x509.CertPool) func([][]byte, [][]*x509.Certificate) error {
	return func(raw [][]byte, _ [][]*x509.Certificate) error {
		if len(raw) == 0 {
			return errors.New("the server shows no certificate")
		}
		leaf, err := x509.ParseCertificate(raw[0])
		if err != nil {
			return err
		}
		o := x509.VerifyOptions{Roots: roots, Intermediates: x509.NewCertPool()}
		for _, b := range raw[1:] {
			if c, err := x509.ParseCertificate(b); err == nil {
				o.Intermediates.AddCert(c)
			}
		}
		_, err = leaf.Verify(o)
		return err
	}
}

func explainPostgres(err error) *datasource.Error {
	var p *pgconn.PgError
	if !errors.As(err, &p) {
		return nil
	}
	e := &datasource.Error{Message: p.Message}
	if p.Position > 0 {
		e.Message += fmt.Sprintf(" at character %d", p.Position)
	}
	if p.Detail != "" {
		e.Message += ": " + p.Detail
	}
	e.Hint = p.Hint
	switch {
	case strings.HasPrefix(p.Code, "28"), p.Code == "42501":
		e.Reason, e.Hint = datasource.Unauthorized, "check user, password and rights of the data source"
	case p.Code == "3D000":
		e.Reason, e.Hint = datasource.Misconfigured, "check the database of the data source"
	case p.Code == "25006":
		e.Reason, e.Hint = datasource.Refused, "Monopod only reads"
	case p.Code == "57014":
		e.Reason, e.Hint = datasource.Slow, "ask for less, or raise the data source's time-out"
	case strings.HasPrefix(p.Code, "53"):
		e.Reason = datasource.TooMuch
	case strings.HasPrefix(p.Code, "57"), strings.HasPrefix(p.Code, "08"):
		e.Reason = datasource.Down
	default:
		e.Reason = datasource.BadQuery
	}
	return e
}
