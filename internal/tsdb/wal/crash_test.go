package wal

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"syscall"
	"testing"
	"time"

	"monopod/internal/vfs"
)

// batch is one Append of the model: what was promised for it.
type batch struct {
	records []string
	acked   bool
	synced  bool // by a Sync or Rotate that succeeded
	unsure  bool // a sync of it failed: no later one makes it synced
	removed bool // RemoveBefore was asked to remove its segment
	// settled: an Append succeeded later, so that a failed one is surely gone.
	settled bool
}

// model drives a log and remembers what it promised.
type model struct {
	t       testing.TB
	log     *Log
	batches []*batch
	prefix  string
}

func (m *model) append(size int) error {
	b := &batch{}
	for k := range 1 + size%3 {
		b.records = append(b.records, fmt.Sprintf("%s%d/%d/%s", m.prefix, len(m.batches), k, strings.Repeat("x", size)))
	}
	m.batches = append(m.batches, b)
	err := m.log.Append(toBytes(b.records)...)
	if b.acked = err == nil; b.acked {
		for _, earlier := range m.batches {
			earlier.settled = true
		}
	}
	return err
}

func (m *model) sync() error {
	err := m.log.Sync()
	m.syncedIf(err)
	return err
}

func (m *model) syncedIf(err error) {
	if err != nil {
		return
	}
	for _, b := range m.batches {
		b.synced = b.synced || b.acked && !b.unsure
	}
}

func (m *model) rotateAndRemove() error {
	first, err := m.log.Rotate()
	m.syncedIf(err)
	if err != nil {
		return err
	}
	// All but the youngest are no longer needed, as after a checkpoint.
	for _, b := range m.batches {
		b.removed = true
	}
	return m.log.RemoveBefore(first)
}

// recover takes the log out of a failed sync. What was appended since the last
// good one stays without a promise for a loss of power.
func (m *model) recover() error {
	for _, b := range m.batches {
		b.unsure = b.unsure || b.acked && !b.synced
	}
	_, err := m.log.Recover()
	return err
}

// check replays fsys and compares. power tells whether the power was lost.
func (m *model) check(fsys vfs.FS, power bool, context string) {
	m.t.Helper()
	got, stats := replayed(m.t, fsys)
	at := 0
	for n, b := range m.batches {
		present := at < len(got) && record(got[at]) == b.records[0]
		if present {
			for _, r := range b.records {
				if at >= len(got) || record(got[at]) != r {
					m.t.Fatalf("%s: batch %d replayed in part", context, n)
				}
				at++
			}
		}
		promised := b.acked && !b.removed && (b.synced || !power)
		switch {
		case promised && !present:
			m.t.Fatalf("%s: batch %d of %d is lost (%+v)\nreplayed %d records, %+v", context, n, len(m.batches), b, len(got), stats)
		case present && !b.acked && b.settled && !power:
			m.t.Fatalf("%s: batch %d failed and was replayed", context, n)
		}
	}
	if at != len(got) {
		m.t.Fatalf("%s: record %d, %q, is out of order or was never written", context, at, got[at])
	}
	if !power && len(stats.Damage) > 0 {
		m.t.Fatalf("%s: damage without a loss of power: %v", context, stats.Damage)
	}
}

func record(s string) string {
	_, r, _ := strings.Cut(s, ":")
	return r
}

// workload is a little of everything; segments are so small that some end.
// It goes on after errors, as the engine does, and stops when dead.
func workload(m *model, fsys vfs.FS, dead func() bool) {
	l, err := Open(fsys, dir, Options{SegmentBytes: 300})
	if err != nil {
		return
	}
	m.log = l
	for i := range 14 {
		var err error
		switch i {
		case 3, 9:
			err = m.sync()
		case 6:
			err = m.rotateAndRemove()
		default:
			err = m.append(i * 7)
		}
		if dead() {
			return
		}
		if errors.Is(err, ErrNotDurable) || errors.Is(m.log.Append(), ErrNotDurable) {
			if m.recover() != nil && dead() {
				return
			}
		}
	}
	if l.Close() == nil {
		m.syncedIf(nil)
	}
}

// fault is a way for one operation to fail.
type fault struct {
	name string
	// fail returns the error of operation op, the nth since the fault began.
	fail func(op vfs.Op, nth int) error
	dead bool // and nothing happens any more
}

var faults = []fault{
	{"dies before", func(op vfs.Op, nth int) error { return errDead }, true},
	{"dies in the middle", func(op vfs.Op, nth int) error {
		if op.Kind == vfs.OpWrite && nth == 0 {
			return &vfs.ShortWrite{Bytes: op.Bytes / 2, Err: errDead}
		}
		return errDead
	}, true},
	{"dies after", func(op vfs.Op, nth int) error {
		if op.Kind == vfs.OpWrite && nth == 0 {
			return &vfs.ShortWrite{Bytes: op.Bytes, Err: errDead}
		}
		return errDead
	}, true},
	{"fails once", func(op vfs.Op, nth int) error { return only(nth == 0, syscall.EIO) }, false},
	{"is short once", func(op vfs.Op, nth int) error {
		return only(nth == 0, &vfs.ShortWrite{Bytes: op.Bytes * 2 / 3, Err: syscall.ENOSPC})
	}, false},
	{"is whole but fails, and so do the next two", func(op vfs.Op, nth int) error {
		return only(nth < 3, &vfs.ShortWrite{Bytes: op.Bytes, Err: syscall.EIO})
	}, false},
	{"is short, and so are the next seven", func(op vfs.Op, nth int) error {
		return only(nth < 8, &vfs.ShortWrite{Bytes: op.Bytes - 1, Err: syscall.ENOSPC})
	}, false},
	{"writes, and never cuts again", func(op vfs.Op, nth int) error {
		if op.Kind == vfs.OpTruncate {
			return syscall.EIO
		}
		return only(nth == 0, &vfs.ShortWrite{Bytes: op.Bytes, Err: syscall.ENOSPC})
	}, false},
}

var errDead = errors.New("the process is dead")

func only(when bool, err error) error {
	if when {
		return err
	}
	return nil
}

// Every operation that changes the disk fails in every way, one at a time. Killed
// or without power thereafter, the log keeps its promises, and goes on.
func TestFaultAtEveryOperation(t *testing.T) {
	rng := rand.New(rand.NewPCG(31, 32))
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			for n := 0; ; n++ {
				m, mem := &model{t: t}, newFS(t)
				ops, began := 0, false
				fsys := vfs.Faulty(mem, func(op vfs.Op) error {
					if !op.Kind.Changes() {
						return nil
					}
					ops++
					if ops <= n {
						return nil
					}
					began = true
					return f.fail(op, ops-n-1)
				})
				workload(m, fsys, func() bool { return f.dead && began })
				context := fmt.Sprintf("operation %d %s", n, f.name)
				m.check(mem.Kill(), false, context)
				for _, keep := range []float64{0, 0.5, 0.9, 1} {
					c := mem.Crash(rng, keep)
					m.check(c, true, fmt.Sprintf("%s, power lost, %.0f%% of unsynced kept", context, 100*keep))
					m.goesOn(c)
				}
				if !began {
					if n < 20 {
						t.Fatalf("only %d operations were tried", n)
					}
					return
				}
			}
		})
	}
}

// goesOn appends to what a crash left, and finds it behind the rest.
func (m *model) goesOn(mem *vfs.MemFS) {
	m.t.Helper()
	before, _ := replayed(m.t, mem)
	l, err := Open(mem, dir, Options{})
	must(m.t, err)
	must(m.t, l.Append([]byte("afterwards")))
	must(m.t, l.Sync())
	after, _ := replayed(m.t, mem.Crash(rand.New(rand.NewPCG(1, 1)), 0))
	if len(after) != len(before)+1 || record(after[len(before)]) != "afterwards" {
		m.t.Fatalf("%d records before, %d after an append", len(before), len(after))
	}
	must(m.t, l.Close())
}

// Random work, random faults, and a process that dies again and again on the same
// directory.
func TestRandomLives(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	for range 150 {
		mem, m := newFS(t), &model{t: t}
		for range 4 {
			rate := rng.Float64() * 0.2
			fsys := vfs.Faulty(mem, func(op vfs.Op) error {
				if !op.Kind.Changes() || rng.Float64() >= rate {
					return nil
				}
				if op.Kind == vfs.OpWrite {
					return &vfs.ShortWrite{Bytes: rng.IntN(op.Bytes + 1), Err: syscall.ENOSPC}
				}
				return syscall.EIO
			})
			l, err := Open(fsys, dir, Options{SegmentBytes: int64(100 + rng.IntN(2000))})
			must(t, err)
			m.log = l
			for range rng.IntN(60) {
				switch x := rng.IntN(20); {
				case x == 0:
					err = m.rotateAndRemove()
				case x < 4:
					err = m.sync()
				default:
					err = m.append(rng.IntN(200))
				}
				if errors.Is(err, ErrNotDurable) {
					// Until this succeeds, appends are refused.
					if m.recover() != nil {
						wantIs(t, m.append(1), ErrNotDurable)
					}
				}
			}
			mem = mem.Kill()
			m.check(mem, false, "killed")
			m.nextLife(mem)
		}
		c := mem.Crash(rng, rng.Float64())
		m.check(c, true, "power lost")
		m.goesOn(c)
	}
}

// nextLife settles what the dead process left undecided: what is there stays.
func (m *model) nextLife(fsys vfs.FS) {
	there := map[string]bool{}
	got, _ := replayed(m.t, fsys)
	for _, r := range got {
		there[record(r)] = true
	}
	for _, b := range m.batches {
		if !b.acked && there[b.records[0]] {
			b.acked = true
		}
		b.settled = true
	}
}

// What a killed process wrote and did not sync is made durable by the next one.
func TestNextProcessSyncsWhatWasLeft(t *testing.T) {
	mem := newFS(t)
	l := open(t, mem, Options{SegmentBytes: 64})
	add(t, l, "a")
	add(t, l, "b")
	mem = mem.Kill()
	wantRecords(t, mem.Crash(rand.New(rand.NewPCG(1, 1)), 0), "")
	l = open(t, mem, Options{})
	must(t, l.Sync())
	wantRecords(t, mem.Crash(rand.New(rand.NewPCG(1, 1)), 0), "1:a 2:b")
	must(t, l.Close())
}

func TestFullDiskHeals(t *testing.T) {
	mem := newFS(t)
	l := open(t, mem, Options{})
	mem.SetFree(0)
	wantIs(t, l.Append([]byte("no")), syscall.ENOSPC)
	mem.SetFree(headerSize + 60)
	add(t, l, "a")
	wantIs(t, l.Append(make([]byte, 100)), syscall.ENOSPC)
	size := l.Size()
	wantIs(t, l.Append(make([]byte, 100)), syscall.ENOSPC)
	if l.Size() != size {
		t.Fatalf("size %d, then %d", size, l.Size())
	}
	must(t, l.Sync())
	add(t, l, "b")
	mem.SetFree(-1)
	add(t, l, "c")
	must(t, l.Close())
	if s := wantRecords(t, mem, "1:a 1:b 1:c"); s.TornTails != 0 {
		t.Fatalf("%+v", s)
	}
}

// A failed append is cut off at once, not only by the next one: the process may
// die in between.
func TestFailedAppendIsGoneAtOnce(t *testing.T) {
	for _, whole := range []bool{false, true} {
		mem, fail := newFS(t), false
		l := open(t, vfs.Faulty(mem, func(op vfs.Op) error {
			if !fail || op.Kind != vfs.OpWrite {
				return nil
			}
			if whole {
				return &vfs.ShortWrite{Bytes: op.Bytes, Err: syscall.EIO}
			}
			return &vfs.ShortWrite{Bytes: op.Bytes / 2, Err: syscall.EIO}
		}), Options{})
		add(t, l, "a")
		fail = true
		wantIs(t, l.Append([]byte("failed")), syscall.EIO)
		if s := wantRecords(t, mem.Kill(), "1:a"); s.TornTails != 0 {
			t.Fatalf("left behind: %+v", s)
		}
		must(t, l.Close())
	}
}

func TestReadOnlyDirectory(t *testing.T) {
	mem := newFS(t)
	l := open(t, mem, Options{})
	add(t, l, "a")
	must(t, l.Close())
	mem.SetReadOnly(true)
	wantRecords(t, mem, "1:a")
	l = open(t, mem, Options{})
	wantIs(t, l.Append([]byte("b")), syscall.EROFS)
	must(t, l.Sync())
	mem.SetReadOnly(false)
	add(t, l, "c")
	must(t, l.Close())
	wantRecords(t, mem, "1:a 2:c")
}

func TestFailedSyncStays(t *testing.T) {
	mem := newFS(t)
	var fail error
	l := open(t, vfs.Faulty(mem, func(op vfs.Op) error {
		if op.Kind == vfs.OpSync {
			return fail
		}
		return nil
	}), Options{})
	add(t, l, "a")
	must(t, l.Sync())
	add(t, l, "b")
	fail = syscall.EIO
	for _, err := range []error{l.Sync(), l.Append([]byte("x")), l.Sync()} {
		wantIs(t, err, ErrNotDurable)
		wantIs(t, err, syscall.EIO)
	}
	_, err := l.Rotate()
	wantIs(t, err, ErrNotDurable)
	_, err = l.Recover()
	wantIs(t, err, ErrNotDurable)
	fail = nil
	wantIs(t, l.Append([]byte("x")), ErrNotDurable)
	first, err := l.Recover()
	must(t, err)
	add(t, l, "b again")
	must(t, l.Sync())
	if first < 2 {
		t.Fatalf("recovered into segment %d", first)
	}
	got, _ := replayed(t, mem.Crash(rand.New(rand.NewPCG(1, 1)), 0))
	if len(got) != 2 || got[0] != "1:a" || got[1] != fmt.Sprintf("%d:b again", first) {
		t.Fatalf("after a loss of power: %q", got)
	}
	got, _ = replayed(t, mem.Kill())
	if len(got) != 3 {
		t.Fatalf("after a kill: %q", got)
	}
	must(t, l.Close())
}

// A disk that stalls in a sync does not stall appends.
func TestAppendBesideStalledSync(t *testing.T) {
	began, release := make(chan struct{}), make(chan struct{})
	stall := false
	l := open(t, vfs.Faulty(newFS(t), func(op vfs.Op) error {
		if op.Kind == vfs.OpSync && stall {
			close(began)
			<-release
		}
		return nil
	}), Options{SegmentBytes: 200})
	add(t, l, "a")
	stall = true
	done := make(chan error)
	go func() { done <- l.Sync() }()
	<-began
	for range 50 {
		add(t, l, "beside the stall")
	}
	stall = false
	close(release)
	must(t, <-done)
	must(t, l.Close())
}
