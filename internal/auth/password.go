package auth

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
)

// cost of a hash of Argon2id. It stands in each hash, so that it may change.
type cost struct {
	memoryKiB, rounds uint32
	threads           uint8
}

// Bounds of passwords, in bytes.
const (
	shortestPassword = 8
	longestPassword  = 1 << 10
)

const (
	saltBytes = 16
	hashBytes = 32
	// Each check takes the memory of its cost: so many run at once, and so many
	// more wait.
	checksAtOnce  = 2
	checksWaiting = 64
	// How long, and how many, outcomes of checks are remembered for programs that
	// send a password with every request.
	rememberFor  = 5 * time.Minute
	rememberMost = 1 << 10
)

// passwords hashes and checks them within bounded memory.
type passwords struct {
	cost  cost
	now   func() time.Time
	slots chan struct{}
	queue chan struct{}
	// decoy is checked where there is no such user, so that this takes as long.
	decoy string
	key   [32]byte // of what is remembered

	mu struct {
		sync.Mutex
		remembered map[[32]byte]outcome
	}
}

type outcome struct {
	right bool
	until time.Time
}

func newPasswords(now func() time.Time) *passwords {
	p := &passwords{
		cost: cost{memoryKiB: 19 << 10, rounds: 2, threads: 1}, now: now,
		slots: make(chan struct{}, checksAtOnce), queue: make(chan struct{}, checksAtOnce+checksWaiting),
	}
	rand.Read(p.key[:]) //nolint:errcheck // never fails
	salt, hash := make([]byte, saltBytes), make([]byte, hashBytes)
	rand.Read(salt) //nolint:errcheck // never fails
	rand.Read(hash) //nolint:errcheck // never fails
	p.decoy = p.cost.encode(salt, hash)
	p.mu.remembered = map[[32]byte]outcome{}
	return p
}

// checkPassword tells what is wrong with a new password.
func checkPassword(password string) error {
	switch {
	case utf8.RuneCountInString(password) < shortestPassword:
		return fmt.Errorf("%w: a password has at least %d characters", ErrInvalid, shortestPassword)
	case len(password) > longestPassword:
		return fmt.Errorf("%w: a password has at most %d bytes", ErrInvalid, longestPassword)
	}
	return nil
}

// encode writes a hash as other programs do: $argon2id$v=19$m=…,t=…,p=…$salt$hash.
func (c cost) encode(salt, hash []byte) string {
	b := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.memoryKiB, c.rounds, c.threads, b.EncodeToString(salt), b.EncodeToString(hash))
}

func decodeHash(encoded string) (c cost, salt, hash []byte, err error) {
	parts := strings.Split(encoded, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return c, nil, nil, errors.New("the stored password is no hash of Argon2id; set it anew with monopod users reset-password")
	}
	var version int
	if _, err = fmt.Sscanf(parts[2], "v=%d", &version); err == nil && version != argon2.Version {
		err = fmt.Errorf("version %d of Argon2id", version)
	}
	if err == nil {
		_, err = fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.memoryKiB, &c.rounds, &c.threads)
	}
	if err == nil {
		salt, err = base64.RawStdEncoding.DecodeString(parts[4])
	}
	if err == nil {
		hash, err = base64.RawStdEncoding.DecodeString(parts[5])
	}
	if err == nil && (c.memoryKiB > 1<<20 || c.rounds == 0 || c.rounds > 100 || c.threads == 0 || len(hash) == 0) {
		err = errors.New("its cost is out of range")
	}
	if err != nil {
		return c, nil, nil, fmt.Errorf("read the stored password: %w; set it anew with monopod users reset-password", err)
	}
	return c, salt, hash, nil
}

// enter waits for a turn; leave gives it back.
func (p *passwords) enter(ctx context.Context) error {
	select {
	case p.queue <- struct{}{}:
	default:
		return ErrBusy
	}
	select {
	case p.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		<-p.queue
		return ctx.Err()
	}
}

func (p *passwords) leave() {
	<-p.slots
	<-p.queue
}

// hash makes what is stored of a password.
func (p *passwords) hash(ctx context.Context, password string) (string, error) {
	if err := p.enter(ctx); err != nil {
		return "", err
	}
	defer p.leave()
	salt := make([]byte, saltBytes)
	rand.Read(salt) //nolint:errcheck // never fails
	c := p.cost
	return c.encode(salt, argon2.IDKey([]byte(password), salt, c.rounds, c.memoryKiB, c.threads, hashBytes)), nil
}

// matches tells whether the password has the hash; an empty hash matches none,
// and takes as long.
func (p *passwords) matches(ctx context.Context, password, encoded string) (bool, error) {
	if len(password) > longestPassword {
		password = password[:longestPassword+1]
	}
	exists := encoded != ""
	if !exists {
		encoded = p.decoy
	}
	c, salt, want, err := decodeHash(encoded)
	if err != nil {
		return false, err
	}
	if err := p.enter(ctx); err != nil {
		return false, err
	}
	defer p.leave()
	got := argon2.IDKey([]byte(password), salt, c.rounds, c.memoryKiB, c.threads, uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1 && exists, nil
}

// recall returns the outcome of an earlier check of the same password against the
// same hash, which a new password changes.
func (p *passwords) recall(login, password, encoded string) (right, known bool) {
	k := p.place(login, password, encoded)
	p.mu.Lock()
	defer p.mu.Unlock()
	o, ok := p.mu.remembered[k]
	return o.right, ok && p.now().Before(o.until)
}

func (p *passwords) remember(login, password, encoded string, right bool) {
	k, now := p.place(login, password, encoded), p.now()
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.mu.remembered) >= rememberMost {
		clear(p.mu.remembered)
	}
	p.mu.remembered[k] = outcome{right, now.Add(rememberFor)}
}

func (p *passwords) place(login, password, encoded string) (k [32]byte) {
	h := hmac.New(sha256.New, p.key[:])
	fmt.Fprintf(h, "%d %d %s%s%s", len(login), len(password), login, password, encoded)
	h.Sum(k[:0])
	return k
}

const letters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"

// randomText has about 5.8 bits in each character.
func randomText(n int) string {
	out := make([]byte, 0, n)
	var b [64]byte
	for {
		rand.Read(b[:]) //nolint:errcheck // never fails
		for _, x := range b {
			// Bytes above the last whole round of the letters would favour the first ones.
			if int(x) >= 256/len(letters)*len(letters) {
				continue
			}
			if out = append(out, letters[int(x)%len(letters)]); len(out) == n {
				return string(out)
			}
		}
	}
}
