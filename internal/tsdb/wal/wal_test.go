package wal

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"monopod/internal/vfs"
)

var update = flag.Bool("update", false, "write the golden files anew")

const dir = "data/wal"

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantIs(t testing.TB, err, target error) {
	t.Helper()
	if !errors.Is(err, target) {
		t.Fatalf("got error %v, want %v", err, target)
	}
}

func newFS(t testing.TB) *vfs.MemFS {
	m := vfs.Mem()
	must(t, m.MkdirAll("data"))
	must(t, m.SyncDir("."))
	return m
}

func open(t testing.TB, fsys vfs.FS, o Options) *Log {
	t.Helper()
	l, err := Open(fsys, dir, o)
	must(t, err)
	return l
}

func add(t testing.TB, l *Log, records ...string) {
	t.Helper()
	must(t, l.Append(toBytes(records)...))
}

func toBytes(records []string) [][]byte {
	var b [][]byte
	for _, r := range records {
		b = append(b, []byte(r))
	}
	return b
}

// replayed returns "segment:record" of all records.
func replayed(t testing.TB, fsys vfs.FS) ([]string, ReplayStats) {
	t.Helper()
	var got []string
	stats, err := Replay(fsys, dir, ReplayOptions{}, func(seg int, rec []byte) error {
		got = append(got, fmt.Sprintf("%d:%s", seg, rec))
		return nil
	})
	must(t, err)
	if stats.Records != int64(len(got)) {
		t.Fatalf("%d records counted, %d delivered", stats.Records, len(got))
	}
	return got, stats
}

func wantRecords(t testing.TB, fsys vfs.FS, want string) ReplayStats {
	t.Helper()
	got, stats := replayed(t, fsys)
	if s := strings.Join(got, " "); s != want {
		t.Fatalf("replayed %q, want %q", s, want)
	}
	return stats
}

func TestAppendAndReplay(t *testing.T) {
	m := newFS(t)
	if s := wantRecords(t, m, ""); s.Segments != 0 {
		t.Fatalf("replay of nothing: %+v", s)
	}
	l := open(t, m, Options{})
	if l.Size() != 0 {
		t.Fatalf("size %d before the first append", l.Size())
	}
	add(t, l)
	add(t, l, "a", "", "bc")
	add(t, l, "d")
	stats := wantRecords(t, m, "1:a 1: 1:bc 1:d")
	if stats.Bytes != l.Size() || stats.Segments != 1 || stats.TornTails != 0 || stats.BadRecords != 0 {
		t.Fatalf("size %d, stats %+v", l.Size(), stats)
	}
	must(t, l.Close())

	l = open(t, m, Options{})
	add(t, l, "e")
	wantRecords(t, m, "1:a 1: 1:bc 1:d 2:e")
	first, err := l.Rotate()
	must(t, err)
	again, err := l.Rotate()
	must(t, err)
	if first != 3 || again != 3 {
		t.Fatalf("rotated to %d, then %d", first, again)
	}
	add(t, l, "f")
	wantRecords(t, m, "1:a 1: 1:bc 1:d 2:e 3:f")
	must(t, l.RemoveBefore(2))
	wantRecords(t, m, "2:e 3:f")
	must(t, l.RemoveBefore(99))
	stats = wantRecords(t, m, "3:f")
	if stats.Bytes != l.Size() {
		t.Fatalf("size %d, replayed %d bytes", l.Size(), stats.Bytes)
	}
	must(t, l.Close())
	wantIs(t, l.Append([]byte("x")), ErrClosed)
	wantIs(t, l.Sync(), ErrClosed)
	_, err = l.Rotate()
	wantIs(t, err, ErrClosed)
	_, err = l.Recover()
	wantIs(t, err, ErrClosed)
}

func TestSegmentsEndAtTheirSize(t *testing.T) {
	m := newFS(t)
	l := open(t, m, Options{SegmentBytes: 200})
	var want []string
	for i := range 40 {
		add(t, l, fmt.Sprint("record ", i))
		want = append(want, fmt.Sprint("record ", i))
		if i%7 == 0 {
			must(t, l.Sync())
		}
	}
	long := strings.Repeat("long ", 100)
	add(t, l, long)
	want = append(want, long)
	got, stats := replayed(t, m)
	for i := range got {
		if _, r, _ := strings.Cut(got[i], ":"); r != want[i] {
			t.Fatalf("record %d is %q, want %q", i, r, want[i])
		}
	}
	if len(got) != len(want) || stats.Segments < 6 {
		t.Fatalf("%d records in %d segments", len(got), stats.Segments)
	}
	infos, err := m.List(dir)
	must(t, err)
	sum := int64(0)
	for _, i := range infos[:len(infos)-1] {
		sum += i.SizeBytes
		if i.SizeBytes > 200 {
			t.Errorf("%s has %d bytes", i.Name, i.SizeBytes)
		}
	}
	if sum += infos[len(infos)-1].SizeBytes; sum != l.Size() {
		t.Errorf("size %d, the files have %d", l.Size(), sum)
	}
	must(t, l.Close())
}

func TestReplayStopsAtTheCallersError(t *testing.T) {
	m := newFS(t)
	l := open(t, m, Options{})
	add(t, l, "a", "b", "c")
	must(t, l.Close())
	stop := errors.New("enough")
	n := 0
	_, err := Replay(m, dir, ReplayOptions{}, func(int, []byte) error {
		if n++; n == 2 {
			return stop
		}
		return nil
	})
	wantIs(t, err, stop)
	if n != 2 || !strings.Contains(err.Error(), "00000001.wal") {
		t.Fatalf("%d calls, error %v", n, err)
	}
}

func TestReplayTellsProgress(t *testing.T) {
	m := newFS(t)
	l := open(t, m, Options{})
	for _, s := range []string{"a", "b", "c"} {
		add(t, l, s)
		_, err := l.Rotate()
		must(t, err)
	}
	must(t, l.Close())
	var seen []Progress
	_, err := Replay(m, dir, ReplayOptions{Progress: func(p Progress) { seen = append(seen, p) }}, func(int, []byte) error { return nil })
	must(t, err)
	if len(seen) != 4 {
		t.Fatalf("%d reports: %+v", len(seen), seen)
	}
	for i, p := range seen {
		if p.First != 1 || p.Last != 3 || p.Segment != min(i+1, 3) || p.Bytes != p.TotalBytes*int64(i)/3 {
			t.Errorf("report %d: %+v", i, p)
		}
	}
}

func TestLaterVersionIsRefused(t *testing.T) {
	m := newFS(t)
	l := open(t, m, Options{})
	add(t, l, "a")
	must(t, l.Close())
	b := appendHeaderOf(header{version: 7, segment: 2})
	f, err := m.Create(path(dir, 2))
	must(t, err)
	_, err = f.Write(b)
	must(t, err)

	_, err = Open(m, dir, Options{})
	wantIs(t, err, ErrVersion)
	for _, s := range []string{path(dir, 2), "version 7", "knows 1"} {
		if !strings.Contains(err.Error(), s) {
			t.Errorf("error %q does not say %q", err, s)
		}
	}
	_, err = Replay(m, dir, ReplayOptions{}, func(int, []byte) error {
		t.Error("a record was replayed")
		return nil
	})
	wantIs(t, err, ErrVersion)
}

func TestOtherFilesAreLeftAlone(t *testing.T) {
	m := newFS(t)
	must(t, m.MkdirAll(dir+"/00000009.wal"))
	for _, name := range []string{"notes.txt", "00000007.wal.tmp", "x.wal", "-1.wal"} {
		f, err := m.Create(dir + "/" + name)
		must(t, err)
		must(t, f.Close())
	}
	l := open(t, m, Options{})
	add(t, l, "a")
	must(t, l.RemoveBefore(9))
	wantRecords(t, m, "1:a")
	infos, err := m.List(dir)
	must(t, err)
	if len(infos) != 6 {
		t.Fatalf("directory holds %+v", infos)
	}
	must(t, l.Close())
}

func TestTooLarge(t *testing.T) {
	l := open(t, newFS(t), Options{})
	part := make([]byte, 1<<20)
	records := make([][]byte, maxBody/len(part)+1)
	for i := range records {
		records[i] = part
	}
	wantIs(t, l.Append(records...), ErrTooLarge)
	if l.Size() != 0 {
		t.Fatalf("size %d after a refused append", l.Size())
	}
	add(t, l, "a")
	must(t, l.Close())
}

// Many writers beside syncs, rotations and removals: nothing is lost, torn or out
// of a writer's order.
func TestConcurrentUse(t *testing.T) {
	const writers, each = 6, 200
	m := newFS(t)
	l := open(t, m, Options{SegmentBytes: 4096})
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				if err := l.Append(fmt.Appendf(nil, "%d/%d/a", w, i), fmt.Appendf(nil, "%d/%d/b", w, i)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Go(func() {
		for i := range 50 {
			if err := l.Sync(); err != nil {
				t.Error(err)
			}
			if i%10 == 0 {
				if _, err := l.Rotate(); err != nil {
					t.Error(err)
				}
				if err := l.RemoveBefore(1); err != nil {
					t.Error(err)
				}
			}
			l.Size()
		}
	})
	wg.Wait()
	must(t, l.Close())
	next := map[int]int{}
	got, stats := replayed(t, m)
	for i := 0; i < len(got); i += 2 {
		var seg, w, n int
		if _, err := fmt.Sscanf(got[i], "%d:%d/%d/a", &seg, &w, &n); err != nil {
			t.Fatalf("record %q: %v", got[i], err)
		}
		if n != next[w] || got[i+1] != fmt.Sprintf("%d:%d/%d/b", seg, w, n) {
			t.Fatalf("writer %d: records %q, %q, want number %d", w, got[i], got[i+1], next[w])
		}
		next[w]++
	}
	if len(got) != 2*writers*each || stats.Missing != 0 {
		t.Fatalf("%d records, %+v", len(got), stats)
	}
}

func TestAppendDoesNotAllocate(t *testing.T) {
	l, err := Open(vfs.OS(), t.TempDir(), Options{})
	must(t, err)
	defer l.Close()
	records := toBytes([]string{strings.Repeat("x", 300), "y"})
	if n := testing.AllocsPerRun(200, func() {
		if err := l.Append(records...); err != nil {
			t.Fatal(err)
		}
	}); n >= 1 {
		t.Errorf("%v allocations an append", n)
	}
}

// The golden file holds a segment, dumped along the drawing in the package comment.
func TestGolden(t *testing.T) {
	m := newFS(t)
	l := open(t, m, Options{})
	add(t, l, "first")
	_, err := l.Rotate()
	must(t, err)
	add(t, l, "one", "", "three")
	add(t, l, "four")
	must(t, l.Close())
	b, err := vfs.ReadFile(m, path(dir, 2))
	must(t, err)
	var out bytes.Buffer
	at := 0
	part := func(n int, what string) {
		fmt.Fprintf(&out, "%02x  %-22x %s\n", at, b[at:at+n], what)
		at += n
	}
	part(8, "magic")
	part(4, "version")
	part(4, "segment")
	part(8, "end of the one before")
	part(4, "reserved")
	part(4, "CRC")
	for _, records := range [][]string{{"one", "", "three"}, {"four"}} {
		part(4, "marker")
		part(4, "length")
		part(4, "CRC of body")
		part(4, "CRC of head")
		for _, r := range records {
			part(1, "  length of record")
			part(len(r), fmt.Sprintf("  record %q", r))
		}
	}
	if at != len(b) {
		t.Errorf("the drawing explains %d of %d bytes", at, len(b))
	}
	const file = "testdata/golden.txt"
	if *update {
		must(t, os.WriteFile(file, out.Bytes(), 0o644))
	}
	want, err := os.ReadFile(file)
	must(t, err)
	if !bytes.Equal(out.Bytes(), want) {
		t.Errorf("the format changed; if so it is meant, raise its version and run with -update. Got:\n%s", out.Bytes())
	}
}

func BenchmarkAppend(b *testing.B) {
	for _, n := range []int{64, 1024, 16384} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			l, err := Open(vfs.OS(), b.TempDir(), Options{})
			must(b, err)
			defer l.Close()
			record := make([]byte, n)
			b.SetBytes(int64(n))
			for b.Loop() {
				must(b, l.Append(record))
			}
		})
	}
}

func BenchmarkReplay(b *testing.B) {
	tmp := b.TempDir()
	l, err := Open(vfs.OS(), tmp, Options{})
	must(b, err)
	record := make([]byte, 1024)
	for range 10_000 {
		must(b, l.Append(record))
	}
	must(b, l.Close())
	b.SetBytes(l.Size())
	for b.Loop() {
		_, err := Replay(vfs.OS(), tmp, ReplayOptions{}, func(int, []byte) error { return nil })
		must(b, err)
	}
}
