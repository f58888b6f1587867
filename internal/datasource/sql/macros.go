package sql

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"monopod/internal/datasource"
	"monopod/internal/frame"
)

// macro turns arguments into SQL.
type macro func(x *expander, arguments []string) (string, error)

// fill says how to close the gaps of a grouped time.
type fill struct {
	step     time.Duration
	value    float64
	previous bool
}

// expander puts values into a statement.
type expander struct {
	*dialect
	query   *datasource.Query
	options *options
	fill    *fill
}

// interval is the least useful distance of points.
func (x *expander) interval() time.Duration {
	interval := x.query.Interval
	if least, err := parseInterval(x.options.TimeInterval); err == nil && least > interval {
		interval = least
	}
	if interval <= 0 {
		interval = time.Minute
		if points := x.query.MaxDataPoints; points > 0 {
			interval = max(x.query.Range()/time.Duration(points), time.Second).Truncate(time.Second)
		}
	}
	return interval
}

func intervalText(d time.Duration) string {
	if d%time.Second != 0 {
		return strconv.FormatInt(d.Milliseconds(), 10) + "ms"
	}
	return strconv.FormatInt(int64(d/time.Second), 10) + "s"
}

// expand replaces $__name and $__name(arguments) everywhere. Names that it does
// not know are an error: the database's own would say nothing.
func (x *expander) expand(text string) (string, error) {
	values := map[string]string{
		"interval": intervalText(x.interval()), "interval_ms": strconv.FormatInt(x.interval().Milliseconds(), 10),
		"from": strconv.FormatInt(x.query.From.UnixMilli(), 10), "to": strconv.FormatInt(x.query.To.UnixMilli(), 10),
		"range_s": strconv.FormatInt(int64(x.query.Range()/time.Second), 10), "range_ms": strconv.FormatInt(x.query.Range().Milliseconds(), 10),
	}
	var b strings.Builder
	for {
		i := strings.IndexByte(text, '$')
		if i < 0 {
			b.WriteString(text)
			return b.String(), nil
		}
		b.WriteString(text[:i])
		text = text[i:]
		name, rest := macroName(text)
		if name == "" {
			b.WriteByte('$')
			text = text[1:]
			continue
		}
		if value, ok := values[name]; ok {
			b.WriteString(value)
			text = rest
			continue
		}
		m := x.macros[name]
		if m == nil {
			return "", fmt.Errorf("there is no macro $__%s", name)
		}
		var arguments []string
		if strings.HasPrefix(rest, "(") {
			var err error
			if arguments, rest, err = splitArguments(rest); err != nil {
				return "", fmt.Errorf("$__%s: %w", name, err)
			}
		}
		for i, a := range arguments {
			inner, err := x.expand(a)
			if err != nil {
				return "", err
			}
			arguments[i] = strings.TrimSpace(inner)
		}
		replaced, err := m(x, arguments)
		if err != nil {
			return "", fmt.Errorf("$__%s: %w", name, err)
		}
		b.WriteString(replaced)
		text = rest
	}
}

// macroName reads $__name or ${__name}.
func macroName(text string) (name, rest string) {
	if inner, ok := strings.CutPrefix(text, "${__"); ok {
		if name, rest, ok = strings.Cut(inner, "}"); ok {
			return name, rest
		}
		return "", text
	}
	inner, ok := strings.CutPrefix(text, "$__")
	if !ok {
		return "", text
	}
	end := 0
	for end < len(inner) && (inner[end] == '_' || inner[end] >= 'a' && inner[end] <= 'z' || inner[end] >= 'A' && inner[end] <= 'Z' || inner[end] >= '0' && inner[end] <= '9') {
		end++
	}
	return inner[:end], inner[end:]
}

// splitArguments reads "(a, f(b, 'c'))" up to its last parenthesis.
func splitArguments(text string) (arguments []string, rest string, err error) {
	depth, from := 0, 1
	quote := byte(0)
	for i := 0; i < len(text); i++ {
		switch b := text[i]; {
		case quote != 0:
			if b == quote {
				quote = 0
			}
		case b == '\'' || b == '"' || b == '`':
			quote = b
		case b == '(':
			depth++
		case b == ',' && depth == 1:
			arguments = append(arguments, text[from:i])
			from = i + 1
		case b == ')':
			if depth--; depth == 0 {
				if last := text[from:i]; strings.TrimSpace(last) != "" || len(arguments) > 0 {
					arguments = append(arguments, last)
				}
				return arguments, text[i+1:], nil
			}
		}
	}
	return nil, "", fmt.Errorf("%q is missing", ")")
}

func one(f func(x *expander, column string) string) macro {
	return func(x *expander, arguments []string) (string, error) {
		if len(arguments) != 1 || arguments[0] == "" {
			return "", fmt.Errorf("it needs the name of a column in parentheses")
		}
		return f(x, arguments[0]), nil
	}
}

func none(f func(x *expander) string) macro {
	return func(x *expander, _ []string) (string, error) { return f(x), nil }
}

// group makes a macro that rounds a column to an interval, and remembers how gaps
// are filled.
func group(f func(x *expander, column string, step time.Duration) string, alias string) macro {
	return func(x *expander, arguments []string) (string, error) {
		if len(arguments) < 2 {
			return "", fmt.Errorf("it needs a column and an interval, such as (time, '5m')")
		}
		step, err := parseInterval(arguments[1])
		if err != nil {
			return "", err
		}
		if len(arguments) > 2 {
			x.fill = &fill{step: step, value: frame.Null()}
			switch how := strings.Trim(arguments[2], `'"`); strings.ToLower(how) {
			case "null":
			case "previous":
				x.fill.previous = true
			default:
				if x.fill.value, err = strconv.ParseFloat(how, 64); err != nil {
					return "", fmt.Errorf("gaps are filled with NULL, previous or a number, not %q", how)
				}
			}
		}
		return f(x, arguments[0], step) + alias, nil
	}
}

func parseInterval(text string) (time.Duration, error) {
	text = strings.Trim(strings.TrimSpace(text), `'"> `)
	if d, err := model.ParseDuration(text); err == nil && d > 0 {
		return time.Duration(d), nil
	}
	if d, err := time.ParseDuration(text); err == nil && d > 0 {
		return d, nil
	}
	return 0, fmt.Errorf("%q is no interval such as '5m'", text)
}

func unix(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }

func seconds(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', -1, 64) }

func nanos(t time.Time) string { return strconv.FormatInt(t.UnixNano(), 10) }

// common are the macros that both dialects share.
func common(own map[string]macro) map[string]macro {
	all := map[string]macro{
		"unixEpochFrom":     none(func(x *expander) string { return unix(x.query.From) }),
		"unixEpochTo":       none(func(x *expander) string { return unix(x.query.To) }),
		"unixEpochNanoFrom": none(func(x *expander) string { return nanos(x.query.From) }),
		"unixEpochNanoTo":   none(func(x *expander) string { return nanos(x.query.To) }),
		"unixEpochFilter": one(func(x *expander, c string) string {
			return c + " >= " + unix(x.query.From) + " AND " + c + " <= " + unix(x.query.To)
		}),
		"unixEpochNanoFilter": one(func(x *expander, c string) string {
			return c + " >= " + nanos(x.query.From) + " AND " + c + " <= " + nanos(x.query.To)
		}),
	}
	for name, m := range own {
		all[name] = m
	}
	return all
}
