package cli

import (
	"fmt"
	"strings"
	"text/template"
)

const description = "Monopod scrapes, stores, queries and draws metrics: Prometheus and Grafana in one program."

// usageFuncs are what usageTemplate needs beyond kingpin's own.
var usageFuncs = template.FuncMap{
	"ExitCodes": func() string {
		var b strings.Builder
		for _, e := range exitCodes {
			fmt.Fprintf(&b, "  %3d  %s\n", e.code, e.meaning)
		}
		return b.String()
	},
}

// Examples stand in a command's long help, which kingpin itself does not show.
const usageTemplate = `{{define "Line" -}}
{{if .FlagSummary}} {{.FlagSummary}}{{end -}}
{{range .Args}}{{if not .Hidden}} {{if not .Required}}[{{end}}{{if .PlaceHolder}}{{.PlaceHolder}}{{else}}<{{.Name}}>{{end}}{{if .Value|IsCumulative}}...{{end}}{{if not .Required}}]{{end}}{{end}}{{end -}}
{{end -}}

{{define "Commands" -}}
{{range .FlattenedCommands -}}
{{if not .Hidden}}  {{.FullCommand}}{{template "Line" .}}
{{.Help|Wrap 6 -}}
{{end -}}
{{end -}}
{{end -}}

{{with .Context.SelectedCommand -}}
usage: {{$.App.Name}} {{.FullCommand}}{{template "Line" .}}{{if .Commands}} <command> [<args>...]{{end}}

{{.Help|Wrap 0 -}}
{{if .HelpLong}}
Examples:
{{.HelpLong}}
{{end -}}
{{else -}}
usage: {{.App.Name}} [<command>] [<flags>] [<args>...]

{{.App.Help|Wrap 0}}
Without a command it serves. Without --config.file it monitors this machine and itself.

Examples:
  monopod
  monopod --config.file=prometheus.yml --web.listen-address=:9090
  monopod check config prometheus.yml
  monopod query instant http://localhost:9090 'up == 0'
{{end}}
{{if .Context.Args -}}
Arguments:
{{.Context.Args|ArgsToTwoColumns|FormatTwoColumns}}
{{end -}}
{{if .Context.Flags -}}
Flags:
{{.Context.Flags|FlagsToTwoColumns|FormatTwoColumns}}
{{end -}}
{{with .Context.SelectedCommand -}}
{{if .Commands -}}
Commands:
{{template "Commands" .}}
{{end -}}
{{else -}}
Commands (monopod help <command> tells more; serve has the server's flags):
{{template "Commands" .App}}
{{end -}}
Exit codes:
{{ExitCodes -}}
`
