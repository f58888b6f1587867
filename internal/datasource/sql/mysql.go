package sql

import (
	"context"
	"crypto/tls"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"

	"monopod/internal/datasource"
	"monopod/internal/frame"
)

func fromUnix(t time.Time) string { return "FROM_UNIXTIME(" + unix(t) + ")" }

func mysqlGroup(_ *expander, column string, step time.Duration) string {
	return fmt.Sprintf("UNIX_TIMESTAMP(%s) DIV %s * %s", column, seconds(step), seconds(step))
}

func mysqlEpochGroup(_ *expander, column string, step time.Duration) string {
	return fmt.Sprintf("%s DIV %s * %s", column, seconds(step), seconds(step))
}

var mySQL = dialect{
	types:   []string{datasource.TypeMySQL},
	open:    openMySQL,
	version: "version()",
	macros: common(map[string]macro{
		"time":      one(func(_ *expander, c string) string { return "UNIX_TIMESTAMP(" + c + ") AS time_sec" }),
		"timeEpoch": one(func(_ *expander, c string) string { return "UNIX_TIMESTAMP(" + c + ") AS time_sec" }),
		"timeFilter": one(func(x *expander, c string) string {
			return c + " BETWEEN " + fromUnix(x.query.From) + " AND " + fromUnix(x.query.To)
		}),
		"timeFrom":            none(func(x *expander) string { return fromUnix(x.query.From) }),
		"timeTo":              none(func(x *expander) string { return fromUnix(x.query.To) }),
		"timeGroup":           group(mysqlGroup, ""),
		"timeGroupAlias":      group(mysqlGroup, ` AS "time"`),
		"unixEpochGroup":      group(mysqlEpochGroup, ""),
		"unixEpochGroupAlias": group(mysqlEpochGroup, ` AS "time"`),
	}),
	columnType: func(name string) frame.Type {
		switch strings.TrimPrefix(name, "UNSIGNED ") {
		case "TINYINT", "SMALLINT", "MEDIUMINT", "INT", "BIGINT", "FLOAT", "DOUBLE", "DECIMAL", "YEAR":
			return frame.Number
		case "DATETIME", "TIMESTAMP", "DATE":
			return frame.Time
		}
		return frame.String
	},
	limit:   limitMySQL,
	explain: explainMySQL,
}

func openMySQL(s datasource.Settings, e datasource.Environment, o options) (*sql.DB, error) {
	wrong := func(message string, err error, hint string) error {
		return &datasource.Error{Reason: datasource.Misconfigured, Source: s.Name, Message: message, Err: err, Hint: hint}
	}
	address := withPort(s.URL, "3306")
	host, _, err := net.SplitHostPort(address)
	if err != nil || strings.HasPrefix(host, "/") {
		return nil, wrong(fmt.Sprintf("its address %q cannot be used", s.URL), nil, "write it as host:port")
	}
	config := mysql.NewConfig()
	config.User, config.Passwd, config.DBName, config.Net, config.Addr = s.User, s.Secrets["password"], o.Database, "tcp", address
	config.DialFunc = e.Guard.Dial
	config.ParseTime, config.Loc = true, time.UTC
	config.Timeout = 10 * time.Second
	config.Logger = &mysql.NopLogger{}
	zone := o.TimeZone
	if zone == "" {
		zone = "+00:00"
	}
	config.Params = map[string]string{"time_zone": "'" + strings.ReplaceAll(zone, "'", "") + "'"}
	// ANSI_QUOTES is not set: a macro's alias in double quotes is a string that names
	// a column, in both modes.
	if o.TLSAuth || o.TLSAuthWithCA || o.TLSSkipVerify {
		config.TLS = &tls.Config{ServerName: host, InsecureSkipVerify: o.TLSSkipVerify} //nolint:gosec // the user's decision
		if o.ServerName != "" {
			config.TLS.ServerName = o.ServerName
		}
		if config.TLS.RootCAs, err = certificates(s, config.TLS); err != nil {
			return nil, wrong("its TLS settings cannot be used", err, "give certificates and key in PEM form")
		}
	} else {
		// A password goes over TLS where the server can; it is never sent in clear.
		config.TLSConfig = "preferred"
	}
	connector, err := mysql.NewConnector(config)
	if err != nil {
		return nil, wrong("its settings cannot be used", err, "")
	}
	return sql.OpenDB(connector), nil
}

// limitMySQL sets the time-out by the name that the server knows: MariaDB and
// MySQL have one each. One of the two statements fails, which ends nothing.
func limitMySQL(ctx context.Context, tx *sql.Tx, timeout time.Duration) error {
	_, err := tx.ExecContext(ctx, "SET SESSION max_statement_time = "+seconds(timeout))
	var m *mysql.MySQLError
	if errors.As(err, &m) {
		_, err = tx.ExecContext(ctx, fmt.Sprintf("SET SESSION max_execution_time = %d", timeout.Milliseconds()))
		if errors.As(err, &m) {
			return nil // an old server has neither: the context ends the query
		}
	}
	return err
}

func explainMySQL(err error) *datasource.Error {
	if errors.Is(err, mysql.ErrInvalidConn) || errors.Is(err, driver.ErrBadConn) {
		return &datasource.Error{Reason: datasource.Down, Message: "the connection broke", Hint: "look into its log"}
	}
	var m *mysql.MySQLError
	if !errors.As(err, &m) {
		return nil
	}
	e := &datasource.Error{Message: m.Message}
	switch m.Number {
	case 1044, 1045, 1142, 1143, 1227, 1698:
		e.Reason, e.Hint = datasource.Unauthorized, "check user, password and rights of the data source"
	case 1049:
		e.Reason, e.Hint = datasource.Misconfigured, "check the database of the data source"
	case 1792, 1290, 1036:
		e.Reason, e.Hint = datasource.Refused, "Monopod only reads"
	case 1969, 3024, 1317:
		e.Reason, e.Hint = datasource.Slow, "ask for less, or raise the data source's time-out"
	case 1040, 1203, 1226:
		e.Reason = datasource.TooMuch
	case 1053, 1927, 2006, 2013:
		e.Reason = datasource.Down
	default:
		e.Reason = datasource.BadQuery
	}
	return e
}
