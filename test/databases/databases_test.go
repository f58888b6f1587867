package databases

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"monopod/internal/datasource"
	"monopod/internal/datasource/sql"
	"monopod/internal/frame"
)

func environment() datasource.Environment {
	return datasource.Environment{Guard: &datasource.Guard{}, Limits: datasource.DefaultLimits(), UserAgent: "test"}
}

// both are the settings of the two servers.
func both() map[string]datasource.Settings {
	secrets := map[string]string{"password": password}
	return map[string]datasource.Settings{
		"PostgreSQL": {Secrets: secrets, Source: datasource.Source{Name: "pg", Type: datasource.TypePostgres, URL: postgres.address, User: user,
			Options: json.RawMessage(`{"sslmode":"disable","database":"` + database + `"}`)}},
		"MariaDB": {Secrets: secrets, Source: datasource.Source{Name: "maria", Type: datasource.TypeMySQL, URL: maria.address, User: user, Database: database}},
	}
}

func open(t *testing.T, s datasource.Settings, e datasource.Environment) datasource.Connection {
	t.Helper()
	kind := sql.MySQL()
	if s.Type == datasource.TypePostgres {
		kind = sql.PostgreSQL()
	}
	c, err := kind.Open(s, e)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

func query(text, format string) datasource.Query {
	target, err := json.Marshal(map[string]string{"rawSql": text, "format": format})
	if err != nil {
		panic(err)
	}
	return datasource.Query{RefID: "A", Target: target, From: start, To: start.Add(4 * time.Minute), Interval: time.Minute, MaxDataPoints: 100}
}

// text writes a frame for comparing: a line for each field.
func text(f *frame.Frame) string {
	var b strings.Builder
	for i := range f.Fields {
		field := &f.Fields[i]
		fmt.Fprintf(&b, "%s %s{%s}:", field.Type, field.Name, frame.LabelText(field.Labels))
		for row := range field.Len() {
			switch v := field.At(row).(type) {
			case float64:
				if field.Type == frame.Time {
					b.WriteString(time.UnixMilli(int64(v)).UTC().Format(" 15:04"))
				} else {
					fmt.Fprintf(&b, " %v", v)
				}
			default:
				fmt.Fprintf(&b, " %v", v)
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestQueries(t *testing.T) {
	for name, s := range both() {
		c := open(t, s, environment())
		for _, test := range []struct{ name, sql, format, want string }{
			{"a table", `SELECT ts AS "time", host, value, price FROM samples WHERE $__timeFilter(ts) AND host = 'a' ORDER BY ts`, "table",
				"time time{}: 10:00 10:01 10:03 10:04\nstring host{}: a a a a\nnumber value{}: 0 10 30 40\nnumber price{}: 0.25 1.25 3.25 4.25\n"},
			{"a graph of one number", `SELECT $__time(ts), value FROM samples WHERE host = 'a' AND ts >= $__timeFrom() AND ts <= $__timeTo()`, "time_series",
				"time Time{}: 10:00 10:01 10:03 10:04\nnumber value{}: 0 10 30 40\n"},
			{"series named by metric", `SELECT epoch AS "time", host AS metric, value FROM samples WHERE $__unixEpochFilter(epoch) ORDER BY 1`, "time_series",
				"time Time{}: 10:00 10:01 10:03 10:04\nnumber a{}: 0 10 30 40\nnumber b{}: 1 11 31 41\n"},
			{"series with labels", `SELECT epoch AS "time", host, value, price FROM samples WHERE host = 'b'`, "time_series",
				"time Time{}: 10:00 10:01 10:03 10:04\nnumber value{host=\"b\"}: 1 11 31 41\nnumber price{host=\"b\"}: 0.25 1.25 3.25 4.25\n"},
			{"groups", `SELECT $__timeGroupAlias(ts, '2m'), sum(value) AS total FROM samples WHERE $__timeFilter(ts) GROUP BY 1 ORDER BY 1`, "time_series",
				"time Time{}: 10:00 10:02 10:04\nnumber total{}: 22 61 81\n"},
			{"gaps with null", `SELECT $__timeGroup(ts, $__interval, NULL) AS "time", sum(value) AS total FROM samples WHERE $__timeFilter(ts) GROUP BY 1`, "time_series",
				"time Time{}: 10:00 10:01 10:02 10:03 10:04\nnumber total{}: 1 21 <nil> 61 81\n"},
			{"gaps with the value before", `SELECT $__timeGroupAlias(ts, 1m, previous), sum(value) AS total FROM samples WHERE $__timeFilter(ts) GROUP BY 1`, "time_series",
				"time Time{}: 10:00 10:01 10:02 10:03 10:04\nnumber total{}: 1 21 21 61 81\n"},
			{"gaps with a number", `SELECT $__unixEpochGroupAlias(epoch, '1m', -5), sum(value) AS total FROM samples WHERE $__unixEpochFilter(epoch) GROUP BY 1`, "time_series",
				"time Time{}: 10:00 10:01 10:02 10:03 10:04\nnumber total{}: 1 21 -5 61 81\n"},
			{"no rows", `SELECT ts AS "time", value FROM samples WHERE host = 'nobody'`, "time_series", "time Time{}:\nnumber value{}:\n"},
			{"the interval", `SELECT $__interval_ms AS ms, '$__interval' AS text`, "table", "number ms{}: 60000\nstring text{}: 60s\n"},
			{"null", `SELECT NULL AS nothing, 'é<b>' AS something`, "table", "string nothing{}: <nil>\nstring something{}: é<b>\n"},
		} {
			a, err := c.Query(context.Background(), query(test.sql, test.format))
			if err != nil {
				t.Errorf("%s, %s: %v", name, test.name, err)
				continue
			}
			if got := text(a.Frames[0]); got != test.want {
				t.Errorf("%s, %s\n got:\n%swant:\n%s", name, test.name, got, test.want)
			}
		}
		if message, err := c.Check(context.Background()); err != nil || !strings.Contains(message, "It answers queries") {
			t.Errorf("%s: %q, %v", name, message, err)
		}
	}
}

func TestVariables(t *testing.T) {
	for name, s := range both() {
		c := open(t, s, environment())
		for sqlText, want := range map[string]string{
			`SELECT DISTINCT host FROM samples ORDER BY 1`:                                   "[{a a} {b b}]",
			`SELECT DISTINCT upper(host) AS __text, host AS __value FROM samples ORDER BY 1`: "[{A a} {B b}]",
			`SELECT max(epoch) FROM samples WHERE $__timeFilter(ts)`:                         fmt.Sprintf("[{%d %d}]", start.Unix()+240, start.Unix()+240),
		} {
			q := query("", "")
			var err error
			if q.Target, err = json.Marshal(sqlText); err != nil {
				t.Fatal(err)
			}
			list, err := c.Values(context.Background(), q)
			if got := fmt.Sprint(list); err != nil || got != want {
				t.Errorf("%s, %s: %s, %v, want %s", name, sqlText, got, err, want)
			}
		}
	}
}

func TestTrouble(t *testing.T) {
	slow := map[string]string{"PostgreSQL": `SELECT pg_sleep(30)`, "MariaDB": `SELECT SLEEP(30)`}
	for name, s := range both() {
		for _, test := range []struct {
			name   string
			change func(*datasource.Settings, *datasource.Environment)
			sql    string
			want   datasource.Reason
		}{
			{"no such table", nil, `SELECT * FROM nowhere`, datasource.BadQuery},
			{"no SQL", nil, `SELEKT 1`, datasource.BadQuery},
			{"an unknown macro", nil, `SELECT $__nothing(ts)`, datasource.BadQuery},
			{"an empty query", nil, ` `, datasource.BadQuery},
			{"writing", nil, `INSERT INTO samples (ts, epoch, host) VALUES ('2026-01-01', 1, 'x')`, datasource.Refused},
			{"several statements", nil, `SELECT 1; DELETE FROM samples`, datasource.BadQuery},
			{"leaving the transaction", nil, `COMMIT; DELETE FROM samples`, datasource.BadQuery},
			{"a wrong password", func(s *datasource.Settings, _ *datasource.Environment) {
				s.Secrets = map[string]string{"password": "wrong-canary"}
			}, `SELECT 1`, datasource.Unauthorized},
			{"nobody there", func(s *datasource.Settings, _ *datasource.Environment) { s.URL = "127.0.0.1:1" }, `SELECT 1`, datasource.Down},
			{"an unknown host", func(s *datasource.Settings, _ *datasource.Environment) { s.URL = "no-such-host.invalid:1" }, `SELECT 1`, datasource.Down},
			{"a metadata address", func(s *datasource.Settings, _ *datasource.Environment) { s.URL = "169.254.169.254:80" }, `SELECT 1`, datasource.Refused},
			{"too slow", func(_ *datasource.Settings, e *datasource.Environment) { e.Limits.Timeout = 300 * time.Millisecond }, slow[name], datasource.Slow},
			{"too large", func(_ *datasource.Settings, e *datasource.Environment) { e.Limits.Bytes = 1000 }, `SELECT repeat('x', 2000)`, datasource.TooMuch},
		} {
			settings, e := s, environment()
			if test.change != nil {
				test.change(&settings, &e)
			}
			began := time.Now()
			_, err := open(t, settings, e).Query(context.Background(), query(test.sql, "table"))
			if got := datasource.ReasonOf(err); err == nil || got != test.want {
				t.Errorf("%s, %s: %v (%s), want %s", name, test.name, err, got, test.want)
				continue
			}
			if strings.Contains(err.Error(), password) || strings.Contains(err.Error(), "wrong-canary") {
				t.Errorf("%s, %s: the password stands in the error: %v", name, test.name, err)
			}
			if time.Since(began) > 20*time.Second {
				t.Errorf("%s, %s: took %s", name, test.name, time.Since(began))
			}
		}
	}
	var n int
	for name, s := range map[string]*server{"PostgreSQL": postgres, "MariaDB": maria} {
		if err := s.admin.QueryRow(`SELECT count(*) FROM samples`).Scan(&n); err != nil || n != 8 {
			t.Errorf("%s: %d rows are left of 8 (%v)", name, n, err)
		}
	}
}

func TestCancelAndRows(t *testing.T) {
	for name, s := range both() {
		e := environment()
		e.Limits.Rows = 3
		c := open(t, s, e)
		a, err := c.Query(context.Background(), query(`SELECT value FROM samples`, "table"))
		if err != nil || a.Frames[0].Len() != 3 || len(a.Frames[0].Meta.Notices) != 1 {
			t.Errorf("%s: %v, %+v", name, err, a)
		}
		ctx, cancel := context.WithCancel(context.Background())
		time.AfterFunc(200*time.Millisecond, cancel)
		sleep := map[string]string{"PostgreSQL": `SELECT pg_sleep(30)`, "MariaDB": `SELECT SLEEP(30)`}[name]
		if _, err := c.Query(ctx, query(sleep, "table")); err == nil || !errors.Is(err, context.Canceled) && datasource.ReasonOf(err) != datasource.Canceled {
			t.Errorf("%s: a query that was given up: %v", name, err)
		}
		if _, err := c.Query(context.Background(), query(`SELECT 1`, "table")); err != nil {
			t.Errorf("%s: after it: %v", name, err)
		}
	}
}
