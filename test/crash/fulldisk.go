package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"monopod/test/process"
)

// fullDisk runs the program on a file system of 32 MiB, fills that, and makes room
// again: scrapes are refused and say why, queries are answered all the while,
// nothing stored is lost, and writing goes on by itself.
func fullDisk(ctx context.Context, monopod string, f *fleet) error {
	dir, err := os.MkdirTemp("", "monopod-full-")
	if err != nil {
		return err
	}
	mount := filepath.Join(dir, "small")
	if err := os.Mkdir(mount, 0o755); err != nil {
		return err
	}
	file := filepath.Join(dir, "prometheus.yml")
	if err := os.WriteFile(file, f.config(), 0o644); err != nil {
		return err
	}
	addr, err := process.FreeAddress()
	if err != nil {
		return err
	}
	// The small file system is in a mount namespace of the program's own, and ends with it.
	script := `mount -t tmpfs -o size=32m tmpfs "$1" && shift && exec "$@"`
	p, err := process.Start(dir, "monopod", addr, "unshare", "-rm", "sh", "-c", script, "sh", mount,
		monopod, "--config.file="+file, "--web.listen-address="+addr, "--storage.tsdb.path="+filepath.Join(mount, "data"))
	if err != nil {
		return err
	}
	defer p.Kill()
	ready, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	if err := p.WaitReady(ready, "/-/ready"); err != nil {
		return err
	}
	began := time.Now().Add(-time.Minute).UnixMilli()
	// samples reads everything, and holds it against the ledger.
	samples := func() (int, error) {
		to := time.Now().UnixMilli() + 1000
		r, err := read(ctx, p.URL(), began, to)
		if err != nil {
			return 0, err
		}
		for _, s := range f.all() {
			if err := s.check(r, began, to, false); err != nil {
				return 0, err
			}
		}
		return r.samples(), nil
	}
	until := func(what string, holds func() (bool, error)) error {
		for deadline := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
			ok, err := holds()
			if ok || err != nil {
				return err
			}
			if time.Now().After(deadline) {
				return fmt.Errorf("after a minute it is not so that %s; its last lines:\n%s", what, p.Tail(20))
			}
		}
	}
	if err := until("samples are stored", func() (bool, error) { n, err := samples(); return n > 2000, err }); err != nil {
		return err
	}
	before, err := samples()
	if err != nil {
		return err
	}
	filler := filepath.Join("/proc", fmt.Sprint(p.PID()), "root", mount, "filler")
	if err := fill(filler); err != nil {
		return err
	}
	if err := until("a target says that there is no space", func() (bool, error) {
		text, err := get(ctx, p.URL()+"/api/v1/targets")
		return strings.Contains(text, "space"), err
	}); err != nil {
		return err
	}
	full, err := samples()
	if err != nil {
		return fmt.Errorf("while the disk is full: %w", err)
	}
	if err := os.Remove(filler); err != nil {
		return err
	}
	if err := until("samples are stored again", func() (bool, error) { n, err := samples(); return n > full+1000, err }); err != nil {
		return err
	}
	fmt.Printf("full disk: %d samples before, refused with a reason, %d after there was room again\n", before, full)
	return os.RemoveAll(dir)
}

// fill writes a file until there is no space left.
func fill(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("fill the disk: %w", err)
	}
	defer f.Close()
	for size := 1 << 20; size > 0; {
		_, err := f.Write(make([]byte, size))
		switch {
		case errors.Is(err, syscall.ENOSPC):
			size /= 2
		case err != nil:
			return err
		}
	}
	return nil
}

func get(ctx context.Context, address string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return "", err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return string(body), err
}
