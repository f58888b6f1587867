package cli

import (
	"context"
	"encoding/json"
	"fmt"
)

func (p *program) addVersion() {
	c := p.app.Command("version", "Show which build this is.")
	c.HelpLong(`  monopod version
  monopod version -o json`)
	format := c.Flag("format", "Output format: text, json.").Short('o').Default("text").Enum("text", "json")
	p.on(c, func(context.Context) error {
		if *format == "json" {
			return json.NewEncoder(p.Out).Encode(p.build)
		}
		_, err := fmt.Fprintln(p.Out, p.build)
		return err
	})
}
