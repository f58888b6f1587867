// Command gendocs writes the references that follow from the code:
//
//	go run ./tools/gendocs          # write them
//	go run ./tools/gendocs -check   # fail where one is not as it would be written
//
// It runs in the root of the project.
package main

import (
	"flag"
	"fmt"
	"os"

	"monopod/internal/app"
	"monopod/internal/cli"
)

var references = []struct {
	path  string
	write func() string
}{
	{"docs/reference/flags.md", cli.FlagsReference},
	{"docs/reference/cli.md", cli.CommandReference},
	{"docs/reference/grafana-api.md", app.APIReference},
}

func main() {
	check := flag.Bool("check", false, "compare, do not write")
	flag.Parse()
	if err := run(*check); err != nil {
		fmt.Fprintln(os.Stderr, "gendocs:", err)
		os.Exit(1)
	}
}

func run(check bool) error {
	if _, err := os.Stat("go.mod"); err != nil {
		return fmt.Errorf("run it in the root of the project: %w", err)
	}
	for _, r := range references {
		want := r.write()
		if !check {
			if err := os.WriteFile(r.path, []byte(want), 0o644); err != nil {
				return fmt.Errorf("writing a reference: %w", err)
			}
			continue
		}
		got, err := os.ReadFile(r.path)
		if err != nil {
			return fmt.Errorf("reading a reference: %w", err)
		}
		if string(got) != want {
			return fmt.Errorf("%s is not what the code says: run go run ./tools/gendocs and commit it", r.path)
		}
	}
	return nil
}
