package auth

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"monopod/internal/state"
)

// Errors of a Service. What they wrap says more.
var (
	// ErrCredentials says neither that the login is wrong nor that the password is.
	ErrCredentials = errors.New("invalid username or password")
	// ErrBusy: more people log in at once than there is memory for.
	ErrBusy = errors.New("too many logins at once; try again in a moment")
	// ErrNotFound: no such user, service account, token or session.
	ErrNotFound = errors.New("not found")
	// ErrTaken: the login, e-mail address or name belongs to somebody else.
	ErrTaken = errors.New("is taken")
	// ErrInvalid: what was given cannot be stored.
	ErrInvalid = errors.New("invalid")
	// ErrLastAdmin: nobody could manage users any more.
	ErrLastAdmin = errors.New("this is the last Admin; make somebody else an Admin first")
)

// Options is all that a Service is told.
type Options struct {
	DB     *state.DB
	Logger *slog.Logger // default: none
	// Anonymous is the role of who has not logged in; None: everybody must.
	Anonymous Role
	// AdminLogin and AdminPassword are of the first user, who is made where there
	// is none. Without a password a random one is made, and logged once.
	AdminLogin, AdminPassword string
	// CookiePath is the route prefix.
	CookiePath string
	// TrustedOrigins may change things beside the origin of the server itself,
	// scheme://host each.
	TrustedOrigins []string
	// IsOthersPassword tells whether basic authentication is checked before requests
	// come here, for users of another list. Nil: it is not.
	IsOthersPassword func() bool
	// IdleTimeout ends a session that is not used, LongestSession any; defaults 7 and
	// 30 days.
	IdleTimeout, LongestSession time.Duration
	Defaults                    Preferences
	Now                         func() time.Time // default time.Now
}

// Service knows users, service accounts, their tokens and sessions. It is the
// Guard of the program. Its methods may be called from many goroutines.
//
// Every request is judged by what the state says at that moment: nothing that
// was taken away lives on in a cache.
type Service struct {
	o         Options
	db        *state.DB
	logger    *slog.Logger
	now       func() time.Time
	passwords *passwords
	attempts  *attempts
	origins   *http.CrossOriginProtection
}

// steps make the tables. Times are milliseconds since 1970. Roles are stored by
// name. What stands in hash columns cannot be turned back into what was hashed.
var steps = []string{`
CREATE TABLE users (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	login TEXT NOT NULL COLLATE NOCASE UNIQUE,
	email TEXT NOT NULL COLLATE NOCASE,
	name TEXT NOT NULL,
	password TEXT NOT NULL,
	role TEXT NOT NULL,
	disabled INTEGER NOT NULL DEFAULT 0,
	created INTEGER NOT NULL,
	updated INTEGER NOT NULL,
	seen INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX users_email ON users (email) WHERE email <> '';
CREATE TABLE sessions (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	hash BLOB NOT NULL UNIQUE,
	user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
	created INTEGER NOT NULL,
	seen INTEGER NOT NULL,
	agent TEXT NOT NULL,
	address TEXT NOT NULL
) STRICT;
CREATE INDEX sessions_user ON sessions (user_id);
CREATE TABLE service_accounts (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	name TEXT NOT NULL COLLATE NOCASE UNIQUE,
	role TEXT NOT NULL,
	disabled INTEGER NOT NULL DEFAULT 0,
	created INTEGER NOT NULL,
	updated INTEGER NOT NULL
) STRICT;
CREATE TABLE tokens (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	account_id INTEGER NOT NULL REFERENCES service_accounts (id) ON DELETE CASCADE,
	name TEXT NOT NULL COLLATE NOCASE,
	hash BLOB NOT NULL UNIQUE,
	created INTEGER NOT NULL,
	expires INTEGER NOT NULL DEFAULT 0,
	used INTEGER NOT NULL DEFAULT 0,
	UNIQUE (account_id, name)
) STRICT;
CREATE TABLE preferences (
	user_id INTEGER PRIMARY KEY, -- 0: of everybody who chose nothing
	theme TEXT NOT NULL,
	timezone TEXT NOT NULL,
	week_start TEXT NOT NULL,
	language TEXT NOT NULL,
	home_dashboard TEXT NOT NULL
) STRICT;
CREATE TRIGGER users_preferences AFTER DELETE ON users BEGIN
	DELETE FROM preferences WHERE user_id = old.id;
END;
CREATE TABLE organisation (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;
INSERT INTO organisation VALUES (1, 'Main Org.');
`}

// New brings the tables up to date, and makes the first user where there is none.
func New(ctx context.Context, o Options) (*Service, error) {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.IdleTimeout <= 0 {
		o.IdleTimeout = 7 * 24 * time.Hour
	}
	if o.LongestSession <= 0 {
		o.LongestSession = 30 * 24 * time.Hour
	}
	if o.CookiePath == "" {
		o.CookiePath = "/"
	}
	if o.AdminLogin == "" {
		o.AdminLogin = "admin"
	}
	s := &Service{
		o: o, db: o.DB, logger: o.Logger, now: o.Now,
		passwords: newPasswords(o.Now), attempts: newAttempts(o.Now), origins: http.NewCrossOriginProtection(),
	}
	for _, origin := range o.TrustedOrigins {
		if err := s.origins.AddTrustedOrigin(origin); err != nil {
			return nil, fmt.Errorf("trusted origin %s: %w", origin, err)
		}
	}
	if err := s.db.Migrate(ctx, "auth", steps); err != nil {
		return nil, err
	}
	if err := s.makeFirstUser(ctx); err != nil {
		return nil, fmt.Errorf("make the first user %s: %w", o.AdminLogin, err)
	}
	return s, nil
}

func (s *Service) makeFirstUser(ctx context.Context) error {
	var n int
	if err := s.db.Read().QueryRowContext(ctx, `SELECT count(*) FROM users`).Scan(&n); err != nil || n > 0 {
		return err
	}
	password, isRandom := s.o.AdminPassword, s.o.AdminPassword == ""
	if isRandom {
		password = randomText(20)
	}
	hash, err := s.passwords.hash(ctx, password)
	if err != nil {
		return err
	}
	now := s.now().UnixMilli()
	err = s.db.Update(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO users (login, email, name, password, role, created, updated) VALUES (?, '', '', ?, ?, ?, ?)`,
			s.o.AdminLogin, hash, Admin.String(), now, now)
		return err
	})
	if err != nil {
		return err
	}
	if isRandom {
		s.logger.Warn("Made the first user; the password is shown this once, change it under Profile", "login", s.o.AdminLogin, "password", password)
	} else {
		s.logger.Info("Made the first user", "login", s.o.AdminLogin)
	}
	return nil
}

// AnonymousRole is what everybody may do without logging in.
func (s *Service) AnonymousRole() Role { return s.o.Anonymous }

// OrganisationName is a name for all who use the program.
func (s *Service) OrganisationName(ctx context.Context) (name string, err error) {
	err = s.db.Read().QueryRowContext(ctx, `SELECT name FROM organisation WHERE id = 1`).Scan(&name)
	return name, err
}

// RenameOrganisation changes it.
func (s *Service) RenameOrganisation(ctx context.Context, name string) error {
	if name == "" {
		return fmt.Errorf("%w: the name is empty", ErrInvalid)
	}
	return s.db.Update(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE organisation SET name = ? WHERE id = 1`, name)
		return err
	})
}

func fromMilliseconds(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// changeOne runs a statement that must change one row.
func changeOne(ctx context.Context, tx *sql.Tx, what, statement string, args ...any) error {
	result, err := tx.ExecContext(ctx, statement, args...)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, fmt.Errorf("%s: %w", what, ErrNotFound))
	}
	return nil
}
