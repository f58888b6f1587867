package scrape

import (
	"bytes"
	"errors"
	"io"

	"github.com/prometheus/prometheus/model/textparse"
)

// walked is how far the skeleton was of use.
type walked int

const (
	walkFailed    walked = iota // the whole body must be parsed
	walkedExactly               // only values differ
	walkedChanged               // some lines are new, gone or elsewhere
)

// walk reads a body along the skeleton. Whatever it does not understand it leaves
// to the parser, which then reads the body from its beginning.
func (p *pass) walk(body []byte) walked {
	in, e := p.in, &p.in.entries
	slots, honor, limit := e.skeleton.slots, in.rules.honorTimestamps, in.rules.limits.samples
	own := &p.cells[0]
	var context typeContext
	exact := true
	// lost tells that comments of the skeleton may not be in the body.
	lost := false
	from := uint32(0) // where literal k begins
	pos, k := 0, 0
	for pos < len(body) {
		var line mark
		byKey := false
		if k < len(slots) {
			s := &slots[k]
			if bytes.HasPrefix(body[pos:], e.bytes[from:s.end]) {
				line = mark{key: uint32(pos) + s.key - from, value: uint32(pos) + s.end - from, entry: s.entry}
			} else if s.key > from && bytes.HasPrefix(body[pos:], e.bytes[s.key:s.end]) {
				// The comments before the line are other ones.
				exact, lost = false, true
				line = mark{key: uint32(pos), value: uint32(pos) + s.end - s.key, entry: s.entry}
			} else if j := e.skip(body[pos:], k); j > k {
				exact, lost = false, lost || e.skeleton.commented(k, j-1)
				k = j
				from = slots[k-1].end
				continue
			}
			if line.value > 0 {
				from = s.end
				k++
				p.lines.skeleton++
			}
		} else if bytes.Equal(body[pos:], e.bytes[from:e.skeleton.tail]) {
			break
		}
		if line.value == 0 {
			exact = false
			next, ok := skipComment(body, pos)
			if !ok {
				return walkFailed
			}
			if next > pos {
				p.comments = append(p.comments, body[pos:next]...)
				pos = next
				continue
			}
			end, ok := scanKey(body, pos)
			if !ok {
				return walkFailed
			}
			line = mark{key: uint32(pos), value: uint32(skipBlanks(body, end)), entry: e.find(body[pos:end])}
			byKey = true
			if line.entry != none {
				p.lines.key++
				if at := e.all[line.entry].slot; at != none {
					lost = lost || e.skeleton.commented(k, int(at))
					k = int(at) + 1
					from = slots[at].end
				}
			} else {
				p.lines.parsed++
			}
		}

		v, end, ok := parseValue(body, int(line.value))
		if !ok {
			return walkFailed
		}
		s := sample{v: v}
		if body[end] == '\n' {
			pos = end + 1
		} else if s.t, s.stamped, pos, ok = parseStamp(body, end); !ok {
			return walkFailed
		}
		s.stamped = s.stamped && honor
		line.next = uint32(pos)
		p.scraped++

		if line.entry != none {
			if x := &e.all[line.entry]; x.row == 0 && x.pass != e.pass && x.wide == 0 && !s.stamped {
				x.pass = e.pass
				p.kept++
				p.taken++
				if limit > 0 && p.taken > limit {
					p.overSamples = true
				} else if !own.set(x.column, v) {
					p.collisions++
				}
				p.follow(exact, line)
				continue
			}
		}
		if !p.acceptLine(body, &line, &s, &context, byKey) {
			return walkFailed
		}
		p.follow(exact, line)
	}
	tail := bytes.Equal(body[pos:], e.bytes[e.skeleton.end(len(slots)):e.skeleton.tail])
	if exact && tail && p.trail.prefix == len(slots) {
		return walkedExactly
	}
	lost = lost || !tail || e.skeleton.commented(k, len(slots)-1)
	if !lost {
		// What is said twice about a family depends on the order.
		lost = p.commentsRepeat()
	}
	if lost {
		// All of them, so that it is seen which families are gone.
		p.comments = e.comments(p.comments[:0], body, &p.trail)
	}
	if !p.readComments() {
		return walkFailed
	}
	switch {
	case p.failed():
	case lost:
		in.meta.done()
	default:
		in.meta.repeat(len(p.comments) > 0)
	}
	return walkedChanged
}

// skip finds the slot that the body goes on with where a few lines are gone, k
// where there is none.
func (e *entries) skip(body []byte, k int) int {
	for j := k + 1; j < min(k+5, len(e.skeleton.slots)); j++ {
		if bytes.HasPrefix(body, e.bytes[e.skeleton.end(j):e.skeleton.slots[j].end]) {
			return j
		}
	}
	return k
}

// follow notes the line for the next skeleton.
func (p *pass) follow(exact bool, line mark) {
	if exact {
		p.trail.prefix++
		p.trail.from = line.next
	} else {
		p.trail.marks = append(p.trail.marks, line)
	}
}

// acceptLine takes a line of the walk that is not just a value for a column.
func (p *pass) acceptLine(body []byte, line *mark, s *sample, context *typeContext, byKey bool) bool {
	var parser textparse.Parser
	end := line.value
	for end > line.key && (body[end-1] == ' ' || body[end-1] == '\t') {
		end--
	}
	key := body[line.key:end]
	if p.needsParser(line.entry, s) {
		if len(key) > maxKey {
			return false
		}
		parser = lineParser(context.before(body, int(line.key)), body[line.key:line.next], &p.in.rules.parser)
		if parser == nil {
			return false
		}
		if got, _, _ := parser.Series(); !bytes.Equal(got, key) {
			return false
		}
	}
	entry, err := p.accept(line.entry, key, s, parser)
	line.entry = entry
	return err == nil
}

// skipComment returns where the line behind a comment or a blank line begins, pos
// where there is neither. ok is false where the parser has to look.
func skipComment(body []byte, pos int) (next int, ok bool) {
	switch body[pos] {
	case '\n':
		return pos + 1, true
	case '#':
		next = pos + bytes.IndexByte(body[pos:], '\n') + 1
		return next, !quotedName(body[pos:next])
	}
	return pos, true
}

// readComments reads the comments of a changed body: for their metadata, and to
// refuse what the parser would refuse.
func (p *pass) readComments() bool {
	if len(p.comments) == 0 {
		return true
	}
	for parser := textparse.NewPromParser(p.comments, nil, false); ; {
		switch et, err := parser.Next(); {
		case errors.Is(err, io.EOF):
			return true
		case err != nil:
			return false
		case et == textparse.EntryType:
			p.in.meta.setType(parser.Type())
		case et == textparse.EntryHelp:
			p.in.meta.setHelp(parser.Help())
		case et != textparse.EntryComment:
			return false
		}
	}
}

// commentsRepeat tells that the comments collected are about a family of which
// something is known.
func (p *pass) commentsRepeat() bool {
	if len(p.comments) == 0 {
		return false
	}
	for parser := textparse.NewPromParser(p.comments, nil, false); ; {
		var family []byte
		switch et, err := parser.Next(); {
		case err != nil:
			return false
		case et == textparse.EntryType:
			family, _ = parser.Type()
		case et == textparse.EntryHelp:
			family, _ = parser.Help()
		default:
			continue
		}
		if _, known := p.in.meta.get(string(family)); known {
			return true
		}
	}
}
