package jsontree

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Limits of what Parse takes.
const (
	MaxBytes = 20 << 20
	MaxDepth = 200
)

// ErrTooLarge and ErrTooDeep are in the error of Parse where a limit was met.
var (
	ErrTooLarge = errors.New("too large")
	ErrTooDeep  = errors.New("nested too deeply")
)

// SyntaxError says what is wrong, and where. Line and Column count from 1, the
// column in characters.
type SyntaxError struct {
	Line, Column int
	Problem      string
	cause        error
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Problem)
}

func (e *SyntaxError) Unwrap() error { return e.cause }

// At makes an error about a place in the source.
func At(source []byte, offset int, format string, args ...any) *SyntaxError {
	line, column := Position(source, offset)
	return &SyntaxError{Line: line, Column: column, Problem: fmt.Sprintf(format, args...)}
}

// Position is the line and column of an offset.
func Position(source []byte, offset int) (line, column int) {
	before := string(source[:max(0, min(offset, len(source)))])
	before = strings.TrimPrefix(before, bom)
	return strings.Count(before, "\n") + 1, utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]) + 1
}

const bom = "\ufeff"

// Parse reads one value with nothing after it. A byte order mark before it is
// left out.
func Parse(source []byte) (*Value, error) {
	if len(source) > MaxBytes {
		return nil, fmt.Errorf("%w: %.1f MB of JSON, and %d MB is the most", ErrTooLarge, float64(len(source))/(1<<20), MaxBytes>>20)
	}
	p := &parser{s: source}
	if strings.HasPrefix(string(source[:min(3, len(source))]), bom) {
		p.at = len(bom)
	}
	v, err := p.value(0)
	if err != nil {
		return nil, err
	}
	p.space()
	if p.at < len(p.s) {
		return nil, p.problem("there is %s behind the end of the value", p.here())
	}
	return v, nil
}

type parser struct {
	s  []byte
	at int
}

func (p *parser) problem(format string, args ...any) error { return At(p.s, p.at, format, args...) }

func (p *parser) space() {
	for p.at < len(p.s) {
		switch p.s[p.at] {
		case ' ', '\t', '\n', '\r':
			p.at++
		default:
			return
		}
	}
}

// here describes what stands at the current offset.
func (p *parser) here() string {
	if p.at >= len(p.s) {
		return "the end of the text"
	}
	r, _ := utf8.DecodeRune(p.s[p.at:])
	return fmt.Sprintf("%q", r)
}

func (p *parser) value(depth int) (*Value, error) {
	p.space()
	if p.at >= len(p.s) {
		return nil, p.problem("the text ends where a value should be; it was cut off")
	}
	v := &Value{start: p.at}
	var err error
	switch c := p.s[p.at]; {
	case c == '{' || c == '[':
		if depth >= MaxDepth {
			e := At(p.s, p.at, "more than %d objects and arrays within each other", MaxDepth)
			e.cause = ErrTooDeep
			return nil, e
		}
		if c == '{' {
			err = p.object(v, depth)
		} else {
			err = p.array(v, depth)
		}
	case c == '"':
		v.kind = String
		v.text, err = p.text()
	case c == '-' || '0' <= c && c <= '9':
		v.kind = Number
		v.text, err = p.number()
	default:
		err = p.word(v)
	}
	v.end = p.at
	return v, err
}

func (p *parser) word(v *Value) error {
	for _, w := range []struct {
		text string
		kind Kind
	}{{"true", Bool}, {"false", Bool}, {"null", Null}} {
		if strings.HasPrefix(string(p.s[p.at:min(len(p.s), p.at+5)]), w.text) {
			p.at += len(w.text)
			v.kind, v.text = w.kind, w.text
			return nil
		}
	}
	return p.problem("a value should be here, and there is %s", p.here())
}

func (p *parser) object(v *Value, depth int) error {
	v.kind = Object
	p.at++
	for first := true; ; first = false {
		m := member{lead: p.at}
		p.space()
		if first && p.at < len(p.s) && p.s[p.at] == '}' {
			p.at++
			return nil
		}
		if p.at >= len(p.s) || p.s[p.at] != '"' {
			return p.problem("a key in double quotes should be here, and there is %s", p.here())
		}
		m.keyStart = p.at
		var err error
		if m.key, err = p.text(); err != nil {
			return err
		}
		p.space()
		if p.at >= len(p.s) || p.s[p.at] != ':' {
			return p.problem("a colon should be behind the key %q, and there is %s", m.key, p.here())
		}
		p.at++
		if m.value, err = p.value(depth + 1); err != nil {
			return err
		}
		p.space()
		m.delim = p.at
		v.members = append(v.members, m)
		if more, err := p.delimiter('}', "object"); !more {
			return err
		}
	}
}

func (p *parser) array(v *Value, depth int) error {
	v.kind = Array
	p.at++
	for first := true; ; first = false {
		lead := p.at
		p.space()
		if first && p.at < len(p.s) && p.s[p.at] == ']' {
			p.at++
			return nil
		}
		item, err := p.value(depth + 1)
		if err != nil {
			return err
		}
		p.space()
		item.lead, item.delim = lead, p.at
		v.items = append(v.items, item)
		if more, err := p.delimiter(']', "array"); !more {
			return err
		}
	}
}

// delimiter reads a comma, after which there is more, or the end.
func (p *parser) delimiter(end byte, what string) (bool, error) {
	if p.at < len(p.s) {
		switch p.s[p.at] {
		case ',':
			p.at++
			return true, nil
		case end:
			p.at++
			return false, nil
		}
	}
	return false, p.problem("a comma or the end of the %s (%c) should be here, and there is %s", what, end, p.here())
}

func (p *parser) number() (string, error) {
	start := p.at
	digits := func() bool {
		from := p.at
		for p.at < len(p.s) && '0' <= p.s[p.at] && p.s[p.at] <= '9' {
			p.at++
		}
		return p.at > from
	}
	is := func(set string) bool { return p.at < len(p.s) && strings.IndexByte(set, p.s[p.at]) >= 0 }
	if is("-") {
		p.at++
	}
	if is("0") {
		p.at++
	} else if !digits() {
		return "", p.problem("a digit should be here, and there is %s", p.here())
	}
	if is(".") {
		p.at++
		if !digits() {
			return "", p.problem("a digit should be behind the point, and there is %s", p.here())
		}
	}
	if is("eE") {
		p.at++
		if is("+-") {
			p.at++
		}
		if !digits() {
			return "", p.problem("a digit should be in the exponent, and there is %s", p.here())
		}
	}
	return string(p.s[start:p.at]), nil
}

var escapes = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

func (p *parser) text() (string, error) {
	start := p.at
	p.at++
	plain := p.at
	for p.at < len(p.s) && p.s[p.at] != '"' && p.s[p.at] != '\\' && p.s[p.at] >= ' ' {
		p.at++
	}
	if p.at < len(p.s) && p.s[p.at] == '"' {
		p.at++
		return valid(string(p.s[plain : p.at-1])), nil
	}
	out := append([]byte(nil), p.s[plain:p.at]...)
	for p.at < len(p.s) {
		switch c := p.s[p.at]; {
		case c == '"':
			p.at++
			return valid(string(out)), nil
		case c < ' ':
			return "", p.problem("a string has the control character %q; write it as an escape", rune(c))
		case c != '\\':
			out = append(out, c)
			p.at++
		case p.at+1 < len(p.s) && escapes[p.s[p.at+1]] != 0:
			out = append(out, escapes[p.s[p.at+1]])
			p.at += 2
		case p.at+1 < len(p.s) && p.s[p.at+1] == 'u':
			r, ok := p.unit(p.at)
			if !ok {
				return "", p.problem("four hexadecimal digits should be behind \\u")
			}
			p.at += 6
			if utf16.IsSurrogate(r) {
				second, ok := p.unit(p.at)
				if both := utf16.DecodeRune(r, second); ok && both != utf8.RuneError {
					r = both
					p.at += 6
				} else {
					r = utf8.RuneError
				}
			}
			out = utf8.AppendRune(out, r)
		default:
			return "", p.problem("a string has an escape that JSON does not know")
		}
	}
	p.at = start
	return "", p.problem("the string that begins here does not end; the text was cut off")
}

// unit reads the escape \uXXXX at the offset.
func (p *parser) unit(at int) (rune, bool) {
	if at+6 > len(p.s) || p.s[at] != '\\' || p.s[at+1] != 'u' {
		return 0, false
	}
	var r rune
	for _, c := range p.s[at+2 : at+6] {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// valid replaces each byte that is not UTF-8, as encoding/json does.
func valid(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	return string([]rune(s))
}
