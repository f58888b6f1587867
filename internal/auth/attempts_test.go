package auth

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

func locked(err error) bool {
	var e *LockedError
	return errors.As(err, &e)
}

func TestBruteForceIsLockedOut(t *testing.T) {
	r := newRig(t, nil)
	for _, login := range []string{"admin", "nobody-of-this-name"} {
		for n := range freeByBoth {
			if _, err := r.login(login, "guess"); !errors.Is(err, ErrCredentials) {
				t.Fatalf("%s, attempt %d: %v", login, n, err)
			}
		}
		if _, err := r.login(login, "guess"); !locked(err) {
			t.Errorf("%s after %d attempts: %v", login, freeByBoth, err)
		}
		// The right password does not help, which would tell that it is right.
		if _, err := r.login(login, "admin-password"); !locked(err) {
			t.Errorf("%s with the right password: %v", login, err)
		}
	}
	r.clock = r.clock.Add(firstWait)
	if _, err := r.login("admin", "guess"); !errors.Is(err, ErrCredentials) {
		t.Errorf("after the wait: %v", err)
	}
	var e *LockedError
	if _, err := r.login("admin", "guess"); !errors.As(err, &e) || e.For != 2*firstWait {
		t.Errorf("the wait does not double: %v", err)
	}
	r.clock = r.clock.Add(2 * firstWait)
	if _, err := r.login("admin", "admin-password"); err != nil {
		t.Errorf("the right password after the wait: %v", err)
	}
	if _, err := r.login("admin", "guess"); !errors.Is(err, ErrCredentials) {
		t.Errorf("a login does not begin anew: %v", err)
	}
}

// Who guesses from many addresses, or at many logins, is slowed down too.
func TestAttemptsAreCountedFromAllSides(t *testing.T) {
	clock := time.Unix(1_700_000_000, 0)
	for name, f := range map[string]func(a *attempts, n int) error{
		"many addresses": func(a *attempts, n int) error { return a.begin("admin", fmt.Sprint("10.0.0.", n)) },
		"many logins":    func(a *attempts, n int) error { return a.begin(fmt.Sprint("user", n), "10.0.0.1") },
	} {
		a := newAttempts(func() time.Time { return clock })
		refused := 0
		for n := range 200 {
			if locked(f(a, n)) {
				refused++
			}
		}
		if refused != 200-freeByLogin {
			t.Errorf("%s: %d of 200 refused", name, refused)
		}
	}
	a := newAttempts(func() time.Time { return clock })
	for n := range 3 * mostCounted {
		_ = a.begin(fmt.Sprint("user", n), fmt.Sprint("address", n))
		if len(a.mu.counts)+len(a.mu.old) > mostCounted+3 {
			t.Fatalf("%d counts after %d attempts", len(a.mu.counts), n)
		}
	}
	if a.begin("admin", "x") != nil {
		t.Error("one who never failed is refused")
	}
	clock = clock.Add(forgetAfter + time.Second)
	if err := a.begin("user1", "address1"); err != nil {
		t.Errorf("after an hour: %v", err)
	}
}

// A hundred guesses at the same moment are no more than one after the other.
func TestAttemptsAtOnce(t *testing.T) {
	r := newRig(t, nil)
	var checked, refused int
	var mu sync.Mutex
	var group sync.WaitGroup
	for range 50 {
		group.Go(func() {
			_, err := r.login("admin", "guess")
			mu.Lock()
			defer mu.Unlock()
			switch {
			case errors.Is(err, ErrCredentials):
				checked++
			case locked(err):
				refused++
			default:
				t.Errorf("%v", err)
			}
		})
	}
	group.Wait()
	if checked != freeByBoth || refused != 50-freeByBoth {
		t.Errorf("%d checked, %d refused", checked, refused)
	}
}

// The same work is done for a login that exists and for one that does not.
func TestUnknownUsersCostAsMuch(t *testing.T) {
	r := newRig(t, nil)
	r.passwords.decoy = r.passwords.cost.encode(make([]byte, saltBytes), make([]byte, hashBytes))
	c, _, hash, err := decodeHash(r.passwords.decoy)
	if err != nil || c != r.passwords.cost || len(hash) != hashBytes {
		t.Errorf("%+v, %v", c, err)
	}
	fresh := newPasswords(time.Now)
	if c, _, _, err := decodeHash(fresh.decoy); err != nil || c != fresh.cost {
		t.Errorf("%+v, %v", c, err)
	}
	_, known := r.login("admin", "guess")
	_, unknown := r.login("nobody", "guess")
	if known.Error() != unknown.Error() {
		t.Errorf("%v, %v", known, unknown)
	}
}

// A program that sends its password with each request is checked once, and a
// wrong one counts once; a new password ends both.
func TestBasicAuthentication(t *testing.T) {
	r := newRig(t, nil)
	ask := func(login, password string) int {
		req := httptest.NewRequest(http.MethodPost, "/", nil)
		req.SetBasicAuth(login, password)
		return r.ask(Route{Role: Admin}, req)
	}
	for range 3 * freeByBoth {
		if code := ask("admin", "admin-password"); code != http.StatusOK {
			t.Fatalf("%d", code)
		}
		if code := ask("admin", "wrong"); code != http.StatusUnauthorized {
			t.Fatalf("the same wrong one: %d", code)
		}
	}
	for n := range freeByBoth {
		ask("admin", fmt.Sprint("guess ", n))
	}
	if code := ask("admin", "another guess"); code != http.StatusTooManyRequests {
		t.Errorf("after many: %d", code)
	}
	if code := ask("admin", "admin-password"); code != http.StatusOK {
		t.Errorf("a program that works is locked out by who guesses: %d", code)
	}
	u, err := r.UserBy(t.Context(), "admin")
	if err != nil {
		t.Fatal(err)
	}
	if err := r.SetPassword(t.Context(), u.ID, "another-password"); err != nil {
		t.Fatal(err)
	}
	r.clock = r.clock.Add(longestWait)
	if code := ask("admin", "another-password"); code != http.StatusOK {
		t.Errorf("the new password: %d", code)
	}
	if code := ask("admin", "admin-password"); code != http.StatusUnauthorized {
		t.Errorf("the old password: %d", code)
	}
}
