package exchange

import (
	"cmp"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"

	"github.com/oklog/ulid/v2"
	promtsdb "github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/tsdb/chunks"
	promindex "github.com/prometheus/prometheus/tsdb/index"
)

// source is a Prometheus data directory.
type source struct {
	dir    string
	blocks []promtsdb.BlockMeta // oldest first
	// headFrom is the time from which the head has what no block has.
	headFrom int64
	hasHead  bool
	scanned
}

// readSource finds out what is in a directory, and whether this program knows the
// formats. It changes nothing.
func readSource(ctx context.Context, dir string) (*source, error) {
	s := &source{dir: dir, headFrom: math.MinInt64}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if _, err := ulid.ParseStrict(e.Name()); err != nil || !e.IsDir() {
			continue
		}
		m, err := readBlockMeta(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, fmt.Errorf("block %s: %w; move it away to import the rest", e.Name(), err)
		}
		s.blocks = append(s.blocks, m)
	}
	s.leaveOutReplaced()
	for _, m := range s.blocks {
		if c := m.Compaction; !c.FromOutOfOrder() && !c.FromStaleSeries() && !c.FromSelectedSeries() && !backfilled(m) {
			s.headFrom = max(s.headFrom, m.MaxTime)
		}
	}
	for _, name := range []string{"wal", "wbl", "chunks_head"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			s.hasHead = true
		} else if !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	if err := checkVersions(filepath.Join(dir, "chunks_head"), chunks.MagicHeadChunks, 1); err != nil {
		return nil, err
	}
	for _, log := range []string{"wal", "wbl"} {
		found, err := scanLog(ctx, filepath.Join(dir, log))
		if err != nil {
			return nil, vanished(err)
		}
		s.exemplars += found.exemplars
		s.damaged = s.damaged || found.damaged
	}
	if len(s.blocks) == 0 && !s.hasHead {
		return nil, fmt.Errorf("%s has neither blocks nor a write-ahead log of Prometheus", dir)
	}
	return s, nil
}

// backfilled tells whether a block was made of samples that were not in the head,
// as promtool does. Such a block ends behind its last sample; one of the head ends
// where its window does, and the head has no more of that window.
func backfilled(m promtsdb.BlockMeta) bool { return m.MaxTime%1000 != 0 }

// leaveOutReplaced drops the blocks that others were made of, which Prometheus
// deletes at its next start.
func (s *source) leaveOutReplaced() {
	gone := map[ulid.ULID]bool{}
	for _, m := range s.blocks {
		for _, p := range m.Compaction.Parents {
			gone[p.ULID] = true
		}
	}
	s.blocks = slices.DeleteFunc(s.blocks, func(m promtsdb.BlockMeta) bool { return gone[m.ULID] || m.Compaction.Deletable })
	slices.SortFunc(s.blocks, func(a, b promtsdb.BlockMeta) int {
		return cmp.Or(cmp.Compare(a.MinTime, b.MinTime), a.ULID.Compare(b.ULID))
	})
}

// knownBlockVersion is of Prometheus's meta.json and chunk files.
const knownBlockVersion = 1

func readBlockMeta(dir string) (m promtsdb.BlockMeta, err error) {
	b, err := os.ReadFile(filepath.Join(dir, "meta.json"))
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(b, &m); err != nil {
		return m, fmt.Errorf("meta.json: %w", err)
	}
	if m.Version != knownBlockVersion {
		return m, fmt.Errorf("meta.json has version %d: %w", m.Version, ErrNewer)
	}
	if err := checkVersion(filepath.Join(dir, "index"), promindex.MagicIndex, promindex.FormatV3); err != nil {
		return m, err
	}
	return m, checkVersions(filepath.Join(dir, "chunks"), chunks.MagicChunks, knownBlockVersion)
}

// checkVersions does checkVersion for the files of a directory, which may be
// absent.
func checkVersions(dir string, magic uint32, known byte) error {
	files, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, f := range files {
		if !f.Type().IsRegular() {
			continue
		}
		if err := checkVersion(filepath.Join(dir, f.Name()), magic, known); err != nil {
			return err
		}
	}
	return nil
}

// checkVersion reads the magic number and the version that a file begins with. An
// empty file is one that Prometheus was about to write.
func checkVersion(name string, magic uint32, known byte) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	var b [5]byte
	switch _, err := io.ReadFull(f, b[:]); {
	case err == io.EOF, errors.Is(err, io.ErrUnexpectedEOF):
		return nil
	case err != nil:
		return err
	}
	if got := binary.BigEndian.Uint32(b[:]); got != magic && got != 0 {
		return fmt.Errorf("%s begins with %08x, not with %08x", name, got, magic)
	}
	if b[4] > known {
		return fmt.Errorf("%s has format version %d: %w", name, b[4], ErrNewer)
	}
	return nil
}
