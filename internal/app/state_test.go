package app

import (
	"database/sql"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"monopod/internal/vfs"
)

func TestStateIsOfOneProcess(t *testing.T) {
	dir := t.TempDir()
	first := &program{Options: Options{Logger: slog.New(slog.DiscardHandler), Storage: StorageOptions{Path: dir}}}
	if err := first.openState(t.Context()); err != nil {
		t.Fatal(err)
	}
	second := &program{Options: first.Options}
	if err := second.openState(t.Context()); !errors.Is(err, vfs.ErrLocked) {
		t.Errorf("a second one: %v", err)
	}
	if err := errors.Join(second.closeState(), first.closeState()); err != nil {
		t.Error(err)
	}
	if err := second.openState(t.Context()); err != nil {
		t.Errorf("after the first has ended: %v", err)
	}
	if err := second.closeState(); err != nil {
		t.Error(err)
	}
}

// Where the directory may not be written, what is there is seen, and changes last
// as long as the program.
func TestStateOfADirectoryThatMayNotBeWritten(t *testing.T) {
	dir := t.TempDir()
	p := &program{Options: Options{Logger: slog.New(slog.DiscardHandler), Storage: StorageOptions{Path: dir}}}
	if err := p.openState(t.Context()); err != nil {
		t.Fatal(err)
	}
	add := func(p *program, name string) {
		t.Helper()
		if err := p.state.db.Migrate(t.Context(), "things", []string{`CREATE TABLE things (name TEXT) STRICT`}); err != nil {
			t.Fatal(err)
		}
		if err := p.state.db.Update(t.Context(), func(tx *sql.Tx) error {
			_, err := tx.Exec(`INSERT INTO things VALUES (?)`, name)
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	count := func(p *program) (n int) {
		t.Helper()
		if err := p.state.db.Read().QueryRow(`SELECT count(*) FROM things`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	add(p, "kept")
	sealed := p.state.box.Seal([]byte("s"), "x")

	reader := &program{Options: p.Options}
	var err error
	if reader.state, err = reader.openStateCopy(t.Context(), syscall.EROFS); err != nil {
		t.Fatal(err)
	}
	temporary := reader.state.temporary
	add(reader, "lost")
	if n := count(reader); n != 2 {
		t.Errorf("%d rows in the copy", n)
	}
	if _, err := reader.state.box.Open(sealed, "x"); err != nil {
		t.Errorf("the key of the copy: %v", err)
	}
	if n := count(p); n != 1 {
		t.Errorf("%d rows in the original", n)
	}
	if err := errors.Join(reader.closeState(), p.closeState()); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(temporary); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the copy is left behind: %v", err)
	}
}

// The users of web.config.yml are looked for again when the file changes.
func TestWebUsers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "web.yml")
	u := &webUsers{path: path}
	if u.any() {
		t.Error("a file that is not there has users")
	}
	at := time.Now().Add(-time.Hour)
	for _, c := range []struct {
		text string
		want bool
	}{
		{"basic_auth_users: {scraper: $2y$10$x}\n", true}, {"tls_server_config: {}\n", false}, {"basic_auth_users: {}\n", false}, {"basic_auth_users: {a: b, c: d}\n", true},
	} {
		if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		at = at.Add(time.Second)
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if u.any() != c.want {
				t.Errorf("%s: %v", c.text, !c.want)
			}
		}
	}
}
