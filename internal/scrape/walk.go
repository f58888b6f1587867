package scrape

import (
	"bytes"
	"errors"
	"io"
	"math"

	"github.com/prometheus/prometheus/model/textparse"

	"monopod/internal/storage"
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
	e := &p.in.entries
	var context typeContext
	pos, met, ok := p.follow(body, &context)
	switch {
	case !ok:
		return walkFailed
	case met == e.skeleton.lines && string(body[pos:]) == e.skeleton.tailText():
		return walkedExactly
	}
	e.spreadOut(&p.spread, met)
	p.trail.prefix, p.trail.from = met, uint32(pos)
	return p.search(body, pos, &context)
}

// follow reads the lines of a body that are those of the skeleton, in the same
// order. It returns where the line behind them begins and how many there were. ok
// is false where the parser has to look.
func (p *pass) follow(body []byte, context *typeContext) (pos, met int, ok bool) {
	in, e := p.in, &p.in.entries
	honor, limit := in.rules.honorTimestamps, p.sampleLimit()
	own := &p.cells[0]
	for i := range e.skeleton.parts {
		part := &e.skeleton.parts[i]
		from, literals := 0, part.literals.s[8*part.lines:]
		for j := range int(part.lines) {
			key, to := part.offsets(j)
			literal, place := literals[from:to], part.place(j)
			if len(body)-pos < len(literal) || string(body[pos:pos+len(literal)]) != literal || place == placeRefused {
				return pos, met, true
			}
			line := mark{key: uint32(pos + key - from), value: uint32(pos + len(literal))}
			v, end, ok := parseValue(body, pos+len(literal))
			if !ok {
				return pos, met, false
			}
			s := sample{v: v}
			next := end + 1
			if body[end] != '\n' {
				if s.t, s.stamped, next, ok = parseStamp(body, end); !ok {
					return pos, met, false
				}
				s.stamped = s.stamped && honor
			}
			switch {
			case place <= placeEntry:
				line.entry, line.next = uint32(placeEntry-place), uint32(next)
				if s.stamped && p.takeStamped(line.entry, &s) {
					break
				}
				if !p.acceptLine(body, &line, &s, context) {
					return pos, met, false
				}
			case s.stamped && place != placeDropped:
				// The line is not plain any more.
				return pos, met, true
			case place != placeDropped:
				p.kept++
				if p.taken++; p.taken > limit {
					p.overSamples = true
				} else if !own.set(place, v) {
					p.collisions++
				}
			}
			p.scraped++
			p.lines.skeleton++
			met++
			pos, from = next, to
		}
	}
	return pos, met, true
}

// takeStamped takes a value with a timestamp whose series has a handle already,
// which is all that most such lines need.
func (p *pass) takeStamped(i uint32, s *sample) bool {
	in, e := p.in, &p.in.entries
	x := &e.all[i]
	if x.wide == 0 || in.rules.startZeros {
		return false
	}
	w := &e.wide[x.wide-1]
	if w.handle == nil {
		return false
	}
	x.pass = e.pass
	p.kept++
	p.taken++
	switch {
	case p.taken > p.sampleLimit():
		p.overSamples = true
	case s.t > p.latest:
		p.outOfBounds++
	default:
		w.met, w.stamped = e.pass, in.rules.trackTimestamps
		p.batch.Samples = append(p.batch.Samples, storage.Sample{Series: w.handle, T: s.t, V: s.v})
	}
	return true
}

// search reads the rest of a body whose lines are new, gone or elsewhere. The
// entries are spread out.
func (p *pass) search(body []byte, pos int, context *typeContext) walked {
	in, e := p.in, &p.in.entries
	lines, honor, limit := e.lines, in.rules.honorTimestamps, p.sampleLimit()
	own := &p.cells[0]
	exact := true
	// lost tells that comments of the skeleton may not be in the body.
	lost := false
	tail := e.skeleton.tailText()
	k := p.trail.prefix
	for pos < len(body) {
		var line mark
		if k < len(lines) {
			l := &lines[k]
			if hasPrefix(body[pos:], l.literal) {
				line = mark{key: uint32(pos + l.key), value: uint32(pos + len(l.literal)), entry: l.entry}
			} else if l.key > 0 && hasPrefix(body[pos:], l.literal[l.key:]) {
				// The comments before the line are other ones.
				exact, lost = false, true
				line = mark{key: uint32(pos), value: uint32(pos + len(l.literal) - l.key), entry: l.entry}
			} else if j := skip(lines, body[pos:], k); j > k {
				exact, lost = false, lost || commented(lines, k, j)
				k = j
				continue
			}
			if line.value > 0 {
				k++
				p.lines.skeleton++
			}
		} else if string(body[pos:]) == tail {
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
			if line.entry != none {
				p.lines.key++
				if at := e.all[line.entry].at; at != none {
					lost = lost || int(at) < k-1 || commented(lines, k, int(at)+1)
					k = int(at) + 1
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
				if p.taken++; p.taken > limit {
					p.overSamples = true
				} else if !own.set(x.column, v) {
					p.collisions++
				}
				p.note(exact, line)
				continue
			}
		}
		if !p.acceptLine(body, &line, &s, context) {
			return walkFailed
		}
		p.note(exact, line)
	}
	sameTail := string(body[pos:]) == tail
	if exact && sameTail && p.trail.prefix == len(lines) {
		return walkedExactly
	}
	lost = lost || !sameTail || commented(lines, k, len(lines))
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
		e.reread = len(p.comments) > 0
	case lost:
		in.meta.done()
	default:
		in.meta.repeat(len(p.comments) > 0)
	}
	return walkedChanged
}

// sampleLimit is how many samples the body may have.
func (p *pass) sampleLimit() int {
	if n := p.in.rules.limits.samples; n > 0 {
		return n
	}
	return math.MaxInt
}

func hasPrefix(b []byte, prefix string) bool {
	return len(b) >= len(prefix) && string(b[:len(prefix)]) == prefix
}

// commented tells that there are comments in the literals from line i to before
// line j.
func commented(lines []line, i, j int) bool {
	for ; i < j; i++ {
		if lines[i].key > 0 {
			return true
		}
	}
	return false
}

// skip finds the line that the body goes on with where a few are gone, k where
// there is none.
func skip(lines []line, body []byte, k int) int {
	for j := k + 1; j < min(k+5, len(lines)); j++ {
		if hasPrefix(body, lines[j].literal) {
			return j
		}
	}
	return k
}

// note keeps the line for the next skeleton.
func (p *pass) note(exact bool, line mark) {
	if exact {
		p.trail.prefix++
		p.trail.from = line.next
	} else {
		p.trail.marks = append(p.trail.marks, line)
	}
}

// acceptLine takes a line of the walk that is not just a value for a column.
func (p *pass) acceptLine(body []byte, line *mark, s *sample, context *typeContext) bool {
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
		// To the parser a NUL may be the end of the body.
		return next, bytes.IndexByte(body[pos:next], 0) < 0 && !quotedName(body[pos:next])
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
