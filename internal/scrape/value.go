package scrape

import (
	"math"
	"strconv"
	"strings"
	"unsafe"

	"github.com/prometheus/prometheus/model/value"
)

// pow10 are the powers of ten that a float64 holds exactly.
var pow10 = [...]float64{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

// parseValue reads the value at b[i:] of a line in the text format. end is the
// index of the byte that ends it: a space, a tab or a newline. Where ok is false
// the text parser has to say what is wrong.
//
// A decimal of up to 19 digits whose mantissa is below 2^53 is exact when it is
// scaled by one exact power of ten; all else goes to strconv.
func parseValue(b []byte, i int) (v float64, end int, ok bool) {
	start := i
	negative := i < len(b) && b[i] == '-'
	if negative {
		i++
	}
	var mantissa uint64
	digits := i
	for i < len(b) && b[i]-'0' <= 9 {
		mantissa = mantissa*10 + uint64(b[i]-'0')
		i++
	}
	n, exp := i-digits, 0
	if i < len(b) && b[i] == '.' {
		i++
		fraction := i
		for i < len(b) && b[i]-'0' <= 9 {
			mantissa = mantissa*10 + uint64(b[i]-'0')
			i++
		}
		exp = fraction - i
		n -= exp
	}
	if n == 0 || n > 19 {
		return parseOther(b, start)
	}
	if i < len(b) && b[i]|0x20 == 'e' {
		i++
		sign := 1
		if i < len(b) && (b[i] == '+' || b[i] == '-') {
			if b[i] == '-' {
				sign = -1
			}
			i++
		}
		from, e := i, 0
		for i < len(b) && b[i]-'0' <= 9 && i-from < 4 {
			e = e*10 + int(b[i]-'0')
			i++
		}
		if i == from {
			return 0, start, false
		}
		exp += sign * e
	}
	if i >= len(b) || mantissa >= 1<<53 || exp < -22 || exp > 22 || !endsValue(b[i]) {
		return parseOther(b, start)
	}
	v = float64(mantissa)
	if exp < 0 {
		v /= pow10[-exp]
	} else {
		v *= pow10[exp]
	}
	if negative {
		v = -v
	}
	return v, i, true
}

func endsValue(c byte) bool { return c == '\n' || c == ' ' || c == '\t' }

func parseOther(b []byte, start int) (v float64, end int, ok bool) {
	end = start
	for end < len(b) && !endsValue(b[end]) && b[end] != '{' {
		end++
	}
	if end == start || end >= len(b) || b[end] == '{' {
		return 0, start, false
	}
	text := unsafe.String(&b[start], end-start)
	// strconv takes more than the format does.
	if strings.ContainsAny(text, "pP_") {
		return 0, start, false
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0, start, false
	}
	if math.IsNaN(v) {
		v = math.Float64frombits(value.NormalNaN)
	}
	return v, end, true
}

// parseStamp reads what may follow the value at b[i:]: blanks, a timestamp, the
// end of the line. next is the index behind the newline.
func parseStamp(b []byte, i int) (t int64, stamped bool, next int, ok bool) {
	i = skipBlanks(b, i)
	if i >= len(b) {
		return 0, false, i, false
	}
	if b[i] == '\n' {
		return 0, false, i + 1, true
	}
	from := i
	for i < len(b) && b[i]-'0' <= 9 {
		t = t*10 + int64(b[i]-'0')
		i++
	}
	if i == from || i-from > 18 {
		return 0, false, i, false
	}
	i = skipBlanks(b, i)
	if i >= len(b) || b[i] != '\n' {
		return 0, false, i, false
	}
	return t, true, i + 1, true
}

func skipBlanks(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\t') {
		i++
	}
	return i
}

// scanKey finds the end of the key at b[i:]: a name, braces with labels, or both.
// It knows only what well-behaved targets write; where ok is false the text
// parser has to judge the line.
func scanKey(b []byte, i int) (end int, ok bool) {
	start := i
	for i < len(b) && (b[i]|0x20-'a' < 26 || b[i]-'0' <= 9 || b[i] == '_' || b[i] == ':') {
		i++
	}
	if i < len(b) && b[i] == '{' {
		for i++; i < len(b) && b[i] != '}'; i++ {
			switch b[i] {
			case '\n', '{':
				return i, false
			case '"':
				for i++; i < len(b) && b[i] != '"'; i++ {
					switch b[i] {
					case '\\':
						i++
					case '\n':
						return i, false
					}
				}
			}
		}
		i++
	}
	return i, i > start && i < len(b) && (b[i] == ' ' || b[i] == '\t')
}
