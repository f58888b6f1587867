package httpapi

import (
	"io"
	"math"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/prometheus/prometheus/model/labels"
)

// jsonFlushBytes is how much of an answer is held before it is passed on.
const jsonFlushBytes = 32 << 10

// jsonWriter writes a JSON document as a stream. It places commas by itself:
// a value, key or opening that follows a complete value is preceded by one.
// The first write error sticks, and what comes later goes nowhere.
//
// Strings are escaped like Prometheus's API does, whose answers ours equal byte
// for byte: as the standard library does with HTML escaping (str), except that
// the names and values of label sets are escaped as little as JSON allows
// (labels), and floats keep a two-digit exponent.
type jsonWriter struct {
	w    io.Writer
	buf  []byte
	last byte // of what was flushed
	err  error
}

func (j *jsonWriter) reset(w io.Writer) {
	j.w, j.buf, j.last, j.err = w, j.buf[:0], 0, nil
}

// flushIfFull is called between elements.
func (j *jsonWriter) flushIfFull() {
	if len(j.buf) >= jsonFlushBytes {
		j.flush()
	}
}

func (j *jsonWriter) flush() {
	if len(j.buf) == 0 {
		return
	}
	if j.err == nil {
		_, j.err = j.w.Write(j.buf)
	}
	j.last = j.buf[len(j.buf)-1]
	j.buf = j.buf[:0]
}

func (j *jsonWriter) comma() {
	last := j.last
	if n := len(j.buf); n > 0 {
		last = j.buf[n-1]
	}
	switch last {
	case 0, '{', '[', ':':
	default:
		j.buf = append(j.buf, ',')
	}
}

func (j *jsonWriter) beginObject() { j.comma(); j.buf = append(j.buf, '{') }
func (j *jsonWriter) endObject()   { j.buf = append(j.buf, '}') }
func (j *jsonWriter) beginArray()  { j.comma(); j.buf = append(j.buf, '[') }
func (j *jsonWriter) endArray()    { j.buf = append(j.buf, ']') }

// key begins a member; the name is plain ASCII.
func (j *jsonWriter) key(name string) {
	j.comma()
	j.buf = append(j.buf, '"')
	j.buf = append(j.buf, name...)
	j.buf = append(j.buf, '"', ':')
}

func (j *jsonWriter) null()         { j.comma(); j.buf = append(j.buf, "null"...) }
func (j *jsonWriter) bool(v bool)   { j.comma(); j.buf = strconv.AppendBool(j.buf, v) }
func (j *jsonWriter) int(v int64)   { j.comma(); j.buf = strconv.AppendInt(j.buf, v, 10) }
func (j *jsonWriter) uint(v uint64) { j.comma(); j.buf = strconv.AppendUint(j.buf, v, 10) }

// raw writes a value that is JSON already.
func (j *jsonWriter) raw(v []byte) { j.comma(); j.buf = append(j.buf, v...) }

// float writes a number; what JSON has no number for is null.
func (j *jsonWriter) float(v float64) {
	j.comma()
	if math.IsNaN(v) || math.IsInf(v, 0) {
		j.buf = append(j.buf, "null"...)
		return
	}
	j.buf = appendFloat(j.buf, v)
}

func (j *jsonWriter) time(t time.Time) {
	j.comma()
	j.buf = t.AppendFormat(j.buf, `"`+time.RFC3339Nano+`"`)
}

func (j *jsonWriter) str(s string) {
	j.comma()
	j.buf = appendString(j.buf, s, true)
}

func (j *jsonWriter) strs(list []string) {
	j.beginArray()
	for _, s := range list {
		j.str(s)
		j.flushIfFull()
	}
	j.endArray()
}

// labels writes a label set as an object.
func (j *jsonWriter) labels(ls labels.Labels) {
	j.comma()
	b := append(j.buf, '{')
	first := true
	ls.Range(func(l labels.Label) {
		if !first {
			b = append(b, ',')
		}
		first = false
		b = appendString(b, l.Name, false)
		b = append(b, ':')
		b = appendString(b, l.Value, false)
	})
	j.buf = append(b, '}')
}

// appendFloat has the exponent where a number is very small or very large.
func appendFloat(b []byte, v float64) []byte {
	// Most samples are whole numbers, which need no search for the shortest form.
	if i := int64(v); float64(i) == v && i != 0 && -1<<53 < i && i < 1<<53 {
		return strconv.AppendInt(b, i, 10)
	}
	format := byte('f')
	if abs := math.Abs(v); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		format = 'e'
	}
	return strconv.AppendFloat(b, v, format, -1, 64)
}

// appendSeconds writes milliseconds as seconds, without going through a float.
func appendSeconds(b []byte, ms int64) []byte {
	if ms < 0 {
		b = append(b, '-')
		ms = -ms
	}
	b = strconv.AppendInt(b, ms/1000, 10)
	rest := ms % 1000
	if rest == 0 {
		return b
	}
	return append(b, '.', byte('0'+rest/100), byte('0'+rest/10%10), byte('0'+rest%10))
}

const hexDigits = "0123456789abcdef"

// plain tells whether an ASCII byte stands in a string as it is.
func plain(c byte, html bool) bool {
	if c < 0x20 || c == '"' || c == '\\' {
		return false
	}
	return !html || c != '<' && c != '>' && c != '&'
}

// appendString writes s as a JSON string. With html, it escapes what a browser
// could take for markup, and replaces invalid UTF-8; without, both pass.
func appendString(b []byte, s string, html bool) []byte {
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if !plain(c, html) {
				b = append(b, s[start:i]...)
				b = appendEscaped(b, c)
				start = i + 1
			}
			i++
			continue
		}
		if !html {
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			b = append(b, s[start:i]...)
			b = append(b, `\ufffd`...)
			start = i + size
		case r == '\u2028' || r == '\u2029': // line ends to JavaScript
			b = append(b, s[start:i]...)
			b = append(b, `\u202`...)
			b = append(b, hexDigits[r&0xf])
			start = i + size
		}
		i += size
	}
	b = append(b, s[start:]...)
	return append(b, '"')
}

func appendEscaped(b []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(b, '\\', c)
	case '\n':
		return append(b, '\\', 'n')
	case '\r':
		return append(b, '\\', 'r')
	case '\t':
		return append(b, '\\', 't')
	}
	return append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&0xf])
}
