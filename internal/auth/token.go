package auth

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"hash/crc32"
	"time"
)

// tokenPrefix begins the tokens of this program, so that scanners of leaked
// secrets, and people, know one when they see it.
const tokenPrefix = "monopod_sa_"

// Account is a service account: what a program that asks is called. It has no
// password, and tokens instead.
type Account struct {
	ID               int64
	Name             string
	Role             Role
	Disabled         bool
	Tokens           int
	Created, Updated time.Time
}

// Login is how changes name the account.
func (a Account) Login() string { return "sa-" + a.Name }

// Token is what a program shows instead of a password. The token itself is known
// to who made it alone.
type Token struct {
	ID, AccountID int64
	Name          string
	Created       time.Time
	Expires, Used time.Time // zero: never
}

// Expired tells whether the token is refused for its age.
func (t Token) Expired(now time.Time) bool { return !t.Expires.IsZero() && !now.Before(t.Expires) }

const accountColumns = `id, name, role, disabled, created, updated, (SELECT count(*) FROM tokens WHERE account_id = service_accounts.id)`

func scanAccount(row scanner) (a Account, err error) {
	var role string
	var created, updated int64
	err = row.Scan(&a.ID, &a.Name, &role, &a.Disabled, &created, &updated, &a.Tokens)
	if err == nil {
		err = a.Role.UnmarshalText([]byte(role))
	}
	a.Created, a.Updated = fromMilliseconds(created), fromMilliseconds(updated)
	return a, err
}

// Accounts lists those whose name contains the text, by name.
func (s *Service) Accounts(ctx context.Context, containing string) ([]Account, error) {
	rows, err := s.db.Read().QueryContext(ctx, `SELECT `+accountColumns+` FROM service_accounts WHERE instr(lower(name), lower(?)) > 0 ORDER BY name`, containing)
	if err != nil {
		return nil, fmt.Errorf("list service accounts: %w", err)
	}
	defer rows.Close()
	list := []Account{}
	for rows.Next() {
		a, err := scanAccount(rows)
		if err != nil {
			return nil, fmt.Errorf("list service accounts: %w", err)
		}
		list = append(list, a)
	}
	return list, rows.Err()
}

// Account returns one by its id; ErrNotFound where there is none.
func (s *Service) Account(ctx context.Context, id int64) (Account, error) {
	a, err := scanAccount(s.db.Read().QueryRowContext(ctx, `SELECT `+accountColumns+` FROM service_accounts WHERE id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		err = fmt.Errorf("service account: %w", ErrNotFound)
	}
	return a, err
}

// AddAccount adds a service account without tokens.
func (s *Service) AddAccount(ctx context.Context, name string, role Role, disabled bool) (Account, error) {
	if err := checkText("the name", name, 1); err != nil {
		return Account{}, err
	}
	now := s.now().UnixMilli()
	var id int64
	err := s.db.Update(ctx, func(tx *sql.Tx) error {
		if err := accountTaken(ctx, tx, 0, name); err != nil {
			return err
		}
		result, err := tx.ExecContext(ctx, `INSERT INTO service_accounts (name, role, disabled, created, updated) VALUES (?, ?, ?, ?, ?)`,
			name, role.String(), disabled, now, now)
		if err != nil {
			return err
		}
		id, err = result.LastInsertId()
		return err
	})
	if err != nil {
		return Account{}, fmt.Errorf("add the service account %s: %w", name, err)
	}
	return s.Account(ctx, id)
}

func accountTaken(ctx context.Context, tx *sql.Tx, except int64, name string) error {
	var taken bool
	err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM service_accounts WHERE name = ? AND id <> ?)`, name, except).Scan(&taken)
	if err == nil && taken {
		err = fmt.Errorf("the name %w", ErrTaken)
	}
	return err
}

// ChangeAccount stores the name, the role and whether it is disabled.
func (s *Service) ChangeAccount(ctx context.Context, a Account) error {
	if err := checkText("the name", a.Name, 1); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *sql.Tx) error {
		if err := accountTaken(ctx, tx, a.ID, a.Name); err != nil {
			return err
		}
		return changeOne(ctx, tx, "service account", `UPDATE service_accounts SET name = ?, role = ?, disabled = ?, updated = ? WHERE id = ?`,
			a.Name, a.Role.String(), a.Disabled, s.now().UnixMilli(), a.ID)
	})
}

// DeleteAccount removes it with its tokens.
func (s *Service) DeleteAccount(ctx context.Context, id int64) error {
	return s.db.Update(ctx, func(tx *sql.Tx) error {
		return changeOne(ctx, tx, "service account", `DELETE FROM service_accounts WHERE id = ?`, id)
	})
}

// Tokens lists those of an account, the latest first.
func (s *Service) Tokens(ctx context.Context, accountID int64) ([]Token, error) {
	rows, err := s.db.Read().QueryContext(ctx, `SELECT id, account_id, name, created, expires, used FROM tokens WHERE account_id = ? ORDER BY id DESC`, accountID)
	if err != nil {
		return nil, fmt.Errorf("list tokens: %w", err)
	}
	defer rows.Close()
	list := []Token{}
	for rows.Next() {
		var t Token
		var created, expires, used int64
		if err := rows.Scan(&t.ID, &t.AccountID, &t.Name, &created, &expires, &used); err != nil {
			return nil, fmt.Errorf("list tokens: %w", err)
		}
		t.Created, t.Expires, t.Used = fromMilliseconds(created), fromMilliseconds(expires), fromMilliseconds(used)
		list = append(list, t)
	}
	return list, rows.Err()
}

// AddToken makes a token and returns it; it can never be read again. A lifetime
// of 0 has no end.
func (s *Service) AddToken(ctx context.Context, accountID int64, name string, lifetime time.Duration) (Token, string, error) {
	if err := checkText("the name", name, 1); err != nil {
		return Token{}, "", err
	}
	if lifetime < 0 {
		return Token{}, "", fmt.Errorf("%w: the lifetime is negative", ErrInvalid)
	}
	secret := randomText(40)
	secret = fmt.Sprintf("%s%s_%08x", tokenPrefix, secret, crc32.ChecksumIEEE([]byte(secret)))
	t := Token{AccountID: accountID, Name: name, Created: s.now().UTC()}
	expires := int64(0)
	if lifetime > 0 {
		t.Expires = t.Created.Add(lifetime)
		expires = t.Expires.UnixMilli()
	}
	err := s.db.Update(ctx, func(tx *sql.Tx) error {
		var there, taken bool
		if err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM service_accounts WHERE id = ?1), EXISTS (SELECT 1 FROM tokens WHERE account_id = ?1 AND name = ?2)`,
			accountID, name).Scan(&there, &taken); err != nil {
			return err
		}
		if !there {
			return fmt.Errorf("service account: %w", ErrNotFound)
		}
		if taken {
			return fmt.Errorf("the name %w", ErrTaken)
		}
		result, err := tx.ExecContext(ctx, `INSERT INTO tokens (account_id, name, hash, created, expires) VALUES (?, ?, ?, ?, ?)`,
			accountID, name, hashOf(secret), t.Created.UnixMilli(), expires)
		if err != nil {
			return err
		}
		t.ID, err = result.LastInsertId()
		return err
	})
	if err != nil {
		return Token{}, "", fmt.Errorf("add the token %s: %w", name, err)
	}
	return t, secret, nil
}

// DeleteToken removes one of an account.
func (s *Service) DeleteToken(ctx context.Context, accountID, id int64) error {
	return s.db.Update(ctx, func(tx *sql.Tx) error {
		return changeOne(ctx, tx, "token", `DELETE FROM tokens WHERE id = ? AND account_id = ?`, id, accountID)
	})
}

// byToken returns who has the token; false where it is refused.
func (s *Service) byToken(ctx context.Context, secret string) (Identity, bool, error) {
	now := s.now()
	var (
		i    Identity
		name string
		role string
		used int64
	)
	err := s.db.Read().QueryRowContext(ctx, `SELECT tokens.id, tokens.used, service_accounts.name, role
		FROM tokens JOIN service_accounts ON service_accounts.id = account_id WHERE hash = ? AND NOT disabled AND (expires = 0 OR expires > ?)`,
		hashOf(secret), now.UnixMilli()).Scan(&i.TokenID, &used, &name, &role)
	if errors.Is(err, sql.ErrNoRows) {
		return Identity{}, false, nil
	}
	if err == nil {
		err = i.Role.UnmarshalText([]byte(role))
	}
	if err != nil {
		return Identity{}, false, fmt.Errorf("look up the token: %w", err)
	}
	i.Login, i.Name = Account{Name: name}.Login(), name
	if now.Sub(time.UnixMilli(used)) > seenEvery {
		s.noteFailure("token", s.db.Update(ctx, func(tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, `UPDATE tokens SET used = ? WHERE id = ?`, now.UnixMilli(), i.TokenID)
			return err
		}))
	}
	return i, true, nil
}
