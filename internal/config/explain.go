package config

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"sort"
	"strconv"
	"strings"

	promconfig "github.com/prometheus/prometheus/config"
	yamlnode "go.yaml.in/yaml/v3"
)

// explainMain turns Prometheus's refusal of a main file into problems.
func explainMain(file, text string, err error) []Problem {
	doc, syntax := parseNodes(file, text)
	if syntax != nil {
		return []Problem{*syntax}
	}
	if doc != nil {
		if problems := locate(file, doc, reflect.TypeFor[promconfig.Config]()); len(problems) > 0 {
			return problems
		}
		if problems := newJudge(doc).main(file, doc); len(problems) > 0 {
			return problems
		}
		at, key := pointTo(doc, "", err.Error())
		if at != doc {
			return []Problem{{File: file, Line: at.Line, Key: key, Text: plainText(err)}}
		}
	}
	return []Problem{unlocated(file, err)}
}

// explainDrawnIn turns Prometheus's refusal of the files of scrape_config_files
// into problems.
func explainDrawnIn(file, text string, cfg *promconfig.Config, err error) []Problem {
	var problems []Problem
	j := &judge{global: cfg.GlobalConfig, jobs: make(map[string]place)}
	if doc, _ := parseNodes(file, text); doc != nil {
		j.jobsOf(file, doc)
	}
	for _, pattern := range cfg.ScrapeConfigFiles {
		files, globErr := filepath.Glob(pattern)
		if globErr != nil {
			problems = append(problems, Problem{File: file, Key: "scrape_config_files", Text: fmt.Sprintf("bad pattern %q: %v", pattern, globErr)})
		}
		for _, f := range files {
			problems = append(problems, j.drawnIn(f)...)
		}
	}
	if len(problems) == 0 {
		problems = append(problems, unlocated(file, err))
	}
	return problems
}

// drawnIn has the problems of one file of scrape_config_files.
func (j *judge) drawnIn(file string) []Problem {
	text, err := os.ReadFile(file)
	if err != nil {
		return []Problem{readProblem(file, err)}
	}
	doc, syntax := parseNodes(file, string(text))
	if syntax != nil {
		return []Problem{*syntax}
	}
	if doc == nil {
		return nil
	}
	if problems := locate(file, doc, reflect.TypeFor[promconfig.ScrapeConfigs]()); len(problems) > 0 {
		return problems
	}
	return j.jobsOf(file, doc)
}

// parseNodes returns the top value of the document; nil where it is empty, and a
// problem where it is no YAML.
func parseNodes(file, text string) (*yamlnode.Node, *Problem) {
	var doc yamlnode.Node
	if err := yamlnode.Unmarshal([]byte(text), &doc); err != nil {
		p := unlocated(file, err)
		p.Line = syntaxLine(text, p.Text)
		p.Hint = syntaxHint(p.Text)
		if line := firstTab(text); line > 0 && (strings.Contains(p.Text, "cannot start any token") || strings.Contains(p.Text, "tab character")) {
			p.Line, p.Hint = line, "YAML takes no tabs for indentation; use blanks"
		}
		p.Text = "not YAML: " + p.Text
		return nil, &p
	}
	if len(doc.Content) == 0 || isNull(doc.Content[0]) {
		return nil, nil
	}
	return doc.Content[0], nil
}

// syntaxLine is the line of a syntax error. The parser's own answer is often where a
// block began, or the end of the file; this is the first line with which the text
// has the error.
func syntaxLine(text, message string) int {
	lines := strings.SplitAfter(text, "\n")
	n := sort.Search(len(lines), func(n int) bool {
		var doc yamlnode.Node
		err := yamlnode.Unmarshal([]byte(strings.Join(lines[:n+1], "")), &doc)
		return err != nil && unlocated("", err).Text == message
	})
	return min(n+1, len(lines))
}

func syntaxHint(text string) string {
	switch {
	case strings.Contains(text, "mapping values are not allowed"):
		return `look for a wrong indentation, or quote a value that has ": " in it`
	case strings.Contains(text, "did not find expected"):
		return "check the indentation of this line and the lines before it, and brackets and quotes that are not closed"
	case strings.Contains(text, "unexpected end of stream"), strings.Contains(text, "found unexpected document indicator"):
		return "a quote is not closed"
	case strings.Contains(text, "unknown escape character"):
		return `in double quotes a backslash is written twice; use single quotes around regular expressions`
	case strings.Contains(text, "unknown anchor"):
		return "quote a value that begins with *"
	}
	return ""
}

// firstTab is the first line that has a tab in its indentation, or zero.
func firstTab(text string) int {
	for i, line := range strings.Split(text, "\n") {
		if indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]; strings.Contains(indent, "\t") {
			return i + 1
		}
	}
	return 0
}

// unlocated is a problem whose place is only known where the error's text says it.
func unlocated(file string, err error) Problem {
	p := Problem{File: file, Text: plainText(err)}
	if m := lineInText.FindStringSubmatch(p.Text); m != nil {
		p.Line, _ = strconv.Atoi(m[1])
		p.Text = strings.TrimPrefix(p.Text, m[0])
	}
	return p
}

var lineInText = regexp.MustCompile(`^line (\d+): `)

// plainText is the text of an error without the names of the YAML library, and with regular
// expressions as they were written.
func plainText(err error) string {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	text = strings.TrimPrefix(text, "unmarshal errors:")
	text = anchored.ReplaceAllString(text, "`$1`")
	return strings.Join(strings.Fields(text), " ")
}

// anchored is how Prometheus wraps a regular expression before it is compiled.
var anchored = regexp.MustCompile("`\\^\\(\\?s:(.*)\\)\\$`")
