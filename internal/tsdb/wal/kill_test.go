package wal

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"monopod/internal/vfs"
)

const killDirVariable = "MONOPOD_WAL_KILL_DIR"

// TestMain lets the test binary be the process that is killed.
func TestMain(m *testing.M) {
	if tmp := os.Getenv(killDirVariable); tmp != "" {
		if err := appendForever(tmp); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// appendForever appends numbers and prints each once it counts as stored.
func appendForever(tmp string) error {
	next := 0
	if _, err := Replay(vfs.OS(), tmp, ReplayOptions{}, func(_ int, rec []byte) error {
		next = recordNumber(rec) + 1
		return nil
	}); err != nil {
		return err
	}
	l, err := Open(vfs.OS(), tmp, Options{SegmentBytes: 8 << 10})
	if err != nil {
		return err
	}
	padding := strings.Repeat("-", 300)
	for ; ; next += 2 {
		err := l.Append(fmt.Appendf(nil, "%d %s", next, padding), fmt.Appendf(nil, "%d %s", next+1, padding[:next%300]))
		if err != nil {
			return err
		}
		if _, err := fmt.Println(next + 1); err != nil {
			return err
		}
		if next%64 == 0 {
			if err := l.Sync(); err != nil {
				return err
			}
		}
	}
}

func recordNumber(rec []byte) int {
	digits, _, _ := strings.Cut(string(rec), " ")
	n, err := strconv.Atoi(digits)
	if err != nil {
		return -1
	}
	return n
}

// A process is killed at an arbitrary moment, again and again on one directory:
// every number it printed is in the log, in order, and pairs are whole.
func TestKilledProcessLosesNothing(t *testing.T) {
	tmp := t.TempDir()
	for round := range 12 {
		cmd := exec.Command(os.Args[0], "-test.run=^$")
		cmd.Env = append(os.Environ(), killDirVariable+"="+tmp)
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		must(t, err)
		must(t, cmd.Start())
		stored, lines := -1, bufio.NewScanner(out)
		for i := 0; lines.Scan(); i++ {
			stored, err = strconv.Atoi(lines.Text())
			must(t, err)
			if i == 40+17*round {
				must(t, cmd.Process.Kill())
			}
		}
		if err := cmd.Wait(); err == nil || cmd.ProcessState.Exited() {
			t.Fatalf("the process ended by itself: %v", err)
		}
		next := 0
		stats, err := Replay(vfs.OS(), tmp, ReplayOptions{}, func(_ int, rec []byte) error {
			if n := recordNumber(rec); n != next {
				return fmt.Errorf("record %d follows %d", n, next-1)
			}
			next++
			return nil
		})
		must(t, err)
		if next <= stored || next%2 != 0 || len(stats.Damage) > 0 {
			t.Fatalf("round %d: %d was stored, %d records are found, %+v", round, stored, next, stats)
		}
	}
}
