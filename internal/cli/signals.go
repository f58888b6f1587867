package cli

import (
	"context"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
)

// signals translates the process's signals until stop is called: SIGTERM and
// SIGINT end the returned context, and a second one ends the process at once
// through exit; each SIGHUP is a value of reload. SIGHUPs that come while one
// waits are one.
func signals(ctx context.Context, logger *slog.Logger, exit func(int)) (_ context.Context, reload <-chan struct{}, stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	got := make(chan os.Signal, 4)
	signal.Notify(got, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)
	hangups := make(chan struct{}, 1)
	stopped, done := make(chan struct{}), make(chan struct{})

	go func() {
		defer close(done)
		ending := false
		for {
			select {
			case <-stopped:
				return
			case s := <-got:
				switch {
				case s == syscall.SIGHUP:
					select {
					case hangups <- struct{}{}:
					default:
					}
				case ending:
					logger.Warn("Received a second signal, ending at once", "signal", s.String())
					exit(ExitSignals)
				default:
					logger.Warn("Received a signal, ending in order", "signal", s.String())
					ending = true
					cancel()
				}
			}
		}
	}()
	return ctx, hangups, func() {
		signal.Stop(got)
		close(stopped)
		<-done
		cancel()
	}
}
