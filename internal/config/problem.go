package config

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// Problem is one fault of a configuration.
type Problem struct {
	File string // empty where the configuration has no file
	Line int    // from 1; zero where the fault belongs to no line
	Key  string // the path of keys: scrape_configs[0].relabel_configs[1].regex
	Text string // what is wrong
	Hint string // what to do about it; may be empty
}

// String is one line: "prometheus.yml:7: scrape_configs[0].scrap_interval: unknown
// key; did you mean "scrape_interval"?".
func (p Problem) String() string {
	var b strings.Builder
	file := p.File
	if file == "" {
		file = "default configuration"
	}
	b.WriteString(file)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d", p.Line)
	}
	b.WriteString(": ")
	if p.Key != "" {
		b.WriteString(p.Key + ": ")
	}
	b.WriteString(p.Text)
	if p.Hint != "" {
		b.WriteString("; " + p.Hint)
	}
	return b.String()
}

// Error says why a configuration was refused. It is never without a problem.
type Error struct{ Problems []Problem }

// Error is a line for each problem.
func (e *Error) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// problemsOf are the problems of an error of Load.
func problemsOf(path string, err error) []Problem {
	var refused *Error
	if errors.As(err, &refused) {
		return refused.Problems
	}
	return []Problem{{File: path, Text: err.Error()}}
}

// Notice is a part of a valid configuration that the user should know of.
type Notice struct {
	File string
	Line int
	Key  string
	Text string
}

// String is one line, as that of a Problem.
func (n Notice) String() string {
	return Problem{File: n.File, Line: n.Line, Key: n.Key, Text: n.Text}.String()
}

func readProblem(path string, err error) Problem {
	p := Problem{File: path, Text: "cannot read the file: " + err.Error()}
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		p.Text = "cannot read the file: " + pathErr.Err.Error()
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		p.Text, p.Hint = "there is no such file", "check --config.file, or leave it out to monitor this machine"
	case errors.Is(err, fs.ErrPermission):
		p.Hint = "let the user that runs the program read it"
	}
	return p
}
