// Package process starts the servers that a test needs and ends them by their
// process id.
package process

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Process is a server that listens on a loopback address.
type Process struct {
	Name    string
	Address string // host:port
	Log     string // file with what it printed

	cmd  *exec.Cmd
	done chan struct{}
	err  error
}

// FreeAddress returns a loopback address that nobody listened on a moment ago.
func FreeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// Start runs a program that will listen on address; its output goes to a file in dir.
func Start(dir, name, address, program string, args ...string) (*Process, error) {
	log, err := os.OpenFile(filepath.Join(dir, name+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	p := &Process{Name: name, Address: address, Log: log.Name(), done: make(chan struct{})}
	p.cmd = exec.Command(program, args...)
	p.cmd.Stdout, p.cmd.Stderr = log, log
	// A test that is killed takes its servers with it.
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.done)
	}()
	return p, nil
}

// URL is the root of the server.
func (p *Process) URL() string { return "http://" + p.Address }

// PID is the process id.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Exited is closed when the process is gone.
func (p *Process) Exited() <-chan struct{} { return p.done }

// WaitReady waits until path answers 200.
func (p *Process) WaitReady(ctx context.Context, path string) error {
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.URL()+path, nil)
		if err != nil {
			return err
		}
		if res, err := http.DefaultClient.Do(req); err == nil {
			_, _ = io.Copy(io.Discard, res.Body)
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-p.done:
			return fmt.Errorf("%s ended before it was ready (%v); its last lines:\n%s", p.Name, p.err, p.Tail(20))
		case <-ctx.Done():
			return fmt.Errorf("%s was not ready in time: %w; its last lines:\n%s", p.Name, ctx.Err(), p.Tail(20))
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Tail is the last lines of the log.
func (p *Process) Tail(lines int) string {
	b, err := os.ReadFile(p.Log)
	if err != nil {
		return err.Error()
	}
	all := strings.Split(strings.TrimRight(string(b), "\n"), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}

// Kill ends the process at once, as a power switch does.
func (p *Process) Kill() {
	_ = p.cmd.Process.Signal(syscall.SIGKILL)
	<-p.done
}

// Stop asks the process to end, and returns what it exited with.
func (p *Process) Stop(within time.Duration) error {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.done:
		return p.err
	case <-time.After(within):
		p.Kill()
		return fmt.Errorf("%s did not end within %v of SIGTERM; its last lines:\n%s", p.Name, within, p.Tail(20))
	}
}

// All stops many processes, the last one first.
type All struct {
	mu struct {
		sync.Mutex
		list []*Process
	}
}

// Add remembers a process.
func (a *All) Add(p *Process) *Process {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.mu.list = append(a.mu.list, p)
	return p
}

// Stop ends them all.
func (a *All) Stop() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for i := len(a.mu.list) - 1; i >= 0; i-- {
		_ = a.mu.list[i].Stop(10 * time.Second)
	}
	a.mu.list = nil
}
