package datasource

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"monopod/internal/state"
)

// steps make the tables.
var steps = []string{
	`CREATE TABLE data_sources (
		id INTEGER PRIMARY KEY AUTOINCREMENT, uid TEXT NOT NULL UNIQUE, name TEXT NOT NULL UNIQUE, type TEXT NOT NULL,
		access TEXT NOT NULL, url TEXT NOT NULL, user TEXT NOT NULL, database TEXT NOT NULL,
		basic_auth INTEGER NOT NULL, basic_auth_user TEXT NOT NULL, is_default INTEGER NOT NULL,
		options TEXT NOT NULL, secrets BLOB NOT NULL, secret_names TEXT NOT NULL, version INTEGER NOT NULL, read_only INTEGER NOT NULL,
		provider TEXT NOT NULL, created INTEGER NOT NULL, updated INTEGER NOT NULL
	) STRICT`,
	// Monopod itself has the number 1.
	`INSERT INTO sqlite_sequence (name, seq) VALUES ('data_sources', 1)`,
}

// StoreOptions is what a Store is told.
type StoreOptions struct {
	DB  *state.DB
	Box *state.Box
	Now func() time.Time // default time.Now
}

// Store keeps sources. Secrets leave it through Settings only.
type Store struct {
	db  *state.DB
	box *state.Box
	now func() time.Time
}

// NewStore brings the tables up to date.
func NewStore(ctx context.Context, o StoreOptions) (*Store, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if err := o.DB.Migrate(ctx, "datasources", steps); err != nil {
		return nil, err
	}
	return &Store{o.DB, o.Box, o.Now}, nil
}

const columnNames = `id, uid, name, type, access, url, user, database, basic_auth, basic_auth_user, is_default, options,
	secret_names, version, read_only, provider, created, updated`

func scan(row interface{ Scan(...any) error }) (Source, error) {
	var (
		s                Source
		options, names   string
		created, updated int64
	)
	err := row.Scan(&s.ID, &s.UID, &s.Name, &s.Type, &s.Access, &s.URL, &s.User, &s.Database, &s.BasicAuth, &s.BasicAuthUser,
		&s.IsDefault, &options, &names, &s.Version, &s.ReadOnly, &s.Provider, &created, &updated)
	if errors.Is(err, sql.ErrNoRows) {
		return s, ErrNotFound
	}
	s.Options = json.RawMessage(options)
	s.SecretNames = strings.Fields(names)
	s.Created, s.Updated = time.UnixMilli(created).UTC(), time.UnixMilli(updated).UTC()
	return s, err
}

// List returns all sources by name.
func (s *Store) List(ctx context.Context) ([]Source, error) {
	rows, err := s.db.Read().QueryContext(ctx, `SELECT `+columnNames+` FROM data_sources ORDER BY name COLLATE NOCASE`)
	if err != nil {
		return nil, fmt.Errorf("list data sources: %w", err)
	}
	defer rows.Close()
	var list []Source
	for rows.Next() {
		source, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("list data sources: %w", err)
		}
		list = append(list, source)
	}
	return list, rows.Err()
}

func get(ctx context.Context, q interface {
	QueryRowContext(context.Context, string, ...any) *sql.Row
}, uid string) (Source, error) {
	return scan(q.QueryRowContext(ctx, `SELECT `+columnNames+` FROM data_sources WHERE uid = ?`, uid))
}

// Settings returns a source with its secrets opened.
func (s *Store) Settings(ctx context.Context, uid string) (Settings, error) {
	source, err := get(ctx, s.db.Read(), uid)
	if err != nil {
		return Settings{}, err
	}
	var sealed []byte
	if err := s.db.Read().QueryRowContext(ctx, `SELECT secrets FROM data_sources WHERE uid = ?`, uid).Scan(&sealed); err != nil {
		return Settings{}, fmt.Errorf("read the secrets of data source %s: %w", source.Name, err)
	}
	secrets, err := s.unseal(uid, sealed)
	return Settings{source, secrets}, err
}

func place(uid string) string { return "data source " + uid }

func (s *Store) seal(uid string, secrets map[string]string) ([]byte, error) {
	if len(secrets) == 0 {
		return []byte{}, nil
	}
	text, err := json.Marshal(secrets)
	if err != nil {
		return nil, err
	}
	return s.box.Seal(text, place(uid)), nil
}

func (s *Store) unseal(uid string, sealed []byte) (map[string]string, error) {
	if len(sealed) == 0 {
		return map[string]string{}, nil
	}
	text, err := s.box.Open(sealed, place(uid))
	if err != nil {
		return nil, &Error{Reason: Misconfigured, Message: "its secrets cannot be opened", Err: err}
	}
	var secrets map[string]string
	return secrets, json.Unmarshal(text, &secrets)
}

// Change is a source as somebody wants it.
type Change struct {
	Source
	// Secrets that are set, by name; an empty value removes one. Those that are not
	// named stay.
	Secrets map[string]string
	// Provisioned changes may touch what a user may not, and replace a source of the
	// same name. They leave the version alone where nothing changed.
	Provisioned bool
}

var uidPattern = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,40}$`)

func (c *Change) check() error {
	invalid := func(format string, a ...any) error {
		return fmt.Errorf("%w: "+format, append([]any{ErrInvalid}, a...)...)
	}
	c.Name = strings.TrimSpace(c.Name)
	switch {
	case c.Name == "" || len(c.Name) > 190:
		return invalid("its name must have 1 to 190 bytes")
	case c.Type == "":
		return invalid("it has no type")
	case !uidPattern.MatchString(c.UID):
		return invalid("the uid %q must be 1 to 40 letters, digits, - and _", c.UID)
	case c.UID == LocalUID || c.UID == GrafanaUID || c.Name == LocalName || strings.HasPrefix(c.Name, "-- "):
		return fmt.Errorf("%w: %s is built in", ErrTaken, c.Name)
	case c.Access == "":
		c.Access = "proxy"
	case c.Access != "proxy" && c.Access != "direct":
		return invalid("access is %q; use proxy", c.Access)
	}
	c.hidePassword()
	if len(c.Options) == 0 || string(c.Options) == "null" {
		c.Options = json.RawMessage(`{}`)
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal(c.Options, &object); err != nil {
		return invalid("jsonData is no object: %v", err)
	}
	return nil
}

// hidePassword moves a password that stands in the URL to the secrets.
func (c *Change) hidePassword() {
	u, err := url.Parse(strings.TrimSpace(c.URL))
	if err != nil || u.User == nil {
		return
	}
	if password, isSet := u.User.Password(); isSet && !c.BasicAuth {
		c.BasicAuth, c.BasicAuthUser = true, u.User.Username()
		c.Secrets = Merge(c.Secrets, map[string]string{"basicAuthPassword": password})
	}
	u.User = nil
	c.URL = u.String()
}

// NewUID makes a uid that nobody has.
func NewUID() string { return "d" + strings.ToLower(rand.Text()[:13]) }

// Create adds a source.
func (s *Store) Create(ctx context.Context, c Change) (Source, error) {
	if c.UID == "" {
		c.UID = NewUID()
	}
	if err := c.check(); err != nil {
		return Source{}, err
	}
	var out Source
	err := s.db.Update(ctx, func(tx *sql.Tx) error {
		var taken int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM data_sources WHERE uid = ? OR name = ?`, c.UID, c.Name).Scan(&taken); err != nil {
			return err
		}
		if taken > 0 {
			return fmt.Errorf("%w: %s", ErrTaken, c.Name)
		}
		sealed, names, err := s.sealed(c.UID, Merge(nil, c.Secrets))
		if err != nil {
			return err
		}
		if err := yieldDefault(ctx, tx, c.IsDefault); err != nil {
			return err
		}
		now := s.now().UnixMilli()
		if _, err = tx.ExecContext(ctx, `INSERT INTO data_sources (uid, name, type, access, url, user, database, basic_auth, basic_auth_user,
			is_default, options, secrets, secret_names, version, read_only, provider, created, updated)
			VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,1,?,?,?,?)`, c.UID, c.Name, c.Type, c.Access, c.URL, c.User, c.Database, c.BasicAuth, c.BasicAuthUser,
			c.IsDefault, string(c.Options), sealed, names, c.ReadOnly, c.Provider, now, now); err != nil {
			return err
		}
		out, err = get(ctx, tx, c.UID)
		return err
	})
	return out, explainStore("create", c.Name, err)
}

func (s *Store) sealed(uid string, secrets map[string]string) (sealed []byte, names string, err error) {
	list := make([]string, 0, len(secrets))
	for name := range secrets {
		if name != strings.Join(strings.Fields(name), "") {
			return nil, "", fmt.Errorf("%w: the secret %q has a space in its name", ErrInvalid, name)
		}
		list = append(list, name)
	}
	slices.Sort(list)
	sealed, err = s.seal(uid, secrets)
	return sealed, strings.Join(list, " "), err
}

// yieldDefault takes the mark from the others: there is one default at most, and
// without one it is Monopod itself.
func yieldDefault(ctx context.Context, tx *sql.Tx, isDefault bool) error {
	if !isDefault {
		return nil
	}
	_, err := tx.ExecContext(ctx, `UPDATE data_sources SET is_default = 0 WHERE is_default = 1`)
	return err
}

// Update replaces the source that has the uid. A version other than 0 must be the
// one that is stored.
func (s *Store) Update(ctx context.Context, uid string, c Change) (Source, error) {
	if c.UID == "" {
		c.UID = uid
	}
	if err := c.check(); err != nil {
		return Source{}, err
	}
	var out Source
	err := s.db.Update(ctx, func(tx *sql.Tx) error {
		old, err := get(ctx, tx, uid)
		if err != nil {
			return err
		}
		if old.ReadOnly && !c.Provisioned {
			return ErrReadOnly
		}
		if c.Version != 0 && c.Version != old.Version && !c.Provisioned {
			return ErrConflict
		}
		var taken int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM data_sources WHERE id <> ? AND (uid = ? OR name = ?)`, old.ID, c.UID, c.Name).Scan(&taken); err != nil {
			return err
		}
		if taken > 0 {
			return fmt.Errorf("%w: %s", ErrTaken, c.Name)
		}
		var before []byte
		if err := tx.QueryRowContext(ctx, `SELECT secrets FROM data_sources WHERE id = ?`, old.ID).Scan(&before); err != nil {
			return err
		}
		// Secrets that a lost key sealed are given up once they are entered again.
		secrets, err := s.unseal(uid, before)
		if err != nil && len(c.Secrets) == 0 {
			return err
		}
		after := Merge(secrets, c.Secrets)
		if c.Provisioned {
			after = Merge(nil, c.Secrets)
			if equal(old, c.Source) && mapsEqual(secrets, after) {
				out = old
				return nil
			}
		}
		sealed, names, err := s.sealed(c.UID, after)
		if err != nil {
			return err
		}
		if err := yieldDefault(ctx, tx, c.IsDefault); err != nil {
			return err
		}
		if _, err = tx.ExecContext(ctx, `UPDATE data_sources SET uid = ?, name = ?, type = ?, access = ?, url = ?, user = ?, database = ?,
			basic_auth = ?, basic_auth_user = ?, is_default = ?, options = ?, secrets = ?, secret_names = ?, version = version + 1,
			read_only = ?, provider = ?, updated = ? WHERE id = ?`, c.UID, c.Name, c.Type, c.Access, c.URL, c.User, c.Database, c.BasicAuth,
			c.BasicAuthUser, c.IsDefault, string(c.Options), sealed, names, c.ReadOnly, c.Provider, s.now().UnixMilli(), old.ID); err != nil {
			return err
		}
		out, err = get(ctx, tx, c.UID)
		return err
	})
	return out, explainStore("change", c.Name, err)
}

func equal(a, b Source) bool {
	return a.UID == b.UID && a.Name == b.Name && a.Type == b.Type && a.Access == b.Access && a.URL == b.URL && a.User == b.User &&
		a.Database == b.Database && a.BasicAuth == b.BasicAuth && a.BasicAuthUser == b.BasicAuthUser && a.IsDefault == b.IsDefault &&
		string(a.Options) == string(b.Options) && a.ReadOnly == b.ReadOnly && a.Provider == b.Provider
}

func mapsEqual(a, b map[string]string) bool {
	if len(a) != len(b) {
		return false
	}
	for k, v := range a {
		if other, ok := b[k]; !ok || other != v {
			return false
		}
	}
	return true
}

// Delete removes a source. Only provisioning removes what is read only.
func (s *Store) Delete(ctx context.Context, uid string, provisioned bool) (Source, error) {
	var old Source
	err := s.db.Update(ctx, func(tx *sql.Tx) error {
		var err error
		if old, err = get(ctx, tx, uid); err != nil {
			return err
		}
		if old.ReadOnly && !provisioned {
			return ErrReadOnly
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM data_sources WHERE id = ?`, old.ID)
		return err
	})
	return old, explainStore("delete", uid, err)
}

func explainStore(operation, name string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s data source %s: %w", operation, name, err)
}
