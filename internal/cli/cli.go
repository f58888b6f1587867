// Package cli is the command line of Monopod: it turns arguments into the
// options of the layers below, and outcomes into exit codes.
//
// A command is one subcommand (serve, check config, query range, …) and stands
// in a file of its own. It declares its flags on a kingpin clause and gives a
// run function; nothing outside this package reads a flag or the environment.
//
// The server's flags are Prometheus's, by name. An effective flag changes what
// Monopod does; an accepted flag is checked like its original and then only
// named in the log; a removed flag is one that older versions of Prometheus
// had, and is answered with what replaced it.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kingpin/v2"

	"monopod/internal/buildinfo"
)

// Exit codes.
const (
	ExitOK      = 0 // done, or ended by SIGTERM, SIGINT or /-/quit
	ExitFailed  = 1 // what was asked for did not work
	ExitUsage   = 2 // the command line is wrong
	ExitLint    = 3 // valid, and the lint has something to say
	ExitDamaged = 3 // tsdb check, tsdb repair --dry-run: something is damaged
	ExitSignals = 130
)

var exitCodes = []struct {
	code    int
	meaning string
}{
	{ExitOK, "success; for the server: it ended in order"},
	{ExitFailed, "failure: the server cannot start, a check or a query failed"},
	{ExitUsage, "the command line is wrong"},
	{ExitLint, "check: everything is valid, and the lint found something; tsdb check, tsdb repair --dry-run: something is damaged"},
	{ExitSignals, "ended by a signal: the server was told twice and did not wait, or an import, export or repair was interrupted"},
}

// Streams are the standard streams of the process.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// Main runs the command line and returns the exit code.
func Main(ctx context.Context, args []string, s Streams) (code int) {
	p := newProgram(s)
	// kingpin prints help and version in the middle of parsing and then ends the
	// process; to return from here instead, its end is a panic of this type.
	type ended struct{ code int }
	p.app.Terminate(func(code int) { panic(ended{code}) })
	defer func() {
		switch r := recover().(type) {
		case nil:
		case ended:
			code = r.code
		default:
			panic(r)
		}
	}()

	if len(args) > 0 && args[0] == "help" {
		// kingpin's help command does not explain the words that it does not know.
		if _, err := p.app.ParseContext(args[1:]); err != nil {
			return p.fail(p.explain(args[1:], err))
		}
	}
	if len(args) == 2 && args[0] == "--completion-bash" && !strings.HasPrefix(args[1], "-") {
		p.completeCommand(args[1])
		return ExitOK
	}
	command, err := p.app.Parse(args)
	if err != nil {
		return p.fail(p.explain(args, err))
	}
	if err := p.runs[command](ctx); err != nil {
		return p.fail(err)
	}
	return ExitOK
}

// program is the command line: its commands and where they write.
type program struct {
	Streams
	app   *kingpin.Application
	build buildinfo.Info
	runs  map[string]func(context.Context) error // by the command's full name

	serveFlags *serveFlags
}

func newProgram(s Streams) *program {
	p := &program{
		Streams: s,
		app:     kingpin.New("monopod", description),
		build:   buildinfo.Read(),
		runs:    map[string]func(context.Context) error{},
	}
	p.app.UsageWriter(s.Out).ErrorWriter(s.Err).UsageTemplate(usageTemplate).UsageFuncs(usageFuncs)
	p.app.Version(p.build.String())
	p.app.HelpFlag.Short('h').Help("Show help.")

	p.addServe()
	p.addCheck()
	p.addQuery()
	p.addTSDB()
	p.addImport()
	p.addExport()
	p.addDashboards()
	p.addUsers()
	p.addVersion()
	p.addCompletion()
	return p
}

// on makes a command do something.
func (p *program) on(c *kingpin.CmdClause, run func(context.Context) error) {
	p.runs[c.FullCommand()] = run
}

// exitError is an error that asks for an exit code of its own.
type exitError struct {
	code int
	err  error // nil: what there is to say was printed already
}

func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit code %d", e.code)
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

func usagef(format string, args ...any) error {
	return &exitError{ExitUsage, fmt.Errorf(format, args...)}
}

// reported ends the program with a code after a command has said everything.
func reported(code int) error { return &exitError{code: code} }

func (p *program) fail(err error) int {
	code := ExitFailed
	var e *exitError
	if errors.As(err, &e) {
		code = e.code
		if e.err == nil {
			return code
		}
	}
	fmt.Fprintf(p.Err, "monopod: error: %v\n", err)
	return code
}
