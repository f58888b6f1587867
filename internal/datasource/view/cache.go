package view

import (
	"context"
	"sync"
	"time"

	"monopod/internal/datasource"
)

const (
	// keep is how long an answer is handed out again.
	keep = 3 * time.Second
	// maxKeptBytes bounds what all kept answers occupy together.
	maxKeptBytes = 16 << 20
)

// cache runs each job once however many ask for it at the time, and keeps answers
// for a moment.
type cache struct {
	mu struct {
		sync.Mutex
		flights map[string]*flight
		bytes   int
	}
}

// flight is a job that runs or has just ended. Its answer may be read once done
// is closed.
type flight struct {
	done    chan struct{}
	cancel  context.CancelFunc
	waiting int // guarded by the cache
	ended   bool
	bytes   int

	answer datasource.Answer
	took   time.Duration
	err    error
}

func newCache() *cache {
	c := &cache{}
	c.mu.flights = map[string]*flight{}
	return c
}

// do returns the answer of the work that has the key. The work goes on as long as
// anybody waits for it.
func (c *cache) do(ctx context.Context, key string, work func(context.Context) (datasource.Answer, error)) (f *flight, shared bool, err error) {
	c.mu.Lock()
	f = c.mu.flights[key]
	if shared = f != nil; !shared {
		var running context.Context
		f = &flight{done: make(chan struct{})}
		running, f.cancel = context.WithCancel(context.WithoutCancel(ctx))
		c.mu.flights[key] = f
		go c.run(running, key, f, work)
	}
	f.waiting++
	c.mu.Unlock()
	select {
	case <-f.done:
		return f, shared, f.err
	case <-ctx.Done():
		c.leave(key, f)
		return nil, shared, ctx.Err()
	}
}

// leave cancels a job that nobody waits for any more.
func (c *cache) leave(key string, f *flight) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if f.waiting--; f.waiting == 0 && !f.ended {
		f.cancel()
		if c.mu.flights[key] == f {
			delete(c.mu.flights, key)
		}
	}
}

func (c *cache) run(ctx context.Context, key string, f *flight, work func(context.Context) (datasource.Answer, error)) {
	began := time.Now()
	f.answer, f.err = work(ctx)
	f.took = time.Since(began)
	f.cancel()
	for _, frame := range f.answer.Frames {
		f.bytes += frame.Bytes()
	}
	c.mu.Lock()
	f.ended = true
	close(f.done)
	if c.mu.flights[key] == f {
		if f.err != nil || c.mu.bytes+f.bytes > maxKeptBytes {
			delete(c.mu.flights, key)
		} else {
			c.mu.bytes += f.bytes
			time.AfterFunc(keep, func() { c.forget(key, f) })
		}
	}
	c.mu.Unlock()
}

func (c *cache) forget(key string, f *flight) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.mu.bytes -= f.bytes
	if c.mu.flights[key] == f {
		delete(c.mu.flights, key)
	}
}
