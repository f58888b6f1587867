package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	yamlnode "go.yaml.in/yaml/v3"
)

// Sections are the parts of a configuration that a program may act on or not, by the
// path of their keys. scrape_configs[].X stands for X in any job.
func Sections() []string {
	return []string{
		"global.query_log_file",
		"global.scrape_failure_log_file",
		"runtime",
		"alerting",
		"rule_files",
		"scrape_configs[].scrape_failure_log_file",
		"storage.tsdb.out_of_order_time_window",
		"storage.tsdb.stale_series_compaction_threshold",
		"storage.tsdb.chunk_encoding",
		"storage.tsdb.retention",
		"storage.exemplars",
		"tracing",
		"remote_write",
		"remote_read",
		"otlp",
	}
}

// ignored has a notice for each section that stands in the text and that the program
// does not act on.
func ignored(file, text string, o Options) []Notice {
	doc, _ := parseNodes(file, text)
	if doc == nil {
		return nil
	}
	var notices []Notice
	for _, section := range Sections() {
		if o.supports(section) {
			continue
		}
		for _, at := range sectionKeys(doc, section) {
			notices = append(notices, Notice{
				File: file, Line: at.Line, Key: section,
				Text: "accepted, and not acted on by this version of Monopod",
			})
			break
		}
	}
	return notices
}

// sectionKeys are the key nodes of a section in the document.
func sectionKeys(n *yamlnode.Node, section string) []*yamlnode.Node {
	head, rest, nested := strings.Cut(section, ".")
	name, list := strings.CutSuffix(head, "[]")
	n = resolve(n)
	if n == nil || n.Kind != yamlnode.MappingNode {
		return nil
	}
	var found []*yamlnode.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		switch {
		case k.Value != name || isNull(v):
		case !nested:
			found = append(found, k)
		case list:
			for _, item := range items(v) {
				found = append(found, sectionKeys(item, rest)...)
			}
		default:
			found = append(found, sectionKeys(v, rest)...)
		}
	}
	return found
}

// warnings are the files that the configuration names and that are not there.
// Prometheus starts without them, and so do we.
func warnings(l *Loaded, o Options) []Notice {
	var notices []Notice
	at := newPlaces(l)
	for _, f := range l.Files {
		switch {
		case f.Role == RoleMain, f.Role == RoleRules && !o.supports("rule_files"):
		case f.Role == RoleCredential:
			if _, err := os.Stat(f.Path); err != nil {
				notices = append(notices, at.notice(f, fmt.Sprintf("the file %q cannot be read; what needs it fails until it can", f.Path)))
			}
		default:
			if found, err := filepath.Glob(f.Path); err == nil && len(found) == 0 {
				notices = append(notices, at.notice(f, fmt.Sprintf("no file matches %q; it is used as soon as one is there", f.Path)))
			}
		}
	}
	return notices
}
