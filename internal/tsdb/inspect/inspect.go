// Package inspect looks into a data directory: what is in it, and whether it is
// whole.
//
// The nouns:
//
//   - A view is a data directory as it stood at one moment. It is read-only, and
//     needs no lock: the program may run on it at the same time.
//   - A report is what a view holds: its parts, their bytes, how well they are
//     compressed, and which metrics are large.
//   - Damage is a place whose bytes are not what was written, and what is lost
//     with it.
//   - A repair takes what is damaged out of a store that nobody has open, puts it
//     aside, and puts back what can still be read of it.
//
// The package reads head files and the data of blocks by the drawings of their
// formats (packages tsdb and block) and not by the code that wrote them, so that
// one mistake does not hide the other.
package inspect

import (
	"cmp"
	"fmt"
	"hash/crc32"
	"path/filepath"
	"time"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Damage is a place whose bytes are not what was written.
type Damage struct {
	// Part is "log", "catalog", "head", "block" or "tombstones".
	Part string `json:"part"`
	// Path is the file, or the directory of a block, below the data directory.
	Path string `json:"path"`
	// Offset and Bytes tell where in the file; Bytes is 0 where it is not known.
	Offset int64 `json:"offset"`
	Bytes  int64 `json:"bytes"`
	// Reason is what is wrong, Lost what cannot be read because of it.
	Reason string `json:"reason"`
	Lost   string `json:"lost,omitempty"`

	gap *rowGap // of rows in the log
}

func (d Damage) String() string {
	s := d.Path
	if d.Bytes > 0 {
		s += fmt.Sprintf(": %d bytes at %d", d.Bytes, d.Offset)
	} else if d.Offset > 0 {
		s += fmt.Sprintf(": at %d", d.Offset)
	}
	s += ": " + d.Reason
	if d.Lost != "" {
		s += "; lost: " + d.Lost
	}
	return s
}

// timeText is a time, of milliseconds since 1970.
func timeText(t int64) string { return time.UnixMilli(t).UTC().Format("2006-01-02T15:04:05.000Z") }

func compareDamage(a, b Damage) int {
	return cmp.Or(cmp.Compare(a.Part, b.Part), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Offset, b.Offset), cmp.Compare(a.Reason, b.Reason))
}

// The parts of a data directory.
const (
	walDir         = "wal"
	catalogDir     = "catalog"
	headDir        = "head"
	blocksDir      = "blocks"
	tombstonesFile = "tombstones"
	lockFile       = "lock"

	badSuffix     = ".bad"
	tmpSuffix     = ".tmp"
	deletedSuffix = ".deleted"
)

func partOf(path string) string {
	for dir := path; ; dir = filepath.Dir(dir) {
		if up := filepath.Dir(dir); up == "." {
			return dir
		}
	}
}
