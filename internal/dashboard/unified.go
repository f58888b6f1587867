package dashboard

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/pmezard/go-difflib/difflib"

	"monopod/internal/dashboard/jsontree"
)

// Lines of context around a change, and the most lines that are compared: beyond,
// the whole is one change.
const (
	contextLines  = 3
	comparedLines = 20_000
)

// UnifiedDiff is a patch from one text to another, in the format of diff -u; empty
// where they are equal. JSON on one line is compared over several lines.
func UnifiedDiff(a, b []byte, nameA, nameB string) string {
	if bytes.Equal(a, b) {
		return ""
	}
	if bytes.IndexByte(bytes.TrimSpace(a), '\n') < 0 || bytes.IndexByte(bytes.TrimSpace(b), '\n') < 0 {
		a, b = overLines(a), overLines(b)
	}
	x, y := splitLines(a), splitLines(b)
	// Most changes are small: the same lines at both ends need no comparison.
	from := 0
	for from < len(x) && from < len(y) && x[from] == y[from] {
		from++
	}
	endX, endY := len(x), len(y)
	for endX > from && endY > from && x[endX-1] == y[endY-1] {
		endX--
		endY--
	}
	ops := []difflib.OpCode{{Tag: 'r', I1: from, I2: endX, J1: from, J2: endY}}
	if endX-from+endY-from <= comparedLines {
		ops = difflib.NewMatcher(x[from:endX], y[from:endY]).GetOpCodes()
		for i := range ops {
			ops[i].I1 += from
			ops[i].I2 += from
			ops[i].J1 += from
			ops[i].J2 += from
		}
	}
	var out strings.Builder
	fmt.Fprintf(&out, "--- %s\n+++ %s\n", nameA, nameB)
	for _, h := range hunks(ops) {
		h.write(&out, x, y)
	}
	return out.String()
}

func overLines(text []byte) []byte {
	if v, err := jsontree.Parse(text); err == nil {
		return v.Indented("  ")
	}
	return text
}

// splitLines gives lines with their ends. The last one may have none.
func splitLines(text []byte) []string {
	lines := strings.SplitAfter(string(text), "\n")
	if lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// hunk is a run of changes with less than twice the context between them.
type hunk []difflib.OpCode

func hunks(ops []difflib.OpCode) []hunk {
	var out []hunk
	for _, op := range ops {
		if op.Tag == 'e' {
			continue
		}
		if n := len(out); n > 0 {
			last := out[n-1]
			if op.I1-last[len(last)-1].I2 <= 2*contextLines {
				out[n-1] = append(last, op)
				continue
			}
		}
		out = append(out, hunk{op})
	}
	return out
}

func (h hunk) write(out *strings.Builder, x, y []string) {
	first, last := h[0], h[len(h)-1]
	before := min(contextLines, first.I1, first.J1)
	after := min(contextLines, len(x)-last.I2, len(y)-last.J2)
	i1, i2 := first.I1-before, last.I2+after
	j1, j2 := first.J1-before, last.J2+after
	fmt.Fprintf(out, "@@ -%s +%s @@\n", span(i1, i2), span(j1, j2))
	lines := func(mark string, list []string) {
		for _, line := range list {
			out.WriteString(mark)
			out.WriteString(line)
			if !strings.HasSuffix(line, "\n") {
				out.WriteString("\n\\ No newline at end of file\n")
			}
		}
	}
	at := i1
	for _, op := range h {
		lines(" ", x[at:op.I1])
		lines("-", x[op.I1:op.I2])
		lines("+", y[op.J1:op.J2])
		at = op.I2
	}
	lines(" ", x[at:i2])
}

func span(from, to int) string {
	if to-from == 1 {
		return fmt.Sprint(from + 1)
	}
	if to == from {
		return fmt.Sprintf("%d,0", from)
	}
	return fmt.Sprintf("%d,%d", from+1, to-from)
}
