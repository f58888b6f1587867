package config

import (
	"os"
	"path/filepath"
	"strings"

	commonconfig "github.com/prometheus/common/config"
	yamlnode "go.yaml.in/yaml/v3"
)

// places finds the line of a configuration that names a file.
type places []document

type document struct {
	file string
	top  *yamlnode.Node
}

// newPlaces looks in the main file and in those of scrape_config_files.
func newPlaces(l *Loaded) places {
	var ps places
	add := func(file, text string) {
		if top, _ := parseNodes(file, text); top != nil {
			ps = append(ps, document{file, top})
		}
	}
	add(l.Path, l.Text)
	for _, pattern := range l.Config.ScrapeConfigFiles {
		files, _ := filepath.Glob(pattern) // Load refused bad patterns
		for _, f := range files {
			if text, err := os.ReadFile(f); err == nil {
				add(f, string(text))
			}
		}
	}
	return ps
}

func (ps places) notice(f File, text string) Notice {
	n := Notice{Key: f.Key, Text: text}
	n.File, n.Line, n.Key = ps.find(f)
	return n
}

func (ps places) problem(f File, text string) Problem {
	p := Problem{Key: f.Key, Text: text}
	p.File, p.Line, p.Key = ps.find(f)
	return p
}

// find is where the file is named. Where that cannot be told, it is the main file
// and the key alone.
func (ps places) find(f File) (file string, line int, key string) {
	for _, d := range ps {
		dir := ""
		if d.file != "" {
			dir = filepath.Dir(d.file)
		}
		var at *yamlnode.Node
		var path string
		eachScalar(d.top, "", 0, func(n *yamlnode.Node, key string) bool {
			name := indexes.ReplaceAllString(key[strings.LastIndexByte(key, '.')+1:], "")
			// Prometheus moves bearer_token_file to authorization.credentials_file.
			named := name == f.Key || f.Key == "credentials_file" && name == "bearer_token_file"
			if !named || commonconfig.JoinDir(dir, n.Value) != f.Path {
				return true
			}
			at, path = n, key
			return false
		})
		if at != nil {
			return d.file, at.Line, path
		}
	}
	if len(ps) > 0 {
		file = ps[0].file
	}
	return file, 0, f.Key
}

func isPattern(path string) bool { return strings.ContainsAny(path, `*?[`) }
