package jsontree

import (
	"bytes"
	"strings"
)

// Append writes the value behind dst, without any white space.
func (v *Value) Append(dst []byte) []byte {
	return compact.value(dst, v, "")
}

// Bytes is the value without any white space.
func (v *Value) Bytes() []byte { return v.Append(nil) }

// Indented is the value over several lines, each level set in by the unit.
func (v *Value) Indented(unit string) []byte {
	return append(style{newline: "\n", unit: unit, colon: ": ", comma: ","}.value(nil, v, ""), '\n')
}

// style is how new values are written.
type style struct {
	newline string // "" writes all on one line
	unit    string // of indentation
	colon   string
	comma   string // with the space behind it on one line
}

var compact = style{colon: ":", comma: ","}

// value writes v; indent is the indentation of the line that it begins on.
func (s style) value(dst []byte, v *Value, indent string) []byte {
	inner := indent + s.unit
	switch v.Kind() {
	case Null:
		return append(dst, "null"...)
	case Bool, Number:
		return append(dst, v.text...)
	case String:
		return appendString(dst, v.text)
	case Array:
		if len(v.items) == 0 {
			return append(dst, "[]"...)
		}
		dst = append(dst, '[')
		for i, item := range v.items {
			if i > 0 {
				dst = append(dst, s.comma...)
			}
			dst = s.line(dst, inner)
			dst = s.value(dst, item, inner)
		}
		return append(s.line(dst, indent), ']')
	}
	keys := v.Keys()
	if len(keys) == 0 {
		return append(dst, "{}"...)
	}
	dst = append(dst, '{')
	for i, k := range keys {
		if i > 0 {
			dst = append(dst, s.comma...)
		}
		dst = appendString(s.line(dst, inner), k)
		dst = s.value(append(dst, s.colon...), v.Get(k), inner)
	}
	return append(s.line(dst, indent), '}')
}

func (s style) line(dst []byte, indent string) []byte {
	if s.newline == "" {
		return dst
	}
	return append(append(dst, s.newline...), indent...)
}

const hex = "0123456789abcdef"

// appendString escapes what JSON demands, and no more.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c >= ' ':
			dst = append(dst, c)
		case c == '\n':
			dst = append(dst, `\n`...)
		case c == '\r':
			dst = append(dst, `\r`...)
		case c == '\t':
			dst = append(dst, `\t`...)
		default:
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	return append(dst, '"')
}

// Rewrite writes a changed clone of a source. What is as its origin was keeps its
// bytes, and what is new is written in the style of the source.
func Rewrite(source []byte, changed *Value) []byte {
	w := writer{source: source, style: styleOf(source)}
	o := changed.origin
	if o == nil || o.end == 0 {
		return w.style.value(nil, changed, "")
	}
	out := append([]byte(nil), source[:o.start]...)
	out = w.value(out, changed, lineIndent(source, o.start))
	return append(out, source[o.end:]...)
}

func styleOf(source []byte) style {
	s := style{colon: ": ", comma: ","}
	if i := bytes.IndexByte(source, ':'); i >= 0 && i+1 < len(source) && source[i+1] != ' ' {
		s.colon = ":"
	}
	open := bytes.IndexAny(source, "{[")
	if open < 0 {
		return s
	}
	rest := source[open+1:]
	blank := rest[:len(rest)-len(bytes.TrimLeft(rest, " \t\r\n"))]
	i := bytes.IndexByte(blank, '\n')
	if i < 0 {
		if bytes.Contains(source, []byte(`, "`)) {
			s.comma = ", "
		}
		return s
	}
	s.newline = "\n"
	if i > 0 && blank[i-1] == '\r' {
		s.newline = "\r\n"
	}
	s.unit = strings.TrimPrefix(string(blank[bytes.LastIndexByte(blank, '\n')+1:]), lineIndent(source, open))
	return s
}

// lineIndent is the white space that the line of the offset begins with.
func lineIndent(source []byte, offset int) string {
	line := source[bytes.LastIndexByte(source[:offset], '\n')+1:]
	n := 0
	for n < len(line) && (line[n] == ' ' || line[n] == '\t') {
		n++
	}
	return string(line[:n])
}

type writer struct {
	source []byte
	style  style
}

func (w writer) value(dst []byte, v *Value, indent string) []byte {
	o := v.origin
	if o == nil || o.end == 0 {
		return w.made(dst, v, indent)
	}
	if Equal(v, o) {
		return w.kept(dst, o, indent)
	}
	// The parts of a container that was moved as well as changed are few: it is
	// written anew around them.
	if o.kind == v.kind && lineIndent(w.source, o.start) == indent {
		if v.kind == Object && len(o.members) > 0 && len(v.members) > 0 {
			return w.object(dst, v, indent)
		}
		if v.kind == Array && len(o.items) > 0 && len(v.items) > 0 {
			return w.array(dst, v, indent)
		}
	}
	return w.made(dst, v, indent)
}

// made writes a container in the style of the source, and what it keeps within.
func (w writer) made(dst []byte, v *Value, indent string) []byte {
	inner := indent + w.style.unit
	switch {
	case v.Kind() == Array && len(v.items) > 0:
		dst = append(dst, '[')
		for i, item := range v.items {
			if i > 0 {
				dst = append(dst, w.style.comma...)
			}
			dst = w.value(w.style.line(dst, inner), item, inner)
		}
		return append(w.style.line(dst, indent), ']')
	case v.Kind() == Object && len(v.members) > 0:
		dst = append(dst, '{')
		for i, m := range v.members {
			if i > 0 {
				dst = append(dst, w.style.comma...)
			}
			dst = appendString(w.style.line(dst, inner), m.key)
			dst = w.value(append(dst, w.style.colon...), m.value, inner)
		}
		return append(w.style.line(dst, indent), '}')
	}
	return w.style.value(dst, v, indent)
}

// kept copies the text of a value of the source.
func (w writer) kept(dst []byte, o *Value, indent string) []byte {
	text := w.source[o.start:o.end]
	was := lineIndent(w.source, o.start)
	if was == indent || bytes.IndexByte(text, '\n') < 0 {
		return append(dst, text...)
	}
	for i, line := range bytes.SplitAfter(text, []byte("\n")) {
		if i > 0 {
			dst = append(dst, indent...)
			line = bytes.TrimPrefix(line, []byte(was))
		}
		dst = append(dst, line...)
	}
	return dst
}

// object writes the members that are left with the white space around them.
func (w writer) object(dst []byte, v *Value, indent string) []byte {
	o := v.origin
	closing := o.members[len(o.members)-1]
	dst = append(dst, '{')
	for i, m := range v.members {
		if i > 0 {
			dst = append(dst, ',')
		}
		at := o.last(m.key)
		if at < 0 {
			pattern := o.members[min(i, 1, len(o.members)-1)]
			lead := w.newLead(w.source[pattern.lead:pattern.keyStart], i)
			dst = appendString(append(dst, lead...), m.key)
			dst = append(dst, w.style.colon...)
			dst = w.inner(dst, m.value, lead, indent, bytes.IndexByte(lead, '\n') >= 0)
		} else {
			om := o.members[at]
			dst = append(dst, w.source[om.lead:om.value.start]...)
			if m.value.origin == om.value {
				dst = w.value(dst, m.value, lineIndent(w.source, om.value.start))
			} else {
				dst = w.inner(dst, m.value, w.source[om.lead:om.keyStart], indent, false)
			}
			if at < len(o.members)-1 && i < len(v.members)-1 {
				dst = append(dst, w.source[om.value.end:om.delim]...)
			}
		}
	}
	dst = append(dst, w.source[closing.value.end:closing.delim]...)
	return append(dst, '}')
}

// array does the same for elements.
func (w writer) array(dst []byte, v *Value, indent string) []byte {
	o := v.origin
	closing := o.items[len(o.items)-1]
	place := make(map[*Value]int, len(o.items))
	for i, item := range o.items {
		place[item] = i
	}
	dst = append(dst, '[')
	for i, item := range v.items {
		if i > 0 {
			dst = append(dst, ',')
		}
		at, stood := place[item.origin]
		oi := o.items[min(i, 1, len(o.items)-1)]
		lead := w.newLead(w.source[oi.lead:oi.start], i)
		if stood {
			oi = o.items[at]
			if at == i || len(o.items) == 1 || at > 0 && i > 0 {
				lead = w.source[oi.lead:oi.start]
			}
		}
		dst = append(dst, lead...)
		if stood {
			dst = w.value(dst, item, lineIndent(w.source, oi.start))
		} else {
			dst = w.inner(dst, item, lead, indent, bytes.IndexByte(w.source[oi.start:oi.end], '\n') >= 0)
		}
		if stood && at < len(o.items)-1 && i < len(v.items)-1 {
			dst = append(dst, w.source[oi.end:oi.delim]...)
		}
	}
	dst = append(dst, w.source[closing.end:closing.delim]...)
	return append(dst, ']')
}

// newLead is the white space before a new element number i, after the pattern of
// one that is there.
func (w writer) newLead(pattern []byte, i int) []byte {
	if i > 0 && len(pattern) == 0 && w.style.newline != "" {
		return []byte(" ")
	}
	return pattern
}

// inner writes a value within a container: on lines of its own where the
// container has them, on its line where not. What is new takes several lines where
// those beside it do.
func (w writer) inner(dst []byte, v *Value, lead []byte, indent string, several bool) []byte {
	if i := bytes.LastIndexByte(lead, '\n'); i >= 0 {
		return w.value(dst, v, string(lead[i+1:]))
	}
	if v.origin == nil && !several {
		return style{colon: w.style.colon, comma: ", "}.value(dst, v, indent)
	}
	return w.value(dst, v, indent)
}
