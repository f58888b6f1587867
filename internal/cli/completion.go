package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/alecthomas/kingpin/v2"
)

// fishCompletion asks the program for candidates, as kingpin's scripts for the
// other shells do, and lets fish complete file names where there are none.
const fishCompletion = `function __monopod_complete
    set -l words (commandline -opc)
    set -e words[1]
    set -l current (commandline -ct)
    monopod --completion-bash $words "$current"
end
complete -c monopod -a '(__monopod_complete)'
`

func (p *program) addCompletion() {
	c := p.app.Command("completion", "Print a script that completes commands and flags in a shell.")
	c.HelpLong(`  source <(monopod completion bash)
  monopod completion zsh > "${fpath[1]}/_monopod"
  monopod completion fish > ~/.config/fish/completions/monopod.fish`)
	shell := c.Arg("shell", "bash, zsh or fish.").Required().HintOptions("bash", "zsh", "fish").Enum("bash", "zsh", "fish")
	p.on(c, func(context.Context) error {
		template := kingpin.BashCompletionTemplate
		switch *shell {
		case "fish":
			_, err := fmt.Fprint(p.Out, fishCompletion)
			return err
		case "zsh":
			template = kingpin.ZshCompletionTemplate
		}
		words, err := p.app.ParseContext(nil)
		if err != nil {
			return fmt.Errorf("writing the completion script for %s: %w", *shell, err)
		}
		return p.app.UsageForContextWithTemplate(words, 2, template)
	})
}

// completeCommand prints the commands that a word may become. kingpin, which
// completes everything else, takes the word for one of the default command's.
func (p *program) completeCommand(word string) {
	for _, c := range p.app.Model().Commands {
		if strings.HasPrefix(c.Name, word) && !c.Hidden {
			fmt.Fprintln(p.Out, c.Name)
		}
	}
}
