package scrape

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"

	"github.com/prometheus/prometheus/model/textparse"
)

// skeleton is the last good body of a target without its values:
//
//	# TYPE a counter\n a{x="1"}␠ 7\n a{x="2"}␠ 8\n # EOF\n
//	└──── literal 0 ───────────┘  └─literal 1┘    └ tail ┘
//
// A literal ends where the value begins, and has the comments before its line. A
// body in the text format is walked along the literals: while each is found where
// the value before it ended, its line needs no parsing, no look-up and no
// relabelling. Bytes are compared, never hashes alone. OpenMetrics is walked in
// the same way, see walkOpen. For other formats the literals are just the keys.
//
// The walk is right because a line of the text format means the same wherever it
// stands, except that the last TYPE decides how le and quantile of a new line are
// written. New lines are handed to the text parser together with that TYPE.
// Keys that contain a newline make no skeleton to walk along.
//
// Literals and places are cut into parts, since targets resemble each other: what
// a part has is shared by all targets that have the same. Parts begin at comments
// where they can, so that a line more or less changes one part and not those
// behind it.
type skeleton struct {
	// contentType is that of the body, or empty where the skeleton cannot be walked
	// along.
	contentType string
	open        bool // it is OpenMetrics
	parts       []part
	lines       int
	tail        *text
}

// part is some lines of a skeleton, one after the other.
type part struct {
	// literals has the offsets of each literal's key and end, four bytes each, and
	// then the literals.
	literals *text
	// places says where each value goes, in four bytes: a column counted from
	// column on, or one of the constants below. Where it is nil, the values go to
	// column and those behind it.
	places *text
	column int32
	lines  int32
}

const (
	placeDropped = -1 // by relabelling
	placeRefused = -2 // the line has no entry
	placeEntry   = -3 // the entry placeEntry-place tells
)

// Parts have from minPart to maxPart lines, but for the last.
const (
	minPart = 24
	maxPart = 128
)

func (p *part) place(i int) int32 {
	if p.places == nil {
		return p.column + int32(i)
	}
	place := int32(load(p.places.s, 4*i))
	if place >= 0 {
		place += p.column
	}
	return place
}

// offsets are those of literal i: where its key begins and where it ends.
func (p *part) offsets(i int) (key, end int) {
	s := p.literals.s
	return int(load(s, 8*i)), int(load(s, 8*i+4))
}

func load(s string, i int) uint32 {
	s = s[i : i+4]
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}

func (s *skeleton) tailText() string {
	if s.tail == nil {
		return ""
	}
	return s.tail.s
}

// line is a literal while the entries are spread out.
type line struct {
	literal string
	key     int // where the key begins
	entry   uint32
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

// walkable tells that the body can be walked along, once it is cut.
func (t *trail) walkable(body []byte) bool {
	for i := range t.marks {
		if bytes.IndexByte(body[t.marks[i].key:t.marks[i].value], '\n') >= 0 {
			return false
		}
	}
	return true
}

// cutter makes skeletons. Its memory is used again and again.
type cutter struct {
	texts    *texts
	literals []byte
	offsets  []byte
	places   []int32
	encoded  []byte
	parts    []part
}

// begin begins a literal. One that begins with comments begins a part, where the
// part before it is long enough.
func (c *cutter) begin(commented bool) {
	if n := len(c.places); n == maxPart || n >= minPart && commented {
		c.cut()
	}
}

// end ends the literal that was appended since at.
func (c *cutter) end(at, key int, place int32) {
	c.offsets = binary.LittleEndian.AppendUint32(c.offsets, uint32(at+key))
	c.offsets = binary.LittleEndian.AppendUint32(c.offsets, uint32(len(c.literals)))
	c.places = append(c.places, place)
}

func (c *cutter) addText(literal string, key int, place int32) {
	c.begin(key > 0)
	at := len(c.literals)
	c.literals = append(c.literals, literal...)
	c.end(at, key, place)
}

func (c *cutter) addBytes(literal []byte, key int, place int32) {
	c.begin(key > 0)
	at := len(c.literals)
	c.literals = append(c.literals, literal...)
	c.end(at, key, place)
}

// cut makes a part of what was added.
func (c *cutter) cut() {
	if len(c.places) == 0 {
		return
	}
	// The offsets stand before the literals, whose bytes they count from 0.
	c.offsets = append(c.offsets, c.literals...)
	c.place(c.texts.intern(c.offsets))
	c.literals, c.offsets = c.literals[:0], c.offsets[:0]
}

// place makes a part of literals and the places that were added for them.
func (c *cutter) place(literals *text) {
	p := part{literals: literals, lines: int32(len(c.places)), column: math.MaxInt32}
	inOrder := true
	for i, place := range c.places {
		inOrder = inOrder && place >= 0 && place == c.places[0]+int32(i)
		if place >= 0 {
			p.column = min(p.column, place)
		}
	}
	if !inOrder {
		c.encoded = c.encoded[:0]
		for _, place := range c.places {
			if place >= 0 {
				place -= p.column
			}
			c.encoded = binary.LittleEndian.AppendUint32(c.encoded, uint32(place))
		}
		p.places = c.texts.intern(c.encoded)
	}
	c.parts, c.places = append(c.parts, p), c.places[:0]
}

// skeleton returns what was cut.
func (c *cutter) skeleton(contentType string, tail []byte) skeleton {
	c.cut()
	s := skeleton{contentType: contentType, parts: slices.Clone(c.parts)}
	for i := range s.parts {
		s.lines += int(s.parts[i].lines)
	}
	if len(tail) > 0 {
		s.tail = c.texts.intern(tail)
	}
	clear(c.parts)
	c.parts = c.parts[:0]
	return s
}

// recut ends a good body, whose entries are spread out: it cuts it into the next
// skeleton and forgets the keys that it does not have. Where contentType is empty,
// the skeleton cannot be walked along.
func (e *entries) recut(contentType string, body []byte, t *trail, c *cutter) {
	if contentType != "" && !t.walkable(body) {
		contentType = ""
	}
	e.number(t)
	n := 0
	if walked := contentType != ""; walked == (e.skeleton.contentType != "") {
		for i := range e.skeleton.parts {
			part := &e.skeleton.parts[i]
			next := n + int(part.lines)
			if next > t.prefix {
				break
			}
			for _, l := range e.lines[n:next] {
				c.places = append(c.places, e.place(l.entry))
			}
			c.place(part.literals)
			n = next
		}
	}
	for _, l := range e.lines[n:t.prefix] {
		switch {
		case contentType != "":
			c.addText(l.literal, l.key, e.place(l.entry))
		case l.entry != none:
			c.addText(e.all[l.entry].key, 0, e.place(l.entry))
		}
	}
	from := t.from
	for i := range t.marks {
		m := &t.marks[i]
		switch {
		case contentType != "":
			c.addBytes(body[from:m.value], int(m.key-from), e.place(m.entry))
			from = m.next
		case m.entry != none:
			c.addText(e.all[m.entry].key, 0, e.place(m.entry))
		}
	}
	var tail []byte
	if contentType != "" {
		tail = body[from:]
	}
	e.fold(c.skeleton(contentType, tail))
}

// comments appends what stands between the lines of a body cut by t: comments and
// blank lines.
func (e *entries) comments(dst, body []byte, t *trail) []byte {
	for _, l := range e.lines[:t.prefix] {
		dst = append(dst, l.literal[:l.key]...)
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
