package remote

import (
	"hash/maphash"
	"strings"
	"sync"
	"time"

	"monopod/internal/storage"
)

const (
	// knownBytes bounds a generation of known series: keys and entries. There are
	// two.
	knownBytes = 32 << 20
	// knownFor is how long a generation takes series in. One that nobody sent for
	// twice as long is forgotten.
	knownFor = 5 * time.Minute
	// entryBytes is about what an entry takes beside its key.
	entryBytes = 64
	// keyBlock is how much room is made for keys at once.
	keyBlock = 64 << 10
)

// known is the series that senders sent lately. The labels of a series that is
// known are not read again: what a message has of it is compared byte by byte
// with what it had when the store took it, and the store's handle is at hand.
//
// A key is the labels as a message of 1.0 has them, in the order in which the
// sender gave them. The same series in another order is another entry. Only
// labels that were judged right, and whose sample was stored, are there.
//
// Senders give their series in the same order each time, and entries are kept in
// the order in which they came: behind a series that was found, the one to be
// asked for next mostly is the next entry, which needs no search.
//
// It is read by all messages at once, each of which holds the lock while it is
// decoded, and is written only behind messages with series that are not known.
type known struct {
	seed  maphash.Seed
	limit int // bytes of a generation

	mu struct {
		sync.RWMutex
		young, old *generation
		began      time.Time // of young
	}
}

// generation is the series that were sent in a while.
type generation struct {
	places  map[uint64]uint32 // by the hash of the key; one of those that share it
	entries []knownSeries
	block   strings.Builder // keys of the last entries; it never grows
	bytes   int
}

// knownSeries is a series and its key.
type knownSeries struct {
	key    string
	handle storage.Series
}

func newGeneration() *generation { return &generation{places: map[uint64]uint32{}} }

// newKnown returns one whose generations have that many bytes at most.
func newKnown(limit int, now time.Time) *known {
	k := &known{seed: maphash.MakeSeed(), limit: limit}
	k.mu.young, k.mu.old, k.mu.began = newGeneration(), newGeneration(), now
	return k
}

// unseen is a series that was not found among the young ones.
type unseen struct {
	key    []byte
	sample int            // one of its samples in the batch, where handle is nil
	handle storage.Series // of one that was among the old ones
}

// search looks series up, one after the other. It holds the lock from when it is
// made until it is closed.
type search struct {
	of   *known
	last *generation // where the last one was found
	next int         // the entry behind it
}

func (k *known) search() search {
	k.mu.RLock()
	return search{of: k, last: k.mu.young}
}

func (s *search) close() {
	s.of.mu.RUnlock()
	*s = search{}
}

// prefix looks for the series with whose key the message begins, and which has
// no label behind it. It is nil where the one to be expected is not it; find
// tells then.
func (s *search) prefix(message []byte) *knownSeries {
	if s.next >= len(s.last.entries) {
		return nil
	}
	e := &s.last.entries[s.next]
	n := len(e.key)
	if len(message) < n || string(message[:n]) != e.key || n < len(message) && message[n] == labelTag {
		return nil
	}
	s.next++
	return e
}

// whole looks for the series with this key. As prefix, it only asks the one to be
// expected.
func (s *search) whole(key []byte) *knownSeries {
	if s.next >= len(s.last.entries) {
		return nil
	}
	e := &s.last.entries[s.next]
	if e.key != string(key) {
		return nil
	}
	s.next++
	return e
}

// find looks for the series with this key.
func (s *search) find(key []byte) *knownSeries {
	hash := maphash.Bytes(s.of.seed, key)
	if e := s.findIn(s.of.mu.young, hash, key); e != nil {
		return e
	}
	return s.findIn(s.of.mu.old, hash, key)
}

func (s *search) findIn(g *generation, hash uint64, key []byte) *knownSeries {
	at, ok := g.places[hash]
	if !ok {
		return nil
	}
	e := &g.entries[at]
	if e.key != string(key) {
		return nil
	}
	s.last, s.next = g, int(at)+1
	return e
}

// inOld tells whether what was found last is among the old ones.
func (s *search) inOld() bool { return s.last == s.of.mu.old }

// update takes in the series of a message that is stored.
func (k *known) update(in *intake, now time.Time) {
	if in.batch.Moved {
		k.forget() // others were collected, too
		return
	}
	k.mu.RLock()
	age := now.Sub(k.mu.began)
	k.mu.RUnlock()
	if len(in.unseen) > 0 || age >= knownFor {
		k.learn(in.unseen, &in.batch, now)
	}
}

// learn takes in what was not there. A generation that is full takes nothing
// until its time is over: with more series than there is room for, some are
// known, rather than all forgotten before they come again.
func (k *known) learn(list []unseen, batch *storage.Batch, now time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.turn(now)
	for i := range list {
		u := &list[i]
		if u.handle == nil {
			s := &batch.Samples[u.sample]
			if s.Err != nil || s.Series == nil {
				continue
			}
			u.handle = s.Series
		}
		k.mu.young.add(maphash.Bytes(k.seed, u.key), u.key, u.handle, k.limit)
	}
}

// turn begins a new generation where it is time. The lock is held.
func (k *known) turn(now time.Time) {
	switch age := now.Sub(k.mu.began); {
	case age >= 2*knownFor:
		k.mu.young, k.mu.old, k.mu.began = newGeneration(), newGeneration(), now
	case age >= knownFor || age < 0:
		k.mu.young, k.mu.old, k.mu.began = newGeneration(), k.mu.young, now
	}
}

// forget forgets all.
func (k *known) forget() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.mu.young, k.mu.old = newGeneration(), newGeneration()
}

func (g *generation) add(hash uint64, key []byte, handle storage.Series, limit int) {
	at, there := g.places[hash]
	if there && g.entries[at].key == string(key) {
		g.entries[at].handle = handle // another message was faster
		return
	}
	if g.bytes+len(key)+entryBytes > limit {
		return
	}
	g.bytes += len(key) + entryBytes
	g.places[hash] = uint32(len(g.entries))
	g.entries = append(g.entries, knownSeries{g.keep(key), handle})
}

// keep copies a key.
func (g *generation) keep(key []byte) string {
	if len(key) > keyBlock/16 {
		return string(key)
	}
	if g.block.Cap()-g.block.Len() < len(key) {
		g.block = strings.Builder{}
		g.block.Grow(keyBlock)
	}
	from := g.block.Len()
	g.block.Write(key)
	return g.block.String()[from:]
}
