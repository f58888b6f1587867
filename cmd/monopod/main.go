// Command monopod is the whole Prometheus and Grafana stack in one program.
package main

import (
	"context"
	"os"

	"monopod/internal/cli"
)

func main() {
	os.Exit(cli.Main(context.Background(), os.Args[1:], cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}))
}
