// Package sql asks PostgreSQL and MySQL, and what speaks as they do: TimescaleDB,
// MariaDB.
//
// A dialect is what tells the two apart: how to connect, what macros become, which
// column types are numbers and times, and what errors mean. All else is one
// connection: a query runs alone in a read-only transaction, within limits of
// time, rows and bytes.
package sql

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"monopod/internal/datasource"
	"monopod/internal/frame"
)

// dialect is one of the two languages.
type dialect struct {
	types []string
	open  func(datasource.Settings, datasource.Environment, options) (*sql.DB, error)
	// macros turn the arguments of $__name(…) into SQL.
	macros map[string]macro
	// columnType is the type of a column by the name that the database gives it.
	columnType func(name string) frame.Type
	// limit makes the database itself end a statement of this transaction.
	limit func(context.Context, *sql.Tx, time.Duration) error
	// explain gives an error of the database its reason; nil: not known.
	explain func(error) *datasource.Error
	version string // an expression
}

// options are the keys of jsonData.
type options struct {
	Database        string  `json:"database"`
	SSLMode         string  `json:"sslmode"`
	TLSMethod       string  `json:"tlsConfigurationMethod"`
	TLSAuth         bool    `json:"tlsAuth"`
	TLSAuthWithCA   bool    `json:"tlsAuthWithCACert"`
	TLSSkipVerify   bool    `json:"tlsSkipVerify"`
	ServerName      string  `json:"serverName"`
	MaxOpenConns    int     `json:"maxOpenConns"`
	MaxIdleConns    int     `json:"maxIdleConns"`
	LifetimeSeconds float64 `json:"connMaxLifetime"`
	TimeInterval    string  `json:"timeInterval"`
	TimescaleDB     bool    `json:"timescaledb"`
	TimeZone        string  `json:"timezone"`
	TimeoutSeconds  float64 `json:"timeout"`
}

// Kind opens connections of one dialect.
type Kind struct{ dialect *dialect }

// PostgreSQL is the kind of PostgreSQL sources.
func PostgreSQL() Kind { return Kind{&postgres} }

// MySQL is the kind of MySQL sources.
func MySQL() Kind { return Kind{&mySQL} }

// Types of its sources.
func (k Kind) Types() []string { return k.dialect.types }

// Open makes a pool of connections; the first query makes the first.
func (k Kind) Open(s datasource.Settings, e datasource.Environment) (datasource.Connection, error) {
	var o options
	if err := s.Decode(&o); err != nil {
		return nil, err
	}
	if o.Database == "" {
		o.Database = s.Database
	}
	if strings.TrimSpace(s.URL) == "" {
		return nil, &datasource.Error{Reason: datasource.Misconfigured, Source: s.Name, Message: "it has no address", Hint: "write it as host:port"}
	}
	db, err := k.dialect.open(s, e, o)
	if err != nil {
		return nil, err
	}
	most := e.Limits.Concurrency
	if o.MaxOpenConns > 0 {
		most = min(o.MaxOpenConns, 100)
	}
	idle := 2
	if o.MaxIdleConns > 0 {
		idle = o.MaxIdleConns
	}
	lifetime := time.Hour
	if o.LifetimeSeconds > 0 {
		lifetime = time.Duration(o.LifetimeSeconds * float64(time.Second))
	}
	db.SetMaxOpenConns(most)
	db.SetMaxIdleConns(min(idle, most))
	db.SetConnMaxLifetime(lifetime)
	db.SetConnMaxIdleTime(5 * time.Minute)
	limits := e.Limits
	if o.TimeoutSeconds > 0 {
		limits.Timeout = min(time.Duration(o.TimeoutSeconds*float64(time.Second)), 10*time.Minute)
	}
	return &connection{dialect: k.dialect, source: s.Source, options: o, db: db, limits: limits}, nil
}

type connection struct {
	*dialect
	source  datasource.Source
	options options
	db      *sql.DB
	limits  datasource.Limits
}

// target is Grafana's JSON of a query.
type target struct {
	SQL    string `json:"rawSql"`
	Query  string `json:"query"`
	Format string `json:"format"`
}

func (c *connection) bad(err error) error {
	return &datasource.Error{Reason: datasource.BadQuery, Source: c.source.Name, Message: "the query cannot be asked", Err: err}
}

// Query asks one target.
func (c *connection) Query(ctx context.Context, q datasource.Query) (datasource.Answer, error) {
	var t target
	if err := json.Unmarshal(q.Target, &t); err != nil {
		return datasource.Answer{}, c.bad(err)
	}
	if t.SQL == "" {
		t.SQL = t.Query
	}
	if strings.TrimSpace(t.SQL) == "" {
		return datasource.Answer{}, c.bad(errors.New("there is no SQL"))
	}
	x := expander{dialect: c.dialect, query: &q, options: &c.options}
	text, err := x.expand(t.SQL)
	if err != nil {
		return datasource.Answer{}, c.bad(err)
	}
	f, err := c.ask(ctx, text)
	if err != nil {
		return datasource.Answer{}, err
	}
	samples := int64(f.Len())
	f.RefID = q.RefID
	notices := f.Meta.Notices
	if t.Format == "time_series" {
		if f, err = timeSeries(f, &q, x.fill); err != nil {
			return datasource.Answer{}, c.bad(err)
		}
	}
	f.Meta = &frame.Meta{Type: f.Meta.Type, Notices: notices, ExecutedQuery: text}
	if x.fill != nil {
		f.Meta.StepMilliseconds = x.fill.step.Milliseconds()
	}
	return datasource.Answer{Frames: []*frame.Frame{f}, Samples: samples}, nil
}

// ask runs a statement and reads its rows.
func (c *connection) ask(ctx context.Context, text string) (*frame.Frame, error) {
	ctx, cancel := context.WithTimeout(ctx, c.limits.Timeout)
	defer cancel()
	f, err := c.transact(ctx, text)
	if err == nil {
		return f, nil
	}
	// The database may say that it gave up at the moment when time was out.
	if ctx.Err() != nil {
		return nil, datasource.Explain(c.source, ctx.Err())
	}
	if e := c.explain(err); e != nil {
		e.Source = c.source.Name
		return nil, e
	}
	return nil, datasource.Explain(c.source, err)
}

func (c *connection) transact(ctx context.Context, text string) (*frame.Frame, error) {
	tx, err := c.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer tx.Rollback() //nolint:errcheck // it changed nothing
	if err := c.limit(ctx, tx, c.limits.Timeout); err != nil {
		return nil, err
	}
	rows, err := tx.QueryContext(ctx, text)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	return c.read(rows)
}

// Check asks for the version.
func (c *connection) Check(ctx context.Context) (string, error) {
	f, err := c.ask(ctx, "SELECT "+c.version)
	if err != nil {
		return "", err
	}
	version, _ := f.Fields[0].At(0).(string)
	return fmt.Sprintf("It answers queries: %s.", version), nil
}

// Close closes the pool.
func (c *connection) Close() error { return c.db.Close() }

// Values answers a variable: the columns __text and __value, or all values of all
// columns.
func (c *connection) Values(ctx context.Context, q datasource.Query) ([]datasource.Choice, error) {
	var t target
	if json.Unmarshal(q.Target, &t.SQL) != nil {
		if err := json.Unmarshal(q.Target, &t); err != nil {
			return nil, c.bad(err)
		}
	}
	if t.SQL == "" {
		t.SQL = t.Query
	}
	if strings.TrimSpace(t.SQL) == "" {
		return nil, c.bad(errors.New("there is no SQL"))
	}
	x := expander{dialect: c.dialect, query: &q, options: &c.options}
	text, err := x.expand(t.SQL)
	if err != nil {
		return nil, c.bad(err)
	}
	f, err := c.ask(ctx, text)
	if err != nil {
		return nil, err
	}
	var texts, values *frame.Field
	for i := range f.Fields {
		switch f.Fields[i].Name {
		case "__text":
			texts = &f.Fields[i]
		case "__value":
			values = &f.Fields[i]
		}
	}
	if values == nil {
		values = texts
	}
	var out []datasource.Choice
	known := map[string]bool{}
	add := func(text, value string) {
		if !known[value] {
			known[value] = true
			out = append(out, datasource.Choice{Text: text, Value: value})
		}
	}
	if texts != nil {
		for row := range f.Len() {
			add(textOf(texts, row), textOf(values, row))
		}
		return out, nil
	}
	for i := range f.Fields {
		for row := range f.Len() {
			s := textOf(&f.Fields[i], row)
			add(s, s)
		}
	}
	return out, nil
}
