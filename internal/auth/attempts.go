package auth

import (
	"fmt"
	"strings"
	"sync"
	"time"
)

// LockedError says that too many logins failed, and when to try again.
type LockedError struct{ For time.Duration }

func (e *LockedError) Error() string {
	return fmt.Sprintf("too many failed logins; try again in %s", e.For.Truncate(time.Second)+time.Second)
}

const (
	// So many attempts are free of one login from one address, of one login from
	// everywhere, and from one address for all logins; after them, each failure
	// doubles the wait.
	freeByBoth    = 5
	freeByLogin   = 50
	freeByAddress = 50
	firstWait     = 10 * time.Second
	longestWait   = 15 * time.Minute
	// An account without failures for this long begins anew.
	forgetAfter = time.Hour
	mostCounted = 10_000
)

// attempts counts failed logins. Its memory is bounded: where more is tried than
// it can count, the older half of the counts goes.
type attempts struct {
	now func() time.Time
	mu  struct {
		sync.Mutex
		// A count that is used is moved from the old ones to the new ones; where those
		// are full they become the old ones.
		counts, old map[string]*failures
	}
}

type failures struct {
	n           int
	last, until time.Time
}

func newAttempts(now func() time.Time) *attempts {
	a := &attempts{now: now}
	a.mu.counts = map[string]*failures{}
	return a
}

type counted struct {
	key  string
	free int
}

func keysOf(login, address string) [3]counted {
	login = strings.ToLower(login)
	if len(login) > 200 {
		login = login[:200]
	}
	return [3]counted{
		{"both " + address + " " + login, freeByBoth},
		{"login " + login, freeByLogin},
		{"address " + address, freeByAddress},
	}
}

// begin counts an attempt as failed before it is made, so that attempts at the
// same time do not get more than one after the other; succeeded takes it back.
func (a *attempts) begin(login, address string) error {
	now := a.now()
	a.mu.Lock()
	defer a.mu.Unlock()
	keys := keysOf(login, address)
	var wait time.Duration
	for _, k := range keys {
		if f := a.countLocked(k.key, now); f != nil && f.until.After(now) {
			wait = max(wait, f.until.Sub(now))
		}
	}
	if wait > 0 {
		return &LockedError{wait}
	}
	for _, k := range keys {
		f := a.countLocked(k.key, now)
		if f == nil {
			f = &failures{}
			a.setLocked(k.key, f)
		}
		f.n++
		f.last = now
		if over := f.n - k.free; over >= 0 {
			f.until = now.Add(min(longestWait, firstWait<<min(over, 10)))
		}
	}
	return nil
}

// countLocked returns the failures of a key, nil where there are none.
func (a *attempts) countLocked(key string, now time.Time) *failures {
	f := a.mu.counts[key]
	if f == nil {
		if f = a.mu.old[key]; f != nil {
			delete(a.mu.old, key)
			a.setLocked(key, f)
		}
	}
	if f != nil && now.Sub(f.last) > forgetAfter {
		delete(a.mu.counts, key)
		return nil
	}
	return f
}

func (a *attempts) setLocked(key string, f *failures) {
	if len(a.mu.counts) >= mostCounted/2 {
		a.mu.counts, a.mu.old = map[string]*failures{}, a.mu.counts
	}
	a.mu.counts[key] = f
}

// withdraw takes back an attempt that was not one: the check did not happen.
func (a *attempts) withdraw(login, address string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, k := range keysOf(login, address) {
		if f := a.countLocked(k.key, a.now()); f != nil {
			if f.n--; f.n <= 0 {
				delete(a.mu.counts, k.key)
			} else if f.n < k.free {
				f.until = time.Time{}
			}
		}
	}
}

// succeeded forgets the failures of this login from this address.
func (a *attempts) succeeded(login, address string) {
	a.withdraw(login, address)
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.mu.counts, keysOf(login, address)[0].key)
}
