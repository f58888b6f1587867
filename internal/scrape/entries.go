package scrape

import (
	"slices"
	"strings"

	"github.com/cespare/xxhash/v2"
	"github.com/prometheus/prometheus/model/labels"

	"monopod/internal/storage"
)

// entry is what is remembered of a key.
type entry struct {
	key string
	// pass is the last one that met the key.
	pass uint32
	// row is the group in the ingester's rows, or one of the constants below.
	row    int32
	column int32
	// at is the key's first line, or its number among the entries to be kept, or
	// none.
	at uint32
	// wide is one more than the index of what only few lines need.
	wide uint32
	// repeated tells that several lines have the key.
	repeated bool
}

const (
	// rowDropped: relabelling drops the line.
	rowDropped = -1
	// rowUnplaced: the line was taken, but it has no column yet, because its scrape
	// failed or because it had timestamps of its own.
	rowUnplaced = -2

	none = ^uint32(0)
)

// plain tells that a place in the skeleton says all that there is to say.
func (x *entry) plain() bool {
	return x.wide == 0 && !x.repeated && (x.row == 0 || x.row == rowDropped)
}

// wide is what is remembered of lines with timestamps, exemplars or start
// timestamps.
type wide struct {
	// series is empty where handle knows it and nothing else needs it.
	series labels.Labels
	// handle is where samples with timestamps go, nil before the first good body.
	handle storage.Series
	// met is the last pass that met the line, and stamped tells that the line had a
	// timestamp then whose staleness is tracked. live tells that it did in the last
	// good body.
	met           uint32
	stamped, live bool
	// start is the last start timestamp in milliseconds.
	start int64
}

// labels are those of the whole series.
func (w *wide) labels() labels.Labels {
	if w.series.IsEmpty() && w.handle != nil {
		return w.handle.SeriesLabels()
	}
	return w.series
}

// entries are the keys of a target, and its skeleton. They change with the pass
// that reads a body: lines of a failed scrape are remembered as well, so that
// they are not counted as new by each scrape.
//
// Most lines are a value for a column of the target's own group. While bodies
// follow the skeleton it alone stands for those. When one does not, the entries
// are spread out: every line of the skeleton has an entry then, in memory that the
// pass lends until they are folded again.
type entries struct {
	skeleton skeleton
	// all has the entries of the skeleton that are not plain, in its order; then
	// those of the keys that only failed scrapes met; then, while spread out, those
	// of the plain lines and of the new keys.
	all  []entry
	wide []wide
	pass uint32
	// inSkeleton is how many entries of the skeleton are not plain.
	inSkeleton int
	// reread tells that a body that failed may have left its metadata behind, so that
	// the next one is not to be taken for the same as the skeleton.
	reread bool

	*spread // nil while folded
}

// spread is what there is only while the entries are spread out.
type spread struct {
	lines []line // of the skeleton
	// index finds an entry by its key: open addressing, with the entry's number
	// plus one. It is built when it is first needed.
	index []uint32
	// cursor is the line that find tries first.
	cursor int
	// before is how much there was when the entries were spread out.
	before struct{ folded, all, wide int }
	kept   []uint32 // entries that outlive the folding
	memory []entry  // of entries.all
}

// spreadOut gives every line of the skeleton an entry. The pass has met the first
// lines already.
func (e *entries) spreadOut(s *spread, met int) {
	e.spread = s
	s.before.folded = len(e.all)
	e.all = append(slices.Grow(s.memory[:0], len(e.all)+e.skeleton.lines), e.all...)
	s.lines = slices.Grow(s.lines[:0], e.skeleton.lines)
	s.index, s.cursor = s.index[:0], 0
	for i := range e.skeleton.parts {
		p := &e.skeleton.parts[i]
		from, texts := 0, p.literals.s[8*p.lines:]
		for j := range int(p.lines) {
			key, end := p.offsets(j)
			l := line{literal: texts[from:end], key: key - from, entry: none}
			name := texts[key:end]
			if e.skeleton.contentType != "" {
				name = strings.TrimRight(name, " \t")
			}
			switch place := p.place(j); {
			case place == placeRefused:
			case place <= placeEntry:
				l.entry = uint32(placeEntry - place)
				e.all[l.entry].key = name
			default:
				l.entry = uint32(len(e.all))
				x := entry{key: name, column: place}
				if place == placeDropped {
					x.row, x.column = rowDropped, 0
				}
				if len(s.lines) < met {
					x.pass = e.pass
				}
				e.all = append(e.all, x)
			}
			s.lines = append(s.lines, l)
			from = end
		}
	}
	for i := range e.all {
		e.all[i].at = none
	}
	for i, l := range s.lines {
		if l.entry != none && e.all[l.entry].at == none {
			e.all[l.entry].at = uint32(i)
		}
	}
	s.before.all, s.before.wide = len(e.all), len(e.wide)
}

// find returns the entry of a key, or none. The entries are spread out.
func (e *entries) find(key []byte) uint32 {
	if e.cursor < len(e.lines) {
		if i := e.lines[e.cursor].entry; i != none && e.all[i].key == string(key) {
			e.cursor++
			return i
		}
	}
	if len(e.all) == 0 {
		return none
	}
	if len(e.index) == 0 {
		e.buildIndex()
	}
	mask := uint64(len(e.index) - 1)
	for h := xxhash.Sum64(key) & mask; ; h = (h + 1) & mask {
		i := e.index[h]
		if i == 0 {
			return none
		}
		if x := &e.all[i-1]; x.key == string(key) {
			if x.at != none {
				e.cursor = int(x.at) + 1
			}
			return i - 1
		}
	}
}

// add remembers a new key.
func (e *entries) add(key []byte, row int32) uint32 {
	i := uint32(len(e.all))
	e.all = append(e.all, entry{key: string(key), row: row, at: none})
	if len(e.all)*4 > len(e.index)*3 {
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
	e.index = slices.Grow(e.index[:0], size)[:size]
	clear(e.index)
	for i := range e.all {
		e.insert(uint32(i))
	}
}

func (e *entries) insert(i uint32) {
	mask := uint64(len(e.index) - 1)
	h := xxhash.Sum64String(e.all[i].key) & mask
	for e.index[h] != 0 {
		h = (h + 1) & mask
	}
	e.index[h] = i + 1
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

// number gives the entries of the next skeleton that are not plain their numbers.
func (e *entries) number(t *trail) {
	const unnumbered = none - 1
	each := func(visit func(i uint32)) {
		for _, l := range e.lines[:t.prefix] {
			if l.entry != none {
				visit(l.entry)
			}
		}
		for i := range t.marks {
			if m := &t.marks[i]; m.entry != none {
				visit(m.entry)
			}
		}
	}
	for i := range e.all {
		e.all[i].at = none
	}
	each(func(i uint32) {
		x := &e.all[i]
		x.repeated = x.at != none
		x.at = unnumbered
	})
	e.kept = e.kept[:0]
	each(func(i uint32) {
		if x := &e.all[i]; x.at == unnumbered && !x.plain() {
			x.at = uint32(len(e.kept))
			e.kept = append(e.kept, i)
		}
	})
}

// place is where the skeleton says that an entry's values go, once the entries are
// numbered.
func (e *entries) place(i uint32) int32 {
	if i == none {
		return placeRefused
	}
	x := &e.all[i]
	switch {
	case !x.plain():
		return placeEntry - int32(x.at)
	case x.row == rowDropped:
		return placeDropped
	}
	return x.column
}

// fold leaves the next skeleton and the entries that were numbered for it.
func (e *entries) fold(next skeleton) {
	e.skeleton, e.inSkeleton = next, len(e.kept)
	e.keep()
}

// foldBack leaves the skeleton that there was, and the keys that came since.
func (e *entries) foldBack() {
	if e.spread == nil {
		return
	}
	e.kept = e.kept[:0]
	for i := range e.all {
		if i < e.before.folded || i >= e.before.all {
			e.kept = append(e.kept, uint32(i))
		}
	}
	e.keep()
}

// keep forgets all entries but those to be kept.
func (e *entries) keep() {
	var (
		all   []entry
		wides []wide
	)
	if len(e.kept) > 0 {
		all = make([]entry, 0, len(e.kept))
	}
	for _, i := range e.kept {
		x := e.all[i]
		if x.wide != 0 {
			if wides == nil {
				wides = make([]wide, 0, len(e.wide))
			}
			wides = append(wides, e.wide[x.wide-1])
			x.wide = uint32(len(wides))
		}
		if len(all) < e.inSkeleton {
			x.key = "" // the skeleton has it
		}
		all = append(all, x)
	}
	s := e.spread
	clear(s.lines)
	clear(e.all)
	s.memory = e.all
	e.all, e.wide, e.spread = all, wides, nil
}

// shrink forgets what came since the entries were spread out.
func (e *entries) shrink() {
	to := &e.before
	if len(e.all) > to.all {
		e.all, e.index = e.all[:to.all], e.index[:0]
	}
	if len(e.wide) > to.wide {
		e.wide = e.wide[:to.wide]
		for i := range e.all {
			if int(e.all[i].wide) > to.wide {
				e.all[i].wide = 0
			}
		}
	}
	e.cursor = 0
}

// grownWild tells that scrapes that fail leave ever new keys behind.
func (e *entries) grownWild() bool { return len(e.all)-e.inSkeleton > e.skeleton.lines+1000 }

// forget drops everything but the count of passes.
func (e *entries) forget() { *e = entries{pass: e.pass} }
