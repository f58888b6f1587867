package config

import (
	"fmt"
	"strings"

	"github.com/prometheus/common/model"
	promconfig "github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/model/relabel"
	yamlnode "go.yaml.in/yaml/v3"
)

// judge finds problems that lie between parts which are each in order: a job against
// the global section, a name that two jobs have. It asks Prometheus's own checks.
type judge struct {
	global promconfig.GlobalConfig
	// jobs tells where each job name stood first.
	jobs map[string]place
}

type place struct {
	file string
	line int
}

func newJudge(doc *yamlnode.Node) *judge {
	j := &judge{global: promconfig.DefaultGlobalConfig, jobs: make(map[string]place)}
	if n := child(doc, "global"); n != nil && !isNull(n) {
		var g promconfig.GlobalConfig
		if n.Decode(&g) == nil {
			j.global = g
		}
	}
	return j
}

// main has the problems of a main file.
func (j *judge) main(file string, doc *yamlnode.Node) []Problem {
	problems := j.jobsOf(file, doc)
	scheme := j.global.MetricNameValidationScheme
	if alerting := child(doc, "alerting"); alerting != nil {
		problems = append(problems, rulesOf(file, alerting, "alerting", "alert_relabel_configs", scheme)...)
		for i, n := range items(child(alerting, "alertmanagers")) {
			path := fmt.Sprintf("alerting.alertmanagers[%d]", i)
			problems = append(problems, rulesOf(file, n, path, "relabel_configs", scheme)...)
			problems = append(problems, rulesOf(file, n, path, "alert_relabel_configs", scheme)...)
		}
	}
	for _, section := range []string{"remote_write", "remote_read"} {
		first := make(map[string]int)
		for i, n := range items(child(doc, section)) {
			path := fmt.Sprintf("%s[%d]", section, i)
			problems = append(problems, rulesOf(file, n, path, "write_relabel_configs", scheme)...)
			name := child(n, "name")
			if name == nil || name.Value == "" {
				continue
			}
			if line, twice := first[name.Value]; twice {
				problems = append(problems, Problem{
					File: file, Line: name.Line, Key: joinKey(path, "name"),
					Text: fmt.Sprintf("the name %q is taken in line %d", name.Value, line),
				})
				continue
			}
			first[name.Value] = name.Line
		}
	}
	return problems
}

// jobsOf has the problems of the jobs of a main file or a drawn-in one, and
// remembers their names.
func (j *judge) jobsOf(file string, doc *yamlnode.Node) []Problem {
	var problems []Problem
	for i, n := range items(child(doc, "scrape_configs")) {
		path := fmt.Sprintf("scrape_configs[%d]", i)
		var c promconfig.ScrapeConfig
		if n.Decode(&c) != nil {
			continue
		}
		if err := c.Validate(j.global); err != nil {
			rules := rulesOf(file, n, path, "relabel_configs", c.MetricNameValidationScheme)
			rules = append(rules, rulesOf(file, n, path, "metric_relabel_configs", c.MetricNameValidationScheme)...)
			if len(rules) == 0 {
				at, key := pointTo(n, path, err.Error())
				text := strings.TrimPrefix(plainText(err), strings.TrimPrefix(key, path+".")+": ")
				rules = []Problem{{File: file, Line: at.Line, Key: key, Text: text}}
			}
			problems = append(problems, rules...)
		}
		name := child(n, "job_name")
		if name == nil {
			continue
		}
		if first, twice := j.jobs[c.JobName]; twice {
			problems = append(problems, Problem{
				File: file, Line: name.Line, Key: joinKey(path, "job_name"),
				Text: fmt.Sprintf("the job name %q is taken in %s", c.JobName, first.from(file)),
				Hint: "every job needs a name of its own",
			})
			if first == (place{file, name.Line}) {
				p := &problems[len(problems)-1]
				p.Text, p.Hint = fmt.Sprintf("the job %q is drawn in twice", c.JobName), "let one pattern of scrape_config_files match the file"
			}
			continue
		}
		j.jobs[c.JobName] = place{file, name.Line}
	}
	return problems
}

func (p place) from(file string) string {
	if p.file == file {
		return fmt.Sprintf("line %d", p.line)
	}
	return fmt.Sprintf("%s:%d", p.file, p.line)
}

// rulesOf has the problems of a list of relabelling rules that only show when the
// scheme for label names is known.
func rulesOf(file string, parent *yamlnode.Node, path, key string, scheme model.ValidationScheme) []Problem {
	var problems []Problem
	for i, n := range items(child(parent, key)) {
		var c relabel.Config
		if n.Decode(&c) != nil {
			continue
		}
		if err := c.Validate(scheme); err != nil {
			at, where := pointTo(n, fmt.Sprintf("%s.%s[%d]", path, key, i), err.Error())
			problems = append(problems, Problem{File: file, Line: at.Line, Key: where, Text: plainText(err)})
		}
	}
	return problems
}

// child is the value of a key of a mapping, also one that a merge brings in; nil
// where there is none.
func child(n *yamlnode.Node, key string) *yamlnode.Node {
	n = resolve(n)
	if n == nil || n.Kind != yamlnode.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return resolve(n.Content[i+1])
		}
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Tag != "!!merge" {
			continue
		}
		for _, m := range merged(n.Content[i+1]) {
			if v := child(m, key); v != nil {
				return v
			}
		}
	}
	return nil
}

// items are the elements of a list.
func items(n *yamlnode.Node) []*yamlnode.Node {
	n = resolve(n)
	if n == nil || n.Kind != yamlnode.SequenceNode {
		return nil
	}
	all := make([]*yamlnode.Node, len(n.Content))
	for i, item := range n.Content {
		all[i] = resolve(item)
	}
	return all
}

// resolve is the node that an alias stands for.
func resolve(n *yamlnode.Node) *yamlnode.Node {
	for n != nil && n.Kind == yamlnode.AliasNode {
		n = n.Alias
	}
	return n
}
