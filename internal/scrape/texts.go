package scrape

import (
	"runtime"
	"sync"
	"weak"
)

// text is an immutable string. Targets that remember the same bytes share it.
type text struct{ s string }

// texts finds texts by their bytes. A text goes when nothing uses it any more.
type texts struct {
	mu struct {
		sync.Mutex
		all map[string]weak.Pointer[text]
	}
}

// intern returns the text that has the bytes of b.
func (t *texts) intern(b []byte) *text {
	t.mu.Lock()
	defer t.mu.Unlock()
	if x := t.mu.all[string(b)].Value(); x != nil {
		return x
	}
	if t.mu.all == nil {
		t.mu.all = map[string]weak.Pointer[text]{}
	}
	x := &text{string(b)}
	t.mu.all[x.s] = weak.Make(x)
	runtime.AddCleanup(x, t.forget, x.s)
	return x
}

// forget drops a text that is gone, unless it was made anew since.
func (t *texts) forget(s string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.mu.all[s].Value() == nil {
		delete(t.mu.all, s)
	}
}

func (t *texts) count() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.mu.all)
}
