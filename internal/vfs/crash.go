package vfs

import (
	"maps"
	"math/rand/v2"
	"slices"
)

// Kill returns the file system as the next process finds it after this one died:
// everything that was written, and still not synced what was not. The receiver is
// left as it was, so that what still runs on it cannot be seen by the next.
func (m *MemFS) Kill() *MemFS {
	return m.copy(func(n *node, c *node, twin func(*node) *node) {
		c.data, c.synced, c.pending = slices.Clone(n.data), slices.Clone(n.synced), slices.Clone(n.pending)
		for name, e := range n.entries {
			c.entries[name] = twin(e)
		}
		for name, e := range n.durable {
			c.durable[name] = twin(e)
		}
	})
}

// Crash returns the file system as it is found after a loss of power. Of what was
// not synced, about the share keep (0 to 1) survives: all of it with 1, none with
// 0, and in between any of it, as the package's durability rules allow. The
// receiver is left as it was.
func (m *MemFS) Crash(rng *rand.Rand, keep float64) *MemFS {
	return m.copy(func(n *node, c *node, twin func(*node) *node) {
		c.data = n.crash(rng, keep)
		c.synced = slices.Clone(c.data)
		for _, name := range n.names() {
			e := n.durable[name]
			if e != n.entries[name] && rng.Float64() < keep {
				e = n.entries[name]
			}
			if e != nil {
				t := twin(e)
				c.entries[name], c.durable[name] = t, t
			}
		}
	})
}

func (n *node) countLinks() {
	n.links++
	for _, e := range n.entries {
		e.countLinks()
	}
}

// names are all names of a directory, sorted so that a seed repeats.
func (n *node) names() []string {
	all := maps.Clone(n.entries)
	maps.Copy(all, n.durable)
	return slices.Sorted(maps.Keys(all))
}

// crash returns what a file holds after a loss of power: the first of the
// unsynced changes with the last of these torn, or some of them, each torn or not.
func (n *node) crash(rng *rand.Rand, keep float64) []byte {
	b := slices.Clone(n.synced)
	if keep <= 0 {
		return b
	}
	inOrder := rng.IntN(2) == 0
	for _, c := range n.pending {
		if rng.Float64() >= keep {
			if len(c.data) > 0 && rng.IntN(2) == 0 {
				c.data = c.data[:rng.IntN(len(c.data))]
				b = c.apply(b)
			}
			if inOrder {
				break
			}
			continue
		}
		b = c.apply(b)
	}
	return b
}

// copy returns a file system of copied nodes, filled in by fill; twin gives the
// copy of a node, the same for all its names.
func (m *MemFS) copy(fill func(n, c *node, twin func(*node) *node)) *MemFS {
	m.mu.Lock()
	defer m.mu.Unlock()
	twins := map[*node]*node{}
	var twin func(*node) *node
	twin = func(n *node) *node {
		if c := twins[n]; c != nil {
			return c
		}
		c := &node{dir: n.dir, modified: n.modified}
		if n.dir {
			c.entries, c.durable = map[string]*node{}, map[string]*node{}
		}
		twins[n] = c
		fill(n, c, twin)
		return c
	}
	out := Mem()
	out.mu.root = twin(m.mu.root)
	out.mu.root.countLinks()
	out.mu.readOnly, out.mu.limited, out.mu.freeBytes = m.mu.readOnly, m.mu.limited, m.mu.freeBytes
	return out
}
