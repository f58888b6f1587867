package expr

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"monopod/internal/frame"
)

// formula is a parsed expression. Its grammar, loosest first:
//
//	or         = and { "||" and }
//	and        = comparison { "&&" comparison }
//	comparison = sum { ("==" | "!=" | ">" | ">=" | "<" | "<=") sum }
//	sum        = product { ("+" | "-") product }
//	product    = power { ("*" | "/" | "%") power }
//	power      = factor { ("**" | "^") factor }
//	factor     = "-" factor | "!" factor | "(" or ")" | number | $A | ${A b} | name "(" [ or ] ")"
//
// Operators of one line associate to the left.
type formula struct {
	text      string
	root      node
	variables []string
}

// node is a part of a formula.
type node interface {
	eval(map[string][]value) ([]value, error)
}

type (
	constant float64
	variable string
	unary    struct {
		f       func(float64) float64
		operand node
	}
	binary struct {
		f           func(a, b float64) float64
		left, right node
	}
)

func (c constant) eval(map[string][]value) ([]value, error) {
	return []value{number(float64(c), nil)}, nil
}

func (v variable) eval(inputs map[string][]value) ([]value, error) { return inputs[string(v)], nil }

func (u unary) eval(inputs map[string][]value) ([]value, error) {
	set, err := u.operand.eval(inputs)
	out := make([]value, len(set))
	for i := range set {
		out[i] = set[i].each(set[i].labels, u.f)
	}
	return out, err
}

// maxPairs bounds what joining two large sets makes.
const maxPairs = 100_000

func (b binary) eval(inputs map[string][]value) ([]value, error) {
	left, err := b.left.eval(inputs)
	if err != nil {
		return nil, err
	}
	right, err := b.right.eval(inputs)
	if err != nil {
		return nil, err
	}
	if len(left)*len(right) > 100*maxPairs {
		return nil, fmt.Errorf("%d and %d values are too many to join", len(left), len(right))
	}
	pairs := join(left, right)
	if len(pairs) > maxPairs {
		return nil, fmt.Errorf("%d and %d values make more than %d pairs", len(left), len(right), maxPairs)
	}
	out := make([]value, len(pairs))
	for i := range pairs {
		out[i] = pairs[i].combine(b.f)
	}
	return out, nil
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// orNull makes an operator answer null where an operand is.
func orNull(f func(a, b float64) float64) func(a, b float64) float64 {
	return func(a, b float64) float64 {
		if frame.IsNull(a) || frame.IsNull(b) {
			return frame.Null()
		}
		return f(a, b)
	}
}

// orNaN makes a comparison answer NaN where an operand is.
func orNaN(f func(a, b float64) bool) func(a, b float64) float64 {
	return orNull(func(a, b float64) float64 {
		if math.IsNaN(a) || math.IsNaN(b) {
			return math.NaN()
		}
		return truth(f(a, b))
	})
}

// levels are the binary operators, loosest first; longer ones before their
// beginnings.
var levels = [][]struct {
	text string
	f    func(a, b float64) float64
}{
	{{"||", orNaN(func(a, b float64) bool { return a != 0 || b != 0 })}},
	{{"&&", orNaN(func(a, b float64) bool { return a != 0 && b != 0 })}},
	{
		{"==", orNaN(func(a, b float64) bool { return a == b })}, {"!=", orNaN(func(a, b float64) bool { return a != b })},
		{">=", orNaN(func(a, b float64) bool { return a >= b })}, {"<=", orNaN(func(a, b float64) bool { return a <= b })},
		{">", orNaN(func(a, b float64) bool { return a > b })}, {"<", orNaN(func(a, b float64) bool { return a < b })},
	},
	{{"+", orNull(func(a, b float64) float64 { return a + b })}, {"-", orNull(func(a, b float64) float64 { return a - b })}},
	{{"*", orNull(func(a, b float64) float64 { return a * b })}, {"/", orNull(func(a, b float64) float64 { return a / b })}, {"%", orNull(math.Mod)}},
	{{"**", orNull(math.Pow)}, {"^", orNull(math.Pow)}},
}

// functions of one operand keep null, but those that ask for it.
var functions = map[string]func(float64) float64{
	"abs": keepNull(math.Abs), "log": keepNull(math.Log), "round": keepNull(math.Round), "ceil": keepNull(math.Ceil), "floor": keepNull(math.Floor),
	"is_nan":    func(v float64) float64 { return truth(math.IsNaN(v) && !frame.IsNull(v)) },
	"is_inf":    func(v float64) float64 { return truth(math.IsInf(v, 0)) },
	"is_null":   func(v float64) float64 { return truth(frame.IsNull(v)) },
	"is_number": func(v float64) float64 { return truth(isNumeric(v)) },
}

// constants are written as functions of nothing.
var constants = map[string]float64{"nan": math.NaN(), "inf": math.Inf(1), "infn": math.Inf(-1), "null": frame.Null()}

func keepNull(f func(float64) float64) func(float64) float64 {
	return func(v float64) float64 {
		if frame.IsNull(v) {
			return v
		}
		return f(v)
	}
}

// maxDepth bounds nesting: a formula is written by a person.
const maxDepth = 200

type parser struct {
	text      string
	at, depth int
	variables []string
}

// parseFormula reads a formula.
func parseFormula(text string) (*formula, error) {
	p := &parser{text: text}
	root, err := p.level(0)
	if err == nil {
		if p.space(); p.at < len(text) {
			err = p.wrong("%q does not belong here", p.rest())
		}
	}
	if err != nil {
		return nil, err
	}
	return &formula{text, root, p.variables}, nil
}

func (p *parser) wrong(format string, a ...any) error {
	return fmt.Errorf("at character %d of %q: %s", p.at+1, p.text, fmt.Sprintf(format, a...))
}

func (p *parser) rest() string {
	if r := []rune(p.text[p.at:]); len(r) > 10 {
		return string(r[:10]) + "…"
	}
	return p.text[p.at:]
}

func (p *parser) space() {
	for p.at < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.at]) >= 0 {
		p.at++
	}
}

func (p *parser) level(n int) (node, error) {
	if n == len(levels) {
		return p.factor()
	}
	left, err := p.level(n + 1)
	for err == nil {
		p.space()
		found := false
		for _, op := range levels[n] {
			if !strings.HasPrefix(p.text[p.at:], op.text) || op.text == "*" && strings.HasPrefix(p.text[p.at:], "**") {
				continue
			}
			p.at += len(op.text)
			var right node
			if right, err = p.level(n + 1); err == nil {
				left, found = binary{op.f, left, right}, true
			}
			break
		}
		if !found {
			break
		}
	}
	return left, err
}

func (p *parser) factor() (node, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, p.wrong("it is nested too deeply")
	}
	defer func() { p.depth-- }()
	p.space()
	if p.at == len(p.text) {
		return nil, p.wrong("something is missing")
	}
	switch b := p.text[p.at]; {
	case b == '-' || b == '!':
		p.at++
		operand, err := p.factor()
		f := keepNull(func(v float64) float64 { return -v })
		if b == '!' {
			f = keepNull(func(v float64) float64 {
				if math.IsNaN(v) {
					return v
				}
				return truth(v == 0)
			})
		}
		return unary{f, operand}, err
	case b == '(':
		p.at++
		inner, err := p.level(0)
		if err != nil {
			return nil, err
		}
		return inner, p.expect(')')
	case b == '$':
		return p.variable()
	case b >= '0' && b <= '9' || b == '.':
		return p.number()
	case isLetter(b):
		return p.call()
	}
	return nil, p.wrong("%q does not belong here", p.rest())
}

func (p *parser) expect(b byte) error {
	p.space()
	if p.at == len(p.text) || p.text[p.at] != b {
		return p.wrong("%q is missing", string(b))
	}
	p.at++
	return nil
}

func isLetter(b byte) bool { return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b == '_' }

func isWord(b byte) bool { return isLetter(b) || b >= '0' && b <= '9' }

func (p *parser) word() string {
	from := p.at
	for p.at < len(p.text) && isWord(p.text[p.at]) {
		p.at++
	}
	return p.text[from:p.at]
}

func (p *parser) variable() (node, error) {
	p.at++
	name := ""
	if inner, ok := strings.CutPrefix(p.text[p.at:], "{"); ok {
		var closed bool
		if name, _, closed = strings.Cut(inner, "}"); !closed {
			return nil, p.wrong("%q is missing", "}")
		}
		p.at += len(name) + 2
	} else {
		name = p.word()
	}
	if name == "" {
		return nil, p.wrong("a query's letter is missing after $")
	}
	p.variables = append(p.variables, name)
	return variable(name), nil
}

func (p *parser) number() (node, error) {
	from := p.at
	for p.at < len(p.text) {
		b := p.text[p.at]
		isExponent := (b == '+' || b == '-') && p.at > from && (p.text[p.at-1] == 'e' || p.text[p.at-1] == 'E') && !strings.HasPrefix(p.text[from:], "0x")
		if !isWord(b) && b != '.' && !isExponent {
			break
		}
		p.at++
	}
	text := p.text[from:p.at]
	if v, err := strconv.ParseFloat(text, 64); err == nil {
		return constant(v), nil
	}
	if v, err := strconv.ParseInt(text, 0, 64); err == nil {
		return constant(v), nil
	}
	p.at = from
	return nil, p.wrong("%q is no number", text)
}

func (p *parser) call() (node, error) {
	from := p.at
	name := p.word()
	f, isFunction := functions[name]
	c, isConstant := constants[name]
	if !isFunction && !isConstant {
		p.at = from
		return nil, p.wrong("there is no function %q; queries are written as $A", name)
	}
	if err := p.expect('('); err != nil {
		return nil, err
	}
	if isConstant {
		return constant(c), p.expect(')')
	}
	operand, err := p.level(0)
	if err != nil {
		return nil, err
	}
	return unary{f, operand}, p.expect(')')
}
