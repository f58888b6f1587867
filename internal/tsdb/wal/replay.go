package wal

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"

	"monopod/internal/vfs"
)

// ReplayOptions say what a replay tells while it runs. Both may be nil.
type ReplayOptions struct {
	// Progress is called before each segment and at the end.
	Progress func(Progress)
	// Damage is called in order with the records: after those before the damage
	// and before those behind it. Records behind it may build on lost ones.
	Damage func(Damage)
}

// Progress is how far a replay is.
type Progress struct {
	First, Segment, Last int   // segment numbers; Segment is the one that begins
	Bytes, TotalBytes    int64 // replayed, to replay
}

// ReplayStats is what a replay found.
type ReplayStats struct {
	Segments int
	Records  int64
	Bytes    int64 // of good frames and headers

	BadRecords int64 // frames that are damaged, and so lost
	BadBytes   int64
	Damage     []Damage // the first 100
	TornTails  int      // segments that end in a write cut by a crash: normal
	Missing    int      // segments whose number is skipped
}

// Damage is a stretch of a segment that holds no readable frame.
type Damage struct {
	File    string
	Segment int
	Offset  int64
	Bytes   int64
	Reason  string
}

func (d Damage) String() string {
	return fmt.Sprintf("%s: %d bytes at offset %d: %s", d.File, d.Bytes, d.Offset, d.Reason)
}

const maxDamageKept = 100

// Replay calls fn with every record of the log in dir, in the order of writing.
// A record is fn's during the call only. Damage is left out and reported, never
// an error; the error of fn ends the replay and is returned. A segment of a later
// format version is ErrVersion, before any call.
func Replay(fsys vfs.FS, dir string, o ReplayOptions, fn func(seg int, rec []byte) error) (ReplayStats, error) {
	r := replay{fsys: fsys, dir: dir, o: o, fn: fn}
	if err := r.run(); err != nil {
		return r.stats, fmt.Errorf("replay write-ahead log: %w", err)
	}
	return r.stats, nil
}

type replay struct {
	fsys  vfs.FS
	dir   string
	o     ReplayOptions
	fn    func(seg int, rec []byte) error
	stats ReplayStats
	w     window
	head  [headSize]byte
}

func (r *replay) run() error {
	segments, err := list(r.fsys, r.dir)
	if err != nil || len(segments) == 0 {
		return err
	}
	p := Progress{First: segments[0].number, Last: segments[len(segments)-1].number}
	headers := make([]header, len(segments))
	for i, s := range segments {
		if err := checkVersion(r.fsys, r.dir, s.number); err != nil {
			return err
		}
		if headers[i], _, err = readHeader(r.fsys, r.dir, s.number); err != nil {
			return err
		}
		p.TotalBytes += s.bytes
	}
	for i, s := range segments {
		end := s.bytes
		if i+1 < len(segments) {
			next := segments[i+1].number
			if before := int64(headers[i+1].before); next == s.number+1 && before > 0 {
				end = min(end, before)
			}
			if next != s.number+1 {
				r.stats.Missing += next - s.number - 1
			}
		}
		p.Segment = s.number
		r.progress(p)
		if err := r.segment(s.number, end); err != nil {
			return err
		}
		if i+1 < len(segments) && segments[i+1].number != s.number+1 {
			r.damage(Damage{File: path(r.dir, s.number+1), Segment: s.number + 1, Reason: "segment is missing"})
		}
		r.stats.Segments++
		p.Bytes += s.bytes
	}
	r.progress(p)
	return nil
}

func (r *replay) progress(p Progress) {
	if r.o.Progress != nil {
		r.o.Progress(p)
	}
}

func (r *replay) damage(d Damage) {
	if d.Bytes > 0 {
		r.stats.BadRecords++
		r.stats.BadBytes += d.Bytes
	}
	if len(r.stats.Damage) < maxDamageKept {
		r.stats.Damage = append(r.stats.Damage, d)
	}
	if r.o.Damage != nil {
		r.o.Damage(d)
	}
}

func (r *replay) segment(number int, end int64) error {
	f, err := r.fsys.Open(path(r.dir, number))
	if err != nil {
		return err
	}
	defer f.Close()
	r.w = window{f: f, end: end, buf: r.w.buf[:0]}
	offset := int64(headerSize)
	head := r.w.at(0, headerSize)
	if _, ok := parseHeader(head); ok {
		r.stats.Bytes += headerSize
	} else if len(head) < headerSize || r.onlyZeros(head) {
		r.stats.TornTails++
	} else {
		r.damage(r.stretch(number, 0, headerSize, "segment header does not match its checksum"))
	}
	for offset < end {
		n, sum, ok := parseHead(r.w.at(offset, headSize), r.head[:], number, offset)
		if !ok {
			next := r.resync(number, offset+1)
			if next == end && r.tornTail(offset, end) {
				r.stats.TornTails++
				return nil
			}
			r.damage(r.stretch(number, offset, next-offset, "no frame head that matches its checksum"))
			offset = next
			continue
		}
		next := offset + headSize + int64(n)
		if next > end {
			r.stats.TornTails++
			return nil
		}
		body := r.w.at(offset+headSize, n)
		if crc32.Checksum(body, table) == sum && wellFormed(body) {
			if err := r.deliver(number, offset, body); err != nil {
				return err
			}
			r.stats.Bytes += next - offset
		} else if r.resync(number, next) == end && r.tornTail(offset, end) {
			r.stats.TornTails++
			return nil
		} else {
			r.damage(r.stretch(number, offset, next-offset, "frame body does not match its checksum"))
		}
		offset = next
	}
	return nil
}

func (r *replay) stretch(number int, offset, n int64, reason string) Damage {
	if r.w.err != nil {
		reason = r.w.err.Error()
	}
	return Damage{File: path(r.dir, number), Segment: number, Offset: offset, Bytes: n, Reason: reason}
}

func (r *replay) deliver(number int, offset int64, body []byte) error {
	for len(body) > 0 {
		n, k := binary.Uvarint(body)
		rec := body[k : k+int(n) : k+int(n)]
		if err := r.fn(number, rec); err != nil {
			return fmt.Errorf("%s, offset %d: %w", path(r.dir, number), offset, err)
		}
		r.stats.Records++
		body = body[k+int(n):]
	}
	return nil
}

// wellFormed tells whether a body is a sequence of records: checked before the
// first is delivered, so that a frame is replayed whole or not at all.
func wellFormed(body []byte) bool {
	for len(body) > 0 {
		n, k := binary.Uvarint(body)
		if k <= 0 || n > uint64(len(body)-k) {
			return false
		}
		body = body[k+int(n):]
	}
	return true
}

// resync returns the offset of the next good head at or behind offset, or the end.
func (r *replay) resync(number int, offset int64) int64 {
	const step = 64 << 10
	for offset+headSize <= r.w.end {
		b := r.w.at(offset, int(min(step, r.w.end-offset)))
		i := bytes.Index(b, marker[:])
		switch {
		case i < 0:
			offset += int64(len(b) - len(marker) + 1)
		default:
			offset += int64(i)
			if _, _, ok := parseHead(r.w.at(offset, headSize), r.head[:], number, offset); ok {
				return offset
			}
			offset++
		}
	}
	return r.w.end
}

// tornTail tells whether a stretch up to the end of a segment looks like a write
// that a crash cut, and not like one that was damaged later: too short for a
// head, or ended by zeros that the file system put for blocks it never wrote.
func (r *replay) tornTail(offset, end int64) bool {
	return end-offset < headSize || r.onlyZeros(r.w.at(end-headSize, headSize))
}

func (r *replay) onlyZeros(b []byte) bool {
	return !r.w.unreadable && len(bytes.TrimLeft(b, "\x00")) == 0
}

// window reads a file through one buffer.
type window struct {
	f     vfs.File
	end   int64
	start int64
	buf   []byte
	err   error // of the last read, where pages could not be read

	unreadable bool // a page of this file could not be read
}

const (
	windowBytes = 256 << 10
	pageBytes   = 4 << 10
)

// at returns n bytes at offset, fewer at the end of the file. They are valid
// until the next call. Pages that cannot be read are zeros.
func (w *window) at(offset int64, n int) []byte {
	n = int(min(int64(n), w.end-offset))
	if n <= 0 {
		return nil
	}
	if offset < w.start || offset+int64(n) > w.start+int64(len(w.buf)) {
		w.fill(offset, int(min(int64(max(n, windowBytes)), w.end-offset)))
	}
	i := int(offset - w.start)
	return w.buf[i : i+n]
}

func (w *window) fill(offset int64, n int) {
	if cap(w.buf) < n {
		w.buf = make([]byte, n)
	}
	w.start, w.buf, w.err = offset, w.buf[:n], nil
	if m, err := w.f.ReadAt(w.buf, offset); err != nil && err != io.EOF {
		w.fillPages()
	} else if m < n {
		clear(w.buf[m:])
	}
}

func (w *window) fillPages() {
	for i := 0; i < len(w.buf); {
		offset := w.start + int64(i)
		n := min(len(w.buf)-i, pageBytes-int(offset%pageBytes))
		page := w.buf[i : i+n]
		if m, err := w.f.ReadAt(page, offset); err != nil {
			clear(page[m:])
			if err != io.EOF {
				w.err, w.unreadable = err, true
			}
		}
		i += n
	}
}
