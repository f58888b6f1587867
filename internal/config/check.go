package config

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
)

// CheckOptions are the options of Check.
type CheckOptions struct {
	Options
	// SyntaxOnly leaves out the files that the configuration names, other than those
	// of scrape_config_files.
	SyntaxOnly bool
}

// Report is the outcome of a Check.
type Report struct {
	Path string
	// Problems of the configuration itself and of the files that it names, other
	// than rule files.
	Problems []Problem
	Warnings []Notice
	Ignored  []Notice
	// Rules has the rule files in the order of rule_files.
	Rules []RuleReport
}

// RuleReport is the outcome of checking one rule file.
type RuleReport struct {
	Path     string
	Count    int // of rules; meaningless where there are problems
	Problems []Problem
}

// Check reads the configuration at path and the files that it names, which Load
// leaves to those who use them: rule files, files of targets, credentials.
func Check(path string, o CheckOptions) *Report {
	r := &Report{Path: path}
	// Rule files are reported one by one below.
	o.Supports = slices.DeleteFunc(slices.Clone(o.Supports), func(s string) bool { return s == "rule_files" })
	l, err := Load(path, o.Options)
	if err != nil {
		r.Problems = problemsOf(path, err)
		return r
	}
	r.Ignored = slices.DeleteFunc(l.Ignored, func(n Notice) bool { return n.Key == "rule_files" })
	if o.SyntaxOnly {
		return r
	}
	files := newPlaces(l)
	for _, f := range l.Files {
		switch f.Role {
		case RoleRules:
			r.checkRules(l, f, files, o.Options)
		case RoleTargets:
			r.checkTargets(l, f, files)
		case RoleCredential:
			if _, err := os.Stat(f.Path); err != nil {
				p := readProblem(f.Path, err)
				r.Problems = append(r.Problems, files.problem(f, fmt.Sprintf("the file %q cannot be read: %s", f.Path, p.Text)))
			}
		}
	}
	return r
}

func (r *Report) checkRules(l *Loaded, f File, at places, o Options) {
	found, err := filepath.Glob(f.Path)
	if err != nil {
		r.Problems = append(r.Problems, at.problem(f, fmt.Sprintf("bad pattern %q: %v", f.Path, err)))
		return
	}
	if len(found) == 0 {
		if isPattern(f.Path) {
			r.Warnings = append(r.Warnings, at.notice(f, fmt.Sprintf("no file matches %q", f.Path)))
		} else {
			r.Problems = append(r.Problems, at.problem(f, fmt.Sprintf("%q does not point to an existing file", f.Path)))
		}
	}
	for _, file := range found {
		n, problems := checkRuleFile(file, l.Config, o)
		r.Rules = append(r.Rules, RuleReport{Path: file, Count: n, Problems: problems})
	}
}

func (r *Report) checkTargets(l *Loaded, f File, at places) {
	found, err := filepath.Glob(f.Path)
	if err != nil {
		r.Problems = append(r.Problems, at.problem(f, fmt.Sprintf("bad pattern %q: %v", f.Path, err)))
		return
	}
	if len(found) == 0 {
		r.Warnings = append(r.Warnings, at.notice(f, fmt.Sprintf("no file matches %q; it is used as soon as one is there", f.Path)))
	}
	for _, file := range found {
		r.Problems = append(r.Problems, targetProblems(file)...)
	}
}

// OK tells whether no problem was found.
func (r *Report) OK() bool {
	return len(r.Problems) == 0 && !slices.ContainsFunc(r.Rules, func(f RuleReport) bool { return len(f.Problems) > 0 })
}

// Write writes the report as promtool does: successes and notes to out, failures to
// errs.
func (r *Report) Write(out, errs io.Writer) {
	fmt.Fprintln(out, "Checking", r.Path)
	for _, n := range r.Warnings {
		fmt.Fprintln(out, "  WARNING:", n)
	}
	for _, n := range r.Ignored {
		fmt.Fprintln(out, "  NOTE:", n)
	}
	if len(r.Problems) > 0 {
		fail(errs, r.Problems)
	} else {
		if len(r.Rules) > 0 {
			fmt.Fprintf(out, "  SUCCESS: %d rule files found\n", len(r.Rules))
		}
		fmt.Fprintf(out, " SUCCESS: %s is valid prometheus config file syntax\n", r.Path)
	}
	fmt.Fprintln(out)
	for _, f := range r.Rules {
		fmt.Fprintln(out, "Checking", f.Path)
		if len(f.Problems) > 0 {
			fail(errs, f.Problems)
		} else {
			fmt.Fprintf(out, "  SUCCESS: %d rules found\n", f.Count)
		}
		fmt.Fprintln(out)
	}
}

func fail(w io.Writer, problems []Problem) {
	if len(problems) == 1 {
		fmt.Fprintln(w, "  FAILED:", problems[0])
		return
	}
	fmt.Fprintln(w, "  FAILED:")
	for _, p := range problems {
		fmt.Fprintln(w, "   ", p)
	}
}
