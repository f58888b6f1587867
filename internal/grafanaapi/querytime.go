package grafanaapi

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// readMoment reads a time as Grafana's clients write it: milliseconds, as a number or
// a text, RFC 3339, or now with what is added and rounded: now-1d/d. Nothing at all
// is the fallback. An end rounds up.
func readMoment(text json.RawMessage, fallback, now time.Time, isEnd bool) (time.Time, error) {
	s := strings.Trim(strings.TrimSpace(string(text)), `"`)
	if s == "" || s == "null" {
		return fallback, nil
	}
	if ms, err := strconv.ParseFloat(s, 64); err == nil {
		return time.UnixMilli(int64(ms)), nil
	}
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return t, nil
	}
	rest, isRelative := strings.CutPrefix(s, "now")
	t := now.UTC()
	for isRelative && rest != "" {
		sign, digits := rest[0], 1
		for digits < len(rest) && rest[digits] >= '0' && rest[digits] <= '9' {
			digits++
		}
		if digits >= len(rest) {
			isRelative = false
			break
		}
		n, err := strconv.Atoi(rest[1:digits])
		if err != nil {
			n = 1
		}
		unit := rest[digits]
		rest = rest[digits+1:]
		if unitLengths[unit] == 0 && unit != 'M' && unit != 'y' {
			isRelative = false
			break
		}
		switch sign {
		case '-':
			t = shift(t, unit, -n)
		case '+':
			t = shift(t, unit, n)
		case '/':
			t = floor(t, unit)
			if isEnd {
				t = shift(t, unit, 1).Add(-time.Millisecond)
			}
		default:
			isRelative = false
		}
	}
	if !isRelative {
		return t, fmt.Errorf("the time %q is neither milliseconds nor like now-6h", s)
	}
	return t, nil
}

var unitLengths = map[byte]time.Duration{
	's': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour,
}

func shift(t time.Time, unit byte, n int) time.Time {
	switch unit {
	case 'y':
		return t.AddDate(n, 0, 0)
	case 'M':
		return t.AddDate(0, n, 0)
	case 'd':
		return t.AddDate(0, 0, n)
	case 'w':
		return t.AddDate(0, 0, 7*n)
	}
	return t.Add(time.Duration(n) * unitLengths[unit])
}

func floor(t time.Time, unit byte) time.Time {
	switch unit {
	case 'y':
		return time.Date(t.Year(), 1, 1, 0, 0, 0, 0, t.Location())
	case 'M':
		return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, t.Location())
	case 'w':
		day := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
		return day.AddDate(0, 0, -int(day.Weekday()))
	case 'd':
		return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
	}
	return t.Truncate(unitLengths[unit])
}
