package state

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestMigrate(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "a b?c", "monopod.db")
	open := func() *DB {
		t.Helper()
		db, err := Open(ctx, path)
		if err != nil {
			t.Fatal(err)
		}
		return db
	}
	count := func(db *DB) (n int) {
		t.Helper()
		if err := db.Read().QueryRow(`SELECT count(*) FROM things`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	steps := []string{`CREATE TABLE things (name TEXT NOT NULL) STRICT`, `INSERT INTO things VALUES ('first')`}
	db := open()
	for range 2 {
		if err := db.Migrate(ctx, "things", steps); err != nil {
			t.Fatal(err)
		}
	}
	// A step that fails leaves nothing of the ones before it.
	bad := append(steps[:2:2], `INSERT INTO things VALUES ('second')`, `INSERT INTO nowhere VALUES (1)`)
	if err := db.Migrate(ctx, "things", bad); err == nil || !strings.Contains(err.Error(), "step 4") {
		t.Errorf("a bad step: %v", err)
	}
	if n := count(db); n != 1 {
		t.Errorf("%d rows after a bad step", n)
	}
	if err := db.Update(ctx, func(tx *sql.Tx) error {
		if _, err := tx.Exec(`INSERT INTO things VALUES ('third')`); err != nil {
			return err
		}
		return errors.New("changed its mind")
	}); err == nil || count(db) != 1 {
		t.Errorf("an update that failed: %v, %d rows", err, count(db))
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db = open()
	defer db.Close()
	if err := db.Migrate(ctx, "things", steps[:1]); !errors.Is(err, ErrNewer) {
		t.Errorf("a file of a newer program: %v", err)
	}
	if n := count(db); n != 1 {
		t.Errorf("%d rows after a restart", n)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v: others may read the state", info.Mode(), err)
	}
}

func TestBox(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret.key")
	open := func(passphrase string) *Box {
		t.Helper()
		b, err := OpenBox(passphrase, path)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	sealed := open("").Seal([]byte("hunter2"), "datasource 1")
	if strings.Contains(string(sealed), "hunter2") {
		t.Error("the secret stands in the open")
	}
	if secret, err := open("").Open(sealed, "datasource 1"); err != nil || string(secret) != "hunter2" {
		t.Errorf("%q, %v", secret, err)
	}
	for name, f := range map[string]func() ([]byte, error){
		"another place":      func() ([]byte, error) { return open("").Open(sealed, "datasource 2") },
		"another passphrase": func() ([]byte, error) { return open("x").Open(sealed, "datasource 1") },
		"cut":                func() ([]byte, error) { return open("").Open(sealed[:5], "datasource 1") },
	} {
		if secret, err := f(); err == nil {
			t.Errorf("%s opens it: %q", name, secret)
		}
	}
	if err := os.WriteFile(path, []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenBox("", path); err == nil {
		t.Error("a key that was cut is taken")
	}
}
