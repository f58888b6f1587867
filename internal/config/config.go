// Package config loads and checks prometheus.yml, and swaps it while the program runs.
//
//   - A configuration is one main file and the files that it draws in: those of
//     scrape_config_files and of rule_files.
//   - A job is an entry of scrape_configs, in the main file or in a drawn-in one.
//   - A problem is one fault of a configuration with its file, line and key.
//   - A notice is a part of a configuration that is in order but that the program
//     does not act on, or that will probably not do what was meant.
//   - An applier makes one component of the program follow a configuration.
//   - The last good configuration is the one that all appliers took last.
//
// Whether a configuration is valid is decided by Prometheus's config package alone.
// What this package adds is the place of each fault: it walks the YAML of a refused
// file beside the Go types that it should have become, and decodes ever smaller
// parts until it has the smallest that fails.
//
// The kinds of service discovery are those that the program imports (package
// discovery).
package config

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"

	promconfig "github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/promql/parser"
)

// Options of Load, Parse and Check.
type Options struct {
	Logger *slog.Logger
	// Supports names the sections, of those in Sections, that the program acts on.
	// The others are accepted and come back as notices.
	Supports []string
	// Parser reads the expressions of rule files; where nil, one without
	// experimental features.
	Parser parser.Parser
}

// Loaded is a valid configuration. It is never changed after it was made.
type Loaded struct {
	// Path of the main file; empty where there is none.
	Path string
	// Text of the main file, as it was read.
	Text string
	// Config as Prometheus reads it: environment variables in external labels
	// replaced, relative paths joined with the directory of the file.
	Config *promconfig.Config
	// Jobs of the main file and of scrape_config_files, in this order, with the
	// values that they take over from the global section.
	Jobs []*promconfig.ScrapeConfig
	// Files that the configuration depends on, the main file first.
	Files []File
	// Ignored are the sections that the program does not act on.
	Ignored []Notice
	// Warnings are parts that will probably not do what was meant.
	Warnings []Notice
}

// Redacted is the configuration with all defaults, as YAML, secrets replaced by
// "<secret>". It is what may be shown.
func (l *Loaded) Redacted() string { return l.Config.String() }

// Load reads and checks the configuration at path. The error is an *Error, which
// has every problem that was found.
func Load(path string, o Options) (*Loaded, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, &Error{Problems: []Problem{readProblem(path, err)}}
	}
	return parse(path, string(text), o)
}

// Parse is Load for a configuration without a file. Relative paths are relative to
// the working directory.
func Parse(text string, o Options) (*Loaded, error) { return parse("", text, o) }

func parse(path, text string, o Options) (*Loaded, error) {
	cfg, err := promconfig.Load(text, o.logger())
	if err != nil {
		return nil, &Error{Problems: explainMain(path, text, err)}
	}
	if path != "" {
		cfg.SetDirectory(filepath.Dir(path))
	}
	jobs, err := cfg.GetScrapeConfigs()
	if err != nil {
		return nil, &Error{Problems: explainDrawnIn(path, text, cfg, err)}
	}
	l := &Loaded{Path: path, Text: text, Config: cfg, Jobs: jobs}
	l.Files = dependencies(l)
	if o.supports("rule_files") {
		if problems := ruleProblems(l, o); len(problems) > 0 {
			return nil, &Error{Problems: problems}
		}
	}
	l.Ignored = ignored(path, text, o)
	l.Warnings = warnings(l, o)
	return l, nil
}

func (o Options) logger() *slog.Logger {
	if o.Logger == nil {
		return slog.New(slog.DiscardHandler)
	}
	return o.Logger
}

func (o Options) parser() parser.Parser {
	if o.Parser == nil {
		return parser.NewParser(parser.Options{})
	}
	return o.Parser
}

func (o Options) supports(section string) bool {
	return slices.Contains(o.Supports, section)
}

// DefaultJob is a job of the configuration that is used where the user gave none.
type DefaultJob struct {
	Name        string
	Address     string // host:port
	Scheme      string // "http" where empty
	MetricsPath string // "/metrics" where empty
	Labels      map[string]string
}

// Default is the configuration for a program that was given none: these jobs,
// scraped every five seconds.
func Default(o Options, jobs ...DefaultJob) (*Loaded, error) {
	text, err := defaultText(jobs)
	if err != nil {
		return nil, fmt.Errorf("make the default configuration: %w", err)
	}
	return Parse(text, o)
}
