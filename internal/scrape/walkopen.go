package scrape

import (
	"bytes"
	"math"
	"strconv"
	"strings"
	"unsafe"

	"github.com/prometheus/prometheus/model/textparse"
)

// walkOpen reads a body in OpenMetrics along the skeleton. It takes bodies that
// have the same bytes between their values, and leaves all others to the parser:
// what a line means in OpenMetrics, and whether it may stand there, depends on
// the lines before it.
func (p *pass) walkOpen(body []byte) walked {
	e := &p.in.entries
	pos := 0
	for i := range e.skeleton.parts {
		part := &e.skeleton.parts[i]
		from, literals := 0, part.literals.s[8*part.lines:]
		for j := range int(part.lines) {
			key, to := part.offsets(j)
			literal := literals[from:to]
			if !hasPrefix(body[pos:], literal) {
				return walkFailed
			}
			line := mark{key: uint32(pos + key - from), value: uint32(pos + len(literal))}
			if !p.openLine(body, &line, part.place(j)) {
				return walkFailed
			}
			p.scraped++
			p.lines.skeleton++
			pos, from = int(line.next), to
		}
	}
	if string(body[pos:]) != e.skeleton.tailText() {
		return walkFailed
	}
	return walkedExactly
}

// openLine reads a line from its value on and takes it.
func (p *pass) openLine(body []byte, line *mark, place int32) bool {
	v, end, ok := parseValue(body, int(line.value))
	if !ok || body[end] == '\t' {
		return false
	}
	s := sample{v: v}
	if body[end] == ' ' && body[end+1] != '#' {
		if s.t, end, ok = parseSeconds(body, end+1); !ok {
			return false
		}
		s.stamped = p.in.rules.honorTimestamps
	}
	line.next = uint32(end + 1)
	var parser textparse.Parser
	key := body[line.key : line.value-1]
	if body[end] == ' ' {
		// Next answers some lines whose rest it refuses only when asked again. What
		// begins as an exemplar it reads to the end of the line.
		if !hasPrefix(body[end:], " # {") {
			return false
		}
		line.next = uint32(end + bytes.IndexByte(body[end:], '\n') + 1)
		if parser = p.exemplarParser(body[line.key:line.next], key); parser == nil {
			return false
		}
	}
	switch x := p.in.entries.all; {
	case place == placeRefused, place >= 0 && (s.stamped || parser != nil && p.in.rules.exemplars):
		return false // it is not plain any more
	case place == placeDropped:
	case place >= 0:
		p.kept++
		if p.taken++; p.taken > p.sampleLimit() {
			p.overSamples = true
		} else if !p.cells[0].set(place, v) {
			p.collisions++
		}
	case parser == nil && s.stamped && p.takeStamped(uint32(placeEntry-place), &s):
	default:
		i := uint32(placeEntry - place)
		if p.needsParser(i, &s) || parser != nil && x[i].wide == 0 && x[i].row != rowDropped {
			return false
		}
		_, err := p.accept(i, key, &s, parser)
		return err == nil
	}
	return true
}

// exemplarParser is at a line with an exemplar, or nil where the line is not good.
func (p *pass) exemplarParser(line, key []byte) textparse.Parser {
	p.alone = append(append(p.alone[:0], line...), "# EOF\n"...)
	parser := textparse.NewOpenMetricsParser(p.alone, nil)
	if et, err := parser.Next(); err != nil || et != textparse.EntrySeries {
		return nil
	}
	if got, _, _ := parser.Series(); !bytes.Equal(got, key) {
		return nil
	}
	return parser
}

// parseSeconds reads a timestamp of OpenMetrics, in milliseconds. end is the index
// of the blank or newline that ends it.
func parseSeconds(b []byte, i int) (t int64, end int, ok bool) {
	end = i
	for end < len(b) && b[end] != ' ' && b[end] != '\n' {
		end++
	}
	if end == i || end == len(b) {
		return 0, end, false
	}
	text := unsafe.String(&b[i], end-i)
	if strings.ContainsAny(text, "pP_") {
		return 0, end, false
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return 0, end, false
	}
	return int64(v * 1000), end, true
}
