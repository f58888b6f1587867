package scrape

import (
	"bytes"

	"github.com/cespare/xxhash/v2"
	"github.com/prometheus/prometheus/model/labels"
)

// entry is what is remembered of a key.
type entry struct {
	// The key is keyLen bytes at keyOff of the entries' bytes and extra in a row.
	keyOff, keyLen uint32
	// pass is the last one that met the key.
	pass uint32
	// row is the group in the ingester's rows, or one of the constants below.
	row    int32
	column int32
	// slot is the key's first place in the skeleton, or none.
	slot uint32
	// wide is one more than the index of what only few lines need.
	wide uint32
}

const (
	// rowDropped: relabelling drops the line.
	rowDropped = -1
	// rowUnplaced: the line was taken, but it has no column yet, because its scrape
	// failed or because it had timestamps of its own.
	rowUnplaced = -2

	none   = ^uint32(0)
	buried = ^uint32(0)
)

// wide is what is remembered of lines with timestamps, exemplars or start
// timestamps.
type wide struct {
	series labels.Labels
	// met is the last pass that met the line, and stamped tells that the line had a
	// timestamp then whose staleness is tracked. live tells that it did in the last
	// good body.
	met           uint32
	stamped, live bool
	// start is the last start timestamp in milliseconds.
	start int64
}

// entries are the keys of a target, and its skeleton. They change with the pass
// that reads a body: lines of a failed scrape are remembered as well, so that
// they are not counted as new by each scrape.
type entries struct {
	// bytes is the skeleton's, or the keys of a body that has none; extra is the
	// keys that came since.
	bytes, extra []byte
	all          []entry
	wide         []wide
	// index finds an entry by its key: open addressing, with the entry's number
	// plus one, or buried where an entry is gone. It is built when it is first
	// needed: a body that follows the skeleton does without.
	index  []uint32
	graves int
	pass   uint32
	// known is how many entries the last good scrape left.
	known int

	skeleton skeleton
}

func (e *entries) key(i uint32) []byte {
	x := &e.all[i]
	if off := int(x.keyOff) - len(e.bytes); off >= 0 {
		return e.extra[off : off+int(x.keyLen)]
	}
	return e.bytes[x.keyOff : x.keyOff+x.keyLen]
}

// find returns the entry of a key, or none.
func (e *entries) find(key []byte) uint32 {
	if len(e.all) == 0 {
		return none
	}
	if e.index == nil {
		e.buildIndex()
	}
	mask := uint64(len(e.index) - 1)
	for h := xxhash.Sum64(key) & mask; ; h = (h + 1) & mask {
		i := e.index[h]
		if i == 0 {
			return none
		}
		if i != buried && bytes.Equal(e.key(i-1), key) {
			return i - 1
		}
	}
}

// add remembers a new key.
func (e *entries) add(key []byte, row int32) uint32 {
	i := uint32(len(e.all))
	off := uint32(len(e.bytes) + len(e.extra))
	e.extra = append(e.extra, key...)
	e.all = append(e.all, entry{keyOff: off, keyLen: uint32(len(key)), row: row, slot: none})
	if e.index == nil || (len(e.all)+e.graves)*4 > len(e.index)*3 {
		e.buildIndex()
	} else {
		e.insert(i)
	}
	return i
}

func (e *entries) buildIndex() {
	size := 64
	for size*2 < (len(e.all)+1)*3 {
		size *= 2
	}
	e.index, e.graves = make([]uint32, size), 0
	for i := range e.all {
		e.insert(uint32(i))
	}
}

func (e *entries) insert(i uint32) {
	mask := uint64(len(e.index) - 1)
	h := xxhash.Sum64(e.key(i)) & mask
	for e.index[h] != 0 {
		h = (h + 1) & mask
	}
	e.index[h] = i + 1
}

// renumber takes over the index of old, whose entries have other numbers now.
func (e *entries) renumber(old *entries, now []uint32) {
	e.index, e.graves = old.index, old.graves
	for h, i := range e.index {
		if i == 0 || i == buried {
			continue
		}
		if to := now[i-1]; to != none {
			e.index[h] = to + 1
		} else {
			e.index[h] = buried
			e.graves++
		}
	}
}

// wideOf returns what only few lines need, and makes it.
func (e *entries) wideOf(i uint32) *wide {
	x := &e.all[i]
	if x.wide == 0 {
		e.wide = append(e.wide, wide{})
		x.wide = uint32(len(e.wide))
	}
	return &e.wide[x.wide-1]
}

// prune forgets the keys that the last pass did not meet. It is for bodies
// without a skeleton; rebuild does it for the others.
func (e *entries) prune() {
	gone := 0
	for i := range e.all {
		if e.all[i].pass != e.pass {
			gone++
		}
	}
	if gone > 0 || len(e.extra) > 0 || e.skeleton.usable() {
		old := *e
		e.all = make([]entry, 0, len(old.all)-gone)
		e.bytes = make([]byte, 0, len(old.bytes)+len(old.extra))
		e.extra, e.wide, e.index = nil, nil, nil
		for i := range old.all {
			if old.all[i].pass == old.pass {
				e.keep(&old, uint32(i), uint32(len(e.bytes)))
				e.bytes = append(e.bytes, old.key(uint32(i))...)
			}
		}
		e.skeleton = skeleton{}
	}
	e.known = len(e.all)
}

// keep takes over an entry of old whose key lies at off now.
func (e *entries) keep(old *entries, i, off uint32) uint32 {
	x := old.all[i]
	x.keyOff, x.slot = off, none
	if x.wide != 0 {
		e.wide = append(e.wide, old.wide[x.wide-1])
		x.wide = uint32(len(e.wide))
	}
	e.all = append(e.all, x)
	return uint32(len(e.all) - 1)
}

// extent is how much is remembered, to go back to.
type extent struct{ all, extra, wide int }

func (e *entries) extent() extent { return extent{len(e.all), len(e.extra), len(e.wide)} }

// shrink forgets what was added since the extent was taken.
func (e *entries) shrink(to extent) {
	if len(e.all) > to.all {
		e.all, e.extra, e.index = e.all[:to.all], e.extra[:to.extra], nil
	}
	if len(e.wide) > to.wide {
		e.wide = e.wide[:to.wide]
		for i := range e.all {
			if int(e.all[i].wide) > to.wide {
				e.all[i].wide = 0
			}
		}
	}
}

// grownWild tells that scrapes that fail leave ever new keys behind.
func (e *entries) grownWild() bool { return len(e.all) > 2*e.known+1000 }

// forget drops everything but the count of passes.
func (e *entries) forget() { *e = entries{pass: e.pass} }
