// Package cache keeps what was read and verified of files, within a bound of
// bytes, so that the memory that reading takes is decided here and not by the
// size of the files.
//
// A section is a stretch of a file that is read as a whole: its key is the file
// and the offset, its value what the reader made of it, which must not change,
// its cost the bytes that this takes.
package cache

import "sync"

// Key names a section.
type Key struct {
	File   uint64
	Offset int64
}

// Cache is sections, the least recently used of which make room for new ones.
// All methods may be called from many goroutines.
type Cache struct {
	shards [shards]shard
}

const (
	shards = 16
	// overhead is what an entry takes beside its value.
	overhead = 128
)

type shard struct {
	mu    sync.Mutex
	bound int64
	bytes int64
	items map[Key]*entry
	// first is the most recently used.
	first, last  *entry
	hits, misses uint64
}

type entry struct {
	key        Key
	value      any
	cost       int64
	prev, next *entry
}

// New returns a cache of this many bytes.
func New(bytes int64) *Cache {
	c := &Cache{}
	for i := range c.shards {
		c.shards[i].bound = max(bytes/shards, 1)
		c.shards[i].items = map[Key]*entry{}
	}
	return c
}

// Resize changes the bound. What is too much now is dropped at once.
func (c *Cache) Resize(bytes int64) {
	for i := range c.shards {
		s := &c.shards[i]
		s.mu.Lock()
		s.bound = max(bytes/shards, 1)
		s.shrink(s.bound)
		s.mu.Unlock()
	}
}

func (c *Cache) shard(k Key) *shard {
	h := (k.File*0x9e3779b97f4a7c15 ^ uint64(k.Offset)) * 0xbf58476d1ce4e5b9
	return &c.shards[h>>60]
}

// Get returns the value of a section, made by load where it is not kept. Two
// callers may both load the same section.
func (c *Cache) Get(k Key, load func() (value any, cost int, err error)) (any, error) {
	s := c.shard(k)
	s.mu.Lock()
	if e := s.items[k]; e != nil {
		s.unlink(e)
		s.link(e)
		s.hits++
		s.mu.Unlock()
		return e.value, nil
	}
	s.misses++
	s.mu.Unlock()
	v, cost, err := load()
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.items[k] == nil {
		e := &entry{key: k, value: v, cost: int64(cost) + overhead}
		s.items[k] = e
		s.link(e)
		s.bytes += e.cost
		s.shrink(s.bound)
	}
	return v, nil
}

// shrink drops entries until they are within bound. One that is larger than the
// whole bound is dropped at once.
func (s *shard) shrink(bound int64) {
	for s.bytes > bound && s.last != nil {
		s.drop(s.last)
	}
}

func (s *shard) drop(e *entry) {
	s.unlink(e)
	delete(s.items, e.key)
	s.bytes -= e.cost
}

func (s *shard) link(e *entry) {
	e.prev, e.next = nil, s.first
	if s.first != nil {
		s.first.prev = e
	} else {
		s.last = e
	}
	s.first = e
}

func (s *shard) unlink(e *entry) {
	if e.prev != nil {
		e.prev.next = e.next
	} else {
		s.first = e.next
	}
	if e.next != nil {
		e.next.prev = e.prev
	} else {
		s.last = e.prev
	}
}

// Forget drops the sections of a file that is gone.
func (c *Cache) Forget(file uint64) {
	for i := range c.shards {
		s := &c.shards[i]
		s.mu.Lock()
		for k, e := range s.items {
			if k.File == file {
				s.drop(e)
			}
		}
		s.mu.Unlock()
	}
}

// Stats is what the cache holds, and how often it was asked.
type Stats struct {
	Bytes        int64
	Sections     int
	Hits, Misses uint64
}

// Stats adds up over the shards.
func (c *Cache) Stats() Stats {
	var out Stats
	for i := range c.shards {
		s := &c.shards[i]
		s.mu.Lock()
		out.Bytes += s.bytes
		out.Sections += len(s.items)
		out.Hits += s.hits
		out.Misses += s.misses
		s.mu.Unlock()
	}
	return out
}
