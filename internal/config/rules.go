package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	promconfig "github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/model/rulefmt"
	yamlnode "go.yaml.in/yaml/v3"
)

// ruleProblems are the problems of all rule files of a configuration.
func ruleProblems(l *Loaded, o Options) []Problem {
	var problems []Problem
	for _, f := range l.Files {
		if f.Role != RoleRules {
			continue
		}
		files, err := filepath.Glob(f.Path)
		if err != nil {
			problems = append(problems, newPlaces(l).problem(f, fmt.Sprintf("bad pattern %q: %v", f.Path, err)))
		}
		for _, file := range files {
			_, bad := checkRuleFile(file, l.Config, o)
			problems = append(problems, bad...)
		}
	}
	return problems
}

// checkRuleFile counts the rules of a file or has its problems.
func checkRuleFile(file string, cfg *promconfig.Config, o Options) (rules int, problems []Problem) {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, []Problem{readProblem(file, err)}
	}
	groups, errs := rulefmt.Parse(text, false, cfg.GlobalConfig.MetricNameValidationScheme, o.parser(), o.logger())
	if len(errs) == 0 {
		for _, g := range groups.Groups {
			rules += len(g.Rules)
		}
		return rules, nil
	}
	doc, syntax := parseNodes(file, string(text))
	if syntax != nil {
		return 0, []Problem{*syntax}
	}
	if doc != nil {
		if problems := locate(file, doc, reflect.TypeFor[rulefmt.RuleGroups]()); len(problems) > 0 {
			return 0, problems
		}
	}
	for _, err := range errs {
		problems = append(problems, ruleProblem(file, doc, err))
	}
	return 0, problems
}

// ruleProblem finds the line of an error: it begins "LINE:COLUMN: ", or it names its
// group and rule.
func ruleProblem(file string, doc *yamlnode.Node, err error) Problem {
	p := Problem{File: file, Text: strings.TrimSpace(err.Error())}
	if m := positionInText.FindStringSubmatch(p.Text); m != nil {
		p.Line, _ = strconv.Atoi(m[1])
		p.Text = strings.TrimPrefix(p.Text, m[0])
		if p.Line > 0 { // 0:0 is said of a group
			return p
		}
	}
	var at *rulefmt.Error
	if !errors.As(err, &at) {
		p.Line = lastGroup(doc, p.Text)
		return p
	}
	for i, g := range items(child(doc, "groups")) {
		rules := items(child(g, "rules"))
		if name := child(g, "name"); name == nil || name.Value != at.Group || at.Rule < 1 || at.Rule > len(rules) {
			continue
		}
		n, key := pointTo(rules[at.Rule-1], fmt.Sprintf("groups[%d].rules[%d]", i, at.Rule-1), at.Err.Error())
		p.Line, p.Key = n.Line, key
		break
	}
	return p
}

var positionInText = regexp.MustCompile(`^(\d+):\d+: (?:\d+:\d+: )?`)

// lastGroup is the line of the last group whose name the message quotes, or zero: a
// name that is refused because it is repeated, is wrong where it comes again.
func lastGroup(doc *yamlnode.Node, message string) int {
	line := 0
	for _, g := range items(child(doc, "groups")) {
		if name := child(g, "name"); name != nil && strings.Contains(message, strconv.Quote(name.Value)) {
			line = name.Line
		}
	}
	return line
}
