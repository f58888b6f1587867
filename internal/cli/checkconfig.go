package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/alecthomas/kingpin/v2"
	"github.com/prometheus/prometheus/promql/parser"

	"monopod/internal/app"
	"monopod/internal/config"
)

// configCheck is how check config looks at files.
type configCheck struct {
	files      []string
	syntaxOnly bool
	lint       string
	lintFatal  bool
	lookback   duration
	features   []string
}

func (p *program) addCheckConfig(parent *kingpin.CmdClause) {
	k := &configCheck{}
	c := parent.Command("config", "Check prometheus.yml files, and the rule, target and credential files that they name.")
	c.HelpLong(`  monopod check config prometheus.yml
  monopod check config --lint=all --lint-fatal /etc/prometheus/*.yml`)
	c.Arg("file", "File to check.").Required().StringsVar(&k.files)
	c.Flag("syntax-only", "Leave out the files that the configuration names.").BoolVar(&k.syntaxOnly)
	c.Flag("lint", "Which lint to apply, separated by commas: all, none, "+strings.Join(configLints, ", ")+".").
		Default(lintDuplicateRules).StringVar(&k.lint)
	c.Flag("lint-fatal", "Exit with code 3 where the lint finds something.").BoolVar(&k.lintFatal)
	c.Flag("query.lookback-delta", "The server's: for "+lintLongInterval+".").Default("5m").SetValue(&k.lookback)
	c.Flag("enable-feature", "Features of the server that expressions of rules need; can be repeated.").
		PlaceHolder("NAME,…").StringsVar(&k.features)
	p.on(c, func(context.Context) error { return p.checkConfig(k) })
}

func (p *program) checkConfig(k *configCheck) error {
	lints, err := parseConfigLints(k.lint)
	if err != nil {
		return err
	}
	server := &serveFlags{features: k.features}
	on := server.parseFeatures()
	for _, name := range server.unknownFeatures {
		return usagef("--enable-feature=%s: no such feature: %s", name, server.featureHint(name))
	}
	o := config.CheckOptions{
		Options: config.Options{
			Supports: app.SupportedSections(),
			Parser: parser.NewParser(parser.Options{
				EnableExperimentalFunctions:  on["promql-experimental-functions"],
				ExperimentalDurationExpr:     true,
				EnableExtendedRangeSelectors: on["promql-extended-range-selectors"],
				EnableBinopFillModifiers:     on["promql-binop-fill-modifiers"],
			}),
		},
		SyntaxOnly: k.syntaxOnly,
	}
	failed, remarked := false, false
	for _, file := range k.files {
		report := config.Check(file, o)
		report.Write(p.Out, p.Err)
		if !report.OK() {
			failed = true
			continue
		}
		remarks, err := lintConfig(report, lints, o, time.Duration(k.lookback))
		if err != nil {
			return fmt.Errorf("linting %s: %w", file, err)
		}
		for _, r := range remarks {
			fmt.Fprintln(p.Err, "  LINT:", r)
		}
		remarked = remarked || len(remarks) > 0
	}
	switch {
	case failed:
		return reported(ExitFailed)
	case remarked && k.lintFatal:
		return reported(ExitLint)
	}
	return nil
}
