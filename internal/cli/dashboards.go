package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"monopod/internal/dashboard"
)

func (p *program) addDashboards() {
	parent := p.app.Command("dashboards", "Look at files of Grafana dashboards.")
	c := parent.Command("check", "Tell of each panel whether Monopod draws it exactly, approximately or not at all, and why.")
	c.HelpLong(`  monopod dashboards check dashboard.json
  monopod dashboards check /var/lib/grafana/dashboards configmap.yaml

Directories are searched for *.json, *.yaml and *.yml; of YAML, ConfigMaps with dashboards are read.
The exit code is 3 where a panel is not drawn, and 1 where a file is no dashboard.`)
	files := c.Arg("file", "Dashboard or ConfigMap, or a directory of them.").Required().Strings()
	all := c.Flag("all", "Name the exact panels, too.").Bool()
	p.on(c, func(context.Context) error { return p.checkDashboards(*files, *all) })
}

// dashboardCount counts what was found.
type dashboardCount struct {
	dashboards, failed int
	panels             map[dashboard.Level]int
}

func (p *program) checkDashboards(paths []string, all bool) error {
	total := dashboardCount{panels: map[dashboard.Level]int{}}
	for _, path := range paths {
		files, err := dashboardFiles(path)
		if err != nil {
			return err
		}
		if len(files) == 0 {
			return fmt.Errorf("check dashboards: %s has no *.json, *.yaml or *.yml", path)
		}
		for _, file := range files {
			named := file == path
			sources, err := dashboardSources(file)
			if err == nil && len(sources) == 0 && named {
				err = errors.New("it has no dashboard")
			}
			if err != nil {
				fmt.Fprintf(p.Err, "%s FAILED: %v\n", file, err)
				total.failed++
			}
			for _, s := range sources {
				p.checkDashboard(s, all, &total)
			}
		}
	}
	sum := 0
	for _, n := range total.panels {
		sum += n
	}
	fmt.Fprintf(p.Out, "%s, %s: %d exact, %d approximate, %d unsupported\n", count(total.dashboards, "dashboard"), count(sum, "panel"),
		total.panels[dashboard.Exact], total.panels[dashboard.Approximate], total.panels[dashboard.Unsupported])
	switch {
	case total.failed > 0:
		return reported(ExitFailed)
	case total.panels[dashboard.Unsupported] > 0:
		return reported(ExitLint)
	}
	return nil
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func (p *program) checkDashboard(s dashboardSource, all bool, total *dashboardCount) {
	m, err := dashboard.Migrate(s.text)
	if err != nil {
		fmt.Fprintf(p.Err, "%s FAILED: %v\n", s.name, err)
		total.failed++
		return
	}
	total.dashboards++
	fmt.Fprintf(p.Out, "%s: %q, schema version %d, %s\n", s.name, m.Title, m.SchemaVersion, count(len(m.Verdicts), "panel"))
	for _, in := range m.Inputs {
		fmt.Fprintf(p.Out, "  needs %s (%s) at its import\n", in.Name, in.Label)
	}
	for _, v := range m.Verdicts {
		total.panels[v.Level]++
		if v.Level == dashboard.Exact && !all {
			continue
		}
		fmt.Fprintf(p.Out, "  %-11s %d %q (%s)", v.Level, v.PanelID, v.Title, v.Type)
		if len(v.Reasons) > 0 {
			fmt.Fprintf(p.Out, ": %s", strings.Join(v.Reasons, "; "))
		}
		fmt.Fprintln(p.Out)
	}
}

// dashboardFiles are the path itself, or what a directory has, sorted. The
// directories that a ConfigMap mount makes for its versions are left out: their
// files stand beside them as links.
func dashboardFiles(path string) ([]string, error) {
	var files []string
	err := filepath.WalkDir(path, func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case file == path && !d.IsDir():
			files = append(files, file)
		case d.IsDir() && file != path && strings.HasPrefix(d.Name(), ".."):
			return filepath.SkipDir
		case !d.IsDir() && slices.Contains([]string{".json", ".yaml", ".yml"}, strings.ToLower(filepath.Ext(file))):
			files = append(files, file)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("check dashboards: %w", err)
	}
	return files, nil
}

type dashboardSource struct {
	name string
	text []byte
}

// dashboardSources reads the dashboards of a file.
func dashboardSources(file string) ([]dashboardSource, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	if ext := strings.ToLower(filepath.Ext(file)); ext != ".yaml" && ext != ".yml" {
		return []dashboardSource{{file, text}}, nil
	}
	var out []dashboardSource
	documents := yaml.NewDecoder(bytes.NewReader(text))
	for {
		var object struct {
			Kind     string            `yaml:"kind"`
			Metadata map[string]any    `yaml:"metadata"`
			Data     map[string]string `yaml:"data"`
		}
		err := documents.Decode(&object)
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if mismatch := (*yaml.TypeError)(nil); errors.As(err, &mismatch) {
			continue // another kind of object
		}
		if err != nil {
			return out, err
		}
		for key, value := range object.Data {
			if object.Kind == "ConfigMap" && strings.HasSuffix(key, ".json") {
				out = append(out, dashboardSource{fmt.Sprintf("%s (ConfigMap %v, %s)", file, object.Metadata["name"], key), []byte(value)})
			}
		}
		slices.SortFunc(out, func(a, b dashboardSource) int { return strings.Compare(a.name, b.name) })
	}
}
