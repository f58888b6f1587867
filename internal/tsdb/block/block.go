// Package block writes and reads blocks: what was stored in a window of time, by
// metric, in files that do not change.
//
// The nouns:
//
//   - A block is a directory: meta.json, index, data.
//   - A segment is consecutive rows of a group, at most MaxSegmentRows. Its
//     timestamps are stored once, for all columns.
//   - A page is cells of one metric after the other, and within a metric of one
//     group after the other, so that a metric over all groups is one sequential
//     read. It is read and checked as a whole.
//   - A section is a stretch of the index that is read and checked as a whole.
//
// Metrics and groups have numbers within their block: their places in the order
// of labels.
//
// # Format
//
// Integers of fixed size are little-endian, CRCs are CRC-32C, numbers are
// uvarints where nothing else is said, a string is its length and its bytes, and
// labels are their count, and name and value of each.
//
//	data:   "MPdata3\n" | page | page | ...
//	page:   size of content | size of what is stored of it (equal: plain) |
//	        content, plain, or with zstd where that is smaller by an eighth
//	content: directory | cells of each entry (package cells)
//	        directory: number of runs, and each: metric; number of entries, and each:
//	        group, from the entry before; segment; size of its cells
//
//	index:  "MPindex3" | section | section | ... | table of contents | footer
//
// A section is stored plain, or with zstd where that is smaller. The table of
// contents says where each is:
//
//	reference   offset | stored size | size (equal: plain) | CRC (4 bytes) of what
//	            is stored
//	contents    counts: metrics, groups, lists, times |
//	            references of metric sections, of group sections, of list sections,
//	            of times sections |
//	            reference of shapes |
//	            of metrics, then of groups: number of label names, and each: name
//	            (string); reference of its postings |
//	            number of pages, and each: size; CRC (4 bytes)
//	            (the first number of a list is its length)
//
//	metrics     64 metrics (SectionEntries), the last section fewer, each:
//	            labels | first page | number of pages
//	groups      as many groups, each: base labels | kind (byte) | list |
//	            number of segments, and each: rows; first timestamp (varint); last
//	            one, from the first; number of its timestamps among all times
//	lists       as many column lists, each: length | metrics, from the one before
//	times       as many timestamps of segments, which many groups share, each:
//	            size | timestamps (package column)
//	shapes      number, and each: number of names; names; number of groups; groups,
//	            from the one before
//	postings    number of values, and each, ascending: value (string) | number of
//	            ids; ids, from the one before
//
//	footer      0         8         12        16         24        28
//	            +---------+---------+---------+----------+---------+
//	            | offset  | size of | CRC of  | magic    | CRC of  |
//	            | of table| table   | table   | MPindex3 | 24 bytes|
//	            +---------+---------+---------+----------+---------+
//
// The last byte of a magic is the version of the format; later ones keep the
// footer as it is.
//
//	1: the first: pages are content alone, there are no times, and a segment of a
//	   group has the size of its timestamps, and these
//	2: as 3, and cells have no start timestamps
//	3: this
package block

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"path/filepath"

	"github.com/oklog/ulid/v2"

	"monopod/internal/vfs"
)

var (
	// ErrCorrupt: bytes of the meta or the index are not what was written, and the
	// block cannot be used.
	ErrCorrupt = errors.New("block is damaged")
	// ErrPage: those of a page are not, and what it held is lost.
	ErrPage = errors.New("page of a block is damaged")
	// ErrVersion: a later version of the program wrote the block.
	ErrVersion = errors.New("unknown format version of a block")
)

const (
	dataMagic  = "MPdata3\n"
	indexMagic = "MPindex3"
	footerSize = 28
	// oldest is the first version that is read.
	oldest = '1'

	// MaxSegmentRows bounds what is decoded to read one sample.
	MaxSegmentRows = 1920
	// SectionEntries is the metrics, groups or lists of one section.
	SectionEntries = 64
	// pageBytes is the size at which a page ends.
	pageBytes = 64 << 10

	metaVersion = 1
	metaFile    = "meta.json"
	dataFile    = "data"
	indexFile   = "index"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Meta is the content of meta.json.
type Meta struct {
	Version int       `json:"version"`
	ULID    ulid.ULID `json:"ulid"`
	// MinTime and MaxTime are the first and last timestamps, in milliseconds.
	MinTime int64  `json:"minTime"`
	MaxTime int64  `json:"maxTime"`
	Stats   Stats  `json:"stats"`
	Origin  Origin `json:"origin"`
}

// Stats is how much is in a block.
type Stats struct {
	Samples uint64 `json:"numSamples"`
	Series  uint64 `json:"numSeries"`
	Groups  int    `json:"numGroups"`
	Metrics int    `json:"numMetrics"`
	Chunks  uint64 `json:"numChunks"`
	Bytes   int64  `json:"numBytes"`
}

// Origin is what a block was made of.
type Origin struct {
	// By is "head", "merge", "clean", "snapshot", "import" or "downsample".
	By string `json:"by"`
	// Windows is the head files, each by its name without extension.
	Windows []string `json:"windows,omitempty"`
	// Blocks is the blocks that this one stands for.
	Blocks []ulid.ULID `json:"blocks,omitempty"`
	Level  int         `json:"level"`
	// Of a block of aggregates: the length of its windows, and the time (From,To]
	// that it stands for, in milliseconds.
	Resolution int64 `json:"resolution,omitempty"`
	From       int64 `json:"from,omitempty"`
	To         int64 `json:"to,omitempty"`
}

// envelope is what stands in meta.json: the meta, and its CRC-32C without white
// space, in hexadecimal.
type envelope struct {
	Meta   json.RawMessage `json:"meta"`
	CRC32C string          `json:"crc32c"`
}

// ReadMeta reads the meta.json of a block's directory.
func ReadMeta(fsys vfs.FS, dir string) (Meta, error) {
	b, err := vfs.ReadFile(fsys, filepath.Join(dir, metaFile))
	if err != nil {
		return Meta{}, err
	}
	var e envelope
	var plain bytes.Buffer
	if err := json.Unmarshal(b, &e); err != nil {
		return Meta{}, fmt.Errorf("%w: %s: %w", ErrCorrupt, metaFile, err)
	}
	if err := json.Compact(&plain, e.Meta); err != nil || sum(plain.Bytes()) != e.CRC32C {
		return Meta{}, fmt.Errorf("%w: %s does not match its checksum", ErrCorrupt, metaFile)
	}
	var m Meta
	if err := json.Unmarshal(e.Meta, &m); err != nil {
		return Meta{}, fmt.Errorf("%w: %s: %w", ErrCorrupt, metaFile, err)
	}
	if m.Version != metaVersion {
		return Meta{}, fmt.Errorf("%w: %s has version %d, this program knows %d; use a later one", ErrVersion, metaFile, m.Version, metaVersion)
	}
	return m, nil
}

func writeMeta(fsys vfs.FS, dir string, m Meta) error {
	plain, err := json.Marshal(m)
	if err != nil {
		return err
	}
	b, err := json.MarshalIndent(envelope{Meta: plain, CRC32C: sum(plain)}, "", "  ")
	if err != nil {
		return err
	}
	return vfs.WriteFile(fsys, filepath.Join(dir, metaFile), append(b, '\n'))
}

func sum(b []byte) string { return fmt.Sprintf("%08x", crc32.Checksum(b, castagnoli)) }
