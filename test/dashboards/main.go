// Command dashboards plays the targets that a folder of dashboards was made
// for: it reads their queries and serves every metric that they name, with the
// labels that they select, group and join by, in values that move as their kind
// does. It says which files it read and serves until it is ended.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "address to serve on")
	out := flag.String("out", "", "directory that gets each dashboard as a file of its own")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *listen, *out, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "dashboards:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, listen, out string, roots []string) error {
	files, err := read(roots)
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return errors.New("found no dashboard; name folders with *.json, or ConfigMaps with such keys")
	}
	w := wanted{}
	for _, f := range files {
		for _, q := range queries(f.JSON) {
			if err := w.add(q); err != nil {
				fmt.Printf("%s: %v\n", f.Name, err)
			}
		}
	}
	if out != "" {
		if err := write(out, files); err != nil {
			return err
		}
	}
	series := w.series()
	listener, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	began := time.Now()
	server := &http.Server{ReadHeaderTimeout: 5 * time.Second, Handler: http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "text/plain; version=0.0.4")
		rw.Write(expose(series, time.Since(began).Seconds()+100)) //nolint:errcheck // whoever asked is gone
	})}
	fmt.Printf("%d dashboards, %d metrics, %d series on http://%s/metrics\n", len(files), len(w), len(series), listener.Addr())
	go func() {
		<-ctx.Done()
		server.Close()
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
