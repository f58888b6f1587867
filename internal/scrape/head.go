package scrape

import (
	"bytes"
	"errors"
	"strings"
)

// errOdd: an answer that net/http has to look at.
var errOdd = errors.New("unusual HTTP answer")

// head is what counts of an answer before its body. Its texts are those of the
// answer, not copies.
type head struct {
	status      int
	statusText  []byte // "404 Not Found"
	contentType []byte
	gzip        bool
	length      int64 // of the body, -1 where it is not announced
	chunked     bool
	close       bool // the connection ends with the answer
}

// endOfHead is where the body begins, -1 where the head has not come to its end.
// from is how far was searched already.
func endOfHead(b []byte, from int) int {
	for i := max(from-3, 0); ; {
		n := bytes.IndexByte(b[i:], '\n')
		if n < 0 {
			return -1
		}
		i += n + 1
		switch {
		case i < len(b) && b[i] == '\n':
			return i + 1
		case i+1 < len(b) && b[i] == '\r' && b[i+1] == '\n':
			return i + 2
		}
	}
}

// parse reads a head. It understands what servers usually send; where it returns
// false, the answer may still be a good one.
func (h *head) parse(b []byte) bool {
	*h = head{length: -1}
	line, rest := cutLine(b)
	if len(line) < len("HTTP/1.1 200") || string(line[:7]) != "HTTP/1." || line[7] != '0' && line[7] != '1' || line[8] != ' ' {
		return false
	}
	old := line[7] == '0'
	h.statusText = line[9:]
	for _, c := range h.statusText[:3] {
		if c < '0' || c > '9' {
			return false
		}
		h.status = 10*h.status + int(c-'0')
	}
	if len(h.statusText) > 3 && h.statusText[3] != ' ' {
		return false
	}
	var typed, encoded, sized, kept bool
	for {
		if line, rest = cutLine(rest); len(line) == 0 {
			break
		}
		n := bytes.IndexByte(line, ':')
		if n <= 0 || !isToken(line[:n]) {
			return false
		}
		name, v := line[:n], bytes.Trim(line[n+1:], " \t")
		for _, c := range v {
			if c < ' ' && c != '\t' || c == 0x7f {
				return false
			}
		}
		switch {
		case is(name, "content-type"):
			if !typed {
				h.contentType, typed = v, true
			}
		case is(name, "content-encoding"):
			if !encoded {
				h.gzip, encoded = string(v) == "gzip", true
			}
		case is(name, "content-length"):
			if sized || len(v) == 0 || len(v) > 18 {
				return false
			}
			h.length, sized = 0, true
			for _, c := range v {
				if c < '0' || c > '9' {
					return false
				}
				h.length = 10*h.length + int64(c-'0')
			}
		case is(name, "transfer-encoding"):
			if h.chunked || old || !is(v, "chunked") {
				return false
			}
			h.chunked = true
		case is(name, "connection"):
			h.close = h.close || hasToken(v, "close")
			kept = kept || hasToken(v, "keep-alive")
		}
	}
	h.close = h.close || old && !kept
	return !h.chunked || !sized
}

func cutLine(b []byte) (line, rest []byte) {
	n := bytes.IndexByte(b, '\n')
	if n < 0 {
		return nil, nil
	}
	line = b[:n]
	if n > 0 && line[n-1] == '\r' {
		line = line[:n-1]
	}
	return line, b[n+1:]
}

// is compares with a lower-case text.
func is(b []byte, lower string) bool {
	if len(b) != len(lower) {
		return false
	}
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}

func hasToken(list []byte, lower string) bool {
	for len(list) > 0 {
		var token []byte
		token, list, _ = bytes.Cut(list, []byte(","))
		if is(bytes.Trim(token, " \t"), lower) {
			return true
		}
	}
	return false
}

func isToken(b []byte) bool {
	for _, c := range b {
		if c|0x20-'a' >= 26 && c-'0' >= 10 && !strings.ContainsRune("!#$%&'*+-.^_`|~", rune(c)) {
			return false
		}
	}
	return true
}
