package cli

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/alecthomas/kingpin/v2"
	"github.com/prometheus/exporter-toolkit/web"
)

func (p *program) addCheck() {
	c := p.app.Command("check", "Check files, metrics or a running server.")
	p.addCheckConfig(c)
	p.addCheckMetrics(c)
	p.addCheckWebConfig(c)
	p.addCheckServer(c, "healthy", "/-/healthy", "Check that a server answers.")
	p.addCheckServer(c, "ready", "/-/ready", "Check that a server is ready to be queried.")
}

func (p *program) addCheckWebConfig(parent *kingpin.CmdClause) {
	c := parent.Command("web-config", "Check files for --web.config.file, the certificates that they name included.")
	c.HelpLong(`  monopod check web-config web.config.yml`)
	files := c.Arg("file", "File to check.").Required().Strings()
	p.on(c, func(context.Context) error {
		code := ExitOK
		for _, file := range *files {
			err := readable(file)
			if err == nil {
				err = web.Validate(file)
			}
			if err != nil {
				fmt.Fprintf(p.Err, "%s FAILED: %v\n", file, err)
				code = ExitFailed
				continue
			}
			fmt.Fprintf(p.Out, "%s SUCCESS\n", file)
		}
		if code != ExitOK {
			return reported(code)
		}
		return nil
	})
}

func (p *program) addCheckServer(parent *kingpin.CmdClause, name, path, help string) {
	s := &server{}
	c := parent.Command(name, help)
	c.HelpLong(fmt.Sprintf("  monopod check %s --url=http://localhost:9090", name))
	c.Flag("url", "URL of the server.").Default("http://localhost:9090").StringVar(&s.url)
	s.declareHTTPConfig(c)
	p.on(c, func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
		defer cancel()
		status, body, err := s.get(ctx, p.build.UserAgent(), path)
		if err != nil {
			return fmt.Errorf("check %s: %w", name, err)
		}
		text := strings.TrimSpace(string(body))
		if status != http.StatusOK {
			return fmt.Errorf("check %s: %s answers %d: %s", name, s.url, status, text)
		}
		_, err = fmt.Fprintln(p.Out, "SUCCESS:", text)
		return err
	})
}
