package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// Cookies of a session. The prefix makes browsers refuse one that was set without
// TLS or by another host.
const (
	cookieSecure = "__Host-monopod"
	cookiePlain  = "monopod_session"
)

// seenEvery is how often it is noted that a session or token is in use.
const seenEvery = time.Minute

// Session is one login of a person.
type Session struct {
	ID            int64
	Created, Seen time.Time
	Expires       time.Time
	Agent         string // the browser, as it calls itself
	Address       string
	// Current is the one that asks.
	Current bool
}

func hashOf(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}

// Address is where a request comes from, without its port.
func Address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// isSecure tells whether the browser speaks TLS, to this program or to a proxy
// before it. A client that lies gets a cookie that it does not send back.
func isSecure(r *http.Request) bool {
	return r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https"
}

// sessionToken is what the request's cookie has, "" where there is none.
func sessionToken(r *http.Request) string {
	name := cookiePlain
	if isSecure(r) {
		name = cookieSecure
	}
	if c, err := r.Cookie(name); err == nil {
		return c.Value
	}
	return ""
}

// SetCookie hands a session to the browser; an empty token takes it away.
func (s *Service) SetCookie(w http.ResponseWriter, r *http.Request, token string) {
	c := &http.Cookie{
		Name: cookiePlain, Value: token, Path: s.o.CookiePath, HttpOnly: true, SameSite: http.SameSiteLaxMode,
		MaxAge: int(s.o.LongestSession.Seconds()),
	}
	if isSecure(r) {
		c.Name, c.Path, c.Secure = cookieSecure, "/", true
	}
	if token == "" {
		c.MaxAge = -1
	}
	http.SetCookie(w, c)
}

// Login checks a password and begins a session, whose token it returns: a new one
// each time, and the one that the request had ends. Errors: ErrCredentials,
// ErrBusy, *LockedError.
func (s *Service) Login(ctx context.Context, r *http.Request, login, password string) (token string, who Identity, err error) {
	u, err := s.check(ctx, login, password, Address(r), false)
	if err != nil {
		return "", Identity{}, err
	}
	secret := make([]byte, 32)
	rand.Read(secret) //nolint:errcheck // never fails
	token = base64.RawURLEncoding.EncodeToString(secret)
	now := s.now()
	err = s.db.Update(ctx, func(tx *sql.Tx) error {
		if old := sessionToken(r); old != "" {
			if _, err := tx.ExecContext(ctx, `DELETE FROM sessions WHERE hash = ?`, hashOf(old)); err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM sessions WHERE created < ? OR seen < ?`,
			now.Add(-s.o.LongestSession).UnixMilli(), now.Add(-s.o.IdleTimeout).UnixMilli()); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE users SET seen = ? WHERE id = ?`, now.UnixMilli(), u.ID); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO sessions (hash, user_id, created, seen, agent, address) VALUES (?, ?, ?, ?, ?, ?)`,
			hashOf(token), u.ID, now.UnixMilli(), now.UnixMilli(), cut(r.UserAgent(), 300), Address(r))
		return err
	})
	if err != nil {
		return "", Identity{}, fmt.Errorf("begin a session: %w", err)
	}
	s.logger.Info("Logged in", "login", u.Login, "client", Address(r))
	return token, u.identity(), nil
}

func cut(text string, n int) string {
	if len(text) > n {
		return text[:n]
	}
	return text
}

// check returns the user of a login or e-mail address whose password is right and
// who is not disabled. Programs send the same password with every request: for
// them what was found out a moment ago is not found out again, and a wrong one
// counts once.
func (s *Service) check(ctx context.Context, login, password, address string, isProgram bool) (User, error) {
	u, hash, err := s.userWithHash(ctx, login)
	if err != nil {
		return User{}, err
	}
	right, known := false, false
	if isProgram {
		right, known = s.passwords.recall(login, password, hash)
	}
	if !known {
		if err := s.attempts.begin(login, address); err != nil {
			s.logger.Warn("A login is refused after too many failed ones", "login", login, "client", address)
			return User{}, err
		}
		if right, err = s.passwords.matches(ctx, password, hash); err != nil {
			s.attempts.withdraw(login, address)
			return User{}, err
		}
		s.passwords.remember(login, password, hash, right)
		if right {
			s.attempts.succeeded(login, address)
		} else {
			s.logger.Warn("A login failed", "login", login, "client", address)
		}
	}
	if !right || u.Disabled {
		return User{}, ErrCredentials
	}
	return u, nil
}

// bySession returns who has the session; false where there is none any more.
func (s *Service) bySession(ctx context.Context, token string) (Identity, bool, error) {
	now := s.now()
	var (
		i    Identity
		id   int64
		role string
		seen int64
	)
	err := s.db.Read().QueryRowContext(ctx, `SELECT sessions.id, sessions.seen, users.id, login, name, email, role
		FROM sessions JOIN users ON users.id = user_id WHERE hash = ? AND NOT disabled AND sessions.created > ? AND sessions.seen > ?`,
		hashOf(token), now.Add(-s.o.LongestSession).UnixMilli(), now.Add(-s.o.IdleTimeout).UnixMilli()).
		Scan(&id, &seen, &i.UserID, &i.Login, &i.Name, &i.Email, &role)
	if errors.Is(err, sql.ErrNoRows) {
		return Identity{}, false, nil
	}
	if err == nil {
		err = i.Role.UnmarshalText([]byte(role))
	}
	if err != nil {
		return Identity{}, false, fmt.Errorf("look up the session: %w", err)
	}
	if now.Sub(time.UnixMilli(seen)) > seenEvery {
		err = s.db.Update(ctx, func(tx *sql.Tx) error {
			if _, err := tx.ExecContext(ctx, `UPDATE sessions SET seen = ? WHERE id = ?`, now.UnixMilli(), id); err != nil {
				return err
			}
			_, err := tx.ExecContext(ctx, `UPDATE users SET seen = ? WHERE id = ?`, now.UnixMilli(), i.UserID)
			return err
		})
		s.noteFailure("session", err)
	}
	return i, true, nil
}

// noteFailure is for what a request need not fail for: a disk that is full does not
// keep people out.
func (s *Service) noteFailure(what string, err error) {
	if err != nil && !errors.Is(err, context.Canceled) {
		s.logger.Warn("Could not note when it was used last", "what", what, "err", err)
	}
}

// Logout ends the session that the request has.
func (s *Service) Logout(ctx context.Context, r *http.Request) error {
	token := sessionToken(r)
	if token == "" {
		return nil
	}
	return s.db.Update(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM sessions WHERE hash = ?`, hashOf(token))
		return err
	})
}

// Sessions lists those of a user that have not expired, the latest first. The
// request may be nil; it tells which is the current one.
func (s *Service) Sessions(ctx context.Context, userID int64, r *http.Request) ([]Session, error) {
	var current []byte
	if r != nil {
		current = hashOf(sessionToken(r))
	}
	now := s.now()
	rows, err := s.db.Read().QueryContext(ctx, `SELECT id, created, seen, agent, address, hash = ? FROM sessions
		WHERE user_id = ? AND created > ? AND seen > ? ORDER BY seen DESC, id DESC`,
		current, userID, now.Add(-s.o.LongestSession).UnixMilli(), now.Add(-s.o.IdleTimeout).UnixMilli())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []Session{}
	for rows.Next() {
		var x Session
		var created, seen int64
		if err := rows.Scan(&x.ID, &created, &seen, &x.Agent, &x.Address, &x.Current); err != nil {
			return nil, err
		}
		x.Created, x.Seen = fromMilliseconds(created), fromMilliseconds(seen)
		x.Expires = x.Seen.Add(s.o.IdleTimeout)
		if last := x.Created.Add(s.o.LongestSession); last.Before(x.Expires) {
			x.Expires = last
		}
		list = append(list, x)
	}
	return list, rows.Err()
}

// EndSession ends one session of a user.
func (s *Service) EndSession(ctx context.Context, userID, sessionID int64) error {
	return s.db.Update(ctx, func(tx *sql.Tx) error {
		return changeOne(ctx, tx, "session", `DELETE FROM sessions WHERE id = ? AND user_id = ?`, sessionID, userID)
	})
}

// EndSessions ends all sessions of a user.
func (s *Service) EndSessions(ctx context.Context, userID int64) error {
	return s.db.Update(ctx, func(tx *sql.Tx) error { return endSessions(ctx, tx, userID) })
}

func endSessions(ctx context.Context, tx *sql.Tx, userID int64) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM sessions WHERE user_id = ?`, userID)
	return err
}
