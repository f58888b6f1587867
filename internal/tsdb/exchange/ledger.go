package exchange

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"

	"github.com/oklog/ulid/v2"

	"monopod/internal/vfs"
)

const (
	ledgerFile    = "imported.json"
	ledgerVersion = 1
)

// ledger tells what was imported. It is replaced as a whole.
type ledger struct {
	fsys vfs.FS
	path string

	Version int `json:"version"`
	// Sources are the blocks of Prometheus that are done, those included that they
	// were made of.
	Sources []ulid.ULID `json:"sources"`
	// Head is the blocks that were made of Prometheus's head. The next import
	// replaces them: by then the head has moved on, and become blocks.
	Head []ulid.ULID `json:"head,omitempty"`
	// HeadDone names the state of the head when all of it was imported.
	HeadDone string `json:"headDone,omitempty"`
}

func readLedger(fsys vfs.FS, dir string) (*ledger, error) {
	l := &ledger{fsys: fsys, path: filepath.Join(dir, ledgerFile), Version: ledgerVersion}
	b, err := vfs.ReadFile(fsys, l.path)
	if errors.Is(err, fs.ErrNotExist) {
		return l, nil
	}
	if err == nil {
		err = json.Unmarshal(b, l)
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w; remove it to import everything again: what is there twice is read once", l.path, err)
	}
	if l.Version != ledgerVersion {
		return nil, fmt.Errorf("%s has version %d, this program knows %d; use a later one", l.path, l.Version, ledgerVersion)
	}
	return l, nil
}

func (l *ledger) write() error {
	b, err := json.MarshalIndent(l, "", "  ")
	if err != nil {
		return err
	}
	return vfs.WriteFile(l.fsys, l.path, append(b, '\n'))
}

// has tells whether a block was imported, or all that it was made of.
func (l *ledger) has(id ulid.ULID, sources []ulid.ULID) bool {
	if slices.Contains(l.Sources, id) {
		return true
	}
	return len(sources) > 0 && !slices.ContainsFunc(sources, func(s ulid.ULID) bool { return !slices.Contains(l.Sources, s) })
}

// add notes that a block is done.
func (l *ledger) add(id ulid.ULID, sources []ulid.ULID) error {
	for _, s := range append(slices.Clone(sources), id) {
		if !slices.Contains(l.Sources, s) {
			l.Sources = append(l.Sources, s)
		}
	}
	return l.write()
}

// sliceID names a slice after what it is made of.
func sliceID(millis uint64, of string, mint, maxt int64) ulid.ULID {
	h := sha256.New()
	h.Write([]byte(of))
	var b [16]byte
	binary.LittleEndian.PutUint64(b[:], uint64(mint))
	binary.LittleEndian.PutUint64(b[8:], uint64(maxt))
	h.Write(b[:])
	var id ulid.ULID
	sum := h.Sum(nil)
	copy(id[6:], sum)
	// Times before 1970 and after 10889 have no place in the name.
	if err := id.SetTime(min(millis, ulid.MaxTime())); err != nil {
		return id
	}
	return id
}
