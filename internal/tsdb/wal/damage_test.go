package wal

import (
	"fmt"
	"hash/crc32"
	"slices"
	"strings"
	"syscall"
	"testing"

	"encoding/binary"

	"monopod/internal/vfs"
)

// appendHeaderOf is a header of any version.
func appendHeaderOf(h header) []byte {
	b := appendHeader(nil, int(h.segment), int64(h.before))
	binary.LittleEndian.PutUint32(b[8:], h.version)
	binary.LittleEndian.PutUint32(b[28:], crc32.Checksum(b[:28], table))
	return b
}

// frames are what the damage tests write: one append each.
var frames = [][]string{
	{"first"}, {"a", "b", ""}, {""}, {"looks like a frame: \xf1\x57\xa1\x0d\x01\x00\x00\x00"}, {strings.Repeat("z", 40), "!"}, {"last"},
}

// smallLog writes the frames, and returns the segment with the offset at which
// each frame ends.
func smallLog(t testing.TB) (segment []byte, ends []int) {
	t.Helper()
	m := newFS(t)
	l := open(t, m, Options{})
	for _, f := range frames {
		add(t, l, f...)
		ends = append(ends, int(l.Size()))
	}
	must(t, l.Close())
	b, err := vfs.ReadFile(m, path(dir, 1))
	must(t, err)
	return b, ends
}

func withSegment(t testing.TB, number int, content []byte) *vfs.MemFS {
	t.Helper()
	m := newFS(t)
	put(t, m, number, content)
	return m
}

func put(t testing.TB, m *vfs.MemFS, number int, content []byte) {
	t.Helper()
	must(t, m.MkdirAll(dir))
	f, err := m.Create(path(dir, number))
	must(t, err)
	_, err = f.Write(content)
	must(t, err)
	must(t, f.Close())
}

// flat is the records of frames as replayed of segment 1.
func flat(frames [][]string) []string {
	var all []string
	for _, f := range frames {
		for _, r := range f {
			all = append(all, "1:"+r)
		}
	}
	return all
}

// A log cut at every byte: the frames before the cut are replayed, no part of the
// one that was cut is, it is no damage, and the log goes on behind it.
func TestCutAtEveryByte(t *testing.T) {
	b, ends := smallLog(t)
	for cut := range len(b) + 1 {
		m := withSegment(t, 1, b[:cut])
		whole := 0
		for whole < len(ends) && ends[whole] <= cut {
			whole++
		}
		clean := cut == headerSize || whole > 0 && ends[whole-1] == cut
		got, stats := replayed(t, m)
		if !slices.Equal(got, flat(frames[:whole])) {
			t.Fatalf("cut at %d: replayed %q", cut, got)
		}
		if stats.BadRecords != 0 || len(stats.Damage) != 0 || (stats.TornTails == 0) != clean {
			t.Fatalf("cut at %d: %+v", cut, stats)
		}
		l := open(t, m, Options{})
		add(t, l, "more")
		must(t, l.Close())
		if again, _ := replayed(t, m); !slices.Equal(again, append(got, "2:more")) {
			t.Fatalf("cut at %d, then appended: replayed %q", cut, again)
		}
	}
}

// As a cut, but what is missing reads as zeros.
func TestZerosFromEveryByte(t *testing.T) {
	b, ends := smallLog(t)
	for cut := range b {
		z := slices.Clone(b)
		clear(z[cut:])
		whole := 0
		for whole < len(ends) && slices.Equal(z[:ends[whole]], b[:ends[whole]]) {
			whole++
		}
		got, stats := replayed(t, withSegment(t, 1, z))
		if !slices.Equal(got, flat(frames[:whole])) {
			t.Fatalf("zeros from %d: replayed %q", cut, got)
		}
		// One damage may be counted where less than a header's worth is zeros.
		if stats.BadRecords > 1 || stats.BadRecords == 1 && len(b)-cut >= headSize && cut >= headerSize {
			t.Fatalf("zeros from %d: %+v", cut, stats)
		}
	}
}

// Each bit flipped: exactly the frame that holds it is lost, and is reported.
func TestEveryBitFlipped(t *testing.T) {
	b, ends := smallLog(t)
	for bit := range 8 * len(b) {
		b[bit/8] ^= 1 << (bit % 8)
		got, stats := replayed(t, withSegment(t, 1, b))
		b[bit/8] ^= 1 << (bit % 8)

		hit := -1 // the header
		start := 0
		if bit/8 >= headerSize {
			hit = slices.IndexFunc(ends, func(end int) bool { return bit/8 < end })
			start = headerSize
			if hit > 0 {
				start = ends[hit-1]
			}
		}
		left := slices.Clone(frames)
		if hit >= 0 {
			left = slices.Delete(left, hit, hit+1)
		}
		if !slices.Equal(got, flat(left)) {
			t.Fatalf("bit %d of byte %d, in frame %d: replayed %q", bit%8, bit/8, hit, got)
		}
		if stats.BadRecords != 1 || len(stats.Damage) != 1 || stats.Damage[0].Offset != int64(start) ||
			stats.BadBytes+stats.Bytes != int64(len(b)) {
			t.Fatalf("bit %d of byte %d, in frame %d: %+v", bit%8, bit/8, hit, stats)
		}
	}
}

// Bytes that are missing or too many within the log: what is behind them is found
// only if it still stands at its place, and nothing wrong is ever replayed.
func TestBytesRemovedOrInserted(t *testing.T) {
	b, _ := smallLog(t)
	all := flat(frames)
	for at := headerSize; at < len(b); at++ {
		for _, c := range [][]byte{
			slices.Concat(b[:at], b[at+1:]),
			slices.Concat(b[:at], []byte{0xf1}, b[at:]),
			slices.Concat(b[:at], b[headerSize:]), // frames at the wrong place
		} {
			got, _ := replayed(t, withSegment(t, 1, c))
			if len(got) > len(all) || !slices.Equal(got, all[:len(got)]) {
				t.Fatalf("at %d: replayed %q", at, got)
			}
		}
	}
}

func TestFramesOfAnotherSegmentAreRefused(t *testing.T) {
	b, _ := smallLog(t)
	m := withSegment(t, 2, b)
	if got, stats := replayed(t, m); len(got) != 0 || stats.BadRecords == 0 {
		t.Fatalf("replayed %q, %+v", got, stats)
	}
}

func TestDamageIsToldInOrder(t *testing.T) {
	b, ends := smallLog(t)
	b[ends[0]+headSize] ^= 1 // the body of frame 1
	b[ends[3]+4] ^= 0x80     // the length of frame 4
	m := withSegment(t, 1, b)
	put(t, m, 4, appendHeader(nil, 4, 0))
	var events []string
	stats, err := Replay(m, dir, ReplayOptions{Damage: func(d Damage) {
		events = append(events, fmt.Sprintf("damage in %d at %d+%d", d.Segment, d.Offset, d.Bytes))
	}}, func(_ int, rec []byte) error {
		events = append(events, string(rec))
		return nil
	})
	must(t, err)
	want := []string{
		"first",
		fmt.Sprintf("damage in 1 at %d+%d", ends[0], ends[1]-ends[0]),
		"", frames[3][0],
		fmt.Sprintf("damage in 1 at %d+%d", ends[3], ends[4]-ends[3]),
		"last",
		"damage in 2 at 0+0",
	}
	if !slices.Equal(events, want) {
		t.Fatalf("events %q\nwant   %q", events, want)
	}
	if stats.Missing != 2 || stats.BadRecords != 2 || stats.Segments != 2 {
		t.Fatalf("%+v", stats)
	}
	if s := stats.Damage[0].String(); !strings.Contains(s, path(dir, 1)) || !strings.Contains(s, "checksum") {
		t.Errorf("damage reads %q", s)
	}
}

// A page that cannot be read costs the frames that touch it.
func TestUnreadablePage(t *testing.T) {
	m := newFS(t)
	l := open(t, m, Options{})
	const n = 3000
	for i := range n {
		add(t, l, fmt.Sprintf("record %04d", i))
	}
	must(t, l.Close())
	const bad = 5 * pageBytes
	fsys := vfs.Faulty(m, func(op vfs.Op) error {
		if op.Kind == vfs.OpRead && op.Offset < bad+pageBytes && op.Offset+int64(op.Bytes) > bad {
			return syscall.EIO
		}
		return nil
	})
	got, stats := replayed(t, fsys)
	if lost := n - len(got); lost < pageBytes/28-1 || lost > pageBytes/28+2 {
		t.Fatalf("%d records lost", lost)
	}
	if len(stats.Damage) == 0 || !strings.Contains(stats.Damage[0].Reason, syscall.EIO.Error()) || stats.TornTails != 0 {
		t.Fatalf("%+v", stats)
	}
}

func TestLargeFrames(t *testing.T) {
	m := newFS(t)
	l := open(t, m, Options{})
	big := strings.Repeat("0123456789abcdef", 3*windowBytes/16+1)
	add(t, l, "small")
	add(t, l, big)
	add(t, l, big, big)
	add(t, l, "small")
	must(t, l.Close())
	got, _ := replayed(t, m)
	want := []string{"1:small", "1:" + big, "1:" + big, "1:" + big, "1:small"}
	if !slices.Equal(got, want) {
		t.Fatalf("%d records replayed", len(got))
	}
	// The head of the first large frame damaged: the search goes over all of it.
	b, err := vfs.ReadFile(m, path(dir, 1))
	must(t, err)
	b[headerSize+headSize+6+5] ^= 1
	got, stats := replayed(t, withSegment(t, 1, b))
	if !slices.Equal(got, slices.Delete(want, 1, 2)) || stats.BadRecords != 1 {
		t.Fatalf("%d records replayed, %+v", len(got), stats)
	}
}

func FuzzReplay(f *testing.F) {
	b, ends := smallLog(f)
	f.Add(b)
	f.Add(b[:ends[2]+3])
	f.Add(appendHeaderOf(header{version: 1, segment: 1, before: 99}))
	f.Fuzz(func(t *testing.T, segment []byte) {
		m := withSegment(t, 1, segment)
		put(t, m, 2, appendHeader(nil, 2, 0))
		n := 0
		stats, err := Replay(m, dir, ReplayOptions{}, func(seg int, rec []byte) error {
			if seg != 1 || len(rec) > len(segment) {
				t.Fatalf("record of %d bytes in segment %d", len(rec), seg)
			}
			n++
			return nil
		})
		if err == nil && (stats.Records != int64(n) || stats.Bytes+stats.BadBytes > int64(len(segment))+headerSize) {
			t.Fatalf("%d records delivered, %+v", n, stats)
		}
	})
}
