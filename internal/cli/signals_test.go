package cli

import (
	"log/slog"
	"syscall"
	"testing"
	"time"
)

const patience = 10 * time.Second

func raise(t *testing.T, s syscall.Signal) {
	t.Helper()
	if err := syscall.Kill(syscall.Getpid(), s); err != nil {
		t.Fatal(err)
	}
}

func wait[T any](t *testing.T, what string, ch <-chan T) (v T) {
	t.Helper()
	select {
	case v = <-ch:
	case <-time.After(patience):
		t.Fatalf("no %s", what)
	}
	return v
}

func TestSignals(t *testing.T) {
	exits := make(chan int, 1)
	ctx, reload, stop := signals(t.Context(), slog.New(slog.DiscardHandler), func(code int) { exits <- code })
	defer stop()

	raise(t, syscall.SIGHUP)
	wait(t, "reload after SIGHUP", reload)
	raise(t, syscall.SIGHUP)
	wait(t, "second reload", reload)
	if ctx.Err() != nil {
		t.Fatal("SIGHUP ended the server")
	}

	raise(t, syscall.SIGTERM)
	wait(t, "end after SIGTERM", ctx.Done())
	raise(t, syscall.SIGINT)
	if code := wait(t, "exit after the second signal", exits); code != ExitSignals {
		t.Errorf("exit code %d, want %d", code, ExitSignals)
	}
}

func TestSignalsStop(t *testing.T) {
	ctx, _, stop := signals(t.Context(), slog.New(slog.DiscardHandler), func(int) { t.Error("exit without a signal") })
	stop()
	if ctx.Err() == nil {
		t.Error("the context goes on after stop")
	}
}
