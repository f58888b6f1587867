package scrape

import (
	"bytes"

	"github.com/prometheus/prometheus/model/textparse"
)

// skeleton is the last good body of a target in the text format, without its
// values:
//
//	# TYPE a counter\n a{x="1"}␠ 7\n a{x="2"}␠ 8\n # EOF\n
//	└──── literal 0 ───────────┘  └─literal 1┘    └ tail ┘
//
// A slot is a literal and the entry of its key, which is where the literal ends
// but for blanks. The next body is walked along the slots: while each literal is
// found where the value before it ended, its line needs no parsing, no look-up
// and no relabelling. Bytes are compared, never hashes alone.
//
// The walk is right because a line of the text format means the same wherever it
// stands, except that the last TYPE decides how le and quantile of a new line are
// written. New lines are handed to the text parser together with that TYPE.
// Keys that contain a newline make no skeleton.
type skeleton struct {
	contentType string
	slots       []slot
	// tail is where the bytes of the skeleton end.
	tail uint32
}

// slot is one literal: it begins where the slot before ends.
type slot struct {
	key, end uint32 // in the bytes of the entries
	entry    uint32 // or none, for a line that was refused
}

func (s *skeleton) usable() bool { return s.contentType != "" }

// end is where slot i-1 ends, which is where literal i begins.
func (s *skeleton) end(i int) uint32 {
	if i == 0 {
		return 0
	}
	return s.slots[i-1].end
}

// commented tells that there are comments in the literals from slot i to slot j,
// or that j lies before i.
func (s *skeleton) commented(i, j int) bool {
	if j < i {
		return j < i-1
	}
	for ; i <= j; i++ {
		if s.slots[i].key > s.end(i) {
			return true
		}
	}
	return false
}

// mark is a line of the body being read, as the next skeleton needs it.
type mark struct {
	key, value, next uint32 // in the body: next is where the following line begins
	entry            uint32
}

// trail is how the body being read will be cut: its first prefix lines are those
// of the skeleton, which end at from in the body; then come the marks.
type trail struct {
	prefix int
	from   uint32
	marks  []mark
}

func (t *trail) reset() { t.prefix, t.from, t.marks = 0, 0, t.marks[:0] }

// rebuild cuts the body into the next skeleton and forgets the keys that it does
// not have. scratch maps old numbers of entries to new ones.
func (e *entries) rebuild(contentType string, body []byte, t *trail, scratch []uint32) []uint32 {
	old := *e
	prefixBytes := old.skeleton.end(t.prefix)
	size, from := prefixBytes, t.from
	for i := range t.marks {
		m := &t.marks[i]
		if bytes.IndexByte(body[m.key:m.value], '\n') >= 0 {
			e.prune()
			return scratch
		}
		size += m.value - from
		from = m.next
	}
	tail := body[from:]

	if cap(scratch) < len(old.all) {
		scratch = make([]uint32, len(old.all))
	}
	renumbered := scratch[:len(old.all)]
	for i := range renumbered {
		renumbered[i] = none
	}
	*e = entries{
		pass:  old.pass,
		bytes: make([]byte, 0, int(size)+len(tail)),
		all:   make([]entry, 0, t.prefix+len(t.marks)),
	}
	slots := make([]slot, 0, t.prefix+len(t.marks))
	add := func(was, key, end uint32) {
		now := none
		if was != none {
			if now = renumbered[was]; now == none {
				now = e.keep(&old, was, key)
				e.all[now].slot = uint32(len(slots))
				renumbered[was] = now
			}
		}
		slots = append(slots, slot{key: key, end: end, entry: now})
	}

	e.bytes = append(e.bytes, old.bytes[:prefixBytes]...)
	for _, s := range old.skeleton.slots[:t.prefix] {
		add(s.entry, s.key, s.end)
	}
	from = t.from
	for i := range t.marks {
		m := &t.marks[i]
		key := uint32(len(e.bytes)) + m.key - from
		e.bytes = append(e.bytes, body[from:m.value]...)
		add(m.entry, key, uint32(len(e.bytes)))
		from = m.next
	}
	e.bytes = append(e.bytes, tail...)
	e.skeleton = skeleton{contentType: contentType, slots: slots, tail: uint32(len(e.bytes))}
	if len(old.skeleton.slots) > 0 {
		// This target's body changes: the next change needs the index again.
		e.renumber(&old, renumbered)
	}
	e.known = len(e.all)
	return scratch
}

// comments appends what stands between the lines of a body cut by t: comments and
// blank lines.
func (e *entries) comments(dst, body []byte, t *trail) []byte {
	for i, s := range e.skeleton.slots[:t.prefix] {
		dst = append(dst, e.bytes[e.skeleton.end(i):s.key]...)
	}
	from := t.from
	for i := range t.marks {
		dst = append(dst, body[from:t.marks[i].key]...)
		from = t.marks[i].next
	}
	return append(dst, body[from:]...)
}

// typeContext finds the TYPE comments that stand before the lines of a body.
type typeContext struct {
	searched int // the body up to here was searched
	from, to int // the last TYPE comment found
}

// before returns the last TYPE comment before the line at i.
func (c *typeContext) before(body []byte, i int) []byte {
	for end := i; end > c.searched; {
		start := bytes.LastIndexByte(body[c.searched:end-1], '\n') + 1 + c.searched
		if isType(body[start:end]) {
			c.from, c.to = start, end
			break
		}
		end = start
	}
	c.searched = i
	return body[c.from:c.to]
}

func isType(line []byte) bool {
	rest, ok := bytes.CutPrefix(line, []byte("#"))
	if !ok {
		return false
	}
	trimmed := bytes.TrimLeft(rest, " \t")
	return len(trimmed) < len(rest) && len(trimmed) > 4 && string(trimmed[:4]) == "TYPE" && (trimmed[4] == ' ' || trimmed[4] == '\t')
}

// quotedName tells whether a comment is HELP or TYPE of a quoted name, which may
// hold newlines.
func quotedName(line []byte) bool {
	rest := bytes.TrimLeft(bytes.TrimPrefix(line, []byte("#")), " \t")
	if !bytes.HasPrefix(rest, []byte("HELP")) && !bytes.HasPrefix(rest, []byte("TYPE")) {
		return false
	}
	rest = bytes.TrimLeft(rest[4:], " \t")
	return len(rest) > 0 && rest[0] == '"'
}

// lineParser parses one line that follows a TYPE comment.
func lineParser(typ, line []byte, opts *textparse.ParserOptions) textparse.Parser {
	b := make([]byte, 0, len(typ)+len(line)+1)
	b = append(append(b, typ...), line...)
	p := textparse.NewPromParser(b, nil, opts.EnableTypeAndUnitLabels)
	for {
		switch et, err := p.Next(); {
		case err != nil:
			return nil
		case et == textparse.EntrySeries:
			return p
		}
	}
}
