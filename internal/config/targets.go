package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"github.com/prometheus/prometheus/discovery/targetgroup"
	"go.yaml.in/yaml/v2"
)

// targetProblems are the problems of a file of file_sd_configs.
func targetProblems(file string) []Problem {
	text, err := os.ReadFile(file)
	if err != nil {
		return []Problem{readProblem(file, err)}
	}
	var groups []*targetgroup.Group
	switch strings.ToLower(filepath.Ext(file)) {
	case ".json":
		if err := json.Unmarshal(text, &groups); err != nil {
			return []Problem{jsonProblem(file, text, err)}
		}
	case ".yml", ".yaml":
		if err := yaml.UnmarshalStrict(text, &groups); err != nil {
			doc, syntax := parseNodes(file, string(text))
			if syntax != nil {
				return []Problem{*syntax}
			}
			if problems := locate(file, doc, reflect.TypeFor[[]*targetgroup.Group]()); len(problems) > 0 {
				return problems
			}
			return []Problem{unlocated(file, err)}
		}
	default:
		return []Problem{{File: file, Text: fmt.Sprintf("the name ends in %q", filepath.Ext(file)), Hint: "files of targets end in .json, .yml or .yaml"}}
	}
	var problems []Problem
	for i, g := range groups {
		if g == nil {
			problems = append(problems, Problem{File: file, Key: fmt.Sprintf("[%d]", i), Text: "the list item is empty", Hint: "fill it, or remove it"})
		}
	}
	return problems
}

// jsonProblem has the line of an error that knows its offset.
func jsonProblem(file string, text []byte, err error) Problem {
	p := Problem{File: file, Text: "not a list of target groups: " + err.Error()}
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	offset := int64(-1)
	switch {
	case errors.As(err, &syntax):
		p.Text, offset = "not JSON: "+err.Error(), syntax.Offset
	case errors.As(err, &kind):
		offset = kind.Offset
	}
	if offset >= 0 && offset <= int64(len(text)) {
		p.Line = 1 + bytes.Count(text[:offset], []byte("\n"))
	}
	return p
}
