package auth

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// User is a person with a password.
type User struct {
	ID                     int64
	Login, Email, Name     string
	Role                   Role
	Disabled               bool
	Created, Updated, Seen time.Time // Seen is zero for who never logged in
}

func (u User) identity() Identity {
	return Identity{UserID: u.ID, Login: u.Login, Name: u.Name, Email: u.Email, Role: u.Role}
}

const userColumns = `id, login, email, name, role, disabled, created, updated, seen`

type scanner interface{ Scan(...any) error }

func scanUser(row scanner, more ...any) (u User, err error) {
	var role string
	var created, updated, seen int64
	err = row.Scan(append([]any{&u.ID, &u.Login, &u.Email, &u.Name, &role, &u.Disabled, &created, &updated, &seen}, more...)...)
	if err == nil {
		err = u.Role.UnmarshalText([]byte(role))
	}
	u.Created, u.Updated, u.Seen = fromMilliseconds(created), fromMilliseconds(updated), fromMilliseconds(seen)
	return u, err
}

// userWithHash returns the user of a login or e-mail address. One that is not
// there has an empty hash, which no password has.
func (s *Service) userWithHash(ctx context.Context, login string) (u User, hash string, err error) {
	row := s.db.Read().QueryRowContext(ctx, `SELECT `+userColumns+`, password FROM users
		WHERE login = ?1 OR email = ?1 AND email <> '' ORDER BY login = ?1 DESC LIMIT 1`, login)
	u, err = scanUser(row, &hash)
	if errors.Is(err, sql.ErrNoRows) {
		return User{}, "", nil
	}
	if err != nil {
		err = fmt.Errorf("look up the user: %w", err)
	}
	return u, hash, err
}

// Users lists those whose login, name or address contains the text, by login.
func (s *Service) Users(ctx context.Context, containing string) ([]User, error) {
	rows, err := s.db.Read().QueryContext(ctx, `SELECT `+userColumns+` FROM users
		WHERE instr(lower(login || char(10) || email || char(10) || name), lower(?)) > 0 ORDER BY login`, containing)
	if err != nil {
		return nil, fmt.Errorf("list users: %w", err)
	}
	defer rows.Close()
	list := []User{}
	for rows.Next() {
		u, err := scanUser(rows)
		if err != nil {
			return nil, fmt.Errorf("list users: %w", err)
		}
		list = append(list, u)
	}
	return list, rows.Err()
}

// User returns one by its id; ErrNotFound where there is none.
func (s *Service) User(ctx context.Context, id int64) (User, error) {
	return s.oneUser(ctx, `id = ?`, id)
}

// UserBy returns one by login or e-mail address.
func (s *Service) UserBy(ctx context.Context, loginOrEmail string) (User, error) {
	u, hash, err := s.userWithHash(ctx, loginOrEmail)
	if err == nil && hash == "" {
		err = fmt.Errorf("user %s: %w", loginOrEmail, ErrNotFound)
	}
	return u, err
}

func (s *Service) oneUser(ctx context.Context, where string, arg any) (User, error) {
	u, err := scanUser(s.db.Read().QueryRowContext(ctx, `SELECT `+userColumns+` FROM users WHERE `+where, arg))
	if errors.Is(err, sql.ErrNoRows) {
		err = fmt.Errorf("user: %w", ErrNotFound)
	}
	return u, err
}

// NewUser is who is added.
type NewUser struct {
	Login, Email, Name, Password string
	Role                         Role
}

// checkText refuses what would not look like a name in a log or a list.
func checkText(what, text string, least int) error {
	if n := utf8.RuneCountInString(text); n < least || n > 190 {
		return fmt.Errorf("%w: %s has between %d and 190 characters", ErrInvalid, what, least)
	}
	if !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) || strings.TrimSpace(text) != text {
		return fmt.Errorf("%w: %s has spaces around it, or characters that are not shown", ErrInvalid, what)
	}
	return nil
}

func checkNames(login, email, name string) error {
	err := errors.Join(checkText("the login", login, 1), checkText("the e-mail address", email, 0), checkText("the name", name, 0))
	if strings.Contains(login, ":") {
		err = errors.Join(err, fmt.Errorf("%w: a login with a colon cannot be sent by programs", ErrInvalid))
	}
	if email != "" && !strings.Contains(email, "@") {
		err = errors.Join(err, fmt.Errorf("%w: the e-mail address has no @", ErrInvalid))
	}
	return err
}

// AddUser adds a user. A login that is empty is the e-mail address, as in Grafana.
func (s *Service) AddUser(ctx context.Context, n NewUser) (User, error) {
	if n.Login == "" {
		n.Login = n.Email
	}
	if err := errors.Join(checkNames(n.Login, n.Email, n.Name), checkPassword(n.Password)); err != nil {
		return User{}, err
	}
	hash, err := s.passwords.hash(ctx, n.Password)
	if err != nil {
		return User{}, err
	}
	now := s.now().UnixMilli()
	var id int64
	err = s.db.Update(ctx, func(tx *sql.Tx) error {
		if err := checkTaken(ctx, tx, 0, n.Login, n.Email); err != nil {
			return err
		}
		result, err := tx.ExecContext(ctx, `INSERT INTO users (login, email, name, password, role, created, updated) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			n.Login, n.Email, n.Name, hash, n.Role.String(), now, now)
		if err != nil {
			return err
		}
		id, err = result.LastInsertId()
		return err
	})
	if err != nil {
		return User{}, fmt.Errorf("add the user %s: %w", n.Login, err)
	}
	return s.User(ctx, id)
}

// checkTaken also keeps one's address from being another's login: both log in.
func checkTaken(ctx context.Context, tx *sql.Tx, except int64, login, email string) error {
	var taken bool
	err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM users WHERE id <> ?1 AND (login IN (?2, ?3) OR email <> '' AND email IN (?2, ?3)))`,
		except, login, email).Scan(&taken)
	if err == nil && taken {
		err = fmt.Errorf("the login or e-mail address %w", ErrTaken)
	}
	return err
}

// RenameUser changes what a user is called.
func (s *Service) RenameUser(ctx context.Context, id int64, login, email, name string) error {
	if err := checkNames(login, email, name); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *sql.Tx) error {
		if err := checkTaken(ctx, tx, id, login, email); err != nil {
			return err
		}
		return changeOne(ctx, tx, "user", `UPDATE users SET login = ?, email = ?, name = ?, updated = ? WHERE id = ?`,
			login, email, name, s.now().UnixMilli(), id)
	})
}

// SetRole changes what a user may do. Who may do less from now on logs in again.
func (s *Service) SetRole(ctx context.Context, id int64, role Role) error {
	return s.changeUser(ctx, id, func(u *User) { u.Role = role })
}

// SetDisabled lets a user log in no more, and ends the sessions, or lets it again.
func (s *Service) SetDisabled(ctx context.Context, id int64, disabled bool) error {
	return s.changeUser(ctx, id, func(u *User) { u.Disabled = disabled })
}

func (s *Service) changeUser(ctx context.Context, id int64, change func(*User)) error {
	return s.db.Update(ctx, func(tx *sql.Tx) error {
		u, err := scanUser(tx.QueryRowContext(ctx, `SELECT `+userColumns+` FROM users WHERE id = ?`, id))
		if errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("user: %w", ErrNotFound)
		}
		if err != nil {
			return err
		}
		before := u
		change(&u)
		if _, err := tx.ExecContext(ctx, `UPDATE users SET role = ?, disabled = ?, updated = ? WHERE id = ?`,
			u.Role.String(), u.Disabled, s.now().UnixMilli(), id); err != nil {
			return err
		}
		if u.Role < before.Role || u.Disabled {
			if err := endSessions(ctx, tx, id); err != nil {
				return err
			}
		}
		return keepAdmin(ctx, tx)
	})
}

// DeleteUser removes a user with its sessions and preferences.
func (s *Service) DeleteUser(ctx context.Context, id int64) error {
	return s.db.Update(ctx, func(tx *sql.Tx) error {
		if err := changeOne(ctx, tx, "user", `DELETE FROM users WHERE id = ?`, id); err != nil {
			return err
		}
		return keepAdmin(ctx, tx)
	})
}

// keepAdmin refuses a change after which nobody is left who could manage users.
func keepAdmin(ctx context.Context, tx *sql.Tx) error {
	var n int
	err := tx.QueryRowContext(ctx, `SELECT count(*) FROM users WHERE role = ? AND NOT disabled`, Admin.String()).Scan(&n)
	if err == nil && n == 0 {
		err = ErrLastAdmin
	}
	return err
}

// ChangePassword changes the password of a user who knows the old one. All
// sessions end.
func (s *Service) ChangePassword(ctx context.Context, id int64, address, old, password string) error {
	u, err := s.User(ctx, id)
	if err != nil {
		return err
	}
	if _, err := s.check(ctx, u.Login, old, address, false); err != nil {
		return err
	}
	return s.SetPassword(ctx, id, password)
}

// SetPassword changes the password of a user. All sessions end.
func (s *Service) SetPassword(ctx context.Context, id int64, password string) error {
	if err := checkPassword(password); err != nil {
		return err
	}
	hash, err := s.passwords.hash(ctx, password)
	if err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *sql.Tx) error {
		if err := changeOne(ctx, tx, "user", `UPDATE users SET password = ?, updated = ? WHERE id = ?`, hash, s.now().UnixMilli(), id); err != nil {
			return err
		}
		return endSessions(ctx, tx, id)
	})
}
