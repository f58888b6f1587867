package scrape

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/prometheus/prometheus/model/textparse"
)

// parse reads a body with Prometheus's parser for its format, and makes a
// skeleton to walk along of it where the format is one of text.
func (p *pass) parse(body []byte, contentType string) error {
	in, e := p.in, &p.in.entries
	parser, err := textparse.New(body, contentType, nil, in.rules.parser)
	if parser == nil {
		return contentTypeError(err, contentType)
	}
	if err != nil {
		in.logger.Debug("The target's content type is not usable: using fallback_scrape_protocol", "content_type", shorten(contentType, maxHeader), "err", err)
	}
	_, isText := parser.(*textparse.PromParser)
	_, isOpen := parser.(*textparse.OpenMetricsParser)
	// Start timestamps stand in lines of their own.
	isOpen = isOpen && !in.rules.startZeros
	isText = isText || isOpen
	e.reread = true
	for read := 0; ; read++ {
		et, err := parser.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return parseError(err, lineOf(parser, body, read))
		}
		var (
			s     sample
			key   []byte
			stamp *int64
		)
		switch et {
		case textparse.EntryType:
			in.meta.setType(parser.Type())
			continue
		case textparse.EntryHelp:
			in.meta.setHelp(parser.Help())
			continue
		case textparse.EntryUnit:
			in.meta.setUnit(parser.Unit())
			continue
		case textparse.EntryComment:
			continue
		case textparse.EntryHistogram:
			if key, stamp, s.h, s.fh = parser.Histogram(); !s.isHistogram() {
				return parseError(errors.New("a native histogram without content"), 0)
			}
		default:
			key, stamp, s.v = parser.Series()
		}
		p.scraped++
		p.lines.parsed++
		if len(key) > maxKey {
			return parseError(fmt.Errorf("the labels of %.50q take %d bytes, of at most %d", key, len(key), maxKey), lineOf(parser, body, read))
		}
		if stamp != nil && in.rules.honorTimestamps {
			s.t, s.stamped = *stamp, true
		}
		entry, err := p.accept(e.find(key), key, &s, parser)
		if err != nil {
			return err
		}
		switch t := &p.trail; {
		case isText:
			t.marks = append(t.marks, markOf(body, key, entry))
		case p.inPlace(entry):
			t.prefix++
		default:
			t.marks = append(t.marks, mark{entry: entry})
		}
	}
	if !p.failed() {
		in.meta.done()
		e.reread = false
	}
	if isText {
		// Other than the text parser, that of OpenMetrics puts no newline behind the
		// body.
		return p.finish(contentType, append(body, '\n'), isOpen)
	}
	return p.finish("", nil, false)
}

// inPlace tells that a line is the next of a skeleton that has keys only.
func (p *pass) inPlace(entry uint32) bool {
	e, t := &p.in.entries, &p.trail
	return e.skeleton.contentType == "" && len(t.marks) == 0 && t.prefix < len(e.lines) && e.lines[t.prefix].entry == entry
}

// markOf finds the line in the body whose key the parser returned. The key shares
// the body's memory, so that what is left of its capacity tells where it is.
func markOf(body, key []byte, entry uint32) mark {
	at := cap(body) - cap(key)
	whole := append(body, '\n')
	v := skipBlanks(whole, at+len(key))
	next := v + bytes.IndexByte(whole[v:], '\n') + 1
	return mark{key: uint32(at), value: uint32(v), next: uint32(next), entry: entry}
}

// lineOf is the line at which the parser stopped after read entries, 0 for
// formats without lines. Every entry is a line; blank lines are none.
func lineOf(parser textparse.Parser, body []byte, read int) int {
	if _, ok := parser.(*textparse.ProtobufParser); ok {
		return 0
	}
	line := 1
	for len(body) > 0 {
		end := bytes.IndexByte(body, '\n') + 1
		if end == 0 {
			break
		}
		if len(bytes.TrimSpace(body[:end])) > 0 {
			if read == 0 {
				break
			}
			read--
		}
		body = body[end:]
		line++
	}
	return line
}
