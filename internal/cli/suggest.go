package cli

import (
	"slices"
	"strings"

	"github.com/alecthomas/kingpin/v2"
)

// removedFlags are flags of older versions of Prometheus, and what to do
// instead.
var removedFlags = map[string]string{
	"alertmanager.timeout":                  "it moved to the config file: alerting, alertmanagers, timeout",
	"alertmanager.url":                      "Alertmanagers stand in the config file: alerting, alertmanagers",
	"query.staleness-delta":                 "it is called --query.lookback-delta now",
	"storage.local.path":                    "it is called --storage.tsdb.path now",
	"storage.local.retention":               "it is called --storage.tsdb.retention.time now",
	"storage.tsdb.retention":                "it is called --storage.tsdb.retention.time now",
	"storage.tsdb.allow-overlapping-blocks": "leave it out, overlapping blocks are always allowed",
	"web.enable-remote-shutdown":            "it is called --web.enable-lifecycle now",
	"web.telemetry-path":                    "leave it out, metrics are always at /metrics",
}

// explain turns what kingpin says about a command line into what went wrong,
// where, and what to do.
func (p *program) explain(args []string, err error) error {
	text := err.Error()
	switch {
	case strings.HasPrefix(text, "unknown long flag '--"):
		name := strings.TrimSuffix(strings.TrimPrefix(text, "unknown long flag '--"), "'")
		return p.unknownFlag(args, name)

	case strings.HasPrefix(text, "unknown short flag '-"):
		for _, a := range args {
			if flag, _, _ := strings.Cut(strings.TrimLeft(a, "-"), "="); len(flag) > 1 && !strings.HasPrefix(a, "--") && strings.HasPrefix(a, "-") {
				return usagef("unknown flag -%s: flags are written with two dashes, --%s", flag, flag)
			}
		}
	case strings.HasPrefix(text, "unexpected "), strings.HasPrefix(text, "expected command but got "):
		_, word, quoted := strings.Cut(text, `"`)
		if !quoted {
			_, word, _ = strings.Cut(text, "unexpected ")
		}
		return p.unknownWord(args, strings.Trim(word, `"'`))
	}
	context, _ := p.app.ParseContext(args)
	if context == nil || context.SelectedCommand == nil {
		return usagef("%w (see monopod --help)", err)
	}
	// A value that its flag refuses comes back without the flag's name.
	for _, e := range context.Elements {
		if flag, ok := e.Clause.(*kingpin.FlagClause); ok && e.Value != nil {
			if f := flag.Model(); f.Value.Set(*e.Value) != nil {
				return usagef("flag --%s=%s: %w", f.Name, *e.Value, err)
			}
		}
	}
	return usagef("%w (see monopod help %s)", err, context.SelectedCommand.FullCommand())
}

func (p *program) unknownFlag(args []string, name string) error {
	if hint, ok := removedFlags[name]; ok {
		return usagef("flag --%s is gone: %s", name, hint)
	}
	command, flags := p.flagsFor(args)
	if near := nearest(strings.TrimPrefix(name, "no-"), flags); near != "" {
		return usagef("unknown flag --%s: did you mean --%s?", name, near)
	}
	return usagef("unknown flag --%s (see monopod help %s)", name, command)
}

// unknownWord answers a word that is neither a command nor an argument.
func (p *program) unknownWord(args []string, word string) error {
	group, path := p.app.Model().Commands, ""
	if context, _ := p.app.ParseContext(args); context != nil && context.SelectedCommand != nil {
		// The server takes no words, and is chosen where no command is: there, a
		// stray word is a misspelt command.
		if c := context.SelectedCommand.FullCommand(); c != "serve" || slices.Contains(args, "serve") {
			if sub := find(group, strings.Fields(c)); sub != nil && len(sub.Commands) > 0 {
				group, path = sub.Commands, c+" "
			} else {
				return usagef("%s does not take %q (see monopod help %s)", c, word, c)
			}
		}
	}
	var names []string
	for _, c := range group {
		if !c.Hidden {
			names = append(names, c.Name)
		}
	}
	if near := nearest(word, names); near != "" {
		return usagef("unknown command %q: did you mean monopod %s%s?", path+word, path, near)
	}
	return usagef("unknown command %q: there are %s", path+word, strings.Join(names, ", "))
}

// flagsFor names the flags of the command that the arguments select.
func (p *program) flagsFor(args []string) (command string, flags []string) {
	model := p.app.Model()
	add := func(group *kingpin.FlagGroupModel) {
		for _, f := range group.Flags {
			flags = append(flags, f.Name)
		}
	}
	add(model.FlagGroupModel)
	command = "serve"
	if context, _ := p.app.ParseContext(args); context != nil && context.SelectedCommand != nil {
		command = context.SelectedCommand.FullCommand()
	}
	words := strings.Fields(command)
	for i := range words {
		if c := find(model.Commands, words[:i+1]); c != nil {
			add(c.FlagGroupModel)
		}
	}
	return command, flags
}

func find(group []*kingpin.CmdModel, path []string) *kingpin.CmdModel {
	for _, c := range group {
		if c.Name == path[0] {
			if len(path) == 1 {
				return c
			}
			return find(c.Commands, path[1:])
		}
	}
	return nil
}

// nearest returns the known name that was most likely meant, or nothing.
// A name may also be given without its prefix: listen-address means
// web.listen-address.
func nearest(given string, known []string) string {
	best, bestDistance := "", max(2, len(given)/3)+1
	for _, name := range known {
		d := distance(given, name)
		for rest := name; strings.Contains(rest, "."); {
			_, rest, _ = strings.Cut(rest, ".")
			d = min(d, distance(given, rest)+1)
		}
		if d < bestDistance {
			best, bestDistance = name, d
		}
	}
	return best
}

// distance is how many letters must be added, removed, changed or swapped with
// their neighbour to make b of a.
func distance(a, b string) int {
	before, last := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}
