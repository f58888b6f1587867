// Package state keeps what Monopod was told rather than measured (dashboards,
// users, data sources, the history of alerts) in one SQLite file.
//
// A component owns its tables. It names them and the steps that make them in
// DB.Migrate; a step that was published is never changed, later ones alter what
// it made. There is one writer at a time, and readers do not wait for it.
package state

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// ErrNewer is in the error of Migrate where a newer program wrote the file.
var ErrNewer = errors.New("written by a newer version of Monopod")

// DB is an open file of state. Its methods may be called from many goroutines.
type DB struct {
	path  string
	write *sql.DB
	read  *sql.DB
}

// Open opens or makes the file. Only the owner may read it.
func Open(ctx context.Context, path string) (*DB, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return nil, fmt.Errorf("open the state: %w", err)
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the state: %w", err)
	}
	if err := f.Close(); err != nil {
		return nil, fmt.Errorf("open the state %s: %w", path, err)
	}
	db := &DB{path: path}
	if db.write, err = connect(path, 1, "_txlock=immediate"); err != nil {
		return nil, err
	}
	if db.read, err = connect(path, 4, "mode=ro"); err != nil {
		return nil, errors.Join(err, db.write.Close())
	}
	const versions = `CREATE TABLE IF NOT EXISTS migrations (component TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT`
	if _, err := db.write.ExecContext(ctx, versions); err != nil {
		return nil, errors.Join(fmt.Errorf("open the state %s: %w", path, err), db.Close())
	}
	return db, nil
}

// connect opens a pool of connections. A commit is on disk when it returns: full
// synchronisation costs a few milliseconds for something that a person did.
func connect(path string, connections int, option string) (*sql.DB, error) {
	name := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath()}
	name.RawQuery = option + "&_pragma=busy_timeout(10000)&_pragma=journal_mode(wal)&_pragma=synchronous(full)" +
		"&_pragma=foreign_keys(on)&_pragma=cache_size(-1024)"
	db, err := sql.Open("sqlite", name.String())
	if err != nil {
		return nil, fmt.Errorf("open the state %s: %w", path, err)
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(1)
	db.SetConnMaxIdleTime(time.Minute)
	return db, nil
}

// Migrate brings the tables of a component up to date: it runs the steps that
// the file has not seen, all or none.
func (db *DB) Migrate(ctx context.Context, component string, steps []string) error {
	err := db.Update(ctx, func(tx *sql.Tx) error {
		var version int
		row := tx.QueryRowContext(ctx, `SELECT version FROM migrations WHERE component = ?`, component)
		if err := row.Scan(&version); err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if version > len(steps) {
			return fmt.Errorf("version %d: %w, which knows more than %d; start that version, or restore an older copy of the file", version, ErrNewer, len(steps))
		}
		for i, step := range steps[version:] {
			if _, err := tx.ExecContext(ctx, step); err != nil {
				return fmt.Errorf("step %d: %w", version+i+1, err)
			}
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO migrations (component, version) VALUES (?, ?)
			ON CONFLICT (component) DO UPDATE SET version = excluded.version`, component, len(steps))
		return err
	})
	if err != nil {
		return fmt.Errorf("bring the tables of %s in %s up to date: %w", component, db.path, err)
	}
	return nil
}

// Read is for queries. What it sees was committed.
func (db *DB) Read() *sql.DB { return db.read }

// Update runs f in a transaction that is committed when f returns nil, and is as
// if it had never been otherwise. One runs at a time: f does nothing slow.
func (db *DB) Update(ctx context.Context, f func(*sql.Tx) error) error {
	tx, err := db.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after a commit it does nothing
	if err := f(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// Close ends all connections.
func (db *DB) Close() error { return errors.Join(db.read.Close(), db.write.Close()) }
