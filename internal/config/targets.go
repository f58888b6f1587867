package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
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
			var syntax *json.SyntaxError
			if errors.As(err, &syntax) {
				line := 1 + bytes.Count(text[:syntax.Offset], []byte("\n"))
				return []Problem{{File: file, Line: line, Text: "not JSON: " + err.Error()}}
			}
			return groupProblems(file, text, err)
		}
	case ".yml", ".yaml":
		if err := yaml.UnmarshalStrict(text, &groups); err != nil {
			return groupProblems(file, text, err)
		}
	default:
		return []Problem{{File: file, Text: fmt.Sprintf("the name ends in %q", filepath.Ext(file)), Hint: "files of targets end in .json, .yml or .yaml"}}
	}
	if slices.Contains(groups, nil) {
		return groupProblems(file, text, errors.New("a group is null"))
	}
	return nil
}

// groupProblems places the error of a file that is YAML, or JSON, which is YAML too.
func groupProblems(file string, text []byte, err error) []Problem {
	doc, syntax := parseNodes(file, string(text))
	if syntax != nil {
		return []Problem{*syntax}
	}
	if doc != nil {
		if problems := locate(file, doc, reflect.TypeFor[[]*targetgroup.Group]()); len(problems) > 0 {
			return problems
		}
	}
	return []Problem{unlocated(file, err)}
}
