package cli

import (
	"context"

	"github.com/alecthomas/kingpin/v2"
)

func (p *program) addCheckConfig(parent *kingpin.CmdClause) {
	c := parent.Command("config", "Check prometheus.yml files and what they name.")
	p.on(c, func(context.Context) error { return nil })
}
