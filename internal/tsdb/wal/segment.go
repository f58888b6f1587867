package wal

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"math/bits"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"monopod/internal/vfs"
)

func path(dir string, number int) string {
	return filepath.Join(dir, fmt.Sprintf("%08d%s", number, extension))
}

// list returns the segments in dir, in order.
func list(fsys vfs.FS, dir string) ([]size, error) {
	infos, err := fsys.List(dir)
	if err != nil {
		return nil, ignoreAbsent(err)
	}
	var segments []size
	for _, i := range infos {
		digits, ok := strings.CutSuffix(i.Name, extension)
		number, err := strconv.ParseUint(digits, 10, 31)
		if !ok || err != nil || i.Dir {
			continue
		}
		segments = append(segments, size{int(number), i.SizeBytes})
	}
	slices.SortFunc(segments, func(a, b size) int { return a.number - b.number })
	return segments, nil
}

// header is what stands at the start of a segment. The zero header is that of
// one whose header cannot be read.
type header struct {
	version uint32
	segment uint32
	before  uint64
}

func appendHeader(b []byte, number int, before int64) []byte {
	start := len(b)
	b = append(b, magic[:]...)
	b = binary.LittleEndian.AppendUint32(b, version)
	b = binary.LittleEndian.AppendUint32(b, uint32(number))
	b = binary.LittleEndian.AppendUint64(b, uint64(before))
	b = binary.LittleEndian.AppendUint32(b, 0)
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b[start:], table))
}

func parseHeader(b []byte) (header, bool) {
	if len(b) < headerSize || !bytes.Equal(b[:8], magic[:]) ||
		crc32.Checksum(b[:28], table) != binary.LittleEndian.Uint32(b[28:]) {
		return header{}, false
	}
	return header{
		version: binary.LittleEndian.Uint32(b[8:]),
		segment: binary.LittleEndian.Uint32(b[12:]),
		before:  binary.LittleEndian.Uint64(b[16:]),
	}, true
}

// readHeader returns the header of a segment, ok false where it is damaged or
// cut short.
func readHeader(fsys vfs.FS, dir string, number int) (h header, ok bool, err error) {
	f, err := fsys.Open(path(dir, number))
	if err != nil {
		return header{}, false, err
	}
	defer f.Close()
	b := make([]byte, headerSize)
	if _, err := f.ReadAt(b, 0); err == io.EOF {
		return header{}, false, nil
	} else if err != nil {
		return header{}, false, nil // unreadable: as good as damaged
	}
	h, ok = parseHeader(b)
	return h, ok, nil
}

func checkVersion(fsys vfs.FS, dir string, number int) error {
	h, ok, err := readHeader(fsys, dir, number)
	if err != nil {
		return err
	}
	if ok && h.version != version {
		return fmt.Errorf("%s has format version %d, this program knows %d: %w; run the version that wrote it",
			path(dir, number), h.version, version, ErrVersion)
	}
	return nil
}

// sealFrame fills the head of the frame b, whose body is complete.
func sealFrame(b []byte, number int, offset int64) {
	length, sum := uint32(len(b)-headSize), crc32.Checksum(b[headSize:], table)
	binary.LittleEndian.PutUint32(b[0:], uint32(number))
	binary.LittleEndian.PutUint32(b[4:], uint32(offset))
	binary.LittleEndian.PutUint32(b[8:], length)
	binary.LittleEndian.PutUint32(b[12:], sum)
	head := crc32.Checksum(b[:headSize], table)
	copy(b, marker[:])
	binary.LittleEndian.PutUint32(b[4:], length)
	binary.LittleEndian.PutUint32(b[8:], sum)
	binary.LittleEndian.PutUint32(b[12:], head)
}

// parseHead reads the head of the frame at this place; scratch has headSize bytes.
func parseHead(b, scratch []byte, number int, offset int64) (length int, sum uint32, ok bool) {
	if len(b) < headSize || !bytes.Equal(b[:4], marker[:]) {
		return 0, 0, false
	}
	binary.LittleEndian.PutUint32(scratch[0:], uint32(number))
	binary.LittleEndian.PutUint32(scratch[4:], uint32(offset))
	copy(scratch[8:], b[4:12])
	if crc32.Checksum(scratch[:headSize], table) != binary.LittleEndian.Uint32(b[12:]) {
		return 0, 0, false
	}
	n := binary.LittleEndian.Uint32(b[4:])
	return int(n), binary.LittleEndian.Uint32(b[8:]), n <= maxBody
}

func uvarintLen(v uint64) int { return (bits.Len64(v|1) + 6) / 7 }

// ignoreReadOnly: on a file system that cannot be written nothing is unsynced.
func ignoreReadOnly(err error) error {
	if errors.Is(err, syscall.EROFS) {
		return nil
	}
	return err
}

func ignoreAbsent(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
