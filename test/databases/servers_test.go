// Package databases runs Monopod's SQL data sources against a real PostgreSQL and
// a real MariaDB, each of its own in a temporary directory.
package databases

import (
	"database/sql"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	_ "github.com/go-sql-driver/mysql"
	_ "github.com/jackc/pgx/v5/stdlib"
)

const (
	user     = "tester"
	password = "geheim-4711"
	database = "things"
	// nobody is who runs the servers where the tests run as root, which they refuse.
	nobody = 65534
)

// server is a database that runs.
type server struct {
	address string
	// admin may change what is there.
	admin *sql.DB
	stop  func()
}

// find looks for a program where Debian puts those that are not on the path.
func find(name string) (string, error) {
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin/", "/usr/sbin/"} {
		if found, _ := filepath.Glob(pattern + name); len(found) > 0 {
			return found[len(found)-1], nil
		}
	}
	return "", fmt.Errorf("%s is not installed: make test-databases installs it", name)
}

// command is a program that runs without rights in a directory of its own.
func command(dir, name string, args ...string) (*exec.Cmd, error) {
	path, err := find(name)
	if err != nil {
		return nil, err
	}
	c := exec.Command(path, args...)
	c.Dir = dir
	c.Env = append(os.Environ(), "HOME="+dir, "TMPDIR="+dir, "LC_ALL=C")
	if os.Getuid() == 0 {
		c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	c.SysProcAttr = parentDeath(c.SysProcAttr)
	return c, nil
}

// parentDeath ends the server with the test, however that ends.
func parentDeath(a *syscall.SysProcAttr) *syscall.SysProcAttr {
	if a == nil {
		a = &syscall.SysProcAttr{}
	}
	a.Pdeathsig = syscall.SIGKILL
	return a
}

func newDir() (string, error) {
	dir, err := os.MkdirTemp("", "monopod-databases-")
	if err == nil && os.Getuid() == 0 {
		err = os.Chown(dir, nobody, nobody)
	}
	return dir, err
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// run starts the server and waits until it answers.
func run(dir string, c *exec.Cmd, open func() (*sql.DB, error)) (*server, error) {
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		return nil, err
	}
	c.Stdout, c.Stderr = log, log
	if err := c.Start(); err != nil {
		return nil, err
	}
	s := &server{stop: func() {
		_ = c.Process.Kill()
		_ = c.Wait()
		_ = log.Close()
		_ = os.RemoveAll(dir)
	}}
	for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(100 * time.Millisecond) {
		db, err := open()
		if err == nil {
			if err = db.Ping(); err == nil {
				s.admin = db
				return s, nil
			}
			_ = db.Close()
		}
		if time.Now().After(deadline) {
			s.stop()
			return nil, fmt.Errorf("%s does not answer: %w", c.Path, err)
		}
	}
}

func startPostgres() (*server, error) {
	dir, err := newDir()
	if err != nil {
		return nil, err
	}
	secret := filepath.Join(dir, "password")
	if err := os.WriteFile(secret, []byte(password), 0o644); err != nil {
		return nil, err
	}
	data := filepath.Join(dir, "data")
	initdb, err := command(dir, "initdb", "-D", data, "-U", user, "--pwfile="+secret, "-A", "scram-sha-256", "-E", "UTF8", "--no-sync")
	if err != nil {
		return nil, err
	}
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w: %s", err, out)
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	c, err := command(dir, "postgres", "-D", data, "-p", strconv.Itoa(port), "-k", dir, "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off")
	if err != nil {
		return nil, err
	}
	name := fmt.Sprintf("postgres://%s:%s@127.0.0.1:%d/", user, password, port)
	s, err := run(dir, c, func() (*sql.DB, error) { return sql.Open("pgx", name+"postgres?sslmode=disable") })
	if err != nil {
		return nil, err
	}
	s.address = fmt.Sprintf("127.0.0.1:%d", port)
	if _, err := s.admin.Exec("CREATE DATABASE " + database); err != nil {
		return nil, err
	}
	_ = s.admin.Close()
	s.admin, err = sql.Open("pgx", name+database+"?sslmode=disable")
	return s, err
}

func startMariaDB() (*server, error) {
	dir, err := newDir()
	if err != nil {
		return nil, err
	}
	data := filepath.Join(dir, "data")
	install, err := command(dir, "mariadb-install-db", "--no-defaults", "--datadir="+data, "--auth-root-authentication-method=normal", "--skip-test-db")
	if err != nil {
		return nil, err
	}
	if out, err := install.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("mariadb-install-db: %w: %s", err, out)
	}
	statements := filepath.Join(dir, "init.sql")
	text := fmt.Sprintf("CREATE DATABASE IF NOT EXISTS %s;\nCREATE USER IF NOT EXISTS '%s'@'127.0.0.1' IDENTIFIED BY '%s';\nGRANT ALL ON %s.* TO '%s'@'127.0.0.1';\n",
		database, user, password, database, user)
	if err := os.WriteFile(statements, []byte(text), 0o644); err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	c, err := command(dir, "mariadbd", "--no-defaults", "--datadir="+data, "--port="+strconv.Itoa(port), "--bind-address=127.0.0.1", "--skip-name-resolve",
		"--socket="+filepath.Join(dir, "s"), "--pid-file="+filepath.Join(dir, "pid"), "--init-file="+statements, "--innodb-flush-log-at-trx-commit=0")
	if err != nil {
		return nil, err
	}
	address := fmt.Sprintf("127.0.0.1:%d", port)
	s, err := run(dir, c, func() (*sql.DB, error) {
		return sql.Open("mysql", fmt.Sprintf("%s:%s@tcp(%s)/%s?multiStatements=true", user, password, address, database))
	})
	if err == nil {
		s.address = address
	}
	return s, err
}

var postgres, maria *server

func TestMain(m *testing.M) {
	code := func() int {
		var err error
		if postgres, err = startPostgres(); err != nil {
			fmt.Fprintln(os.Stderr, "PostgreSQL:", err)
			return 1
		}
		defer postgres.stop()
		if maria, err = startMariaDB(); err != nil {
			fmt.Fprintln(os.Stderr, "MariaDB:", err)
			return 1
		}
		defer maria.stop()
		if err := fillBoth(); err != nil {
			fmt.Fprintln(os.Stderr, "fill the databases:", err)
			return 1
		}
		return m.Run()
	}()
	os.Exit(code)
}

// fillBoth makes the same tables in both: a sample each minute of two hosts, with a
// gap at 10:02.
func fillBoth() error {
	for _, s := range []struct {
		*server
		statements []string
	}{
		{postgres, []string{
			`CREATE TABLE samples (ts timestamptz NOT NULL, epoch bigint NOT NULL, host text NOT NULL, value double precision, ok boolean, price numeric(10,2), note jsonb)`,
		}},
		{maria, []string{
			`CREATE TABLE samples (ts datetime NOT NULL, epoch bigint NOT NULL, host varchar(20) NOT NULL, value double, ok boolean, price decimal(10,2), note json)`,
		}},
	} {
		for _, text := range s.statements {
			if _, err := s.admin.Exec(text); err != nil {
				return err
			}
		}
		for _, minute := range []int{0, 1, 3, 4} {
			for i, host := range []string{"a", "b"} {
				ts := start.Add(time.Duration(minute) * time.Minute)
				text := fmt.Sprintf("INSERT INTO samples VALUES ('%s', %d, '%s', %d, %t, %d.25, '{\"n\": %d}')",
					ts.UTC().Format("2006-01-02 15:04:05"), ts.Unix(), host, minute*10+i, i == 0, minute, minute)
				if _, err := s.admin.Exec(text); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

var start = time.Date(2026, 1, 2, 10, 0, 0, 0, time.UTC)
