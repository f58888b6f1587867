package config

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	promconfig "github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/model/rulefmt"
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
		problems = append(problems, ruleProblem(file, err))
	}
	return 0, problems
}

// ruleProblem takes the line out of an error that begins "LINE:COLUMN: ".
func ruleProblem(file string, err error) Problem {
	p := Problem{File: file, Text: strings.TrimSpace(err.Error())}
	if m := positionInText.FindStringSubmatch(p.Text); m != nil {
		p.Line, _ = strconv.Atoi(m[1])
		p.Text = strings.TrimPrefix(p.Text, m[0])
	}
	return p
}

var positionInText = regexp.MustCompile(`^(\d+):\d+: (?:\d+:\d+: )?`)
